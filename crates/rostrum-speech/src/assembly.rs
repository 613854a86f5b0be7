//! Phrases put one behind the other: pauses, times, loudness.

use std::collections::BTreeMap;

use rostrum_model::speech::{PhonemeSpan, SAMPLE_RATE, SpeechTrack, WordSpan};

use crate::engine::{LEAD_S, TAIL_S};
use crate::loudness;
use crate::phrases::Phrase;
use crate::timeline::Span;

/// The sound of one phrase, with a little more than its spans cover at both ends.
#[derive(Default)]
pub(crate) struct PhraseSound {
    pub(crate) samples: Vec<f32>,
    pub(crate) spans: Vec<Span>,
}

/// Phrases put one behind the other.
#[derive(Default)]
pub(crate) struct Assembly {
    samples: Vec<f32>,
    /// Spans on all samples; they join, the first begins at 0.
    spans: Vec<Span>,
    /// Silence owed before the next sound, in samples.
    owed: usize,
    /// The part of it that is kept at the end too.
    owed_at_end: usize,
}

impl Assembly {
    /// Puts a phrase behind those before it.
    pub(crate) fn add(&mut self, phrase: &Phrase, sound: &PhraseSound) {
        if self.samples.is_empty() && self.spans.is_empty() {
            self.owed = samples(LEAD_S + phrase.break_before_s);
        }
        if let (Some(first), Some(last)) = (sound.spans.first(), sound.spans.last()) {
            // The last span's end, which may lie before the samples' end.
            let spoken_to = self.spans.last().map_or(0, |span| span.samples.end);
            let margin = first.samples.start;
            let start = (spoken_to + self.owed).max(self.samples.len() + margin);
            self.samples.resize(start - margin, 0.0);
            self.samples.extend_from_slice(&sound.samples);
            self.push_pause(spoken_to..start);
            let shift = start - margin;
            self.spans.extend(sound.spans.iter().cloned().map(|mut span| {
                span.samples = span.samples.start + shift..span.samples.end + shift;
                span
            }));
            debug_assert_eq!(self.spans.last().map(|span| span.samples.end), Some(last.samples.end + shift));
            self.owed = 0;
            self.owed_at_end = 0;
        }
        self.owed += samples(phrase.pause_after_s + phrase.break_after_s);
        self.owed_at_end += samples(phrase.break_after_s);
    }

    /// Whether nothing was put here yet that sounds.
    pub(crate) fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    fn push_pause(&mut self, samples: std::ops::Range<usize>) {
        if !samples.is_empty() {
            self.spans.push(Span { symbol: None, stressed: false, written: None, samples });
        }
    }

    /// The whole track, at the loudness of all speech.
    pub(crate) fn finish(mut self, written: &[String]) -> SpeechTrack {
        let spoken_to = self.spans.last().map_or(0, |span| span.samples.end);
        let end = (spoken_to + samples(TAIL_S) + self.owed_at_end).max(self.samples.len());
        self.samples.resize(end, 0.0);
        self.push_pause(spoken_to..end);
        loudness::normalise(&mut self.samples);
        SpeechTrack {
            phonemes: phoneme_spans(&self.spans),
            words: word_spans(&self.spans, written),
            samples: self.samples,
        }
    }
}

fn samples(seconds: f64) -> usize {
    (seconds * f64::from(SAMPLE_RATE)).round() as usize
}

fn seconds(samples: usize) -> f64 {
    samples as f64 / f64::from(SAMPLE_RATE)
}

fn phoneme_spans(spans: &[Span]) -> Vec<PhonemeSpan> {
    spans
        .iter()
        .map(|span| PhonemeSpan {
            symbol: span.symbol.map(String::from).unwrap_or_default(),
            start_s: seconds(span.samples.start),
            end_s: seconds(span.samples.end),
            stressed: span.stressed,
        })
        .collect()
}

/// From the first sound of each written word to its last one.
fn word_spans(spans: &[Span], written: &[String]) -> Vec<WordSpan> {
    let mut words: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for span in spans {
        if let Some(word) = span.written {
            words.entry(word).or_insert((span.samples.start, span.samples.end)).1 = span.samples.end;
        }
    }
    words
        .into_iter()
        .map(|(word, (start, end))| WordSpan {
            text: written[word].clone(),
            start_s: seconds(start),
            end_s: seconds(end),
        })
        .collect()
}
