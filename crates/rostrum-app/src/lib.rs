//! What the product does, one file per noun; no HTTP, no wire names, no SQL.
//!
//! [`App`] is what the HTTP layer and the command line call. Slow work goes into [`jobs`], whose activities share
//! [`Backends`] with it. To add a noun, add a file with its use cases as an `impl App` block and one error enum per
//! use case.

pub mod api_keys;
pub mod asset_inputs;
pub mod assets;
pub mod avatar_engine;
pub mod avatars;
pub mod backends;
pub mod backup;
pub mod brand_glossaries;
pub mod consents;
pub mod contents;
pub mod credits;
pub mod deliveries;
pub mod engine_calls;
pub mod engines;
pub mod fetch;
mod file_names;
pub mod files;
pub mod folders;
pub mod footage;
pub mod generated_pictures;
pub mod image_engine;
pub mod inspection;
mod intake;
pub mod jobs;
pub mod keyed_requests;
pub mod models;
pub mod pages;
pub mod photo_generations;
pub mod portraits;
pub mod presenters;
pub mod search;
pub mod speech;
pub mod speech_engines;
pub mod sweep;
pub mod transfer;
pub mod uploads;
pub mod video_batches;
pub mod videos;
pub mod voice_clones;
pub mod voice_design;
pub mod voices;
pub mod webhooks;
pub mod wire;

use std::sync::Arc;

use rostrum_jobs::Jobs;

pub use backends::Backends;
pub use rostrum_store::StoreError;

/// The product: every use case is a method, found in the noun's file.
#[derive(Clone)]
pub struct App {
    backends: Arc<Backends>,
    jobs: Arc<Jobs>,
    turns: Arc<uploads::Turns>,
    search: Arc<search::SearchEngine>,
    /// Runs the jobs of assets.
    asset_jobs: Arc<Jobs>,
    queue: Arc<videos::RenderQueue>,
    /// What ids are derived from, on behalf of a request with a key.
    seed: Option<keyed_requests::Seed>,
}

impl App {
    /// The product over opened backends; `jobs` must have been opened with [`jobs::pipelines`] of the same backends.
    pub fn new(backends: Arc<Backends>, jobs: Arc<Jobs>) -> Self {
        let (turns, search, queue) = Default::default();
        Self { backends, asset_jobs: Arc::clone(&jobs), jobs, turns, search, queue, seed: None }
    }

    /// Gives the jobs of assets an engine of their own, opened with the same pipelines, so that they do not wait behind
    /// those of videos.
    #[must_use]
    pub fn with_asset_jobs(self, asset_jobs: Arc<Jobs>) -> Self {
        Self { asset_jobs, ..self }
    }

    /// Whether requests can be served now: the records answer.
    ///
    /// # Errors
    /// When they do not.
    pub async fn ready(&self) -> Result<(), rostrum_store::StoreError> {
        self.backends.store.ready().await
    }

    /// A random word to tell requests apart in logs: 32 hex digits.
    pub fn request_id(&self) -> String {
        hex(&self.backends.chance.bytes::<16>())
    }
}

/// Bytes as lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |text, byte| text + &format!("{byte:02x}"))
}

/// Reads what [`hex`] wrote, and nothing that is written otherwise.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}
