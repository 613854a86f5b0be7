//! Voices: those of the catalogue, those of external engines, and a workspace's own.

use std::num::NonZeroUsize;

use chrono::{DateTime, Utc};
use rostrum_blob::BlobError;
use rostrum_model::ids::{VoiceId, WorkspaceId};
pub use rostrum_model::voice::Gender;
use rostrum_model::voice::{BlendPart, PrivateVoice, VoiceSource, VoiceState};
pub use rostrum_speech::Voice as CatalogueVoice;
pub use rostrum_speech::espeak::{Espeak, install as install_espeak};
pub use rostrum_speech::japanese::{Mecab, install as install_mecab};
pub use rostrum_speech::piper::install as install_piper;
use rostrum_speech::voices::{self, Engine, Gender as CatalogueGender};
use rostrum_store::PrivateVoiceFilter;
use rostrum_store::StoreError;
pub use rostrum_store::VoiceCursor;

use crate::App;
use crate::backends::Backends;
use crate::pages::page_of;
use crate::speech_engines::EngineVoice;

/// The name that HeyGen's clients give the engine when they want voices that speak texts well: all but the basic ones.
pub const ANY_ENGINE: &str = "starfish";

/// The most private voices told in lists that have no pages.
const MOST_UNPAGED: NonZeroUsize = NonZeroUsize::new(1000).expect("it is not zero");

/// Which voices to list.
#[derive(Debug, Clone, Default)]
pub struct VoiceFilter {
    /// English name of a language, any case.
    pub language: Option<String>,
    /// Gender.
    pub gender: Option<Gender>,
    /// Name of an engine, or [`ANY_ENGINE`].
    pub engine: Option<String>,
}

/// Who is to speak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speaker {
    /// A voice of the catalogue, by its id.
    Catalogue(&'static str),
    /// Voices of the catalogue as one.
    Blend(Vec<BlendPart>),
    /// A voice of an external engine.
    External {
        /// The engine's name in the settings.
        engine: String,
        /// The voice's id there.
        voice: String,
    },
}

/// Where a sample of a voice is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sample {
    /// Here; spoken when somebody first listens.
    Here,
    /// At this URL of the engine's.
    At(String),
    /// There is none.
    Nowhere,
}

/// A voice that somebody may use, wherever it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    /// Its id; ids of the documents' examples have become those of the voices that stand for them.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// English name of its language.
    pub language: String,
    /// BCP 47 tag of its language; [`ANY_LOCALE`] when it speaks many.
    pub locale: String,
    /// What it sounds like.
    pub gender: Gender,
    /// Name of the engine that speaks it.
    pub engine: String,
    /// Whether it is a workspace's own.
    pub is_private: bool,
    /// Where a sample is.
    pub sample: Sample,
    /// Whether it can speak.
    pub state: VoiceState,
    /// When it was made, if it is a workspace's own.
    pub created_at: Option<DateTime<Utc>>,
    /// Who speaks.
    pub speaker: Speaker,
}

/// The tag of a voice that speaks many languages (BCP 47: undetermined).
pub const ANY_LOCALE: &str = "und";
/// The language of a voice that speaks many.
pub const ANY_LANGUAGE: &str = "Multilingual";

/// A page of private voices.
pub struct VoicePage {
    /// Newest first.
    pub voices: Vec<Voice>,
    /// Where the next page starts, when there is one.
    pub next: Option<VoiceCursor>,
}

/// A voice cannot be deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteVoiceError {
    /// It belongs to everybody.
    #[error("voice {0} belongs to everybody")]
    Public(String),
    /// Records could not be reached.
    #[error("the voice could not be deleted from the records")]
    Store(#[from] StoreError),
    /// Bytes could not be reached.
    #[error("the voice's sample could not be removed")]
    Blob(#[from] BlobError),
}

/// A voice of the workspace cannot speak.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnusableVoice {
    /// No such voice.
    #[error("there is no voice '{0}'")]
    NotFound(String),
    /// It is being made.
    #[error("voice '{0}' is still being made")]
    Pending(String),
    /// It could not be made.
    #[error("voice '{id}' could not be made: {message}")]
    Failed {
        /// Its id.
        id: String,
        /// Why.
        message: String,
    },
}

impl From<&'static CatalogueVoice> for Voice {
    fn from(voice: &'static CatalogueVoice) -> Self {
        Self {
            id: voice.id.to_owned(),
            name: voice.name.to_owned(),
            language: voice.language.to_owned(),
            locale: voice.locale.to_owned(),
            gender: gender_of(voice.gender),
            engine: voice.engine.name().to_owned(),
            is_private: false,
            sample: Sample::Here,
            state: VoiceState::Complete,
            created_at: None,
            speaker: Speaker::Catalogue(voice.id),
        }
    }
}

impl From<PrivateVoice> for Voice {
    fn from(voice: PrivateVoice) -> Self {
        let engine = voice.source.engine().to_owned();
        let (speaker, sample) = match voice.source {
            VoiceSource::Blend { parts } => (Speaker::Blend(parts), Sample::Here),
            VoiceSource::Clone { engine, remote_id, .. } => {
                let voice = remote_id.unwrap_or_default();
                (Speaker::External { engine, voice }, Sample::Nowhere)
            }
        };
        Self {
            id: voice.id.to_string(),
            name: voice.name,
            language: voice.language,
            locale: voice.locale,
            gender: voice.gender,
            engine,
            is_private: true,
            sample,
            state: voice.state,
            created_at: Some(voice.created_at),
            speaker,
        }
    }
}

impl From<EngineVoice> for Voice {
    fn from(voice: EngineVoice) -> Self {
        Self {
            id: format!("{}:{}", voice.engine, voice.id),
            name: voice.name,
            language: voice.language.unwrap_or_else(|| ANY_LANGUAGE.to_owned()),
            locale: voice.locale.unwrap_or_else(|| ANY_LOCALE.to_owned()),
            gender: voice.gender,
            is_private: false,
            sample: voice.sample_url.map_or(Sample::Nowhere, Sample::At),
            state: VoiceState::Complete,
            created_at: None,
            speaker: Speaker::External { engine: voice.engine.clone(), voice: voice.id },
            engine: voice.engine,
        }
    }
}

impl Voice {
    /// The voice, if it can speak.
    ///
    /// # Errors
    /// When it is still being made or could not be made.
    pub fn require_ready(self) -> Result<Self, UnusableVoice> {
        match &self.state {
            VoiceState::Complete => Ok(self),
            VoiceState::Pending => Err(UnusableVoice::Pending(self.id)),
            VoiceState::Failed { message } => {
                Err(UnusableVoice::Failed { message: message.clone(), id: self.id })
            }
        }
    }

    /// Whether it is plainly a machine's.
    fn is_basic(&self) -> bool {
        self.engine == Engine::Basic.name()
    }

    fn passes(&self, filter: &VoiceFilter) -> bool {
        let language = filter.language.as_ref();
        let engine = filter.engine.as_ref();
        language.is_none_or(|language| language.to_lowercase() == self.language.to_lowercase())
            && filter.gender.is_none_or(|gender| gender == self.gender)
            && engine
                .is_none_or(|engine| *engine == self.engine || (engine == ANY_ENGINE && !self.is_basic()))
    }
}

/// The gender of a voice of the catalogue.
pub(crate) fn gender_of(gender: CatalogueGender) -> Gender {
    match gender {
        CatalogueGender::Female => Gender::Female,
        CatalogueGender::Male => Gender::Male,
        CatalogueGender::Unknown => Gender::Unknown,
    }
}

/// The catalogue's voices that can speak here, in its order.
pub(crate) fn catalogue() -> impl Iterator<Item = &'static CatalogueVoice> {
    voices::listed()
}

/// A voice of the catalogue.
pub fn find(id: &str) -> Option<&'static CatalogueVoice> {
    voices::find(id)
}

/// The first voice of each locale.
pub fn locales() -> Vec<&'static CatalogueVoice> {
    let mut firsts: Vec<&CatalogueVoice> = Vec::new();
    for voice in catalogue() {
        if firsts.iter().all(|first| first.locale != voice.locale) {
            firsts.push(voice);
        }
    }
    firsts
}

impl Backends {
    /// A voice that a workspace may use; also one that is not ready.
    pub(crate) async fn voice(
        &self,
        workspace_id: WorkspaceId,
        id: &str,
    ) -> Result<Option<Voice>, StoreError> {
        if let Some(voice) = find(id) {
            return Ok(Some(voice.into()));
        }
        if let Some((engine, remote)) = id.split_once(':') {
            return Ok(self.speech_engines.voice(engine, remote, self.clock.now()).await.map(Voice::from));
        }
        let Ok(id) = id.parse::<VoiceId>() else { return Ok(None) };
        Ok(self.store.voices().get(workspace_id, id).await?.map(Voice::from))
    }

    /// A voice that a workspace may use and that can speak.
    pub(crate) async fn ready_voice(
        &self,
        workspace_id: WorkspaceId,
        id: &str,
    ) -> Result<Result<Voice, UnusableVoice>, StoreError> {
        let voice = self.voice(workspace_id, id).await?;
        Ok(voice.ok_or_else(|| UnusableVoice::NotFound(id.to_owned())).and_then(Voice::require_ready))
    }
}

impl App {
    /// A voice that a workspace may use; also one that is not ready.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn voice(&self, workspace_id: WorkspaceId, id: &str) -> Result<Option<Voice>, StoreError> {
        self.backends.voice(workspace_id, id).await
    }

    /// The voices for everybody: the catalogue, then those of external engines.
    pub async fn public_voices(&self, filter: &VoiceFilter) -> Vec<Voice> {
        let engines = &self.backends.speech_engines;
        let external = engines.voices(self.backends.clock.now()).await.into_iter().map(Voice::from);
        catalogue().map(Voice::from).chain(external).filter(|voice| voice.passes(filter)).collect()
    }

    /// A page of a workspace's own voices, newest first.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn private_voices(
        &self,
        workspace_id: WorkspaceId,
        filter: &VoiceFilter,
        limit: NonZeroUsize,
        after: Option<VoiceCursor>,
    ) -> Result<VoicePage, StoreError> {
        let filter = PrivateVoiceFilter {
            language: filter.language.clone(),
            gender: filter.gender,
            engine: filter.engine.clone().filter(|engine| engine != ANY_ENGINE),
        };
        let most = limit.get();
        let voices = self.backends.store.voices();
        let found = voices.list(workspace_id, &filter, most as u64 + 1, after).await?;
        let (page, next) = page_of(found, most, VoiceCursor::after);
        Ok(VoicePage { voices: page.into_iter().map(Voice::from).collect(), next })
    }

    /// All voices that a workspace can speak with now: those for everybody, then the newest 1000 of its own.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn all_voices(&self, workspace_id: WorkspaceId) -> Result<Vec<Voice>, StoreError> {
        let all = VoiceFilter::default();
        let own = self.private_voices(workspace_id, &all, MOST_UNPAGED, None).await?.voices;
        let ready = own.into_iter().filter(|voice| voice.state == VoiceState::Complete);
        Ok(self.public_voices(&all).await.into_iter().chain(ready).collect())
    }

    /// Deletes a workspace's own voice, at its engine too; false when there is none. The record goes first: an engine that
    /// does not answer keeps its voice, which the log tells.
    ///
    /// # Errors
    /// When the voice is everybody's, or records or bytes cannot be reached.
    pub async fn delete_voice(&self, workspace_id: WorkspaceId, id: &str) -> Result<bool, DeleteVoiceError> {
        let backends = &self.backends;
        let Some(voice) = backends.voice(workspace_id, id).await? else { return Ok(false) };
        if !voice.is_private {
            return Err(DeleteVoiceError::Public(id.to_owned()));
        }
        let Ok(id) = id.parse::<VoiceId>() else { return Ok(false) };
        if backends.store.voices().delete(workspace_id, id).await?.is_none() {
            return Ok(false);
        }
        backends.blobs.delete(&crate::speech::preview_key(&voice)).await?;
        if let Speaker::External { engine, voice: remote } = &voice.speaker
            && !remote.is_empty()
            && let Err(error) = backends.speech_engines.forget_voice(engine, remote).await
        {
            tracing::warn!(voice.id = %id, %engine, %error, "the engine keeps a voice that was deleted here");
        }
        Ok(true)
    }

    /// A voice whose sample whoever has its URL may hear.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn sampled_voice(&self, id: &str) -> Result<Option<Voice>, StoreError> {
        if let Some(voice) = find(id) {
            return Ok(Some(voice.into()));
        }
        let Ok(id) = id.parse::<VoiceId>() else { return Ok(None) };
        let voice = self.backends.store.voices().get_any(id).await?.map(Voice::from);
        Ok(voice.filter(|voice| voice.sample == Sample::Here))
    }
}

/// The word for a gender on the wire.
pub fn gender_word(gender: Gender) -> &'static str {
    match gender {
        Gender::Female => "female",
        Gender::Male => "male",
        Gender::Unknown => "unknown",
    }
}
