//! Durable jobs: named pipelines of steps that survive retries, restarts and `kill -9`.
//!
//! A [`Pipeline`] is a list of stages; each stage is one [`Activity`], run once or once per item of the output before
//! it. [`Jobs`] runs pipelines from one `SQLite` file: every finished step is recorded there, so a job that lost its
//! process goes on at the step it was in. Steps therefore run *at least* once and must be idempotent.
//!
//! What this crate deliberately does not do: it holds no product data (inputs and outputs are small JSON: blob keys and
//! numbers), it does not decide which jobs should exist (records are the truth; a sweeper calls [`Jobs::start`] again
//! for rows without a job), and it offers no schedules. duroxide is named nowhere else in the workspace.
//!
//! To add a job: implement [`Activity`] for each step, list them in a [`Pipeline`] and pass it to [`Jobs::open`]. To
//! change the stages of a pipeline that may have unfinished jobs, keep the old [`Pipeline`] in the list and add the new
//! one under the same name with a higher version: unfinished jobs go on with the version they began with.
//!
//! Install the process's `tracing` subscriber before [`Jobs::open`]; duroxide installs its own when it finds none.

mod activity;
mod error;
mod jobs;
mod orchestration;
mod pipeline;
mod registry;
mod running;
mod store;

pub use activity::{Activity, JobError, StepContext};
pub use error::JobsError;
pub use jobs::{JobOptions, JobStatus, Jobs};
pub use pipeline::{Pipeline, Stage};

/// Code of a job that failed for a reason its author did not foresee: retries used up, a panic, or a step that killed
/// its process too often.
pub const INTERNAL_ERROR: &str = "internal_error";
