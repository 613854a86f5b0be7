//! `/v3/voices`.

use serde::{Deserialize, Serialize};

/// One row of `GET /v3/voices`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voice {
    /// Id to use as `voice_id`.
    pub voice_id: String,
    /// For people.
    pub name: String,
    /// English name of the language.
    pub language: String,
    /// `female` or `male`.
    pub gender: String,
    /// A short sample, when one was made.
    pub preview_audio_url: Option<String>,
    /// Whether `<break time="1s"/>` makes a pause.
    pub support_pause: bool,
    /// Whether `voice_settings.locale` changes the accent.
    pub support_locale: bool,
    /// `public` for voices of the catalogue.
    #[serde(rename = "type")]
    pub visibility: String,
}
