//! Files that pretend: names that lead elsewhere or deceive, and bytes that are two things at once.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use support::{MULTIPART, PDF, Server, ffmpeg, multipart};

/// Names, and what is kept of them.
fn names() -> Vec<(String, String)> {
    let table = [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\me.pdf", "me.pdf"),
        ("/", "file"),
        ("..", "file"),
        ("\u{202e}fdp.exe", "fdp.exe"),
        ("a\u{200f}\u{2067}b.pdf", "ab.pdf"),
        ("مستند.pdf", "مستند.pdf"),
        ("文件 1.pdf", "文件 1.pdf"),
        ("-rf.pdf", "-rf.pdf"),
        ("con", "con"),
        ("a'; DROP TABLE assets;--.pdf", "a'; DROP TABLE assets;--.pdf"),
        ("<script>alert(1)<\u{2215}script>.pdf", "<script>alert(1)<\u{2215}script>.pdf"),
    ];
    let long = |letter: &str| (letter.repeat(300), letter.repeat(255));
    let table = table.map(|(given, kept)| (given.to_owned(), kept.to_owned()));
    table.into_iter().chain([long("x"), long("字")]).collect()
}

/// Asserts the name that an asset has and is offered for saving under.
#[track_caller]
fn is_called(server: &Server, id: &str, name: &str) {
    let asset = server.get(&format!("/v3/assets/{id}")).data();
    assert_eq!(asset["name"], name);
    let served = server.head(asset["url"].as_str().unwrap());
    let disposition = served.header("content-disposition");
    let encoded =
        disposition.strip_prefix("attachment; filename*=UTF-8''").unwrap_or_else(|| panic!("{disposition}"));
    let is_harmless = |byte: u8| byte.is_ascii_alphanumeric() || b".-_%".contains(&byte);
    assert!(encoded.bytes().all(is_harmless), "{disposition}");
}

#[test]
fn a_name_keeps_its_letters_and_nothing_that_leads_elsewhere_in_whatever_way_it_comes() {
    let server = Server::start();
    let direct = |name: &str| {
        let file = server.announce(name, "application/pdf", PDF.len());
        let (id, url) = (file["asset_id"].as_str().unwrap(), file["upload_url"].as_str().unwrap());
        assert_eq!(server.put(url, &[], PDF).status, 200);
        server.post(&format!("/v3/assets/{id}/complete"), &json!({})).data();
        id.to_owned()
    };
    let batch = |name: &str| {
        let file = json!({"filename": name, "content_type": "application/pdf", "size_bytes": PDF.len()});
        let made = server.post("/v3/assets/direct-uploads/batches", &json!({"files": [file]})).json();
        let file = made["data"]["items"][0].clone();
        let url = file["upload_url"].as_str().unwrap_or_else(|| panic!("{made}"));
        assert_eq!(server.put(url, &[], PDF).status, 200);
        let id = file["asset_id"].as_str().unwrap();
        server.post(&format!("/v3/assets/{id}/complete"), &json!({})).data();
        id.to_owned()
    };
    let tus = |name: &str| {
        let facts = [name, "application/pdf"].map(|text| STANDARD.encode(text));
        let metadata = format!("filename {},filetype {}", facts[0], facts[1]);
        let (version, length) = (("tus-resumable", "1.0.0"), PDF.len().to_string());
        let key = ("x-api-key", server.key.as_str());
        let headers = [
            version,
            key,
            ("upload-length", &length),
            ("upload-metadata", &metadata),
            ("content-type", "application/offset+octet-stream"),
        ];
        let made = server.send("POST", "/v3/assets/tus", &headers, Some(PDF));
        assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.bytes));
        made.header("location").rsplit('/').next().unwrap().to_owned()
    };
    let form = |path: &str, name: &str| {
        let answer =
            server.post_raw(path, &[("content-type", MULTIPART)], &multipart("file", name, PDF)).data();
        answer["asset_id"].as_str().or(answer["id"].as_str()).unwrap().to_owned()
    };
    for (given, kept) in names() {
        for id in [
            direct(&given),
            batch(&given),
            tus(&given),
            form("/v3/assets", &given),
            form("/v1/asset", &given),
        ] {
            is_called(&server, &id, &kept);
        }
    }
    // What a multipart header cannot hold.
    for given in ["a\u{0}b.pdf", "a\r\nSet-Cookie: x=1;b.pdf"] {
        let kept = given.replace(['\u{0}', '\r', '\n'], "");
        for id in [direct(given), batch(given), tus(given)] {
            is_called(&server, &id, &kept);
        }
    }
    assert!(server.files_in("").iter().all(|path| !path.contains("passwd") && !path.contains("con")));
}

#[test]
fn a_file_that_is_two_things_is_what_it_begins_as_and_served_as_nothing_else() {
    let server = Server::start();
    let picture =
        |extension| ffmpeg(&["-f", "lavfi", "-i", "testsrc=s=64x64:d=0.1", "-frames:v", "1"], extension);
    let page = b"<html><script>alert(document.domain)</script></html>";
    // Readers of documents look for their end, those of pictures for the first marker.
    let pdf_and_jpeg = [&PDF[..15], &picture("jpg"), &PDF[15..]].concat();
    let mut gif_and_script = picture("gif");
    // A program in JavaScript: `GIF89a/*...*/=1;alert(1)`.
    gif_and_script.extend(b"*/=1;alert(1)//");
    let movie = ffmpeg(&["-f", "lavfi", "-i", "testsrc=s=64x64:d=0.2"], "mp4");
    let length = u32::try_from(page.len() + 8).unwrap().to_be_bytes();
    let movie_and_page = [&movie[..], &length, b"free", page].concat();
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("a.txt", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(b"text").unwrap();
    let archive = archive.finish().unwrap().into_inner();
    let picture_and_archive = [&picture("png")[..], &archive].concat();

    for (bytes, name, mime) in [
        (pdf_and_jpeg, "a.jpg", "application/pdf"),
        (gif_and_script, "a.js", "image/gif"),
        (movie_and_page, "a.html", "video/mp4"),
        (picture_and_archive, "a.zip", "image/png"),
    ] {
        let created = server.upload(name, &bytes).data();
        assert_eq!(created["mime_type"], mime, "{name}");
        let url = created["url"].as_str().unwrap();
        let served = server.get(url);
        assert!(served.bytes == bytes);
        assert_eq!(served.header("content-type"), mime);
        assert_eq!(served.header("x-content-type-options"), "nosniff");
        assert!(served.header("content-security-policy").contains("sandbox"));
        assert_eq!(served.header("content-disposition").starts_with("attachment"), mime == "application/pdf");
        let renamed = server.get(&url.replace(url.rsplit('.').next().unwrap(), "html"));
        assert!(renamed.status == 404 || renamed.header("content-type") == mime, "{name}");
        // Announced as what it is not, it does not come in.
        let announced = server.announce(name, "image/jpeg", bytes.len());
        let id = announced["asset_id"].as_str().unwrap();
        assert_eq!(server.put(announced["upload_url"].as_str().unwrap(), &[], &bytes).status, 200);
        let refused = server.post(&format!("/v3/assets/{id}/complete"), &json!({}));
        assert_eq!(refused.status, 400, "{name}");
    }
}
