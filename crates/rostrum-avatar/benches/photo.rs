//! Milliseconds to prepare a portrait and to draw one frame of speech, single-threaded.
//!
//! `cargo bench -p rostrum-avatar` (or with `--profile dev`, where this crate is optimised too). With `ROSTRUM_MODELS_DIR`
//! also with mattes.

use std::path::Path;
use std::time::Instant;

use image::imageops::FilterType;
use rostrum_avatar::{MotionOptions, MotionTrack, PhotoAvatar, Placement, Scratch};
use rostrum_face::{Landmarks, Matte, Matting};
use rostrum_model::picture::{RgbImage, Size};
use rostrum_model::speech::{PhonemeSpan, SpeechTrack};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // As they are, and one enlarged: photos of today have more pixels than what is drawn.
    for (name, landmarks, enlarged) in [
        ("astronaut.png", "astronaut.json", 1),
        ("grace_hopper.jpg", "grace_hopper.json", 1),
        ("astronaut.png", "astronaut.json", 4),
    ] {
        let pixels = image::open(root.join("../../fixtures/portraits").join(name))?.to_rgb8();
        let (width, height) = (pixels.width() * enlarged, pixels.height() * enlarged);
        let pixels = image::imageops::resize(&pixels, width, height, FilterType::CatmullRom);
        let name = format!("{name} x{enlarged}");
        let (width, height) = (width as usize, height as usize);
        let image = RgbImage { width, height, pixels: pixels.into_raw() };
        let points: Vec<[f32; 3]> =
            serde_json::from_slice(&std::fs::read(root.join("tests/landmarks").join(landmarks))?)?;
        let points = points.into_iter().map(|point| point.map(|length| length * enlarged as f32)).collect();
        let landmarks = Landmarks { points, score: 1.0 };
        let matte = match std::env::var_os("ROSTRUM_MODELS_DIR") {
            Some(models) => Some(Matting::load(Path::new(&models))?.matte(&image, Some(&landmarks))?),
            None => None,
        };
        for (width, height) in [(720, 720), (1080, 1080), (1920, 1080)] {
            let source = image.size();
            let placement = Placement::cover(source, Size { width, height }, &landmarks);
            let title = format!("{name} {width}x{height}");
            measure(&title, &image, &landmarks, &placement, None)?;
            if matte.is_some() {
                measure(&format!("{title} matted"), &image, &landmarks, &placement, matte.as_ref())?;
            }
        }
    }
    Ok(())
}

fn measure(
    name: &str,
    image: &RgbImage,
    landmarks: &Landmarks,
    placement: &Placement,
    matte: Option<&Matte>,
) -> Result<(), Failure> {
    let start = Instant::now();
    let avatar = match matte {
        Some(matte) => PhotoAvatar::prepare_matted(image, landmarks, placement, matte)?,
        None => PhotoAvatar::prepare(image, landmarks, placement)?,
    };
    let prepare_ms = start.elapsed().as_secs_f64() * 1e3;

    let track = MotionTrack::plan(&babble(), 25, 100, &MotionOptions::default());
    let mut scratch = Scratch::default();
    let mut out = RgbImage::filled(0, 0, [0; 3]);
    avatar.render(&track.poses[0], &mut scratch, &mut out);
    let mut frames_ms = Vec::new();
    let mut dirty_pixels = 0;
    for pose in &track.poses[1..] {
        let start = Instant::now();
        let dirty = avatar.render(pose, &mut scratch, &mut out);
        frames_ms.push(start.elapsed().as_secs_f64() * 1e3);
        dirty_pixels += dirty.iter().map(|area| area.width * area.height).sum::<usize>();
    }
    frames_ms.sort_by(f64::total_cmp);
    let share = dirty_pixels as f64 / (frames_ms.len() * out.width * out.height) as f64;
    println!(
        "{name}: prepare {prepare_ms:.0} ms, frame best {:.2} ms, median {:.2} ms, dirty {:.0} %",
        frames_ms[0],
        frames_ms[frames_ms.len() / 2],
        share * 100.0
    );
    Ok(())
}

/// Four seconds of syllables.
fn babble() -> SpeechTrack {
    let symbols = ["b", "ɑ", "m", "i", "s", "O", "f", "A"];
    let phonemes = (0..40)
        .map(|i| PhonemeSpan {
            symbol: symbols[i % symbols.len()].into(),
            start_s: i as f64 * 0.1,
            end_s: (i + 1) as f64 * 0.1,
            stressed: i % 4 == 1,
        })
        .collect();
    SpeechTrack { phonemes, ..SpeechTrack::default() }
}
