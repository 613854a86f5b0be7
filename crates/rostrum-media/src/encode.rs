//! Pictures to files: video segments, the thumbnail, the preview GIF.

use std::path::Path;

use rostrum_model::picture::Size;

use crate::canvas::Canvas;
use crate::error::MediaError;
use crate::ffmpeg::Ffmpeg;

/// Encodes one part of a video with libx264. Blocking: make it, feed it and finish it on a thread that may block. Dropping
/// it unfinished kills the encoder.
pub struct SegmentEncoder {}

impl SegmentEncoder {
    /// Starts ffmpeg, writing an MP4 without sound to `job_dir/name`.
    ///
    /// # Errors
    /// When ffmpeg cannot be started.
    pub fn start(ffmpeg: &Ffmpeg, job_dir: &Path, name: &str, size: Size, frames_per_second: u32) -> Result<Self, MediaError> { let _ = (ffmpeg, job_dir, name, size, frames_per_second); unimplemented!() }
    /// Adds a frame. Waits while the encoder is busy.
    ///
    /// # Errors
    /// With the end of ffmpeg's error output when it has died.
    pub fn write_frame(&mut self, canvas: &Canvas) -> Result<(), MediaError> { let _ = canvas; unimplemented!() }
    /// Waits until the file is complete.
    ///
    /// # Errors
    /// With the end of ffmpeg's error output when it failed.
    pub fn finish(self) -> Result<(), MediaError> { unimplemented!() }
}

/// Writes the frame at `at_s` seconds of `video` as a JPEG to `out`.
///
/// # Errors
/// When `video` cannot be decoded or has no frame there.
pub async fn thumbnail(ffmpeg: &Ffmpeg, video: &Path, at_s: f64, out: &Path) -> Result<(), MediaError> { let _ = (ffmpeg, video, at_s, out); unimplemented!() }

/// Writes the first 3 seconds of `video` as an animated GIF, 320 pixels wide, 10 frames per second, to `out`.
///
/// # Errors
/// When `video` cannot be decoded.
pub async fn gif(ffmpeg: &Ffmpeg, video: &Path, out: &Path) -> Result<(), MediaError> { let _ = (ffmpeg, video, out); unimplemented!() }
