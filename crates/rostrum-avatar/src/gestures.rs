//! What hands and eyes do while somebody speaks.

use rostrum_model::speech::{PhonemeSpan, SpeechTrack, WordSpan};
use rostrum_model::video::Expressiveness;

use crate::motion::{Draws, MotionOptions, smooth};
use crate::pose::{Gesture, HandPose};

/// A pause this long parts two phrases.
const PHRASE_PAUSE_S: f64 = 0.22;
/// A phrase must last this long for a gesture to fit into it.
const SHORTEST_PHRASE_S: f64 = 1.1;
/// How long hands take to come and to go.
const RAISE_S: f64 = 0.42;
const LOWER_S: f64 = 0.55;
/// A hand stays up over a pause that is shorter than this, to the next gesture of the same kind.
const STAY_S: f64 = 0.9;
/// How long a wave lasts, and its swings per second.
const WAVE_S: f64 = 1.9;
const WAVE_HZ: f64 = 2.1;
/// When somebody who says nothing makes the gesture that is asked for.
const SILENT_GESTURE_S: f64 = 0.6;
/// Time constant with which a beat fades.
const BEAT_S: f64 = 0.16;

/// One gesture: when hands leave rest, and when they begin to go back.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stroke {
    gesture: Gesture,
    /// Which hands take part, left and right in the picture.
    with: [bool; 2],
    start_s: f64,
    end_s: f64,
}

/// The hands over time.
#[derive(Debug)]
pub(crate) struct HandTrack {
    strokes: Vec<Stroke>,
    /// When stressed sounds begin.
    stresses: Vec<f64>,
}

impl HandTrack {
    pub(crate) fn plan(speech: &SpeechTrack, end_s: f64, options: &MotionOptions, draws: &mut Draws) -> Self {
        let stresses: Vec<f64> =
            speech.phonemes.iter().filter(|span| span.stressed).map(|span| span.start_s).collect();
        let share = options.manner.hands.map_or_else(|| usual_share(options.expressiveness), f64::from);
        let mut strokes: Vec<Stroke> = Vec::new();
        if options.manner.gesture == Some(Gesture::Clasp) {
            let stroke = Stroke {
                gesture: Gesture::Clasp,
                with: [true; 2],
                start_s: -RAISE_S,
                end_s: end_s + LOWER_S,
            };
            return Self { strokes: vec![stroke], stresses: Vec::new() };
        }
        let mut phrases = phrases(&speech.phonemes);
        if phrases.is_empty() && options.manner.gesture.is_some() && end_s > SILENT_GESTURE_S + LOWER_S {
            phrases.push((SILENT_GESTURE_S, end_s - LOWER_S));
        }
        for (i, (start_s, phrase_end_s)) in phrases.into_iter().enumerate() {
            // Drawn for each phrase, whether used or not: one phrase's choice does not change the next.
            let (chance, kind, hand) =
                (draws.between(0.0, 1.0), draws.between(0.0, 1.0), draws.between(0.0, 1.0));
            let spoken = word_gesture(&speech.words, start_s, phrase_end_s);
            let asked = match options.manner.gesture {
                Some(Gesture::Wave) => (i == 0).then_some((Gesture::Wave, start_s)),
                other => other.map(|gesture| (gesture, start_s)),
            };
            let free = || {
                let long = phrase_end_s - start_s >= SHORTEST_PHRASE_S;
                (long && chance < share).then_some((Gesture::Palm, start_s + 0.1))
            };
            let spoken = spoken.filter(|_| share > 0.0);
            let Some((gesture, at)) = asked.or(spoken).or_else(free) else { continue };
            let right = hand < 0.6;
            let with = match gesture {
                Gesture::Palm if kind < 0.42 => [true; 2],
                _ => [!right, right],
            };
            let end_s = match gesture {
                Gesture::Wave => at + WAVE_S,
                Gesture::Count(_) => (at + 1.5).min(phrase_end_s.max(at + 0.9)),
                _ => phrase_end_s - 0.1,
            };
            strokes.push(Stroke { gesture, with, start_s: at - RAISE_S * 0.6, end_s });
        }
        Self { strokes: settle(strokes), stresses }
    }

    /// Both hands at `t` seconds.
    pub(crate) fn at(&self, t: f64) -> [HandPose; 2] {
        let last = self.stresses[..self.stresses.partition_point(|start| *start <= t)].last();
        let beat = last.map_or(0.0, |start| {
            let since = t - start;
            (since / BEAT_S) * (1.0 - since / BEAT_S).exp()
        });
        [0, 1].map(|hand| {
            let near = self.strokes.iter().filter(|stroke| stroke.with[hand]);
            let poses =
                near.filter(|stroke| t >= stroke.start_s && t <= stroke.end_s + LOWER_S).map(|stroke| {
                    let up = smooth((t - stroke.start_s) / RAISE_S);
                    let down = smooth((t - stroke.end_s) / LOWER_S);
                    let beat = match stroke.gesture {
                        Gesture::Wave => ((t - stroke.start_s) * WAVE_HZ * std::f64::consts::TAU).sin(),
                        _ => beat,
                    };
                    HandPose { gesture: stroke.gesture, raise: (up * (1.0 - down)) as f32, beat: beat as f32 }
                });
            poses.max_by(|a, b| a.raise.total_cmp(&b.raise)).unwrap_or_default()
        })
    }
}

/// Drops gestures that would begin before the hands are back, and keeps hands up from one to the next of the same kind.
fn settle(strokes: Vec<Stroke>) -> Vec<Stroke> {
    let mut settled: Vec<Stroke> = Vec::with_capacity(strokes.len());
    for stroke in strokes {
        match settled.last_mut() {
            Some(last)
                if last.gesture == stroke.gesture
                    && stroke.gesture == Gesture::Palm
                    && stroke.start_s - last.end_s < STAY_S =>
            {
                last.end_s = last.end_s.max(stroke.end_s);
            }
            Some(last) if stroke.start_s < last.end_s + LOWER_S => {}
            _ => settled.push(stroke),
        }
    }
    settled
}

fn usual_share(expressiveness: Expressiveness) -> f64 {
    match expressiveness {
        Expressiveness::Low => 0.30,
        Expressiveness::Medium => 0.60,
        Expressiveness::High => 0.90,
    }
}

/// Runs of sounds between pauses, as (start, end) in seconds.
fn phrases(phonemes: &[PhonemeSpan]) -> Vec<(f64, f64)> {
    let mut phrases: Vec<(f64, f64)> = Vec::new();
    for span in phonemes.iter().filter(|span| !span.symbol.is_empty() && span.end_s.is_finite()) {
        match phrases.last_mut() {
            Some((_, end_s)) if span.start_s - *end_s < PHRASE_PAUSE_S => *end_s = end_s.max(span.end_s),
            _ => phrases.push((span.start_s, span.end_s)),
        }
    }
    phrases
}

/// The gesture that a word of the phrase brings about: greetings wave, numbers are counted on the fingers.
fn word_gesture(words: &[WordSpan], start_s: f64, end_s: f64) -> Option<(Gesture, f64)> {
    words.iter().filter(|word| word.start_s >= start_s - 0.05 && word.start_s < end_s).find_map(|word| {
        let plain: String = word.text.chars().filter(|letter| letter.is_alphanumeric()).collect();
        let gesture = match plain.to_lowercase().as_str() {
            "hello" | "hi" | "hey" | "goodbye" | "bye" => Gesture::Wave,
            "first" | "firstly" | "one" => Gesture::Count(1),
            "second" | "secondly" | "two" => Gesture::Count(2),
            "third" | "thirdly" | "three" => Gesture::Count(3),
            "fourth" | "four" => Gesture::Count(4),
            "five" => Gesture::Count(5),
            _ => return None,
        };
        Some((gesture, word.start_s))
    })
}

/// Where the eyes look over time: at the viewer, with short glances aside.
#[derive(Debug)]
pub(crate) struct Glances {
    /// From when on the eyes look where.
    turns: Vec<(f64, [f32; 2])>,
}

/// How long eyes take from one place to the next.
const SACCADE_S: f64 = 0.05;

impl Glances {
    pub(crate) fn plan(end_s: f64, draws: &mut Draws) -> Self {
        let mut turns = vec![(0.0, [0.0, 0.0])];
        let mut at = draws.between(1.5, 4.0);
        while at < end_s {
            let aside = [draws.between(-0.55, 0.55) as f32, draws.between(-0.25, 0.3) as f32];
            turns.push((at, aside));
            at += draws.between(0.35, 0.9);
            turns.push((at, [draws.between(-0.06, 0.06) as f32, 0.0]));
            at += draws.between(1.8, 5.0);
        }
        Self { turns }
    }

    pub(crate) fn at(&self, t: f64) -> [f32; 2] {
        let next = self.turns.partition_point(|(start, _)| *start <= t).max(1);
        let (start, to) = self.turns[next - 1];
        let from = if next >= 2 { self.turns[next - 2].1 } else { to };
        let share = smooth((t - start) / SACCADE_S) as f32;
        [0, 1].map(|k| from[k] + (to[k] - from[k]) * share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manner::Manner;
    use crate::motion::tests::spans;

    fn plan(expressiveness: Expressiveness, manner: Manner, words: &[(&str, f64)]) -> HandTrack {
        let sounds: Vec<(&str, u32)> = [("'ɑ", 200), ("n", 100), ("'i", 300)].repeat(4);
        let mut phonemes = spans(&sounds);
        let shift = phonemes.last().unwrap().end_s + 1.5;
        phonemes.extend(spans(&sounds).into_iter().map(|span| PhonemeSpan {
            start_s: span.start_s + shift,
            end_s: span.end_s + shift,
            ..span
        }));
        let words = words
            .iter()
            .map(|(text, start_s)| WordSpan {
                text: (*text).to_owned(),
                start_s: *start_s,
                end_s: start_s + 0.3,
            })
            .collect();
        let speech = SpeechTrack { phonemes, words, ..SpeechTrack::default() };
        let options = MotionOptions { seed: 5, expressiveness, manner };
        HandTrack::plan(&speech, 8.0, &options, &mut Draws::new(5))
    }

    fn raised(track: &HandTrack, t: f64) -> bool {
        track.at(t).iter().any(|hand| hand.raise > 0.9)
    }

    #[test]
    fn hands_rise_with_phrases_and_rest_in_pauses() {
        let track = plan(Expressiveness::High, Manner { hands: Some(1.0), ..Manner::default() }, &[]);
        assert!(raised(&track, 1.2) && raised(&track, 4.8), "{:?}", track.strokes);
        assert!(track.at(3.3).iter().all(|hand| hand.raise == 0.0));
    }

    #[test]
    fn who_is_asked_to_be_still_is_still() {
        let track =
            plan(Expressiveness::High, Manner { hands: Some(0.0), ..Manner::default() }, &[("hello", 0.0)]);
        assert_eq!(track.strokes, []);
    }

    #[test]
    fn greetings_wave_and_numbers_are_counted() {
        let track = plan(Expressiveness::Low, Manner::default(), &[("Hello,", 0.1), ("two", 4.2)]);
        let gestures: Vec<Gesture> = track.strokes.iter().map(|stroke| stroke.gesture).collect();
        assert_eq!(gestures, [Gesture::Wave, Gesture::Count(2)]);
    }

    #[test]
    fn hands_move_without_jumps() {
        let track =
            plan(Expressiveness::High, Manner { hands: Some(1.0), ..Manner::default() }, &[("three", 0.4)]);
        for frame in 0..200 {
            let (now, next) = (track.at(f64::from(frame) * 0.04), track.at(f64::from(frame + 1) * 0.04));
            for hand in 0..2 {
                assert!((now[hand].raise - next[hand].raise).abs() < 0.2, "{frame} {now:?} {next:?}");
            }
        }
    }
}
