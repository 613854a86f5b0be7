//! The first generation's ways to upload.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use serde_json::{Value, json};
use support::{Answer, MULTIPART, Server, ffmpeg, fixture, multipart, script_video};

fn portrait() -> Vec<u8> {
    std::fs::read(fixture("portraits/grace_hopper.jpg")).unwrap()
}

/// Asserts a success and returns `data`.
#[track_caller]
fn data(answer: &Answer) -> Value {
    let body = answer.json();
    assert_eq!((answer.status, &body["code"]), (200, &json!(100)), "{body}");
    assert_eq!((&body["msg"], &body["message"]), (&Value::Null, &Value::Null));
    body["data"].clone()
}

/// Asserts an error, which clients of every habit must see, and returns its message.
#[track_caller]
fn refused(answer: &Answer, status: u16, code: u32) -> String {
    let body = answer.json();
    assert_eq!((answer.status, &body["code"]), (status, &json!(code)), "{body}");
    assert_eq!((&body["data"], &body["error"]), (&Value::Null, &body["message"]));
    body["message"].as_str().unwrap().to_owned()
}

#[test]
fn the_body_itself_becomes_an_asset() {
    let server = Server::start();
    let answer = server.post_raw("/v1/asset", &[("content-type", "image/jpeg")], &portrait());
    let asset = data(&answer);
    let id = asset["id"].as_str().unwrap();
    assert_eq!(asset["name"], asset["id"]);
    assert_eq!(
        (&asset["file_type"], &asset["folder_id"], &asset["meta"]),
        (&json!("image"), &json!(""), &Value::Null)
    );
    assert_eq!(asset["image_key"], format!("image/{id}/original.jpg"));
    assert!(asset["created_ts"].as_i64().unwrap() > 1_700_000_000);
    assert_eq!(server.get(asset["url"].as_str().unwrap()).bytes, portrait());
    assert_eq!(server.get(&format!("/asset/{id}")).bytes, portrait());
    server.create_video(&script_video(id, "Hello."));

    let sound = ffmpeg(&["-f", "lavfi", "-i", "sine=d=1"], "mp3");
    let asset = data(&server.post_raw("/v1/asset", &[("content-type", "audio/mpeg")], &sound));
    assert_eq!((&asset["file_type"], &asset["image_key"]), (&json!("audio"), &Value::Null));
}

#[test]
fn a_multipart_body_works_at_the_same_path() {
    let server = Server::start();
    let body = multipart("file", "me.jpg", &portrait());
    let asset = data(&server.post_raw("/v1/asset", &[("content-type", MULTIPART)], &body));
    assert_eq!(asset["name"], "me.jpg");
}

#[test]
fn json_asks_for_a_url_and_the_bytes_sent_there_are_an_asset_at_once() {
    let server = Server::start();
    let answer = server.post("/v1/asset", &json!({"content_type": "image/jpeg"}));
    let body = answer.json();
    assert_eq!((answer.status, &body["error"]), (200, &Value::Null));
    let (url, id) = (body["data"]["url"].as_str().unwrap(), body["data"]["asset_id"].as_str().unwrap());
    assert_eq!(server.put(url, &[("content-type", "image/jpeg")], &portrait()).status, 200);
    assert_eq!(server.put(url, &[("content-type", "image/jpeg")], &portrait()).status, 200);
    assert_eq!(server.get(&format!("/asset/{id}")).bytes, portrait());
    assert_eq!(server.get(&format!("/v3/assets/{id}")).data()["type"], "image");
    server.create_video(&script_video(id, "Hello."));
}

#[test]
fn assets_are_listed_by_kind_and_deleted() {
    let server = Server::start();
    let image = data(&server.post_raw("/v1/asset", &[("content-type", "image/jpeg")], &portrait()));
    let sound = ffmpeg(&["-f", "lavfi", "-i", "sine=d=1"], "wav");
    let sound = data(&server.post_raw("/v1/asset", &[("content-type", "audio/wav")], &sound));
    // What a job finds out appears sooner or later.
    let list = |query: &str| {
        let mut page = data(&server.get(&format!("/v1/asset/list{query}")));
        page["assets"].as_array_mut().unwrap().iter_mut().for_each(|asset| asset["meta"] = Value::Null);
        page
    };
    let all = list("");
    assert_eq!((&all["assets"], &all["token"]), (&json!([sound, image]), &json!("")));
    assert_eq!(list("?file_type=image")["assets"], json!([image]));
    let first = list("?limit=1");
    let token = first["token"].as_str().unwrap();
    let second = list(&format!("?limit=1&token={token}"));
    assert_eq!((&second["assets"], &second["token"]), (&json!([image]), &json!("")));
    refused(&server.get("/v1/asset/list?file_type=font"), 400, 400_175);

    let path = format!("/v1/asset/{}/delete", image["id"].as_str().unwrap());
    assert_eq!(data(&server.post(&path, &json!({}))), json!({"id": image["id"]}));
    refused(&server.post(&path, &json!({})), 404, 400_569);
}

#[test]
fn a_talking_photo_must_have_a_face_and_can_speak_until_it_is_deleted() {
    let server = Server::start();
    let photo = data(&server.post_raw("/v1/talking_photo", &[("content-type", "image/jpeg")], &portrait()));
    let id = photo["talking_photo_id"].as_str().unwrap();
    assert_eq!(server.get(photo["talking_photo_url"].as_str().unwrap()).bytes, portrait());
    server
        .create_video(&json!({"type": "avatar", "avatar_id": id, "script": "Hello.", "voice_id": "af_heart",
        "resolution": "720p"}));
    let wall = ffmpeg(&["-f", "lavfi", "-i", "color=gray:s=512x512", "-frames:v", "1"], "png");
    let message =
        refused(&server.post_raw("/v1/talking_photo", &[("content-type", "image/png")], &wall), 400, 400_175);
    assert!(message.contains("face"), "{message}");
    assert_eq!(data(&server.get("/v1/asset/list"))["assets"].as_array().unwrap().len(), 1);

    let named = multipart("file", "Grace.jpg", &portrait());
    let named = data(&server.post_raw("/v1/talking_photo", &[("content-type", MULTIPART)], &named));
    let listed = |photo: &Value| json!({"id": photo["talking_photo_id"], "image_url": photo["talking_photo_url"], "circle_image": ""});
    let list = || data(&server.get("/v1/talking_photo.list"));
    assert_eq!(list(), json!([listed(&named), listed(&photo)]));
    assert_eq!(server.get(&format!("/v3/avatars/looks/{id}")).data()["name"], "Talking photo");
    let all = server.get("/v2/avatars").data();
    assert_eq!(all["talking_photos"][0]["talking_photo_name"], "Grace.jpg");

    let path = format!("/v2/talking_photo/{id}");
    assert_eq!(server.delete(&path).json(), json!({"error": null, "data": null}));
    assert_eq!(server.delete(&path).json()["error"]["code"], "avatar_not_found");
    assert_eq!(list(), json!([listed(&named)]));
}

#[test]
fn avatars_that_are_no_photos_are_listed_apart() {
    let server = Server::start();
    data(&server.post_raw("/v1/talking_photo", &[("content-type", "image/jpeg")], &portrait()));
    assert_eq!(data(&server.get("/v1/avatar.list"))["avatars"], server.get("/v2/avatars").data()["avatars"]);
    assert_eq!(server.get_as("nobody", "/v1/avatar.list").status, 401);
}

#[test]
fn errors_have_the_shape_of_the_generation() {
    let server = Server::start();
    let raw =
        |body: &[u8], content_type| server.post_raw("/v1/asset", &[("content-type", content_type)], body);
    assert_eq!(refused(&raw(b"", "image/jpeg"), 400, 400_175), "asset data must be provided");
    assert!(refused(&raw(b"{}", "application/json"), 400, 400_175).contains("asset data must be provided"));
    assert!(refused(&raw(b"<html>", "image/jpeg"), 400, 400_175).contains("HTML"));
    let unknown = json!({"content_type": "text/html"});
    assert!(refused(&server.post("/v1/asset", &unknown), 400, 400_175).contains("image/png"));
    let stranger = [("content-type", "image/jpeg"), ("x-api-key", "nobody")];
    refused(&server.post_raw("/v1/asset", &stranger, &portrait()), 401, 400_112);
    let url = server.post("/v1/asset", &json!({"content_type": "video/mp4"})).json();
    let url = url["data"]["url"].as_str().unwrap();
    server.put(url, &[], &portrait()).refused(400, "invalid_parameter", Some("content_type"));
}
