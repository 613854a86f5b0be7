//! `/v1/voice.list`

use serde::{Deserialize, Serialize};

/// The answer: all voices at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct V1Voices {
    /// In catalogue order, a workspace's own behind.
    pub list: Vec<V1Voice>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct V1Voice {
    /// Id to use as `voice_id`.
    pub voice_id: String,
    /// For people.
    pub display_name: String,
    /// English name of the language.
    pub language: String,
    /// `female`, `male` or `unknown`.
    pub gender: String,
    /// A short sample; null where there is none.
    pub preview_audio: Option<String>,
    /// Whether `<break time="1s"/>` makes a pause.
    pub support_pause: bool,
    /// Whether it is a workspace's own.
    pub is_custom: bool,
}
