//! `/v3/voices`.

use rostrum_model::asset::AssetInput;
use rostrum_model::ids::GlossaryId;
use rostrum_model::voice::{Gender, MAX_VOICE_NAME_CHARS};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{ErrorCode, Refusal};
use crate::v3::asset_input::WireAssetInput;
use crate::v3::brand_glossaries::glossary_id;
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
    /// `female`, `male` or `unknown`.
    pub gender: String,
    /// A short sample.
    pub preview_audio_url: Option<String>,
    /// Whether `<break time="1s"/>` makes a pause.
    pub support_pause: bool,
    /// Whether `voice_settings.locale` changes the accent.
    pub support_locale: bool,
    /// `private` for a workspace's own, else `public`.
    #[serde(rename = "type")]
    pub visibility: String,
    /// Name of the engine that speaks it; beyond the contract.
    pub engine: String,
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
    /// `female`, `male` or `unknown`.
    pub gender: Option<String>,
    /// A short sample.
    pub preview_audio_url: Option<String>,
    /// `processing`, `complete` or `failed`; voices for everybody are complete.
    pub status: Option<String>,
    /// Why it could not be made.
    pub failure_message: Option<String>,
    /// When it was made, in Unix seconds; null for voices for everybody.
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
    /// Glossary that tells how words are said; beyond the contract.
    pub brand_glossary_id: Option<GlossaryId>,
}

#[derive(Debug, Deserialize)]
struct WireSpeech {
    text: Option<String>,
    voice_id: Option<String>,
    input_type: Option<String>,
    speed: Option<f32>,
    language: Option<String>,
    locale: Option<String>,
    brand_glossary_id: Option<String>,
    brand_voice_id: Option<String>,
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
        let brand_glossary_id = glossary_id(wire.brand_glossary_id.as_ref(), wire.brand_voice_id.as_ref())?;
        let (language, locale) = (wire.language, wire.locale);
        Ok(Self { text, is_ssml, voice_id, speed, language, locale, brand_glossary_id })
    }
}

/// The longest description of a voice, in characters.
pub const MAX_PROMPT_CHARS: usize = 1000;

/// The body of `POST /v3/voices`, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesignVoices {
    /// The description: 1 to [`MAX_PROMPT_CHARS`] characters.
    pub prompt: String,
    /// Gender, whatever the description says.
    pub gender: Option<Gender>,
    /// Locale, whatever the description says.
    pub locale: Option<String>,
    /// Which batch of voices.
    pub seed: u32,
}

#[derive(Debug, Deserialize)]
struct WireDesign {
    prompt: Option<String>,
    gender: Option<String>,
    locale: Option<String>,
    seed: Option<i64>,
}

impl DesignVoices {
    /// Reads the body.
    ///
    /// # Errors
    /// Names the first field at fault.
    pub fn from_json(body: Value) -> Result<Self, Refusal> {
        let wire: WireDesign = read_body(body)?;
        let prompt = wire.prompt.unwrap_or_default();
        let chars = prompt.chars().count();
        if prompt.trim().is_empty() || chars > MAX_PROMPT_CHARS {
            return Err(Refusal::invalid(
                "prompt",
                format!("'prompt' is required and must be 1-{MAX_PROMPT_CHARS} characters, got {chars}."),
            ));
        }
        let gender = wire.gender.filter(|gender| !gender.is_empty());
        let gender = gender.map(|word| gender_of("gender", &word)).transpose()?;
        let seed = wire.seed.unwrap_or(0);
        let seed = u32::try_from(seed).map_err(|_| {
            Refusal::invalid("seed", format!("'seed' must be between 0 and {}, got {seed}.", u32::MAX))
        })?;
        let locale = wire.locale.filter(|locale| !locale.is_empty());
        Ok(Self { prompt, gender, locale, seed })
    }
}

/// Reads a gender, in any case.
///
/// # Errors
/// When it is none.
pub fn gender_of(param: &str, word: &str) -> Result<Gender, Refusal> {
    match word.to_ascii_lowercase().as_str() {
        "female" => Ok(Gender::Female),
        "male" => Ok(Gender::Male),
        "unknown" => Ok(Gender::Unknown),
        _ => {
            Err(Refusal::invalid(param, format!("'{param}' must be female, male or unknown, got '{word}'.")))
        }
    }
}

/// The answer of `POST /v3/voices`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesignedVoices {
    /// Best first; empty behind the last batch.
    pub voices: Vec<Voice>,
    /// The batch; the next number gives other voices.
    pub seed: u32,
}

/// The body of `POST /v3/voices/clone`, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct CloneVoice {
    /// The recording.
    pub audio: AssetInput,
    /// Name of the new voice: 1 to [`MAX_VOICE_NAME_CHARS`] characters.
    pub voice_name: String,
    /// The language it speaks.
    pub language: Option<String>,
    /// Whether noise is taken out of the recording first.
    pub remove_background_noise: bool,
}

#[derive(Debug, Deserialize)]
struct WireClone {
    audio: Option<WireAssetInput>,
    voice_name: Option<String>,
    language: Option<String>,
    remove_background_noise: Option<bool>,
}

impl CloneVoice {
    /// Reads the body.
    ///
    /// # Errors
    /// Names the first field at fault.
    pub fn from_json(body: Value) -> Result<Self, Refusal> {
        let wire: WireClone = read_body(body)?;
        let voice_name = wire.voice_name.unwrap_or_default().trim().to_owned();
        let chars = voice_name.chars().count();
        if !(1..=MAX_VOICE_NAME_CHARS).contains(&chars) || voice_name.contains(char::is_control) {
            return Err(Refusal::invalid(
                "voice_name",
                format!(
                    "'voice_name' is required and must be 1-{MAX_VOICE_NAME_CHARS} characters without line ends, \
                     got {chars}."
                ),
            ));
        }
        if let Some(language) =
            wire.language.as_ref().filter(|language| language.chars().count() > MAX_LANGUAGE_CHARS)
        {
            let chars = language.chars().count();
            return Err(Refusal::invalid(
                "language",
                format!("'language' must be at most {MAX_LANGUAGE_CHARS} characters, got {chars}."),
            ));
        }
        let audio = wire.audio.ok_or_else(|| {
            Refusal::invalid(
                "audio",
                "'audio' is required: {\"type\": \"asset_id\" | \"url\" | \"base64\", ...}.",
            )
        })?;
        Ok(Self {
            audio: audio.check("audio")?,
            voice_name,
            language: wire.language,
            remove_background_noise: wire.remove_background_noise.unwrap_or(true),
        })
    }
}

/// The longest name or tag of a language, in characters.
const MAX_LANGUAGE_CHARS: usize = 64;

/// The answer of `POST /v3/voices/clone`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClonedVoice {
    /// The id of the voice, which can be used once it is complete.
    pub voice_clone_id: String,
}

/// The answer of `DELETE /v3/voices/{voice_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedVoice {
    /// The id of what was deleted.
    pub voice_id: String,
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
        more: Vec::new(),
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

    #[test]
    fn a_description_has_words_and_its_batch_is_a_count() {
        let read =
            DesignVoices::from_json(json!({"prompt": "Warm", "gender": "Female", "seed": null})).unwrap();
        assert_eq!((read.gender, read.seed), (Some(Gender::Female), 0));
        for (field, value) in [
            ("prompt", json!(" ")),
            ("prompt", json!("x".repeat(1001))),
            ("gender", json!("tenor")),
            ("seed", json!(-1)),
            ("seed", json!(1.5)),
            ("seed", json!(5_000_000_000_i64)),
        ] {
            let mut body = json!({"prompt": "Warm"});
            body[field] = value;
            let refusal = DesignVoices::from_json(body.clone()).unwrap_err();
            assert_eq!(refusal.param.as_deref(), Some(field), "{body}: {refusal}");
        }
    }

    #[test]
    fn a_clone_has_a_name_and_a_recording() {
        let good = json!({"voice_name": " Ada ", "audio": {"type": "url", "url": "https://x/y.mp3"}});
        let read = CloneVoice::from_json(good.clone()).unwrap();
        assert_eq!((read.voice_name.as_str(), read.remove_background_noise), ("Ada", true));
        for (field, value) in [
            ("voice_name", json!(null)),
            ("voice_name", json!("x".repeat(256))),
            ("voice_name", json!("a\nb")),
            ("audio", json!(null)),
            ("language", json!("x".repeat(65))),
            ("remove_background_noise", json!("yes")),
        ] {
            let mut body = good.clone();
            body[field] = value;
            let refusal = CloneVoice::from_json(body.clone()).unwrap_err();
            assert_eq!(refusal.param.as_deref(), Some(field), "{body}: {refusal}");
        }
        let mut body = good;
        body["audio"] = json!({"type": "tape"});
        assert_eq!(CloneVoice::from_json(body).unwrap_err().param.as_deref(), Some("audio.type"));
    }
}
