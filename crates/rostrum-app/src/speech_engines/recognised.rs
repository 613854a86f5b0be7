//! Times of words by recognition: the networks hear the sound and find the words in it.

use std::path::PathBuf;
use std::sync::OnceLock;

use rostrum_model::speech::{SAMPLE_RATE, WordSpan};
use rostrum_recognition::{Recogniser, from_speech};

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
        let heard = from_speech(samples);
        let language = if locale == ANY_LOCALE {
            recogniser.detect_language(&heard).ok()??
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

#[cfg(test)]
mod tests {
    use super::*;

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
