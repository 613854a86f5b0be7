//! When tokens are heard.
//!
//! Some heads of the decoder attend to the place of the sound that a token is heard at. Their attention over all tokens is
//! a picture of the way through the sound, and the cheapest way through that picture gives each token its place (dynamic
//! time warping; section 2.5 of <https://arxiv.org/abs/2212.04356>'s reference program).

use rostrum_model::speech::WordSpan;
use rten_tensor::prelude::*;

use crate::network::{Heard, Whisper};
use crate::stretches::level;
use crate::{RecognitionError, SAMPLE_RATE};

/// Seconds of a place.
const PLACE_S: f64 = 0.02;
/// Samples that are judged together when silence is looked for, and their seconds.
const STEP: usize = SAMPLE_RATE as usize / 100;
const STEP_S: f64 = STEP as f64 / SAMPLE_RATE as f64;
/// What is this much below the loudest is silence, in dB.
const SILENCE_DB: f32 = 35.0;
/// A word keeps this many steps, even of silence.
const LEAST_STEPS: usize = 5;
/// Attention is smoothed over this many places on either side.
const SMOOTHING: usize = 3;

impl Whisper {
    /// The words of some tokens, each with the spaces before it, and their times from the start of what was heard.
    pub(crate) fn word_times(
        &self,
        heard: &Heard,
        tokens: &[u32],
        language: &str,
    ) -> Result<Vec<WordSpan>, RecognitionError> {
        let words = self.tokens.words(tokens, language);
        self.times(heard, tokens, &words, language)
    }

    /// The times of words that are given with the number of their tokens.
    pub(crate) fn times(
        &self,
        heard: &Heard,
        tokens: &[u32],
        words: &[(String, usize)],
        language: &str,
    ) -> Result<Vec<WordSpan>, RecognitionError> {
        if tokens.is_empty() {
            return Ok(Vec::new());
        }
        let prompt = self.tokens.prompt(language)?;
        let all = [&prompt, tokens, &[self.tokens.end]].concat();
        let attention = self.attention(heard, &all)?;
        let mut picture = Picture::new(all.len(), heard.places);
        for (layer, head) in &self.alignment_heads {
            let view = attention[*layer].slice((0, *head));
            picture.add(|token, place| view[[token, place]]);
        }
        // A token is attended to by the row before it, from which it is foretold.
        let starts = picture.way(prompt.len() - 1, tokens.len() + 1);
        let mut spans = Vec::with_capacity(words.len());
        let mut token = 0;
        for (word, count) in words {
            // Marks behind a word are not heard.
            let silent = self.silent_tokens(&tokens[token..token + count]);
            let (start, end) = (starts[token], starts[token + (count - silent).max(1)]);
            let said = |place: usize| {
                (place as f64 * PLACE_S - self.lag_s).clamp(0.0, heard.places as f64 * PLACE_S)
            };
            spans.push(WordSpan { text: word.clone(), start_s: said(start), end_s: said(end.max(start)) });
            token += count;
        }
        Ok(spans)
    }

    /// How many tokens at the end of a word are marks only.
    fn silent_tokens(&self, tokens: &[u32]) -> usize {
        let mark = |token: &&u32| {
            self.tokens
                .text(std::slice::from_ref(*token))
                .chars()
                .all(|c| !c.is_alphanumeric() && c != '\u{fffd}')
        };
        tokens.iter().rev().take_while(mark).count()
    }
}

/// Moves the ends of words out of silence: the way through a pause is as cheap in the word before it as in the one behind.
pub(crate) fn settle(words: &mut [WordSpan], samples: &[f32]) {
    let levels: Vec<f32> = samples.chunks(STEP).map(level).collect();
    let loudest = levels.iter().copied().fold(f32::MIN, f32::max);
    let silent = |step: usize| levels.get(step).is_none_or(|level| *level < loudest - SILENCE_DB);
    for word in words {
        let mut steps = (word.start_s / STEP_S).round() as usize..(word.end_s / STEP_S).round() as usize;
        while steps.len() > LEAST_STEPS && silent(steps.start) {
            steps.start += 1;
            word.start_s = steps.start as f64 * STEP_S;
        }
        while steps.len() > LEAST_STEPS && silent(steps.end - 1) {
            steps.end -= 1;
            word.end_s = steps.end as f64 * STEP_S;
        }
    }
}

/// How much each token has to do with each place.
struct Picture {
    tokens: usize,
    places: usize,
    sum: Vec<f32>,
}

impl Picture {
    fn new(tokens: usize, places: usize) -> Self {
        Self { tokens, places, sum: vec![0.0; tokens * places] }
    }

    /// Adds the attention of a head: each place's measured against the mean over the tokens, and smoothed.
    fn add(&mut self, attention: impl Fn(usize, usize) -> f32) {
        let mut standard = vec![0.0; self.sum.len()];
        for place in 0..self.places {
            let column = (0..self.tokens).map(|token| attention(token, place));
            let mean = column.clone().sum::<f32>() / self.tokens as f32;
            let variance = column.map(|value| (value - mean).powi(2)).sum::<f32>() / self.tokens as f32;
            for token in 0..self.tokens {
                standard[token * self.places + place] =
                    (attention(token, place) - mean) / variance.sqrt().max(1e-9);
            }
        }
        for (row, sum) in standard.chunks(self.places).zip(self.sum.chunks_mut(self.places)) {
            for (place, sum) in sum.iter_mut().enumerate() {
                let mut around: [f32; 2 * SMOOTHING + 1] = std::array::from_fn(|offset| {
                    row[(place + offset).saturating_sub(SMOOTHING).min(row.len() - 1)]
                });
                around.sort_by(f32::total_cmp);
                *sum += around[SMOOTHING];
            }
        }
    }

    /// The place at which each of some tokens begins, on the way from the first place to the last that sees most.
    fn way(&self, first: usize, count: usize) -> Vec<usize> {
        #[derive(Clone, Copy)]
        enum Step {
            Both,
            Token,
            Place,
        }
        let value = |token: usize, place: usize| self.sum[(first + token) * self.places + place];
        let width = self.places + 1;
        let mut cost = vec![f32::INFINITY; (count + 1) * width];
        let mut steps = vec![Step::Both; (count + 1) * width];
        cost[0] = 0.0;
        for token in 1..=count {
            for place in 1..=self.places {
                let at = token * width + place;
                let (both, by_token, by_place) = (cost[at - width - 1], cost[at - width], cost[at - 1]);
                let (least, step) = if both < by_token && both < by_place {
                    (both, Step::Both)
                } else if by_token < both && by_token < by_place {
                    (by_token, Step::Token)
                } else {
                    (by_place, Step::Place)
                };
                cost[at] = least - value(token - 1, place - 1);
                steps[at] = step;
            }
        }
        let mut starts = vec![0; count];
        let (mut token, mut place) = (count, self.places);
        while token > 0 && place > 0 {
            starts[token - 1] = place - 1;
            match steps[token * width + place] {
                Step::Both => (token, place) = (token - 1, place - 1),
                Step::Token => token -= 1,
                Step::Place => place -= 1,
            }
        }
        starts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_do_not_begin_or_end_in_silence() {
        // Silence but for the second from 1 s on.
        let second = SAMPLE_RATE as usize;
        let samples: Vec<f32> = (0..3 * second).map(|at| if at / second == 1 { 0.1 } else { 0.0 }).collect();
        let word = |start_s, end_s| WordSpan { text: "word".into(), start_s, end_s };
        let mut words = [word(0.2, 1.5), word(1.5, 2.9), word(2.4, 2.8)];
        settle(&mut words, &samples);
        let times = words.map(|word| (word.start_s, word.end_s));
        assert_eq!(times[0], (1.0, 1.5));
        assert_eq!(times[1], (1.5, 2.0));
        assert!((times[2].1 - times[2].0 - 0.05).abs() < 1e-9, "{times:?}");
    }

    #[test]
    fn the_way_follows_the_attention() {
        let (tokens, places) = (6, 60);
        let mut picture = Picture::new(tokens, places);
        // Row `n` attends to the places from 10 n on.
        picture.add(|token, place| if place / 10 == token { 1.0 } else { 0.01 });
        assert_eq!(picture.way(0, 6), [0, 10, 20, 30, 40, 50]);
        // A way goes through all places, so the first token begins at the first one.
        assert_eq!(picture.way(2, 3), [0, 30, 40]);
    }
}
