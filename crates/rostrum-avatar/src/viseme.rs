//! Which mouth shape belongs to which sound.
//!
//! To teach a new phoneme: add it to `PHONEMES` (or, for a vowel that glides, to `GLIDES`). To add a mouth shape: a
//! variant of [`Viseme`] and its row in [`Viseme::shape`].

use crate::pose::MouthParams;

/// A mouth shape that several sounds share. Named after the usual viseme set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viseme {
    /// Pause: the portrait's own expression mostly comes back.
    Rest,
    /// p b m: closed lips.
    Pp,
    /// f v: lower lip on the upper teeth.
    Ff,
    /// θ ð: tongue between the teeth.
    Th,
    /// t d and the flap.
    Dd,
    /// k g ŋ h and other sounds made behind the lips.
    Kk,
    /// ʃ ʒ ʧ ʤ: protruded, teeth shown.
    Ch,
    /// s z: teeth nearly closed.
    Ss,
    /// n l.
    Nn,
    /// ɹ.
    Rr,
    /// Open vowels.
    Aa,
    /// Mid front vowels.
    E,
    /// Close front vowels and j.
    I,
    /// Mid back rounded vowels.
    O,
    /// Close back rounded vowels.
    U,
    /// w: the tightest rounding.
    W,
    /// Neutral vowels, and anything unknown.
    Schwa,
}

impl Viseme {
    /// All shapes, in table order.
    pub const ALL: [Self; 17] = [
        Self::Rest,
        Self::Pp,
        Self::Ff,
        Self::Th,
        Self::Dd,
        Self::Kk,
        Self::Ch,
        Self::Ss,
        Self::Nn,
        Self::Rr,
        Self::Aa,
        Self::E,
        Self::I,
        Self::O,
        Self::U,
        Self::W,
        Self::Schwa,
    ];

    /// The mouth parameters of the fully reached shape. Tuned by eye on portraits with and without visible teeth.
    #[rustfmt::skip]
    pub const fn shape(self) -> MouthParams {
        let [open, spread, round, raise, lower, roll, fv, tongue, art] = match self {
            //               open   spread  round  raise  lower  roll  fv   tongue art
            Self::Rest  => [0.0,    0.0,   0.0,   0.0,   0.0,   0.0,  0.0, 0.0,  1.0],
            Self::Pp    => [0.0,    0.0,   0.10,  0.0,   0.0,   0.55, 0.0, 0.0,  1.0],
            Self::Ff    => [0.02,   0.05,  0.0,   0.040, 0.0,   0.0,  1.0, 0.0,  1.0],
            Self::Th    => [0.055,  0.05,  0.0,   0.012, 0.012, 0.0,  0.0, 0.9,  1.0],
            Self::Dd    => [0.060,  0.12,  0.0,   0.012, 0.015, 0.0,  0.0, 0.6,  1.0],
            Self::Kk    => [0.075,  0.05,  0.0,   0.010, 0.010, 0.0,  0.0, 0.1,  1.0],
            Self::Ch    => [0.050, -0.05,  0.45,  0.020, 0.025, 0.0,  0.0, 0.2,  1.0],
            Self::Ss    => [0.030,  0.22,  0.0,   0.016, 0.026, 0.0,  0.0, 0.2,  1.0],
            Self::Nn    => [0.055,  0.10,  0.0,   0.010, 0.010, 0.0,  0.0, 0.6,  1.0],
            Self::Rr    => [0.065, -0.05,  0.40,  0.012, 0.012, 0.0,  0.0, 0.2,  1.0],
            Self::Aa    => [0.200,  0.05,  0.0,   0.020, 0.010, 0.0,  0.0, 0.1,  1.0],
            Self::E     => [0.125,  0.20,  0.0,   0.018, 0.012, 0.0,  0.0, 0.15, 1.0],
            Self::I     => [0.075,  0.32,  0.0,   0.018, 0.016, 0.0,  0.0, 0.2,  1.0],
            Self::O     => [0.150, -0.05,  0.65,  0.008, 0.004, 0.0,  0.0, 0.0,  1.0],
            Self::U     => [0.070, -0.05,  1.00,  0.004, 0.006, 0.0,  0.0, 0.0,  1.0],
            Self::W     => [0.035, -0.05,  1.05,  0.0,   0.0,   0.0,  0.0, 0.0,  1.0],
            Self::Schwa => [0.095,  0.06,  0.0,   0.012, 0.008, 0.0,  0.0, 0.1,  1.0],
        };
        MouthParams { open, spread, round, raise, lower, roll, fv, tongue, art }
    }

    /// Whether this is a vowel's shape, which stress opens and haste closes.
    pub fn is_vowel(self) -> bool {
        matches!(self, Self::Aa | Self::E | Self::I | Self::O | Self::U | Self::Schwa)
    }
}

/// Sounds that keep one shape: the misaki alphabet, and the IPA letters that other languages' voices use.
const PHONEMES: &[(Viseme, &str)] = &[
    (Viseme::Pp, "pbmɓ"),
    (Viseme::Ff, "fvɱ"),
    (Viseme::Th, "θð"),
    (Viseme::Dd, "tdTɾɖʈr"),
    (Viseme::Nn, "nlɫɲʎɳɭ"),
    (Viseme::Kk, "kɡgŋhʔxɣɦqçχʁħɟcɰ"),
    (Viseme::Ch, "ʃʒʧʤʂʐɕʑʨʥꭧꭦ"),
    (Viseme::Ss, "szʦʣ"),
    (Viseme::Rr, "ɹɻɚɝ"),
    (Viseme::W, "wɥβɸʋ"),
    (Viseme::Aa, "aɑɐɶ"),
    (Viseme::E, "ɛeæ"),
    (Viseme::I, "iɪjᵻɨʲ"),
    (Viseme::O, "ɔoɒœø"),
    (Viseme::U, "uʊyʉʏɯ"),
    (Viseme::Schwa, "əʌɜᵊɘɵɤ"),
];

/// Sounds that glide from shape to shape: each shape with its share of the sound's time.
const GLIDES: &[(&str, &[(Viseme, f32)])] = &[
    ("A", &[(Viseme::E, 0.5), (Viseme::I, 0.5)]),
    ("I", &[(Viseme::Aa, 0.55), (Viseme::I, 0.45)]),
    ("W", &[(Viseme::Aa, 0.5), (Viseme::U, 0.5)]),
    ("Y", &[(Viseme::O, 0.5), (Viseme::I, 0.5)]),
    ("O", &[(Viseme::O, 0.5), (Viseme::U, 0.5)]),
    ("Q", &[(Viseme::Schwa, 0.5), (Viseme::U, 0.5)]),
    ("eɪ", &[(Viseme::E, 0.5), (Viseme::I, 0.5)]),
    ("aɪ", &[(Viseme::Aa, 0.55), (Viseme::I, 0.45)]),
    ("aʊ", &[(Viseme::Aa, 0.5), (Viseme::U, 0.5)]),
    ("ɔɪ", &[(Viseme::O, 0.5), (Viseme::I, 0.5)]),
    ("oʊ", &[(Viseme::O, 0.5), (Viseme::U, 0.5)]),
    ("əʊ", &[(Viseme::Schwa, 0.5), (Viseme::U, 0.5)]),
    ("aɪə", &[(Viseme::Aa, 0.45), (Viseme::I, 0.25), (Viseme::Schwa, 0.3)]),
    ("ɔɹ", &[(Viseme::O, 0.65), (Viseme::Rr, 0.35)]),
    ("ʊɹ", &[(Viseme::U, 0.5), (Viseme::Rr, 0.5)]),
    ("tʃ", &[(Viseme::Ch, 1.0)]),
    ("dʒ", &[(Viseme::Ch, 1.0)]),
    ("ts", &[(Viseme::Ss, 1.0)]),
    ("dz", &[(Viseme::Ss, 1.0)]),
];

/// The shapes a phoneme goes through and each one's share of its time (shares sum to 1). The empty symbol is a pause;
/// stress, length and other marks are ignored; a symbol nobody knows gets the neutral vowel.
pub fn visemes_of(symbol: &str) -> Vec<(Viseme, f32)> {
    let plain: String = symbol.chars().filter(|letter| !is_mark(*letter)).collect();
    if plain.is_empty() {
        return vec![(Viseme::Rest, 1.0)];
    }
    if let Some((_, parts)) = GLIDES.iter().find(|(glide, _)| *glide == plain) {
        return parts.to_vec();
    }
    let first = plain.chars().next();
    let known = PHONEMES.iter().find(|(_, letters)| first.is_some_and(|letter| letters.contains(letter)));
    vec![(known.map_or(Viseme::Schwa, |(viseme, _)| *viseme), 1.0)]
}

/// Stress, length, tie bars, combining marks, tones and punctuation: things that have no shape of their own.
fn is_mark(letter: char) -> bool {
    matches!(letter, 'ˈ' | 'ˌ' | 'ː' | 'ˑ' | 'ʰ' | '‿' | '_' | '↓' | '↑' | '→' | '↗' | '↘')
        || ('\u{300}'..='\u{36f}').contains(&letter)
        || (letter.is_ascii() && !letter.is_ascii_alphabetic())
        || letter.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sound_of_both_english_alphabets_has_its_own_row() {
        for letter in "AIOQWYbdfhijklmnpstuvwzaæðŋɑɒɔəɛɜɡɪɹʃʊʌʒʤʧθᵊᵻʔɾT".chars() {
            let glides = GLIDES.iter().any(|(glide, _)| glide.chars().eq([letter]));
            let known = PHONEMES.iter().any(|(_, letters)| letters.contains(letter));
            assert!(glides || known, "{letter}");
        }
    }

    #[test]
    fn shares_of_a_glide_sum_to_one() {
        for (glide, parts) in GLIDES {
            let sum: f32 = parts.iter().map(|(_, share)| share).sum();
            assert!((sum - 1.0).abs() < 1e-6, "{glide}");
        }
    }

    #[test]
    fn marks_and_unknown_letters_do_no_harm() {
        assert_eq!(visemes_of("ˈɑː"), [(Viseme::Aa, 1.0)]);
        assert_eq!(visemes_of(""), [(Viseme::Rest, 1.0)]);
        assert_eq!(visemes_of(","), [(Viseme::Rest, 1.0)]);
        assert_eq!(visemes_of("字"), [(Viseme::Schwa, 1.0)]);
    }

    #[test]
    fn the_lips_of_p_b_and_m_are_shut_in_the_table() {
        for symbol in ["p", "b", "m"] {
            assert_eq!(visemes_of(symbol), [(Viseme::Pp, 1.0)]);
        }
        assert_eq!(Viseme::Pp.shape().open, 0.0);
    }
}
