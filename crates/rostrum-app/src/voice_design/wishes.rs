//! What a description asks for.

use rostrum_model::voice::Gender;
use rostrum_speech::Voice as CatalogueVoice;

use crate::voices::{catalogue, gender_of};

/// What voices are ranked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    /// Low to high.
    Pitch,
    /// Warm to bright.
    Brightness,
    /// Calm to lively, by the spread of pitch.
    Life,
    /// Slow to fast.
    Pace,
    /// Full to whispering.
    Breath,
}

use Axis::{Breath, Brightness, Life, Pace, Pitch};

/// How many there are.
pub(super) const AXES: usize = 5;

/// Words and where they pull to, in standard deviations.
type Pulls = (&'static [&'static str], &'static [(Axis, f32)]);

const WORDS: [Pulls; 13] = [
    (&["deep", "low", "bass", "baritone", "gravelly", "resonant"], &[(Pitch, -1.8)]),
    (&["high", "light", "soprano", "squeaky"], &[(Pitch, 1.5)]),
    (
        &["young", "youthful", "girl", "boy", "teen", "teenage", "teenager", "child", "childlike", "kid"],
        &[(Pitch, 1.2), (Pace, 0.5)],
    ),
    (
        &["old", "older", "elderly", "mature", "senior", "aged", "grandfather", "grandmother", "wise"],
        &[(Pitch, -1.0), (Pace, -1.0)],
    ),
    (&["warm", "mellow", "smooth", "cozy", "rich", "velvety", "friendly"], &[(Brightness, -1.0)]),
    (&["soft", "gentle", "soothing", "tender"], &[(Brightness, -0.8), (Life, -0.6), (Pace, -0.5)]),
    (&["bright", "crisp", "clear", "sharp", "brilliant"], &[(Brightness, 1.2)]),
    (
        &[
            "calm",
            "relaxed",
            "relaxing",
            "steady",
            "serious",
            "formal",
            "flat",
            "monotone",
            "meditative",
            "neutral",
        ],
        &[(Life, -1.2), (Pace, -0.4)],
    ),
    (
        &[
            "energetic",
            "energy",
            "lively",
            "excited",
            "enthusiastic",
            "upbeat",
            "cheerful",
            "expressive",
            "dynamic",
            "playful",
            "animated",
            "dramatic",
            "happy",
        ],
        &[(Life, 1.3), (Pace, 0.5)],
    ),
    (&["fast", "quick", "rapid", "brisk"], &[(Pace, 1.5)]),
    (&["slow", "slowly", "measured", "unhurried"], &[(Pace, -1.5)]),
    (
        &[
            "authoritative",
            "confident",
            "news",
            "newsreader",
            "narrator",
            "documentary",
            "professional",
            "trustworthy",
        ],
        &[(Pitch, -0.6), (Life, -0.3)],
    ),
    (&["whisper", "whispering", "whispery", "breathy", "asmr", "intimate"], &[(Breath, 2.0)]),
];

const FEMALE: [&str; 10] =
    ["woman", "women", "female", "lady", "girl", "mother", "feminine", "grandmother", "she", "her"];
const MALE: [&str; 11] =
    ["man", "men", "male", "guy", "gentleman", "boy", "father", "masculine", "grandfather", "he", "his"];
const ACCENTS: [(&str, &[&str]); 2] =
    [("en-GB", &["british", "uk", "london", "england"]), ("en-US", &["american", "us", "usa", "america"])];
/// What turns the next word that pulls into its opposite.
const NOT: [&str; 7] = ["not", "no", "without", "never", "isn't", "less", "non"];
/// What may stand between such a word and the next.
const BETWEEN: [&str; 6] = ["a", "too", "very", "so", "that", "overly"];

/// What a description asks for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Wishes {
    pub(super) gender: Option<Gender>,
    /// BCP 47 tag, whole or its first part, in small letters.
    locale: Option<String>,
    /// English name, in small letters.
    language: Option<String>,
    /// For each axis, where to and how often it was said.
    pulls: [Option<f32>; AXES],
}

impl Wishes {
    /// Reads a description.
    pub(super) fn read(prompt: &str) -> Self {
        let prompt = prompt.to_lowercase().replace('’', "'");
        let words: Vec<&str> = prompt
            .split(|c: char| !c.is_alphanumeric() && c != '\'')
            .filter(|word| !word.is_empty())
            .collect();
        let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
        let mut wishes = Self {
            gender: match (has(&FEMALE), has(&MALE)) {
                (true, false) => Some(Gender::Female),
                (false, true) => Some(Gender::Male),
                _ => None,
            },
            ..Self::default()
        };
        wishes.language =
            catalogue().map(|voice| voice.language.to_lowercase()).find(|name| has(&[name.as_str()]));
        if wishes.language.as_deref().is_none_or(|language| language == "english") {
            let accent = ACCENTS.iter().find(|(_, names)| has(names));
            wishes.locale = accent.map(|(locale, _)| locale.to_lowercase());
        }
        let mut sums = [(0.0, 0.0); AXES];
        for (position, word) in words.iter().enumerate() {
            let before = words[..position].iter().rev().find(|word| !BETWEEN.contains(word));
            let sign = if before.is_some_and(|word| NOT.contains(word)) { -1.0 } else { 1.0 };
            let pulls = WORDS.iter().filter(|(names, _)| names.contains(word)).flat_map(|(_, pulls)| *pulls);
            for (axis, pull) in pulls {
                let (sum, count) = &mut sums[*axis as usize];
                *sum += sign * pull;
                *count += 1.0;
            }
        }
        wishes.pulls = sums.map(|(sum, count)| (count > 0.0).then(|| sum / count));
        wishes
    }

    /// Asks for a locale, whatever the words said of languages.
    pub(super) fn ask_for_locale(&mut self, locale: &str) {
        self.locale = Some(locale.replace('_', "-").to_lowercase());
        self.language = None;
    }

    /// Whether a voice speaks the language asked for.
    pub(super) fn admits_language(&self, voice: &CatalogueVoice) -> bool {
        let locale = voice.locale.to_lowercase();
        let primary = locale.split('-').next().unwrap_or_default();
        self.locale.as_deref().is_none_or(|asked| asked == locale || asked == primary)
            && self.language.as_ref().is_none_or(|language| *language == voice.language.to_lowercase())
    }

    /// Whether a voice is of the language and gender asked for.
    pub(super) fn admits(&self, voice: &CatalogueVoice) -> bool {
        self.admits_language(voice)
            && self.gender.is_none_or(|gender| gender == Gender::Unknown || gender == gender_of(voice.gender))
    }

    /// How far a place is from what is asked for.
    pub(super) fn distance(&self, place: &[f32; AXES]) -> f32 {
        self.pulls.iter().zip(place).filter_map(|(pull, value)| pull.map(|pull| (pull - value).abs())).sum()
    }
}
