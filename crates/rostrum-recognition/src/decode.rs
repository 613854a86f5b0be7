//! From what was heard to tokens.
//!
//! The likeliest token follows on each. When the result is unlikely or repeats itself, the stretch is decoded again with a
//! temperature, as section 4.5 of the paper describes; its thresholds are used.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use rten_tensor::prelude::*;

use crate::RecognitionError;
use crate::network::{Heard, Memory, Whisper};

/// Most tokens of a stretch: half of the positions that the decoder knows.
const MOST_TOKENS: usize = 224;
/// Tried in this order.
const TEMPERATURES: [f32; 6] = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0];
/// A text that gets shorter by more than this factor when it is compressed repeats itself.
const MOST_COMPRESSION: f32 = 2.4;
/// A text less likely than this, by the mean of its tokens, is doubtful.
const LEAST_LOGPROB: f32 = -1.0;
/// A doubtful text is none when nobody speaks with at least this probability.
const NO_SPEECH: f32 = 0.6;

/// A text of a stretch.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Said {
    pub(crate) tokens: Vec<u32>,
    /// Mean logarithm of the tokens' probabilities, that of the end included.
    pub(crate) mean_logprob: f32,
    /// Probability that nobody speaks.
    pub(crate) no_speech: f32,
}

impl Whisper {
    /// The likeliest language and its probability.
    pub(crate) fn detect_language(&self, heard: &Heard) -> Result<(String, f32), RecognitionError> {
        let logits = self.step(heard, &mut Memory::default(), &[self.tokens.start])?;
        let scores: Vec<f32> = logits.slice((0, 0)).iter().copied().collect();
        let of = |mark: u32| scores.get(mark as usize).copied().unwrap_or(f32::MIN);
        let best = self.tokens.languages.iter().max_by(|a, b| of(a.0).total_cmp(&of(b.0)));
        let (mark, code) = best.ok_or_else(|| RecognitionError::Inference("no languages".into()))?;
        let sum: f32 = self.tokens.languages.iter().map(|(other, _)| (of(*other) - of(*mark)).exp()).sum();
        Ok((code.clone(), 1.0 / sum))
    }

    /// What was said, or nothing when nobody seems to speak.
    pub(crate) fn decode_with_fallback(
        &self,
        heard: &Heard,
        language: &str,
    ) -> Result<Option<Said>, RecognitionError> {
        let mut best: Option<Said> = None;
        for temperature in TEMPERATURES {
            let said = self.decode_once(heard, language, temperature)?;
            let silent = said.no_speech > NO_SPEECH && said.mean_logprob < LEAST_LOGPROB;
            let repeats = compression(&self.tokens.text(&said.tokens)) > MOST_COMPRESSION;
            if silent {
                return Ok(None);
            }
            let good = !repeats && said.mean_logprob >= LEAST_LOGPROB;
            if good || best.as_ref().is_none_or(|best| !repeats && said.mean_logprob > best.mean_logprob) {
                best = Some(said);
            }
            if good {
                break;
            }
            tracing::debug!(temperature, "a stretch is listened to again");
        }
        Ok(best.filter(|said| !self.tokens.text(&said.tokens).trim().is_empty()))
    }

    fn decode_once(&self, heard: &Heard, language: &str, temperature: f32) -> Result<Said, RecognitionError> {
        let prompt = self.tokens.prompt(language)?;
        let mut memory = Memory::default();
        let mut said = Said { tokens: Vec::new(), mean_logprob: 0.0, no_speech: 0.0 };
        let mut chance = Chance(u64::from(temperature.to_bits()) ^ heard.places as u64);
        let mut sum = 0.0;
        let mut next = prompt;
        loop {
            let logits = self.step(heard, &mut memory, &next)?;
            if said.tokens.is_empty() {
                let first: Vec<f32> = logits.slice((0, 0)).iter().copied().collect();
                said.no_speech = logprob(&first, self.tokens.no_speech).exp();
            }
            let last = logits.size(1) - 1;
            let mut scores: Vec<f32> = logits.slice((0, last)).iter().copied().collect();
            self.suppress(&mut scores, said.tokens.is_empty());
            let token =
                if temperature > 0.0 { chance.pick(&scores, temperature) } else { likeliest(&scores) };
            sum += logprob(&scores, token);
            if token == self.tokens.end || said.tokens.len() == MOST_TOKENS {
                said.mean_logprob = sum / (said.tokens.len() + 1) as f32;
                return Ok(said);
            }
            said.tokens.push(token);
            next = vec![token];
        }
    }

    fn suppress(&self, scores: &mut [f32], first: bool) {
        let at_first = if first { self.suppressed_first.as_slice() } else { &[] };
        for token in self.suppressed.iter().chain(at_first) {
            if let Some(score) = scores.get_mut(*token as usize) {
                *score = f32::NEG_INFINITY;
            }
        }
        // Marks follow behind the end.
        for score in scores.iter_mut().skip(self.tokens.end as usize + 1) {
            *score = f32::NEG_INFINITY;
        }
    }
}

fn likeliest(scores: &[f32]) -> u32 {
    let best = scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    best.map_or(0, |(token, _)| token as u32)
}

fn logprob(scores: &[f32], token: u32) -> f32 {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let sum: f32 = scores.iter().map(|score| (score - most).exp()).sum();
    scores[token as usize] - most - sum.ln()
}

/// By how much a text gets shorter when it is compressed.
fn compression(text: &str) -> f32 {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let compressed = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish());
    compressed.map_or(0.0, |compressed| text.len() as f32 / compressed.len() as f32)
}

/// Chance that is the same each time (splitmix64, Steele et al. 2014).
struct Chance(u64);

impl Chance {
    fn share(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ bits >> 31) >> 40) as f32 / (1 << 24) as f32
    }

    fn pick(&mut self, scores: &[f32], temperature: f32) -> u32 {
        let most = scores.iter().copied().fold(f32::MIN, f32::max);
        let weight = |score: &f32| ((score - most) / temperature).exp();
        let mut left = self.share() * scores.iter().map(weight).sum::<f32>();
        for (token, score) in scores.iter().enumerate() {
            left -= weight(score);
            if left < 0.0 {
                return token as u32;
            }
        }
        likeliest(scores)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_repeat_themselves_are_told_from_others() {
        assert!(compression("Thank you. ".repeat(20).as_str()) > MOST_COMPRESSION);
        assert!(
            compression("The quick brown fox jumps over the lazy dog while it rains in Spain.")
                < MOST_COMPRESSION
        );
    }

    #[test]
    fn chance_follows_the_scores_and_is_the_same_each_time() {
        let scores = [f32::NEG_INFINITY, 0.0, 1.0, f32::NEG_INFINITY];
        let picks = |temperature| {
            let mut chance = Chance(7);
            (0..1000).map(|_| chance.pick(&scores, temperature)).collect::<Vec<_>>()
        };
        let count =
            |picks: &[u32], token| picks.iter().filter(|pick| **pick == token).count() as f32 / 1000.0;
        let warm = picks(1.0);
        assert_eq!(warm, picks(1.0));
        assert!((count(&warm, 2) - 0.731).abs() < 0.05 && (count(&warm, 1) - 0.269).abs() < 0.05);
        assert!(count(&picks(0.1), 2) > 0.99);
    }
}
