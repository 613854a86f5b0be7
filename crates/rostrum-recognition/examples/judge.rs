//! Speaks sentences with some voices and listens to them: `judge MODELS SENTENCES VOICE...`
//!
//! SENTENCES has a kind and a sentence on each line, with a tab between. Prints a table of word error rates, by voice and
//! kind, and of how far the starts of words are heard from where they are. Numbers are compared as they are read.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use rostrum_model::speech::WordSpan;
use rostrum_recognition::{Recogniser, SAMPLE_RATE, compare, from_speech};
use rostrum_speech::{SpeechEngine, reading};

/// Sentences are listened to together, up to this many samples: recognition hears 30 s at once anyway.
const TOGETHER: usize = 26 * SAMPLE_RATE as usize;
/// Silence between them.
const APART: usize = SAMPLE_RATE as usize;

type Failure = Box<dyn std::error::Error>;

/// A sentence within what is listened to.
struct Spoken<'s> {
    kind: &'s str,
    sentence: &'s str,
    words: Vec<WordSpan>,
    /// Where it lies, in samples.
    at: Range<usize>,
}

#[derive(Default)]
struct Score {
    errors: usize,
    words: usize,
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [models, sentences, voices @ ..] = arguments.as_slice() else {
        return Err("usage: judge MODELS SENTENCES VOICE...".into());
    };
    rostrum_speech::piper::install(Path::new(models));
    let sentences = std::fs::read_to_string(sentences)?;
    let sentences: Vec<(&str, &str)> = sentences.lines().filter_map(|line| line.split_once('\t')).collect();
    let speaker = SpeechEngine::load(Path::new(models), 2)?;
    let recogniser = Recogniser::load(Path::new(models), 2)?;
    let mut kinds: Vec<&str> = sentences.iter().map(|(kind, _)| *kind).collect();
    kinds.dedup();
    println!("| voice | {} | all | words off by, median | 90 % within |", kinds.join(" | "));
    println!("|---|{}--:|--:|--:|", "--:|".repeat(kinds.len() + 1));
    for voice in voices {
        let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
        let mut distances = Vec::new();
        let mut together = Vec::new();
        let mut samples = Vec::new();
        for (index, (kind, sentence)) in sentences.iter().enumerate() {
            let track = speaker.speak(*sentence, voice, 1.0)?.track;
            let start = samples.len();
            samples.extend(from_speech(&track.samples));
            together.push(Spoken { kind, sentence, words: track.words, at: start..samples.len() });
            samples.resize(samples.len() + APART, 0.0);
            if samples.len() > TOGETHER - 6 * SAMPLE_RATE as usize || index + 1 == sentences.len() {
                let heard = recogniser.recognise(&samples, Some("en"))?;
                let words: Vec<WordSpan> = heard.words().cloned().collect();
                judge(&together, &words, &mut scores, &mut distances);
                together.clear();
                samples.clear();
            }
        }
        distances.sort_by(f64::total_cmp);
        let share = |part: f64| distances[((distances.len() - 1) as f64 * part) as usize] * 1000.0;
        let rate =
            |score: &Score| format!("{:.1} %", 100.0 * score.errors as f64 / score.words.max(1) as f64);
        let all = scores.values().fold(Score::default(), |sum, score| Score {
            errors: sum.errors + score.errors,
            words: sum.words + score.words,
        });
        let rates: Vec<String> = kinds.iter().map(|kind| rate(&scores[kind])).collect();
        println!(
            "| {voice} | {} | {} | {:.0} ms | {:.0} ms |",
            rates.join(" | "),
            rate(&all),
            share(0.5),
            share(0.9)
        );
    }
    Ok(())
}

/// Compares what was heard with what was said.
fn judge<'s>(
    together: &[Spoken<'s>],
    heard: &[WordSpan],
    scores: &mut BTreeMap<&'s str, Score>,
    distances: &mut Vec<f64>,
) {
    for spoken in together {
        let seconds = |at: usize| at as f64 / f64::from(SAMPLE_RATE);
        let half = seconds(APART) / 2.0;
        let within = seconds(spoken.at.start) - half..seconds(spoken.at.end) + half;
        let heard: Vec<&WordSpan> =
            heard.iter().filter(|word| within.contains(&f64::midpoint(word.start_s, word.end_s))).collect();
        let text: Vec<&str> = heard.iter().map(|word| word.text.as_str()).collect();
        let (said, understood) = (reading(spoken.sentence), reading(&text.join(" ")));
        let errors = compare(&said, &understood).changes;
        if errors > 0 {
            eprintln!("{errors}: {}\n   {}", spoken.sentence, text.join(" "));
        }
        let score = scores.entry(spoken.kind).or_default();
        score.errors += errors;
        score.words += said.len();

        let plain = |word: &WordSpan| reading(&word.text).join(" ");
        let said: Vec<String> = spoken.words.iter().map(plain).collect();
        let understood: Vec<String> = heard.iter().map(|word| plain(word)).collect();
        let offset = seconds(spoken.at.start);
        let pairs = compare(&said, &understood).pairs;
        for (a, b) in pairs.into_iter().filter(|(a, b)| said[*a] == understood[*b]) {
            distances.push((spoken.words[a].start_s + offset - heard[b].start_s).abs());
        }
    }
}
