//! Starting, stopping, keys, and what holds for every route.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use support::fake::Fake;
use support::{Server, rostrum};

#[test]
fn a_key_is_shown_once_and_only_its_hash_is_stored() {
    let dir = tempfile::tempdir().unwrap();
    let made = rostrum(dir.path()).args(["keys", "create"]).output().unwrap();
    let key = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    assert!(key.starts_with("rsk_") && key.len() == 68, "{key}");
    let mut stored = Vec::new();
    for entry in std::fs::read_dir(dir.path()).unwrap().map(Result::unwrap) {
        if entry.path().is_file() {
            stored.extend(std::fs::read(entry.path()).unwrap());
        }
    }
    assert!(!stored.windows(key.len()).any(|part| part == key.as_bytes()));
    let listed = rostrum(dir.path()).args(["keys", "list"]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.contains("valid") && !listed.contains(&key));
}

#[test]
fn the_first_serve_shows_a_working_key_and_the_second_none() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let first = lines_until_served(&data);
    let key = first.iter().find_map(|line| line.strip_prefix("API key: ")).unwrap();
    assert!(key.starts_with("rsk_"), "{key}");
    assert!(lines_until_served(&data).iter().all(|line| !line.contains("rsk_")));
    let mode = std::fs::metadata(&data).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

/// Starts a server, stops it as soon as it serves, and returns what it printed.
fn lines_until_served(data_dir: &Path) -> Vec<String> {
    let mut child = rostrum(data_dir)
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        lines.push(line.unwrap());
        if lines.last().unwrap().starts_with("Rostrum serves on") {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    lines
}

#[test]
fn a_missing_a_wrong_and_a_revoked_key_are_unauthorized_on_every_route() {
    let server = Server::start();
    let routes =
        ["/v3/videos", "/v3/videos/x", "/v3/voices", "/v3/assets/x", "/v3/avatars", "/v3/avatars/looks"];
    for route in routes {
        for key in ["", "rsk_wrong", "x"] {
            server.get_as(key, route).refused(401, "unauthorized", None);
        }
    }
    server.post_raw("/v3/videos", &[("x-api-key", "no")], b"{}").refused(401, "unauthorized", None);
    server.post_raw("/v3/assets", &[("x-api-key", "no")], b"").refused(401, "unauthorized", None);
    let bearer = format!("Bearer {}", server.key);
    let answer = server.post_raw("/v3/videos", &[("authorization", &bearer)], b"{}");
    answer.refused(400, "invalid_parameter", Some("type"));

    let listed = rostrum(server.data_dir()).args(["keys", "list"]).output().unwrap();
    let id = String::from_utf8(listed.stdout).unwrap().split_whitespace().next().unwrap().to_owned();
    assert!(rostrum(server.data_dir()).args(["keys", "revoke", &id]).status().unwrap().success());
    server.get("/v3/voices").refused(401, "unauthorized", None);
}

#[test]
fn unknown_routes_and_methods_answer_in_the_envelope() {
    let server = Server::start();
    server.get("/v3/nothing").refused(404, "not_found", None);
    server.delete("/v3/voices").refused(405, "method_not_allowed", None);
}

#[test]
fn a_callers_request_id_comes_back_and_others_get_one() {
    let server = Server::start();
    assert_eq!(server.get_with("/v3/voices", &[("x-request-id", "abc-1")]).header("x-request-id"), "abc-1");
    assert_eq!(server.get("/v3/voices").header("x-request-id").len(), 32);
    assert!(server.log().contains("abc-1"));
}

#[test]
fn operators_can_ask_for_health_readiness_and_metrics_without_a_key() {
    let server = Server::start();
    assert_eq!(server.get("/health").json()["status"], "ok");
    assert_eq!(server.get("/ready").json()["status"], "ready");
    let metrics = String::from_utf8(server.get("/metrics").bytes).unwrap();
    assert!(metrics.contains("rostrum_http_requests_total"), "{metrics}");
}

#[test]
fn the_server_stops_cleanly_when_asked_and_starts_again_on_the_same_data() {
    let mut server = Server::start();
    assert!(server.terminate(), "{}", server.log());
    server.restart();
    assert_eq!(server.get("/v3/voices").status, 200);
}

#[test]
fn flags_win_over_the_environment_and_the_environment_over_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("rostrum.toml");
    std::fs::write(&file, "workers = 3\npublic_url = \"http://file\"\nlisten = \"127.0.0.1:1\"\n").unwrap();
    let shown = rostrum(dir.path())
        .env("ROSTRUM_PUBLIC_URL", "http://environment")
        .env("ROSTRUM_LISTEN", "127.0.0.1:2")
        .args(["--listen", "127.0.0.1:3", "config", "show", "--config"])
        .arg(&file)
        .output()
        .unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("workers = 3"), "{shown}");
    assert!(shown.contains("public_url = \"http://environment\""), "{shown}");
    assert!(shown.contains("listen = \"127.0.0.1:3\""), "{shown}");

    std::fs::write(&file, "wokers = 3\n").unwrap();
    let refused = rostrum(dir.path()).args(["config", "show", "--config"]).arg(&file).output().unwrap();
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("wokers"));
}

#[test]
fn the_voice_catalogue_pages_and_filters() {
    let server = Server::start();
    let listed = |query: &str| {
        let page = server.get(&format!("/v3/voices?limit=100&{query}")).json();
        assert_eq!((page["has_more"].as_bool(), page["next_token"].is_null()), (Some(false), true));
        page["data"].as_array().unwrap().clone()
    };
    let all = listed("engine=kokoro");
    assert!(all.len() >= 41 && all[0]["voice_id"] == "af_heart", "{}", all.len());
    let mut paged = Vec::new();
    let mut path = "/v3/voices?engine=kokoro&limit=5".to_owned();
    loop {
        let page = server.get(&path).json();
        paged.extend(page["data"].as_array().unwrap().clone());
        match page["next_token"].as_str() {
            Some(token) => path = format!("/v3/voices?engine=kokoro&limit=5&token={token}"),
            None => break,
        }
    }
    assert_eq!(paged, all);
    let men = listed("engine=kokoro&gender=male");
    assert!(!men.is_empty() && men.iter().all(|voice| voice["gender"] == "male"));
    let ids = |voices: Vec<Value>| voices.iter().map(|voice| voice["voice_id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(listed("language=italian&engine=starfish")), ["if_sara", "im_nicola"]);
    assert_eq!(ids(listed("language=German&engine=basic")), ["espeak-de", "espeak-de-f"]);
    assert_eq!(server.get("/v3/voices?limit=100").json()["has_more"], true);
    assert_eq!(server.get("/v3/voices?type=private").json()["data"].as_array().unwrap().len(), 0);
    // Clients that pass on whatever they were told send an empty token first.
    assert_eq!(server.get("/v3/voices?engine=kokoro&limit=100&token=").json()["data"].as_array(), Some(&all));
    server.get("/v3/voices?limit=0").refused(400, "invalid_parameter", Some("limit"));
    server.get("/v3/voices?token=zz").refused(400, "invalid_parameter", Some("token"));
}

#[test]
fn doctor_names_what_is_missing() {
    let dir = tempfile::tempdir().unwrap();
    let well = rostrum(dir.path()).arg("doctor").output().unwrap();
    assert!(well.status.success(), "{}", String::from_utf8_lossy(&well.stdout));
    let unwell = rostrum(dir.path()).env("ROSTRUM_MODELS_DIR", dir.path()).arg("doctor").output().unwrap();
    assert!(!unwell.status.success());
    assert!(String::from_utf8_lossy(&unwell.stdout).contains("rostrum models pull"));
    // Without it English and Mandarin are spoken still.
    let mute = rostrum(dir.path()).env("ROSTRUM_ESPEAK_NG", dir.path()).arg("doctor").output().unwrap();
    let told = String::from_utf8_lossy(&mute.stdout).into_owned();
    assert!(mute.status.success() && told.contains("absent   espeak-ng"), "{told}");
}

#[test]
fn assets_move_to_another_server_by_a_folder_and_keep_their_ids() {
    let (here, mut there) = (Server::start(), Server::start());
    let id = here.upload("document.pdf", support::PDF).data()["asset_id"].as_str().unwrap().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let run = |data: &Path, command: &str| {
        rostrum(data).args(["assets", command]).arg(folder.path()).output().unwrap()
    };
    let exported = run(here.data_dir(), "export");
    assert!(exported.status.success(), "{}", String::from_utf8_lossy(&exported.stderr));
    let refused = run(there.data_dir(), "import");
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("stop it first"));
    there.terminate();
    let imported = run(there.data_dir(), "import");
    assert_eq!(String::from_utf8_lossy(&imported.stdout), "1 assets are new, 0 were there before.\n");
    there.restart();
    assert_eq!(there.get(&format!("/asset/{id}")).bytes, support::PDF);
    assert_eq!(there.get(&format!("/v3/assets/{id}")).data()["name"], "document.pdf");
}

#[test]
fn two_servers_do_not_work_on_one_data_folder() {
    let server = Server::start();
    let second = rostrum(server.data_dir()).args(["serve", "--listen", "127.0.0.1:0"]).output().unwrap();
    assert!(!second.status.success());
    let message = String::from_utf8_lossy(&second.stderr);
    assert!(message.contains("another rostrum is at work"), "{message}");
}

#[test]
fn traces_go_to_a_collector_also_the_last_ones() {
    let collector = Fake::start(|_, _| (200, "application/x-protobuf", Vec::new()));
    let mut server = Server::start_with(&[("ROSTRUM_OTLP_URL", collector.url.clone())]);
    assert_eq!(server.get("/v3/videos?limit=1").status, 200);
    assert!(server.terminate());
    let asked = collector.asked();
    assert!(asked.iter().all(|asked| asked.line == "POST /v1/traces"), "{asked:?}");
    let sent: Vec<u8> = asked.into_iter().flat_map(|asked| asked.body).collect();
    for word in ["service.name", "rostrum", "request", "/v3/videos"] {
        assert!(sent.windows(word.len()).any(|part| part == word.as_bytes()), "{word} is not in the traces");
    }
}

#[test]
fn a_server_whose_collector_is_away_serves_all_the_same() {
    let mut server = Server::start_with(&[("ROSTRUM_OTLP_URL", "http://127.0.0.1:1".to_owned())]);
    assert_eq!(server.get("/v3/videos?limit=1").status, 200);
    assert!(server.terminate());
    assert!(server.log().contains("opentelemetry"), "the log does not tell of lost traces: {}", server.log());
}

/// A request for a video that is only estimated, with a field too many.
fn with_unknown_fields() -> Value {
    json!({
        "type": "avatar",
        "avatar_id": "josh_lite3_20230714",
        "script": "Hello.",
        "voice_settings": {"unknown_speed": 1},
        "unknown\r\nX-Made: é": true,
    })
}

#[test]
fn fields_that_an_operation_does_not_know_are_told_in_a_header() {
    let server = Server::start();
    let answer = server.post("/v3/videos?dry_run=true", &with_unknown_fields());
    assert_eq!(answer.status, 200);
    let told = answer.header("rostrum-ignored-fields");
    assert_eq!(told, "unknown\\r\\nX-Made: \\u{e9}, voice_settings.unknown_speed");
    assert_eq!(answer.header("x-made"), "");
    let mut known = with_unknown_fields();
    known.as_object_mut().unwrap().retain(|name, _| !name.starts_with("unknown"));
    known["voice_settings"] = json!({"speed": 1.1});
    assert_eq!(server.post("/v3/videos?dry_run=true", &known).header("rostrum-ignored-fields"), "");
}

#[test]
fn a_strict_server_refuses_fields_that_an_operation_does_not_know() {
    let server = Server::start_with(&[("ROSTRUM_STRICT", "true".to_owned())]);
    let mut body = with_unknown_fields();
    body.as_object_mut().unwrap().retain(|name, _| !name.starts_with("unknown"));
    let answer = server.post("/v3/videos?dry_run=true", &body);
    answer.refused(400, "invalid_parameter", Some("voice_settings.unknown_speed"));
    // HeyGen's older generations know fields that nobody counts.
    let old = json!({"name": "Folder", "unknown": 1});
    assert_eq!(server.post("/v1/folders/create", &old).status, 200);
}
