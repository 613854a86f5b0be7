//! From an accepted video to its published files: `prepare` (speak and plan), `draw` (segments, in parallel),
//! `publish` (join, verify, thumbnail, subtitles, publish).
//!
//! Every step writes its output to the blob store under a key made from the hash of its inputs, so that a retry or a
//! restart skips what is done. Steps read the video's record again instead of passing it on: the record is the truth.

mod cast;
mod draw;
mod fail;
pub(super) mod film;
mod film_check;
pub(super) mod filming;
pub(super) mod framing;
mod mark;
mod playback;
mod prepare;
mod publish;
mod reuse;
pub(super) mod stage;
mod twin;
mod writing;

pub use fail::GiveUpError;

use std::sync::Arc;

use rostrum_blob::{BlobError, BlobKey};
use rostrum_jobs::{JobError, Pipeline, Stage, StepContext};
use rostrum_model::ids::{AssetId, VideoId};
use rostrum_model::video::{CaptionLook, FRAMES_PER_SECOND, Scene, Video, VideoState};
use rostrum_store::StoreError;
use serde::{Deserialize, Serialize};

use crate::backends::Backends;
use crate::speech::tracks_folder;
use reuse::Part;

/// Name of the pipeline; a video's job has the video's id.
pub const PIPELINE: &str = "render_video";
/// Changes whenever the same inputs may give other pixels or sound.
const ENGINE_VERSION: u32 = 12;
/// Frames of one segment: 10 s, so that a crash loses at most that much drawing.
const SEGMENT_FRAMES: usize = 250;

pub(super) fn pipeline(backends: &Arc<Backends>) -> Pipeline {
    Pipeline {
        name: PIPELINE,
        version: "1.0.0",
        stages: vec![
            Stage::Once { name: "prepare", activity: Arc::new(prepare::Prepare(Arc::clone(backends))) },
            Stage::ForEach { name: "draw", activity: Arc::new(draw::Draw::new(Arc::clone(backends))) },
            Stage::Once { name: "publish", activity: Arc::new(publish::Publish(Arc::clone(backends))) },
        ],
        on_failure: Arc::new(fail::MarkFailed(Arc::clone(backends))),
    }
}

/// A run of frames of one scene, drawn and encoded by one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Segment {
    /// Number of the scene, from 0.
    scene: usize,
    /// First frame, from the start of the scene.
    first: usize,
    /// Number of frames.
    count: usize,
    /// Frames of the scene.
    scene_frames: usize,
    /// Frames of the whole video.
    total: usize,
    /// Tells apart what is heard in the scene.
    #[serde(default)]
    heard: String,
    /// Tells apart the film of the scene's person, where another engine made one.
    #[serde(default)]
    film: Option<String>,
}

/// A scene whose sound is known.
struct PlannedScene {
    frames: usize,
    /// As in [`Segment`].
    heard: String,
    /// As in [`Segment`].
    film: Option<String>,
}

/// A drawn segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Drawn {
    segment: Segment,
    /// Key of its file.
    key: String,
    /// Key of the same with captions in the picture, where those are wanted.
    captioned_key: Option<String>,
}

/// Splits scenes into segments of at most [`SEGMENT_FRAMES`].
fn segments(scenes: &[PlannedScene]) -> Vec<Segment> {
    let total = scenes.iter().map(|scene| scene.frames).sum();
    let mut segments = Vec::new();
    for (scene, PlannedScene { frames: scene_frames, heard, film }) in scenes.iter().enumerate() {
        let scene_frames = *scene_frames;
        segments.extend((0..scene_frames).step_by(SEGMENT_FRAMES).map(|first| {
            let count = SEGMENT_FRAMES.min(scene_frames - first);
            let (heard, film) = (heard.clone(), film.clone());
            Segment { scene, first, count, scene_frames, total, heard, film }
        }));
    }
    segments
}

/// Frames of a sound of so many seconds.
pub(crate) fn frames_of(duration_s: f64) -> usize {
    // A sound of whole frames has no part of another one, whatever its last digits.
    (duration_s * f64::from(FRAMES_PER_SECOND) - 1e-6).ceil().max(1.0) as usize
}

/// The video a step works on; one that was deleted or given up ends the job.
async fn load(backends: &Backends, cx: &StepContext) -> Result<Video, JobError> {
    let id: VideoId =
        cx.job_id.parse().map_err(|_| fail("internal_error", "the job's id is no video id".to_owned()))?;
    let video = backends.store.videos().get_any(id).await.map_err(retry)?;
    let video = video.ok_or_else(|| fail("deleted", "the video was deleted".to_owned()))?;
    if matches!(video.state, VideoState::Failed { .. }) {
        // Cancelled while the job was in work.
        return Err(fail("already_failed", "the video was given up".to_owned()));
    }
    Ok(video)
}

/// The scene that a segment is a part of.
fn scene_of<'v>(video: &'v Video, segment: &Segment) -> Result<&'v Scene, JobError> {
    let scene = video.spec.scenes.get(segment.scene);
    scene.ok_or_else(|| retry(anyhow::anyhow!("the video has no scene {}", segment.scene)))
}

/// Where the track of an uploaded sound lies.
fn heard_key(asset: AssetId) -> BlobKey {
    BlobKey::new(format!("{}/{asset}.v{ENGINE_VERSION}", tracks_folder()))
        .expect("hex digits make a valid key")
}

/// The file of a segment.
fn segment_part(video: &Video, scene: &Scene, segment: &Segment, captions: Option<&CaptionLook>) -> Part {
    let Segment { first, count, scene_frames, heard, film, .. } = segment;
    let inputs = (first, count, scene_frames, heard, film, captions);
    Part::of(video, scene, &inputs, video.spec.format.extension())
}

/// What a video needs until it is published.
fn segments_folder(video: &Video) -> BlobKey {
    BlobKey::new(format!("work/segments/{}", video.id)).expect("hex digits make a valid key")
}

fn retry(error: impl Into<anyhow::Error>) -> JobError {
    JobError::Retry(error.into())
}

fn fail(code: &str, message: String) -> JobError {
    JobError::Fail { code: code.to_owned(), message }
}

/// A step's own error, sorted into those a retry may mend and those the caller has to hear.
fn store_or_retry(error: StoreError) -> JobError {
    retry(error)
}

fn blob_or_fail(error: BlobError) -> JobError {
    if error.kind == rostrum_blob::BlobErrorKind::Full {
        fail(
            "storage_full",
            "the server's disk is full; free some space and create the video again".to_owned(),
        )
    } else {
        retry(error)
    }
}

#[cfg(test)]
mod tests {
    use rostrum_model::video::{Actor, Character};

    use super::*;

    #[test]
    fn actors_are_told_apart_by_what_is_written_of_them() {
        let id: AssetId = "asset_018bcfe5680070008000000000000000".parse().unwrap();
        for (field, actor) in [
            ("image_asset_id", Actor::Photo { image: id }),
            ("footage_asset_id", Actor::Footage { footage: id }),
        ] {
            let character = Character::new(actor);
            let written = serde_json::to_value(&character).unwrap();
            assert!(written[field].is_string(), "{written}");
            assert_eq!(serde_json::from_value::<Character>(written).unwrap(), character);
            let sound = rostrum_model::video::Sound::Silence { duration_s: 1.0 };
            let scene = serde_json::json!({"character": character, "sound": sound});
            let scene: Scene = serde_json::from_value(scene).unwrap();
            assert_eq!(scene.asset_ids().collect::<Vec<_>>(), [id]);
        }
    }

    #[test]
    fn segments_cover_every_frame_of_every_scene_once() {
        for scenes in [&[1][..], &[249], &[250], &[251, 1], &[1000, 25, 1013]] {
            let planned = |&frames| PlannedScene { frames, heard: format!("{frames}"), film: None };
            let planned = scenes.iter().map(planned);
            let segments = segments(&planned.collect::<Vec<_>>());
            let mut next = (0, 0);
            for segment in &segments {
                if segment.scene != next.0 {
                    assert_eq!(next, (segment.scene - 1, scenes[segment.scene - 1]));
                    next = (segment.scene, 0);
                }
                assert_eq!((segment.first, segment.scene_frames), (next.1, scenes[segment.scene]));
                assert!((1..=SEGMENT_FRAMES).contains(&segment.count));
                assert_eq!(segment.total, scenes.iter().sum::<usize>());
                assert_eq!(segment.heard, segment.scene_frames.to_string());
                next.1 += segment.count;
            }
            assert_eq!(next, (scenes.len() - 1, scenes[scenes.len() - 1]));
        }
    }
}
