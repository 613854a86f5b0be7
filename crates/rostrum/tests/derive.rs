//! What is found in uploaded files and made from them, against a real server and real files.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use serde_json::{Value, json};
use std::fmt::Write as _;
use support::{Server, ffmpeg};

/// Waits until the file was looked into.
#[expect(clippy::disallowed_methods, reason = "another process's progress can only be asked for")]
fn looked_into(server: &Server, id: &str) -> Value {
    let start = std::time::Instant::now();
    loop {
        let detail = server.get(&format!("/v3/assets/{id}")).data();
        if detail["metadata"]["status"] != "pending" {
            return detail["metadata"].clone();
        }
        assert!(start.elapsed().as_secs() < 120, "gave up waiting for {detail}\n{}", server.log());
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

fn upload(server: &Server, name: &str, bytes: &[u8]) -> String {
    server.upload(name, bytes).data()["asset_id"].as_str().unwrap().to_owned()
}

/// Width, height and the colour at a place given in shares, as ffmpeg decodes the picture.
fn colour_at(picture: &[u8], x: f64, y: f64) -> [u8; 3] {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("picture");
    std::fs::write(&file, picture).unwrap();
    let out = std::process::Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-i"])
        .arg(&file)
        .args(["-vf", "scale=100:100,format=rgb24", "-frames:v", "1", "-f", "rawvideo", "pipe:1"])
        .output()
        .unwrap();
    assert_eq!(out.stdout.len(), 30_000, "{}", String::from_utf8_lossy(&out.stderr));
    let at = ((y * 99.0) as usize * 100 + (x * 99.0) as usize) * 3;
    [out.stdout[at], out.stdout[at + 1], out.stdout[at + 2]]
}

fn is_red([r, g, b]: [u8; 3]) -> bool {
    r > 200 && g < 60 && b < 60
}

fn is_blue([r, g, b]: [u8; 3]) -> bool {
    r < 60 && g < 60 && b > 200
}

/// The smallest document with a page, of 200 by 100 points, its left half red.
fn pdf() -> Vec<u8> {
    let drawing = "1 0 0 rg 0 0 100 100 re f 0 0 1 rg 100 0 100 100 re f";
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R>>".to_owned(),
        format!("<</Length {}>>\nstream\n{drawing}\nendstream", drawing.len()),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut table = "0000000000 65535 f \n".to_owned();
    for (number, object) in (1..).zip(&objects) {
        writeln!(table, "{:010} 00000 n ", file.len()).unwrap();
        write!(file, "{number} 0 obj\n{object}\nendobj\n").unwrap();
    }
    let start = file.len();
    write!(file, "xref\n0 5\n{table}trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").unwrap();
    file.into_bytes()
}

#[test]
fn a_video_gets_its_facts_a_frame_that_is_not_black_and_its_waveform() {
    let server = Server::start();
    let bytes = ffmpeg(
        &[
            "-f",
            "lavfi",
            "-i",
            "color=black:size=640x360:rate=30:duration=1[a];color=red:size=640x360:rate=30:duration=3[b];\
             [a][b]concat=n=2",
            "-f",
            "lavfi",
            "-i",
            "aevalsrc=0.5*sin(2*PI*440*t):duration=4:sample_rate=48000",
            "-pix_fmt",
            "yuv420p",
            "-shortest",
            "-b:a",
            "192k",
        ],
        "mp4",
    );
    let id = upload(&server, "film.mp4", &bytes);
    let facts = looked_into(&server, &id);
    assert_eq!(facts["status"], "ready", "{facts}");
    assert_eq!((&facts["width"], &facts["height"]), (&json!(640), &json!(360)));
    assert_eq!((&facts["displayed_width"], &facts["displayed_height"]), (&json!(640), &json!(360)));
    assert_eq!((&facts["video_codec"], &facts["audio_codec"]), (&json!("h264"), &json!("aac")));
    assert_eq!((&facts["fps"], &facts["rotation"]), (&json!(30.0), &json!(0)));
    assert_eq!((&facts["sample_rate"], &facts["channels"]), (&json!(48_000), &json!(1)));
    assert_eq!(facts["has_alpha"], false);
    assert!((facts["duration"].as_f64().unwrap() - 4.0).abs() < 0.1, "{facts}");

    let url = facts["thumbnail_url"].as_str().unwrap();
    assert!(url.ends_with(&format!("/asset/{id}/thumbnail.jpg")), "{url}");
    let thumbnail = server.get(url);
    assert_eq!((thumbnail.status, thumbnail.header("content-type")), (200, "image/jpeg"));
    assert_eq!(thumbnail.header("cache-control"), "public, max-age=31536000, immutable");
    assert!(is_red(colour_at(&thumbnail.bytes, 0.5, 0.5)));
    assert_eq!(server.get_with(url, &[("range", "bytes=0-1")]).bytes, [0xff, 0xd8]);

    let waveform = server.get(facts["waveform_url"].as_str().unwrap()).json();
    assert_eq!(
        (&waveform["version"], &waveform["bits"], &waveform["channels"]),
        (&json!(2), &json!(8), &json!(1))
    );
    let length = waveform["length"].as_u64().unwrap();
    assert!((1000..=2000).contains(&length), "{length}");
    let data: Vec<i64> =
        waveform["data"].as_array().unwrap().iter().map(|value| value.as_i64().unwrap()).collect();
    assert_eq!(data.len() as u64, 2 * length);
    let middle = data[data.len() / 2..].iter().take(400);
    let (low, high) = (middle.clone().min().unwrap(), middle.max().unwrap());
    assert!((-72..=-58).contains(low) && (58..=72).contains(high), "{low} {high}");

    let v1 = server.get("/v1/asset/list").json()["data"]["assets"][0]["meta"].clone();
    assert_eq!((&v1["width"], &v1["height"]), (&json!(640), &json!(360)));
}

#[test]
fn sound_a_turned_picture_and_a_document_get_theirs() {
    let server = Server::start();
    let mp3 = ffmpeg(&["-f", "lavfi", "-i", "sine=frequency=440:duration=2"], "mp3");
    let jpeg = ffmpeg(
        &[
            "-f",
            "lavfi",
            "-i",
            "color=red:size=300x200",
            "-f",
            "lavfi",
            "-i",
            "color=blue:size=300x200",
            "-filter_complex",
            "hstack",
            "-frames:v",
            "1",
            "-q:v",
            "1",
        ],
        "jpg",
    );
    // Upright after a quarter to the right: the red left half comes to the top.
    let exif = b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let turned = [&jpeg[..2], exif, &jpeg[2..]].concat();
    let [mp3, turned, pdf] = [("a.mp3", mp3), ("b.jpg", turned), ("c.pdf", pdf())]
        .map(|(name, bytes)| upload(&server, name, &bytes));

    let facts = looked_into(&server, &mp3);
    assert_eq!((&facts["status"], &facts["audio_codec"]), (&json!("ready"), &json!("mp3")), "{facts}");
    assert!((facts["duration"].as_f64().unwrap() - 2.0).abs() < 0.1, "{facts}");
    assert!(facts["waveform_url"].is_string() && facts["thumbnail_url"].is_null(), "{facts}");

    let facts = looked_into(&server, &turned);
    assert_eq!((&facts["width"], &facts["height"]), (&json!(600), &json!(200)), "{facts}");
    assert_eq!((&facts["displayed_width"], &facts["displayed_height"]), (&json!(200), &json!(600)));
    let thumbnail = server.get(facts["thumbnail_url"].as_str().unwrap()).bytes;
    assert!(is_red(colour_at(&thumbnail, 0.5, 0.1)) && is_blue(colour_at(&thumbnail, 0.5, 0.9)));

    let facts = looked_into(&server, &pdf);
    assert_eq!((&facts["status"], &facts["pages"]), (&json!("ready"), &json!(2)), "{facts}");
    let thumbnail = server.get(facts["thumbnail_url"].as_str().unwrap()).bytes;
    assert!(is_red(colour_at(&thumbnail, 0.2, 0.5)) && is_blue(colour_at(&thumbnail, 0.8, 0.5)));
}

#[test]
fn a_file_that_cannot_be_decoded_says_so_and_can_still_be_downloaded() {
    let server = Server::start();
    let mut png = ffmpeg(&["-f", "lavfi", "-i", "testsrc=size=64x64", "-frames:v", "1"], "png");
    let data = png.windows(4).position(|four| four == b"IDAT").unwrap();
    png[data + 8..data + 40].fill(0xff);
    let created = server.upload("broken.png", &png).data();
    let facts = looked_into(&server, created["asset_id"].as_str().unwrap());
    assert_eq!(
        (&facts["status"], &facts["error"]["code"]),
        (&json!("failed"), &json!("file_unusable")),
        "{facts}"
    );
    assert!(facts["error"]["message"].as_str().unwrap().contains("kept"), "{facts}");
    assert!(server.get(created["url"].as_str().unwrap()).bytes == png);
    let id = created["asset_id"].as_str().unwrap();
    server.get(&format!("/asset/{id}/thumbnail.png")).refused(404, "not_found", None);
}

#[test]
fn the_same_bytes_share_what_was_made_and_the_last_asset_takes_it_along() {
    let mut server = Server::start();
    let png = ffmpeg(&["-f", "lavfi", "-i", "color=red@0.5:size=64x64,format=rgba", "-frames:v", "1"], "png");
    let (one, two) = (upload(&server, "one.png", &png), upload(&server, "two.png", &png));
    for id in [&one, &two] {
        let facts = looked_into(&server, id);
        assert_eq!((&facts["status"], &facts["has_alpha"]), (&json!("ready"), &json!(true)), "{facts}");
        assert!(facts["thumbnail_url"].as_str().unwrap().ends_with("thumbnail.png"), "{facts}");
    }
    let derived = server.files_in("blobs/derived");
    assert_eq!(derived.len(), 2, "{derived:?}");
    server.delete(&format!("/v3/assets/{one}")).data();
    assert_eq!(server.files_in("blobs/derived"), derived);
    server.delete(&format!("/v3/assets/{two}")).data();
    assert_eq!(server.files_in("blobs/derived"), Vec::<String>::new());

    // What a crash between removing the record and removing the files leaves is swept.
    let orphan = server.data_dir().join(&derived[0]);
    std::fs::create_dir_all(orphan.parent().unwrap()).unwrap();
    std::fs::write(&orphan, b"left").unwrap();
    server.kill();
    server.restart();
    assert_eq!(server.files_in("blobs/derived"), Vec::<String>::new());
}
