//! How well the mouth sounds heard in speech agree with the phonemes that were spoken.

mod support;

use rostrum_model::speech::PhonemeSpan;
use rostrum_speech::SpeechEngine;
use rostrum_speech::listen::phonemes_from_audio;

/// What a mouth shows of a phoneme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    Silence,
    Closed,
    Open,
    Spread,
    Round,
    Fricative,
    Other,
}

fn shape(symbol: &str) -> Shape {
    match symbol {
        "" => Shape::Silence,
        "m" | "b" | "p" => Shape::Closed,
        "ɑ" | "æ" | "ʌ" | "I" | "W" | "a" | "ɐ" => Shape::Open,
        "i" | "ɪ" | "ɛ" | "A" | "j" | "ᵻ" => Shape::Spread,
        "u" | "ʊ" | "ɔ" | "O" | "w" | "Y" => Shape::Round,
        "s" | "z" | "ʃ" | "ʒ" | "ʧ" | "ʤ" | "f" | "v" | "θ" => Shape::Fricative,
        _ => Shape::Other,
    }
}

/// How far the jaw is down, 0..1.
fn openness(symbol: &str) -> f64 {
    match symbol {
        "ɑ" | "a" => 1.0,
        "æ" | "I" | "W" => 0.9,
        "ʌ" | "ɐ" | "ɔ" => 0.7,
        "ɛ" | "A" | "O" | "Y" => 0.6,
        "ə" | "ɜ" | "ɹ" => 0.4,
        "ɪ" | "ᵻ" | "ʊ" | "h" | "k" | "ɡ" | "l" => 0.3,
        "i" | "u" | "j" | "n" | "ŋ" | "t" | "d" | "T" | "ð" | "θ" => 0.2,
        "s" | "z" | "ʃ" | "ʒ" | "ʧ" | "ʤ" | "w" | "f" | "v" => 0.1,
        _ => 0.0,
    }
}

/// The symbol at each 10 ms.
fn sampled(spans: &[PhonemeSpan], count: usize) -> Vec<&str> {
    (0..count)
        .map(|frame| {
            let time = (frame as f64 + 0.5) / 100.0;
            spans.iter().find(|span| time < span.end_s).map_or("", |span| span.symbol.as_str())
        })
        .collect()
}

fn correlation(pairs: &[(f64, f64)]) -> f64 {
    let count = pairs.len() as f64;
    let (mean_a, mean_b) =
        pairs.iter().fold((0.0, 0.0), |(a, b), pair| (a + pair.0 / count, b + pair.1 / count));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (a, b) in pairs {
        ab += (a - mean_a) * (b - mean_b);
        aa += (a - mean_a).powi(2);
        bb += (b - mean_b).powi(2);
    }
    ab / (aa * bb).sqrt()
}

/// A jaw does not follow every 10 ms: means over 90 ms.
fn smooth(values: &[f64]) -> Vec<f64> {
    (0..values.len())
        .map(|at| {
            let around = &values[at.saturating_sub(4)..(at + 5).min(values.len())];
            around.iter().sum::<f64>() / around.len() as f64
        })
        .collect()
}

#[test]
fn what_is_heard_agrees_with_what_was_spoken() {
    let engine = SpeechEngine::load(&support::models_dir(), 2).unwrap();
    let (mut heard_right, mut spoken) =
        (std::collections::BTreeMap::new(), std::collections::BTreeMap::new());
    let mut jaws = Vec::new();
    for (voice, text) in [
        (
            "af_heart",
            "My mother bought some warm apples, and my brother baked a pie. They moved the farm machines away.",
        ),
        (
            "am_michael",
            "She saw the blue moon over a calm sea. Please remember to wash your hands before entering the kitchen.",
        ),
        ("bf_emma", "Our revenue grew by fifteen percent in March, which is a record for the company."),
    ] {
        let track = engine.speak(text, voice, 1.0).unwrap().track;
        let heard = phonemes_from_audio(&track.samples);
        assert!(heard.windows(2).all(|pair| pair[0].end_s == pair[1].start_s));
        assert!((heard.last().unwrap().end_s - track.duration_s()).abs() < 1e-9);
        let count = track.samples.len() / 240;
        let (truth, heard) = (sampled(&track.phonemes, count), sampled(&heard, count));
        for (said, got) in truth.iter().zip(&heard) {
            *spoken.entry(shape(said)).or_insert(0) += 1;
            *heard_right.entry(shape(said)).or_insert(0) += i32::from(shape(said) == shape(got));
        }
        let open =
            |symbols: &[&str]| smooth(&symbols.iter().map(|symbol| openness(symbol)).collect::<Vec<_>>());
        jaws.extend(open(&truth).into_iter().zip(open(&heard)));
    }
    let share = |shape| f64::from(heard_right[&shape]) / f64::from(spoken[&shape]);
    for (shape, count) in &spoken {
        println!("{shape:?}: {:.0} % of {count} frames", 100.0 * share(*shape));
    }
    let jaw = correlation(&jaws);
    println!("openness correlation {jaw:.2}");
    assert!(share(Shape::Silence) > 0.85);
    assert!(share(Shape::Fricative) > 0.5);
    assert!(jaw > 0.5, "openness correlation {jaw}");
}
