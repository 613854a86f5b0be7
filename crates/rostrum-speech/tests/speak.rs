//! What the engine says, against known values.

#[path = "support/program.rs"]
mod program;
mod support;

use std::sync::{Arc, LazyLock};

use rostrum_model::glossary::Term;
use rostrum_model::speech::{SAMPLE_RATE, SpeechTrack};
use rostrum_model::voice::BlendPart;
use rostrum_speech::voices::Engine;
use rostrum_speech::{
    Delivery, LEAD_S, MAX_PITCH, MAX_TEXT_CHARS, MAX_TRUE_PEAK_DB, Markup, Speaker, SpeechEngine,
    SpeechError, TAIL_S, TARGET_LUFS, Text, VOICES, integrated, true_peak_db,
};

static ENGINE: LazyLock<Arc<SpeechEngine>> = LazyLock::new(|| {
    program::install_programs();
    Arc::new(SpeechEngine::load(&support::models_dir(), 2).expect("the models load"))
});

const GOLDEN: &str = "A real photo can speak.";
const GOLDEN_RMS: f64 = 0.134;
const GOLDEN_HISS_DB: f64 = -13.3;

fn speak(text: &str) -> rostrum_speech::Speech {
    ENGINE.speak(text, "af_heart", 1.0).expect("the text can be spoken")
}

/// Spans join from the first sample to the last; words follow each other inside.
fn assert_times_hold(track: &SpeechTrack) {
    let mut at = 0.0;
    for span in &track.phonemes {
        assert_eq!(span.start_s, at);
        assert!(span.end_s > span.start_s);
        at = span.end_s;
    }
    assert_eq!((at * f64::from(SAMPLE_RATE)).round() as usize, track.samples.len());
    let mut spoken_to = 0.0;
    for word in &track.words {
        assert!(word.start_s >= spoken_to && word.end_s > word.start_s, "{word:?}");
        spoken_to = word.end_s;
    }
    assert!(spoken_to <= track.duration_s());
    assert!(track.samples.iter().all(|sample| sample.is_finite() && sample.abs() <= 1.0));
}

/// Energy between two frequencies against all energy, in dB.
fn band_db(samples: &[f32], low: f32, high: f32) -> f64 {
    const SIZE: usize = 512;
    let (mut inside, mut all) = (0.0f64, 0.0f64);
    for frame in samples.chunks_exact(SIZE) {
        for bin in 1..SIZE / 2 {
            let (mut re, mut im) = (0.0f32, 0.0f32);
            for (at, sample) in frame.iter().enumerate() {
                let turn = std::f32::consts::TAU / SIZE as f32;
                let hann = 0.5 - 0.5 * (turn * at as f32).cos();
                let phase = turn * ((bin * at) % SIZE) as f32;
                re += hann * sample * phase.cos();
                im += hann * sample * phase.sin();
            }
            let energy = f64::from(re * re + im * im);
            let frequency = bin as f32 * SAMPLE_RATE as f32 / SIZE as f32;
            all += energy;
            if (low..high).contains(&frequency) {
                inside += energy;
            }
        }
    }
    10.0 * (inside / all).log10()
}

#[test]
fn the_golden_sentence_sounds_as_it_did() {
    let track = speak(GOLDEN).track;
    assert_times_hold(&track);
    let symbols: Vec<&str> = track.phonemes.iter().map(|span| span.symbol.as_str()).collect();
    assert_eq!(symbols.join(" "), " ɐ ɹ i ᵊ l f O T O k æ n s p i k ");
    assert_eq!(track.phonemes.iter().filter(|span| span.stressed).count(), 3);
    let samples = track.samples.len();
    assert!(samples.abs_diff(40_560) <= 600, "{samples} samples");
    let rms = (track.samples.iter().map(|x| f64::from(x * x)).sum::<f64>() / samples as f64).sqrt();
    assert!((rms - GOLDEN_RMS).abs() < 0.01, "RMS {rms}");
    // Damaged by a wrong graph, the voice has 3.5 dB more here.
    let hiss = band_db(&track.samples, 8_000.0, 12_000.0);
    assert!((hiss - GOLDEN_HISS_DB).abs() < 1.5, "8-12 kHz at {hiss} dB");
}

#[test]
fn loudness_and_silence_at_the_ends_are_known() {
    let track = speak("Welcome to our quarterly product update, and thank you for joining us today.").track;
    let loudness = integrated(&track.samples).unwrap();
    assert!((loudness - TARGET_LUFS).abs() < 0.3, "{loudness} LUFS");
    assert!(true_peak_db(&track.samples) <= MAX_TRUE_PEAK_DB + 1e-3);
    let (first, last) = (&track.phonemes[0], track.phonemes.last().unwrap());
    assert!(first.symbol.is_empty() && last.symbol.is_empty());
    assert!((first.end_s - LEAD_S).abs() < 1e-9);
    assert!((last.end_s - last.start_s - TAIL_S).abs() < 1e-9);
}

#[test]
fn the_same_text_gives_the_same_bytes_on_any_number_of_threads() {
    let first = speak(GOLDEN);
    assert_eq!(first, speak(GOLDEN));
    // Three phrases, one of them in a manner of its own.
    let several = format!(
        "<speak>{GOLDEN}<break time=\"1s\"/>{GOLDEN} <prosody rate=\"slow\">Can it?</prosody></speak>"
    );
    let several = Text { markup: Markup::Ssml, ..(&several).into() };
    let parts =
        [("af_heart", 2), ("af_bella", 1)].map(|(id, weight)| BlendPart { voice_id: id.to_owned(), weight });
    let blended = ENGINE.speak(several, Speaker::Blend(&parts), 1.0).unwrap();
    for threads in [1, 3] {
        let other = SpeechEngine::load(&support::models_dir(), threads).unwrap();
        assert!(first == other.speak(GOLDEN, "af_heart", 1.0).unwrap(), "{threads} threads differ from 2");
        let again = other.speak(several, Speaker::Blend(&parts), 1.0).unwrap();
        assert!(blended == again, "several phrases differ on {threads} threads");
    }
}

#[test]
fn every_written_word_has_its_time() {
    let text = "Dr. Smith paid $1.2 million on March 14th, 2025 — to Priya, at example.com!";
    let speech = speak(text);
    assert_times_hold(&speech.track);
    let words: Vec<&str> = speech.track.words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(
        words,
        [
            "Dr.",
            "Smith",
            "paid",
            "$1.2",
            "million",
            "on",
            "March",
            "14th,",
            "2025 —",
            "to",
            "Priya,",
            "at",
            "example.com!"
        ]
    );
    assert!(speech.unspoken_words.is_empty());
}

#[test]
fn pause_tags_insert_exactly_their_silence() {
    let length = |text: &str| speak(text).track.samples.len();
    let short = length(r#"One <break time="0.5s"/> two."#);
    assert_eq!(length(r#"One <break time="1.5s"/> two."#) - short, 24_000);
    assert_eq!(length(r#"One <break time="0.5s"/> <break time="1s"/> two."#) - short, 24_000);
    assert_eq!(
        length(r#"<break time="1s"/> One <break time="0.5s"/> two. <break time="1s"/>"#) - short,
        48_000
    );
    let speech = speak(r#"One <break time="now"/> two."#);
    assert_eq!(speech.ignored_tags, [r#"<break time="now"/>"#]);
}

#[test]
fn faster_speech_is_shorter() {
    let at = |speed| ENGINE.speak(GOLDEN, "af_heart", speed).unwrap().track;
    let (slow, fast) = (at(0.5), at(2.0));
    assert_times_hold(&slow);
    assert_times_hold(&fast);
    assert!(slow.samples.len() > 2 * fast.samples.len());
}

/// The pitch of a voice in the middle of its sounds, in Hz: the strongest period of each 60 ms from 60 to 600 Hz, the
/// median of those that are clear.
fn pitch(samples: &[f32]) -> f64 {
    const WINDOW: usize = 1440;
    let mut pitches: Vec<f64> = samples
        .chunks_exact(WINDOW)
        .filter_map(|frame| {
            let product = |lag: usize| -> f64 {
                (0..WINDOW - lag).map(|at| f64::from(frame[at] * frame[at + lag])).sum::<f64>()
                    / (WINDOW - lag) as f64
            };
            let energy = product(0);
            let strengths: Vec<f64> = (40..400).map(product).collect();
            let strongest = strengths.iter().copied().fold(f64::MIN, f64::max);
            // The first of the periods that are as good, for twice a period is one too.
            let lag = 40 + strengths.iter().position(|strength| *strength > 0.9 * strongest)?;
            (energy > 1e-3 && strongest > 0.6 * energy).then_some(f64::from(SAMPLE_RATE) / lag as f64)
        })
        .collect();
    pitches.sort_by(f64::total_cmp);
    pitches[pitches.len() / 2]
}

#[test]
fn a_raised_voice_is_higher_by_as_much_and_no_faster() {
    let text = "Welcome to our quarterly product update, and thank you for joining us today.";
    let at = |pitch| ENGINE.speak(text, "am_michael", Delivery { speed: 1.0, pitch }).unwrap().track;
    let plain = at(0.0);
    assert!(plain == at(f32::NAN), "a pitch that is no number changes the voice");
    for semitones in [-4.0, 4.0] {
        let moved = at(semitones);
        assert_eq!(moved.words, plain.words);
        let factor = pitch(&moved.samples) / pitch(&plain.samples);
        let asked = f64::from(semitones / 12.0).exp2();
        assert!((factor / asked - 1.0).abs() < 0.08, "{factor} for {asked}");
    }
    assert!(at(MAX_PITCH) == at(50.0), "more than an octave is not an octave");
    let marked = format!("<speak><prosody pitch=\"+4st\">{text}</prosody></speak>");
    let marked = Text { markup: Markup::Ssml, ..(&marked).into() };
    assert!(ENGINE.speak(marked, "am_michael", 1.0).unwrap().track == at(4.0), "SSML raises it otherwise");
}

#[test]
fn a_long_text_is_spoken_in_several_runs_with_times_that_go_on() {
    let text = "The quick brown fox jumps over the lazy dog near the river bank, and nobody minds at all. "
        .repeat(5);
    let track = speak(&text).track;
    assert_times_hold(&track);
    assert_eq!(track.words.len(), text.split_whitespace().count());
}

#[test]
fn unspeakable_words_are_reported_and_the_rest_is_spoken() {
    let speech = speak("Hello 🦀🦀, good morning.");
    assert_eq!(speech.track.words.len(), 3);
    let speech = speak("Hello ᚠᚢᚦ, good morning.");
    assert_eq!(speech.unspoken_words, ["ᚠᚢᚦ,"]);
    assert_eq!(speech.track.words.len(), 3);
    assert!(matches!(ENGINE.speak("ᚠᚢᚦ", "af_heart", 1.0), Err(SpeechError::TextNotSpeakable)));
    assert!(matches!(ENGINE.speak("... !", "af_heart", 1.0), Err(SpeechError::TextNotSpeakable)));
    assert!(matches!(
        ENGINE.speak(r#"<break time="1s"/>"#, "af_heart", 1.0),
        Err(SpeechError::TextNotSpeakable)
    ));
}

#[test]
fn bad_arguments_are_refused() {
    let long = "a".repeat(MAX_TEXT_CHARS + 1);
    assert!(matches!(ENGINE.speak(" \n", "af_heart", 1.0), Err(SpeechError::TextEmpty)));
    assert!(matches!(ENGINE.speak(&long, "af_heart", 1.0), Err(SpeechError::TextTooLong { chars: 5001 })));
    assert!(matches!(ENGINE.speak("a", "../af_heart", 1.0), Err(SpeechError::VoiceUnknown { .. })));
    for speed in [0.49, 2.01, f32::NAN, f32::INFINITY] {
        assert!(matches!(ENGINE.speak("a", "af_heart", speed), Err(SpeechError::SpeedOutOfRange { .. })));
    }
    assert!(matches!(
        SpeechEngine::load(std::path::Path::new("/nonexistent"), 1),
        Err(SpeechError::ModelFile { .. })
    ));
}

#[test]
fn every_voice_of_the_catalogue_is_there_and_a_british_one_speaks() {
    let neural: Vec<_> =
        ENGINE.voices().iter().filter(|voice| voice.engine == Engine::Kokoro).copied().collect();
    assert_eq!(neural, VOICES.iter().collect::<Vec<_>>());
    let speech = ENGINE.speak("The Kubernetes schedule.", "bf_emma", 1.0).unwrap();
    assert_times_hold(&speech.track);
    assert_eq!(speech.track.words.len(), 3);
}

#[test]
fn a_blend_of_one_is_that_voice_and_one_of_two_is_neither() {
    let blended = |parts: &[(&str, u32)]| {
        let parts: Vec<BlendPart> = parts
            .iter()
            .map(|(id, weight)| BlendPart { voice_id: (*id).to_owned(), weight: *weight })
            .collect();
        ENGINE.speak(GOLDEN, Speaker::Blend(&parts), 1.0).unwrap().track
    };
    let (heart, bella) = (speak(GOLDEN).track, ENGINE.speak(GOLDEN, "af_bella", 1.0).unwrap().track);
    assert_eq!(blended(&[("af_heart", 7)]), heart);
    let both = blended(&[("af_heart", 2), ("af_bella", 2)]);
    assert_eq!(both, blended(&[("af_heart", 1), ("af_bella", 1)]));
    assert_times_hold(&both);
    assert!(both.samples != heart.samples && both.samples != bella.samples);
}

#[test]
fn a_term_changes_what_is_heard_and_not_the_words() {
    let terms = [Term { term: "photo".to_owned(), pronunciation: "hippopotamus".to_owned() }];
    let told = ENGINE.speak(Text { terms: &terms, ..GOLDEN.into() }, "af_heart", 1.0).unwrap().track;
    let written = |track: &SpeechTrack| track.words.iter().map(|word| word.text.clone()).collect::<Vec<_>>();
    let plain = speak(GOLDEN).track;
    assert_eq!(written(&told), written(&plain));
    assert!(told.duration_s() > plain.duration_s() + 0.2, "{} s", told.duration_s());
    assert_times_hold(&told);
}
