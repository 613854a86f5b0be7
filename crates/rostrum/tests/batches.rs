//! Batches of videos, callbacks, cancelling, dry runs, and the pages that play videos, against a real server.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::fake::{Asked, Fake};
use support::{Server, ffmpeg, ffprobe};

/// A server that may post to this machine, and a receiver that refuses the first posts.
fn server_and_receiver(refused: usize) -> (Server, Fake) {
    let receiver =
        Fake::start(move |_, before| (if before < refused { 503 } else { 204 }, "text/plain", vec![]));
    let port = receiver.url.rsplit(':').next().unwrap().to_owned();
    let server = Server::start_with(&[
        ("ROSTRUM_FETCH_HTTP", "true".to_owned()),
        ("ROSTRUM_FETCH_NETWORKS", r#"["127.0.0.1/32"]"#.to_owned()),
        ("ROSTRUM_FETCH_PORTS", format!("[{port}]")),
    ]);
    (server, receiver)
}

/// The smallest video there is: a picture of the cast for a moment.
fn short(title: &str) -> Value {
    json!({"type": "studio", "title": title, "aspect_ratio": "1:1", "resolution": "720p", "scenes": [
        {"type": "avatar_video", "input": {"type": "avatar", "avatar_id": "josh_lite3_20230714", "script": "Yes."}},
    ]})
}

#[expect(clippy::disallowed_methods, reason = "another process's progress can only be asked for")]
fn wait_until<T>(what: &str, server: &Server, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < Duration::from_mins(8), "waited in vain for {what}\n{}", server.log());
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn posted(server: &Server, receiver: &Fake, event_type: &str) -> Asked {
    wait_until(event_type, server, || {
        receiver.asked().into_iter().find(|asked| asked.json()["event_type"] == event_type)
    })
}

fn batch(server: &Server, id: &str) -> Value {
    server.get(&format!("/v3/videos/batches/{id}")).data()
}

#[test]
fn of_a_batch_each_item_is_made_or_refused_on_its_own_and_the_caller_is_told_once() {
    let (mut server, receiver) = server_and_receiver(0);
    let faulty = [
        (json!({"type": "avatar"}), "invalid_parameter", "script"),
        (json!({"type": "nothing"}), "invalid_parameter", "type"),
        (json!({"type": "avatar", "avatar_id": "nobody", "script": "Hi."}), "invalid_parameter", "avatar_id"),
        (json!({"type": "studio", "scenes": []}), "invalid_parameter", "scenes"),
    ];
    let mut videos: Vec<Value> = (0..2).map(|number| short(&format!("Number {number}"))).collect();
    for (place, (body, ..)) in [0, 2, 3, 5].into_iter().zip(&faulty) {
        videos.insert(place, body.clone());
    }
    let asked = json!({
        "videos": videos, "title": "Six", "callback_id": "mine", "callback_url": format!("{}/done", receiver.url),
    });
    let accepted = server.post("/v3/videos/batches", &asked);
    assert_eq!(accepted.status, 202, "{}", String::from_utf8_lossy(&accepted.bytes));
    let id = accepted.json()["data"]["batch_id"].as_str().unwrap().to_owned();
    // What was accepted survives.
    server.kill();
    server.restart();

    let done = wait_until("the batch", &server, || {
        Some(batch(&server, &id)).filter(|batch| batch["status"] != "processing")
    });
    assert_eq!((&done["status"], &done["title"]), (&json!("completed"), &json!("Six")), "{done}");
    assert_eq!(done["counts_by_status"], json!({"queued": 0, "processing": 0, "completed": 2, "failed": 4}));
    let items = done["items"].as_array().unwrap();
    let places: Vec<_> = items.iter().map(|item| item["item_index"].as_u64().unwrap()).collect();
    assert_eq!(places, [0, 1, 2, 3, 4, 5]);
    for (place, (_, code, param)) in [0, 2, 3, 5].into_iter().zip(&faulty) {
        let item = &items[place];
        assert_eq!((&item["status"], &item["video_id"]), (&json!("failed"), &Value::Null), "{item}");
        assert_eq!(
            (&item["error"]["code"], &item["error"]["param"]),
            (&json!(code), &json!(param)),
            "{item}"
        );
    }
    for (place, title) in [(1, "Number 0"), (4, "Number 1")] {
        let video = server.video(items[place]["video_id"].as_str().unwrap());
        assert_eq!((&video["status"], &video["title"]), (&json!("completed"), &json!(title)));
    }

    let told = posted(&server, &receiver, "batch.finished");
    assert_eq!((told.line.as_str(), told.header("content-type")), ("POST /done", "application/json"));
    let data = &told.json()["event_data"];
    assert_eq!((&data["batch_id"], &data["status"]), (&json!(id), &json!("completed")));
    assert_eq!(data["counts_by_status"], json!({"completed": 2, "failed": 4}));
    assert_eq!(receiver.asked().len(), 1);

    let first = server.get(&format!("/v3/videos/batches/{id}?limit=4")).data();
    assert_eq!((first["items"].as_array().unwrap().len(), &first["has_more"]), (4, &json!(true)));
    let token = first["next_token"].as_str().unwrap();
    let rest = server.get(&format!("/v3/videos/batches/{id}?limit=4&token={token}")).data();
    assert_eq!((&rest["items"][0]["item_index"], &rest["has_more"]), (&json!(4), &json!(false)));

    let video = items[1]["video_id"].as_str().unwrap();
    let unknown = "00000000000070008000000000000000";
    let rows = server
        .get(&format!("/v3/videos/statuses?video_ids={video},{unknown},x&batch_ids={id},batch_{unknown}"));
    let rows = rows.json()["data"].as_array().unwrap().clone();
    let statuses: Vec<_> = rows.iter().map(|row| row["status"].as_str().unwrap()).collect();
    assert_eq!(
        statuses,
        [
            "completed",
            "not_found",
            "not_found",
            "failed",
            "completed",
            "failed",
            "failed",
            "completed",
            "failed",
            "not_found"
        ]
    );
    assert_eq!((&rows[4]["batch_id"], &rows[4]["item_index"]), (&json!(id), &json!(1)));
    server.get("/v3/videos/statuses").refused(400, "invalid_parameter", Some("video_ids"));
    server.post("/v3/videos/batches", &json!({"videos": []})).refused(
        400,
        "invalid_parameter",
        Some("videos"),
    );
    server.get("/v3/videos/batches/batch_1").refused(404, "not_found", Some("batch_id"));
}

#[test]
fn whoever_asked_is_told_of_a_finished_and_of_a_failed_video_until_they_take_it() {
    let (mut server, receiver) = server_and_receiver(1);
    let mut body = short("Told");
    body["callback_url"] = json!(format!("{}/told?x=1", receiver.url));
    body["callback_id"] = json!("order 66");
    let id = server.create_video(&body);
    let video = server.wait_until_completed(&id);
    // The first post is refused; the next one comes after a pause that outlives the server.
    wait_until("the first post", &server, || Some(()).filter(|()| receiver.asked().len() == 1));
    server.kill();
    server.restart();
    wait_until("the second post", &server, || Some(()).filter(|()| receiver.asked().len() == 2));
    let told = receiver.asked();
    let (first, second) = (told[0].json(), told[1].json());
    assert_eq!(first["event_id"], second["event_id"]);
    assert_eq!(
        (&second["event_type"], &second["event"]),
        (&json!("avatar_video.success"), &json!("avatar_video.success"))
    );
    let data = &second["event_data"];
    assert_eq!((&data["video_id"], &data["callback_id"]), (&json!(id), &json!("order 66")));
    let same_path = |url: &Value| url.as_str().unwrap().split("/files/").nth(1).unwrap().to_owned();
    assert_eq!(same_path(&data["url"]), same_path(&video["video_url"]));
    assert_eq!(same_path(&data["gif_download_url"]), same_path(&video["gif_url"]));
    assert!(data["video_page_url"].as_str().unwrap().ends_with(&format!("/videos/{id}")));
    assert_eq!(server.get(&format!("/v1/video_status.get?video_id={id}")).data()["callback_id"], "order 66");

    let failing = server.create_video(&body);
    let cancelled = server.post(&format!("/v3/videos/{failing}/cancel"), &json!({})).data();
    assert_eq!((&cancelled["status"], &cancelled["failure_code"]), (&json!("failed"), &json!("cancelled")));
    let told = posted(&server, &receiver, "avatar_video.fail").json();
    assert_eq!(
        (&told["event_data"]["video_id"], &told["event_data"]["code"]),
        (&json!(failing), &json!("cancelled"))
    );
    // Repeating it changes nothing; what is completed stays so.
    let again = server.post(&format!("/v3/videos/{failing}/cancel"), &json!({})).data();
    assert_eq!(again["status"], "failed");
    server.post(&format!("/v3/videos/{id}/cancel"), &json!({})).refused(409, "conflict", Some("video_id"));
    server.kill();
    server.restart();
    assert_eq!(server.video(&failing)["failure_code"], "cancelled");

    body["callback_url"] = json!("ftp://example.org/");
    server.post("/v3/videos", &body).refused(400, "invalid_parameter", Some("callback_url"));
}

#[test]
fn all_faults_of_a_request_are_named_in_one_answer() {
    let server = Server::start();
    let params = |body: &Value| -> (u16, Vec<String>) {
        let answer = server.post("/v3/videos", body);
        let error = answer.json()["error"].clone();
        let named = |fault: &Value| fault["param"].as_str().unwrap().to_owned();
        let all: Vec<_> = error["errors"].as_array().unwrap_or(&vec![]).iter().map(named).collect();
        assert_eq!(all.first(), error["param"].as_str().map(str::to_owned).as_ref(), "{error}");
        (answer.status, all)
    };
    let wire = json!({
        "type": "avatar", "title": "x".repeat(300), "background": {"type": "color", "value": "red"},
        "script": "", "motion_prompt": "y".repeat(1001),
    });
    let (status, named) = params(&wire);
    assert_eq!(
        (status, named),
        (
            400,
            ["title", "background.value", "script", "avatar_id", "motion_prompt"].map(str::to_owned).to_vec()
        )
    );
    let scene = |avatar: &str, voice: &str| json!({"type": "avatar_video", "input": {"type": "avatar", "avatar_id": avatar, "script": "Hi.", "voice_id": voice}});
    // The older generation tells them beside its own words.
    let older = json!({"dimension": {"width": 1, "height": 720}, "video_inputs": [
        {"voice": {"type": "text", "input_text": "Hi.", "voice_id": "af_heart", "speed": 9}}, {"character": {"type": "avatar"}},
    ]});
    let error = server.post("/v2/video/generate", &older).json()["error"].clone();
    let named: Vec<_> =
        error["errors"].as_array().unwrap().iter().map(|fault| fault["param"].clone()).collect();
    assert_eq!(
        named,
        [
            "dimension.width",
            "video_inputs[0].voice.speed",
            "video_inputs[1].character.avatar_id",
            "video_inputs[1].voice"
        ]
    );
    let looked_up = json!({"type": "studio", "folder_id": "folder_00000000000070008000000000000000",
        "scenes": [scene("nobody", "af_heart"), scene("josh_lite3_20230714", "no_voice"), scene("josh_lite3_20230714", "af_heart")]});
    let (status, named) = params(&looked_up);
    assert_eq!(
        (status, named),
        (
            404,
            ["folder_id", "scenes[0].input.avatar_id", "scenes[1].input.voice_id"]
                .map(str::to_owned)
                .to_vec()
        )
    );
}

#[test]
fn a_dry_run_tells_what_would_be_made_and_makes_nothing() {
    let server = Server::start();
    let mut body = short("Dry");
    body["scenes"][0]["input"]["script"] =
        json!("This is how long it takes to say a sentence of some length.");
    let told = server.post("/v3/videos?dry_run=true", &body).data();
    assert_eq!((&told["dry_run"], &told["width"], &told["height"]), (&json!(true), &json!(720), &json!(720)));
    assert_eq!(told["cost"], json!({"amount": 0.0, "currency": "usd"}));
    assert!(told["estimated_render_seconds"].as_f64().unwrap() > 0.0);
    assert!(server.get("/v3/videos").json()["data"].as_array().unwrap().is_empty());
    let video = server.wait_until_completed(&server.create_video(&body));
    let (estimated, real) = (told["duration"].as_f64().unwrap(), video["duration"].as_f64().unwrap());
    assert!((estimated / real - 1.0).abs() < 0.3, "{estimated} s estimated, {real} s made");
    body["scenes"][0]["input"]["avatar_id"] = json!("nobody");
    server.post("/v3/videos?dry_run=true", &body).refused(
        400,
        "invalid_parameter",
        Some("scenes[0].input.avatar_id"),
    );
    server.post("/v3/videos?dry_run=maybe", &body).refused(400, "invalid_parameter", Some("dry_run"));
}

#[test]
fn folders_and_pages_show_videos() {
    let server = Server::start();
    let folder =
        server.post("/v1/folders/create", &json!({"name": "Spring", "project_type": "video"})).json();
    let folder = folder["data"]["id"].as_str().unwrap().to_owned();
    let mut body = short("<b>Bold & \"brave\"</b>");
    body["folder_id"] = json!(folder);
    let id = server.create_video(&body);
    let other = server.create_video(&short("Elsewhere"));
    let page = server.send("GET", &format!("/videos/{id}"), &[], None);
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let video = server.wait_until_completed(&id);
    assert_eq!(video["folder_id"], json!(folder));
    let listed = server.get(&format!("/v3/videos?folder_id={folder}")).json();
    let ids: BTreeSet<_> =
        listed["data"].as_array().unwrap().iter().map(|video| video["id"].clone().to_string()).collect();
    assert_eq!(ids, BTreeSet::from([json!(id).to_string()]));

    let at = video["video_page_url"].as_str().unwrap();
    let page = server.send("GET", at, &[], None);
    let html = String::from_utf8(page.bytes.clone()).unwrap();
    assert!(
        html.contains("<h1>&lt;b&gt;Bold &amp; &quot;brave&quot;&lt;/b&gt;</h1>") && !html.contains("<b>"),
        "{html}"
    );
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    // What the page names is there, without a key.
    for part in html.split(['"']).filter(|part| part.starts_with("../")) {
        let path = part.strip_prefix("..").unwrap();
        assert_eq!(server.send("GET", path, &[], None).status, 200, "{path}");
    }
    let shared = server.post("/v1/video/share", &json!({"video_id": id})).json();
    let link = shared["data"].as_str().unwrap();
    assert!(link.ends_with(&format!("/share/{id}")), "{shared}");
    assert_eq!(server.send("GET", link, &[], None).status, 200);
    assert_eq!(server.send("GET", "/videos/nothing", &[], None).status, 404);
    assert_eq!(server.post("/v1/video/share", &json!({})).status, 400);
    server.wait_until_completed(&other);
}

#[test]
fn a_mark_stands_in_its_corner_and_tries_are_marked() {
    let server = Server::start();
    let logo = ffmpeg(&["-f", "lavfi", "-i", "color=c=red:s=90x60", "-frames:v", "1"], "png");
    let logo = server.upload("logo.png", &logo).data()["asset_id"].as_str().unwrap().to_owned();
    let mut body = short("Marked");
    body["scenes"][0]["input"]["background"] = json!({"type": "color", "color": "#00ff00"});
    body["watermark"] = json!({
        "image": {"type": "asset_id", "asset_id": logo}, "opacity": 0.5,
        "placement": {"position": "top_left", "offset_x": 30, "offset_y": 60},
    });
    let marked = server.wait_until_completed(&server.create_video(&body));
    // A canvas of 720 is two thirds of the one whose pixels measure marks: 60x40 at (20, 40).
    let frame = first_frame(&server, &marked);
    let pixel = |x: usize, y: usize| -> [u8; 3] { frame[(y * 720 + x) * 3..][..3].try_into().unwrap() };
    let close =
        |one: [u8; 3], other: [u8; 3]| one.iter().zip(other).all(|(one, other)| one.abs_diff(other) < 24);
    assert!(close(pixel(50, 60), [128, 128, 0]), "{:?}", pixel(50, 60));
    for (x, y) in [(10, 60), (90, 60), (50, 30), (50, 90)] {
        assert!(close(pixel(x, y), [0, 255, 0]), "{x},{y}: {:?}", pixel(x, y));
    }
    // A picture that does not move, to be compared.
    body["scenes"] =
        json!([{"type": "image", "source": {"type": "asset_id", "asset_id": logo}, "duration": 0.5}]);
    body["watermark"] = Value::Null;
    let plain = server.wait_until_completed(&server.create_video(&body));
    body["test"] = json!(true);
    let tried = server.wait_until_completed(&server.create_video(&body));
    let (plain, tried) = (first_frame(&server, &plain), first_frame(&server, &tried));
    let changed = |low: bool| {
        let rows = if low { 600..720 } else { 0..600 };
        let bytes = rows.start * 720 * 3..rows.end * 720 * 3;
        plain[bytes.clone()]
            .iter()
            .zip(&tried[bytes])
            .filter(|(one, other)| one.abs_diff(**other) > 48)
            .count()
    };
    assert!(changed(true) > 1000 && changed(false) == 0, "{} below, {} above", changed(true), changed(false));
    body["watermark"] =
        json!({"image": {"type": "asset_id", "asset_id": "asset_00000000000070008000000000000000"}});
    server.post("/v3/videos", &body).refused(404, "asset_not_found", Some("watermark.image.asset_id"));
}

fn first_frame(server: &Server, video: &Value) -> Vec<u8> {
    let film = server.get(video["video_url"].as_str().unwrap()).bytes;
    assert!(ffprobe(&film)["streams"].as_array().unwrap().len() == 2);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("film.mp4");
    std::fs::write(&path, film).unwrap();
    ffmpeg(&["-i", path.to_str().unwrap(), "-frames:v", "1", "-pix_fmt", "rgb24", "-f", "rawvideo"], "rgb")
}
