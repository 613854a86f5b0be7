//! What the networks hear: the level of 80 bands, a hundred times a second.
//!
//! Bands of equal width in mel, on the scale of Slaney's Auditory Toolbox, as librosa makes them with `htk=False` and
//! `norm="slaney"`; section 2.2 of the paper gives the window of 25 ms and the step of 10 ms.

use std::f64::consts::TAU;
use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use crate::SAMPLE_RATE;

/// Bands.
pub(crate) const BANDS: usize = 80;
/// Frames that the networks hear at once: 30 s.
pub(crate) const FRAMES: usize = 3000;
/// Samples from one frame to the next.
pub(crate) const HOP: usize = 160;
/// Samples in a window.
const WINDOW: usize = 400;
/// Bins of its spectrum.
const BINS: usize = WINDOW / 2 + 1;
/// Levels lie within this of the loudest one, in tens of decibels.
const RANGE: f32 = 8.0;

/// Measures sounds.
pub(crate) struct Mel {
    transform: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    /// Weights of the bins, for each band.
    filters: Vec<[f32; BINS]>,
}

impl Mel {
    pub(crate) fn new() -> Self {
        let window =
            (0..WINDOW).map(|at| (0.5 - 0.5 * (TAU * at as f64 / WINDOW as f64).cos()) as f32).collect();
        Self { transform: FftPlanner::new().plan_fft_forward(WINDOW), window, filters: filters() }
    }

    /// The levels of [`FRAMES`] frames, band by band; silence follows on a shorter sound, of a longer one the rest is
    /// not heard.
    pub(crate) fn measure(&self, samples: &[f32]) -> Vec<f32> {
        let at = |position: isize| {
            // The sound is reflected at its ends.
            let position = position.unsigned_abs();
            let end = FRAMES * HOP;
            let position = if position >= end { 2 * end - 2 - position } else { position };
            samples.get(position).copied().filter(|sample| sample.is_finite()).unwrap_or(0.0)
        };
        let mut levels = vec![0.0; BANDS * FRAMES];
        let mut spectrum = vec![Complex::default(); WINDOW];
        let mut scratch = vec![Complex::default(); self.transform.get_inplace_scratch_len()];
        for frame in 0..FRAMES {
            let start = (frame * HOP) as isize - (WINDOW / 2) as isize;
            for (offset, (value, weight)) in spectrum.iter_mut().zip(&self.window).enumerate() {
                *value = Complex::new(at(start + offset as isize) * weight, 0.0);
            }
            self.transform.process_with_scratch(&mut spectrum, &mut scratch);
            let power: [f32; BINS] = std::array::from_fn(|bin| spectrum[bin].norm_sqr());
            for (band, filter) in self.filters.iter().enumerate() {
                let energy: f32 = filter.iter().zip(&power).map(|(weight, power)| weight * power).sum();
                levels[band * FRAMES + frame] = energy.max(1e-10).log10();
            }
        }
        let floor = levels.iter().copied().fold(f32::MIN, f32::max) - RANGE;
        for level in &mut levels {
            *level = (level.max(floor) + 4.0) / 4.0;
        }
        levels
    }
}

/// Triangles that each reach from the centre of the band before to that of the band behind, of equal area.
fn filters() -> Vec<[f32; BINS]> {
    // Linear up to 1 kHz, which is 15 mel here, then logarithmic: 27 mel for a factor of 6.4.
    let step = 6.4f64.ln() / 27.0;
    let mel = |hz: f64| if hz < 1000.0 { hz * 3.0 / 200.0 } else { 15.0 + (hz / 1000.0).ln() / step };
    let hz = |mel: f64| if mel < 15.0 { mel * 200.0 / 3.0 } else { 1000.0 * ((mel - 15.0) * step).exp() };
    let highest = mel(f64::from(SAMPLE_RATE) / 2.0);
    let edge = |index: usize| hz(highest * index as f64 / (BANDS + 1) as f64);
    (0..BANDS)
        .map(|band| {
            let (low, centre, high) = (edge(band), edge(band + 1), edge(band + 2));
            std::array::from_fn(|bin| {
                let hz = bin as f64 * f64::from(SAMPLE_RATE) / WINDOW as f64;
                let height = ((hz - low) / (centre - low)).min((high - hz) / (high - centre)).max(0.0);
                (height * 2.0 / (high - low)) as f32
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_loudest_in_its_band_and_silence_is_at_the_floor() {
        let tone: Vec<f32> =
            (0..16_000).map(|at| (TAU * 1000.0 * f64::from(at) / 16_000.0).sin() as f32 * 0.5).collect();
        let levels = Mel::new().measure(&tone);
        let levels = &levels;
        let at = |frame: usize| (0..BANDS).map(move |band| (band, levels[band * FRAMES + frame]));
        let (loudest, _) = at(50).max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
        // 1 kHz is 15 of 45.2 mel
        assert_eq!(loudest, 26);
        let heard = at(50).map(|(_, level)| level).fold(f32::MIN, f32::max);
        let silent = at(2000).map(|(_, level)| level).fold(f32::MIN, f32::max);
        assert!((heard - silent - 2.0).abs() < 1e-3, "{heard} {silent}");
    }

    #[test]
    fn samples_that_are_not_numbers_are_silence() {
        assert!(Mel::new().measure(&[f32::NAN; 1000]).iter().all(|level| level.is_finite()));
    }
}
