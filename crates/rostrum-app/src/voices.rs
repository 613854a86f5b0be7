//! The voice catalogue.

pub use rostrum_speech::Voice;
pub use rostrum_speech::espeak::{Espeak, install as install_espeak};
use rostrum_speech::voices::listed;
pub use rostrum_speech::voices::{Engine, Gender, find};

/// The name of the engine that HeyGen's clients ask for when they want voices that speak texts well: those of the network.
const STARFISH: &str = "starfish";

/// Whether a voice speaks with the engine of this name.
pub fn speaks_with(voice: &Voice, engine: &str) -> bool {
    engine == voice.engine.name() || (engine == STARFISH && voice.engine == Engine::Kokoro)
}

/// Which voices to list.
#[derive(Debug, Clone, Default)]
pub struct VoiceFilter {
    /// English name of a language, any case.
    pub language: Option<String>,
    /// Gender.
    pub gender: Option<Gender>,
    /// Name of an engine; an unknown one has no voices.
    pub engine: Option<String>,
}

/// The voices that can speak here and fit the filter, in catalogue order.
pub fn voices(filter: &VoiceFilter) -> impl Iterator<Item = &'static Voice> {
    listed().filter(move |voice| {
        let language = filter.language.as_ref();
        language.is_none_or(|language| language.eq_ignore_ascii_case(voice.language))
            && filter.gender.is_none_or(|gender| gender == voice.gender)
            && filter.engine.as_ref().is_none_or(|engine| speaks_with(voice, engine))
    })
}

/// The first voice of each locale.
pub fn locales() -> Vec<&'static Voice> {
    let mut firsts: Vec<&Voice> = Vec::new();
    for voice in listed() {
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
