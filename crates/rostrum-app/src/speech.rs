//! Speech: texts spoken, kept for whoever asks for the same again, and given out as files.

pub(crate) mod track_file;

use rostrum_blob::{BlobError, BlobKey};
use rostrum_media::wav;
use rostrum_model::asset::ContentHash;
use rostrum_model::credits::{Credits, Price};
use rostrum_model::glossary::Term;
use rostrum_model::ids::{GlossaryId, SpeechId, WorkspaceId};
use rostrum_model::speech::{SAMPLE_RATE, Speech, WordSpan};
use rostrum_model::video::VoiceSettings;
use rostrum_speech::{Delivery, ENGINE_VERSION, Text, cache_key};
pub use rostrum_speech::{Markup, SpeechError};
use rostrum_store::StoreError;
use sha2::{Digest, Sha256};

use crate::App;
use crate::backends::Backends;
use crate::credits::CreditError;
use crate::engines::EngineError;
use crate::files::{FileError, StoredFile};
use crate::speech_engines::EngineFault;
use crate::speech_engines::speaking::Tools;
use crate::videos::spoken_s;
use crate::voices::{ANY_LOCALE, Speaker, UnusableVoice, Voice, find};
use track_file::Spoken;

/// Most bytes of tracks kept for texts that are asked for again: about three hours.
const MAX_TRACK_BYTES: u64 = 1024 * 1024 * 1024;

/// A text cannot be spoken.
#[derive(Debug, thiserror::Error)]
pub enum SpeakError {
    /// The engine cannot be used.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The engine refuses the text or fails.
    #[error(transparent)]
    Speech(#[from] SpeechError),
    /// An external engine refuses or fails.
    #[error(transparent)]
    External(#[from] EngineFault),
    /// Kept speech cannot be reached.
    #[error("kept speech could not be reached")]
    Blob(#[from] BlobError),
    /// The speaking task died.
    #[error("speaking was interrupted")]
    Interrupted(#[from] tokio::task::JoinError),
}

/// A speech cannot be made as asked.
#[derive(Debug, thiserror::Error)]
pub enum CreateSpeechError {
    /// No such voice, or none that can speak.
    #[error(transparent)]
    Voice(#[from] UnusableVoice),
    /// No such glossary.
    #[error("there is no brand glossary {0}")]
    GlossaryNotFound(GlossaryId),
    /// The voice speaks another language than the one asked for.
    #[error("the voice speaks {spoken}, not {asked}")]
    LanguageMismatch {
        /// Field that asked for it.
        param: &'static str,
        /// What was asked for.
        asked: String,
        /// What the voice speaks (BCP 47).
        spoken: String,
    },
    /// The text cannot be spoken.
    #[error(transparent)]
    Speak(#[from] SpeakError),
    /// It cannot be paid for.
    #[error(transparent)]
    Credit(#[from] CreditError),
    /// Bytes could not be reached.
    #[error("the spoken file could not be kept")]
    Blob(#[from] BlobError),
    /// Records could not be reached.
    #[error("the speech could not be recorded")]
    Store(#[from] StoreError),
}

/// A request for speech that passed the checks of the API.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSpeech {
    /// What to say.
    pub text: String,
    /// How it is written.
    pub markup: Markup,
    /// Who says it.
    pub voice_id: String,
    /// How fast, as a factor.
    pub speed: f32,
    /// Language asked for: a BCP 47 tag or an English name.
    pub language: Option<String>,
    /// Locale asked for, as a BCP 47 tag.
    pub locale: Option<String>,
    /// Glossary that tells how words are said.
    pub brand_glossary_id: Option<GlossaryId>,
}

/// A speech and what is in it.
#[derive(Debug, Clone, PartialEq)]
pub struct CreatedSpeech {
    /// Its record.
    pub speech: Speech,
    /// Length, in seconds.
    pub duration_s: f64,
    /// Every word as written, with its time.
    pub words: Vec<WordSpan>,
}

impl App {
    /// Speaks a text into a file. When this returns, the file survives a crash.
    ///
    /// # Errors
    /// When the voice is not there or speaks another language, nothing in the text can be spoken, or it cannot be kept.
    pub async fn create_speech(
        &self,
        workspace_id: WorkspaceId,
        new: &NewSpeech,
    ) -> Result<CreatedSpeech, CreateSpeechError> {
        let backends = &self.backends;
        let voice = backends.ready_voice(workspace_id, &new.voice_id).await??;
        require_language(&voice, "language", new.language.as_deref())?;
        require_language(&voice, "locale", new.locale.as_deref())?;
        let terms = match new.brand_glossary_id {
            Some(id) => self.terms(workspace_id, id).await?.ok_or(CreateSpeechError::GlossaryNotFound(id))?,
            None => vec![],
        };
        let text = Text { text: &new.text, markup: new.markup, terms: &terms };
        // A fault is told now, and not when it is its turn.
        backends.check_speech(text, &voice, new.speed)?;
        let price = Price { fixed: Credits::ZERO, per_s: backends.limits.prices.speech_s };
        backends.require_credits(workspace_id, price.of(spoken_s(&new.text) / f64::from(new.speed))).await?;
        let Spoken { track, unspoken_words } = backends.spoken(text, &voice, new.speed).await?;
        if !unspoken_words.is_empty() {
            tracing::warn!(words = ?unspoken_words, "words could not be spoken");
        }
        let speech = Speech {
            id: SpeechId::generate(&*backends.clock, &*backends.chance),
            workspace_id,
            spoken: backends.spoken_hash(text, &voice, new.speed.into()),
            created_at: backends.clock.now(),
        };
        let (duration_s, words) = (track.duration_s(), track.words);
        let key = file_key(&speech.spoken);
        if backends.blobs.stat(&key).await?.is_none() {
            backends.blobs.put(&key, &wav(&track.samples, SAMPLE_RATE)).await?;
        }
        backends.store.speeches().add(&speech).await?;
        backends.charge(workspace_id, speech.id.to_string(), price.of(duration_s)).await?;
        metrics::counter!("rostrum_speeches_total").increment(1);
        Ok(CreatedSpeech { speech, duration_s, words })
    }

    /// The file of a speech.
    ///
    /// # Errors
    /// When records or bytes cannot be reached.
    pub async fn speech_file(&self, id: SpeechId) -> Result<Option<StoredFile>, FileError> {
        let Some(speech) = self.backends.store.speeches().get_public(id).await? else { return Ok(None) };
        let reader = self.backends.blobs.open(&file_key(&speech.spoken)).await?;
        Ok(reader.map(|reader| StoredFile {
            reader,
            mime: "audio/wav",
            version: id.to_string(),
            name: format!("{id}.wav"),
            kept_for: None,
        }))
    }

    /// A voice introducing itself; spoken when somebody first listens.
    ///
    /// # Errors
    /// When it cannot be spoken or kept.
    pub async fn voice_preview(&self, voice: &Voice) -> Result<Option<StoredFile>, CreateSpeechError> {
        let backends = &self.backends;
        let key = preview_key(voice);
        if backends.blobs.stat(&key).await?.is_none() {
            let text = greeting(voice);
            let spoken = backends.spoken((&text).into(), voice, 1.0).await?;
            backends.blobs.put(&key, &wav(&spoken.track.samples, SAMPLE_RATE)).await?;
        }
        Ok(backends.blobs.open(&key).await?.map(|reader| StoredFile {
            reader,
            mime: "audio/wav",
            version: format!("{}.v{ENGINE_VERSION}", voice.id),
            name: format!("{}.wav", voice.id),
            kept_for: None,
        }))
    }
}

impl Speaker {
    /// The same for our own engine; `None` for voices of external ones.
    fn built_in(&self) -> Option<rostrum_speech::Speaker<'_>> {
        match self {
            Self::Catalogue(id) => Some(rostrum_speech::Speaker::Voice(id)),
            Self::Blend(parts) => Some(rostrum_speech::Speaker::Blend(parts)),
            Self::External { .. } => None,
        }
    }
}

impl Backends {
    /// Refuses what [`Backends::spoken`] would refuse before anything sounds.
    pub(crate) fn check_speech(
        &self,
        text: Text<'_>,
        voice: &Voice,
        delivery: impl Into<Delivery>,
    ) -> Result<(), SpeakError> {
        if let Speaker::External { engine, .. } = &voice.speaker {
            self.speech_engines.check(engine, text, delivery.into())?;
            return Ok(());
        }
        if let Some(speaker) = voice.speaker.built_in() {
            rostrum_speech::check(text, speaker, delivery)?;
        }
        Ok(())
    }

    /// Tells apart all that decides how something sounds.
    pub(crate) fn spoken_hash(&self, text: Text<'_>, voice: &Voice, delivery: Delivery) -> ContentHash {
        let Speaker::External { engine, voice: remote } = &voice.speaker else {
            let speaker = voice.speaker.built_in().unwrap_or(rostrum_speech::Speaker::Blend(&[]));
            return cache_key(text, speaker, delivery);
        };
        let mut hash = Sha256::new();
        hash.update(b"rostrum-external-speech-1");
        self.speech_engines.identify(engine, &mut hash);
        for part in [engine, remote, &voice.locale] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        // The text with its terms, and how it is delivered.
        hash.update(cache_key(text, rostrum_speech::DEFAULT_VOICE_ID, delivery).0);
        ContentHash(hash.finalize().into())
    }

    /// A text spoken by a voice, made once and then read back.
    pub(crate) async fn spoken(
        &self,
        text: Text<'_>,
        voice: &Voice,
        delivery: impl Into<Delivery>,
    ) -> Result<Spoken, SpeakError> {
        let delivery = delivery.into();
        let key = track_key(&self.spoken_hash(text, voice, delivery));
        if let Some(kept) = self.kept_track(&key).await? {
            return Ok(kept);
        }
        let spoken = match &voice.speaker {
            Speaker::External { engine, voice: remote } => {
                let tools =
                    Tools { ffmpeg: &self.ffmpeg, work_dir: &self.work_dir, aligner: self.aligner.as_ref() };
                let engines = &self.speech_engines;
                let track =
                    engines.speak(engine, remote, &voice.locale, text, delivery.speed, &tools).await?;
                let track = track.ok_or(SpeechError::TextNotSpeakable)?;
                Spoken { track, unspoken_words: Vec::new() }
            }
            built_in => self.spoken_here(text, built_in.clone(), delivery).await?,
        };
        // What a job still needs is made again.
        self.empty_beyond(&tracks_folder(), MAX_TRACK_BYTES).await?;
        self.blobs.put(&key, &track_file::encode(&spoken)).await?;
        Ok(spoken)
    }

    /// A text spoken by our own engine.
    async fn spoken_here(
        &self,
        text: Text<'_>,
        speaker: Speaker,
        delivery: Delivery,
    ) -> Result<Spoken, SpeakError> {
        let engine = self.engines.speech().await?;
        let turn = self.engines.turn_to_speak().await;
        let Text { text, markup, terms } = text;
        let (text, terms): (String, Vec<Term>) = (text.to_owned(), terms.to_vec());
        let speech = tokio::task::spawn_blocking(move || {
            // Held by the work itself: whoever stops waiting for it does not stop it.
            let _turn = turn;
            let text = Text { text: &text, markup, terms: &terms };
            engine.speak(text, speaker.built_in().unwrap_or(rostrum_speech::Speaker::Blend(&[])), delivery)
        })
        .await??;
        Ok(Spoken { track: speech.track, unspoken_words: speech.unspoken_words })
    }

    /// A track kept earlier. A damaged file (a bit flip on the disk) counts as none, and is made again.
    pub(crate) async fn kept_track(&self, key: &BlobKey) -> Result<Option<Spoken>, BlobError> {
        Ok(self.blobs.read(key).await?.and_then(|bytes| track_file::decode(&bytes).ok()))
    }
}

/// How the settings of a video's voice have it spoken; its volume is not for the engine.
pub(crate) fn delivery(VoiceSettings { speed, pitch, .. }: VoiceSettings) -> Delivery {
    Delivery { speed, pitch }
}

/// The folder of kept tracks.
pub(crate) fn tracks_folder() -> BlobKey {
    BlobKey::new("work/speech").expect("plain words make a valid key")
}

/// Where a track is kept: by what is said, who says it and how.
fn track_key(spoken: &ContentHash) -> BlobKey {
    BlobKey::new(format!("{}/{spoken}", tracks_folder())).expect("hex digits make a valid key")
}

/// Where the file that is given out lies.
fn file_key(spoken: &ContentHash) -> BlobKey {
    BlobKey::new(format!("speech/{spoken}.wav")).expect("hex digits make a valid key")
}

/// What a voice says in its sample; a blend what its first voice says.
fn greeting(voice: &Voice) -> String {
    let id = match &voice.speaker {
        Speaker::Catalogue(id) => Some(*id),
        Speaker::Blend(parts) => parts.first().map(|part| part.voice_id.as_str()),
        Speaker::External { .. } => None,
    };
    let greeting = id.and_then(find).map(rostrum_speech::Voice::greeting);
    greeting.unwrap_or_else(|| "1, 2, 3, 4, 5.".to_owned())
}

/// Where a voice's sample lies.
pub(crate) fn preview_key(voice: &Voice) -> BlobKey {
    BlobKey::new(format!("voices/{}.v{ENGINE_VERSION}.wav", voice.id)).expect("ids of voices make valid keys")
}

/// A voice speaks its own locale, which may be asked for by its language alone or by the language's English name.
fn require_language(
    voice: &Voice,
    param: &'static str,
    asked: Option<&str>,
) -> Result<(), CreateSpeechError> {
    let Some(asked) = asked.filter(|_| voice.locale != ANY_LOCALE) else { return Ok(()) };
    let tag = asked.replace('_', "-");
    let language = voice.locale.split('-').next().unwrap_or(&voice.locale);
    if [&voice.locale, language, &voice.language].iter().any(|fits| fits.eq_ignore_ascii_case(&tag)) {
        return Ok(());
    }
    let spoken = voice.locale.clone();
    Err(CreateSpeechError::LanguageMismatch { param, asked: asked.to_owned(), spoken })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_is_asked_for_its_own_language_only() {
        let voice = Voice::from(find("bf_emma").unwrap());
        for fits in [None, Some("en"), Some("en-GB"), Some("en_gb"), Some("english")] {
            assert!(require_language(&voice, "locale", fits).is_ok(), "{fits:?}");
        }
        for other in ["", "en-US", "de", "e", "German"] {
            assert!(require_language(&voice, "locale", Some(other)).is_err(), "{other}");
        }
        let any = Voice { locale: ANY_LOCALE.to_owned(), ..voice };
        assert!(require_language(&any, "locale", Some("de")).is_ok());
    }
}
