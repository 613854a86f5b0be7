//! Uploads by the programs that people have: curl, Node's fetch, Python's requests.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use support::{Server, client_file, ffmpeg};
use tempfile::NamedTempFile;

/// A file that is longer than what is read before a handler runs.
fn sound() -> NamedTempFile {
    let bytes = ffmpeg(&["-f", "lavfi", "-i", "anoisesrc=d=10:r=48000:seed=3", "-c:a", "pcm_s16le"], "wav");
    let mut file = tempfile::Builder::new().suffix(".wav").tempfile().unwrap();
    file.write_all(&bytes).unwrap();
    file
}

/// Runs a client that prints asset ids by way, and asserts that each asset has the bytes of the file.
fn uploads_in_every_way(client: &mut Command, ways: &[&str]) {
    let server = Server::start();
    let file = sound();
    let ran = client.arg(server.url("")).arg(&server.key).arg(file.path()).arg("audio/wav").output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let ids: Value = serde_json::from_slice(&ran.stdout).unwrap();
    let mut told: Vec<&String> = ids.as_object().unwrap().keys().collect();
    told.sort();
    assert_eq!(told, ways);
    let bytes = std::fs::read(file.path()).unwrap();
    for (way, id) in ids.as_object().unwrap() {
        assert!(server.get(&format!("/asset/{}", id.as_str().unwrap())).bytes == bytes, "{way}");
    }
}

#[test]
fn node_uploads_in_every_way() {
    uploads_in_every_way(
        Command::new("node").arg(client_file("node/uploads.mjs")),
        &["asked_for", "asked_for_stream", "direct", "direct_stream", "multipart", "raw", "raw_stream"],
    );
}

#[test]
fn pythons_requests_uploads_in_every_way() {
    let Some(packages) = python_packages() else { return };
    uploads_in_every_way(
        Command::new("python3").env("PYTHONPATH", packages).arg(client_file("python/uploads.py")),
        &["asked_for", "base64", "direct", "hex", "multipart", "raw"],
    );
}

#[test]
fn curl_sends_a_file_to_a_url_that_a_shell_reads_again() {
    let server = Server::start();
    let file = sound();
    let size = file.as_file().metadata().unwrap().len();
    let announced = server.announce("a.wav", "audio/wav", usize::try_from(size).unwrap());
    let id = announced["asset_id"].as_str().unwrap();
    // Examples in the wild hand the URL to `eval` without quotes.
    let sent = Command::new("sh")
        .args([
            "-c",
            r#"eval curl -sS --fail -X PUT "$URL" -H '"Content-Type: audio/wav"' --upload-file "$FILE""#,
        ])
        .env("URL", announced["upload_url"].as_str().unwrap())
        .env("FILE", file.path())
        .status()
        .unwrap();
    assert!(sent.success());
    server.post(&format!("/v3/assets/{id}/complete"), &json!({})).data();
    assert!(server.get(&format!("/asset/{id}")).bytes == std::fs::read(file.path()).unwrap());
}

/// The folder of the pinned packages; `None`, told loudly, where pip reaches no registry.
fn python_packages() -> Option<PathBuf> {
    let wanted = client_file("python/requirements.txt");
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compat-python");
    let installed = dir.join("requirements.txt");
    if std::fs::read(&installed).ok() == Some(std::fs::read(&wanted).unwrap()) {
        return Some(dir);
    }
    let pip = Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries=1", "--upgrade"])
        .arg("--target")
        .arg(&dir)
        .arg("--requirement")
        .arg(&wanted)
        .output()
        .expect("python3 is needed: run ./dev setup");
    if pip.status.success() {
        std::fs::copy(wanted, installed).unwrap();
        return Some(dir);
    }
    let words = String::from_utf8_lossy(&pip.stderr).into_owned();
    assert!(words.contains("connection"), "pip failed: {words}");
    support::tell_skipped("Python's requests was not tested, for pip reaches no registry", &words);
    None
}
