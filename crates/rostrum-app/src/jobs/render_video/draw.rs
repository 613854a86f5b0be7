//! Second step: one segment of frames, drawn and encoded.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use rostrum_jobs::{Activity, JobError, StepContext};
use rostrum_media::{MediaError, SegmentEncoder};
use rostrum_model::ids::VideoId;
use rostrum_model::video::{DRAWN_SHARE, FRAMES_PER_SECOND, SPOKEN_SHARE, Video};
use serde_json::Value;

use super::cast::Prepared;
use super::{Drawn, Segment, blob_or_fail, fail, load, retry, scene_of, segment_part};
use crate::backends::Backends;

/// Frames between two writes of the progress: one second of video.
const PROGRESS_EVERY: usize = 25;
/// How long a frame may take before its step counts as stalled and is tried again; one takes a second at the most.
const STALLED_AFTER: Duration = Duration::from_mins(3);
/// Name of the encoded segment in the step's folder.
const SEGMENT_FILE: &str = "segment";
/// The same with captions in the picture.
const CAPTIONED_FILE: &str = "captioned";

/// A scene of a video.
type Place = (VideoId, usize);

pub(super) struct Draw {
    backends: Arc<Backends>,
    /// The scene last worked on: the next segment is most often of the same one.
    last: Mutex<Option<(Place, Arc<Prepared>)>>,
}

impl Draw {
    pub(super) fn new(backends: Arc<Backends>) -> Self {
        Self { backends, last: Mutex::new(None) }
    }

    async fn scene(&self, video: &Video, segment: &Segment) -> Result<Arc<Prepared>, JobError> {
        let place = (video.id, segment.scene);
        {
            let last = self.last.lock().expect("no holder of this lock can panic");
            if let Some((at, prepared)) = &*last
                && *at == place
            {
                return Ok(Arc::clone(prepared));
            }
        }
        let scene = scene_of(video, segment)?;
        let prepared = Arc::new(self.backends.prepare_stage(video, scene, segment).await?);
        *self.last.lock().expect("no holder of this lock can panic") = Some((place, Arc::clone(&prepared)));
        Ok(prepared)
    }

    async fn count_frames(&self, video: &Video, segment: &Segment, frames: usize) -> Result<(), JobError> {
        let drawn = self.backends.frames_drawn.add(video.id, frames) as f32 / segment.total as f32;
        let progress = SPOKEN_SHARE + (DRAWN_SHARE - SPOKEN_SHARE) * drawn.min(1.0);
        self.backends.note_progress(video.id, progress).await
    }

    /// Draws and encodes on a thread of its own, counting frames as they pass.
    async fn draw(
        &self,
        cx: &StepContext,
        video: &Video,
        segment: &Segment,
        prepared: Arc<Prepared>,
        folder: &Path,
    ) -> Result<(), JobError> {
        let (told, mut finished) = tokio::sync::mpsc::unbounded_channel::<()>();
        let frames = segment.first..segment.first + segment.count;
        let (ffmpeg, folder, cancelled) =
            (self.backends.ffmpeg.clone(), folder.to_owned(), cx.cancelled.clone());
        let format = video.spec.format;
        let drawing = tokio::task::spawn_blocking(move || -> Result<(), MediaError> {
            let stage = &prepared.stage;
            let start = |name| {
                SegmentEncoder::start_as(format, &ffmpeg, &folder, name, stage.size, FRAMES_PER_SECOND)
            };
            let mut clean = start(SEGMENT_FILE)?;
            // Frames are drawn once; captions cost mixing them in and a second encoding.
            let mut captioned = stage.captions.is_some().then(|| start(CAPTIONED_FILE)).transpose()?;
            stage.draw_frames(frames, |frame| {
                let both = clean.write_frame(frame.clean).is_ok()
                    && match (&mut captioned, frame.captioned) {
                        (Some(captioned), Some(frame)) => captioned.write_frame(frame).is_ok(),
                        _ => true,
                    };
                // Nobody listens any more once the step was given up.
                both && told.send(()).is_ok() && !cancelled.is_cancelled()
            })?;
            // When ffmpeg has died, this tells why.
            clean.finish()?;
            captioned.map_or(Ok(()), SegmentEncoder::finish)
        });
        let mut uncounted = 0;
        loop {
            let told = tokio::time::timeout(STALLED_AFTER, finished.recv()).await;
            let Ok(told) = told else {
                tracing::error!(video.id = %video.id, segment.scene, segment.first, "drawing stalled");
                metrics::counter!("rostrum_segments_stalled_total").increment(1);
                return Err(retry(anyhow::anyhow!("no frame in {} s", STALLED_AFTER.as_secs())));
            };
            if told.is_none() {
                break;
            }
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
        let scene = scene_of(&video, &segment)?;
        let clean = segment_part(&video, scene, &segment, None);
        let captions = video.spec.captions.as_ref();
        let captioned = captions.map(|look| segment_part(&video, scene, &segment, Some(look)));
        let drawn = Drawn {
            segment: segment.clone(),
            key: clean.own.as_str().to_owned(),
            captioned_key: captioned.as_ref().map(|part| part.own.as_str().to_owned()),
        };
        let mut is_there = self.backends.take_part(&clean).await?;
        if let Some(captioned) = &captioned {
            is_there &= self.backends.take_part(captioned).await?;
        }
        if is_there {
            self.count_frames(&video, &segment, segment.count).await?;
        } else {
            let prepared = self.scene(&video, &segment).await?;
            let folder = tempfile::tempdir_in(&self.backends.work_dir).map_err(retry)?;
            self.draw(cx, &video, &segment, prepared, folder.path()).await?;
            let made = [(captioned.as_ref(), CAPTIONED_FILE), (Some(&clean), SEGMENT_FILE)];
            for (part, file) in made.into_iter().filter_map(|(part, file)| Some((part?, file))) {
                self.backends.keep_part(part, &folder.path().join(file)).await?;
            }
            if load(&self.backends, cx).await.is_err() {
                // Deleted while this was encoded: nothing of it is to stay.
                self.backends.forget_scenes(&video).await.map_err(blob_or_fail)?;
            }
        }
        if segment.first + segment.count == segment.scene_frames {
            // The last segment of the scene: nobody needs the textures any more.
            let done = (video.id, segment.scene);
            self.last.lock().expect("no holder of this lock can panic").take_if(|(at, _)| *at == done);
        }
        serde_json::to_value(drawn).map_err(retry)
    }
}
