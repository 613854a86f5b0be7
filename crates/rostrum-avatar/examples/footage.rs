//! Makes a clip of a person say other words, and shows it for judging by eye.
//!
//! `cargo run -p rostrum-avatar --example footage -- CLIP OUT_FOLDER [SPEECH.json [FIRST_FRAME [SECONDS]]]`
//!
//! `CLIP` is a video, or `astronaut` or `grace_hopper` for a clip made of that portrait of the fixtures. The speech is a list
//! of phonemes and their lengths in milliseconds, `[["b", 70], ["ɑ", 140]]`; without it, a phrase with every kind of sound.
//! Where it is longer than the clip, the clip is played back and forth. The models are those of `$ROSTRUM_MODELS_DIR`, or
//! what `./dev setup` fetched.
//!
//! Writes `spoken.mp4` without sound, `before-after.png` (whole faces, every third frame) and `mouths.png` (each frame).

#[expect(dead_code, reason = "each program uses a part")]
#[path = "../tests/footage/clip.rs"]
mod clip;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clip::{Clip, FRAMES_PER_SECOND, OTHER_WORDS, Shot, spoken};
use rostrum_avatar::{FootageAvatar, FootageStudy, LoopPlan, MotionOptions, MotionTrack};
use rostrum_face::FaceTracker;
use rostrum_media::{Canvas, Ffmpeg, Fit, FrameOptions, FramePlayer, FrameReader, SegmentEncoder, probe};
use rostrum_model::picture::{Rect, RgbImage, Size};
use rostrum_model::speech::SpeechTrack;

type Failure = Box<dyn std::error::Error>;

/// Where ffmpeg is looked for.
const PROGRAMS: &str = "/usr/local/bin:/usr/bin:/bin";
/// Larger clips are shrunk to it.
const LARGEST: Size = Size { width: 1920, height: 1920 };

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [clip, folder, rest @ ..] = arguments.as_slice() else {
        return Err("usage: footage CLIP OUT_FOLDER [SPEECH.json [FIRST_FRAME [SECONDS]]]".into());
    };
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder)?;
    let ffmpeg = Ffmpeg::locate(OsStr::new(PROGRAMS))?;
    let path = match clip.as_str() {
        portrait if clip::PORTRAITS.contains(&portrait) => make_clip(&ffmpeg, &folder, portrait)?,
        path => path.into(),
    };
    let words: Vec<(String, u32)> = match rest.first() {
        Some(speech) => serde_json::from_slice(&std::fs::read(speech)?)?,
        None => OTHER_WORDS.iter().map(|(symbol, millis)| ((*symbol).into(), *millis)).collect(),
    };
    let first_frame = rest.get(1).map_or(Ok(0), |text| text.parse())?;
    let seconds: Option<u64> = rest.get(2).map(|text| text.parse()).transpose()?;
    let words: Vec<(&str, u32)> = words.iter().map(|(symbol, millis)| (symbol.as_str(), *millis)).collect();
    let spoken_s: f64 = words.iter().map(|(_, millis)| f64::from(*millis) / 1000.0).sum();

    let video = probe(&ffmpeg, &path).await?.video.ok_or("the clip has no pictures")?;
    let max_frames = seconds.map(|seconds| seconds * u64::from(FRAMES_PER_SECOND));
    let options = FrameOptions {
        fit: Fit::Within(LARGEST),
        first_frame,
        max_frames,
        ..FrameOptions::new(FRAMES_PER_SECOND)
    };
    let reader = FrameReader::open(&ffmpeg, &path, &video, &options)?;
    let size = even(reader.size());
    let (avatar, frame_ms) =
        prepare(reader, &mut FramePlayer::new(&ffmpeg, &path, &video, &options, 50), first_frame)?;
    println!(
        "{}x{}, {} frames, {frame_ms:.1} ms to follow and study one; own teeth: {}; a face in {:.0} % of the frames",
        size.width,
        size.height,
        avatar.track().frame_count(),
        avatar.shows_own_teeth(),
        avatar.track().usable_share() * 100.0
    );
    avatar.track().check()?;

    let mut player = FramePlayer::new(&ffmpeg, &path, &video, &options, 50);
    let speech = spoken(&words, spoken_s);
    draw(&ffmpeg, &folder, &avatar, &speech, spoken_s, size, |number| {
        player.frame(first_frame + number as u64)?.cloned().ok_or_else(|| "the clip ended early".into())
    })
}

/// Follows and studies the clip, which takes no more memory than a frame; tells the mean milliseconds too.
fn prepare(
    reader: FrameReader,
    player: &mut FramePlayer,
    first_frame: u64,
) -> Result<(FootageAvatar, f64), Failure> {
    let models = clip::models();
    let mut tracker = FaceTracker::new(&models);
    let mut study = FootageStudy::default();
    let mut spent_s = 0.0;
    for frame in reader {
        let frame = frame?;
        let start = Instant::now();
        let face = tracker.push(&frame)?;
        study.add(&frame, face);
        spent_s += start.elapsed().as_secs_f64();
    }
    let track = tracker.finish();
    let frame_ms = spent_s * 1e3 / track.frame_count().max(1) as f64;
    let teeth = match study.teeth_frame() {
        Some(number) => player.frame(first_frame + number as u64)?.cloned(),
        None => None,
    };
    println!("teeth from frame {:?}", study.teeth_frame());
    Ok((FootageAvatar::prepare(track, &study, teeth.as_ref())?, frame_ms))
}

/// Draws every frame of the speech into a video and onto sheets.
fn draw(
    ffmpeg: &Ffmpeg,
    folder: &Path,
    avatar: &FootageAvatar,
    speech: &SpeechTrack,
    seconds: f64,
    size: Size,
    mut source: impl FnMut(usize) -> Result<RgbImage, Failure>,
) -> Result<(), Failure> {
    let frame_count = (seconds * f64::from(FRAMES_PER_SECOND)) as usize;
    let motion = MotionTrack::plan(speech, FRAMES_PER_SECOND, frame_count, &MotionOptions::default());
    let plan = LoopPlan::new(avatar.track(), frame_count);
    let mut encoder = SegmentEncoder::start(ffmpeg, folder, "spoken.mp4", size, FRAMES_PER_SECOND)?;
    let mut canvas = Canvas::new(size, [0; 3]);
    let whole = size.whole();
    let (mut faces, mut mouths) = (Vec::new(), Vec::new());
    let mut spent_s = 0.0;
    for (number, pose) in motion.poses.iter().enumerate() {
        let shown = plan.source_frame(number);
        let mut frame = source(shown)?;
        let before = frame.clone();
        let start = Instant::now();
        avatar.render(shown, &mut frame, &pose.mouth);
        spent_s += start.elapsed().as_secs_f64();
        canvas.blit(&frame, whole, (0, 0));
        encoder.write_frame(&canvas)?;
        if let Some(face) = avatar.track().face(shown) {
            let around = |ids: &[usize], margin| around(&face.points, ids, margin, size);
            if number % 3 == 0 {
                let part = around(&[10, 152, 234, 454], 0.35);
                faces.push((part_of(&before, part), part_of(&frame, part)));
            }
            let part = around(&[61, 291, 2, 152], 0.30);
            mouths.push((part_of(&before, part), part_of(&frame, part)));
        }
    }
    encoder.finish()?;
    println!("{:.2} ms to draw a frame", spent_s * 1e3 / frame_count.max(1) as f64);
    faces.truncate(24);
    mouths.truncate(64);
    write_sheet(&folder.join("before-after.png"), &faces, 6, 300)?;
    write_sheet(&folder.join("mouths.png"), &mouths, 8, 230)
}

/// Encodes a clip made of a portrait.
fn make_clip(ffmpeg: &Ffmpeg, folder: &Path, portrait: &str) -> Result<PathBuf, Failure> {
    let size = Size { width: 1280, height: 720 };
    let clip = Clip::of(portrait, Shot::usual(size), 100);
    let name = format!("{portrait}.mp4");
    let mut encoder = SegmentEncoder::start(ffmpeg, folder, &name, size, FRAMES_PER_SECOND)?;
    let mut canvas = Canvas::new(size, [0; 3]);
    for number in 0..clip.frame_count() {
        canvas.blit(&clip.frame(number), size.whole(), (0, 0));
        encoder.write_frame(&canvas)?;
    }
    encoder.finish()?;
    Ok(folder.join(name))
}

fn even(size: Size) -> Size {
    Size { width: size.width / 2 * 2, height: size.height / 2 * 2 }
}

/// The square around some points, widened by a share of its side.
fn around(points: &[[f32; 3]], ids: &[usize], margin: f32, size: Size) -> Rect {
    let bounds = |k: usize| {
        let values = ids.iter().map(|&i| points[i][k]);
        (values.clone().fold(f32::INFINITY, f32::min), values.fold(f32::NEG_INFINITY, f32::max))
    };
    let ((left, right), (top, bottom)) = (bounds(0), bounds(1));
    let side = ((right - left).max(bottom - top) * (1.0 + margin)) as usize;
    let side = side.min(size.width).min(size.height);
    let corner = |middle: f32, length: usize| (middle as usize).saturating_sub(side / 2).min(length - side);
    let (x, y) = (corner(left.midpoint(right), size.width), corner(top.midpoint(bottom), size.height));
    Rect { x, y, width: side, height: side }
}

fn part_of(image: &RgbImage, part: Rect) -> image::RgbImage {
    image::RgbImage::from_fn(part.width as u32, part.height as u32, |x, y| {
        image::Rgb(image.at(part.x + x as usize, part.y + y as usize))
    })
}

/// Pairs of pictures, the second under the first, all `side` pixels large.
fn write_sheet(
    path: &Path,
    pairs: &[(image::RgbImage, image::RgbImage)],
    columns: u32,
    side: u32,
) -> Result<(), Failure> {
    let rows = (pairs.len() as u32).div_ceil(columns);
    let mut sheet = image::RgbImage::new(columns * (side + 4), rows * (2 * side + 8));
    for (i, (before, after)) in pairs.iter().enumerate() {
        let (left, top) = (i as u32 % columns * (side + 4), i as u32 / columns * (2 * side + 8));
        for (picture, top) in [(before, top), (after, top + side)] {
            let filter = image::imageops::FilterType::CatmullRom;
            let picture = image::imageops::resize(picture, side, side, filter);
            image::imageops::replace(&mut sheet, &picture, left.into(), top.into());
        }
    }
    Ok(sheet.save(path)?)
}
