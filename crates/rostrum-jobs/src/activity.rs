//! One step of a job, and how its failures travel through the job's history.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::INTERNAL_ERROR;

/// Does one step of a job.
///
/// A step runs at least once: again after an error it asked to have retried, and again from its beginning when the
/// process died during it. Inputs and outputs are kept in the job's history, so they should be small.
#[async_trait::async_trait]
pub trait Activity: Send + Sync + 'static {
    /// Runs the step on the previous stage's output (the job's input for the first stage).
    ///
    /// Must not block the async runtime; long computations belong on a blocking thread that watches
    /// [`StepContext::cancelled`].
    ///
    /// # Errors
    ///
    /// [`JobError::Retry`] runs the step again after a pause, [`JobError::Fail`] ends the job.
    async fn run(&self, cx: &StepContext, input: Value) -> Result<Value, JobError>;
}

/// What a step knows about the job it belongs to.
#[derive(Debug, Clone)]
pub struct StepContext {
    /// Id given to [`Jobs::start`](crate::Jobs::start).
    pub job_id: String,
    /// Name of the stage this step belongs to.
    pub stage: &'static str,
    /// Fires when the job is cancelled, and when the step is let go at shutdown: whatever still works for the step (a
    /// blocking thread, a child process) should stop then. The step's result no longer counts.
    pub cancelled: CancellationToken,
}

/// How a step failed. There is no conversion from other errors: the author of a step must choose.
#[derive(Debug)]
pub enum JobError {
    /// May work next time: the step is run again after a pause, a few times; then the job fails with
    /// [`INTERNAL_ERROR`](crate::INTERNAL_ERROR).
    Retry(anyhow::Error),
    /// Will not work next time: the job fails now.
    Fail {
        /// Stable word for programs, as shown to the user.
        code: String,
        /// Sentence for people, as shown to the user.
        message: String,
    },
}

impl JobError {
    /// Asks for the step to be run again.
    pub fn retry(error: impl Into<anyhow::Error>) -> Self {
        Self::Retry(error.into())
    }

    /// Ends the job with this code and message.
    pub fn fail(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Fail { code: code.into(), message: message.into() }
    }
}

/// Why a job failed, as stored in its history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Failure {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self { code: INTERNAL_ERROR.to_owned(), message: message.into() }
    }

    /// Text form, the output of a failed orchestration and the input of the `on_failure` step.
    pub(crate) fn encode(&self) -> String {
        serde_json::to_string(self).expect("two strings always serialise")
    }

    /// Reads [`Failure::encode`] back; any other text (an engine's own failure) becomes an internal error.
    pub(crate) fn decode(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|_| Self::internal(text))
    }
}

/// A step's error in its history: duroxide carries errors as text.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StepError {
    Retry { message: String },
    Fail(Failure),
}

impl From<JobError> for StepError {
    fn from(error: JobError) -> Self {
        match error {
            JobError::Retry(error) => Self::Retry { message: format!("{error:#}") },
            JobError::Fail { code, message } => Self::Fail(Failure { code, message }),
        }
    }
}

impl StepError {
    pub(crate) fn encode(&self) -> String {
        serde_json::to_string(self).expect("strings always serialise")
    }

    /// Reads [`StepError::encode`] back. Any other text is duroxide's report of a panic, which is tried again.
    pub(crate) fn decode(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|_| Self::Retry { message: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_errors_survive_their_text_form() {
        let retry =
            StepError::from(JobError::retry(anyhow::anyhow!("disk full").context("write the segment")));
        assert_eq!(retry, StepError::Retry { message: "write the segment: disk full".into() });
        let fail = StepError::from(JobError::fail("no_face", "No face was found."));
        for error in [retry, fail] {
            assert_eq!(StepError::decode(&error.encode()), error);
        }
    }

    #[test]
    fn a_panic_is_tried_again() {
        assert!(matches!(StepError::decode("task 5 panicked"), StepError::Retry { .. }));
    }
}
