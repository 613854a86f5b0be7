//! From the rate that speech is made at to the one that is listened to.
#![expect(unreachable_pub, reason = "the module is compiled into each file that uses it")]

use std::f64::consts::PI;

/// 24 kHz to 16 kHz: every third sample of twice the rate, behind a low-pass at 7.6 kHz of 96 taps.
pub fn two_thirds(samples: &[f32]) -> Vec<f32> {
    const TAPS: isize = 96;
    let cutoff = 7600.0 / 48_000.0;
    let filter = |at: isize| {
        let x = at as f64;
        let sinc = if at == 0 { 2.0 * cutoff } else { (2.0 * PI * cutoff * x).sin() / (PI * x) };
        2.0 * sinc * (0.5 + 0.5 * (PI * x / TAPS as f64).cos())
    };
    (0..samples.len() * 2 / 3)
        .map(|out| {
            let centre = out as isize * 3;
            let near = (centre - TAPS..=centre + TAPS).filter(|at| *at >= 0 && at % 2 == 0);
            near.filter_map(|at| {
                samples.get(at as usize / 2).map(|sample| f64::from(*sample) * filter(at - centre))
            })
            .sum::<f64>() as f32
        })
        .collect()
}
