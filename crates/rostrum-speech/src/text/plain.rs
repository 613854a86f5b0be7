//! Words of other languages than English, as they are written: espeak-ng reads what is in them.

use super::tokens::{self, Token};
use super::{How, Spoken};
use crate::espeak::is_han;

/// Characters of one spoken word; a longer one is cut, as nothing but a list of signs is as long.
const MAX_WORD_CHARS: usize = 100;

/// Languages that write ordinal numbers with a period, as in `3. oktober`, and whose espeak-ng reads them so.
const WITH_ORDINAL_PERIOD: [&str; 5] = ["da", "de", "hu", "lv", "nb"];
/// German writes months large, and behind a period a large letter is a new sentence to espeak-ng.
#[rustfmt::skip]
const GERMAN_MONTHS: [&str; 13] = [
    "Januar", "Jänner", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
    "November", "Dezember",
];

/// Words of which the period ends no sentence, in small letters.
#[rustfmt::skip]
const ABBREVIATIONS: [&str; 42] = [
    // Spanish, Portuguese
    "sr", "sra", "srta", "dr", "dra", "d", "dª", "ud", "uds", "prof", "profa", "av", "núm", "pág", "ee", "exmo", "ing",
    // French
    "m", "mm", "mme", "mmes", "mlle", "pr", "st", "ste", "no",
    // Italian
    "sig", "sigg", "dott", "avv", "arch", "on",
    // German, Dutch, Nordic
    "hr", "fr", "nr", "bzw", "ca", "str", "mevr", "dhr", "z.b", "u.a",
];

/// Cuts a text into tokens; the written words are appended to `written`.
pub(super) fn tokens_of(text: &str, language: &str, written: &mut Vec<String>) -> Vec<Token> {
    if text.contains(is_han) && matches!(language, "cmn-latn-pinyin" | "yue") {
        return characters_of(text, written);
    }
    tokens::tokens(text, written)
}

/// Cuts a Chinese text into characters, and words in other letters; these are its written words.
pub(super) fn characters_of(text: &str, written: &mut Vec<String>) -> Vec<Token> {
    tokens::tokens(&character_by_character(text), written)
}

/// Reads tokens word by word.
pub(super) fn read(tokens: &[Token], language: &str) -> Vec<Spoken> {
    let mut words = Vec::with_capacity(tokens.len());
    for (position, token) in tokens.iter().enumerate() {
        let next = tokens.get(position + 1);
        let ordinal = is_ordinal(token, next, language);
        let mut core = token.core.clone();
        if ordinal {
            core.push('.');
        } else if position > 0 && is_ordinal(&tokens[position - 1], Some(token), language) {
            core = core.to_lowercase();
        }
        let goes_on = ordinal || period_ends_nothing(token, next);
        let mark = token.mark.filter(|mark| *mark != '.' || !goes_on);
        let chars: Vec<char> = core.chars().collect();
        for piece in chars.chunks(MAX_WORD_CHARS) {
            let text = piece.iter().collect();
            words.push(Spoken { text, how: How::Word, written: token.written, mark: None });
        }
        if let Some(last) = words.last_mut() {
            last.mark = mark.or(last.mark);
        }
    }
    words
}

fn is_ordinal(token: &Token, next: Option<&Token>, language: &str) -> bool {
    token.period
        && (1..=2).contains(&token.core.len())
        && token.core.bytes().all(|byte| byte.is_ascii_digit())
        && WITH_ORDINAL_PERIOD.contains(&language)
        && next.is_some_and(|next| {
            let month = language == "de" && GERMAN_MONTHS.contains(&next.core.as_str());
            month || next.core.starts_with(char::is_lowercase)
        })
}

fn period_ends_nothing(token: &Token, next: Option<&Token>) -> bool {
    let Some(next) = next.filter(|_| token.period) else { return false };
    let number = next.core.starts_with(|c: char| c.is_ascii_digit());
    let small = next.core.starts_with(char::is_lowercase);
    small
        || (!number && ABBREVIATIONS.contains(&token.core.to_lowercase().as_str()))
        || (number && matches!(token.core.to_lowercase().as_str(), "núm" | "pág" | "no" | "nr" | "av" | "ca"))
}

/// Chinese is written without spaces: each character counts as a word.
fn character_by_character(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() * 2);
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let begins = c.is_alphanumeric() || opens(c) || is_sign_before(c, chars.peek().copied());
        let border = before.is_some_and(|before| is_han(before) || ends(before, c) || is_han(c) || opens(c));
        if border && begins && before.is_some_and(|before| !opens(before)) {
            spaced.push(' ');
        }
        spaced.push(c);
        before = Some(c);
    }
    spaced
}

/// Whether punctuation ends a word, though no space is behind it.
fn ends(c: char, next: char) -> bool {
    match c {
        '，' | '、' | '。' | '！' | '？' | '；' | '…' | '）' | '］' | '」' | '』' | '》' | '〉' | '】'
        | '”' => true,
        '：' => !next.is_numeric(),
        _ => false,
    }
}

/// Whether a sign belongs to the number or the letters behind it.
fn is_sign_before(c: char, next: Option<char>) -> bool {
    match c {
        '-' | '−' | '+' | '~' | '～' => next.is_some_and(char::is_numeric),
        '¥' | '￥' | '$' | '€' | '£' | '₩' | '₹' | '±' | '≈' => true,
        _ => false,
    }
}

fn opens(c: char) -> bool {
    matches!(c, '(' | '[' | '“' | '‘' | '「' | '『' | '《' | '〈' | '【' | '（' | '［')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, language: &str) -> Vec<Spoken> {
        super::read(&tokens_of(text, language, &mut Vec::new()), language)
    }

    fn read(text: &str, language: &str) -> String {
        let words = words(text, language);
        words
            .iter()
            .map(|word| word.text.clone() + &word.mark.map_or(String::new(), String::from))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn marks_of_many_scripts_make_pauses() {
        for (language, text, expected) in [
            ("es", "¿Qué tal, señor? ¡Bien!", "Qué tal, señor? Bien!"),
            ("hi", "नमस्ते। आप कैसे हैं?", "नमस्ते. आप कैसे हैं?"),
            ("ar", "مرحبا، كيف حالك؟", "مرحبا, كيف حالك?"),
            ("fr", "« Bonjour », dit-il : oui !", "Bonjour, dit-il: oui!"),
            ("cmn-latn-pinyin", "你好，世界。「好」", "你 好, 世 界. 好"),
            ("am", "ሰላም፣ ዓለም።", "ሰላም, ዓለም."),
            ("hy", "Բարեւ։ Ձեզ", "Բարեւ. Ձեզ"),
        ] {
            assert_eq!(read(text, language), expected);
        }
    }

    #[test]
    fn periods_of_abbreviations_and_ordinals_end_no_sentence() {
        for (language, text, expected) in [
            ("es", "El Sr. García vive aquí. Sí.", "El Sr García vive aquí. Sí."),
            ("de", "Am 3. Oktober um 8. Danach 12.", "Am 3. oktober um 8. Danach 12."),
            ("es", "Son 25. Después", "Son 25. Después"),
            ("fr", "etc. mais oui", "etc mais oui"),
        ] {
            assert_eq!(read(text, language), expected);
        }
        // The ordinal's period is read, the sentence's is a mark.
        let words = words("Am 3. Oktober.", "de");
        assert_eq!((words[1].text.as_str(), words[1].mark), ("3.", None));
        assert_eq!((words[2].text.as_str(), words[2].mark), ("oktober", Some('.')));
    }

    #[test]
    fn a_word_without_end_is_cut() {
        let words = words(&"9".repeat(5000), "es");
        assert_eq!(words.len(), 50);
        assert!(words.iter().all(|word| word.written == 0));
    }

    #[test]
    fn vowel_signs_at_the_end_of_a_word_are_part_of_it() {
        let words = words("मेरे (दुनिया) नमस्ते।", "hi");
        assert_eq!(words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), ["मेरे", "दुनिया", "नमस्ते"]);
    }
}
