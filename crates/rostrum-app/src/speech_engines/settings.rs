//! What the operator says of external engines.

use rostrum_model::voice::{BLEND_ENGINE, Gender};
use serde::{Deserialize, Serialize};

use super::EngineVoice;
use crate::engine_calls::{Secret, is_engine_url};
use crate::voices::ANY_ENGINE;

/// Names that mean engines of our own, or all engines.
const TAKEN_NAMES: [&str; 5] = [BLEND_ENGINE, ANY_ENGINE, "piper", "basic", "espeak"];
/// The longest name of an engine.
const MAX_NAME_CHARS: usize = 32;

/// An external engine.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineSettings {
    /// Its name, which its voices' ids begin with: 1 to 32 of `a-z 0-9 - _`.
    pub name: String,
    /// Whose API it speaks.
    pub kind: Kind,
    /// What its paths follow: `https://api.openai.com/v1`, `https://api.elevenlabs.io`, or one's own.
    pub url: String,
    /// Its key; some of one's own need none.
    #[serde(default)]
    pub key: Option<Secret>,
    /// The model to ask for; `tts-1` or `eleven_multilingual_v2` when not set.
    #[serde(default)]
    pub model: Option<String>,
    /// Its voices. ElevenLabs' kind tells them itself when none is set.
    #[serde(default)]
    pub voices: Vec<VoiceSettings>,
}

/// Whose API an engine speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// `POST /audio/speech`.
    Openai,
    /// `POST /v1/text-to-speech/{voice_id}/with-timestamps` and others.
    Elevenlabs,
}

impl Kind {
    /// Its word in the settings.
    pub fn word(self) -> &'static str {
        match self {
            Self::Openai => "openai",
            Self::Elevenlabs => "elevenlabs",
        }
    }

    /// The speeds it takes, as factors.
    pub fn speeds(self) -> std::ops::RangeInclusive<f32> {
        match self {
            Self::Openai => 0.25..=4.0,
            Self::Elevenlabs => 0.7..=1.2,
        }
    }
}

/// A voice of an external engine.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoiceSettings {
    /// Its id there.
    pub id: String,
    /// Name for people; the id when not set.
    #[serde(default)]
    pub name: Option<String>,
    /// `female`, `male` or `unknown`.
    #[serde(default)]
    pub gender: Option<Gender>,
    /// English name of its language; many languages when not set.
    #[serde(default)]
    pub language: Option<String>,
    /// BCP 47 tag of its language.
    #[serde(default)]
    pub locale: Option<String>,
}

impl VoiceSettings {
    pub(super) fn told(&self, engine: &str) -> EngineVoice {
        EngineVoice {
            engine: engine.to_owned(),
            id: self.id.clone(),
            name: self.name.clone().unwrap_or_else(|| self.id.clone()),
            gender: self.gender.unwrap_or(Gender::Unknown),
            language: self.language.clone(),
            locale: self.locale.clone(),
            sample_url: None,
        }
    }
}

/// Settings of engines that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsFault {
    /// A name that is taken, or that cannot stand in ids.
    #[error(
        "'speech_engines' has the name '{0}'; a name has 1 to 32 of a-z 0-9 - _, is used once and is not kokoro, starfish, basic or espeak"
    )]
    Name(String),
    /// No URL of HTTP, or one with more than scheme, host, port and path.
    #[error(
        "'url' of the speech engine '{engine}' must be http:// or https:// with a host and a path, and no user, query or fragment"
    )]
    Url {
        /// The engine's name.
        engine: String,
    },
    /// A key that cannot stand in a header.
    #[error("'key' of the speech engine '{engine}' has characters that no header can have")]
    Key {
        /// The engine's name.
        engine: String,
    },
    /// Its API has no list of voices.
    #[error("the speech engine '{engine}' needs 'voices': engines of kind openai do not tell theirs")]
    NoVoices {
        /// The engine's name.
        engine: String,
    },
    /// A voice's id that cannot stand in URLs.
    #[error(
        "'voices' of the speech engine '{engine}' has the id '{id}'; an id has no spaces, slashes or control characters"
    )]
    VoiceId {
        /// The engine's name.
        engine: String,
        /// The id.
        id: String,
    },
    /// The engine that is to learn voices is not there or cannot.
    #[error("'clone_engine' is '{0}', which is no speech engine of kind elevenlabs in 'speech_engines'")]
    CloneEngine(String),
}

/// Whether a voice's id may stand in a path.
pub(super) fn is_voice_id(id: &str) -> bool {
    let odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '/' | '\\' | '?' | '#' | '%');
    (1..=128).contains(&id.len()) && !id.contains(odd) && id != "." && id != ".."
}

pub(super) fn check(engines: &[EngineSettings], clone_engine: Option<&str>) -> Result<(), SettingsFault> {
    for (position, engine) in engines.iter().enumerate() {
        let name = engine.name.clone();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        let twice = engines[..position].iter().any(|other| other.name == name);
        let fits = (1..=MAX_NAME_CHARS).contains(&name.len()) && name.chars().all(plain);
        if !fits || twice || TAKEN_NAMES.contains(&name.as_str()) {
            return Err(SettingsFault::Name(name));
        }
        if !is_engine_url(&engine.url) {
            return Err(SettingsFault::Url { engine: name });
        }
        if engine.key.as_ref().is_some_and(|key| !key.fits_header()) {
            return Err(SettingsFault::Key { engine: name });
        }
        if engine.kind == Kind::Openai && engine.voices.is_empty() {
            return Err(SettingsFault::NoVoices { engine: name });
        }
        if let Some(voice) = engine.voices.iter().find(|voice| !is_voice_id(&voice.id)) {
            return Err(SettingsFault::VoiceId { engine: name, id: voice.id.clone() });
        }
    }
    let clones =
        |name: &str| engines.iter().any(|engine| engine.name == name && engine.kind == Kind::Elevenlabs);
    match clone_engine {
        Some(name) if !clones(name) => Err(SettingsFault::CloneEngine(name.to_owned())),
        _ => Ok(()),
    }
}
