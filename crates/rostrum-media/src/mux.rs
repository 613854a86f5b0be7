//! Joining the encoded segments with the sound.

use std::path::{Path, PathBuf};

use crate::error::MediaError;
use crate::ffmpeg::Ffmpeg;

/// Joins `segments` (made by [`crate::SegmentEncoder`], without encoding them again) with the sound in `wav` into the MP4
/// `out`. The sound is cut or filled with silence to last exactly `frame_count` frames. All files lie in `job_dir`.
///
/// # Errors
/// When a segment or the sound is missing or damaged.
pub async fn join(
    ffmpeg: &Ffmpeg,
    job_dir: &Path,
    segments: &[PathBuf],
    wav: &Path,
    out: &Path,
    frame_count: u64,
    frames_per_second: u32,
) -> Result<(), MediaError> { let _ = (ffmpeg, job_dir, segments, wav, out, frame_count, frames_per_second); unimplemented!() }
