//! Footage for tests, benches and the example: a portrait that says something, moved about and with noise laid over it.

use std::path::{Path, PathBuf};

use rostrum_avatar::{
    FootageAvatar, FootageStudy, MotionOptions, MotionTrack, PhotoAvatar, Placement, Scratch,
};
use rostrum_face::{FaceModels, FaceTrack, FaceTracker, Landmarks};
use rostrum_model::picture::{RgbImage, Size};
use rostrum_model::speech::{PhonemeSpan, SpeechTrack};

/// Frames per second of everything here.
pub(crate) const FRAMES_PER_SECOND: u32 = 25;

/// The portraits: one with teeth, one with a closed mouth and glasses.
pub(crate) const PORTRAITS: [&str; 2] = ["astronaut", "grace_hopper"];

/// The folder of the models: `$ROSTRUM_MODELS_DIR`, else the one `./dev setup` fills.
pub(crate) fn models() -> FaceModels {
    let chosen = std::env::var_os("ROSTRUM_MODELS_DIR").map(PathBuf::from);
    let folder = chosen.or_else(|| Some(std::env::home_dir()?.join(".local/share/rostrum/models")));
    FaceModels::load(&folder.expect("there is a home")).expect("models missing: run ./dev setup")
}

/// What the person in the footage says, over and over: symbols and milliseconds.
#[rustfmt::skip]
const OWN_WORDS: &[(&str, u32)] = &[
    ("", 160), ("h", 60), ("ə", 70), ("l", 80), ("O", 190), ("", 90), ("A", 200), ("m", 80), ("ɡ", 70), ("l", 70), ("æ", 150),
    ("d", 60), ("t", 60), ("u", 120), ("s", 90), ("i", 150), ("j", 60), ("u", 200), ("ɔ", 140), ("l", 80), ("", 320),
];

/// Other words: "Bob may move five maps, who thought of them".
#[rustfmt::skip]
pub(crate) const OTHER_WORDS: &[(&str, u32)] = &[
    ("", 120), ("b", 70), ("ɑ", 140), ("b", 80), ("m", 80), ("A", 160), ("m", 80), ("u", 130), ("v", 70), ("f", 100),
    ("I", 190), ("v", 70), ("m", 80), ("æ", 140), ("p", 80), ("s", 110), ("", 420), ("h", 60), ("u", 150), ("θ", 100),
    ("ɔ", 160), ("t", 80), ("ə", 60), ("v", 60), ("ð", 60), ("ɛ", 90), ("m", 90), ("", 500),
];

/// Phonemes one after another, repeated until `end_s`.
pub(crate) fn spoken(words: &[(&str, u32)], end_s: f64) -> SpeechTrack {
    let mut phonemes = Vec::new();
    let mut start_s = 0.0;
    for (symbol, millis) in words.iter().cycle() {
        if start_s >= end_s {
            break;
        }
        let end_s = start_s + f64::from(*millis) / 1000.0;
        phonemes.push(PhonemeSpan { symbol: (*symbol).into(), start_s, end_s, stressed: false });
        start_s = end_s;
    }
    SpeechTrack { phonemes, ..SpeechTrack::default() }
}

/// How the footage is shot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shot {
    /// Size of the frames.
    pub(crate) size: Size,
    /// Largest tilt of the head in degrees, to both sides.
    pub(crate) roll_degrees: f32,
    /// How far head and camera wander, as a share of the width.
    pub(crate) wander: f32,
    /// By how much the picture grows and shrinks.
    pub(crate) zoom: f32,
    /// Noise of the sensor in grey levels, to both sides.
    pub(crate) noise: f32,
    /// By how much the light goes up and down: 0..1.
    pub(crate) flicker: f32,
}

impl Shot {
    /// A presenter who moves as presenters do.
    pub(crate) fn usual(size: Size) -> Self {
        Self { size, roll_degrees: 7.0, wander: 0.03, zoom: 0.05, noise: 3.0, flicker: 0.05 }
    }
}

/// Footage that is made frame by frame.
pub(crate) struct Clip {
    avatar: PhotoAvatar,
    motion: MotionTrack,
    shot: Shot,
}

impl Clip {
    /// Footage of a portrait of the fixtures.
    pub(crate) fn of(portrait: &str, shot: Shot, frame_count: usize) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = root.join("../../fixtures/portraits");
        let path = ["png", "jpg"].map(|ending| folder.join(format!("{portrait}.{ending}")));
        let path = path.into_iter().find(|path| path.exists()).expect("the fixture is there");
        let pixels = image::open(path).expect("the fixture is sound").to_rgb8();
        let (width, height) = (pixels.width() as usize, pixels.height() as usize);
        let image = RgbImage { width, height, pixels: pixels.into_raw() };
        let landmarks = std::fs::read(root.join(format!("tests/landmarks/{portrait}.json")));
        let points = serde_json::from_slice(&landmarks.expect("they are there")).expect("they are sound");
        let landmarks = Landmarks { points, score: 1.0 };
        let placement = Placement::cover(Size { width, height }, shot.size, &landmarks);
        let avatar = PhotoAvatar::prepare(&image, &landmarks, &placement).expect("the portrait is usable");
        let end_s = frame_count as f64 / f64::from(FRAMES_PER_SECOND);
        let speech = spoken(OWN_WORDS, end_s);
        let options = MotionOptions { seed: 11, ..MotionOptions::default() };
        let motion = MotionTrack::plan(&speech, FRAMES_PER_SECOND, frame_count, &options);
        Self { avatar, motion, shot }
    }

    /// Number of frames.
    pub(crate) fn frame_count(&self) -> usize {
        self.motion.poses.len()
    }

    /// One frame.
    pub(crate) fn frame(&self, number: usize) -> RgbImage {
        let mut drawn = RgbImage::filled(0, 0, [0; 3]);
        self.avatar.render(&self.motion.poses[number], &mut Scratch::default(), &mut drawn);
        self.moved(&drawn, number)
    }

    /// Tilts, shifts and enlarges, changes the light and lays noise over it.
    fn moved(&self, drawn: &RgbImage, number: usize) -> RgbImage {
        let Shot { size: Size { width, height }, roll_degrees, wander, zoom, noise, flicker } = self.shot;
        let t = number as f32 / FRAMES_PER_SECOND as f32;
        let wave = |period: f32, phase: f32| (std::f32::consts::TAU * (t / period + phase)).sin();
        let (sine, cosine) = (roll_degrees.to_radians() * wave(3.1, 0.0)).sin_cos();
        let scale = 1.0 / (1.08 + zoom * wave(4.7, 0.2));
        let shift =
            [wander * wave(2.6, 0.4), wander * 0.6 * wave(1.9, 0.1)].map(|share| share * width as f32);
        let light = 1.0 + flicker * wave(5.3, 0.7);
        let middle = [width as f32 / 2.0, height as f32 / 2.0];
        let mut out = RgbImage::filled(width, height, [0; 3]);
        let mut state = 0x9e37_79b9u32.wrapping_mul(number as u32 + 1) | 1;
        for y in 0..height {
            for x in 0..width {
                let (dx, dy) = (x as f32 + 0.5 - middle[0] - shift[0], y as f32 + 0.5 - middle[1] - shift[1]);
                let place = [
                    middle[0] + scale * (dx * cosine + dy * sine),
                    middle[1] + scale * (dy * cosine - dx * sine),
                ];
                let colour = between(drawn, place);
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                // The sum of two is more often near 0.
                let grain = ((state & 0xffff) + (state >> 16)) as f32 / 65_535.0 - 1.0;
                for (k, value) in colour.into_iter().enumerate() {
                    out.pixels[(y * width + x) * 3 + k] =
                        (value * light + noise * grain).round().clamp(0.0, 255.0) as u8;
                }
            }
        }
        out
    }
}

/// The colour between the nearest pixels.
fn between(image: &RgbImage, [x, y]: [f32; 2]) -> [f32; 3] {
    let split = |place: f32, length: usize| {
        let place = (place - 0.5).clamp(0.0, (length - 2) as f32);
        (place as usize, place - place.floor())
    };
    let ((left, right), (top, down)) = (split(x, image.width), split(y, image.height));
    let [a, b, c, d] =
        [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(i, j)| image.at(left + i, top + j).map(f32::from));
    std::array::from_fn(|k| {
        let upper = a[k] + (b[k] - a[k]) * right;
        let lower = c[k] + (d[k] - c[k]) * right;
        upper + (lower - upper) * down
    })
}

/// Follows and studies all frames, in order.
pub(crate) fn follow(
    models: &FaceModels,
    frames: impl Iterator<Item = RgbImage>,
) -> (FaceTrack, FootageStudy) {
    let mut tracker = FaceTracker::new(models);
    let mut study = FootageStudy::default();
    for frame in frames {
        let face = tracker.push(&frame).expect("the frame is sound");
        study.add(&frame, face);
    }
    (tracker.finish(), study)
}

/// Footage that is ready to speak.
pub(crate) fn prepared(models: &FaceModels, clip: &Clip) -> FootageAvatar {
    let (track, study) = follow(models, (0..clip.frame_count()).map(|number| clip.frame(number)));
    let teeth = study.teeth_frame().map(|number| clip.frame(number));
    FootageAvatar::prepare(track, &study, teeth.as_ref()).expect("the footage shows a face")
}
