//! Voices that are found by a description, learnt from a recording, or spoken by the engines of others; and glossaries.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use support::fake::Fake;
use support::{Server, ffmpeg, ffprobe, script_video};
use tempfile::TempDir;

const KEY: &str = "sk-not-to-be-seen";

/// The length in seconds of the sound at a URL.
fn heard(server: &Server, url: &Value) -> f64 {
    let url = url.as_str().unwrap();
    let file = server.get(&url[url.find("/files/").unwrap()..]);
    assert_eq!((file.status, file.header("content-type")), (200, "audio/wav"));
    ffprobe(&file.bytes)["format"]["duration"].as_str().unwrap().parse().unwrap()
}

/// A server with these settings.
fn with_settings(settings: &str) -> (Server, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("rostrum.toml");
    std::fs::write(&file, settings).unwrap();
    (Server::start_with(&[("ROSTRUM_CONFIG", file.display().to_string())]), dir)
}

/// The same on a machine without models: engines of others need none, and the times of their words are estimated.
fn without_models(settings: &str) -> (Server, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("rostrum.toml");
    std::fs::write(&file, settings).unwrap();
    let models = dir.path().display().to_string();
    let settings = [("ROSTRUM_CONFIG", file.display().to_string()), ("ROSTRUM_MODELS_DIR", models)];
    (Server::start_with(&settings), dir)
}

/// Two tones of 0.6 s with a pause of 0.4 s between, as a file.
fn two_tones(extension: &str) -> Vec<u8> {
    let tones = "aevalsrc='if(lt(t,0.6)+gt(t,1.0),0.3*sin(900*t),0)':d=1.6:s=24000";
    ffmpeg(&["-f", "lavfi", "-i", tones], extension)
}

/// The voice, once it is no longer being made.
#[expect(clippy::disallowed_methods, reason = "another process's progress can only be asked for")]
fn made(server: &Server, id: &str) -> Value {
    let start = Instant::now();
    loop {
        let voice = server.get(&format!("/v3/voices/{id}")).data();
        if voice["status"] != "processing" {
            return voice;
        }
        assert!(start.elapsed() < Duration::from_mins(1), "gave up waiting for {voice}\n{}", server.log());
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn ids(voices: &Value) -> Vec<&str> {
    voices.as_array().unwrap().iter().map(|voice| voice["voice_id"].as_str().unwrap()).collect()
}

#[test]
fn a_description_gives_voices_that_speak_at_once_and_the_same_the_next_time() {
    let server = Server::start();
    let body = json!({"prompt": "A calm, deep male narrator with a British accent"});
    let designed = server.post("/v3/voices", &body).data();
    assert_eq!(designed["seed"], 0);
    let found = ids(&designed["voices"]);
    assert_eq!(found.len(), 3);
    let private: Vec<&Value> =
        designed["voices"].as_array().unwrap().iter().filter(|voice| voice["type"] == "private").collect();
    assert_eq!(private.len(), 1, "{designed}");
    let blend = private[0];
    assert_eq!((&blend["gender"], &blend["language"]), (&json!("male"), &json!("English")));
    let id = blend["voice_id"].as_str().unwrap();

    assert_eq!(server.post("/v3/voices", &body).data(), designed);
    let next = server.post("/v3/voices", &json!({"prompt": body["prompt"], "seed": 1})).data();
    assert!(ids(&next["voices"]).iter().all(|id| !found.contains(id)), "{next}");
    let last = server.post("/v3/voices", &json!({"prompt": "any", "seed": 4_000_000_000_u32})).data();
    assert_eq!(last["voices"], json!([]));

    let speak = |id: &str| {
        server.post("/v3/voices/speech", &json!({"text": "Good evening to you.", "voice_id": id})).data()
    };
    let speech = speak(id);
    assert!((heard(&server, &speech["audio_url"]) - speech["duration"].as_f64().unwrap()).abs() < 0.001);
    assert_eq!(speech["word_timestamps"].as_array().unwrap().len(), 4);
    assert!((2.0..10.0).contains(&heard(&server, &blend["preview_audio_url"])));

    // Listed, counted, looked up and deleted.
    let own = server.get("/v3/voices?type=private").json();
    assert!(ids(&own["data"]).contains(&id), "{own}");
    assert_eq!(own["has_more"], false);
    for (filter, some) in [("engine=kokoro", true), ("engine=other", false), ("gender=female", false)] {
        let listed = server.get(&format!("/v3/voices?type=private&{filter}")).json();
        assert_eq!(!ids(&listed["data"]).is_empty(), some, "{filter}: {listed}");
    }
    let first = server.get("/v3/voices?type=private&limit=1").json();
    let token = first["next_token"].as_str().unwrap();
    let second = server.get(&format!("/v3/voices?type=private&limit=1&token={token}")).json();
    assert_eq!([ids(&first["data"]), ids(&second["data"])].concat(), ids(&own["data"]));
    assert!(ids(&server.get("/v2/voices").json()["data"]["voices"]).contains(&id));
    let old = server.get("/v1/voice.list").json();
    assert_eq!(old["code"], 100);
    let last = old["data"]["list"].as_array().unwrap().iter().find(|voice| voice["voice_id"] == id).unwrap();
    assert_eq!((&last["is_custom"], &last["display_name"]), (&json!(true), &blend["name"]));
    let detail = server.get(&format!("/v3/voices/{id}")).data();
    assert_eq!((&detail["status"], &detail["name"]), (&json!("complete"), &blend["name"]));
    assert!(detail["created_at"].as_i64().unwrap() > 1_700_000_000);
    assert_eq!(server.delete(&format!("/v3/voices/{id}")).data(), json!({"voice_id": id}));
    server.get(&format!("/v3/voices/{id}")).refused(404, "voice_not_found", Some("voice_id"));
    server.delete(&format!("/v3/voices/{id}")).refused(404, "voice_not_found", Some("voice_id"));
    server.post("/v3/voices/speech", &json!({"text": "Hi", "voice_id": id})).refused(
        404,
        "voice_not_found",
        Some("voice_id"),
    );
    assert_eq!(server.get(&format!("/files/voices/{id}.wav")).status, 404);
}

#[test]
fn descriptions_and_recordings_that_cannot_be_used_are_refused_by_field() {
    let server = Server::start();
    let audio = json!({"type": "url", "url": "https://example.org/a.mp3"});
    for (path, body, status, code, param) in [
        ("", json!({"prompt": " "}), 400, "invalid_parameter", Some("prompt")),
        ("", json!({"prompt": "warm", "locale": "tlh-KL"}), 400, "invalid_parameter", Some("locale")),
        ("/clone", json!({"audio": audio}), 400, "invalid_parameter", Some("voice_name")),
        ("/clone", json!({"audio": audio, "voice_name": "Ada"}), 501, "not_implemented", None),
    ] {
        let told = server.post(&format!("/v3/voices{path}"), &body).refused(status, code, param);
        assert!(
            status != 501 || told.contains("'speech_engines'") && told.contains("'clone_engine'"),
            "{told}"
        );
    }
    assert_eq!(server.get("/v3/voices?type=private").json()["data"], json!([]));
}

#[test]
fn an_engine_that_speaks_as_openais_does_is_asked_once_and_its_words_have_times() {
    let sound = two_tones("wav");
    let engine = Fake::start(move |_, before| match before {
        0 => (429, "application/json", format!("{{\"error\": \"slow down, {KEY}\"}}").into_bytes()),
        _ => (200, "audio/wav", sound.clone()),
    });
    let (server, _settings) = without_models(&format!(
        "[[speech_engines]]\nname = 'studio'\nkind = 'openai'\nurl = '{}/v1/'\nkey = '{KEY}'\nmodel = 'm-1'\n\
         [[speech_engines.voices]]\nid = 'alloy'\nname = 'Alloy'\ngender = 'female'\nlanguage = 'English'\nlocale = 'en-US'\n",
        engine.url
    ));
    let listed = server.get("/v3/voices?engine=studio").json();
    assert_eq!(ids(&listed["data"]), ["studio:alloy"]);
    assert_eq!(
        (&listed["data"][0]["engine"], &listed["data"][0]["type"]),
        (&json!("studio"), &json!("public"))
    );
    assert_eq!(server.get("/v3/voices/studio:alloy").data()["name"], "Alloy");
    assert!(ids(&server.get("/v2/voices").json()["data"]["voices"]).contains(&"studio:alloy"));

    let body =
        json!({"text": "Well then, <break time=\"1s\"/> hello.", "voice_id": "studio:alloy", "speed": 1.5});
    let speech = server.post("/v3/voices/speech", &body).data();
    let asked = engine.asked();
    assert_eq!(asked.len(), 3, "one refused, then two stretches");
    assert_eq!(asked[1].line, "POST /v1/audio/speech");
    assert_eq!(asked[1].header("authorization"), format!("Bearer {KEY}"));
    let sent = json!({"model": "m-1", "voice": "alloy", "input": "Well then,", "response_format": "wav", "speed": 1.5});
    assert_eq!((asked[1].json(), &asked[2].json()["input"]), (sent, &json!("hello.")));
    assert!((heard(&server, &speech["audio_url"]) - 4.2).abs() < 0.05, "{speech}");
    let times: Vec<(f64, f64)> = speech["word_timestamps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|word| (word["start"].as_f64().unwrap(), word["end"].as_f64().unwrap()))
        .collect();
    for (time, expected) in times.iter().zip([(0.0, 0.6), (1.0, 1.6), (2.6, 4.2)]) {
        assert!((time.0 - expected.0).abs() < 0.05 && (time.1 - expected.1).abs() < 0.05, "{times:?}");
    }
    // Kept like our own speech.
    assert_eq!(server.post("/v3/voices/speech", &body).data()["word_timestamps"], speech["word_timestamps"]);
    assert_eq!(engine.asked().len(), 3);

    for (field, value, param) in [
        ("input_type", json!("ssml"), "input_type"),
        ("locale", json!("de-DE"), "locale"),
        ("text", json!("…"), "text"),
    ] {
        let mut other = body.clone();
        other[field] = value;
        let code = if field == "text" { "tts_text_invalid" } else { "invalid_parameter" };
        server.post("/v3/voices/speech", &other).refused(400, code, Some(param));
    }
    assert!(!server.log().contains(KEY), "the key is in the log");
    assert!(server.log().contains("slow down, ***"), "what the engine said is not in the log");
}

#[test]
fn the_words_of_an_engine_that_tells_no_times_are_found_in_its_sound() {
    let text = "The harbour opens early on Sunday. Bring your brother, and come before the rain begins.";
    let own = Server::start();
    let told = own.post("/v3/voices/speech", &json!({"text": text, "voice_id": "bf_emma"})).data();
    let url = told["audio_url"].as_str().unwrap();
    let sound = own.get(&url[url.find("/files/").unwrap()..]).bytes;
    let engine = Fake::start(move |_, _| (200, "audio/wav", sound.clone()));
    let (server, _settings) = with_settings(&format!(
        "[[speech_engines]]\nname = 'studio'\nkind = 'openai'\nurl = '{}'\n\
         voices = [{{id = 'any'}}, {{id = 'british', language = 'English', locale = 'en-GB'}}]\n",
        engine.url
    ));
    let times = |speech: &Value| -> Vec<(String, f64, f64)> {
        let words = speech["word_timestamps"].as_array().unwrap().iter();
        let time = |word: &Value, field: &str| word[field].as_f64().unwrap();
        words
            .map(|word| (word["word"].as_str().unwrap().to_owned(), time(word, "start"), time(word, "end")))
            .collect()
    };
    let truth = times(&told);
    for voice in ["studio:british", "studio:any"] {
        let found = server.post("/v3/voices/speech", &json!({"text": text, "voice_id": voice})).data();
        let found = times(&found);
        assert_eq!(found.len(), truth.len());
        let off: Vec<f64> = found
            .iter()
            .zip(&truth)
            .map(|(found, told)| {
                assert_eq!(found.0, told.0);
                (found.1 - told.1).abs()
            })
            .collect();
        let mean = off.iter().sum::<f64>() / off.len() as f64;
        eprintln!(
            "{voice}: starts are off by {mean:.3} s on average, {:.3} s at most",
            off.iter().copied().fold(0.0, f64::max)
        );
        assert!(mean < 0.08, "{mean} s: {found:?} instead of {truth:?}");
    }
}

#[test]
fn a_portrait_speaks_with_the_voice_of_an_engine() {
    let sound = two_tones("wav");
    let engine = Fake::start(move |_, _| (200, "audio/wav", sound.clone()));
    let (server, _settings) = with_settings(&format!(
        "[[speech_engines]]\nname = 'studio'\nkind = 'openai'\nurl = '{}'\nvoices = [{{id = 'alloy'}}]\n",
        engine.url
    ));
    let image = server.upload_fixture("portraits/astronaut.png");
    let mut body = script_video(&image, "Hello there.");
    body["voice_id"] = json!("studio:alloy");
    let id = server.create_video(&body);
    let video = server.wait_until_completed(&id);
    assert!((video["duration"].as_f64().unwrap() - 1.6).abs() < 0.1, "{video}");
    let path = video["subtitle_url"].as_str().unwrap();
    let subtitles = server.get(&path[path.find("/files/").unwrap()..]);
    assert!(String::from_utf8(subtitles.bytes).unwrap().contains("Hello there."));
}

#[test]
fn an_engine_that_fails_is_told_by_name_and_kind_of_failure() {
    let engine = Fake::start(|asked, _| match asked.json()["voice"].as_str().unwrap() {
        "refused" => (401, "application/json", b"{}".to_vec()),
        "odd" => (200, "audio/wav", b"this is no sound".to_vec()),
        _ => (500, "text/plain", vec![]),
    });
    let (server, _settings) = with_settings(&format!(
        "[[speech_engines]]\nname = 'studio'\nkind = 'openai'\nurl = '{}'\n\
         voices = [{{id = 'refused'}}, {{id = 'odd'}}, {{id = 'busy'}}]\n\
         [[speech_engines]]\nname = 'gone'\nkind = 'elevenlabs'\nurl = 'http://127.0.0.1:9'\nvoices = [{{id = 'x'}}]\n",
        engine.url
    ));
    for (voice, status, code) in [
        ("studio:refused", 502, "voice_provider_error"),
        ("studio:odd", 502, "voice_provider_error"),
        ("studio:busy", 503, "service_unavailable"),
        ("gone:x", 503, "service_unavailable"),
    ] {
        let body = json!({"text": "Hi", "voice_id": voice});
        let told = server.post("/v3/voices/speech", &body).refused(status, code, Some("voice_id"));
        assert!(told.contains(&voice[..voice.find(':').unwrap()]), "{told}");
    }
    for voice in ["studio:nobody", "nobody:x"] {
        let body = json!({"text": "Hi", "voice_id": voice});
        server.post("/v3/voices/speech", &body).refused(404, "voice_not_found", Some("voice_id"));
    }
    let slow = json!({"text": "Hi", "voice_id": "gone:x", "speed": 0.5});
    let told = server.post("/v3/voices/speech", &slow).refused(400, "invalid_parameter", Some("speed"));
    assert!(told.contains("0.7") && told.contains("0.5"), "{told}");
}

/// A server as ElevenLabs' is: it tells a voice, learns others, and speaks a second of tone with times.
fn eleven() -> Fake {
    let samples: Vec<u8> =
        (0..24_000).flat_map(|i| (((f64::from(i) * 0.05).sin() * 9000.0) as i16).to_le_bytes()).collect();
    Fake::start(move |asked, _| {
        let json = |value: Value| (200, "application/json", value.to_string().into_bytes());
        match asked.line.as_str() {
            "GET /v1/voices" => json(json!({"voices": [
                {"voice_id": "21m00", "name": "Rachel", "labels": {"gender": "female"},
                 "preview_url": "https://example.org/rachel.mp3"},
                {"voice_id": "../../etc", "name": "Mallory"},
            ]})),
            "POST /v1/voices/add" => {
                let body = String::from_utf8_lossy(&asked.body);
                if body.contains("Bad") {
                    return (422, "application/json", b"{\"detail\": \"too short\"}".to_vec());
                }
                json(json!({"voice_id": "learnt1", "requires_verification": false}))
            }
            "DELETE /v1/voices/learnt1" => json(json!({"status": "ok"})),
            line if line.starts_with("POST /v1/text-to-speech/") => {
                let text = asked.json()["text"].as_str().unwrap().to_owned();
                let count = text.chars().count();
                let step = 1.0 / count as f64;
                json(json!({
                    "audio_base64": STANDARD.encode(&samples),
                    "alignment": {
                        "characters": text.chars().map(String::from).collect::<Vec<_>>(),
                        "character_start_times_seconds": (0..count).map(|i| i as f64 * step).collect::<Vec<_>>(),
                        "character_end_times_seconds": (1..=count).map(|i| i as f64 * step).collect::<Vec<_>>(),
                    },
                }))
            }
            _ => (404, "application/json", b"{}".to_vec()),
        }
    })
}

#[test]
fn a_voice_is_learnt_from_a_recording_and_speaks_through_its_engine() {
    let engine = eleven();
    let (mut server, _settings) = with_settings(&format!(
        "clone_engine = 'eleven'\n[[speech_engines]]\nname = 'eleven'\nkind = 'elevenlabs'\nurl = '{}'\nkey = '{KEY}'\n",
        engine.url
    ));
    let told = server.get("/v3/voices?engine=eleven").json();
    assert_eq!(ids(&told["data"]), ["eleven:21m00"]);
    assert_eq!(told["data"][0]["preview_audio_url"], "https://example.org/rachel.mp3");

    let recording = two_tones("mp3");
    let asset = server.upload("me.mp3", &recording).data()["asset_id"].as_str().unwrap().to_owned();
    let body = json!({
        "audio": {"type": "asset_id", "asset_id": asset}, "voice_name": "Ada", "language": "en",
        "remove_background_noise": false,
    });
    let id = server.post("/v3/voices/clone", &body).data()["voice_clone_id"].as_str().unwrap().to_owned();
    let voice = made(&server, &id);
    assert_eq!(
        (&voice["status"], &voice["name"], &voice["gender"]),
        (&json!("complete"), &json!("Ada"), &json!("unknown"))
    );
    let asked = engine.asked();
    let add = asked.iter().find(|asked| asked.line == "POST /v1/voices/add").unwrap();
    assert_eq!(add.header("xi-api-key"), KEY);
    assert!(add.body.windows(recording.len()).any(|part| part == recording), "the recording was not sent");
    let text = String::from_utf8_lossy(&add.body);
    assert!(
        text.contains("name=\"name\"\r\n\r\nAda")
            && text.contains("name=\"files\"; filename=\"sample.mpeg\""),
        "{text}"
    );
    assert!(text.contains("name=\"remove_background_noise\"\r\n\r\nfalse"), "{text}");

    server.kill();
    server.restart();
    let spoken = server.post("/v3/voices/speech", &json!({"text": "Hi you", "voice_id": id})).data();
    assert_eq!(
        spoken["word_timestamps"],
        json!([{"word": "Hi", "start": 0.0, "end": 2.0 / 6.0}, {"word": "you", "start": 0.5, "end": 1.0}])
    );
    let asked = engine.asked();
    assert_eq!(
        asked.last().unwrap().line,
        "POST /v1/text-to-speech/learnt1/with-timestamps?output_format=pcm_24000"
    );

    let bad = json!({"audio": {"type": "asset_id", "asset_id": asset}, "voice_name": "Bad"});
    let bad = server.post("/v3/voices/clone", &bad).data()["voice_clone_id"].as_str().unwrap().to_owned();
    let failed = made(&server, &bad);
    assert_eq!(failed["status"], "failed");
    assert!(failed["failure_message"].as_str().unwrap().contains("HTTP 422"), "{failed}");
    server.post("/v3/voices/speech", &json!({"text": "Hi", "voice_id": bad})).refused(
        400,
        "voice_unavailable",
        Some("voice_id"),
    );
    assert!(!ids(&server.get("/v2/voices").json()["data"]["voices"]).contains(&bad.as_str()));

    let picture = server.upload_fixture("portraits/astronaut.png");
    let wrong = json!({"audio": {"type": "asset_id", "asset_id": picture}, "voice_name": "Ada"});
    server.post("/v3/voices/clone", &wrong).refused(400, "invalid_parameter", Some("audio"));

    server.delete(&format!("/v3/voices/{id}")).data();
    assert_eq!(engine.asked().last().unwrap().line, "DELETE /v1/voices/learnt1");
    assert!(!server.log().contains(KEY), "the key is in the log");
}

#[test]
fn settings_of_engines_that_cannot_be_used_stop_the_start_with_the_reason() {
    let start = |settings: &str| {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("rostrum.toml");
        std::fs::write(&file, settings).unwrap();
        let ended = support::rostrum(dir.path())
            .args(["--config", file.to_str().unwrap(), "serve", "--listen", "127.0.0.1:0"])
            .output()
            .unwrap();
        assert!(!ended.status.success());
        String::from_utf8(ended.stderr).unwrap()
    };
    let engine = |fields: &str| format!("[[speech_engines]]\nkey = '{KEY}'\n{fields}");
    for (settings, reason) in [
        (engine("name = 'kokoro'\nkind = 'openai'\nurl = 'http://x'"), "kokoro"),
        (engine("name = 'a'\nkind = 'openai'\nurl = 'ftp://x'"), "'url'"),
        (engine("name = 'a'\nkind = 'openai'\nurl = 'http://x'"), "'voices'"),
        (engine("name = 'a'\nkind = 'elevenlabs'\nurl = 'http://x'\nvoices = [{id = 'a/b'}]"), "a/b"),
        ("clone_engine = 'a'\n".to_owned(), "clone_engine"),
        (engine("name = 'a'\nkind = 'tape'\nurl = 'http://x'"), "tape"),
    ] {
        let told = start(&settings);
        assert!(told.contains(reason) && !told.contains(KEY), "{told}");
    }
}

#[test]
fn the_settings_are_shown_without_the_keys_of_engines() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("rostrum.toml");
    let engine =
        format!("[[speech_engines]]\nname = 'a'\nkind = 'elevenlabs'\nurl = 'http://x'\nkey = '{KEY}'\n");
    std::fs::write(&file, engine).unwrap();
    let shown = support::rostrum(dir.path())
        .args(["--config", Path::new(&file).to_str().unwrap(), "config", "show"])
        .output()
        .unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("elevenlabs") && !shown.contains(KEY), "{shown}");
}
