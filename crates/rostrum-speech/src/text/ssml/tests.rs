use super::*;
use crate::voices;

fn said(ssml: &str) -> Vec<String> {
    let script = read(ssml, voices::find("af_heart").unwrap(), &Terms::default()).unwrap();
    let piece = |piece: Piece| match piece {
        Piece::Word(word) => {
            let mark = word.mark.map(String::from).unwrap_or_default();
            format!("{}{mark}", word.text)
        }
        Piece::Sounds(sounds) => {
            format!("/{}/{}", sounds.symbols, sounds.mark.map(String::from).unwrap_or_default())
        }
        Piece::Break(seconds) => format!("[{seconds}]"),
        Piece::Manner(Manner { rate, gain_db, pitch: 0.0 }) => format!("({rate} {gain_db})"),
        Piece::Manner(Manner { rate, gain_db, pitch }) => format!("({rate} {gain_db} {pitch})"),
    };
    script.pieces.into_iter().map(piece).collect()
}

fn fault(ssml: &str) -> String {
    read(ssml, voices::find("af_heart").unwrap(), &Terms::default()).unwrap_err().to_string()
}

#[test]
fn every_tag_that_is_understood_has_its_effect() {
    for (ssml, expected) in [
        ("<speak>Hello &amp; bye</speak>", &["Hello", "and", "bye"][..]),
        ("<speak>One<break time=\"500ms\"/>two</speak>", &["One", "[0.5]", "two"]),
        ("<speak><p><s>One</s><s>Two!</s></p></speak>", &["One.", "Two!", "[0.3]"]),
        ("<speak><prosody rate=\"slow\">Calm</prosody> now</speak>", &["(0.75 0)", "Calm", "(1 0)", "now"]),
        ("<speak>A <emphasis>big</emphasis> dog</speak>", &["A", "(0.94 1.5)", "big", "(1 0)", "dog"]),
        ("<speak><sub alias=\"World Wide Web\">WWW</sub> site</speak>", &["World", "Wide", "Web", "site"]),
        ("<speak><say-as interpret-as=\"characters\">Ab1</say-as></speak>", &["A", "B", "one"]),
        ("<speak><say-as interpret-as=\"ordinal\">2</say-as></speak>", &["second"]),
        (
            "<speak>I say <phoneme alphabet=\"ipa\" ph=\"təˈmɑːtoʊ\">tomato</phoneme></speak>",
            &["I", "say", "/təˈmɑːtO/"],
        ),
        ("<speak xml:lang=\"en-US\"><lang xml:lang=\"en-GB\">Hi</lang></speak>", &["Hi"]),
        ("<?xml version=\"1.0\"?><speak version=\"1.1\"><!-- x -->Hi &#33;</speak>", &["Hi!"]),
    ] {
        assert_eq!(said(ssml), expected, "{ssml}");
    }
}

#[test]
fn words_are_those_written_and_not_those_said() {
    let script = read(
        "<speak>See <sub alias=\"the web\">WWW</sub> <say-as interpret-as=\"ordinal\">3</say-as></speak>",
        voices::find("af_heart").unwrap(),
        &Terms::default(),
    )
    .unwrap();
    assert_eq!(script.written, ["See", "WWW", "3"]);
    let written: Vec<usize> = script
        .pieces
        .iter()
        .filter_map(|piece| if let Piece::Word(word) = piece { Some(word.written) } else { None })
        .collect();
    assert_eq!(written, [0, 1, 1, 2]);
}

#[test]
fn faults_name_the_tag_and_its_place() {
    for (ssml, told) in [
        ("Hello", "text outside of <speak>"),
        ("<p>Hello</p>", "<p> stands where the one <speak> must be"),
        ("<speak>Hi", "<speak> is not closed"),
        ("<speak><p>Hi</speak>", "character"),
        ("<speak><audio src=\"x\"/></speak>", "<audio> is not known"),
        ("<speak><break time=\"11s\"/></speak>", "'11s'"),
        ("<speak><prosody contour=\"(0%,+20Hz)\">Hi</prosody></speak>", "'contour' of <prosody>"),
        ("<speak><prosody rate=\"9\">Hi</prosody></speak>", "from 0.5 to 2"),
        ("<speak><say-as>5</say-as></speak>", "<say-as> needs 'interpret-as'"),
        ("<speak><sub alias=\"x\"><p>y</p></sub></speak>", "<p> inside <sub>"),
        ("<speak><lang xml:lang=\"de\">Hallo</lang></speak>", "the language is de"),
        ("<speak>&nbsp;</speak>", "&nbsp;"),
        ("<!DOCTYPE speak [<!ENTITY a \"b\">]><speak>&a;</speak>", "a document type"),
        ("<speak>Hi</speak><speak>again</speak>", "the one <speak>"),
        ("<speak><break time=", "character"),
    ] {
        assert!(fault(ssml).contains(told), "{ssml}: {}", fault(ssml));
    }
    let deep = format!("<speak>{}{}</speak>", "<p>".repeat(40), "</p>".repeat(40));
    assert!(fault(&deep).contains("32 deep"));
    assert!(fault("<speak>Hé <x/></speak>").contains("character 11"), "{}", fault("<speak>Hé <x/></speak>"));
    let long = format!("<speak>{}</speak>", "<break time=\"10s\"/>".repeat(31));
    assert!(fault(&long).contains("300 s"));
}

proptest::proptest! {
    #[test]
    fn nothing_that_looks_like_ssml_panics(
        parts in proptest::collection::vec("<(speak|p|s|/p|/s|sub alias='x'|/sub|break time='1s'/|say-as interpret-as='(digits|ordinal)'|/say-as|/speak)>|[a-z0-9 .&;<\"]{0,6}|\\PC{0,3}", 0..12),
    ) {
        // Either is right.
        let _ = read(&format!("<speak>{}</speak>", parts.concat()), voices::find("bf_emma").unwrap(), &Terms::default());
    }
}

#[test]
fn other_languages_take_the_tags_they_can_follow() {
    let read = |ssml: &str, voice: &str| read(ssml, voices::find(voice).unwrap(), &Terms::default());
    let spanish = r#"<speak xml:lang="es-MX">Hola <break time="1s"/><phoneme ph="ˈpero">perro</phoneme> <say-as interpret-as="characters">A7</say-as></speak>"#;
    let script = read(spanish, "ef_dora").unwrap();
    assert_eq!(script.written, ["Hola", "perro", "A7"]);
    assert_eq!(script.pieces.len(), 5);
    for (ssml, voice, fault) in [
        ("<speak xml:lang=\"en-US\">a</speak>", "ef_dora", "speaks Spanish alone"),
        ("<speak xml:lang=\"es\">a</speak>", "af_heart", "speaks English alone"),
        ("<speak><say-as interpret-as=\"ordinal\">3</say-as></speak>", "ff_siwis", "for English voices"),
        ("<speak><phoneme ph=\"a\">a</phoneme></speak>", "espeak-de", "engine kokoro"),
    ] {
        let error = read(ssml, voice).unwrap_err().to_string();
        assert!(error.contains(fault), "{error}");
    }
}
