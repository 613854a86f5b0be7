//! Engines that make somebody in a picture speak: a picture and what is said in, a film out.
//!
//! The built-in engine draws frame by frame and needs no place here. An [`AvatarEngine`] is another one, which is asked
//! before a scene is drawn and gives its whole film at once; whatever is wrong with it or with its film, the built-in engine
//! draws the scene. [`HttpAvatarEngine`] asks one over HTTP; `docs/ENGINES.md` tells its protocol. To add another kind:
//! implement the trait, and choose it where the settings are read.

mod http;
mod settings;

use std::path::Path;

use async_trait::async_trait;
use bytes::Bytes;
use rostrum_model::picture::Size;
use rostrum_model::speech::{PhonemeSpan, WordSpan};
use serde::Serialize;

pub use http::HttpAvatarEngine;
pub use settings::{AvatarEngineSettings, AvatarSettingsFault};

use crate::engine_calls::CallFault;

/// What a film is to be made of.
#[derive(Debug, Clone)]
pub struct FilmOrder {
    /// A JPEG of the person as the scene shows them: the film has to show the same, moving.
    pub picture: Bytes,
    /// What is heard: a WAV file, mono, 16 bits. The film's own sound is not used.
    pub sound: Bytes,
    /// What is said when, and how the film is wanted.
    pub track: FilmTrack,
}

/// What is said when, and how a film is wanted: `speech` of the protocol.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FilmTrack {
    /// Frames per second of the film.
    pub frames_per_second: u32,
    /// How many frames it has; one more or less does not matter.
    pub frames: usize,
    /// Width and height of the picture, and best of the film.
    pub size: Size,
    /// Length of the sound in seconds.
    pub duration_s: f64,
    /// What is said, sound by sound, without gaps.
    pub phonemes: Vec<PhonemeSpan>,
    /// What is said, word by word; empty where nobody knows.
    pub words: Vec<WordSpan>,
    /// `low`, `medium` or `high`: how much the head moves.
    pub expressiveness: &'static str,
    /// What the person is asked to do.
    pub motion_prompt: Option<String>,
}

/// Makes films of people who speak.
#[async_trait]
pub trait AvatarEngine: Send + Sync {
    /// What identifies the engine and its state: films of another are not taken for its own.
    fn identity(&self) -> &str;

    /// Makes a film and writes it to `out`. Dropping the future gives it up.
    ///
    /// # Errors
    /// When there is none; what it is worth is for the caller to judge.
    async fn film(&self, order: FilmOrder, out: &Path) -> Result<(), CallFault>;
}
