//! Digital twins: footage that is checked, studied, agreed to, and speaks in videos.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rostrum_face::{FaceModels, FaceTrack, FaceTracker};
use rostrum_model::picture::RgbImage;
use serde_json::{Value, json};
use support::{Answer, PDF, Server, ffmpeg, ffprobe, fixture, models_dir};

const FRAMES_PER_SECOND: usize = 25;
const RATE: usize = 16_000;

/// 16 s of a portrait that is moved about as somebody who listens, with a tone.
static FOOTAGE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let portrait = fixture("portraits/astronaut.png");
    let moved = "scale=1200:1200,rotate=a=0.04*sin(2*PI*t/3.7):fillcolor=gray,\
                 crop=960:960:x=120+40*sin(2*PI*t/3.1):y=120+25*sin(2*PI*t/2.3),scale=480:480,format=yuv420p";
    let picture = ["-loop", "1", "-framerate", "25", "-i", portrait.to_str().unwrap()];
    let tone = ["-f", "lavfi", "-i", "sine=frequency=220", "-t", "16", "-vf", moved];
    ffmpeg(&[&picture[..], &tone[..], &["-c:v", "libx264", "-crf", "18", "-c:a", "aac"]].concat(), "mp4")
});

fn upload(server: &Server, bytes: &[u8]) -> String {
    server.upload("footage.mp4", bytes).data()["asset_id"].as_str().unwrap().to_owned()
}

fn twin_of(asset_id: &str) -> Value {
    json!({"type": "digital_twin", "name": "Eileen", "file": {"type": "asset_id", "asset_id": asset_id}})
}

/// A look of the answer of `POST /v3/avatars`, by its path.
fn look_path(made: &Value) -> String {
    format!("/v3/avatars/looks/{}", made["avatar_item"]["id"].as_str().unwrap())
}

/// Waits until the look's footage was studied.
#[expect(clippy::disallowed_methods, reason = "another process's progress can only be asked for")]
fn studied(server: &Server, path: &str) -> Value {
    let start = Instant::now();
    loop {
        let look = server.get(path).data();
        if look["status"] != "processing" {
            return look;
        }
        assert!(start.elapsed() < Duration::from_mins(4), "gave up waiting for {look}\n{}", server.log());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Has the person of a group agree by a page.
fn agree(server: &Server, group_id: &Value) {
    let path = format!("/v3/avatars/{}/consent", group_id.as_str().unwrap());
    let url = server.post(&path, &json!({})).data()["url"].as_str().unwrap().to_owned();
    let page = server.send("GET", &url, &[], None);
    assert_eq!(page.status, 200);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(server.send("POST", &url, &form, Some(b"name=Eileen&agree=yes")).status, 200);
}

/// A twin that can be used: the answer of its making.
fn ready_twin(server: &Server) -> Value {
    let made = server.post("/v3/avatars", &twin_of(&upload(server, &FOOTAGE))).data();
    studied(server, &look_path(&made));
    agree(server, &made["avatar_group"]["id"]);
    made
}

/// A finished film, decoded.
struct Film {
    width: usize,
    height: usize,
    frames: Vec<RgbImage>,
    /// Mono samples at [`RATE`].
    samples: Vec<f32>,
}

impl Film {
    fn of(server: &Server, video: &Value) -> Self {
        let bytes = server.get(video["video_url"].as_str().unwrap()).bytes;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.mp4");
        std::fs::write(&path, &bytes).unwrap();
        let path = path.to_str().unwrap();
        let probed = ffprobe(&bytes);
        let streams = probed["streams"].as_array().unwrap();
        let picture = streams.iter().find(|stream| stream["codec_type"] == "video").unwrap();
        let [width, height] = ["width", "height"].map(|side| picture[side].as_u64().unwrap() as usize);
        let raw = ffmpeg(&["-i", path, "-map", "0:v", "-f", "rawvideo", "-pix_fmt", "rgb24"], "rgb");
        let sound = ffmpeg(&["-i", path, "-map", "0:a", "-ac", "1", "-ar", "16000", "-f", "s16le"], "pcm");
        let frame = |pixels: &[u8]| RgbImage { width, height, pixels: pixels.to_vec() };
        let sample = |pair: &[u8]| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32768.0;
        Self {
            width,
            height,
            frames: raw.chunks_exact(width * height * 3).map(frame).collect(),
            samples: sound.chunks_exact(2).map(sample).collect(),
        }
    }

    fn seconds(&self) -> f64 {
        self.frames.len() as f64 / FRAMES_PER_SECOND as f64
    }

    /// Follows the face through the film.
    fn faces(&self) -> FaceTrack {
        let models = FaceModels::load(&models_dir()).unwrap();
        let mut tracker = FaceTracker::new(&models);
        for frame in &self.frames {
            tracker.push(frame).unwrap();
        }
        tracker.finish()
    }

    /// Stretches of more than 300 ms without sound, in seconds.
    fn silences(&self) -> Vec<[f64; 2]> {
        const WINDOW: usize = RATE / 100;
        const QUIET: f32 = 0.006;
        let level = |part: &[f32]| (part.iter().map(|s| s * s).sum::<f32>() / part.len() as f32).sqrt();
        let loud = self.samples.chunks(WINDOW).map(|part| level(part) > QUIET).chain([true]);
        let (mut found, mut start) = (Vec::new(), 0);
        for (window, _) in loud.enumerate().filter(|(_, is_loud)| *is_loud) {
            found.push([start, window].map(|window| (window * WINDOW) as f64 / RATE as f64));
            start = window + 1;
        }
        found.retain(|[from, to]| to - from > 0.3);
        found
    }
}

/// Distance of the lips' inner edges against that of the outer eye corners.
fn aperture(faces: &FaceTrack, frame: usize) -> f32 {
    let face = faces.face(frame).unwrap();
    let [upper, lower] = [13, 14].map(|i| face.points[i]);
    (lower[0] - upper[0]).hypot(lower[1] - upper[1]) / face.eye_distance()
}

/// Mean difference of two pictures, in grey levels.
fn difference(left: &RgbImage, right: &RgbImage) -> f64 {
    let sum: u64 = left.pixels.iter().zip(&right.pixels).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / left.pixels.len() as f64
}

#[test]
fn footage_is_studied_agreed_to_and_then_speaks() {
    let server = Server::start();
    let asset = upload(&server, &FOOTAGE);
    let made = server.post("/v3/avatars", &twin_of(&asset)).data();
    let (look, group) = (&made["avatar_item"], &made["avatar_group"]);
    assert_eq!(
        (&look["avatar_type"], &look["status"], &group["status"]),
        (&json!("digital_twin"), &json!("processing"), &json!("processing"))
    );
    assert!(look["preview_image_url"].is_null() && look["image_width"].is_null(), "{look}");
    assert_eq!(look["supported_api_engines"], json!(["avatar_iii", "avatar_iv"]));
    let speak = |extra: Value| {
        let mut body = json!({"type": "avatar", "avatar_id": look["id"], "voice_id": "af_heart", "aspect_ratio": "1:1",
            "resolution": "720p", "script": "Bob may move. Five maps, who thought of them?"});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        server.post("/v3/videos", &body)
    };
    let told = speak(json!({})).refused(409, "resource_not_ready", Some("avatar_id"));
    assert!(told.contains("processing"), "{told}");

    let ready = studied(&server, &look_path(&made));
    assert_eq!((&ready["status"], &ready["error"]), (&json!("pending_consent"), &Value::Null));
    assert_eq!((&ready["image_width"], &ready["image_height"]), (&json!(480), &json!(480)));
    let still = server.get(ready["preview_image_url"].as_str().unwrap());
    assert_eq!((still.status, still.header("content-type")), (200, "image/jpeg"));
    let moving = server.get(ready["preview_video_url"].as_str().unwrap());
    assert_eq!((moving.status, moving.header("content-type")), (200, "video/mp4"));
    let told = speak(json!({})).refused(400, "avatar_consent_required", Some("avatar_id"));
    assert!(told.contains("/consent"), "{told}");
    let listed = |path: &str| server.get(path).json()["data"].clone();
    assert!(!listed("/v2/avatars")["avatars"].to_string().contains(look["id"].as_str().unwrap()));

    agree(&server, &group["id"]);
    assert_eq!(server.get(&look_path(&made)).data()["status"], "completed");
    let person = server.get(&format!("/v3/avatars/{}", group["id"].as_str().unwrap())).data();
    assert_eq!((&person["status"], &person["consent_status"]), (&json!("completed"), &json!("approved")));
    for filter in ["digital_twin", "video_avatar"] {
        assert_eq!(listed(&format!("/v3/avatars/looks?avatar_type={filter}"))[0]["id"], look["id"]);
    }
    assert_eq!(listed("/v3/avatars/looks?avatar_type=photo_avatar"), json!([]));
    let old = listed("/v2/avatars");
    assert_eq!((&old["avatars"][0]["avatar_id"], &old["talking_photos"]), (&look["id"], &json!([])));
    speak(json!({"motion_prompt": "nod"})).refused(400, "invalid_parameter", Some("motion_prompt"));

    let id = speak(json!({"expressiveness": "high"})).data()["video_id"].as_str().unwrap().to_owned();
    let video = server.wait_until_completed(&id);
    let film = Film::of(&server, &video);
    assert_eq!((film.width, film.height), (720, 720));
    assert!((video["duration"].as_f64().unwrap() - film.seconds()).abs() < 0.05, "{video}");
    assert!((film.seconds() - film.samples.len() as f64 / RATE as f64).abs() < 0.1);
    let faces = film.faces();
    let apertures: Vec<f32> = (0..film.frames.len()).map(|frame| aperture(&faces, frame)).collect();
    println!("{apertures:.3?} {:?}", film.silences());
    let widest = apertures.iter().copied().fold(0.0, f32::max);
    let closed = apertures.iter().filter(|aperture| **aperture < 0.04).count();
    assert!(widest > 0.09 && closed > 5, "{apertures:.3?}");
    let mut looked_at = 0;
    for [from, to] in film.silences().into_iter().filter(|[from, _]| *from > 0.0) {
        // The next sound opens the mouth a little before it is heard.
        let next = if to > film.seconds() - 0.1 { to } else { to - 0.14 };
        let frames = ((from + 0.08) * 25.0).ceil() as usize..((next * 25.0) as usize).min(apertures.len());
        let shut = apertures.get(frames).unwrap_or_default();
        assert!(shut.iter().all(|aperture| *aperture < 0.045), "{from}..{to}: {shut:.3?}");
        looked_at += shut.len();
    }
    assert!(looked_at > 3, "{looked_at} frames, {:?}", film.silences());
}

#[test]
fn a_scene_longer_than_the_footage_goes_on_without_a_jump() {
    let server = Server::start();
    let made = ready_twin(&server);
    let id = &made["avatar_item"]["id"];
    let body = json!({
        "dimension": {"width": 320, "height": 320},
        "video_inputs": [
            {"character": {"type": "avatar", "avatar_id": id, "avatar_style": "normal"},
                "voice": {"type": "silence", "duration": 24.0}},
            {"character": {"type": "avatar", "avatar_id": id, "avatar_style": "circle", "circle_background_color": "#00ff00",
                "matting": true}, "voice": {"type": "silence", "duration": 0.4},
                "background": {"type": "color", "value": "#ff00ff"}},
            {"character": {"type": "avatar", "avatar_id": id, "avatar_style": "normal", "matting": true},
                "voice": {"type": "silence", "duration": 0.4}, "background": {"type": "color", "value": "#0000ff"}},
            {"character": {"type": "avatar", "avatar_id": id, "avatar_style": "voice_only"},
                "voice": {"type": "text", "input_text": "Nobody is seen.", "voice_id": "af_heart"},
                "background": {"type": "color", "value": "#ffffff"}},
        ],
    });
    let answer = server.post("/v2/video/generate", &body);
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
    let video = server.wait_until_completed(answer.json()["data"]["video_id"].as_str().unwrap());
    let film = Film::of(&server, &video);
    let steps: Vec<f64> = film.frames[..600].windows(2).map(|pair| difference(&pair[0], &pair[1])).collect();
    // The footage lasts 16 s and turns in its last third.
    let usual = steps[..240].iter().copied().fold(0.0, f64::max);
    let largest = steps.iter().copied().fold(0.0, f64::max);
    assert!(usual > 0.5 && largest < 1.25 * usual, "{usual} {largest}");
    assert_eq!(steps[300..].iter().filter(|step| **step < 0.02).count(), 0, "the picture stands still");

    let near = |frame: usize, x: usize, y: usize, rgb: [u8; 3]| {
        let found = film.frames[frame].at(x, y);
        let furthest = (0..3).map(|k| found[k].abs_diff(rgb[k])).max().unwrap();
        assert!(furthest <= 24, "frame {frame} at {x} {y}: {found:?} is not {rgb:?}");
    };
    for frame in [600, 609] {
        near(frame, 4, 4, [255, 0, 255]);
        // Inside the disc, beside the head.
        near(frame, 40, 120, [0, 255, 0]);
    }
    for frame in [610, 619] {
        near(frame, 8, 8, [0, 0, 255]);
        near(frame, 300, 8, [0, 0, 255]);
    }
    near(film.frames.len() - 1, 160, 160, [255, 255, 255]);
}

#[test]
fn a_start_goes_on_with_a_study_and_equal_footage_is_studied_once() {
    let mut server = Server::start();
    let asset = upload(&server, &FOOTAGE);
    let made = server.post("/v3/avatars", &twin_of(&asset)).data();
    server.kill();
    server.restart();
    assert_eq!(studied(&server, &look_path(&made))["status"], "pending_consent", "{}", server.log());
    let kept = |server: &Server| {
        let names = server.files_in("blobs/derived");
        names.into_iter().filter(|name| name.contains("footage-1.track")).count()
    };
    assert_eq!(kept(&server), 1);
    let told = server.delete(&format!("/v3/assets/{asset}")).refused(409, "conflict", Some("asset_id"));
    assert!(told.contains(made["avatar_item"]["id"].as_str().unwrap()), "{told}");

    // Another asset with the same bytes, as another look of the same person, whose consent is asked for once.
    agree(&server, &made["avatar_group"]["id"]);
    let second = upload(&server, &FOOTAGE);
    let mut body = twin_of(&second);
    body["avatar_group_id"] = made["avatar_group"]["id"].clone();
    let again = server.post("/v3/avatars", &body).data();
    assert_eq!(studied(&server, &look_path(&again))["status"], "completed");
    assert_eq!(kept(&server), 1);
    assert_eq!(server.delete(&look_path(&made)).status, 200);
    assert_eq!(server.delete(&format!("/v3/assets/{asset}")).status, 200);
    assert_eq!(kept(&server), 1, "the other asset needs it");
    let group = format!("/v3/avatars/{}", made["avatar_group"]["id"].as_str().unwrap());
    assert_eq!(server.delete(&group).status, 200);
    assert_eq!(server.delete(&format!("/v3/assets/{second}")).status, 200);
    assert_eq!(kept(&server), 0);
}

/// A clip of a few bytes.
fn clip(source: &str, extra: &[&str]) -> Vec<u8> {
    ffmpeg(&[&["-f", "lavfi", "-i", source], extra, &["-pix_fmt", "yuv420p"]].concat(), "mp4")
}

#[test]
fn what_cannot_become_a_twin_is_refused_and_leaves_nothing_behind() {
    let server = Server::start();
    let ask = |mime: &str, bytes: &[u8]| -> Answer {
        let file = json!({"type": "base64", "media_type": mime, "data": STANDARD.encode(bytes)});
        server.post("/v3/avatars", &json!({"type": "digital_twin", "name": "Nobody", "file": file}))
    };
    for (length, told) in [(14, "14.0s"), (601, "601.0s")] {
        let bytes = clip(&format!("color=gray:size=64x64:rate=1:duration={length}"), &[]);
        let message = ask("video/mp4", &bytes).refused(400, "training_failed", Some("file"));
        assert!(message.starts_with("Footage duration must be between 15s and 600s"), "{message}");
        assert!(message.contains(told), "{message}");
    }
    let nobody = clip("testsrc=size=320x240:rate=5:duration=16", &[]);
    let message = ask("video/mp4", &nobody).refused(400, "invalid_parameter", Some("file"));
    assert!(message.contains("no face") && message.contains("0 %"), "{message}");
    let portrait = fixture("portraits/astronaut.png");
    let portrait = portrait.to_str().unwrap();
    let twice = "scale=480:480,split[a][b];[a][b]hstack";
    let still = |filter: &str| {
        let input = ["-loop", "1", "-framerate", "5", "-i", portrait, "-t", "16", "-filter_complex", filter];
        ffmpeg(&[&input[..], &["-pix_fmt", "yuv420p"]].concat(), "mp4")
    };
    let message = ask("video/mp4", &still(twice)).refused(400, "invalid_parameter", Some("file"));
    assert!(message.contains("several faces"), "{message}");
    let message = ask("video/mp4", &still("scale=200:200")).refused(400, "invalid_parameter", Some("file"));
    assert!(message.contains("too small") && message.contains("36 px"), "{message}");
    let sound = ffmpeg(&["-f", "lavfi", "-i", "sine=duration=16", "-c:a", "aac"], "mp4");
    let message = ask("video/mp4", &sound).refused(400, "invalid_parameter", Some("file"));
    assert!(message.contains("no moving pictures") || message.contains("audio/"), "{message}");
    let message = ask("application/pdf", PDF).refused(400, "invalid_parameter", Some("file"));
    assert!(message.contains("application/pdf"), "{message}");
    let unknown = json!({"type": "digital_twin", "name": "N", "avatar_group_id": "018bcfe5680070008000000000000000",
        "file": {"type": "asset_id", "asset_id": "asset_018bcfe5680070008000000000000000"}});
    server.post("/v3/avatars", &unknown).refused(400, "invalid_parameter", Some("avatar_group_id"));
    let unknown = twin_of("asset_018bcfe5680070008000000000000000");
    server.post("/v3/avatars", &unknown).refused(404, "asset_not_found", Some("file"));
    assert_eq!(server.files_in("blobs/assets"), Vec::<String>::new());
    assert_eq!(server.get("/v3/avatars?ownership=private").json()["data"], json!([]));
}

#[test]
fn footage_that_turns_out_to_be_unusable_fails_with_the_reason() {
    let server = Server::start();
    // Nobody is seen after the first four seconds.
    let portrait = fixture("portraits/astronaut.png");
    let seen = ["-loop", "1", "-framerate", "5", "-t", "4", "-i", portrait.to_str().unwrap()];
    let gone = ["-f", "lavfi", "-i", "color=gray:size=480x480:rate=5:duration=12"];
    let joined = ["-filter_complex", "[0]scale=480:480,setsar=1[a];[a][1]concat", "-pix_fmt", "yuv420p"];
    let bytes = ffmpeg(&[&seen[..], &gone[..], &joined[..]].concat(), "mp4");
    let made = server.post("/v3/avatars", &twin_of(&upload(&server, &bytes))).data();
    let look = studied(&server, &look_path(&made));
    assert_eq!((&look["status"], &look["error"]["code"]), (&json!("failed"), &json!("training_failed")));
    let message = look["error"]["message"].as_str().unwrap();
    assert!(message.starts_with("Only 25 %") && message.contains("no face"), "{message}");
    let body = json!({"type": "avatar", "avatar_id": look["id"], "script": "Hello.", "voice_id": "af_heart"});
    let told = server.post("/v3/videos", &body).refused(400, "invalid_parameter", Some("avatar_id"));
    assert!(told.contains("Only 25 %"), "{told}");
    assert_eq!(server.delete(&look_path(&made)).status, 200);
}
