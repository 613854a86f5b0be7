//! Voices, and texts spoken into files, in all three generations.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use serde_json::{Value, json};
use support::{Server, ffprobe};

const TEXT: &str = "The harbour opens at 7:30. <break time=\"1s\"/> Bring $20, please!";

/// The length in seconds of the sound at a URL, which may be from before a restart.
fn heard(server: &Server, url: &Value) -> f64 {
    let url = url.as_str().unwrap();
    let file = server.get(&url[url.find("/files/").unwrap()..]);
    assert_eq!((file.status, file.header("content-type")), (200, "audio/wav"));
    ffprobe(&file.bytes)["format"]["duration"].as_str().unwrap().parse().unwrap()
}

#[test]
fn a_text_becomes_a_file_and_every_word_has_its_time() {
    let mut server = Server::start();
    let body = json!({"text": TEXT, "voice_id": "bf_emma", "speed": 1.2, "locale": "en-GB"});
    let speech = server.post("/v3/voices/speech", &body).data();
    let duration = speech["duration"].as_f64().unwrap();
    let words = speech["word_timestamps"].as_array().unwrap();
    let written: Vec<&str> = words.iter().map(|word| word["word"].as_str().unwrap()).collect();
    assert_eq!(written, ["The", "harbour", "opens", "at", "7:30.", "Bring", "$20,", "please!"]);
    let time = |word: &Value, end: &str| word[end].as_f64().unwrap();
    assert!(words.windows(2).all(|pair| time(&pair[0], "end") <= time(&pair[1], "start")), "{words:?}");
    assert!(words.iter().all(|word| time(word, "start") < time(word, "end")), "{words:?}");
    assert!(time(&words[5], "start") - time(&words[4], "end") >= 1.0, "the pause is missing: {words:?}");
    assert!(time(&words[7], "end") < duration);
    assert!((heard(&server, &speech["audio_url"]) - duration).abs() < 0.001);

    // The file outlives the process, and the same words give the same sound, at a URL of its own.
    server.kill();
    server.restart();
    assert!((heard(&server, &speech["audio_url"]) - duration).abs() < 0.001);
    let again = server.post("/v3/voices/speech", &body).data();
    assert_eq!(again["word_timestamps"], speech["word_timestamps"]);
    assert_ne!(again["request_id"], speech["request_id"]);
}

#[test]
fn ssml_says_how_it_is_spoken_and_words_stay_those_written() {
    let server = Server::start();
    let spoken = |text: &str| {
        let body = json!({"text": text, "voice_id": "am_michael", "input_type": "ssml"});
        server.post("/v3/voices/speech", &body).data()
    };
    let plain = spoken("<speak>Call the NHS today, please.</speak>");
    let slow = spoken("<speak><prosody rate=\"60%\">Call the NHS today, please.</prosody></speak>");
    let ratio = slow["duration"].as_f64().unwrap() / plain["duration"].as_f64().unwrap();
    assert!((1.3..1.8).contains(&ratio), "{ratio}");
    let other = spoken(
        "<speak>Call the <sub alias=\"health service\">NHS</sub><break time=\"700ms\"/> today, please.</speak>",
    );
    let words = other["word_timestamps"].as_array().unwrap();
    let written: Vec<&str> = words.iter().map(|word| word["word"].as_str().unwrap()).collect();
    assert_eq!(written, ["Call", "the", "NHS", "today,", "please."]);
    let pause = words[3]["start"].as_f64().unwrap() - words[2]["end"].as_f64().unwrap();
    assert!((0.7..1.0).contains(&pause), "{pause} s");
}

#[test]
fn older_generations_speak_and_list_in_their_own_shapes() {
    let server = Server::start();
    // An id that HeyGen's documents use in their examples.
    let body = json!({"text": "Hello there.", "voice_id": "1bd001e7e50f421d891986aad5158bc8"});
    let spoken = server.post("/v1/audio/text_to_speech", &body).json();
    assert!(spoken["error"].is_null(), "{spoken}");
    let duration = spoken["data"]["duration"].as_f64().unwrap();
    assert!((heard(&server, &spoken["data"]["audio_url"]) - duration).abs() < 0.001);

    let voices = server.get("/v2/voices").json();
    let heart = &voices["data"]["voices"][0];
    assert!(voices["error"].is_null());
    assert_eq!((&heart["voice_id"], &heart["gender"]), (&json!("af_heart"), &json!("female")));
    assert_eq!(heart["support_pause"], true);
    let locales = server.get("/v2/voices/locales").json();
    let tags: Vec<&Value> =
        locales["data"]["locales"].as_array().unwrap().iter().map(|locale| &locale["locale"]).collect();
    assert_eq!(tags[..3], ["en-US", "en-GB", "es-ES"]);
    assert!(tags.len() > 100, "{}", tags.len());
    assert_eq!(
        server.get("/v1/audio/voices?limit=3").json()["data"],
        server.get("/v3/voices?limit=3&engine=starfish").json()["data"]
    );

    let refused = server.post("/v1/audio/text_to_speech", &json!({"text": "Hi", "voice_id": "nobody"}));
    assert_eq!(refused.status, 404);
    assert_eq!(refused.json()["error"]["code"], "voice_not_found");
    assert!(refused.json()["data"].is_null() && refused.json()["error"].get("param").is_none());
}

#[test]
fn a_voice_is_looked_up_with_a_sample_to_listen_to_and_cannot_be_deleted() {
    let server = Server::start();
    let voice = server.get("/v3/voices/am_michael").data();
    assert_eq!((&voice["name"], &voice["status"]), (&json!("Michael"), &json!("complete")));
    let seconds = heard(&server, &voice["preview_audio_url"]);
    assert!((2.0..10.0).contains(&seconds), "{seconds} s");
    server.delete("/v3/voices/am_michael").refused(403, "forbidden", Some("voice_id"));
    server.get("/v3/voices/nobody").refused(404, "voice_not_found", Some("voice_id"));
    server.delete("/v3/voices/nobody").refused(404, "voice_not_found", Some("voice_id"));
    assert_eq!(server.get("/files/voices/nobody.wav").status, 404);
    assert_eq!(server.get("/v3/voices?engine=elevenlabs").json()["data"], json!([]));
}

#[test]
fn voices_of_other_languages_speak_and_greet_in_them() {
    let server = Server::start();
    for (voice, text, language, words) in [
        ("ef_dora", "Cuesta 25 euros, señora.", "es-ES", ["Cuesta", "25", "euros,", "señora."]),
        ("espeak-de", "Das kostet 25 Euro.", "German", ["Das", "kostet", "25", "Euro."]),
    ] {
        let body = json!({"text": text, "voice_id": voice, "language": language});
        let speech = server.post("/v3/voices/speech", &body).data();
        let times = speech["word_timestamps"].as_array().unwrap();
        assert_eq!(times.iter().map(|word| word["word"].as_str().unwrap()).collect::<Vec<_>>(), words);
        let detail = server.get(&format!("/v3/voices/{voice}")).data();
        let seconds = heard(&server, &detail["preview_audio_url"]);
        assert!((1.0..10.0).contains(&seconds), "{seconds} s");
    }
    let body = json!({"text": "Hello", "voice_id": "espeak-de", "language": "en"});
    server.post("/v3/voices/speech", &body).refused(400, "invalid_parameter", Some("language"));
}

#[test]
fn without_their_programs_voices_are_not_listed_and_say_what_is_missing() {
    let server = Server::start_with(&[
        ("ROSTRUM_ESPEAK_NG", "/nonexistent/espeak-ng".to_owned()),
        ("ROSTRUM_MECAB", "/nonexistent/mecab".to_owned()),
    ]);
    let voices = server.get("/v3/voices?limit=100").json();
    let listed = voices["data"].as_array().unwrap();
    assert!(listed.iter().all(|voice| voice["language"] == "English" || voice["language"] == "Chinese"));
    let body = json!({"text": "Hola", "voice_id": "ef_dora"});
    let told = server.post("/v3/voices/speech", &body).refused(503, "service_unavailable", Some("voice_id"));
    assert!(told.contains("install the package espeak-ng"), "{told}");
    let body = json!({"text": "こんにちは", "voice_id": "jf_alpha"});
    let told = server.post("/v3/voices/speech", &body).refused(503, "service_unavailable", Some("voice_id"));
    assert!(told.contains("install the packages mecab and mecab-ipadic-utf8"), "{told}");
}

#[test]
fn what_cannot_be_spoken_is_refused_by_field_and_leaves_nothing() {
    let server = Server::start();
    for (body, status, code, param) in [
        (json!({"text": "", "voice_id": "af_heart"}), 400, "invalid_parameter", "text"),
        (json!({"text": "Hi", "voice_id": "nobody"}), 404, "voice_not_found", "voice_id"),
        (
            json!({"text": "Hi", "voice_id": "af_heart", "locale": "de-DE"}),
            400,
            "invalid_parameter",
            "locale",
        ),
        (
            json!({"text": "Hi", "voice_id": "af_heart", "language": "fr"}),
            400,
            "invalid_parameter",
            "language",
        ),
        (json!({"text": "Hi", "voice_id": "af_heart", "speed": 3}), 400, "invalid_parameter", "speed"),
        (json!({"text": "?!…", "voice_id": "af_heart"}), 400, "tts_text_invalid", "text"),
        (
            json!({"text": "<speak><say>Hi</say></speak>", "voice_id": "af_heart", "input_type": "ssml"}),
            400,
            "invalid_parameter",
            "text",
        ),
    ] {
        server.post("/v3/voices/speech", &body).refused(status, code, Some(param));
    }
    assert_eq!(server.files_in("blobs"), Vec::<String>::new());
}
