//! Engines of others that speak over HTTP: those that answer as OpenAI's or ElevenLabs' do, hosted or self-hosted.
//!
//! The operator names them in the settings. To add a kind: an adapter beside `openai`, and an arm in [`Kind`].

mod elevenlabs;
mod fault;
mod openai;
mod recognised;
mod settings;
pub(crate) mod speaking;
pub mod times;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rostrum_model::voice::Gender;
use sha2::{Digest, Sha256};
use tokio::sync::{Mutex, Semaphore};

pub use fault::{EngineFault, SpeechFault};
pub use recognised::RecognisedTimes;
pub use settings::{EngineSettings, Kind, SettingsFault, VoiceSettings};
pub use times::Aligner;

pub use crate::engine_calls::Secret;
use crate::engine_calls::{Calls, Endpoint, KeyHeader};

/// How long a list of voices that an engine told is good.
const LIST_KEPT: TimeDelta = TimeDelta::minutes(10);
/// After a failure the engine is asked for its voices again, but not at once.
const LIST_PAUSE: TimeDelta = TimeDelta::seconds(30);
/// How long one answer may take; engines make a minute of sound in some seconds.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(2);
/// The longest answer, in bytes: 10 minutes of sound as Base64 in JSON.
const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;
/// The longest answer that holds no sound, in bytes.
const MAX_LIST_BYTES: usize = 8 * 1024 * 1024;
/// Texts that one engine is asked to speak at once.
const AT_ONCE: usize = 4;

/// A voice of an external engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineVoice {
    /// The engine's name in the settings.
    pub engine: String,
    /// The voice's id there.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// What it sounds like.
    pub gender: Gender,
    /// English name of its language; `None` when it speaks many.
    pub language: Option<String>,
    /// BCP 47 tag of its language.
    pub locale: Option<String>,
    /// A sample of the engine's.
    pub sample_url: Option<String>,
}

/// A recording to learn a voice from.
#[derive(Debug, Clone)]
pub struct CloneSample<'a> {
    /// Name of the new voice.
    pub name: &'a str,
    /// The recording's bytes.
    pub bytes: bytes::Bytes,
    /// Its MIME type.
    pub mime: &'a str,
    /// Its name, with an extension that fits the type.
    pub file_name: &'a str,
    /// Whether the engine is to take noise out of it.
    pub remove_noise: bool,
}

/// The engines of the settings.
#[derive(Default)]
pub struct SpeechEngines {
    engines: Vec<Engine>,
    clone_engine: Option<String>,
}

struct Engine {
    settings: EngineSettings,
    calls: Calls,
    speaking: Arc<Semaphore>,
    listed: Mutex<Listed>,
}

/// What an engine told of its voices.
#[derive(Default)]
struct Listed {
    voices: Vec<EngineVoice>,
    good_until: Option<DateTime<Utc>>,
}

impl SpeechEngines {
    /// The engines of these settings; `clone_engine` names the one that learns voices.
    ///
    /// # Errors
    /// When the settings cannot be used.
    pub fn new(engines: Vec<EngineSettings>, clone_engine: Option<String>) -> Result<Self, SettingsFault> {
        settings::check(&engines, clone_engine.as_deref())?;
        let engines = engines
            .into_iter()
            .map(|settings| Engine {
                calls: Calls::new(&Endpoint {
                    name: &settings.name,
                    url: &settings.url,
                    key: settings.key.as_ref(),
                    key_header: match settings.kind {
                        Kind::Openai => KeyHeader::Bearer,
                        Kind::Elevenlabs => KeyHeader::XiApiKey,
                    },
                    answer_timeout: ANSWER_TIMEOUT,
                }),
                speaking: Arc::new(Semaphore::new(AT_ONCE)),
                listed: Mutex::default(),
                settings,
            })
            .collect();
        Ok(Self { engines, clone_engine })
    }

    /// Name of the engine that learns voices.
    pub fn clone_engine(&self) -> Option<&str> {
        self.clone_engine.as_deref()
    }

    fn engine(&self, name: &str) -> Result<&Engine, EngineFault> {
        let found = self.engines.iter().find(|engine| engine.settings.name == name);
        found.ok_or_else(|| EngineFault { engine: name.to_owned(), fault: SpeechFault::NotConfigured })
    }

    /// The voices of all engines, in the order of the settings. An engine that does not tell its voices now has none.
    pub async fn voices(&self, now: DateTime<Utc>) -> Vec<EngineVoice> {
        let lists = self.engines.iter().map(|engine| engine.voices(now));
        futures::future::join_all(lists).await.concat()
    }

    /// A voice of an engine.
    pub async fn voice(&self, engine: &str, id: &str, now: DateTime<Utc>) -> Option<EngineVoice> {
        let voices = self.engine(engine).ok()?.voices(now).await;
        voices.into_iter().find(|voice| voice.id == id)
    }

    /// Learns a voice from a recording and gives its id at the engine.
    ///
    /// # Errors
    /// When the engine is not in the settings, cannot be reached or refuses.
    pub async fn clone_voice(&self, engine: &str, sample: CloneSample<'_>) -> Result<String, EngineFault> {
        let engine = self.engine(engine)?;
        let learnt = match engine.settings.kind {
            Kind::Elevenlabs => {
                elevenlabs::clone_voice(&engine.calls, sample).await.map_err(SpeechFault::from)
            }
            Kind::Openai => Err(SpeechFault::CannotClone),
        };
        learnt.map_err(|fault| engine.fault(fault))
    }

    /// Removes a voice that was learnt; one that is not there is no error.
    ///
    /// # Errors
    /// As [`SpeechEngines::clone_voice`].
    pub async fn forget_voice(&self, engine: &str, id: &str) -> Result<(), EngineFault> {
        let engine = self.engine(engine)?;
        let forgotten = match engine.settings.kind {
            Kind::Elevenlabs => elevenlabs::forget_voice(&engine.calls, id).await,
            Kind::Openai => Ok(()),
        };
        forgotten.map_err(|fault| engine.fault(fault.into()))
    }

    /// Adds to a hash all that decides how an engine speaks, but for voice, text and speed.
    pub(crate) fn identify(&self, engine: &str, hash: &mut Sha256) {
        let Ok(engine) = self.engine(engine) else { return };
        let EngineSettings { kind, url, model, .. } = &engine.settings;
        for text in [kind.word(), url.as_str(), model.as_deref().unwrap_or_default()] {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
    }
}

impl Engine {
    fn fault(&self, fault: SpeechFault) -> EngineFault {
        EngineFault { engine: self.settings.name.clone(), fault }
    }

    async fn voices(&self, now: DateTime<Utc>) -> Vec<EngineVoice> {
        if !self.settings.voices.is_empty() || self.settings.kind == Kind::Openai {
            return self.settings.voices.iter().map(|voice| voice.told(&self.settings.name)).collect();
        }
        let mut listed = self.listed.lock().await;
        if listed.good_until.is_none_or(|until| until <= now) {
            let pause = match elevenlabs::voices(&self.calls, &self.settings.name).await {
                Ok(voices) => {
                    listed.voices = voices;
                    LIST_KEPT
                }
                Err(fault) => {
                    tracing::warn!(engine = %self.settings.name, error = %fault, "an engine does not tell its voices");
                    LIST_PAUSE
                }
            };
            listed.good_until = Some(now + pause);
        }
        listed.voices.clone()
    }
}
