//! `/v2/voices`.

use serde::{Deserialize, Serialize};

/// The answer of `GET /v2/voices`: all of them at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct V2Voices {
    /// In catalogue order.
    pub voices: Vec<V2Voice>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the wire has them")]
pub struct V2Voice {
    /// Id to use as `voice_id`.
    pub voice_id: String,
    /// English name of the language.
    pub language: String,
    /// `female`, `male` or `unknown`.
    pub gender: String,
    /// For people.
    pub name: String,
    /// A short sample; null where there is none.
    pub preview_audio: Option<String>,
    /// Whether `<break time="1s"/>` makes a pause.
    pub support_pause: bool,
    /// Whether `emotion` changes how it speaks; false.
    pub emotion_support: bool,
    /// Whether it speaks in live sessions; false.
    pub support_interactive_avatar: bool,
    /// Whether `locale` changes the accent; false.
    pub support_locale: bool,
}

/// The answer of `GET /v2/voices/locales`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct V2Locales {
    /// What the voices speak.
    pub locales: Vec<V2Locale>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct V2Locale {
    /// BCP 47 tag.
    pub locale: String,
    /// BCP 47 tag, under the other name that clients look for.
    pub value: String,
    /// English name of the language.
    pub language: String,
    /// For people: language and region.
    pub label: String,
}
