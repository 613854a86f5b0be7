//! The International Phonetic Alphabet to the one the voices were trained on (misaki's), which writes diphthongs and
//! affricates as one symbol.

/// Longer sequences first.
const PAIRS: [(&str, &str); 22] = [
    ("t͡ʃ", "ʧ"),
    ("d͡ʒ", "ʤ"),
    ("tʃ", "ʧ"),
    ("dʒ", "ʤ"),
    ("eɪ", "A"),
    ("aɪ", "I"),
    ("aʊ", "W"),
    ("oʊ", "O"),
    ("əʊ", "Q"),
    ("ɔɪ", "Y"),
    ("ɝ", "ɜɹ"),
    ("ɚ", "əɹ"),
    ("ɫ", "l"),
    ("g", "ɡ"),
    ("r", "ɹ"),
    ("ʍ", "w"),
    ("'", "ˈ"),
    (",", "ˌ"),
    (":", "ː"),
    (".", ""),
    ("‿", ""),
    (" ", ""),
];

/// Symbols that English voices sound, and the marks of stress and length.
const KNOWN: &str = "AIOQWYbdfhijklmnpstuvwzðŋɑɒɔəɛɜɡɪɹʃʊʌʒʤʧθæaeoɾʔˈˌːᵊᵻ";

/// The sounds of a pronunciation in IPA, or what is wrong with it, as the end of a sentence.
pub(crate) fn symbols(ipa: &str) -> Result<String, String> {
    let mut symbols = String::new();
    let mut rest = ipa.trim().trim_matches('/');
    while let Some(next) = rest.chars().next() {
        if let Some((pair, symbol)) = PAIRS.iter().find(|(pair, _)| rest.starts_with(pair)) {
            symbols.push_str(symbol);
            rest = &rest[pair.len()..];
        } else if KNOWN.contains(next) {
            symbols.push(next);
            rest = &rest[next.len_utf8()..];
        } else {
            return Err(format!("has '{next}', which English voices do not sound"));
        }
    }
    if symbols.is_empty() {
        return Err("has no sounds in it".to_owned());
    }
    Ok(symbols)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipa_becomes_the_alphabet_of_the_voices() {
        for (ipa, expected) in [
            ("təˈmeɪ.toʊ", "təˈmAtO"),
            ("/ˈdʒɔɪ/", "ˈʤY"),
            ("t͡ʃaɪ", "ʧI"),
            ("ˈɡɝl", "ˈɡɜɹl"),
            ("'rait", "ˈɹait"),
        ] {
            assert_eq!(symbols(ipa).as_deref(), Ok(expected), "{ipa}");
        }
        assert!(symbols("ʙ").unwrap_err().contains('ʙ'));
        assert!(symbols(" . ").is_err());
    }
}
