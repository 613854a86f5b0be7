//! Uploaded sound, decoded.

use std::ops::ControlFlow;
use std::path::Path;

use rostrum_model::speech::SAMPLE_RATE;

use crate::error::{Limited, MediaError};
use crate::ffmpeg::{Ffmpeg, with_input};
use crate::probe::probe;
use crate::sandbox::{self, Limits};

/// The longest sound a video can be made from, in seconds (contract, usage limits).
pub const MAX_AUDIO_S: f64 = 600.0;

/// How much longer than allowed a sound may be, in seconds: MP3 files carry up to that much padding.
const AUDIO_TOLERANCE_S: f64 = 0.1;

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
