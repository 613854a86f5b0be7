//! Endpoints of webhooks, against a real server and a real receiver.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::fake::{Asked, Fake};
use support::{Server, client_file, python_packages};

/// A server that may post to this machine, and a receiver that takes everything.
fn server_and_receiver() -> (Server, Fake) {
    let receiver = Fake::start(|_, _| (200, "text/plain", b"Thank you.".to_vec()));
    let port = receiver.url.rsplit(':').next().unwrap().to_owned();
    (server_that_may_post_to(&[&port, "443"]), receiver)
}

/// A server that may post to these ports of this machine.
fn server_that_may_post_to(ports: &[&str]) -> Server {
    Server::start_with(&[
        ("ROSTRUM_FETCH_HTTP", "true".to_owned()),
        ("ROSTRUM_FETCH_NETWORKS", r#"["127.0.0.1/32"]"#.to_owned()),
        ("ROSTRUM_FETCH_PORTS", format!("[{}]", ports.join(","))),
    ])
}

fn endpoint(server: &Server, body: &Value) -> Value {
    server.post("/v3/webhooks/endpoints", body).data()
}

fn patch(server: &Server, path: &str, body: &Value) -> support::Answer {
    let json = [("X-Api-Key", server.key.as_str()), ("Content-Type", "application/json")];
    server.send("PATCH", path, &json, Some(body.to_string().as_bytes()))
}

/// Uploads a picture, and waits until the receiver was told of it.
#[expect(clippy::disallowed_methods, reason = "another process's progress can only be asked for")]
fn told_of_a_picture(server: &Server, receiver: &Fake) -> (String, Asked) {
    let asset = server.upload_fixture("portraits/astronaut.png");
    let start = Instant::now();
    loop {
        let told = receiver
            .asked()
            .into_iter()
            .find(|asked| asked.json()["event_data"]["asset_id"] == asset.as_str());
        if let Some(told) = told {
            return (asset, told);
        }
        assert!(start.elapsed() < Duration::from_mins(2), "nothing was told\n{}", server.log());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Who accepts a webhook with each of some secrets.
fn accepted_by(packages: &std::path::Path, told: &Asked, secrets: &[&str]) -> Value {
    let headers: serde_json::Map<String, Value> = told
        .headers
        .iter()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    let body = std::str::from_utf8(&told.body).unwrap();
    let webhook = json!({"headers": headers, "body": body, "secrets": secrets});
    std::fs::write(file.path(), webhook.to_string()).unwrap();
    let ran = std::process::Command::new("python3")
        .env("PYTHONPATH", packages)
        .arg(client_file("python/webhooks.py"))
        .arg(file.path())
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    serde_json::from_slice(&ran.stdout).unwrap()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "another process's progress can only be asked for")]
fn webhooks_are_accepted_by_the_libraries_of_receivers_also_after_the_secret_was_rotated() {
    let Some(packages) = python_packages() else { return };
    let (server, receiver) = server_and_receiver();
    let made = endpoint(&server, &json!({"url": receiver.url}));
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_"), "{secret}");
    let (asset, told) = told_of_a_picture(&server, &receiver);
    let body = told.json();
    assert_eq!((&body["event_type"], &body["event"]), (&json!("asset.ready"), &json!("asset.ready")));
    assert_eq!(told.header("heygen-event-id"), body["event_id"].as_str().unwrap());
    let all = json!(["heygen-signature", "signature", "standardwebhooks", "svix"]);
    let wrong = "whsec_bm90IHRoZSByaWdodCBzZWNyZXQ=";
    assert_eq!(accepted_by(&packages, &told, &[&secret, wrong]), json!([all, []]));

    let path = format!("/v3/webhooks/endpoints/{}/rotate-secret", made["endpoint_id"].as_str().unwrap());
    let rotated = server.post(&path, &json!({})).data();
    let (_, told) = told_of_a_picture(&server, &receiver);
    let new = rotated["secret"].as_str().unwrap();
    let before = json!(["heygen-signature-previous", "standardwebhooks", "svix"]);
    assert_eq!(accepted_by(&packages, &told, &[new, &secret]), json!([all, before]));

    // The log of the event.
    let history = server.get(&format!("/v3/webhooks/events?entity_id={asset}"));
    let event = history.json()["data"][0].clone();
    assert_eq!(
        (&event["event_type"], &event["event_data"]["asset_id"]),
        (&json!("asset.ready"), &json!(asset))
    );
    let id = event["event_id"].as_str().unwrap();
    let delivery = server.get(&format!("/v3/webhooks/events/{id}")).data()["deliveries"][0].clone();
    assert_eq!((&delivery["status"], &delivery["attempts"]), (&json!("delivered"), &json!(1)));
    assert_eq!(
        (&delivery["response"]["status"], &delivery["response"]["body"]),
        (&json!(200), &json!("Thank you."))
    );
    let before = receiver.asked().len();
    let again = server.post(&format!("/v3/webhooks/events/{id}/redeliver"), &json!({})).data();
    assert_eq!(again["deliveries"].as_array().unwrap().len(), 1);
    let same = || receiver.asked().iter().skip(before).filter(|asked| asked.json()["event_id"] == id).count();
    let start = Instant::now();
    while same() == 0 {
        assert!(start.elapsed() < Duration::from_mins(1), "it was not told again\n{}", server.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    // Nor more often: what comes later is told, and this is not told with it.
    told_of_a_picture(&server, &receiver);
    assert_eq!(same(), 1);
}

#[test]
fn endpoints_are_made_listed_changed_and_deleted() {
    let (server, _receiver) = server_and_receiver();
    let events = json!(["avatar_video.success", "avatar_video.fail"]);
    let made =
        endpoint(&server, &json!({"url": "https://example.com/a", "events": events, "entity_id": null}));
    assert_eq!((&made["status"], &made["events"]), (&json!("enabled"), &events));
    let id = made["endpoint_id"].as_str().unwrap();
    let path = format!("/v3/webhooks/endpoints/{id}");
    let changed = patch(&server, &path, &json!({"url": "https://example.com/b", "events": []})).data();
    assert_eq!((&changed["url"], &changed["events"]), (&json!("https://example.com/b"), &Value::Null));
    assert!(changed.get("secret").is_none(), "{changed}");
    let listed = server.get("/v3/webhooks/endpoints").json();
    assert_eq!((&listed["data"], &listed["has_more"]), (&json!([changed]), &json!(false)));

    server.post("/v3/webhooks/endpoints", &json!({"url": "https://example.com/b"})).refused(
        409,
        "conflict",
        Some("url"),
    );
    for number in 1..10 {
        endpoint(&server, &json!({"url": format!("https://example.com/{number}")}));
    }
    let eleventh = server.post("/v3/webhooks/endpoints", &json!({"url": "https://example.com/11"}));
    assert!(eleventh.refused(409, "conflict", None).contains("at most 10"));
    let page = server.get("/v3/webhooks/endpoints?limit=4").json();
    assert_eq!((page["data"].as_array().unwrap().len(), &page["has_more"]), (4, &json!(true)));

    assert_eq!(server.delete(&path).data(), json!({}));
    server.delete(&path).refused(404, "webhook_not_found", Some("endpoint_id"));
    patch(&server, &path, &json!({"events": null})).refused(404, "webhook_not_found", Some("endpoint_id"));
    server.get("/v3/webhooks/events/evt_x").refused(404, "webhook_not_found", Some("event_id"));
    let types = server.get("/v3/webhooks/event-types").json();
    let words: Vec<&Value> = types["data"].as_array().unwrap().iter().map(|row| &row["event_type"]).collect();
    assert!(words.contains(&&json!("video_translate.preflight.download_failed")) && words.len() == 33);
}

#[test]
fn nothing_is_posted_to_where_it_must_not_go() {
    let server = Server::start();
    let refuse = |body: Value, param: &str| {
        server.post("/v3/webhooks/endpoints", &body).refused(400, "invalid_parameter", Some(param))
    };
    for url in [
        "http://example.com/",
        "ftp://example.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.8/",
        "https://user:word@example.com/",
        "https://example.com:22/",
        "hook",
        "",
    ] {
        refuse(json!({"url": url}), "url");
    }
    refuse(json!({}), "url");
    refuse(json!({"url": "https://example.com/", "events": ["video.done"]}), "events[0]");
    refuse(json!({"url": "https://example.com/", "entity_id": "x".repeat(129)}), "entity_id");
    server.get("/v3/webhooks/events?event_type=nothing").refused(
        400,
        "invalid_parameter",
        Some("event_type"),
    );
}

/// The `data` of a success of the first generation.
#[track_caller]
fn v1_data(answer: &support::Answer) -> Value {
    let body = answer.json();
    assert_eq!((answer.status, &body["code"], &body["msg"]), (200, &json!(100), &Value::Null), "{body}");
    body["data"].clone()
}

#[test]
fn endpoints_of_the_first_generation_are_those_of_the_third() {
    let receiver = Fake::start(|asked, _| match asked.line.as_str() {
        line if line.contains("/declines") => (405, "text/plain", Vec::new()),
        line if line.contains("/moved") => (302, "text/plain", Vec::new()),
        _ => (204, "text/plain", Vec::new()),
    });
    // Takes connections, and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let silent_url = format!("http://{}/", silent.local_addr().unwrap());
    let port_of = |url: &str| url.trim_end_matches('/').rsplit(':').next().unwrap().to_owned();
    let ports = [port_of(&receiver.url), port_of(&silent_url), nobody.port().to_string()];
    let server = server_that_may_post_to(&[&ports[0], &ports[1], &ports[2], "443"]);

    let add = |url: &str| server.post("/v1/webhook/endpoint.add", &json!({"url": url, "events": []}));
    let made = v1_data(&add(&format!("{}/hook", receiver.url)));
    let lines: Vec<String> = receiver.asked().into_iter().map(|asked| asked.line).collect();
    assert_eq!(lines, ["OPTIONS /hook"]);
    assert_eq!((&made["status"], &made["events"]), (&json!("enabled"), &json!([])));
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_") && made["username"].is_string(), "{made}");
    let id = made["endpoint_id"].as_str().unwrap();
    assert_eq!(server.get("/v3/webhooks/endpoints").json()["data"][0]["endpoint_id"], id);

    let refuse = |url: &str| {
        let refused = add(url);
        let body = refused.json();
        assert_eq!((refused.status, &body["code"]), (400, &json!(400_175)), "{body}");
        body["message"].as_str().unwrap().to_owned()
    };
    for (url, told) in [
        (format!("{}/declines", receiver.url), "status 405"),
        (format!("{}/moved", receiver.url), "status 302"),
        (format!("http://{nobody}/"), "could not be reached"),
        (silent_url, "took too long"),
    ] {
        let message = refuse(&url);
        assert!(
            message.contains(told) && message.contains("OPTIONS") && message.contains("within 1 s"),
            "{message}"
        );
    }
    assert!(refuse("https://10.0.0.8/").contains("public address"));
    assert_eq!(v1_data(&server.get("/v1/webhook/endpoint.list")).as_array().unwrap().len(), 1);

    let change = json!({"endpoint_id": id, "events": ["avatar_video.success"]});
    let changed = v1_data(&patch(&server, "/v1/webhook/endpoint.update", &change));
    assert_eq!((&changed["events"], &changed["url"]), (&json!(["avatar_video.success"]), &made["url"]));
    assert!(changed.get("secret").is_none(), "{changed}");
    assert_eq!(v1_data(&server.get("/v1/webhook/endpoint.list")), json!([changed]));
    let words = v1_data(&server.get("/v1/webhook/webhook.list"));
    assert!(words.as_array().unwrap().contains(&json!("avatar_video.success")), "{words}");

    let path = format!("/v1/webhook/endpoint.delete?endpoint_id={id}");
    assert_eq!(v1_data(&server.delete(&path)), Value::Null);
    let again = server.delete(&path);
    assert_eq!((again.status, &again.json()["code"]), (404, &json!(404_000)));
    for missing in [
        server.delete("/v1/webhook/endpoint.delete"),
        patch(&server, "/v1/webhook/endpoint.update", &json!({})),
    ] {
        assert_eq!(missing.status, 400);
        assert!(missing.json()["message"].as_str().unwrap().contains("'endpoint_id' is required"));
    }
}
