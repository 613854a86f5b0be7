//! The durable function behind every pipeline.
//!
//! duroxide runs this function again from the start on every turn and answers its calls from the recorded history. It
//! must therefore decide only from its arguments and from what its steps returned; a changed decision under an
//! unchanged version makes unfinished jobs fail as nondeterministic.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use duroxide::OrchestrationContext;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::activity::{Failure, StepError};
use crate::pipeline::{ON_FAILURE, Pipeline, Stage};

/// Pauses of the step that records a failure. Longer than those of other steps: until it succeeds the job's owner
/// believes the job is still running. About an hour in all.
const ON_FAILURE_DELAYS_MS: [u64; 8] = [1_000, 4_000, 15_000, 60_000, 300_000, 600_000, 1_200_000, 1_200_000];

/// What a job is started with: its input, and the options its decisions depend on. They are kept with the job because
/// the options of the process may differ after a restart.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StartedWith {
    pub(crate) input: Value,
    /// Most items of a fan-out stage in flight at once.
    pub(crate) fan_out_width: usize,
    /// Pauses before a step is tried again.
    pub(crate) retry_delays_ms: Vec<u64>,
}

/// The stages of a pipeline as the orchestration needs them.
#[derive(Debug)]
pub(crate) struct Plan {
    stages: Vec<PlannedStage>,
    on_failure_step: String,
}

#[derive(Debug)]
struct PlannedStage {
    name: &'static str,
    step: String,
    for_each: bool,
}

impl From<&Pipeline> for Plan {
    fn from(pipeline: &Pipeline) -> Self {
        let stages = pipeline
            .stages
            .iter()
            .map(|stage| PlannedStage {
                name: stage.name(),
                step: pipeline.step_name(stage.name()),
                for_each: matches!(stage, Stage::ForEach { .. }),
            })
            .collect();
        Self { stages, on_failure_step: pipeline.step_name(ON_FAILURE) }
    }
}

/// Runs one job to its end. The result is the last stage's output, or an encoded [`Failure`].
pub(crate) async fn run_job(
    cx: &OrchestrationContext,
    plan: &Plan,
    started_with: &str,
) -> Result<String, String> {
    let failure = match run_stages(cx, plan, started_with).await {
        Ok(output) => return Ok(output),
        Err(failure) => failure.encode(),
    };
    if let Err(error) = run_step(cx, &plan.on_failure_step, &failure, &ON_FAILURE_DELAYS_MS).await {
        cx.trace_error(format!("the failure of the job could not be recorded: {}", error.message));
    }
    Err(failure)
}

async fn run_stages(cx: &OrchestrationContext, plan: &Plan, started_with: &str) -> Result<String, Failure> {
    let job: StartedWith = serde_json::from_str(started_with)
        .map_err(|error| Failure::internal(format!("unreadable job input: {error}")))?;
    let mut output = job.input.to_string();
    for stage in &plan.stages {
        output = if stage.for_each {
            run_for_each(cx, stage, &output, &job).await?
        } else {
            run_step(cx, &stage.step, &output, &job.retry_delays_ms).await?
        };
    }
    Ok(output)
}

/// Runs a fan-out stage in `fan_out_width` lanes; lane `n` takes the items `n`, `n + width`, `n + 2 * width` … one after
/// the other. Bounding the width per job keeps a long job from filling the queue before everyone else's.
async fn run_for_each(
    cx: &OrchestrationContext,
    stage: &PlannedStage,
    input: &str,
    job: &StartedWith,
) -> Result<String, Failure> {
    let items: Vec<Value> = serde_json::from_str(input).map_err(|_| {
        Failure::internal(format!("stage {} needs an array from the stage before it", stage.name))
    })?;
    let width = job.fan_out_width.clamp(1, items.len().max(1));
    let gave_up = AtomicBool::new(false);
    let lanes = (0..width)
        .map(|lane| run_lane(cx, stage, items.iter().skip(lane).step_by(width), job, &gave_up))
        .collect();
    let mut outputs = vec![Value::Null; items.len()];
    for (lane, done) in cx.join(lanes).await.into_iter().enumerate() {
        for (position, output) in done?.into_iter().enumerate() {
            outputs[lane + position * width] = output;
        }
    }
    Ok(Value::Array(outputs).to_string())
}

async fn run_lane(
    cx: &OrchestrationContext,
    stage: &PlannedStage,
    items: impl Iterator<Item = &Value>,
    job: &StartedWith,
    gave_up: &AtomicBool,
) -> Result<Vec<Value>, Failure> {
    let mut outputs = Vec::new();
    for item in items {
        if gave_up.load(Ordering::Relaxed) {
            break;
        }
        let output = run_step(cx, &stage.step, &item.to_string(), &job.retry_delays_ms)
            .await
            .inspect_err(|_| gave_up.store(true, Ordering::Relaxed))?;
        outputs.push(serde_json::from_str(&output).map_err(|error| Failure::internal(error.to_string()))?);
    }
    Ok(outputs)
}

/// Runs one step, again after each of the pauses while it asks for that. The pauses are durable: a restart neither
/// shortens nor prolongs them.
async fn run_step(
    cx: &OrchestrationContext,
    step: &str,
    input: &str,
    retry_delays_ms: &[u64],
) -> Result<String, Failure> {
    let mut delays = retry_delays_ms.iter();
    loop {
        let error = match cx.schedule_activity(step, input).await {
            Ok(output) => return Ok(output),
            Err(error) => StepError::decode(&error),
        };
        match (error, delays.next()) {
            (StepError::Fail(failure), _) => return Err(failure),
            (StepError::Retry { message }, None) => return Err(Failure::internal(message)),
            (StepError::Retry { .. }, Some(delay)) => cx.schedule_timer(Duration::from_millis(*delay)).await,
        }
    }
}
