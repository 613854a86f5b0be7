//! What a kind of job consists of.

use std::sync::Arc;

use crate::{Activity, JobsError};

/// One kind of durable job: stages run in order, each on the output of the one before.
pub struct Pipeline {
    /// Name given to [`Jobs::start`](crate::Jobs::start).
    pub name: &'static str,
    /// `major.minor.patch`. Raise it whenever `stages` changes in number, order, name or kind.
    pub version: &'static str,
    /// At least one.
    pub stages: Vec<Stage>,
    /// Runs when the job failed, not when it was cancelled, with `{"code": …, "message": …}` as input, so that the
    /// owner of the job's record can mark it failed. Retried longer than other steps; its output is dropped.
    pub on_failure: Arc<dyn Activity>,
}

/// One stage of a [`Pipeline`].
pub enum Stage {
    /// Runs the activity once.
    Once {
        /// Unique within the pipeline.
        name: &'static str,
        /// What the stage does.
        activity: Arc<dyn Activity>,
    },
    /// Runs the activity for each item of the previous output, which must be a JSON array, several at a time; its
    /// output is the array of outputs in the order of the items.
    ForEach {
        /// Unique within the pipeline.
        name: &'static str,
        /// What the stage does to one item.
        activity: Arc<dyn Activity>,
    },
}

/// Stage name of the step that records a failure.
pub(crate) const ON_FAILURE: &str = "on_failure";

impl Stage {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Once { name, .. } | Self::ForEach { name, .. } => name,
        }
    }

    pub(crate) fn activity(&self) -> &Arc<dyn Activity> {
        match self {
            Self::Once { activity, .. } | Self::ForEach { activity, .. } => activity,
        }
    }
}

impl Pipeline {
    /// Name under which a stage's activity is registered. It holds the version, so two versions of a pipeline may use
    /// different activities for a stage of the same name.
    pub(crate) fn step_name(&self, stage: &str) -> String {
        format!("{}@{}/{stage}", self.name, self.version)
    }

    /// Reads the version as numbers.
    pub(crate) fn version_numbers(&self) -> Result<[u64; 3], JobsError> {
        let numbers: Option<Vec<u64>> = self
            .version
            .split('.')
            .map(|part| part.parse().ok().filter(|n: &u64| n.to_string() == part))
            .collect();
        numbers
            .and_then(|numbers| numbers.try_into().ok())
            .ok_or_else(|| self.invalid("version is not major.minor.patch"))
    }

    /// Checks what the type cannot hold.
    pub(crate) fn check(&self) -> Result<(), JobsError> {
        self.version_numbers()?;
        if self.stages.is_empty() {
            return Err(self.invalid("it has no stages"));
        }
        for (index, stage) in self.stages.iter().enumerate() {
            if stage.name() == ON_FAILURE
                || self.stages[..index].iter().any(|other| other.name() == stage.name())
            {
                return Err(self.invalid("two of its stages have the same name"));
            }
        }
        Ok(())
    }

    pub(crate) fn invalid(&self, why: &'static str) -> JobsError {
        JobsError::InvalidPipeline { name: self.name, version: self.version, why }
    }
}
