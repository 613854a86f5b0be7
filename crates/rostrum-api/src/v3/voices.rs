//! `/v3/voices`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{ErrorCode, Refusal};
use crate::v3::read_body;
use crate::v3::videos::MAX_SCRIPT_CHARS;

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
    /// A short sample.
    pub preview_audio_url: Option<String>,
    /// Whether `<break time="1s"/>` makes a pause.
    pub support_pause: bool,
    /// Whether `voice_settings.locale` changes the accent.
    pub support_locale: bool,
    /// `public` for voices of the catalogue.
    #[serde(rename = "type")]
    pub visibility: String,
}

/// The answer of `GET /v3/voices/{voice_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoiceDetail {
    /// The id asked for.
    pub voice_id: String,
    /// For people.
    pub name: Option<String>,
    /// English name of the language.
    pub language: Option<String>,
    /// `female` or `male`.
    pub gender: Option<String>,
    /// A short sample.
    pub preview_audio_url: Option<String>,
    /// `complete`: voices of the catalogue need no training.
    pub status: Option<String>,
    /// Why training failed; null.
    pub failure_message: Option<String>,
    /// When it was made, in Unix seconds; null for voices of the catalogue.
    pub created_at: Option<i64>,
    /// Whether `<break time="1s"/>` makes a pause.
    pub support_pause: bool,
    /// Whether it speaks in live sessions; false.
    pub support_interactive_avatar: bool,
}

/// The body of `POST /v3/voices/speech` and `POST /v1/audio/text_to_speech`, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateSpeech {
    /// What to say: 1 to [`MAX_SCRIPT_CHARS`] characters.
    pub text: String,
    /// Whether it is written in SSML.
    pub is_ssml: bool,
    /// Who says it.
    pub voice_id: String,
    /// How fast: 0.5 to 2.
    pub speed: f32,
    /// Language asked for.
    pub language: Option<String>,
    /// Locale asked for.
    pub locale: Option<String>,
}

#[derive(Debug, Deserialize)]
struct WireSpeech {
    text: Option<String>,
    voice_id: Option<String>,
    input_type: Option<String>,
    speed: Option<f32>,
    language: Option<String>,
    locale: Option<String>,
}

impl CreateSpeech {
    /// Reads the body.
    ///
    /// # Errors
    /// Names the first field at fault.
    pub fn from_json(body: Value) -> Result<Self, Refusal> {
        let wire: WireSpeech = read_body(body)?;
        let text = wire.text.unwrap_or_default();
        let chars = text.chars().count();
        if text.trim().is_empty() || chars > MAX_SCRIPT_CHARS {
            return Err(Refusal::invalid(
                "text",
                format!("'text' must be 1-{MAX_SCRIPT_CHARS} characters, got {chars}."),
            ));
        }
        let voice_id = wire.voice_id.filter(|id| !id.is_empty()).ok_or_else(|| {
            Refusal::invalid("voice_id", "'voice_id' is required; GET /v3/voices lists the voices.")
        })?;
        let is_ssml = match wire.input_type.as_deref() {
            None | Some("text") => false,
            Some("ssml") => true,
            Some(other) => {
                return Err(Refusal::invalid(
                    "input_type",
                    format!("'input_type' must be text or ssml, got '{other}'."),
                ));
            }
        };
        let speed = wire.speed.unwrap_or(1.0);
        if !(0.5..=2.0).contains(&speed) {
            return Err(Refusal::invalid(
                "speed",
                format!("'speed' must be between 0.5 and 2, got {speed}."),
            ));
        }
        Ok(Self { text, is_ssml, voice_id, speed, language: wire.language, locale: wire.locale })
    }
}

/// The answer of both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Speech {
    /// The sound, as WAV.
    pub audio_url: String,
    /// Its length, in seconds.
    pub duration: f64,
    /// The id of this speech.
    pub request_id: Option<String>,
    /// Every word as written, with its time.
    pub word_timestamps: Option<Vec<WordTimestamp>>,
}

/// When a word is heard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WordTimestamp {
    /// As written, with its punctuation.
    pub word: String,
    /// Start, in seconds.
    pub start: f64,
    /// End, in seconds.
    pub end: f64,
}

/// The refusal of a text in which nothing can be spoken.
pub fn not_speakable() -> Refusal {
    Refusal {
        code: ErrorCode::TtsTextInvalid,
        message: "Nothing in 'text' can be spoken by this voice; write words in the voice's language."
            .to_owned(),
        param: Some("text".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_fault_is_named_by_its_field() {
        let good = json!({"text": "Hello", "voice_id": "af_heart"});
        let read = CreateSpeech::from_json(good.clone()).unwrap();
        assert_eq!((read.text.as_str(), read.voice_id.as_str(), read.speed), ("Hello", "af_heart", 1.0));
        for (field, value) in [
            ("text", json!(null)),
            ("text", json!(" ")),
            ("text", json!("x".repeat(5001))),
            ("text", json!(5)),
            ("voice_id", json!(null)),
            ("voice_id", json!("")),
            ("input_type", json!("markdown")),
            ("speed", json!(0.49)),
            ("speed", json!(2.1)),
            ("speed", json!("fast")),
        ] {
            let mut body = good.clone();
            body[field] = value;
            let refusal = CreateSpeech::from_json(body.clone()).unwrap_err();
            assert_eq!(refusal.param.as_deref(), Some(field), "{body}: {refusal}");
        }
    }
}
