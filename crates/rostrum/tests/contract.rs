//! The operations of `compat/contract` against a real server; and the check that holds every answer of the tests against it.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use rostrum_http::route_table;
use serde_json::{Value, json};
use support::contract::{Operation, all_operations, contract_file, faults, not_built, operations};
use support::{Answer, Server};

/// How many operations are not built yet. Only ever lowered.
const NOT_BUILT: usize = 47;

/// Calls an operation on things that are not there, with an empty body where it takes one.
fn call(server: &Server, operation: &Operation, key: Option<&str>) -> Answer {
    let words = operation.path.split('/').map(|word| if word.starts_with('{') { "nothing" } else { word });
    let path = words.collect::<Vec<_>>().join("/");
    let mut headers = vec![("Content-Type", "application/json")];
    headers.extend(key.map(|key| ("X-Api-Key", key)));
    let body = (!["GET", "DELETE"].contains(&operation.method.as_str())).then_some(&b"{}"[..]);
    server.send(&operation.method, &path, &headers, body)
}

#[test]
fn every_operation_of_the_contract_is_a_route_and_those_listed_say_that_they_are_not_built() {
    let server = Server::start();
    let not_built = not_built();
    for operation in operations() {
        let name = operation.name();
        let stranger = call(&server, operation, None);
        assert_eq!(
            (stranger.status, &stranger.json()["error"]["code"]),
            (401, &json!("unauthorized")),
            "{name}"
        );

        let answer = call(&server, operation, Some(&server.key));
        if not_built.contains(&name) {
            let message = answer.refused(501, "not_implemented", None);
            assert!(message.starts_with(&name), "{message}");
        } else {
            let error = answer.json()["error"].clone();
            assert!(answer.status < 500 && answer.status != 405, "{name}: {error}");
            assert!(!error["message"].as_str().unwrap_or("").contains("no route"), "{name}: {error}");
        }
    }
}

/// Paths that are no operations of the API: their answers are files, pages, or of another protocol.
const NO_OPERATIONS: &[&str] = &[
    "/asset/",
    "/consents/",
    "/docs",
    "/favicon.ico",
    "/files/",
    "/metrics",
    "/openapi.json",
    "/share/",
    "/uploads/",
    // The tus protocol, which has a specification of its own.
    "/v3/assets/tus",
    "/videos/",
];

#[test]
fn every_route_has_facts_and_every_fact_is_a_route_or_listed_as_not_built() {
    let routes: BTreeSet<String> = route_table()
        .into_iter()
        .filter(|route| !NO_OPERATIONS.iter().any(|start| route.path.starts_with(start)))
        .flat_map(|route| {
            let methods = route.methods.into_iter().filter(|method| method != "HEAD");
            methods.map(move |method| format!("{method} {}", route.path)).collect::<Vec<_>>()
        })
        // Answers that it is not built; it has no other answer that facts could tell.
        .filter(|name| name != "POST /v2/photo_avatar/add_sound_effect")
        .collect();
    let told: BTreeSet<String> = all_operations().iter().map(Operation::name).collect();
    assert_eq!(told.len(), all_operations().len(), "each operation's answer is told once");
    let built: BTreeSet<String> = told.difference(&not_built()).cloned().collect();
    let without_facts: Vec<_> = routes.difference(&built).collect();
    let without_route: Vec<_> = built.difference(&routes).collect();
    assert!(
        without_facts.is_empty() && without_route.is_empty(),
        "add to compat/contract: {without_facts:?}; no routes: {without_route:?}"
    );
}

#[test]
fn the_list_of_what_is_not_built_names_operations_of_the_contract_and_does_not_grow() {
    let known: BTreeSet<String> = operations().iter().map(Operation::name).collect();
    let not_built = not_built();
    assert!(not_built.is_subset(&known), "{:?}", not_built.difference(&known));
    assert_eq!(
        not_built.len(),
        NOT_BUILT,
        "when an operation was built, lower NOT_BUILT; nothing that was built is taken back"
    );
}

#[test]
fn the_document_of_what_is_missing_counts_what_is_not_built() {
    let document = contract_file("../../docs/API-COMPAT.md");
    let document = std::fs::read_to_string(document).unwrap();
    let missing = document.split("## Missing").nth(1).unwrap();
    let rows = missing.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | `"));
    let told: BTreeMap<String, usize> = rows
        .map(|(_, row)| row.trim_end_matches(" |").split_once("` | ").unwrap())
        .map(|(family, count)| (family.to_owned(), count.parse().unwrap()))
        .collect();
    let mut counted = BTreeMap::new();
    for name in not_built() {
        let path = name.split_once(' ').unwrap().1;
        let family = path.split('/').take(3).collect::<Vec<_>>().join("/");
        *counted.entry(family).or_insert(0) += 1;
    }
    assert_eq!(told, counted);
}

#[test]
fn methods_that_an_operation_does_not_have_are_refused_though_another_is_not_built() {
    let server = Server::start();
    let key = [("X-Api-Key", server.key.as_str())];
    server.send("DELETE", "/v3/lipsyncs", &key, None).refused(405, "method_not_allowed", None);
    server.send("GET", "/v3/lipsyncs/nothing/else", &key, None).refused(404, "not_found", None);
}

/// A right value, with all its fields.
fn right(schema: &Value) -> Value {
    if let Some(arms) = schema["oneOf"].as_array() {
        return right(&arms[0]);
    }
    if let Some(words) = schema["enum"].as_array() {
        return words[0].clone();
    }
    match schema["type"].as_str().unwrap() {
        "string" => json!("words"),
        "integer" => schema.get("min").cloned().unwrap_or(json!(3)),
        "number" => json!(1.5),
        "boolean" => json!(true),
        "array" => schema.get("items").map_or(json!([]), |items| json!([right(items)])),
        _ => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            fields
                .map(|(name, schema)| (name.clone(), right(schema)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        }
    }
}

/// Wrong values for places of a right one: the place as a JSON pointer, and what to put there; nothing to take it away.
fn wrongs(schema: &Value, at: &str, found: &mut Vec<(String, Option<Value>)>) {
    if let Some(arms) = schema["oneOf"].as_array() {
        let mut arm = arms[0].clone();
        if schema["nullable"] == true {
            arm["nullable"] = true.into();
        }
        return wrongs(&arm, at, found);
    }
    let kind = schema["type"].as_str().unwrap();
    let mut put = |value: Value| found.push((at.to_owned(), Some(value)));
    if schema["nullable"] != true {
        put(Value::Null);
    }
    if schema.get("enum").is_some() {
        put(json!("no word of the contract"));
    }
    put(if kind == "string" { json!(1) } else { json!("words") });
    match kind {
        "integer" => {
            put(json!(1.5));
            if let Some(max) = schema["max"].as_i64() {
                put(json!(max + 1));
            }
        }
        "array" => put(json!({})),
        "object" => put(json!([])),
        _ => {}
    }
    if let Some(items) = schema.get("items") {
        wrongs(items, &format!("{at}/0"), found);
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let at = format!("{at}/{name}");
        if schema["required"].as_array().is_some_and(|names| names.contains(&json!(name))) {
            found.push((at.clone(), None));
        }
        wrongs(field, &at, found);
    }
}

/// The answer with one place made wrong.
fn spoil(answer: &Value, at: &str, wrong: Option<Value>) -> Value {
    let mut spoilt = answer.clone();
    if let Some(value) = wrong {
        *spoilt.pointer_mut(at).unwrap() = value;
    } else {
        let (parent, name) = at.rsplit_once('/').unwrap();
        spoilt.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
    }
    spoilt
}

#[test]
fn the_check_takes_right_answers_and_finds_every_single_fault() {
    let mut tried = 0;
    for operation in all_operations() {
        if !operation.path.starts_with("/v") {
            continue;
        }
        let of = |body: &Value| {
            faults(&operation.method, &operation.path, operation.status, body.to_string().as_bytes())
        };
        let mut answer = right(&operation.response);
        assert_eq!(of(&answer), [], "{}", operation.name());
        answer["of our own"] = json!({"is": "allowed"});
        assert_eq!(of(&answer), [], "{}", operation.name());
        let mut found = Vec::new();
        wrongs(&operation.response, "", &mut found);
        for (at, wrong) in found {
            let spoilt = spoil(&answer, &at, wrong);
            assert_eq!(of(&spoilt).len(), 1, "{} at {at}: {spoilt}", operation.name());
            tried += 1;
        }
    }
    assert!(tried > 1500, "{tried}");
}

#[test]
fn the_check_sees_wrong_statuses_wrong_errors_and_bodies_that_are_no_json() {
    let error = json!({"error": {"code": "video_not_found", "message": "No.", "param": null, "doc_url": "https://x"}});
    let of = |status: u16, body: &Value| faults("GET", "/v3/videos/x", status, body.to_string().as_bytes());
    assert_eq!(of(404, &error), []);
    assert_eq!(of(404, &json!({"detail": "No."})).len(), 4);
    for (name, wrong) in
        [("code", json!("")), ("code", json!("cli_x")), ("message", json!(1)), ("param", json!(1))]
    {
        let mut spoilt = error.clone();
        spoilt["error"][name] = wrong;
        assert_eq!(of(404, &spoilt).len(), 1, "{spoilt}");
    }
    // A code that is known, with another code's status.
    assert_eq!(of(400, &error).len(), 1);
    assert_eq!(faults("GET", "/v3/videos/x", 500, b"<html>").len(), 1);
    let answer = json!({"data": [], "has_more": false, "next_token": null});
    assert_eq!(faults("GET", "/v3/videos?limit=1", 201, answer.to_string().as_bytes()).len(), 1);
    assert_eq!(faults("GET", "http://127.0.0.1:1/v3/videos", 200, answer.to_string().as_bytes()), []);
    // What differs on purpose does so for the value and the query that are meant.
    let of = |query: &str, body: &Value| {
        faults("POST", &format!("/v3/videos{query}"), 200, body.to_string().as_bytes())
    };
    let video =
        |format: &str| json!({"data": {"video_id": "x", "status": "waiting", "output_format": format}});
    assert_eq!((of("", &video("mov")).len(), of("", &video("avi")).len()), (0, 1));
    let plan = json!({"data": {"output_format": "mp4"}});
    assert_eq!((of("?dry_run=true", &plan).len(), of("", &plan).len()), (0, 2));
    // Words of a path go before parameters.
    assert_eq!(faults("GET", "/v3/videos/statuses", 200, answer.to_string().as_bytes()), []);
    // Beyond the contract, in its envelope.
    assert_eq!(faults("POST", "/v3/videos/x/cancel", 200, b"{}").len(), 1);
    // Other generations have envelopes of their own.
    assert_eq!(faults("GET", "/v2/voices", 200, b"[]").len(), 1);
    let error = json!({"error": {"code": "not_found", "message": "No."}, "data": null}).to_string();
    assert_eq!(faults("GET", "/v2/avatar/x/details", 404, error.as_bytes()), []);
    assert_eq!(faults("GET", "/v2/voices", 404, error.as_bytes()).len(), 1, "no status that is told");
    assert_eq!(faults("GET", "/v1/asset/list", 404, error.as_bytes()).len(), 4);
    let error = json!({"code": 400569, "message": "No.", "msg": "No.", "error": "No.", "data": null});
    assert_eq!(faults("GET", "/v1/asset/list", 404, error.to_string().as_bytes()), []);
    // What no facts tell of is found out, whatever its envelope.
    assert_eq!(faults("GET", "/v3/sounds", 200, br#"{"data": []}"#).len(), 1);
}
