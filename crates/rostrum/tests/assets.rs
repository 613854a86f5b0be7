//! Uploads and file URLs, against a real server.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;

use support::{MULTIPART, Server, ffmpeg, fixture, multipart};

const MIB: usize = 1024 * 1024;

fn portrait() -> Vec<u8> {
    std::fs::read(fixture("portraits/astronaut.png")).unwrap()
}

#[test]
fn an_upload_is_served_back_byte_by_byte_with_its_type() {
    let server = Server::start();
    let created = server.upload("me.png", &portrait()).data();
    assert_eq!(created["mime_type"], "image/png");
    assert_eq!(created["size_bytes"], portrait().len());
    let served = server.get(created["url"].as_str().unwrap());
    assert_eq!((served.status, served.header("content-type")), (200, "image/png"));
    assert_eq!(served.header("x-content-type-options"), "nosniff");
    assert!(served.header("content-security-policy").contains("sandbox"));
    assert!(served.bytes == portrait());

    let detail = server.get(&format!("/v3/assets/{}", created["asset_id"].as_str().unwrap())).data();
    assert_eq!((detail["type"].as_str(), detail["name"].as_str()), (Some("image"), Some("me.png")));
    assert_eq!(detail["url"], created["url"]);
}

#[test]
fn every_type_of_the_contract_is_told_from_its_bytes_whatever_the_name_says() {
    let server = Server::start();
    let sound = ["-f", "lavfi", "-i", "sine=duration=0.2"];
    let picture = ["-f", "lavfi", "-i", "testsrc=size=64x64:duration=0.2"];
    for (bytes, mime) in [
        (ffmpeg(&[&picture[..], &["-frames:v", "1"]].concat(), "png"), "image/png"),
        (ffmpeg(&[&picture[..], &["-frames:v", "1"]].concat(), "jpg"), "image/jpeg"),
        (ffmpeg(&picture, "mp4"), "video/mp4"),
        (ffmpeg(&picture, "webm"), "video/webm"),
        (ffmpeg(&sound, "mp3"), "audio/mpeg"),
        (ffmpeg(&sound, "wav"), "audio/wav"),
        (
            b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"
                .to_vec(),
            "application/pdf",
        ),
    ] {
        assert_eq!(server.upload("misleading.txt", &bytes).data()["mime_type"], mime);
    }
}

#[test]
fn ranges_validators_and_head_work_as_players_expect() {
    let server = Server::start();
    let url = server.upload("me.png", &portrait()).data()["url"].as_str().unwrap().to_owned();
    let part = server.get_with(&url, &[("range", "bytes=10-19")]);
    assert_eq!((part.status, part.bytes.as_slice()), (206, &portrait()[10..20]));
    assert_eq!(part.header("content-range"), format!("bytes 10-19/{}", portrait().len()));
    let past = server.get_with(&url, &[("range", "bytes=99999999-")]);
    assert_eq!(past.status, 416);
    let head = server.head(&url);
    assert_eq!((head.status, head.bytes.len()), (200, 0));
    assert_eq!(head.header("content-length"), portrait().len().to_string());
    let unchanged = server.get_with(&url, &[("if-none-match", head.header("etag"))]);
    assert_eq!((unchanged.status, unchanged.bytes.len()), (304, 0));
    let stale = server.get_with(&url, &[("range", "bytes=0-0"), ("if-range", "\"other\"")]);
    assert_eq!(stale.status, 200);
}

#[test]
fn uploads_that_cannot_be_taken_are_refused_with_the_reason_and_leave_nothing() {
    let server = Server::start();
    assert!(
        server.upload("empty.png", b"").refused(400, "invalid_parameter", Some("file")).contains("empty")
    );
    let bmp = ffmpeg(&["-f", "lavfi", "-i", "testsrc=size=16x16:duration=0.1", "-frames:v", "1"], "bmp");
    assert!(server.upload("a.png", &bmp).refused(400, "invalid_parameter", Some("file")).contains("BMP"));
    for (name, bytes) in [
        ("page.png", &b"<!DOCTYPE html><script>alert(1)</script>"[..]),
        ("list.mp4", &b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/x\n"[..]),
        ("noise.jpg", &[7u8; 500][..]),
    ] {
        server.upload(name, bytes).refused(400, "invalid_parameter", Some("file"));
    }
    let json = [("content-type", "application/json")];
    server.post_raw("/v3/assets", &json, b"{}").refused(400, "invalid_parameter", Some("file"));
    server.post_raw("/v3/assets", &[], &portrait()).refused(400, "invalid_parameter", Some("file"));
    let other_field = multipart("image", "me.png", &portrait());
    server.post_raw("/v3/assets", &[("content-type", MULTIPART)], &other_field).refused(
        400,
        "invalid_parameter",
        Some("file"),
    );
    assert_eq!(server.files_in("blobs"), Vec::<String>::new());
}

#[test]
fn the_limit_is_32_mb_to_the_byte() {
    let server = Server::start();
    let mut file = portrait();
    file.resize(32 * MIB, 0);
    assert_eq!(server.upload("fits.png", &file).data()["size_bytes"], 32 * MIB);
    file.push(0);
    let message = server.upload("over.png", &file).refused(413, "payload_too_large", Some("file"));
    assert!(message.contains("32 MB"), "{message}");
}

#[test]
fn a_body_that_ends_early_makes_no_asset() {
    let server = Server::start();
    let whole = multipart("file", "me.png", &portrait());
    // Its Content-Length is honest, but the closing boundary is missing.
    let cut = &whole[..whole.len() / 2];
    server.post_raw("/v3/assets", &[("content-type", MULTIPART)], cut).refused(
        400,
        "invalid_parameter",
        Some("file"),
    );
    // The connection is closed in the middle.
    let mut connection = TcpStream::connect(server.address()).unwrap();
    let head = format!(
        "POST /v3/assets HTTP/1.1\r\nHost: x\r\nX-Api-Key: {}\r\nContent-Type: {MULTIPART}\r\nContent-Length: {}\r\n\r\n",
        server.key,
        whole.len()
    );
    connection.write_all(head.as_bytes()).unwrap();
    connection.write_all(cut).unwrap();
    connection.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    // Either an error or a closed connection is right; only an asset would be wrong.
    let _ = connection.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
    assert_eq!(server.files_in("blobs"), Vec::<String>::new());
}

#[test]
fn an_acknowledged_upload_survives_a_kill_and_an_unfinished_one_leaves_nothing() {
    let mut server = Server::start();
    let url = server.upload("me.png", &portrait()).data()["url"].as_str().unwrap().to_owned();
    let path = url.split_once("/files").unwrap().1;
    let kept = server.files_in("blobs").len();
    let mut connection = TcpStream::connect(server.address()).unwrap();
    let head = format!(
        "POST /v3/assets HTTP/1.1\r\nHost: x\r\nX-Api-Key: {}\r\nContent-Type: {MULTIPART}\r\nContent-Length: 9000000\r\n\r\n",
        server.key
    );
    connection.write_all(head.as_bytes()).unwrap();
    connection.write_all(&multipart("file", "b.png", &portrait())[..200_000]).unwrap();
    server.kill();
    server.restart();
    assert!(server.get(&format!("/files{path}")).bytes == portrait());
    assert_eq!(server.files_in("blobs").len(), kept);
}

#[test]
fn unknown_and_malformed_asset_ids_are_not_found() {
    let server = Server::start();
    for id in ["asset_00000000000070008000000000000000", "nonsense", "%00", "asset_"] {
        server.get(&format!("/v3/assets/{id}")).refused(404, "asset_not_found", Some("asset_id"));
        server.get(&format!("/files/assets/{id}.png")).refused(404, "not_found", None);
    }
}
