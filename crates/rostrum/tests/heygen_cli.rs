//! HeyGen's own command line program, unchanged, against a real server: every command of an operation that is built, what it
//! prints and how it ends. `compat/clients/heygen-cli/README.md` says where the program comes from.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use support::contract::{faults, not_built, operations};
use support::fake::Fake;
use support::{INSTALLING, Server, ffprobe, fixture, tell_skipped};
use tempfile::TempDir;

/// Exit codes as the program documents them.
const FAILED: i32 = 1;
const USAGE: i32 = 2;
const AUTH: i32 = 3;
const TIMEOUT: i32 = 4;

/// The program with a home of its own, and a server that may post to this machine and has somebody to learn voices.
struct Heygen {
    program: PathBuf,
    home: TempDir,
    server: Server,
    receiver: Fake,
    /// Commands that did what they are for.
    ran: RefCell<BTreeSet<String>>,
}

/// How a command ended.
#[derive(Debug)]
struct Ended {
    code: i32,
    out: String,
    err: String,
}

/// The version that was last seen to pass.
const MODULE: &str = "github.com/heygen-com/heygen-cli/cmd/heygen@v0.5.1-dev.202607222207";

/// The program: the one that `ROSTRUM_HEYGEN_CLI` names, or that of the path, or the pinned one, which Go installs into a folder of
/// the tests'. None, told loudly, where there is no Go or it cannot have the program.
fn program() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("ROSTRUM_HEYGEN_CLI") {
        return Some(PathBuf::from(named));
    }
    let on_path = PathBuf::from("heygen");
    if Command::new(&on_path).arg("--version").env("HEYGEN_NO_ANALYTICS", "1").output().is_ok() {
        return Some(on_path);
    }
    let _alone = INSTALLING.lock();
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compat-heygen-cli");
    let installed = dir.join(MODULE.rsplit('@').next().unwrap());
    if installed.join("heygen").is_file() {
        return Some(installed.join("heygen"));
    }
    let why = match Command::new("go").args(["install", MODULE]).env("GOBIN", &installed).output() {
        Ok(go) if go.status.success() => return Some(installed.join("heygen")),
        Ok(go) => String::from_utf8_lossy(&go.stderr).into_owned(),
        Err(_) => "there is no Go".to_owned(),
    };
    let way_out = "compat/clients/heygen-cli/README.md tells other ways to have it";
    tell_skipped("HeyGen's own command line program was not tested", &format!("{why}; {way_out}"));
    None
}

impl Heygen {
    /// None, told loudly, where the program cannot be had.
    fn start() -> Option<Self> {
        let program = program()?;
        let receiver = Fake::start(|asked, _| match asked.line.as_str() {
            "GET /v1/voices" => (200, "application/json", br#"{"voices": []}"#.to_vec()),
            "POST /v1/voices/add" => (200, "application/json", br#"{"voice_id": "learnt"}"#.to_vec()),
            _ => (200, "text/plain", b"Thank you.".to_vec()),
        });
        let port = receiver.url.rsplit(':').next().unwrap().to_owned();
        let home = tempfile::tempdir().unwrap();
        let engine =
            "clone_engine = 'eleven'\n[[speech_engines]]\nname = 'eleven'\nkind = 'elevenlabs'\nkey = 'k'";
        let settings = home.path().join("rostrum.toml");
        std::fs::write(&settings, format!("{engine}\nurl = '{}'\n", receiver.url)).unwrap();
        let server = Server::start_with(&[
            ("ROSTRUM_CONFIG", settings.display().to_string()),
            ("ROSTRUM_FETCH_HTTP", "true".to_owned()),
            ("ROSTRUM_FETCH_NETWORKS", r#"["127.0.0.1/32"]"#.to_owned()),
            ("ROSTRUM_FETCH_PORTS", format!("[{port}]")),
        ]);
        Some(Self { program, home, server, receiver, ran: RefCell::default() })
    }

    fn command(&self, command: &str, arguments: &[&str]) -> Command {
        let mut heygen = Command::new(&self.program);
        heygen
            .args(command.split(' '))
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .env("HEYGEN_API_BASE", self.server.url(""))
            .env("HEYGEN_ALLOW_HTTP", "1")
            .env("HEYGEN_API_KEY", &self.server.key)
            .env("HEYGEN_NO_ANALYTICS", "1")
            .env("HEYGEN_NONINTERACTIVE", "1")
            .current_dir(self.home.path());
        heygen
    }

    fn run(&self, command: &str, arguments: &[&str]) -> Ended {
        ended(&mut self.command(command, arguments))
    }

    /// Runs a command that is to succeed, holds what it prints against the contract, and returns the whole answer.
    #[track_caller]
    fn says(&self, command: &str, arguments: &[&str]) -> Value {
        let Ended { code, out, err } = self.run(command, arguments);
        assert_eq!(code, 0, "heygen {command} {arguments:?}: {out}\n{err}");
        let cli = format!("heygen {command}");
        let operation = operations().iter().find(|operation| operation.cli.as_deref() == Some(&cli)).unwrap();
        let wrong = faults(&operation.method, &operation.path, operation.status, out.as_bytes());
        assert!(wrong.is_empty(), "{cli}: {wrong:?}\n{out}");
        self.ran.borrow_mut().insert(cli);
        serde_json::from_str(&out).unwrap()
    }

    /// Runs a command that is to fail, and returns its error.
    #[track_caller]
    fn fails(&self, command: &str, arguments: &[&str], code: i32, word: &str) -> Value {
        self.run(command, arguments).error(code, word)
    }

    /// Runs a command for people and returns its table.
    #[track_caller]
    fn table(&self, command: &str, arguments: &[&str]) -> String {
        let Ended { code, out, err } = self.run(command, &[arguments, &["--human"]].concat());
        assert_eq!(code, 0, "heygen {command} --human: {out}\n{err}");
        assert!(serde_json::from_str::<Value>(&out).is_err(), "no table: {out}");
        out
    }

    /// A file in the program's folder.
    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.home.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

fn ended(heygen: &mut Command) -> Ended {
    let ran = heygen.output().unwrap();
    let [out, err] = [ran.stdout, ran.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    Ended { code: ran.status.code().unwrap(), out, err }
}

impl Ended {
    #[track_caller]
    fn error(&self, code: i32, word: &str) -> Value {
        let told: Value = serde_json::from_str(&self.err).unwrap_or_else(|_| panic!("no JSON: {self:?}"));
        assert_eq!((self.code, told["error"]["code"].as_str()), (code, Some(word)), "{self:?}");
        told["error"].clone()
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no '{name}' in {value}"))
}

fn portrait() -> Vec<u8> {
    std::fs::read(fixture("portraits/grace_hopper.jpg")).unwrap()
}

#[test]
fn every_command_of_an_operation_that_is_built_does_what_it_is_for() {
    let Some(heygen) = Heygen::start() else { return };
    assets(&heygen);
    uploads(&heygen);
    avatars(&heygen);
    voices(&heygen);
    webhooks(&heygen);
    videos(&heygen);
    unfinished_videos(&heygen);
    batches(&heygen);
    let missing = not_built();
    let built = operations().iter().filter(|operation| !missing.contains(&operation.name()));
    let built: BTreeSet<String> = built.filter_map(|operation| operation.cli.clone()).collect();
    if built.contains("heygen user me get") {
        heygen.says("user me get", &[]);
        assert_eq!(heygen.run("auth status", &[]).code, 0);
    }
    assert_eq!(*heygen.ran.borrow(), built);
}

fn assets(heygen: &Heygen) {
    let photo = heygen.file("hopper.jpg", &portrait());
    let made = heygen.says("asset create", &["--file", &photo])["data"].clone();
    let id = text(&made, "asset_id");
    let detail = heygen.says("asset get", &[id])["data"].clone();
    assert_eq!((text(&detail, "name"), text(&detail, "type")), ("hopper.jpg", "image"));
    let owner = text(&detail, "owner");
    let listed = heygen.says("asset list", &["--username", owner, "--limit", "5"]);
    assert_eq!(listed["data"][0]["id"], id);
    assert!(heygen.table("asset list", &["--username", owner]).contains("hopper.jpg"));
    let rows = heygen.says("asset statuses list", &["--asset-ids", &format!("{id},asset_0")]);
    assert_eq!((&rows["data"][0]["video_id"], &rows["data"][1]["status"]), (&json!(id), &json!("not_found")));
    let found = heygen.says("asset search", &["--query", "heart", "--type", "icon", "--limit", "2"]);
    assert_eq!(found["data"].as_array().unwrap().len(), 2);

    let refused = heygen.fails("asset delete", &[id], FAILED, "confirmation_required");
    assert!(text(&refused, "message").contains("--force") || text(&refused, "hint").contains("--force"));
    assert_eq!(heygen.says("asset delete", &[id, "--force"])["data"]["id"], id);
    heygen.fails("asset get", &[id], FAILED, "asset_not_found");
}

fn uploads(heygen: &Heygen) {
    let bytes = portrait();
    let size = bytes.len().to_string();
    let of = ["--filename", "a.jpg", "--content-type", "image/jpeg", "--size-bytes", &size];
    let announced = heygen.says("asset direct-uploads create", &of)["data"].clone();
    let id = text(&announced, "asset_id");
    heygen.fails("asset complete create", &[id, "-d", "{}"], FAILED, "conflict");
    assert_eq!(heygen.server.put(text(&announced, "upload_url"), &[], &bytes).status, 200);
    let done = heygen.says("asset complete create", &[id, "-d", "{}"])["data"].clone();
    assert_eq!((text(&done, "asset_id"), text(&done, "mime_type")), (id, "image/jpeg"));

    let file =
        |name: &str| json!({"filename": name, "content_type": "image/jpeg", "size_bytes": bytes.len()});
    let files = json!({"files": [file("a.jpg"), file("b.jpg")]}).to_string();
    let made = heygen.says("asset direct-uploads batches create", &["--title", "Two", "-d", &files]);
    let (batch, items) = (text(&made["data"], "batch_id"), made["data"]["items"].as_array().unwrap());
    for item in items {
        assert_eq!(heygen.server.put(text(item, "upload_url"), &[], &bytes).status, 200);
    }
    heygen.says("asset complete batches create", &["--batch-id", batch]);
    let told = heygen.says("asset batches get", &[batch])["data"].clone();
    assert_eq!((text(&told, "title"), &told["total_items"]), ("Two", &json!(2)));
}

fn avatars(heygen: &Heygen) {
    let asset = heygen.server.upload_fixture("portraits/grace_hopper.jpg");
    let photo = json!({"type": "photo", "name": "Grace", "file": {"type": "asset_id", "asset_id": asset}});
    let made = heygen.says("avatar create", &["-d", &photo.to_string()])["data"].clone();
    let (group, look) = (text(&made["avatar_group"], "id"), text(&made["avatar_item"], "id"));
    assert_eq!(heygen.says("avatar get", &[group])["data"]["name"], "Grace");
    let listed = heygen.says("avatar list", &["--ownership", "private"]);
    assert_eq!(listed["data"][0]["id"], group);
    assert!(heygen.table("avatar list", &["--ownership", "private"]).contains("Grace"));
    assert!(heygen.says("avatar list", &["--limit", "1"])["data"][0]["id"].is_string());

    let looks = heygen.says("avatar looks list", &["--group-id", group, "--avatar-type", "photo_avatar"]);
    assert_eq!(looks["data"][0]["id"], look);
    assert!(heygen.table("avatar looks list", &["--ownership", "public"]).contains("studio_avatar"));
    heygen.says("avatar looks update", &[look, "--name", "At work"]);
    assert_eq!(heygen.says("avatar looks get", &[look])["data"]["name"], "At work");
    let asked =
        heygen.says("avatar consent create", &[group, "--reroute-url", "https://example.com/"])["data"]
            .clone();
    assert!(text(&asked, "url").starts_with("http"));

    let mut second = photo.clone();
    second["avatar_group_id"] = json!(group);
    let second = heygen.says("avatar create", &["-d", &second.to_string()])["data"].clone();
    heygen.says("avatar looks delete", &[text(&second["avatar_item"], "id"), "--force"]);
    heygen.says("avatar delete", &[group, "--force"]);
    heygen.fails("avatar get", &[group], FAILED, "avatar_group_not_found");
    heygen.fails("avatar looks get", &[look], FAILED, "avatar_not_found");
}

fn voices(heygen: &Heygen) {
    let listed = heygen.says("voice list", &["--language", "English", "--gender", "female", "--limit", "3"]);
    assert_eq!(listed["data"].as_array().unwrap().len(), 3);
    let token = text(&listed, "next_token");
    let next = heygen.says("voice list", &["--language", "English", "--limit", "3", "--token", token]);
    assert_ne!(next["data"][0], listed["data"][0]);
    assert!(heygen.table("voice list", &["--limit", "3"]).contains("English"));
    let voice = text(&listed["data"][0], "voice_id");
    assert_eq!(heygen.says("voice get", &[voice])["data"]["voice_id"], voice);

    let spoken =
        heygen.says("voice speech create", &["--text", "Good evening to you all.", "--voice-id", voice]);
    let sound = heygen.server.send("GET", text(&spoken["data"], "audio_url"), &[], None);
    let told = spoken["data"]["duration"].as_f64().unwrap();
    let heard: f64 = text(&ffprobe(&sound.bytes)["format"], "duration").parse().unwrap();
    assert!((heard - told).abs() < 0.01, "{heard} s, but {told} s are told");

    let designed = heygen.says("voice create", &["--prompt", "a calm, deep male narrator", "--seed", "0"]);
    let voices = designed["data"]["voices"].as_array().unwrap();
    let own = voices.iter().find(|voice| voice["type"] == "private").unwrap();
    heygen.says("voice delete", &[text(own, "voice_id"), "--force"]);
    heygen.fails("voice get", &[text(own, "voice_id")], FAILED, "voice_not_found");

    let asset = heygen.server.upload("a.wav", &sound.bytes).data()["asset_id"].clone();
    let audio = json!({"audio": {"type": "asset_id", "asset_id": asset}}).to_string();
    let learnt = heygen.says("voice clone create", &["--voice-name", "Ada", "-d", &audio])["data"].clone();
    let learnt = text(&learnt, "voice_clone_id");
    assert_eq!(heygen.says("voice get", &[learnt])["data"]["name"], "Ada");
    let own = heygen.says("voice list", &["--type", "private"]);
    assert!(own["data"].as_array().unwrap().iter().any(|voice| voice["voice_id"] == learnt), "{own}");

    let glossary = json!({"name": "Names", "terms": [{"term": "Nginx", "pronunciation": "engine ex"}]});
    heygen.server.post("/v3/brand-glossaries", &glossary).data();
    assert_eq!(heygen.says("brand glossaries list", &[])["data"][0]["name"], "Names");
    assert!(heygen.table("brand glossaries list", &[]).contains("Names"));
}

fn webhooks(heygen: &Heygen) {
    let url = format!("{}/hook", heygen.receiver.url);
    let made = heygen.says("webhook endpoints create", &["--url", &url, "--events", "avatar_video.success"]);
    let id = text(&made["data"], "endpoint_id");
    assert!(text(&made["data"], "secret").starts_with("whsec_"));
    heygen.says(
        "webhook endpoints update",
        &[id, "--events", "avatar_video.success", "--events", "avatar_video.fail"],
    );
    let listed = heygen.says("webhook endpoints list", &[]);
    assert_eq!(listed["data"][0]["events"], json!(["avatar_video.success", "avatar_video.fail"]));
    assert!(heygen.table("webhook endpoints list", &[]).contains("enabled"));
    let rotated = heygen.says("webhook endpoints rotate-secret", &[id]);
    assert_ne!(rotated["data"]["secret"], made["data"]["secret"]);
    let types = heygen.says("webhook event-types list", &[]);
    assert!(types["data"].as_array().unwrap().len() >= 30);
    assert!(heygen.table("webhook event-types list", &[]).contains("avatar_video.success"));
}

/// The smallest video there is: somebody of the cast for a moment.
fn short(title: &str) -> Value {
    json!({"type": "studio", "title": title, "aspect_ratio": "1:1", "resolution": "720p", "scenes": [
        {"type": "avatar_video", "input": {"type": "avatar", "avatar_id": "josh_lite3_20230714", "script": "Yes."}},
    ]})
}

fn videos(heygen: &Heygen) {
    let mut body = short("A yes");
    body["caption"] = json!({"file_format": "srt", "style": "default"});
    let waited = heygen.run("video create", &["-d", &body.to_string(), "--wait"]);
    assert_eq!(waited.code, 0, "{waited:?}\n{}", heygen.server.log());
    let video = serde_json::from_str::<Value>(&waited.out).unwrap()["data"].clone();
    let id = text(&video, "id");
    assert_eq!(text(&video, "status"), "completed");
    assert_eq!(heygen.says("video get", &[id])["data"]["title"], "A yes");
    assert_eq!(heygen.says("video list", &["--title", "A yes"])["data"][0]["id"], id);
    let rows = heygen.says("video statuses list", &["--video-ids", &format!("{id},nothing")]);
    assert_eq!(
        (&rows["data"][0]["status"], &rows["data"][1]["status"]),
        (&json!("completed"), &json!("not_found"))
    );
    let plain = downloaded(heygen, &[id], &format!("{id}.mp4"));
    heygen.fails("video download", &[id], FAILED, "file_exists");
    assert!(downloaded(heygen, &[id, "--force"], &format!("{id}.mp4")) == plain);
    let words = downloaded(heygen, &[id, "--asset", "captioned", "--output-path", "b.mp4"], "b.mp4");
    assert!(words != plain, "no captions in the film with captions");
    // The endpoint wanted to be told of it.
    let events = heygen.says("webhook events list", &["--event-type", "avatar_video.success"]);
    assert_eq!(events["data"][0]["event_data"]["video_id"], id);
    assert!(heygen.table("webhook events list", &[]).contains("avatar_video.success"));
    let endpoint = heygen.says("webhook endpoints list", &[])["data"][0]["endpoint_id"].clone();
    heygen.says("webhook endpoints delete", &[endpoint.as_str().unwrap(), "--force"]);

    let file = heygen.file("body.json", short("For people").to_string().as_bytes());
    let shown = heygen.table("video create", &["-d", &file, "--wait"]);
    assert!(shown.contains("completed") && shown.contains("For people"), "{shown}");
    let listed = heygen.table("video list", &[]);
    assert!(listed.contains("For people") && listed.contains("A yes"), "{listed}");
    let uncaptioned = heygen.says("video list", &["--title", "For people"])["data"][0].clone();
    let of = [text(&uncaptioned, "id"), "--asset", "captioned"];
    heygen.fails("video download", &of, FAILED, "asset_not_available");
}

/// Downloads a film of pictures that can be decoded, and returns its bytes.
fn downloaded(heygen: &Heygen, arguments: &[&str], name: &str) -> Vec<u8> {
    let got = heygen.run("video download", arguments);
    assert_eq!(got.code, 0, "{got:?}");
    let file = std::fs::read(heygen.home.path().join(name)).unwrap();
    let pictures = ffprobe(&file)["streams"][0]["nb_read_frames"].clone();
    assert!(pictures.as_str().unwrap().parse::<u32>().unwrap() > 10, "{pictures}");
    file
}

/// Videos that do not come to their end.
fn unfinished_videos(heygen: &Heygen) {
    // One that takes longer than the caller waits for.
    let mut long = short("Long");
    long["scenes"][0]["input"]["script"] = json!("Yes, and no. ".repeat(60));
    let timed_out = heygen.run("video create", &["-d", &long.to_string(), "--wait", "--timeout", "1s"]);
    timed_out.error(TIMEOUT, "timeout");
    let unfinished = heygen.says("video list", &["--title", "Long"])["data"][0].clone();
    let unfinished = text(&unfinished, "id");
    heygen.fails("video download", &[unfinished], FAILED, "video_not_ready");
    heygen.says("video delete", &[unfinished, "--force"]);
    heygen.fails("video get", &[unfinished], FAILED, "video_not_found");
    // Nobody can speak this.
    let mut silent = short("Silent");
    silent["scenes"][0]["input"]["script"] = json!("!!! ... ???");
    let mut waiting = heygen.command("video create", &["-d", "-", "--wait"]);
    let file = File::open(heygen.file("silent.json", silent.to_string().as_bytes())).unwrap();
    let failed = ended(waiting.stdin(file));
    let video: Value = serde_json::from_str(&failed.out).unwrap();
    assert_eq!((failed.code, text(&video["data"], "status")), (FAILED, "failed"), "{failed:?}");
    assert!(text(&video["data"], "failure_message").contains("script"), "{video}");
    heygen.fails("video download", &[text(&video["data"], "id")], FAILED, "video_failed");

    let created = heygen.says("video create", &["-d", &short("Another").to_string()]);
    heygen.says("video delete", &[text(&created["data"], "video_id"), "--force"]);
}

fn batches(heygen: &Heygen) {
    let videos = json!({"videos": [{"type": "nothing"}]}).to_string();
    let made = heygen.says("video batches create", &["--title", "One", "-d", &videos]);
    let batch = text(&made["data"], "batch_id");
    let told = heygen.says("video batches get", &[batch])["data"].clone();
    assert_eq!((text(&told, "title"), &told["total_items"]), ("One", &json!(1)));
}

#[test]
fn what_goes_wrong_ends_with_the_documented_exit_code_and_names_the_fault() {
    let Some(heygen) = Heygen::start() else { return };
    let lost = heygen.fails("video get", &["nothing"], FAILED, "video_not_found");
    assert!(text(&lost, "message").contains("nothing") && !text(&lost, "request_id").is_empty(), "{lost}");
    assert!(text(&lost, "doc_url").ends_with("#video-not-found"), "{lost}");
    let wrong = heygen.fails("video create", &["-d", r#"{"type":"nothing"}"#], FAILED, "invalid_parameter");
    assert_eq!(text(&wrong, "param"), "type");
    heygen.fails("voice speech create", &["--text", "Hi", "--voice-id", "nobody"], FAILED, "voice_not_found");
    let url = ["--url", "not a url"];
    assert_eq!(heygen.fails("webhook endpoints create", &url, FAILED, "invalid_parameter")["param"], "url");

    let stranger = ended(heygen.command("video list", &[]).env("HEYGEN_API_KEY", "sk_wrong"));
    stranger.error(AUTH, "unauthorized");
    let nobody = ended(heygen.command("video list", &[]).env_remove("HEYGEN_API_KEY"));
    nobody.error(AUTH, "auth_error");
    heygen.fails("video get", &[], USAGE, "usage_error");
    let open = ended(heygen.command("video list", &[]).env_remove("HEYGEN_ALLOW_HTTP"));
    open.error(USAGE, "usage_error");
    let empty = heygen.file("empty.png", b"");
    heygen.fails("asset create", &["--file", &empty], FAILED, "invalid_parameter");
}

#[test]
fn commands_of_operations_that_are_not_built_say_so_at_once() {
    let Some(heygen) = Heygen::start() else { return };
    let missing = not_built();
    let bare = |operation: &&support::contract::Operation| {
        operation.method == "GET" && !operation.path.contains('{') && missing.contains(&operation.name())
    };
    let mut tried = 0;
    for cli in operations().iter().filter(bare).filter_map(|operation| operation.cli.as_deref()) {
        let command = cli.strip_prefix("heygen ").unwrap();
        let arguments: &[&str] = if command == "audio sounds list" { &["--query", "rain"] } else { &[] };
        let told = heygen.fails(command, arguments, FAILED, "not_implemented");
        assert!(text(&told, "message").contains("does not build yet"), "{told}");
        tried += 1;
    }
    assert!(tried > 0 || missing.is_empty(), "nothing was tried");
}

/// Written down from the program's requests, so that what it writes in a way of its own is tried where it is not installed, too.
#[test]
fn requests_as_the_program_writes_them_are_taken() {
    let server = Server::start();
    let send = |method: &str, path: &str, more: &[(&str, &str)], body: Option<&[u8]>| {
        let own = [("User-Agent", "heygen-cli/dev"), ("X-Heygen-Source", "cli"), ("X-Api-Key", &server.key)];
        server.send(method, path, &[&own[..], more].concat(), body)
    };
    // A part without a type that tells anything, and a long boundary.
    let boundary = "d08260238ca8abe80cf3e51dda5cc07a8d0c06fdc4257cfff2c47f91bd67";
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"hopper.jpg\"\r\n\
                Content-Type: application/octet-stream";
    let part = format!("--{boundary}\r\n{head}\r\n\r\n");
    let body = [part.as_bytes(), &portrait(), format!("\r\n--{boundary}--\r\n").as_bytes()].concat();
    let kind = format!("multipart/form-data; boundary={boundary}");
    let made = send("POST", "/v3/assets", &[("Content-Type", &kind)], Some(&body)).data();
    assert_eq!(text(&made, "mime_type"), "image/jpeg");
    let id = text(&made, "asset_id");

    // Commas of lists are escaped, and filters without a value are sent.
    let rows = send("GET", &format!("/v3/assets/statuses?asset_ids={id}%2Casset_0"), &[], None).data();
    assert_eq!((text(&rows[0], "video_id"), text(&rows[1], "status")), (id, "not_found"));
    let owner = text(&send("GET", &format!("/v3/assets/{id}"), &[], None).data(), "owner").to_owned();
    let listed = send("GET", &format!("/v3/assets?folder_id=&username={owner}"), &[], None).data();
    assert_eq!(listed[0]["id"], id);
    // Cursors come back escaped.
    let page = send("GET", "/v3/voices?language=English&limit=3", &[], None).json();
    let escaped: Vec<String> = text(&page, "next_token").bytes().map(|byte| format!("%{byte:02X}")).collect();
    let token = escaped.concat();
    let next = send("GET", &format!("/v3/voices?language=English&limit=3&token={token}"), &[], None).data();
    assert_ne!(next[0], page["data"][0]);

    // A POST without a body, which then has no type either.
    let endpoint = br#"{"events":["avatar_video.success"],"url":"https://example.com/hook"}"#;
    let json = [("Content-Type", "application/json")];
    let endpoint = send("POST", "/v3/webhooks/endpoints", &json, Some(endpoint)).data();
    let path = format!("/v3/webhooks/endpoints/{}", text(&endpoint, "endpoint_id"));
    let rotated = send("POST", &format!("{path}/rotate-secret"), &[], Some(b"")).data();
    assert_ne!(rotated["secret"], endpoint["secret"]);
    assert_eq!(send("DELETE", &path, &[], None).status, 200);
    assert_eq!(send("DELETE", &format!("/v3/assets/{id}"), &[], None).data()["id"], id);
    // An id may hold anything; it is then nobody's.
    send("GET", "/v3/videos/a%2Fb%20c", &[], None).refused(404, "video_not_found", Some("video_id"));
}
