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

/// What voices of other languages sound beside them.
const KNOWN_ELSEWHERE: &str = "ʣʥʦʨSaceoqrxyɐβɕçɖɚɟɥɨʝɯɰɳɲɴøɸœɻʁɽʂʈʋɣɤχʎꭧʰʲ\u{303}↓→↗↘";

/// The sounds of a pronunciation in IPA for an English voice, or another one of the network; or what is wrong with it, as
/// the end of a sentence.
pub(crate) fn symbols(ipa: &str, english: bool) -> Result<String, String> {
    let mut symbols = String::new();
    let mut rest = ipa.trim().trim_matches('/');
    while let Some(next) = rest.chars().next() {
        if let Some((pair, symbol)) = PAIRS
            .iter()
            // Only English voices have but one r.
            .find(|(pair, _)| rest.starts_with(pair) && (english || *pair != "r"))
        {
            symbols.push_str(symbol);
            rest = &rest[pair.len()..];
        } else if KNOWN.contains(next) || (!english && KNOWN_ELSEWHERE.contains(next)) {
            symbols.push(next);
            rest = &rest[next.len_utf8()..];
        } else {
            let voices = if english { "English voices do" } else { "the voice does" };
            return Err(format!("has '{next}', which {voices} not sound"));
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
            assert_eq!(symbols(ipa, true).as_deref(), Ok(expected), "{ipa}");
        }
        assert_eq!(symbols("ˈpero", false).as_deref(), Ok("ˈpero"));
        assert!(symbols("ɲ", true).is_err() && symbols("ɲ", false).is_ok());
        assert!(symbols("ʙ", true).unwrap_err().contains('ʙ'));
        assert!(symbols(" . ", true).is_err());
    }
}
