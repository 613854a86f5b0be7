//! ElevenLabs' way to speak: a text in, sound and the times of its characters out; and to learn voices.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use reqwest::Client;
use reqwest::multipart::{Form, Part};
use rostrum_model::voice::Gender;
use serde::Deserialize;
use serde_json::{Value, json};

use super::settings::is_voice_id;
use super::times::Characters;
use super::{CloneSample, EngineVoice, MAX_ANSWER_BYTES, MAX_LIST_BYTES};
use crate::engine_calls::{Again, CallFault, Calls};

/// The model when the settings name none.
const DEFAULT_MODEL: &str = "eleven_multilingual_v2";
/// The most voices taken from a list.
const MOST_VOICES: usize = 1000;
/// The longest name of a voice that is taken, in characters.
const MAX_NAME_CHARS: usize = 255;

#[derive(Deserialize)]
struct Spoken {
    audio_base64: String,
    alignment: Option<Characters>,
}

/// The sound of a text (asked for as bare samples of 16 bits at 24 kHz) and the times of its characters.
pub(super) async fn speak(
    calls: &Calls,
    model: Option<&str>,
    voice: &str,
    text: &str,
    speed: f32,
) -> Result<(Bytes, Option<Characters>), CallFault> {
    let mut body = json!({"text": text, "model_id": model.unwrap_or(DEFAULT_MODEL)});
    if (speed - 1.0).abs() > f32::EPSILON {
        body["voice_settings"] = json!({"speed": speed});
    }
    let path = format!("/v1/text-to-speech/{voice}/with-timestamps?output_format=pcm_24000");
    let spoken: Spoken = calls
        .ask_json(&path, Again::Always, MAX_ANSWER_BYTES, |client, url| client.post(url).json(&body))
        .await?;
    let sound = STANDARD
        .decode(&spoken.audio_base64)
        .map_err(|error| CallFault::Unusable(format!("'audio_base64': {error}")))?;
    Ok((sound.into(), spoken.alignment))
}

#[derive(Deserialize)]
struct List {
    voices: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    voice_id: String,
    name: Option<String>,
    preview_url: Option<String>,
    labels: Option<Value>,
}

/// The voices that the key may use.
pub(super) async fn voices(calls: &Calls, engine: &str) -> Result<Vec<EngineVoice>, CallFault> {
    let list: List = calls.ask_json("/v1/voices", Again::Always, MAX_LIST_BYTES, Client::get).await?;
    let told = list.voices.into_iter().filter(|voice| is_voice_id(&voice.voice_id)).take(MOST_VOICES);
    Ok(told.map(|voice| voice.told(engine)).collect())
}

impl Listed {
    fn told(self, engine: &str) -> EngineVoice {
        let label = |name: &str| self.labels.as_ref()?.get(name)?.as_str().map(str::to_lowercase);
        let gender = match label("gender").as_deref() {
            Some("female") => Gender::Female,
            Some("male") => Gender::Male,
            _ => Gender::Unknown,
        };
        let name = self.name.unwrap_or_else(|| self.voice_id.clone());
        EngineVoice {
            engine: engine.to_owned(),
            id: self.voice_id,
            name: name.chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect(),
            gender,
            language: None,
            locale: None,
            sample_url: self.preview_url.filter(|url| url.starts_with("https://") && url.len() < 2048),
        }
    }
}

#[derive(Deserialize)]
struct Learnt {
    voice_id: String,
}

/// Learns a voice and gives its id.
pub(super) async fn clone_voice(calls: &Calls, sample: CloneSample<'_>) -> Result<String, CallFault> {
    let learnt: Learnt = calls
        .ask_json("/v1/voices/add", Again::IfNothingWasDone, MAX_LIST_BYTES, |client, url| {
            let length = sample.bytes.len() as u64;
            let file = Part::stream_with_length(sample.bytes.clone(), length)
                .file_name(sample.file_name.to_owned())
                .mime_str(sample.mime)
                .unwrap_or_else(|_| {
                    Part::bytes(sample.bytes.to_vec()).file_name(sample.file_name.to_owned())
                });
            let form = Form::new()
                .text("name", sample.name.to_owned())
                .text("remove_background_noise", sample.remove_noise.to_string())
                .part("files", file);
            client.post(url).multipart(form)
        })
        .await?;
    if !is_voice_id(&learnt.voice_id) {
        return Err(CallFault::Unusable("'voice_id' cannot stand in URLs".to_owned()));
    }
    Ok(learnt.voice_id)
}

/// Removes a voice; one that is not there is no error.
pub(super) async fn forget_voice(calls: &Calls, voice: &str) -> Result<(), CallFault> {
    let path = format!("/v1/voices/{voice}");
    match calls.ask(&path, Again::Always, MAX_LIST_BYTES, Client::delete).await {
        Ok(_) | Err(CallFault::Refused(404)) => Ok(()),
        Err(fault) => Err(fault),
    }
}
