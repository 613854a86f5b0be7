//! Last step: one file from the segments and the sound, verified, with thumbnail, preview and subtitles.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use rostrum_blob::{BlobError, BlobKey};
use rostrum_jobs::{Activity, JobError, StepContext};
use rostrum_media::captions::srt;
use rostrum_media::{Plan, gif, join, thumbnail, verify_output, write_wav};
use rostrum_model::speech::SAMPLE_RATE;
use rostrum_model::video::{FRAMES_PER_SECOND, Sound, Video, VideoOutput, VideoState};
use serde_json::Value;

use super::{Drawn, blob_or_fail, heard_key, load, retry, segments_folder, store_or_retry};
use crate::backends::Backends;

pub(super) struct Publish(pub(super) Arc<Backends>);

#[async_trait]
impl Activity for Publish {
    async fn run(&self, cx: &StepContext, input: Value) -> Result<Value, JobError> {
        let backends = &self.0;
        let drawn: Vec<Drawn> = serde_json::from_value(input).map_err(retry)?;
        let video = load(backends, cx).await?;
        if matches!(video.state, VideoState::Completed { .. }) {
            // Killed between publishing and telling the job engine: all is done.
            return Ok(Value::Null);
        }
        let folder = tempfile::tempdir_in(&backends.work_dir).map_err(retry)?;
        let (output, duration_s) = backends.assemble(&video, &drawn, folder.path()).await?;

        let completed = video.state.complete(backends.clock.now(), duration_s, output).map_err(retry)?;
        let videos = backends.store.videos();
        if !videos.update_state(video.id, &video.state, &completed).await.map_err(store_or_retry)? {
            // Deleted while the files were made: they must not outlive the record.
            if videos.get_any(video.id).await.map_err(store_or_retry)?.is_none() {
                backends.delete_video_files(video.id).await.map_err(blob_or_fail)?;
            }
        }
        backends.forget_work(&video).await.map_err(blob_or_fail)?;
        metrics::counter!("rostrum_videos_completed_total").increment(1);
        tracing::info!(video.id = %video.id, duration_s, "published a video");
        Ok(Value::Null)
    }
}

impl Backends {
    /// Joins, verifies and stores the files; nothing refers to them yet.
    async fn assemble(
        &self,
        video: &Video,
        drawn: &[Drawn],
        folder: &Path,
    ) -> Result<(VideoOutput, f64), JobError> {
        let mut segments = Vec::with_capacity(drawn.len());
        for (i, drawn) in drawn.iter().enumerate() {
            let key = BlobKey::new(&*drawn.key).map_err(retry)?;
            let path = folder.join(format!("segment-{i:05}.mp4"));
            self.copy_to_file(&key, &path).await.map_err(retry)?;
            segments.push(path);
        }
        let speech = self.speech(video).await?;
        let size = drawn.first().ok_or_else(|| retry(anyhow::anyhow!("no segment was drawn")))?.size;
        let frame_count: u64 = drawn.iter().map(|drawn| drawn.segment.count as u64).sum();
        let (sound, file) = (folder.join("sound.wav"), folder.join("video.mp4"));
        write_wav(&sound, &speech.samples, SAMPLE_RATE).map_err(retry)?;
        join(&self.ffmpeg, folder, &segments, &sound, &file, frame_count, FRAMES_PER_SECOND)
            .await
            .map_err(retry)?;
        let plan = Plan {
            size,
            frame_count,
            frames_per_second: FRAMES_PER_SECOND,
            has_speech: speech.phonemes.iter().any(|phoneme| !phoneme.symbol.is_empty()),
        };
        let verified = verify_output(&self.ffmpeg, &file, &plan).await.map_err(retry)?;

        let (still, moving) = (folder.join("thumbnail.jpg"), folder.join("preview.gif"));
        thumbnail(&self.ffmpeg, &file, verified.duration_s / 3.0, &still).await.map_err(retry)?;
        gif(&self.ffmpeg, &file, &moving).await.map_err(retry)?;
        let subtitle_key = if speech.words.is_empty() {
            None
        } else {
            let key = Self::video_key(video.id, "subtitles.srt");
            self.blobs.put(&key, srt(&speech.words).as_bytes()).await.map_err(blob_or_fail)?;
            Some(key.as_str().to_owned())
        };
        let mut stored = Vec::new();
        for (name, path) in [("video.mp4", &file), ("thumbnail.jpg", &still), ("preview.gif", &moving)] {
            let key = Self::video_key(video.id, name);
            self.blobs.adopt_file(&key, path).await.map_err(blob_or_fail)?;
            stored.push(key.as_str().to_owned());
        }
        let [video_key, thumbnail_key, gif_key] = stored.try_into().expect("three files were stored");
        let output = VideoOutput { video_key, thumbnail_key, gif_key: Some(gif_key), subtitle_key, size };
        Ok((output, verified.duration_s))
    }

    /// Removes what the steps kept for each other.
    pub(super) async fn forget_work(&self, video: &Video) -> Result<(), BlobError> {
        self.frames_drawn.forget(video.id);
        self.delete_folder(&segments_folder(video)).await?;
        match video.spec.sound {
            // The sound can be had from the asset again.
            Sound::Audio { asset } => self.blobs.delete(&heard_key(asset)).await.map(drop),
            Sound::Script { .. } => Ok(()),
        }
    }
}
