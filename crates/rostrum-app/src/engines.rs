//! The engines, loaded from model files when first needed and then kept.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rostrum_face::{FaceError, FaceModels, Matting};
use rostrum_speech::{SpeechEngine, SpeechError};
use rostrum_text::Fonts;
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};

/// Texts spoken at once: more take memory and make none of them faster.
const SPEAKERS: usize = 2;

/// Speech and face models of one models folder.
pub struct Engines {
    models_dir: PathBuf,
    speech_threads: usize,
    speech: OnceCell<Arc<SpeechEngine>>,
    speaking: Arc<Semaphore>,
    face: OnceCell<Arc<FaceModels>>,
    matting: OnceCell<Arc<Matting>>,
    font_folders: Vec<PathBuf>,
    fonts: OnceCell<Arc<Fonts>>,
}

/// An engine cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The speech models are missing or damaged.
    #[error("the speech models are missing or damaged; run `rostrum models pull`")]
    Speech(#[source] SpeechError),
    /// The face models are missing or damaged.
    #[error("the face models are missing or damaged; run `rostrum models pull`")]
    Face(#[source] FaceError),
    /// The loading task died.
    #[error("loading an engine was interrupted")]
    Interrupted(#[source] tokio::task::JoinError),
}

impl Engines {
    /// Engines to be loaded from `models_dir`; speech runs on `speech_threads` threads.
    pub fn new(models_dir: PathBuf, speech_threads: usize) -> Self {
        Self {
            models_dir,
            speech_threads,
            speech: OnceCell::new(),
            speaking: Arc::new(Semaphore::new(SPEAKERS)),
            face: OnceCell::new(),
            matting: OnceCell::new(),
            font_folders: Vec::new(),
            fonts: OnceCell::new(),
        }
    }

    /// With the fonts of these folders beside the built-in one.
    #[must_use]
    pub fn with_fonts(self, font_folders: Vec<PathBuf>) -> Self {
        Self { font_folders, ..self }
    }

    /// The folder the models are read from.
    pub fn models_dir(&self) -> &Path {
        &self.models_dir
    }

    /// The speech engine; the first call loads it (about half a second).
    ///
    /// # Errors
    /// When the model files are missing or damaged; the next call tries again.
    pub async fn speech(&self) -> Result<Arc<SpeechEngine>, EngineError> {
        self.speech
            .get_or_try_init(|| async {
                let (dir, threads) = (self.models_dir.clone(), self.speech_threads);
                let loaded = tokio::task::spawn_blocking(move || SpeechEngine::load(&dir, threads)).await;
                loaded.map_err(EngineError::Interrupted)?.map(Arc::new).map_err(EngineError::Speech)
            })
            .await
            .cloned()
    }

    /// Waits until one more text may be spoken; until then it is somebody else's turn.
    pub async fn turn_to_speak(&self) -> OwnedSemaphorePermit {
        Arc::clone(&self.speaking).acquire_owned().await.expect("nobody closes it")
    }

    /// The face models; the first call loads them (some milliseconds).
    ///
    /// # Errors
    /// When the model files are missing or damaged; the next call tries again.
    pub async fn face(&self) -> Result<Arc<FaceModels>, EngineError> {
        self.face
            .get_or_try_init(|| async {
                let dir = self.models_dir.clone();
                let loaded = tokio::task::spawn_blocking(move || FaceModels::load(&dir)).await;
                loaded.map_err(EngineError::Interrupted)?.map(Arc::new).map_err(EngineError::Face)
            })
            .await
            .cloned()
    }

    /// The model that tells people from backgrounds; the first call loads it. An installation that has only the other face
    /// models does without.
    ///
    /// # Errors
    /// When the model file is missing or damaged; the next call tries again.
    pub async fn matting(&self) -> Result<Arc<Matting>, EngineError> {
        self.matting
            .get_or_try_init(|| async {
                let dir = self.models_dir.clone();
                let loaded = tokio::task::spawn_blocking(move || Matting::load(&dir)).await;
                loaded.map_err(EngineError::Interrupted)?.map(Arc::new).map_err(EngineError::Face)
            })
            .await
            .cloned()
    }

    /// The fonts; the first call looks through their folders.
    ///
    /// # Errors
    /// When the loading task dies.
    pub async fn fonts(&self) -> Result<Arc<Fonts>, EngineError> {
        self.fonts
            .get_or_try_init(|| async {
                let folders = self.font_folders.clone();
                let loaded = tokio::task::spawn_blocking(move || Fonts::load(&folders)).await;
                loaded.map(Arc::new).map_err(EngineError::Interrupted)
            })
            .await
            .cloned()
    }
}
