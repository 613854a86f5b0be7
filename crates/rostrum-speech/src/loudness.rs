//! One loudness for all voices, by EBU R 128.

use ebur128::{EbuR128, Mode};
use rostrum_model::speech::SAMPLE_RATE;

/// Integrated loudness of all speech, in LUFS: what streaming services play at.
pub const TARGET_LUFS: f64 = -16.0;
/// Highest true peak, in dBFS, so that lossy coding does not clip.
pub const MAX_TRUE_PEAK_DB: f64 = -1.0;

/// The meter gates in blocks of 400 ms; shorter sounds are measured repeated up to this length, in samples.
const SHORTEST_MEASURED: usize = 3 * SAMPLE_RATE as usize;
/// How far ahead the limiter sees a peak and how long it needs to let go, in samples: 4 ms and 40 ms.
const LOOK_AHEAD: usize = 96;
const RELEASE: f32 = 960.0;
/// Passes over gain and limiter; each halves what limiting took from the loudness.
const PASSES: usize = 4;

/// Brings speech to [`TARGET_LUFS`] with peaks held under [`MAX_TRUE_PEAK_DB`] by turning down around them, without
/// clipping. Silence stays silence.
pub fn normalise(samples: &mut [f32]) {
    let Some(before) = integrated(samples) else { return };
    scale(samples, TARGET_LUFS - before);
    let mut ceiling = MAX_TRUE_PEAK_DB;
    for _ in 0..PASSES {
        limit(samples, from_db(ceiling));
        let over = true_peak_db(samples) - MAX_TRUE_PEAK_DB;
        if over > 0.0 {
            ceiling -= over + 0.05;
            limit(samples, from_db(ceiling));
        }
        let missing = integrated(samples).map_or(0.0, |now| TARGET_LUFS - now);
        if missing.abs() < 0.05 {
            break;
        }
        scale(samples, missing);
    }
    limit(samples, from_db(ceiling));
    let over = true_peak_db(samples) - MAX_TRUE_PEAK_DB;
    if over > 0.0 {
        scale(samples, -over - 0.001);
    }
}

/// Integrated loudness in LUFS; nothing for silence.
pub fn integrated(samples: &[f32]) -> Option<f64> {
    if samples.is_empty() {
        return None;
    }
    let mut meter = EbuR128::new(1, SAMPLE_RATE, Mode::I).ok()?;
    for _ in 0..SHORTEST_MEASURED.div_ceil(samples.len()).clamp(1, SHORTEST_MEASURED) {
        meter.add_frames_f32(samples).ok()?;
    }
    meter.loudness_global().ok().filter(|loudness| loudness.is_finite())
}

/// True peak in dBFS, by oversampling.
pub fn true_peak_db(samples: &[f32]) -> f64 {
    let peak = EbuR128::new(1, SAMPLE_RATE, Mode::TRUE_PEAK)
        .and_then(|mut meter| {
            meter.add_frames_f32(samples)?;
            meter.true_peak(0)
        })
        .unwrap_or(0.0);
    20.0 * peak.max(1e-9).log10()
}

fn from_db(db: f64) -> f32 {
    10f64.powf(db / 20.0) as f32
}

/// Makes a sound louder or softer.
pub(crate) fn scale(samples: &mut [f32], db: f64) {
    let gain = from_db(db);
    for sample in samples {
        *sample *= gain;
    }
}

/// Turns down smoothly around samples over the ceiling: the gain falls linearly before the peak, recovers
/// exponentially behind it.
fn limit(samples: &mut [f32], ceiling: f32) {
    if samples.iter().all(|sample| sample.abs() <= ceiling) {
        return;
    }
    let mut gains: Vec<f32> = samples.iter().map(|x| (ceiling / x.abs().max(1e-9)).min(1.0)).collect();
    // Backwards: a peak is announced over the look-ahead.
    let mut announced = 1.0f32;
    let mut slope = 0.0f32;
    for gain in gains.iter_mut().rev() {
        announced = (announced + slope).min(1.0);
        if *gain < announced {
            announced = *gain;
            slope = (1.0 - announced) / LOOK_AHEAD as f32;
        }
        *gain = announced;
    }
    // Forwards: the gain comes back slowly.
    let back = 1.0 - (-1.0 / RELEASE).exp();
    let mut now = 1.0f32;
    for (sample, gain) in samples.iter_mut().zip(gains) {
        now = gain.min(now + (1.0 - now) * back);
        *sample *= now;
    }
}

/// Fades both ends over this many samples.
pub(crate) fn fade_ends(samples: &mut [f32], length: usize) {
    let length = length.min(samples.len() / 2);
    for step in 0..length {
        let gain = step as f32 / length as f32;
        samples[step] *= gain;
        let from_end = samples.len() - 1 - step;
        samples[from_end] *= gain;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(seconds: f32, level: f32) -> Vec<f32> {
        (0..(seconds * 24_000.0) as usize)
            .map(|at| {
                let t = at as f32 / 24_000.0;
                // bursts with strong peaks, like speech
                let burst = if (t * 4.0).fract() < 0.1 { 3.0 } else { 0.4 };
                level * burst * (t * 440.0 * std::f32::consts::TAU).sin()
            })
            .collect()
    }

    #[test]
    fn quiet_and_loud_sounds_come_to_the_same_loudness_under_the_peak() {
        for (seconds, level) in [(5.0, 0.01), (5.0, 0.3), (0.2, 0.1), (5.0, 2.0)] {
            let mut samples = tone(seconds, level);
            normalise(&mut samples);
            let loudness = integrated(&samples).unwrap();
            assert!((loudness - TARGET_LUFS).abs() < 0.5, "{seconds} s at {level}: {loudness} LUFS");
            let peak = true_peak_db(&samples);
            assert!(peak <= MAX_TRUE_PEAK_DB + 1e-3, "{seconds} s at {level}: {peak} dBFS");
        }
    }

    #[test]
    fn silence_stays_silence() {
        let mut samples = vec![0.0; 24_000];
        normalise(&mut samples);
        assert!(samples.iter().all(|sample| *sample == 0.0));
        normalise(&mut []);
    }

    #[test]
    fn ends_are_faded_to_nothing() {
        let mut samples = vec![1.0; 1000];
        fade_ends(&mut samples, 240);
        assert_eq!((samples[0], samples[999], samples[500]), (0.0, 0.0, 1.0));
        fade_ends(&mut [], 240);
    }
}
