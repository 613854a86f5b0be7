//! From footage to all that is to be known of its frames before they are drawn.
//!
//! What was found lies beside the content, under its hash, and serves all looks of the same bytes. A step that is run again
//! after a crash begins anew, or finds what is done.

use std::sync::Arc;

use async_trait::async_trait;
use rostrum_jobs::{Activity, INTERNAL_ERROR, JobError, Pipeline, Stage, StepContext};
use rostrum_model::asset::ContentHash;
use rostrum_model::avatar::{Look, Study};
use rostrum_model::event::{Event, EventData, TwinFailed, TwinReady};
use rostrum_model::ids::{EventId, LookId};
use rostrum_model::video::Failure;
use rostrum_store::StoreError;
use serde_json::Value;

use crate::backends::Backends;
use crate::contents::ContentLocks;
use crate::footage::{StudiedFootage, UnusableFootage};

/// Name of the pipeline; a look's job has the look's id.
pub(crate) const PIPELINE: &str = "study_footage";

/// What the contract calls footage that cannot become a digital twin.
const TRAINING_FAILED: &str = "training_failed";

pub(super) fn pipeline(backends: &Arc<Backends>) -> Pipeline {
    let study = StudyFrames { backends: Arc::clone(backends), studying: ContentLocks::default() };
    Pipeline {
        name: PIPELINE,
        version: "1.0.0",
        stages: vec![Stage::Once { name: "study", activity: Arc::new(study) }],
        on_failure: Arc::new(MarkFailed(Arc::clone(backends))),
    }
}

struct StudyFrames {
    backends: Arc<Backends>,
    /// Held while a content is studied, so that it is done once.
    studying: ContentLocks,
}

#[async_trait]
impl Activity for StudyFrames {
    async fn run(&self, cx: &StepContext, _input: Value) -> Result<Value, JobError> {
        let backends = &self.backends;
        let Some(look) = pending_look(backends, cx).await? else { return Ok(Value::Null) };
        let asset = backends.store.assets().get_public(look.photo).await.map_err(JobError::retry)?;
        // The record of a look holds that of its footage.
        let Some(asset) = asset else { return Ok(Value::Null) };
        let hash = asset.content_hash;
        let _studying = self.studying.lock(&hash).await;
        let cancelled = cx.cancelled.clone();
        match backends.studied_footage(&hash, move || cancelled.is_cancelled()).await {
            Ok(_) => {}
            Err(UnusableFootage::GivenUp) => return Ok(Value::Null),
            Err(error) if error.is_the_files_fault() => {
                return Err(JobError::fail(TRAINING_FAILED, error.to_string()));
            }
            Err(error) => return Err(JobError::retry(error)),
        }
        backends.record_study(&look, Study::Ready).await.map_err(JobError::retry)?;
        Ok(Value::Null)
    }
}

/// What happens when the step gives up: the record says so.
struct MarkFailed(Arc<Backends>);

#[async_trait]
impl Activity for MarkFailed {
    async fn run(&self, cx: &StepContext, input: Value) -> Result<Value, JobError> {
        if let Some(look) = pending_look(&self.0, cx).await? {
            let [code, message] = ["code", "message"].map(|name| input[name].as_str().unwrap_or_default());
            self.0.give_up_study(look.id, code, message).await.map_err(JobError::retry)?;
        }
        Ok(Value::Null)
    }
}

/// The look a step works on; `None` when it was deleted or is done.
async fn pending_look(backends: &Backends, cx: &StepContext) -> Result<Option<Look>, JobError> {
    let id: LookId =
        cx.job_id.parse().map_err(|_| JobError::fail(INTERNAL_ERROR, "the job's id is no look id"))?;
    let look = backends.store.avatars().look_any(id).await.map_err(JobError::retry)?;
    Ok(look.filter(|look| look.footage.as_ref().is_some_and(|footage| footage.study == Study::Pending)))
}

impl Backends {
    /// What is known of footage: what was kept, or what a look at all frames gives, which is kept then.
    ///
    /// # Errors
    /// When it cannot become a digital twin, or cannot be looked at.
    pub(crate) async fn studied_footage(
        &self,
        hash: &ContentHash,
        is_given_up: impl Fn() -> bool + Send + 'static,
    ) -> Result<StudiedFootage, UnusableFootage> {
        if let Some(kept) = self.kept_study(hash).await? {
            return Ok(kept);
        }
        let made = self.study_footage(hash, is_given_up).await?;
        let _alone = self.contents.lock(hash).await;
        if self.store.assets().count_by_hash(hash).await? > 0 {
            self.keep_study(hash, &made).await?;
        }
        Ok(made.studied)
    }

    /// Records that a look's footage cannot be studied.
    pub(crate) async fn give_up_study(
        &self,
        id: LookId,
        code: &str,
        message: &str,
    ) -> Result<(), StoreError> {
        let Some(look) = self.store.avatars().look_any(id).await? else { return Ok(()) };
        tracing::error!(look.id = %id, cause = message, "footage could not be studied");
        let message = if code == INTERNAL_ERROR {
            "The footage could not be studied although it was tried several times; create the avatar again, and if it \
             fails again, give its id to the operator: the server's log holds the cause."
                .to_owned()
        } else {
            let mut chars = message.chars();
            let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
            format!("{first}{}.", chars.as_str())
        };
        let code = if code.is_empty() { INTERNAL_ERROR } else { code };
        self.record_study(&look, Study::Failed(Failure { code: code.to_owned(), message })).await
    }

    /// Moves a look that waits for its study to its end and adds the event that tells of it; does nothing when that was
    /// done.
    async fn record_study(&self, look: &Look, study: Study) -> Result<(), StoreError> {
        let (avatar_id, avatar_group_id, name) = (look.id, look.group_id, look.name.clone());
        let (counted, data) = match &study {
            Study::Pending => return Ok(()),
            Study::Ready => (
                "rostrum_twins_ready_total",
                EventData::TwinReady(TwinReady { avatar_id, avatar_group_id, name }),
            ),
            Study::Failed(Failure { code, message }) => (
                "rostrum_twins_failed_total",
                EventData::TwinFailed(TwinFailed {
                    avatar_id,
                    avatar_group_id,
                    name,
                    code: code.clone(),
                    msg: message.clone(),
                }),
            ),
        };
        let event = Event {
            id: EventId::generate(&*self.clock, &*self.chance),
            workspace_id: look.workspace_id,
            data,
            created_at: self.clock.now(),
        };
        if self.store.avatars().finish_study(look.id, &study, &event).await? {
            metrics::counter!(counted).increment(1);
        }
        Ok(())
    }
}
