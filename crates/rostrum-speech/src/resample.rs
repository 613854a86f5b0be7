//! From other rates to that of all speech here.

use rostrum_model::speech::SAMPLE_RATE;
use rubato::audioadapter_buffers::owned::InterleavedOwned;
use rubato::{Fft, FixedSync, Resampler};

use crate::error::SpeechError;
/// Samples worked on at once.
const CHUNK: usize = 1470;

/// Brings samples to [`SAMPLE_RATE`]. The time it takes grows as the two rates have less in common.
pub(crate) fn to_speech_rate(samples: &[f32], rate: u32) -> Result<Vec<f32>, SpeechError> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| SpeechError::Inference(error);
    let (from, to) = (rate as usize, SAMPLE_RATE as usize);
    let mut resampler =
        Fft::<f32>::new(from, to, CHUNK, 1, FixedSync::Both).map_err(|error| failed(error.into()))?;
    let input = InterleavedOwned::new_from(samples.to_vec(), 1, samples.len())
        .map_err(|error| failed(error.into()))?;
    let output = resampler.process_all(&input, samples.len(), None).map_err(|error| failed(error.into()))?;
    let mut samples_out = output.take_data();
    samples_out.truncate((samples.len() * to).div_ceil(from));
    Ok(samples_out)
}

/// Where a sample lies afterwards.
pub(crate) fn place(sample: usize, rate: u32) -> usize {
    sample * SAMPLE_RATE as usize / rate as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_keeps_its_pitch_place_and_level() {
        let tone = |rate: f64, at: usize| (std::f64::consts::TAU * 1000.0 * at as f64 / rate).sin() as f32;
        let samples: Vec<f32> = (0..22_050).map(|at| tone(22_050.0, at)).collect();
        let resampled = to_speech_rate(&samples, 22_050).unwrap();
        assert_eq!(resampled.len(), 24_000);
        for (at, sample) in resampled.iter().enumerate().take(22_000).skip(2_000) {
            assert!((sample - tone(24_000.0, at)).abs() < 1e-3, "{at}");
        }
    }
}
