//! Uploaded pictures and sound, decoded.

use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::Path;

use image::codecs::{jpeg::JpegDecoder, png::PngDecoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError};
use rostrum_model::asset::MediaType;
use rostrum_model::picture::RgbImage;
use rostrum_model::speech::SAMPLE_RATE;

use crate::error::{Limited, MediaError};
use crate::ffmpeg::{Ffmpeg, with_input};
use crate::probe::probe;
use crate::sandbox::{self, Limits};
use crate::sniff::{Sniffed, sniff};

/// The longest sound a video can be made from, in seconds (contract, usage limits).
pub const MAX_AUDIO_S: f64 = 600.0;

/// How much longer than allowed a sound may be, in seconds: MP3 files carry up to that much padding.
const AUDIO_TOLERANCE_S: f64 = 0.1;

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

impl ImageLimits {
    fn check(self, (width, height): (u32, u32)) -> Result<(), MediaError> {
        let side = width.max(height);
        if side > self.max_side {
            return Err(MediaError::Limit {
                what: Limited::ImageSide,
                measured: f64::from(side),
                limit: f64::from(self.max_side),
            });
        }
        let pixels = u64::from(width) * u64::from(height);
        if pixels > self.max_pixels {
            return Err(MediaError::Limit {
                what: Limited::ImagePixels,
                measured: pixels as f64,
                limit: self.max_pixels as f64,
            });
        }
        Ok(())
    }

    /// For the decoders' own bookkeeping: room for 16-bit RGBA of the largest picture.
    fn for_decoder(self) -> image::Limits {
        let mut limits = image::Limits::default();
        limits.max_alloc = Some(self.max_pixels.saturating_mul(8));
        limits
    }
}

/// Decodes a PNG or JPEG: turned upright as its EXIF orientation says, transparency laid on white. Blocking; runs in
/// this process, as the decoders are memory-safe.
///
/// # Errors
/// [`MediaError::Limit`] before any pixel is decoded, [`MediaError::Unsupported`] for other types,
/// [`MediaError::Malformed`] for damaged files.
pub fn decode_image(bytes: &[u8], limits: ImageLimits) -> Result<RgbImage, MediaError> {
    let source = Cursor::new(bytes);
    match sniff(bytes) {
        Sniffed::Supported(MediaType::Png) => {
            let decoder = PngDecoder::with_limits(source, limits.for_decoder());
            finish_image(decoder.map_err(|error| malformed(&error))?, limits)
        }
        Sniffed::Supported(MediaType::Jpeg) => {
            finish_image(JpegDecoder::new(source).map_err(|error| malformed(&error))?, limits)
        }
        other => Err(MediaError::Unsupported { found: other.found().to_owned() }),
    }
}

fn finish_image(mut decoder: impl ImageDecoder, limits: ImageLimits) -> Result<RgbImage, MediaError> {
    limits.check(decoder.dimensions())?;
    decoder.set_limits(limits.for_decoder()).map_err(|error| malformed(&error))?;
    // A damaged EXIF block is no reason to refuse the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut decoded = DynamicImage::from_decoder(decoder).map_err(|error| malformed(&error))?;
    decoded.apply_orientation(orientation);
    let (width, height) = (decoded.width() as usize, decoded.height() as usize);
    let pixels = if decoded.color().has_alpha() {
        lay_on_white(&decoded.into_rgba8())
    } else {
        decoded.into_rgb8().into_raw()
    };
    Ok(RgbImage { width, height, pixels })
}

fn lay_on_white(image: &image::RgbaImage) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(image.len() / 4 * 3);
    for &image::Rgba([r, g, b, alpha]) in image.pixels() {
        let over_white = |value: u8| {
            let (value, alpha) = (u32::from(value), u32::from(alpha));
            ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
        };
        pixels.extend([over_white(r), over_white(g), over_white(b)]);
    }
    pixels
}

fn malformed(error: &ImageError) -> MediaError {
    MediaError::Malformed { detail: error.to_string() }
}

/// Decodes the first sound stream of a file to mono samples at [`SAMPLE_RATE`], -1..1.
///
/// # Errors
/// [`MediaError::MissingStream`] without sound, [`MediaError::Limit`] beyond [`MAX_AUDIO_S`],
/// [`MediaError::Malformed`] for damaged files.
pub async fn decode_audio(ffmpeg: &Ffmpeg, path: &Path) -> Result<Vec<f32>, MediaError> {
    let audio = probe(ffmpeg, path).await?.audio.ok_or(MediaError::MissingStream { stream: "audio" })?;
    check_length(audio.duration_s)?;
    // Headers may lie about the length: one second more than allowed is decoded, so that the check after it can tell.
    // Without the bound, mixing equal channels down in floating point would make them louder and clip.
    let to_mono =
        format!("aresample={SAMPLE_RATE}:rematrix_maxval=1,aformat=sample_fmts=flt:channel_layouts=mono");
    let call = with_input(ffmpeg.call(Limits::READING), path, &[])
        .args(["-map", "0:a:0", "-t", &(MAX_AUDIO_S + 1.0).to_string()])
        .args(["-af", &to_mono, "-f", "f32le", "pipe:1"]);
    let mut samples = Vec::new();
    let mut rest: Vec<u8> = Vec::new();
    sandbox::stream(&call, |bytes| {
        rest.extend_from_slice(bytes);
        let whole = rest.len() / 4 * 4;
        samples.extend(rest[..whole].chunks_exact(4).map(|sample| {
            let value = f32::from_le_bytes([sample[0], sample[1], sample[2], sample[3]]);
            if value.is_finite() { value.clamp(-1.0, 1.0) } else { 0.0 }
        }));
        rest.drain(..whole);
        ControlFlow::Continue(())
    })
    .await
    .map_err(MediaError::from_decoder)?;
    if samples.is_empty() {
        return Err(MediaError::Malformed { detail: "no sound could be decoded".into() });
    }
    check_length(samples.len() as f64 / f64::from(SAMPLE_RATE))?;
    Ok(samples)
}

fn check_length(duration_s: f64) -> Result<(), MediaError> {
    if duration_s > MAX_AUDIO_S + AUDIO_TOLERANCE_S {
        return Err(MediaError::Limit {
            what: Limited::AudioSeconds,
            measured: duration_s,
            limit: MAX_AUDIO_S,
        });
    }
    Ok(())
}
