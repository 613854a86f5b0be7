//! Joining the encoded segments with the sound.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::encode::{REORDERED_FRAMES, REPRODUCIBLE, TICKS_PER_FRAME, timescale};
use crate::error::MediaError;
use crate::ffmpeg::{Ffmpeg, file_url, with_input};
use crate::sandbox::{self, Limits};

/// Sample rate of the sound in finished videos.
const OUTPUT_SAMPLE_RATE: u64 = 48_000;

/// The mark that every finished video carries in its metadata.
const AI_MARK: &str = "comment=AI-generated";

/// Joins `segments` (made by [`crate::SegmentEncoder`], without encoding them again) with the sound in `wav` into the MP4
/// `out`, which lies in `job_dir`: AAC, stereo, 48 kHz, ready for streaming. The sound is cut or filled with silence to
/// last exactly `frame_count` frames.
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
) -> Result<(), MediaError> {
    let list_path = job_dir.join("segments.ffconcat");
    tokio::fs::write(&list_path, segment_list(segments))
        .await
        .map_err(MediaError::io("write the list of segments"))?;

    let sample_count = frame_count * OUTPUT_SAMPLE_RATE / u64::from(frames_per_second);
    let sound = format!(
        "aresample={OUTPUT_SAMPLE_RATE},pan=stereo|c0=c0|c1=c0,apad=whole_len={sample_count},atrim=end_sample={sample_count}"
    );
    // Segments of one or two frames need no reordering and are decoded later than the frames before them say; with one
    // steady beat for all, players see one steady frame rate.
    let steady_decoding = format!("setts=pts=PTS:dts=(N-{REORDERED_FRAMES})*{TICKS_PER_FRAME}");
    let mut call = ffmpeg
        .call(Limits::WRITING)
        .args(["-f", "concat", "-safe", "0", "-protocol_whitelist", "file,pipe", "-i"])
        .arg(file_url(&list_path))
        .folder(job_dir);
    for segment in segments {
        call = call.readable(segment);
    }
    call = with_input(call, wav, &[])
        .args(["-map", "0:v:0", "-map", "1:a:0", "-c:v", "copy", "-bsf:v", &steady_decoding])
        .args(["-af", &sound, "-c:a", "aac", "-b:a", "128k", "-flags:a", "+bitexact"])
        .args(REPRODUCIBLE)
        .args(["-metadata", AI_MARK, "-movflags", "+faststart"])
        .args(["-video_track_timescale", &timescale(frames_per_second).to_string(), "-f", "mp4"])
        .arg(file_url(out));
    sandbox::run(&call, 0).await?;
    Ok(())
}

/// The segments in ffmpeg's own list format, quoted as its manual says.
fn segment_list(segments: &[PathBuf]) -> String {
    let mut list = String::from("ffconcat version 1.0\n");
    for segment in segments {
        let path = std::path::absolute(segment).unwrap_or_else(|_| segment.clone());
        let quoted = path.to_string_lossy().replace('\'', r"'\''");
        writeln!(list, "file 'file:{quoted}'").expect("writing to a String cannot fail");
    }
    list
}
