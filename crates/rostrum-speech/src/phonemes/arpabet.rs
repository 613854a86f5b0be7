//! ARPABET, the alphabet of the CMU dictionary, in Kokoro's alphabet.

use crate::voices::Accent;

/// Writes ARPABET symbols (vowels with a stress digit) in the misaki alphabet, stress marks before their vowels.
pub(crate) fn to_misaki(symbols: &[&str], accent: Accent) -> String {
    let mut out = String::new();
    for symbol in symbols {
        let sound = symbol.trim_end_matches(|c: char| c.is_ascii_digit());
        match symbol.chars().next_back() {
            Some('1') => out.push('ˈ'),
            Some('2') => out.push('ˌ'),
            _ => {}
        }
        out.push_str(symbol_of(sound, symbol.ends_with('0'), accent));
    }
    out
}

fn symbol_of(sound: &str, unstressed: bool, accent: Accent) -> &'static str {
    let british = accent == Accent::British;
    match sound {
        "AA" if british => "ɑː",
        "AA" => "ɑ",
        "AE" if british => "a",
        "AE" => "æ",
        "AH" if unstressed => "ə",
        "AH" => "ʌ",
        "AO" if british => "ɔː",
        "AO" => "ɔ",
        "AW" => "W",
        "AY" => "I",
        "B" => "b",
        "CH" => "ʧ",
        "D" => "d",
        "DH" => "ð",
        "EH" => "ɛ",
        "ER" if british && unstressed => "ə",
        "ER" if british => "ɜː",
        "ER" if unstressed => "əɹ",
        "ER" => "ɜɹ",
        "EY" => "A",
        "F" => "f",
        "G" => "ɡ",
        "HH" => "h",
        "IH" => "ɪ",
        "IY" if british && !unstressed => "iː",
        "IY" => "i",
        "JH" => "ʤ",
        "K" => "k",
        "L" => "l",
        "M" => "m",
        "N" => "n",
        "NG" => "ŋ",
        "OW" if british => "Q",
        "OW" => "O",
        "OY" => "Y",
        "P" => "p",
        "R" => "ɹ",
        "S" => "s",
        "SH" => "ʃ",
        "T" => "t",
        "TH" => "θ",
        "UH" => "ʊ",
        "UW" if british && !unstressed => "uː",
        "UW" => "u",
        "V" => "v",
        "W" => "w",
        "Y" => "j",
        "Z" => "z",
        "ZH" => "ʒ",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_rewritten_with_stress_before_the_vowel() {
        let priya = ["P", "R", "IY1", "AH0"];
        assert_eq!(to_misaki(&priya, Accent::American), "pɹˈiə");
        assert_eq!(to_misaki(&priya, Accent::British), "pɹˈiːə");
        assert_eq!(to_misaki(&["N", "ER1", "D", "ER0"], Accent::American), "nˈɜɹdəɹ");
    }
}
