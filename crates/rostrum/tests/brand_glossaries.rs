//! Glossaries: kept, listed, changed, and heard.

mod support;

use serde_json::{Value, json};
use support::{Server, script_video};

fn glossary() -> Value {
    json!({
        "name": "Names",
        "terms": [
            {"term": "Nginx", "pronunciation": "a rather long way to say a name"},
            {"term": "Acme Works", "pronunciation": "/ˈækmi wɝks/"},
        ],
        "do_not_translate_terms": [{"term": "Rostrum"}],
        "forced_translations": [{"term": "host", "translation": "Gastgeber"}],
    })
}

#[test]
fn a_glossary_is_kept_listed_changed_and_deleted() {
    let server = Server::start();
    let made = server.post("/v3/brand-glossaries", &glossary()).data();
    let id = made["brand_glossary_id"].as_str().unwrap();
    for field in ["name", "terms", "do_not_translate_terms", "forced_translations"] {
        assert_eq!(made[field], glossary()[field], "{field}");
    }
    let at = made["created_at"].as_str().unwrap();
    assert!(at.ends_with('Z') && at.contains('T') && at == made["updated_at"], "{made}");
    assert_eq!(server.get(&format!("/v3/brand-glossaries/{id}")).data(), made);
    let same = json!({"name": "nAMES"});
    server.post("/v3/brand-glossaries", &same).refused(409, "conflict", Some("name"));
    let other = server.post("/v3/brand-glossaries", &json!({"name": "Others"})).data();

    let first = server.get("/v3/brand-glossaries?limit=1").json();
    assert_eq!(first["data"][0]["brand_glossary_id"], other["brand_glossary_id"]);
    assert!(first["data"][0].get("terms").is_none());
    let token = first["next_token"].as_str().unwrap();
    let second = server.get(&format!("/v3/brand-glossaries?limit=1&token={token}")).json();
    assert_eq!((&second["data"][0]["brand_glossary_id"], &second["has_more"]), (&json!(id), &json!(false)));

    let path = format!("/v3/brand-glossaries/{id}");
    let json_body = [("content-type", "application/json"), ("x-api-key", server.key.as_str())];
    let change = json!({"name": "NAMES", "do_not_translate_terms": []}).to_string();
    let changed = server.send("PATCH", &path, &json_body, Some(change.as_bytes())).data();
    assert_eq!((&changed["name"], &changed["do_not_translate_terms"]), (&json!("NAMES"), &json!([])));
    assert_eq!((&changed["terms"], &changed["created_at"]), (&made["terms"], &made["created_at"]));
    let taken = json!({"name": "others"}).to_string();
    let refused = server.send("PATCH", &path, &json_body, Some(taken.as_bytes()));
    refused.refused(409, "conflict", Some("name"));

    assert_eq!(server.delete(&path).data(), json!({"brand_glossary_id": id}));
    for gone in [server.get(&path), server.delete(&path), server.get("/v3/brand-glossaries/nonsense")] {
        gone.refused(404, "not_found", Some("brand_glossary_id"));
    }
}

#[test]
fn what_cannot_be_in_a_glossary_is_refused_by_path() {
    let server = Server::start();
    for (terms, param) in [
        (
            json!([{"term": "a", "pronunciation": "b"}, {"term": "c", "pronunciation": "/ʙ/"}]),
            "terms[1].pronunciation",
        ),
        (json!([{"term": "a", "pronunciation": "—"}]), "terms[0].pronunciation"),
        (json!([{"term": "", "pronunciation": "b"}]), "terms[0].term"),
    ] {
        let body = json!({"name": "Names", "terms": terms});
        server.post("/v3/brand-glossaries", &body).refused(400, "invalid_parameter", Some(param));
    }
    server.post("/v3/brand-glossaries", &json!({})).refused(400, "invalid_parameter", Some("name"));
    assert_eq!(server.get("/v3/brand-glossaries").json()["data"], json!([]));
}

#[test]
fn a_glossary_is_heard_in_speech_and_videos_and_the_words_stay_as_written() {
    let server = Server::start();
    let made = server.post("/v3/brand-glossaries", &glossary()).data();
    let id = &made["brand_glossary_id"];
    let text = "The nginx of Acme Works.";
    let plain = server.post("/v3/voices/speech", &json!({"text": text, "voice_id": "af_heart"})).data();
    let told = json!({"text": text, "voice_id": "af_heart", "brand_glossary_id": id});
    let told = server.post("/v3/voices/speech", &told).data();
    let written: Vec<&str> = told["word_timestamps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|word| word["word"].as_str().unwrap())
        .collect();
    assert_eq!(written, ["The", "nginx", "of", "Acme Works."]);
    let seconds = |speech: &Value| speech["duration"].as_f64().unwrap();
    assert!(seconds(&told) > seconds(&plain) + 0.5, "{told}");

    let image = server.upload_fixture("portraits/astronaut.png");
    let mut body = script_video(&image, text);
    body["brand_glossary_id"] = id.clone();
    let video = server.create_video(&body);
    // What the glossary says later does not change a video that was asked for.
    server.delete(&format!("/v3/brand-glossaries/{}", id.as_str().unwrap())).data();
    let video = server.wait_until_completed(&video);
    assert!((video["duration"].as_f64().unwrap() - seconds(&told)).abs() < 0.1, "{video}");
    server.post("/v3/videos", &body).refused(400, "invalid_parameter", Some("brand_glossary_id"));
    let unknown = json!({"text": text, "voice_id": "af_heart", "brand_glossary_id": "nonsense"});
    server.post("/v3/voices/speech", &unknown).refused(400, "invalid_parameter", Some("brand_glossary_id"));
}
