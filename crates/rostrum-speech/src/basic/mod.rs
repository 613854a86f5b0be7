//! The voices of espeak-ng: plain, quick, and in more than a hundred languages.
//!
//! The program sounds a clause at a time and does not tell when its words are heard. So each clause is sounded twice,
//! the second time with long pauses between the words ([`words`]): what lies between those pauses is as long as the words
//! are. Inside a word its sounds share the time by their kind.

mod words;

use std::collections::BTreeSet;
use std::ops::Range;

use crate::assembly::PhraseSound;
use crate::error::SpeechError;
use crate::espeak::{self, Clause, Espeak, Item, Part, SOUND_RATE, SoundManner};
use crate::phonemes::is_phoneme;
use crate::phrases::{Phrase, pause_behind};
use crate::text::{Manner, Script};
use crate::timeline::{Span, is_vowel};
use crate::voices::{Gender, Voice};
use crate::{Delivery, loudness, resample};

/// Words a minute at speed 1, the program's own.
const WORDS_PER_MINUTE: f32 = 175.0;
/// The program's own pitch, and its steps for a semitone: it counts from 0, an octave lower, to 99, an octave higher.
const PITCH: f32 = 50.0;
const PITCH_STEPS: f32 = 50.0 / 12.0;
const MAX_PITCH_STEP: f32 = 99.0;
/// The woman's voice: one of the variants that come with the program.
const FEMALE: &str = "+f2";
/// The additional pause between words of the second run at speed 1, in units of 10 ms.
const GAP: f32 = 20.0;

/// What a script sounds like, clause by clause.
pub(crate) struct Spoken {
    pub(crate) phrases: Vec<(Phrase, PhraseSound)>,
    /// Written words that were not said.
    pub(crate) unspoken: BTreeSet<usize>,
}

/// Speaks a script.
pub(crate) fn speak(
    program: &Espeak,
    script: &Script,
    voice: &Voice,
    language: &'static str,
    delivery: Delivery,
) -> Result<Spoken, SpeechError> {
    let items = espeak::items(script, language);
    let mut said = espeak::say(program, &items, &|_| false)?.into_iter();
    let mut spoken = Spoken { phrases: Vec::new(), unspoken: BTreeSet::new() };
    let mut manner = Manner::default();
    let mut break_before_s = 0.0;
    for item in &items {
        match item {
            Item::Clause(clause) => {
                let parts = said.next().unwrap_or_default();
                spoken.unspoken.extend(espeak::unspoken(clause, &parts));
                let now = delivery.of(manner);
                let pause_after_s = pause_behind(clause.mark()) / f64::from(now.speed);
                if parts.is_empty() {
                    // Its pause is still made.
                    if let Some((last, _)) = spoken.phrases.last_mut() {
                        last.pause_after_s = last.pause_after_s.max(pause_after_s);
                    }
                    continue;
                }
                let mut sound = sound(program, clause, &parts, voice.gender, now)?;
                if manner.gain_db != 0.0 {
                    loudness::scale(&mut sound.samples, f64::from(manner.gain_db));
                }
                let phrase = Phrase {
                    symbols: Vec::new(),
                    break_before_s: std::mem::take(&mut break_before_s),
                    pause_after_s,
                    break_after_s: 0.0,
                    manner,
                };
                spoken.phrases.push((phrase, sound));
            }
            Item::Break(seconds) => match spoken.phrases.last_mut() {
                Some((last, _)) => last.break_after_s += seconds,
                None => break_before_s += seconds,
            },
            Item::Manner(next) => manner = *next,
            // The reader of SSML refuses given sounds for these voices.
            Item::Sounds(sounds) => {
                spoken.unspoken.insert(sounds.written);
            }
        }
    }
    Ok(spoken)
}

fn sound(
    program: &Espeak,
    clause: &Clause<'_>,
    parts: &[Part],
    gender: Gender,
    delivery: Delivery,
) -> Result<PhraseSound, SpeechError> {
    let variant = if gender == Gender::Female { FEMALE } else { "" };
    let voice = format!("{}{variant}", clause.language);
    let mut line = clause.line();
    // The tune depends on the mark. A period is how it ends anyway, and behind digits would make them ordinal.
    line.extend(clause.mark().filter(|mark| *mark != '.').map(|mark| if mark == '—' { ',' } else { mark }));
    let manner = |gap| SoundManner {
        words_per_minute: (WORDS_PER_MINUTE * delivery.speed).round() as u32,
        pitch: (PITCH + delivery.pitch * PITCH_STEPS).round().clamp(0.0, MAX_PITCH_STEP) as u32,
        gap,
    };
    let heard = words::sounding(&program.sound(&voice, &line, manner(0))?);
    let token_count = 1 + parts.windows(2).filter(|pair| pair[0].token != pair[1].token).count();
    let tokens = if token_count == 1 {
        Some(std::iter::once(0..heard.len()).collect())
    } else {
        // The program shortens pauses more than by the factor.
        let gap = (GAP * delivery.speed.max(1.0).powi(3)).round() as u32;
        let apart = words::sounding(&program.sound(&voice, &line, manner(gap))?);
        words::tokens(&apart, token_count, heard.len())
    };
    let tokens = tokens.unwrap_or_else(|| {
        tracing::debug!(tokens = token_count, "words of a clause cannot be told apart");
        share(0..heard.len(), &token_weights(parts, token_count))
    });
    let spans = spans(clause, parts, &tokens);
    let samples: Vec<f32> = heard.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
    let samples = resample::to_speech_rate(&samples, SOUND_RATE)?;
    let at = |place: usize| resample::place(place, SOUND_RATE).min(samples.len());
    let spans = spans
        .into_iter()
        .map(|span| Span { samples: at(span.samples.start)..at(span.samples.end), ..span })
        .filter(|span| !span.samples.is_empty())
        .collect();
    Ok(PhraseSound { samples, spans })
}

/// The time each token would take by its sounds.
fn token_weights(parts: &[Part], token_count: usize) -> Vec<f64> {
    let mut weights: Vec<f64> = Vec::with_capacity(token_count);
    let mut token = None;
    for part in parts {
        let weight: f64 = sounds(&part.symbols).iter().map(|sound| sound.weight).sum();
        if token == Some(part.token) {
            if let Some(last) = weights.last_mut() {
                *last += weight;
            }
        } else {
            weights.push(weight);
        }
        token = Some(part.token);
    }
    weights
}

/// Lays the sounds of each token over its samples.
fn spans(clause: &Clause<'_>, parts: &[Part], tokens: &[Range<usize>]) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut rest = parts;
    let mut tokens = tokens.iter();
    while let (Some(first), Some(samples)) = (rest.first(), tokens.next()) {
        let length = rest.iter().take_while(|part| part.token == first.token).count();
        let (own, later) = rest.split_at(length);
        rest = later;
        let sounds: Vec<(Sound, usize)> = own
            .iter()
            .flat_map(|part| {
                sounds(&part.symbols).into_iter().map(|sound| (sound, clause.words[part.word].written))
            })
            .collect();
        let weights: Vec<f64> = sounds.iter().map(|(sound, _)| sound.weight).collect();
        for ((sound, written), samples) in sounds.into_iter().zip(share(samples.clone(), &weights)) {
            spans.push(Span {
                symbol: Some(sound.symbol),
                stressed: sound.stressed,
                written: Some(written),
                samples,
            });
        }
    }
    spans
}

/// Cuts samples in proportion to the weights.
fn share(samples: Range<usize>, weights: &[f64]) -> Vec<Range<usize>> {
    let all: f64 = weights.iter().sum();
    let mut sum = 0.0;
    let mut start = samples.start;
    let mut shares = Vec::with_capacity(weights.len());
    for weight in weights {
        sum += weight;
        let end = samples.start + (samples.len() as f64 * sum / all).round() as usize;
        shares.push(start..end);
        start = end;
    }
    shares
}

/// One sound and how long it lasts beside others.
struct Sound {
    symbol: char,
    stressed: bool,
    weight: f64,
}

/// The sounds of a word. Typical lengths at a usual pace: vowels 90 ms, hissing sounds 90 ms, stops 70 ms, others 60 ms;
/// stress and length marks stretch a vowel.
fn sounds(symbols: &str) -> Vec<Sound> {
    let mut sounds: Vec<Sound> = Vec::new();
    let mut stress = false;
    for symbol in symbols.chars() {
        if matches!(symbol, 'ˈ' | 'ˌ') {
            stress = true;
        } else if is_phoneme(symbol) {
            let vowel = is_vowel(symbol);
            let weight = match symbol {
                _ if vowel && stress => 1.2,
                'ə' | 'ᵊ' | 'ᵻ' | 'ɨ' => 0.6,
                'A' | 'I' | 'O' | 'Q' | 'W' | 'Y' => 1.4,
                _ if vowel => 0.9,
                's' | 'z' | 'ʃ' | 'ʒ' | 'f' | 'θ' | 'x' | 'ç' | 'ʂ' | 'ɕ' | 'ʦ' | 'ʧ' | 'ʣ' | 'ʤ' => {
                    0.9
                }
                'p' | 't' | 'k' | 'b' | 'd' | 'ɡ' | 'q' | 'c' | 'ɟ' | 'ʈ' | 'ɖ' => 0.7,
                _ => 0.6,
            };
            sounds.push(Sound { symbol, stressed: vowel && stress, weight });
            stress &= !vowel;
        } else if symbol == 'ː'
            && let Some(last) = sounds.last_mut()
        {
            last.weight += 0.5;
        }
    }
    sounds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_join_and_cover_all() {
        let shares = share(10..110, &[1.0, 2.0, 1.0]);
        assert_eq!(shares, [10..35, 35..85, 85..110]);
        assert_eq!(share(0..2, &[1.0, 1.0, 1.0]).last().unwrap().end, 2);
    }

    #[test]
    fn marks_stretch_the_vowel_they_belong_to() {
        let sounds = sounds("tˈaːb");
        assert_eq!(
            sounds.iter().map(|sound| (sound.symbol, sound.stressed)).collect::<Vec<_>>(),
            [('t', false), ('a', true), ('b', false)]
        );
        assert!((sounds[1].weight - 1.7).abs() < 1e-9);
    }
}
