//! Milliseconds to load the fonts, to plan an hour of captions, and to draw one caption of two lines at 1080p in every look,
//! single-threaded.
//!
//! `cargo bench -p rostrum-text --bench caption` (or with `--profile dev`, where this crate is optimised too).

use std::time::Instant;

use rostrum_model::picture::Size;
use rostrum_text::{CaptionStyle, CaptionTrack, Cue, CueWord, Fonts, PRESETS};

const TEXTS: [(&str, &str); 3] = [
    ("Latin", "Captions are read by most of all people,\nso they ought to look good everywhere."),
    ("Arabic", "السلام عليكم ورحمة الله وبركاته،\nكيف حالك اليوم يا صديقي العزيز؟"),
    ("Chinese", "大家好，欢迎来到我们的频道，\n今天我们来谈谈字幕。"),
];

fn main() {
    let start = Instant::now();
    let fonts = Fonts::load(&["/usr/share/fonts".into()]);
    println!("load: {} families in {:.1} ms", fonts.families().len(), milliseconds(start));
    let canvas = Size { width: 1920, height: 1080 };

    let hour: Vec<Cue> = (0..1200).map(|i| cue(TEXTS[0].1, f64::from(i) * 3.0)).collect();
    for (shape, canvas) in [("16:9", canvas), ("9:16", Size { width: 1080, height: 1920 })] {
        let style = CaptionStyle::preset("bold_pop").expect("a preset");
        let start = Instant::now();
        let track = CaptionTrack::plan(&fonts, &hour, &style, canvas);
        println!("plan of an hour, {shape}: {:.0} ms, {} states", milliseconds(start), track.changes().len());
    }

    for (script, text) in TEXTS {
        for (name, _) in PRESETS {
            let style = CaptionStyle::preset(name).expect("a preset");
            let track = CaptionTrack::plan(&fonts, &[cue(text, 0.0)], &style, canvas);
            let state = track.at(1.0).expect("a caption");
            track.draw(&fonts, state);
            let mut drawn_ms: Vec<f64> = (0..100)
                .map(|_| {
                    let start = Instant::now();
                    std::hint::black_box(track.draw(&fonts, state));
                    milliseconds(start)
                })
                .collect();
            drawn_ms.sort_by(f64::total_cmp);
            println!(
                "draw {script} {name}: median {:.2} ms, slowest tenth from {:.2} ms",
                drawn_ms[50], drawn_ms[90]
            );
        }
    }
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

fn cue(text: &str, start_s: f64) -> Cue {
    let mut words = Vec::new();
    let mut from = 0;
    for word in text.split_inclusive([' ', '\n']) {
        let range = from..from + word.trim_end().len();
        words.push(CueWord { range, start_s: start_s + words.len() as f64 * 0.2 });
        from += word.len();
    }
    Cue { start_s, end_s: start_s + 3.0, text: text.to_owned(), words }
}
