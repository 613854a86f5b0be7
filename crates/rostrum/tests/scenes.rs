//! Videos of several scenes, in all generations of the API, looked at by their pixels and their sound.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use serde_json::{Value, json};
use support::film::Film;
use support::{Server, ffmpeg, ffprobe};

#[track_caller]
fn assert_near(found: [u8; 3], wanted: [u8; 3]) {
    let furthest = (0..3).map(|k| found[k].abs_diff(wanted[k])).max().unwrap();
    assert!(furthest <= 12, "{found:?} is not {wanted:?}");
}

/// A red clip with a tone, 1 s long, of another shape and rate than the videos.
fn red_clip(server: &Server) -> Value {
    let source = ["-f", "lavfi", "-i", "color=red:size=320x320:rate=30:duration=1"];
    let tone = ["-f", "lavfi", "-i", "sine=frequency=330:duration=1", "-pix_fmt", "yuv420p"];
    let clip = ffmpeg(&[&source[..], &tone[..]].concat(), "mp4");
    server.upload("clip.mp4", &clip).data()["asset_id"].clone()
}

/// A picture, green on the left and blue on the right.
fn halves(server: &Server) -> Value {
    let green = ["-f", "lavfi", "-i", "color=0x00ff00:size=200x100"];
    let blue =
        ["-f", "lavfi", "-i", "color=0x0000ff:size=200x100", "-filter_complex", "hstack", "-frames:v", "1"];
    let picture = ffmpeg(&[&green[..], &blue[..]].concat(), "png");
    server.upload("halves.png", &picture).data()["asset_id"].clone()
}

fn generate(server: &Server, body: &Value) -> Value {
    let answer = server.post("/v2/video/generate", body);
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
    assert!(answer.json()["error"].is_null());
    server.wait_until_completed(answer.json()["data"]["video_id"].as_str().unwrap())
}

fn film(server: &Server, url: &Value) -> Film {
    Film::whole(&server.get(url.as_str().unwrap()).bytes)
}

fn josh(style: &str) -> Value {
    json!({"type": "avatar", "avatar_id": "josh_lite3_20230714", "avatar_style": style})
}

fn silence(duration: f64) -> Value {
    json!({"type": "silence", "duration": duration})
}

#[test]
fn scenes_of_the_second_generation_follow_each_other_with_their_own_backgrounds() {
    let server = Server::start();
    let (halves, clip) = (halves(&server), red_clip(&server));
    let mut disc = josh("circle");
    disc["circle_background_color"] = json!("#ffff00");
    let video = generate(
        &server,
        &json!({
            "title": "Scenes",
            "dimension": {"width": 640, "height": 360},
            "video_inputs": [
                {"character": josh("normal"), "voice": {"type": "text", "input_text": "One."},
                    "background": {"type": "image", "image_asset_id": halves}},
                {"character": disc, "voice": silence(1.0), "background": {"type": "color", "value": "#ff00ff"}},
                {"voice": silence(2.0), "background": {"type": "video", "video_asset_id": clip, "play_style": "once",
                    "fit": "contain"}},
                {"character": josh("closeUp"), "voice": silence(0.4), "background": {"type": "color", "value": "#00ffff"}},
            ],
        }),
    );
    let film = film(&server, &video["video_url"]);
    assert_eq!((film.width, film.height), (640, 360));
    let total = film.frames.len();
    let first = total - 25 - 50 - 10;
    assert!(first > 10, "{total}");
    // The whole first scene, then the edges between all of them.
    for frame in [0, first / 2, first - 1] {
        assert_near(film.at(frame, 0.02, 0.05), [0, 255, 0]);
        assert_near(film.at(frame, 0.98, 0.05), [0, 0, 255]);
    }
    for frame in [first, first + 24] {
        assert_near(film.at(frame, 0.02, 0.05), [255, 0, 255]);
        // Inside the disc, beside the head.
        assert_near(film.at(frame, 0.36, 0.3), [255, 255, 0]);
    }
    // A second of the clip between black bars, then white.
    assert_near(film.at(first + 25 + 5, 0.5, 0.5), [255, 0, 0]);
    assert_near(film.at(first + 25 + 5, 0.05, 0.5), [0, 0, 0]);
    assert_near(film.at(first + 25 + 40, 0.5, 0.5), [255, 255, 255]);
    assert_near(film.at(total - 1, 0.02, 0.05), [0, 255, 255]);
    // Clips behind people are muted.
    let clip_s = (first + 25) as f64 / 25.0;
    assert!(film.level(clip_s, clip_s + 0.9) < 0.001);
    assert!(film.level(0.1, clip_s - 1.0) > 0.01);
    assert_eq!((video["title"].as_str(), video["captioned_video_url"].is_null()), (Some("Scenes"), true));
}

#[test]
fn a_photo_is_cut_out_and_put_where_it_is_asked_for() {
    let server = Server::start();
    let (photo, halves) = (server.upload_fixture("portraits/astronaut.png"), halves(&server));
    let video = generate(
        &server,
        &json!({
            "dimension": {"width": 640, "height": 360},
            "video_inputs": [{
                "character": {"type": "talking_photo", "talking_photo_id": photo, "matting": true, "scale": 0.5,
                    "offset": {"x": 0.25, "y": 0.0}},
                "voice": {"type": "text", "input_text": "Here I am.", "voice_id": "af_heart"},
                "background": {"type": "image", "image_asset_id": halves},
            }],
        }),
    );
    let film = film(&server, &video["video_url"]);
    for frame in [0, film.frames.len() / 2, film.frames.len() - 1] {
        // All around the photo, and in its own corner, where only its background was.
        for (x, y, rgb) in [(0.1, 0.5, [0, 255, 0]), (0.75, 0.1, [0, 0, 255]), (0.64, 0.27, [0, 0, 255])] {
            assert_near(film.at(frame, x, y), rgb);
        }
        // Skin and the orange suit, nowhere but where the photo is.
        let warm = |frame: &[u8], x: usize, y: usize| {
            let first = (y * film.width + x) * 3;
            frame[first] > 150 && frame[first] > frame[first + 2].saturating_add(40) && frame[first + 1] < 200
        };
        let (mut inside, mut outside) = (0, 0);
        for y in 0..film.height {
            for x in (0..film.width).filter(|x| warm(&film.frames[frame], *x, y)) {
                if (388..=572).contains(&x) && (88..=272).contains(&y) { inside += 1 } else { outside += 1 }
            }
        }
        assert!(inside > 3000 && outside == 0, "{inside} inside, {outside} outside");
    }
}

#[test]
fn a_studio_video_joins_people_pictures_and_clips_with_their_sound() {
    let server = Server::start();
    let (halves, clip) = (halves(&server), red_clip(&server));
    let source = |id: &Value| json!({"type": "asset_id", "asset_id": id});
    let id = server.create_video(&json!({
        "type": "studio",
        "resolution": "720p",
        "aspect_ratio": "1:1",
        "scenes": [
            {"type": "image", "source": source(&halves), "duration": 0.6},
            {"type": "video", "source": source(&clip)},
            {"type": "video", "source": source(&clip), "playback": {"mute": true}, "transition": {"type": "fade", "duration": 0.4}},
            {"type": "video", "source": source(&clip), "playback": {"mode": "loop", "volume": 0.5},
                "script": "These words are longer than the clip.", "voice_id": "af_heart"},
            {"type": "avatar_video", "input": {"type": "avatar", "avatar_id": "josh_lite3_20230714", "script": "Bye.",
                "background": {"type": "color", "color": "#00ff00"}}},
        ],
    }));
    let video = server.wait_until_completed(&id);
    let film = film(&server, &video["video_url"]);
    assert_eq!((film.width, film.height), (720, 720));
    assert_near(film.at(0, 0.1, 0.9), [0, 255, 0]);
    assert_near(film.at(15, 0.5, 0.5), [255, 0, 0]);
    let over = 0.6 + 1.0 + 1.0 + 0.5;
    assert_near(film.at((over * 25.0) as usize, 0.1, 0.9), [255, 0, 0]);
    assert_near(film.at(film.frames.len() - 1, 0.02, 0.05), [0, 255, 0]);
    // Each half of the fade is five frames.
    for frame in [39, 40] {
        assert!(film.at(frame, 0.5, 0.5)[0] < 60, "{frame}: {:?}", film.at(frame, 0.5, 0.5));
    }
    for frame in [33, 46] {
        assert_near(film.at(frame, 0.5, 0.5), [255, 0, 0]);
    }
    assert!(film.level(0.0, 0.55) < 0.001, "the picture has no sound");
    let clip_level = film.level(0.7, 1.5);
    assert!(clip_level > 0.05, "the clip is heard: {clip_level}");
    assert!(film.level(1.65, 2.5) < 0.001, "the muted clip is not");
    assert!(film.level(2.65, 2.72) > clip_level * 0.3, "the clip is heard under the voice");
    let srt = String::from_utf8(server.get(video["subtitle_url"].as_str().unwrap()).bytes).unwrap();
    assert!(!srt.lines().any(|line| line.contains("clip") && line.contains("Bye")), "{srt}");
}

#[test]
fn captions_and_texts_are_in_the_picture_where_they_were_asked_for() {
    let server = Server::start();
    let video = generate(
        &server,
        &json!({
            "dimension": {"width": 640, "height": 360},
            "caption": {"enabled": true, "style": {"font_color": "#ff0000", "background_color": "#00ff00", "font_size": 28}},
            "video_inputs": [{
                "voice": {"type": "text", "input_text": "Written below.", "voice_id": "af_heart"},
                "background": {"type": "color", "value": "#0000ff"},
                "text": {"text": "TITLE", "x": "5%", "y": "5%", "width": "90%", "height": "25%", "font_size": 60,
                    "font_color": "#ffffff", "text_align": "center", "duration": {"start": 0.4}},
            }],
        }),
    );
    let count = |film: &Film, frame: usize, top: f32, bottom: f32, wanted: fn([u8; 3]) -> bool| {
        let rows = (top * film.height as f32) as usize..(bottom * film.height as f32) as usize;
        rows.flat_map(|y| (0..film.width).map(move |x| (x, y)))
            .filter(|(x, y)| {
                let first = (y * film.width + x) * 3;
                wanted(film.frames[frame][first..first + 3].try_into().unwrap())
            })
            .count()
    };
    let white = |rgb: [u8; 3]| rgb.iter().all(|part| *part > 200);
    let green = |rgb: [u8; 3]| rgb[1] > 200 && rgb[0] < 80 && rgb[2] < 80;
    let (clean, captioned) =
        (film(&server, &video["video_url"]), film(&server, &video["captioned_video_url"]));
    assert_eq!(clean.frames.len(), captioned.frames.len());
    let middle = clean.frames.len() / 2;
    for film in [&clean, &captioned] {
        assert_eq!(count(film, 2, 0.0, 0.4, white), 0, "the title comes later");
        assert!(count(film, middle, 0.0, 0.4, white) > 500);
    }
    assert_eq!(count(&clean, middle, 0.5, 1.0, green), 0);
    assert!(count(&captioned, middle, 0.6, 1.0, green) > 1000);
    let vtt = String::from_utf8(server.get(video["vtt_url"].as_str().unwrap()).bytes).unwrap();
    assert!(vtt.starts_with("WEBVTT") && vtt.contains("Written below."), "{vtt}");
    let status =
        server.get(&format!("/v1/video_status.get?video_id={}", video["id"].as_str().unwrap())).json();
    assert_eq!(status["data"]["video_url_caption"], video["captioned_video_url"]);
}

/// The opacity of the frames of a `WebM`, a byte for each pixel.
fn opacity(bytes: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.webm");
    std::fs::write(&path, bytes).unwrap();
    let input = ["-c:v", "libvpx-vp9", "-i", path.to_str().unwrap()];
    ffmpeg(&[&input[..], &["-vf", "alphaextract", "-f", "rawvideo", "-pix_fmt", "gray"]].concat(), "gray")
}

#[test]
fn a_film_without_a_background_shows_the_person_alone_over_anything() {
    let server = Server::start();
    let photo = server.upload_fixture("portraits/grace_hopper.jpg");
    let of_photo = json!({
        "type": "image", "image": {"type": "asset_id", "asset_id": photo}, "script": "Clear.", "voice_id": "af_heart",
        "resolution": "720p", "output_format": "webm",
    });
    let of_photo = server.post("/v3/videos", &of_photo).data();
    assert_eq!(of_photo["output_format"], "webm");
    let of_photo = of_photo["video_id"].as_str().unwrap().to_owned();
    let drawn = json!({"avatar_pose_id": "josh_lite3_20230714", "avatar_style": "normal", "input_text": "Clear.",
        "voice_id": "af_heart", "dimension": {"width": 640, "height": 360}});
    let drawn = server.post("/v1/video.webm", &drawn);
    assert_eq!((drawn.status, drawn.json()["code"].as_i64()), (200, Some(100)));
    let drawn = drawn.json()["data"]["video_id"].as_str().unwrap().to_owned();
    for (id, width, height) in [(drawn, 640, 360), (of_photo, 1280, 720)] {
        let video = server.wait_until_completed(&id);
        let file = server.get(video["video_url"].as_str().unwrap());
        assert_eq!((file.status, file.header("content-type")), (200, "video/webm"));
        let probed = ffprobe(&file.bytes);
        let streams = probed["streams"].as_array().unwrap();
        let codecs: Vec<_> = streams.iter().map(|stream| stream["codec_name"].as_str().unwrap()).collect();
        assert_eq!(codecs, ["vp9", "opus"]);
        // Versions of ffmpeg differ in how they spell it.
        let tags = &streams[0]["tags"];
        assert!(tags["ALPHA_MODE"] == "1" || tags["alpha_mode"] == "1", "{probed}");
        let opacity = opacity(&file.bytes);
        let frames = opacity.len() / (width * height);
        assert_eq!(frames, (video["duration"].as_f64().unwrap() * 25.0).round() as usize);
        for frame in opacity.chunks_exact(width * height) {
            let at =
                |x: f32, y: f32| frame[(y * height as f32) as usize * width + (x * width as f32) as usize];
            assert!(at(0.02, 0.05) < 8 && at(0.98, 0.05) < 8, "the corners are transparent");
            assert!(at(0.5, 0.85) > 247, "the chest is not");
        }
    }
}

#[test]
fn a_film_for_editors_has_an_opacity_and_music_under_the_voice() {
    let server = Server::start();
    let tone = ffmpeg(&["-f", "lavfi", "-i", "sine=frequency=1000:duration=1"], "wav");
    let tone = server.upload("tone.wav", &tone).data()["asset_id"].clone();
    let created = json!({
        "type": "avatar", "avatar_id": "josh_lite3_20230714", "resolution": "720p",
        "script": "These words are wider than whoever says them.", "output_format": "mov",
        "caption": {"style": "default"},
        "background_music": {"audio": {"type": "asset_id", "asset_id": tone}, "volume": 1},
    });
    let created = server.post("/v3/videos", &created).data();
    assert_eq!(created["output_format"], "mov");
    let video = server.wait_until_completed(created["video_id"].as_str().unwrap());
    let file = server.get(video["video_url"].as_str().unwrap());
    assert_eq!((file.status, file.header("content-type")), (200, "video/quicktime"));
    let probed = ffprobe(&file.bytes);
    let streams = probed["streams"].as_array().unwrap();
    let codecs: Vec<_> = streams.iter().map(|stream| stream["codec_name"].as_str().unwrap()).collect();
    assert_eq!(codecs, ["prores", "pcm_s16le"]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mov");
    std::fs::write(&path, &file.bytes).unwrap();
    let opacity = ffmpeg(
        &["-i", path.to_str().unwrap(), "-vf", "alphaextract", "-f", "rawvideo", "-pix_fmt", "gray"],
        "gray",
    );
    for frame in opacity.chunks_exact(1280 * 720) {
        assert!(frame[36 * 1280 + 26] < 8 && frame[612 * 1280 + 640] > 247, "the person alone is there");
    }
    let film = Film::whole(&file.bytes);
    assert!(film.level(0.5, 0.6) > 0.02, "the music is heard");
    let captioned = server.get(video["captioned_video_url"].as_str().unwrap());
    assert_eq!((captioned.status, captioned.header("content-type")), (200, "video/quicktime"));
    std::fs::write(&path, &captioned.bytes).unwrap();
    let captioned = ffmpeg(
        &["-i", path.to_str().unwrap(), "-vf", "alphaextract", "-f", "rawvideo", "-pix_fmt", "gray"],
        "gray",
    );
    let seen =
        |opacity: &[u8]| opacity[1280 * 720 * 30..][..1280 * 720].iter().filter(|part| **part > 100).count();
    assert!(seen(&captioned) > seen(&opacity) + 2000, "the captions stand out beside the person");
    let refused = json!({"type": "avatar", "avatar_id": "josh_lite3_20230714", "script": "x",
        "background_music": {"audio": {"type": "asset_id", "asset_id": "asset_018bcfe5680070008000000000000000"}}});
    let param = Some("background_music.audio.asset_id");
    server.post("/v3/videos", &refused).refused(404, "asset_not_found", param);
}

#[test]
fn the_first_and_second_generation_tell_list_and_delete_videos() {
    let server = Server::start();
    let photo = server.upload_fixture("portraits/astronaut.png");
    let flat =
        json!({"image_asset_id": photo, "script": "Flat.", "voice_id": "af_heart", "resolution": "720p"});
    let flat = server.post("/v2/videos", &flat).json()["data"]["video_id"].as_str().unwrap().to_owned();
    let av4 = json!({"image_key": format!("image/{photo}/original.png"), "script": "Four.", "voice_id": "af_heart",
        "video_title": "Key", "video_orientation": "square"});
    let av4 =
        server.post("/v2/video/av4/generate", &av4).json()["data"]["video_id"].as_str().unwrap().to_owned();
    server.wait_until_completed(&flat);
    let finished = server.wait_until_completed(&av4);

    let status = server.get(&format!("/v1/video_status.get?video_id={av4}")).json();
    assert_eq!((status["code"].as_i64(), status["data"]["status"].as_str()), (Some(100), Some("completed")));
    assert_eq!(
        (&status["data"]["video_url"], &status["data"]["error"]),
        (&finished["video_url"], &Value::Null)
    );
    assert_eq!(status["data"]["caption_url"], finished["subtitle_url"]);
    let captions = server.get(&format!("/v1/video/caption.get?video_id={av4}")).json();
    assert_eq!(captions["data"]["caption_status"], 2);
    let detail = server.get(&format!("/v2/videos/{av4}")).json();
    assert_eq!((detail["data"]["title"].as_str(), detail["data"]["id"].as_str()), (Some("Key"), Some(&*av4)));

    let first = server.get("/v1/video.list?limit=1").json();
    assert_eq!(first["data"]["videos"][0]["video_id"], av4.as_str());
    assert_eq!(first["data"]["videos"][0]["video_title"], "Key");
    let token = first["data"]["token"].as_str().unwrap();
    let second = server.get(&format!("/v1/video.list?limit=1&token={token}")).json();
    assert_eq!(second["data"]["videos"][0]["video_id"], flat.as_str());
    assert!(second["data"]["token"].is_null());

    assert_eq!(server.delete(&format!("/v1/video.delete?video_id={av4}")).json()["code"], 100);
    let gone = server.get(&format!("/v1/video_status.get?video_id={av4}"));
    assert_eq!((gone.status, gone.json()["code"].as_i64()), (404, Some(40_031)));
    assert_eq!(server.delete(&format!("/v2/videos/{flat}")).status, 200);
    assert!(server.get("/v1/video.list").json()["data"]["videos"].as_array().unwrap().is_empty());
}

#[test]
fn scenes_that_cannot_be_made_are_refused_with_the_path_of_the_field() {
    let server = Server::start();
    let halves = halves(&server);
    let refused = |scene: Value| {
        let good = json!({"character": josh("normal"), "voice": silence(1.0)});
        let answer = server.post("/v2/video/generate", &json!({"video_inputs": [good, scene]}));
        let json = answer.json();
        (answer.status, json["error"]["message"].as_str().unwrap().to_owned())
    };
    let scene = |character: Value, voice: Value, background: Value| json!({"character": character, "voice": voice, "background": background});
    let nobody = json!({"type": "avatar", "avatar_id": "nobody"});
    let unknown = json!({"type": "video", "video_asset_id": "asset_00000000000070008000000000000000"});
    let tone = ffmpeg(&["-f", "lavfi", "-i", "sine=duration=1"], "mp4");
    let tone = server.upload("tone.mp4", &tone).data()["asset_id"].clone();
    for (scene, status, words) in [
        (scene(nobody, silence(1.0), Value::Null), 400, "Avatar not found or you don't have access"),
        (
            scene(
                josh("normal"),
                json!({"type": "text", "input_text": "x", "voice_id": "nobody"}),
                Value::Null,
            ),
            404,
            "nobody",
        ),
        (scene(josh("normal"), silence(1.0), unknown), 404, "asset_00000000000070008000000000000000"),
        (
            scene(josh("normal"), silence(1.0), json!({"type": "video", "video_asset_id": halves})),
            400,
            "video_inputs[1].background.video_asset_id",
        ),
        (
            scene(josh("normal"), silence(1.0), json!({"type": "video", "video_asset_id": tone})),
            400,
            "video_inputs[1].background.video_asset_id",
        ),
        (scene(josh("normal"), silence(0.0), Value::Null), 400, "video_inputs[1].voice.duration"),
    ] {
        let (found, message) = refused(scene);
        assert_eq!(found, status, "{message}");
        assert!(message.contains(words), "{message}");
    }
    assert!(server.get("/v1/video.list").json()["data"]["videos"].as_array().unwrap().is_empty());
}

#[test]
fn a_scene_that_another_video_has_is_not_drawn_again_until_that_video_is_deleted() {
    let server = Server::start();
    let scene = |text: &str| {
        json!({"type": "avatar_video",
            "input": {"type": "avatar", "avatar_id": "josh_lite3_20230714", "script": text}})
    };
    let studio = |scenes: Value| {
        let body = json!({"type": "studio", "resolution": "720p", "scenes": scenes});
        server.wait_until_completed(&server.create_video(&body))
    };
    let reused = || {
        let metrics = String::from_utf8(server.get("/metrics").bytes).unwrap();
        let line = metrics.lines().find(|line| line.starts_with("rostrum_scene_parts_reused_total"));
        line.map_or(0, |line| line.split_whitespace().last().unwrap().parse::<u32>().unwrap())
    };
    let first = studio(json!([scene("This stays."), scene("This goes.")]));
    assert_eq!(reused(), 0);
    let second = studio(json!([scene("New."), scene("This stays.")]));
    assert_eq!(reused(), 1);
    let (before, after) = (film(&server, &first["video_url"]), film(&server, &second["video_url"]));
    let stays = second_scene_of(&server, &second);
    assert_eq!(before.frames[..stays.len()], after.frames[stays], "the same frames, wherever they stand");
    for video in [&first, &second] {
        assert_eq!(server.delete(&format!("/v3/videos/{}", video["id"].as_str().unwrap())).status, 200);
    }
    let kept = server.files_in("blobs").into_iter().filter(|name| name.contains("/scenes/"));
    assert_eq!(kept.collect::<Vec<_>>(), Vec::<String>::new(), "nothing of deleted people stays");
}

/// The frames of the second of two scenes: from where its first caption starts, to the end.
fn second_scene_of(server: &Server, video: &Value) -> std::ops::Range<usize> {
    let scenes = server.get(&format!("/v3/videos/{}/scenes", video["id"].as_str().unwrap())).data();
    let text = &scenes["scenes"][0]["script"]["text"];
    let alone = json!({"type": "studio", "resolution": "720p", "scenes": [{"type": "avatar_video",
        "input": {"type": "avatar", "avatar_id": "josh_lite3_20230714", "script": text}}]});
    let alone = server.wait_until_completed(&server.create_video(&alone));
    let frames = |video: &Value| (video["duration"].as_f64().unwrap() * 25.0).round() as usize;
    server.delete(&format!("/v3/videos/{}", alone["id"].as_str().unwrap()));
    frames(&alone)..frames(video)
}
