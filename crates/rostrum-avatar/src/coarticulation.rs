//! How the shapes of successive sounds melt into each other.
//!
//! Each sound pulls on every mouth parameter with a dominance that is strongest at its middle and fades with a time
//! constant of that parameter, so rounding starts early and lingers while the tongue is quick. Because such a blend
//! never quite closes a mouth between two open vowels, the closures of p b m and the contact of f v are put back
//! afterwards.

use rostrum_model::speech::PhonemeSpan;

use crate::pose::MouthParams;
use crate::viseme::{Viseme, visemes_of};

/// How much earlier the lips move than the sound is heard, in seconds. Speakers do this, and viewers forgive a picture
/// that is early far more readily than one that is late.
pub(crate) const PICTURE_LEAD_S: f64 = 0.045;

/// Spans shorter than this are rounding noise of the timing.
const SHORTEST_SPAN_S: f64 = 0.004;
/// Neighbouring spans of one shape that are closer than this are one span.
const MERGE_GAP_S: f64 = 0.02;
/// Beyond this distance from its edge a span no longer matters (four times the slowest time constant).
const REACH_S: f64 = 0.4;
/// A span's dominance starts to fade this share of its half length before its edge...
const FADE_SHARE: f64 = 0.45;
/// ...but at most this many seconds before, so that long pauses and vowels are held.
const LONGEST_FADE_S: f64 = 0.06;
/// Weight of a rest that is always there, so that the weights never sum to nothing.
const FAINT_REST: f64 = 1e-6;
/// Half of the shortest and of the longest time for which lips stay in contact.
const CONTACT_HALF_S: (f64, f64) = (0.028, 0.06);
/// Time constant with which a contact is approached and left.
const CONTACT_FLANK_S: f64 = 0.030;
/// Opening of stressed and of unstressed vowels against the table.
const STRESSED_OPENING: f32 = 1.0;
const UNSTRESSED_OPENING: f32 = 0.82;

/// Indices into [`MouthParams::to_array`].
const OPEN: usize = 0;
const ROUND: usize = 2;
const RAISE: usize = 3;
const LOWER: usize = 4;
const ROLL: usize = 5;
const FV: usize = 6;
const ART: usize = 8;
/// Time constant of each parameter in seconds: open, spread, round, raise, lower, roll, fv, tongue, art.
const TIME_CONSTANT_S: [f64; MouthParams::COUNT] =
    [0.052, 0.075, 0.085, 0.052, 0.052, 0.032, 0.032, 0.040, 0.100];

/// One shape and when it is due.
#[derive(Debug, Clone, Copy)]
struct Target {
    viseme: Viseme,
    shape: MouthParams,
    start_s: f64,
    end_s: f64,
}

impl Target {
    fn centre_s(&self) -> f64 {
        f64::midpoint(self.start_s, self.end_s)
    }

    fn half_s(&self) -> f64 {
        (self.end_s - self.start_s) / 2.0
    }

    /// How strongly this target's own character insists on parameter `k`.
    fn insistence(&self, k: usize) -> f64 {
        match (k, self.viseme) {
            // Tongue sounds let the lips keep the rounding of their neighbours.
            (ROUND, Viseme::Ss | Viseme::Nn | Viseme::Dd | Viseme::Kk | Viseme::Schwa) => 0.35,
            (OPEN, Viseme::Nn | Viseme::Dd | Viseme::Ss | Viseme::Kk | Viseme::Th) => 0.8,
            (_, Viseme::Rest) => 0.6,
            _ => 1.0,
        }
    }
}

/// The mouth over time.
#[derive(Debug)]
pub(crate) struct MouthTrack {
    targets: Vec<Target>,
}

impl MouthTrack {
    /// The mouth movements of these phonemes.
    pub(crate) fn new(phonemes: &[PhonemeSpan]) -> Self {
        let mut targets: Vec<Target> = Vec::with_capacity(phonemes.len() + 1);
        let mut silent_from_s = 0.0;
        for phoneme in phonemes {
            let length = phoneme.end_s - phoneme.start_s;
            if !length.is_finite() || length < SHORTEST_SPAN_S {
                continue;
            }
            let mut start_s = phoneme.start_s;
            if start_s - silent_from_s > MERGE_GAP_S {
                push_target(&mut targets, Viseme::Rest, false, silent_from_s, start_s);
            }
            for (viseme, share) in visemes_of(&phoneme.symbol) {
                let end_s = start_s + length * f64::from(share);
                push_target(&mut targets, viseme, phoneme.stressed, start_s, end_s);
                start_s = end_s;
            }
            silent_from_s = silent_from_s.max(phoneme.end_s);
        }
        // Without it the last sound would be held until it is out of reach.
        push_target(&mut targets, Viseme::Rest, false, silent_from_s, silent_from_s + REACH_S);
        Self { targets }
    }

    /// The mouth while the sound of `sound_s` (seconds) is heard; before, between and after the speech it rests.
    pub(crate) fn at(&self, sound_s: f64) -> MouthParams {
        let t = sound_s + PICTURE_LEAD_S;
        let first = self.targets.partition_point(|target| target.end_s < t - REACH_S);
        let near = self.targets[first..].iter().take_while(|target| target.start_s < t + REACH_S);

        let rest = Viseme::Rest.shape().to_array();
        let mut sums: [f64; MouthParams::COUNT] = std::array::from_fn(|k| FAINT_REST * f64::from(rest[k]));
        let mut weights = [FAINT_REST; MouthParams::COUNT];
        for target in near.clone() {
            let shape = target.shape.to_array();
            let half = target.half_s();
            let held = half - (FADE_SHARE * half).min(LONGEST_FADE_S);
            let distance = ((t - target.centre_s()).abs() - held).max(0.0);
            for k in 0..MouthParams::COUNT {
                let weight = target.insistence(k) * (-(distance / TIME_CONSTANT_S[k]).powi(2)).exp();
                sums[k] += weight * f64::from(shape[k]);
                weights[k] += weight;
            }
        }
        let mut mouth: [f32; MouthParams::COUNT] = std::array::from_fn(|k| (sums[k] / weights[k]) as f32);

        // Closed lips win over lip-on-teeth, so they come last.
        for contact in [Viseme::Ff, Viseme::Pp] {
            for target in near.clone().filter(|target| target.viseme == contact) {
                impose_contact(&mut mouth, target, t);
            }
        }
        MouthParams::from_array(mouth)
    }
}

/// Pulls the parameters that make the lips touch to those of `target` while it is due.
fn impose_contact(mouth: &mut [f32; MouthParams::COUNT], target: &Target, t: f64) {
    let held = target.half_s().clamp(CONTACT_HALF_S.0, CONTACT_HALF_S.1);
    let distance = ((t - target.centre_s()).abs() - held).max(0.0);
    let weight = (-(distance / CONTACT_FLANK_S).powi(2)).exp() as f32;
    let shape = target.shape.to_array();
    for k in [OPEN, RAISE, LOWER, ROLL, FV, ART] {
        mouth[k] += (shape[k] - mouth[k]) * weight;
    }
}

fn push_target(targets: &mut Vec<Target>, viseme: Viseme, stressed: bool, start_s: f64, end_s: f64) {
    if let Some(last) = targets.last_mut()
        && last.viseme == viseme
        && start_s - last.end_s < MERGE_GAP_S
    {
        last.end_s = last.end_s.max(end_s);
        return;
    }
    let mut shape = viseme.shape();
    if viseme.is_vowel() {
        shape.open *= if stressed { STRESSED_OPENING } else { UNSTRESSED_OPENING };
    }
    targets.push(Target { viseme, shape, start_s, end_s });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::tests::spans;

    #[test]
    fn every_bilabial_is_held_shut_for_more_than_a_frame() {
        let phonemes =
            spans(&[("ɑ", 120), ("p", 50), ("ɑ", 120), ("b", 30), ("i", 90), ("m", 80), ("O", 200)]);
        let track = MouthTrack::new(&phonemes);
        for phoneme in phonemes.iter().filter(|phoneme| ["p", "b", "m"].contains(&phoneme.symbol.as_str())) {
            let centre = f64::midpoint(phoneme.start_s, phoneme.end_s) - PICTURE_LEAD_S;
            for offset in [-0.027, 0.0, 0.027] {
                let mouth = track.at(centre + offset);
                assert!(mouth.open < 1e-4 && mouth.art > 0.999, "{phoneme:?} {mouth:?}");
            }
        }
    }

    #[test]
    fn a_vowel_opens_the_mouth_and_a_long_pause_closes_it() {
        let track = MouthTrack::new(&spans(&[("", 2000), ("ɑ", 200), ("", 2000)]));
        assert!(track.at(2.1 - PICTURE_LEAD_S).open > 0.15);
        for pause in [0.2, 1.0, 1.7, 3.0, 3.9, 20.0] {
            let mouth = track.at(pause);
            assert!(mouth.open < 0.01 && mouth.art > 0.98, "{pause} {mouth:?}");
        }
    }

    #[test]
    fn silence_without_a_symbol_closes_the_mouth_too() {
        let mut phonemes = spans(&[("ɑ", 200), ("", 400), ("O", 200)]);
        phonemes.remove(1);
        let track = MouthTrack::new(&phonemes);
        for silent_s in [0.28, 0.4, 0.88, 1.0, 1.5] {
            let mouth = track.at(silent_s);
            assert!(mouth.open < 0.005 && mouth.round < 0.1, "{silent_s} {mouth:?}");
        }
        assert!(track.at(0.62).open > 0.06, "{:?}", track.at(0.62));
    }

    #[test]
    fn rounding_starts_before_its_vowel() {
        let track = MouthTrack::new(&spans(&[("", 300), ("s", 90), ("t", 60), ("u", 160), ("", 300)]));
        assert!(track.at(0.36).round > 0.3, "{:?}", track.at(0.36));
    }

    #[test]
    fn the_mouth_moves_smoothly() {
        let track =
            MouthTrack::new(&spans(&[("h", 60), ("ə", 60), ("l", 70), ("O", 180), ("w", 70), ("ɜ", 100)]));
        let step = |i: usize| track.at(i as f64 / 1000.0).open;
        for i in 0..600 {
            assert!((step(i + 1) - step(i)).abs() < 0.006, "{i}");
        }
    }

    #[test]
    fn hostile_times_are_skipped() {
        let mut phonemes = spans(&[("a", 100), ("b", 100)]);
        phonemes[0].end_s = f64::NAN;
        phonemes[1].end_s = phonemes[1].start_s - 1.0;
        assert!(MouthTrack::new(&phonemes).at(0.05).open.abs() < 1e-6);
    }
}
