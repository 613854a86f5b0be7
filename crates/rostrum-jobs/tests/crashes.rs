//! What survives the death of the process. Each test runs jobs in a child process (this test binary again, asked for
//! [`child_process`]) that dies in the middle of a step.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rostrum_jobs::{
    Activity, INTERNAL_ERROR, JobError, JobOptions, JobStatus, Jobs, Pipeline, Stage, StepContext,
};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Tells a child where to work and what to do.
const FOLDER: &str = "JOBS_TEST_FOLDER";
const MODE: &str = "JOBS_TEST_MODE";
/// Line by which a child says that it is in the middle of its step.
const IN_THE_MIDDLE: &str = "in the middle of a step";
const PATIENCE: Duration = Duration::from_mins(1);
const SIGKILL: i32 = 9;
const SIGABRT: i32 = 6;
const MAX_ATTEMPTS: u32 = 2;

/// What the step with the danger in it does.
#[derive(Clone, Copy, PartialEq)]
enum Danger {
    /// Waits to be killed.
    Hang,
    /// Takes the process down.
    Abort,
    /// Nothing.
    None,
}

/// Writes each run to a file and returns its input with its name added.
struct Logged {
    folder: PathBuf,
    danger: Danger,
}

#[async_trait::async_trait]
impl Activity for Logged {
    async fn run(&self, cx: &StepContext, input: Value) -> Result<Value, JobError> {
        let entry = if cx.stage == "segments" { format!("segments {input}") } else { cx.stage.to_owned() };
        let mut log = OpenOptions::new().create(true).append(true).open(self.folder.join("log")).unwrap();
        writeln!(log, "{entry}").unwrap();
        match self.danger {
            // Item 0 ends before the danger comes, so that the fan-out is interrupted half done.
            Danger::Hang if input != json!(0) => {
                println!("{IN_THE_MIDDLE}");
                std::future::pending().await
            }
            Danger::Abort => std::process::abort(),
            Danger::Hang | Danger::None => Ok(if cx.stage == "plan" { json!([0, 1, 2]) } else { input }),
        }
    }
}

async fn open(folder: &Path, danger: Danger) -> Jobs {
    let logged = |danger| Arc::new(Logged { folder: folder.to_owned(), danger }) as Arc<dyn Activity>;
    let pipeline = Pipeline {
        name: "render",
        version: "1.0.0",
        stages: vec![
            Stage::Once { name: "plan", activity: logged(Danger::None) },
            Stage::ForEach { name: "segments", activity: logged(danger) },
            Stage::Once { name: "join", activity: logged(Danger::None) },
        ],
        on_failure: logged(Danger::None),
    };
    let options = JobOptions {
        max_attempts: MAX_ATTEMPTS,
        idle_poll: Duration::from_millis(20),
        ..JobOptions::default()
    };
    Jobs::open(&folder.join("jobs.db"), vec![pipeline], options).await.unwrap()
}

/// Not a test of its own: what a child process does.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run as a child process by the other tests"]
async fn child_process() {
    let folder = PathBuf::from(std::env::var(FOLDER).unwrap());
    let danger = if std::env::var(MODE).unwrap() == "hang" { Danger::Hang } else { Danger::Abort };
    let jobs = open(&folder, danger).await;
    jobs.start("render", "v1", Value::Null).await.unwrap();
    jobs.wait("v1", PATIENCE).await.unwrap();
    jobs.shutdown(PATIENCE).await.unwrap();
}

fn spawn_child(folder: &Path, mode: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["child_process", "--exact", "--ignored", "--nocapture"])
        .envs([(FOLDER, folder.as_os_str()), (MODE, mode.as_ref())])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn log(folder: &Path) -> Vec<String> {
    let mut lines: Vec<String> =
        fs::read_to_string(folder.join("log")).unwrap().lines().map(Into::into).collect();
    lines.sort();
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_leaves_jobs_that_go_on_at_the_step_they_were_in() {
    let folder = TempDir::new().unwrap();
    let mut child = spawn_child(folder.path(), "hang");
    let said = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    // Items 1 and 2: item 0 has ended, so its worker took up another.
    assert_eq!(said.filter(|line| line.contains(IN_THE_MIDDLE)).take(2).count(), 2);
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(SIGKILL));
    let before = log(folder.path());
    assert_eq!(before, ["plan", "segments 0", "segments 1", "segments 2"]);

    let reopened = Instant::now();
    let jobs = open(folder.path(), Danger::None).await;
    assert_eq!(jobs.wait("v1", PATIENCE).await.unwrap(), JobStatus::Completed(json!([0, 1, 2])));
    println!("taken over and ended in {} ms", reopened.elapsed().as_millis());
    jobs.shutdown(PATIENCE).await.unwrap();
    let after = ["join", "plan", "segments 0", "segments 1", "segments 1", "segments 2", "segments 2"];
    assert_eq!(log(folder.path()), after, "ended steps are not run again, interrupted ones are");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_always_kills_its_process_ends_in_failure() {
    let folder = TempDir::new().unwrap();
    let mut crashes = 0;
    let last = loop {
        let status = spawn_child(folder.path(), "abort").wait().unwrap();
        if status.signal() != Some(SIGABRT) {
            break status;
        }
        crashes += 1;
        assert!(crashes < 10, "the step is tried for ever");
    };
    assert!(last.success());
    // Two items are in flight, and a crash is counted for one or both, whichever had begun.
    assert!((MAX_ATTEMPTS..=2 * MAX_ATTEMPTS).contains(&crashes), "{crashes} crashes");
    assert_eq!(log(folder.path()).iter().filter(|line| *line == "on_failure").count(), 1);

    let jobs = open(folder.path(), Danger::None).await;
    let Some(JobStatus::Failed { code, message }) = jobs.status("v1").await.unwrap() else { panic!() };
    assert_eq!(code, INTERNAL_ERROR);
    assert!(message.starts_with("poison"), "{message}");
    jobs.shutdown(PATIENCE).await.unwrap();
}
