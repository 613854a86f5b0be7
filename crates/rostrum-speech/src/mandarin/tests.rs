//! What sentences sound like, with the dictionaries of the models folder.

use std::sync::LazyLock;

use super::*;
use crate::tests::{PRONOUNCER, SPEECH_DIR, assert_all_is_sounded_or_told, joined_sounds};
use crate::text::{self, terms::Terms};
use crate::voices;

static MANDARIN: LazyLock<Mandarin> = LazyLock::new(|| Mandarin::new(&SPEECH_DIR));

fn pronounce(text: &str) -> (Script, Pronunciation) {
    let script = text::read(text, voices::find("zf_xiaoxiao").unwrap(), &Terms::default());
    let pronunciation = MANDARIN.pronounce(&script, &PRONOUNCER, |_| true).unwrap();
    (script, pronunciation)
}

fn sounds(text: &str) -> String {
    joined_sounds(&pronounce(text).1)
}

#[test]
fn heteronyms_are_read_by_their_word() {
    for (text, expected) in [
        ("银行", "i↗nxa↗ŋ"),
        ("行走", "ɕi↗ŋʦou↓"),
        ("长大", "ꭧa↓ŋta↘"),
        ("重庆", "ꭧʰʊ↗ŋʨʰi↘ŋ"),
        ("长江很长", "ꭧʰa↗ŋʨja→ŋ xə↓n ꭧʰa↗ŋ"),
        ("我的目的", "wo↓ tɤ mu↘ti↘"),
        ("快乐的音乐", "kʰwai↘lɤ↘ tɤ i→nɥe↘"),
        ("慢慢地走", "ma↘nma↘n tɤ ʦou↓"),
        ("跑得快", "pʰau↓tɤkʰwai↘"),
        ("我得走了", "wo↓ tei↗ ʦou↓ lɤ"),
        ("还没还书", "xai↗ mei↗ xwa↗n ʂu→"),
        ("三只猫", "sa→nꭧɨ→ mau→"),
        ("看著他", "kʰa↘n ꭧɤ tʰa→"),
    ] {
        assert_eq!(sounds(text), expected, "{text}");
    }
}

#[test]
fn tones_change_beside_each_other() {
    for (text, expected) in [
        ("不是", "pu↗ʂɨ↘"),
        ("不好", "pu↘xau↓"),
        ("一天", "i↘tʰjɛ→n"),
        ("一位", "i↗wei↘"),
        ("一个", "i↗kɤ↘"),
        ("第一", "ti↘i→"),
        ("统一", "tʰʊ↓ŋi→"),
        ("看一看", "kʰa↘nikʰa↘n"),
        ("一月一日", "i→ɥe↘ i→ɻɨ↘"),
        ("一点五", "i→tjɛ↗nu↓"),
        ("你好", "ni↗xau↓"),
        ("我很好", "wo↓ xə↗n xau↓"),
        ("展览馆", "ꭧa↗nla↗nkwa↓n"),
        ("纸老虎", "ꭧɨ↓lau↗xu↓"),
    ] {
        assert_eq!(sounds(text), expected, "{text}");
    }
}

#[test]
fn traditional_characters_sound_like_simplified_ones() {
    for (traditional, simplified) in [
        ("銀行處理這個問題", "银行处理这个问题"),
        ("我們後來發現頭髮太長了", "我们后来发现头发太长了"),
        ("重慶", "重庆"),
    ] {
        assert_eq!(sounds(traditional), sounds(simplified), "{traditional}");
    }
}

#[test]
fn words_are_apart_and_every_character_is_a_written_word() {
    let (script, pronunciation) = pronounce("你好，Anna！2024年。");
    assert_eq!(script.written, ["你", "好，", "Anna！", "2024", "年。"]);
    assert!(pronunciation.unspoken.is_empty());
    let joined: Vec<(usize, bool, Option<char>)> = pronunciation
        .units
        .iter()
        .filter_map(|unit| match unit {
            Unit::Sound(sound) => Some((sound.written, sound.joined, sound.mark)),
            Unit::Break(_) | Unit::Manner(_) => None,
        })
        .collect();
    let year = [(3, false, None), (3, true, None), (3, true, None), (3, true, None), (4, true, Some('.'))];
    assert_eq!(joined[..3], [(0, false, None), (1, true, Some(',')), (2, false, Some('!'))]);
    assert_eq!(joined[3..], year);
}

#[test]
fn what_has_no_reading_is_told() {
    let (script, pronunciation) = pronounce("好\u{3403}\u{31fff}ᚠ好");
    assert!(!pronunciation.units.is_empty());
    for place in &pronunciation.unspoken {
        assert!(!script.written[*place].contains('好'), "{}", script.written[*place]);
    }
    assert!(!pronunciation.unspoken.is_empty());
}

#[test]
fn texts_made_to_hurt_do_not() {
    for text in [
        "世".repeat(5000),
        "一".repeat(5000),
        "9".repeat(5000),
        "1,".repeat(2500),
        "1-".repeat(2500),
        "¥".repeat(5000),
        "2:".repeat(2500),
        "1.".repeat(2500),
        "好1a".repeat(1600),
        "得只地不一".repeat(1000),
        "-%$¥/::..~，。".repeat(300),
    ] {
        let (script, pronunciation) = pronounce(&text);
        assert_all_is_sounded_or_told(&script, &pronunciation);
    }
}
