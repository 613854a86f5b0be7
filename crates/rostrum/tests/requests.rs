//! The requests of `compat/requests`, as programs in the wild send them: each runs on a real server, and what comes out is
//! measured with ffmpeg and compared with what was asked. `docs/VIDEO-REQUESTS.md` is the table of it.
//!
//! `ROSTRUM_WRITE_TABLES=1` writes the table; `ROSTRUM_KEEP_FILMS=DIR` keeps the films, to be looked at.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use support::fake::Fake;
use support::film::{Film, over};
use support::{PDF, Server, assert_committed, ffmpeg, ffmpeg_says, ffprobe, fixture, repository};

/// A frame, in seconds.
const FRAME_S: f64 = 0.04;
/// How long the sound and the clip of the requests are, in seconds.
const SOUND_S: f64 = 1.2;
const CLIP_S: f64 = 1.0;
const GOAL_LUFS: f64 = -16.0;
/// Nouns in the order of the table.
const NOUNS: [&str; 8] = [
    "avatars",
    "backgrounds",
    "captions",
    "dimensions",
    "photo_avatars",
    "video_webm",
    "videos",
    "videos_v1",
];

/// What requests name by placeholders.
struct World {
    server: Server,
    fake: Fake,
    filled: Vec<(String, String)>,
}

impl World {
    fn build() -> Self {
        let solid = |colour: &str, size: &str| {
            ffmpeg(&["-f", "lavfi", "-i", &format!("color={colour}:size={size}"), "-frames:v", "1"], "png")
        };
        let stack = "color=0x00ff00:size=640x720[a];color=0x0000ff:size=640x720[b];[a][b]hstack";
        let halves = ffmpeg(&["-f", "lavfi", "-i", stack, "-frames:v", "1"], "png");
        let red = ["-f", "lavfi", "-i", "color=red:size=640x360:rate=30:duration=1"];
        let hum = ["-f", "lavfi", "-i", "sine=frequency=330:duration=1", "-pix_fmt", "yuv420p"];
        let clip = ffmpeg(&[&red[..], &hum[..]].concat(), "mp4");
        let noise = "anoisesrc=d=1.2:c=pink:seed=7:r=24000,tremolo=f=4:d=0.9";
        let sound = ffmpeg(&["-f", "lavfi", "-i", noise, "-ac", "1"], "wav");
        let photo = std::fs::read(fixture("portraits/astronaut.png")).unwrap();
        let orange = solid("0xff8800", "400x600");

        let files = [
            ("picture.png", halves.clone()),
            ("tall.png", orange.clone()),
            ("clip.mp4", clip.clone()),
            ("sound.wav", sound.clone()),
            ("photo.png", photo.clone()),
        ];
        let fake = Fake::start(move |asked, _| {
            let found = files.iter().find(|(name, _)| asked.line.ends_with(name));
            found.map_or((200, "text/plain", Vec::new()), |(_, bytes)| (200, "", bytes.clone()))
        });
        let port = fake.url.rsplit_once(':').unwrap().1;
        let server = Server::start_with(&[
            ("ROSTRUM_MAX_UNFINISHED_VIDEOS", "0".to_owned()),
            ("ROSTRUM_FETCH_HTTP", "true".to_owned()),
            ("ROSTRUM_FETCH_NETWORKS", r#"["127.0.0.1/32"]"#.to_owned()),
            ("ROSTRUM_FETCH_PORTS", format!("[{port}]")),
        ]);
        let asset =
            |name, bytes: &[u8]| server.upload(name, bytes).data()["asset_id"].as_str().unwrap().to_owned();
        let v1 = server.post_raw("/v1/asset", &[("content-type", "image/png")], &photo).json();
        let key = v1["data"]["image_key"].as_str().unwrap().to_owned();
        let group = json!({"image_key": key, "name": "A photo"});
        let group = server.post("/v2/photo_avatar/avatar_group/create", &group).json();
        let talking = group["data"]["id"].as_str().unwrap().to_owned();
        let wayne = server.get("/v2/avatar/wayne_20240422/details").json();
        let filled = [
            ("picture_asset", asset("halves.png", &halves)),
            ("tall_asset", asset("tall.png", &orange)),
            ("clip_asset", asset("clip.mp4", &clip)),
            ("sound_asset", asset("sound.wav", &sound)),
            ("photo_asset", asset("photo.png", &photo)),
            ("document_asset", asset("paper.pdf", PDF)),
            ("picture_url", format!("{}/picture.png", fake.url)),
            ("portrait_picture_url", format!("{}/tall.png", fake.url)),
            ("clip_url", format!("{}/clip.mp4", fake.url)),
            ("sound_url", format!("{}/sound.wav", fake.url)),
            ("photo_url", format!("{}/photo.png", fake.url)),
            ("callback_url", format!("{}/told", fake.url)),
            ("image_key", key),
            ("talking_photo", talking.clone()),
            (
                "default_voice_of:wayne_20240422",
                wayne["data"]["default_voice_id"].as_str().unwrap().to_owned(),
            ),
        ];
        let filled = filled.map(|(name, value)| (format!("{{{{{name}}}}}"), value)).to_vec();
        let world = Self { server, fake, filled };
        world.wait_for_photo(&talking);
        world
    }

    /// Polls as the documents tell to.
    #[expect(clippy::disallowed_methods, reason = "another process's progress can only be asked for")]
    fn wait_for_photo(&self, id: &str) {
        for _ in 0..600 {
            let told = self.server.get(&format!("/v2/photo_avatar/{id}")).json();
            match told["data"]["status"].as_str().unwrap() {
                "completed" => return,
                "failed" => panic!("{told}"),
                _ => std::thread::sleep(std::time::Duration::from_millis(100)),
            }
        }
        panic!("the photo avatar was never ready");
    }

    /// A value with its placeholders filled in.
    fn fill(&self, value: &Value) -> Value {
        let mut text = value.to_string();
        for (name, filled) in &self.filled {
            text = text.replace(name, filled);
        }
        assert!(!text.contains("{{"), "unknown placeholder: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// What one part of a request says, by the server's own speech.
    fn spoken(&self, text: &str, voice: &str, speed: &Value) -> Piece {
        let mut body = json!({"text": text, "voice_id": voice});
        if !speed.is_null() {
            body["speed"] = speed.clone();
        }
        let told = self.server.post("/v3/voices/speech", &body).data();
        let words = told["word_timestamps"].as_array().unwrap().iter();
        let words = words
            .flat_map(|word| {
                let (start, end) = (word["start"].as_f64().unwrap(), word["end"].as_f64().unwrap());
                word["word"]
                    .as_str()
                    .unwrap()
                    .split_whitespace()
                    .map(move |text| (text.to_owned(), start, end))
            })
            .filter(|(text, ..)| !matches!(text.as_str(), "<start>" | "<end>"))
            .collect();
        Piece { seconds: told["duration"].as_f64().unwrap(), words }
    }

    /// What a scene, or the whole of a flat body, says.
    fn piece(&self, scene: &Value) -> Piece {
        let quiet = |seconds| Piece { seconds, words: Vec::new() };
        if scene["input"].is_object() {
            return self.piece(&scene["input"]);
        }
        let voice = if scene["voice"].is_object() { &scene["voice"] } else { scene };
        if voice["type"] == "silence" {
            return quiet(voice["duration"].as_f64().unwrap());
        }
        if ["audio_asset_id", "audio_url", "input_audio"].iter().any(|name| voice[name].is_string()) {
            return quiet(SOUND_S);
        }
        let Some(text) = voice["input_text"].as_str().or(voice["script"].as_str()) else {
            return quiet(voice["duration"].as_f64().unwrap_or(CLIP_S));
        };
        let speed =
            if voice["speed"].is_null() { &voice["voice_settings"]["speed"] } else { &voice["speed"] };
        let of_avatar = || {
            let id = scene["avatar_id"].as_str().unwrap();
            let told = self.server.get(&format!("/v2/avatar/{id}/details")).json();
            told["data"]["default_voice_id"].as_str().unwrap().to_owned()
        };
        let voice_id = voice["voice_id"].as_str().map_or_else(of_avatar, str::to_owned);
        self.spoken(text, &voice_id, speed)
    }
}

/// What is said in one scene.
struct Piece {
    seconds: f64,
    /// With their start and end.
    words: Vec<(String, f64, f64)>,
}

fn scenes(body: &Value) -> Vec<&Value> {
    let lists = ["video_inputs", "clips", "scenes"];
    let list = lists.iter().find_map(|name| body[name].as_array());
    list.map_or_else(|| vec![body], |list| list.iter().collect())
}

/// Whether somebody is to be seen in every scene.
fn shows_people(body: &Value) -> bool {
    scenes(body).iter().all(|scene| match (&scene["voice"], &scene["type"]) {
        (Value::Object(_), _) => scene["character"].is_object(),
        (_, Value::String(kind)) => !["video", "image"].contains(&&**kind) || scene["image"].is_object(),
        _ => true,
    })
}

/// A place by its name, in shares of the width and the height.
fn place(name: &str) -> (f64, f64) {
    match name {
        "top left" => (0.02, 0.03),
        "top right" => (0.98, 0.03),
        "bottom right" => (0.98, 0.97),
        "left" => (0.05, 0.5),
        "right" => (0.95, 0.5),
        "middle" => (0.5, 0.5),
        // Beside the head, in the disc of a presenter.
        "in the disc" => (0.36, 0.3),
        // Beside the head of a presenter, where an upright picture still is.
        "beside the head" => (0.36, 0.1),
        // In its left half.
        "in the mark" => (0.03, 0.05),
        other => panic!("no place is called {other}"),
    }
}

/// A request of a file, and what became of it.
struct Case {
    asked: String,
    call: String,
    name: String,
    body: Value,
    comes: Value,
    poll: String,
    id: String,
    came: String,
    faults: Vec<String>,
}

impl Case {
    fn fault(&mut self, words: String) {
        self.faults.push(words);
    }
}

/// Sends a request; one that is refused is at its end.
fn send(world: &World, noun: &str, number: usize, request: &Value) -> Case {
    let mut body = world.fill(&request["body"]);
    if let Some(smaller) = request["smaller"].as_object() {
        for (name, value) in smaller {
            body[name] = value.clone();
        }
    }
    let path = request["path"].as_str().unwrap();
    let mut case = Case {
        asked: request["asked"].as_str().unwrap().to_owned(),
        call: format!("POST {path}"),
        name: format!("{noun}-{number:02}"),
        comes: request["comes"].clone(),
        poll: request["poll"].as_str().unwrap_or_default().to_owned(),
        id: String::new(),
        came: String::new(),
        faults: Vec::new(),
        body,
    };
    let answer = world.server.post(path, &case.body);
    let told = answer.json();
    if let Some(refused) = request["refused"].as_object() {
        let names = refused["names"].as_str().unwrap();
        let error = told["error"].to_string() + &told["message"].to_string();
        if u64::from(answer.status) != refused["status"].as_u64().unwrap() || !error.contains(names) {
            case.fault(format!(
                "should be refused with {refused:?}, and was answered {} {told}",
                answer.status
            ));
        }
        case.came = format!("refused with {}, naming `{names}`", answer.status);
        return case;
    }
    match told["data"]["video_id"].as_str() {
        Some(id) if answer.status == 200 => id.clone_into(&mut case.id),
        _ => case.fault(format!("answered {} {told}", answer.status)),
    }
    case
}

/// Waits for the video and measures it.
fn finish(world: &World, case: &mut Case) {
    let server = &world.server;
    let video = server
        .wait_for(&case.id, |video| ["completed", "failed"].contains(&video["status"].as_str().unwrap()));
    let polled = server.get(&case.poll.replace("{video_id}", &case.id)).json();
    if polled["data"]["status"] != "completed" || polled["data"]["video_url"] != video["video_url"] {
        case.fault(format!("polled as the request's documents tell: {polled}"));
    }
    if video["status"] != "completed" {
        return;
    }
    let bytes = |name: &str| server.get(video[name].as_str().unwrap()).bytes;
    let film = bytes("video_url");
    let format = case.comes["format"].as_str().unwrap_or("mp4").to_owned();
    if let Some(dir) = std::env::var_os("ROSTRUM_KEEP_FILMS") {
        let name = |end: &str| Path::new(&dir).join(format!("{}{end}", case.name));
        std::fs::write(name(&format!(".{format}")), &film).unwrap();
        if video["captioned_video_url"].is_string() {
            std::fs::write(name("-captioned.mp4"), bytes("captioned_video_url")).unwrap();
        }
    }
    measure_film(case, &film, &format, &video);
    let pieces: Vec<Piece> = scenes(&case.body).into_iter().map(|scene| world.piece(scene)).collect();
    check_length(case, &pieces, &video);
    let speaks = pieces.iter().any(|piece| !piece.words.is_empty());
    check_captions(server, case, &pieces, &video);
    if speaks && format == "mp4" {
        check_loudness(case, &film);
    }
    if shows_people(&case.body) && format == "mp4" {
        check_moves(case, &film);
    }
    check_colours(case, &film, &format);
    let gif = ffprobe(&bytes("gif_url"));
    if gif["streams"][0]["codec_name"] != "gif" || gif["streams"][0]["nb_read_frames"].as_str() <= Some("1") {
        case.fault(format!("the moving preview: {gif}"));
    }
    let still = ffprobe(&bytes("thumbnail_url"));
    if still["streams"][0]["codec_name"] != "mjpeg" {
        case.fault(format!("the thumbnail: {still}"));
    }
    if let Some(title) = case.comes["title"].as_str().map(str::to_owned) {
        if video["title"] != title.as_str() {
            case.fault(format!("the title is {}", video["title"]));
        }
        let _ = write!(case.came, "; title \u{201c}{title}\u{201d}");
    }
    if let Some(id) = case.comes["callback"].as_str().map(str::to_owned) {
        check_told(world, case, &id);
    }
}

/// Size, streams and the common end of picture and sound.
fn measure_film(case: &mut Case, film: &[u8], format: &str, video: &Value) {
    let probed = ffprobe(film);
    let streams = probed["streams"].as_array().unwrap();
    let codecs: Vec<&str> = streams.iter().map(|stream| stream["codec_name"].as_str().unwrap()).collect();
    let size = format!("{}x{}", streams[0]["width"], streams[0]["height"]);
    case.came = format!("{size} {format} of {}", codecs.join(" and "));
    if case.comes["size"] != size.as_str() {
        case.fault(format!("the size is {size}"));
    }
    let wanted = if format == "webm" { ["vp9", "opus"] } else { ["h264", "aac"] };
    if codecs != wanted {
        case.fault(format!("the streams are {codecs:?}"));
    }
    if format == "webm" {
        let tags = &streams[0]["tags"];
        if tags["ALPHA_MODE"] != "1" && tags["alpha_mode"] != "1" {
            case.fault("no alpha plane".to_owned());
        }
        return;
    }
    let seconds = |stream: &Value| stream["duration"].as_str().unwrap().parse::<f64>().unwrap();
    let (picture, sound) = (seconds(&streams[0]), seconds(&streams[1]));
    if (picture - sound).abs() > 0.020 {
        case.fault(format!("the picture ends at {picture} s, the sound at {sound} s"));
    }
    if (picture - video["duration"].as_f64().unwrap()).abs() > 0.001 {
        case.fault(format!("said to last {}, and lasts {picture}", video["duration"]));
    }
}

/// Each scene lasts to the end of the frame in which its speech ends.
fn check_length(case: &mut Case, pieces: &[Piece], video: &Value) {
    if case.comes["length"] == "free" {
        return;
    }
    let frames: f64 = pieces.iter().map(|piece| (piece.seconds / FRAME_S - 0.01).ceil()).sum();
    let found = video["duration"].as_f64().unwrap();
    if (found - frames * FRAME_S).abs() > FRAME_S + 0.001 {
        case.fault(format!("lasts {found} s, and what is said {} s", frames * FRAME_S));
    }
}

/// The cues of an SRT file: start, end, text.
fn cues(srt: &str) -> Vec<(f64, f64, String)> {
    let seconds = |text: &str| {
        let parts: Vec<f64> = text.replace(',', ".").split(':').map(|part| part.parse().unwrap()).collect();
        parts[0] * 3600.0 + parts[1] * 60.0 + parts[2]
    };
    let blocks = srt.split("\n\n").filter(|block| !block.trim().is_empty());
    blocks
        .map(|block| {
            let mut lines = block.lines().skip(1);
            let (start, end) = lines.next().unwrap().split_once(" --> ").unwrap();
            (seconds(start), seconds(end), lines.collect::<Vec<_>>().join(" "))
        })
        .collect()
}

fn check_captions(server: &Server, case: &mut Case, pieces: &[Piece], video: &Value) {
    let wanted = case.comes["captions"].as_str().unwrap_or("files").to_owned();
    let found = match (video["subtitle_url"].is_string(), video["captioned_video_url"].is_string()) {
        (false, false) => "none",
        (true, false) => "files",
        (_, true) => "picture",
    };
    if found != wanted {
        case.fault(format!("captions: {found}"));
    }
    case.came += match found {
        "none" => "; no captions",
        "files" => "; SRT and VTT",
        _ => "; SRT, VTT and a second film with captions",
    };
    if found == "none" || case.comes["length"] == "free" {
        return;
    }
    let mut words = Vec::new();
    let mut start_s = 0.0;
    for piece in pieces {
        words.extend(piece.words.iter().map(|(text, start, end)| (text, start_s + start, start_s + end)));
        start_s += (piece.seconds / FRAME_S - 0.01).ceil() * FRAME_S;
    }
    let srt = String::from_utf8(server.get(video["subtitle_url"].as_str().unwrap()).bytes).unwrap();
    let vtt = String::from_utf8(server.get(video["vtt_url"].as_str().unwrap()).bytes).unwrap();
    if !vtt.starts_with("WEBVTT") {
        case.fault(format!("no WebVTT: {vtt}"));
    }
    let (mut rest, mut shown_to) = (words.iter(), 0.0);
    for (start, end, text) in cues(&srt) {
        if start < shown_to || end > start_s + 0.001 {
            case.fault(format!(
                "{text:?} is shown from {start} to {end}; the one before to {shown_to}, all to {start_s}"
            ));
        }
        shown_to = end;
        let shown: Vec<_> = rest.by_ref().take(text.split_whitespace().count()).collect();
        let said: Vec<&str> = shown.iter().map(|(text, ..)| text.as_str()).collect();
        if said.join(" ") != text {
            return case.fault(format!("the caption {text:?} is not {said:?}"));
        }
        let (first, last) = (shown[0].1, shown[shown.len() - 1].2);
        if (start - first).abs() > 0.05 || end < last - 0.05 {
            case.fault(format!("{text:?} is shown from {start} to {end}, and said from {first} to {last}"));
        }
    }
    if rest.len() > 0 {
        case.fault(format!("words without a caption: {rest:?}"));
    }
    if found == "picture" {
        let film = |name: &str| Film::of(&server.get(video[name].as_str().unwrap()).bytes);
        let (clean, captioned) = (film("video_url"), film("captioned_video_url"));
        let rows = clean.rows_that_differ(&captioned);
        let middle = rows.iter().sum::<f64>() / rows.len().max(1) as f64;
        let is_there = match case.comes["text"].as_str() {
            Some("top") => middle < 0.4,
            _ => middle > 0.6,
        };
        if rows.len() < 10 || !is_there {
            case.fault(format!("captions in {} rows around {middle}", rows.len()));
        }
        if let Some(place) = case.comes["text"].as_str().map(str::to_owned) {
            let _ = write!(case.came, " at the {place}");
        }
    }
}

/// Loudness by EBU R 128, as ffmpeg measures it.
fn check_loudness(case: &mut Case, film: &[u8]) {
    let goal = match &case.comes["loudness"] {
        Value::String(free) if free == "free" => return,
        wanted => wanted.as_f64().unwrap_or(GOAL_LUFS),
    };
    let told = ffmpeg_says(film, &["-af", "ebur128", "-vn"]);
    let found =
        told.rsplit_once("I:").and_then(|(_, rest)| rest.split_whitespace().next()?.parse::<f64>().ok());
    if found.is_none_or(|found| (found - goal).abs() > 1.0) {
        case.fault(format!("the loudness is {found:?} LUFS and should be {goal}"));
    }
}

/// Nothing is black, and nobody stands still for a second.
fn check_moves(case: &mut Case, film: &[u8]) {
    let told = ffmpeg_says(film, &["-vf", "blackdetect=d=0.04:pic_th=0.999,freezedetect=n=-70dB:d=1", "-an"]);
    for fault in ["black_start", "freeze_start"] {
        if let Some(line) = told.lines().find(|line| line.contains(fault)) {
            case.fault(line.to_owned());
        }
    }
}

fn check_colours(case: &mut Case, film: &[u8], format: &str) {
    if format == "webm" {
        return check_alpha(case, film);
    }
    let shows = case.comes["shows"].as_array().cloned().unwrap_or_default();
    if shows.is_empty() {
        return;
    }
    let film = Film::of(film);
    for show in &shows {
        let (when, place_name, colour) =
            (show[0].as_str().unwrap(), show[1].as_str().unwrap(), show[2].as_str().unwrap());
        let frame = match when {
            "first" => 0,
            "middle" => film.frames.len() / 2,
            "last" => film.frames.len() - 1,
            other => panic!("no frame is called {other}"),
        };
        let (x, y) = place(place_name);
        let found = film.at(frame, x, y);
        let wanted = [1, 3, 5].map(|at| u8::from_str_radix(&colour[at..at + 2], 16).unwrap());
        if found.iter().zip(wanted).any(|(found, wanted)| found.abs_diff(wanted) > 12) {
            case.fault(format!("{place_name} in the {when} frame is {found:?} and not {colour}"));
        }
        let _ = write!(case.came, "; {place_name} {colour} in the {when} frame");
    }
}

/// Over red and over blue: the corners are these, the chest is the same.
fn check_alpha(case: &mut Case, film: &[u8]) {
    let films = ["red", "blue"].map(|colour| over(film, colour));
    for number in [0, films[0].frames.len() - 1] {
        for (film, wanted) in films.iter().zip([[255, 0, 0], [0, 0, 255]]) {
            let found = film.at(number, 0.02, 0.03);
            if found.iter().zip(wanted).any(|(found, wanted): (&u8, u8)| found.abs_diff(wanted) > 8) {
                case.fault(format!("the corner of frame {number} over {wanted:?} is {found:?}"));
            }
        }
        let chests = films.each_ref().map(|film| film.at(number, 0.5, 0.85));
        if chests[0].iter().zip(chests[1]).any(|(a, b)| a.abs_diff(b) > 8) {
            case.fault(format!("the chest is seen through: {chests:?}"));
        }
    }
    case.came += "; the person alone, over red and over blue";
}

/// The end was told where the request said.
#[expect(clippy::disallowed_methods, reason = "another process's progress can only be asked for")]
fn check_told(world: &World, case: &mut Case, id: &str) {
    for _ in 0..300 {
        let told =
            world.fake.asked().into_iter().find(|asked| asked.line == "POST /told").map(|asked| asked.json());
        if let Some(told) = told {
            if told["event_type"] != "avatar_video.success" || told["event_data"]["callback_id"] != id {
                case.fault(format!("told {told}"));
            }
            case.came += "; told with the callback's id";
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    case.fault("nobody was told".to_owned());
}

#[test]
fn every_request_runs_unchanged_and_gives_the_video_it_asks_for() {
    let world = World::build();
    let mut table = String::from(include_str!("requests.md"));
    let mut faults = Vec::new();
    for noun in NOUNS {
        let file = repository("compat/requests").join(format!("{noun}.json"));
        let file: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let requests = file["requests"].as_array().unwrap().iter().enumerate();
        let mut cases: Vec<Case> =
            requests.map(|(number, request)| send(&world, noun, number, request)).collect();
        for case in cases.iter_mut().filter(|case| !case.id.is_empty()) {
            finish(&world, case);
        }
        let _ = write!(
            table,
            "\n## {}\n\n| what was asked | by | what came out |\n|---|---|---|\n",
            file["noun"].as_str().unwrap()
        );
        for case in cases {
            let _ = writeln!(table, "| {} | `{}` | {} |", case.asked, case.call, case.came);
            faults.extend(case.faults.iter().map(|fault| format!("{} ({}): {fault}", case.name, case.asked)));
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}\n{}", faults.len(), faults.join("\n"), world.server.log());
    let path = repository("docs/VIDEO-REQUESTS.md");
    assert_committed(&path, &table);
}

#[test]
fn every_file_of_requests_is_read() {
    let files = std::fs::read_dir(repository("compat/requests")).unwrap();
    let mut names: Vec<String> =
        files.map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    assert_eq!(names, NOUNS);
}
