//! The voice catalogue.

use rostrum_speech::VOICES;
pub use rostrum_speech::Voice;
pub use rostrum_speech::voices::Gender;

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
