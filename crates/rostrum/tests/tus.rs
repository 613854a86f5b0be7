//! Uploads by the tus protocol: by hand, and by the client that browsers use.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use support::{Answer, Server, ffmpeg, fixture, npm_client};

const VERSION: (&str, &str) = ("tus-resumable", "1.0.0");
const BYTES: (&str, &str) = ("content-type", "application/offset+octet-stream");
/// `filename me.png`
const PNG_NAME: (&str, &str) = ("upload-metadata", "filename bWUucG5n");
/// `filename long.wav,filetype audio/wav`
const WAV_NAME: (&str, &str) = ("upload-metadata", "filename bG9uZy53YXY=,filetype YXVkaW8vd2F2");

fn portrait() -> Vec<u8> {
    std::fs::read(fixture("portraits/astronaut.png")).unwrap()
}

/// A WAV of some megabytes, no part of which looks like another.
fn long_sound(seconds: u32) -> Vec<u8> {
    let source = format!("anoisesrc=d={seconds}:r=48000:seed=7");
    ffmpeg(&["-f", "lavfi", "-i", &source, "-c:a", "pcm_s16le"], "wav")
}

/// A client that speaks the protocol by hand.
struct Client<'s>(&'s Server);

impl Client<'_> {
    #[track_caller]
    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer {
        let all = [&[VERSION, ("x-api-key", &self.0.key)], headers].concat();
        let answer = self.0.send(method, path, &all, body);
        assert_eq!(answer.header("tus-resumable"), "1.0.0");
        answer
    }

    /// Announces a file and returns the path of its address.
    #[track_caller]
    fn create(&self, length: usize, metadata: (&str, &str)) -> String {
        let length = length.to_string();
        let created = self.send("POST", "/v3/assets/tus", &[("upload-length", &length), metadata], Some(b""));
        assert_eq!(created.status, 201, "{}", String::from_utf8_lossy(&created.bytes));
        assert!(created.header("upload-expires").ends_with(" GMT"));
        let location = created.header("location");
        let origin = format!("http://{}", self.0.address());
        location.strip_prefix(&origin).unwrap_or_else(|| panic!("{location}")).to_owned()
    }

    fn patch(&self, path: &str, offset: usize, bytes: &[u8]) -> Answer {
        self.send("PATCH", path, &[BYTES, ("upload-offset", &offset.to_string())], Some(bytes))
    }

    fn head(&self, path: &str) -> Answer {
        self.send("HEAD", path, &[], None)
    }

    #[track_caller]
    fn offset(&self, path: &str) -> usize {
        let told = self.head(path);
        assert_eq!(told.status, 200);
        told.header("upload-offset").parse().unwrap()
    }

    /// Begins a PATCH of `length` bytes and leaves it in the middle.
    fn begin(&self, path: &str, length: usize, sent: &[u8]) -> TcpStream {
        let mut connection = TcpStream::connect(self.0.address()).unwrap();
        let head = format!(
            "PATCH {path} HTTP/1.1\r\nHost: x\r\nX-Api-Key: {}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n\
             Content-Type: {}\r\nContent-Length: {length}\r\n\r\n",
            self.0.key, BYTES.1
        );
        connection.write_all(head.as_bytes()).unwrap();
        connection.write_all(sent).unwrap();
        connection
    }
}

fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// The bytes of the asset that an upload became.
#[track_caller]
fn asset_bytes(server: &Server, path: &str) -> Vec<u8> {
    let asset = server.get(&format!("/v3/assets/{}", id(path))).data();
    server.get(asset["url"].as_str().unwrap()).bytes
}

#[test]
fn what_is_spoken_is_told_without_a_key_or_a_version() {
    let server = Server::start();
    let told = server.send("OPTIONS", "/v3/assets/tus", &[], None);
    assert_eq!((told.status, told.header("tus-version")), (204, "1.0.0"));
    assert_eq!(told.header("tus-resumable"), "1.0.0");
    assert_eq!(told.header("tus-extension"), "creation,creation-with-upload,expiration,termination");
    assert_eq!(told.header("tus-max-size"), (5_u64 << 30).to_string());
    assert_eq!(server.send("OPTIONS", "/v3/assets/tus/", &[], None).status, 204);
}

#[test]
fn a_file_sent_in_steps_becomes_an_asset_with_the_last_one() {
    let server = Server::start();
    let client = Client(&server);
    let bytes = portrait();
    let path = client.create(bytes.len(), PNG_NAME);
    let told = client.head(&path);
    assert_eq!((told.status, told.header("cache-control")), (200, "no-store"));
    assert_eq!(
        (told.header("upload-offset"), told.header("upload-length")),
        ("0", &*bytes.len().to_string())
    );
    assert_eq!(told.header("upload-metadata"), "filename bWUucG5n,filetype aW1hZ2UvcG5n");

    let half = bytes.len() / 2;
    let first = client.patch(&path, 0, &bytes[..half]);
    assert_eq!((first.status, first.header("upload-offset")), (204, &*half.to_string()));
    assert!(first.header("upload-expires").ends_with(" GMT"));
    server.get(&format!("/v3/assets/{}", id(&path))).refused(404, "asset_not_found", Some("asset_id"));
    assert_eq!(client.patch(&path, half, &bytes[half..]).status, 204);
    assert_eq!(client.offset(&path), bytes.len());
    assert!(asset_bytes(&server, &path) == bytes);
    let asset = server.get(&format!("/v3/assets/{}", id(&path))).data();
    assert_eq!((asset["name"].as_str(), asset["type"].as_str()), (Some("me.png"), Some("image")));
    assert_eq!(server.files_in("unfinished"), Vec::<String>::new());
    // Nothing more is taken, and the asset is not given up as an upload.
    client.patch(&path, bytes.len(), b"x").refused(409, "conflict", Some("Upload-Offset"));
    assert_eq!(client.patch(&path, bytes.len(), b"").status, 204);
    client.send("DELETE", &path, &[], None).refused(404, "not_found", Some("asset_id"));
}

#[test]
fn first_bytes_may_come_with_the_creation() {
    let server = Server::start();
    let client = Client(&server);
    let bytes = portrait();
    let length = bytes.len().to_string();
    let headers = [("upload-length", &*length), PNG_NAME, BYTES];
    for sent in [bytes.len(), 1000, 0] {
        let created = client.send("POST", "/v3/assets/tus", &headers, Some(&bytes[..sent]));
        assert_eq!((created.status, created.header("upload-offset")), (201, &*sent.to_string()));
        let path = created.header("location").replace(&format!("http://{}", server.address()), "");
        assert_eq!(client.patch(&path, sent, &bytes[sent..]).status, 204);
        assert!(asset_bytes(&server, &path) == bytes);
    }
    let other = [("upload-length", &*length), PNG_NAME, ("content-type", "image/png")];
    client.send("POST", "/v3/assets/tus", &other, Some(&bytes[..1000])).refused(
        415,
        "unsupported_media_type",
        Some("Content-Type"),
    );
}

#[test]
fn requests_that_do_not_fit_are_refused_and_change_nothing() {
    let server = Server::start();
    let client = Client(&server);
    let bytes = portrait();
    let path = client.create(bytes.len(), PNG_NAME);
    assert_eq!(client.patch(&path, 0, &bytes[..1000]).status, 204);
    for offset in [0, 999, 1001, bytes.len()] {
        client.patch(&path, offset, &bytes[..100]).refused(409, "conflict", Some("Upload-Offset"));
    }
    let without_offset = client.send("PATCH", &path, &[BYTES], Some(b"x"));
    without_offset.refused(400, "invalid_parameter", Some("Upload-Offset"));
    let other_type = [("upload-offset", "1000"), ("content-type", "application/octet-stream")];
    client.send("PATCH", &path, &other_type, Some(b"x")).refused(
        415,
        "unsupported_media_type",
        Some("Content-Type"),
    );
    let too_long = [&bytes[1000..], b"x"].concat();
    client.patch(&path, 1000, &too_long).refused(413, "payload_too_large", Some("Upload-Length"));
    let kept = client.offset(&path);
    assert!((1000..=bytes.len()).contains(&kept));

    for version in [&[][..], &[("tus-resumable", "0.2.2")]] {
        let headers = [&[BYTES, ("x-api-key", &*server.key), ("upload-offset", "1000")], version].concat();
        let refused = server.send("PATCH", &path, &headers, Some(&bytes[1000..2000]));
        refused.refused(412, "precondition_failed", Some("Tus-Resumable"));
        assert_eq!((refused.header("tus-version"), refused.header("tus-resumable")), ("1.0.0", "1.0.0"));
    }
    let keyless = server.send("HEAD", &path, &[VERSION], None);
    assert_eq!((keyless.status, keyless.header("tus-resumable")), (401, "1.0.0"));
    client.send("GET", &path, &[], None).refused(405, "method_not_allowed", None);
    for unknown in ["nonsense", "asset_00000000000070008000000000000000"] {
        assert_eq!(client.head(&format!("/v3/assets/tus/{unknown}")).status, 404);
    }
    assert_eq!(client.patch(&path, kept, &bytes[kept..]).status, 204);
    assert!(asset_bytes(&server, &path) == bytes);
}

#[test]
fn creations_that_cannot_be_taken_are_refused() {
    let server = Server::start();
    let client = Client(&server);
    let create = |headers: &[(&str, &str)]| client.send("POST", "/v3/assets/tus", headers, Some(b""));
    let too_long = ((5_u64 << 30) + 1).to_string();
    create(&[("upload-length", &too_long), WAV_NAME]).refused(
        413,
        "payload_too_large",
        Some("Upload-Length"),
    );
    create(&[("upload-defer-length", "1"), PNG_NAME]).refused(
        400,
        "invalid_parameter",
        Some("Upload-Length"),
    );
    create(&[("upload-length", "0"), PNG_NAME]).refused(400, "invalid_parameter", Some("Upload-Length"));
    create(&[("upload-length", "9")]).refused(400, "invalid_parameter", Some("filetype"));
    let broken = [("upload-length", "9"), ("upload-metadata", "filename ???")];
    create(&broken).refused(400, "invalid_parameter", Some("Upload-Metadata"));
}

#[test]
fn bytes_of_another_type_than_announced_end_the_upload() {
    let server = Server::start();
    let client = Client(&server);
    let bytes = portrait();
    let path = client.create(bytes.len(), WAV_NAME);
    let message = client.patch(&path, 0, &bytes).refused(400, "invalid_parameter", Some("content_type"));
    assert!(message.contains("PNG"), "{message}");
    assert_eq!(client.head(&path).status, 410);
    client.patch(&path, 0, &bytes[..1000]).refused(410, "gone", Some("asset_id"));
    assert_eq!(server.files_in("unfinished"), Vec::<String>::new());
}

#[test]
fn an_upload_that_is_given_up_is_gone_with_its_bytes() {
    let server = Server::start();
    let client = Client(&server);
    let path = client.create(1_000_000, PNG_NAME);
    assert_eq!(client.patch(&path, 0, &portrait()[..1000]).status, 204);
    assert_eq!(client.send("DELETE", &path, &[], None).status, 204);
    assert_eq!(client.head(&path).status, 404);
    client.patch(&path, 1000, b"x").refused(404, "not_found", Some("asset_id"));
    client.send("DELETE", &path, &[], None).refused(404, "not_found", Some("asset_id"));
    assert_eq!(server.files_in("unfinished"), Vec::<String>::new());
}

#[test]
fn a_post_may_stand_for_other_methods() {
    let server = Server::start();
    let client = Client(&server);
    let bytes = portrait();
    let path = client.create(bytes.len(), PNG_NAME);
    let headers = [BYTES, ("upload-offset", "0"), ("x-http-method-override", "PATCH")];
    assert_eq!(client.send("POST", &path, &headers, Some(&bytes[..1000])).status, 204);
    assert_eq!(client.offset(&path), 1000);
    assert_eq!(client.send("POST", &path, &[("x-http-method-override", "DELETE")], Some(b"")).status, 204);
    assert_eq!(client.head(&path).status, 404);
    client.send("POST", &path, &[], Some(b"")).refused(405, "method_not_allowed", None);
}

#[test]
fn a_broken_connection_costs_only_what_was_not_received() {
    let server = Server::start();
    let client = Client(&server);
    let bytes = long_sound(30);
    let path = client.create(bytes.len(), WAV_NAME);
    let mut connection = client.begin(&path, bytes.len(), &bytes[..1_500_000]);
    connection.shutdown(Shutdown::Write).unwrap();
    // Whether an answer still comes does not matter, only that the connection is over.
    let _ = connection.read_to_end(&mut Vec::new());
    assert_eq!(client.offset(&path), 1_500_000);
    assert_eq!(client.patch(&path, 1_500_000, &bytes[1_500_000..]).status, 204);
    assert!(asset_bytes(&server, &path) == bytes);
}

#[test]
fn a_newer_request_takes_over_from_one_that_hangs() {
    let server = Server::start();
    let client = Client(&server);
    let bytes = long_sound(30);
    let path = client.create(bytes.len(), WAV_NAME);
    let mut hanging = client.begin(&path, bytes.len(), &bytes[..400_000]);
    // The first questions may come before the hanging request has begun.
    hanging.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    while hanging.peek(&mut [0]).is_err() {
        client.offset(&path);
    }
    let there = client.offset(&path);
    assert!(there <= 400_000);
    assert_eq!(client.patch(&path, there, &bytes[there..]).status, 204);
    assert!(asset_bytes(&server, &path) == bytes);
    let mut answer = String::new();
    hanging.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 409"), "{answer}");
}

#[test]
fn what_was_received_survives_a_kill() {
    let mut server = Server::start();
    let bytes = long_sound(30);
    let (path, half, hanging) = {
        let client = Client(&server);
        let path = client.create(bytes.len(), WAV_NAME);
        let half = bytes.len() / 2;
        assert_eq!(client.patch(&path, 0, &bytes[..half]).status, 204);
        let other = client.create(bytes.len(), WAV_NAME);
        (path, half, client.begin(&other, bytes.len(), &bytes[..half]))
    };
    server.kill();
    drop(hanging);
    server.restart();
    let client = Client(&server);
    assert_eq!(client.offset(&path), half);
    assert_eq!(client.patch(&path, half, &bytes[half..]).status, 204);
    assert!(asset_bytes(&server, &path) == bytes);
}

#[test]
fn the_client_of_browsers_breaks_off_and_goes_on_from_the_stored_address() {
    let Some(dir) = npm_client("tus") else { return };
    let server = Server::start();
    let bytes = long_sound(60);
    let file = tempfile::Builder::new().suffix(".wav").tempfile().unwrap();
    std::fs::write(file.path(), &bytes).unwrap();
    let run = Command::new("node")
        .arg("upload.mjs")
        .args([&server.url("/v3/assets/tus"), &server.key])
        .arg(file.path())
        .current_dir(&dir)
        .output()
        .expect("node is needed: run ./dev setup");
    assert!(run.status.success(), "{}\n{}", String::from_utf8_lossy(&run.stderr), server.log());
    let told: Value = serde_json::from_slice(&run.stdout).unwrap();
    let path = told["url"].as_str().unwrap();
    assert!(asset_bytes(&server, path) == bytes);

    let requests = told["requests"].as_array().unwrap();
    let asked: Vec<_> = requests.iter().map(|request| request["method"].as_str().unwrap()).collect();
    let mib = 1024 * 1024;
    let steps = bytes.len().div_ceil(mib);
    let expected = [&["POST", "PATCH", "PATCH", "HEAD"][..], &vec!["PATCH"; steps - 2]].concat();
    assert_eq!(asked, expected, "{told}");
    assert_eq!(requests[3]["offset"], json!((2 * mib).to_string()), "{told}");
    assert_eq!(requests[4]["from"], json!((2 * mib).to_string()), "{told}");
}
