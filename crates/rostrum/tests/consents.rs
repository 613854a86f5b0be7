//! People who agree to being made avatars of.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use support::{Answer, Server, ffmpeg};

const NOBODY: &str = "018bcfe5680070008000000000000000";
const FORM: &str = "application/x-www-form-urlencoded";

/// Makes an avatar and returns the path of its consents.
fn consents_of(server: &Server, name: &str) -> String {
    let photo = server.upload_fixture("portraits/grace_hopper.jpg");
    let body = json!({"type": "photo", "name": name, "file": {"type": "asset_id", "asset_id": photo}});
    let made = server.post("/v3/avatars", &body).data();
    format!("/v3/avatars/{}/consent", made["avatar_group"]["id"].as_str().unwrap())
}

/// Asks for a consent and returns the page's URL.
fn ask(server: &Server, path: &str, body: &Value) -> String {
    server.post(path, body).data()["url"].as_str().unwrap().to_owned()
}

/// What a browser does: no key, a form.
fn agree(server: &Server, url: &str, form: &str) -> Answer {
    let headers = [("content-type", FORM), ("x-forwarded-for", "192.0.2.7, 198.51.100.1")];
    server.send("POST", url, &headers, Some(form.as_bytes()))
}

fn words(answer: &Answer) -> String {
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    String::from_utf8(answer.bytes.clone()).unwrap()
}

#[test]
fn a_person_agrees_by_name_once_and_is_led_on() {
    let server = Server::start();
    let path = consents_of(&server, "Grace <b>\"H\"</b>");
    let group = path.strip_suffix("/consent").unwrap();
    assert_eq!(server.get(group).data()["consent_status"], Value::Null);
    let body =
        json!({"consent_text": "I agree & sign.\nReally.", "reroute_url": "https://example.com/a?b=\"c\""});
    let asked = server.post(&path, &body).data();
    assert_eq!(
        (&asked["avatar_group"]["consent_status"], &asked["avatar_group"]["status"]),
        (&json!("pending"), &json!("completed"))
    );
    let url = asked["url"].as_str().unwrap();

    let shown = server.send("GET", url, &[], None);
    let page = words(&shown);
    assert_eq!(shown.status, 200);
    assert!(
        page.contains("I agree &amp; sign.\nReally.")
            && page.contains("Grace &lt;b&gt;&quot;H&quot;&lt;/b&gt;"),
        "{page}"
    );
    assert!(page.contains("<strong>https://example.com/a?b=%22c%22</strong>"), "{page}");
    assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
    let photo = page.split("<img src=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(server.send("GET", photo, &[], None).header("content-type"), "image/jpeg");
    let policy = shown.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!((shown.header("referrer-policy"), shown.header("cache-control")), ("no-referrer", "no-store"));
    let style = format!("{}/style.css", url.rsplit_once('/').unwrap().0);
    assert_eq!(server.send("GET", &style, &[], None).header("content-type"), "text/css; charset=utf-8");

    for (form, word) in
        [("name=&agree=yes", "Write your name"), ("name=Ada", "Tick that you agree"), ("", "name")]
    {
        let again = agree(&server, url, form);
        assert_eq!(again.status, 400, "{form}");
        assert!(words(&again).contains(word) && words(&again).contains("<form"), "{form}");
    }
    assert_eq!(server.get(group).data()["consent_status"], "pending");

    let agreed = agree(&server, url, "name=Grace+%3CHopper%3E&agree=yes");
    assert_eq!((agreed.status, agreed.header("location")), (303, "https://example.com/a?b=%22c%22"));
    assert_eq!(agreed.header("referrer-policy"), "no-referrer");
    assert_eq!(server.get(group).data()["consent_status"], "approved");
    assert_eq!(server.get("/v3/avatars").json()["data"][0]["consent_status"], "approved");
    let listed = server.get(&path).data();
    let consent = &listed[0];
    assert_eq!(
        (&consent["status"], &consent["name"], &consent["consent_text"]),
        (&json!("approved"), &json!("Grace <Hopper>"), &json!("I agree & sign.\nReally."))
    );
    assert_eq!(
        (&consent["address"], &consent["forwarded_for"]),
        (&json!("127.0.0.1"), &json!("192.0.2.7, 198.51.100.1"))
    );
    assert!(consent["agreed_at"].as_i64() >= consent["created_at"].as_i64());
    assert_eq!(consent["expires_at"].as_i64().unwrap() - consent["created_at"].as_i64().unwrap(), 7 * 86400);

    for used in [agree(&server, url, "name=Mallory&agree=yes"), server.send("GET", url, &[], None)] {
        assert_eq!(used.status, 410);
        assert!(words(&used).contains("consent_used") && words(&used).contains("only once"));
    }
    assert_eq!(server.get(&path).data(), listed, "the first answer stays");
    let token = url.rsplit_once('/').unwrap().1;
    assert!(!server.log().contains(token), "the log tells a token");

    // The person goes, and what was agreed with it.
    server.delete(group).data();
    server.get(&path).refused(404, "avatar_group_not_found", Some("group_id"));
    assert_eq!(server.send("GET", url, &[], None).status, 404);
}

#[test]
fn a_page_needs_no_field_and_says_thanks_where_it_leads_nowhere() {
    let server = Server::start();
    let path = consents_of(&server, "Grace");
    let headers = [("x-api-key", server.key.as_str())];
    let asked = server.send("POST", &path, &headers, None).data();
    let first = asked["url"].as_str().unwrap();
    let second = ask(&server, &path, &json!({"consent_text": null, "reroute_url": ""}));
    assert_ne!(first, second);
    assert!(words(&server.send("GET", first, &[], None)).contains("named &quot;Grace&quot;"));
    let thanks = agree(&server, first, "name=Grace&agree=yes");
    assert!(thanks.status == 200 && words(&thanks).contains("Thank you"));
    // Who agreed once is not asked to take it back by another page.
    let statuses = server.get(&path).data();
    assert_eq!((&statuses[0]["status"], &statuses[1]["status"]), (&json!("pending"), &json!("approved")));
    assert_eq!(server.get(path.strip_suffix("/consent").unwrap()).data()["consent_status"], "approved");

    let unknown = format!("{}/{}", second.rsplit_once('/').unwrap().0, "0".repeat(64));
    let missing = server.send("GET", &unknown, &[], None);
    assert!(missing.status == 404 && words(&missing).contains("not_found"));
    assert_eq!(agree(&server, &unknown, "name=Grace&agree=yes").status, 404);
    let json = server.send("POST", &second, &[("content-type", "application/json")], Some(b"{}"));
    assert_eq!(json.status, 415);
    assert_eq!(agree(&server, &second, &format!("name={}&agree=yes", "x".repeat(2_000_000))).status, 413);
}

#[test]
fn a_video_is_a_consent_without_a_page() {
    let server = Server::start();
    let path = consents_of(&server, "Grace");
    let group = path.strip_suffix("/consent").unwrap();
    let film = ffmpeg(&["-f", "lavfi", "-i", "testsrc=d=1:s=64x64", "-pix_fmt", "yuv420p"], "mp4");
    let inline = json!({"type": "base64", "media_type": "video/mp4", "data": STANDARD.encode(&film)});
    let asked = server.post(&path, &json!({"consent_video": inline})).data();
    assert_eq!((&asked["url"], &asked["avatar_group"]["consent_status"]), (&Value::Null, &json!("approved")));
    let video = server.get(&path).data()[0]["consent_video"].as_str().unwrap().to_owned();
    let kept = server.delete(&format!("/v3/assets/{video}")).refused(409, "conflict", Some("asset_id"));
    assert!(kept.contains(group.rsplit_once('/').unwrap().1), "{kept}");

    let photo = server.upload_fixture("portraits/astronaut.png");
    let body = json!({"consent_video": {"type": "asset_id", "asset_id": photo}});
    let told = server.post(&path, &body).refused(400, "invalid_parameter", Some("consent_video"));
    assert!(told.contains("image/png"), "{told}");
    let body = json!({"consent_video": {"type": "asset_id", "asset_id": format!("asset_{NOBODY}")}});
    server.post(&path, &body).refused(404, "asset_not_found", Some("consent_video"));
    server.delete(group).data();
    assert_eq!(server.delete(&format!("/v3/assets/{video}")).status, 200);
}

#[test]
fn what_cannot_be_asked_is_refused_and_named() {
    let server = Server::start();
    let path = consents_of(&server, "Grace");
    for (body, param, word) in [
        (json!({"consent_text": "I <b>agree</b>"}), "consent_text", "'<'"),
        (json!({"consent_text": " "}), "consent_text", "got 0"),
        (json!({"consent_text": "x".repeat(5001)}), "consent_text", "got 5001"),
        (json!({"reroute_url": "http://example.com"}), "reroute_url", "https"),
        (json!({"reroute_url": "javascript:alert(1)"}), "reroute_url", "javascript"),
        (json!({"reroute_url": "https://a@example.com"}), "reroute_url", "user name"),
        (json!({"reroute_url": 7}), "reroute_url", "reroute_url"),
    ] {
        let told = server.post(&path, &body).refused(400, "invalid_parameter", Some(param));
        assert!(told.contains(word), "{body}: {told}");
    }
    assert_eq!(server.get(&path).data(), json!([]));
    let nobody = format!("/v3/avatars/{NOBODY}/consent");
    server.post(&nobody, &json!({})).refused(404, "avatar_group_not_found", Some("group_id"));
    server.get(&nobody).refused(404, "avatar_group_not_found", Some("group_id"));
    assert_eq!(server.get_as("nobody", &path).status, 401);
    assert_eq!(server.post_raw(&path, &[("x-api-key", "nobody")], b"{}").status, 401);
}
