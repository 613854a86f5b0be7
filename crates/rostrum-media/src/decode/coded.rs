//! Pictures whose coded parts go to ffmpeg's decoders.

use std::io::Cursor;
use std::path::Path;

use image::DynamicImage;
use image::metadata::Orientation;
use rostrum_model::asset::MediaType;
use rostrum_model::picture::{RgbImage, RgbaImage};

use super::image::{decode_stored, to_rgb};
use super::mosaic::Mosaic;
use crate::error::MediaError;
use crate::ffmpeg::{Ffmpeg, with_stream};
use crate::heif::{Codec, CodedPicture, CodedPictures, Transform};
use crate::inspect::{ImageLimits, InspectLimits, inspect, item_list};
use crate::sandbox::{self, Limits, ProgramError};
use crate::sniff::sniff;

/// Decodes a picture of any type but SVG: what [`crate::decode_image`] takes on a thread that may block, AVIF and HEIC by ffmpeg
/// in the sandbox, which reads one file that is written into `job_dir` for it and removed.
///
/// Colours are taken as sRGB. Of files with several pictures the main one is decoded.
///
/// # Errors
/// As [`crate::decode_image`]; [`MediaError::Undrawable`] when this ffmpeg lacks the decoder.
pub async fn decode_picture(
    ffmpeg: &Ffmpeg,
    job_dir: &Path,
    bytes: impl AsRef<[u8]> + Send + 'static,
    limits: ImageLimits,
) -> Result<RgbImage, MediaError> {
    let Turned { stored, upright } = decode_turned(ffmpeg, job_dir, bytes, limits).await?;
    let finish = move || to_rgb(upright.apply(stored));
    tokio::task::spawn_blocking(finish).await.map_err(interrupted)
}

/// Decodes a picture of any type that [`decode_picture`] takes, with its transparency.
///
/// # Errors
/// As [`decode_picture`].
pub async fn decode_clear_picture(
    ffmpeg: &Ffmpeg,
    job_dir: &Path,
    bytes: impl AsRef<[u8]> + Send + 'static,
    limits: ImageLimits,
) -> Result<RgbaImage, MediaError> {
    let Turned { stored, upright } = decode_turned(ffmpeg, job_dir, bytes, limits).await?;
    let finish = move || {
        let image = upright.apply(stored).into_rgba8();
        let (width, height) = (image.width() as usize, image.height() as usize);
        let mut pixels = image.into_raw();
        for pixel in pixels.chunks_exact_mut(4) {
            let alpha = u32::from(pixel[3]);
            for value in &mut pixel[..3] {
                *value = ((u32::from(*value) * alpha + 127) / 255) as u8;
            }
        }
        RgbaImage { width, height, pixels }
    };
    tokio::task::spawn_blocking(finish).await.map_err(interrupted)
}

/// Decodes a picture with its transparency, and tells how it is to be turned.
///
/// # Errors
/// As [`decode_picture`].
pub(crate) async fn decode_turned(
    ffmpeg: &Ffmpeg,
    job_dir: &Path,
    bytes: impl AsRef<[u8]> + Send + 'static,
    limits: ImageLimits,
) -> Result<Turned, MediaError> {
    let coded = tokio::task::spawn_blocking(move || {
        let bytes = bytes.as_ref();
        match sniff(bytes).media_type() {
            Some(media_type @ (MediaType::Avif | MediaType::Heic)) => {
                take_apart(media_type, bytes, limits).map(Decoded::Not)
            }
            _ => decode_stored(bytes, limits).map(Decoded::Whole),
        }
    });
    let coded = match coded.await.map_err(interrupted)?? {
        Decoded::Whole(turned) => return Ok(turned),
        Decoded::Not(coded) => coded,
    };
    let picture = decode(ffmpeg, job_dir, &coded.picture, limits).await?;
    let alpha = match &coded.alpha {
        Some(alpha) => Some(decode(ffmpeg, job_dir, alpha, limits).await?),
        None => None,
    };
    let upright = Upright::Transforms(coded.transforms);
    let with_alpha = move || Turned { stored: join_alpha(picture, alpha), upright };
    tokio::task::spawn_blocking(with_alpha).await.map_err(interrupted)
}

/// A picture as it is stored.
pub(crate) struct Turned {
    pub(crate) stored: DynamicImage,
    /// What makes it upright.
    pub(crate) upright: Upright,
}

/// How a picture is turned before it is shown.
pub(crate) enum Upright {
    /// As EXIF says.
    Exif(Orientation),
    /// As the properties of a HEIC or AVIF file say.
    Transforms(Vec<Transform>),
}

impl Upright {
    /// Whether width and height change places.
    pub(crate) fn swaps_sides(&self) -> bool {
        match self {
            Self::Exif(orientation) => matches!(
                orientation,
                Orientation::Rotate90
                    | Orientation::Rotate270
                    | Orientation::Rotate90FlipH
                    | Orientation::Rotate270FlipH
            ),
            Self::Transforms(transforms) => {
                let quarters = transforms.iter().filter(|one| matches!(one, Transform::TurnLeft(1 | 3)));
                quarters.count() % 2 == 1
            }
        }
    }

    /// Turns a picture, of any size.
    pub(crate) fn apply(&self, mut picture: DynamicImage) -> DynamicImage {
        match self {
            Self::Exif(orientation) => {
                picture.apply_orientation(*orientation);
                picture
            }
            Self::Transforms(transforms) => transforms.iter().copied().fold(picture, transformed),
        }
    }
}

enum Decoded {
    Whole(Turned),
    Not(CodedPictures),
}

fn take_apart(media_type: MediaType, bytes: &[u8], limits: ImageLimits) -> Result<CodedPictures, MediaError> {
    let inspect_limits = InspectLimits { image: limits, ..InspectLimits::default() };
    inspect(media_type, &mut Cursor::new(bytes), &inspect_limits)?;
    let meta = item_list(&mut Cursor::new(bytes), &inspect_limits)?;
    CodedPictures::read(bytes, &meta, limits)
}

/// The task ends early only when the program ends.
fn interrupted(error: tokio::task::JoinError) -> MediaError {
    MediaError::io("decode the picture")(error.into())
}

/// Decodes the tiles and puts them together.
async fn decode(
    ffmpeg: &Ffmpeg,
    job_dir: &Path,
    coded: &CodedPicture,
    limits: ImageLimits,
) -> Result<image::RgbImage, MediaError> {
    let (name, demuxer) = match coded.codec {
        Codec::Hevc => ("picture.hevc", "hevc"),
        Codec::Av1 => ("picture.ivf", "ivf"),
    };
    let stream = job_dir.join(name);
    tokio::fs::write(&stream, &coded.stream).await.map_err(MediaError::io("write the coded picture"))?;
    let frame_count = coded.columns * coded.rows;
    let max_pixels = limits.max_pixels.to_string();
    let call = with_stream(ffmpeg.call(Limits::READING), &stream, demuxer, &["-max_pixels", &max_pixels])
        .args(["-map", "0:v:0", "-fps_mode", "passthrough", "-frames:v", &frame_count.to_string()])
        .args([
            "-vf",
            &to_rgb_filter(coded.matrix),
            "-c:v",
            "ppm",
            "-pix_fmt",
            "rgb24",
            "-f",
            "image2pipe",
            "pipe:1",
        ]);
    let mut mosaic = Mosaic::new(coded);
    let decoded = sandbox::stream(&call, |bytes| mosaic.add(bytes)).await;
    // What is left lies in the job's own folder.
    tokio::fs::remove_file(&stream).await.ok();
    decoded.map_err(refused)?;
    mosaic.finish()
}

/// To 8-bit RGB, by the matrix that the file names rather than the one in the stream, which is often left out.
fn to_rgb_filter(matrix: Option<(u16, bool)>) -> String {
    let flags = "scale=flags=accurate_rnd+full_chroma_int";
    let Some((matrix, is_full_range)) = matrix else { return flags.to_owned() };
    let range = if is_full_range { "full" } else { "limited" };
    match matrix {
        1 => format!("{flags}:in_color_matrix=bt709:in_range={range}"),
        5 | 6 => format!("{flags}:in_color_matrix=bt601:in_range={range}"),
        9 => format!("{flags}:in_color_matrix=bt2020:in_range={range}"),
        _ => flags.to_owned(),
    }
}

fn refused(error: ProgramError) -> MediaError {
    let lacks_decoder =
        error.complaint().is_some_and(|text| text.to_ascii_lowercase().contains("decoder not found"));
    if lacks_decoder {
        let found = "coded in a way that the installed ffmpeg does not know".to_owned();
        return MediaError::Undrawable {
            found,
            way_out: "export it as PNG or JPEG, or install a newer ffmpeg",
        };
    }
    MediaError::from_decoder(error).blaming_the_file()
}

fn join_alpha(picture: image::RgbImage, alpha: Option<image::RgbImage>) -> DynamicImage {
    let alpha = alpha.filter(|alpha| alpha.dimensions() == picture.dimensions());
    match alpha {
        None => DynamicImage::from(picture),
        Some(alpha) => {
            let mut with_alpha = DynamicImage::from(picture).into_rgba8();
            for (pixel, opacity) in with_alpha.pixels_mut().zip(alpha.pixels()) {
                pixel.0[3] = opacity.0[0];
            }
            DynamicImage::from(with_alpha)
        }
    }
}

fn transformed(picture: DynamicImage, transform: Transform) -> DynamicImage {
    match transform {
        Transform::TurnLeft(0 | 4..) => picture,
        Transform::TurnLeft(1) => picture.rotate270(),
        Transform::TurnLeft(2) => picture.rotate180(),
        Transform::TurnLeft(3) => picture.rotate90(),
        Transform::FlipVertically => picture.flipv(),
        Transform::FlipHorizontally => picture.fliph(),
    }
}
