//! Assets that a request names by URL or brings along.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use serde_json::{Value, json};
use support::{Server, ffmpeg, fixture, script_video};

fn portrait() -> Vec<u8> {
    std::fs::read(fixture("portraits/astronaut.png")).unwrap()
}

/// Serves the same answer to every request; gives its port.
fn stranger(head: &'static str, body: Vec<u8>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut lines = BufReader::new(connection.try_clone().unwrap()).lines().map_while(Result::ok);
            if lines.any(|line| line.is_empty()) {
                // The server may have heard enough.
                let _ = connection.write_all(&[head.as_bytes(), b"\r\n\r\n", &body].concat());
            }
        }
    });
    port
}

/// A server that may fetch from these ports of this machine.
fn server_for(ports: &[u16]) -> Server {
    Server::start_with(&[
        ("ROSTRUM_FETCH_HTTP", "true".to_owned()),
        ("ROSTRUM_FETCH_NETWORKS", r#"["127.0.0.1/32"]"#.to_owned()),
        ("ROSTRUM_FETCH_PORTS", format!("{ports:?}")),
    ])
}

fn video_of(image: &Value) -> Value {
    let mut body = script_video("asset_00000000000070008000000000000000", "Hello.");
    body["image"] = image.clone();
    body
}

fn asset_count(server: &Server) -> usize {
    let all = server.get("/v1/asset/list").json();
    all["data"]["assets"].as_array().unwrap().len()
}

#[test]
fn a_portrait_and_a_sound_can_be_given_by_url() {
    let image = stranger("HTTP/1.1 200 OK\r\nContent-Type: text/plain", portrait());
    let sound = ffmpeg(&["-f", "lavfi", "-i", "anoisesrc=d=1:c=pink", "-ac", "1"], "wav");
    let sound = stranger("HTTP/1.1 200 OK", sound);
    let server = server_for(&[image, sound]);
    let mut body =
        video_of(&json!({"type": "url", "url": format!("http://127.0.0.1:{image}/photos/me.png?x=1")}));
    body.as_object_mut().unwrap().remove("script");
    body["audio_url"] = json!(format!("http://127.0.0.1:{sound}/voice.wav"));
    let id = server.create_video(&body);
    server.wait_until_completed(&id);
    let names: Vec<Value> = server.get("/v1/asset/list").json()["data"]["assets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|asset| asset["name"].clone())
        .collect();
    assert_eq!(names, [json!("voice.wav"), json!("me.png")]);
}

#[test]
fn a_portrait_can_be_in_the_request() {
    let server = Server::start();
    let base64 = base64_of(&portrait());
    let image = json!({"type": "base64", "media_type": "image/png", "data": base64});
    let id = server.create_video(&video_of(&image));
    server.delete(&format!("/v3/videos/{id}")).data();
    assert_eq!(asset_count(&server), 1);
    let nonsense = json!({"type": "base64", "media_type": "image/png", "data": "*"});
    server.post("/v3/videos", &video_of(&nonsense)).refused(400, "invalid_parameter", Some("image.data"));
    let text = json!({"type": "base64", "media_type": "image/png", "data": "aGVsbG8gd29ybGQ="});
    let message =
        server.post("/v3/videos", &video_of(&text)).refused(400, "invalid_parameter", Some("image.data"));
    assert!(message.contains("plain text"), "{message}");
}

#[test]
fn nothing_is_kept_of_an_input_whose_request_is_refused() {
    let wall = ffmpeg(&["-f", "lavfi", "-i", "color=gray:s=512x512", "-frames:v", "1"], "png");
    let wall = stranger("HTTP/1.1 200 OK", wall);
    let missing = stranger("HTTP/1.1 404 Not Found", Vec::new());
    let page = stranger("HTTP/1.1 200 OK\r\nContent-Type: image/png", b"<!doctype html><p>Sign in".to_vec());
    let large = stranger("HTTP/1.1 200 OK\r\nContent-Type: video/mp4", vec![0; 33 * 1024 * 1024]);
    let short = stranger("HTTP/1.1 200 OK\r\nContent-Length: 9999999", portrait());
    let server = server_for(&[wall, missing, page, large, short]);
    let post = |port: u16| {
        let url = format!("http://127.0.0.1:{port}/me.png");
        server.post("/v3/videos", &video_of(&json!({"type": "url", "url": url})))
    };
    assert!(post(wall).refused(400, "invalid_parameter", Some("image.url")).contains("face"));
    assert!(post(missing).refused(400, "download_failed", Some("image.url")).contains("404"));
    assert!(post(page).refused(400, "invalid_parameter", Some("image.url")).contains("HTML"));
    let message = post(large).refused(413, "payload_too_large", Some("image.url"));
    assert_eq!(message, "Maximum size for URL inputs of type 'video/mp4' is 32 MB");
    post(short).refused(400, "download_failed", Some("image.url"));
    assert_eq!(asset_count(&server), 0);
    assert_eq!(server.files_in("blobs").iter().filter(|file| file.contains("assets")).count(), 0);
}

#[test]
fn a_url_that_leads_inside_is_refused() {
    let server = Server::start();
    for url in [
        "http://example.com/me.png",
        "https://127.0.0.1/me.png",
        "https://[::ffff:7f00:1]/me.png",
        "https://2130706433/me.png",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/me.png",
        "https://user@example.com/me.png",
        "file:///etc/passwd",
        "nonsense",
    ] {
        let image = json!({"type": "url", "url": url});
        server.post("/v3/videos", &video_of(&image)).refused(400, "invalid_parameter", Some("image.url"));
    }
}

fn base64_of(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for triple in bytes.chunks(3) {
        let bits =
            triple.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - triple.len()));
        for place in 0..=triple.len() {
            text.push(char::from(DIGITS[(bits >> (18 - 6 * place) & 63) as usize]));
        }
    }
    text
}

#[test]
fn the_url_of_an_upload_stands_for_it_without_being_fetched() {
    let server = Server::start();
    let uploaded = server.upload("me.png", &portrait()).data();
    let (id, url) = (uploaded["asset_id"].as_str().unwrap(), uploaded["url"].as_str().unwrap());
    for url in [url.to_owned(), format!("https://files.heygen.ai/asset/{id}")] {
        let body = video_of(&json!({"type": "url", "url": url}));
        let told = server.post("/v3/videos?dry_run=true", &body).data();
        assert_eq!(told["dry_run"], true, "{url}");
    }
    assert_eq!(asset_count(&server), 1);
    // That of somebody else's, or of none, is fetched, which this server may not do from itself.
    let unknown = url.replace(id, "asset_00000000000070008000000000000000");
    let body = video_of(&json!({"type": "url", "url": unknown}));
    server.post("/v3/videos", &body).refused(400, "invalid_parameter", Some("image.url"));
    let wrong = server.upload("words.pdf", support::PDF).data();
    let body = video_of(&json!({"type": "url", "url": wrong["url"]}));
    server.post("/v3/videos", &body).refused(400, "invalid_parameter", Some("image.url"));
    assert_eq!(asset_count(&server), 2, "what is there already is not removed with a refused request");
}
