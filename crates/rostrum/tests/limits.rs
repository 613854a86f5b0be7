//! What a workspace may ask for at a time, and from where.

mod support;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{Server, script_video};

#[test]
#[expect(clippy::disallowed_methods, reason = "another process's progress can only be asked for")]
fn a_workspace_has_so_many_unfinished_videos_and_what_batches_ask_for_waits() {
    let server = Server::start_with(&[("ROSTRUM_MAX_UNFINISHED_VIDEOS", "2".to_owned())]);
    let image = server.upload_fixture("portraits/astronaut.png");
    let long = script_video(&image, &"A story that takes its time. ".repeat(20));
    let [first, second] = [0; 2].map(|_| server.create_video(&long));
    let refused = server.post("/v3/videos", &long);
    assert_eq!(refused.header("retry-after"), "10");
    let message = refused.refused(429, "rate_limit_exceeded", None);
    assert!(message.starts_with("2 videos of this workspace are unfinished"), "{message}");
    let older =
        server.post("/v2/videos", &json!({"image_asset_id": image, "script": "x", "voice_id": "af_heart"}));
    assert_eq!((older.status, older.header("retry-after")), (429, "10"));

    let batch = server.post("/v3/videos/batches", &json!({"videos": [long, long, {"type": "?"}]}));
    let batch = batch.json()["data"]["batch_id"].as_str().unwrap().to_owned();
    let items = || -> Value { server.get(&format!("/v3/videos/batches/{batch}")).data()["items"].clone() };
    let until = |done: &dyn Fn(&Value) -> bool| {
        let start = Instant::now();
        while !done(&items()) {
            assert!(start.elapsed() < Duration::from_mins(1), "{}\n{}", items(), server.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    server.delete(&format!("/v3/videos/{first}")).data();
    until(&|items| items[0]["video_id"].is_string());
    assert_eq!(items()[1]["status"], "queued");
    server.delete(&format!("/v3/videos/{second}")).data();
    until(&|items| items[1]["video_id"].is_string() && items[2]["status"] == "failed");
    server.post("/v3/videos", &long).refused(429, "rate_limit_exceeded", None);
}

#[test]
fn a_key_that_sends_too_fast_is_told_when_to_come_again() {
    let server = Server::start_with(&[("ROSTRUM_MAX_REQUESTS_PER_SECOND", "1".to_owned())]);
    let answers = [0; 4].map(|_| server.get("/v3/users/me"));
    let last = answers.iter().find(|answer| answer.status == 429).expect("two may come at once");
    assert_eq!(last.header("retry-after"), "1");
    last.refused(429, "rate_limit_exceeded", None);
    // Another generation says the same in its own words; what takes no key is not counted.
    let older = [0; 4].map(|_| server.get("/v2/voices"));
    assert!(older.iter().any(|answer| answer.status == 429 && answer.header("retry-after") == "1"));
    assert!([0; 4].map(|_| server.get("/health")).iter().all(|answer| answer.status == 200));
}

#[test]
fn pages_of_named_origins_may_use_the_api_and_others_may_not() {
    let ours = "https://app.example.org";
    let server = Server::start_with(&[("ROSTRUM_CORS_ORIGINS", format!("[\"{ours}\"]"))]);
    let asks = |path: &str, origin: &str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "x-api-key,idempotency-key"),
        ];
        server.send("OPTIONS", path, &headers, None)
    };
    let allowed = asks("/v3/videos", ours);
    assert_eq!((allowed.status, allowed.header("access-control-allow-origin")), (200, ours));
    assert_eq!(allowed.header("access-control-allow-headers"), "x-api-key,idempotency-key");
    assert_eq!(asks("/v3/videos", "https://evil.example").header("access-control-allow-origin"), "");
    // Also where the answer is an error, in each generation.
    for path in ["/v3/videos", "/v2/video/generate", "/v1/video.generate"] {
        let answer = server.post_raw(path, &[("origin", ours)], b"{}");
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (400, ours), "{path}");
    }
    // Where no origin is named, and for programs, a route tells what it takes.
    let plain = Server::start();
    let told = plain.send("OPTIONS", "/v3/videos", &[("origin", ours)], None);
    assert_eq!((told.status, told.header("allow")), (204, "GET,HEAD,POST"));
    assert_eq!(told.header("access-control-allow-origin"), "");
    plain.send("PUT", "/v3/videos", &[], None).refused(405, "method_not_allowed", None);
}
