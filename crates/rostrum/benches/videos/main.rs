//! `cargo bench -p rostrum --bench videos`: what five typical videos cost on a real server, from the request to the finished
//! file, beside what encoding their frames alone costs in the same run; and the memory of a video of ten minutes.
//! Words after `--` choose parts: `photo`, `presenter`, `studio`, `portrait`, `webm`, `long`; all by default.
#![expect(clippy::disallowed_methods, reason = "a bench measures wall time and samples memory at intervals")]
#![expect(clippy::unwrap_used, reason = "a bench may panic")]

#[path = "../../tests/support/mod.rs"]
mod support;

mod ceiling;
mod memory;

use std::time::{Duration, Instant};

use memory::MemoryWatch;
use serde_json::{Value, json};
use support::Server;

/// About four seconds when it is read aloud; the number keeps every use of it from the cache of speech.
fn sentence(number: usize) -> String {
    format!("This is sentence number {number}, and it is there so that somebody speaks for a while. ")
}

/// A text that takes about so many seconds.
fn text(seconds: usize, first: usize) -> String {
    (0..seconds.div_ceil(5)).map(|number| sentence(first + number)).collect()
}

/// A video to measure: its name, and its request with a portrait's asset id.
struct Film {
    name: &'static str,
    what: &'static str,
    request: fn(&str) -> Value,
}

const FILMS: [Film; 5] = [
    Film {
        name: "photo",
        what: "photo, 30 s, 1080p",
        request: |photo| {
            json!({"type": "image", "image": {"type": "asset_id", "asset_id": photo}, "script": text(30, 100),
                "voice_id": "af_heart", "resolution": "1080p"})
        },
    },
    Film {
        name: "presenter",
        what: "presenter, 60 s, 1080p",
        request: |_| {
            json!({"type": "avatar", "avatar_id": "josh_lite3_20230714", "script": text(60, 200),
                "voice_id": "am_adam", "resolution": "1080p"})
        },
    },
    Film {
        name: "studio",
        what: "studio of 5 scenes, 1080p",
        request: |photo| {
            let source = json!({"type": "asset_id", "asset_id": photo});
            let presenter = |id: &str, first| json!({"type": "avatar_video", "input": {"type": "avatar", "avatar_id": id, "script": text(8, first)}});
            json!({"type": "studio", "resolution": "1080p", "scenes": [
                presenter("angela_expressive_20231010", 300),
                {"type": "image", "source": source, "script": text(8, 310), "voice_id": "af_heart"},
                {"type": "avatar_video", "input": {"type": "image", "image": source, "script": text(8, 320), "voice_id": "af_heart"}},
                {"type": "image", "source": source, "duration": 4.0},
                presenter("wayne_20240422", 330),
            ]})
        },
    },
    Film {
        name: "portrait",
        what: "portrait 9:16, 20 s, 1080p, two films: one with captions",
        request: |_| {
            json!({"type": "avatar", "avatar_id": "lily_20230614", "script": text(20, 400), "resolution": "1080p",
                "aspect_ratio": "9:16", "caption": {"style": "karaoke"}})
        },
    },
    Film {
        name: "webm",
        what: "presenter alone, 15 s, 720p, WebM with alpha",
        request: |_| {
            json!({"type": "avatar", "avatar_id": "josh_lite3_20230714", "script": text(15, 500), "resolution": "720p",
                "output_format": "webm"})
        },
    },
];

fn main() {
    let parts: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|chosen| chosen == part);
    let server = Server::start();
    let photo = server.upload_fixture("portraits/astronaut.png");
    // Networks are loaded by the first request that needs them.
    let warm = json!({"type": "image", "image": {"type": "asset_id", "asset_id": photo}, "script": "Warm.",
        "voice_id": "af_heart", "resolution": "720p"});
    make(&server, &warm);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("on {cores} cores; rates are seconds of video for each second of time");
    println!("| video | length | whole | encoder alone | share | peak memory |\n|---|---|---|---|---|---|");
    for film in FILMS.iter().filter(|film| wanted(film.name)) {
        let watch = MemoryWatch::start(server.pid());
        let (video, took) = make(&server, &(film.request)(&photo));
        let peak = watch.peak_mib();
        drop(watch);
        let length = video["duration"].as_f64().unwrap();
        let whole = length / took.as_secs_f64();
        // Two films cost two encoders.
        let films = if video["captioned_video_url"].is_string() { 2.0 } else { 1.0 };
        let bytes = server.get(video["video_url"].as_str().unwrap()).bytes;
        let ceiling = ceiling::rate(&bytes, cores) / films;
        println!(
            "| {} | {length:.1} s | {whole:.2} x | {ceiling:.2} x | {:.0} % | {peak:.0} MiB |",
            film.what,
            whole / ceiling * 100.0
        );
    }
    if wanted("long") {
        long(&server);
    }
}

/// Ten minutes of a presenter, and the memory of the server and of its encoders meanwhile.
fn long(server: &Server) {
    let scene = |number: usize| {
        let script = text(125, 1000 + number * 100);
        json!({"type": "avatar_video", "input": {"type": "avatar", "avatar_id": "josh_lite3_20230714", "script": script,
            "voice_id": "am_adam"}})
    };
    let request =
        json!({"type": "studio", "resolution": "720p", "scenes": (0..5).map(scene).collect::<Vec<_>>()});
    let watch = MemoryWatch::start(server.pid());
    let (video, took) = make(server, &request);
    let length = video["duration"].as_f64().unwrap();
    println!(
        "\npresenter in 5 scenes, {length:.0} s at 720p, in {:.0} s: {:.2} x; memory meanwhile:",
        took.as_secs_f64(),
        length / took.as_secs_f64()
    );
    println!("| after | server | its subprocesses |\n|---|---|---|");
    for sample in watch.curve(12) {
        println!("| {:.0} s | {:.0} MiB | {:.0} MiB |", sample.at_s, sample.server_mib, sample.others_mib);
    }
}

/// Makes a video and gives its record with the time it took.
fn make(server: &Server, request: &Value) -> (Value, Duration) {
    let started = Instant::now();
    let id = server.post("/v3/videos", request).data()["video_id"].as_str().unwrap().to_owned();
    loop {
        let video = server.video(&id);
        match video["status"].as_str().unwrap() {
            "completed" => return (video, started.elapsed()),
            "failed" => panic!("{video}\n{}", server.log()),
            _ => std::thread::sleep(Duration::from_millis(100)),
        }
    }
}
