//! `cargo bench -p rostrum-app --bench talking_photo`: what 10 s of a talking photo and of a presenter at 1920x1080 cost, each
//! against ffmpeg encoding the same frames in turn with it, and what the speech costs. Prints medians of drawing with
//! encoding and of encoding alone, and the best of three rounds of all else.
#![expect(clippy::disallowed_methods, reason = "a bench measures wall time and samples memory at intervals")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rostrum_app::jobs::{Behind, Body, Figure, Framed, Stage, WHITE, stage};
use rostrum_avatar::presenter::{Backdrop, Framing, Presenter, cast};
use rostrum_avatar::{Avatar, MotionOptions, MotionTrack, PhotoAvatar};
use rostrum_face::{FaceModels, Matting};
use rostrum_media::{Canvas, Ffmpeg, ImageLimits, SegmentEncoder, decode_image};
use rostrum_model::picture::Size;
use rostrum_model::video::FRAMES_PER_SECOND;
use rostrum_speech::SpeechEngine;

const ROUNDS: usize = 3;
/// Pairs of encoding alone and of drawing and encoding; odd, for the one in the middle.
const PAIRS: usize = 7;
const SECONDS: usize = 10;
const SIZE: Size = Size { width: 1920, height: 1080 };
const SCRIPT: &str = "Every photograph holds a moment, and most of them are silent. This one is not. It was taken many \
                      years ago, and now it tells you, in its own time, what it has seen since then.";

/// Takes a finished frame; false stops the drawing.
type Deliver<'a> = &'a mut dyn FnMut(&Canvas) -> bool;

fn main() {
    let models = std::env::var_os("ROSTRUM_MODELS_DIR").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").expect("HOME is set")).join(".local/share/rostrum/models"),
        PathBuf::from,
    );
    let memory = MemoryWatch::start();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let speech = SpeechEngine::load(&models, threads).expect("models are there: ./dev setup");
    let (spoken, speaking) =
        best(|| speech.speak(SCRIPT, "af_heart", 1.0).expect("the script can be spoken"));
    let sound_s = spoken.track.duration_s();
    println!(
        "speech           {sound_s:6.2} s of sound in {:6.2} s: real-time factor {:.3}, {threads} threads",
        speaking.as_secs_f64(),
        speaking.as_secs_f64() / sound_s
    );
    println!("  peak memory    {:6.0} MiB", memory.peak_mib());
    // Watching takes time itself.
    drop((memory, speech));

    let portrait = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/portraits/astronaut.png");
    let image =
        decode_image(&std::fs::read(portrait).expect("the portrait is there"), ImageLimits::default())
            .expect("the portrait is sound");
    let faces = FaceModels::load(&models).expect("models are there: ./dev setup");
    let (landmarks, finding) = best(|| faces.find_portrait_face(&image).expect("the portrait has a face"));
    println!("face found       {:6.1} ms", finding.as_secs_f64() * 1e3);

    let frames = SECONDS * FRAMES_PER_SECOND as usize;
    let source = image.size();
    let staging = stage(source, &landmarks, SIZE, &Framed::default()).expect("the face is on the canvas");
    let matting = Matting::load(&models).expect("models are there: ./dev setup");
    let matte = matting.matte(&image, Some(&landmarks)).expect("the portrait can be matted");
    let (avatar, preparing) = best(|| {
        let photo = PhotoAvatar::prepare_matted(&image, &landmarks, &staging.placement, &matte);
        Avatar::Photo(Box::new(photo.expect("the face can be animated")))
    });
    println!("avatar prepared  {:6.1} ms", preparing.as_secs_f64() * 1e3);
    let plan = || MotionTrack::plan(&spoken.track, FRAMES_PER_SECOND, frames, &MotionOptions::default());
    let at = (staging.x as isize, staging.y as isize);
    let photo = Figure { body: Body::Avatar(avatar), motion: plan(), at, mask: None };
    measure("talking photo", photo, frames);

    let (member, look) = cast::look("josh_lite3_20230714").expect("he is one of the cast");
    let appearance = member.appearance(look);
    let backdrop = Backdrop::Setting(appearance.setting);
    let presenter = Presenter::new(appearance, &Framing::new(SIZE), backdrop);
    let body = Body::Avatar(Avatar::Presenter(Box::new(presenter)));
    measure("presenter", Figure { body, motion: plan(), at: (0, 0), mask: None }, frames);
}

/// Draws and encodes a scene of somebody, and prints what that costs.
fn measure(name: &str, figure: Figure, frames: usize) {
    let scene = Stage::new(SIZE, Behind::Colour(WHITE), Some(figure));
    let draw = |deliver: Deliver<'_>| {
        scene.draw_frames(0..frames, |frame| deliver(frame.clean)).expect("no clip is read");
    };

    let path = std::env::var_os("PATH").expect("PATH is set");
    let ffmpeg = Ffmpeg::locate(&path).expect("ffmpeg is installed");
    let folder = tempfile::tempdir().expect("a folder can be made");
    let encode = |feed: &dyn Fn(Deliver<'_>)| {
        let mut encoder = SegmentEncoder::start(&ffmpeg, folder.path(), "bench.mp4", SIZE, FRAMES_PER_SECOND)
            .expect("starts");
        feed(&mut |canvas| encoder.write_frame(canvas).is_ok());
        encoder.finish().expect("encodes");
    };

    let ((), drawing) = best(|| draw(&mut |_| true));
    let render_memory = MemoryWatch::start();
    encode(&draw);
    let render_peak = render_memory.peak_mib();
    drop(render_memory);
    let mut kept = Vec::with_capacity(frames);
    draw(&mut |canvas| {
        kept.push(canvas.clone());
        true
    });
    let replay = |deliver: Deliver<'_>| assert!(kept.iter().all(deliver));
    // In turn, so that a machine that is slower for a while slows both.
    let (encoding, rendering): (Vec<_>, Vec<_>) =
        (0..PAIRS).map(|_| (timed(|| encode(&replay)), timed(|| encode(&draw)))).unzip();
    let shares: Vec<_> = encoding
        .iter()
        .zip(&rendering)
        .map(|(encoding, rendering)| encoding.as_secs_f64() / rendering.as_secs_f64())
        .collect();
    let (encoding, rendering) = (median(encoding), median(rendering));

    let per_second = |took: Duration| took.as_secs_f64() / SECONDS as f64;
    println!(
        "{SECONDS} s of {name} at {}x{}, {FRAMES_PER_SECOND} frames per second:",
        SIZE.width, SIZE.height
    );
    println!(
        "  draw alone     {:6.3} s per second of video ({:.1} ms a frame)",
        per_second(drawing),
        drawing.as_secs_f64() * 1e3 / frames as f64
    );
    println!(
        "  encode alone   {:6.3} s per second of video: {:.2} times real time",
        per_second(encoding),
        1.0 / per_second(encoding)
    );
    println!(
        "  draw + encode  {:6.3} s per second of video: {:.2} times real time, {:.2} of encoding alone",
        per_second(rendering),
        1.0 / per_second(rendering),
        median(shares)
    );
    println!("  peak memory    {render_peak:6.0} MiB with ffmpeg");
}

fn timed(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

fn median<T: Copy + PartialOrd>(mut of: Vec<T>) -> T {
    of.sort_by(|a, b| a.partial_cmp(b).expect("nothing measured is NaN"));
    of[of.len() / 2]
}

/// The result of the last round and the shortest time of all.
fn best<T>(mut round: impl FnMut() -> T) -> (T, Duration) {
    let mut shortest = Duration::MAX;
    let mut result = None;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        result = Some(round());
        shortest = shortest.min(start.elapsed());
    }
    (result.expect("there is at least one round"), shortest)
}

/// Watches the resident memory of this process and its children until dropped.
struct MemoryWatch {
    peak_kib: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
}

impl MemoryWatch {
    fn start() -> Self {
        let watch = Self { peak_kib: Arc::default(), stop: Arc::default() };
        let (peak, stop) = (Arc::clone(&watch.peak_kib), Arc::clone(&watch.stop));
        std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                peak.fetch_max(resident_kib(), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        watch
    }

    fn peak_mib(&self) -> f64 {
        self.peak_kib.load(Ordering::Relaxed) as f64 / 1024.0
    }
}

impl Drop for MemoryWatch {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Resident memory of this process and its direct children (proc(5)).
fn resident_kib() -> u64 {
    let own = std::process::id();
    let field = |status: &str, name: &str| {
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    };
    let processes = std::fs::read_dir("/proc").expect("/proc is mounted");
    processes
        .filter_map(|entry| std::fs::read_to_string(entry.ok()?.path().join("status")).ok())
        .filter(|status| {
            field(status, "Pid:") == Some(own.into()) || field(status, "PPid:") == Some(own.into())
        })
        .filter_map(|status| field(&status, "VmRSS:"))
        .sum()
}
