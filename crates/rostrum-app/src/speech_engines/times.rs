//! When the words of a sound are heard that somebody else made.
//!
//! Best are times that the engine tells for each character. Else an [`Aligner`] finds the words in the sound. Where there is
//! none, words are spread over the sounding stretches by their share of the letters: pauses that lie near the end of a word
//! are taken for its end, above all behind punctuation. That is right at pauses, and a fraction of a second off between.

use rostrum_model::speech::SAMPLE_RATE;
use serde::Deserialize;

/// Finds the words of a text in its sound.
pub trait Aligner: Send + Sync {
    /// Start and end of each word in seconds, in order, or nothing when they cannot be found. The samples are mono at
    /// [`SAMPLE_RATE`]; the language is a BCP 47 tag.
    fn align(&self, samples: &[f32], words: &[&str], locale: &str) -> Option<Vec<(f64, f64)>>;
}

/// The times of a text's characters, as ElevenLabs' API tells them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Characters {
    /// One each.
    #[serde(rename = "characters")]
    texts: Vec<String>,
    #[serde(rename = "character_start_times_seconds")]
    starts_s: Vec<f64>,
    #[serde(rename = "character_end_times_seconds")]
    ends_s: Vec<f64>,
}

impl Characters {
    /// The times of words that were sent joined by single spaces; nothing when the characters are others, or their times
    /// go back or beyond the sound.
    pub(super) fn words(&self, words: &[&str], duration_s: f64) -> Option<Vec<(f64, f64)>> {
        let (starts, ends) = (&self.starts_s, &self.ends_s);
        let sent = words.join(" ");
        let same = self.texts.iter().flat_map(|text| text.chars()).eq(sent.chars());
        let one_each = self.texts.iter().all(|text| text.chars().count() == 1);
        if !same || !one_each || starts.len() != self.texts.len() || ends.len() != starts.len() {
            return None;
        }
        // The engine rounds; its last character may end a little behind the last sample.
        let in_sound = |time: &f64| time.is_finite() && (0.0..=duration_s + 0.5).contains(time);
        if !starts.iter().chain(ends).all(in_sound) || starts.windows(2).any(|pair| pair[0] > pair[1]) {
            return None;
        }
        let mut times = Vec::new();
        let mut first = 0;
        let mut spoken_to = 0.0f64;
        for word in words {
            let last = first + word.chars().count() - 1;
            let start = starts[first].min(duration_s).max(spoken_to);
            let end = ends[last].min(duration_s).max(start);
            times.push((start, end));
            spoken_to = end;
            first = last + 2;
        }
        Some(times)
    }
}

/// Length of a measured frame: 10 ms.
const FRAME: usize = SAMPLE_RATE as usize / 100;
/// Quieter than the loudest frame by this factor (-32 dB) is silence.
const SILENCE: f32 = 0.025;
/// The shortest silence that is taken for a pause, in frames.
const SHORTEST_PAUSE: usize = 15;
/// How far a word's end by letters may lie from the pause that is taken for it, in seconds.
const REACH_S: f64 = 0.7;
/// A pause is preferred behind punctuation by so much, in seconds.
const PUNCTUATION_S: f64 = 0.35;

/// Start and end, in seconds, of the stretches that sound.
fn stretches(samples: &[f32]) -> Vec<(f64, f64)> {
    let levels: Vec<f32> = samples
        .chunks(FRAME)
        .map(|frame| (frame.iter().map(|sample| sample * sample).sum::<f32>() / frame.len() as f32).sqrt())
        .collect();
    let floor = levels.iter().copied().fold(0.0, f32::max) * SILENCE;
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (frame, level) in levels.iter().enumerate() {
        if *level <= floor {
            continue;
        }
        match found.last_mut() {
            Some((_, end)) if frame - *end < SHORTEST_PAUSE => *end = frame + 1,
            _ => found.push((frame, frame + 1)),
        }
    }
    let seconds = |frame: usize| (frame * FRAME).min(samples.len()) as f64 / f64::from(SAMPLE_RATE);
    found.into_iter().map(|(start, end)| (seconds(start), seconds(end))).collect()
}

/// The times of words, spread over the sounding stretches by their letters.
pub(super) fn spread(samples: &[f32], words: &[&str]) -> Vec<(f64, f64)> {
    let mut stretches = stretches(samples);
    if stretches.is_empty() {
        stretches.push((0.0, samples.len() as f64 / f64::from(SAMPLE_RATE)));
    }
    let total: f64 = stretches.iter().map(|(start, end)| end - start).sum();
    // A word costs a little beside its letters.
    let weights: Vec<f64> =
        words.iter().map(|word| 1.0 + word.chars().filter(|c| c.is_alphanumeric()).count() as f64).collect();
    let sum: f64 = weights.iter().sum();
    let ends: Vec<f64> = weights
        .iter()
        .scan(0.0, |so_far, weight| {
            *so_far += weight;
            Some(*so_far / sum * total)
        })
        .collect();
    // Which word each pause stands behind.
    let mut groups: Vec<(usize, usize)> = vec![];
    let (mut word, mut sounding) = (0, 0.0);
    for (index, (start, end)) in stretches.iter().enumerate().take(stretches.len() - 1) {
        sounding += end - start;
        let cost = |last: usize| {
            let marked = words[last].ends_with(|c: char| !c.is_alphanumeric());
            (ends[last] - sounding).abs() - if marked { PUNCTUATION_S } else { 0.0 }
        };
        // The last word stays for what comes behind the last pause.
        let best = (word..words.len().saturating_sub(1)).min_by(|a, b| cost(*a).total_cmp(&cost(*b)));
        if let Some(last) = best.filter(|last| (ends[*last] - sounding).abs() <= REACH_S) {
            groups.push((last + 1, index + 1));
            word = last + 1;
        }
    }
    groups.push((words.len(), stretches.len()));
    let mut times = Vec::with_capacity(words.len());
    let (mut word, mut stretch) = (0, 0);
    for (next_word, next_stretch) in groups {
        within(&weights[word..next_word], &stretches[stretch..next_stretch], &mut times);
        (word, stretch) = (next_word, next_stretch);
    }
    times
}

/// Spreads weights over stretches.
fn within(weights: &[f64], stretches: &[(f64, f64)], times: &mut Vec<(f64, f64)>) {
    let total: f64 = stretches.iter().map(|(start, end)| end - start).sum();
    let sum: f64 = weights.iter().sum();
    // An instant of sounding time on the clock: a start at the edge of a pause lies behind it, an end before.
    let place = |sounding: f64, is_start: bool| {
        let mut left = sounding;
        for (start, end) in stretches {
            let length = end - start;
            if left < length - 1e-9 || (!is_start && left <= length + 1e-9) {
                return start + left.clamp(0.0, length);
            }
            left -= length;
        }
        stretches.last().map_or(0.0, |(_, end)| *end)
    };
    let mut so_far = 0.0;
    for weight in weights {
        let start = place(so_far / sum * total, true);
        so_far += weight;
        times.push((start, place(so_far / sum * total, false).max(start)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sounding stretches of these lengths in seconds, with silences between.
    fn sound(parts: &[(f64, bool)]) -> Vec<f32> {
        let mut samples = Vec::new();
        for (seconds, sounds) in parts {
            let count = (seconds * f64::from(SAMPLE_RATE)) as usize;
            samples.extend((0..count).map(|i| if *sounds { (i as f32 * 0.05).sin() * 0.3 } else { 0.0 }));
        }
        samples
    }

    fn near(times: &[(f64, f64)], expected: &[(f64, f64)]) {
        assert_eq!(times.len(), expected.len());
        for (time, wanted) in times.iter().zip(expected) {
            let off = (time.0 - wanted.0).abs().max((time.1 - wanted.1).abs());
            assert!(off < 0.02, "{times:?} instead of {expected:?}");
        }
    }

    #[test]
    fn words_end_where_pauses_begin() {
        let samples = sound(&[(0.5, false), (1.0, true), (0.4, false), (1.0, true), (0.3, false)]);
        // By letters alone the pause would fall into "three".
        let times = spread(&samples, &["one", "two,", "three", "four."]);
        near(&times, &[(0.5, 1.0), (1.0, 1.5), (1.9, 1.9 + 6.0 / 11.0), (1.9 + 6.0 / 11.0, 2.9)]);
    }

    #[test]
    fn words_are_in_order_and_in_the_sound_whatever_it_is() {
        let word = "hello";
        for parts in [
            vec![(1.0, false)],
            vec![
                (0.3, true),
                (0.5, false),
                (0.3, true),
                (0.5, false),
                (0.3, true),
                (0.2, false),
                (0.1, true),
            ],
            vec![],
        ] {
            let samples = sound(&parts);
            for count in 1..9 {
                let times = spread(&samples, &vec![word; count]);
                assert_eq!(times.len(), count);
                let duration = samples.len() as f64 / f64::from(SAMPLE_RATE);
                assert!(
                    times.iter().all(|(start, end)| start <= end && *end <= duration + 1e-6),
                    "{times:?}"
                );
                assert!(times.windows(2).all(|pair| pair[0].1 <= pair[1].0 + 1e-6), "{times:?}");
            }
        }
    }

    fn characters(text: &str, step: f64) -> Characters {
        let count = text.chars().count();
        Characters {
            texts: text.chars().map(String::from).collect(),
            starts_s: (0..count).map(|i| i as f64 * step).collect(),
            ends_s: (1..=count).map(|i| i as f64 * step).collect(),
        }
    }

    #[test]
    fn words_have_the_times_of_their_characters() {
        let told = characters("Hé you.", 0.1);
        near(&told.words(&["Hé", "you."], 1.0).unwrap(), &[(0.0, 0.2), (0.3, 0.7)]);
    }

    #[test]
    fn characters_of_another_text_or_with_impossible_times_are_not_believed() {
        let good = characters("Hi you", 0.1);
        assert_eq!(good.words(&["Hi", "yoo"], 1.0), None);
        assert_eq!(good.words(&["Hi"], 1.0), None);
        assert_eq!(good.words(&["Hi", "you"], 0.01), None);
        let mut short = good.clone();
        short.ends_s.pop();
        assert_eq!(short.words(&["Hi", "you"], 1.0), None);
        for odd in [f64::NAN, -1.0, 1e9] {
            let mut told = good.clone();
            told.starts_s[3] = odd;
            assert_eq!(told.words(&["Hi", "you"], 1.0), None, "{odd}");
        }
    }
}
