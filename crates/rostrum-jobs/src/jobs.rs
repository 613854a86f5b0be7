//! Starting, cancelling and watching jobs.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use duroxide::runtime::{ObservabilityConfig, OrchestrationStatus, Runtime, RuntimeOptions};
use duroxide::{AppErrorKind, Client, ErrorDetails, InstanceFilter};
use serde_json::Value;

use crate::JobsError;
use crate::activity::Failure;
use crate::orchestration::StartedWith;
use crate::pipeline::Pipeline;
use crate::registry::Registry;
use crate::running::RunningSteps;
use crate::store::JobStore;

/// How [`Jobs`] runs. The defaults fit a two-core machine.
#[derive(Debug, Clone)]
pub struct JobOptions {
    /// Steps run at the same time, over all jobs; also the most items of one fan-out stage in flight at once.
    pub workers: NonZeroUsize,
    /// How long a step may go without a sign of life from its process before it is given to another worker. Signs of
    /// life are sent by themselves at half this time; only a process too busy to send them loses a step. A dead
    /// process needs no timeout: the next [`Jobs::open`] takes its work over at once.
    pub lock_timeout: Duration,
    /// How often a step may kill its process before its job fails. Errors and panics are not counted here.
    pub max_attempts: u32,
    /// Pauses before a step that asked for it is tried again; their number is the number of retries.
    pub retry_delays: Vec<Duration>,
    /// How late a retry may begin, and how often an idle process looks for one. New work does not wait for it.
    pub idle_poll: Duration,
    /// How long a cancelled step may go on before it is dropped where it stands.
    pub cancel_grace: Duration,
}

impl Default for JobOptions {
    fn default() -> Self {
        Self {
            workers: NonZeroUsize::new(2).expect("two is not zero"),
            lock_timeout: Duration::from_secs(10),
            max_attempts: 5,
            retry_delays: [1, 4, 15].map(Duration::from_secs).to_vec(),
            idle_poll: Duration::from_millis(500),
            cancel_grace: Duration::from_secs(10),
        }
    }
}

/// Where a job stands.
#[derive(Debug, Clone, PartialEq)]
pub enum JobStatus {
    /// Started and not ended.
    Running,
    /// Every stage is done; holds the last stage's output.
    Completed(Value),
    /// A stage failed for good; the `on_failure` step has run.
    Failed {
        /// The failing step's code, or [`INTERNAL_ERROR`](crate::INTERNAL_ERROR).
        code: String,
        /// The failing step's message; for an internal error a text for the log, not for the user.
        message: String,
    },
    /// Ended by [`Jobs::cancel`].
    Cancelled,
}

/// Runs durable jobs from one `SQLite` file. One per file: a second one is refused.
///
/// Ends with [`Jobs::shutdown`]; merely dropping it leaves its workers running.
pub struct Jobs {
    store: Arc<JobStore>,
    runtime: Arc<Runtime>,
    client: Client,
    /// Newest version of each pipeline: what new jobs run.
    newest: HashMap<&'static str, &'static str>,
    running: Arc<RunningSteps>,
    options: JobOptions,
}

impl Jobs {
    /// Opens or creates the job file and goes on with the unfinished jobs in it.
    ///
    /// # Errors
    ///
    /// Fails when another process runs these jobs, the file cannot be used, or a pipeline is wrongly declared.
    pub async fn open(
        db_path: &Path,
        pipelines: Vec<Pipeline>,
        options: JobOptions,
    ) -> Result<Self, JobsError> {
        let running = Arc::new(RunningSteps::default());
        let registry = Registry::new(pipelines, &running)?;
        let store = Arc::new(JobStore::open(db_path, options.idle_poll).await?);
        let client = Client::new(Arc::clone(&store) as Arc<_>);
        let runtime = Runtime::start_with_options(
            Arc::clone(&store) as Arc<_>,
            registry.activities,
            registry.orchestrations,
            runtime_options(&options),
        )
        .await;
        Ok(Self { store, runtime, client, newest: registry.newest, running, options })
    }

    /// Starts a job of the newest version of a pipeline. Starting an id a second time, even after the job has ended,
    /// changes nothing.
    ///
    /// When this returns the job survives a power cut.
    ///
    /// # Errors
    ///
    /// Fails for an unknown pipeline, an id duroxide keeps for itself (one holding `sub::`), or a failing disk.
    pub async fn start(&self, pipeline: &str, job_id: &str, input: Value) -> Result<(), JobsError> {
        let version = self
            .newest
            .get(pipeline)
            .ok_or_else(|| JobsError::UnknownPipeline { name: pipeline.to_owned() })?;
        let started_with = StartedWith {
            input,
            fan_out_width: self.options.workers.get(),
            retry_delays_ms: self.options.retry_delays.iter().map(|delay| delay.as_millis() as u64).collect(),
        };
        let started_with =
            serde_json::to_string(&started_with).expect("a JSON value and numbers always serialise");
        self.client
            .start_orchestration_versioned(job_id, pipeline, *version, started_with)
            .await
            .map_err(|error| JobsError::client(job_id, error))?;
        self.store.sync().await
    }

    /// Cancels a job: its running steps are told through [`StepContext::cancelled`](crate::StepContext::cancelled), no further step begins and
    /// `on_failure` does not run. Nothing happens when the job is unknown or has ended.
    ///
    /// When this returns the request survives a power cut; the job is [`JobStatus::Cancelled`] a moment later.
    ///
    /// # Errors
    ///
    /// Fails when the job file cannot be written.
    pub async fn cancel(&self, job_id: &str) -> Result<(), JobsError> {
        self.client
            .cancel_instance(job_id, "cancelled")
            .await
            .map_err(|error| JobsError::client(job_id, error))?;
        // duroxide tells the steps too, but only when it next renews their locks.
        self.running.cancel(job_id);
        self.store.sync().await
    }

    /// How many steps run at the same time.
    pub fn workers(&self) -> NonZeroUsize {
        self.options.workers
    }

    /// Where the job stands, `None` when it was never started (or has been forgotten).
    ///
    /// # Errors
    ///
    /// Fails when the job file cannot be read.
    pub async fn status(&self, job_id: &str) -> Result<Option<JobStatus>, JobsError> {
        let queued = self.store.is_queued(job_id).await?;
        let status = self
            .client
            .get_orchestration_status(job_id)
            .await
            .map_err(|error| JobsError::client(job_id, error))?;
        Ok(job_status(status).or(queued.then_some(JobStatus::Running)))
    }

    /// Waits until the job has ended.
    ///
    /// # Errors
    ///
    /// Fails when it has not ended in time, or the job file cannot be read.
    pub async fn wait(&self, job_id: &str, timeout: Duration) -> Result<JobStatus, JobsError> {
        let status = self
            .client
            .wait_for_orchestration(job_id, timeout)
            .await
            .map_err(|error| JobsError::client(job_id, error))?;
        job_status(status).ok_or_else(|| JobsError::TimedOut { job_id: job_id.to_owned() })
    }

    /// Removes up to a thousand jobs that ended before the given time and returns how many it removed. A removed id can
    /// be started anew.
    ///
    /// # Errors
    ///
    /// Fails when the job file cannot be written.
    pub async fn forget_ended_before(&self, unix_ms: u64) -> Result<u64, JobsError> {
        let filter =
            InstanceFilter { completed_before: Some(unix_ms), limit: Some(1_000), ..Default::default() };
        let deleted =
            self.client.delete_instance_bulk(filter).await.map_err(|error| JobsError::client("", error))?;
        Ok(deleted.instances_deleted)
    }

    /// Stops: no step begins any more; running ones have `grace` to end and are then let go, to be run again from
    /// their beginning after the next [`Jobs::open`]. Being let go is not counted as an attempt.
    ///
    /// # Errors
    ///
    /// Fails when the job file cannot be written. The jobs are safe even then.
    pub async fn shutdown(&self, grace: Duration) -> Result<(), JobsError> {
        Arc::clone(&self.runtime).shutdown(Some(grace.as_millis() as u64)).await;
        self.store.close().await
    }
}

fn runtime_options(options: &JobOptions) -> RuntimeOptions {
    RuntimeOptions {
        worker_concurrency: options.workers.get(),
        worker_lock_timeout: options.lock_timeout,
        max_attempts: options.max_attempts,
        activity_cancellation_grace_period: options.cancel_grace,
        // The store sleeps by itself; a dispatcher must not sleep once more when it comes back without work.
        dispatcher_min_poll_interval: Duration::from_millis(1),
        dispatcher_long_poll_timeout: options.idle_poll,
        observability: ObservabilityConfig { log_level: "warn".to_owned(), ..Default::default() },
        ..Default::default()
    }
}

/// `None` for a job duroxide has not begun.
fn job_status(status: OrchestrationStatus) -> Option<JobStatus> {
    match status {
        OrchestrationStatus::NotFound => None,
        OrchestrationStatus::Running { .. } => Some(JobStatus::Running),
        OrchestrationStatus::Completed { output, .. } => {
            Some(JobStatus::Completed(serde_json::from_str(&output).unwrap_or(Value::String(output))))
        }
        OrchestrationStatus::Failed {
            details: ErrorDetails::Application { kind: AppErrorKind::Cancelled { .. }, .. },
            ..
        } => Some(JobStatus::Cancelled),
        OrchestrationStatus::Failed { details, .. } => {
            let Failure { code, message } = Failure::decode(&details.display_message());
            Some(JobStatus::Failed { code, message })
        }
    }
}
