//! What things cost, and what there is to pay with.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use serde_json::{Value, json};
use support::{Server, rostrum, script_video};

/// Runs `rostrum credits` beside the server and returns what it says.
fn credits(server: &Server, words: &[&str]) -> String {
    let done = rostrum(server.data_dir()).arg("credits").args(words).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// What `users/me` says is left.
fn balance(server: &Server) -> Value {
    let me = server.get("/v3/users/me").data();
    assert_eq!(
        (me["billing_type"].as_str(), me["wallet"]["currency"].as_str()),
        (Some("wallet"), Some("credits"))
    );
    me["wallet"]["remaining_balance"].clone()
}

fn near(left: &Value, expected: f64) -> bool {
    (left.as_f64().unwrap() - expected).abs() < 2e-6
}

#[test]
fn without_a_limit_nothing_is_refused_and_what_was_used_is_told() {
    let server = Server::start();
    let me = server.get("/v3/users/me").json();
    // Lists of assets are asked for with it.
    let username = me["data"]["username"].as_str().unwrap();
    assert_eq!(server.get(&format!("/v3/assets?username={username}")).status, 200);
    assert_eq!(
        me,
        json!({"data": {
            "username": username, "workspace_name": "default", "email": null, "first_name": null, "last_name": null,
            "billing_type": "wallet", "subscription": null, "usage_based": null,
            "wallet": {"currency": "credits", "remaining_balance": null, "auto_reload": null},
        }})
    );
    let v1 = server.get("/v1/user/me").json();
    assert_eq!((v1["code"].as_u64(), v1["data"]["username"].as_str()), (Some(100), Some(username)));
    server.post("/v3/voices/speech", &json!({"text": "Hello.", "voice_id": "af_heart"})).data();
    let quota = server.get("/v2/user/remaining_quota").json();
    assert_eq!(quota["error"], Value::Null);
    assert_eq!(quota["data"]["remaining_quota"], 2_147_483_647);
    assert_eq!(quota["data"]["used_quota"], 1);
    assert_eq!(server.get_as("rsk_wrong", "/v3/users/me").status, 401);
}

#[test]
fn what_was_made_is_paid_for_and_what_failed_is_not() {
    let server = Server::start();
    let image = server.upload_fixture("portraits/astronaut.png");
    let video = |script: &str| script_video(&image, script);
    server.post("/v3/voices/speech", &json!({"text": "Free.", "voice_id": "af_heart"})).data();
    assert!(credits(&server, &["grant", "0.9"]).contains("has 0.9 credits"));
    assert_eq!(balance(&server), json!(0.9));
    assert_eq!(server.get("/v2/user/remaining_quota").json()["data"]["remaining_quota"], 0);

    let speech =
        server.post("/v3/voices/speech", &json!({"text": "Hello there.", "voice_id": "af_heart"})).data();
    let left = 0.9 - 0.000_333 * speech["duration"].as_f64().unwrap();
    assert!(near(&balance(&server), left), "{}", balance(&server));

    let photo = json!({"type": "photo", "name": "Ann", "file": {"type": "asset_id", "asset_id": image}});
    let refused = server.post("/v3/avatars", &photo).refused(402, "insufficient_credit", None);
    assert!(refused.contains("credits but this avatar requires 1 credits"), "{refused}");
    let long = video(&"A long story. ".repeat(20));
    let refused = server.post("/v3/videos", &long).refused(402, "insufficient_credit", None);
    assert!(refused.contains("but this video requires 1.9"), "{refused}");
    let older =
        json!({"image_asset_id": image, "script": "A long story. ".repeat(20), "voice_id": "af_heart"});
    let refused = server.post("/v2/videos", &older);
    assert_eq!(
        (refused.status, refused.json()["error"]["code"].as_str()),
        (402, Some("insufficient_credit"))
    );
    assert!(near(&balance(&server), left), "{}", balance(&server));
    assert_eq!(server.get("/v3/videos").json()["data"], json!([]));

    let mut trial = long.clone();
    trial["test"] = json!(true);
    let trial = server.create_video(&trial);
    assert!(near(&balance(&server), left), "{}", balance(&server));
    server.delete(&format!("/v3/videos/{trial}")).data();

    let cancelled = server.create_video(&video("About two seconds of speech."));
    let while_made = balance(&server).as_f64().unwrap();
    assert!(while_made < left - 0.1 && while_made > left - 0.4, "{while_made} of {left}");
    server.post(&format!("/v3/videos/{cancelled}/cancel"), &json!({})).data();
    assert!(near(&balance(&server), left), "{}", balance(&server));
    let deleted = server.create_video(&video("About two seconds of speech."));
    server.delete(&format!("/v3/videos/{deleted}")).data();
    assert!(near(&balance(&server), left), "{}", balance(&server));

    let made = server.create_video(&video("Paid for."));
    let duration_s = server.wait_until_completed(&made)["duration"].as_f64().unwrap();
    assert!(near(&balance(&server), left - 0.1 * duration_s), "{} {duration_s}", balance(&server));
    let shown = credits(&server, &["show"]);
    assert!(shown.contains("reserve") && shown.contains("end") && shown.contains("correction"), "{shown}");

    assert!(credits(&server, &["unlimited"]).contains("has no limit"));
    assert_eq!(balance(&server), Value::Null);
    server.post("/v3/avatars", &photo).data();
}
