//! SIGKILL at any moment: every accepted video completes after a restart, once.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::time::{Duration, Instant};

use serde_json::json;
use support::{Server, ffprobe, scattered, script_video};

const KILLS: u64 = 20;

#[test]
#[expect(clippy::disallowed_methods, reason = "the kills have to come at moments spread over a real render")]
fn a_video_completes_once_wherever_the_server_was_killed() {
    let mut server = Server::start();
    let image = server.upload_fixture("portraits/astronaut.png");
    let body = |i: u64| {
        let mut body =
            script_video(&image, &format!("Take {i}. Killed in the middle, and finished all the same."));
        body["title"] = json!(format!("take {i}"));
        body
    };
    // How long an undisturbed one takes on this machine now, with the engines loaded anew as after each kill.
    server.kill();
    server.restart();
    let start = Instant::now();
    let first = server.create_video(&body(0));
    let reference = server.wait_until_completed(&first);
    let undisturbed = start.elapsed();

    for i in 1..=KILLS {
        let id = server.create_video(&body(i));
        std::thread::sleep(Duration::from_secs_f64(undisturbed.as_secs_f64() * 0.9 * scattered(i)));
        let before = server.video(&id)["status"].as_str().unwrap().to_owned();
        server.kill();
        server.restart();
        let video = server.wait_until_completed(&id);
        let file = server.get(video["video_url"].as_str().unwrap());
        assert_eq!(file.status, 200);
        let probed = ffprobe(&file.bytes);
        let frames: f64 = probed["streams"][0]["nb_read_frames"].as_str().unwrap().parse().unwrap();
        assert!((frames / 25.0 - video["duration"].as_f64().unwrap()).abs() < 0.05, "{probed}");
        println!("kill {i}: was {before}, finished with {frames} frames");
    }

    let listed = server.get("/v3/videos?limit=100").json()["data"].as_array().unwrap().clone();
    assert_eq!(listed.len() as u64, KILLS + 1);
    assert!(listed.iter().all(|video| video["status"] == "completed"));
    assert!(reference["duration"].as_f64().unwrap() > 1.0);
    let films = server.files_in("blobs").into_iter().filter(|file| file.ends_with("video.mp4")).count();
    assert_eq!(films as u64, KILLS + 1, "exactly one output each");
    assert!(!server.files_in("blobs").iter().any(|file| file.contains("segments")));
    // Done is done: another restart makes nothing again.
    let before = server.files_in("blobs");
    server.kill();
    server.restart();
    assert_eq!(
        server.get("/v3/videos?limit=100").json()["data"].as_array().unwrap().clone(),
        listed_at(&server, &listed)
    );
    assert_eq!(server.files_in("blobs"), before);
}

/// The rows with their URLs moved to the server's present port.
fn listed_at(server: &Server, listed: &[serde_json::Value]) -> Vec<serde_json::Value> {
    let text = serde_json::to_string(listed).unwrap();
    let old = listed[0]["video_url"].as_str().unwrap();
    let old = old.trim_start_matches("http://").split('/').next().unwrap();
    serde_json::from_str(&text.replace(old, server.address())).unwrap()
}
