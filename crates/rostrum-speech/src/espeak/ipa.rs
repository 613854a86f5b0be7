//! What espeak-ng writes, in the alphabet the voices were trained on.
//!
//! The sounds of other languages came from this very program when the networks were trained, for Kokoro with diphthongs and
//! affricates as one symbol (the table is that of the misaki project, MIT). What a network has no symbol for is written
//! with the nearest one that Kokoro has.

/// Sounds of two letters that are one symbol.
const TIED: [(&str, &str); 11] = [
    ("a^ɪ", "I"),
    ("a^ʊ", "W"),
    ("d^z", "ʣ"),
    ("d^ʒ", "ʤ"),
    ("e^ɪ", "A"),
    ("o^ʊ", "O"),
    ("ə^ʊ", "Q"),
    ("s^s", "S"),
    ("t^s", "ʦ"),
    ("t^ʃ", "ʧ"),
    ("ɔ^ɪ", "Y"),
];

/// Symbols that Kokoro has no number for.
fn nearest(c: char) -> Option<&'static str> {
    Some(match c {
        'g' | 'ɠ' | 'ɢ' => "ɡ",
        'ã' => "a\u{303}",
        'ẽ' => "e\u{303}",
        'ĩ' => "i\u{303}",
        'õ' => "o\u{303}",
        'ũ' => "u\u{303}",
        'ỹ' => "y\u{303}",
        'ɫ' | 'ɭ' | 'ɬ' | 'ɮ' | 'ʟ' => "l",
        'ʀ' => "ʁ",
        'ħ' | 'ɦ' => "h",
        'ʍ' => "w",
        'ɱ' => "m",
        'ɵ' => "ø",
        'ʉ' => "u",
        'ʏ' => "y",
        'ɘ' | 'ɞ' | 'ǝ' => "ə",
        'ɶ' => "œ",
        'ɝ' => "ɜɹ",
        'ε' => "ɛ",
        'ʑ' | 'ʐ' => "ʒ",
        'ɓ' | 'ʙ' => "b",
        'ɗ' => "d",
        'ɧ' => "ʃ",
        // Pharyngeal and creaky marks, tones, ties, marks of places in the mouth.
        'ʕ'
        | 'ʼ'
        | 'ˤ'
        | 'ˠ'
        | 'ʷ'
        | '^'
        | '-'
        | '\''
        | '`'
        | '#'
        | '~'
        | '_'
        | '"'
        | '*'
        | '.'
        | ','
        | '|'
        | '!'
        | '?'
        | '0'..='9'
        | '\u{300}'..='\u{302}'
        | '\u{304}'..='\u{36f}' => "",
        _ => return None,
    })
}

/// For English voices, which were not trained on the sounds of other languages.
fn in_english(c: char) -> Option<&'static str> {
    Some(match c {
        'r' | 'ʁ' | 'ɾ' | 'ɽ' | 'ɻ' => "ɹ",
        'x' | 'χ' | 'ɣ' | 'ç' => "h",
        'y' | 'ɨ' => "ɪ",
        'ø' | 'œ' | 'ɤ' => "ɜ",
        'ɯ' => "u",
        'e' => "ɛ",
        'o' => "ɔ",
        'a' | 'ɐ' => "ɑ",
        'ɲ' => "nj",
        'ʎ' => "lj",
        'ɕ' | 'ʂ' => "ʃ",
        'ʨ' => "ʧ",
        'ʥ' | 'ɟ' => "ʤ",
        'ʦ' => "ts",
        'ʣ' => "dz",
        'c' => "k",
        'ɳ' | 'ɴ' => "n",
        'ɖ' => "d",
        'ʈ' => "t",
        'β' | 'ʋ' => "v",
        'ɸ' => "f",
        'ʲ' | 'ʰ' | 'ː' | '\u{303}' => "",
        _ => return None,
    })
}

/// The words of a line of the program's IPA, without the marks where it changes the language. `known` tells the symbols
/// that need no other in their place.
pub(super) fn words(line: &str, known: &dyn Fn(char) -> bool) -> Vec<String> {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('(') {
        plain.push_str(before);
        match after.split_once(')') {
            Some((_, behind)) => rest = behind,
            None => rest = after,
        }
    }
    plain.push_str(rest);
    plain.split_whitespace().map(|word| symbols(word, known)).filter(|word| !word.is_empty()).collect()
}

/// One word's sounds.
fn symbols(word: &str, known: &dyn Fn(char) -> bool) -> String {
    let mut symbols = String::new();
    let mut rest = word;
    while let Some(next) = rest.chars().next() {
        if let Some((tied, symbol)) = TIED.iter().find(|(tied, _)| rest.starts_with(tied)) {
            symbols.push_str(symbol);
            rest = &rest[tied.len()..];
            continue;
        }
        let kept = (next.is_alphanumeric() || next == '-') && known(next);
        match nearest(next) {
            Some(symbol) if !kept => symbols.push_str(symbol),
            _ => symbols.push(next),
        }
        rest = &rest[next.len_utf8()..];
    }
    symbols
}

/// The sounds of a foreign word as an English voice would say them.
pub(super) fn anglicised(word: &str) -> String {
    let mut symbols = String::new();
    for c in word.chars() {
        match in_english(c) {
            Some(symbol) => symbols.push_str(symbol),
            None => symbols.push(c),
        }
    }
    symbols
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sound_is_one_symbol() {
        assert_eq!(words("βˌe^ɪntiθˈinko d^ʒˈia le-z", &|_| false), ["βˌAntiθˈinko", "ʤˈia", "lez"]);
        assert_eq!(words("vˈiŋt^ʃj ˈũŋ", &|_| false), ["vˈiŋʧj", "ˈu\u{303}ŋ"]);
    }

    #[test]
    fn changes_of_language_are_not_words() {
        assert_eq!(words("(en)hˈa^ɪ(es) ˈola", &|_| false), ["hˈI", "ˈola"]);
        assert_eq!(words("ola (en", &|_| false), ["ola", "en"]);
        assert!(words(" ", &|_| false).is_empty());
    }

    #[test]
    fn english_voices_get_english_sounds() {
        assert_eq!(anglicised("prʲivʲˈet"), "pɹivˈɛt");
    }
}
