//! The scenarios of `compat/scenarios` against a real server. `docs/API-COMPAT.md` has the table of them.
//!
//! `ROSTRUM_WRITE_TABLES=1` writes the table.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use support::fake::Fake;
use support::{Server, assert_committed, repository, run_scenarios};

/// Runs a file of the given text.
fn run_text(server: &Server, text: &str) -> Option<(i32, String)> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("one.yaml");
    std::fs::write(&file, text).unwrap();
    run_scenarios(server, &[file.to_str().unwrap()])
}

#[test]
fn every_scenario_passes_and_the_table_tells_so() {
    let receiver = Fake::start(|_, _| (200, "text/plain", Vec::new()));
    let port = receiver.url.rsplit(':').next().unwrap();
    let server = Server::start_with(&[
        ("ROSTRUM_FETCH_HTTP", "true".to_owned()),
        ("ROSTRUM_FETCH_NETWORKS", r#"["127.0.0.1/32"]"#.to_owned()),
        ("ROSTRUM_FETCH_PORTS", format!("[80,443,{port}]")),
    ]);
    let committed = repository("docs/API-COMPAT.md");
    let dir = tempfile::tempdir().unwrap();
    let written = dir.path().join("API-COMPAT.md");
    std::fs::copy(&committed, &written).unwrap();
    let hook = format!("hook_url={}/hook", receiver.url);
    let Some((code, told)) =
        run_scenarios(&server, &["--ours", "--set", &hook, "--table", written.to_str().unwrap()])
    else {
        return;
    };
    assert_eq!(code, 0, "{told}\n{}", server.log());
    assert!(told.contains(" 0 failed, 0 skipped"), "{told}");
    assert_committed(&committed, &std::fs::read_to_string(written).unwrap());
}

#[test]
fn what_is_of_rostrum_alone_or_costs_credits_is_left_out_elsewhere() {
    let server = Server::start();
    let text = "noun: n\nscenarios:\n\
                - {name: a, ours: it has no other, steps: [{GET: /nothing, expect: {status: 200}}]}\n\
                - {name: b, spends: true, steps: [{GET: /nothing, expect: {status: 200}}]}\n\
                - {name: c, needs: [word], steps: [{GET: /nothing, expect: {status: 200}}]}\n";
    let Some((code, told)) = run_text(&server, text) else { return };
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("0 passed, 0 failed, 3 skipped"), "{told}");
}

/// Statements that are not true of the answer, each wrong in one way.
#[test]
fn a_statement_that_is_not_true_fails() {
    let wrong = [
        "status: 201",
        "status: {$one_of: [400, 404]}",
        "status: 200, headers: {x-request-id: none}",
        "status: 200, headers: {x-nothing: {$type: string}}",
        "status: 200, body: {data: {billing_type: usage_based}}",
        "status: 200, body: {data: {username: {$type: integer}}}",
        "status: 200, body: {data: {username: {$matches: w}}}",
        "status: 200, body: {data: {username: {$length: 2}}}",
        "status: 200, body: {data: {username: {$at_most: 2}}}",
        "status: 200, body: {data: {username: {$absent: true}}}",
        "status: 200, body: {data: {username: {$not: {$type: string}}}}",
        "status: 200, body: {data: {username: [w]}}",
        "status: 200, body: {data: {username: {$each: w}}}",
        "status: 200, body: {data: {email: {$present: true}}}",
        "status: 200, body: {data: {nothing: {$type: \"null\"}}}",
        "status: 200, body: {data: {nothing: null}}",
        "status: 200, body: {data: []}",
        "status: 200, body: []",
    ];
    let step = |statement: &str| format!("[{{GET: /v3/users/me, expect: {{{statement}}}}}]");
    let mut steps: Vec<String> = wrong.iter().map(|statement| step(statement)).collect();
    let types = |statement: &str| {
        format!("[{{GET: /v3/webhooks/event-types, expect: {{status: 200, body: {{data: {statement}}}}}}}]")
    };
    steps.extend([
        types("{$each: {event_type: batch.finished}}"),
        types("{$contains: {event_type: nothing}}"),
        types("{$at_least: 1000}"),
        types("[{}]"),
        "[{GET: /v3/users/me, expect: {status: 200}, capture: {a: data.nothing}}]".to_owned(),
        "[{GET: \"/v3/videos/${nothing}\", expect: {status: 404}}]".to_owned(),
        "[{GET: /v3/users/me, until: {data: {email: now}}, within_s: 0, expect: {status: 200}}]".to_owned(),
    ]);
    let scenarios: Vec<String> = steps
        .iter()
        .enumerate()
        .map(|(index, steps)| format!("- {{name: s{index}, steps: {steps}}}\n"))
        .collect();
    let Some((code, told)) =
        run_text(&Server::start(), &format!("noun: n\nscenarios:\n{}", scenarios.concat()))
    else {
        return;
    };
    assert_eq!(code, 1, "{told}");
    assert!(told.contains(&format!("0 passed, {} failed, 0 skipped", steps.len())), "{told}");
}

#[test]
fn a_slip_of_the_pen_is_refused_before_anything_is_sent() {
    let server = Server::start();
    let file = |steps: &str| format!("noun: n\nscenarios:\n- name: s\n  steps: [{steps}]\n");
    for (text, named) in [
        (file("{GET: /a, expects: {status: 200}}"), "expects"),
        (file("{GET: /a, expect: {status: 200, boby: {}}}"), "boby"),
        (file("{GET: /a, expect: {body: {}}}"), "lacks 'status'"),
        (file("{GET: /a}"), "expects nothing"),
        (file("{GET: /a, POST: /a, expect: {status: 200}}"), "one method"),
        (file("{FETCH: /a, expect: {status: 200}}"), "FETCH"),
        (file("{GET: /a, expect: {status: 200, body: {a: {$typ: string}}}}"), "$typ"),
        (file("{GET: /a, expect: {status: 200, body: {a: {$type: strin}}}}"), "strin"),
        (file("{GET: /a, expect: {status: 200, body: {a: {$type: string, b: 1}}}}"), "'b'"),
        (file("{GET: /a, expect: {status: 200, body: {a: {$matches: \"(\"}}}}"), "$matches"),
        (file("{GET: /a, until: {a: 1}, expect: {status: 200}}"), "within_s"),
        (file("{POST: /a, json: {}, text: b, expect: {status: 200}}"), "several bodies"),
        (file("{POST: /a, bytes: {file: none.png}, expect: {status: 200}}"), "none.png"),
        (file("{GET: /a, expect: {status: 200}, expect: {status: 400}}"), "stands twice"),
        (format!("{}- name: s\n  steps: []\n", file("")), "stands twice"),
    ] {
        let Some((code, told)) = run_text(&server, &text) else { return };
        assert_eq!(code, 2, "{text}: {told}");
        assert!(told.contains(named), "{text}: {told}");
        assert!(!told.contains("Traceback"), "{told}");
    }
}
