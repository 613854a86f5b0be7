//! Cinematic videos: composed from a prompt, looks and references, looked at by their pixels.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use serde_json::{Value, json};
use support::{Server, ffmpeg, ffprobe};

/// Small frames of a film, RGB, one after the other.
fn frames(bytes: &[u8]) -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    std::fs::write(&path, bytes).unwrap();
    let small = ["-vf", "scale=160:90", "-f", "rawvideo", "-pix_fmt", "rgb24"];
    let raw = ffmpeg(&[&["-i", path.to_str().unwrap()], &small[..]].concat(), "rgb");
    raw.chunks_exact(160 * 90 * 3).map(<[u8]>::to_vec).collect()
}

/// Mean difference of two frames, in steps of 255.
fn difference(a: &[u8], b: &[u8]) -> f64 {
    let sum: u64 = a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.len() as f64
}

fn lavfi(server: &Server, source: &str, name: &str) -> Value {
    let extension = name.rsplit('.').next().unwrap();
    let only = if extension == "png" { &["-frames:v", "1"][..] } else { &["-pix_fmt", "yuv420p"] };
    let file = ffmpeg(&[&["-f", "lavfi", "-i", source], only].concat(), extension);
    server.upload(name, &file).data()["asset_id"].clone()
}

fn reference(id: &Value) -> Value {
    json!({"type": "asset_id", "asset_id": id})
}

#[test]
fn a_cinematic_video_shows_every_look_and_reference_under_a_moving_camera() {
    let server = Server::start();
    let photo = server.upload_fixture("portraits/astronaut.png");
    let avatar = json!({"type": "photo", "name": "A", "file": {"type": "asset_id", "asset_id": photo}});
    let look = server.post("/v3/avatars", &avatar).data()["avatar_item"]["id"].clone();
    let picture = lavfi(&server, "testsrc2=size=640x360", "place.png");
    let clip = lavfi(&server, "color=red:size=320x180:rate=25:duration=1", "clip.mp4");
    let id = server.create_video(&json!({
        "type": "cinematic_avatar",
        "prompt": "The camera pans right over the office, everything in focus, then a close-up.",
        "avatar_id": [look, "josh_lite3_20230714"],
        "references": [reference(&picture), reference(&clip)],
        "duration": 6,
    }));
    let video = server.wait_until_completed(&id);
    assert!((video["duration"].as_f64().unwrap() - 6.0).abs() < 0.01, "{video}");
    let file = server.get(video["video_url"].as_str().unwrap()).bytes;
    let stream = ffprobe(&file)["streams"].as_array().unwrap()[0].clone();
    assert_eq!((stream["width"].as_u64(), stream["height"].as_u64()), (Some(1280), Some(720)));
    let frames = frames(&file);
    assert_eq!(frames.len(), 150);

    let scenes = server.get(&format!("/v3/videos/{id}/scenes")).data();
    let kinds: Vec<_> = scenes["scenes"].as_array().unwrap().iter().map(|scene| &scene["elements"]).collect();
    assert_eq!(kinds.len(), 3);
    let avatar = |scene: usize| &scenes["scenes"][scene]["elements"][0];
    assert_eq!((&avatar(0)["avatar_id"], &avatar(0)["avatar_style"]), (&look, &json!("closeUp")));
    assert_eq!(scenes["scenes"][1]["background"]["asset_id"], clip);
    assert_eq!(avatar(2)["avatar_id"], "josh_lite3_20230714");
    assert_eq!(scenes["scenes"][0]["script"], json!({"type": "silence", "duration": 2.0}));
    assert_eq!(scenes["video"]["id"], json!(id));

    // The clip is red; in the shots of people each frame differs from the one before, as the camera moves.
    let red = &frames[75][(45 * 160 + 80) * 3..][..3];
    assert!(red[0] > 180 && red[1] < 60, "{red:?}");
    for shot in [2..48, 102..148] {
        let first = &frames[shot.start];
        assert!(difference(first, &frames[shot.end]) > 4.0, "the camera has moved");
        let still =
            shot.clone().skip(12).take(20).filter(|at| difference(&frames[*at], &frames[at + 1]) < 0.02);
        assert_eq!(still.count(), 0, "no frame of a move is frozen");
    }
}

#[test]
fn what_cannot_be_filmed_is_refused_by_its_number() {
    let server = Server::start();
    let refuse = |extra: Value, code: &str, param: &str| {
        let mut body =
            json!({"type": "cinematic_avatar", "prompt": "x", "avatar_id": ["josh_lite3_20230714"]});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let status = if code == "asset_not_found" { 404 } else { 400 };
        server.post("/v3/videos", &body).refused(status, code, Some(param))
    };
    refuse(json!({"avatar_id": ["josh_lite3_20230714", "nobody"]}), "invalid_parameter", "avatar_id[1]");
    let clip = lavfi(&server, "color=red:size=320x180:rate=25:duration=1", "clip.mp4");
    let told = refuse(json!({"references": vec![reference(&clip); 4]}), "invalid_parameter", "references");
    assert!(told.contains("3 clips") && told.contains("got 4"), "{told}");
    let tone = server.upload("tone.wav", &ffmpeg(&["-f", "lavfi", "-i", "sine=duration=1"], "wav")).data();
    refuse(
        json!({"references": [reference(&tone["asset_id"])]}),
        "invalid_parameter",
        "references[0].asset_id",
    );
    let dry = json!({"type": "cinematic_avatar", "prompt": "One. Two. Three.", "avatar_id": "josh_lite3_20230714",
        "auto_duration": true});
    let dry = server.post("/v3/videos?dry_run=true", &dry).data();
    assert!((dry["duration"].as_f64().unwrap() - 10.0).abs() < 1e-6, "{dry}");
}
