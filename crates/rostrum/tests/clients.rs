//! Uploads by the programs that people have: curl, Node's fetch, axios, node-fetch, Uppy, Python's requests, urllib3 and httpx.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::io::Write;
use std::process::Command;

use rostrum_media::captions;
use rostrum_model::speech::WordSpan;
use serde_json::{Value, json};
use support::{Server, client_file, ffmpeg, fixture, npm_client, python_packages};
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
fn axios_and_node_fetch_upload_in_every_way() {
    let Some(dir) = npm_client("form-data") else { return };
    uploads_in_every_way(
        Command::new("node").arg(dir.join("upload.mjs")),
        &["axios", "axios_direct", "axios_raw", "node_fetch"],
    );
}

#[test]
fn pythons_clients_upload_in_every_way() {
    let Some(packages) = python_packages() else { return };
    uploads_in_every_way(
        Command::new("python3").env("PYTHONPATH", packages).arg(client_file("python/uploads.py")),
        &[
            "asked_for",
            "base64",
            "direct",
            "hex",
            "httpx",
            "httpx_chunked",
            "multipart",
            "raw",
            "requests_chunked",
            "urllib3",
            "urllib3_chunked",
        ],
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

#[test]
fn uppy_sends_to_a_signed_url_from_a_page_of_another_origin() {
    let Some(dir) = npm_client("uppy") else { return };
    let server = Server::start();
    let file = sound();
    let bytes = std::fs::read(file.path()).unwrap();
    let announced = server.announce("a.wav", "audio/wav", bytes.len());
    let id = announced["asset_id"].as_str().unwrap();
    let upload = |url: &str| {
        let mut node = Command::new("node");
        node.arg("upload.mjs").arg(url).arg(announced["upload_headers"].to_string());
        node.arg(file.path())
            .arg("audio/wav")
            .current_dir(&dir)
            .output()
            .expect("node is needed: run ./dev setup")
    };
    let url = announced["upload_url"].as_str().unwrap();
    let ran = upload(url);
    assert!(ran.status.success(), "{}\n{}", String::from_utf8_lossy(&ran.stderr), server.log());
    let told: Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(told["successful"], 1, "{told}");
    server.post(&format!("/v3/assets/{id}/complete"), &json!({})).data();
    assert!(server.get(&format!("/asset/{id}")).bytes == bytes);

    let (signed, last) = url.split_at(url.len() - 1);
    let forged = upload(&format!("{signed}{}", if last == "0" { "1" } else { "0" }));
    assert!(!forged.status.success(), "{}", String::from_utf8_lossy(&forged.stdout));
    assert!(
        String::from_utf8_lossy(&forged.stderr).contains("403"),
        "{}",
        String::from_utf8_lossy(&forged.stderr)
    );
}

#[test]
fn captions_are_read_by_other_programs() {
    let Some(packages) = python_packages() else { return };
    let server = Server::start();
    let text = "Welcome to our new office, and thank you for coming so early! The garden behind the library is open \
                until sunset; please close the window before you leave. A <b>tag</b> & an arrow --> are only text. \
                What would you do, if you had more time than anybody else in this long sentence without an end?";
    let speech = server.post("/v3/voices/speech", &json!({"text": text, "voice_id": "af_heart"})).data();
    let words: Vec<WordSpan> = speech["word_timestamps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|word| WordSpan {
            text: word["word"].as_str().unwrap().to_owned(),
            start_s: word["start"].as_f64().unwrap(),
            end_s: word["end"].as_f64().unwrap(),
        })
        .collect();
    let dir = tempfile::tempdir().unwrap();
    let (srt, vtt) = (dir.path().join("a.srt"), dir.path().join("a.vtt"));
    std::fs::write(&srt, captions::srt(&captions::captions(&words))).unwrap();
    std::fs::write(&vtt, captions::vtt(&captions::captions(&words))).unwrap();
    let ran = Command::new("python3")
        .env("PYTHONPATH", packages)
        .arg(client_file("python/captions.py"))
        .args([srt, vtt])
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let told: Value = serde_json::from_slice(&ran.stdout).unwrap();
    for format in ["srt", "vtt"] {
        let cues = told[format].as_array().unwrap();
        let mut shown_to = 0.0;
        for cue in cues {
            let (start, end, text) =
                (cue[0].as_f64().unwrap(), cue[1].as_f64().unwrap(), cue[2].as_str().unwrap());
            assert!(start >= shown_to && (1.0..=7.0).contains(&(end - start)), "{format}: {cues:?}");
            assert!(
                text.lines().count() <= 2 && text.lines().all(|line| line.chars().count() <= 42),
                "{cues:?}"
            );
            shown_to = end;
        }
        assert!(shown_to <= speech["duration"].as_f64().unwrap() + 1.0);
        let shown: Vec<&str> =
            cues.iter().flat_map(|cue| cue[2].as_str().unwrap().split_whitespace()).collect();
        let written = words.iter().flat_map(|word| word.text.split_whitespace());
        let written: Vec<String> =
            written.map(|word| word.replace("-->", if format == "srt" { "→" } else { "-->" })).collect();
        assert_eq!(shown, written, "{format}");
    }
}

/// Runs curl and gives what it received and what it tells of the transfer.
fn curl(arguments: &[&str]) -> (Vec<u8>, String) {
    let ran = Command::new("curl")
        .args(["-sS", "-v", "--max-time", "60"])
        .args(arguments)
        .output()
        .expect("curl is needed: run ./dev setup");
    let told = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.success(), "{told}");
    (ran.stdout, told)
}

#[test]
fn curl_waits_to_be_told_to_go_on_before_it_sends_a_large_file() {
    let server = Server::start();
    let file = sound();
    let size = usize::try_from(file.as_file().metadata().unwrap().len()).unwrap();
    let path = file.path().to_str().unwrap();
    let put = |url: &str| {
        let headers =
            ["-H", "Content-Type: audio/wav", "-H", "Expect: 100-continue", "--expect100-timeout", "30"];
        curl(&[&headers[..], &["-w", "%{http_code} %{size_upload}", "-T", path, url]].concat())
    };
    let announced = server.announce("a.wav", "audio/wav", size);
    let (answer, told) = put(announced["upload_url"].as_str().unwrap());
    assert!(told.contains("< HTTP/1.1 100 Continue"), "{told}");
    assert_eq!(String::from_utf8(answer).unwrap(), format!("200 {size}"));

    // Another length was announced: not a byte is sent.
    let announced = server.announce("a.wav", "audio/wav", size + 1);
    let (answer, told) = put(announced["upload_url"].as_str().unwrap());
    assert!(!told.contains("100 Continue"), "{told}");
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.contains("invalid_parameter") && answer.ends_with("400 0"), "{answer}");
}

#[test]
fn curl_sends_what_has_no_length_yet_in_chunks() {
    let server = Server::start();
    let file = sound();
    let bytes = std::fs::read(file.path()).unwrap();
    let announced = server.announce("a.wav", "audio/wav", bytes.len());
    let id = announced["asset_id"].as_str().unwrap();
    let from = file.path().to_str().unwrap();
    let (_, told) = curl(&[
        "--fail",
        "-X",
        "PUT",
        "-H",
        "Transfer-Encoding: chunked",
        "-H",
        "Content-Type: audio/wav",
        "--data-binary",
        &format!("@{from}"),
        announced["upload_url"].as_str().unwrap(),
    ]);
    assert!(told.contains("> Transfer-Encoding: chunked") && !told.contains("> Content-Length"), "{told}");
    server.post(&format!("/v3/assets/{id}/complete"), &json!({})).data();
    assert!(server.get(&format!("/asset/{id}")).bytes == bytes);
}

#[test]
fn the_host_name_for_uploads_leads_to_the_first_generations_paths() {
    let server = Server::start();
    let (_, port) = server.address().rsplit_once(':').unwrap();
    let resolve = format!("upload.rostrum.test:{port}:127.0.0.1");
    let key = format!("X-Api-Key: {}", server.key);
    let portrait = format!("@{}", fixture("portraits/astronaut.png").display());
    let upload = |path: &str| {
        let url = format!("http://upload.rostrum.test:{port}{path}");
        let (answer, _) = curl(&[
            "--resolve",
            &resolve,
            "-H",
            &key,
            "-H",
            "Content-Type: image/png",
            "--data-binary",
            &portrait,
            &url,
        ]);
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(answer["code"], 100, "{answer}");
        answer["data"].clone()
    };
    let asset = upload("/v1/asset");
    let path = format!("/asset/{}", asset["id"].as_str().unwrap());
    assert!(server.get(&path).bytes == std::fs::read(fixture("portraits/astronaut.png")).unwrap());
    assert!(
        asset["url"].as_str().unwrap().starts_with(&format!("http://upload.rostrum.test:{port}/")),
        "{asset}"
    );
    assert!(upload("/v1/talking_photo")["talking_photo_id"].is_string());
}
