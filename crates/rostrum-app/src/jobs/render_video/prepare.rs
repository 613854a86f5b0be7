//! First step: the sound with its times, and the plan of segments.

use std::sync::Arc;

use async_trait::async_trait;
use rostrum_jobs::{Activity, JobError, StepContext};
use rostrum_media::decode_audio;
use rostrum_model::ids::AssetId;
use rostrum_model::speech::SpeechTrack;
use rostrum_model::video::{FRAMES_PER_SECOND, Sound, Video};
use rostrum_speech::{Speech, SpeechError};
use serde_json::Value;

use super::{
    SPOKEN_SHARE, blob_or_fail, fail, load, retry, segments, speech_key, store_or_retry, track_file,
};
use crate::assets::content_key;
use crate::backends::Backends;
use crate::engines::EngineError;

pub(super) struct Prepare(pub(super) Arc<Backends>);

#[async_trait]
impl Activity for Prepare {
    async fn run(&self, cx: &StepContext, _input: Value) -> Result<Value, JobError> {
        let backends = &self.0;
        let video = load(backends, cx).await?;
        let started = video
            .state
            .start(backends.clock.now())
            .map_err(|_| fail("already_finished", "the video was already finished".to_owned()))?;
        backends
            .store
            .videos()
            .update_state(video.id, &video.state, &started)
            .await
            .map_err(store_or_retry)?;

        let track = backends.speech(&video).await?;
        backends.store.videos().set_progress(video.id, SPOKEN_SHARE).await.map_err(store_or_retry)?;
        let frames = (track.duration_s() * f64::from(FRAMES_PER_SECOND)).ceil().max(1.0) as usize;
        tracing::info!(video.id = %video.id, frames, sound_s = track.duration_s(), "planned a video");
        serde_json::to_value(segments(frames)).map_err(retry)
    }
}

impl Backends {
    /// The sound of a video, made once and then read back.
    pub(super) async fn speech(&self, video: &Video) -> Result<SpeechTrack, JobError> {
        let key = speech_key(video);
        if let Some(bytes) = self.blobs.read(&key).await.map_err(blob_or_fail)? {
            // A damaged file (a bit flip on the disk) is made again.
            if let Ok(track) = track_file::decode(&bytes) {
                return Ok(at_volume(track, video));
            }
        }
        let (track, unspoken) = match &video.spec.sound {
            Sound::Script { text, voice_id, settings } => {
                let spoken = self.spoken(text.clone(), voice_id.clone(), settings.speed).await?;
                (spoken.track, spoken.unspoken_words)
            }
            Sound::Audio { asset } => (self.heard(video, *asset).await?, Vec::new()),
        };
        if !unspoken.is_empty() {
            tracing::warn!(video.id = %video.id, words = ?unspoken, "words could not be spoken");
        }
        let bytes = track_file::encode(&track, &unspoken);
        self.blobs.put(&key, &bytes).await.map_err(blob_or_fail)?;
        Ok(at_volume(track, video))
    }

    async fn spoken(&self, text: String, voice_id: String, speed: f32) -> Result<Speech, JobError> {
        let engine = self.engines.speech().await.map_err(engine_failure)?;
        let spoken = tokio::task::spawn_blocking(move || engine.speak(&text, &voice_id, speed)).await;
        spoken.map_err(retry)?.map_err(|error| match error {
            SpeechError::TextNotSpeakable => fail(
                "tts_text_invalid",
                "nothing in the script can be spoken by this voice; write words in the voice's language"
                    .to_owned(),
            ),
            other => retry(other),
        })
    }

    /// Uploaded sound with the mouth movement read from the sound itself (see `rostrum_speech::listen`).
    async fn heard(&self, video: &Video, asset_id: AssetId) -> Result<SpeechTrack, JobError> {
        let asset = self.store.assets().get(video.workspace_id, asset_id).await.map_err(store_or_retry)?;
        let asset = asset.ok_or_else(|| {
            fail("asset_not_found", format!("the audio asset {asset_id} was deleted; upload it again"))
        })?;
        let folder = tempfile::tempdir_in(&self.work_dir).map_err(retry)?;
        let file = folder.path().join("sound");
        self.copy_to_file(&content_key(&asset.content_hash), &file).await.map_err(retry)?;
        let samples = decode_audio(&self.ffmpeg, &file).await.map_err(|error| {
            if error.is_the_files_fault() {
                fail("audio_unusable", format!("the audio cannot be used: {error}"))
            } else {
                retry(error)
            }
        })?;
        let listening = tokio::task::spawn_blocking(move || {
            let mut samples = samples;
            rostrum_speech::normalise(&mut samples);
            let phonemes = rostrum_speech::listen::phonemes_from_audio(&samples);
            SpeechTrack { samples, phonemes, words: vec![] }
        });
        listening.await.map_err(retry)
    }
}

fn engine_failure(error: EngineError) -> JobError {
    match &error {
        EngineError::Speech(_) | EngineError::Face(_) => fail("models_missing", error.to_string()),
        EngineError::Interrupted(_) => retry(error),
    }
}

/// The track at the loudness the request asks for; not part of the stored file, so that it serves all volumes.
fn at_volume(mut track: SpeechTrack, video: &Video) -> SpeechTrack {
    if let Sound::Script { settings, .. } = &video.spec.sound
        && settings.volume < 1.0
    {
        for sample in &mut track.samples {
            *sample *= settings.volume;
        }
    }
    track
}
