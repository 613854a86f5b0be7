//! Other languages than English: every word is said and has its time.

#[path = "support/program.rs"]
mod program;
mod support;

use std::sync::LazyLock;

use rostrum_model::speech::{SAMPLE_RATE, SpeechTrack};
use rostrum_speech::voices::Engine;
use rostrum_speech::{Markup, SpeechEngine, SpeechError, Text};

static ENGINE: LazyLock<SpeechEngine> = LazyLock::new(|| {
    program::install_programs();
    SpeechEngine::load(&support::models_dir(), 2).expect("the models load")
});

fn written(track: &SpeechTrack) -> Vec<&str> {
    track.words.iter().map(|word| word.text.as_str()).collect()
}

/// Sounds join from the first sample to the last; each word of the text has a time behind that of the one before.
#[track_caller]
fn assert_all_is_timed(track: &SpeechTrack, text: &str) {
    assert_words_are_timed(track, &text.split_whitespace().collect::<Vec<_>>());
}

#[track_caller]
fn assert_words_are_timed(track: &SpeechTrack, words: &[&str]) {
    let mut at = 0.0;
    for span in &track.phonemes {
        assert!(span.start_s == at && span.end_s > span.start_s, "{span:?} of {words:?}");
        at = span.end_s;
    }
    assert_eq!((at * f64::from(SAMPLE_RATE)).round() as usize, track.samples.len());
    assert!(track.words.windows(2).all(|pair| pair[0].end_s <= pair[1].start_s), "{:?}", track.words);
    assert_eq!(written(track), words);
}

#[test]
fn every_language_of_the_network_times_every_word_numbers_and_joined_ones_too() {
    for (voice, text) in [
        ("ef_dora", "¿Cómo está usted? Tengo 25 años y 3,5 kilos."),
        ("ff_siwis", "Les enfants de l'homme ont mangé 25 pommes, est-il là?"),
        ("hf_alpha", "मेरे पास 25 रुपये हैं। नमस्ते दुनिया।"),
        ("if_sara", "Gli amici vanno a Roma il 3 maggio 2024."),
        ("pf_dora", "Os preços são de R$ 25, não é?"),
    ] {
        let speech = ENGINE.speak(text, voice, 1.0).unwrap();
        assert!(speech.unspoken_words.is_empty(), "{:?}", speech.unspoken_words);
        assert_all_is_timed(&speech.track, text);
    }
}

#[test]
fn mandarin_times_every_character_numbers_and_other_letters_too() {
    let text = "我們2024年去重庆，花了¥300。Hello Привет！";
    let words = ["我", "們", "2024", "年", "去", "重", "庆，", "花", "了", "¥300。", "Hello", "Привет！"];
    assert_times_and_greets(["zf_xiaobei", "zm_yunyang"], text, &words);
}

#[test]
fn japanese_times_every_word_numbers_and_other_letters_too() {
    let text = "私は2024年3月15日に、引き出しから¥1,500を出した。Hello Привет！";
    let words = [
        "私は",
        "2024年",
        "3月",
        "15日に、",
        "引き",
        "出しから",
        "¥1,500を",
        "出した。",
        "Hello",
        "Привет！",
    ];
    assert_times_and_greets(["jf_alpha", "jm_kumo"], text, &words);
}

/// Voices say all words of a text, the same way each time, and greet in their language.
#[track_caller]
fn assert_times_and_greets(voices: [&str; 2], text: &str, words: &[&str]) {
    for voice in voices {
        let speak = |text: &str| ENGINE.speak(text, voice, 1.0).expect("the text can be spoken");
        let speech = speak(text);
        assert!(speech.unspoken_words.is_empty(), "{:?}", speech.unspoken_words);
        assert_words_are_timed(&speech.track, words);
        assert_eq!(speech.track, speak(text).track);
        let greeting = rostrum_speech::voices::find(voice).expect("it is there").greeting();
        let speech = speak(&greeting);
        assert!((3.0..9.0).contains(&speech.track.duration_s()), "{} s", speech.track.duration_s());
    }
}

#[test]
fn tones_are_no_sounds_of_their_own_and_can_be_given() {
    let ssml = r#"<speak>我说<phoneme ph="ni↓xau↓">你好</phoneme>吗</speak>"#;
    let text = Text { text: ssml, markup: Markup::Ssml, terms: &[] };
    let track = ENGINE.speak(text, "zf_xiaoni", 1.0).unwrap().track;
    let symbols: String = track.phonemes.iter().map(|span| span.symbol.as_str()).collect();
    assert_eq!(symbols, "woʂwonixauma");
    assert_eq!(written(&track), ["我", "说", "你好", "吗"]);
}

#[test]
fn words_in_other_letters_are_said_and_not_dropped() {
    for voice in ["af_heart", "if_sara", "espeak-nl"] {
        let text = "Anna Привет Ελλάδα 世界 नमस्ते";
        let speech = ENGINE.speak(text, voice, 1.0).unwrap();
        assert!(speech.unspoken_words.is_empty(), "{voice}: {:?}", speech.unspoken_words);
        assert_all_is_timed(&speech.track, text);
    }
}

#[test]
fn a_basic_voice_begins_each_word_where_it_is_heard() {
    // Between vowels and nasals a word that begins with a plosive begins in silence, so its start can be heard.
    for (voice, text) in [
        ("espeak-de", "Anna kam kaum."),
        ("espeak-pl", "Anna tam kupiła."),
        ("espeak-fi", "Anna tuli kotona."),
    ] {
        let track = ENGINE.speak(text, voice, 1.0).unwrap().track;
        assert_all_is_timed(&track, text);
        let level = |from_s: f64, to_s: f64| {
            let at = |seconds: f64| (seconds * f64::from(SAMPLE_RATE)) as usize;
            let samples = &track.samples[at(from_s)..at(to_s)];
            (samples.iter().map(|sample| f64::from(sample * sample)).sum::<f64>() / samples.len() as f64)
                .sqrt()
        };
        for word in &track.words[1..] {
            let closure = (0..6).map(|step| word.start_s - 0.03 + 0.01 * f64::from(step));
            let quietest = closure.map(|start| level(start, start + 0.01)).fold(f64::MAX, f64::min);
            let word_level = level(word.start_s, word.end_s);
            assert!(quietest < 0.15 * word_level, "{voice} {word:?}: {quietest} of {word_level}");
        }
    }
}

#[test]
fn a_hundred_languages_count_to_five() {
    let mut languages = std::collections::BTreeSet::new();
    for voice in ENGINE.voices().iter().filter(|voice| voice.engine == Engine::Basic) {
        let track = ENGINE.speak(&voice.greeting(), voice.id, 1.0).unwrap().track;
        assert!((0.8..8.0).contains(&track.duration_s()), "{}: {} s", voice.id, track.duration_s());
        languages.insert(voice.language);
    }
    assert!(languages.len() >= 100, "{}", languages.len());
}

#[test]
fn pauses_speed_and_loudness_can_be_asked_for() {
    for voice in ["ef_dora", "espeak-sv"] {
        let length = |text: &str, speed| ENGINE.speak(text, voice, speed).unwrap().track.samples.len();
        let short = length(r#"Hola <break time="0.5s"/> mama."#, 1.0);
        assert_eq!(length(r#"Hola <break time="1.5s"/> mama."#, 1.0) - short, 24_000, "{voice}");
        assert!(length("Hola mama.", 0.5) as f64 > 1.5 * length("Hola mama.", 2.0) as f64, "{voice}");
        let ssml = r#"<speak>Hola <prosody rate="slow" volume="soft">mama</prosody> <sub alias="dos">2</sub></speak>"#;
        let speech = ENGINE.speak(Text { text: ssml, markup: Markup::Ssml, terms: &[] }, voice, 1.0).unwrap();
        assert_eq!(written(&speech.track), ["Hola", "mama", "2"], "{voice}");
    }
    let ssml = Text {
        text: r#"<speak><phoneme ph="ˈola">hola</phoneme> amigo</speak>"#,
        markup: Markup::Ssml,
        terms: &[],
    };
    let track = ENGINE.speak(ssml, "ef_dora", 1.0).unwrap().track;
    let symbols: String = track.phonemes.iter().map(|span| span.symbol.as_str()).collect();
    assert_eq!(symbols, "olaamiɣo");
}

#[test]
fn the_same_text_gives_the_same_bytes() {
    for voice in ["pm_alex", "espeak-ru"] {
        let speak = || ENGINE.speak("Да, 25. Bom dia", voice, 1.0).unwrap();
        assert_eq!(speak(), speak(), "{voice}");
    }
}

#[test]
fn what_would_steer_the_program_is_read_as_text() {
    let long = "9".repeat(4000);
    for text in ["[[h@l'oU]] --version -w /tmp/x.wav", "<mark/> &amp; \u{1}\u{7f} hola", &long, "ᚠᚢ hola"]
    {
        for voice in ["em_alex", "espeak-es-419"] {
            let text: String = text.chars().take(400).collect();
            let speech = ENGINE.speak(&text, voice, 2.0).unwrap();
            assert!(!speech.track.words.is_empty(), "{text}");
        }
    }
    assert!(matches!(ENGINE.speak("¿¡ … !", "espeak-de", 1.0), Err(SpeechError::TextNotSpeakable)));
}
