//! What sentences sound like, by the program that is installed.

use std::sync::LazyLock;

use super::*;
use crate::tests::{PRONOUNCER, assert_all_is_sounded_or_told, joined_sounds};
use crate::text::{self, terms::Terms};
use crate::voices;

static MECAB: LazyLock<Mecab> = LazyLock::new(|| {
    Mecab::locate(&std::env::var_os("PATH").unwrap()).expect("mecab is missing: run ./dev setup")
});
fn spoken(text: &str) -> (Script, Pronunciation) {
    let script = text::read(text, voices::find("jf_alpha").unwrap(), &Terms::default());
    let pronunciation = pronounce(&MECAB, &script, &PRONOUNCER, |_| true).unwrap();
    (script, pronunciation)
}

fn sounds(text: &str) -> String {
    joined_sounds(&spoken(text).1)
}

#[test]
fn sentences_sound_as_they_are_spoken() {
    for (text, expected) in [
        ("私は学校へ行って、", "βataɕi βa ɡaʔkoː e iʔte,"),
        ("東京に住んでいます。", "toːkʲoː ɲi sɨɴ de i masɨ."),
        ("コーヒーを飲みました。", "koːçiː o nomʲi maɕi ta."),
        ("2024年3月1日", "ɲiseɲɲiʥɨːjoneɴ saŋɡaʦɨ ʦɨitaʨi"),
        ("写真を３枚", "ɕaɕiɴ o sammai"),
    ] {
        assert_eq!(sounds(text), expected, "{text}");
    }
}

#[test]
fn every_written_word_has_sounds_or_is_told() {
    for text in [
        "引き出しの中の本を読み終わった。",
        "iPhoneとMac OSとПриветを使う！",
        "株式会社東京電力の売上は¥1,500万です。",
        "人々は時々、ヽ〃〆ゞ。",
        "ｶﾀｶﾅのテスト、スーパーマーケット",
        "\u{3402}\u{2000b}ᚠの字",
    ] {
        assert_nothing_is_lost(text);
    }
}

#[test]
fn texts_made_to_hurt_do_not() {
    for text in [
        "世".repeat(5000),
        "あ".repeat(5000),
        "ー".repeat(5000),
        "ッ".repeat(5000),
        "9".repeat(5000),
        "1,".repeat(2500),
        "¥".repeat(100),
        "1時".repeat(2500),
        "一億".repeat(2500),
        "EOS\n".repeat(100),
        "X\tY".repeat(100),
        "あA1".repeat(100),
    ] {
        assert_nothing_is_lost(&text);
    }
}

fn assert_nothing_is_lost(text: &str) {
    let (script, pronunciation) = spoken(text);
    assert_all_is_sounded_or_told(&script, &pronunciation);
}
