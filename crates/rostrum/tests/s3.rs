//! Bytes in a bucket: sent there by clients, and kept there through kills. That everything else works on S3 as on disk is
//! shown by the other suites, which `./dev test` runs on both.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::io::Write;
use std::process::Command;
use std::time::{Duration, Instant};

use rostrum_moto::{BUCKET, credentials, packages};
use serde_json::{Value, json};
use support::{Server, client_file, ffmpeg, fixture, moto, rostrum};

const KILLS: u32 = 12;

fn direct() -> Option<Server> {
    Server::start_on_s3(&[("ROSTRUM_S3_DIRECT_UPLOADS", "true".to_owned())])
}

fn portrait() -> Vec<u8> {
    std::fs::read(fixture("portraits/astronaut.png")).unwrap()
}

/// A WAV of about 20 MB: two parts.
fn long_sound() -> Vec<u8> {
    ffmpeg(&["-f", "lavfi", "-i", "anoisesrc=d=210:r=48000:seed=7", "-c:a", "pcm_s16le"], "wav")
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

fn complete(server: &Server, id: &str) -> support::Answer {
    server.post(&format!("/v3/assets/{id}/complete"), &json!({}))
}

/// Sends bytes with the headers of the announcement.
fn send(server: &Server, announced: &Value, bytes: &[u8]) {
    let headers = announced["upload_headers"].as_object().unwrap();
    let headers: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
    assert_eq!(server.put(text(announced, "upload_url"), &headers, bytes).status, 200);
}

#[test]
fn a_file_sent_to_the_bucket_becomes_an_asset() {
    let Some(server) = direct() else { return };
    let bytes = portrait();
    let announced = server.announce("me.png", "image/png", bytes.len());
    let id = text(&announced, "asset_id");
    assert!(text(&announced, "upload_url").starts_with(&moto().unwrap().endpoint));
    assert!(
        text(&announced, "upload_url").contains("X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost")
    );
    assert_eq!(announced["upload_headers"], json!({"Content-Type": "image/png"}));
    assert_eq!(announced.get("parts"), None);
    let early = complete(&server, id).refused(409, "conflict", None);
    assert!(early.starts_with("Uploaded object not found yet"), "{early}");

    send(&server, &announced, &bytes);
    let done = complete(&server, id).data();
    assert_eq!(done, complete(&server, id).data(), "completing again answers the same");
    assert!(server.get(text(&done, "url")).bytes == bytes);
    assert_eq!(server.files_in("unfinished"), Vec::<String>::new());

    // The URL is still good for the store, but the asset does not change.
    send(&server, &announced, &vec![0; bytes.len()]);
    assert_eq!(complete(&server, id).data(), done);
    assert!(server.get(text(&done, "url")).bytes == bytes);
}

#[test]
fn what_was_sent_to_the_bucket_is_checked() {
    let Some(server) = direct() else { return };
    let bytes = portrait();
    let file = json!({
        "filename": "me.png", "content_type": "image/png", "size_bytes": bytes.len(), "checksum_sha256": "0".repeat(64),
    });
    let announced = server.post("/v3/assets/direct-uploads", &file).data();
    send(&server, &announced, &bytes);
    complete(&server, text(&announced, "asset_id")).refused(
        400,
        "invalid_parameter",
        Some("checksum_sha256"),
    );
    complete(&server, text(&announced, "asset_id")).refused(409, "conflict", None);

    // S3 refuses another length itself; this server of the tests does not.
    let announced = server.announce("me.png", "image/png", bytes.len());
    send(&server, &announced, &bytes[1..]);
    complete(&server, text(&announced, "asset_id")).refused(400, "invalid_parameter", Some("asset_id"));

    let announced = server.announce("me.jpg", "image/jpeg", bytes.len());
    send(&server, &announced, &bytes);
    complete(&server, text(&announced, "asset_id")).refused(400, "invalid_parameter", Some("content_type"));
    assert_eq!(server.files_in("unfinished"), Vec::<String>::new());
    assert_eq!(server.files_in("blobs"), Vec::<String>::new());
}

#[test]
fn a_file_sent_in_parts_may_be_renewed_in_the_middle_or_given_up() {
    let Some(server) = direct() else { return };
    let bytes = long_sound();
    let file = json!({
        "filename": "a.wav", "content_type": "audio/wav", "size_bytes": bytes.len(), "parts": true,
    });
    let announced = server.post("/v3/assets/direct-uploads", &file).data();
    let id = text(&announced, "asset_id");
    let part = |announced: &Value, index: usize| {
        let part = &announced["parts"][index];
        let at = |name: &str| usize::try_from(part[name].as_u64().unwrap()).unwrap();
        assert_eq!(server.put(text(part, "url"), &[], &bytes[at("from")..at("to")]).status, 200);
        at("to")
    };
    part(&announced, 0);
    complete(&server, id).refused(409, "conflict", None);
    let renewed = server.post(&format!("/v3/assets/{id}/renew"), &json!({})).data();
    assert_eq!(part(&renewed, 1), bytes.len());
    let done = complete(&server, id).data();
    assert!(server.get(text(&done, "url")).bytes == bytes);
    assert_eq!(server.files_in("unfinished"), Vec::<String>::new());

    let announced = server.post("/v3/assets/direct-uploads", &file).data();
    part(&announced, 0);
    assert_eq!(server.files_in("unfinished").len(), 1);
    assert_eq!(server.delete(&format!("/v3/assets/{}", text(&announced, "asset_id"))).status, 200);
    assert_eq!(server.files_in("unfinished"), Vec::<String>::new(), "the upload was aborted");
}

#[test]
fn botocore_sends_to_the_server_to_the_bucket_and_in_parts() {
    let Some(direct) = direct() else { return };
    let Some(ours) = Server::start_on_s3(&[]) else { return };
    let bytes = long_sound();
    let mut file = tempfile::Builder::new().suffix(".wav").tempfile().unwrap();
    file.write_all(&bytes).unwrap();
    let ran = Command::new("python3")
        .env("PYTHONPATH", packages().unwrap())
        .arg(client_file("python/s3.py"))
        .args([ours.url(""), direct.url(""), ours.key.clone(), direct.key.clone()])
        .arg(file.path())
        .arg("audio/wav")
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let ids: Value = serde_json::from_slice(&ran.stdout).unwrap();
    for (server, way) in [(&ours, "ours"), (&direct, "direct"), (&direct, "parts")] {
        assert!(server.get(&format!("/asset/{}", text(&ids, way))).bytes == bytes, "{way}");
    }
    assert_eq!(direct.files_in("unfinished"), Vec::<String>::new());
}

#[test]
fn the_doctor_tries_the_bucket() {
    let Some(moto) = moto() else { return };
    let folder = tempfile::tempdir().unwrap();
    let told = |bucket: &str| {
        let ran = rostrum(folder.path())
            .arg("doctor")
            .env("ROSTRUM_BLOBS_URL", format!("s3://{bucket}/doctor"))
            .env("ROSTRUM_S3_ENDPOINT", &moto.endpoint)
            .envs(credentials())
            .output()
            .unwrap();
        String::from_utf8(ran.stdout).unwrap()
    };
    assert!(
        told(BUCKET).contains(&format!("ok       files: written, read and deleted in s3://{BUCKET}/doctor"))
    );
    let missing = told("no-such-bucket");
    assert!(missing.contains("MISSING  files: ") && missing.contains("NoSuchBucket"), "{missing}");
}

/// The bytes that the server says it has of an upload.
fn received(server: &Server, url: &str, total: usize) -> usize {
    let range = format!("bytes */{total}");
    let answer = server.put(url, &[("content-range", &range)], b"");
    match answer.status {
        200 => total,
        308 => answer
            .header("range")
            .strip_prefix("bytes=0-")
            .map_or(0, |last| last.parse::<usize>().unwrap() + 1),
        status => panic!("{status}"),
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the kills have to come at moments spread over real requests")]
fn what_was_acknowledged_is_in_the_bucket_wherever_the_server_was_killed() {
    let Some(mut server) = Server::start_on_s3(&[]) else { return };
    let bytes = long_sound();
    let mut kept = Vec::new();
    let mut undisturbed = None;
    for round in 0..=KILLS {
        let announced = server.announce("a.wav", "audio/wav", bytes.len());
        let id = text(&announced, "asset_id").to_owned();
        let path = text(&announced, "upload_url").split_once("/uploads/").unwrap().1;
        let path = format!("/uploads/{path}");
        // Acknowledged: more than one piece, ending in the middle of another.
        let head = 9_000_000 + round as usize * 500_009;
        let range = format!("bytes 0-{}/{}", head - 1, bytes.len());
        assert_eq!(server.put(&path, &[("content-range", &range)], &bytes[..head]).status, 308);

        let (url, key) = (server.url(&path), server.key.clone());
        let (rest, total) = (bytes[head..].to_vec(), bytes.len());
        let completion = server.url(&format!("/v3/assets/{id}/complete"));
        let start = Instant::now();
        let client = std::thread::spawn(move || {
            let range = format!("bytes {head}-{}/{total}", total - 1);
            if ureq::put(&url).header("content-range", &range).send(&rest[..]).is_err() {
                return false;
            }
            ureq::post(&completion).header("x-api-key", key).send("{}").is_ok()
        });
        let Some(latest) = undisturbed else {
            assert!(client.join().unwrap());
            undisturbed = Some(start.elapsed());
            kept.push(id);
            continue;
        };
        let latest: Duration = latest;
        std::thread::sleep(latest.mul_f64((f64::from(round) * 0.618_033_988_75).fract()));
        server.kill();
        let is_done = client.join().unwrap();
        server.restart();
        let there = received(&server, &path, bytes.len());
        assert!(there >= if is_done { bytes.len() } else { head }, "kill {round}: {there} of {head}");
        if there < bytes.len() {
            let range = format!("bytes {there}-{}/{}", bytes.len() - 1, bytes.len());
            let sent = server.put(&path, &[("content-range", &range)], &bytes[there..]);
            assert_eq!(sent.status, 200, "kill {round}");
        }
        let done = complete(&server, &id).data();
        assert!(server.get(text(&done, "url")).bytes == bytes, "kill {round}");
        kept.push(id);
    }
    for id in kept {
        assert_eq!(server.delete(&format!("/v3/assets/{id}")).status, 200);
    }
    server.kill();
    server.restart();
    for folder in ["blobs", "unfinished", "temporary"] {
        assert_eq!(server.files_in(folder), Vec::<String>::new());
    }
}
