//! Second step: one segment of frames, drawn and encoded.

use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use rostrum_avatar::{MotionOptions, MotionTrack, PhotoAvatar};
use rostrum_jobs::{Activity, JobError, StepContext};
use rostrum_media::{MediaError, SegmentEncoder};
use rostrum_model::ids::VideoId;
use rostrum_model::picture::Size;
use rostrum_model::video::{FRAMES_PER_SECOND, Video, canvas_size};
use serde_json::Value;

use super::frame::{draw_frames, stage};
use super::{
    DRAWN_SHARE, Drawn, SPOKEN_SHARE, Segment, blob_or_fail, fail, load, retry, segment_key, store_or_retry,
};
use crate::backends::Backends;
use crate::portraits::{CutOut, Portrait, UnusablePortrait};

/// Frames between two writes of the progress: one second of video.
const PROGRESS_EVERY: usize = 25;
/// Name of the encoded segment in the step's folder.
const SEGMENT_FILE: &str = "segment.mp4";

/// What all segments of a video share.
struct Scene {
    avatar: PhotoAvatar,
    motion: MotionTrack,
    canvas: Size,
    at: (usize, usize),
}

pub(super) struct Draw {
    backends: Arc<Backends>,
    /// The scene of the video last worked on: the next segment is most often of the same one.
    last: Mutex<Option<(VideoId, Arc<Scene>)>>,
}

impl Draw {
    pub(super) fn new(backends: Arc<Backends>) -> Self {
        Self { backends, last: Mutex::new(None) }
    }

    async fn scene(&self, video: &Video, frame_count: usize) -> Result<Arc<Scene>, JobError> {
        {
            let last = self.last.lock().expect("no holder of this lock can panic");
            if let Some((id, scene)) = &*last
                && *id == video.id
            {
                return Ok(Arc::clone(scene));
            }
        }
        let backends = &self.backends;
        let image_id = video.spec.image;
        let asset =
            backends.store.assets().get(video.workspace_id, image_id).await.map_err(store_or_retry)?;
        let asset = asset.ok_or_else(|| {
            fail("asset_not_found", format!("the image asset {image_id} was deleted; upload it again"))
        })?;
        let portrait = backends.portrait(&asset.content_hash).await.map_err(portrait_failure)?;
        let (portrait, matte) = if video.spec.remove_background {
            // A colour moves like any other part of the picture, so that person and matte are warped as one.
            let cut = backends.cut_out(portrait, video.spec.background_rgb).await;
            let CutOut { portrait, matte } = cut.map_err(portrait_failure)?;
            (portrait, Some(matte))
        } else {
            backends.matte(portrait).await.map_err(portrait_failure)?
        };
        let speech = backends.speech(video).await?;
        let spec = video.spec.clone();
        let seed = u64::from_be_bytes(*asset.content_hash.0.first_chunk().expect("a hash has 32 bytes"));
        let source = Size { width: portrait.image.width, height: portrait.image.height };
        let canvas = canvas_size(spec.aspect_ratio, spec.resolution, source);
        let preparing = tokio::task::spawn_blocking(move || {
            let staging = stage(source, &portrait.landmarks, canvas, spec.fit);
            let Portrait { image, landmarks } = portrait;
            let avatar = match &matte {
                Some(matte) => PhotoAvatar::prepare_matted(&image, &landmarks, &staging.placement, matte)?,
                None => PhotoAvatar::prepare(&image, &landmarks, &staging.placement)?,
            };
            let options = MotionOptions { seed, expressiveness: spec.expressiveness };
            let motion = MotionTrack::plan(&speech, FRAMES_PER_SECOND, frame_count, &options);
            Ok::<_, rostrum_avatar::AvatarError>(Scene { avatar, motion, canvas, at: (staging.x, staging.y) })
        });
        let scene = Arc::new(preparing.await.map_err(retry)?.map_err(retry)?);
        *self.last.lock().expect("no holder of this lock can panic") = Some((video.id, Arc::clone(&scene)));
        Ok(scene)
    }

    async fn count_frames(&self, video: &Video, segment: &Segment, frames: usize) -> Result<(), JobError> {
        let drawn = self.backends.frames_drawn.add(video.id, frames) as f32 / segment.total as f32;
        let progress = SPOKEN_SHARE + (DRAWN_SHARE - SPOKEN_SHARE) * drawn.min(1.0);
        self.backends.store.videos().set_progress(video.id, progress).await.map_err(store_or_retry)?;
        Ok(())
    }

    /// Draws and encodes on a thread of its own, counting frames as they pass.
    async fn draw(
        &self,
        cx: &StepContext,
        video: &Video,
        segment: &Segment,
        scene: Arc<Scene>,
        folder: &Path,
    ) -> Result<(), JobError> {
        let (told, mut finished) = tokio::sync::mpsc::unbounded_channel::<()>();
        let (spec, frames) = (video.spec.clone(), segment.first..segment.first + segment.count);
        let (ffmpeg, folder, cancelled) =
            (self.backends.ffmpeg.clone(), folder.to_owned(), cx.cancelled.clone());
        let drawing = tokio::task::spawn_blocking(move || -> Result<(), MediaError> {
            let mut encoder =
                SegmentEncoder::start(&ffmpeg, &folder, SEGMENT_FILE, scene.canvas, FRAMES_PER_SECOND)?;
            draw_frames(&scene.avatar, &scene.motion, frames, scene.at, scene.canvas, &spec, |canvas| {
                // Nobody listens any more once the step was given up.
                encoder.write_frame(canvas).is_ok() && told.send(()).is_ok() && !cancelled.is_cancelled()
            });
            // When ffmpeg has died, this tells why.
            encoder.finish()
        });
        let mut uncounted = 0;
        while finished.recv().await.is_some() {
            uncounted += 1;
            if uncounted == PROGRESS_EVERY {
                self.count_frames(video, segment, uncounted).await?;
                uncounted = 0;
            }
        }
        drawing.await.map_err(retry)?.map_err(retry)?;
        if cx.cancelled.is_cancelled() {
            return Err(fail("deleted", "the video was deleted".to_owned()));
        }
        self.count_frames(video, segment, uncounted).await
    }
}

#[async_trait]
impl Activity for Draw {
    async fn run(&self, cx: &StepContext, input: Value) -> Result<Value, JobError> {
        let segment: Segment = serde_json::from_value(input).map_err(retry)?;
        let video = load(&self.backends, cx).await?;
        let key = segment_key(&video, &segment);
        let scene = self.scene(&video, segment.total).await?;
        let drawn = Drawn { segment: segment.clone(), size: scene.canvas, key: key.as_str().to_owned() };
        let blobs = &self.backends.blobs;
        if blobs.stat(&key).await.map_err(blob_or_fail)?.is_some() {
            self.count_frames(&video, &segment, segment.count).await?;
        } else {
            let folder = tempfile::tempdir_in(&self.backends.work_dir).map_err(retry)?;
            self.draw(cx, &video, &segment, scene, folder.path()).await?;
            blobs.adopt_file(&key, &folder.path().join(SEGMENT_FILE)).await.map_err(blob_or_fail)?;
        }
        if segment.first + segment.count == segment.total {
            // The last segment: nobody needs the textures any more.
            self.last.lock().expect("no holder of this lock can panic").take_if(|(id, _)| *id == video.id);
        }
        serde_json::to_value(drawn).map_err(retry)
    }
}

fn portrait_failure(error: UnusablePortrait) -> JobError {
    match &error {
        UnusablePortrait::Picture(_) | UnusablePortrait::Face(_) => {
            fail("image_unusable", format!("the image cannot be used: {error}"))
        }
        UnusablePortrait::Engine(_) => fail("models_missing", error.to_string()),
        _ => retry(error),
    }
}
