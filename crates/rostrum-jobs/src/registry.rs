//! The pipelines in duroxide's terms.

use std::collections::HashMap;
use std::sync::Arc;

use duroxide::runtime::registry::{ActivityRegistry, OrchestrationRegistry};
use duroxide::{ActivityContext, OrchestrationContext};
use tracing::Instrument as _;

use crate::JobsError;
use crate::activity::{Activity, Failure, StepContext, StepError};
use crate::orchestration::{Plan, run_job};
use crate::pipeline::{ON_FAILURE, Pipeline, Stage};
use crate::running::RunningSteps;

/// What [`Pipeline`]s turn into.
pub(crate) struct Registry {
    pub(crate) activities: ActivityRegistry,
    pub(crate) orchestrations: OrchestrationRegistry,
    /// Newest version of each pipeline.
    pub(crate) newest: HashMap<&'static str, &'static str>,
}

impl Registry {
    pub(crate) fn new(pipelines: Vec<Pipeline>, running: &Arc<RunningSteps>) -> Result<Self, JobsError> {
        let mut versions = Vec::with_capacity(pipelines.len());
        for pipeline in pipelines {
            pipeline.check()?;
            versions.push((pipeline.name, pipeline.version_numbers()?, pipeline));
        }
        // duroxide wants the versions of one name in ascending order.
        versions.sort_by_key(|(name, version, _)| (*name, *version));
        for neighbours in versions.windows(2) {
            if (neighbours[0].0, neighbours[0].1) == (neighbours[1].0, neighbours[1].1) {
                return Err(neighbours[1].2.invalid("it is declared twice"));
            }
        }

        let mut newest = HashMap::new();
        let mut activities = ActivityRegistry::builder();
        let mut orchestrations = OrchestrationRegistry::builder();
        for (_, _, pipeline) in versions {
            newest.insert(pipeline.name, pipeline.version);
            let steps = pipeline.stages.iter().map(|stage| (stage.name(), Stage::activity(stage)));
            for (stage, activity) in steps.chain([(ON_FAILURE, &pipeline.on_failure)]) {
                let (activity, running) = (Arc::clone(activity), Arc::clone(running));
                activities = activities.register(
                    pipeline.step_name(stage),
                    move |cx: ActivityContext, input: String| {
                        run_activity(Arc::clone(&activity), Arc::clone(&running), stage, cx, input)
                    },
                );
            }
            let plan = Arc::new(Plan::from(&pipeline));
            orchestrations = orchestrations.register_versioned(
                pipeline.name,
                pipeline.version,
                move |cx: OrchestrationContext, started_with: String| {
                    let plan = Arc::clone(&plan);
                    async move { run_job(&cx, &plan, &started_with).await }
                },
            );
        }
        Ok(Self { activities: activities.build(), orchestrations: orchestrations.build(), newest })
    }
}

/// Runs one activity in duroxide's terms.
async fn run_activity(
    activity: Arc<dyn Activity>,
    running: Arc<RunningSteps>,
    stage: &'static str,
    cx: ActivityContext,
    input: String,
) -> Result<String, String> {
    let job_id = cx.instance_id().to_owned();
    let step = running.enter(&job_id, cx.cancellation_token().child_token());
    let span = tracing::info_span!("step", job.id = job_id, job.stage = stage);
    let step_context = StepContext { job_id, stage, cancelled: step.cancelled.clone() };
    let input = serde_json::from_str(&input).map_err(|error| {
        StepError::Fail(Failure::internal(format!("unreadable step input: {error}"))).encode()
    })?;
    match activity.run(&step_context, input).instrument(span).await {
        Ok(output) => Ok(output.to_string()),
        Err(error) => Err(StepError::from(error).encode()),
    }
}
