//! Voices of the Piper project, by the one that `./dev setup` fetches for the tests.

#[path = "support/program.rs"]
mod program;
mod support;

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::LazyLock;

use rostrum_model::speech::SpeechTrack;
use rostrum_speech::voices::{Engine, Gender};
use rostrum_speech::{Delivery, LEAD_S, Markup, SpeechEngine, TAIL_S, TARGET_LUFS, Text, integrated, voices};

const JOE: &str = "piper-en_US-joe-medium";
/// The same network, told to read German.
const JOE_IN_GERMAN: &str = "piper-de_DE-joe-medium";

static ENGINE: LazyLock<SpeechEngine> = LazyLock::new(|| {
    program::install_programs();
    let here = support::models_dir();
    let models = tempfile::tempdir().expect("there is room").keep();
    symlink(here.join("speech"), models.join("speech")).expect("links can be made");
    fs::create_dir(models.join("piper")).expect("the folder is new");
    let network = here.join("piper/en_US-joe-medium.onnx");
    let settings = fs::read_to_string(network.with_extension("onnx.json"))
        .expect("run `rostrum models pull --with piper`, as ./dev test does");
    let put = |name: &str, settings: &str| {
        let file = models.join("piper").join(name);
        symlink(&network, &file).expect("links can be made");
        fs::write(file.with_extension("onnx.json"), settings).expect("it can be written");
    };
    put("en_US-joe-medium.onnx", &settings);
    let german = settings
        .replace("\"voice\": \"en-us\"", "\"voice\": \"de\"")
        .replace("\"code\": \"en_US\"", "\"code\": \"de_DE\"")
        .replace("\"name_english\": \"English\"", "\"name_english\": \"German\"");
    put("de_DE-joe-medium.onnx", &german);
    let (count, refused) = rostrum_speech::piper::install(&models);
    assert_eq!((count, refused), (2, vec![]));
    SpeechEngine::load(&models, 2).expect("the models load")
});

fn speak(text: &str, voice: &str, delivery: impl Into<Delivery>) -> SpeechTrack {
    let speech = ENGINE.speak(text, voice, delivery).expect("the text can be spoken");
    assert_eq!(speech.unspoken_words, [""; 0]);
    speech.track
}

#[test]
fn a_network_in_the_models_folder_is_a_voice() {
    let voice = ENGINE.voices().iter().find(|voice| voice.id == JOE).expect("it is listed");
    assert_eq!((voice.engine, voice.gender, voice.locale), (Engine::Piper, Gender::Male, "en-US"));
    assert_eq!((voice.name, voice.locale_name), ("Joe", "English (United States)"));
    assert_eq!(voices::find(JOE_IN_GERMAN).expect("it is found").language, "German");
}

#[test]
fn its_words_have_times_and_the_same_text_sounds_the_same() {
    let text = "It costs $25, and two sentences are spoken. Is that right?";
    let track = speak(text, JOE, 1.0);
    let words: Vec<&str> = track.words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(words, text.split(' ').collect::<Vec<_>>());
    assert!(track.words.windows(2).all(|pair| pair[0].end_s <= pair[1].start_s));
    assert!(track.phonemes.windows(2).all(|pair| pair[0].end_s == pair[1].start_s));
    assert!(track.phonemes.iter().all(|span| span.end_s > span.start_s));
    assert!((integrated(&track.samples).expect("it is loud enough to measure") - TARGET_LUFS).abs() < 0.5);
    assert_eq!(speak(text, JOE, 1.0), track);
    let one_thread = SpeechEngine::load(&support::models_dir(), 1).expect("the models load");
    let one_after_another = one_thread.speak(text, JOE, 1.0).expect("the text can be spoken").track;
    assert!(one_after_another == track, "one thread differs from two");
}

#[test]
fn speed_and_pitch_are_kept_apart() {
    let text = "Every word of this sentence has its own time.";
    let spoken_s = |track: &SpeechTrack| track.duration_s() - LEAD_S - TAIL_S;
    let usual = speak(text, JOE, 1.0);
    // Sounds last whole frames, rounded up.
    let faster = spoken_s(&usual) / spoken_s(&speak(text, JOE, 1.5));
    assert!((1.3..1.6).contains(&faster), "{faster}");
    let higher = speak(text, JOE, Delivery { speed: 1.0, pitch: 5.0 });
    let as_long = spoken_s(&higher) / spoken_s(&usual);
    assert!((0.9..1.1).contains(&as_long), "{as_long}");
    let ratio = pitch_hz(&higher) / pitch_hz(&usual);
    let semitones = 12.0 * ratio.log2();
    assert!((4.0..6.0).contains(&semitones), "{semitones}");
}

#[test]
fn other_languages_keep_the_sounds_that_only_they_have() {
    let track = speak("Fünf Bücher über glückliche Städte.", JOE_IN_GERMAN, 1.0);
    let sounds: String = track.phonemes.iter().map(|span| span.symbol.as_str()).collect();
    assert!(sounds.contains('ʏ') || sounds.contains('y'), "{sounds}");
    assert!(sounds.contains('ç'), "{sounds}");
    assert_eq!(track.words.len(), 5);
}

#[test]
fn sounds_given_in_ssml_are_spoken() {
    let text = r#"<speak>I say <phoneme alphabet="ipa" ph="təˈmɑːtoʊ">tomato</phoneme>.</speak>"#;
    let speech =
        ENGINE.speak(Text { text, markup: Markup::Ssml, terms: &[] }, JOE, 1.0).expect("it is spoken");
    let sounds: String = speech.track.phonemes.iter().map(|span| span.symbol.as_str()).collect();
    assert!(sounds.contains("təmɑtO"), "{sounds}");
}

/// The usual pitch of a track: the median of its voiced frames, by autocorrelation.
fn pitch_hz(track: &SpeechTrack) -> f32 {
    const FRAME: usize = 960;
    let mut found: Vec<f32> = track
        .samples
        .windows(2 * FRAME)
        .step_by(FRAME)
        .filter_map(|window| {
            let at =
                |lag: usize| -> f32 { window[..FRAME].iter().zip(&window[lag..]).map(|(a, b)| a * b).sum() };
            let lag = (80..300).max_by(|a, b| at(*a).total_cmp(&at(*b)))?;
            (at(lag) > 0.7 * at(0) && at(0) > 1.0).then_some(24_000.0 / lag as f32)
        })
        .collect();
    found.sort_by(f32::total_cmp);
    found[found.len() / 2]
}
