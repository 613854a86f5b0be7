//! From the rate of speech to the one that is listened to.

use rostrum_model::speech::SAMPLE_RATE;

use crate::SAMPLE_RATE as HEARD_RATE;

/// Half the length of the filter, in samples of the source.
const REACH: isize = 24;
/// What the filter lets through, against half the rate of the source: up to 7.5 kHz.
const CUT: f64 = 7500.0 / (SAMPLE_RATE as f64 / 2.0);

/// Speech as it is made here, at its rate of 24 kHz, brought to [`crate::SAMPLE_RATE`] by a windowed sinc.
pub fn from_speech(samples: &[f32]) -> Vec<f32> {
    let step = f64::from(SAMPLE_RATE) / f64::from(HEARD_RATE);
    let weight = |away: f64| {
        let turn = std::f64::consts::PI * away * CUT;
        let sinc = if turn.abs() < 1e-9 { 1.0 } else { turn.sin() / turn };
        let window = 0.5 + 0.5 * (std::f64::consts::PI * away / REACH as f64).cos();
        CUT * sinc * window
    };
    let count = (samples.len() as f64 / step) as usize;
    let at = |index: usize| {
        let place = index as f64 * step;
        let centre = place.floor() as isize;
        let near = (centre - REACH + 1..=centre + REACH).filter_map(|source| {
            let sample = samples.get(usize::try_from(source).ok()?)?;
            Some(f64::from(*sample) * weight(place - source as f64))
        });
        near.sum::<f64>() as f32
    };
    (0..count).map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hertz: f32, rate: u32) -> Vec<f32> {
        (0..rate).map(|i| (i as f32 * std::f32::consts::TAU * hertz / rate as f32).sin()).collect()
    }

    #[test]
    fn what_can_be_heard_stays_and_what_cannot_goes() {
        for hertz in [100.0, 1000.0, 6000.0] {
            let heard = from_speech(&tone(hertz, SAMPLE_RATE));
            assert_eq!(heard.len(), HEARD_RATE as usize);
            let off = heard.iter().zip(tone(hertz, HEARD_RATE)).skip(100).take(15_000);
            let worst = off.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(worst < 0.02, "{hertz} Hz: {worst}");
        }
        let high = from_speech(&tone(10_000.0, SAMPLE_RATE));
        assert!(high.iter().skip(100).take(15_000).all(|sample| sample.abs() < 0.02));
        assert_eq!(from_speech(&[]), Vec::<f32>::new());
    }
}
