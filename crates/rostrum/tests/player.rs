//! The page of a video in a real browser: Debian's Chromium, driven by Playwright.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use support::{Server, npm_client, script_video};

/// What a person sees who opens a page and stays until the film has ended.
fn watch(client: &Path, url: &str) -> Value {
    let chromium = std::env::var("ROSTRUM_CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
    let found = Command::new("sh").args(["-c", "command -v \"$0\"", &chromium]).output().unwrap();
    assert!(found.status.success(), "{chromium} is needed: run ./dev setup");
    let chromium = String::from_utf8(found.stdout).unwrap();
    let ran = Command::new("node")
        .args(["watch.mjs", chromium.trim(), url])
        .current_dir(client)
        .output()
        .expect("node is needed: run ./dev setup");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    serde_json::from_slice(&ran.stdout).unwrap()
}

/// The film was played to its end without an error.
#[track_caller]
fn assert_played(seen: &Value, size: (u64, u64), video: &Value) {
    assert_eq!(seen["errors"], json!([]), "{seen}");
    let film = &seen["film"];
    assert_eq!((film["width"].as_u64(), film["height"].as_u64()), (Some(size.0), Some(size.1)), "{seen}");
    let (said, found) = (video["duration"].as_f64().unwrap(), film["duration"].as_f64().unwrap());
    assert!((said - found).abs() < 0.1, "{said} s, played {seen}");
    let times: Vec<f64> =
        film["times"].as_array().unwrap().iter().map(|time| time.as_f64().unwrap()).collect();
    assert!(times.is_sorted() && *times.last().unwrap() > found - 0.1, "{seen}");
    assert!(film["frames"].as_u64() > Some(1) && film["error"].is_null(), "{seen}");
}

#[test]
fn a_page_tells_how_far_its_video_is_and_then_plays_it_with_captions() {
    let Some(client) = npm_client("player") else { return };
    let server = Server::start();
    let image = server.upload_fixture("portraits/astronaut.png");
    // Long enough that a browser comes before its end.
    let text = "A page shows how far this film is, and then it shows the film itself. ".repeat(4);
    let mut body = script_video(&image, &text);
    body["title"] = json!("Seen <b>by</b> people");
    let id = server.create_video(&body);
    let seen = watch(&client, &server.url(&format!("/videos/{id}")));
    let percent: f64 = seen["progress"]["percent"].as_str().unwrap().parse().unwrap();
    assert!((0.0..100.0).contains(&percent), "{seen}");
    assert!(seen["progress"]["text"].as_str().unwrap().contains('%'), "{seen}");
    assert_eq!(seen["title"], "Seen <b>by</b> people");
    let video = server.wait_until_completed(&id);
    assert_played(&seen, (720, 720), &video);
    let cues = seen["film"]["cues"].as_array().unwrap();
    let cues: Vec<&str> = cues.iter().map(|cue| cue.as_str().unwrap()).collect();
    assert_eq!(
        cues.join(" ").split_whitespace().collect::<Vec<_>>(),
        text.split_whitespace().collect::<Vec<_>>()
    );

    let shared = server.post("/v1/video/share", &json!({"video_id": id})).json();
    let seen = watch(&client, shared["data"].as_str().unwrap());
    assert!(seen["progress"].is_null(), "{seen}");
    assert_played(&seen, (720, 720), &video);
}

#[test]
fn a_page_plays_a_film_without_a_background() {
    let Some(client) = npm_client("player") else { return };
    let server = Server::start();
    let body = json!({"avatar_pose_id": "josh_lite3_20230714", "avatar_style": "normal", "input_text": "Over anything.",
        "voice_id": "af_heart", "dimension": {"width": 640, "height": 360}});
    let id = server.post("/v1/video.webm", &body).json()["data"]["video_id"].as_str().unwrap().to_owned();
    let video = server.wait_until_completed(&id);
    assert_played(&watch(&client, video["video_page_url"].as_str().unwrap()), (640, 360), &video);
}

#[test]
fn the_page_of_a_video_that_failed_says_why() {
    let Some(client) = npm_client("player") else { return };
    let server = Server::start();
    let image = server.upload_fixture("portraits/astronaut.png");
    let id = server.create_video(&script_video(&image, "!!! ... ???"));
    let video = server.wait_for(&id, |video| video["status"] == "failed");
    let seen = watch(&client, &server.url(&format!("/videos/{id}")));
    assert_eq!(seen["fault"], video["failure_message"]);
    assert_eq!((&seen["film"], &seen["errors"]), (&Value::Null, &json!([])), "{seen}");
}
