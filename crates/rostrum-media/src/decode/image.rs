//! Pictures that are decoded in this process.

use std::io::Cursor;

use image::codecs::{gif::GifDecoder, jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError};
use rostrum_model::asset::MediaType;
use rostrum_model::picture::RgbImage;

use super::coded::{Turned, Upright};
use crate::error::MediaError;
use crate::inspect::{ImageLimits, InspectLimits, inspect};
use crate::sniff::{Sniffed, sniff};

impl ImageLimits {
    /// For the decoders' own bookkeeping: room for 16-bit RGBA of the largest picture.
    fn for_decoder(self) -> image::Limits {
        let mut limits = image::Limits::default();
        limits.max_alloc = Some(self.max_pixels.saturating_mul(8));
        limits
    }
}

/// Decodes a PNG, JPEG, WebP or GIF (of moving ones the first frame): turned upright as its EXIF orientation says,
/// transparency laid on white. Blocking; runs in this process, as the decoders are memory-safe. For the other types see
/// [`crate::decode_picture`].
///
/// # Errors
/// What [`inspect`] finds wrong, [`MediaError::Limit`] before any pixel is decoded, [`MediaError::Undrawable`] for
/// SVG, [`MediaError::Unsupported`] for other types, [`MediaError::Malformed`] for damaged files.
pub fn decode_image(bytes: &[u8], limits: ImageLimits) -> Result<RgbImage, MediaError> {
    let Turned { stored, upright } = decode_stored(bytes, limits)?;
    Ok(to_rgb(upright.apply(stored)))
}

/// Decodes what [`decode_image`] takes, with its transparency, and tells how it is to be turned.
pub(super) fn decode_stored(bytes: &[u8], limits: ImageLimits) -> Result<Turned, MediaError> {
    let sniffed = sniff(bytes);
    let Sniffed::Supported(
        media_type @ (MediaType::Png | MediaType::Jpeg | MediaType::Webp | MediaType::Gif),
    ) = sniffed
    else {
        return Err(not_here(&sniffed));
    };
    inspect(
        media_type,
        &mut Cursor::new(bytes),
        &InspectLimits { image: limits, ..InspectLimits::default() },
    )?;
    let source = Cursor::new(bytes);
    match media_type {
        MediaType::Png => finish(PngDecoder::with_limits(source, limits.for_decoder()), limits),
        MediaType::Jpeg => finish(JpegDecoder::new(source), limits),
        MediaType::Webp => finish(WebPDecoder::new(source), limits),
        _ => finish(GifDecoder::new(source), limits),
    }
}

fn not_here(sniffed: &Sniffed) -> MediaError {
    let found = sniffed.found().to_owned();
    if sniffed.media_type() == Some(MediaType::Svg) {
        return MediaError::Undrawable { found, way_out: "export it as PNG and upload that" };
    }
    MediaError::Unsupported { found }
}

fn finish<D: ImageDecoder>(
    decoder: Result<D, ImageError>,
    limits: ImageLimits,
) -> Result<Turned, MediaError> {
    let mut decoder = decoder.map_err(|error| malformed(&error))?;
    let (width, height) = decoder.dimensions();
    limits.check(width, height)?;
    decoder.set_limits(limits.for_decoder()).map_err(|error| malformed(&error))?;
    // A damaged EXIF block is no reason to refuse the picture. WebP files may have JPEG's prefix before it.
    let exif = decoder.exif_metadata().ok().flatten().unwrap_or_default();
    let orientation = Orientation::from_exif_chunk(exif.strip_prefix(b"Exif\0\0").unwrap_or(&exif))
        .unwrap_or(Orientation::NoTransforms);
    let stored = DynamicImage::from_decoder(decoder).map_err(|error| malformed(&error))?;
    Ok(Turned { stored, upright: Upright::Exif(orientation) })
}

/// The pixels alone, transparency laid on white.
pub(super) fn to_rgb(image: DynamicImage) -> RgbImage {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let pixels = if image.color().has_alpha() {
        lay_on_white(&image.into_rgba8())
    } else {
        image.into_rgb8().into_raw()
    };
    RgbImage { width, height, pixels }
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
