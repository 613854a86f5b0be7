//! Syllables of Pinyin, and the symbols the network was trained on (the table is that of the misaki project).

use unicode_normalization::UnicodeNormalization;

/// A syllable. Small, as a dictionary of them is kept in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Syllable {
    initial: u8,
    rime: u8,
    tone: Tone,
}

/// How the voice moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    High,
    Rising,
    Low,
    Falling,
    Neutral,
}

/// Consonants at the beginning; those of two letters first.
const INITIALS: [(&str, &str); 22] = [
    ("zh", "ꭧ"),
    ("ch", "ꭧʰ"),
    ("sh", "ʂ"),
    ("b", "p"),
    ("c", "ʦʰ"),
    ("d", "t"),
    ("f", "f"),
    ("g", "k"),
    ("h", "x"),
    ("j", "ʨ"),
    ("k", "kʰ"),
    ("l", "l"),
    ("m", "m"),
    ("n", "n"),
    ("p", "pʰ"),
    ("q", "ʨʰ"),
    ("r", "ɻ"),
    ("s", "s"),
    ("t", "tʰ"),
    ("x", "ɕ"),
    ("z", "ʦ"),
    ("", ""),
];

/// What follows: its spelling in full, its symbols before the tone, and those behind it.
const RIMES: [(&str, &str, &str); 43] = [
    ("a", "a", ""),
    ("ai", "ai", ""),
    ("an", "a", "n"),
    ("ang", "a", "ŋ"),
    ("ao", "au", ""),
    ("e", "ɤ", ""),
    ("ei", "ei", ""),
    ("en", "ə", "n"),
    ("eng", "ə", "ŋ"),
    ("i", "i", ""),
    ("ia", "ja", ""),
    ("ian", "jɛ", "n"),
    ("iang", "ja", "ŋ"),
    ("iao", "jau", ""),
    ("ie", "je", ""),
    ("in", "i", "n"),
    ("iou", "jou", ""),
    ("ing", "i", "ŋ"),
    ("iong", "jʊ", "ŋ"),
    ("io", "jɔ", ""),
    ("ong", "ʊ", "ŋ"),
    ("ou", "ou", ""),
    ("o", "wo", ""),
    ("u", "u", ""),
    ("uei", "wei", ""),
    ("ua", "wa", ""),
    ("uai", "wai", ""),
    ("uan", "wa", "n"),
    ("uen", "wə", "n"),
    ("uang", "wa", "ŋ"),
    ("ueng", "wə", "ŋ"),
    ("uo", "wo", ""),
    ("ü", "y", ""),
    ("üe", "ɥe", ""),
    ("üan", "ɥɛ", "n"),
    ("ün", "y", "n"),
    ("er", "ɚ", ""),
    ("ê", "ɛ", ""),
    // The vowel of zhi, chi, shi, ri, zi, ci, si.
    ("ï", "ɨ", ""),
    // Interjections.
    ("ô", "ɔ", ""),
    ("m", "m", ""),
    ("n", "n", ""),
    ("ng", "ŋ", ""),
];

impl Syllable {
    /// Reads a syllable of Pinyin with its tone as a mark above the vowel.
    pub(super) fn parse(pinyin: &str) -> Option<Self> {
        let mut letters = String::new();
        let mut tone = Tone::Neutral;
        for c in pinyin.nfd() {
            match c {
                '\u{304}' => tone = Tone::High,
                '\u{301}' => tone = Tone::Rising,
                '\u{30c}' => tone = Tone::Low,
                '\u{300}' => tone = Tone::Falling,
                '\u{308}' if letters.pop().is_some() => letters.push('ü'),
                '\u{302}' if letters.pop().is_some() => letters.push('ê'),
                'v' => letters.push('ü'),
                'ɡ' => letters.push('g'),
                c => letters.push(c.to_ascii_lowercase()),
            }
        }
        // Sounds like hm have a consonant alone, which the table of initials would take for a beginning.
        let whole = matches!(letters.as_str(), "m" | "n" | "ng" | "o");
        let initial = INITIALS
            .iter()
            .position(|(spelled, _)| if whole { spelled.is_empty() } else { letters.starts_with(spelled) })?;
        let (spelled, _) = INITIALS[initial];
        let rime = rime(spelled, &letters[spelled.len()..]);
        let rime = RIMES.iter().position(|(spelled, ..)| *spelled == rime)?;
        Some(Self { initial: initial as u8, rime: rime as u8, tone })
    }

    pub(super) fn tone(self) -> Tone {
        self.tone
    }

    pub(super) fn with_tone(self, tone: Tone) -> Self {
        Self { tone, ..self }
    }

    /// In the alphabet of the network.
    pub(super) fn symbols(self) -> String {
        let (_, initial) = INITIALS[usize::from(self.initial)];
        let (_, before, behind) = RIMES[usize::from(self.rime)];
        let tone = match self.tone {
            Tone::High => "→",
            Tone::Rising => "↗",
            Tone::Low => "↓",
            Tone::Falling => "↘",
            Tone::Neutral => "",
        };
        [initial, before, tone, behind].concat()
    }
}

/// The rime in full, of which Pinyin leaves letters out.
fn rime(initial: &str, spelled: &str) -> String {
    match (initial, spelled) {
        ("zh" | "ch" | "sh" | "r" | "z" | "c" | "s", "i") => "ï".to_owned(),
        ("j" | "q" | "x", _) if spelled.starts_with('u') => format!("ü{}", &spelled[1..]),
        ("", "o") => "ô".to_owned(),
        ("", _) if spelled.starts_with('y') => match &spelled[1..] {
            rest if rest.starts_with('i') => rest.to_owned(),
            rest if rest.starts_with('u') => format!("ü{}", &rest[1..]),
            rest if rest.starts_with('ü') => rest.to_owned(),
            rest => format!("i{rest}"),
        },
        ("", _) if spelled.starts_with('w') => match &spelled[1..] {
            rest if rest.starts_with('u') => rest.to_owned(),
            rest => format!("u{rest}"),
        },
        (_, "iu") => "iou".to_owned(),
        (_, "ui") => "uei".to_owned(),
        (_, "un") => "uen".to_owned(),
        _ => spelled.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_written_as_the_network_learnt_them() {
        for (pinyin, symbols) in [
            ("zhōng", "ꭧʊ→ŋ"),
            ("guó", "kwo↗"),
            ("nǐ", "ni↓"),
            ("hǎo", "xau↓"),
            ("shì", "ʂɨ↘"),
            ("sī", "sɨ→"),
            ("rì", "ɻɨ↘"),
            ("xué", "ɕɥe↗"),
            ("yuán", "ɥɛ↗n"),
            ("qún", "ʨʰy↗n"),
            ("lǜ", "ly↘"),
            ("liú", "ljou↗"),
            ("guì", "kwei↘"),
            ("chūn", "ꭧʰwə→n"),
            ("yǒu", "jou↓"),
            ("yòng", "jʊ↘ŋ"),
            ("wǒ", "wo↓"),
            ("wèng", "wə↘ŋ"),
            ("bō", "pwo→"),
            ("ér", "ɚ↗"),
            ("de", "tɤ"),
            ("ma", "ma"),
            ("ó", "ɔ↗"),
            ("ń", "n↗"),
            ("yo", "jɔ"),
            ("cí", "ʦʰɨ↗"),
            ("jiàn", "ʨjɛ↘n"),
        ] {
            assert_eq!(Syllable::parse(pinyin).map(Syllable::symbols).as_deref(), Some(symbols), "{pinyin}");
        }
        assert_eq!(Syllable::parse("xyz"), None);
        assert_eq!(Syllable::parse(""), None);
    }
}
