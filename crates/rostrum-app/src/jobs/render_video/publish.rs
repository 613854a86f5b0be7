//! Last step: one file from the segments and the sound, verified, with thumbnail, preview and subtitles.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use rostrum_blob::{BlobError, BlobKey};
use rostrum_jobs::{Activity, JobError, StepContext};
use rostrum_media::captions::{Caption, captions, srt, vtt};
use rostrum_media::{ClipSound, MusicBed, Plan, Sounds, WavFile, gif, join, probe, thumbnail, verify_output};
use rostrum_model::event::{EventData, VideoCompleted};
use rostrum_model::speech::{SAMPLE_RATE, SpeechTrack};
use rostrum_model::video::{
    Background, Character, FRAMES_PER_SECOND, Play, Sound, Style, Video, VideoOutput, VideoState,
};
use serde_json::Value;
use tempfile::TempDir;

use super::cast::BACKGROUND_VIDEO;
use super::{Drawn, blob_or_fail, heard_key, load, retry, segments_folder, store_or_retry};
use crate::backends::Backends;
use crate::files::VideoFile;

/// Samples of speech for each frame.
const SAMPLES_PER_FRAME: usize = (SAMPLE_RATE / FRAMES_PER_SECOND) as usize;

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
        let (event, delivery) = backends.telling(&video, completed_event(&video, duration_s));
        let finished = videos.finish(video.id, &video.state, &completed, &event, delivery.as_ref()).await;
        if !finished.map_err(store_or_retry)? {
            // Deleted or cancelled while the files were made: they must not outlive that.
            let now = videos.get_any(video.id).await.map_err(store_or_retry)?;
            if !now.is_some_and(|video| matches!(video.state, VideoState::Completed { .. })) {
                backends.delete_video_files(video.id).await.map_err(blob_or_fail)?;
            }
        }
        backends.video_ended.notify_one();
        backends.forget_work(&video).await.map_err(blob_or_fail)?;
        metrics::counter!("rostrum_videos_completed_total").increment(1);
        tracing::info!(video.id = %video.id, duration_s, "published a video");
        Ok(Value::Null)
    }
}

fn completed_event(video: &Video, duration: f64) -> EventData {
    EventData::VideoCompleted(VideoCompleted {
        video_id: video.id,
        title: video.title.clone(),
        duration,
        folder_id: video.folder_id,
        callback_id: video.callback.id.clone(),
    })
}

impl Backends {
    /// Joins, verifies and stores the files; nothing refers to them yet.
    async fn assemble(
        &self,
        video: &Video,
        drawn: &[Drawn],
        folder: &Path,
    ) -> Result<(VideoOutput, f64), JobError> {
        let sound = folder.join("sound.wav");
        let heard = self.write_sound(video, drawn, &sound).await?;
        let clips = self.clip_sounds(video, &heard.scenes).await?;
        let frames: usize = heard.scenes.iter().map(|scene| scene.frames).sum();
        let (music, _music_folder) = self.music(video, frames).await?.unzip();
        let clips_heard = clips.iter().map(|(sound, _)| sound.clone()).collect();
        let sounds = Sounds { speech: sound, clips: clips_heard, music };
        let plan = Plan {
            size: video.spec.size,
            frame_count: frames as u64,
            frames_per_second: FRAMES_PER_SECOND,
            has_speech: heard.has_speech,
            people: heard.people,
        };
        let keys = drawn.iter().map(|drawn| drawn.key.as_str());
        let name = VideoFile::film(video.spec.format).name();
        let file = self.join_film(folder, name, keys, &sounds, &plan).await?;
        let mut captioned = None;
        if video.spec.captions.is_some() {
            let keys = drawn.iter().filter_map(|drawn| drawn.captioned_key.as_deref());
            let name = VideoFile::captioned(video.spec.format).name();
            captioned = Some(self.join_film(folder, name, keys, &sounds, &plan).await?);
        }

        let (still, moving) = (folder.join("thumbnail.jpg"), folder.join("preview.gif"));
        let third_s = frames as f64 / f64::from(FRAMES_PER_SECOND) / 3.0;
        let verify_captioned = async {
            let Some(captioned) = &captioned else { return Ok(()) };
            verify_output(&self.ffmpeg, captioned, &plan).await.map(|_| ()).map_err(retry)
        };
        let (verified, (), (), ()) = tokio::try_join!(
            Box::pin(async { verify_output(&self.ffmpeg, &file, &plan).await.map_err(retry) }),
            Box::pin(verify_captioned),
            Box::pin(async { thumbnail(&self.ffmpeg, &file, third_s, &still).await.map_err(retry) }),
            Box::pin(async { gif(&self.ffmpeg, &file, &moving).await.map_err(retry) }),
        )?;
        let mut stored = BTreeMap::new();
        let [srt, vtt] = [srt(&heard.captions), vtt(&heard.captions)];
        for (file, text) in [(VideoFile::Subtitles, srt), (VideoFile::SubtitlesVtt, vtt)] {
            if !heard.captions.is_empty() {
                let key = Self::video_key(video.id, file.name());
                self.blobs.put(&key, text.as_bytes()).await.map_err(blob_or_fail)?;
                stored.insert(file, key.as_str().to_owned());
            }
        }
        let made = [
            (VideoFile::film(video.spec.format), Some(&file)),
            (VideoFile::captioned(video.spec.format), captioned.as_ref()),
            (VideoFile::Thumbnail, Some(&still)),
            (VideoFile::Preview, Some(&moving)),
        ];
        for (file, path) in made.into_iter().filter_map(|(file, path)| Some((file, path?))) {
            let key = Self::video_key(video.id, file.name());
            self.blobs.adopt_file(&key, path).await.map_err(blob_or_fail)?;
            stored.insert(file, key.as_str().to_owned());
        }
        let mut key = |file| stored.remove(&file);
        let output = VideoOutput {
            video_key: key(VideoFile::film(video.spec.format)).expect("it was stored"),
            thumbnail_key: key(VideoFile::Thumbnail).expect("it was stored"),
            captioned_key: key(VideoFile::captioned(video.spec.format)),
            gif_key: key(VideoFile::Preview),
            subtitle_key: key(VideoFile::Subtitles),
            vtt_key: key(VideoFile::SubtitlesVtt),
            size: video.spec.size,
        };
        Ok((output, verified.duration_s))
    }

    /// Joins segments with the sound to a film, whose file is returned.
    async fn join_film<'k>(
        &self,
        folder: &Path,
        name: &str,
        keys: impl Iterator<Item = &'k str>,
        sounds: &Sounds,
        plan: &Plan,
    ) -> Result<PathBuf, JobError> {
        let mut segments = Vec::new();
        for (number, key) in keys.enumerate() {
            let path = folder.join(format!("{number:05}-{name}"));
            self.copy_to_file(&BlobKey::new(key).map_err(retry)?, &path).await.map_err(retry)?;
            segments.push(path);
        }
        let file = folder.join(name);
        join(&self.ffmpeg, folder, &segments, sounds, &file, plan.frame_count, FRAMES_PER_SECOND)
            .await
            .map_err(retry)?;
        Ok(file)
    }

    /// Removes what the steps kept for each other.
    pub(super) async fn forget_work(&self, video: &Video) -> Result<(), BlobError> {
        self.frames_drawn.forget(video.id);
        self.delete_folder(&segments_folder(video)).await?;
        self.trim_parts().await?;
        for scene in &video.spec.scenes {
            // The sound can be had from the asset again.
            if let Sound::Audio { asset } = scene.sound {
                self.blobs.delete(&heard_key(asset)).await?;
            }
        }
        Ok(())
    }

    /// Writes what is said in all scenes, one after the other, each filled up with silence to whole frames.
    async fn write_sound(&self, video: &Video, drawn: &[Drawn], file: &Path) -> Result<Heard, JobError> {
        let mut wav = WavFile::create(file, SAMPLE_RATE).map_err(retry)?;
        let mut heard = Heard::default();
        let mut first = 0;
        for (number, scene) in video.spec.scenes.iter().enumerate() {
            let frames = drawn.iter().filter(|drawn| drawn.segment.scene == number);
            let frames = frames.map(|drawn| drawn.segment.count).sum();
            let SpeechTrack { mut samples, phonemes, words } = self.speech(video, scene).await?;
            samples.resize(frames * SAMPLES_PER_FRAME, 0.0);
            wav = tokio::task::spawn_blocking(move || wav.write(&samples).map(|()| wav))
                .await
                .map_err(retry)?
                .map_err(retry)?;
            let start_s = first as f64 / f64::from(FRAMES_PER_SECOND);
            let end_s = (first + frames) as f64 / f64::from(FRAMES_PER_SECOND);
            let shown = captions(&words).into_iter().map(|caption| caption.later(start_s).until(end_s));
            heard.captions.extend(shown);
            heard.has_speech |= phonemes.iter().any(|phoneme| !phoneme.symbol.is_empty());
            if scene.character.as_ref().is_some_and(is_large) {
                // What fades is dark, as it was asked for.
                let [fade_in, fade_out] = scene.fade.frames(frames);
                heard.people.push(first + fade_in..first + frames - fade_out);
            }
            heard.scenes.push(HeardScene { start_s, frames });
            first += frames;
        }
        wav.finish().map_err(retry)?;
        Ok(heard)
    }

    /// The music of a video of so many frames, with the folder that holds it.
    async fn music(&self, video: &Video, frames: usize) -> Result<Option<(MusicBed, TempDir)>, JobError> {
        let Some(music) = &video.spec.music else { return Ok(None) };
        let (clip, folder) = self.clip_file(video, music.sound, "music").await?;
        let length_s = frames as f64 / f64::from(FRAMES_PER_SECOND);
        let sound =
            ClipSound { clip, start_s: 0.0, length_s, volume: music.volume, repeats: true, tempo: 1.0 };
        Ok(Some((MusicBed { sound, ducks: music.ducks }, folder)))
    }

    /// The sounds of clips in backgrounds, with the folders that hold them.
    async fn clip_sounds(
        &self,
        video: &Video,
        scenes: &[HeardScene],
    ) -> Result<Vec<(ClipSound, TempDir)>, JobError> {
        let mut sounds = Vec::new();
        for (scene, heard) in video.spec.scenes.iter().zip(scenes) {
            let Background::Video { asset, play, volume, .. } = scene.background else { continue };
            if volume == 0.0 {
                continue;
            }
            let (clip, folder) = self.clip_file(video, asset, BACKGROUND_VIDEO).await?;
            let probed = probe(&self.ffmpeg, &clip).await.map_err(retry)?;
            let length_s = heard.frames as f64 / f64::from(FRAMES_PER_SECOND);
            let (Some(_), Some(pictures)) = (probed.audio, probed.video) else { continue };
            let tempo = if play == Play::FitToScene { pictures.duration_s / length_s } else { 1.0 };
            let repeats = play == Play::Loop;
            sounds
                .push((ClipSound { clip, start_s: heard.start_s, length_s, volume, repeats, tempo }, folder));
        }
        Ok(sounds)
    }
}

/// Whether somebody is drawn so large that the check of the finished video sees them move.
fn is_large(character: &Character) -> bool {
    character.scale >= 0.7 && !matches!(character.style, Style::Circle { .. })
}

/// What is heard in a video.
#[derive(Default)]
struct Heard {
    /// With times from the start of the video; none spans two scenes.
    captions: Vec<Caption>,
    has_speech: bool,
    scenes: Vec<HeardScene>,
    /// Frames that show somebody large.
    people: Vec<std::ops::Range<usize>>,
}

/// When a scene is heard.
struct HeardScene {
    start_s: f64,
    frames: usize,
}
