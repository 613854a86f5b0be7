//! Second step: one segment of frames, drawn and encoded.

use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use rostrum_avatar::presenter::{Backdrop, Framing, Presenter};
use rostrum_avatar::{Avatar, AvatarError, Manner, MotionOptions, MotionTrack, PhotoAvatar};
use rostrum_jobs::{Activity, JobError, StepContext};
use rostrum_media::{MediaError, SegmentEncoder};
use rostrum_model::ids::{AssetId, VideoId};
use rostrum_model::picture::Size;
use rostrum_model::video::{Actor, FRAMES_PER_SECOND, Video, canvas_size};
use serde_json::Value;

use super::frame::{WHITE, draw_frames, stage};
use super::{
    DRAWN_SHARE, Drawn, SPOKEN_SHARE, Segment, blob_or_fail, fail, load, retry, segment_key, store_or_retry,
};
use crate::backends::Backends;
use crate::portraits::{CutOut, Portrait, UnusablePortrait};

/// Frames between two writes of the progress: one second of video.
const PROGRESS_EVERY: usize = 25;
/// Name of the encoded segment in the step's folder.
const SEGMENT_FILE: &str = "segment.mp4";

/// The shape of a video that shows a presenter and is to have the shape of its source.
const PRESENTER_SOURCE: Size = Size { width: 1920, height: 1080 };

/// An avatar and its place.
struct Prepared {
    avatar: Avatar,
    canvas: Size,
    /// Left upper corner on the canvas.
    at: (usize, usize),
    /// Chooses the motion.
    seed: u64,
}

/// What all segments of a video share.
struct Scene {
    prepared: Prepared,
    motion: MotionTrack,
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
        let speech = self.backends.speech(video).await?;
        let spec = video.spec.clone();
        let prepared = match &spec.actor {
            Actor::Photo { image } => self.photo(video, *image).await?,
            Actor::Presenter { presenter } => {
                let canvas = canvas_size(spec.aspect_ratio, spec.resolution, PRESENTER_SOURCE);
                let backdrop = match spec.background_rgb {
                    Some(rgb) => Backdrop::Colour(rgb),
                    None if spec.remove_background => Backdrop::Colour(WHITE),
                    None => Backdrop::Setting(presenter.setting),
                };
                let presenter = Presenter::new((**presenter).clone(), &Framing::new(canvas), backdrop);
                let seed = u64::from_be_bytes(
                    *video.id.as_uuid().as_bytes().last_chunk().expect("an id has 16 bytes"),
                );
                Prepared { avatar: Avatar::Presenter(Box::new(presenter)), canvas, at: (0, 0), seed }
            }
        };
        let planning = tokio::task::spawn_blocking(move || {
            let mut manner = spec.motion_prompt.as_deref().map(Manner::from_prompt).unwrap_or_default();
            if let Actor::Presenter { presenter } = &spec.actor {
                manner.smile = manner.smile.or(presenter.person.smile);
            }
            let options = MotionOptions { seed: prepared.seed, expressiveness: spec.expressiveness, manner };
            let motion = MotionTrack::plan(&speech, FRAMES_PER_SECOND, frame_count, &options);
            Scene { prepared, motion }
        });
        let scene = Arc::new(planning.await.map_err(retry)?);
        *self.last.lock().expect("no holder of this lock can panic") = Some((video.id, Arc::clone(&scene)));
        Ok(scene)
    }

    async fn photo(&self, video: &Video, image_id: AssetId) -> Result<Prepared, JobError> {
        let backends = &self.backends;
        let asset =
            backends.store.assets().get(video.workspace_id, image_id).await.map_err(store_or_retry)?;
        let asset = asset.ok_or_else(|| {
            fail("asset_not_found", format!("the image asset {image_id} was deleted; upload it again"))
        })?;
        let portrait = backends.portrait(&asset.content_hash).await.map_err(portrait_failure)?;
        let (portrait, matte) = if video.spec.remove_background {
            // A colour moves like any other part of the picture, so that person and matte are warped as one.
            let cut = backends.cut_out(portrait, video.spec.background_rgb.unwrap_or(WHITE)).await;
            let CutOut { portrait, matte } = cut.map_err(portrait_failure)?;
            (portrait, Some(matte))
        } else {
            backends.matte(portrait).await.map_err(portrait_failure)?
        };
        let seed = u64::from_be_bytes(*asset.content_hash.0.first_chunk().expect("a hash has 32 bytes"));
        let source = Size { width: portrait.image.width, height: portrait.image.height };
        let canvas = canvas_size(video.spec.aspect_ratio, video.spec.resolution, source);
        let fit = video.spec.fit;
        let preparing = tokio::task::spawn_blocking(move || {
            let staging = stage(source, &portrait.landmarks, canvas, fit);
            let Portrait { image, landmarks } = portrait;
            let avatar = match &matte {
                Some(matte) => PhotoAvatar::prepare_matted(&image, &landmarks, &staging.placement, matte)?,
                None => PhotoAvatar::prepare(&image, &landmarks, &staging.placement)?,
            };
            let avatar = Avatar::Photo(Box::new(avatar));
            Ok::<_, AvatarError>(Prepared { avatar, canvas, at: (staging.x, staging.y), seed })
        });
        preparing.await.map_err(retry)?.map_err(retry)
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
        let (background_rgb, frames) =
            (video.spec.background_rgb, segment.first..segment.first + segment.count);
        let (ffmpeg, folder, cancelled) =
            (self.backends.ffmpeg.clone(), folder.to_owned(), cx.cancelled.clone());
        let drawing = tokio::task::spawn_blocking(move || -> Result<(), MediaError> {
            let Prepared { avatar, canvas, at, .. } = &scene.prepared;
            let mut encoder =
                SegmentEncoder::start(&ffmpeg, &folder, SEGMENT_FILE, *canvas, FRAMES_PER_SECOND)?;
            draw_frames(avatar, &scene.motion, frames, *at, *canvas, background_rgb, |canvas| {
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
        let drawn =
            Drawn { segment: segment.clone(), size: scene.prepared.canvas, key: key.as_str().to_owned() };
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
