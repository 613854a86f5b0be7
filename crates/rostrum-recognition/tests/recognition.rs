//! Speech whose words and times are known, listened to.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

use std::path::PathBuf;
use std::sync::LazyLock;

use rostrum_model::speech::{SpeechTrack, WordSpan};
use rostrum_recognition::{Recogniser, RecognitionError, SAMPLE_RATE, from_speech};
use rostrum_speech::SpeechEngine;

static RECOGNISER: LazyLock<Recogniser> = LazyLock::new(|| Recogniser::load(&models(), 2).unwrap());
static SPEAKER: LazyLock<SpeechEngine> = LazyLock::new(|| SpeechEngine::load(&models(), 2).unwrap());

fn models() -> PathBuf {
    std::env::var_os("ROSTRUM_MODELS_DIR").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").unwrap()).join(".local/share/rostrum/models"),
        PathBuf::from,
    )
}

fn spoken(text: &str) -> (SpeechTrack, Vec<f32>) {
    let track = SPEAKER.speak(text, "af_heart", 1.0).unwrap().track;
    let samples = from_speech(&track.samples);
    (track, samples)
}

fn plain<'w>(words: impl IntoIterator<Item = &'w WordSpan>) -> Vec<String> {
    let letters = |word: &WordSpan| word.text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    words.into_iter().map(|word| letters(word).to_lowercase()).collect()
}

/// The median and the largest distance between the starts of words, in seconds.
fn distances(found: &[WordSpan], exact: &[WordSpan]) -> (f64, f64) {
    assert_eq!(found.len(), exact.len());
    let mut distances: Vec<f64> =
        found.iter().zip(exact).map(|(a, b)| (a.start_s - b.start_s).abs()).collect();
    distances.sort_by(f64::total_cmp);
    (distances[distances.len() / 2], distances[distances.len() - 1])
}

#[test]
fn a_sentence_is_recognised_with_its_times_and_its_language() {
    let (track, samples) =
        spoken("The weather tomorrow will be cloudy, with a chance of rain in the afternoon.");
    let transcript = RECOGNISER.recognise(&samples, None).unwrap();
    assert_eq!(transcript.language.as_deref(), Some("en"));
    assert_eq!(RECOGNISER.detect_language(&samples).unwrap(), transcript.language);
    assert!(transcript.language_probability > 0.9, "{transcript:?}");
    let words: Vec<WordSpan> = transcript.words().cloned().collect();
    assert_eq!(plain(&words), plain(&track.words));
    let (median, largest) = distances(&words, &track.words);
    assert!(median < 0.1 && largest < 0.4, "{median} {largest} {words:?}");
    assert_eq!(transcript.segments.len(), 1);
    assert!(transcript.text().ends_with("afternoon."), "{}", transcript.text());
}

#[test]
fn a_sound_of_a_minute_loses_and_repeats_no_word() {
    let sentences = [
        "Our revenue grew in March, which is a record for the company.",
        "If you press the red button, the machine will stop immediately.",
        "She sells fresh vegetables and local honey at the village market.",
        "That is a brilliant idea, and we should discuss it over lunch.",
        "Scientists discovered that the ancient river once flowed across the desert.",
    ];
    let text = sentences.map(|sentence| format!("{sentence} <break time=\"2s\"/> ")).concat().repeat(2);
    let (track, samples) = spoken(&text);
    assert!(samples.len() > 50 * SAMPLE_RATE as usize);

    let transcript = RECOGNISER.recognise(&samples, None).unwrap();
    assert_eq!(plain(transcript.words()), plain(&track.words));
    assert_eq!(transcript.segments.len(), 10, "{transcript:#?}");

    let aligned =
        RECOGNISER.align(&samples, &sentences.join(" ").repeat(2).replace(".Our", ". Our"), "en").unwrap();
    assert_eq!(plain(&aligned), plain(&track.words));
    let (median, largest) = distances(&aligned, &track.words);
    assert!(median < 0.1 && largest < 0.6, "{median} {largest}");
}

#[test]
fn silence_and_noise_have_no_words() {
    let second = SAMPLE_RATE as usize;
    let mut state = 1u32;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32 * 0.1 - 0.05
    });
    for samples in [vec![], vec![0.0; 5 * second], noise.take(5 * second).collect()] {
        let transcript = RECOGNISER.recognise(&samples, None).unwrap();
        assert_eq!(plain(transcript.words()), [""; 0], "{transcript:?}");
        assert_eq!(transcript.language, None);
        assert_eq!(RECOGNISER.detect_language(&samples).unwrap(), None);
    }
}

#[test]
fn a_language_that_is_not_there_is_refused() {
    let refused =
        |language| matches!(language, Err(RecognitionError::LanguageUnknown { code }) if code == "tlh");
    assert!(refused(RECOGNISER.recognise(&[0.1; 100], Some("tlh")).map(drop)));
    assert!(refused(RECOGNISER.align(&[0.1; 100], "word", "tlh").map(drop)));
    assert_eq!(RECOGNISER.languages().count(), 99);
}
