//! How the calls of this crate fail.

use std::path::PathBuf;

use duroxide::ClientError;

/// Errors of the job store and its calls.
#[derive(Debug, thiserror::Error)]
pub enum JobsError {
    /// Another process, or another [`Jobs`](crate::Jobs) in this one, runs the jobs of this file.
    #[error("the jobs are already run by another process (lock file {lock})", lock = lock.display())]
    AlreadyOpen {
        /// The file whose lock the other process holds.
        lock: PathBuf,
    },
    /// The path cannot be written in a database URL.
    #[error("the job database path {path} is not plain UTF-8", path = path.display())]
    Path {
        /// The path as given.
        path: PathBuf,
    },
    /// A file of the job database could not be used.
    #[error("cannot use {path}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The job database could not be read or written.
    #[error("the job database failed")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A pipeline is wrongly declared.
    #[error("pipeline {name} {version} is invalid: {why}")]
    InvalidPipeline {
        /// Its name.
        name: &'static str,
        /// Its version.
        version: &'static str,
        /// What is wrong.
        why: &'static str,
    },
    /// No pipeline has this name.
    #[error("there is no pipeline named {name}")]
    UnknownPipeline {
        /// The name asked for.
        name: String,
    },
    /// The job id cannot be used.
    #[error("the job id {job_id:?} cannot be used")]
    InvalidJobId {
        /// The id as given.
        job_id: String,
    },
    /// [`Jobs::wait`](crate::Jobs::wait) ran out of time.
    #[error("the job {job_id} is still running")]
    TimedOut {
        /// The job waited for.
        job_id: String,
    },
}

impl JobsError {
    pub(crate) fn sqlite(error: sqlx::Error) -> Self {
        Self::Database(Box::new(error))
    }

    pub(crate) fn client(job_id: &str, error: ClientError) -> Self {
        match error {
            ClientError::Timeout => Self::TimedOut { job_id: job_id.to_owned() },
            ClientError::InvalidInput { .. } => Self::InvalidJobId { job_id: job_id.to_owned() },
            other => Self::Database(Box::new(other)),
        }
    }
}
