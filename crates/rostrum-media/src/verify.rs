//! The last check before a video counts as completed.

use std::path::Path;

use rostrum_model::picture::Size;

use crate::error::MediaError;
use crate::ffmpeg::Ffmpeg;

/// What the finished file should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Width and height in pixels.
    pub size: Size,
    /// Number of frames.
    pub frame_count: u64,
    /// Frames per second.
    pub frames_per_second: u32,
    /// Whether someone is heard and seen speaking.
    pub has_speech: bool,
}

/// A file that is what was planned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verified {
    /// Length in seconds, as probed.
    pub duration_s: f64,
}

/// In what way the file is not what was planned.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// No picture or no sound in it.
    #[error("the output has no {stream} stream")]
    MissingStream {
        /// `audio` or `video`.
        stream: &'static str,
    },
    /// Another picture size than planned.
    #[error("the output is {}x{}, planned {}x{}", .found.width, .found.height, .planned.width, .planned.height)]
    WrongSize {
        /// In the file.
        found: Size,
        /// In the plan.
        planned: Size,
    },
    /// Shorter or longer than planned by more than a frame.
    #[error("the output lasts {found_s:.3} s, planned {planned_s:.3} s")]
    WrongDuration {
        /// In the file.
        found_s: f64,
        /// In the plan.
        planned_s: f64,
    },
    /// Picture and sound end more than 20 ms apart.
    #[error("the picture ends at {video_end_s:.3} s and the sound at {audio_end_s:.3} s")]
    Drift {
        /// End of the picture.
        video_end_s: f64,
        /// End of the sound.
        audio_end_s: f64,
    },
    /// A frame is black.
    #[error("the picture is black at {at_s:.2} s")]
    Black {
        /// When.
        at_s: f64,
    },
    /// A frame is all of one colour.
    #[error("the picture is of one colour at {at_s:.2} s")]
    Blank {
        /// When.
        at_s: f64,
    },
    /// The picture stands still while someone speaks.
    #[error("the picture stands still from {from_s:.2} s to {to_s:.2} s")]
    Frozen {
        /// Start of the standstill.
        from_s: f64,
        /// End of it.
        to_s: f64,
    },
    /// Speech was planned, nothing is heard.
    #[error("the sound is silent")]
    Silent,
    /// The file cannot be read at all.
    #[error("the output cannot be read")]
    Unreadable(#[from] MediaError),
}

/// Decodes all of `path` and compares it with the plan.
///
/// # Errors
/// With the first reason the file is not what was planned.
pub async fn verify_output(ffmpeg: &Ffmpeg, path: &Path, plan: &Plan) -> Result<Verified, VerifyError> { let _ = (ffmpeg, path, plan); unimplemented!() }
