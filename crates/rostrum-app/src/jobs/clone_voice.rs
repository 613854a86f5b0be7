//! From a recording to a voice that an external engine learnt from it.
//!
//! A crash between the engine's answer and the record leaves a voice at the engine that nobody knows here; the step is run
//! again and learns another.

use std::sync::Arc;

use async_trait::async_trait;
use rostrum_jobs::{Activity, JobError, Pipeline, Stage, StepContext};
use rostrum_model::ids::VoiceId;
use rostrum_model::voice::{PrivateVoice, VoiceSource, VoiceState};
use serde_json::Value;

use crate::assets::content_key;
use crate::backends::Backends;
use crate::engine_calls::CallFault;
use crate::speech_engines::{CloneSample, SpeechFault};

/// Name of the pipeline; a voice's job has the voice's id.
pub(crate) const PIPELINE: &str = "clone_voice";

pub(super) fn pipeline(backends: &Arc<Backends>) -> Pipeline {
    Pipeline {
        name: PIPELINE,
        version: "1.0.0",
        stages: vec![Stage::Once { name: "learn", activity: Arc::new(Learn(Arc::clone(backends))) }],
        on_failure: Arc::new(MarkFailed(Arc::clone(backends))),
    }
}

/// The voice a step works on; `None` when it was deleted or is done.
async fn pending_voice(backends: &Backends, cx: &StepContext) -> Result<Option<PrivateVoice>, JobError> {
    let id: VoiceId = cx
        .job_id
        .parse()
        .map_err(|_| JobError::fail(rostrum_jobs::INTERNAL_ERROR, "the job's id is no voice id"))?;
    let voice = backends.store.voices().get_any(id).await.map_err(JobError::retry)?;
    Ok(voice.filter(|voice| voice.state == VoiceState::Pending))
}

struct Learn(Arc<Backends>);

#[async_trait]
impl Activity for Learn {
    async fn run(&self, cx: &StepContext, _input: Value) -> Result<Value, JobError> {
        let backends = &self.0;
        let Some(voice) = pending_voice(backends, cx).await? else { return Ok(Value::Null) };
        let VoiceSource::Clone { engine, sample, sample_mime, remove_noise, .. } = &voice.source else {
            return Ok(Value::Null);
        };
        let recording = backends.blobs.read(&content_key(sample)).await.map_err(JobError::retry)?;
        let recording = recording.ok_or_else(|| {
            JobError::fail(
                "asset_not_found",
                "the recording was deleted before the voice was learnt; upload it again",
            )
        })?;
        let extension = sample_mime.rsplit(['/', '-']).next().unwrap_or("bin");
        let sample = CloneSample {
            name: &voice.name,
            bytes: recording,
            mime: sample_mime,
            file_name: &format!("sample.{extension}"),
            remove_noise: *remove_noise,
        };
        let learnt = backends.speech_engines.clone_voice(engine, sample).await;
        let remote_id = learnt.map_err(|error| {
            // After a time-out the engine may have learnt the voice, and would learn it once more.
            if error.fault.may_pass() && !matches!(error.fault, SpeechFault::Call(CallFault::Timeout { .. }))
            {
                JobError::retry(error)
            } else {
                JobError::fail("voice_provider_error", error.to_string())
            }
        })?;
        let engine = engine.clone();
        let complete = voice.complete(remote_id.clone());
        let complete = complete.map_err(|error| JobError::fail("already_finished", error.to_string()))?;
        if !backends.store.voices().finish(&complete).await.map_err(JobError::retry)? {
            // It was deleted meanwhile, and nobody else will tell the engine.
            if let Err(error) = backends.speech_engines.forget_voice(&engine, &remote_id).await {
                tracing::warn!(%engine, %error, "the engine keeps a voice that was deleted here");
            }
        }
        Ok(Value::Null)
    }
}

/// What happens when the step gives up: the record says so.
struct MarkFailed(Arc<Backends>);

#[async_trait]
impl Activity for MarkFailed {
    async fn run(&self, cx: &StepContext, input: Value) -> Result<Value, JobError> {
        if let Some(voice) = pending_voice(&self.0, cx).await? {
            let message = input["message"].as_str().unwrap_or("the voice could not be learnt");
            tracing::error!(voice.id = %voice.id, cause = message, "a voice could not be learnt");
            let message = if input["code"] == rostrum_jobs::INTERNAL_ERROR {
                "The voice could not be learnt although it was tried several times; clone it again, and if it fails \
                 again, give the voice's id to the operator: the server's log holds the cause."
                    .to_owned()
            } else {
                format!("The voice could not be learnt: {message}.")
            };
            let failed = voice.fail(message).map_err(JobError::retry)?;
            self.0.store.voices().finish(&failed).await.map_err(JobError::retry)?;
        }
        Ok(Value::Null)
    }
}
