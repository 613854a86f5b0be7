//! Files announced first and sent to signed URLs.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};
use support::{Server, ffmpeg, fixture, multipart, script_video};

fn portrait() -> Vec<u8> {
    std::fs::read(fixture("portraits/astronaut.png")).unwrap()
}

/// A WAV of some megabytes, no part of which looks like another.
fn long_sound() -> Vec<u8> {
    ffmpeg(&["-f", "lavfi", "-i", "anoisesrc=d=30:r=48000:seed=7", "-c:a", "pcm_s16le"], "wav")
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

/// Completes an upload with an empty body, as most clients do.
fn complete(server: &Server, id: &str) -> support::Answer {
    server.post(&format!("/v3/assets/{id}/complete"), &json!({}))
}

/// Sends a request whose body breaks off, and waits for the server to let the connection go.
fn send_and_break_off(server: &Server, url: &str, headers: &str, length: usize, sent: &[u8]) {
    let path = &url[url.find("/uploads/").unwrap()..];
    let mut connection = TcpStream::connect(server.address()).unwrap();
    let head = format!("PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n{headers}\r\n");
    connection.write_all(head.as_bytes()).unwrap();
    connection.write_all(sent).unwrap();
    connection.shutdown(Shutdown::Write).unwrap();
    // Whether an answer still comes does not matter.
    let _ = connection.read_to_end(&mut Vec::new());
}

#[test]
fn an_announced_file_becomes_an_asset_that_can_be_used() {
    let server = Server::start();
    let bytes = portrait();
    let announced = server.announce("me.png", "image/png", bytes.len());
    let (id, url) = (text(&announced, "asset_id"), text(&announced, "upload_url"));
    assert_eq!(announced["status"], "pending_upload");
    assert_eq!(announced["max_bytes"], bytes.len());
    assert_eq!(announced["upload_headers"], json!({"Content-Type": "image/png"}));
    assert!((3500..=3600).contains(&announced["expires_in_seconds"].as_i64().unwrap()));

    let early = complete(&server, id).refused(409, "conflict", None);
    assert!(early.starts_with("Uploaded object not found yet"), "{early}");
    server.get(&format!("/v3/assets/{id}")).refused(404, "asset_not_found", Some("asset_id"));

    let sent = server.put(url, &[("content-type", "image/png")], &bytes);
    assert_eq!((sent.status, sent.bytes.len()), (200, 0));
    let done = complete(&server, id).data();
    assert_eq!(done, complete(&server, id).data(), "completing again answers the same");
    assert_eq!(
        (done["mime_type"].as_str(), done["size_bytes"].as_u64()),
        (Some("image/png"), Some(bytes.len() as u64))
    );
    assert_eq!(server.get(text(&done, "url")).bytes, bytes);
    assert_eq!(server.get(&format!("/v3/assets/{id}")).data()["name"], "me.png");
    server.create_video(&script_video(id, "Hello."));
}

#[test]
fn a_url_takes_one_file_only_but_the_same_one_again() {
    let server = Server::start();
    let bytes = portrait();
    let announced = server.announce("me.png", "image/png", bytes.len());
    let url = text(&announced, "upload_url");
    assert_eq!(server.put(url, &[], &bytes).status, 200);
    assert_eq!(server.put(url, &[], &bytes).status, 200, "an answer may have been lost");
    let mut other = bytes.clone();
    other[1000] ^= 1;
    server.put(url, &[], &other).refused(409, "conflict", None);
    complete(&server, text(&announced, "asset_id")).data();
    server.put(url, &[], &other).refused(409, "conflict", None);
    assert_eq!(server.put(url, &[], &bytes).status, 200);
}

#[test]
fn a_changed_url_is_refused() {
    let server = Server::start();
    let announced = server.announce("me.png", "image/png", 1000);
    let url = text(&announced, "upload_url");
    let other = server.announce("me.png", "image/png", 1001);
    let other = text(&other, "asset_id");
    let id = text(&announced, "asset_id");
    let (path, permission) = url.rsplit_once('/').unwrap();
    let parts: Vec<&str> = permission.split('.').collect();
    let [expires, key, signature] = parts[..] else { panic!("{url}") };
    let later = (expires.parse::<u64>().unwrap() + 1).to_string();
    for changed in [
        url.replace(id, other),
        format!("{path}/{later}.{key}.{signature}"),
        format!("{path}/{expires}.sig_{}.{signature}", "0".repeat(32)),
        format!("{path}/{expires}.{key}.{}", &signature[1..]),
        format!("{path}/{expires}.{key}.{signature}00"),
        format!("{path}/{expires}.{key}.é{signature}"),
        format!("{path}/{expires}.{key}."),
        format!("{path}/{expires}.{key}"),
        format!("{path}/x"),
        url.replace(id, "nonsense"),
    ] {
        server.put(&changed, &[], &[0; 1000]).refused(403, "forbidden", None);
    }
}

#[test]
fn bytes_that_are_not_the_announced_ones_are_refused_and_can_be_sent_right() {
    let server = Server::start();
    let bytes = portrait();
    let hash = "00".repeat(32);
    let file = json!({
        "filename": "me.png", "content_type": "image/png", "size_bytes": bytes.len(), "checksum_sha256": hash,
    });
    let announced = server.post("/v3/assets/direct-uploads", &file).data();
    let url = text(&announced, "upload_url");
    let shorter = server.put(url, &[], &bytes[..1000]).refused(400, "invalid_parameter", None);
    assert!(shorter.contains("1000") && shorter.contains(&bytes.len().to_string()), "{shorter}");
    let longer = [&bytes[..], b"x"].concat();
    server.put(url, &[], &longer).refused(400, "invalid_parameter", None);
    let wrong = server.put(url, &[], &bytes).refused(400, "invalid_parameter", Some("checksum_sha256"));
    let measured = wrong.split_whitespace().find(|word| word.len() == 65).unwrap().trim_end_matches(',');
    assert_eq!(server.files_in("unfinished"), Vec::<String>::new());
    complete(&server, text(&announced, "asset_id")).refused(409, "conflict", None);

    let file = json!({
        "filename": "me.png", "content_type": "image/png", "size_bytes": bytes.len(),
        "checksum_sha256": measured.to_uppercase(),
    });
    let announced = server.post("/v3/assets/direct-uploads", &file).data();
    assert_eq!(server.put(text(&announced, "upload_url"), &[], &bytes).status, 200);
    let path = format!("/v3/assets/{}/complete", text(&announced, "asset_id"));
    server.post(&path, &json!({"checksum_sha256": hash})).refused(
        400,
        "invalid_parameter",
        Some("checksum_sha256"),
    );
    server.post(&path, &json!({"checksum_sha256": measured})).data();
}

#[test]
fn a_file_of_another_type_than_announced_fails_for_good() {
    let server = Server::start();
    let bytes = portrait();
    let announced = server.announce("me.mp4", "video/mp4", bytes.len());
    let id = text(&announced, "asset_id");
    assert_eq!(server.put(text(&announced, "upload_url"), &[], &bytes).status, 200);
    let message = complete(&server, id).refused(400, "invalid_parameter", Some("content_type"));
    assert!(message.contains("a PNG image") && message.contains("video/mp4"), "{message}");
    complete(&server, id).refused(400, "invalid_parameter", Some("asset_id"));
    let row = server.get(&format!("/v3/assets/statuses?asset_ids={id}")).data()[0].clone();
    assert_eq!((row["status"].as_str(), row["video_id"].as_str()), (Some("failed"), Some(id)));
    assert_eq!(row["error"]["code"], "invalid_parameter");
    assert_eq!(server.files_in("unfinished"), Vec::<String>::new());
}

#[test]
fn a_broken_upload_goes_on_where_it_was_left() {
    let server = Server::start();
    let bytes = long_sound();
    let announced = server.announce("long.wav", "audio/wav", bytes.len());
    let (id, url) = (text(&announced, "asset_id"), text(&announced, "upload_url"));
    let total = bytes.len();
    let question = format!("bytes */{total}");
    let ask = || server.put(url, &[("content-range", &question)], b"");
    let nothing = ask();
    assert_eq!((nothing.status, nothing.header("range")), (308, ""));

    send_and_break_off(&server, url, "", total, &bytes[..total / 2]);
    let half = ask();
    assert_eq!(half.status, 308);
    let received: usize =
        half.header("range").strip_prefix("bytes=0-").unwrap().parse::<usize>().unwrap() + 1;
    assert_eq!(received, total / 2);

    let gap = format!("bytes {}-{}/{total}", received + 10, total - 1);
    server.put(url, &[("content-range", &gap)], &bytes[received + 10..]).refused(409, "conflict", None);
    let other = format!("bytes {received}-{}/{}", total - 1, total + 1);
    server.put(url, &[("content-range", &other)], &bytes[received..]).refused(400, "invalid_parameter", None);

    let middle = received + 300_000;
    let part = format!("bytes {received}-{}/{total}", middle - 1);
    let more = server.put(url, &[("content-range", &part)], &bytes[received..middle]);
    assert_eq!((more.status, more.header("range")), (308, format!("bytes=0-{}", middle - 1).as_str()));
    let rest = format!("bytes {middle}-{}/{total}", total - 1);
    assert_eq!(server.put(url, &[("content-range", &rest)], &bytes[middle..]).status, 200);
    assert_eq!(ask().status, 200);
    let done = complete(&server, id).data();
    assert!(server.get(text(&done, "url")).bytes == bytes);
}

#[test]
fn a_newer_request_takes_over_from_one_that_hangs() {
    let server = Server::start();
    let bytes = long_sound();
    let announced = server.announce("long.wav", "audio/wav", bytes.len());
    let url = text(&announced, "upload_url");
    let path = &url[url.find("/uploads/").unwrap()..];
    // A connection that neither sends nor ends.
    let mut hanging = TcpStream::connect(server.address()).unwrap();
    let head = format!("PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", bytes.len());
    hanging.write_all(head.as_bytes()).unwrap();
    hanging.write_all(&bytes[..400_000]).unwrap();
    let question = format!("bytes */{}", bytes.len());
    let ask = || server.put(url, &[("content-range", &question)], b"");
    // The first questions may come before the hanging request has begun.
    hanging.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    while hanging.peek(&mut [0]).is_err() {
        assert_eq!(ask().status, 308);
    }
    assert_eq!(server.put(url, &[], &bytes).status, 200);
    complete(&server, text(&announced, "asset_id")).data();
    let mut answer = String::new();
    hanging.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 409"), "{answer}");
}

#[test]
fn what_was_received_survives_a_kill() {
    let mut server = Server::start();
    let bytes = long_sound();
    let whole = server.announce("a.wav", "audio/wav", bytes.len());
    let part = server.announce("b.wav", "audio/wav", bytes.len());
    assert_eq!(server.put(text(&whole, "upload_url"), &[], &bytes).status, 200);
    let range = format!("bytes 0-999999/{}", bytes.len());
    let sent = server.put(text(&part, "upload_url"), &[("content-range", &range)], &bytes[..1_000_000]);
    assert_eq!(sent.status, 308);
    server.kill();
    server.restart();

    let here = |url: &str| format!("http://{}{}", server.address(), &url[url.find("/uploads/").unwrap()..]);
    complete(&server, text(&whole, "asset_id")).data();
    let rest = format!("bytes 1000000-{}/{}", bytes.len() - 1, bytes.len());
    let url = here(text(&part, "upload_url"));
    assert_eq!(server.put(&url, &[("content-range", &rest)], &bytes[1_000_000..]).status, 200);
    let done = complete(&server, text(&part, "asset_id")).data();
    assert!(server.get(text(&done, "url")).bytes == bytes);
    assert_eq!(server.files_in("blobs/assets").len(), 1, "the same bytes are stored once");
    assert_eq!(server.files_in("unfinished"), Vec::<String>::new());
}

#[test]
fn a_batch_is_announced_sent_and_completed_together() {
    let server = Server::start();
    let bytes = portrait();
    let file = |name: &str| json!({"filename": name, "content_type": "image/png", "size_bytes": bytes.len()});
    let body = json!({"title": "Holiday", "files": [file("a.png"), file("b.png"), file("c.png")]});
    let batch = server.post("/v3/assets/direct-uploads/batches", &body).data();
    let batch_id = text(&batch, "batch_id").to_owned();
    for item in &batch["items"].as_array().unwrap()[..2] {
        assert_eq!(server.put(text(item, "upload_url"), &[], &bytes).status, 200);
    }
    let completion = json!({"batch_id": batch_id});
    for _ in 0..2 {
        let accepted = server.post("/v3/assets/complete/batches", &completion);
        assert_eq!((accepted.status, accepted.json()), (202, json!({"data": {"batch_id": batch_id}})));
    }
    let path = format!("/v3/assets/batches/{batch_id}");
    let detail = server.get(&format!("{path}?limit=2")).data();
    assert_eq!(detail["status"], "processing");
    assert_eq!(
        detail["counts_by_status"],
        json!({"queued": 1, "processing": 0, "completed": 2, "failed": 0})
    );
    assert_eq!((&detail["total_items"], &detail["title"]), (&json!(3), &json!("Holiday")));
    assert_eq!(detail["items"][1]["item_index"], 1);
    assert_eq!(detail["items"][1]["video_id"], batch["items"][1]["asset_id"]);
    let next = text(&detail, "next_token");
    let last = server.get(&format!("{path}?limit=2&token={next}")).data();
    assert_eq!((last["items"].as_array().unwrap().len(), &last["has_more"]), (1, &json!(false)));
    assert_eq!(last["items"][0]["status"], "queued");

    assert_eq!(server.put(text(&batch["items"][2], "upload_url"), &[], &bytes).status, 200);
    assert_eq!(server.post("/v3/assets/complete/batches", &completion).status, 202);
    assert_eq!(server.get(&path).data()["status"], "completed");
    let rows =
        server.get(&format!("/v3/assets/statuses?batch_ids={batch_id},batch_0&asset_ids=asset_0")).data();
    let words: Vec<_> = rows.as_array().unwrap().iter().map(|row| text(row, "status")).collect();
    assert_eq!(words, ["not_found", "completed", "completed", "completed", "not_found"]);
    let too_many: Vec<_> = (0..101).map(|_| file("a.png")).collect();
    let refused = server.post("/v3/assets/direct-uploads/batches", &json!({"files": too_many}));
    refused.refused(400, "invalid_parameter", Some("files"));
}

#[test]
fn deleting_an_asset_leaves_others_with_the_same_bytes_and_returns_the_space_of_the_last() {
    let server = Server::start();
    let first = server.upload("a.png", &portrait()).data();
    let second = server.upload("b.png", &portrait()).data();
    assert_eq!(server.files_in("blobs/assets").len(), 1);
    let path = format!("/v3/assets/{}", text(&first, "asset_id"));
    assert_eq!(server.delete(&path).data(), json!({"id": first["asset_id"]}));
    server.delete(&path).refused(404, "asset_not_found", Some("asset_id"));
    assert_eq!(server.get(text(&second, "url")).bytes, portrait());
    server.delete(&format!("/v3/assets/{}", text(&second, "asset_id"))).data();
    assert_eq!(server.files_in("blobs"), Vec::<String>::new());
    server.get(text(&second, "url")).refused(404, "not_found", None);

    let announced = server.announce("c.png", "image/png", 1000);
    let part = server.put(text(&announced, "upload_url"), &[("content-range", "bytes 0-9/1000")], &[0; 10]);
    assert_eq!(part.status, 308);
    server.delete(&format!("/v3/assets/{}", text(&announced, "asset_id"))).data();
    assert_eq!(server.files_in("unfinished"), Vec::<String>::new());
    server.put(text(&announced, "upload_url"), &[], &[0; 1000]).refused(403, "forbidden", None);
}

#[test]
fn an_asset_that_an_unfinished_video_needs_is_not_deleted() {
    let server = Server::start();
    let asset = server.upload_fixture("portraits/astronaut.png");
    let video = server.create_video(&script_video(&asset, "One, two, three."));
    let message = server.delete(&format!("/v3/assets/{asset}")).refused(409, "conflict", Some("asset_id"));
    assert!(message.contains(&video), "{message}");
    server.delete(&format!("/v3/videos/{video}")).data();
    server.delete(&format!("/v3/assets/{asset}")).data();
}

#[test]
fn assets_are_listed_newest_first_to_their_owner() {
    let server = Server::start();
    let ids: Vec<String> = (0..5)
        .map(|i| text(&server.upload(&format!("{i}.png"), &portrait()).data(), "asset_id").to_owned())
        .collect();
    server.get("/v3/assets").refused(400, "invalid_parameter", Some("username"));
    let owner = server.get(&format!("/v3/assets/{}", ids[0])).data();
    let owner = text(&owner, "owner");
    let mut seen = Vec::new();
    let mut token = String::new();
    loop {
        let page = server.get(&format!("/v3/assets?username={owner}&limit=2{token}")).json();
        seen.extend(page["data"].as_array().unwrap().iter().map(|asset| text(asset, "id").to_owned()));
        if page["has_more"] == false {
            break;
        }
        token = format!("&token={}", text(&page, "next_token"));
    }
    seen.reverse();
    assert_eq!(seen, ids);
    assert_eq!(server.get("/v3/assets?username=somebody").json()["data"], json!([]));
    server.get(&format!("/v3/assets?username={owner}&limit=0")).refused(
        400,
        "invalid_parameter",
        Some("limit"),
    );
    server.get(&format!("/v3/assets?username={owner}&token=xyz")).refused(
        400,
        "invalid_parameter",
        Some("token"),
    );
}

#[test]
fn a_multipart_upload_of_the_same_bytes_meets_a_direct_one() {
    let server = Server::start();
    let bytes = portrait();
    let announced = server.announce("me.png", "image/png", bytes.len());
    assert_eq!(server.put(text(&announced, "upload_url"), &[], &bytes).status, 200);
    let body = multipart("file", "me.png", &bytes);
    let direct = server.post_raw("/v3/assets", &[("content-type", support::MULTIPART)], &body).data();
    server.delete(&format!("/v3/assets/{}", text(&direct, "asset_id"))).data();
    let done = complete(&server, text(&announced, "asset_id")).data();
    assert_eq!(server.get(text(&done, "url")).bytes, bytes);
}

#[test]
fn a_damaged_or_dangerous_file_is_refused_on_every_way_in() {
    let server = Server::start();
    let whole = portrait();
    let cut = &whole[..whole.len() / 2];
    // A picture that claims 30000 x 30000 pixels.
    let mut huge = whole.clone();
    huge[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    for (bytes, told) in [(cut, "cut off"), (&huge[..], "16384")] {
        let message = server.upload("me.png", bytes).refused(400, "invalid_parameter", Some("file"));
        assert!(message.contains(told), "{message}");
        let raw = server.post_raw("/v1/asset", &[("content-type", "image/png")], bytes).json();
        assert!(raw["message"].as_str().unwrap().contains(told), "{raw}");
        let announced = server.announce("me.png", "image/png", bytes.len());
        assert_eq!(server.put(text(&announced, "upload_url"), &[], bytes).status, 200);
        let id = text(&announced, "asset_id");
        let message = complete(&server, id).refused(400, "invalid_parameter", Some("asset_id"));
        assert!(message.contains(told), "{message}");
        assert_eq!(complete(&server, id).refused(400, "invalid_parameter", Some("asset_id")), message);
    }
    assert_eq!(server.files_in("blobs"), Vec::<String>::new());
    assert_eq!(server.files_in("unfinished"), Vec::<String>::new());
}

#[test]
fn a_client_that_sends_everything_before_it_looks_sees_the_error() {
    let server = Server::start();
    let announced = server.announce("long.wav", "audio/wav", 1000);
    let url = text(&announced, "upload_url");
    let path = &url[url.find("/uploads/").unwrap()..];
    let body = vec![7; 20_000_000];
    let mut connection = TcpStream::connect(server.address()).unwrap();
    let head = format!("PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.len());
    connection.write_all(head.as_bytes()).unwrap();
    connection.write_all(&body).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("20000000"), "{answer}");
}
