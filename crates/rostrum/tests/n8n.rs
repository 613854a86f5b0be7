//! HeyGen's own nodes for n8n, unchanged, against a real server: every operation that is built, with what a person fills in; those
//! that are not say so. `compat/clients/n8n/README.md` says what is run, and what stands in for n8n.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::fake::Fake;
use support::{
    Server, asked, assert_committed, ffmpeg, ffprobe, fixture, node_instead_of_heygen, npm_client,
    repository, with_table,
};

/// A short video may take so long on a busy machine.
const RENDER_LIMIT: Duration = Duration::from_mins(5);

/// n8n with HeyGen's nodes, a server in HeyGen's place, and an address that may be posted to.
struct N8n {
    client: PathBuf,
    server: Server,
    receiver: Fake,
    /// What became of each operation that was carried out: it worked, or there is none such here, with the status that says so.
    became: RefCell<BTreeMap<String, u16>>,
}

/// How a node ended.
#[derive(Debug)]
struct Failed {
    message: String,
    status: Value,
    body: Value,
}

impl N8n {
    /// None, told loudly, where the nodes cannot be installed.
    fn start() -> Option<Self> {
        let client = npm_client("n8n")?;
        let receiver = Fake::start(|_, _| (200, "text/plain", b"Thank you.".to_vec()));
        let port = receiver.url.rsplit(':').next().unwrap().to_owned();
        let server = Server::start_with(&[
            ("ROSTRUM_FETCH_HTTP", "true".to_owned()),
            ("ROSTRUM_FETCH_NETWORKS", r#"["127.0.0.1/32"]"#.to_owned()),
            ("ROSTRUM_FETCH_PORTS", format!("[{port}]")),
        ]);
        Some(Self { client, server, receiver, became: RefCell::default() })
    }

    fn run(&self, workflow: &Value) -> Result<Vec<Value>, Failed> {
        let mut workflow = workflow.clone();
        workflow["apiKey"] = json!(self.server.key);
        let mut node = node_instead_of_heygen(&self.server);
        let told = asked(node.arg("execute.cjs").current_dir(&self.client), &workflow);
        if let Some(items) = told["items"].as_array() {
            return Ok(items.clone());
        }
        let failed = &told["failed"];
        Err(Failed {
            message: text(failed, "message").to_owned(),
            status: failed["status"].clone(),
            body: failed["body"].clone(),
        })
    }

    /// Carries out the node with these fields filled in; all others have the values that a new node has.
    fn execute(&self, resource: &str, operation: &str, fields: &Value) -> Result<Value, Failed> {
        self.run(&workflow(resource, operation, fields)).map(|items| items[0].clone())
    }

    /// Carries out a node that is to succeed, and returns the answer as it hands it on.
    #[track_caller]
    fn answer(&self, resource: &str, operation: &str, fields: &Value) -> Value {
        let told = self.execute(resource, operation, fields);
        self.became.borrow_mut().insert(operation.to_owned(), 200);
        told.unwrap_or_else(|failed| panic!("{operation}: {failed:?}"))
    }

    /// Carries out a node that is to fail, and returns the error as the server told it.
    #[track_caller]
    fn refused(&self, resource: &str, operation: &str, fields: &Value, status: u16, code: &str) -> Value {
        let failed = self.execute(resource, operation, fields).unwrap_err();
        assert_eq!(
            (&failed.status, &failed.body["error"]["code"]),
            (&json!(status), &json!(code)),
            "{failed:?}"
        );
        if ["not_implemented", "not_found"].contains(&code) {
            self.became.borrow_mut().insert(operation.to_owned(), status);
        }
        failed.body["error"].clone()
    }

    /// Waits, as a loop of nodes does, and returns the finished video.
    #[track_caller]
    #[expect(clippy::disallowed_methods, reason = "another process's progress can only be asked for")]
    fn finished(&self, created: &Value) -> Value {
        let id = json!({"videoId": created["data"]["video_id"]});
        let start = Instant::now();
        loop {
            let video = self.answer("video", "getVideoStatus", &id)["data"].clone();
            if text(&video, "status") == "completed" {
                return video;
            }
            assert_ne!(video["status"], "failed", "{video}\n{}", self.server.log());
            assert!(start.elapsed() < RENDER_LIMIT, "gave up waiting for {video}");
            std::thread::sleep(Duration::from_millis(500));
        }
    }
}

fn workflow(resource: &str, operation: &str, fields: &Value) -> Value {
    let mut parameters = fields.clone();
    parameters["resource"] = json!(resource);
    parameters["operation"] = json!(operation);
    json!({"do": "execute", "parameters": parameters})
}

#[track_caller]
fn text<'value>(value: &'value Value, field: &str) -> &'value str {
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {value}"))
}

/// Uploads a file as a node with a binary property does, and returns the id of its asset.
#[track_caller]
fn uploaded(n8n: &N8n, path: &Path, mime_type: &str) -> String {
    let mut upload = workflow("asset", "uploadAssets", &json!({"binaryData": true}));
    let name = path.file_name().unwrap().to_str().unwrap();
    upload["files"] = json!({"data": {"path": path, "mimeType": mime_type, "fileName": name}});
    let told = n8n.run(&upload).unwrap();
    assert_eq!(text(&told[0]["data"], "mime_type"), mime_type);
    text(&told[0]["data"], "asset_id").to_owned()
}

#[test]
fn every_operation_works_or_says_that_it_is_not_built_and_the_table_tells_so() {
    let Some(n8n) = N8n::start() else { return };
    from_a_photo_to_a_video(&n8n);
    the_older_operation_for_avatars(&n8n);
    pictures_that_speak(&n8n);
    designed_voices(&n8n);
    what_is_not_built(&n8n);
    what_goes_wrong(&n8n);

    let became = n8n.became.borrow();
    let mut rows: BTreeMap<String, [Vec<String>; 3]> = BTreeMap::new();
    for known in n8n.run(&json!({"do": "operations"})).unwrap() {
        let operation = text(&known, "operation");
        let status = became.get(operation).unwrap_or_else(|| panic!("'{operation}' was not carried out"));
        let column = [200, 501, 404].iter().position(|column| column == status).unwrap();
        rows.entry(text(&known, "resource").to_owned()).or_default()[column]
            .push(text(&known, "name").to_owned());
    }
    let mut table = "| resource | works | answers `501` | answers `404` |\n|---|---|---|---|\n".to_owned();
    for (resource, columns) in rows {
        let [works, not_built, nothing] = columns.map(|names| names.join(", "));
        writeln!(table, "| {resource} | {works} | {not_built} | {nothing} |").unwrap();
    }
    let path = repository("docs/API-COMPAT.md");
    let page = std::fs::read_to_string(&path).unwrap();
    assert_committed(&path, &with_table(&page, "n8n", &table));
}

fn from_a_photo_to_a_video(n8n: &N8n) {
    let known = n8n.run(&json!({"do": "testCredential"})).unwrap();
    assert!(known[0]["data"].is_object(), "{known:?}");

    let photo = fixture("portraits/astronaut.png");
    let asset = uploaded(n8n, &photo, "image/png");
    let bytes = n8n.server.get(&format!("/asset/{asset}")).bytes;
    assert!(bytes == std::fs::read(&photo).unwrap());
    // The node fetches the file itself, and uploads what it got.
    let url = n8n.server.url(&format!("/asset/{asset}"));
    let again = n8n.answer("asset", "uploadAssets", &json!({"fileUrl": url}));
    assert_eq!(again["data"]["size_bytes"], bytes.len());

    let body = json!({"type": "photo", "name": "Eileen", "file": {"type": "asset_id", "asset_id": asset}});
    let json_body = json!({"avatarUseJsonBody": true, "avatarJsonBody": body.to_string()});
    let avatar = n8n.answer("avatar", "createAvatar", &json_body)["data"].clone();
    let group = text(&avatar["avatar_group"], "id");
    let look = text(&avatar["avatar_item"], "id");
    let own = n8n.answer("list", "listAvatarsGroups", &json!({"avatarGroupsOwnership": "private"}));
    assert_eq!((&own["data"][0]["id"], &own["has_more"]), (&json!(group), &json!(false)));
    let looks = n8n.answer("list", "listAvatars", &json!({"avatarLooksGroupId": group}));
    assert_eq!(looks["data"][0]["id"], look);

    let voices =
        n8n.answer("list", "listVoices", &json!({"voiceLanguage": "English", "voiceGender": "female"}));
    let voice = text(&voices["data"][0], "voice_id");
    let token = json!({"voiceLanguage": "English", "voiceGender": "female", "listPageLimit": 1});
    let first = n8n.answer("list", "listVoices", &token);
    let token = json!({"voiceLanguage": "English", "voiceGender": "female", "listPageLimit": 1,
                       "listPaginationToken": first["next_token"]});
    let next = n8n.answer("list", "listVoices", &token);
    assert_eq!(next["data"][0], voices["data"][1]);

    let fields = json!({
        "videosAvatarId": look, "videosScript": "Yes, from a workflow.", "videosVoiceId": voice,
        "videosVoiceSpeed": 1.2, "videosBackgroundType": "color", "videosBackgroundColor": "#102030",
        "videosCaption": true,
        "videosDimension": {"dimensionValues": {"width": 720, "height": 1280}},
        "videosAdditionalFields": {"title": "From a form", "callbackId": "n8n-1",
                                   "callbackUrl": format!("{}/hook", n8n.receiver.url)},
    });
    let created = n8n.answer("video", "createVideo", &fields);
    let video = n8n.finished(&created);
    let id = text(&video, "id");
    assert_eq!(text(&video, "title"), "From a form");
    assert!(text(&video, "subtitle_url").starts_with("http"), "{video}");
    let film = ffprobe(&n8n.server.send("GET", text(&video, "video_url"), &[], None).bytes);
    // The node asks for 1080p where the height is that or more.
    assert_eq!((&film["streams"][0]["width"], &film["streams"][0]["height"]), (&json!(1080), &json!(1920)));

    let listed = n8n.answer("video", "listVideos", &json!({"videosTitleFilter": "From a form"}));
    assert_eq!(listed["data"][0]["id"], id);
    let deleted = n8n.answer("video", "deleteVideo", &json!({"videoId": id}));
    assert_eq!(deleted["data"]["id"], id);
    n8n.refused("video", "getVideoStatus", &json!({"videoId": id}), 404, "video_not_found");

    triggered(n8n);
}

/// What the server posted begins a workflow, with the fields as they were sent.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "another process's progress can only be asked for")]
fn triggered(n8n: &N8n) {
    let start = Instant::now();
    let posted = loop {
        if let Some(posted) = n8n.receiver.asked().into_iter().next() {
            break posted.json();
        }
        assert!(start.elapsed() < Duration::from_secs(30), "nothing was posted");
        std::thread::sleep(Duration::from_millis(100));
    };
    let received =
        |events: Value| n8n.run(&json!({"do": "receive", "parameters": events, "body": posted})).unwrap();
    let begun = received(json!({}));
    assert_eq!(text(&begun[0], "event"), "avatar_video.success");
    assert!(!text(&begun[0], "message").starts_with("Unhandled"), "{begun:?}");
    assert_eq!(begun[0]["payload"]["event_data"]["callback_id"], "n8n-1");
    assert!(received(json!({"events": ["avatar_video.fail"]})).is_empty());
}

fn the_older_operation_for_avatars(n8n: &N8n) {
    let scene = |values: Value| {
        let mut scene = json!({"inputText": "Yes.", "voiceId": "af_heart"});
        scene.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
        json!({"videoInput": {"videoInputValues": [scene]}})
    };
    // A presenter before the colour that the form begins with, in a voice of its own.
    let presenter = json!({"avatarId": "josh_lite3_20230714", "voiceId": ""});
    let created = n8n.answer("video", "createAvatarVideo", &scene(presenter));
    let film = n8n.finished(&created);
    let film = ffprobe(&n8n.server.send("GET", text(&film, "video_url"), &[], None).bytes);
    assert_eq!((&film["streams"][0]["width"], &film["streams"][0]["height"]), (&json!(1280), &json!(720)));

    // A talking photo says a recording.
    let photo = std::fs::read(fixture("portraits/grace_hopper.jpg")).unwrap();
    let photo = n8n.server.post_raw("/v1/talking_photo", &[("content-type", "image/jpeg")], &photo).data();
    let photo = text(&photo, "talking_photo_id");
    let spoken =
        n8n.answer("list", "generateSpeech", &json!({"ttsText": "Good day.", "ttsVoiceId": "af_heart"}));
    let sound = n8n.server.send("GET", text(&spoken["data"], "audio_url"), &[], None).bytes;
    let sound = n8n.server.upload("a.wav", &sound).data()["url"].clone();
    let talking = json!({"characterType": "talking_photo", "talkingPhotoId": photo, "voiceType": "audio", "audioUrl": sound,
                         "inputText": "", "voiceId": ""});
    let film = n8n.finished(&n8n.answer("video", "createAvatarVideo", &scene(talking)));
    let told = spoken["data"]["duration"].as_f64().unwrap();
    assert!((film["duration"].as_f64().unwrap() - told).abs() < 0.1, "{film}, but the speech has {told} s");
}

fn pictures_that_speak(n8n: &N8n) {
    let asset = uploaded(n8n, &fixture("portraits/astronaut.png"), "image/png");
    let by_id = json!({"videosVisualSource": "imageAssetId", "videosImageAssetId": asset});
    let by_url = json!({"videosVisualSource": "imageUrl",
                        "videosImageUrl": n8n.server.url(&format!("/asset/{asset}"))});
    // The form begins with the type `avatar`, and people leave it so.
    for (kind, mut fields) in [("avatar", by_id.clone()), ("image", by_id), ("avatar", by_url)] {
        fields["videosVideoType"] = json!(kind);
        fields["videosScript"] = json!("Yes.");
        fields["videosVoiceId"] = json!("af_heart");
        let created = n8n.answer("video", "createVideo", &fields);
        n8n.finished(&created);
    }
}

fn designed_voices(n8n: &N8n) {
    let prompt = json!({"voiceDesignPrompt": "a calm, deep male narrator", "voiceDesignSeed": "0"});
    let designed = n8n.answer("list", "designVoice", &prompt);
    let voice = text(&designed["data"]["voices"][0], "voice_id");
    let spoken =
        n8n.answer("list", "generateSpeech", &json!({"ttsText": "Good evening.", "ttsVoiceId": voice}));
    let sound = n8n.server.send("GET", text(&spoken["data"], "audio_url"), &[], None);
    let heard: f64 = text(&ffprobe(&sound.bytes)["format"], "duration").parse().unwrap();
    assert!((heard - spoken["data"]["duration"].as_f64().unwrap()).abs() < 0.01, "{spoken}");
    // Keys are taken as OAuth's tokens are sent, too.
    let with_token =
        json!({"authentication": "oAuth2", "engineFilter": "any", "voiceLibraryType": "private"});
    let own = n8n.answer("list", "listVoices", &with_token);
    assert!(own["data"].is_array(), "{own}");
}

fn what_is_not_built(n8n: &N8n) {
    let url = "https://example.com/a.mp4";
    for (resource, operation, fields) in [
        ("video", "translateVideo", json!({"videoUrl": url, "outputLanguage": "Spanish (Spain)"})),
        ("video", "createTemplateVideo", json!({"templateIDString": "t1"})),
        ("videoAgent", "createVideoAgentSession", json!({"vaPrompt": "An advertisement."})),
        ("videoAgent", "listVideoAgentSessions", json!({})),
        ("videoAgent", "listVideoAgentStyles", json!({})),
        ("lipsync", "createLipsync", json!({"lsVideoUrl": url, "lsAudioUrl": url})),
        ("lipsync", "listLipsyncs", json!({})),
        ("lipsync", "getLipsync", json!({"lsLipsyncId": "l1"})),
        ("lipsync", "updateLipsync", json!({"lsLipsyncId": "l1", "lsTitle": "One"})),
        ("lipsync", "deleteLipsync", json!({"lsLipsyncId": "l1"})),
    ] {
        let error = n8n.refused(resource, operation, &fields, 501, "not_implemented");
        assert!(text(&error, "message").contains("does not build yet"), "{operation}: {error}");
    }
    let templates = n8n.run(&json!({"do": "loadOptions", "method": "getTemplatesList"})).unwrap_err();
    assert_eq!(
        (&templates.status, &templates.body["error"]["code"]),
        (&json!(501), &json!("not_implemented"))
    );
    // It must not leave this machine.
    n8n.refused("oauth", "registerOAuthClient", &json!({}), 404, "not_found");
}

fn what_goes_wrong(n8n: &N8n) {
    let speech = json!({"ttsText": "Hello.", "ttsVoiceId": "nobody"});
    n8n.refused("list", "generateSpeech", &speech, 404, "voice_not_found");
    let video = json!({"videosAvatarId": "nobody", "videosScript": "Yes.", "videosVoiceId": "af_heart"});
    let error = n8n.refused("video", "createVideo", &video, 400, "invalid_parameter");
    assert_eq!(error["param"], "avatar_id");
    // The node calls a film behind somebody an image; v3 has none.
    let film = ffmpeg(&["-f", "lavfi", "-i", "testsrc=d=1", "-pix_fmt", "yuv420p"], "mp4");
    let url = n8n.server.upload("a.mp4", &film).data()["url"].clone();
    let film = json!({"videosAvatarId": "josh_lite3_20230714", "videosScript": "Yes.", "videosVoiceId": "af_heart",
                      "videosBackgroundType": "video", "videosBackgroundVideoUrl": url});
    let error = n8n.refused("video", "createVideo", &film, 400, "invalid_parameter");
    assert_eq!(error["param"], "background.url", "{error}");
    let unknown =
        n8n.run(&json!({"do": "receive", "body": {"event_type": "avatar_video.success"}})).unwrap_err();
    assert!(unknown.message.contains("event"), "{}", unknown.message);
}

/// Runs a script of Node's with the file in front that leads requests to `url`, and returns whether it ended well and what it told.
fn led_to(url: &str, script: &str) -> (bool, String) {
    let redirect = repository("compat/instead-of-heygen.cjs");
    let ran = Command::new("node")
        .env("NODE_OPTIONS", format!("--require {}", redirect.display()))
        .env("ROSTRUM_URL", url)
        .args(["--input-type=module", "--eval", script])
        .output()
        .expect("node is needed: run ./dev setup");
    (ran.status.success(), [ran.stdout, ran.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat())
}

#[test]
fn every_way_of_asking_is_led_to_the_server_and_no_other_host_is() {
    let server = Fake::start(|_, _| (200, "text/plain", b"Told.".to_vec()));
    let script = r#"
        import https, { request } from "node:https";
        const ended = (asked) => new Promise((done, failed) => {
            asked.on("response", (answer) => answer.resume().on("end", done)).on("error", failed).end();
        });
        const headers = { Host: "api.heygen.com", "X-Api-Key": "k" };
        await ended(request("https://api.heygen.com/v3/a?b=1", { headers }));
        await ended(https.request(new URL("https://upload.heygen.com/v1/asset"), { method: "POST" }));
        await ended(https.request({ hostname: "api.heygen.com", port: 443, path: "/v2/c", agent: new https.Agent() }));
        await new Promise((done) => https.get("https://api.heygen.com/v3/d", (answer) => answer.resume().on("end", done)));
        await fetch("https://api.heygen.com/v3/e?f=2");
        await fetch(new Request("https://api.heygen.com/v3/g", { method: "POST", body: "h", headers: { "X-Api-Key": "k" } }));
        for (const url of ["https://127.0.0.1:1/", "https://files.heygen.ai/a"]) {
            if (await fetch(url).then(() => true, () => false)) throw new Error(`${url} answered`);
        }
    "#;
    // What stands behind another server's path is reached, too.
    let (is_well, told) = led_to(&format!("{}/prefix/", server.url), script);
    assert!(is_well, "{told}");
    let asked = server.asked();
    let lines: Vec<&str> = asked.iter().map(|asked| asked.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "GET /prefix/v3/a?b=1",
            "POST /prefix/v1/asset",
            "GET /prefix/v2/c",
            "GET /prefix/v3/d",
            "GET /prefix/v3/e?f=2",
            "POST /prefix/v3/g",
        ]
    );
    let host = server.url.strip_prefix("http://").unwrap();
    assert!(asked.iter().all(|asked| asked.header("host") == host), "{asked:?}");
    assert_eq!((asked[0].header("x-api-key"), asked[5].header("x-api-key")), ("k", "k"));
    // The body of a `Request` is a stream, which goes on as one.
    assert_eq!(asked[5].header("transfer-encoding"), "chunked");
}

#[test]
fn without_an_address_requests_for_heygen_fail_and_nothing_else_does() {
    let (is_well, told) = led_to("", "console.log(6 * 7)");
    assert!(is_well && told.contains("42"), "{told}");
    for ask in [
        "await fetch('https://api.heygen.com/v3/users/me')",
        "(await import('node:https')).get('https://api.heygen.com/v3/users/me')",
    ] {
        let (is_well, told) = led_to("", ask);
        assert!(!is_well && told.contains("ROSTRUM_URL must be the address of the server"), "{told}");
    }
}
