//! Times of words by recognition: the networks hear the sound and find the words in it.

use std::path::PathBuf;
use std::sync::OnceLock;

use rostrum_model::speech::{SAMPLE_RATE, WordSpan};
use rostrum_recognition::{Recogniser, SAMPLE_RATE as HEARD_RATE};

use super::Aligner;
use crate::voices::ANY_LOCALE;

/// Finds words with the networks of the models folder, which are loaded when first needed.
pub struct RecognisedTimes {
    models_dir: PathBuf,
    threads: usize,
    recogniser: OnceLock<Option<Recogniser>>,
}

impl RecognisedTimes {
    /// Networks to be loaded from `models_dir`, to run on this many threads.
    pub fn new(models_dir: PathBuf, threads: usize) -> Self {
        Self { models_dir, threads, recogniser: OnceLock::new() }
    }

    fn recogniser(&self) -> Option<&Recogniser> {
        let load = || {
            let loaded = Recogniser::load(&self.models_dir, self.threads);
            loaded
                .inspect_err(|error| {
                    tracing::warn!(%error, "times of words are estimated; run `rostrum models pull` for better ones");
                })
                .ok()
        };
        self.recogniser.get_or_init(load).as_ref()
    }
}

impl Aligner for RecognisedTimes {
    fn align(&self, samples: &[f32], words: &[&str], locale: &str) -> Option<Vec<(f64, f64)>> {
        let recogniser = self.recogniser()?;
        let heard = heard_samples(samples);
        let language = if locale == ANY_LOCALE {
            recogniser.recognise(&heard, None).ok()?.language?
        } else {
            locale.split('-').next()?.to_lowercase()
        };
        let spans = recogniser
            .align(&heard, &words.join(" "), &language)
            .inspect_err(|error| tracing::warn!(%error, language, "words could not be found in their sound"));
        let duration_s = samples.len() as f64 / f64::from(SAMPLE_RATE);
        times_of(words, &spans.ok()?, duration_s)
    }
}

/// The times of words by spans that hold the same letters, cut in whatever way.
fn times_of(words: &[&str], spans: &[WordSpan], duration_s: f64) -> Option<Vec<(f64, f64)>> {
    let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
    let mut ends = Vec::with_capacity(spans.len());
    let mut so_far = 0;
    for span in spans {
        so_far += letters(&span.text);
        ends.push(so_far);
    }
    let mut times: Vec<(f64, f64)> = Vec::with_capacity(words.len());
    let (mut first, mut spoken_to) = (0, 0.0f64);
    for word in words {
        let last = first + letters(word);
        // The spans with the first and the last letter.
        let start = spans.get(ends.partition_point(|end| *end <= first))?.start_s;
        let end = spans.get(ends.partition_point(|end| *end < last))?.end_s;
        let start = start.clamp(spoken_to, duration_s.max(spoken_to));
        let end = end.clamp(start, duration_s.max(start));
        times.push((start, end));
        spoken_to = end;
        first = last;
    }
    (first == so_far).then_some(times)
}

/// Half the length of the filter, in samples of the source.
const REACH: isize = 24;
/// What the filter lets through, against half the rate of the source: up to 7.5 kHz.
const CUT: f64 = 7500.0 / (SAMPLE_RATE as f64 / 2.0);

/// The sound at the rate that is listened to, by a windowed sinc.
fn heard_samples(samples: &[f32]) -> Vec<f32> {
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
            let heard = heard_samples(&tone(hertz, SAMPLE_RATE));
            assert_eq!(heard.len(), HEARD_RATE as usize);
            let off = heard.iter().zip(tone(hertz, HEARD_RATE)).skip(100).take(15_000);
            let worst = off.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(worst < 0.02, "{hertz} Hz: {worst}");
        }
        let high = heard_samples(&tone(10_000.0, SAMPLE_RATE));
        assert!(high.iter().skip(100).take(15_000).all(|sample| sample.abs() < 0.02));
        assert_eq!(heard_samples(&[]), Vec::<f32>::new());
    }

    #[test]
    fn words_have_the_times_of_their_letters_however_they_were_cut() {
        let span = |text: &str, start_s, end_s| WordSpan { text: text.to_owned(), start_s, end_s };
        let spans =
            [span("shao", 0.0, 0.4), span("me", 0.5, 0.7), span("is,", 0.8, 1.0), span("here", 1.1, 2.2)];
        let times = times_of(&["shao me", "is,", "here"], &spans, 2.0);
        assert_eq!(times, Some(vec![(0.0, 0.7), (0.8, 1.0), (1.1, 2.0)]));
        let by_letter = [span("你", 0.0, 0.2), span("好", 0.2, 0.5), span("吗", 0.6, 0.9)];
        assert_eq!(times_of(&["你好", "吗"], &by_letter, 1.0), Some(vec![(0.0, 0.5), (0.6, 0.9)]));
        assert_eq!(times_of(&["other"], &spans, 2.0), None);
        assert_eq!(times_of(&["a"], &[], 2.0), None);
    }
}
