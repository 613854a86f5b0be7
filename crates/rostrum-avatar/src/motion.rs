//! From speech to one pose per frame.

use rostrum_model::speech::{PhonemeSpan, SpeechTrack};
use rostrum_model::video::Expressiveness;

use crate::coarticulation::MouthTrack;
use crate::gestures::{Glances, HandTrack};
use crate::manner::Manner;
use crate::pose::Pose;

/// What shapes the motion beside the speech.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MotionOptions {
    /// Chooses blinks and sway; the same seed gives the same motion.
    pub seed: u64,
    /// How much the head, brows and hands move.
    pub expressiveness: Expressiveness,
    /// What the person is asked to do.
    pub manner: Manner,
}

/// The poses of a whole video.
#[derive(Debug, Clone, PartialEq)]
pub struct MotionTrack {
    /// One pose per frame.
    pub poses: Vec<Pose>,
}

/// Lid times of a blink in seconds: closing, held shut, opening.
const BLINK_CLOSE_S: f64 = 0.09;
const BLINK_HOLD_S: f64 = 0.04;
const BLINK_OPEN_S: f64 = 0.18;
/// Shortest and longest time from blink to blink.
const BLINK_GAP_S: (f64, f64) = (2.0, 5.0);
/// A pause this long invites a blink; one is moved to it by at most `BLINK_PULL_S`.
const BLINK_PAUSE_S: f64 = 0.12;
const BLINK_PULL_S: f64 = 0.9;
/// One blink in this many is followed by a second one after `DOUBLE_BLINK_S`.
const DOUBLE_BLINK_ODDS: f64 = 7.0;
const DOUBLE_BLINK_S: f64 = 0.47;

/// Time constant of the energy that follows the mouth (a one-pole filter of 0.18 per frame at 25 frames per second).
const ENERGY_TIME_S: f64 = 0.2;
/// The opening that counts as full energy, in S.
const FULL_ENERGY_OPEN: f64 = 0.15;
/// How much further a head nods that was asked to nod.
const NOD_GAIN: f32 = 2.2;
/// The smile of a speaker of whom none was asked.
const REST_SMILE: f32 = 0.55;
/// Breaths per second.
const BREATH_HZ: f64 = 0.24;

impl MotionTrack {
    /// Plans `frame_count` frames. Frame `i` shows the time `i / frames_per_second`; frames after the end of the speech
    /// rest but still breathe and blink.
    pub fn plan(
        speech: &SpeechTrack,
        frames_per_second: u32,
        frame_count: usize,
        options: &MotionOptions,
    ) -> Self {
        let frame_s = 1.0 / f64::from(frames_per_second.max(1));
        let mouth = MouthTrack::new(&speech.phonemes);
        let mut draws = Draws::new(options.seed);
        let sway = Sway::new(&mut draws, options.expressiveness);
        let end_s = frame_count as f64 * frame_s;
        let blinks = plan_blinks(&speech.phonemes, end_s, &mut draws);
        let glances = Glances::plan(end_s, &mut draws);
        let hands = HandTrack::plan(speech, end_s, options, &mut draws);
        let nods = if options.manner.nods { NOD_GAIN } else { 1.0 };

        let keep = (-frame_s / ENERGY_TIME_S).exp();
        let mut energy = 0.0;
        let mut next_blink = 0;
        let mut poses = Vec::with_capacity(frame_count);
        for frame in 0..frame_count {
            let t = frame as f64 * frame_s;
            let mouth = mouth.at(t);
            energy = energy * keep + (f64::from(mouth.open) / FULL_ENERGY_OPEN) * (1.0 - keep);
            while blinks.get(next_blink).is_some_and(|start| t > start + BLINK_LENGTH_S) {
                next_blink += 1;
            }
            let blink = blinks[next_blink..]
                .iter()
                .take_while(|start| **start <= t)
                .map(|start| lid_closure(t - start))
                .fold(0.0, f64::max);
            let swayed = sway.at(t, energy);
            poses.push(Pose {
                mouth,
                blink: blink as f32,
                gaze: glances.at(t),
                smile: options.manner.smile.unwrap_or(REST_SMILE),
                hands: hands.at(t),
                pitch: swayed.pitch * nods,
                ..swayed
            });
        }
        Self { poses }
    }
}

/// Length of a whole blink.
const BLINK_LENGTH_S: f64 = BLINK_CLOSE_S + BLINK_HOLD_S + BLINK_OPEN_S;

/// How closed the lids are `since` seconds after a blink began: 0..=1.
fn lid_closure(since: f64) -> f64 {
    if since < BLINK_CLOSE_S + BLINK_HOLD_S {
        smooth(since / BLINK_CLOSE_S)
    } else {
        1.0 - smooth((since - BLINK_CLOSE_S - BLINK_HOLD_S) / BLINK_OPEN_S)
    }
}

/// Smooth step from 0 to 1 for `x` in 0..=1.
pub(crate) fn smooth(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}

/// When blinks begin: every few seconds, in a pause of the speech where one is near.
fn plan_blinks(phonemes: &[PhonemeSpan], end_s: f64, draws: &mut Draws) -> Vec<f64> {
    let pauses: Vec<f64> = phonemes
        .iter()
        .filter(|span| span.symbol.is_empty() && span.end_s - span.start_s >= BLINK_PAUSE_S)
        .map(|span| span.start_s)
        .collect();
    let mut blinks = Vec::new();
    let mut due = draws.between(0.7, 2.5);
    while due < end_s {
        let nearest = pauses.iter().copied().min_by(|a, b| (a - due).abs().total_cmp(&(b - due).abs()));
        let last = blinks.last().copied().unwrap_or(-BLINK_GAP_S.0);
        let start = match nearest {
            Some(pause) if (pause - due).abs() < BLINK_PULL_S && pause - last > BLINK_GAP_S.0 / 2.0 => pause,
            _ => due,
        };
        blinks.push(start);
        let mut from = start;
        if draws.between(0.0, DOUBLE_BLINK_ODDS) < 1.0 {
            from += DOUBLE_BLINK_S;
            blinks.push(from);
        }
        due = from + draws.between(BLINK_GAP_S.0, BLINK_GAP_S.1);
    }
    blinks
}

/// Slow movements of the head: sums of sines whose frequencies share no period, so that nothing visibly repeats.
#[derive(Debug)]
struct Sway {
    phases: [f64; 10],
    amount: f64,
}

impl Sway {
    fn new(draws: &mut Draws, expressiveness: Expressiveness) -> Self {
        let amount = match expressiveness {
            Expressiveness::Low => 1.0,
            Expressiveness::Medium => 1.5,
            Expressiveness::High => 2.0,
        };
        Self { phases: std::array::from_fn(|_| draws.between(0.0, std::f64::consts::TAU)), amount }
    }

    /// The pose without mouth and lids at `t` seconds, for a speaker with this much energy (0..=1.5).
    fn at(&self, t: f64, energy: f64) -> Pose {
        let wave = |hertz: f64, phase: usize| (t * hertz * std::f64::consts::TAU + self.phases[phase]).sin();
        let breath = wave(BREATH_HZ, 0);
        let yaw = 0.030 * (0.6 * wave(0.13, 1) + 0.4 * wave(0.29, 2)) + 0.012 * wave(0.53, 3) * energy;
        let pitch = 0.018 * (0.6 * wave(0.17, 4) + 0.4 * wave(0.37, 5)) + 0.024 * (energy - 0.35);
        let roll = 0.010 * (0.7 * wave(0.11, 6) + 0.3 * wave(0.31, 7));
        let shift = [0.006 * wave(0.12, 8), 0.004 * breath + 0.010 * (energy - 0.3)];
        let brows = 0.35 * smooth((energy - 0.35) / 0.45) + 0.08 * wave(0.21, 9).max(0.0);
        let scaled = |value: f64| (value * self.amount) as f32;
        Pose {
            yaw: scaled(yaw),
            pitch: scaled(pitch),
            roll: scaled(roll),
            shift: shift.map(scaled),
            brows: scaled(brows),
            breath: breath as f32,
            ..Pose::default()
        }
    }
}

/// Reproducible numbers from a seed (the `SplitMix64` generator).
#[derive(Debug)]
pub(crate) struct Draws(u64);

impl Draws {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number in `low..high`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        low + (high - low) * ((bits >> 11) as f64 / (1u64 << 53) as f64)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::coarticulation::PICTURE_LEAD_S;

    /// Phoneme spans from (symbol, milliseconds); a `'` before the symbol marks stress.
    pub(crate) fn spans(sounds: &[(&str, u32)]) -> Vec<PhonemeSpan> {
        let mut start_s = 0.0;
        let mut spans = Vec::new();
        for (symbol, millis) in sounds {
            let end_s = start_s + f64::from(*millis) / 1000.0;
            let stressed = symbol.starts_with('\'');
            spans.push(PhonemeSpan {
                symbol: symbol.trim_start_matches('\'').into(),
                start_s,
                end_s,
                stressed,
            });
            start_s = end_s;
        }
        spans
    }

    fn speech(sounds: &[(&str, u32)]) -> SpeechTrack {
        SpeechTrack { phonemes: spans(sounds), ..SpeechTrack::default() }
    }

    /// Two silences, a pause too short to be one, and an end in the middle of a vowel.
    pub(crate) fn speech_with_silences() -> SpeechTrack {
        speech(&[
            ("", 360),
            ("m", 80),
            ("'ɑ", 260),
            ("", 420),
            ("b", 80),
            ("'O", 240),
            ("", 120),
            ("'æ", 220),
            ("u", 138),
        ])
    }

    /// The frames, at 25 a second, in which a mouth has to be shut: from 80 ms after each sound that is followed by more
    /// than 300 ms of silence, until shortly before the next, which opens the mouth before it is heard.
    pub(crate) fn silent_frames(speech: &SpeechTrack, frame_count: usize) -> Vec<usize> {
        const OPENS_BEFORE_S: f64 = PICTURE_LEAD_S + 0.12;
        let sounds = || speech.phonemes.iter().filter(|span| !span.symbol.is_empty());
        let starts = std::iter::once(f64::NEG_INFINITY).chain(sounds().map(|span| span.end_s));
        let ends = sounds().map(|span| span.start_s).chain(std::iter::once(f64::INFINITY));
        let silences: Vec<(f64, f64)> = starts.zip(ends).filter(|(start, end)| end - start > 0.3).collect();
        let is_silent = |frame: &usize| {
            let time_s = *frame as f64 / 25.0;
            silences.iter().any(|(start, end)| (start + 0.08..=end - OPENS_BEFORE_S).contains(&time_s))
        };
        (0..frame_count).filter(is_silent).collect()
    }

    #[test]
    fn silent_frames_are_those_of_long_silences() {
        let frames = silent_frames(&speech_with_silences(), 55);
        let expected = (0..=4).chain(20..=23).chain(50..55);
        assert_eq!(frames, expected.collect::<Vec<_>>());
    }

    #[test]
    fn the_same_seed_gives_the_same_motion_and_another_seed_another() {
        let speech = speech(&[("ɑ", 300), ("", 400), ("m", 100), ("i", 300)]);
        let plan =
            |seed| MotionTrack::plan(&speech, 25, 200, &MotionOptions { seed, ..MotionOptions::default() });
        assert_eq!(plan(1), plan(1));
        assert_ne!(plan(1), plan(2));
        assert_eq!(plan(1).poses.len(), 200);
    }

    #[test]
    fn eyes_blink_every_few_seconds_and_close_fully() {
        let track = MotionTrack::plan(&SpeechTrack::default(), 25, 1500, &MotionOptions::default());
        let shut = |pose: &Pose| pose.blink > 0.95;
        let blinks = track.poses.windows(2).filter(|pair| !shut(&pair[0]) && shut(&pair[1])).count();
        assert!((12..=40).contains(&blinks), "{blinks} blinks in a minute");
        assert!(track.poses.iter().filter(|pose| pose.blink == 0.0).count() > 1200);
    }

    #[test]
    fn a_blink_is_drawn_to_a_pause() {
        let speech = speech(&[("ɑ", 1500), ("", 500), ("ɑ", 1500)]);
        let blinks = plan_blinks(&speech.phonemes, 3.5, &mut Draws::new(0));
        assert!(blinks.iter().any(|start| (start - 1.5).abs() < 1e-9), "{blinks:?}");
    }

    #[test]
    fn expression_scales_the_head_and_not_the_mouth() {
        let speech = speech(&[("ɑ", 500), ("i", 500)]);
        let plan = |expressiveness| {
            MotionTrack::plan(
                &speech,
                25,
                25,
                &MotionOptions { seed: 3, expressiveness, ..MotionOptions::default() },
            )
            .poses[12]
        };
        let (low, high) = (plan(Expressiveness::Low), plan(Expressiveness::High));
        assert_eq!(low.mouth, high.mouth);
        assert!((high.yaw - 2.0 * low.yaw).abs() < 1e-6);
    }
}
