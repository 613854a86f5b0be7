//! What belongs to one workspace, asked for by another: every route answers as if it were not there.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use rostrum_http::route_table;
use serde_json::{Value, json};
use support::{Answer, MULTIPART, Server, fixture, multipart, rostrum, script_video};

/// Routes that look nothing up by an id of the caller's: what they take, they take by itself.
const TAKE_NO_ID: &[(&str, &str)] = &[
    ("GET", "/v1/audio/voices"),
    ("GET", "/v1/avatar.list"),
    ("GET", "/v1/talking_photo.list"),
    ("GET", "/v1/user/me"),
    ("GET", "/v1/video.list"),
    ("GET", "/v1/voice.list"),
    ("GET", "/v1/webhook/endpoint.list"),
    ("GET", "/v1/webhook/webhook.list"),
    ("GET", "/v2/avatar_group.list"),
    ("GET", "/v2/avatars"),
    ("GET", "/v2/user/remaining_quota"),
    ("GET", "/v2/voices"),
    ("GET", "/v2/voices/locales"),
    ("GET", "/v3/assets/search"),
    ("GET", "/v3/avatars"),
    ("GET", "/v3/brand-glossaries"),
    ("GET", "/v3/users/me"),
    ("GET", "/v3/voices"),
    ("GET", "/v3/webhooks/endpoints"),
    ("GET", "/v3/webhooks/event-types"),
    ("POST", "/v1/talking_photo"),
    // Answers that it is not built, whatever it is asked.
    ("POST", "/v2/photo_avatar/add_sound_effect"),
    ("POST", "/v2/photo_avatar/photo/generate"),
    ("POST", "/v3/brand-glossaries"),
    ("POST", "/v3/voices"),
    // An entity is only compared with those of the workspace's own events.
    ("POST", "/v1/webhook/endpoint.add"),
    ("POST", "/v3/webhooks/endpoints"),
];

/// One question about a thing.
struct Probe {
    method: &'static str,
    /// The route's pattern.
    route: &'static str,
    /// What is asked, with the id of the thing as `$`.
    path: String,
    /// JSON, with the id as `$`; none of it when empty.
    body: String,
    /// Id of the thing.
    id: String,
    /// The status of the answer about something unknown.
    unknown: u16,
}

/// Ids of the things of one workspace, one of each kind.
struct Things {
    asset: String,
    upload: String,
    upload_batch: String,
    folder: String,
    group: String,
    look: String,
    generation: String,
    voice: String,
    glossary: String,
    video: String,
    video_batch: String,
    endpoint: String,
    event: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

impl Things {
    fn make(server: &Server) -> Self {
        let asset = server.upload_fixture("portraits/grace_hopper.jpg");
        let file = json!({"filename": "a.png", "content_type": "image/png", "size_bytes": 9});
        let upload = server.post("/v3/assets/direct-uploads", &file).data();
        let files = server.post("/v3/assets/direct-uploads/batches", &json!({"files": [file]})).data();
        let folder = server.post("/v1/folders/create", &json!({"name": "films"})).json();
        let photo =
            json!({"type": "photo", "name": "Grace", "file": {"type": "asset_id", "asset_id": asset}});
        let person = server.post("/v3/avatars", &photo).data();
        let brief = json!({"name": "Mira", "age": "Young Adult", "gender": "Woman", "ethnicity": "South Asian",
            "orientation": "square", "pose": "half_body", "style": "Cinematic", "appearance": "long hair"});
        let generation = server.post("/v2/photo_avatar/photo/generate", &brief).json();
        let prompt = json!({"prompt": "A calm, deep male narrator with a British accent"});
        let voices = server.post("/v3/voices", &prompt).data();
        let voice = voices["voices"].as_array().unwrap().iter().find(|voice| voice["type"] == "private");
        let glossary = server.post("/v3/brand-glossaries", &json!({"name": "Names"})).data();
        let video = server.create_video(&script_video(&asset, "Mine."));
        let batch = json!({"videos": [script_video(&asset, "Mine too.")]});
        let endpoint = server.post("/v3/webhooks/endpoints", &json!({"url": "https://example.com/"})).data();
        Self {
            event: text(&told(server)["event_id"]),
            upload: text(&upload["asset_id"]),
            upload_batch: text(&files["batch_id"]),
            folder: text(&folder["data"]["id"]),
            group: text(&person["avatar_group"]["id"]),
            look: text(&person["avatar_item"]["id"]),
            generation: text(&generation["data"]["generation_id"]),
            voice: text(&voice.unwrap()["voice_id"]),
            glossary: text(&glossary["brand_glossary_id"]),
            video_batch: text(&server.post("/v3/videos/batches", &batch).json()["data"]["batch_id"]),
            endpoint: text(&endpoint["endpoint_id"]),
            video,
            asset,
        }
    }

    /// Every question that can be asked about them. Those that would end a thing come last.
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn probes(&self, their_workspace: &str) -> Vec<Probe> {
        let Self { asset, upload, upload_batch, folder, group, look, generation, .. } = self;
        let Self { voice, glossary, video, video_batch, endpoint, event, .. } = self;
        let mut probes = Vec::new();
        let mut ask = |id: &str, unknown, method, route: &'static str, rest: &str, body: Value| {
            let path = match route.split_once('{') {
                Some((start, end)) => format!("{start}${}{rest}", end.split_once('}').unwrap().1),
                None => format!("{route}{rest}"),
            };
            let body = if body.is_null() { String::new() } else { body.to_string() };
            probes.push(Probe { method, route, path, body, id: id.to_owned(), unknown });
        };
        let no = || Value::Null;

        ask(asset, 404, "GET", "/v3/assets/{asset_id}", "", no());
        ask(asset, 200, "GET", "/v3/assets/statuses", "?asset_ids=$", no());
        ask(upload_batch, 200, "GET", "/v3/assets/statuses", "?batch_ids=$", no());
        ask(upload_batch, 404, "GET", "/v3/assets/batches/{batch_id}", "", no());
        ask(upload_batch, 404, "POST", "/v3/assets/complete/batches", "", json!({"batch_id": "$"}));
        ask(upload, 404, "POST", "/v3/assets/{asset_id}/complete", "", json!({}));
        ask(upload, 404, "POST", "/v3/assets/{asset_id}/renew", "", json!({}));
        for method in ["HEAD", "PATCH", "POST", "DELETE"] {
            ask(upload, 404, method, "/v3/assets/tus/{asset_id}", "", no());
        }
        let file =
            json!({"filename": "a.png", "content_type": "image/png", "size_bytes": 9, "folder_id": "$"});
        let files = json!({"files": [file]});
        ask(folder, 404, "POST", "/v3/assets/direct-uploads", "", file);
        ask(folder, 404, "POST", "/v3/assets/direct-uploads/batches", "", files);
        ask(folder, 404, "POST", "/v3/assets/tus", "", no());
        ask(folder, 404, "POST", "/v3/assets/tus/", "", no());
        ask(folder, 404, "POST", "/v3/assets", "?folder_id=$", no());
        ask(folder, 404, "POST", "/v1/asset", "?folder_id=$", no());
        let mine = format!("?username={their_workspace}&folder_id=$");
        ask(folder, 404, "GET", "/v3/assets", &mine, no());
        ask(folder, 404, "GET", "/v1/asset/list", "?folder_id=$", no());
        ask(folder, 200, "GET", "/v3/videos", "?folder_id=$", no());
        ask(folder, 200, "GET", "/v2/videos", "?folder_id=$", no());
        ask(folder, 404, "GET", "/v1/folders", "?parent_id=$", no());
        ask(folder, 404, "POST", "/v1/folders/create", "", json!({"name": "a", "parent_id": "$"}));
        ask(folder, 404, "POST", "/v1/folders/{folder_id}", "", json!({"name": "theirs"}));
        ask(folder, 404, "POST", "/v1/folders/{folder_id}/trash", "", json!({}));
        ask(folder, 404, "POST", "/v1/folders/{folder_id}/restore", "", json!({}));

        ask(group, 404, "GET", "/v3/avatars/{group_id}", "", no());
        ask(group, 404, "PATCH", "/v3/avatars/{group_id}", "", json!({"name": "theirs"}));
        ask(group, 404, "GET", "/v3/avatars/{group_id}/consent", "", no());
        ask(group, 404, "POST", "/v3/avatars/{group_id}/consent", "", json!({}));
        ask(group, 200, "GET", "/v3/avatars/looks", "?group_id=$", no());
        ask(look, 404, "GET", "/v3/avatars/looks/{look_id}", "", no());
        ask(look, 404, "PATCH", "/v3/avatars/looks/{look_id}", "", json!({"name": "theirs"}));
        let of_photo = json!({"type": "photo", "name": "x", "file": {"type": "asset_id", "asset_id": "$"}});
        ask(asset, 404, "POST", "/v3/avatars", "", of_photo);
        let of_prompt = json!({"type": "prompt", "name": "x", "prompt": "a man", "avatar_group_id": "$"});
        ask(group, 400, "POST", "/v3/avatars", "", of_prompt);
        ask(look, 404, "GET", "/v2/avatar/{avatar_id}/details", "", no());
        ask(group, 404, "GET", "/v2/avatar_group/{group_id}/avatars", "", no());
        let of_key = json!({"name": "x", "image_key": "image/$/original.jpg"});
        ask(asset, 404, "POST", "/v2/photo_avatar/avatar_group/create", "", of_key);
        let add =
            json!({"name": "x", "group_id": "$", "image_keys": [format!("image/{asset}/original.jpg")]});
        ask(group, 404, "POST", "/v2/photo_avatar/avatar_group/add", "", add);
        ask(group, 404, "POST", "/v2/photo_avatar/train", "", json!({"group_id": "$"}));
        ask(group, 404, "GET", "/v2/photo_avatar/train/status/{group_id}", "", no());
        let looks = json!({"group_id": "$", "prompt": "at the beach", "orientation": "square",
            "pose": "half_body", "style": "Cinematic"});
        ask(group, 404, "POST", "/v2/photo_avatar/look/generate", "", looks);
        ask(generation, 404, "GET", "/v2/photo_avatar/generation/{generation_id}", "", no());
        ask(look, 404, "POST", "/v2/photo_avatar/add_motion", "", json!({"id": "$"}));
        ask(look, 404, "POST", "/v2/photo_avatar/upscale", "", json!({"id": "$"}));
        ask(look, 404, "GET", "/v2/photo_avatar/{id}", "", no());

        ask(voice, 404, "GET", "/v3/voices/{voice_id}", "", no());
        let sample = json!({"voice_name": "x", "audio": {"type": "asset_id", "asset_id": "$"}});
        // Without an engine that clones, nothing is looked up.
        ask(asset, 501, "POST", "/v3/voices/clone", "", sample);
        for route in ["/v3/voices/speech", "/v1/audio/text_to_speech"] {
            ask(voice, 404, "POST", route, "", json!({"text": "Hi.", "voice_id": "$"}));
            let speech = json!({"text": "Hi.", "voice_id": "af_heart", "brand_glossary_id": "$"});
            ask(glossary, 400, "POST", route, "", speech);
        }
        ask(glossary, 404, "GET", "/v3/brand-glossaries/{brand_glossary_id}", "", no());
        let theirs = json!({"name": "theirs"});
        ask(glossary, 404, "PATCH", "/v3/brand-glossaries/{brand_glossary_id}", "", theirs);

        for route in ["/v3/videos", "/v2/videos"] {
            let of_picture = json!({"image_asset_id": "$", "script": "Hi.", "voice_id": "af_heart"});
            ask(asset, 404, "POST", route, "", of_picture);
            let of_look = |extra: Value| {
                let mut body = json!({"type": "avatar", "script": "Hi.", "avatar_id": "josh_lite3_20230714"});
                body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
                body
            };
            ask(look, 400, "POST", route, "", of_look(json!({"avatar_id": "$", "voice_id": "af_heart"})));
            ask(voice, 404, "POST", route, "", of_look(json!({"voice_id": "$"})));
            ask(folder, 404, "POST", route, "", of_look(json!({"folder_id": "$"})));
            ask(glossary, 400, "POST", route, "", of_look(json!({"brand_glossary_id": "$"})));
        }
        let videos = json!({"folder_id": "$", "videos": [script_video(asset, "Hi.")]});
        ask(folder, 404, "POST", "/v3/videos/batches", "", videos);
        ask(video_batch, 404, "GET", "/v3/videos/batches/{batch_id}", "", no());
        ask(video_batch, 200, "GET", "/v3/videos/statuses", "?batch_ids=$", no());
        ask(video, 200, "GET", "/v3/videos/statuses", "?video_ids=$", no());
        ask(video, 404, "GET", "/v3/videos/{video_id}", "", no());
        ask(video, 404, "GET", "/v3/videos/{video_id}/scenes", "", no());
        ask(video, 404, "GET", "/v2/videos/{video_id}", "", no());
        ask(video, 404, "GET", "/v1/video_status.get", "?video_id=$", no());
        ask(video, 404, "GET", "/v1/video/caption.get", "?video_id=$", no());
        ask(video, 404, "POST", "/v1/video/share", "", json!({"video_id": "$"}));
        ask(video, 404, "POST", "/v3/videos/{video_id}/cancel", "", json!({}));
        let said = json!({"type": "text", "input_text": "Hi.", "voice_id": "af_heart"});
        let scene = json!({"video_inputs": [{"voice": said,
            "character": {"type": "talking_photo", "talking_photo_id": "$"}}]});
        ask(look, 400, "POST", "/v2/video/generate", "", scene);
        let older = json!({"background": "#ffffff", "ratio": "16:9", "clips": [{"avatar_id": "$",
            "avatar_style": "normal", "input_text": "Hi.", "voice_id": "af_heart"}]});
        ask(look, 400, "POST", "/v1/video.generate", "", older);
        let clear = json!({"avatar_pose_id": "$", "avatar_style": "normal", "input_text": "Hi.",
            "voice_id": "af_heart", "dimension": {"width": 640, "height": 360}});
        ask(look, 400, "POST", "/v1/video.webm", "", clear);
        let of_key = json!({"image_key": "image/$/original.jpg", "script": "Hi.", "voice_id": "af_heart",
            "video_title": "x"});
        ask(asset, 404, "POST", "/v2/video/av4/generate", "", of_key);

        let path = "/v3/webhooks/endpoints/{endpoint_id}";
        ask(endpoint, 404, "PATCH", path, "", json!({"events": null}));
        ask(endpoint, 404, "POST", "/v3/webhooks/endpoints/{endpoint_id}/rotate-secret", "", json!({}));
        let change = json!({"endpoint_id": "$", "events": []});
        ask(endpoint, 404, "PATCH", "/v1/webhook/endpoint.update", "", change);
        ask(event, 404, "GET", "/v3/webhooks/events/{event_id}", "", no());
        ask(event, 404, "POST", "/v3/webhooks/events/{event_id}/redeliver", "", json!({}));
        ask(asset, 200, "GET", "/v3/webhooks/events", "?entity_id=$", no());

        ask(endpoint, 404, "DELETE", path, "", no());
        ask(endpoint, 404, "DELETE", "/v1/webhook/endpoint.delete", "?endpoint_id=$", no());
        ask(video, 404, "DELETE", "/v3/videos/{video_id}", "", no());
        ask(video, 404, "DELETE", "/v2/videos/{video_id}", "", no());
        ask(video, 404, "DELETE", "/v1/video.delete", "?video_id=$", no());
        ask(glossary, 404, "DELETE", "/v3/brand-glossaries/{brand_glossary_id}", "", no());
        ask(voice, 404, "DELETE", "/v3/voices/{voice_id}", "", no());
        ask(look, 404, "DELETE", "/v2/photo_avatar/{id}", "", no());
        ask(look, 404, "DELETE", "/v2/talking_photo/{id}", "", no());
        ask(look, 404, "DELETE", "/v3/avatars/looks/{look_id}", "", no());
        ask(group, 404, "DELETE", "/v2/photo_avatar_group/{group_id}", "", no());
        ask(group, 404, "DELETE", "/v3/avatars/{group_id}", "", no());
        ask(asset, 404, "POST", "/v1/asset/{asset_id}/delete", "", json!({}));
        ask(asset, 404, "DELETE", "/v3/assets/{asset_id}", "", no());
        probes
    }
}

/// The first event of a workspace, which its first asset is.
#[expect(clippy::disallowed_methods, reason = "another process's progress can only be asked for")]
fn told(server: &Server) -> Value {
    let start = Instant::now();
    loop {
        if let Some(event) = server.get("/v3/webhooks/events").json()["data"].get(0) {
            return event.clone();
        }
        assert!(start.elapsed() < Duration::from_mins(2), "nothing happened\n{}", server.log());
        std::thread::sleep(Duration::from_millis(50));
    }
}

impl Probe {
    /// Asks about the thing with this id.
    fn ask(&self, server: &Server, key: &str, id: &str) -> Answer {
        let path = self.path.replace('$', id);
        let body = self.body.replace('$', id).into_bytes();
        let metadata = format!("filename YS5wbmc=,folder_id {}", base64(id));
        let mut headers = vec![("x-api-key", key)];
        if self.route.starts_with("/v3/assets/tus") {
            headers.push(("tus-resumable", "1.0.0"));
            if self.route.contains('{') {
                headers.extend([("upload-offset", "0"), ("x-http-method-override", "PATCH")]);
                headers.push(("content-type", "application/offset+octet-stream"));
            } else {
                headers.extend([("upload-length", "9"), ("upload-metadata", metadata.as_str())]);
            }
            let piece = if self.route.contains('{') { &b"\x89PNG"[..] } else { b"" };
            let takes_body = matches!(self.method, "POST" | "PATCH");
            return server.send(self.method, &path, &headers, takes_body.then_some(piece));
        }
        let photo = std::fs::read(fixture("portraits/astronaut.png")).unwrap();
        let (content_type, body) = match self.route {
            "/v3/assets" if self.method == "POST" => (MULTIPART, multipart("file", "a.png", &photo)),
            "/v1/asset" => ("image/png", photo),
            _ => ("application/json", body),
        };
        headers.push(("content-type", content_type));
        let takes_body = matches!(self.method, "POST" | "PATCH" | "PUT");
        server.send(self.method, &path, &headers, takes_body.then_some(&body))
    }
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// Status and body, with one id in the place of another.
fn seen(answer: &Answer, id: &str, instead: &str) -> (u16, String) {
    (answer.status, String::from_utf8_lossy(&answer.bytes).replace(id, instead))
}

#[test]
fn what_another_workspace_has_answers_on_every_route_like_what_nobody_has() {
    let server = Server::start();
    let run = |words: &[&str]| {
        let ran = rostrum(server.data_dir()).args(words).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).unwrap().trim().to_owned()
    };
    let their_workspace = run(&["workspaces", "create", "others"]);
    let their_key = run(&["keys", "create", "--workspace", &their_workspace]);
    let probes = Things::make(&server).probes(&their_workspace);

    let mut faults = Vec::new();
    for probe in &probes {
        let unknown_id = format!("{}000000000000", &probe.id[..probe.id.len() - 12]);
        let unknown = seen(&probe.ask(&server, &their_key, &unknown_id), &unknown_id, "(id)");
        let theirs = seen(&probe.ask(&server, &their_key, &probe.id), &probe.id, "(id)");
        let Probe { method, path, .. } = probe;
        if unknown.0 != probe.unknown {
            faults.push(format!("{method} {path} answers {unknown:?} about what nobody has"));
        }
        if unknown != theirs {
            faults.push(format!("{method} {path} tells them apart:\n  {unknown:?}\n  {theirs:?}"));
        }
    }
    // All of it is there, and untouched, for whoever has it.
    for probe in probes.iter().filter(|probe| probe.method == "GET" && !probe.path.contains("username=")) {
        let unknown_id = format!("{}000000000000", &probe.id[..probe.id.len() - 12]);
        let mine = probe.ask(&server, &server.key, &probe.id);
        let unknown = probe.ask(&server, &server.key, &unknown_id);
        let told = seen(&mine, &probe.id, "(id)");
        let is_listing = probe.path.contains("folder_id=") || probe.path.contains("parent_id=");
        if told.0 != 200 || (told == seen(&unknown, &unknown_id, "(id)") && !is_listing) {
            faults.push(format!("GET {} answers {told:?} to whoever has it", probe.path));
        }
    }
    assert!(faults.is_empty(), "{}\n{}", faults.join("\n"), server.log());
}

#[test]
fn every_route_of_the_api_is_asked_about_what_another_workspace_has_or_takes_no_id() {
    let id = "0".repeat(32);
    let things = Things {
        asset: id.clone(),
        upload: id.clone(),
        upload_batch: id.clone(),
        folder: id.clone(),
        group: id.clone(),
        look: id.clone(),
        generation: id.clone(),
        voice: id.clone(),
        glossary: id.clone(),
        video: id.clone(),
        video_batch: id.clone(),
        endpoint: id.clone(),
        event: id.clone(),
    };
    let mut known: BTreeSet<(String, String)> = things
        .probes(&id)
        .iter()
        .map(|probe| (probe.method, probe.route))
        .chain(TAKE_NO_ID.iter().copied())
        .map(|(method, route)| (method.to_owned(), route.to_owned()))
        .collect();
    let mut missing = Vec::new();
    for route in route_table() {
        // Files, players and pages of consents are open to whoever was told their address.
        if !["/v1/", "/v2/", "/v3/"].iter().any(|start| route.path.starts_with(start)) {
            continue;
        }
        for method in route.methods.iter().filter(|method| *method != "OPTIONS") {
            let is_get_without_body = method == "HEAD" && route.methods.iter().any(|other| other == "GET");
            if !known.remove(&(method.clone(), route.path.clone())) && !is_get_without_body {
                missing.push(format!("{method} {}", route.path));
            }
        }
    }
    assert!(missing.is_empty(), "add these routes to Things::probes or to TAKE_NO_ID: {missing:?}");
    assert!(known.is_empty(), "there are no such routes: {known:?}");
}

#[test]
fn a_page_token_is_good_for_its_own_list_and_workspace_alone_also_after_a_restart() {
    let mut server = Server::start();
    let run = |server: &Server, words: &[&str]| {
        let ran = rostrum(server.data_dir()).args(words).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).unwrap().trim().to_owned()
    };
    run(&server, &["workspaces", "create", "others"]);
    let their_key = run(&server, &["keys", "create", "--workspace", "others"]);
    let token = text(&server.get("/v3/voices?limit=1").json()["next_token"]);
    let second = server.get(&format!("/v3/voices?limit=1&token={token}")).json();
    assert_eq!(second["data"].as_array().unwrap().len(), 1);

    let refuse = |answer: &Answer| {
        let told = answer.refused(400, "invalid_parameter", Some("token"));
        assert!(told.contains("another list") && told.contains("leave it out"), "{told}");
    };
    refuse(&server.get_as(&their_key, &format!("/v3/voices?token={token}")));
    for list in
        ["/v3/avatars", "/v3/avatars/looks", "/v3/videos", "/v3/voices?type=private", "/v3/webhooks/events"]
    {
        let joint = if list.contains('?') { '&' } else { '?' };
        refuse(&server.get(&format!("{list}{joint}token={token}")));
    }
    let (place, signature) = token.split_once('.').unwrap();
    for changed in
        [place.to_owned(), format!("{place}00.{signature}"), format!("32.{signature}"), "31".to_owned()]
    {
        refuse(&server.get(&format!("/v3/voices?token={changed}")));
    }
    // The older generations, in their own envelopes.
    let older = server.get(&format!("/v1/audio/voices?token={token}"));
    assert_eq!((older.status, &older.json()["error"]["code"]), (400, &json!("invalid_parameter")));
    let oldest = server.get(&format!("/v1/folders?token={token}"));
    assert_eq!((oldest.status, &oldest.json()["code"]), (400, &json!(400_175)));

    run(&server, &["keys", "rotate-signing"]);
    server.kill();
    server.restart();
    let again = server.get(&format!("/v3/voices?limit=1&token={token}")).json();
    assert_eq!(again["data"][0]["voice_id"], second["data"][0]["voice_id"]);
}
