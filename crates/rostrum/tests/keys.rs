//! Keys with scopes, keys in the place of others, and workspaces, by the command line against a running server.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::process::Output;

use serde_json::json;
use support::{Server, rostrum};

fn command(server: &Server, words: &[&str]) -> Output {
    rostrum(server.data_dir()).args(words).output().unwrap()
}

/// What a command prints, once it has succeeded.
#[track_caller]
fn printed(server: &Server, words: &[&str]) -> String {
    let ran = command(server, words);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap().trim().to_owned()
}

/// What a command complains of, once it has failed.
#[track_caller]
fn complained(server: &Server, words: &[&str]) -> String {
    let ran = command(server, words);
    assert!(!ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
    String::from_utf8(ran.stderr).unwrap()
}

/// The line of the list that ends with this label.
#[track_caller]
fn listed(server: &Server, label: &str) -> String {
    let list = printed(server, &["keys", "list"]);
    list.lines()
        .find(|line| line.ends_with(label))
        .unwrap_or_else(|| panic!("no {label} in {list}"))
        .to_owned()
}

#[test]
fn a_key_with_scopes_does_what_they_say_and_is_told_what_it_lacks() {
    let server = Server::start();
    let scopes = ["--scope", "videos:read", "--scope", "assets:write"];
    let key = printed(&server, &[&["keys", "create", "--label", "narrow"], &scopes[..]].concat());
    for route in ["/v3/videos", "/v2/videos", "/v1/video.list", "/v3/assets/search?query=sun&type=image"] {
        assert_eq!(server.get_as(&key, route).status, 200, "{route}");
    }
    let as_narrow = [("x-api-key", key.as_str()), ("content-type", "application/json")];
    let folder = json!({"name": "films"}).to_string();
    assert_eq!(server.post_raw("/v1/folders/create", &as_narrow, folder.as_bytes()).status, 200);

    let told = server.get_as(&key, "/v3/voices").refused(403, "forbidden", None);
    assert!(told.contains("'voices:read'") && told.contains("videos:read assets:write"), "{told}");
    let told = server.post_raw("/v3/videos", &as_narrow, b"{}").refused(403, "forbidden", None);
    assert!(told.contains("--scope videos:write"), "{told}");
    // Each generation in its own envelope.
    let told = server.get_as(&key, "/v1/voice.list");
    assert_eq!((told.status, &told.json()["code"]), (403, &json!(400_562)));
    let told = server.get_as(&key, "/v2/voices");
    assert_eq!((told.status, &told.json()["error"]["code"]), (403, &json!("forbidden")));
    // Whoever may not look learns nothing of what is there.
    server.get_as(&key, "/v3/avatars/x").refused(403, "forbidden", None);

    let line = listed(&server, "narrow");
    assert!(line.contains("  valid  used ") && line.contains("  videos:read assets:write  narrow"), "{line}");
    let line = listed(&server, "test");
    assert!(line.contains("  valid  never used  everything  test"), "{line}");
    let told = complained(&server, &["keys", "create", "--scope", "films:read"]);
    assert!(told.contains("'films:read' is no scope") && told.contains("webhooks"), "{told}");
}

#[test]
fn a_rotated_key_stays_good_for_the_overlap_and_the_new_one_may_the_same() {
    let server = Server::start();
    let old = printed(&server, &["keys", "create", "--label", "ci", "--scope", "voices:read"]);
    let id = listed(&server, "ci").split(' ').next().unwrap().to_owned();
    let new = printed(&server, &["keys", "rotate", &id]);
    for key in [&old, &new] {
        assert_eq!(server.get_as(key, "/v3/voices").status, 200);
        server.get_as(key, "/v3/videos").refused(403, "forbidden", None);
    }
    let list = printed(&server, &["keys", "list"]);
    assert!(list.lines().any(|line| line.starts_with(&id) && line.contains("  valid until ")), "{list}");

    let newest = printed(&server, &["keys", "rotate", &id, "--overlap", "0"]);
    server.get_as(&old, "/v3/voices").refused(401, "unauthorized", None);
    assert_eq!(server.get_as(&new, "/v3/voices").status, 200);
    assert_eq!(server.get_as(&newest, "/v3/voices").status, 200);
    let list = printed(&server, &["keys", "list"]);
    assert!(list.lines().any(|line| line.starts_with(&id) && line.contains("  expired ")), "{list}");
    assert!(complained(&server, &["keys", "rotate", &id]).contains("has expired"));
    assert!(complained(&server, &["keys", "rotate", &id, "--overlap", "8761"]).contains("8760"));
    let unknown = id.replace(&id[4..], &"0".repeat(id.len() - 4));
    assert!(complained(&server, &["keys", "rotate", &unknown]).contains("rostrum keys list"));
}

#[test]
fn workspaces_have_keys_and_things_of_their_own() {
    let server = Server::start();
    let id = printed(&server, &["workspaces", "create", "studio"]);
    let list = printed(&server, &["workspaces", "list"]);
    let lines: Vec<&str> = list.lines().collect();
    assert!(lines.len() == 2 && lines[0].ends_with("  default") && lines[1].ends_with("  studio"), "{list}");
    assert!(lines[1].starts_with(&id), "{list}");

    let by_name = printed(&server, &["keys", "create", "--workspace", "studio", "--label", "theirs"]);
    let by_id = printed(&server, &["keys", "create", "--workspace", &id]);
    server.upload_fixture("portraits/astronaut.png");
    let assets = |key: &str| {
        let found = server.get_as(key, "/v3/assets/search?query=astronaut&type=image&scope=personal").json();
        found["data"].as_array().unwrap().len()
    };
    assert_eq!((assets(&server.key), assets(&by_name), assets(&by_id)), (1, 0, 0));
    assert!(!printed(&server, &["keys", "list"]).contains("theirs"));
    assert!(printed(&server, &["keys", "list", "--workspace", &id]).contains("theirs"));

    printed(&server, &["workspaces", "create", "studio"]);
    let told = complained(&server, &["keys", "create", "--workspace", "studio"]);
    assert!(told.contains("2 workspaces are named 'studio'"), "{told}");
    for nobody in ["nobody", "ws_00000000000000000000000000000000"] {
        assert!(complained(&server, &["keys", "list", "--workspace", nobody]).contains(nobody));
    }
}
