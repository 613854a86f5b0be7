//! Draws contact sheets of a portrait for judging by eye: every viseme, a blink, successive frames of a phrase.
//!
//! `cargo run -p rostrum-avatar --example contact_sheet -- PORTRAIT LANDMARKS.json OUT_FOLDER [HEIGHT [MODELS_DIR [RRGGBB]]]`
//!
//! The landmarks are a JSON list of 478 `[x, y, z]` in pixels of the portrait, or `-`: the models then find them. Prints what
//! is to be warned of in the portrait. Writes `visemes.png`, `blink.png`, `phrase.png` (mouths only) and `frames.png` (whole
//! pictures). With the models the background stands still; with a colour it is replaced by it.

use std::path::{Path, PathBuf};

use rostrum_avatar::viseme::Viseme;
use rostrum_avatar::{MotionOptions, MotionTrack, PhotoAvatar, Placement, Pose, Scratch};
use rostrum_face::{FaceModels, Landmarks, Matting, PortraitQuality};
use rostrum_model::picture::{Rect, RgbImage, Size};
use rostrum_model::speech::{PhonemeSpan, SpeechTrack};

type Failure = Box<dyn std::error::Error>;

/// "Bob may move five maps, who thought": every kind of sound, with its length in milliseconds.
#[rustfmt::skip]
const PHRASE: &[(&str, u32)] = &[
    ("", 120), ("b", 70), ("ɑ", 140), ("b", 80), ("m", 80), ("A", 160), ("m", 80), ("u", 130), ("v", 70), ("f", 100),
    ("I", 190), ("v", 70), ("m", 80), ("æ", 140), ("p", 80), ("s", 110), ("", 160), ("h", 60), ("u", 150), ("θ", 100),
    ("ɔ", 160), ("t", 80), ("", 300),
];

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [portrait, landmarks, folder, rest @ ..] = arguments.as_slice() else {
        return Err(
            "usage: contact_sheet PORTRAIT LANDMARKS.json OUT_FOLDER [HEIGHT [MODELS_DIR [RRGGBB]]]".into()
        );
    };
    let height = rest.first().map_or(Ok(1080), |text| text.parse())?;
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder)?;

    let image = read_image(Path::new(portrait))?;
    let landmarks = if let ("-", [_, models, ..]) = (landmarks.as_str(), rest) {
        FaceModels::load(Path::new(models))?.find_portrait_face(&image)?
    } else {
        let points: Vec<[f32; 3]> = serde_json::from_slice(&std::fs::read(landmarks)?)?;
        Landmarks { points, score: 1.0 }
    };
    for warning in PortraitQuality::measure(&image, &landmarks)?.warnings() {
        println!("{portrait}: {warning}");
    }
    let size = Size { width: image.width * height / image.height / 2 * 2, height };
    let placement = Placement::whole(image.size(), size);
    let avatar = match rest {
        [_, models, rest @ ..] => {
            let matte = Matting::load(Path::new(models))?.matte(&image, Some(&landmarks))?;
            let image = match rest.first() {
                Some(colour) => {
                    let [_, rgb @ ..] = u32::from_str_radix(colour, 16)?.to_be_bytes();
                    matte.before_colour(&image, rgb)?
                }
                None => image.clone(),
            };
            PhotoAvatar::prepare_matted(&image, &landmarks, &placement, &matte)?
        }
        _ => PhotoAvatar::prepare(&image, &landmarks, &placement)?,
    };

    let scale = size.height as f32 / image.height as f32;
    let face = around(&landmarks, &[10, 152, 234, 454], 0.12, scale, size);
    let mouth = around(&landmarks, &[61, 291, 0, 152, 2], 0.25, scale, size);
    let eyes = around(&landmarks, &[33, 263, 105, 334, 50, 280], 0.08, scale, size);

    let mut poses: Vec<Pose> =
        Viseme::ALL.iter().map(|viseme| Pose { mouth: viseme.shape(), ..Pose::default() }).collect();
    poses.push(Pose { blink: 1.0, ..Pose::default() });
    write_sheet(&folder.join("visemes.png"), &avatar, &poses, face, 6)?;
    write_sheet(&folder.join("visemes-mouth.png"), &avatar, &poses, mouth, 6)?;
    let blink: Vec<Pose> = (0..9).map(|i| Pose { blink: i as f32 / 8.0, ..Pose::default() }).collect();
    write_sheet(&folder.join("blink.png"), &avatar, &blink, eyes, 3)?;

    let track = MotionTrack::plan(&phrase(), 25, 60, &MotionOptions::default());
    write_sheet(&folder.join("phrase.png"), &avatar, &track.poses[3..27], mouth, 6)?;
    let whole = size.whole();
    write_sheet(&folder.join("frames.png"), &avatar, &track.poses[5..11], whole, 3)?;
    let extreme = |sign: f32| Pose {
        mouth: Viseme::Aa.shape(),
        yaw: 0.07 * sign,
        pitch: 0.07 * sign,
        roll: 0.02 * sign,
        shift: [0.012 * sign, 0.02 * sign],
        brows: 0.8,
        breath: sign,
        ..Pose::default()
    };
    write_sheet(&folder.join("extremes.png"), &avatar, &[extreme(-1.0), extreme(1.0)], whole, 2)?;
    Ok(())
}

fn phrase() -> SpeechTrack {
    let mut start_s = 0.0;
    let mut phonemes = Vec::new();
    for (symbol, millis) in PHRASE {
        let end_s = start_s + f64::from(*millis) / 1000.0;
        phonemes.push(PhonemeSpan { symbol: (*symbol).into(), start_s, end_s, stressed: false });
        start_s = end_s;
    }
    SpeechTrack { phonemes, ..SpeechTrack::default() }
}

/// The part of the drawn picture around some landmarks, widened by a share of its size.
fn around(landmarks: &Landmarks, ids: &[usize], margin: f32, scale: f32, size: Size) -> Rect {
    let bounds = |k: usize, limit: usize| {
        let values = ids.iter().map(|&i| landmarks.points[i][k] * scale);
        let low = values.clone().fold(f32::INFINITY, f32::min);
        let high = values.fold(f32::NEG_INFINITY, f32::max);
        let extra = (high - low) * margin;
        ((low - extra) as usize, ((high + extra) as usize).min(limit))
    };
    let (left, right) = bounds(0, size.width);
    let (top, bottom) = bounds(1, size.height);
    Rect { x: left, y: top, width: right - left, height: bottom - top }
}

fn write_sheet(
    path: &Path,
    avatar: &PhotoAvatar,
    poses: &[Pose],
    part: Rect,
    columns: usize,
) -> Result<(), Failure> {
    let rows = poses.len().div_ceil(columns);
    let mut sheet = RgbImage::filled(columns * (part.width + 4), rows * (part.height + 4), [255; 3]);
    let mut scratch = Scratch::default();
    let mut frame = RgbImage::filled(0, 0, [0; 3]);
    for (i, pose) in poses.iter().enumerate() {
        avatar.render(pose, &mut scratch, &mut frame);
        let (left, top) = (i % columns * (part.width + 4), i / columns * (part.height + 4));
        for y in 0..part.height {
            let from = ((part.y + y) * frame.width + part.x) * 3;
            let to = ((top + y) * sheet.width + left) * 3;
            sheet.pixels[to..to + part.width * 3].copy_from_slice(&frame.pixels[from..from + part.width * 3]);
        }
    }
    let pixels = image::RgbImage::from_raw(sheet.width as u32, sheet.height as u32, sheet.pixels)
        .ok_or("the sheet's size does not match its pixels")?;
    // Large sheets are hard to look at.
    let largest = pixels.width().max(pixels.height());
    if largest > 1900 {
        let shrunk = |side: u32| side * 1900 / largest;
        let (width, height) = (shrunk(pixels.width()), shrunk(pixels.height()));
        image::imageops::resize(&pixels, width, height, image::imageops::FilterType::CatmullRom)
            .save(path)?;
    } else {
        pixels.save(path)?;
    }
    Ok(())
}

fn read_image(path: &Path) -> Result<RgbImage, Failure> {
    let pixels = image::open(path)?.to_rgb8();
    Ok(RgbImage {
        width: pixels.width() as usize,
        height: pixels.height() as usize,
        pixels: pixels.into_raw(),
    })
}
