//! The OpenAPI document as it is served, the page that shows it, and schemathesis, which tries the server by it.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use support::contract::contract_file;
use support::{Server, fixture, packages_of};

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
        let asked = path.replace('{', "").replace('}', "");
        let answer = server.send("POST", &asked, &headers, Some(b"{}"));
        let refused = String::from_utf8_lossy(&answer.bytes).contains("'Idempotency-Key'");
        let told = operation["parameters"].as_array().into_iter().flatten();
        let is_told = told
            .clone()
            .any(|parameter| *parameter == json!({"$ref": "#/components/parameters/Idempotency-Key"}));
        assert_eq!(refused, is_told, "{path}");
    }
}

/// Runs schemathesis on a server, with the document at a place of its own when one is given; what it said, when it found
/// anything.
fn try_by(server: &Server, packages: &Path, document: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let ran = Command::new("python3")
        .args(["-m", "schemathesis.cli", "--config-file"])
        .arg(std::fs::canonicalize(schemathesis_file("schemathesis.toml")).unwrap())
        .args(["run", document, "--url", &server.url("/")])
        .args(["--header", &format!("X-Api-Key: {}", server.key)])
        .env("PYTHONPATH", packages)
        .current_dir(folder.path())
        .output()
        .expect("python3 is needed: run ./dev setup");
    let said = String::from_utf8_lossy(&ran.stdout) + String::from_utf8_lossy(&ran.stderr);
    if ran.status.success() { Ok(said.into_owned()) } else { Err(said.into_owned()) }
}

#[test]
fn schemathesis_finds_nothing_that_the_document_does_not_tell() {
    let requirements = schemathesis_file("requirements.txt");
    let Some(packages) = packages_of(&requirements, "compat-schemathesis") else { return };
    let server = Server::start();
    // Something for lists to show.
    server.upload("one.png", &std::fs::read(fixture("portraits/grace_hopper.jpg")).unwrap());
    if let Err(found) = try_by(&server, &packages, &server.url("/openapi.json")) {
        panic!("{found}\n\nthe server's log:\n{}", server.log());
    }
}
