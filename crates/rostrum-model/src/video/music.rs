//! Music under a whole video.

use serde::{Deserialize, Serialize};

use crate::ids::AssetId;

/// Music that is heard under all of a video, again from its start when it ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Music<S = AssetId> {
    /// The recording: an asset of kind audio, or what a request names.
    pub sound: S,
    /// Loudness against the recording's own, 0..=1.
    pub volume: f32,
    /// Whether it becomes quieter while somebody speaks.
    pub ducks: bool,
}

/// How loud music is where nothing is said of it.
pub const USUAL_MUSIC_VOLUME: f32 = 0.25;

impl<S> Music<S> {
    /// The same of another recording.
    pub fn with<T>(self, sound: T) -> Music<T> {
        Music { sound, volume: self.volume, ducks: self.ducks }
    }
}
