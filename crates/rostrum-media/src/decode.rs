//! Uploaded pictures and sound, decoded.

use std::path::Path;

use rostrum_model::picture::RgbImage;

use crate::error::MediaError;
use crate::ffmpeg::Ffmpeg;

/// The longest sound a video can be made from, in seconds (contract, usage limits).
pub const MAX_AUDIO_S: f64 = 600.0;

/// The largest picture that is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageLimits {
    /// Longest width or height in pixels.
    pub max_side: u32,
    /// Largest width times height.
    pub max_pixels: u64,
}

impl Default for ImageLimits {
    fn default() -> Self {
        Self { max_side: 16_384, max_pixels: 100_000_000 }
    }
}

/// Decodes a PNG or JPEG: turned upright as its EXIF orientation says, transparency laid on white. Blocking; runs in
/// this process, as the decoders are memory-safe.
///
/// # Errors
/// [`MediaError::Limit`] before any pixel is decoded, [`MediaError::Unsupported`] for other types,
/// [`MediaError::Malformed`] for damaged files.
pub fn decode_image(bytes: &[u8], limits: ImageLimits) -> Result<RgbImage, MediaError> { let _ = (bytes, limits); unimplemented!() }

/// Decodes the first sound stream of a file to mono samples at [`rostrum_model::speech::SAMPLE_RATE`], -1..1.
///
/// # Errors
/// [`MediaError::MissingStream`] without sound, [`MediaError::Limit`] beyond [`MAX_AUDIO_S`],
/// [`MediaError::Malformed`] for damaged files.
pub async fn decode_audio(ffmpeg: &Ffmpeg, path: &Path) -> Result<Vec<f32>, MediaError> { let _ = (ffmpeg, path); unimplemented!() }
