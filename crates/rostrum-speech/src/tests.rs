//! What holds for any text at all.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::LazyLock;

use proptest::prelude::*;

use crate::kokoro::MAX_TOKENS;
use crate::phonemes::{Pronouncer, Pronunciation, Unit};
use crate::phrases::{COMFORTABLE_SYMBOLS, phrases};
use crate::text;
use crate::text::terms::Terms;
use crate::voices::{self, Accent, Voice};

pub(crate) static SPEECH_DIR: LazyLock<PathBuf> = LazyLock::new(|| {
    let models = std::env::var_os("ROSTRUM_MODELS_DIR").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").unwrap()).join(".local/share/rostrum/models"),
        PathBuf::from,
    );
    models.join("speech")
});
pub(crate) static PRONOUNCER: LazyLock<Pronouncer> =
    LazyLock::new(|| Pronouncer::load(&SPEECH_DIR).expect("models missing: run ./dev setup"));

/// The symbols as a network gets them: words apart unless they are said in one, with the marks behind them.
pub(crate) fn joined_sounds(pronunciation: &Pronunciation) -> String {
    let mut sounds = String::new();
    for unit in &pronunciation.units {
        if let Unit::Sound(sound) = unit {
            if !sounds.is_empty() && !sound.joined {
                sounds.push(' ');
            }
            sounds.push_str(&sound.symbols);
            sounds.extend(sound.mark);
        }
    }
    sounds
}

/// No written word vanishes: each with letters is sounded or reported.
#[track_caller]
pub(crate) fn assert_all_is_sounded_or_told(script: &text::Script, pronunciation: &Pronunciation) {
    let sounded: BTreeSet<usize> = pronunciation
        .units
        .iter()
        .filter_map(|unit| match unit {
            Unit::Sound(sound) => Some(sound.written),
            Unit::Break(_) | Unit::Manner(_) => None,
        })
        .collect();
    for (place, word) in script.written.iter().enumerate() {
        if word.contains(char::is_alphanumeric) {
            let told = sounded.contains(&place) || pronunciation.unspoken.contains(&place);
            assert!(told, "{word:?} of {:?}", script.written.iter().take(20).collect::<Vec<_>>());
        }
    }
}

fn pronounce(script: &text::Script) -> Pronunciation {
    PRONOUNCER.pronounce(script, Accent::American, |_| true)
}

fn american() -> &'static Voice {
    voices::find("af_heart").unwrap()
}

/// Sounds of all words, words apart.
fn sounds(text: &str) -> String {
    let units = pronounce(&text::read(text, american(), &Terms::default())).units;
    let words = units.iter().filter_map(|unit| match unit {
        Unit::Sound(sound) => Some(sound.symbols.as_str()),
        Unit::Break(_) | Unit::Manner(_) => None,
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn words_no_dictionary_has_are_guessed_or_spelled() {
    for (text, expected) in [
        ("Kubernetes", "kəbˈɜɹnəts"),
        ("Priya", "pɹˈiə"),
        ("Zyntrix", "zˈɪntɹɪks"),
        ("XQZW", "ˌɛkskjˌuzˌidˈʌbᵊlju"),
        ("Zyntrix's", "zˈɪntɹɪksᵻz"),
    ] {
        assert_eq!(sounds(text), expected, "{text}");
    }
}

#[test]
fn heteronyms_are_told_apart_by_the_sentence() {
    let said = sounds("Please read the terms you have read before, then close the close window.");
    assert!(said.contains("ɹˈid") && said.contains("ɹˈɛd"), "{said}");
    assert!(said.contains("klˈOz") && said.contains("klˈOs"), "{said}");
}

/// No word vanishes: it is sounded or reported, and all phrases fit the network.
fn assert_nothing_is_lost(text: &str) {
    for (accent, id) in [(Accent::American, "af_heart"), (Accent::British, "bf_emma")] {
        let voice = voices::find(id).unwrap();
        let script = text::read(text, voice, &Terms::default());
        let spoken = PRONOUNCER.pronounce(&script, accent, |_| true);
        assert_all_is_sounded_or_told(&script, &spoken);
        for phrase in phrases(&spoken.units, 1.0, COMFORTABLE_SYMBOLS) {
            assert!((1..=MAX_TOKENS).contains(&phrase.symbols.len()));
        }
    }
}

#[test]
fn texts_made_to_hurt_do_not() {
    for text in [
        "a".repeat(5000),
        "A.".repeat(2500),
        "1".repeat(5000),
        "1,".repeat(2500),
        "$".repeat(5000),
        "é".repeat(5000),
        "世".repeat(5000),
        "' ".repeat(2500),
        "<break ".repeat(700),
        "a-".repeat(2500),
        "[x](/y/) ".repeat(500),
        "\u{301}".repeat(100),
        "½½ 1½½ $½ ½% #½ +½ ½th".into(),
        "\u{0}\u{7f}\u{202e}abc\u{200d}".into(),
        "👩‍👩‍👧‍👦 ok".into(),
    ] {
        assert_nothing_is_lost(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_word_of_any_text_is_lost(text in "\\PC{0,120}") {
        assert_nothing_is_lost(&text);
    }

    #[test]
    fn no_word_of_odd_english_is_lost(text in "[a-zA-Z0-9'$€%.,:/@#&+½ \\-–—()<>\"éßж\n]{0,120}") {
        assert_nothing_is_lost(&text);
    }
}
