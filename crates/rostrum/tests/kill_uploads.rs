//! SIGKILL at any moment of sending, completing and deleting: what was acknowledged holds, and nothing else stays.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::time::Instant;

use serde_json::{Value, json};
use support::{Server, fixture, scattered};

const KILLS: u64 = 200;

/// No kill comes later than it takes to work on this many pictures.
const LATEST_KILL: u64 = 3;

/// A picture like no other.
fn picture(number: u64) -> Vec<u8> {
    let mut bytes = std::fs::read(fixture("portraits/astronaut.png")).unwrap();
    bytes.extend_from_slice(&number.to_le_bytes());
    bytes
}

/// What a client was told before the server died.
#[derive(Debug, Default)]
struct Told {
    /// Number of the picture and id of the upload.
    announced: Vec<(u64, String)>,
    received: Vec<String>,
    completed: Vec<String>,
    deleted: Vec<String>,
    /// Asked for; nobody knows whether it happened.
    perhaps_deleted: Vec<String>,
}

/// Sends, completes and deletes pictures until they are done or the server is gone.
fn work(base: &str, key: &str, numbers: std::ops::Range<u64>) -> Told {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let mut told = Told::default();
    let json_of = |mut response: ureq::http::Response<ureq::Body>| -> Option<Value> {
        assert_eq!(response.status(), 200);
        serde_json::from_reader(response.body_mut().as_reader()).ok()
    };
    let post = |path: &str, body: &Value| {
        agent
            .post(format!("{base}{path}"))
            .header("x-api-key", key)
            .send(body.to_string())
            .ok()
            .and_then(json_of)
    };
    for number in numbers {
        let bytes = picture(number);
        let file = json!({"filename": "me.png", "content_type": "image/png", "size_bytes": bytes.len()});
        let Some(announced) = post("/v3/assets/direct-uploads", &file) else { break };
        let id = announced["data"]["asset_id"].as_str().unwrap().to_owned();
        told.announced.push((number, id.clone()));
        let Ok(sent) = agent.put(announced["data"]["upload_url"].as_str().unwrap()).send(&bytes[..]) else {
            break;
        };
        assert_eq!(sent.status(), 200);
        told.received.push(id.clone());
        if post(&format!("/v3/assets/{id}/complete"), &json!({})).is_none() {
            break;
        }
        told.completed.push(id.clone());
        if number.is_multiple_of(3) {
            told.perhaps_deleted.push(id.clone());
            let deleted = agent.delete(format!("{base}/v3/assets/{id}")).header("x-api-key", key).call();
            if deleted.is_err() {
                break;
            }
            told.deleted.push(id);
        }
    }
    told
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the kills have to come at moments spread over real requests")]
fn what_was_acknowledged_holds_wherever_the_server_was_killed() {
    let mut server = Server::start();
    let (mut kept, mut open, mut gone) = (Vec::new(), Vec::new(), 0);
    let start = Instant::now();
    let undisturbed = work(&server.url(""), &server.key, 0..LATEST_KILL);
    let latest = start.elapsed();
    assert_eq!((undisturbed.completed.len(), undisturbed.deleted.len()), (3, 1));
    kept.extend(undisturbed.completed.into_iter().filter(|id| !undisturbed.deleted.contains(id)));
    let mut number = LATEST_KILL;
    for i in 1..=KILLS {
        let (base, key) = (server.url(""), server.key.clone());
        let client = std::thread::spawn(move || work(&base, &key, number..u64::MAX));
        std::thread::sleep(latest.mul_f64(scattered(i)));
        server.kill();
        let told = client.join().unwrap();
        server.restart();
        for (picture_number, id) in told.announced {
            number = picture_number + 1;
            let answer = server.post(&format!("/v3/assets/{id}/complete"), &json!({}));
            if told.deleted.contains(&id) {
                answer.refused(404, "asset_not_found", Some("asset_id"));
                gone += 1;
            } else if told.received.contains(&id) && !told.perhaps_deleted.contains(&id) {
                let path = format!("/asset/{}", answer.data()["asset_id"].as_str().unwrap());
                assert!(
                    server.get(&path).bytes == picture(picture_number),
                    "kill {i}: picture {picture_number}"
                );
                kept.push(id);
            } else {
                // Its last request was under way: any outcome is right, but it must be one.
                assert!([200, 404, 409].contains(&answer.status), "kill {i}: {}", answer.json());
                open.push(id);
            }
        }
    }
    println!("{KILLS} kills: {} kept, {gone} deleted, {} under way", kept.len(), open.len());
    assert!(kept.len() > 20 && gone > 5, "the kills came too early");
    for id in kept.iter().chain(&open) {
        server.delete(&format!("/v3/assets/{id}"));
    }
    server.kill();
    server.restart();
    assert_eq!(server.files_in("blobs"), Vec::<String>::new());
    assert_eq!(server.files_in("unfinished"), Vec::<String>::new());
    assert_eq!(server.files_in("temporary"), Vec::<String>::new());
}
