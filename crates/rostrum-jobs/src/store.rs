//! The `SQLite` file behind the jobs.
//!
//! duroxide's own provider does the work. [`JobStore`] adds what an embedded, single-process store can do better:
//!
//! - **Waking instead of polling.** Everything that adds work to the file passes through here, so a dispatcher that
//!   finds nothing sleeps until it is woken, not for a fixed tenth of a second. Only timers need a (slow) poll.
//! - **One writer at a time.** The provider opens deferred transactions and turns them into writes later; `SQLite` answers
//!   two such at once with "database is locked". A mutex in front is cheaper than their retries.
//! - **One process at a time**, held by a lock on the file beside the database. Whoever holds it knows that locks found
//!   in the database belong to nobody, and takes unfinished work over at once.
//! - **Failures of steps stay failures of steps**, also of those that kill their process.
//! - **Durable starts.** The provider runs WAL with `synchronous = NORMAL`: commits survive `kill -9`, but the last ones
//!   may be lost with the power. [`JobStore::sync`] makes everything committed so far survive that too.

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use duroxide::providers::sqlite::SqliteProvider;
use duroxide::providers::{
    DispatcherCapabilityFilter, ExecutionMetadata, OrchestrationItem, Provider, ProviderAdmin, ProviderError,
    ScheduledActivityIdentifier, SessionFetchConfig, TagFilter, WorkItem,
};
use duroxide::{AppErrorKind, ErrorDetails, Event, SystemStats};
use tokio::sync::{Mutex, Notify};

use crate::JobsError;
use crate::activity::{Failure, StepError};

/// Lets go of every lock. The attempts of steps stay counted: one that kills its process must not be tried for ever. Those
/// of orchestration turns are forgotten: our own code in them kills nobody, and a turn given up for its bad neighbour
/// would fail the job without its `on_failure` step.
const RELEASE_LOCKS: [&str; 4] = [
    "UPDATE worker_queue SET lock_token = NULL, locked_until = NULL WHERE lock_token IS NOT NULL",
    "UPDATE orchestrator_queue SET lock_token = NULL, locked_until = NULL, attempt_count = 0",
    "DELETE FROM instance_locks",
    "DELETE FROM sessions",
];

/// Uncounts the attempts that a planned shutdown interrupted; run before [`RELEASE_LOCKS`].
const FORGIVE_ATTEMPTS: [&str; 1] =
    ["UPDATE worker_queue SET attempt_count = MAX(attempt_count - 1, 0) WHERE lock_token IS NOT NULL"];

const IS_QUEUED: &str = "SELECT COUNT(*) FROM orchestrator_queue WHERE instance_id = ?";

pub(crate) struct JobStore {
    sqlite: Arc<SqliteProvider>,
    /// Longest sleep of a dispatcher that found nothing: how late a durable timer may fire.
    idle_poll: Duration,
    writer: Mutex<()>,
    orchestrator_work: Notify,
    worker_work: Notify,
    write_ahead_log: PathBuf,
    /// Held for as long as the store lives; the system lets go of it when the process dies.
    _process_lock: File,
}

impl JobStore {
    /// Opens or creates the file and takes over whatever a dead process left locked in it.
    pub(crate) async fn open(db_path: &Path, idle_poll: Duration) -> Result<Self, JobsError> {
        let process_lock = lock_process(&with_suffix(db_path, ".lock"))?;
        let path = db_path.to_str().ok_or_else(|| JobsError::Path { path: db_path.to_owned() })?;
        if path.contains(['?', '#', '%']) {
            return Err(JobsError::Path { path: db_path.to_owned() });
        }
        let sqlite =
            SqliteProvider::new(&format!("sqlite:{path}?mode=rwc"), None).await.map_err(JobsError::sqlite)?;
        sync_directory(db_path).map_err(|source| JobsError::Io { path: db_path.to_owned(), source })?;
        let store = Self {
            sqlite: Arc::new(sqlite),
            idle_poll,
            writer: Mutex::new(()),
            orchestrator_work: Notify::new(),
            worker_work: Notify::new(),
            write_ahead_log: with_suffix(db_path, "-wal"),
            _process_lock: process_lock,
        };
        store.execute(&RELEASE_LOCKS).await?;
        Ok(store)
    }

    /// Closes the file after the runtime has stopped. Steps that were let go are free to be taken up at once.
    pub(crate) async fn close(&self) -> Result<(), JobsError> {
        self.execute(&FORGIVE_ATTEMPTS).await?;
        self.execute(&RELEASE_LOCKS).await?;
        self.sqlite.get_pool().close().await;
        Ok(())
    }

    /// Makes everything committed so far survive a power cut.
    pub(crate) async fn sync(&self) -> Result<(), JobsError> {
        let path = self.write_ahead_log.clone();
        // Only the log: opening and closing the database itself would drop SQLite's own file locks.
        let synced = tokio::task::spawn_blocking(move || match File::open(&path) {
            Ok(log) => log.sync_data(),
            // Already moved into the database, which SQLite syncs before it removes the log.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        });
        synced
            .await
            .map_err(io::Error::other)
            .flatten()
            .map_err(|source| JobsError::Io { path: self.write_ahead_log.clone(), source })
    }

    /// Whether a message for this job waits to be worked on, as that of a job that was started a moment ago.
    pub(crate) async fn is_queued(&self, job_id: &str) -> Result<bool, JobsError> {
        let count: i64 = sqlx::query_scalar(IS_QUEUED)
            .bind(job_id)
            .fetch_one(self.sqlite.get_pool())
            .await
            .map_err(JobsError::sqlite)?;
        Ok(count > 0)
    }

    async fn execute(&self, statements: &[&str]) -> Result<(), JobsError> {
        let _writer = self.writer.lock().await;
        for statement in statements {
            sqlx::query(statement).execute(self.sqlite.get_pool()).await.map_err(JobsError::sqlite)?;
        }
        Ok(())
    }

    fn wake_all(&self) {
        self.orchestrator_work.notify_one();
        self.worker_work.notify_one();
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn lock_process(path: &Path) -> Result<File, JobsError> {
    let io_error = |source| JobsError::Io { path: path.to_owned(), source };
    let file = File::options().create(true).truncate(false).write(true).open(path).map_err(io_error)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(JobsError::AlreadyOpen { lock: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(io_error(source)),
    }
}

/// Makes the names of newly created files survive a power cut.
fn sync_directory(file: &Path) -> io::Result<()> {
    let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(directory)?.sync_all()
}

/// Sleeps until `work` is notified or `limit` is over; says whether it was woken.
async fn sleep_until_woken(work: &Notify, limit: Duration) -> bool {
    tokio::time::timeout(limit, work.notified()).await.is_ok()
}

/// A step that killed its process too often ends the whole job in duroxide, without a word to its pipeline. Told as a
/// step's ordinary failure it reaches the `on_failure` step.
fn fail_step_instead_of_job(completion: WorkItem) -> WorkItem {
    match completion {
        WorkItem::ActivityFailed {
            instance,
            execution_id,
            id,
            details: details @ ErrorDetails::Poison { .. },
        } => {
            let failure = StepError::Fail(Failure::internal(details.display_message()));
            let details = ErrorDetails::Application {
                kind: AppErrorKind::ActivityFailed,
                message: failure.encode(),
                retryable: false,
            };
            WorkItem::ActivityFailed { instance, execution_id, id, details }
        }
        other => other,
    }
}

// Each caller that finds work wakes the next sleeper before it starts on it, so one notification per change is enough
// however much work the change brought; a notification nobody waits for is kept for the next one who would sleep.
#[async_trait::async_trait]
impl Provider for JobStore {
    async fn fetch_orchestration_item(
        &self,
        lock_timeout: Duration,
        poll_timeout: Duration,
        filter: Option<&DispatcherCapabilityFilter>,
    ) -> Result<Option<(OrchestrationItem, String, u32)>, ProviderError> {
        let fetch = || async {
            let _writer = self.writer.lock().await;
            self.sqlite.fetch_orchestration_item(lock_timeout, Duration::ZERO, filter).await
        };
        let mut item = fetch().await?;
        if item.is_none()
            && sleep_until_woken(&self.orchestrator_work, poll_timeout.min(self.idle_poll)).await
        {
            item = fetch().await?;
        }
        if item.is_some() {
            self.orchestrator_work.notify_one();
        }
        Ok(item)
    }

    async fn fetch_work_item(
        &self,
        lock_timeout: Duration,
        poll_timeout: Duration,
        session: Option<&SessionFetchConfig>,
        tag_filter: &TagFilter,
    ) -> Result<Option<(WorkItem, String, u32)>, ProviderError> {
        let fetch = || async {
            let _writer = self.writer.lock().await;
            self.sqlite.fetch_work_item(lock_timeout, Duration::ZERO, session, tag_filter).await
        };
        let mut item = fetch().await?;
        if item.is_none() && sleep_until_woken(&self.worker_work, poll_timeout.min(self.idle_poll)).await {
            item = fetch().await?;
        }
        if item.is_some() {
            self.worker_work.notify_one();
        }
        Ok(item)
    }

    async fn ack_orchestration_item(
        &self,
        lock_token: &str,
        execution_id: u64,
        history_delta: Vec<Event>,
        worker_items: Vec<WorkItem>,
        orchestrator_items: Vec<WorkItem>,
        metadata: ExecutionMetadata,
        cancelled_activities: Vec<ScheduledActivityIdentifier>,
    ) -> Result<(), ProviderError> {
        let writer = self.writer.lock().await;
        let result = self
            .sqlite
            .ack_orchestration_item(
                lock_token,
                execution_id,
                history_delta,
                worker_items,
                orchestrator_items,
                metadata,
                cancelled_activities,
            )
            .await;
        drop(writer);
        self.wake_all();
        result
    }

    async fn abandon_orchestration_item(
        &self,
        lock_token: &str,
        delay: Option<Duration>,
        ignore_attempt: bool,
    ) -> Result<(), ProviderError> {
        let _writer = self.writer.lock().await;
        let result = self.sqlite.abandon_orchestration_item(lock_token, delay, ignore_attempt).await;
        self.orchestrator_work.notify_one();
        result
    }

    async fn ack_work_item(&self, token: &str, completion: Option<WorkItem>) -> Result<(), ProviderError> {
        let completion = completion.map(fail_step_instead_of_job);
        let writer = self.writer.lock().await;
        let result = self.sqlite.ack_work_item(token, completion).await;
        drop(writer);
        self.orchestrator_work.notify_one();
        result
    }

    async fn abandon_work_item(
        &self,
        token: &str,
        delay: Option<Duration>,
        ignore_attempt: bool,
    ) -> Result<(), ProviderError> {
        let _writer = self.writer.lock().await;
        let result = self.sqlite.abandon_work_item(token, delay, ignore_attempt).await;
        self.worker_work.notify_one();
        result
    }

    async fn enqueue_for_orchestrator(
        &self,
        item: WorkItem,
        delay: Option<Duration>,
    ) -> Result<(), ProviderError> {
        let writer = self.writer.lock().await;
        let result = self.sqlite.enqueue_for_orchestrator(item, delay).await;
        drop(writer);
        self.orchestrator_work.notify_one();
        result
    }

    async fn enqueue_for_worker(&self, item: WorkItem) -> Result<(), ProviderError> {
        let writer = self.writer.lock().await;
        let result = self.sqlite.enqueue_for_worker(item).await;
        drop(writer);
        self.worker_work.notify_one();
        result
    }

    async fn append_with_execution(
        &self,
        instance: &str,
        execution_id: u64,
        new_events: Vec<Event>,
    ) -> Result<(), ProviderError> {
        let _writer = self.writer.lock().await;
        self.sqlite.append_with_execution(instance, execution_id, new_events).await
    }

    async fn renew_work_item_lock(&self, token: &str, extend_for: Duration) -> Result<(), ProviderError> {
        let _writer = self.writer.lock().await;
        self.sqlite.renew_work_item_lock(token, extend_for).await
    }

    async fn renew_orchestration_item_lock(
        &self,
        token: &str,
        extend_for: Duration,
    ) -> Result<(), ProviderError> {
        let _writer = self.writer.lock().await;
        self.sqlite.renew_orchestration_item_lock(token, extend_for).await
    }

    async fn renew_session_lock(
        &self,
        owner_ids: &[&str],
        extend_for: Duration,
        idle_timeout: Duration,
    ) -> Result<usize, ProviderError> {
        let _writer = self.writer.lock().await;
        self.sqlite.renew_session_lock(owner_ids, extend_for, idle_timeout).await
    }

    async fn cleanup_orphaned_sessions(&self, idle_timeout: Duration) -> Result<usize, ProviderError> {
        let _writer = self.writer.lock().await;
        self.sqlite.cleanup_orphaned_sessions(idle_timeout).await
    }

    fn name(&self) -> &str {
        self.sqlite.name()
    }

    fn version(&self) -> &str {
        self.sqlite.version()
    }

    async fn read(&self, instance: &str) -> Result<Vec<Event>, ProviderError> {
        self.sqlite.read(instance).await
    }

    async fn read_with_execution(
        &self,
        instance: &str,
        execution_id: u64,
    ) -> Result<Vec<Event>, ProviderError> {
        self.sqlite.read_with_execution(instance, execution_id).await
    }

    fn as_management_capability(&self) -> Option<&dyn ProviderAdmin> {
        self.sqlite.as_management_capability()
    }

    async fn get_custom_status(
        &self,
        instance: &str,
        last_seen_version: u64,
    ) -> Result<Option<(Option<String>, u64)>, ProviderError> {
        self.sqlite.get_custom_status(instance, last_seen_version).await
    }

    async fn get_kv_value(&self, instance: &str, key: &str) -> Result<Option<String>, ProviderError> {
        self.sqlite.get_kv_value(instance, key).await
    }

    async fn get_kv_all_values(&self, instance: &str) -> Result<HashMap<String, String>, ProviderError> {
        self.sqlite.get_kv_all_values(instance).await
    }

    async fn get_instance_stats(&self, instance: &str) -> Result<Option<SystemStats>, ProviderError> {
        self.sqlite.get_instance_stats(instance).await
    }
}
