//! A small still picture of a video.

use std::path::Path;
use std::time::Duration;

use image::{RgbImage, RgbaImage};

use crate::error::MediaError;
use crate::ffmpeg::{Ffmpeg, with_input};
use crate::probe::VideoStream;
use crate::sandbox::{self, Invocation, Limits};
use crate::thumbnail::{Pixels, Thumbnail, encode, fitted};

/// For finding and decoding one frame.
const ONE_FRAME: Limits = Limits { wall_clock: Duration::from_secs(30), cpu_s: 60, ..Limits::READING };

/// Where a frame worth showing is looked for, as shares of the length: titles and fades are at the beginning.
const SHARES: [f64; 5] = [0.1, 0.3, 0.5, 0.75, 0.0];

/// The same for files that do not tell their length, in seconds.
const PLACES_S: [f64; 4] = [1.0, 3.0, 10.0, 0.0];

/// A pixel is dark when all its colours are at most this.
const DARK: u8 = 32;

/// Of so many pixels at least one must not be dark for a frame to count as a picture.
const ONE_BRIGHT_OF: usize = 50;

/// Decodes a frame that is not black, turned as it is to be shown, and makes it small. Of a video that is black at every
/// place looked at, the brightest of those frames.
///
/// # Errors
/// When no frame can be decoded.
pub async fn look_at_video(
    ffmpeg: &Ffmpeg,
    path: &Path,
    video: &VideoStream,
) -> Result<Thumbnail, MediaError> {
    let places: Vec<f64> = if video.duration_s > 0.0 {
        SHARES.iter().map(|share| share * video.duration_s).collect()
    } else {
        PLACES_S.to_vec()
    };
    let mut brightest: Option<(usize, Pixels)> = None;
    let mut failure = MediaError::malformed("no frame could be decoded");
    for at_s in places {
        let pixels = match frame(ffmpeg, path, video, at_s).await {
            Ok(Some(pixels)) => pixels,
            Ok(None) => continue,
            Err(error) if error.is_the_files_fault() => {
                failure = error;
                continue;
            }
            Err(error) => return Err(error),
        };
        let (bright, total) = pixels.brightness();
        if brightest.as_ref().is_none_or(|(most, _)| bright > *most) {
            brightest = Some((bright, pixels));
        }
        if bright * ONE_BRIGHT_OF >= total {
            break;
        }
    }
    encode(&brightest.ok_or(failure)?.1)
}

/// The frame at a place; `None` past the end.
async fn frame(
    ffmpeg: &Ffmpeg,
    path: &Path,
    video: &VideoStream,
    at_s: f64,
) -> Result<Option<Pixels>, MediaError> {
    // ffmpeg's own decoders leave the second stream with the transparency out.
    let decoder = match video.codec.as_str() {
        "vp8" if video.has_alpha => Some("libvpx"),
        "vp9" if video.has_alpha => Some("libvpx-vp9"),
        _ => None,
    };
    let decoded = run(&call(ffmpeg, path, video, at_s, decoder), video).await;
    match decoded {
        Err(error) if decoder.is_some() && error.is_the_files_fault() => {
            run(&call(ffmpeg, path, video, at_s, None), video).await
        }
        decoded => decoded,
    }
}

fn call(ffmpeg: &Ffmpeg, path: &Path, video: &VideoStream, at_s: f64, decoder: Option<&str>) -> Invocation {
    let at = format!("{at_s:.3}");
    let mut options = vec!["-ss", &at];
    options.extend(decoder.map(|decoder| ["-c:v", decoder]).into_iter().flatten());
    let size = fitted(video.shown_size);
    let pixel_format = if video.has_alpha { "rgba" } else { "rgb24" };
    // The program turns the frame by itself before the filter.
    let filter =
        format!("scale={}:{}:flags=area+accurate_rnd,format={pixel_format}", size.width, size.height);
    with_input(ffmpeg.call(ONE_FRAME), path, &options).args([
        "-map",
        "0:V:0",
        "-frames:v",
        "1",
        "-vf",
        &filter,
        "-f",
        "rawvideo",
        "pipe:1",
    ])
}

async fn run(call: &Invocation, video: &VideoStream) -> Result<Option<Pixels>, MediaError> {
    let size = fitted(video.shown_size);
    let (width, height) = (size.width as u32, size.height as u32);
    let length = size.width * size.height * if video.has_alpha { 4 } else { 3 };
    let bytes = sandbox::run(call, length)
        .await
        .map_err(|error| MediaError::from_decoder(error).blaming_the_file())?;
    if bytes.len() != length {
        return Ok(None);
    }
    let pixels = if video.has_alpha {
        RgbaImage::from_raw(width, height, bytes).map(|image| Pixels::of(image.into()))
    } else {
        RgbImage::from_raw(width, height, bytes).map(Pixels::Opaque)
    };
    Ok(pixels)
}

impl Pixels {
    /// The number of pixels that are not dark, and of all pixels.
    fn brightness(&self) -> (usize, usize) {
        let is_bright = |colours: &[u8]| colours.iter().any(|value| *value > DARK);
        match self {
            Self::Opaque(image) => {
                let pixels = image.as_raw().chunks_exact(3);
                (pixels.clone().filter(|pixel| is_bright(pixel)).count(), pixels.len())
            }
            Self::Transparent(image) => {
                let pixels = image.as_raw().chunks_exact(4);
                let bright = pixels.clone().filter(|pixel| pixel[3] > DARK && is_bright(&pixel[..3]));
                (bright.count(), pixels.len())
            }
        }
    }
}
