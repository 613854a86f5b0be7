//! When the words of a known text are said.

use rostrum_model::speech::WordSpan;

use crate::compare::compare;
use crate::network::Whisper;
use crate::stretches::stretches;
use crate::times::settle;
use crate::tokens::has_spaces;
use crate::{Recogniser, RecognitionError, SAMPLE_RATE};

/// Most tokens of a text that is aligned at once: the positions that the decoder knows, less the prompt and the end.
const MOST_TOKENS: usize = 440;

/// Aligns words with a stretch of at most 30 s. Each span's text has a space before it.
pub(crate) fn in_stretch(
    whisper: &Whisper,
    samples: &[f32],
    words: &[&str],
    language: &str,
) -> Result<Vec<WordSpan>, RecognitionError> {
    let space = if has_spaces(language) { " " } else { "" };
    let mut tokens = Vec::new();
    let mut counted = Vec::with_capacity(words.len());
    for word in words {
        let word = format!("{space}{word}");
        let encoded = whisper.tokens.encode(&word);
        counted.push((word, encoded.len()));
        tokens.extend(encoded);
    }
    if tokens.len() > MOST_TOKENS || counted.iter().any(|(_, count)| *count == 0) {
        return Ok(spread(words, samples.len() as f64 / f64::from(SAMPLE_RATE), space));
    }
    let heard = whisper.hear(samples)?;
    let mut spans = whisper.times(&heard, &tokens, &counted, language)?;
    settle(&mut spans, samples);
    Ok(spans)
}

/// Aligns a text with a sound of any length.
pub(crate) fn whole(
    recogniser: &Recogniser,
    samples: &[f32],
    text: &str,
    language: &str,
) -> Result<Vec<WordSpan>, RecognitionError> {
    let characters: Vec<String>;
    let words: Vec<&str> = if has_spaces(language) {
        text.split_whitespace().collect()
    } else {
        characters = syllables(text);
        characters.iter().map(String::as_str).collect()
    };
    let stretches = stretches(samples);
    let whisper = recogniser.timing(language);
    let shares = if stretches.len() > 1 {
        // Which words lie in which stretch is told by listening to each.
        let mut heard = Vec::new();
        for (index, stretch) in stretches.iter().enumerate() {
            let encoded = recogniser.words.hear(&samples[stretch.clone()])?;
            let said = recogniser.words.decode_with_fallback(&encoded, language)?;
            let text = said.map(|said| recogniser.words.tokens.text(&said.tokens)).unwrap_or_default();
            let found = if has_spaces(language) {
                text.split_whitespace().map(plain).collect()
            } else {
                syllables(&text)
            };
            heard.extend(found.into_iter().map(|word| (word, index)));
        }
        let places =
            matched(&words.iter().map(|word| plain(word)).collect::<Vec<_>>(), &heard, stretches.len());
        (0..stretches.len())
            .map(|stretch| {
                places.partition_point(|place| *place < stretch)
                    ..places.partition_point(|place| *place <= stretch)
            })
            .collect()
    } else {
        std::iter::once(0..words.len()).collect::<Vec<_>>()
    };
    let mut spans = Vec::with_capacity(words.len());
    for (stretch, share) in stretches.iter().zip(shares) {
        let offset = stretch.start as f64 / f64::from(SAMPLE_RATE);
        for mut span in in_stretch(whisper, &samples[stretch.clone()], &words[share], language)? {
            span.text = span.text.trim().into();
            span.start_s += offset;
            span.end_s += offset;
            spans.push(span);
        }
    }
    if spans.len() < words.len() {
        // Silence.
        return Ok(spread(&words, samples.len() as f64 / f64::from(SAMPLE_RATE), ""));
    }
    Ok(spans)
}

/// Words spread evenly by their letters, for what cannot be listened to.
fn spread(words: &[&str], length_s: f64, space: &str) -> Vec<WordSpan> {
    let letters = |word: &str| word.chars().count() as f64;
    let all: f64 = words.iter().map(|word| letters(word)).sum::<f64>().max(1.0);
    let mut before = 0.0;
    let mut spans = Vec::with_capacity(words.len());
    for word in words {
        let start_s = before / all * length_s;
        before += letters(word);
        spans.push(WordSpan { text: format!("{space}{word}"), start_s, end_s: before / all * length_s });
    }
    spans
}

/// A word without its marks and capitals.
fn plain(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Characters, each with the marks behind it.
fn syllables(text: &str) -> Vec<String> {
    let mut syllables: Vec<String> = Vec::new();
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        match syllables.last_mut() {
            Some(last) if !c.is_alphanumeric() => last.push(c),
            _ => syllables.push(c.to_string()),
        }
    }
    syllables
}

/// The stretch of each wanted word, by the fewest changes that turn what was heard into what is wanted; never before that
/// of the word in front of it.
fn matched(wanted: &[String], heard: &[(String, usize)], stretches: usize) -> Vec<usize> {
    let words: Vec<&str> = heard.iter().map(|(word, _)| word.as_str()).collect();
    let mut places = vec![None; wanted.len()];
    for (word, beside) in compare(wanted, &words).pairs {
        places[word] = Some(heard[beside].1);
    }
    let mut place = 0;
    let known = places.into_iter().map(|found| {
        place = found.unwrap_or(place).max(place);
        place.min(stretches - 1)
    });
    known.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(plain).collect()
    }

    #[test]
    fn words_lie_in_the_stretch_they_are_heard_in() {
        let heard = |texts: &[&str]| -> Vec<(String, usize)> {
            let stretches = texts.iter().enumerate();
            stretches
                .flat_map(|(index, text)| words(text).into_iter().map(move |word| (word, index)))
                .collect()
        };
        let wanted = words("One two, three. Four 5 six!");
        assert_eq!(matched(&wanted, &heard(&["one two three", "four five six"]), 2), [0, 0, 0, 1, 1, 1]);
        assert_eq!(matched(&wanted, &heard(&["one tree", "", "six"]), 3), [0, 0, 0, 0, 0, 2]);
        assert_eq!(matched(&wanted, &[], 1), [0; 6]);
        assert_eq!(matched(&[], &heard(&["one"]), 1), [0; 0]);
    }

    #[test]
    fn what_cannot_be_heard_is_spread_by_its_letters() {
        let spans = spread(&["ab", "abcdef"], 4.0, "");
        assert_eq!((spans[0].start_s, spans[0].end_s, spans[1].end_s), (0.0, 1.0, 4.0));
    }
}
