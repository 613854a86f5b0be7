//! The second generation's avatars of photos.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use serde_json::{Value, json};
use support::{Answer, Server, ffmpeg, fixture};

/// Asserts a success and returns `data`.
#[track_caller]
fn data(answer: &Answer) -> Value {
    let body = answer.json();
    assert_eq!((answer.status, &body["error"]), (200, &Value::Null), "{body}");
    body["data"].clone()
}

/// Asserts an error and returns its message.
#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) -> String {
    let body = answer.json();
    assert_eq!((answer.status, body["error"]["code"].as_str()), (status, Some(code)), "{body}");
    assert_eq!(body["data"], Value::Null);
    body["error"]["message"].as_str().unwrap().to_owned()
}

/// Uploads a portrait of the fixtures and returns its key.
fn image_key(server: &Server, portrait: &str) -> String {
    let bytes = std::fs::read(fixture(portrait)).unwrap();
    let asset = server.post_raw("/v1/asset", &[("content-type", "image/jpeg")], &bytes).json();
    asset["data"]["image_key"].as_str().unwrap().to_owned()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

const CREATE: &str = "/v2/photo_avatar/avatar_group/create";
const ADD: &str = "/v2/photo_avatar/avatar_group/add";
const ASTRONAUT: &str = "portraits/astronaut.png";
const ADMIRAL: &str = "portraits/grace_hopper.jpg";
const NOBODY: &str = "018bcfe5680070008000000000000000";

#[test]
fn a_key_becomes_a_person_who_can_speak_at_once_by_either_generations_name() {
    let server = Server::start();
    let key = image_key(&server, ADMIRAL);
    let made =
        data(&server.post(CREATE, &json!({"image_key": key, "name": "Grace", "generation_id": "none"})));
    let id = text(&made["id"]);
    assert_eq!(
        (&made["group_id"], &made["name"], &made["status"]),
        (&made["id"], &json!("Grace"), &json!("completed"))
    );
    assert_eq!(
        (&made["is_motion"], &made["upscaled"], &made["business_type"]),
        (&json!(false), &json!(false), &json!("uploaded"))
    );
    assert_eq!(made["upscale_availability"], json!({"available": true, "reason": null}));
    assert!(made["created_at"].as_f64().unwrap() > 1.7e9);
    assert_eq!(server.get(text(&made["image_url"])).bytes, std::fs::read(fixture(ADMIRAL)).unwrap());
    let path = format!("/v2/photo_avatar/{id}");
    assert_eq!(data(&server.get(&path)), made);

    assert_eq!(data(&server.post("/v2/photo_avatar/train", &json!({"group_id": id}))), Value::Null);
    let status = data(&server.get(&format!("/v2/photo_avatar/train/status/{id}")));
    assert_eq!((&status["status"], &status["error_msg"]), (&json!("ready"), &Value::Null));

    assert_eq!(server.get(&format!("/v3/avatars/looks/{id}")).data()["group_id"], made["id"]);
    assert_eq!(server.get(&format!("/v3/avatars/{id}")).data()["name"], "Grace");
    server
        .create_video(&json!({"type": "avatar", "avatar_id": id, "script": "Hello.", "voice_id": "af_heart",
        "resolution": "720p"}));

    assert_eq!(data(&server.delete(&path)), Value::Null);
    refused(&server.delete(&path), 404, "avatar_not_found");
    refused(&server.get(&path), 404, "avatar_not_found");
    let told =
        refused(&server.get(&format!("/v2/photo_avatar/train/status/{id}")), 404, "avatar_group_not_found");
    assert!(told.contains("/v2/avatar_group.list"), "{told}");
}

#[test]
fn photos_are_added_to_a_person_all_or_none() {
    let server = Server::start();
    let (first, second) = (image_key(&server, ASTRONAUT), image_key(&server, ADMIRAL));
    // A bare id does as well.
    let bare = text(&json!(first)).split('/').nth(1).unwrap().to_owned();
    let made = data(&server.post(CREATE, &json!({"image_key": bare, "name": "Eileen"})));
    let group = text(&made["id"]);
    let wall = ffmpeg(&["-f", "lavfi", "-i", "color=gray:s=512x512", "-frames:v", "1"], "png");
    let wall = server.upload("wall.png", &wall).data();
    let tone = ffmpeg(&["-f", "lavfi", "-i", "sine=d=1"], "mp3");
    let tone = server.upload("tone.mp3", &tone).data();
    let count = || server.get(&format!("/v3/avatars/{group}")).data()["looks_count"].clone();
    let add =
        |keys: Value| server.post(ADD, &json!({"group_id": group, "image_keys": keys, "name": "At work"}));

    let told = refused(&add(json!([first, wall["asset_id"]])), 400, "invalid_parameter");
    assert!(told.contains("'image_keys[1]'") && told.contains("face"), "{told}");
    let told = refused(&add(json!([tone["asset_id"], first])), 400, "invalid_parameter");
    assert!(told.contains("'image_keys[0]' is audio/mpeg"), "{told}");
    let gone = format!("asset_{NOBODY}");
    let told = refused(&add(json!([first, second, gone])), 404, "asset_not_found");
    assert!(told.contains("'image_keys[2]'") && told.contains(&gone), "{told}");
    let five = vec![json!(first); 5];
    assert!(refused(&add(json!(five)), 400, "invalid_parameter").contains("got 5"));
    let body = json!({"group_id": NOBODY, "image_keys": [first], "name": "Nobody"});
    assert!(refused(&server.post(ADD, &body), 404, "avatar_group_not_found").contains(NOBODY));
    assert_eq!(count(), 1);

    let added = data(&add(json!([first, second])));
    let looks = added["photo_avatar_list"].as_array().unwrap();
    assert_eq!(looks.len(), 2);
    assert!(looks.iter().all(|look| look["name"] == "At work" && look["group_id"] == made["id"]));
    assert_eq!(server.get(text(&looks[1]["image_url"])).bytes, std::fs::read(fixture(ADMIRAL)).unwrap());
    assert_eq!(count(), 3);
    let newest_first = server.get(&format!("/v3/avatars/looks?group_id={group}")).json();
    let ids: Vec<&Value> = newest_first["data"].as_array().unwrap().iter().map(|look| &look["id"]).collect();
    assert_eq!(ids, [&looks[1]["id"], &looks[0]["id"], &made["id"]]);

    let path = format!("/v2/photo_avatar_group/{group}");
    assert_eq!(data(&server.delete(&path)), Value::Null);
    refused(&server.delete(&path), 404, "avatar_group_not_found");
    refused(&server.get(&format!("/v2/photo_avatar/{}", text(&looks[0]["id"]))), 404, "avatar_not_found");
}

#[test]
fn what_makes_no_person_is_refused_and_named() {
    let server = Server::start();
    let key = image_key(&server, ADMIRAL);
    let wall = ffmpeg(&["-f", "lavfi", "-i", "color=gray:s=512x512", "-frames:v", "1"], "png");
    let wall = server.upload("wall.png", &wall).data();
    let film = ffmpeg(&["-f", "lavfi", "-i", "testsrc=d=1:s=64x64", "-pix_fmt", "yuv420p"], "mp4");
    let film = server.upload("film.mp4", &film).data();
    for (body, status, code, words) in [
        (json!({"name": "Ada"}), 400, "invalid_parameter", "'image_key'"),
        (json!({"image_key": "me.jpg", "name": "Ada"}), 400, "invalid_parameter", "got \"me.jpg\""),
        (json!({"image_key": key, "name": " "}), 400, "invalid_parameter", "'name'"),
        (json!({"image_key": key}), 400, "invalid_parameter", "'name'"),
        (json!({"image_key": wall["asset_id"], "name": "Ada"}), 400, "invalid_parameter", "face"),
        (json!({"image_key": film["asset_id"], "name": "Ada"}), 400, "invalid_parameter", "video/mp4"),
        (
            json!({"image_key": format!("image/asset_{NOBODY}/original.png"), "name": "Ada"}),
            404,
            "asset_not_found",
            "'image_key'",
        ),
    ] {
        let told = refused(&server.post(CREATE, &body), status, code);
        assert!(told.contains(words), "{body}: {told}");
    }
    assert_eq!(server.get("/v3/avatars?ownership=private").json()["data"], json!([]));

    // A person's id is none of a look, where the two differ.
    let photo = json!({"type": "photo", "name": "Grace", "file": {"type": "asset_id", "asset_id": key.split('/').nth(1)}});
    let group = server.post("/v3/avatars", &photo).data()["avatar_group"]["id"].clone();
    let path = format!("/v2/photo_avatar/{}", text(&group));
    refused(&server.get(&path), 404, "avatar_not_found");
    refused(&server.delete(&path), 404, "avatar_not_found");
    refused(&server.post("/v2/photo_avatar/train", &json!({})), 400, "invalid_parameter");
    refused(
        &server.post("/v2/photo_avatar/train", &json!({"group_id": NOBODY})),
        404,
        "avatar_group_not_found",
    );
    let stranger = [("content-type", "application/json"), ("x-api-key", "nobody")];
    refused(&server.post_raw(CREATE, &stranger, b"{}"), 401, "unauthorized");
}

#[test]
fn what_is_not_built_says_so_with_a_way_out() {
    let server = Server::start();
    let told = refused(&server.post("/v2/photo_avatar/add_sound_effect", &json!({})), 501, "not_implemented");
    assert!(told.contains("volume"), "{told}");
}

#[test]
fn people_and_their_looks_are_listed_whole() {
    let server = Server::start();
    let none = data(&server.get("/v2/avatar_group.list"));
    assert_eq!(none, json!({"total_count": 0, "avatar_group_list": []}));
    let (first, second) = (image_key(&server, ASTRONAUT), image_key(&server, ADMIRAL));
    let eileen = data(&server.post(CREATE, &json!({"image_key": first, "name": "Eileen"})));
    let grace = data(&server.post(CREATE, &json!({"image_key": second, "name": "Grace"})));
    let (id, url) = (text(&eileen["id"]), text(&eileen["image_url"]));
    let more = json!({"group_id": id, "image_keys": [second], "name": "In disguise"});
    let more = data(&server.post(ADD, &more))["photo_avatar_list"][0].clone();
    let voice = json!({"default_voice_id": "bf_emma"});
    let headers = [("content-type", "application/json"), ("x-api-key", server.key.as_str())];
    server.send("PATCH", &format!("/v3/avatars/{id}"), &headers, Some(voice.to_string().as_bytes())).data();

    let groups = data(&server.get("/v2/avatar_group.list"));
    assert_eq!(groups["total_count"], 2);
    assert_eq!(
        groups["avatar_group_list"][1],
        json!({"id": id, "name": "Eileen", "created_at": eileen["created_at"], "num_looks": 2, "preview_image": url,
            "preview_image_url": url, "group_type": "PHOTO", "train_status": "ready", "default_voice_id": "bf_emma"})
    );
    assert_eq!(groups["avatar_group_list"][0]["name"], "Grace");
    refused(&server.get("/v2/avatar_group.list?include_public=maybe"), 400, "invalid_parameter");

    let of_group = data(&server.get(&format!("/v2/avatar_group/{id}/avatars")));
    assert_eq!(of_group["avatar_list"], json!([more, eileen]));
    for unknown in [NOBODY, text(&more["id"]), "nobody"] {
        refused(&server.get(&format!("/v2/avatar_group/{unknown}/avatars")), 404, "avatar_group_not_found");
    }

    let all = data(&server.get("/v2/avatars"));
    let talking = |look: &Value| {
        json!({"talking_photo_id": look["id"], "talking_photo_name": look["name"],
            "preview_image_url": look["image_url"]})
    };
    assert_eq!(all["talking_photos"], json!([talking(&more), talking(&grace), talking(&eileen)]));
    let details = data(&server.get(&format!("/v2/avatar/{id}/details")));
    assert_eq!(
        details,
        json!({"type": "talking_photo", "id": id, "name": "Eileen", "gender": "unknown", "preview_image_url": url,
            "preview_video_url": null, "premium": false, "is_public": false, "default_voice_id": "bf_emma", "tags": []})
    );
    refused(&server.get(&format!("/v2/avatar/{NOBODY}/details")), 404, "avatar_not_found");
    refused(&server.get_as("nobody", "/v2/avatars"), 401, "unauthorized");
}

#[test]
fn the_cast_is_listed_with_what_is_no_photo() {
    let server = Server::start();
    let all = data(&server.get("/v2/avatars"));
    let avatars = all["avatars"].as_array().unwrap();
    let first = &avatars[0];
    assert!(avatars.len() > 20 && all["talking_photos"] == json!([]));
    let (id, image) = (text(&first["avatar_id"]), text(&first["preview_image_url"]));
    assert_eq!(server.get(image).header("content-type"), "image/jpeg");
    assert_eq!(server.get("/v1/avatar.list").json()["data"]["avatars"], all["avatars"]);
    let details = data(&server.get(&format!("/v2/avatar/{id}/details")));
    assert_eq!(
        (&details["type"], &details["id"], &details["is_public"], &details["default_voice_id"]),
        (&json!("avatar"), &first["avatar_id"], &json!(true), &first["default_voice_id"])
    );
    let groups = data(&server.get("/v2/avatar_group.list?include_public=true"));
    let group = &groups["avatar_group_list"][0];
    assert_eq!(groups["total_count"], groups["avatar_group_list"].as_array().unwrap().len());
    assert_eq!((&group["group_type"], &group["train_status"]), (&json!("PUBLIC"), &Value::Null));
    let of_group = data(&server.get(&format!("/v2/avatar_group/{}/avatars", text(&group["id"]))));
    assert_eq!(of_group["avatar_list"][0], *first);
    assert_eq!(group["num_looks"], of_group["avatar_list"].as_array().unwrap().len());
    refused(
        &server.delete(&format!("/v2/photo_avatar_group/{}", text(&group["id"]))),
        404,
        "avatar_group_not_found",
    );
    let consent = format!("/v3/avatars/{}/consent", text(&group["id"]));
    server.post(&consent, &json!({})).refused(403, "forbidden", Some("group_id"));
}
