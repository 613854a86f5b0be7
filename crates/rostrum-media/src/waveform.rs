//! The outline of sound, for drawing it: lowest and highest sample of each stretch.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::error::MediaError;
use crate::ffmpeg::{Ffmpeg, with_input};
use crate::probe::AudioStream;
use crate::sandbox::{self, Limits, ProgramError};

/// Most stretches; more than a screen has columns.
pub const MAX_WAVEFORM_POINTS: usize = 2000;

/// The shortest stretch, in samples.
const MIN_STRETCH: u64 = 64;

/// For decoding sound of any length: 10 hours take about a minute.
const WHOLE_SOUND: Limits = Limits { wall_clock: Duration::from_mins(15), cpu_s: 900, ..Limits::READING };

/// Channels that ffmpeg knows how to mix; of files with more the first is taken.
const MIXED_CHANNELS: u32 = 8;

/// The outline of a sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waveform {
    /// Samples per second.
    pub sample_rate: u32,
    /// Samples in each stretch; the last may be shorter.
    pub samples_per_point: u64,
    /// Lowest and highest sample of each stretch, of all channels mixed; full scale is -128..=127.
    pub points: Vec<(i8, i8)>,
    /// Samples heard.
    pub sample_count: u64,
}

/// Decodes the first sound stream of a file and outlines it, in constant memory. `None` when the time for that was up
/// before the end.
///
/// # Errors
/// When nothing of it can be decoded.
pub async fn waveform(
    ffmpeg: &Ffmpeg,
    path: &Path,
    audio: &AudioStream,
) -> Result<Option<Waveform>, MediaError> {
    let to_mono =
        if audio.channels > MIXED_CHANNELS { "pan=mono|c0=c0" } else { "aformat=channel_layouts=mono" };
    let call = with_input(ffmpeg.call(WHOLE_SOUND), path, &[])
        .args(["-map", "0:a:0", "-af", to_mono, "-ar", &audio.sample_rate.to_string()])
        .args(["-f", "s16le", "pipe:1"]);
    let mut outline = Outline::default();
    let decoded = sandbox::stream(&call, |bytes| {
        outline.add(bytes);
        ControlFlow::Continue(())
    })
    .await;
    let waveform = outline.finish(audio.sample_rate);
    match decoded {
        Ok(()) if waveform.points.is_empty() => Err(MediaError::malformed("no sound could be decoded")),
        Ok(()) => Ok(Some(waveform)),
        Err(error) if waveform.points.is_empty() => Err(MediaError::from_decoder(error).blaming_the_file()),
        // Damaged towards its end: what could be heard.
        Err(ProgramError::Failed { status, .. }) if status.code().is_some() => Ok(Some(waveform)),
        Err(ProgramError::Start { program, source }) => Err(ProgramError::Start { program, source }.into()),
        Err(_) => Ok(None),
    }
}

impl Waveform {
    /// Length of what was heard, in seconds.
    pub fn duration_s(&self) -> f64 {
        self.sample_count as f64 / f64::from(self.sample_rate)
    }

    /// As JSON, version 2 of the format of audiowaveform, which peaks.js reads.
    pub fn to_json(&self) -> Vec<u8> {
        let data: Vec<i8> = self.points.iter().flat_map(|(low, high)| [*low, *high]).collect();
        let file = json!({
            "version": 2,
            "channels": 1,
            "sample_rate": self.sample_rate,
            "samples_per_pixel": self.samples_per_point,
            "bits": 8,
            "length": self.points.len(),
            "data": data,
        });
        file.to_string().into_bytes()
    }
}

/// Lowest and highest samples, in ever longer stretches as there are more of them.
struct Outline {
    points: Vec<(i16, i16)>,
    stretch: u64,
    /// The stretch in work, and how many samples it has.
    current: (i16, i16),
    filled: u64,
    sample_count: u64,
    /// The first half of a sample whose second half is in the next piece.
    half: Option<u8>,
}

impl Default for Outline {
    fn default() -> Self {
        Self {
            points: Vec::with_capacity(MAX_WAVEFORM_POINTS + 1),
            stretch: MIN_STRETCH,
            current: (i16::MAX, i16::MIN),
            filled: 0,
            sample_count: 0,
            half: None,
        }
    }
}

impl Outline {
    fn add(&mut self, mut bytes: &[u8]) {
        if let (Some(low), [high, rest @ ..]) = (self.half, bytes) {
            self.add_sample(i16::from_le_bytes([low, *high]));
            self.half = None;
            bytes = rest;
        }
        let samples = bytes.chunks_exact(2);
        if let [low] = samples.remainder() {
            self.half = Some(*low);
        }
        for sample in samples {
            self.add_sample(i16::from_le_bytes([sample[0], sample[1]]));
        }
    }

    fn add_sample(&mut self, sample: i16) {
        self.current = (self.current.0.min(sample), self.current.1.max(sample));
        self.filled += 1;
        self.sample_count += 1;
        if self.filled == self.stretch {
            self.end_stretch();
        }
    }

    fn end_stretch(&mut self) {
        if self.points.len() == MAX_WAVEFORM_POINTS {
            self.points = self.points.chunks(2).map(merged).collect();
            // The stretch in work is the first half of a longer one now.
            self.stretch *= 2;
            if self.filled < self.stretch {
                return;
            }
        }
        self.points.push(self.current);
        self.current = (i16::MAX, i16::MIN);
        self.filled = 0;
    }

    fn finish(mut self, sample_rate: u32) -> Waveform {
        if self.filled > 0 {
            if self.points.len() == MAX_WAVEFORM_POINTS {
                self.points = self.points.chunks(2).map(merged).collect();
                self.stretch *= 2;
            }
            self.points.push(self.current);
        }
        let to_8_bits = |sample: i16| (sample >> 8) as i8;
        Waveform {
            sample_rate,
            samples_per_point: self.stretch,
            points: self.points.iter().map(|(low, high)| (to_8_bits(*low), to_8_bits(*high))).collect(),
            sample_count: self.sample_count,
        }
    }
}

fn merged(pair: &[(i16, i16)]) -> (i16, i16) {
    pair.iter().fold((i16::MAX, i16::MIN), |all, one| (all.0.min(one.0), all.1.max(one.1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(samples: &[i16], piece: usize) -> Waveform {
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let mut outline = Outline::default();
        for piece in bytes.chunks(piece) {
            outline.add(piece);
        }
        outline.finish(8000)
    }

    #[test]
    fn every_point_has_the_extremes_of_its_stretch_at_any_length_and_cut() {
        for length in [1, 63, 64, 65, 128_000, 128_001, 128_064, 130_000, 256_000, 256_001, 1_000_003] {
            let samples: Vec<i16> =
                (0..i64::from(length)).map(|i| ((i * 7919) % 65_521 - 32_760) as i16).collect();
            let whole = outline(&samples, 65_536);
            assert!(whole.points.len() <= MAX_WAVEFORM_POINTS, "{length}: {}", whole.points.len());
            assert_eq!(whole.sample_count, length as u64);
            let expected: Vec<(i8, i8)> = samples
                .chunks(whole.samples_per_point as usize)
                .map(|stretch| {
                    let (low, high) = (stretch.iter().min().unwrap(), stretch.iter().max().unwrap());
                    ((low >> 8) as i8, (high >> 8) as i8)
                })
                .collect();
            assert_eq!(whole.points, expected, "{length}");
            assert_eq!(outline(&samples, 1001), whole);
        }
    }

    #[test]
    fn the_json_is_that_of_audiowaveform() {
        let file: serde_json::Value =
            serde_json::from_slice(&outline(&[-32_768, 32_767], 4).to_json()).unwrap();
        let expected = json!({
            "version": 2, "channels": 1, "sample_rate": 8000, "samples_per_pixel": 64, "bits": 8, "length": 1,
            "data": [-128, 127],
        });
        assert_eq!(file, expected);
    }
}
