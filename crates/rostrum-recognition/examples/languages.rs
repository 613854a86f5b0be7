//! Speaks the sentences of a language with some voices and listens to them: `languages MODELS CODE SENTENCES VOICE...`
//!
//! CODE is the recogniser's name of the language, SENTENCES has one on each line. Prints, by voice, the share of words and
//! letters heard wrong when the recogniser is told the language; for how many sentences what it wrote down is nearer to
//! the one spoken than to each of the others (a closed-set test of intelligibility); for how many it names the language by
//! itself; and how far from their times it hears words begin that it understood. Case and punctuation do not count.

use std::path::Path;

use rostrum_model::speech::WordSpan;
use rostrum_recognition::{Recogniser, compare, from_speech};
use rostrum_speech::{Espeak, SpeechEngine};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [models, language, sentences, voices @ ..] = arguments.as_slice() else {
        return Err("usage: languages MODELS CODE SENTENCES VOICE...".into());
    };
    let models = Path::new(models);
    rostrum_speech::espeak::install(Espeak::open(Path::new("espeak-ng"))?);
    rostrum_speech::piper::install(models);
    let sentences = std::fs::read_to_string(sentences)?;
    let sentences: Vec<&str> = sentences.lines().filter(|line| !line.trim().is_empty()).collect();
    let speaker = SpeechEngine::load(models, 2)?;
    let recogniser = Recogniser::load(models, 2)?;
    for voice in voices {
        let (mut wrong_words, mut words, mut wrong_letters, mut letters) = (0, 0, 0, 0);
        let (mut told_apart, mut named) = (0, 0);
        let mut distances: Vec<f64> = Vec::new();
        for sentence in &sentences {
            let track = speaker.speak(*sentence, voice, 1.0)?.track;
            let samples = from_speech(&track.samples);
            named += usize::from(recogniser.detect_language(&samples)?.as_deref() == Some(language));
            let transcript = recogniser.recognise(&samples, Some(language))?;
            let of_words = |words: Vec<&WordSpan>| -> Vec<(String, f64)> {
                words.into_iter().map(|word| (only_words(&word.text).concat(), word.start_s)).collect()
            };
            let (spoken, timed) =
                (of_words(track.words.iter().collect()), of_words(transcript.words().collect()));
            let texts =
                |words: &[(String, f64)]| words.iter().map(|(text, _)| text.clone()).collect::<Vec<_>>();
            let pairs = compare(&texts(&spoken), &texts(&timed)).pairs;
            let same = pairs.into_iter().filter(|(a, b)| spoken[*a].0 == timed[*b].0);
            distances.extend(same.map(|(a, b)| (spoken[a].1 - timed[b].1).abs()));
            let heard = transcript.text();
            eprintln!("{sentence}\n    {heard}");
            let heard_letters = only_letters(&heard);
            let share = |sentence: &str| {
                let letters = only_letters(sentence);
                compare(&letters, &heard_letters).changes as f64 / letters.len() as f64
            };
            let own = share(sentence);
            told_apart += usize::from(
                sentences.iter().filter(|other| other != &sentence).all(|other| own < share(other)),
            );
            let (said, understood) = (only_words(sentence), only_words(&heard));
            wrong_words += compare(&said, &understood).changes;
            words += said.len();
            let said = only_letters(sentence);
            wrong_letters += compare(&said, &heard_letters).changes;
            letters += said.len();
        }
        let percent = |part: usize, all: usize| 100.0 * part as f64 / all as f64;
        distances.sort_by(f64::total_cmp);
        let median_ms = distances.get(distances.len() / 2).map_or(f64::NAN, |median| median * 1000.0);
        println!(
            "| {language} | `{voice}` | {:.1} % | {:.1} % | {told_apart} of {count} | {named} of {count} | {median_ms:.0} ms |",
            percent(wrong_words, words),
            percent(wrong_letters, letters),
            count = sentences.len()
        );
    }
    Ok(())
}

/// The words in lower case, without marks.
fn only_words(text: &str) -> Vec<String> {
    let plain = text.to_lowercase().replace(|c: char| !c.is_alphanumeric(), " ");
    plain.split_whitespace().map(str::to_owned).collect()
}

/// The letters and digits in lower case.
fn only_letters(text: &str) -> Vec<String> {
    text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).map(String::from).collect()
}
