//! Milliseconds to draw one frame of a presenter, single-threaded: of a talking head, and of one with gesturing hands.
//!
//! `cargo bench -p rostrum-avatar --bench presenter` (or with `--profile dev`, where this crate is optimised too).

use std::time::Instant;

use rostrum_avatar::presenter::{Backdrop, Framing, Presenter, PresenterScratch, cast};
use rostrum_avatar::{Manner, MotionOptions, MotionTrack};
use rostrum_model::picture::{RgbImage, Size};
use rostrum_model::speech::{PhonemeSpan, SpeechTrack};

fn main() {
    for id in ["angela_expressive_20231010", "wayne_20240422", "amara_business", "mei_casual"] {
        let (member, look) = cast::look(id).expect("a look of the cast");
        for (width, height) in [(1280, 720), (1920, 1080), (1080, 1920)] {
            let size = Size { width, height };
            let presenter =
                Presenter::new(member.appearance(look), &Framing::new(size), Backdrop::Setting(look.setting));
            for (kind, hands) in [("head", 0.0), ("hands", 1.0)] {
                measure(&format!("{id} {width}x{height} {kind}"), &presenter, hands);
            }
        }
    }
}

fn measure(name: &str, presenter: &Presenter, hands: f32) {
    let manner = Manner { hands: Some(hands), ..Manner::default() };
    let options = MotionOptions { manner, ..MotionOptions::default() };
    let track = MotionTrack::plan(&babble(), 25, 250, &options);
    let mut scratch = PresenterScratch::default();
    let size = presenter.size();
    let mut out = RgbImage::filled(size.width, size.height, [0; 3]);
    presenter.render(&track.poses[0], &mut scratch, &mut out);
    let mut frames_ms = Vec::new();
    for pose in &track.poses[1..] {
        let start = Instant::now();
        presenter.render(pose, &mut scratch, &mut out);
        frames_ms.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let mean = frames_ms.iter().sum::<f64>() / frames_ms.len() as f64;
    frames_ms.sort_by(f64::total_cmp);
    println!(
        "{name}: frame mean {mean:.2} ms, median {:.2} ms, slowest tenth from {:.2} ms",
        frames_ms[frames_ms.len() / 2],
        frames_ms[frames_ms.len() * 9 / 10]
    );
}

/// Ten seconds of syllables, with a pause every two.
fn babble() -> SpeechTrack {
    let symbols = ["b", "ɑ", "m", "i", "s", "O", "f", "A"];
    let phonemes = (0..100)
        .map(|i| PhonemeSpan {
            symbol: if i % 20 >= 16 { String::new() } else { symbols[i % symbols.len()].into() },
            start_s: i as f64 * 0.1,
            end_s: (i + 1) as f64 * 0.1,
            stressed: i % 4 == 1,
        })
        .collect();
    SpeechTrack { phonemes, ..SpeechTrack::default() }
}
