//! Sound with the times of what is said in it.

use chrono::{DateTime, Utc};

use crate::asset::ContentHash;
use crate::ids::{SpeechId, WorkspaceId};

/// The rate of all speech inside Rostrum, in samples per second.
pub const SAMPLE_RATE: u32 = 24_000;

/// A text that was spoken into a file of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Speech {
    /// Its id, which is also the secret in its file's URL.
    pub id: SpeechId,
    /// The workspace that asked for it.
    pub workspace_id: WorkspaceId,
    /// Hash of what was said, who said it and how; the same request has the same.
    pub spoken: ContentHash,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// One phoneme and when it sounds.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PhonemeSpan {
    /// Symbol of the misaki alphabet (IPA with `A I O W Y Q` for diphthongs, `ʤ ʧ` for affricates, `T` for the flap),
    /// without stress or length marks; empty for a pause.
    pub symbol: String,
    /// Start, in seconds from the first sample.
    pub start_s: f64,
    /// End, in seconds; the next span starts here.
    pub end_s: f64,
    /// Whether a stress mark stood before this vowel.
    pub stressed: bool,
}

/// One written word and when it is heard.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct WordSpan {
    /// The word as the script writes it, with its punctuation.
    pub text: String,
    /// Start, in seconds from the first sample.
    pub start_s: f64,
    /// End, in seconds.
    pub end_s: f64,
}

/// Speech with the exact times of its phonemes and words. Phoneme spans cover the whole sound without gaps (pauses
/// are spans with an empty symbol); words may have gaps between them.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct SpeechTrack {
    /// Mono samples at [`SAMPLE_RATE`], -1..1.
    pub samples: Vec<f32>,
    /// What is said, sound by sound, in order.
    pub phonemes: Vec<PhonemeSpan>,
    /// What is said, word by word, in order; empty when the words are not known (uploaded audio).
    pub words: Vec<WordSpan>,
}

impl SpeechTrack {
    /// Length of the sound in seconds.
    pub fn duration_s(&self) -> f64 {
        self.samples.len() as f64 / f64::from(SAMPLE_RATE)
    }
}
