//! Which of its readings a character has, and how tones change beside each other.

use super::lexicon::Lexicon;
use super::segment::Segment;
use super::syllable::{Syllable, Tone};

/// Numerals, beside which 一 keeps its tone.
const NUMERALS: &str = "零〇一二三四五六七八九十幺点";
/// Behind 一 these make it an ordinal number: the first month, day, floor, class.
const ORDINAL_UNITS: &str = "月日号楼班";
/// Behind 长 these tell that something grows; else it is long.
const GROWS: &str = "大高出得成满胖";

/// A character and its reading; none when nothing knows it.
pub(super) type Reading = Option<Syllable>;

/// The readings of words that follow each other, a syllable for each character.
pub(super) fn readings(lexicon: &Lexicon, words: &[Segment<'_>]) -> Vec<Vec<Reading>> {
    let mut readings: Vec<Vec<Reading>> =
        (0..words.len()).map(|place| of_word(lexicon, words, place)).collect();
    change_yi_and_bu(words, &mut readings);
    change_low_tones(lexicon, words, &mut readings);
    readings
}

fn of_word(lexicon: &Lexicon, words: &[Segment<'_>], place: usize) -> Vec<Reading> {
    let word = &words[place];
    let chars: Vec<char> = word.text.chars().collect();
    if let [c] = chars[..] {
        let chosen = alone(c, words, place).and_then(Syllable::parse);
        return vec![chosen.or_else(|| lexicon.character(c))];
    }
    let mut syllables: Vec<Reading> = Vec::with_capacity(chars.len());
    while syllables.len() < chars.len() {
        let rest = &chars[syllables.len()..];
        let phrase = (2..=rest.len()).rev().find_map(|length| {
            let text: String = rest[..length].iter().collect();
            lexicon.phrase(&text)
        });
        match phrase {
            Some(phrase) => syllables.extend(phrase.iter().copied().map(Some)),
            None => syllables.push(lexicon.character(rest[0])),
        }
    }
    let last = chars.len() - 1;
    if let Some(place) = chars.iter().position(|c| *c == '得').filter(|place| (1..last).contains(place)) {
        // 跑得快, 来得及.
        syllables[place] = Syllable::parse("de");
    }
    if word.part == "m" && chars[last] == '只' {
        syllables[last] = Syllable::parse("zhī");
    }
    // 慢慢地, 一步步地.
    if chars.len() > 2 && chars.ends_with(&['地']) && matches!(word.part, "d" | "z" | "uv") {
        syllables[last] = Syllable::parse("de");
    }
    syllables
}

/// The reading of a character that is a word by itself, where its neighbours decide or the usual reading is not the one
/// of the word.
fn alone(c: char, words: &[Segment<'_>], place: usize) -> Option<&'static str> {
    let before = place.checked_sub(1).map(|before| &words[before]);
    let after = words.get(place + 1);
    let is = |word: Option<&Segment<'_>>, parts: &[&str]| {
        word.is_some_and(|word| parts.iter().any(|part| word.part.starts_with(part)))
    };
    let begins = |word: Option<&Segment<'_>>, with: &str| {
        word.and_then(|word| word.text.chars().next()).is_some_and(|c| with.contains(c))
    };
    let ends = |word: Option<&Segment<'_>>, with: &str| {
        word.and_then(|word| word.text.chars().next_back()).is_some_and(|c| with.contains(c))
    };
    let counted = ends(before, "零一二两三四五六七八九十百千万亿几这那哪每半多");
    Some(match c {
        '得' if is(before, &["r", "d", "n", "t"]) && is(after, &["v", "d", "a"]) => "děi",
        '得' => "de",
        '地' if before.is_some_and(|word| word.length > 1) && is(before, &["d", "a", "z", "i", "l"]) => "de",
        '地' => "dì",
        '著' if is(before, &["v"]) => "zhe",
        '只' if counted => "zhī",
        '行' | '杭' if counted => "háng",
        '长' if begins(after, GROWS) => "zhǎng",
        '长' => "cháng",
        '为' if is(after, &["m"]) => "wéi",
        '还' if begins(after, "书钱债款") => "huán",
        '教' => "jiāo",
        '谁' => "shéi",
        '种' if !counted && begins(after, "树花菜草田地瓜豆稻") => "zhòng",
        '重' if is(after, &["v"]) => "chóng",
        '调' if is(after, &["v", "n"]) => "diào",
        '嗯' => "ēn",
        _ => return None,
    })
}

/// 不 rises before a falling tone. 一 rises before a falling tone and falls before others, unless it counts off.
fn change_yi_and_bu(words: &[Segment<'_>], readings: &mut [Vec<Reading>]) {
    let chars: Vec<char> = words.iter().flat_map(|word| word.text.chars()).collect();
    let mut tones: Vec<Option<Tone>> =
        readings.iter().flatten().map(|reading| reading.map(Syllable::tone)).collect();
    // The dictionary writes some of the changes, so begin with the tones these two have by themselves.
    for (c, tone) in chars.iter().zip(&mut tones) {
        match c {
            '一' => *tone = Some(Tone::High),
            '不' => *tone = Some(Tone::Falling),
            _ => {}
        }
    }
    let mut at = 0;
    for (word, readings) in words.iter().zip(readings) {
        for (place, reading) in readings.iter_mut().enumerate() {
            let here = at + place;
            let before = here.checked_sub(1).map(|before| chars[before]);
            let after = chars.get(here + 1).copied();
            let falls_behind = tones.get(here + 1).copied().flatten().map(|tone| tone == Tone::Falling);
            let is_last = word.length > 1 && place + 1 == word.length;
            let yi_counts =
                falls_behind.is_none() || is_last || counts_off(before, after, chars.get(here + 2).copied());
            let tone = match (chars[here], falls_behind == Some(true)) {
                ('一', _) if yi_counts => Tone::High,
                ('一', _) if before.is_some() && before == after => Tone::Neutral,
                ('一' | '不', true) => Tone::Rising,
                // 个 falls, though the dictionary has it without a tone in some words.
                ('一', false) if after == Some('个') => Tone::Rising,
                ('一' | '不', false) => Tone::Falling,
                _ => continue,
            };
            *reading = reading.map(|syllable| syllable.with_tone(tone));
        }
        at += word.length;
    }
}

/// Whether 一 between these is a digit or an ordinal number.
fn counts_off(before: Option<char>, after: Option<char>, behind: Option<char>) -> bool {
    let numeral = |c: Option<char>| c.is_some_and(|c| NUMERALS.contains(c));
    if before.is_some_and(|c| "第初".contains(c)) || after.is_some_and(|c| ORDINAL_UNITS.contains(c)) {
        return true;
    }
    if after == Some('点') {
        return numeral(before) || numeral(behind);
    }
    after != Some('十')
        && (numeral(after) || (numeral(before) && !after.is_some_and(|c| "百千万亿".contains(c))))
}

/// Of low tones that follow each other all but the last rise: inside words by their parts, and a word of one syllable
/// before the next word.
fn change_low_tones(lexicon: &Lexicon, words: &[Segment<'_>], readings: &mut [Vec<Reading>]) {
    let is_low = |reading: &Reading| reading.is_some_and(|syllable| syllable.tone() == Tone::Low);
    for (word, readings) in words.iter().zip(readings.iter_mut()) {
        let chars: Vec<char> = word.text.chars().collect();
        for part in parts(lexicon, &chars) {
            for place in part.start..part.end.saturating_sub(1) {
                if is_low(&readings[place]) && is_low(&readings[place + 1]) {
                    readings[place] = readings[place].map(|syllable| syllable.with_tone(Tone::Rising));
                }
            }
        }
        // Parts meet: 纸老虎 stays low before its risen second syllable, 展览馆 is all one.
        for place in 0..readings.len().saturating_sub(1) {
            if is_low(&readings[place]) && is_low(&readings[place + 1]) {
                readings[place] = readings[place].map(|syllable| syllable.with_tone(Tone::Rising));
            }
        }
    }
    for place in (0..readings.len().saturating_sub(1)).rev() {
        let next_is_low = readings[place + 1].first().is_some_and(is_low);
        if let [reading] = &mut readings[place][..]
            && next_is_low
            && is_low(reading)
        {
            *reading = reading.map(|syllable| syllable.with_tone(Tone::Rising));
        }
    }
}

/// The parts of a word that are said as one: pairs, and the word inside of a word of three.
fn parts(lexicon: &Lexicon, chars: &[char]) -> Vec<std::ops::Range<usize>> {
    let is_word = |part: &[char]| lexicon.word(&part.iter().collect::<String>()).0.is_some();
    match chars.len() {
        0..=2 => std::iter::once(0..chars.len()).collect(),
        3 if !is_word(&chars[..2]) && is_word(&chars[1..]) => std::iter::once(1..3).collect(),
        3 => std::iter::once(0..3).collect(),
        length => (0..length).step_by(2).map(|start| start..(start + 2).min(length)).collect(),
    }
}
