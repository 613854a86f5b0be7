//! Small still pictures of uploaded files.
//!
//! JPEG, or PNG where something is transparent: both are written in this process by memory-safe code, whatever encoders
//! the installed ffmpeg has, and everything that shows pictures reads them.

use std::path::Path;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{PixelType, Resizer};
use image::codecs::{jpeg::JpegEncoder, png::PngEncoder};
use image::{DynamicImage, ExtendedColorType, ImageEncoder, RgbImage, RgbaImage};
use rostrum_model::picture::Size;
use rostrum_model::processing::ThumbnailType;

use crate::decode::{Turned, decode_turned};
use crate::error::MediaError;
use crate::ffmpeg::Ffmpeg;
use crate::inspect::ImageLimits;

/// Longest side, in pixels. Smaller pictures keep their size.
pub const THUMBNAIL_SIDE: usize = 512;

/// Of 100; photographs of this size come out at about 40 KB.
const JPEG_QUALITY: u8 = 85;

/// A small still picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// How it is encoded.
    pub encoding: ThumbnailType,
    /// The file.
    pub bytes: Vec<u8>,
}

/// What decoding a picture shows.
pub struct LookedAt {
    /// Size as stored.
    pub stored_size: Size,
    /// Size when turned upright.
    pub shown_size: Size,
    /// Whether some pixel is not opaque.
    pub has_alpha: bool,
    /// The picture made small, upright.
    pub thumbnail: Thumbnail,
}

/// Decodes a picture of any type but SVG (of moving ones the first frame) and makes it small; `job_dir` as for
/// [`crate::decode_picture`]. Takes memory for the whole picture, up to 8 bytes a pixel.
///
/// # Errors
/// As [`crate::decode_picture`].
pub async fn look_at_picture(
    ffmpeg: &Ffmpeg,
    job_dir: &Path,
    bytes: impl AsRef<[u8]> + Send + 'static,
    limits: ImageLimits,
) -> Result<LookedAt, MediaError> {
    let turned = decode_turned(ffmpeg, job_dir, bytes, limits).await.map_err(MediaError::blaming_the_file)?;
    let shrinking = tokio::task::spawn_blocking(move || shrink(turned));
    shrinking.await.map_err(|error| MediaError::io("make the picture small")(error.into()))?
}

/// Made small first and turned then, which takes a hundredth of the memory.
fn shrink(Turned { stored, upright }: Turned) -> Result<LookedAt, MediaError> {
    let stored_size = Size { width: stored.width() as usize, height: stored.height() as usize };
    let pixels = Pixels::of(stored);
    let has_alpha = matches!(pixels, Pixels::Transparent(_));
    let small = upright.apply(pixels.resized(fitted(stored_size))?);
    let shown_size = if upright.swaps_sides() {
        Size { width: stored_size.height, height: stored_size.width }
    } else {
        stored_size
    };
    Ok(LookedAt { stored_size, shown_size, has_alpha, thumbnail: encode(&Pixels::of(small))? })
}

/// The size of the thumbnail of a picture.
pub(crate) fn fitted(size: Size) -> Size {
    let longest = size.width.max(size.height);
    if longest <= THUMBNAIL_SIDE {
        return size;
    }
    let scaled = |side: usize| ((side * THUMBNAIL_SIDE + longest / 2) / longest).max(1);
    Size { width: scaled(size.width), height: scaled(size.height) }
}

/// 8-bit pixels.
pub(crate) enum Pixels {
    Opaque(RgbImage),
    Transparent(RgbaImage),
}

impl Pixels {
    pub(crate) fn of(image: DynamicImage) -> Self {
        if !image.color().has_alpha() {
            return Self::Opaque(image.into_rgb8());
        }
        let image = image.into_rgba8();
        // GIF and many PNG files have an alpha channel that hides nothing.
        if image.pixels().all(|pixel| pixel.0[3] == u8::MAX) {
            return Self::Opaque(DynamicImage::from(image).into_rgb8());
        }
        Self::Transparent(image)
    }

    /// Averages colours by how opaque they are, so that hidden ones do not shine through at edges.
    fn resized(self, size: Size) -> Result<DynamicImage, MediaError> {
        let (width, height, pixel_type, pixels) = match &self {
            Self::Opaque(image) => (image.width(), image.height(), PixelType::U8x3, image.as_raw()),
            Self::Transparent(image) => (image.width(), image.height(), PixelType::U8x4, image.as_raw()),
        };
        let failed = |error: &dyn std::fmt::Display| {
            MediaError::io("make the picture small")(std::io::Error::other(error.to_string()))
        };
        let source = ImageRef::new(width, height, pixels, pixel_type).map_err(|error| failed(&error))?;
        let (width, height) = (size.width as u32, size.height as u32);
        let mut small = Image::new(width, height, pixel_type);
        Resizer::new().resize(&source, &mut small, None).map_err(|error| failed(&error))?;
        let pixels = small.into_vec();
        let image = match self {
            Self::Opaque(_) => RgbImage::from_raw(width, height, pixels).map(DynamicImage::from),
            Self::Transparent(_) => RgbaImage::from_raw(width, height, pixels).map(DynamicImage::from),
        };
        Ok(image.expect("a buffer of the size asked for"))
    }
}

/// A picture as a JPEG.
///
/// # Errors
/// When it is larger than JPEGs can be.
pub fn jpeg(image: &rostrum_model::picture::RgbImage) -> Result<Vec<u8>, MediaError> {
    let mut bytes = Vec::new();
    let (width, height) = (image.width as u32, image.height as u32);
    JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)
        .write_image(&image.pixels, width, height, ExtendedColorType::Rgb8)
        .map_err(|error| MediaError::io("write the picture")(std::io::Error::other(error)))?;
    Ok(bytes)
}

/// Writes a picture of its final size.
pub(crate) fn encode(pixels: &Pixels) -> Result<Thumbnail, MediaError> {
    let mut bytes = Vec::new();
    let (encoding, written) = match pixels {
        Pixels::Opaque(image) => {
            let encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
            let written = encoder.write_image(image, image.width(), image.height(), ExtendedColorType::Rgb8);
            (ThumbnailType::Jpeg, written)
        }
        Pixels::Transparent(image) => {
            let encoder = PngEncoder::new(&mut bytes);
            let written = encoder.write_image(image, image.width(), image.height(), ExtendedColorType::Rgba8);
            (ThumbnailType::Png, written)
        }
    };
    written.map_err(|error| MediaError::io("write the thumbnail")(std::io::Error::other(error)))?;
    Ok(Thumbnail { encoding, bytes })
}

impl std::fmt::Debug for Thumbnail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Thumbnail({:?}, {} bytes)", self.encoding, self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbnails_keep_the_shape_and_never_grow() {
        let fit = |width, height| {
            let Size { width, height } = fitted(Size { width, height });
            (width, height)
        };
        assert_eq!(fit(4000, 3000), (512, 384));
        assert_eq!(fit(300, 400), (300, 400));
        assert_eq!(fit(16_384, 1), (512, 1));
        assert_eq!(fit(513, 512), (512, 511));
    }

    #[test]
    fn colours_under_full_transparency_do_not_shine_through() {
        // Columns of opaque white beside hidden red, one pixel each.
        let image = RgbaImage::from_fn(1024, 8, |x, _| {
            image::Rgba(if x % 2 == 0 { [255; 4] } else { [255, 0, 0, 0] })
        });
        let small = Pixels::of(image.into()).resized(Size { width: 512, height: 4 }).unwrap().into_rgba8();
        let centre = small.get_pixel(256, 2).0;
        assert!(centre[1] > 250 && centre[2] > 250, "{centre:?}");
        assert!((100..=155).contains(&centre[3]), "{centre:?}");
    }

    #[test]
    fn an_alpha_channel_that_hides_nothing_does_not_count() {
        let opaque = RgbaImage::from_pixel(4, 4, image::Rgba([9, 9, 9, 255]));
        assert!(matches!(Pixels::of(opaque.into()), Pixels::Opaque(_)));
    }
}
