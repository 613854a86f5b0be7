//! What a confined program cannot do.

use std::path::Path;
use std::time::Duration;

use rostrum_media::sandbox::{Confinement, Invocation, Limits, ProgramError, confinement, run};

use super::{ffmpeg, make};

fn failure(outcome: Result<Vec<u8>, ProgramError>) -> String {
    match outcome {
        Err(ProgramError::Failed { status, stderr_tail, .. }) => format!("{status}: {stderr_tail}"),
        other => panic!("{other:?}"),
    }
}

fn shell(script: &str, limits: Limits) -> Invocation {
    Invocation::new(Path::new("/bin/sh"), limits).args(["-c", script])
}

#[test]
fn this_kernel_enforces_the_file_rules() {
    assert_ne!(confinement(), Confinement::None, "the other tests of this file need landlock");
}

#[tokio::test]
async fn other_peoples_files_cannot_be_read() {
    let copy = [
        "-nostdin",
        "-loglevel",
        "error",
        "-f",
        "data",
        "-i",
        "/etc/passwd",
        "-map",
        "0",
        "-f",
        "data",
        "pipe:1",
    ];
    let call = Invocation::new(&ffmpeg().ffmpeg, Limits::READING).args(copy);
    assert!(failure(run(&call, 1 << 20).await).contains("Permission denied"));
    // The same call reads what it was allowed to.
    let allowed = run(&call.readable(Path::new("/etc/passwd")), 1 << 20).await.unwrap();
    assert_eq!(allowed, std::fs::read("/etc/passwd").unwrap());
}

#[tokio::test]
async fn only_the_jobs_folder_can_be_written() {
    let [ours, other] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let target = other.path().join("x");
    let call = shell(&format!("echo hello > here; echo hello > {}", target.display()), Limits::READING)
        .folder(ours.path());
    assert!(failure(run(&call, 0).await).contains("Permission denied"));
    assert!(ours.path().join("here").is_file());
    assert!(!target.exists());
}

#[tokio::test]
async fn a_readable_file_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x");
    std::fs::write(&file, "before").unwrap();
    let call = shell(&format!("echo after > {}", file.display()), Limits::READING).readable(&file);
    assert!(failure(run(&call, 0).await).contains("Permission denied"));
    assert_eq!(std::fs::read(&file).unwrap(), b"before");
}

#[tokio::test]
async fn there_is_no_network() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/x.mp4", listener.local_addr().unwrap());
    let call =
        Invocation::new(&ffmpeg().ffmpeg, Limits::READING).args(["-nostdin", "-i", &url, "-f", "null", "-"]);
    assert!(failure(run(&call, 0).await).contains("Operation not permitted"));
    listener.set_nonblocking(true).unwrap();
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "nobody connected");
}

#[tokio::test]
async fn the_environment_is_empty() {
    let call = Invocation::new(Path::new("/usr/bin/env"), Limits::READING);
    assert_eq!(run(&call, 1000).await.unwrap(), b"");
}

#[tokio::test]
async fn the_wall_clock_kills_the_whole_group() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { wall_clock: Duration::from_secs(2), ..Limits::READING };
    // A grandchild that keeps the output open, as a decoder's helper process would.
    let call = shell("sleep 1000 & echo $! > grandchild; wait", limits).folder(folder.path());
    let outcome = run(&call, 0).await;
    assert!(matches!(outcome, Err(ProgramError::TimedOut { .. })), "{outcome:?}");
    let grandchild = std::fs::read_to_string(folder.path().join("grandchild")).unwrap();
    let state = std::fs::read_to_string(format!("/proc/{}/stat", grandchild.trim()));
    assert!(state.as_ref().map_or(true, |state| !state.contains(") S ")), "{state:?}");
}

#[tokio::test]
async fn giving_up_the_wait_kills_the_group() {
    let folder = tempfile::tempdir().unwrap();
    let call = shell("echo $$ > leader; echo ready; sleep 1000", Limits::READING).folder(folder.path());
    let (ready, is_ready) = tokio::sync::oneshot::channel();
    let mut ready = Some(ready);
    let running = rostrum_media::sandbox::stream(&call, |_| {
        if let Some(ready) = ready.take() {
            ready.send(()).unwrap();
        }
        std::ops::ControlFlow::Continue(())
    });
    tokio::select! {
        _ = running => panic!("sleeps for long"),
        _ = is_ready => {}
    }
    let leader = std::fs::read_to_string(folder.path().join("leader")).unwrap();
    let state = std::fs::read_to_string(format!("/proc/{}/stat", leader.trim()));
    // Killed at once; whether it was collected already is the runtime's business.
    assert!(state.as_ref().map_or(true, |state| !state.contains(") S ")), "{state:?}");
}

#[tokio::test]
async fn a_file_larger_than_allowed_ends_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { file_size_bytes: 100_000, ..Limits::WRITING };
    let source = ["-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "sine=duration=60", "long.wav"];
    let call = Invocation::new(&ffmpeg().ffmpeg, limits).args(source).folder(folder.path());
    let outcome = run(&call, 0).await;
    assert!(matches!(outcome, Err(ProgramError::Failed { .. })), "{outcome:?}");
    assert!(std::fs::metadata(folder.path().join("long.wav")).unwrap().len() <= 100_000);
}

#[tokio::test]
async fn processor_time_is_limited() {
    let limits = Limits { cpu_s: 1, ..Limits::READING };
    assert!(failure(run(&shell("while :; do :; done", limits), 0).await).contains("signal"));
}

#[tokio::test]
async fn memory_is_limited() {
    let folder = tempfile::tempdir().unwrap();
    let picture = make(folder.path(), "big.png", "-f lavfi -i color=red:size=8000x8000 -frames:v 1");
    let limits = Limits { address_space_bytes: 700 << 20, ..Limits::READING };
    let scale = "scale=16000:16000,format=rgba64le";
    let call = Invocation::new(&ffmpeg().ffmpeg, limits)
        .args(["-nostdin", "-loglevel", "error", "-i"])
        .arg(&picture)
        .args(["-vf", scale, "-f", "null", "-"])
        .readable(&picture);
    assert!(failure(run(&call, 0).await).contains("Cannot allocate memory"));
}

#[tokio::test]
async fn more_output_than_allowed_ends_the_program() {
    let outcome = run(&shell("while :; do echo many words; done", Limits::READING), 1000).await;
    assert!(matches!(outcome, Err(ProgramError::TooMuchOutput { limit_bytes: 1000, .. })), "{outcome:?}");
}

#[tokio::test]
async fn only_the_end_of_a_long_complaint_is_kept() {
    let script = "i=0; while [ $i -lt 2000 ]; do echo line $i >&2; i=$((i+1)); done; exit 3";
    let text = failure(run(&shell(script, Limits::READING), 0).await);
    assert!(text.ends_with("line 1999") && text.len() < 5000 && text.starts_with("exit status: 3"), "{text}");
}

#[tokio::test]
async fn a_program_that_does_not_exist_cannot_be_started() {
    let outcome = run(&Invocation::new(Path::new("/nowhere/ffmpeg"), Limits::READING), 0).await;
    assert!(matches!(outcome, Err(ProgramError::Start { .. })), "{outcome:?}");
}
