//! A real server on a real folder, and a small client for it.
#![expect(dead_code, reason = "every test file uses its own part of this module")]
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]
#![expect(unreachable_pub, reason = "the module is compiled into each test file")]

pub mod contract;
pub mod fake;
pub mod film;

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use rostrum_moto::{BUCKET, Moto, credentials};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long a short video may take on a busy machine.
const RENDER_LIMIT: Duration = Duration::from_mins(5);

/// The folder of the model files.
pub fn models_dir() -> PathBuf {
    let dir = match std::env::var_os("ROSTRUM_MODELS_DIR") {
        Some(dir) => PathBuf::from(dir),
        None => PathBuf::from(std::env::var_os("HOME").unwrap()).join(".local/share/rostrum/models"),
    };
    assert!(dir.is_dir(), "models missing: run ./dev setup");
    dir
}

/// A file of the repository.
pub fn fixture(path: &str) -> PathBuf {
    repository("fixtures").join(path)
}

/// A file of the clients that are run against the server.
pub fn client_file(path: &str) -> PathBuf {
    repository("compat/clients").join(path)
}

/// Says what could not be tested, past the capture of the test harness, which hides what passing tests print.
pub fn tell_skipped(what: &str, why: &str) {
    std::io::stderr().write_all(format!("\nSKIPPED: {what}: {why}\n").as_bytes()).unwrap();
}

/// Spreads numbers evenly and without pattern over 0..1 (the golden ratio's multiples), so that moments are random enough and the
/// same in every run.
pub fn scattered(i: u64) -> f64 {
    (i as f64 * 0.618_033_988_75).fract()
}

/// Held while packages are installed, for tests that run at once may need the same.
pub static INSTALLING: Mutex<()> = Mutex::new(());

/// A folder with the scripts of a client and the packages it names; none, told loudly, where npm reaches no registry.
pub fn npm_client(name: &str) -> Option<PathBuf> {
    let _alone = INSTALLING.lock();
    let sources = client_file(name);
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("compat-{name}"));
    std::fs::create_dir_all(&dir).unwrap();
    for file in std::fs::read_dir(&sources).unwrap().map(Result::unwrap) {
        std::fs::copy(file.path(), dir.join(file.file_name())).unwrap();
    }
    let installed = dir.join("installed-lock.json");
    let wanted = std::fs::read(sources.join("package-lock.json")).unwrap();
    if std::fs::read(&installed).is_ok_and(|lock| lock == wanted) {
        return Some(dir);
    }
    let npm = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1"])
        .current_dir(&dir)
        .output()
        .expect("npm is needed: run ./dev setup");
    if npm.status.success() {
        std::fs::write(&installed, &wanted).unwrap();
        return Some(dir);
    }
    let words = String::from_utf8_lossy(&npm.stderr);
    let unreachable = ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH"];
    assert!(unreachable.iter().any(|code| words.contains(code)), "npm ci failed: {words}");
    tell_skipped(&format!("the client '{name}' was not tested, for npm reaches no registry"), &words);
    None
}

/// Node, which leads requests for HeyGen's hosts to a server of this machine.
pub fn node_instead_of_heygen(server: &Server) -> Command {
    let redirect = repository("compat/instead-of-heygen.cjs");
    let mut node = Command::new("node");
    node.env("NODE_OPTIONS", format!("--require {}", redirect.display())).env("ROSTRUM_URL", server.url(""));
    node
}

/// Gives a program JSON and returns the JSON that it prints.
#[track_caller]
pub fn asked(program: &mut Command, question: &Value) -> Value {
    let mut child = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("run ./dev setup");
    child.stdin.take().unwrap().write_all(question.to_string().as_bytes()).unwrap();
    let ran = child.wait_with_output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
    serde_json::from_slice(&ran.stdout).unwrap()
}

/// The folder of the pinned packages for Python; `None`, told loudly, where pip reaches no registry.
pub fn python_packages() -> Option<PathBuf> {
    packages_of(&client_file("python/requirements.txt"), "compat-python")
}

/// The folder of this name, with the packages for Python that a file pins.
pub fn packages_of(wanted: &Path, folder: &str) -> Option<PathBuf> {
    let _alone = INSTALLING.lock();
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let installed = dir.join("requirements.txt");
    if std::fs::read(&installed).ok() == Some(std::fs::read(wanted).unwrap()) {
        return Some(dir);
    }
    let pip = Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries=1", "--upgrade"])
        .arg("--target")
        .arg(&dir)
        .arg("--requirement")
        .arg(wanted)
        .output()
        .expect("python3 is needed: run ./dev setup");
    if pip.status.success() {
        std::fs::copy(wanted, installed).unwrap();
        return Some(dir);
    }
    let words = String::from_utf8_lossy(&pip.stderr).into_owned();
    assert!(words.contains("connection"), "pip failed: {words}");
    tell_skipped(&format!("what needs the packages of '{folder}', for pip reaches no registry"), &words);
    None
}

/// A path of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// Holds a file of the repository to what a test made of it; with `ROSTRUM_WRITE_TABLES` it is written first.
#[track_caller]
pub fn assert_committed(path: &Path, text: &str) {
    if std::env::var_os("ROSTRUM_WRITE_TABLES").is_some() {
        std::fs::write(path, text).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == text,
        "{} is out of date: run this test with ROSTRUM_WRITE_TABLES=1",
        path.display()
    );
}

/// A page with a table between its marks of this name.
#[track_caller]
pub fn with_table(page: &str, name: &str, table: &str) -> String {
    let begin = page.find(&format!("<!-- {name}: written by")).unwrap();
    let begin = begin + page[begin..].find('\n').unwrap();
    let end = page.find(&format!("<!-- {name}: end -->")).unwrap();
    format!("{}\n\n{}\n\n{}", &page[..begin], table.trim(), &page[end..])
}

/// Runs the runner of scenarios and returns its exit status and what it told; none, told loudly, where its packages cannot be had.
pub fn run_scenarios(server: &Server, more: &[&str]) -> Option<(i32, String)> {
    let scenarios = repository("compat/scenarios");
    let packages = packages_of(&scenarios.join("requirements.txt"), "compat-scenarios")?;
    let ran = Command::new("python3")
        .env("PYTHONPATH", packages)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(scenarios.join("run.py"))
        .args(["--base-url", &server.url(""), "--api-key", &server.key])
        .args(more)
        .output()
        .expect("python3 is needed: run ./dev setup");
    let told = [ran.stdout, ran.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    Some((ran.status.code().unwrap(), told))
}

/// The program under test with its own data folder.
pub fn rostrum(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rostrum"));
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", data_dir)
        .env("ROSTRUM_MODELS_DIR", models_dir())
        .env("ROSTRUM_CAST_PREVIEWS", "false")
        .arg("--data-dir")
        .arg(data_dir);
    if let Some(url) = database_url(data_dir) {
        command.env("ROSTRUM_DATABASE_URL", url);
    }
    command
}

/// The Postgres server of this test program.
pub fn postgres() -> &'static rostrum_postgres::Server {
    rostrum_postgres::server(&std::env::var("PATH").unwrap())
}

/// Where the records of a data folder are, when they are not in it.
pub fn database_url(data_dir: &Path) -> Option<String> {
    std::fs::read_to_string(data_dir.join("test-database")).ok()
}

/// The same program on the first of the cores that this one may use.
fn on_one_core(program: &Command) -> Command {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let cores = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap().trim();
    let first = cores.split([',', '-']).next().unwrap();
    let mut pinned = Command::new("taskset");
    pinned.env_clear().envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    pinned.args(["-c", first]).arg(program.get_program()).args(program.get_args());
    pinned
}

/// A running server.
pub struct Server {
    child: Option<Child>,
    address: String,
    /// A valid key.
    pub key: String,
    data_dir: TempDir,
    settings: Vec<(&'static str, String)>,
    agent: ureq::Agent,
    /// Where its bytes are, when they are not in the data folder.
    bucket: Option<Bucket>,
    /// Whether it may use a single core.
    is_pinned: bool,
}

/// A place of a server's own in the S3 server of this test program.
struct Bucket {
    moto: &'static Moto,
    prefix: String,
}

/// The S3 server of this test program; `None`, told loudly, where it cannot be installed.
pub fn moto() -> Option<&'static Moto> {
    static MOTO: OnceLock<Option<Moto>> = OnceLock::new();
    MOTO.get_or_init(Moto::start).as_ref()
}

/// An answer with its body read.
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&self.bytes)))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts an error of the v3 envelope and returns its message.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str, param: Option<&str>) -> String {
        let body = self.json();
        let error = &body["error"];
        assert_eq!((self.status, error["code"].as_str()), (status, Some(code)), "{body}");
        assert_eq!(error["param"].as_str(), param, "{body}");
        assert!(error["doc_url"].as_str().unwrap().starts_with("https://"), "{body}");
        assert!(!self.header("x-request-id").is_empty());
        error["message"].as_str().unwrap().to_owned()
    }

    /// Asserts success and returns `data`.
    #[track_caller]
    pub fn data(&self) -> Value {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.bytes));
        self.json()["data"].clone()
    }
}

impl Server {
    /// Starts on a new data folder.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts on a new data folder with settings from the environment; its bytes lie in a bucket when `ROSTRUM_TEST_S3`
    /// is set, and its records in Postgres when `ROSTRUM_TEST_POSTGRES` is.
    pub fn start_with(settings: &[(&'static str, String)]) -> Self {
        let on_s3 = std::env::var_os("ROSTRUM_TEST_S3").and_then(|_| Self::start_on_s3(settings));
        on_s3.unwrap_or_else(|| Self::start_at(settings, None))
    }

    /// Starts on a new data folder and a new place in a bucket; `None` where there is no S3 server.
    pub fn start_on_s3(settings: &[(&'static str, String)]) -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let moto = moto()?;
        let prefix = format!("server-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let mut settings = settings.to_vec();
        settings.push(("ROSTRUM_BLOBS_URL", format!("s3://{BUCKET}/{prefix}")));
        settings.push(("ROSTRUM_S3_ENDPOINT", moto.endpoint.clone()));
        settings.extend(credentials());
        Some(Self::start_at(&settings, Some(Bucket { moto, prefix })))
    }

    /// Starts on a new data folder and a new database of Postgres.
    pub fn start_on_postgres(settings: &[(&'static str, String)]) -> Self {
        Self::start_in(settings, None, true)
    }

    fn start_at(settings: &[(&'static str, String)], bucket: Option<Bucket>) -> Self {
        Self::start_in(settings, bucket, std::env::var_os("ROSTRUM_TEST_POSTGRES").is_some())
    }

    fn start_in(settings: &[(&'static str, String)], bucket: Option<Bucket>, on_postgres: bool) -> Self {
        let data_dir = tempfile::tempdir().unwrap();
        if on_postgres {
            let database = postgres().create_database();
            std::fs::write(data_dir.path().join("test-database"), database).unwrap();
        }
        let made = rostrum(data_dir.path()).args(["keys", "create", "--label", "test"]).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let key = String::from_utf8(made.stdout).unwrap().trim().to_owned();
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_mins(1)))
            .max_redirects(0)
            .build();
        let mut server = Self {
            child: None,
            address: String::new(),
            key,
            data_dir,
            settings: settings.to_vec(),
            agent: ureq::Agent::new_with_config(config),
            bucket,
            is_pinned: false,
        };
        server.restart();
        server
    }

    /// Starts on a new data folder, and on one core of this machine.
    pub fn start_on_one_core() -> Self {
        let mut server = Self::start_at(&[], None);
        server.kill();
        server.is_pinned = true;
        server.restart();
        server
    }

    /// Starts the program again on the same data folder.
    pub fn restart(&mut self) {
        assert!(self.child.is_none(), "still running");
        let log = File::options().create(true).append(true).open(self.data_dir.path().join("log")).unwrap();
        let program = rostrum(self.data_dir.path());
        let mut child = if self.is_pinned { on_one_core(&program) } else { program }
            .args(["serve", "--listen", "127.0.0.1:0"])
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let serving = lines
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("Rostrum serves on http://").map(str::to_owned));
        self.child = Some(child);
        self.address = serving.unwrap_or_else(|| panic!("the server did not start:\n{}", self.log()));
    }

    /// Ends the program at once, as a power cut of its process would.
    pub fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        self.agent = ureq::Agent::new_with_config(self.agent.config().clone());
    }

    /// Asks the program to end, as a service manager would, and tells whether it did so with success.
    pub fn terminate(&mut self) -> bool {
        let mut child = self.child.take().unwrap();
        let asked = Command::new("kill").arg(child.id().to_string()).status().unwrap();
        assert!(asked.success());
        child.wait().unwrap().success()
    }

    pub fn pid(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    pub fn data_dir(&self) -> &Path {
        self.data_dir.path()
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.data_dir.path().join("log")).unwrap_or_default()
    }

    pub fn url(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("http://{}{path}", self.address) }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[])
    }

    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.agent.get(self.url(path)).header("x-api-key", &self.key);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        read("GET", path, request.call().unwrap())
    }

    pub fn get_as(&self, key: &str, path: &str) -> Answer {
        read("GET", path, self.agent.get(self.url(path)).header("x-api-key", key).call().unwrap())
    }

    pub fn head(&self, path: &str) -> Answer {
        read("HEAD", path, self.agent.head(self.url(path)).call().unwrap())
    }

    pub fn delete(&self, path: &str) -> Answer {
        read("DELETE", path, self.agent.delete(self.url(path)).header("x-api-key", &self.key).call().unwrap())
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_raw(path, &[("content-type", "application/json")], body.to_string().as_bytes())
    }

    pub fn post_raw(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = self.agent.post(self.url(path));
        if !headers.iter().any(|(name, _)| *name == "x-api-key" || *name == "authorization") {
            request = request.header("x-api-key", &self.key);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        read("POST", path, request.send(body).unwrap())
    }

    /// Sends a request of any method with just these headers.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer {
        let mut request = ureq::http::Request::builder().method(method).uri(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = match body {
            Some(body) => self.agent.run(request.body(body).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        };
        read(method, path, response.unwrap())
    }

    /// Sends bytes to a signed URL, without a key.
    pub fn put(&self, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = self.agent.put(self.url(url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        read("PUT", url, request.send(body).unwrap())
    }

    /// Announces a file and returns the answer's `data`.
    #[track_caller]
    pub fn announce(&self, name: &str, content_type: &str, size_bytes: usize) -> Value {
        let file = json!({"filename": name, "content_type": content_type, "size_bytes": size_bytes});
        self.post("/v3/assets/direct-uploads", &file).data()
    }

    /// Uploads as `curl -F file=@name` does.
    pub fn upload(&self, name: &str, bytes: &[u8]) -> Answer {
        let body = multipart("file", name, bytes);
        self.post_raw("/v3/assets", &[("content-type", MULTIPART)], &body)
    }

    /// Uploads a file of the repository and returns its asset id.
    pub fn upload_fixture(&self, path: &str) -> String {
        let bytes = std::fs::read(fixture(path)).unwrap();
        let name = Path::new(path).file_name().unwrap().to_str().unwrap();
        self.upload(name, &bytes).data()["asset_id"].as_str().unwrap().to_owned()
    }

    /// Creates a video and returns its id.
    #[track_caller]
    pub fn create_video(&self, body: &Value) -> String {
        let created = self.post("/v3/videos", body).data();
        assert_eq!(created["status"], "waiting");
        assert_eq!(created["output_format"], "mp4");
        created["video_id"].as_str().unwrap().to_owned()
    }

    /// The video as the API tells it.
    pub fn video(&self, id: &str) -> Value {
        self.get(&format!("/v3/videos/{id}")).data()
    }

    /// Waits until `done` is true of the video.
    #[expect(clippy::disallowed_methods, reason = "another process's progress can only be asked for")]
    pub fn wait_for(&self, id: &str, done: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            let video = self.video(id);
            if done(&video) {
                return video;
            }
            assert!(start.elapsed() < RENDER_LIMIT, "gave up waiting for {video}\n{}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until the video is completed.
    #[track_caller]
    pub fn wait_until_completed(&self, id: &str) -> Value {
        let video =
            self.wait_for(id, |video| ["completed", "failed"].contains(&video["status"].as_str().unwrap()));
        assert_eq!(video["status"], "completed", "{video}\n{}", self.log());
        video
    }

    /// The names of all files below a folder of the data folder, or of all objects below it in the bucket.
    pub fn files_in(&self, folder: &str) -> Vec<String> {
        if let Some(Bucket { moto, prefix }) = &self.bucket
            && folder != "work"
        {
            let names = moto.objects(&format!("{prefix}/{folder}/"));
            return names.iter().map(|name| name[prefix.len() + 1..].to_owned()).collect();
        }
        let mut found = Vec::new();
        let mut open = vec![self.data_dir.path().join(folder)];
        while let Some(dir) = open.pop() {
            let Ok(entries) = std::fs::read_dir(&dir) else { continue };
            for entry in entries.map(Result::unwrap) {
                let path = entry.path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    found.push(path.strip_prefix(self.data_dir.path()).unwrap().display().to_string());
                }
            }
        }
        found.sort();
        found
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself; then there is nothing to do.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The smallest document.
pub const PDF: &[u8] =
    b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n";

/// The content type of [`multipart`] bodies.
pub const MULTIPART: &str = "multipart/form-data; boundary=----rostrum-test";

/// A multipart body with one file.
pub fn multipart(field: &str, name: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "------rostrum-test\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    [head.as_bytes(), bytes, b"\r\n------rostrum-test--\r\n"].concat()
}

/// Reads an answer, and holds it against the contract.
fn read(method: &str, path: &str, mut response: ureq::http::Response<ureq::Body>) -> Answer {
    let mut bytes = Vec::new();
    response.body_mut().as_reader().read_to_end(&mut bytes).unwrap();
    let status = response.status().as_u16();
    let faults = contract::faults(method, path, status, &bytes);
    let body = String::from_utf8_lossy(&bytes);
    assert!(faults.is_empty(), "{method} {path}, {status}, breaks the contract: {faults:#?}\n{body}");
    let answer = Answer { status, headers: response.headers().clone(), bytes };
    // What tests send is known, but for what they send to see that.
    let ignored = answer.header("rostrum-ignored-fields");
    let is_meant = |name: &str| name.contains("unknown");
    assert!(ignored.is_empty() || ignored.split(", ").all(is_meant), "{method} {path} ignores {ignored}");
    answer
}

/// The smallest body for a video of a portrait.
pub fn script_video(image: &str, script: &str) -> Value {
    json!({
        "type": "image",
        "image": {"type": "asset_id", "asset_id": image},
        "script": script,
        "voice_id": "af_heart",
        "aspect_ratio": "1:1",
        "resolution": "720p",
    })
}

/// Makes a file with ffmpeg and returns its bytes.
pub fn ffmpeg(arguments: &[&str], extension: &str) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join(format!("out.{extension}"));
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-y"])
        .args(arguments)
        .arg(&out)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    std::fs::read(out).unwrap()
}

/// What ffmpeg writes about a file while it decodes it, with filters that measure.
pub fn ffmpeg_says(bytes: &[u8], arguments: &[&str]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, bytes).unwrap();
    let told = Command::new("ffmpeg")
        .args(["-nostdin", "-hide_banner", "-i"])
        .arg(&file)
        .args(arguments)
        .args(["-f", "null", "-"])
        .output()
        .unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    String::from_utf8_lossy(&told.stderr).into_owned()
}

/// What ffprobe says of a file.
pub fn ffprobe(bytes: &[u8]) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, bytes).unwrap();
    let told = Command::new("ffprobe")
        .args(["-v", "error", "-show_streams", "-show_format", "-count_frames", "-of", "json"])
        .arg(&file)
        .output()
        .unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    serde_json::from_slice(&told.stdout).unwrap()
}
