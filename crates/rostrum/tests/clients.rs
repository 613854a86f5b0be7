//! Uploads by the programs that people have: curl, Node's fetch, axios, node-fetch, Uppy, Python's requests, urllib3 and httpx.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::io::Write;
use std::path::{Path, PathBuf};
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

/// Runs every example of an upload that documents give, or of speech with `--speech`, and tells what became of each: as an
/// error when one failed. None, told loudly, where packages cannot be had.
fn run_examples(options: &[&str], documents: &[PathBuf]) -> Option<Result<String, String>> {
    let (client, packages) = (npm_client("documents")?, python_packages()?);
    let server = Server::start();
    let dir = tempfile::tempdir().unwrap();
    for name in ["node_modules", "fetch.cjs"] {
        std::os::unix::fs::symlink(client.join(name), dir.path().join(name)).unwrap();
    }
    // Long enough, and with a face in it, so that it may become a digital twin.
    let portrait = fixture("portraits/astronaut.png");
    let shown = ["-loop", "1", "-framerate", "5", "-i", portrait.to_str().unwrap(), "-t", "16"];
    let film = ffmpeg(&[&shown[..], &["-vf", "scale=400:400", "-pix_fmt", "yuv420p"]].concat(), "mp4");
    let tone = |extension| ffmpeg(&["-f", "lavfi", "-i", "sine=d=2"], extension);
    let photo = |name| std::fs::read(fixture(name)).unwrap();
    for (name, bytes) in [
        ("sample.png", photo("portraits/astronaut.png")),
        ("sample.jpg", photo("portraits/grace_hopper.jpg")),
        ("sample.mp4", film),
        ("sample.mp3", tone("mp3")),
        ("sample.wav", tone("wav")),
        ("sample.pdf", support::PDF.to_vec()),
    ] {
        std::fs::write(dir.path().join(name), bytes).unwrap();
    }
    let ran = Command::new("python3")
        .env("PYTHONPATH", packages)
        .arg(client.join("run.py"))
        .args(options)
        .arg(server.url(""))
        .arg(&server.key)
        .arg(dir.path())
        .args(documents)
        .output()
        .expect("python3 is needed: run ./dev setup");
    let told = [ran.stdout, ran.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    Some(if ran.status.success() { Ok(told) } else { Err(told) })
}

/// The examples of `docs/UPLOADS.md`, and of the documents in the folder that `ROSTRUM_DOCUMENTS` names: HeyGen's own, say,
/// which are not ours to copy.
#[test]
fn the_examples_of_documents_upload_as_they_stand() {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/UPLOADS.md");
    let Some(told) = run_examples(&[], &[ours]) else { return };
    let told = told.unwrap();
    assert_eq!(told.matches("uploads\n").count(), 7, "{told}");

    let Some(documents) = documents_of_others() else { return };
    let told = run_examples(&[], &documents).unwrap().unwrap();
    assert!(told.contains("uploads\n"), "no example in {documents:?}");
    std::io::stderr().write_all(told.as_bytes()).unwrap();
}

/// The documents in the folder that `ROSTRUM_DOCUMENTS` names, if it does.
fn documents_of_others() -> Option<Vec<PathBuf>> {
    let Some(others) = std::env::var_os("ROSTRUM_DOCUMENTS") else {
        support::tell_skipped(
            "the examples of HeyGen's documents",
            "set ROSTRUM_DOCUMENTS to a folder that has them",
        );
        return None;
    };
    let mut documents: Vec<PathBuf> =
        std::fs::read_dir(others).unwrap().map(|file| file.unwrap().path()).collect();
    documents.retain(|path| path.extension().is_some_and(|kind| kind == "md" || kind == "txt"));
    documents.sort();
    Some(documents)
}

/// The examples of `docs/AVATARS.md`.
#[test]
fn the_examples_of_avatars_are_answered_as_they_stand() {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/AVATARS.md");
    let Some(told) = run_examples(&["--of", "/v[123]/(photo_)?avatar|/v[12]/talking_photo"], &[ours]) else {
        return;
    };
    let told = told.unwrap();
    assert_eq!(told.matches(": answered\n").count(), 12, "{told}");
}

/// The examples of `docs/VIDEOS.md`.
#[test]
fn the_examples_of_videos_are_answered_as_they_stand() {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/VIDEOS.md");
    let Some(told) = run_examples(&["--of", "/v2/video/|/v3/videos|/v1/video"], &[ours]) else { return };
    let told = told.unwrap();
    assert_eq!(told.matches(": answered\n").count(), 5, "{told}");
}

/// The requests of voices and speech, as a regular expression of Python's.
const SPEECH: &str = r"/v[123]/voices?\b|/v1/audio/";

/// The same for those of voices and speech, of `docs/VOICES.md` and of others; theirs may have none.
#[test]
fn the_examples_of_documents_speak_as_they_stand() {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/VOICES.md");
    let Some(told) = run_examples(&["--of", SPEECH], &[ours]) else { return };
    let told = told.unwrap();
    assert_eq!(told.matches(": answered\n").count(), 6, "{told}");
    assert_eq!(told.matches(" 200").count(), 11, "{told}");

    let Some(documents) = documents_of_others() else { return };
    let told = run_examples(&["--of", SPEECH], &documents).unwrap().unwrap();
    std::io::stderr().write_all(told.as_bytes()).unwrap();
}

/// All requests but uploads, as a regular expression of Python's.
const ALL: &str = r"heygen\.com/v[123]/(?!assets?\b)";

/// Those of all other operations, of documents of others: each is answered, or it is told why it cannot run as it stands.
#[test]
fn the_examples_of_documents_of_others_are_answered_where_they_can_run() {
    let Some(documents) = documents_of_others() else { return };
    let Some(told) = run_examples(&["--of", ALL, "--others"], &documents) else { return };
    std::io::stderr().write_all(told.unwrap().as_bytes()).unwrap();
}

#[test]
fn the_runner_of_examples_tells_why_one_of_others_cannot_run() {
    let mut document = tempfile::Builder::new().suffix(".md").tempfile().unwrap();
    for path in ["v3/lipsyncs", "v3/videos/YOUR_VIDEO_ID", "v3/videos/nothing", "v3/users/me"] {
        let line = format!("curl -H 'X-Api-Key: YOUR_API_KEY' https://api.heygen.com/{path}");
        writeln!(document, "```bash\n{line}\n```\n").unwrap();
    }
    writeln!(document, "```python\nfetch('https://api.heygen.com/v2/voices')\n```").unwrap();
    let path = [document.path().to_owned()];
    let Some(told) = run_examples(&["--of", ALL, "--others"], &path) else { return };
    let told = told.unwrap_err();
    for ended in [
        "GET /v3/lipsyncs 501: cannot run: asks for what is not built",
        "404: cannot run: says YOUR_VIDEO_ID where a value belongs",
        "GET /v3/videos/nothing 404: FAILED",
        "GET /v3/users/me 200: answered",
        "cannot run: is a part of a program",
    ] {
        assert_eq!(told.matches(ended).count(), 1, "{ended}: {told}");
    }
    // What is ours has no such excuse.
    let told = run_examples(&["--of", ALL], &path).unwrap().unwrap_err();
    assert_eq!(told.matches("FAILED").count(), 4, "{told}");
}

#[test]
fn the_runner_of_examples_tells_of_one_that_fails() {
    let mut document = tempfile::Builder::new().suffix(".md").tempfile().unwrap();
    writeln!(document, "```bash\ncurl -X POST http://127.0.0.1:8080/v3/assets -F file=@none.xyz\n```")
        .unwrap();
    let Some(told) = run_examples(&[], &[document.path().to_owned()]) else { return };
    let told = told.unwrap_err();
    assert!(told.contains("FAILED with 26"), "{told}");
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
