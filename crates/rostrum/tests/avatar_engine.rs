//! Films of people by another avatar engine.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::fake::{Asked, Fake};
use support::{Server, ffmpeg, ffprobe, script_video};

const ADMIRAL: &str = "portraits/grace_hopper.jpg";

/// What is asked for in a form's field `speech`.
fn wanted(asked: &Asked) -> Value {
    let form = String::from_utf8_lossy(&asked.body).into_owned();
    let field = form.split("name=\"speech\"").nth(1).unwrap().split("\r\n\r\n").nth(1).unwrap();
    serde_json::from_str(field.split("\r\n--").next().unwrap()).unwrap()
}

/// A blue film with something that moves along its upper edge, of so many frames more than asked for.
fn film(asked: &Asked, more: i64) -> Vec<u8> {
    drawn(asked, "blue[b];color=white:s=64x64:r=25[w];[b][w]overlay=x=n*4:y=0", more)
}

/// A film of a source's pictures.
fn drawn(asked: &Asked, picture: &str, more: i64) -> Vec<u8> {
    let wanted = wanted(asked);
    let side = |name: &str| wanted["size"][name].as_u64().unwrap();
    let size = format!("s={}x{}:r=25", side("width"), side("height"));
    let (colour, rest) =
        picture.split_once('[').map_or((picture, String::new()), |(c, rest)| (c, format!("[{rest}")));
    let source = format!("color={colour}:{size}{rest}");
    let frames = (wanted["frames"].as_i64().unwrap() + more).to_string();
    ffmpeg(&["-f", "lavfi", "-i", &source, "-frames:v", &frames, "-pix_fmt", "yuv420p"], "mp4")
}

fn server(engine: &Fake) -> Server {
    let settings = format!("{{url=\"{}/v1\", key=\"sesame\", timeout_s=60}}", engine.url);
    Server::start_with(&[("ROSTRUM_AVATAR_ENGINE", settings)])
}

/// A short video of a portrait; its file.
fn rendered(server: &Server) -> Vec<u8> {
    let image = server.upload_fixture(ADMIRAL);
    let mut body = script_video(&image, "One, two.");
    body["motion_prompt"] = json!("nodding");
    let id = server.create_video(&body);
    let video = server.wait_until_completed(&id);
    server.get(video["video_url"].as_str().unwrap()).bytes
}

/// The colour in the middle of the last frame but two.
fn colour(video: &[u8]) -> [u8; 3] {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("video.mp4");
    std::fs::write(&file, video).unwrap();
    let told = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-sseof", "-0.1", "-i"])
        .arg(&file)
        .args(["-frames:v", "1", "-vf", "crop=2:2", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
        .output()
        .unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    told.stdout[..3].try_into().unwrap()
}

fn is_blue([r, g, b]: [u8; 3]) -> bool {
    r < 60 && g < 60 && b > 190
}

#[test]
fn an_engine_shows_people_and_its_film_is_asked_for_once() {
    // It works on the film for a while, and makes it a frame too short.
    let begun: Mutex<Option<Asked>> = Mutex::new(None);
    let engine = Fake::start(move |asked, before| match asked.line.as_str() {
        "POST /v1/films" => {
            *begun.lock().unwrap() = Some(asked.clone());
            (202, "application/json", br#"{"id": "film-1"}"#.to_vec())
        }
        "GET /v1/films/film-1" if before == 1 => (202, "application/json", b"{}".to_vec()),
        "GET /v1/films/film-1" => (200, "video/mp4", film(begun.lock().unwrap().as_ref().unwrap(), -1)),
        _ => (404, "text/plain", Vec::new()),
    });
    let server = server(&engine);
    let video = rendered(&server);
    assert!(is_blue(colour(&video)), "{:?}\n{}", colour(&video), server.log());
    let probed = ffprobe(&video);
    let kinds: Vec<&str> =
        probed["streams"].as_array().unwrap().iter().map(|s| s["codec_type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["video", "audio"]);

    let asked = engine.asked();
    let lines: Vec<&str> = asked.iter().map(|asked| asked.line.as_str()).collect();
    assert_eq!(lines, ["POST /v1/films", "GET /v1/films/film-1", "GET /v1/films/film-1"]);
    assert!(asked.iter().all(|asked| asked.header("authorization") == "Bearer sesame"));
    let wanted = wanted(&asked[0]);
    assert_eq!(
        (&wanted["frames_per_second"], &wanted["motion_prompt"], &wanted["words"][0]["text"]),
        (&json!(25), &json!("nodding"), &json!("One,"))
    );
    assert!(wanted["phonemes"].as_array().unwrap().len() > 4);
    let form = String::from_utf8_lossy(&asked[0].body).into_owned();
    for part in ["name=\"picture\"", "image/jpeg", "name=\"sound\"", "audio/wav"] {
        assert!(form.contains(part), "{part}");
    }
    assert!(!server.log().contains("sesame"));
    // The log tells when the work is cleared away, a moment after the video is there.
    let start = Instant::now();
    while !server.log().contains("published a video") {
        assert!(start.elapsed() < Duration::from_secs(30), "{}", server.log());
        std::thread::yield_now();
    }
    let films = server.files_in("blobs").into_iter().filter(|name| name.contains("film-"));
    assert_eq!(films.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn whatever_is_wrong_with_a_film_the_built_in_engine_draws() {
    let engine = Fake::start(|asked, before| match before {
        0 => (400, "text/plain", b"no faces here".to_vec()),
        1 => (200, "video/mp4", film(asked, 40)),
        2 => (200, "video/mp4", film(asked, -10)),
        3 => (200, "video/mp4", b"not a film at all".to_vec()),
        4 => (200, "video/mp4", drawn(asked, "blue", 0)),
        _ => (202, "application/json", br#"{"id": "../../secrets"}"#.to_vec()),
    });
    let server = server(&engine);
    for (fault, words) in [
        ("a refusal", "refused with HTTP 400"),
        ("a film that is too long", "frames where"),
        ("a film that is too short", "frames where"),
        ("no film", "cannot be played"),
        ("a film of nobody", "is of one colour"),
        ("an id that leads elsewhere", "'id' is not"),
    ] {
        let before = server.log().matches("the built-in engine draws instead").count();
        let video = rendered(&server);
        assert!(!is_blue(colour(&video)), "{fault}");
        let log = server.log();
        assert_eq!(log.matches("the built-in engine draws instead").count(), before + 1, "{fault}: {log}");
        assert!(log.contains(words), "{fault}: {log}");
    }
    assert_eq!(engine.asked().len(), 6);
    let metrics = String::from_utf8(server.get("/metrics").bytes).unwrap();
    assert!(metrics.contains("rostrum_avatar_engine_fallbacks_total 6"), "{metrics}");
}
