//! The symbols of all voices here, spelled as espeak-ng writes them.
//!
//! The alphabet of the texts' readers has one symbol for a diphthong and leaves lengths out that follow from the vowel in
//! American English (the table is that of the misaki project, MIT, read backwards).

use crate::voices::{Accent, Reading};

/// How the symbol at this place is spelled: no letters when those before it stand for it too.
pub(super) fn letters(symbols: &[char], at: usize, reading: Reading) -> String {
    let before = at.checked_sub(1).map(|before| symbols[before]);
    if reading == Reading::English(Accent::American) {
        let follows = |place: usize| symbols.get(place).copied();
        let rhotic = |vowel: Option<char>, next: Option<char>| {
            matches!(vowel, Some('ə' | 'ɜ')) && !next.is_some_and(crate::timeline::is_vowel)
        };
        match symbols[at] {
            'ɹ' if rhotic(before, follows(at + 1)) => return String::new(),
            'ə' if follows(at + 1) == Some('ɹ') && rhotic(Some('ə'), follows(at + 2)) => {
                return "ɚ".to_owned();
            }
            'i' if matches!(before, Some('ˈ' | 'ˌ')) => return "iː".to_owned(),
            vowel @ ('u' | 'ɑ' | 'ɔ' | 'ɜ') if follows(at + 1) != Some('ː') => {
                return format!("{vowel}ː");
            }
            _ => {}
        }
    }
    one(symbols[at])
}

/// How a symbol is spelled wherever it stands.
pub(super) fn one(symbol: char) -> String {
    let spelled = match symbol {
        'A' => "eɪ",
        'I' => "aɪ",
        'O' => "oʊ",
        'Q' => "əʊ",
        'S' => "ss",
        'T' => "ɾ",
        'W' => "aʊ",
        'Y' => "ɔɪ",
        'ʣ' => "dz",
        'ʤ' => "dʒ",
        'ʥ' => "dʑ",
        'ʦ' => "ts",
        'ʧ' => "tʃ",
        'ʨ' => "tɕ",
        'ᵊ' => "ə",
        '—' => ",",
        '…' => ".",
        // Letters with marks are two characters there (Unicode's form D).
        'ç' => "c\u{327}",
        other => return other.to_string(),
    };
    spelled.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(symbols: &str, reading: Reading) -> String {
        let symbols: Vec<char> = symbols.chars().collect();
        (0..symbols.len()).map(|at| letters(&symbols, at, reading)).collect()
    }

    #[test]
    fn american_words_are_spelled_as_espeak_ng_spells_them() {
        for (symbols, letters) in [
            ("bˈɜɹd", "bˈɜːd"),
            ("fˈɜɹi", "fˈɜːɹi"),
            ("fˈɑðəɹ", "fˈɑːðɚ"),
            ("bətwˈin", "bətwˈiːn"),
            ("hˈæpi", "hˈæpi"),
            ("nˈO", "nˈoʊ"),
            ("ʤˈʌʤ", "dʒˈʌdʒ"),
            ("bˈʌTəɹ", "bˈʌɾɚ"),
            ("kˈɔl", "kˈɔːl"),
            ("jˈu", "jˈuː"),
        ] {
            assert_eq!(spelled(symbols, Reading::English(Accent::American)), letters);
        }
    }

    #[test]
    fn other_languages_keep_what_the_program_wrote() {
        assert_eq!(spelled("ʃˈøːnə bˈyːçəɹ", Reading::Espeak("de")), "ʃˈøːnə bˈyːc\u{327}əɹ");
        assert_eq!(spelled("fˈɑːðə", Reading::English(Accent::British)), "fˈɑːðə");
    }
}
