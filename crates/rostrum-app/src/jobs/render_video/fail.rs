//! What happens when a step gives up: the record says why, the half-made files go.

use std::sync::Arc;

use async_trait::async_trait;
use rostrum_blob::BlobError;
use rostrum_jobs::{Activity, INTERNAL_ERROR, JobError, StepContext};
use rostrum_model::event::{EventData, VideoFailed};
use rostrum_model::video::{Failure, Video, VideoState};
use rostrum_store::StoreError;
use serde_json::Value;

use super::{load, retry};
use crate::backends::Backends;

pub(super) struct MarkFailed(pub(super) Arc<Backends>);

#[async_trait]
impl Activity for MarkFailed {
    async fn run(&self, cx: &StepContext, input: Value) -> Result<Value, JobError> {
        let Ok(video) = load(&self.0, cx).await else { return Ok(Value::Null) };
        let text = |field: &str| input[field].as_str().unwrap_or_default();
        self.0.give_up(&video, text("code"), text("message")).await.map_err(retry)?;
        Ok(Value::Null)
    }
}

/// A video could not be marked as failed.
#[derive(Debug, thiserror::Error)]
pub enum GiveUpError {
    /// Records could not be reached.
    #[error("the failed video's record could not be reached")]
    Store(#[from] StoreError),
    /// Bytes could not be reached.
    #[error("the failed video's files could not be removed")]
    Blob(#[from] BlobError),
}

impl Backends {
    /// Records why a video failed and removes what was made for it; a finished video is left alone.
    pub(crate) async fn give_up(&self, video: &Video, code: &str, message: &str) -> Result<(), GiveUpError> {
        if matches!(video.state, VideoState::Failed { .. }) {
            return Ok(());
        }
        let failure = told(code, message);
        let Ok(failed) = video.state.fail(self.clock.now(), failure.clone()) else { return Ok(()) };
        tracing::error!(video.id = %video.id, code, cause = message, "a video failed");
        let (event, delivery) = self.telling(video, failed_event(video, failure));
        if !self.store.videos().finish(video.id, &video.state, &failed, &event, delivery.as_ref()).await? {
            return Ok(());
        }
        self.video_ended.notify_one();
        self.delete_video_files(video.id).await?;
        self.forget_work(video).await?;
        metrics::counter!("rostrum_videos_failed_total").increment(1);
        Ok(())
    }
}

fn failed_event(video: &Video, failure: Failure) -> EventData {
    let Failure { code, message: msg } = failure;
    EventData::VideoFailed(VideoFailed {
        video_id: video.id,
        title: video.title.clone(),
        code,
        msg,
        folder_id: video.folder_id,
        callback_id: video.callback.id.clone(),
    })
}

/// The failure as the caller hears it: inner causes stay in the log.
fn told(code: &str, message: &str) -> Failure {
    if code == INTERNAL_ERROR || code.is_empty() {
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
        assert_eq!(told(INTERNAL_ERROR, "database is locked").code, "rendering_failed");
        assert!(!told(INTERNAL_ERROR, "database is locked").message.contains("database"));
        assert_eq!(told("tts_text_invalid", "no words").message, "no words");
    }
}
