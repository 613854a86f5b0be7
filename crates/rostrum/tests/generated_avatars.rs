//! People made from a description: drawn, or by an image engine.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::fake::{Asked, Fake};
use support::{Answer, Server, ffmpeg, ffprobe, fixture};

const GENERATE: &str = "/v2/photo_avatar/photo/generate";
const LOOKS: &str = "/v2/photo_avatar/look/generate";
const CREATE: &str = "/v2/photo_avatar/avatar_group/create";
const ADD: &str = "/v2/photo_avatar/avatar_group/add";
const ADMIRAL: &str = "portraits/grace_hopper.jpg";
const NOBODY: &str = "018bcfe5680070008000000000000000";
/// How long four pictures may take on a busy machine.
const LIMIT: Duration = Duration::from_mins(2);

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
    body["error"]["message"].as_str().unwrap().to_owned()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn brief(style: &str) -> Value {
    json!({"name": "Mira", "age": "Young Adult", "gender": "Woman", "ethnicity": "South Asian",
        "orientation": "square", "pose": "half_body", "style": style, "appearance": "long hair, a blue blazer"})
}

/// Starts a generation and gives its id.
#[track_caller]
fn started(server: &Server, path: &str, body: &Value) -> String {
    text(&data(&server.post(path, body))["generation_id"]).to_owned()
}

/// The generation when it has ended.
#[expect(clippy::disallowed_methods, reason = "another process's progress can only be asked for")]
fn ended(server: &Server, id: &str) -> Value {
    let start = Instant::now();
    loop {
        let generation = data(&server.get(&format!("/v2/photo_avatar/generation/{id}")));
        match text(&generation["status"]) {
            "success" | "failed" => return generation,
            "pending" | "processing" => assert_eq!(generation["image_key_list"], Value::Null),
            other => panic!("{other} is no status"),
        }
        assert!(start.elapsed() < LIMIT, "gave up waiting for {generation}\n{}", server.log());
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[track_caller]
fn keys(generation: &Value) -> Vec<String> {
    assert_eq!(generation["status"], "success", "{generation}");
    let keys = generation["image_key_list"].as_array().unwrap();
    keys.iter().map(|key| text(key).to_owned()).collect()
}

#[test]
fn four_people_are_drawn_and_one_of_them_becomes_an_avatar_that_moves_well() {
    let server = Server::start();
    let id = started(&server, GENERATE, &brief("Realistic"));
    let generation = ended(&server, &id);
    assert_eq!((&generation["id"], &generation["msg"]), (&json!(id), &Value::Null));
    let keys = keys(&generation);
    let urls = generation["image_url_list"].as_array().unwrap();
    assert_eq!((keys.len(), urls.len()), (4, 4));
    let pictures: Vec<Vec<u8>> = urls.iter().map(|url| server.get(text(url)).bytes).collect();
    for (i, picture) in pictures.iter().enumerate() {
        let stream = &ffprobe(picture)["streams"][0];
        assert_eq!((&stream["width"], &stream["height"]), (&json!(1080), &json!(1080)));
        assert!(pictures[..i].iter().all(|other| other != picture), "picture {i} is one of those before");
    }

    let made =
        data(&server.post(CREATE, &json!({"image_key": keys[1], "name": "Mira", "generation_id": id})));
    assert_eq!((&made["status"], &made["image_url"]), (&json!("completed"), &urls[1]));
    // Whoever was drawn can be described anew, which photos cannot.
    let look = text(&made["id"]);
    let anew = json!({"type": "prompt", "name": "At work", "prompt": "in a lab coat", "avatar_id": look});
    server.post("/v3/avatars", &anew).data();
    // And has a voice from the first moment.
    assert_eq!(server.get(&format!("/v3/avatars/{look}")).data()["default_voice_id"], "af_heart");
    let added = json!({"group_id": look, "image_keys": [keys[0], keys[3]], "name": "More"});
    let added = data(&server.post(ADD, &added));
    assert_eq!(added["photo_avatar_list"].as_array().unwrap().len(), 2);
    server
        .post(
            "/v3/avatars",
            &json!({"type": "prompt", "name": "x", "prompt": "in a red dress",
        "avatar_id": added["photo_avatar_list"][1]["id"]}),
        )
        .data();

    // The key alone speaks too, as a person who is drawn: a drawing has no face that could be animated otherwise.
    let av4 = json!({"image_key": keys[2], "video_title": "t", "script": "Hi.", "voice_id": "af_heart"});
    let video = text(&data(&server.post("/v2/video/av4/generate", &av4))["video_id"]).to_owned();
    let body = json!({"video_inputs": [{"character": {"type": "talking_photo", "talking_photo_id": look},
        "voice": {"type": "text", "input_text": "Hi.", "voice_id": "af_heart"}}],
        "dimension": {"width": 640, "height": 360}});
    let talking = text(&data(&server.post("/v2/video/generate", &body))["video_id"]).to_owned();
    for id in [video, talking] {
        server.wait_until_completed(&id);
    }
}

#[test]
fn what_was_acknowledged_is_drawn_after_a_kill_and_drawn_once() {
    let mut server = Server::start();
    let ids: Vec<String> =
        ["Noir", "Pixar"].iter().map(|style| started(&server, GENERATE, &brief(style))).collect();
    server.kill();
    server.restart();
    for id in &ids {
        assert_eq!(keys(&ended(&server, id)).len(), 4);
    }
    let assets = server.get("/v3/assets?limit=50").json();
    if let Some(assets) = assets["data"].as_array() {
        assert_eq!(assets.len(), 8, "{assets:?}");
    }
    let again: Vec<Vec<String>> = ids.iter().map(|id| keys(&ended(&server, id))).collect();
    server.kill();
    server.restart();
    let later: Vec<Vec<String>> = ids.iter().map(|id| keys(&ended(&server, id))).collect();
    assert_eq!(again, later);
}

#[test]
fn somebody_drawn_gets_looks_and_somebody_photographed_needs_an_engine() {
    let server = Server::start();
    let generation = ended(&server, &started(&server, GENERATE, &brief("Unspecified")));
    let key = keys(&generation)[0].clone();
    let group = data(&server.post(CREATE, &json!({"image_key": key, "name": "Mira"})))["group_id"].clone();
    let look = |group: &Value| {
        json!({"group_id": group, "prompt": "in a red hoodie at the beach", "orientation": "vertical",
            "pose": "close_up", "style": "Unspecified"})
    };
    let generation = ended(&server, &started(&server, LOOKS, &look(&group)));
    let keys = keys(&generation);
    let picture = server.get(text(&generation["image_url_list"][3])).bytes;
    let stream = &ffprobe(&picture)["streams"][0];
    assert_eq!((&stream["width"], &stream["height"]), (&json!(1080), &json!(1920)));
    let added = json!({"group_id": group, "image_keys": keys, "name": "Holiday", "generation_id": "x"});
    let added = data(&server.post(ADD, &added));
    assert_eq!(added["photo_avatar_list"].as_array().unwrap().len(), 4);

    let photo = server.upload_fixture(ADMIRAL);
    let grace = data(&server.post(CREATE, &json!({"image_key": photo, "name": "Grace"})))["id"].clone();
    let told = refused(&server.post(LOOKS, &look(&grace)), 501, "not_implemented");
    assert!(told.contains("'image_engine'") && told.contains("'group_id'"), "{told}");
    let told = refused(&server.post(LOOKS, &look(&json!(NOBODY))), 404, "avatar_group_not_found");
    assert!(told.contains(NOBODY), "{told}");
    let file = json!({"type": "asset_id", "asset_id": photo});
    let with_photo = json!({"type": "prompt", "name": "x", "prompt": "a man", "reference_images": [file]});
    let told =
        server.post("/v3/avatars", &with_photo).refused(501, "not_implemented", Some("reference_images"));
    assert!(told.contains("'image_engine'"), "{told}");
}

#[test]
fn a_photo_is_made_larger_once_and_a_drawn_person_needs_no_more() {
    let server = Server::start();
    let photo = server.upload_fixture(ADMIRAL);
    let made = data(&server.post(CREATE, &json!({"image_key": photo, "name": "Grace"})));
    let id = text(&made["id"]);
    assert_eq!(made["upscale_availability"]["available"], true);
    let body = json!({"id": id});
    assert_eq!(data(&server.post("/v2/photo_avatar/upscale", &body)), body);
    let larger = data(&server.get(&format!("/v2/photo_avatar/{id}")));
    assert_eq!(
        (&larger["upscaled"], &larger["upscale_availability"]["available"]),
        (&json!(true), &json!(false))
    );
    assert_ne!(larger["image_url"], made["image_url"]);
    let stream = &ffprobe(&server.get(text(&larger["image_url"])).bytes)["streams"][0];
    assert_eq!((&stream["width"], &stream["height"]), (&json!(1080), &json!(1266)));
    let item = server.get(&format!("/v3/avatars/looks/{id}")).data();
    assert_eq!((&item["image_width"], &item["image_height"]), (&json!(1080), &json!(1266)));
    let told = refused(&server.post("/v2/photo_avatar/upscale", &body), 409, "conflict");
    assert!(told.contains("1080x1266") && told.contains("'id'"), "{told}");
    // What it was made of can go now.
    assert_eq!(server.delete(&format!("/v3/assets/{photo}")).status, 200);

    let drawn = json!({"type": "prompt", "name": "Ada", "prompt": "a woman"});
    let drawn = server.post("/v3/avatars", &drawn).data()["avatar_item"]["id"].clone();
    let told = refused(&server.post("/v2/photo_avatar/upscale", &json!({"id": drawn})), 409, "conflict");
    assert!(told.contains("drawn"), "{told}");
    refused(&server.post("/v2/photo_avatar/upscale", &json!({"id": NOBODY})), 404, "avatar_not_found");
    refused(&server.post("/v2/photo_avatar/upscale", &json!({})), 400, "invalid_parameter");
}

#[test]
fn looks_that_are_set_in_motion_have_a_film_of_it() {
    let mut server = Server::start();
    let photo = server.upload_fixture(ADMIRAL);
    let grace = data(&server.post(CREATE, &json!({"image_key": photo, "name": "Grace"})))["id"].clone();
    let drawn = json!({"type": "prompt", "name": "Ada", "prompt": "a woman"});
    let drawn = server.post("/v3/avatars", &drawn).data()["avatar_item"]["id"].clone();
    for (id, prompt, size) in [(&grace, json!("nodding"), (546, 640)), (&drawn, json!(null), (640, 360))] {
        let body = json!({"id": id, "prompt": prompt});
        assert_eq!(data(&server.post("/v2/photo_avatar/add_motion", &body))["id"], *id);
        let look = data(&server.get(&format!("/v2/photo_avatar/{}", text(id))));
        assert_eq!(look["is_motion"], true);
        let film = server.get(text(&look["motion_preview_url"]));
        assert_eq!(film.header("content-type"), "video/mp4");
        let streams = ffprobe(&film.bytes)["streams"].clone();
        assert_eq!((&streams[0]["width"], &streams[0]["height"]), (&json!(size.0), &json!(size.1)));
        assert_eq!(streams[1]["codec_type"], "audio");
        let item = server.get(&format!("/v3/avatars/looks/{}", text(id))).data();
        assert_eq!(item["preview_video_url"], look["motion_preview_url"]);
    }
    let path = format!("/v2/photo_avatar/{}", text(&grace));
    let first = text(&data(&server.get(&path))["motion_preview_url"]).to_owned();
    data(&server.post("/v2/photo_avatar/add_motion", &json!({"id": grace, "prompt": "calm"})));
    server.kill();
    server.restart();
    let second = text(&data(&server.get(&path))["motion_preview_url"]).to_owned();
    let file = |url: &str| url[url.rfind("/files").unwrap()..].to_owned();
    assert_ne!(file(&first), file(&second));
    assert_eq!(server.get(&file(&first)).status, 404);
    assert_eq!(server.files_in("blobs/looks").len(), 2);
    data(&server.delete(&path));
    server.delete(&format!("/v3/avatars/looks/{}", text(&drawn)));
    assert_eq!(server.files_in("blobs/looks"), Vec::<String>::new());
    refused(&server.post("/v2/photo_avatar/add_motion", &json!({"id": NOBODY})), 404, "avatar_not_found");
    refused(
        &server.post("/v2/photo_avatar/add_motion", &json!({"id": NOBODY, "prompt": 7})),
        400,
        "invalid_parameter",
    );
}

#[test]
fn what_cannot_be_generated_is_refused_by_name_and_strangers_see_nothing() {
    let server = Server::start();
    for (field, value, words) in [
        ("age", json!("Teenager"), "Young Adult, Early Middle Age, Late Middle Age, Senior, Unspecified"),
        ("gender", json!(null), "Woman, Man, Unspecified; got nothing"),
        ("style", json!("Baroque"), "got \"Baroque\""),
        ("appearance", json!("x".repeat(1001)), "1-1000 characters; got 1001"),
    ] {
        let mut body = brief("Noir");
        body[field] = value;
        let told = refused(&server.post(GENERATE, &body), 400, "invalid_parameter");
        assert!(told.contains(&format!("'{field}'")) && told.contains(words), "{told}");
    }
    for id in [NOBODY, "nothing"] {
        refused(&server.get(&format!("/v2/photo_avatar/generation/{id}")), 404, "not_found");
    }
    let stranger = [("content-type", "application/json"), ("x-api-key", "nobody")];
    refused(&server.post_raw(GENERATE, &stranger, b"{}"), 401, "unauthorized");
}

/// A portrait that stands for what an engine makes, as the engine's JSON.
fn told(portrait: &[u8]) -> (u16, &'static str, Vec<u8>) {
    use base64::Engine as _;
    let digits = base64::engine::general_purpose::STANDARD.encode(portrait);
    (200, "application/json", json!({"data": [{"b64_json": digits}]}).to_string().into_bytes())
}

fn with_engine(
    answer: impl Fn(&Asked, usize) -> (u16, &'static str, Vec<u8>) + Send + 'static,
) -> (Server, Fake) {
    let engine = Fake::start(answer);
    let settings = format!("{{url=\"{}/v1\", key=\"sesame\", model=\"painter-1\"}}", engine.url);
    (Server::start_with(&[("ROSTRUM_IMAGE_ENGINE", settings)]), engine)
}

#[test]
fn an_image_engine_makes_people_from_words_and_from_pictures_of_them() {
    let admiral = std::fs::read(fixture(ADMIRAL)).unwrap();
    let (server, engine) = with_engine(move |_, _| told(&admiral));
    let generation = ended(&server, &started(&server, GENERATE, &brief("Vintage")));
    let keys = keys(&generation);
    let asked = engine.asked();
    assert_eq!(asked.len(), 4);
    for request in &asked {
        assert_eq!(request.line, "POST /v1/images/generations");
        assert_eq!(request.header("authorization"), "Bearer sesame");
        let body = request.json();
        assert_eq!(
            (&body["model"], &body["n"], &body["size"]),
            (&json!("painter-1"), &json!(1), &json!("1024x1024"))
        );
        let prompt = text(&body["prompt"]);
        for words in ["young adult South Asian woman", "long hair, a blue blazer", "waist", "Vintage"] {
            assert!(prompt.contains(words), "{prompt}");
        }
    }
    // They are photos like any.
    let group =
        data(&server.post(CREATE, &json!({"image_key": keys[0], "name": "Mira"})))["group_id"].clone();
    let look = json!({"group_id": group, "prompt": "on the moon", "orientation": "horizontal", "pose": "full_body",
        "style": "Cinematic"});
    ended(&server, &started(&server, LOOKS, &look));
    let edit = engine.asked().pop().unwrap();
    assert_eq!(edit.line, "POST /v1/images/edits");
    let form = String::from_utf8_lossy(&edit.body).into_owned();
    for words in ["on the moon", "1536x1024", "painter-1", "name=\"image\"", "image/jpeg"] {
        assert!(form.contains(words), "{words}");
    }

    let photo = json!({"type": "asset_id", "asset_id": server.upload_fixture(ADMIRAL)});
    let body = json!({"type": "prompt", "name": "Ada", "prompt": "a woman in a garden", "aspect_ratio": "9:16",
        "reference_images": [photo, photo, photo]});
    let made = server.post("/v3/avatars", &body).data();
    assert_eq!(made["avatar_item"]["status"], "completed");
    let edit = engine.asked().pop().unwrap();
    let form = String::from_utf8_lossy(&edit.body).into_owned();
    assert_eq!(form.matches("name=\"image[]\"").count(), 3);
    assert!(form.contains("1024x1536"));
    assert!(!server.log().contains("sesame"));
}

#[test]
fn without_the_engine_strangers_are_drawn_and_known_people_are_not() {
    let wall = ffmpeg(&["-f", "lavfi", "-i", "color=gray:s=512x512", "-frames:v", "1"], "png");
    let (server, _engine) = with_engine(move |asked, _| {
        if asked.line.ends_with("/edits") {
            (500, "text/plain", b"sesame is broken".to_vec())
        } else {
            told(&wall)
        }
    });
    // A wall is no face: two attempts, then somebody is drawn, and that is told.
    let generation = ended(&server, &started(&server, GENERATE, &brief("Realistic")));
    assert_eq!(keys(&generation).len(), 4);
    let told = text(&generation["msg"]);
    assert!(told.contains("were drawn") && told.contains("face"), "{told}");
    let drawn =
        server.post("/v3/avatars", &json!({"type": "prompt", "name": "Ada", "prompt": "a woman"})).data();
    let warning = text(&drawn["avatar_item"]["warnings"][0]);
    assert!(warning.contains("drawn"), "{warning}");

    let photo = json!({"type": "asset_id", "asset_id": server.upload_fixture(ADMIRAL)});
    let body = json!({"type": "prompt", "name": "x", "prompt": "a woman", "reference_images": [photo]});
    let before = server.get("/v3/avatars?ownership=private").json()["data"].as_array().unwrap().len();
    let answer = server.post("/v3/avatars", &body);
    let told = answer.refused(503, "service_unavailable", None);
    assert!(told.contains("image engine") && !told.contains("sesame"), "{told}");
    let after = server.get("/v3/avatars?ownership=private").json()["data"].as_array().unwrap().len();
    assert_eq!(before, after);
    assert!(!server.log().contains("sesame"), "the key is in the log");
}
