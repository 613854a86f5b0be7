//! Names of the letters.

use crate::voices::Accent;

/// Sounds of a letter's name without stress, as (before the vowel, from the vowel on).
fn letter(letter: char, accent: Accent) -> Option<(&'static str, &'static str)> {
    let british = accent == Accent::British;
    let long = |american: &'static str, other: &'static str| if british { other } else { american };
    Some(match letter.to_ascii_uppercase() {
        'A' => ("", "A"),
        'B' => ("b", long("i", "iː")),
        'C' => ("s", long("i", "iː")),
        'D' => ("d", long("i", "iː")),
        'E' => ("", long("i", "iː")),
        'F' => ("", "ɛf"),
        'G' => ("ʤ", long("i", "iː")),
        'H' => ("", "Aʧ"),
        'I' => ("", "I"),
        'J' => ("ʤ", "A"),
        'K' => ("k", "A"),
        'L' => ("", "ɛl"),
        'M' => ("", "ɛm"),
        'N' => ("", "ɛn"),
        'O' => ("", long("O", "Q")),
        'P' => ("p", long("i", "iː")),
        'Q' => ("kj", long("u", "uː")),
        'R' => ("", long("ɑɹ", "ɑː")),
        'S' => ("", "ɛs"),
        'T' => ("t", long("i", "iː")),
        'U' => ("j", long("u", "uː")),
        'V' => ("v", long("i", "iː")),
        'W' => ("d", long("ʌbᵊlju", "ʌbᵊljuː")),
        'X' => ("", "ɛks"),
        'Y' => ("w", "I"),
        'Z' => ("z", long("i", "ɛd")),
        _ => return None,
    })
}

/// Spells letters, the last one stressed most, as in FBI. A small `s` behind capitals is their plural. Other
/// characters are passed over.
pub(crate) fn spell(letters: &str, accent: Accent) -> String {
    let stem = letters.strip_suffix('s').filter(|stem| stem.chars().any(|c| c.is_ascii_uppercase()));
    let names: Vec<_> = stem.unwrap_or(letters).chars().filter_map(|c| letter(c, accent)).collect();
    let mut out = String::new();
    for (position, (before, vowel)) in names.iter().enumerate() {
        out.push_str(before);
        out.push(if position + 1 == names.len() { 'ˈ' } else { 'ˌ' });
        out.push_str(vowel);
    }
    if stem.is_some() {
        out.push_str(plural(&out));
    }
    out
}

/// The ending an English word with these sounds takes in the plural.
pub(crate) fn plural(sounds: &str) -> &'static str {
    match sounds.chars().next_back() {
        Some('s' | 'z' | 'ʃ' | 'ʒ' | 'ʧ' | 'ʤ') => "ᵻz",
        Some('p' | 't' | 'k' | 'f' | 'θ') => "s",
        _ => "z",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_spelled_with_the_last_one_stressed() {
        assert_eq!(spell("FBI", Accent::American), "ˌɛfbˌiˈI");
        assert_eq!(spell("Z", Accent::British), "zˈɛd");
        assert_eq!(spell("CEOs", Accent::American), "sˌiˌiˈOz");
        assert_eq!(spell("s", Accent::American), "ˈɛs");
        assert_eq!(spell("", Accent::American), "");
    }
}
