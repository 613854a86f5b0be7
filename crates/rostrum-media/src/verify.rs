//! The last check before a video counts as completed.

use std::ops::ControlFlow;
use std::path::Path;

use rostrum_model::picture::Size;

use crate::error::MediaError;
use crate::ffmpeg::{Ffmpeg, with_input};
use crate::probe::{Probe, count_frames, probe};
use crate::sandbox::{self, Limits};

/// What the finished file should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Width and height in pixels.
    pub size: Size,
    /// Number of frames.
    pub frame_count: u64,
    /// Frames per second.
    pub frames_per_second: u32,
    /// Whether someone is heard.
    pub has_speech: bool,
    /// Frames, in stretches, that show somebody so large that they are seen to move; whatever the others show, be it black
    /// or still, was asked for.
    pub people: Vec<std::ops::Range<usize>>,
}

/// A file that is what was planned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verified {
    /// Length in seconds, as probed.
    pub duration_s: f64,
}

/// In what way the file is not what was planned.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// No picture or no sound in it.
    #[error("the output has no {stream} stream")]
    MissingStream {
        /// `audio` or `video`.
        stream: &'static str,
    },
    /// Another picture size than planned.
    #[error("the output is {}x{}, planned {}x{}", .found.width, .found.height, .planned.width, .planned.height)]
    WrongSize {
        /// In the file.
        found: Size,
        /// In the plan.
        planned: Size,
    },
    /// Shorter or longer than planned by more than a frame.
    #[error("the output lasts {found_s:.3} s, planned {planned_s:.3} s")]
    WrongDuration {
        /// In the file.
        found_s: f64,
        /// In the plan.
        planned_s: f64,
    },
    /// Picture and sound end more than 20 ms apart.
    #[error("the picture ends at {video_end_s:.3} s and the sound at {audio_end_s:.3} s")]
    Drift {
        /// End of the picture.
        video_end_s: f64,
        /// End of the sound.
        audio_end_s: f64,
    },
    /// A frame is black.
    #[error("the picture is black at {at_s:.2} s")]
    Black {
        /// When.
        at_s: f64,
    },
    /// A frame is all of one colour.
    #[error("the picture is of one colour at {at_s:.2} s")]
    Blank {
        /// When.
        at_s: f64,
    },
    /// The picture stands still while someone speaks.
    #[error("the picture stands still from {from_s:.2} s to {to_s:.2} s")]
    Frozen {
        /// Start of the standstill.
        from_s: f64,
        /// End of it.
        to_s: f64,
    },
    /// Speech was planned, nothing is heard.
    #[error("the sound is silent")]
    Silent,
    /// The file cannot be read at all.
    #[error("the output cannot be read")]
    Unreadable(#[from] MediaError),
}

/// The picture is looked at in this size, which blurs away coding noise but not a moving mouth.
const LONG_SIDE: usize = 96;
const SHORT_SIDE: usize = 54;

/// A frame is black when nothing in it is brighter than this (0..=255) and its mean is not above the next.
const BLACK_PEAK: u8 = 32;
const BLACK_MEAN: f64 = 16.0;

/// A frame is of one colour when its brightest and darkest points are nearer than this.
const BLANK_CONTRAST: u8 = 4;

/// Something moved when a point is at least this much brighter or darker than when it was last seen to move.
const MOVEMENT: u8 = 3;

/// The longest time someone may be heard while nothing moves. Even a closed mouth breathes and blinks within it.
const MAX_STILL_SPEECH_S: f64 = 2.5;

/// Sound is heard above this level (root mean square over a frame; -46 dB of full scale).
const HEARD_LEVEL: f64 = 0.005;

/// How far apart picture and sound may end.
const MAX_DRIFT_S: f64 = 0.020;

/// For looking at sound; any rate that is a multiple of common frame rates does.
const LISTENING_RATE: u32 = 8000;

/// Reads all of `path` and compares it with the plan. Frames that no other one is predicted from, about half of those of a
/// film, are counted, not decoded: that they are there is all that they could tell of the others.
///
/// # Errors
/// With the first reason the file is not what was planned.
pub async fn verify_output(ffmpeg: &Ffmpeg, path: &Path, plan: &Plan) -> Result<Verified, VerifyError> {
    let found = probe(ffmpeg, path).await?;
    let frames_per_second = f64::from(plan.frames_per_second);
    check_streams(&found, plan)?;
    let (frame_count, pictures, levels) = tokio::try_join!(
        Box::pin(count_frames(ffmpeg, path)),
        Box::pin(look(ffmpeg, path, plan)),
        Box::pin(listen(ffmpeg, path, plan))
    )?;

    if frame_count.abs_diff(plan.frame_count) > 1 {
        let found_s = frame_count as f64 / frames_per_second;
        return Err(VerifyError::WrongDuration {
            found_s,
            planned_s: plan.frame_count as f64 / frames_per_second,
        });
    }
    if let Some(frame) = pictures.first_black {
        return Err(VerifyError::Black { at_s: frame as f64 / frames_per_second });
    }
    if let Some(frame) = pictures.first_blank {
        return Err(VerifyError::Blank { at_s: frame as f64 / frames_per_second });
    }
    if plan.has_speech {
        let is_heard: Vec<bool> = levels.iter().map(|level| *level > HEARD_LEVEL).collect();
        if !is_heard.contains(&true) {
            return Err(VerifyError::Silent);
        }
        let max_still = (MAX_STILL_SPEECH_S * frames_per_second) as usize;
        for stretch in &plan.people {
            let moved = pictures.moved.get(stretch.clone()).unwrap_or_default();
            let is_heard = is_heard.get(stretch.start..).unwrap_or_default();
            if let Some((first, last)) = still_speech(moved, is_heard, max_still) {
                let second = |frame| (stretch.start + frame) as f64 / frames_per_second;
                return Err(VerifyError::Frozen { from_s: second(first), to_s: second(last) });
            }
        }
    }
    Ok(Verified { duration_s: found.duration_s })
}

/// Compares the headers with the plan.
fn check_streams(found: &Probe, plan: &Plan) -> Result<(), VerifyError> {
    let video = found.video.as_ref().ok_or(VerifyError::MissingStream { stream: "video" })?;
    let audio = found.audio.as_ref().ok_or(VerifyError::MissingStream { stream: "audio" })?;
    let size = Size { width: video.width, height: video.height };
    if size != plan.size {
        return Err(VerifyError::WrongSize { found: size, planned: plan.size });
    }
    let frame_s = 1.0 / f64::from(plan.frames_per_second);
    let planned_s = plan.frame_count as f64 * frame_s;
    for found_s in [found.duration_s, video.duration_s] {
        // A hair more than a frame, as the numbers come rounded to microseconds.
        if (found_s - planned_s).abs() > frame_s + 1e-5 {
            return Err(VerifyError::WrongDuration { found_s, planned_s });
        }
    }
    if (video.duration_s - audio.duration_s).abs() > MAX_DRIFT_S + 1e-5 {
        return Err(VerifyError::Drift { video_end_s: video.duration_s, audio_end_s: audio.duration_s });
    }
    Ok(())
}

/// What was seen.
#[derive(Default)]
struct Pictures {
    first_black: Option<usize>,
    first_blank: Option<usize>,
    /// For each frame: whether something is elsewhere than when movement was last seen.
    moved: Vec<bool>,
}

/// Decodes the pictures, small and grey, one at a time; where one is left out, the one before it is seen.
async fn look(ffmpeg: &Ffmpeg, path: &Path, plan: &Plan) -> Result<Pictures, MediaError> {
    let (width, height) =
        if plan.size.width >= plan.size.height { (LONG_SIDE, SHORT_SIDE) } else { (SHORT_SIDE, LONG_SIDE) };
    let call = with_input(ffmpeg.call(Limits::WRITING), path, &["-skip_frame", "noref"])
        .args(["-map", "0:v:0", "-fps_mode", "passthrough", "-vf"])
        .arg(format!("scale={width}:{height}:flags=area,format=gray,fps={}", plan.frames_per_second))
        .args(["-f", "rawvideo", "pipe:1"]);
    let mut pictures = Pictures::default();
    let shows_people = |frame: usize| plan.people.iter().any(|stretch| stretch.contains(&frame));
    let mut last_seen: Vec<u8> = Vec::new();
    let mut rest: Vec<u8> = Vec::new();
    sandbox::stream(&call, |bytes| {
        rest.extend_from_slice(bytes);
        let whole = rest.len() / (width * height) * (width * height);
        for frame in rest[..whole].chunks_exact(width * height) {
            let shows_people = shows_people(pictures.moved.len());
            pictures.add(frame, shows_people, &mut last_seen);
        }
        rest.drain(..whole);
        ControlFlow::Continue(())
    })
    .await
    .map_err(MediaError::from_decoder)?;
    Ok(pictures)
}

impl Pictures {
    fn add(&mut self, frame: &[u8], shows_people: bool, last_seen: &mut Vec<u8>) {
        let number = self.moved.len();
        let darkest = frame.iter().copied().min().unwrap_or(0);
        let brightest = frame.iter().copied().max().unwrap_or(0);
        let mean = frame.iter().map(|luma| f64::from(*luma)).sum::<f64>() / frame.len() as f64;
        if !shows_people {
            // A cut to people shows them before anything moves.
            last_seen.clear();
        } else if brightest <= BLACK_PEAK && mean <= BLACK_MEAN {
            self.first_black.get_or_insert(number);
        } else if brightest - darkest < BLANK_CONTRAST {
            self.first_blank.get_or_insert(number);
        }
        // Compared with the last movement, not the last frame, so that slow movement adds up.
        let moved = last_seen.iter().zip(frame).any(|(before, now)| before.abs_diff(*now) >= MOVEMENT);
        if moved || last_seen.is_empty() {
            frame.clone_into(last_seen);
        }
        self.moved.push(moved);
    }
}

/// Decodes the sound to its level (root mean square, 0..=1) in each frame.
async fn listen(ffmpeg: &Ffmpeg, path: &Path, plan: &Plan) -> Result<Vec<f64>, MediaError> {
    let call = with_input(ffmpeg.call(Limits::WRITING), path, &[]).args([
        "-map",
        "0:a:0",
        "-ac",
        "1",
        "-ar",
        &LISTENING_RATE.to_string(),
        "-f",
        "s16le",
        "pipe:1",
    ]);
    let bytes_per_frame = (LISTENING_RATE / plan.frames_per_second) as usize * 2;
    let mut levels = Vec::new();
    let mut rest: Vec<u8> = Vec::new();
    sandbox::stream(&call, |bytes| {
        rest.extend_from_slice(bytes);
        let whole = rest.len() / bytes_per_frame * bytes_per_frame;
        levels.extend(rest[..whole].chunks_exact(bytes_per_frame).map(level));
        rest.drain(..whole);
        ControlFlow::Continue(())
    })
    .await
    .map_err(MediaError::from_decoder)?;
    Ok(levels)
}

fn level(samples: &[u8]) -> f64 {
    let sum: f64 = samples
        .chunks_exact(2)
        .map(|sample| f64::from(i16::from_le_bytes([sample[0], sample[1]])) / f64::from(i16::MAX))
        .map(|value| value * value)
        .sum();
    (sum / (samples.len() / 2) as f64).sqrt()
}

/// The first stretch in which `max_still` or more frames are heard and none moves; also a whole video without movement.
fn still_speech(moved: &[bool], is_heard: &[bool], max_still: usize) -> Option<(usize, usize)> {
    let (mut from, mut heard) = (0, 0);
    for (frame, has_moved) in moved.iter().enumerate() {
        if *has_moved {
            (from, heard) = (frame, 0);
        }
        heard += usize::from(is_heard.get(frame) == Some(&true));
        if heard >= max_still {
            let to =
                moved[frame..].iter().position(|moved| *moved).map_or(moved.len(), |after| frame + after);
            return Some((from, to));
        }
    }
    // In less than half as long a face may truly keep still.
    (moved.len() > max_still / 2 && !moved.contains(&true)).then_some((0, moved.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stillness_counts_only_while_someone_is_heard() {
        let moved = |at: &[usize]| (0..20).map(|frame| at.contains(&frame)).collect::<Vec<bool>>();
        assert_eq!(still_speech(&moved(&[5, 9, 15]), &[true; 20], 7), None);
        assert_eq!(still_speech(&moved(&[5, 15]), &[true; 20], 7), Some((5, 15)));
        assert_eq!(still_speech(&moved(&[5, 15]), &[false; 20], 7), None);
        assert_eq!(still_speech(&moved(&[1]), &[true; 20], 7), Some((1, 20)));
        assert_eq!(still_speech(&moved(&[]), &[false; 20], 7), Some((0, 20)));
    }
}
