//! Cutting a sound into what can be listened to at once.

use std::ops::Range;

use crate::SAMPLE_RATE;

/// Samples that are judged together: 20 ms.
const STEP: usize = SAMPLE_RATE as usize / 50;
/// Longest stretch, in steps: 29.5 s, so that its last sound is not cut off.
const LONGEST: usize = 29 * 50 + 25;
/// A cut is looked for from here on, in steps.
const EARLIEST_CUT: usize = 20 * 50;
/// A cut goes through the quietest place of this length: 300 ms.
const PAUSE: usize = 15;
/// Sounds below this are silence, in dBFS.
const SILENCE_DB: f32 = -60.0;
/// So are those that are this much below the loudest, in dB.
const RANGE_DB: f32 = 50.0;
/// Kept of the silence around a stretch: 200 ms.
const MARGIN: usize = 10;

/// Stretches of at most 29.5 s that hold all that is not silence, cut at pauses.
pub(crate) fn stretches(samples: &[f32]) -> Vec<Range<usize>> {
    let levels: Vec<f32> = samples.chunks(STEP).map(level).collect();
    let loudest = levels.iter().copied().fold(f32::MIN, f32::max);
    let threshold = SILENCE_DB.max(loudest - RANGE_DB);
    let mut stretches = Vec::new();
    let mut at = 0;
    while let Some(first) = (at..levels.len()).find(|step| levels[*step] > threshold) {
        let start = first.saturating_sub(MARGIN).max(at);
        let end = if levels.len() - start <= LONGEST {
            levels.len()
        } else {
            quietest(&levels[start + EARLIEST_CUT..start + LONGEST]) + start + EARLIEST_CUT
        };
        let last = (start..end).rfind(|step| levels[*step] > threshold).unwrap_or(start);
        let heard_to = (last + 1 + MARGIN).min(end);
        stretches.push(start * STEP..(heard_to * STEP).min(samples.len()));
        at = end;
    }
    stretches
}

/// The level of some samples, in dBFS.
pub(crate) fn level(samples: &[f32]) -> f32 {
    let energy: f32 = samples.iter().filter(|sample| sample.is_finite()).map(|sample| sample * sample).sum();
    10.0 * (energy / samples.len() as f32).max(1e-12).log10()
}

/// The middle of the quietest place; the last of several.
fn quietest(levels: &[f32]) -> usize {
    let loudness = |at: usize| levels[at..at + PAUSE].iter().sum::<f32>();
    let places = 0..=levels.len() - PAUSE;
    places.min_by(|a, b| loudness(*a).total_cmp(&loudness(*b)).then(b.cmp(a))).unwrap_or(0) + PAUSE / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise of so many seconds with silence at some places.
    fn sound(seconds: usize, silent: &[Range<f64>]) -> Vec<f32> {
        (0..seconds * SAMPLE_RATE as usize)
            .map(|at| {
                let time = at as f64 / f64::from(SAMPLE_RATE);
                if silent.iter().any(|range| range.contains(&time)) {
                    0.0
                } else {
                    ((at * 7919) % 200) as f32 / 1000.0
                }
            })
            .collect()
    }

    fn seconds(stretches: Vec<Range<usize>>) -> Vec<(f64, f64)> {
        let second = |at: usize| (at as f64 / f64::from(SAMPLE_RATE) * 100.0).round() / 100.0;
        stretches.into_iter().map(|range| (second(range.start), second(range.end))).collect()
    }

    #[test]
    fn silence_is_left_out_and_long_sounds_are_cut_at_pauses() {
        assert_eq!(seconds(stretches(&sound(5, &[0.0..1.0, 4.0..5.0]))), [(0.8, 4.2)]);
        let long = sound(70, &[10.0..11.0, 25.0..26.0, 50.0..50.5]);
        let cut = seconds(stretches(&long));
        assert_eq!(cut.len(), 3, "{cut:?}");
        assert!(cut[0].1 >= 25.0 && cut[0].1 <= 25.3, "{cut:?}");
        assert!(cut[1].0 >= 25.5 && cut[1].1 >= 50.0 && cut[1].1 <= 50.5, "{cut:?}");
        assert!(cut.iter().all(|(start, end)| end - start <= 29.5), "{cut:?}");
        assert_eq!(stretches(&sound(40, &[0.0..40.0])), []);
        assert_eq!(stretches(&[]), []);
        assert_eq!(stretches(&[f32::NAN; 100]), []);
    }

    #[test]
    fn a_sound_without_pauses_loses_nothing() {
        let noise = sound(100, &[]);
        let cut = stretches(&noise);
        assert_eq!((cut[0].start, cut.last().unwrap().end), (0, noise.len()));
        assert!(cut.windows(2).all(|pair| pair[0].end == pair[1].start));
    }
}
