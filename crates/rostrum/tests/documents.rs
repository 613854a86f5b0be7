//! The examples of documents against a real server: those of our own documents as they stand, and the requests of HeyGen's, which
//! `compat/clients/documents` keeps; HeyGen's examples themselves where `ROSTRUM_DOCUMENTS` names a folder that has them.
//!
//! With that, `ROSTRUM_WRITE_TABLES=1` writes the requests and the table of them.
#![expect(clippy::unwrap_used, reason = "a test's own failure may panic")]

mod support;

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use support::{
    Server, assert_committed, client_file, ffmpeg, fixture, npm_client, python_packages, repository,
    run_scenarios, tell_skipped, with_table,
};
use tempfile::TempDir;

/// A folder with a file of each kind that examples send.
fn samples() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    // Long enough, and with a face in it, so that it may become a digital twin.
    let portrait = fixture("portraits/astronaut.png");
    let shown = ["-loop", "1", "-framerate", "5", "-i", portrait.to_str().unwrap(), "-t", "16"];
    let film = ffmpeg(&[&shown[..], &["-vf", "scale=400:400", "-pix_fmt", "yuv420p"]].concat(), "mp4");
    let tone = |extension| ffmpeg(&["-f", "lavfi", "-i", "sine=d=2"], extension);
    let photo = |name| std::fs::read(fixture(name)).unwrap();
    for (name, bytes) in [
        ("sample.png", photo("portraits/astronaut.png")),
        ("sample.jpg", photo("portraits/grace_hopper.jpg")),
        ("sample.mp4", film),
        ("sample.mp3", tone("mp3")),
        ("sample.wav", tone("wav")),
        ("sample.pdf", support::PDF.to_vec()),
    ] {
        std::fs::write(dir.path().join(name), bytes).unwrap();
    }
    dir
}

/// Runs the examples of uploads that documents give, or those of other operations with `--of`, and tells what became of each: as
/// an error when one failed. None, told loudly, where packages cannot be had.
fn run_examples(options: &[&str], documents: &[PathBuf]) -> Option<Result<String, String>> {
    let (client, packages) = (npm_client("documents")?, python_packages()?);
    let server = Server::start();
    let dir = samples();
    for name in ["node_modules", "fetch.cjs"] {
        std::os::unix::fs::symlink(client.join(name), dir.path().join(name)).unwrap();
    }
    let ran = Command::new("python3")
        .env("PYTHONPATH", packages)
        .arg(client.join("run.py"))
        .args(options)
        .arg(server.url(""))
        .arg(&server.key)
        .arg(dir.path())
        .args(documents)
        .output()
        .expect("python3 is needed: run ./dev setup");
    let told = [ran.stdout, ran.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    Some(if ran.status.success() { Ok(told) } else { Err(told) })
}

/// One of our own documents.
fn ours(name: &str) -> [PathBuf; 1] {
    [repository("docs").join(name)]
}

#[test]
fn the_examples_of_uploads_upload_as_they_stand() {
    let Some(told) = run_examples(&[], &ours("UPLOADS.md")) else { return };
    let told = told.unwrap();
    assert_eq!(told.matches("uploads\n").count(), 7, "{told}");
}

#[test]
fn the_examples_of_avatars_are_answered_as_they_stand() {
    let of = ["--of", "/v[123]/(photo_)?avatar|/v[12]/talking_photo"];
    let Some(told) = run_examples(&of, &ours("AVATARS.md")) else { return };
    let told = told.unwrap();
    assert_eq!(told.matches(": answered\n").count(), 12, "{told}");
}

#[test]
fn the_examples_of_videos_are_answered_as_they_stand() {
    let of = ["--of", "/v2/video/|/v3/videos|/v1/video"];
    let Some(told) = run_examples(&of, &ours("VIDEOS.md")) else { return };
    let told = told.unwrap();
    assert_eq!(told.matches(": answered\n").count(), 5, "{told}");
}

#[test]
fn the_examples_of_voices_and_speech_are_answered_as_they_stand() {
    let of = ["--of", r"/v[123]/voices?\b|/v1/audio/"];
    let Some(told) = run_examples(&of, &ours("VOICES.md")) else { return };
    let told = told.unwrap();
    assert_eq!(told.matches(": answered\n").count(), 6, "{told}");
    assert_eq!(told.matches(" 200").count(), 11, "{told}");
}

#[test]
fn requests_as_documents_of_heygen_make_them_are_answered() {
    let (server, files) = (Server::start(), samples());
    let source = server.upload("a.jpg", &std::fs::read(files.path().join("sample.jpg")).unwrap()).data();
    let source = format!("source={}", source["url"].as_str().unwrap());
    let (files, requests) = (files.path().to_str().unwrap(), client_file(REQUESTS));
    let more = ["--ours", "--set", &source, "--send-from", files, requests.to_str().unwrap()];
    let Some((code, told)) = run_scenarios(&server, &more) else { return };
    assert_eq!(code, 0, "{told}\n{}", server.log());
    assert!(told.contains(" 0 failed, 0 skipped"), "{told}");
}

/// The requests of HeyGen's documents.
const REQUESTS: &str = "documents/requests.yaml";

/// All requests but uploads, as a regular expression of Python's.
const ALL: &str = r"heygen\.com/v[123]/(?!assets?\b)";

/// Every upload works, and every other example is answered, or it is told why it cannot run as it stands.
#[test]
fn the_examples_of_heygens_documents_work_and_their_requests_are_those_that_are_kept() {
    let Some(folder) = std::env::var_os("ROSTRUM_DOCUMENTS") else {
        tell_skipped(
            "HeyGen's documents themselves, which are not ours to copy; their requests are tested",
            "set ROSTRUM_DOCUMENTS to a folder that has them",
        );
        return;
    };
    let mut documents: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    documents.retain(|path| path.extension().is_some_and(|kind| kind == "md" || kind == "txt"));
    documents.sort();
    let dir = tempfile::tempdir().unwrap();
    let became = dir.path().join("became");
    let keep = ["--others", "--keep", became.to_str().unwrap()];
    for of in [&[][..], &["--of", ALL]] {
        let Some(told) = run_examples(&[of, &keep].concat(), &documents) else { return };
        std::io::stderr().write_all(told.unwrap().as_bytes()).unwrap();
    }
    let requests = dir.path().join("requests.yaml");
    let ran = Command::new("python3")
        .arg(client_file("documents/keep.py"))
        .args([&became, &requests])
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert_committed(&client_file(REQUESTS), &std::fs::read_to_string(requests).unwrap());
    let readme = client_file("documents/README.md");
    let page = std::fs::read_to_string(&readme).unwrap();
    assert_committed(&readme, &with_table(&page, "documents", &String::from_utf8(ran.stdout).unwrap()));
}

#[test]
fn the_runner_of_examples_tells_why_one_of_others_cannot_run() {
    let mut document = tempfile::Builder::new().suffix(".md").tempfile().unwrap();
    for path in ["v3/lipsyncs", "v3/videos/YOUR_VIDEO_ID", "v3/videos/nothing", "v3/users/me"] {
        let line = format!("curl -H 'X-Api-Key: YOUR_API_KEY' https://api.heygen.com/{path}");
        writeln!(document, "```bash\n{line}\n```\n").unwrap();
    }
    writeln!(document, "```python\nfetch('https://api.heygen.com/v2/voices')\n```").unwrap();
    let path = [document.path().to_owned()];
    let Some(told) = run_examples(&["--of", ALL, "--others"], &path) else { return };
    let told = told.unwrap_err();
    for ended in [
        "GET /v3/lipsyncs 501: cannot run: asks for what is not built",
        "404: cannot run: says YOUR_VIDEO_ID where a value belongs",
        "GET /v3/videos/nothing 404: FAILED",
        "GET /v3/users/me 200: answered",
        "cannot run: is a part of a program",
    ] {
        assert_eq!(told.matches(ended).count(), 1, "{ended}: {told}");
    }
    // What is ours has no such excuse.
    let told = run_examples(&["--of", ALL], &path).unwrap().unwrap_err();
    assert_eq!(told.matches("FAILED").count(), 4, "{told}");
}

#[test]
fn the_runner_of_examples_tells_of_one_that_fails() {
    let mut document = tempfile::Builder::new().suffix(".md").tempfile().unwrap();
    writeln!(document, "```bash\ncurl -X POST http://127.0.0.1:8080/v3/assets -F file=@none.xyz\n```")
        .unwrap();
    let Some(told) = run_examples(&[], &[document.path().to_owned()]) else { return };
    let told = told.unwrap_err();
    assert!(told.contains("FAILED with 26"), "{told}");
}
