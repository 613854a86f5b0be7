//! The OpenAPI document as it is served, the page that shows it, and schemathesis, which tries the server by it.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::contract::contract_file;
use support::{Server, packages_of, script_video};

fn document() -> Value {
    serde_json::from_slice(&std::fs::read(contract_file("../openapi.json")).unwrap()).unwrap()
}

/// A file of what schemathesis needs.
fn schemathesis_file(name: &str) -> PathBuf {
    contract_file("../schemathesis").join(name)
}

#[test]
fn the_document_is_served_to_anybody_as_it_is_committed() {
    let server = Server::start();
    let answer = server.send("GET", "/openapi.json", &[], None);
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.bytes, std::fs::read(contract_file("../openapi.json")).unwrap());
    let known = server.send("GET", "/openapi.json", &[("If-None-Match", answer.header("etag"))], None);
    assert_eq!((known.status, known.bytes.len()), (304, 0));
}

#[test]
fn the_page_loads_nothing_from_elsewhere() {
    let server = Server::start();
    let page = server.send("GET", "/docs", &[], None);
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"), "{policy}");
    let page = String::from_utf8(page.bytes).unwrap();
    let loaded: Vec<&str> = [" src=\"", " href=\""]
        .into_iter()
        .flat_map(|start| page.split(start).skip(1))
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert!(loaded.contains(&"docs/script.js") && loaded.contains(&"docs/style.css"), "{loaded:?}");
    for path in loaded {
        let answer = server.send("GET", &format!("/{path}"), &[], None);
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.header("content-type").ends_with("; charset=utf-8") || path == "openapi.json");
    }
}

#[test]
fn the_page_shows_every_operation_in_a_browser() {
    let server = Server::start();
    let chromium = std::env::var("ROSTRUM_CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
    let home = tempfile::tempdir().unwrap();
    let ran = Command::new(&chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", home.path().display()))
        .arg(server.url("/docs#postV3Videos"))
        .output()
        .unwrap_or_else(|error| panic!("{chromium} is needed, run ./dev setup: {error}"));
    let seen = String::from_utf8_lossy(&ran.stdout);
    for (path, methods) in document()["paths"].as_object().unwrap() {
        for operation in methods.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(seen.contains(&format!("id=\"{id}\"")), "{path}: {id} is not in {seen}");
        }
    }
    // The one that the address names is open, with its fields and an example.
    assert!(seen.contains("curl -X POST") && seen.contains("cinematic_avatar"), "{seen}");
}

#[test]
fn the_document_says_which_operations_take_an_idempotency_key() {
    let server = Server::start();
    let headers = [
        ("Content-Type", "application/json"),
        ("X-Api-Key", server.key.as_str()),
        ("Idempotency-Key", "spaces are in no key"),
    ];
    for (path, methods) in document()["paths"].as_object().unwrap() {
        let Some(operation) = methods.get("post") else { continue };
        let asked = path.replace(['{', '}'], "");
        let answer = server.send("POST", &asked, &headers, Some(b"{}"));
        let refused = String::from_utf8_lossy(&answer.bytes).contains("'Idempotency-Key'");
        let mut told = operation["parameters"].as_array().into_iter().flatten();
        let is_told =
            told.any(|parameter| *parameter == json!({"$ref": "#/components/parameters/Idempotency-Key"}));
        assert_eq!(refused, is_told, "{path}");
    }
}

/// What schemathesis is to find out about every answer.
const CHECKS: &str =
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

/// Runs schemathesis on a server by a document; what it said, as an error when it found anything.
fn try_by(
    server: &Server,
    document: &Path,
    settings: &str,
    arguments: &[&str],
) -> Option<Result<String, String>> {
    let packages = packages_of(&schemathesis_file("requirements.txt"), "compat-schemathesis")?;
    let folder = tempfile::tempdir().unwrap();
    let common = std::fs::read_to_string(schemathesis_file("schemathesis.toml")).unwrap();
    std::fs::write(folder.path().join("schemathesis.toml"), format!("{settings}\n{common}")).unwrap();
    let ran = Command::new("python3")
        .args(["-m", "schemathesis.cli", "run"])
        .arg(document)
        .args(["--url", &server.url("/"), "--header", &format!("X-Api-Key: {}", server.key)])
        .args(["--checks", CHECKS, "--exclude-by", "/x-not-built == true"])
        .args(["--seed", "1", "--generation-deterministic", "--no-shrink", "--continue-on-failure"])
        .args(["--suppress-health-check", "all", "--warnings", "off", "--no-color"])
        .args(arguments)
        .env("PYTHONPATH", packages)
        .current_dir(folder.path())
        .output()
        .expect("python3 is needed: run ./dev setup");
    let said = String::from_utf8_lossy(&ran.stdout) + String::from_utf8_lossy(&ran.stderr);
    Some(if ran.status.success() { Ok(said.into_owned()) } else { Err(said.into_owned()) })
}

fn committed() -> PathBuf {
    std::fs::canonicalize(contract_file("../openapi.json")).unwrap()
}

#[test]
fn schemathesis_finds_no_answer_that_the_document_does_not_tell() {
    let server = Server::start();
    server.upload_fixture("portraits/grace_hopper.jpg");
    let phases = ["--phases", "examples,coverage,fuzzing", "--max-examples", "5"];
    let Some(found) = try_by(&server, &committed(), "", &phases) else { return };
    let said = found.unwrap_or_else(|found| panic!("{found}"));
    assert!(said.contains("Coverage") && said.contains("Fuzzing"), "{said}");
}

#[test]
fn schemathesis_finds_none_either_where_things_are_there() {
    let server = Server::start();
    let things = Things::make(&server);
    let asked = ["--include-path-regex", "[{]|video_status|caption", "--exclude-method", "DELETE"];
    let phases = ["--phases", "fuzzing", "--max-examples", "4"];
    let Some(found) = try_by(&server, &committed(), &things.settings(), &[asked, phases].concat()) else {
        return;
    };
    if let Err(found) = found {
        panic!("{found}");
    }
    // They were asked for by their ids.
    assert!(server.log().contains(&format!("/v3/videos/{}/scenes", things.video)), "{}", server.log());
}

#[test]
fn schemathesis_finds_an_answer_that_a_document_does_not_tell() {
    let server = Server::start();
    let (mut wrong, mut missing) = (document(), document());
    let me = "/paths/~1v3~1users~1me/get/responses";
    let data = format!("{me}/200/content/application~1json/schema/properties/data/properties/username/type");
    *wrong.pointer_mut(&data).unwrap() = json!("integer");
    missing.pointer_mut(me).unwrap().as_object_mut().unwrap().remove("200");
    let folder = tempfile::tempdir().unwrap();
    for (document, what) in [(wrong, "violates schema"), (missing, "Undocumented status code")] {
        let path = folder.path().join("openapi.json");
        std::fs::write(&path, document.to_string()).unwrap();
        let only = ["--include-path", "/v3/users/me", "--phases", "fuzzing", "--max-examples", "1"];
        let Some(found) = try_by(&server, &path, "", &only) else { return };
        let said = found.unwrap_err();
        assert!(said.contains(what), "{said}");
    }
}

/// Ids of things that are there.
struct Things {
    parameters: Vec<(&'static str, String)>,
    upload_batch: String,
    video: String,
}

impl Things {
    fn make(server: &Server) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned();
        let asset = server.upload_fixture("portraits/grace_hopper.jpg");
        let photo =
            json!({"type": "photo", "name": "Grace", "file": {"type": "asset_id", "asset_id": asset}});
        let person = server.post("/v3/avatars", &photo).data();
        let file = json!({"filename": "a.png", "content_type": "image/png", "size_bytes": 9});
        let uploads = server.post("/v3/assets/direct-uploads/batches", &json!({"files": [file]})).data();
        let folder = server.post("/v1/folders/create", &json!({"name": "films"})).json();
        let brief = json!({"name": "Mira", "age": "Young Adult", "gender": "Woman", "ethnicity": "South Asian",
            "orientation": "square", "pose": "half_body", "style": "Cinematic", "appearance": "long hair"});
        let generation = server.post("/v2/photo_avatar/photo/generate", &brief).json();
        let glossary = server.post("/v3/brand-glossaries", &json!({"name": "Names"})).data();
        let video = server.create_video(&script_video(&asset, "Mine."));
        let batch = json!({"videos": [script_video(&asset, "Mine too.")]});
        let batch = server.post("/v3/videos/batches", &batch).json();
        let endpoint = server.post("/v3/webhooks/endpoints", &json!({"url": "https://example.com/"})).data();
        let look = text(&person["avatar_item"]["id"]);
        let parameters = vec![
            ("asset_id", asset),
            ("group_id", text(&person["avatar_group"]["id"])),
            ("look_id", look.clone()),
            ("avatar_id", look.clone()),
            ("id", look),
            ("folder_id", text(&folder["data"]["id"])),
            ("generation_id", text(&generation["data"]["generation_id"])),
            ("brand_glossary_id", text(&glossary["brand_glossary_id"])),
            ("video_id", video.clone()),
            ("batch_id", text(&batch["data"]["batch_id"])),
            ("endpoint_id", text(&endpoint["endpoint_id"])),
            ("voice_id", "af_heart".to_owned()),
            ("event_id", text(&first_event(server)["event_id"])),
        ];
        Self { parameters, upload_batch: text(&uploads["batch_id"]), video }
    }

    /// The same as settings of schemathesis.
    fn settings(&self) -> String {
        let told = self.parameters.iter().map(|(name, id)| format!("{name} = \"{id}\"\n"));
        let uploads = format!(
            "[[operations]]\ninclude-path = \"/v3/assets/batches/{{batch_id}}\"\nparameters = {{ batch_id = \"{}\" }}\n",
            self.upload_batch
        );
        format!("[parameters]\n{}\n{uploads}", told.collect::<String>())
    }
}

/// The first event: that the thumbnail of an upload is there.
#[expect(clippy::disallowed_methods, reason = "another process's progress can only be asked for")]
fn first_event(server: &Server) -> Value {
    let deadline = Instant::now() + Duration::from_mins(2);
    loop {
        let events = server.get("/v3/webhooks/events").json();
        if let Some(event) = events["data"].as_array().unwrap().first() {
            return event.clone();
        }
        assert!(Instant::now() < deadline, "nothing was told");
        std::thread::sleep(Duration::from_millis(100));
    }
}
