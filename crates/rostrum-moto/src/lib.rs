//! An S3 server for tests: moto, a program in Python that keeps buckets in memory. For tests only.
//!
//! Where moto is not like S3: it believes every signature and enforces no signed header, it has no bandwidth and no
//! latency, `ListMultipartUploads` gives all uploads one old time of beginning, and its answers are sometimes late but
//! never missing. What a signature has to be is therefore tested against botocore's.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A running server; it ends when this is dropped or the process ends.
pub struct Moto {
    server: Child,
    /// Scheme, host and port.
    pub endpoint: String,
}

/// The name of the bucket that is there.
pub const BUCKET: &str = "rostrum-tests";

fn compat(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compat/s3").join(path)
}

/// The variables that name the credentials the server takes, which are any.
pub fn credentials() -> [(&'static str, String); 2] {
    [("AWS_ACCESS_KEY_ID", "test".to_owned()), ("AWS_SECRET_ACCESS_KEY", "test".to_owned())]
}

impl Moto {
    /// Starts a server with an empty bucket; `None`, told loudly, where pip reaches no registry to install it from.
    pub fn start() -> Option<Self> {
        let packages = packages()?;
        let mut server = Command::new("python3")
            .env("PYTHONPATH", packages)
            .arg(compat("server.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is needed: run ./dev setup");
        let mut port = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut port).unwrap();
        let endpoint = format!("http://127.0.0.1:{}", port.trim());
        ureq::put(format!("{endpoint}/{BUCKET}")).send_empty().unwrap();
        Some(Self { server, endpoint })
    }

    /// The names of all objects whose name starts with `prefix`, and of all multipart uploads in progress.
    pub fn objects(&self, prefix: &str) -> Vec<String> {
        let names = |query: &str| {
            let url = format!("{}/{BUCKET}?{query}&prefix={prefix}", self.endpoint);
            let body = ureq::get(url).call().unwrap().into_body().read_to_string().unwrap();
            assert!(!body.contains("<IsTruncated>true"), "more objects than a page");
            let keys = body.split("<Key>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned());
            keys.collect::<Vec<_>>()
        };
        let mut found = names("list-type=2");
        found.extend(names("uploads").into_iter().map(|name| format!("{name} (multipart)")));
        found
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The folder of the pinned packages.
pub fn packages() -> Option<PathBuf> {
    let wanted = compat("requirements.txt");
    // target/debug/deps/test-program
    let program = std::env::current_exe().unwrap();
    let target = program.ancestors().nth(3).unwrap();
    let dir = target.join("moto");
    if std::fs::read(dir.join("requirements.txt")).ok() == Some(std::fs::read(&wanted).unwrap()) {
        return Some(dir);
    }
    // Installed aside and moved, for other test programs may do the same now.
    let aside = tempfile::tempdir_in(target).unwrap();
    let packages = aside.path().join("moto");
    let pip = Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries=1", "--target"])
        .arg(&packages)
        .arg("--requirement")
        .arg(&wanted)
        .output()
        .expect("python3 is needed: run ./dev setup");
    if !pip.status.success() {
        let words = String::from_utf8_lossy(&pip.stderr).into_owned();
        assert!(words.contains("connection"), "pip failed: {words}");
        let told = format!("\nSKIPPED: S3 was not tested, for pip reaches no registry: {words}\n");
        std::io::stderr().write_all(told.as_bytes()).unwrap();
        return None;
    }
    std::fs::copy(wanted, packages.join("requirements.txt")).unwrap();
    // Either fails when somebody else was faster, which is as good.
    let _ = std::fs::rename(&dir, aside.path().join("old"));
    let _ = std::fs::rename(&packages, &dir);
    assert!(dir.join("requirements.txt").exists(), "the packages could not be moved to {}", dir.display());
    Some(dir)
}
