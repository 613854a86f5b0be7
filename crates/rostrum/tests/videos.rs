//! Videos from request to finished file, against a real server with real engines.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use serde_json::{Value, json};
use support::{Server, ffmpeg, ffprobe, fixture, models_dir, script_video};

/// Asserts that a finished video is what the contract promises, and returns its bytes.
#[track_caller]
fn check_finished(server: &Server, video: &Value, width: i64, height: i64) -> Vec<u8> {
    let url = video["video_url"].as_str().unwrap();
    let file = server.get(url);
    assert_eq!((file.status, file.header("content-type")), (200, "video/mp4"));
    let probed = ffprobe(&file.bytes);
    let streams = probed["streams"].as_array().unwrap();
    let stream = |kind: &str| streams.iter().find(|stream| stream["codec_type"] == kind).unwrap();
    let (picture, sound) = (stream("video"), stream("audio"));
    assert_eq!((picture["width"].as_i64(), picture["height"].as_i64()), (Some(width), Some(height)));
    assert_eq!(
        (picture["codec_name"].as_str(), picture["pix_fmt"].as_str()),
        (Some("h264"), Some("yuv420p"))
    );
    assert_eq!((picture["color_space"].as_str(), sound["codec_name"].as_str()), (Some("bt709"), Some("aac")));
    assert_eq!(picture["avg_frame_rate"], "25/1");
    let seconds = |stream: &Value| stream["duration"].as_str().unwrap().parse::<f64>().unwrap();
    assert!((seconds(picture) - seconds(sound)).abs() <= 0.020, "{probed}");
    assert!((seconds(picture) - video["duration"].as_f64().unwrap()).abs() <= 0.040, "{probed}");
    // The index stands before the data, so that players start at once.
    let place = |name: &[u8]| file.bytes.windows(4).position(|part| part == name).unwrap();
    assert!(place(b"moov") < place(b"mdat"));
    let thumbnail = server.get(video["thumbnail_url"].as_str().unwrap());
    assert_eq!((thumbnail.status, thumbnail.header("content-type")), (200, "image/jpeg"));
    file.bytes
}

#[test]
fn a_script_becomes_a_video_with_thumbnail_and_subtitles() {
    let server = Server::start();
    let image = server.upload_fixture("portraits/astronaut.png");
    let mut body = script_video(&image, "A real photo speaks. Its lips keep time with every word.");
    body["title"] = json!("First words");
    let id = server.create_video(&body);
    let video = server.wait_until_completed(&id);
    check_finished(&server, &video, 720, 720);
    assert_eq!(video["title"], "First words");
    assert_eq!(video["progress"], json!({"fraction": 1.0, "stage": "ended", "eta_seconds": 0.0}));
    assert!(video["completed_at"].as_i64() >= video["created_at"].as_i64());
    assert!(video["failure_code"].is_null());

    let subtitles = server.get(video["subtitle_url"].as_str().unwrap());
    let srt = String::from_utf8(subtitles.bytes).unwrap();
    let text: String = srt.lines().filter(|line| !line.contains("-->")).collect::<Vec<_>>().join(" ");
    for word in "A real photo speaks. Its lips keep time with every word.".split(' ') {
        assert!(text.contains(word), "{word} is missing in {srt}");
    }
    assert!(server.files_in("work").is_empty(), "{:?}", server.files_in("work"));
    assert!(!server.files_in("blobs").iter().any(|file| file.contains("segments")));
}

#[test]
fn an_uploaded_sound_moves_the_mouth_too() {
    let server = Server::start();
    let image = server.upload_fixture("portraits/grace_hopper.jpg");
    let spoken = server.create_video(&script_video(&image, "Nanoseconds are easy to hold in your hand."));
    let spoken = server.wait_until_completed(&spoken);
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("spoken.mp4");
    std::fs::write(&source, server.get(spoken["video_url"].as_str().unwrap()).bytes).unwrap();
    let sound = ffmpeg(&["-i", source.to_str().unwrap(), "-vn"], "mp3");
    let audio = server.upload("voice.mp3", &sound).data()["asset_id"].as_str().unwrap().to_owned();

    let id = server.create_video(&json!({
        "type": "image",
        "image": {"type": "asset_id", "asset_id": image},
        "audio_asset_id": audio,
        "aspect_ratio": "9:16",
        "resolution": "720p",
    }));
    let video = server.wait_until_completed(&id);
    check_finished(&server, &video, 720, 1280);
    assert!(video["subtitle_url"].is_null(), "the words of an uploaded sound are not known");
}

#[test]
fn the_same_request_gives_the_same_bytes() {
    let server = Server::start();
    let image = server.upload_fixture("portraits/astronaut.png");
    let films: Vec<_> = (0..2)
        .map(|_| {
            let id = server.create_video(&script_video(&image, "Twice the same."));
            let video = server.wait_until_completed(&id);
            let film = server.get(video["video_url"].as_str().unwrap()).bytes;
            // With it goes what would be taken over instead of being drawn again.
            assert_eq!(server.delete(&format!("/v3/videos/{id}")).status, 200);
            film
        })
        .collect();
    assert!(films[0] == films[1]);
}

#[test]
fn one_core_and_all_cores_give_the_same_bytes() {
    // Several segments at once, where there is more than a core.
    let scene = |text: &str, look: &str| json!({"character": {"type": "avatar", "avatar_id": look}, "voice": {"type": "text", "input_text": text}});
    let body = json!({"dimension": {"width": 320, "height": 240}, "caption": true, "video_inputs": [
        scene("This is said on one core, or on two.", "josh_lite3_20230714"),
        scene("Nobody can tell on how many.", "angela_expressive_20231010"),
    ]});
    let made = [Server::start_on_one_core(), Server::start()].map(|server| {
        let answer = server.post("/v2/video/generate", &body).json();
        let video = server.wait_until_completed(answer["data"]["video_id"].as_str().unwrap());
        ["video_url", "captioned_video_url", "gif_url", "thumbnail_url", "subtitle_url"]
            .map(|file| server.get(video[file].as_str().unwrap()).bytes)
    });
    for (one, all) in made[0].iter().zip(&made[1]) {
        assert!(one == all && !one.is_empty());
    }
}

#[test]
fn requests_that_cannot_be_met_are_refused_with_field_limit_and_value() {
    let server = Server::start();
    let image = server.upload_fixture("portraits/astronaut.png");
    let with = |changes: Value| {
        let mut body = script_video(&image, "Hello.");
        for (field, value) in changes.as_object().unwrap() {
            body[field] = value.clone();
        }
        server.post("/v3/videos", &body)
    };
    with(json!({"script": ""})).refused(400, "invalid_parameter", Some("script"));
    let long = with(json!({"script": "a".repeat(5001)})).refused(400, "invalid_parameter", Some("script"));
    assert!(long.contains("5000") && long.contains("5001"), "{long}");
    with(json!({"audio_asset_id": image})).refused(400, "invalid_parameter", Some("script"));
    with(json!({"script": null})).refused(400, "invalid_parameter", Some("script"));
    with(json!({"voice_id": "nobody"})).refused(404, "voice_not_found", Some("voice_id"));
    with(json!({"voice_id": null})).refused(400, "invalid_parameter", Some("voice_id"));
    with(json!({"aspect_ratio": "2:1"})).refused(400, "invalid_parameter", Some("aspect_ratio"));
    let unknown = json!({"type": "asset_id", "asset_id": "asset_00000000000070008000000000000000"});
    with(json!({"image": unknown})).refused(404, "asset_not_found", Some("image.asset_id"));
    with(json!({"type": "studio"})).refused(400, "invalid_parameter", Some("scenes"));
    with(json!({"type": "cinematic_avatar"})).refused(400, "invalid_parameter", Some("prompt"));
    server.post_raw("/v3/videos", &[], b"{\"type\":").refused(400, "invalid_parameter", Some("body"));
    server.post("/v3/videos", &json!([])).refused(400, "invalid_parameter", Some("body"));

    let sound = ffmpeg(&["-f", "lavfi", "-i", "sine=duration=1"], "wav");
    let sound = server.upload("tone.wav", &sound).data()["asset_id"].clone();
    let wrong = with(json!({"image": {"type": "asset_id", "asset_id": sound}}));
    assert!(wrong.refused(400, "invalid_parameter", Some("image.asset_id")).contains("audio/wav"));
    let wrong = with(json!({"script": null, "audio_asset_id": image}));
    assert!(wrong.refused(400, "invalid_parameter", Some("audio_asset_id")).contains("image/png"));
    let list = server.get("/v3/videos").json();
    assert_eq!((list["data"].as_array().unwrap().len(), list["has_more"].as_bool()), (0, Some(false)));
}

#[test]
fn pictures_that_are_no_portrait_are_refused_with_the_measured_reason() {
    let server = Server::start();
    let (astronaut, hopper) = (fixture("portraits/astronaut.png"), fixture("portraits/grace_hopper.jpg"));
    let (astronaut, hopper) = (astronaut.to_str().unwrap(), hopper.to_str().unwrap());
    let one = ["-frames:v", "1"];
    let reason = |bytes: Vec<u8>| {
        let image = server.upload("x.png", &bytes).data()["asset_id"].as_str().unwrap().to_owned();
        let answer = server.post("/v3/videos", &script_video(&image, "Hello."));
        answer.refused(400, "invalid_parameter", Some("image.asset_id"))
    };
    let blank =
        reason(ffmpeg(&[&["-f", "lavfi", "-i", "color=gray:size=600x600"], &one[..]].concat(), "png"));
    assert!(blank.contains("no face"), "{blank}");
    let pair = "[0]scale=512:512[a];[1]scale=512:512[b];[a][b]hstack";
    let pair = reason(ffmpeg(
        &[&["-i", astronaut, "-i", hopper, "-filter_complex", pair], &one[..]].concat(),
        "png",
    ));
    assert!(pair.contains('2'), "{pair}");
    let small = reason(ffmpeg(&[&["-i", astronaut, "-vf", "scale=96:96"], &one[..]].concat(), "png"));
    assert!(small.contains("px"), "{small}");
    let mut damaged = std::fs::read(astronaut).unwrap();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xff;
    let damaged = reason(damaged);
    assert!(damaged.contains("damaged"), "{damaged}");
}

#[test]
fn a_person_speaks_before_a_colour_when_the_background_is_removed() {
    let server = Server::start();
    let image = server.upload_fixture("portraits/astronaut.png");
    let mut body = script_video(&image, "Nothing is behind me.");
    body["remove_background"] = json!(true);
    body["background"] = json!({"type": "color", "value": "#2060a0"});
    let video = server.wait_until_completed(&server.create_video(&body));
    let file = check_finished(&server, &video, 720, 720);
    let dir = tempfile::tempdir().unwrap();
    let film = dir.path().join("film.mp4");
    std::fs::write(&film, file).unwrap();
    // The upper right corner, where the photo shows a wall and a rocket, and a cheek.
    let mean = |crop: &str| {
        let filter =
            format!("crop={crop},scale=in_color_matrix=bt709,format=gbrp,scale=1:1:flags=area,format=rgb24");
        ffmpeg(&["-i", film.to_str().unwrap(), "-vf", &filter, "-f", "rawvideo"], "rgb")
    };
    for rgb in mean("200:300:520:0").chunks_exact(3) {
        assert!(rgb.iter().zip([0x20, 0x60, 0xa0]).all(|(a, b)| a.abs_diff(b) < 6), "{rgb:?}");
    }
    for rgb in mean("20:20:276:180").chunks_exact(3) {
        assert!(rgb[0] > rgb[2] && rgb[0] > 120, "{rgb:?}");
    }
}

#[test]
fn without_the_model_for_mattes_photos_speak_and_backgrounds_stay() {
    let models = tempfile::tempdir().unwrap();
    std::fs::create_dir(models.path().join("face")).unwrap();
    for folder in ["", "face"] {
        for entry in std::fs::read_dir(models_dir().join(folder)).unwrap().map(Result::unwrap) {
            let name = entry.file_name();
            if name != "face" && name != "selfie_segmentation.tflite" {
                std::os::unix::fs::symlink(entry.path(), models.path().join(folder).join(name)).unwrap();
            }
        }
    }
    let models_dir = models.path().to_str().unwrap().to_owned();
    let server = Server::start_with(&[("ROSTRUM_MODELS_DIR", models_dir)]);
    let image = server.upload_fixture("portraits/astronaut.png");
    let mut body = script_video(&image, "As before.");
    let video = server.wait_until_completed(&server.create_video(&body));
    check_finished(&server, &video, 720, 720);
    body["remove_background"] = json!(true);
    let message = server.post("/v3/videos", &body).refused(503, "service_unavailable", None);
    assert!(message.contains("rostrum models pull"), "{message}");
}

#[test]
fn a_script_nobody_can_speak_fails_with_a_reason() {
    let server = Server::start();
    let image = server.upload_fixture("portraits/astronaut.png");
    let id = server.create_video(&script_video(&image, "!!! ... ???"));
    let video = server.wait_for(&id, |video| video["status"] == "failed");
    assert_eq!(video["failure_code"], "tts_text_invalid");
    assert!(video["failure_message"].as_str().unwrap().contains("script"), "{video}");
    assert!(video["video_url"].is_null());
}

#[test]
fn lists_page_newest_first_and_filter_by_title() {
    let server = Server::start();
    let image = server.upload_fixture("portraits/astronaut.png");
    let ids: Vec<_> = (0..5)
        .map(|i| {
            let mut body = script_video(&image, "Hi.");
            body["title"] = json!(format!("Take {i}"));
            server.create_video(&body)
        })
        .collect();
    let mut seen = Vec::new();
    let mut path = "/v3/videos?limit=2".to_owned();
    loop {
        let page = server.get(&path).json();
        seen.extend(page["data"].as_array().unwrap().iter().map(|v| v["id"].as_str().unwrap().to_owned()));
        match page["next_token"].as_str() {
            Some(token) => path = format!("/v3/videos?limit=2&token={token}"),
            None => break,
        }
    }
    assert_eq!(seen, ids.iter().rev().cloned().collect::<Vec<_>>());
    let found = server.get("/v3/videos?title=Take%203").json();
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
    for id in &ids {
        server.delete(&format!("/v3/videos/{id}")).data();
    }
}

#[test]
fn a_deleted_video_is_gone_with_its_files_even_while_it_is_made() {
    let server = Server::start();
    let image = server.upload_fixture("portraits/astronaut.png");
    let long = "This sentence is long enough to be interrupted. ".repeat(12);
    let id = server.create_video(&script_video(&image, &long));
    server.wait_for(&id, |video| video["status"] == "processing");
    let deleted = server.delete(&format!("/v3/videos/{id}")).data();
    assert_eq!((deleted["id"].as_str(), deleted["deleted"].as_bool()), (Some(id.as_str()), Some(true)));
    server.get(&format!("/v3/videos/{id}")).refused(404, "video_not_found", Some("video_id"));
    server.delete(&format!("/v3/videos/{id}")).refused(404, "video_not_found", Some("video_id"));

    // The next video still gets its turn, and nothing of the deleted one is left when it is done.
    let next = server.create_video(&script_video(&image, "Next."));
    let video = server.wait_until_completed(&next);
    assert!(
        !server.files_in("blobs").iter().any(|file| file.contains(&id)),
        "{:?}",
        server.files_in("blobs")
    );
    let url = video["video_url"].as_str().unwrap().to_owned();
    server.delete(&format!("/v3/videos/{next}")).data();
    assert_eq!(server.get(&url).status, 404);
}
