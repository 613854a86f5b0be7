//! Short-time measurements of a sound: level, voicing, spectrum, formants.

use std::f32::consts::{PI, TAU};

use rostrum_model::speech::SAMPLE_RATE;

/// One measurement each 10 ms.
pub(crate) const HOP: usize = 240;
/// On this many samples around it: 30 ms, two periods of a low voice.
const WINDOW: usize = 720;
/// Length of the transform; twice the window, so that its power spectrum gives an autocorrelation that does not wrap.
const SIZE: usize = 2048;
const HZ_PER_BIN: f32 = SAMPLE_RATE as f32 / SIZE as f32;
/// Pitch range searched, in Hz.
const PITCH: (f32, f32) = (70.0, 420.0);
/// Formants are sought below this, in Hz.
const FORMANT_BAND: f32 = 4000.0;
/// Its envelope is looked at in steps of this, in Hz.
const STEP: f32 = 25.0;
/// Coefficients of the prediction filter: one pair per formant expected in the band, and one for the glottis.
const ORDER: usize = 10;

/// What one frame sounds like.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Frame {
    /// Level in dBFS, not below -100.
    pub(crate) level_db: f32,
    /// Height of the pitch peak of the autocorrelation, 0..1.
    pub(crate) voicing: f32,
    /// Share of the energy below 4 kHz that lies under 600 Hz.
    pub(crate) murmur: f32,
    /// Level of the band from 900 Hz to 3.5 kHz, in dBFS: what a closed mouth takes away from a vowel.
    pub(crate) mid_db: f32,
    /// Share of all energy that lies above 3.5 kHz.
    pub(crate) hiss: f32,
    /// Centre of the energy above 1 kHz, in Hz.
    pub(crate) centroid: f32,
    /// First and second formant, in Hz.
    pub(crate) formants: (f32, f32),
}

/// Measures a sound frame by frame; the last frame may lie partly behind its end.
pub(crate) fn frames(samples: &[f32]) -> Vec<Frame> {
    let window: Vec<f32> =
        (0..WINDOW).map(|at| 0.5 - 0.5 * (TAU * (at as f32 + 0.5) / WINDOW as f32).cos()).collect();
    let transform = Transform::new();
    let window_voicing = autocorrelation(&transform, &power(&transform, window.iter().copied()));
    (0..samples.len().div_ceil(HOP))
        .map(|index| {
            let start = (index * HOP + HOP / 2) as isize - (WINDOW / 2) as isize;
            let at = |offset: usize| {
                let position = usize::try_from(start + offset as isize).ok();
                position
                    .and_then(|position| samples.get(position))
                    .copied()
                    .filter(|x| x.is_finite())
                    .unwrap_or(0.0)
            };
            let power =
                power(&transform, window.iter().enumerate().map(|(offset, weight)| weight * at(offset)));
            measure(&transform, &power, &window_voicing)
        })
        .collect()
}

fn measure(transform: &Transform, power: &[f32], window: &[f32]) -> Frame {
    let band = |low: f32, high: f32| -> f32 {
        power[(low / HZ_PER_BIN) as usize..((high / HZ_PER_BIN) as usize).min(power.len())].iter().sum()
    };
    let all = band(60.0, 12_000.0).max(1e-12);
    // Parseval, for a Hann window
    let db = |energy: f32| 10.0 * (2.0 * energy / (SIZE as f32 * WINDOW as f32 * 0.375)).max(1e-10).log10();
    let bright = (1000.0 / HZ_PER_BIN) as usize;
    let (weighted, weight) =
        power.iter().enumerate().skip(bright).fold((0.0, 1e-12), |(sum, weight), (bin, energy)| {
            (sum + bin as f32 * HZ_PER_BIN * energy, weight + energy)
        });
    let correlation = autocorrelation(transform, power);
    let lags = (SAMPLE_RATE as f32 / PITCH.1) as usize..(SAMPLE_RATE as f32 / PITCH.0) as usize;
    let normal = |lag: usize| correlation[lag] * window[0] / (correlation[0] * window[lag]).max(1e-12);
    Frame {
        level_db: db(all),
        mid_db: db(band(900.0, 3500.0)),
        voicing: lags.map(normal).fold(0.0, f32::max).clamp(0.0, 1.0),
        murmur: band(60.0, 600.0) / band(60.0, 4000.0).max(1e-12),
        hiss: band(3500.0, 12_000.0) / all,
        centroid: weighted / weight,
        formants: formants(power),
    }
}

/// Power of the bins from 0 to half the sample rate.
fn power(transform: &Transform, samples: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut buffer = vec![(0.0, 0.0); SIZE];
    for (slot, sample) in buffer.iter_mut().zip(samples) {
        slot.0 = sample;
    }
    transform.run(&mut buffer);
    buffer[..=SIZE / 2].iter().map(|(re, im)| re * re + im * im).collect()
}

/// The autocorrelation a power spectrum belongs to, by lag in samples.
fn autocorrelation(transform: &Transform, power: &[f32]) -> Vec<f32> {
    let mut buffer: Vec<(f32, f32)> =
        (0..SIZE).map(|bin| (power[if bin <= SIZE / 2 { bin } else { SIZE - bin }], 0.0)).collect();
    transform.run(&mut buffer);
    buffer[..WINDOW].iter().map(|(re, _)| *re).collect()
}

/// The first two resonances of the band below [`FORMANT_BAND`], as peaks of the linear prediction envelope.
fn formants(power: &[f32]) -> (f32, f32) {
    let bins = (FORMANT_BAND / HZ_PER_BIN) as usize;
    // Pre-emphasis of 6 dB per octave takes out the fall of the voice's source.
    let flat: Vec<f32> = (0..bins).map(|bin| power[bin] * (bin as f32 / bins as f32).powi(2)).collect();
    let mut correlation = [0.0f32; ORDER + 1];
    for (lag, value) in correlation.iter_mut().enumerate() {
        *value = flat
            .iter()
            .enumerate()
            .map(|(bin, energy)| energy * (PI * lag as f32 * (bin as f32 + 0.5) / bins as f32).cos())
            .sum();
    }
    correlation[0] = correlation[0] * 1.0001 + 1e-12;
    let filter = levinson(&correlation);
    let envelope: Vec<f32> = (0..(FORMANT_BAND / STEP) as usize)
        .map(|step| {
            let angle = PI * step as f32 * STEP / FORMANT_BAND;
            let (re, im) = filter.iter().enumerate().fold((0.0, 0.0), |(re, im), (lag, c)| {
                (re + c * (angle * lag as f32).cos(), im - c * (angle * lag as f32).sin())
            });
            -(re * re + im * im).max(1e-12).ln()
        })
        .collect();
    let peaks: Vec<f32> = (1..envelope.len() - 1)
        .filter(|at| envelope[*at] > envelope[at - 1] && envelope[*at] >= envelope[at + 1])
        .map(|at| at as f32 * STEP)
        .filter(|hz| (200.0..3200.0).contains(hz))
        .collect();
    match *peaks.as_slice() {
        [] => (500.0, 1500.0),
        [only] if only > 1200.0 => (350.0, only),
        // Two resonances near each other melt into one peak.
        [first, second, ..] if first > 500.0 && second > 2000.0 && first < 1100.0 => {
            if first > 800.0 {
                (first - 100.0, first + 250.0)
            } else {
                (first, second)
            }
        }
        [first, second, ..] => (first, second),
        [only] => (only, only + 500.0),
    }
}

/// Levinson and Durbin's recursion: the prediction error filter of an autocorrelation.
fn levinson(correlation: &[f32; ORDER + 1]) -> [f32; ORDER + 1] {
    let mut filter = [0.0f32; ORDER + 1];
    filter[0] = 1.0;
    let mut error = correlation[0];
    for order in 1..=ORDER {
        let sum: f32 = (0..order).map(|lag| filter[lag] * correlation[order - lag]).sum();
        let reflection = -sum / error.max(1e-20);
        let before = filter;
        for lag in 1..=order {
            filter[lag] = before[lag] + reflection * before[order - lag];
        }
        error *= 1.0 - reflection * reflection;
    }
    filter
}

/// A fast Fourier transform of [`SIZE`] points.
struct Transform {
    turns: Vec<(f32, f32)>,
}

impl Transform {
    fn new() -> Self {
        let turns = (0..SIZE / 2)
            .map(|k| (-TAU * k as f32 / SIZE as f32).sin_cos())
            .map(|(sin, cos)| (cos, sin))
            .collect();
        Self { turns }
    }

    fn run(&self, data: &mut [(f32, f32)]) {
        let bits = SIZE.trailing_zeros();
        for index in 0..SIZE {
            let swapped = index.reverse_bits() >> (usize::BITS - bits);
            if index < swapped {
                data.swap(index, swapped);
            }
        }
        let mut half = 1;
        while half < SIZE {
            for start in (0..SIZE).step_by(2 * half) {
                for k in 0..half {
                    let (cos, sin) = self.turns[k * (SIZE / 2 / half)];
                    let (a, b) = (data[start + k], data[start + k + half]);
                    let turned = (b.0 * cos - b.1 * sin, b.0 * sin + b.1 * cos);
                    data[start + k] = (a.0 + turned.0, a.1 + turned.1);
                    data[start + k + half] = (a.0 - turned.0, a.1 - turned.1);
                }
            }
            half *= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pulse train through two resonances: a vowel of a box.
    fn vowel(first: f32, second: f32) -> Vec<f32> {
        let mut samples: Vec<f32> = (0..12_000).map(|at| if at % 200 == 0 { 1.0 } else { 0.0 }).collect();
        for (frequency, width) in [(first, 80.0), (second, 100.0)] {
            let radius = (-PI * width / SAMPLE_RATE as f32).exp();
            let c = 2.0 * radius * (TAU * frequency / SAMPLE_RATE as f32).cos();
            for at in 2..samples.len() {
                samples[at] += c * samples[at - 1] - radius * radius * samples[at - 2];
            }
        }
        let peak = samples.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
        samples.iter().map(|x| 0.5 * x / peak).collect()
    }

    #[test]
    fn the_resonances_of_a_vowel_are_found() {
        for (first, second) in [(300.0, 2300.0), (500.0, 1500.0), (700.0, 1700.0)] {
            let frame = frames(&vowel(first, second))[25];
            assert!((frame.formants.0 - first).abs() < 120.0, "{first}: {frame:?}");
            assert!((frame.formants.1 - second).abs() < 200.0, "{second}: {frame:?}");
            assert!(frame.voicing > 0.8 && frame.hiss < 0.1, "{frame:?}");
        }
    }

    #[test]
    fn the_level_of_a_full_scale_tone_is_minus_three_db() {
        let tone: Vec<f32> =
            (0..4800).map(|at| (TAU * 1000.0 * at as f32 / SAMPLE_RATE as f32).sin()).collect();
        let frame = frames(&tone)[10];
        assert!((frame.level_db + 3.0).abs() < 0.3, "{frame:?}");
    }

    #[test]
    fn sound_that_is_not_a_number_measures_as_silence() {
        assert_eq!(frames(&[f32::NAN; 480])[1].level_db, -100.0);
        assert!(frames(&[]).is_empty());
    }
}
