//! Written words to spoken ones: where they begin, and numbers with what they count in katakana. What the rest is read
//! as is decided by the program.

use super::numbers::{COUNTERS, MOST_DIGITS, cardinal, counted, decimal, digits};
use crate::espeak::is_han;
use crate::text::{How, Spoken, Token, half_width, read_english, tokens};
use crate::voices::Accent;

/// Numerals among Chinese characters, with their values and powers of ten.
const NUMERALS: [(char, u64); 10] = [
    ('〇', 0),
    ('一', 1),
    ('二', 2),
    ('三', 3),
    ('四', 4),
    ('五', 5),
    ('六', 6),
    ('七', 7),
    ('八', 8),
    ('九', 9),
];
const POWERS: [(char, u64); 5] = [('十', 10), ('百', 100), ('千', 1000), ('万', 10_000), ('億', 100_000_000)];
/// Counters behind such numerals, which many other words have too.
const COUNTED_BY_NUMERALS: [&str; 18] = [
    "時間", "分間", "週間", "か月", "ヶ月", "年", "円", "人", "本", "匹", "杯", "個", "回", "階", "歳", "枚",
    "冊", "件",
];

/// Characters of one spoken word; a longer one is cut.
const MAX_WORD_CHARS: usize = 200;

/// What a character is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Hiragana,
    Katakana,
    Han,
    Digit,
    Other,
}

fn kind(c: char) -> Kind {
    match c {
        'ぁ'..='ゟ' => Kind::Hiragana,
        'ァ'..='ヺ' | 'ー' | 'ヽ' | 'ヾ' => Kind::Katakana,
        '々' | '〆' | '〇' => Kind::Han,
        c if is_han(c) => Kind::Han,
        c if c.is_ascii_digit() => Kind::Digit,
        _ => Kind::Other,
    }
}

/// Whether the character is read by the program.
pub(super) fn is_japanese(c: char) -> bool {
    matches!(kind(c), Kind::Hiragana | Kind::Katakana | Kind::Han)
}

/// Cuts a text into tokens: a word and the small letters behind it. These are its written words, appended to `written`.
pub(crate) fn tokens_of(text: &str, written: &mut Vec<String>) -> Vec<Token> {
    let mut spaced = String::with_capacity(text.len() * 2);
    let mut chars = text.chars().peekable();
    let mut before: Option<char> = None;
    while let Some(c) = chars.next() {
        if before.is_some_and(|before| is_border(before, usual(c), chars.peek().copied().map(usual))) {
            spaced.push(' ');
        }
        spaced.push(c);
        before = Some(usual(c));
    }
    tokens(&spaced, written)
}

fn is_border(before: char, c: char, next: Option<char>) -> bool {
    if c.is_whitespace() || before.is_whitespace() {
        return false;
    }
    let opens = |c: char| matches!(c, '(' | '「' | '『' | '《' | '〈' | '【' | '“' | '‘' | '[');
    let ends = |c: char| {
        matches!(c, '、' | '。' | '!' | '?' | '…' | ')' | '」' | '』' | '》' | '〉' | '】' | '”' | '・' | ']')
    };
    let is_japanese_side = is_japanese(before) || next.is_some_and(is_japanese) || is_japanese(c);
    if ends(before) && (c.is_alphanumeric() || opens(c)) {
        return is_japanese_side || !before.is_ascii();
    }
    if opens(c) {
        return is_japanese(before);
    }
    let money = matches!(c, '¥' | '$' | '€' | '£') && is_japanese(before);
    if money
        || (matches!(c, '-' | '+' | '~') && is_japanese(before) && next.is_some_and(|c| c.is_ascii_digit()))
    {
        return true;
    }
    if !c.is_alphanumeric() || !before.is_alphanumeric() {
        return false;
    }
    match (kind(before), kind(c)) {
        (before, c) if before == c => false,
        (_, Kind::Hiragana)
        | (Kind::Digit, Kind::Han | Kind::Katakana | Kind::Other)
        | (Kind::Other, Kind::Digit) => false,
        (Kind::Han, Kind::Digit) => before != '第' && before != '約',
        // か月, ヶ月.
        (Kind::Hiragana, Kind::Han) if before == 'か' && c == '月' => false,
        (Kind::Katakana, Kind::Han) if matches!(before, 'ヶ' | 'カ' | 'ヵ') && c == '月' => false,
        _ => true,
    }
}

/// Full-width letters, digits and signs, and the dash of ranges, as the usual ones.
fn usual(c: char) -> char {
    if c == '〜' { '~' } else { half_width(c) }
}

/// Reads tokens into spoken words: those of Japanese as the program is to get them, those in other letters as English.
pub(crate) fn read(tokens: &[Token]) -> Vec<Spoken> {
    let mut spoken: Vec<Spoken> = Vec::new();
    let mut month_before = false;
    for token in tokens {
        let core: Vec<char> = unified(&token.core);
        let first = spoken.len();
        for (text, how) in parts(&core, &mut month_before) {
            if text.chars().any(is_japanese) {
                spoken.push(Spoken { text, how, written: token.written, mark: None });
            } else if text.contains(char::is_alphanumeric) || text.chars().count() == core.len() {
                let part = Token { core: text, mark: None, period: false, written: token.written };
                spoken.extend(read_english(&[part], Accent::American));
            }
        }
        if let Some(last) = spoken[first..].last_mut() {
            last.mark = token.mark.or(last.mark);
        }
        month_before &= token.mark.is_none();
    }
    spoken
}

/// Half-width katakana are made whole, full-width letters half.
fn unified(text: &str) -> Vec<char> {
    use unicode_normalization::UnicodeNormalization;
    let whole = |c: char| matches!(c, '\u{ff66}'..='\u{ff9f}');
    let text: String = if text.contains(whole) { text.nfkc().collect() } else { text.to_owned() };
    text.chars().map(usual).collect()
}

/// The parts of a word: numbers in katakana as they are said ([`How::Letters`]), Japanese, and other letters.
fn parts(core: &[char], month_before: &mut bool) -> Vec<(String, How)> {
    let mut parts: Vec<(String, How)> = Vec::new();
    let mut at = 0;
    let mut behind_number = false;
    while let Some(c) = core.get(at) {
        let rest = &core[at..];
        let before = at.checked_sub(1).map(|before| core[before]);
        let letters_before = before.is_some_and(|before| before.is_ascii_alphabetic());
        let found = if c.is_ascii_digit() || (!letters_before && begins_number(rest)) {
            Some(number(rest, *month_before))
        } else if behind_number || before.is_none_or(|before| kind(before) != Kind::Han) {
            numerals(rest, behind_number)
        } else {
            None
        };
        if let Some(Number { text, length, is_month }) = found {
            parts.push((text, How::Letters));
            at += length;
            *month_before = is_month;
            behind_number = true;
            continue;
        }
        at += 1;
        match parts.last_mut() {
            Some((text, How::Word))
                if text.chars().count() < MAX_WORD_CHARS
                    && text.ends_with(is_japanese) == is_japanese(*c) =>
            {
                text.push(*c);
            }
            _ => parts.push((c.to_string(), How::Word)),
        }
        behind_number = false;
    }
    parts
}

/// A number as it is said, how many characters it is, and whether it names a month.
struct Number {
    text: String,
    length: usize,
    is_month: bool,
}

/// A sign before a digit.
fn begins_number(rest: &[char]) -> bool {
    matches!(rest, ['-' | '+' | '¥' | '$' | '€' | '£', next, ..] if next.is_ascii_digit())
}

fn run_of_digits(rest: &[char]) -> String {
    let mut number = String::new();
    for (place, c) in rest.iter().enumerate() {
        let digit_behind = rest.get(place + 1).is_some_and(char::is_ascii_digit);
        match c {
            '0'..='9' => number.push(*c),
            ',' | '.' if digit_behind && !(*c == '.' && number.contains('.')) => number.push(*c),
            _ => break,
        }
    }
    number
}

fn number(rest: &[char], month_before: bool) -> Number {
    let sign = rest[0];
    let signs = usize::from(!sign.is_ascii_digit());
    let written = run_of_digits(&rest[signs..]);
    let mut length = signs + written.chars().count();
    if signs == 0
        && let Some(whole) =
            dialled(rest).or_else(|| time(rest)).or_else(|| date(rest)).or_else(|| fraction(rest))
    {
        return whole;
    }
    let plain = written.replace(',', "");
    let behind: String = rest[length..].iter().take(8).collect();
    let mut text = if sign == '-' { "マイナス" } else { "" }.to_owned();
    // Man and oku stand between a number and its counter: 3万円.
    let group = behind.chars().next().filter(|c| matches!(c, '万' | '億' | '千'));
    let said = if plain.len() > 1 && plain.starts_with('0') && !plain.contains('.') {
        digits(&plain)
    } else {
        decimal(&plain)
    };
    let currency = match sign {
        '¥' => "エン",
        '$' => "ドル",
        '€' => "ユーロ",
        '£' => "ポンド",
        _ => "",
    };
    let counter =
        COUNTERS.iter().find(|(counter, _)| behind.starts_with(counter) && !goes_on(&behind, counter));
    match (group, counter) {
        (Some(group), _) => {
            text += &said;
            text += match group {
                '万' => "マン",
                '億' => "オク",
                _ => "セン",
            };
            length += 1;
            let behind: String = rest[length..].iter().take(8).collect();
            if let Some((written, counter)) = COUNTERS.iter().find(|(counter, _)| behind.starts_with(counter))
            {
                text += counter;
                length += written.chars().count();
            }
        }
        (None, Some((written, counter))) if plain.len() <= MOST_DIGITS => {
            text += &counted(&plain, counter, written, month_before);
            length += written.chars().count();
            let is_month = *written == "月";
            return Number { text: text + currency, length, is_month };
        }
        _ => text += &said,
    }
    // A range: 10〜20.
    if rest.get(length) == Some(&'~') && rest.get(length + 1).is_some_and(char::is_ascii_digit) {
        text += "カラ";
        length += 1;
    }
    Number { text: text + currency, length, is_month: false }
}

/// Whether a Latin unit is the beginning of a longer word.
fn goes_on(behind: &str, counter: &str) -> bool {
    counter.is_ascii()
        && counter.ends_with(|c: char| c.is_ascii_alphabetic())
        && behind[counter.len()..].starts_with(|c: char| c.is_ascii_alphanumeric())
}

fn groups(rest: &[char], separator: char) -> (Vec<String>, usize) {
    let length = rest.iter().take_while(|c| c.is_ascii_digit() || **c == separator).count();
    let text: String = rest[..length].iter().collect();
    (text.split(separator).map(str::to_owned).collect(), length)
}

/// A telephone number.
fn dialled(rest: &[char]) -> Option<Number> {
    let (groups, length) = groups(rest, '-');
    let whole = groups.len() > 1 && groups.iter().all(|group| !group.is_empty());
    let digit_count: usize = groups.iter().map(String::len).sum();
    (whole && rest[0] == '0' && digit_count >= 9
        || groups.len() == 1 && groups[0].starts_with('0') && digit_count >= 10)
        .then(|| {
            let said: Vec<String> = groups.iter().map(|group| digits(group)).collect();
            Number { text: said.join("ノ"), length, is_month: false }
        })
}

fn time(rest: &[char]) -> Option<Number> {
    let (groups, length) = groups(rest, ':');
    let [hour, minute] = &groups[..] else { return None };
    let fits = (1..=2).contains(&hour.len()) && hour.parse().is_ok_and(|hour: u32| hour <= 24);
    if !fits || minute.len() != 2 || minute.as_str() >= "60" {
        return None;
    }
    let plain = |number: &str| {
        let plain = number.trim_start_matches('0');
        if plain.is_empty() { "0".to_owned() } else { plain.to_owned() }
    };
    let mut text = counted(&plain(hour), "ジ", "時", false);
    if minute != "00" {
        text += &counted(&plain(minute), "フン", "分", false);
    }
    Some(Number { text, length, is_month: false })
}

fn date(rest: &[char]) -> Option<Number> {
    for separator in ['/', '-'] {
        let (groups, length) = groups(rest, separator);
        let [year, month, day] = &groups[..] else { continue };
        let fits = |text: &str, most: u32| text.parse().is_ok_and(|number: u32| (1..=most).contains(&number));
        if year.len() == 4 && fits(month, 12) && fits(day, 31) {
            let plain = |number: &str| number.trim_start_matches('0').to_owned();
            let text = [
                counted(year, "ネン", "年", false),
                counted(&plain(month), "ガツ", "月", false),
                counted(&plain(day), "ニチ", "日", true),
            ];
            return Some(Number { text: text.concat(), length, is_month: false });
        }
    }
    None
}

fn fraction(rest: &[char]) -> Option<Number> {
    let (groups, length) = groups(rest, '/');
    let [over, under] = &groups[..] else { return None };
    (!over.is_empty() && !under.is_empty()).then(|| Number {
        text: format!("{}ブンノ{}", cardinal(under), cardinal(over)),
        length,
        is_month: false,
    })
}

/// A number in Chinese characters with what it counts; those without one are words to the program.
fn numerals(rest: &[char], behind_number: bool) -> Option<Number> {
    let of =
        |table: &[(char, u64)], c: char| table.iter().find(|(known, _)| *known == c).map(|(_, value)| *value);
    let length =
        rest.iter().take_while(|c| of(&NUMERALS, **c).is_some() || of(&POWERS, **c).is_some()).count();
    let behind: String = rest[length..].iter().take(4).collect();
    let more: &[&str] = if behind_number { &["月", "日", "時", "分", "秒"] } else { &[] };
    let counter = COUNTED_BY_NUMERALS.iter().chain(more).find(|counter| behind.starts_with(**counter))?;
    if length == 0 || length > 15 {
        return None;
    }
    let (mut whole, mut four, mut last) = (0u64, 0u64, 0u64);
    for c in &rest[..length] {
        match (of(&NUMERALS, *c), of(&POWERS, *c)) {
            (Some(digit), _) => last = last * 10 + digit,
            (None, Some(power)) if power < 10_000 => {
                four += last.max(1) * power;
                last = 0;
            }
            (None, Some(power)) => {
                whole += (four + last).max(1) * power;
                (four, last) = (0, 0);
            }
            (None, None) => return None,
        }
    }
    let value = (whole + four + last).to_string();
    let (written, said) = COUNTERS.iter().find(|(written, _)| written == counter)?;
    Some(Number {
        text: counted(&value, said, written, behind_number),
        length: length + written.chars().count(),
        is_month: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        let mut written = Vec::new();
        tokens_of(text, &mut written);
        written
    }

    fn said(text: &str) -> String {
        let words = read(&tokens_of(text, &mut Vec::new()));
        words.iter().map(|word| word.text.clone() + &word.mark.map_or(String::new(), String::from)).collect()
    }

    #[test]
    fn a_word_and_the_small_letters_behind_it_are_written_as_one() {
        for (text, words) in [
            ("私は学校へ行って、コーヒーを飲みました。", "私は 学校へ 行って、 コーヒーを 飲みました。"),
            ("「東京」駅で会う？はい！", "「東京」 駅で 会う？ はい！"),
            ("2024年3月15日に来ます", "2024年 3月 15日に 来ます"),
            ("iPhoneとMacを使う", "iPhoneと Macを 使う"),
            ("新しいソフトウェア開発", "新しい ソフトウェア 開発"),
            ("第3回は約5か月後", "第3回は 約5か月後"),
            ("価格は¥1,500です", "価格は ¥1,500です"),
        ] {
            assert_eq!(cut(text).join(" "), words);
        }
    }

    #[test]
    fn numbers_are_read_with_what_they_count() {
        for (text, expected) in [
            ("2024年3月15日", "ニセンニジューヨネンサンガツジューゴニチ"),
            ("4月1日、20日", "シガツツイタチ,ハツカ"),
            ("2024/03/15", "ニセンニジューヨネンサンガツジューゴニチ"),
            ("午後3時30分", "午後サンジサンジュップン"),
            ("9:05と14:00", "クジゴフンとジューヨジ"),
            ("１，５００円で25%引き", "センゴヒャクエンでニジューゴパーセント引き"),
            ("¥300です", "サンビャクエンです"),
            ("3万円", "サンマンエン"),
            ("3.5km", "サンテンゴキロメートル"),
            ("-5℃", "マイナスゴド"),
            ("10〜20人", "ジューカラニジューニン"),
            ("03-1234-5678", "ゼロサンノイチニサンヨンノゴロクナナハチ"),
            ("3/4", "ヨンブンノサン"),
            ("一人と三本、八百円", "ヒトリとサンボン,ハッピャクエン"),
            ("一番、十分、三月", "一番,十分,三月"),
            ("第3回", "第サンカイ"),
            ("ﾃｽﾄ", "テスト"),
            ("007", "ゼロゼロナナ"),
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
    }

    #[test]
    fn words_in_other_letters_go_to_the_reader_of_english() {
        assert_eq!(said("iPhoneとKubernetes、Привет"), "iPhoneとKubernetes,Привет");
        assert_eq!(said("A4の紙"), "Aヨンの紙");
    }
}
