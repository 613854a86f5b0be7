//! Looking into a media file with ffprobe.

use std::path::Path;

use crate::error::MediaError;
use crate::ffmpeg::Ffmpeg;

/// What is in a media file.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    /// ffmpeg's name of the container, e.g. `mov,mp4,m4a,3gp,3g2,mj2`.
    pub format: String,
    /// Length of the file in seconds; 0 when the file does not say.
    pub duration_s: f64,
    /// The first stream of moving pictures (cover art does not count).
    pub video: Option<VideoStream>,
    /// The first stream of sound.
    pub audio: Option<AudioStream>,
}

/// A stream of moving pictures.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoStream {
    /// Coded width in pixels.
    pub width: usize,
    /// Coded height in pixels.
    pub height: usize,
    /// Average rate.
    pub frames_per_second: f64,
    /// Number of frames, where the container tells.
    pub frame_count: Option<u64>,
    /// ffmpeg's name of the codec, e.g. `h264`.
    pub codec: String,
    /// Length in seconds (the file's, where the stream does not tell).
    pub duration_s: f64,
    /// ffmpeg's name of the pixel format, e.g. `yuv420p`.
    pub pixel_format: String,
}

/// A stream of sound.
#[derive(Debug, Clone, PartialEq)]
pub struct AudioStream {
    /// Samples per second.
    pub sample_rate: u32,
    /// Number of channels.
    pub channels: u32,
    /// Length in seconds (the file's, where the stream does not tell).
    pub duration_s: f64,
    /// ffmpeg's name of the codec, e.g. `aac`.
    pub codec: String,
}

/// Reads the headers of the file at `path` in the sandbox.
///
/// # Errors
/// [`MediaError::Malformed`] when ffprobe cannot make sense of it.
pub async fn probe(ffmpeg: &Ffmpeg, path: &Path) -> Result<Probe, MediaError> { let _ = (ffmpeg, path); unimplemented!() }
