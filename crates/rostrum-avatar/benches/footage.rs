//! Milliseconds to follow a face, to study a frame and to draw another mouth into it, single-threaded.
//!
//! `cargo bench -p rostrum-avatar --bench footage` (or with `--profile dev`, where this crate is optimised too).

#[expect(dead_code, reason = "each program uses a part")]
#[path = "../tests/footage/clip.rs"]
mod clip;

use std::time::Instant;

use clip::{Clip, FRAMES_PER_SECOND, OTHER_WORDS, PORTRAITS, Shot, models, spoken};
use rostrum_avatar::{FootageAvatar, FootageStudy, MotionOptions, MotionTrack};
use rostrum_face::{FaceTracker, Landmarks};
use rostrum_model::picture::{RgbImage, Size};

const FRAMES: usize = 36;

fn main() {
    for portrait in PORTRAITS {
        for (width, height) in [(1280, 720), (1920, 1080)] {
            let clip = Clip::of(portrait, Shot::usual(Size { width, height }), FRAMES);
            measure(&format!("{portrait} {width}x{height}"), &clip);
        }
    }
}

fn measure(name: &str, clip: &Clip) {
    let models = models();
    let frames: Vec<RgbImage> = (0..FRAMES).map(|number| clip.frame(number)).collect();
    let mut tracker = FaceTracker::new(&models);
    let mut study = FootageStudy::default();
    let (mut following, mut studying, mut drawing) = (Vec::new(), Vec::new(), Vec::new());
    for frame in &frames {
        let start = Instant::now();
        let face = tracker.push(frame).expect("the frame is sound");
        following.push(start.elapsed().as_secs_f64() * 1e3);
        let start = Instant::now();
        study.add(frame, face);
        studying.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let start = Instant::now();
    let track = tracker.finish();
    let teeth = study.teeth_frame().map(|number| &frames[number]);
    let avatar = FootageAvatar::prepare(track, &study, teeth).expect("the footage shows a face");
    let preparing = start.elapsed().as_secs_f64() * 1e3;
    let end_s = FRAMES as f64 / f64::from(FRAMES_PER_SECOND);
    let speech = spoken(OTHER_WORDS, end_s);
    let motion = MotionTrack::plan(&speech, FRAMES_PER_SECOND, FRAMES, &MotionOptions::default());
    for (number, (frame, pose)) in frames.iter().zip(&motion.poses).enumerate() {
        let mut frame = frame.clone();
        let start = Instant::now();
        avatar.render(number, &mut frame, &pose.mouth);
        drawing.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let eye_distance = avatar.track().face(0).map_or(0.0, Landmarks::eye_distance);
    println!(
        "{name} (eyes {eye_distance:.0} px apart): follow {}, study {}, draw {}; prepare {preparing:.1} ms",
        told(following),
        told(studying),
        told(drawing)
    );
}

fn told(mut times_ms: Vec<f64>) -> String {
    times_ms.sort_by(f64::total_cmp);
    format!("best {:.1} median {:.1} ms", times_ms[0], times_ms[times_ms.len() / 2])
}
