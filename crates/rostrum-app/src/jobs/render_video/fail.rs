//! What happens when a step gives up: the record says why, the half-made files go.

use std::sync::Arc;

use async_trait::async_trait;
use rostrum_jobs::{Activity, JobError, StepContext};
use rostrum_model::video::{Failure, VideoState};
use serde_json::Value;

use super::{blob_or_fail, load, store_or_retry};
use crate::backends::Backends;

/// Code of failures that are not the caller's.
const INTERNAL: &str = "internal_error";

pub(super) struct MarkFailed(pub(super) Arc<Backends>);

#[async_trait]
impl Activity for MarkFailed {
    async fn run(&self, cx: &StepContext, input: Value) -> Result<Value, JobError> {
        let backends = &self.0;
        let Ok(video) = load(backends, cx).await else { return Ok(Value::Null) };
        if matches!(video.state, VideoState::Completed { .. }) {
            return Ok(Value::Null);
        }
        let text = |field: &str| input[field].as_str().unwrap_or_default().to_owned();
        let failure = told(&text("code"), &text("message"));
        tracing::error!(video.id = %video.id, code = text("code"), cause = text("message"), "a video failed");
        if let Ok(failed) = video.state.fail(backends.clock.now(), failure) {
            backends.store.videos().update_state(video.id, &video.state, &failed).await.map_err(store_or_retry)?;
        }
        backends.delete_video_files(video.id).await.map_err(blob_or_fail)?;
        backends.forget_work(&video).await.map_err(blob_or_fail)?;
        metrics::counter!("rostrum_videos_failed_total").increment(1);
        Ok(Value::Null)
    }
}

/// The failure as the caller hears it: inner causes stay in the log.
fn told(code: &str, message: &str) -> Failure {
    if code == INTERNAL || code.is_empty() {
        Failure {
            code: "rendering_failed".to_owned(),
            message: "The video could not be rendered although it was tried several times; create it again, and if it \
                      fails again, give the video's id to the operator: the server's log holds the cause."
                .to_owned(),
        }
    } else {
        Failure { code: code.to_owned(), message: message.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_causes_stay_inside_and_the_callers_own_faults_are_told() {
        assert_eq!(told(INTERNAL, "database is locked").code, "rendering_failed");
        assert!(!told(INTERNAL, "database is locked").message.contains("database"));
        assert_eq!(told("tts_text_invalid", "no words").message, "no words");
    }
}
