//! What a pipeline promises, on a real database file.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rostrum_jobs::{
    Activity, INTERNAL_ERROR, JobError, JobOptions, JobStatus, Jobs, JobsError, Pipeline, Stage, StepContext,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Notify;

const PATIENCE: Duration = Duration::from_secs(30);

/// An activity made of a closure, for steps that wait for nothing.
struct Step<F>(F);

#[async_trait::async_trait]
impl<F> Activity for Step<F>
where
    F: Fn(&StepContext, Value) -> Result<Value, JobError> + Send + Sync + 'static,
{
    async fn run(&self, cx: &StepContext, input: Value) -> Result<Value, JobError> {
        self.0(cx, input)
    }
}

fn step<F>(run: F) -> Arc<dyn Activity>
where
    F: Fn(&StepContext, Value) -> Result<Value, JobError> + Send + Sync + 'static,
{
    Arc::new(Step(run))
}

fn once(name: &'static str, activity: Arc<dyn Activity>) -> Stage {
    Stage::Once { name, activity }
}

fn for_each(name: &'static str, activity: Arc<dyn Activity>) -> Stage {
    Stage::ForEach { name, activity }
}

/// Keeps what `on_failure` was told.
#[derive(Clone, Default)]
struct Failures(Arc<Mutex<Vec<(String, Value)>>>);

impl Failures {
    fn step(&self) -> Arc<dyn Activity> {
        let told = Arc::clone(&self.0);
        step(move |cx, input| {
            told.lock().unwrap().push((cx.job_id.clone(), input));
            Ok(Value::Null)
        })
    }

    fn seen(&self) -> Vec<(String, Value)> {
        self.0.lock().unwrap().clone()
    }
}

fn pipeline(stages: Vec<Stage>, failures: &Failures) -> Pipeline {
    Pipeline { name: "render", version: "1.0.0", stages, on_failure: failures.step() }
}

fn quick() -> JobOptions {
    JobOptions {
        retry_delays: vec![Duration::from_millis(5); 3],
        idle_poll: Duration::from_millis(20),
        ..JobOptions::default()
    }
}

async fn open(dir: &TempDir, stages: Vec<Stage>, failures: &Failures) -> Jobs {
    Jobs::open(&db(dir.path()), vec![pipeline(stages, failures)], quick()).await.unwrap()
}

fn db(dir: &Path) -> std::path::PathBuf {
    dir.join("jobs.db")
}

#[tokio::test(flavor = "multi_thread")]
async fn stages_run_in_order_and_hand_on_their_output() {
    let dir = TempDir::new().unwrap();
    let append = |word: &'static str| {
        step(move |_, input| {
            let mut words = input.as_array().unwrap().clone();
            words.push(json!(word));
            Ok(Value::Array(words))
        })
    };
    let stages =
        vec![once("speak", append("speak")), once("render", append("render")), once("join", append("join"))];
    let jobs = open(&dir, stages, &Failures::default()).await;
    assert_eq!(jobs.status("v1").await.unwrap(), None);
    jobs.start("render", "v1", json!(["start"])).await.unwrap();
    assert!(jobs.status("v1").await.unwrap().is_some());
    let status = jobs.wait("v1", PATIENCE).await.unwrap();
    assert_eq!(status, JobStatus::Completed(json!(["start", "speak", "render", "join"])));
    assert_eq!(jobs.status("v1").await.unwrap(), Some(status));
    jobs.shutdown(PATIENCE).await.unwrap();
}

/// Counts how many of its runs overlap; the first two wait for each other.
struct Overlapping {
    now: AtomicUsize,
    most: AtomicUsize,
    pair: tokio::sync::Barrier,
}

#[async_trait::async_trait]
impl Activity for Overlapping {
    async fn run(&self, _: &StepContext, input: Value) -> Result<Value, JobError> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        if input.as_u64().unwrap() < 2 {
            self.pair.wait().await;
        }
        self.now.fetch_sub(1, Ordering::SeqCst);
        Ok(json!(input.as_u64().unwrap() * 10))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fan_out_runs_as_wide_as_there_are_workers_and_keeps_the_order_of_its_items() {
    let dir = TempDir::new().unwrap();
    let overlapping = Arc::new(Overlapping {
        now: AtomicUsize::new(0),
        most: AtomicUsize::new(0),
        pair: tokio::sync::Barrier::new(2),
    });
    let stages = vec![
        once("plan", step(|_, count| Ok((0..count.as_u64().unwrap()).collect()))),
        for_each("segments", Arc::clone(&overlapping) as Arc<dyn Activity>),
    ];
    let jobs = open(&dir, stages, &Failures::default()).await;
    jobs.start("render", "wide", json!(45)).await.unwrap();
    jobs.start("render", "empty", json!(0)).await.unwrap();
    let tens: Value = (0..45).map(|n| n * 10).collect();
    assert_eq!(jobs.wait("wide", PATIENCE).await.unwrap(), JobStatus::Completed(tens));
    assert_eq!(jobs.wait("empty", PATIENCE).await.unwrap(), JobStatus::Completed(json!([])));
    assert_eq!(overlapping.most.load(Ordering::SeqCst), 2);
    jobs.shutdown(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_asks_to_be_retried_is_run_until_it_succeeds() {
    let dir = TempDir::new().unwrap();
    let (failures, runs) = (Failures::default(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&runs);
    let flaky = step(move |_, _| match counted.fetch_add(1, Ordering::SeqCst) {
        0 => Err(JobError::retry(anyhow::anyhow!("not yet"))),
        1 => panic!("a panic counts as a reason to try again"),
        run => Ok(json!(run)),
    });
    let jobs = open(&dir, vec![once("flaky", flaky)], &failures).await;
    jobs.start("render", "v1", Value::Null).await.unwrap();
    assert_eq!(jobs.wait("v1", PATIENCE).await.unwrap(), JobStatus::Completed(json!(2)));
    assert_eq!(failures.seen(), []);
    jobs.shutdown(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_never_succeeds_fails_its_job_as_an_internal_error() {
    let dir = TempDir::new().unwrap();
    let (failures, runs) = (Failures::default(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&runs);
    let hopeless = step(move |_, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        Err(JobError::retry(anyhow::anyhow!("disk full").context("write the segment")))
    });
    let jobs = open(&dir, vec![once("hopeless", hopeless)], &failures).await;
    jobs.start("render", "v1", Value::Null).await.unwrap();
    let message = "write the segment: disk full";
    let failed = JobStatus::Failed { code: INTERNAL_ERROR.into(), message: message.into() };
    assert_eq!(jobs.wait("v1", PATIENCE).await.unwrap(), failed);
    assert_eq!(runs.load(Ordering::SeqCst), 4);
    assert_eq!(failures.seen(), [("v1".into(), json!({"code": INTERNAL_ERROR, "message": message}))]);
    jobs.shutdown(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_step_ends_the_job_and_tells_on_failure_once() {
    let dir = TempDir::new().unwrap();
    let (failures, runs) = (Failures::default(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&runs);
    let refuse = step(move |_, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        Err(JobError::fail("no_face", "No face was found in the picture."))
    });
    let never = step(|_, _| panic!("a stage after a failed one must not run"));
    let jobs = open(&dir, vec![once("look", refuse), once("render", never)], &failures).await;
    jobs.start("render", "v1", Value::Null).await.unwrap();
    let told = json!({"code": "no_face", "message": "No face was found in the picture."});
    let failed =
        JobStatus::Failed { code: "no_face".into(), message: "No face was found in the picture.".into() };
    assert_eq!(jobs.wait("v1", PATIENCE).await.unwrap(), failed);
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert_eq!(failures.seen(), [("v1".into(), told)]);
    jobs.shutdown(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_failing_item_ends_a_fan_out_without_the_items_behind_it() {
    let dir = TempDir::new().unwrap();
    let (failures, runs) = (Failures::default(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&runs);
    let segment = step(move |_, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        Err(JobError::fail("bad_segment", "no"))
    });
    let jobs = open(&dir, vec![for_each("segments", segment)], &failures).await;
    jobs.start("render", "v1", (0..20).collect()).await.unwrap();
    let failed = JobStatus::Failed { code: "bad_segment".into(), message: "no".into() };
    assert_eq!(jobs.wait("v1", PATIENCE).await.unwrap(), failed);
    assert!(runs.load(Ordering::SeqCst) <= 2, "at most the items already in flight");
    assert_eq!(failures.seen().len(), 1);
    jobs.shutdown(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_recorded_even_when_the_recording_fails_at_first() {
    let dir = TempDir::new().unwrap();
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let on_failure = step(move |_, _| match counted.fetch_add(1, Ordering::SeqCst) {
        0 => Err(JobError::retry(anyhow::anyhow!("the records are locked"))),
        _ => Ok(Value::Null),
    });
    let stages = vec![once("fail", step(|_, _| Err(JobError::fail("nope", "no"))))];
    let pipeline = Pipeline { name: "render", version: "1.0.0", stages, on_failure };
    let jobs = Jobs::open(&db(dir.path()), vec![pipeline], quick()).await.unwrap();
    jobs.start("render", "v1", Value::Null).await.unwrap();
    assert!(
        matches!(jobs.wait("v1", PATIENCE).await.unwrap(), JobStatus::Failed { code, .. } if code == "nope")
    );
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    jobs.shutdown(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn starting_an_id_again_changes_nothing() {
    let dir = TempDir::new().unwrap();
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let count = step(move |_, input| {
        counted.fetch_add(1, Ordering::SeqCst);
        Ok(input)
    });
    let jobs = open(&dir, vec![once("count", count)], &Failures::default()).await;
    for input in ["first", "second"] {
        jobs.start("render", "v1", json!(input)).await.unwrap();
    }
    assert_eq!(jobs.wait("v1", PATIENCE).await.unwrap(), JobStatus::Completed(json!("first")));
    jobs.start("render", "v1", json!("third")).await.unwrap();
    jobs.start("render", "v2", json!("another job")).await.unwrap();
    jobs.wait("v2", PATIENCE).await.unwrap();
    assert_eq!(jobs.status("v1").await.unwrap(), Some(JobStatus::Completed(json!("first"))));
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    jobs.shutdown(PATIENCE).await.unwrap();
}

/// Says that it has begun, then waits to be told to stop (for the first run) or ends at once (for later ones).
#[derive(Default)]
struct Endless {
    runs: AtomicUsize,
    begun: Notify,
    stopped: Arc<Notify>,
}

#[async_trait::async_trait]
impl Activity for Endless {
    async fn run(&self, cx: &StepContext, _: Value) -> Result<Value, JobError> {
        if self.runs.fetch_add(1, Ordering::SeqCst) > 0 {
            return Ok(json!("done"));
        }
        // As a render does: the work is on a thread of its own, which outlives the step unless it is told.
        let (cancelled, stopped) = (cx.cancelled.clone(), Arc::clone(&self.stopped));
        let thread = tokio::spawn(async move {
            cancelled.cancelled().await;
            stopped.notify_one();
        });
        self.begun.notify_one();
        thread.await.map_err(JobError::retry)?;
        Err(JobError::retry(anyhow::anyhow!("told to stop")))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_tells_the_running_step_and_runs_nothing_else() {
    let dir = TempDir::new().unwrap();
    let (failures, endless) = (Failures::default(), Arc::new(Endless::default()));
    let never = step(|_, _| panic!("a stage of a cancelled job must not run"));
    let stages = vec![once("endless", Arc::clone(&endless) as Arc<dyn Activity>), once("never", never)];
    let jobs = open(&dir, stages, &failures).await;
    jobs.start("render", "v1", Value::Null).await.unwrap();
    endless.begun.notified().await;
    jobs.cancel("v1").await.unwrap();
    endless.stopped.notified().await;
    assert_eq!(jobs.wait("v1", PATIENCE).await.unwrap(), JobStatus::Cancelled);
    jobs.cancel("v1").await.unwrap();
    jobs.cancel("unknown").await.unwrap();
    jobs.shutdown(PATIENCE).await.unwrap();
    assert_eq!((failures.seen(), endless.runs.load(Ordering::SeqCst)), (vec![], 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_let_go_at_shutdown_is_told_and_run_again_afterwards() {
    let dir = TempDir::new().unwrap();
    let endless = Arc::new(Endless::default());
    let stages = || vec![once("endless", Arc::clone(&endless) as Arc<dyn Activity>)];
    // One attempt only: being let go must not count as one.
    let options = JobOptions { max_attempts: 1, ..quick() };
    let open = async || {
        Jobs::open(&db(dir.path()), vec![pipeline(stages(), &Failures::default())], options.clone()).await
    };
    let jobs = open().await.unwrap();
    jobs.start("render", "v1", Value::Null).await.unwrap();
    endless.begun.notified().await;
    jobs.shutdown(Duration::ZERO).await.unwrap();
    endless.stopped.notified().await;
    drop(jobs);

    let jobs = open().await.unwrap();
    assert_eq!(jobs.wait("v1", PATIENCE).await.unwrap(), JobStatus::Completed(json!("done")));
    jobs.shutdown(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_run_by_one_process_at_a_time() {
    let dir = TempDir::new().unwrap();
    let stages = || vec![once("nothing", step(|_, input| Ok(input)))];
    let jobs = open(&dir, stages(), &Failures::default()).await;
    let second = Jobs::open(&db(dir.path()), vec![pipeline(stages(), &Failures::default())], quick()).await;
    assert!(matches!(second, Err(JobsError::AlreadyOpen { .. })));
    jobs.shutdown(PATIENCE).await.unwrap();
    drop(jobs);
    open(&dir, stages(), &Failures::default()).await.shutdown(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn unfinished_jobs_go_on_with_the_version_they_began_with() {
    let dir = TempDir::new().unwrap();
    let endless = Arc::new(Endless::default());
    let old = || Pipeline {
        version: "1.2.0",
        ..pipeline(vec![once("work", Arc::clone(&endless) as Arc<dyn Activity>)], &Failures::default())
    };
    let new = Pipeline {
        version: "1.10.0",
        ..pipeline(vec![once("other", step(|_, _| Ok(json!("new"))))], &Failures::default())
    };
    let jobs = Jobs::open(&db(dir.path()), vec![old()], quick()).await.unwrap();
    jobs.start("render", "old", Value::Null).await.unwrap();
    endless.begun.notified().await;
    jobs.shutdown(Duration::ZERO).await.unwrap();
    drop(jobs);

    let jobs = Jobs::open(&db(dir.path()), vec![new, old()], quick()).await.unwrap();
    jobs.start("render", "new", Value::Null).await.unwrap();
    assert_eq!(jobs.wait("old", PATIENCE).await.unwrap(), JobStatus::Completed(json!("done")));
    assert_eq!(jobs.wait("new", PATIENCE).await.unwrap(), JobStatus::Completed(json!("new")));
    jobs.shutdown(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_calls_and_declarations_are_refused() {
    let dir = TempDir::new().unwrap();
    let nothing = || step(|_, input| Ok(input));
    let declare = |version, stages| Pipeline { version, ..pipeline(stages, &Failures::default()) };
    for wrong in [
        vec![declare("1.0", vec![once("a", nothing())])],
        vec![declare("1.0.0", vec![])],
        vec![declare("1.0.0", vec![once("a", nothing()), for_each("a", nothing())])],
        vec![declare("1.0.0", vec![once("on_failure", nothing())])],
        vec![declare("1.0.0", vec![once("a", nothing())]), declare("1.0.0", vec![once("a", nothing())])],
    ] {
        assert!(matches!(
            Jobs::open(&db(dir.path()), wrong, quick()).await,
            Err(JobsError::InvalidPipeline { .. })
        ));
    }
    let jobs = open(&dir, vec![for_each("a", nothing())], &Failures::default()).await;
    assert!(matches!(jobs.start("paint", "v1", Value::Null).await, Err(JobsError::UnknownPipeline { .. })));
    assert!(matches!(jobs.start("render", "sub::1", Value::Null).await, Err(JobsError::InvalidJobId { .. })));
    jobs.start("render", "v1", json!("not an array")).await.unwrap();
    assert!(
        matches!(jobs.wait("v1", PATIENCE).await.unwrap(), JobStatus::Failed { code, .. } if code == INTERNAL_ERROR)
    );
    jobs.shutdown(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn ended_jobs_can_be_forgotten() {
    let dir = TempDir::new().unwrap();
    let endless = Arc::new(Endless::default());
    let jobs =
        open(&dir, vec![once("endless", Arc::clone(&endless) as Arc<dyn Activity>)], &Failures::default())
            .await;
    jobs.start("render", "running", Value::Null).await.unwrap();
    endless.begun.notified().await;
    jobs.start("render", "ended", Value::Null).await.unwrap();
    jobs.wait("ended", PATIENCE).await.unwrap();
    assert_eq!(jobs.forget_ended_before(0).await.unwrap(), 0);
    assert_eq!(jobs.forget_ended_before(u64::MAX / 2).await.unwrap(), 1);
    assert_eq!(jobs.status("ended").await.unwrap(), None);
    assert_eq!(jobs.status("running").await.unwrap(), Some(JobStatus::Running));
    jobs.shutdown(Duration::ZERO).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn many_jobs_at_once_all_end() {
    let dir = TempDir::new().unwrap();
    let stages = vec![
        once("plan", step(|_, count| Ok((0..count.as_u64().unwrap()).collect()))),
        for_each("segments", step(|_, input| Ok(json!(input.as_u64().unwrap() + 1)))),
        once(
            "sum",
            step(|_, numbers| {
                Ok(json!(numbers.as_array().unwrap().iter().filter_map(Value::as_u64).sum::<u64>()))
            }),
        ),
    ];
    let options = JobOptions { workers: NonZeroUsize::new(4).unwrap(), ..quick() };
    let jobs =
        Jobs::open(&db(dir.path()), vec![pipeline(stages, &Failures::default())], options).await.unwrap();
    for n in 0..20 {
        jobs.start("render", &format!("v{n}"), json!(n)).await.unwrap();
    }
    for n in 0..20_u64 {
        let sum = JobStatus::Completed(json!(n * (n + 1) / 2));
        assert_eq!(jobs.wait(&format!("v{n}"), PATIENCE).await.unwrap(), sum);
    }
    jobs.shutdown(PATIENCE).await.unwrap();
}
