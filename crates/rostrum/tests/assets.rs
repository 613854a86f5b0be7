//! Uploads and file URLs, against a real server.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

use serde_json::json;
use support::{MULTIPART, PDF, Server, ffmpeg, fixture, multipart};

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
    assert_eq!(served.header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(served.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(served.header("content-disposition"), "inline");
    assert!(served.bytes == portrait());

    let detail = server.get(&format!("/v3/assets/{}", created["asset_id"].as_str().unwrap())).data();
    assert_eq!((detail["type"].as_str(), detail["name"].as_str()), (Some("image"), Some("me.png")));
    assert_eq!(detail["url"], created["url"]);
    let file = &detail["metadata"];
    assert_eq!((&file["mime_type"], &file["size_bytes"]), (&created["mime_type"], &created["size_bytes"]));
    assert_eq!((&file["width"], &file["height"], &file["frames"]), (&json!(512), &json!(512), &json!(1)));
    assert_eq!(served.header("etag"), format!("\"{}\"", file["sha256"].as_str().unwrap()));
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
        (PDF.to_vec(), "application/pdf"),
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
    let suffix = server.get_with(&url, &[("range", "bytes=-10")]);
    assert_eq!((suffix.status, suffix.bytes.as_slice()), (206, &portrait()[portrait().len() - 10..]));
    let past = server.get_with(&url, &[("range", "bytes=99999999-")]);
    assert_eq!((past.status, past.header("content-range")), (416, &*format!("bytes */{}", portrait().len())));
    let head = server.head(&url);
    assert_eq!((head.status, head.bytes.len()), (200, 0));
    assert_eq!(head.header("content-length"), portrait().len().to_string());
    let unchanged = server.get_with(&url, &[("if-none-match", head.header("etag"))]);
    assert_eq!((unchanged.status, unchanged.bytes.len()), (304, 0));
    let etag = head.header("etag");
    assert!(
        etag.len() == 66 && etag.trim_matches('"').bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{etag}"
    );
    let if_range = |version: &str| server.get_with(&url, &[("range", "bytes=0-0"), ("if-range", version)]);
    assert_eq!(if_range(etag).status, 206);
    for other in ["\"other\"", &format!("W/{etag}"), "Sat, 29 Oct 1994 19:43:31 GMT"] {
        assert_eq!(if_range(other).status, 200, "{other}");
    }
    let copy = server.upload("copy.png", &portrait()).data();
    assert_eq!(
        server.head(copy["url"].as_str().unwrap()).header("etag"),
        etag,
        "the same bytes, the same tag"
    );
}

#[test]
fn head_answers_with_the_headers_of_get() {
    let server = Server::start();
    let url = server.upload("me.png", &portrait()).data()["url"].as_str().unwrap().to_owned();
    let etag = server.head(&url).header("etag").to_owned();
    for asked in [
        &[][..],
        &[("range", "bytes=10-19")],
        &[("range", "bytes=10-19,-5")],
        &[("range", "bytes=99999999-")],
        &[("if-none-match", &*etag)],
    ] {
        let (get, head) = (server.get_with(&url, asked), server.send("HEAD", &url, asked, None));
        let facts = |answer: &support::Answer| {
            let mut headers = answer.headers.clone();
            headers.remove("x-request-id");
            headers.remove("date");
            if answer.status == 304 {
                // The answer to HEAD has that of the file, the one to GET none; the specification allows both.
                headers.remove("content-length");
            }
            (answer.status, headers)
        };
        assert_eq!(facts(&get), facts(&head), "{asked:?}");
        assert!(head.bytes.is_empty());
    }
}

#[test]
fn curl_gets_several_ranges_in_one_answer() {
    let server = Server::start();
    let bytes = portrait();
    let url = server.upload("me.png", &bytes).data()["url"].as_str().unwrap().to_owned();
    let curl = |ranges: &str| {
        let out = Command::new("curl")
            .args(["--silent", "--show-error", "--include", "--range", ranges, &url])
            .output()
            .expect("curl is needed: run ./dev setup");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let end = out.stdout.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        (String::from_utf8(out.stdout[..end].to_vec()).unwrap(), out.stdout[end + 4..].to_vec())
    };
    let (head, body) = curl("100000-100099,0-9,-5");
    assert!(head.starts_with("HTTP/1.1 206"), "{head}");
    let boundary = head.split("multipart/byteranges; boundary=").nth(1).unwrap().lines().next().unwrap();
    let length = bytes.len();
    let mut expected = Vec::new();
    for part in [100_000..100_100, 0..10, length - 5..length] {
        let (first, last) = (part.start, part.end - 1);
        expected.extend_from_slice(
            format!(
                "\r\n--{boundary}\r\nContent-Type: image/png\r\nContent-Range: bytes {first}-{last}/{length}\r\n\r\n"
            )
            .as_bytes(),
        );
        expected.extend_from_slice(&bytes[part]);
    }
    expected.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    assert!(body == expected, "{}", String::from_utf8_lossy(&body[..200]));

    for abused in [
        ["0-"; 16].join(","),
        "0-10,5-20".to_owned(),
        (0..17).map(|i| format!("{i}-{i}")).collect::<Vec<_>>().join(","),
    ] {
        let (head, body) = curl(&abused);
        assert!(head.starts_with("HTTP/1.1 200") && body == bytes, "{abused}: {head}");
    }
}

#[test]
fn a_document_is_offered_for_saving_under_its_name() {
    let server = Server::start();
    let url = server.upload("Bericht \u{fc}.pdf", PDF).data()["url"].as_str().unwrap().to_owned();
    let saved = server.get(&url);
    assert_eq!(saved.header("content-disposition"), "attachment; filename*=UTF-8''Bericht%20%C3%BC.pdf");
    assert_eq!(saved.header("x-content-type-options"), "nosniff");
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
    server.post_raw("/v3/assets", &[], &portrait()[..1000]).refused(400, "invalid_parameter", Some("file"));
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
fn a_form_is_not_gathered_in_memory_while_its_parts_are_looked_for() {
    let server = Server::start();
    let noise = vec![b'x'; 4 * MIB];
    // A long part that nobody asked for is read and left alone.
    let mut form = multipart("notes", "notes.txt", &noise);
    form.truncate(form.len() - "------rostrum-test--\r\n".len());
    form.extend(multipart("file", "me.png", &portrait()));
    assert_eq!(server.post_raw("/v3/assets", &[("content-type", MULTIPART)], &form).status, 200);
    // Neither a boundary nor the end of a part's head ever comes.
    for start in ["", "------rostrum-test\r\nContent-Disposition: form-data; name=\""] {
        let body = [start.as_bytes(), &noise].concat();
        let message = server.post_raw("/v3/assets", &[("content-type", MULTIPART)], &body).refused(
            400,
            "invalid_parameter",
            Some("file"),
        );
        assert!(message.contains("no part begins within 256 KiB"), "{message}");
    }
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
    let kept = server.files_in("blobs/assets").len();
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
    assert_eq!(server.files_in("blobs/assets").len(), kept);
}

#[test]
fn unknown_and_malformed_asset_ids_are_not_found() {
    let server = Server::start();
    for id in ["asset_00000000000070008000000000000000", "nonsense", "%00", "asset_"] {
        server.get(&format!("/v3/assets/{id}")).refused(404, "asset_not_found", Some("asset_id"));
        server.get(&format!("/files/assets/{id}.png")).refused(404, "not_found", None);
    }
}
