//! `Idempotency-Key`: a request that comes again has one effect and one answer, whatever happened to the first.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{
    Answer, MULTIPART, Server, database_url, fixture, multipart, postgres, scattered, script_video,
};

/// Processes killed around each operation.
const KILLS: u64 = 100;

const REPLAYED: &str = "idempotent-replayed";

/// Sends a body of JSON, or the file of a form, under a key.
fn send(server: &Server, key: &str, path: &str, body: &Value) -> Answer {
    let key = ("idempotency-key", key);
    match body["file"].as_str() {
        Some(name) if path == "/v3/assets" => {
            let form = multipart("file", name, &picture(name));
            server.post_raw(path, &[("content-type", MULTIPART), key], &form)
        }
        _ => server.post_raw(path, &[("content-type", "application/json"), key], body.to_string().as_bytes()),
    }
}

/// A picture that only this name has.
fn picture(name: &str) -> Vec<u8> {
    let mut bytes = std::fs::read(fixture("portraits/astronaut.png")).unwrap();
    bytes.extend_from_slice(name.as_bytes());
    bytes
}

/// An answer whose times and addresses do not tell servers apart.
fn told(server: &Server, answer: &Answer) -> Value {
    fn settle(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let passes = ["expires_in_seconds", "upload_url"].contains(&&**name);
                    if passes { *value = Value::Null } else { settle(value) }
                }
            }
            Value::Array(values) => values.iter_mut().for_each(settle),
            _ => {}
        }
    }
    assert!((200..300).contains(&answer.status), "{}", String::from_utf8_lossy(&answer.bytes));
    let text = String::from_utf8(answer.bytes.clone()).unwrap().replace(server.address(), "server");
    let mut json: Value = serde_json::from_str(&text).unwrap();
    settle(&mut json);
    json
}

/// One request of each operation that takes a key; the video and the person they need are there.
fn requests(server: &Server) -> Vec<(String, Value)> {
    let image = server.upload_fixture("portraits/astronaut.png");
    let hook = json!({"url": "https://example.org/hook"});
    let endpoint = server.post("/v3/webhooks/endpoints", &hook).data();
    let person = json!({"type": "prompt", "name": "Ann", "prompt": "A cheerful woman with red hair"});
    let group = server.post("/v3/avatars", &person).data()["avatar_group"]["id"].clone();
    let uploaded = server.announce("me.png", "image/png", picture("me").len());
    server.put(uploaded["upload_url"].as_str().unwrap(), &[], &picture("me"));
    let file = |name: &str| json!({"filename": name, "content_type": "image/png", "size_bytes": 9});
    let video = script_video(&image, "Once.");
    let request = |path: &str, body: Value| (path.to_owned(), body);
    vec![
        request("/v3/assets", json!({"file": "form.png"})),
        request("/v3/assets/direct-uploads", file("later.png")),
        request("/v3/assets/direct-uploads/batches", json!({"files": [file("a.png"), file("b.png")]})),
        request(&format!("/v3/assets/{}/complete", uploaded["asset_id"].as_str().unwrap()), json!({})),
        request("/v3/avatars", json!({"type": "prompt", "name": "Bob", "prompt": "A bald man in a suit"})),
        request(
            "/v3/avatars",
            json!({"type": "photo", "name": "Cy", "file": {"type": "asset_id", "asset_id": image}}),
        ),
        request(&format!("/v3/avatars/{}/consent", group.as_str().unwrap()), json!({})),
        request("/v3/brand-glossaries", json!({"name": "Ours", "terms": []})),
        request("/v3/videos", video),
        request("/v3/videos/batches", json!({"title": "None", "videos": [{"type": "?"}]})),
        request("/v3/webhooks/endpoints", json!({"url": "https://example.org/other"})),
        request(
            &format!("/v3/webhooks/endpoints/{}/rotate-secret", endpoint["endpoint_id"].as_str().unwrap()),
            json!({}),
        ),
        request("/v2/videos", json!({"image_asset_id": image, "script": "Twice.", "voice_id": "af_heart"})),
    ]
}

/// How much there is of everything.
fn counts(server: &Server) -> Vec<usize> {
    [
        "/v1/asset/list?limit=100",
        "/v3/videos?limit=100",
        "/v3/avatars?limit=50&ownership=private",
        "/v3/brand-glossaries?limit=100",
        "/v3/webhooks/endpoints?limit=100",
    ]
    .map(|path| {
        let answer = server.get(path).json();
        let data = &answer["data"];
        data.as_array().or_else(|| data["assets"].as_array()).unwrap_or_else(|| panic!("{answer}")).len()
    })
    .to_vec()
}

/// Makes the records of requests with keys those of requests whose answers a crash has swallowed.
fn forget_answers(server: &Server) {
    const STATEMENT: &str =
        "UPDATE keyed_requests SET is_running = true, status = NULL, content_type = NULL, body = NULL";
    if let Some(url) = database_url(server.data_dir()) {
        return postgres().run(&url, &STATEMENT.replace("keyed", "rostrum.keyed"));
    }
    let script = "import sqlite3, sys\n\
        db = sqlite3.connect(sys.argv[1])\n\
        print(db.execute(sys.argv[2]).rowcount)\n\
        db.commit()";
    let file = server.data_dir().join("rostrum.db");
    assert!(file.is_file());
    let done = Command::new("python3").args(["-c", script]).arg(file).arg(STATEMENT).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_ne!(String::from_utf8_lossy(&done.stdout).trim(), "0");
}

#[test]
fn every_operation_answers_again_also_when_a_crash_swallowed_the_first_answer() {
    let mut server = Server::start();
    let requests = requests(&server);
    let sent = |server: &Server, replayed: &str| -> Vec<Value> {
        let each = requests.iter().enumerate().map(|(number, (path, body))| {
            let answer = send(server, &format!("key-{number}"), path, body);
            assert_eq!(answer.header(REPLAYED), replayed, "{path}: {}", answer.json());
            told(server, &answer)
        });
        each.collect()
    };
    let first = sent(&server, "");
    let there = counts(&server);
    let again = sent(&server, "true");
    assert_eq!(again, first);
    assert_eq!(counts(&server), there);

    server.kill();
    forget_answers(&server);
    server.restart();
    let after_crash = sent(&server, "");
    for (((path, _), after), before) in requests.iter().zip(&after_crash).zip(&first) {
        assert_eq!(after, before, "{path}");
    }
    assert_eq!(counts(&server), there);
    // Another body is answered like the first, and another key makes another thing.
    let glossary = |name: &str| json!({"name": name, "terms": []});
    let answer = send(&server, "key-7", "/v3/brand-glossaries", &glossary("Theirs"));
    assert_eq!((answer.header(REPLAYED), told(&server, &answer)), ("true", first[7].clone()));
    assert!(server.log().contains("the body is another one"));
    let other = send(&server, "another", "/v3/brand-glossaries", &glossary("Theirs")).data();
    assert_ne!(other["brand_glossary_id"], first[7]["data"]["brand_glossary_id"]);
    // The same key on another operation is another request.
    let file = json!({"filename": "x.png", "content_type": "image/png", "size_bytes": 9});
    assert_eq!(send(&server, "another", "/v3/assets/direct-uploads", &file).header(REPLAYED), "");
}

#[test]
fn a_refused_request_leaves_its_key_free_and_keys_are_those_of_the_contract() {
    let server = Server::start();
    let glossary = |name: &str| json!({"name": name, "terms": []});
    let path = "/v3/brand-glossaries";
    send(&server, "key", path, &glossary("")).refused(400, "invalid_parameter", Some("name"));
    let made = send(&server, "key", path, &glossary("Ours"));
    assert_eq!((made.status, made.header(REPLAYED)), (200, ""));
    let again = send(&server, "key", path, &glossary(""));
    assert_eq!((again.bytes, again.status), (made.bytes, 200));
    for key in ["", "a b", "a/b", &"x".repeat(256)] {
        let refused = send(&server, key, path, &glossary("Theirs"));
        refused.refused(400, "invalid_parameter", Some("Idempotency-Key"));
    }
    let headers = [("x-api-key", "rsk_wrong"), ("idempotency-key", "key")];
    server.post_raw(path, &headers, b"{}").refused(401, "unauthorized", None);
    // Those that take none do not mind one.
    assert_eq!(server.get_with("/v3/videos", &[("idempotency-key", "a b")]).status, 200);
}

#[test]
fn a_strict_server_refuses_another_body_under_the_same_key() {
    let mut server = Server::start_with(&[("ROSTRUM_STRICT", "true".to_owned())]);
    let path = "/v3/brand-glossaries";
    let (ours, theirs) = (json!({"name": "Ours", "terms": []}), json!({"name": "Theirs", "terms": []}));
    let made = send(&server, "key", path, &ours).data();
    let refused = |server: &Server| {
        send(server, "key", path, &theirs).refused(409, "conflict", Some("Idempotency-Key"));
    };
    refused(&server);
    server.kill();
    forget_answers(&server);
    server.restart();
    refused(&server);
    assert_eq!(send(&server, "key", path, &ours).data(), made);
    refused(&server);
}

/// A request whose body has begun to be read, and is not sent yet.
fn begun(server: &Server, key: &str, body: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = format!(
        "POST /v3/assets HTTP/1.1\r\nHost: {}\r\nX-Api-Key: {}\r\nIdempotency-Key: {key}\r\nContent-Type: {MULTIPART}\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        server.address(),
        server.key,
        body.len(),
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "when a server notices that a client is gone can only be asked for"
)]
fn a_request_under_way_is_not_begun_twice_and_one_given_up_leaves_its_key_free() {
    let server = Server::start();
    let body = multipart("file", "slow.png", &picture("slow"));
    let mut first = begun(&server, "slow", &body);
    let second = send(&server, "slow", "/v3/assets", &json!({"file": "slow.png"}));
    assert_eq!(second.header("retry-after"), "1");
    second.refused(409, "request_in_progress", Some("Idempotency-Key"));
    first.write_all(&body).unwrap();
    let mut answer = String::new();
    first.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let third = send(&server, "slow", "/v3/assets", &json!({"file": "slow.png"}));
    assert_eq!(third.header(REPLAYED), "true");
    assert!(answer.ends_with(&*String::from_utf8_lossy(&third.bytes)));

    drop(begun(&server, "gone", &body));
    let start = Instant::now();
    let asset = loop {
        let answer = send(&server, "gone", "/v3/assets", &json!({"file": "other.png"}));
        if answer.status == 200 {
            break answer;
        }
        answer.refused(409, "request_in_progress", Some("Idempotency-Key"));
        assert!(start.elapsed() < Duration::from_secs(20), "the key stays taken");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(asset.header(REPLAYED), "");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the kills have to come at moments spread over real requests")]
fn there_is_one_effect_wherever_the_server_was_killed() {
    let mut server = Server::start();
    let image = server.upload_fixture("portraits/astronaut.png");
    let body = |path: &str, name: &str| match path {
        "/v3/videos" => {
            let mut body = script_video(&image, "Once.");
            body["title"] = json!(name);
            body
        }
        _ => json!({ "file": name }),
    };
    let (mut acknowledged, mut mended) = (0, 0);
    for path in ["/v3/videos", "/v3/assets"] {
        let id_of = |answer: &Answer| {
            let data = answer.data();
            let id = if path == "/v3/videos" { &data["video_id"] } else { &data["asset_id"] };
            id.as_str().unwrap().to_owned()
        };
        let start = Instant::now();
        let undisturbed = send(&server, "first", path, &body(path, "first"));
        let latest = start.elapsed().mul_f64(1.2);
        server.delete(&format!("{path}/{}", id_of(&undisturbed)));
        for i in 1..=KILLS {
            let (key, name) = (format!("kill-{i}"), format!("take-{i}.png"));
            let (address, api_key, first) = (server.url(path), server.key.clone(), body(path, &name));
            let (form, asked) = (multipart("file", &name, &picture(&name)), key.clone());
            let client = std::thread::spawn(move || {
                let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
                let request =
                    agent.post(address).header("x-api-key", api_key).header("idempotency-key", asked);
                let sent = if first["file"].is_string() {
                    request.header("content-type", MULTIPART).send(&form[..])
                } else {
                    request.header("content-type", "application/json").send(first.to_string())
                };
                let mut answer = sent.ok()?;
                Some((answer.status().as_u16(), answer.body_mut().read_to_vec().ok()?))
            });
            std::thread::sleep(latest.mul_f64(scattered(i)));
            server.kill();
            let before = client.join().unwrap();
            server.restart();
            let again = send(&server, &key, path, &body(path, &name));
            let id = id_of(&again);
            if let Some((status, bytes)) = before {
                assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bytes));
                let was: Value = serde_json::from_slice(&bytes).unwrap();
                let field = if path == "/v3/videos" { "video_id" } else { "asset_id" };
                assert_eq!((was["data"][field].as_str(), again.header(REPLAYED)), (Some(&*id), "true"));
                acknowledged += 1;
            } else if again.header(REPLAYED) == "true" {
                mended += 1;
            }
            let (list, rows) = match path {
                "/v3/videos" => (server.get("/v3/videos?limit=100").json(), "title"),
                _ => (server.get("/v1/asset/list?limit=100").json(), "name"),
            };
            let rows = |row: &&Value| row[rows].as_str() == Some(&name);
            let listed = list["data"].as_array().or_else(|| list["data"]["assets"].as_array()).unwrap();
            assert_eq!(listed.iter().filter(rows).count(), 1, "{path}, kill {i}: {list}");
            assert_eq!(listed.len(), if path == "/v3/videos" { 1 } else { 2 }, "{path}, kill {i}: {list}");
            server.delete(&format!("{path}/{id}")).data();
        }
    }
    println!("{acknowledged} answers came before the kill, {mended} were lost on their way");
}
