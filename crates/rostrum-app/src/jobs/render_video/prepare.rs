//! First step: the sound with its times, and the plan of segments.

use std::sync::Arc;

use async_trait::async_trait;
use rostrum_jobs::{Activity, JobError, StepContext};
use rostrum_media::decode_audio;
use rostrum_model::ids::{AssetId, VideoId};
use rostrum_model::speech::{PhonemeSpan, SAMPLE_RATE, SpeechTrack};
use rostrum_model::video::{MAX_VIDEO_S, SPOKEN_SHARE, Scene, Sound, Video};
use rostrum_speech::{Markup, SpeechError, Text};
use serde_json::Value;

use super::reuse::heard_hash;
use super::{PlannedScene, blob_or_fail, fail, frames_of, heard_key, load, retry, segments, store_or_retry};
use crate::assets::content_key;
use crate::backends::Backends;
use crate::engines::EngineError;
use crate::speech::track_file::{self, Spoken};
use crate::speech::{SpeakError, delivery};

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

        let mut scenes = Vec::with_capacity(video.spec.scenes.len());
        let mut duration_s = 0.0;
        for (done, scene) in video.spec.scenes.iter().enumerate() {
            let speech = backends.speech(&video, scene).await?;
            let scene_s = speech.duration_s();
            duration_s += scene_s;
            if duration_s > MAX_VIDEO_S {
                return Err(too_long(duration_s));
            }
            let (frames, heard) = (frames_of(scene_s), heard_hash(&speech));
            let film = backends.fetch_film(cx, &video, scene, &speech, (&heard, frames)).await?;
            scenes.push(PlannedScene { frames, heard, film });
            let spoken = SPOKEN_SHARE * (done + 1) as f32 / video.spec.scenes.len() as f32;
            backends.note_progress(video.id, spoken).await?;
        }
        tracing::info!(video.id = %video.id, scenes = scenes.len(), duration_s, "planned a video");
        serde_json::to_value(segments(&scenes)).map_err(retry)
    }
}

fn too_long(duration_s: f64) -> JobError {
    let message = format!(
        "the video would be longer than {:.0} minutes (its scenes are {duration_s:.0} s so far); split it into several",
        MAX_VIDEO_S / 60.0
    );
    fail("video_too_long", message)
}

impl Backends {
    /// Notes how much of the work on a video is done.
    pub(super) async fn note_progress(&self, id: VideoId, done: f32) -> Result<(), JobError> {
        let noted = self.store.videos().set_progress(id, done, self.clock.now()).await;
        noted.map(|_| ()).map_err(store_or_retry)
    }

    /// The sound of a scene, made once and then read back.
    pub(super) async fn speech(&self, video: &Video, scene: &Scene) -> Result<SpeechTrack, JobError> {
        match &scene.sound {
            Sound::Script { text, voice_id, settings, terms } => {
                let voice = self.ready_voice(video.workspace_id, voice_id).await.map_err(store_or_retry)?;
                let voice = voice.map_err(|unusable| fail("voice_unavailable", unusable.to_string()))?;
                let text = Text { text, markup: Markup::Plain, terms };
                let spoken = self.spoken(text, &voice, delivery(*settings)).await.map_err(speak_failure)?;
                if !spoken.unspoken_words.is_empty() {
                    tracing::warn!(video.id = %video.id, words = ?spoken.unspoken_words, "words could not be spoken");
                }
                Ok(at_volume(spoken.track, settings.volume))
            }
            Sound::Audio { asset } => {
                let key = heard_key(*asset);
                if let Some(kept) = self.kept_track(&key).await.map_err(blob_or_fail)? {
                    return Ok(kept.track);
                }
                let heard = Spoken { track: self.heard(video, *asset).await?, unspoken_words: Vec::new() };
                self.blobs.put(&key, &track_file::encode(&heard)).await.map_err(blob_or_fail)?;
                Ok(heard.track)
            }
            Sound::Silence { duration_s } => Ok(silence(*duration_s)),
        }
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

/// A pause of so many seconds.
fn silence(duration_s: f64) -> SpeechTrack {
    let samples = vec![0.0; (duration_s * f64::from(SAMPLE_RATE)).round().max(1.0) as usize];
    let end_s = samples.len() as f64 / f64::from(SAMPLE_RATE);
    let pause = PhonemeSpan { symbol: String::new(), start_s: 0.0, end_s, stressed: false };
    SpeechTrack { samples, phonemes: vec![pause], words: Vec::new() }
}

fn speak_failure(error: SpeakError) -> JobError {
    match error {
        SpeakError::Speech(SpeechError::TextNotSpeakable) => fail(
            "tts_text_invalid",
            "nothing in the script can be spoken by this voice; write words in the voice's language"
                .to_owned(),
        ),
        SpeakError::Speech(error @ SpeechError::ProgramMissing { .. }) => {
            fail("models_missing", error.to_string())
        }
        SpeakError::Engine(error @ (EngineError::Speech(_) | EngineError::Face(_))) => {
            fail("models_missing", error.to_string())
        }
        SpeakError::External(error) if !error.fault.may_pass() => {
            fail("voice_provider_error", error.to_string())
        }
        SpeakError::Blob(error) => blob_or_fail(error),
        other => retry(other),
    }
}

/// The track at the loudness the request asks for; not part of the stored file, so that it serves all volumes.
fn at_volume(mut track: SpeechTrack, volume: f32) -> SpeechTrack {
    if volume < 1.0 {
        for sample in &mut track.samples {
            *sample *= volume;
        }
    }
    track
}
