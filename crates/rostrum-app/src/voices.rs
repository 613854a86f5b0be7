//! The voice catalogue.

use rostrum_speech::VOICES;
pub use rostrum_speech::Voice;
pub use rostrum_speech::voices::{Gender, find};

/// Names of the engine that all voices of the catalogue speak with: its own, and the one HeyGen's clients ask for when
/// they want voices that speak texts.
pub const ENGINES: [&str; 2] = ["kokoro", "starfish"];

/// Which voices to list.
#[derive(Debug, Clone, Default)]
pub struct VoiceFilter {
    /// English name of a language, any case.
    pub language: Option<String>,
    /// Gender.
    pub gender: Option<Gender>,
}

/// The voices that fit the filter, in catalogue order.
pub fn voices(filter: &VoiceFilter) -> impl Iterator<Item = &'static Voice> {
    VOICES.iter().filter(move |voice| {
        let language = filter.language.as_ref();
        language.is_none_or(|language| language.eq_ignore_ascii_case(voice.language))
            && filter.gender.is_none_or(|gender| gender == voice.gender)
    })
}

/// The first voice of each locale.
pub fn locales() -> Vec<&'static Voice> {
    let mut firsts: Vec<&Voice> = Vec::new();
    for voice in &VOICES {
        if firsts.iter().all(|first| first.locale != voice.locale) {
            firsts.push(voice);
        }
    }
    firsts
}

/// The word for a gender on the wire.
pub fn gender_word(gender: Gender) -> &'static str {
    match gender {
        Gender::Female => "female",
        Gender::Male => "male",
    }
}
