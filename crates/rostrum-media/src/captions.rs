//! Captions from word times, as `SubRip` (SRT) and `WebVTT`.
//!
//! Words are grouped so that the whole text has the fewest bad breaks: each grouping has a price (a break inside a clause, a
//! caption too short to read, a pause inside a caption) and the cheapest one is found by dynamic programming.

use std::fmt::Write;

use rostrum_model::speech::WordSpan;

/// Longest line, in columns; Chinese and Japanese characters take two.
const MAX_COLUMNS: usize = 42;
const MAX_LINES: usize = 2;
const MIN_SHOWN_S: f64 = 1.0;
const MAX_SHOWN_S: f64 = 7.0;

/// One caption as shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Caption {
    /// When it appears, in seconds; whole milliseconds.
    pub start_s: f64,
    /// When it goes, in seconds; whole milliseconds, not after the next one's start.
    pub end_s: f64,
    /// One or two lines of at most 42 columns.
    pub lines: Vec<String>,
}

/// Groups words into captions of at most two lines, shown for 1 to 7 seconds (shorter only where the next words follow at
/// once and would not fit), broken at the ends of sentences and clauses where possible.
pub fn captions(words: &[WordSpan]) -> Vec<Caption> {
    let pieces = pieces(words);
    let mut captions = Vec::new();
    for (first, last) in cheapest_grouping(&pieces) {
        let group = &pieces[first..=last];
        let next_start_ms = pieces.get(last + 1).map_or(i64::MAX, |next| next.start_ms);
        let start_ms = group[0].start_ms;
        let shown_ms = (pieces[last].end_ms - start_ms).clamp(millis(MIN_SHOWN_S), millis(MAX_SHOWN_S));
        let end_ms = (start_ms + shown_ms).min(next_start_ms).max(start_ms + 1);
        captions.push(Caption {
            start_s: start_ms as f64 / 1000.0,
            end_s: end_ms as f64 / 1000.0,
            lines: lines(group).expect("only groups that fit are formed"),
        });
    }
    captions
}

impl Caption {
    /// The same so many seconds later.
    #[must_use]
    pub fn later(self, seconds: f64) -> Self {
        let moved = |at_s: f64| millis(at_s + seconds) as f64 / 1000.0;
        Self { start_s: moved(self.start_s), end_s: moved(self.end_s), ..self }
    }

    /// The same, gone by a time at the latest, be it after less than a second.
    #[must_use]
    pub fn until(self, latest_s: f64) -> Self {
        let end_ms = millis(self.end_s).min(millis(latest_s)).max(millis(self.start_s) + 1);
        Self { end_s: end_ms as f64 / 1000.0, ..self }
    }
}

/// Writes captions as `SubRip`, the format of `.srt` files.
pub fn srt(captions: &[Caption]) -> String {
    let mut text = String::new();
    for (index, caption) in captions.iter().enumerate() {
        let (start, end) = (timestamp(caption.start_s, ','), timestamp(caption.end_s, ','));
        // "-->" inside a line would be taken for times.
        let lines = caption.lines.join("\n").replace("-->", "→");
        writeln!(text, "{}\n{start} --> {end}\n{lines}\n", index + 1)
            .expect("writing to a String cannot fail");
    }
    text
}

/// Writes captions as `WebVTT`.
pub fn vtt(captions: &[Caption]) -> String {
    let mut text = String::from("WEBVTT\n\n");
    for caption in captions {
        let (start, end) = (timestamp(caption.start_s, '.'), timestamp(caption.end_s, '.'));
        let lines = caption.lines.join("\n").replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        writeln!(text, "{start} --> {end}\n{lines}\n").expect("writing to a String cannot fail");
    }
    text
}

fn timestamp(seconds: f64, decimal_mark: char) -> String {
    let ms = millis(seconds);
    let (hours, minutes, whole_s) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    format!("{hours:02}:{minutes:02}:{whole_s:02}{decimal_mark}{:03}", ms % 1000)
}

fn millis(seconds: f64) -> i64 {
    (seconds * 1000.0).round() as i64
}

/// A word, or a part of one that is longer than a line.
#[derive(Debug)]
struct Piece {
    text: String,
    columns: usize,
    start_ms: i64,
    end_ms: i64,
    closes: Closes,
    /// Whether a blank stands between this piece and the one before.
    blank_before: bool,
}

/// What ends with a word, told by its last mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closes {
    Nothing,
    Clause,
    Sentence,
}

/// Cleans the words and puts their times in order: each starts at least a millisecond after the one before.
fn pieces(words: &[WordSpan]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut earliest_ms = 0;
    for word in words {
        let text = word.text.split_whitespace().collect::<Vec<_>>().join(" ").replace(char::is_control, "");
        if text.is_empty() {
            continue;
        }
        let parts = split_to_lines(&text);
        let start_ms = millis(word.start_s).max(earliest_ms);
        let end_ms = millis(word.end_s).max(start_ms + parts.len() as i64);
        for (index, part) in parts.iter().enumerate() {
            let share = |count: usize| start_ms + (end_ms - start_ms) * count as i64 / parts.len() as i64;
            let before = pieces.last().and_then(|piece: &Piece| piece.text.chars().last());
            let blank_before = index == 0 && !(before.is_some_and(is_wide) && part.starts_with(is_wide));
            pieces.push(Piece {
                text: (*part).to_owned(),
                columns: columns(part),
                start_ms: share(index),
                end_ms: share(index + 1),
                closes: if index + 1 == parts.len() { closes(part) } else { Closes::Nothing },
                blank_before,
            });
        }
        earliest_ms = pieces.last().map_or(0, |piece| piece.start_ms + 1);
    }
    pieces
}

/// Cuts a text that is longer than a line.
fn split_to_lines(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (index, character) in text.char_indices() {
        let width = character_columns(character);
        if used + width > MAX_COLUMNS {
            parts.push(text[start..index].trim());
            (start, used) = (index, 0);
        }
        used += width;
    }
    parts.push(text[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

fn closes(word: &str) -> Closes {
    let word = word.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']', '」', '』', '）']);
    match word.chars().last() {
        Some('.' | '!' | '?' | '…' | '。' | '！' | '？' | '।' | '؟') => Closes::Sentence,
        Some(',' | ';' | ':' | '—' | '–' | '、' | '，' | '；' | '：' | '،') => Closes::Clause,
        _ => Closes::Nothing,
    }
}

/// Chinese, Japanese and full-width characters: two columns wide, written without blanks between words.
fn is_wide(character: char) -> bool {
    matches!(character, '\u{2e80}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}')
}

fn character_columns(character: char) -> usize {
    if is_wide(character) { 2 } else { 1 }
}

fn columns(text: &str) -> usize {
    text.chars().map(character_columns).sum()
}

/// First and last piece of each caption, in order.
fn cheapest_grouping(pieces: &[Piece]) -> Vec<(usize, usize)> {
    // cheapest[n]: the price of the first n pieces, and where their last caption starts.
    let mut cheapest = vec![(0.0, 0)];
    for last in 0..pieces.len() {
        let mut best = (f64::INFINITY, last);
        for first in (0..=last).rev() {
            let Some(price) = price(pieces, first, last) else { break };
            let total = cheapest[first].0 + price;
            if total < best.0 {
                best = (total, first);
            }
        }
        cheapest.push(best);
    }
    let mut groups = Vec::new();
    let mut count = pieces.len();
    while count > 0 {
        let first = cheapest[count].1;
        groups.push((first, count - 1));
        count = first;
    }
    groups.reverse();
    groups
}

/// How bad a caption of these pieces is; `None` when it does not fit in space or time (nor would a longer one).
fn price(pieces: &[Piece], first: usize, last: usize) -> Option<f64> {
    let group = &pieces[first..=last];
    let spoken_s = (pieces[last].end_ms - pieces[first].start_ms) as f64 / 1000.0;
    if group.len() > 1 && (spoken_s > MAX_SHOWN_S || lines(group).is_none()) {
        return None;
    }
    let each_caption = 1.0;
    let break_after = match pieces[last].closes {
        _ if last + 1 == pieces.len() => 0.0,
        Closes::Sentence => 0.0,
        Closes::Clause => 2.0,
        Closes::Nothing => 5.0,
    };
    let inside: f64 = group
        .windows(2)
        .map(|pair| {
            let pause_s = (pair[1].start_ms - pair[0].end_ms) as f64 / 1000.0;
            let new_sentence = if pair[0].closes == Closes::Sentence { 2.0 } else { 0.0 };
            new_sentence + 3.0 * (pause_s - 0.5).max(0.0)
        })
        .sum();
    let until_next_s = pieces
        .get(last + 1)
        .map_or(f64::INFINITY, |next| (next.start_ms - pieces[first].start_ms) as f64 / 1000.0);
    let too_short =
        if until_next_s < MIN_SHOWN_S { 100.0 + 50.0 * (MIN_SHOWN_S - until_next_s) } else { 0.0 };
    Some(each_caption + break_after + inside + too_short)
}

/// Sets pieces in one line or two of similar length; `None` when they need more.
fn lines(group: &[Piece]) -> Option<Vec<String>> {
    let width = |part: &[Piece]| -> usize {
        part.iter().map(|piece| piece.columns).sum::<usize>()
            + part.iter().skip(1).filter(|piece| piece.blank_before).count()
    };
    if width(group) <= MAX_COLUMNS {
        return Some(vec![joined(group)]);
    }
    debug_assert_eq!(MAX_LINES, 2, "the text is cut in two below");
    let split = (1..group.len())
        .filter(|split| width(&group[..*split]) <= MAX_COLUMNS && width(&group[*split..]) <= MAX_COLUMNS)
        .min_by_key(|split| {
            let unevenness = width(&group[..*split]).abs_diff(width(&group[*split..]));
            // A line that ends with a clause may be this much more uneven.
            let allowance = if group[split - 1].closes == Closes::Nothing { 12 } else { 0 };
            unevenness + allowance
        })?;
    Some(vec![joined(&group[..split]), joined(&group[split..])])
}

fn joined(pieces: &[Piece]) -> String {
    let mut line = String::new();
    for piece in pieces {
        if piece.blank_before && !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&piece.text);
    }
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Words of a text, evenly spoken from `start_s` on.
    fn spoken(text: &str, start_s: f64, seconds_per_word: f64) -> Vec<WordSpan> {
        let words = text.split(' ').enumerate();
        words
            .map(|(index, word)| {
                let start_s = start_s + index as f64 * seconds_per_word;
                WordSpan { text: word.into(), start_s, end_s: start_s + seconds_per_word * 0.9 }
            })
            .collect()
    }

    #[test]
    fn sentences_become_captions_with_the_right_times() {
        let words = spoken("Welcome to the show. Today we talk about bread.", 0.5, 0.4);
        assert_eq!(
            srt(&captions(&words)),
            "1\n00:00:00,500 --> 00:00:02,060\nWelcome to the show.\n\n\
             2\n00:00:02,100 --> 00:00:04,060\nToday we talk about bread.\n\n"
        );
    }

    #[test]
    fn a_long_sentence_is_broken_at_a_comma() {
        let text = "When the morning sun had climbed over the dark hills beyond the river, the whole village came out \
                    of its houses and began to sing.";
        let all = captions(&spoken(text, 0.0, 0.3));
        assert_eq!(all[0].lines.last().unwrap().split(' ').next_back(), Some("river,"), "{all:?}");
    }

    #[test]
    fn a_word_too_short_to_read_is_joined_with_its_neighbour() {
        let all = captions(&spoken("No. I will not go there today.", 0.0, 0.3));
        assert_eq!(all.len(), 1, "{all:?}");
    }

    #[test]
    fn the_last_caption_stays_for_a_second() {
        let all = captions(&spoken("Hi.", 2.0, 0.2));
        assert_eq!((all[0].start_s, all[0].end_s), (2.0, 3.0));
    }

    #[test]
    fn a_caption_goes_with_the_scene_it_is_shown_in() {
        let caption = captions(&spoken("Hi.", 2.0, 0.2)).remove(0);
        assert_eq!([2.4, 60.0, 1.0].map(|end_s| caption.clone().until(end_s).end_s), [2.4, 3.0, 2.001]);
    }

    #[test]
    fn chinese_words_are_not_parted_by_blanks() {
        let all = captions(&spoken("今天 我们 谈论 面包。", 0.0, 0.4));
        assert_eq!(all[0].lines, ["今天我们谈论面包。"]);
    }

    #[test]
    fn webvtt_escapes_marks_and_srt_never_holds_an_arrow_in_its_text() {
        let words = spoken("a<b & c --> d", 3600.0, 0.5);
        assert!(vtt(&captions(&words)).starts_with("WEBVTT\n\n01:00:00.000 --> 01:00:"));
        assert!(vtt(&captions(&words)).contains("a&lt;b &amp; c --&gt; d"));
        assert!(srt(&captions(&words)).contains("a<b & c → d"));
    }

    #[test]
    fn no_words_give_no_captions() {
        assert_eq!(srt(&[]), "");
        assert_eq!(captions(&spoken("", 0.0, 1.0)), []);
    }

    fn any_words() -> impl Strategy<Value = Vec<WordSpan>> {
        prop::collection::vec(("[a-z]{1,12}[.,!]?", 0.05f64..0.9, 0.0f64..1.5), 1..120).prop_map(|parts| {
            let mut now = 0.0;
            let mut words = Vec::new();
            for (text, length, gap) in parts {
                words.push(WordSpan { text, start_s: now, end_s: now + length });
                now += length + gap * gap;
            }
            words
        })
    }

    proptest! {
        #[test]
        fn captions_keep_every_word_within_space_and_time(words in any_words()) {
            let all = captions(&words);
            let shown: Vec<&str> = all.iter().flat_map(|caption| &caption.lines).flat_map(|line| line.split(' ')).collect();
            let said: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
            prop_assert_eq!(shown, said);
            for (index, caption) in all.iter().enumerate() {
                prop_assert!((1..=MAX_LINES).contains(&caption.lines.len()));
                prop_assert!(caption.lines.iter().all(|line| columns(line) <= MAX_COLUMNS && !line.is_empty()));
                let shown_s = caption.end_s - caption.start_s;
                prop_assert!((MIN_SHOWN_S - 0.0011..=MAX_SHOWN_S + 0.0011).contains(&shown_s), "{shown_s} of {index}");
                if let Some(next) = all.get(index + 1) {
                    prop_assert!(caption.end_s <= next.start_s);
                }
            }
        }

        #[test]
        fn nonsense_times_and_texts_still_give_captions_in_order(
            words in prop::collection::vec((".{0,120}", any::<f64>(), any::<f64>()), 0..40),
        ) {
            let bounded = |value: f64| if value.abs() < 1e9 { value } else { f64::NAN };
            let words: Vec<WordSpan> = words
                .into_iter()
                .map(|(text, start, end)| WordSpan { text, start_s: bounded(start), end_s: bounded(end) })
                .collect();
            let all = captions(&words);
            for pair in all.windows(2) {
                prop_assert!(pair[0].start_s < pair[0].end_s && pair[0].end_s <= pair[1].start_s);
            }
            prop_assert!(all.iter().all(|caption| caption.lines.len() <= MAX_LINES));
        }
    }
}
