//! Avatars: made of photos, kept, listed, changed, and seen in videos.

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use support::{Answer, Server, ffmpeg, fixture};

fn photo(asset_id: &str, name: &str) -> Value {
    json!({"type": "photo", "name": name, "file": {"type": "asset_id", "asset_id": asset_id}})
}

fn patch(server: &Server, path: &str, body: &Value) -> Answer {
    let headers = [("content-type", "application/json"), ("x-api-key", server.key.as_str())];
    server.send("PATCH", path, &headers, Some(body.to_string().as_bytes()))
}

#[test]
fn a_photo_becomes_an_avatar_that_speaks_with_its_own_voice() {
    let server = Server::start();
    let asset = server.upload_fixture("portraits/astronaut.png");
    let made = server.post("/v3/avatars", &photo(&asset, "Eileen")).data();
    let (look, group) = (&made["avatar_item"], &made["avatar_group"]);
    assert_eq!(
        (&look["name"], &look["avatar_type"], &look["status"]),
        (&json!("Eileen"), &json!("photo_avatar"), &json!("completed"))
    );
    assert_eq!(
        (&look["image_width"], &look["image_height"], &look["preferred_orientation"]),
        (&json!(512), &json!(512), &json!("square"))
    );
    assert_eq!((&look["group_id"], &group["looks_count"]), (&group["id"], &json!(1)));
    let shown = server.get(look["preview_image_url"].as_str().unwrap());
    assert_eq!((shown.status, shown.header("content-type")), (200, "image/png"));
    let (look_id, group_id) = (look["id"].as_str().unwrap(), group["id"].as_str().unwrap());

    let video = |extra: Value| {
        let mut body = json!({"type": "avatar", "avatar_id": look_id, "script": "It is me.", "aspect_ratio": "1:1",
            "resolution": "720p", "engine": {"type": "avatar_iv"}});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        server.post("/v3/videos", &body)
    };
    let refused = video(json!({})).refused(400, "invalid_parameter", Some("voice_id"));
    assert!(refused.contains("no default voice"), "{refused}");
    let told = video(json!({"avatar_id": group_id, "voice_id": "af_heart"})).refused(
        400,
        "invalid_parameter",
        Some("avatar_id"),
    );
    assert!(told.starts_with("Avatar not found or you don't have access"), "{told}");

    let path = format!("/v3/avatars/{group_id}");
    patch(&server, &path, &json!({"default_voice_id": "nobody"})).refused(
        400,
        "invalid_parameter",
        Some("default_voice_id"),
    );
    let changed = patch(&server, &path, &json!({"default_voice_id": "bf_emma", "name": "Eileen C."})).data();
    assert_eq!((&changed["name"], &changed["default_voice_id"]), (&json!("Eileen C."), &json!("bf_emma")));
    assert_eq!(server.get(&format!("/v3/avatars/looks/{look_id}")).data()["default_voice_id"], "bf_emma");

    let id = video(json!({})).data()["video_id"].as_str().unwrap().to_owned();
    // The video is made also when its avatar is gone by then.
    assert_eq!(server.delete(&path).data(), json!({"id": group_id}));
    let video = server.wait_until_completed(&id);
    assert!(video["duration"].as_f64().unwrap() > 0.5, "{video}");
    assert_eq!(server.get(video["video_url"].as_str().unwrap()).header("content-type"), "video/mp4");
}

#[test]
fn people_have_several_looks_and_the_last_takes_them_along() {
    let server = Server::start();
    let first = server.upload_fixture("portraits/astronaut.png");
    let ada = server.post("/v3/avatars", &photo(&first, "Ada")).data();
    let bytes = std::fs::read(fixture("portraits/grace_hopper.jpg")).unwrap();
    let inline = json!({"type": "photo", "name": "Grace",
        "file": {"type": "base64", "media_type": "image/jpeg", "data": STANDARD.encode(&bytes)}});
    let grace = server.post("/v3/avatars", &inline).data();
    let ada_id = ada["avatar_group"]["id"].as_str().unwrap();
    let mut second = photo(&first, "Ada at work");
    second["avatar_group_id"] = json!(ada_id);
    let at_work = server.post("/v3/avatars", &second).data();
    assert_eq!(
        (&at_work["avatar_group"]["name"], &at_work["avatar_group"]["looks_count"]),
        (&json!("Ada"), &json!(2))
    );

    let page = server.get("/v3/avatars?limit=1&ownership=private").json();
    assert_eq!((&page["data"][0]["id"], &page["has_more"]), (&grace["avatar_group"]["id"], &json!(true)));
    let next = server
        .get(&format!("/v3/avatars?ownership=private&token={}", page["next_token"].as_str().unwrap()))
        .json();
    assert_eq!((&next["data"][0]["id"], next["data"].as_array().unwrap().len()), (&json!(ada_id), 1));
    let looks = server.get(&format!("/v3/avatars/looks?group_id={ada_id}&avatar_type=photo_avatar")).json();
    let listed = |made: &Value| {
        let mut look = made["avatar_item"].clone();
        // Told once, when the look is made.
        look.as_object_mut().unwrap().remove("warnings");
        look
    };
    assert_eq!(looks["data"], json!([listed(&at_work), listed(&ada)]));
    assert_eq!(server.get("/v3/avatars/looks?avatar_type=digital_twin").json()["data"], json!([]));
    server.get("/v3/avatars?ownership=theirs").refused(400, "invalid_parameter", Some("ownership"));
    server.get("/v3/avatars/looks?limit=51").refused(400, "invalid_parameter", Some("limit"));

    let refused = server.delete(&format!("/v3/assets/{first}")).refused(409, "conflict", Some("asset_id"));
    assert!(refused.contains(at_work["avatar_item"]["id"].as_str().unwrap()), "{refused}");
    let look = format!("/v3/avatars/looks/{}", at_work["avatar_item"]["id"].as_str().unwrap());
    assert_eq!(patch(&server, &look, &json!({"name": "Ada at home"})).data()["name"], "Ada at home");
    patch(&server, &look, &json!({"name": ""})).refused(400, "invalid_parameter", Some("name"));
    server.delete(&look).data();
    server.get(&look).refused(404, "avatar_not_found", Some("look_id"));
    let last = format!("/v3/avatars/looks/{}", ada["avatar_item"]["id"].as_str().unwrap());
    server.delete(&last).data();
    server.get(&format!("/v3/avatars/{ada_id}")).refused(404, "avatar_group_not_found", Some("group_id"));
    second["name"] = json!("Ada again");
    server.post("/v3/avatars", &second).refused(400, "invalid_parameter", Some("avatar_group_id"));
    assert_eq!(server.delete(&format!("/v3/assets/{first}")).status, 200);
}

#[test]
fn the_answer_tells_what_could_be_better_of_a_photo() {
    let server = Server::start();
    let small = server.upload_fixture("portraits/astronaut.png");
    let good = server.upload_fixture("portraits/grace_hopper.jpg");
    let file = fixture("portraits/grace_hopper.jpg");
    let dim = ["-i", file.to_str().unwrap(), "-vf", "gblur=sigma=4,lutrgb=r=val*0.2:g=val*0.2:b=val*0.2"];
    let dim = server.upload("dim.png", &ffmpeg(&[&dim[..], &["-frames:v", "1"]].concat(), "png"));
    let dim = dim.data()["asset_id"].as_str().unwrap().to_owned();
    let warnings = |asset: &str| {
        server.post("/v3/avatars", &photo(asset, "Ada")).data()["avatar_item"]["warnings"].clone()
    };
    assert!(warnings(&good).is_null());
    let told = warnings(&small);
    assert!(told[0].as_str().unwrap().starts_with("the face is small: 61 px"), "{told}");
    let told = warnings(&dim);
    assert!(told[0].as_str().unwrap().starts_with("the face is blurred"), "{told}");
    assert!(told[1].as_str().unwrap().starts_with("the face is dark"), "{told}");
    assert!(server.log().contains("a photo is not ideal"));
}

#[test]
fn what_cannot_be_animated_is_refused_and_leaves_nothing_behind() {
    let server = Server::start();
    let grey = support::ffmpeg(&["-f", "lavfi", "-i", "color=gray:s=400x400", "-frames:v", "1"], "png");
    let tone = support::ffmpeg(&["-f", "lavfi", "-i", "sine=duration=1"], "wav");
    let inline = |kind: &str, bytes: &[u8]| json!({"type": "base64", "media_type": kind, "data": STANDARD.encode(bytes)});
    for (file, words) in [(inline("image/png", &grey), "face"), (inline("audio/wav", &tone), "image")] {
        let body = json!({"type": "photo", "name": "Nobody", "file": file});
        let refused = server.post("/v3/avatars", &body).refused(400, "invalid_parameter", Some("file"));
        assert!(refused.contains(words), "{refused}");
    }
    let unknown = photo("asset_018bcfe5680070008000000000000000", "Nobody");
    server.post("/v3/avatars", &unknown).refused(404, "asset_not_found", Some("file"));
    assert_eq!(server.get("/v3/avatars?ownership=private").json()["data"], json!([]));
    assert_eq!(server.get("/v1/asset/list").json()["data"]["assets"], json!([]));
}

#[test]
fn a_presenter_of_the_cast_speaks_without_any_upload() {
    let server = Server::start();
    let look = server.get("/v3/avatars/looks/josh_lite3_20230714").data();
    assert_eq!(
        (&look["avatar_type"], &look["group_id"], &look["default_voice_id"], &look["status"]),
        (&json!("studio_avatar"), &json!("josh"), &json!("am_michael"), &Value::Null)
    );
    for (url, mime) in [("preview_image_url", "image/jpeg"), ("preview_video_url", "video/mp4")] {
        let file = server.get(look[url].as_str().unwrap());
        assert_eq!((file.status, file.header("content-type")), (200, mime));
        assert!(file.bytes.len() > 10_000, "{url}");
    }
    let body = json!({"type": "avatar", "avatar_id": "josh_lite3_20230714", "script": "Hello. It is me.",
        "resolution": "720p", "aspect_ratio": "9:16", "motion_prompt": "smiling and nodding"});
    let id = server.post("/v3/videos", &body).data()["video_id"].as_str().unwrap().to_owned();
    let video = server.wait_until_completed(&id);
    assert!(video["duration"].as_f64().unwrap() > 0.8, "{video}");
    assert_eq!(server.get(video["video_url"].as_str().unwrap()).header("content-type"), "video/mp4");

    server.post("/v3/videos", &json!({"type": "avatar", "avatar_id": "josh", "script": "Hello."})).refused(
        400,
        "invalid_parameter",
        Some("avatar_id"),
    );
    server.delete("/v3/avatars/looks/josh_lite3_20230714").refused(403, "forbidden", Some("look_id"));
    server.delete("/v3/avatars/josh").refused(403, "forbidden", Some("group_id"));
    assert_eq!(server.get("/files/presenters/nobody/preview.jpg").status, 404);
}

#[test]
fn lists_go_on_from_own_avatars_to_the_cast_without_gaps() {
    let server = Server::start();
    let asset = server.upload_fixture("portraits/astronaut.png");
    let own = server.post("/v3/avatars", &photo(&asset, "Eileen")).data();
    for (path, least) in [("/v3/avatars", 16), ("/v3/avatars/looks", 48)] {
        let mut ids: Vec<String> = Vec::new();
        let mut token = String::new();
        loop {
            let page = server.get(&format!("{path}?limit=5&token={token}")).json();
            ids.extend(
                page["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()),
            );
            let Some(next) = page["next_token"].as_str() else { break };
            next.clone_into(&mut token);
        }
        let kind = if path.ends_with("looks") { "avatar_item" } else { "avatar_group" };
        assert_eq!(ids[0], own[kind]["id"].as_str().unwrap(), "own ones come first");
        let distinct: std::collections::HashSet<&String> = ids.iter().collect();
        assert!(distinct.len() == ids.len() && ids.len() > least, "{path} {}", ids.len());
    }
    let count = |query: &str| {
        server.get(&format!("/v3/avatars/looks?{query}")).json()["data"].as_array().unwrap().len()
    };
    assert_eq!(count("group_id=wayne"), 3);
    assert_eq!(count("ownership=private&avatar_type=studio_avatar"), 0);
    assert_eq!(count("ownership=private"), 1);
}

#[test]
fn a_description_becomes_a_person_who_speaks_and_can_be_dressed_anew() {
    let server = Server::start();
    let describe = |extra: Value| {
        let mut body =
            json!({"type": "prompt", "name": "Ada", "prompt": "a young woman with red hair in a green suit"});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        server.post("/v3/avatars", &body)
    };
    let (first, again) = (describe(json!({})).data(), describe(json!({})).data());
    let (look, group) = (&first["avatar_item"], &first["avatar_group"]);
    let picture = |made: &Value| server.get(made["avatar_item"]["preview_image_url"].as_str().unwrap()).bytes;
    assert_eq!(picture(&first), picture(&again), "the same description gives the same person");
    assert_ne!(picture(&first), picture(&describe(json!({"name": "Eve"})).data()));
    assert_eq!((&look["status"], &group["default_voice_id"]), (&json!("completed"), &json!("af_heart")));

    let change = json!({"name": "Ada at work", "prompt": "wearing a lab coat and glasses", "avatar_id": look["id"],
        "avatar_group_id": group["id"]});
    let changed = describe(change).data();
    assert_eq!(changed["avatar_group"]["looks_count"], 2);
    let body = json!({"type": "avatar", "avatar_id": changed["avatar_item"]["id"], "script": "It is me.", "resolution": "720p"});
    let id = server.post("/v3/videos", &body).data()["video_id"].as_str().unwrap().to_owned();
    server.wait_until_completed(&id);

    describe(json!({"avatar_id": "nobody"})).refused(400, "invalid_parameter", Some("avatar_id"));
    let asset = server.upload_fixture("portraits/astronaut.png");
    let eileen = server.post("/v3/avatars", &photo(&asset, "Eileen")).data();
    describe(json!({"avatar_id": eileen["avatar_item"]["id"]})).refused(
        400,
        "invalid_parameter",
        Some("avatar_id"),
    );
}
