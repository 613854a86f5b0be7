//! What is drawn once and used again: the segments and films of a scene that another video of the workspace has, unchanged.
//!
//! A video's own copies lie in a folder of its own until it is published, so that what is kept for others may go at any time.

use std::path::Path;

use rostrum_blob::{BlobError, BlobKey};
use rostrum_jobs::JobError;
use rostrum_model::speech::SpeechTrack;
use rostrum_model::video::{Scene, Video, VideoSpec};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{ENGINE_VERSION, blob_or_fail, retry, segments_folder};
use crate::backends::{Backends, CopyError};
use crate::hex;

/// Most bytes kept for videos to come: about two hours in 1080p.
const MAX_KEPT_BYTES: u64 = 4 * 1024 * 1024 * 1024;

/// How much of a digest tells parts apart.
const HASH_BYTES: usize = 16;

/// A file that a scene is made from.
pub(super) struct Part {
    /// Where the video's own copy lies.
    pub(super) own: BlobKey,
    /// Where it is kept for others.
    pub(super) kept: BlobKey,
}

impl Part {
    /// The file of a scene that is told from others of the scene by `inputs`.
    pub(super) fn of(video: &Video, scene: &Scene, inputs: &impl Serialize, extension: &str) -> Self {
        let (scene, part) = (scene_hash(video, scene), hash(inputs));
        let key = |key| BlobKey::new(key).expect("hex digits make a valid key");
        Self {
            own: key(format!("{}/{scene}-{part}.{extension}", segments_folder(video))),
            kept: key(format!("{}/{scene}/{part}.{extension}", kept_folder())),
        }
    }
}

impl Backends {
    /// Whether the video has the file, or gets it now from what is kept.
    pub(super) async fn take_part(&self, part: &Part) -> Result<bool, JobError> {
        if self.blobs.stat(&part.own).await.map_err(blob_or_fail)?.is_some() {
            return Ok(true);
        }
        let folder = tempfile::tempdir_in(&self.work_dir).map_err(retry)?;
        let copy = folder.path().join("part");
        match self.copy_to_file(&part.kept, &copy).await {
            Err(CopyError::Missing) => return Ok(false),
            copied => copied.map_err(retry)?,
        }
        self.blobs.adopt_file(&part.own, &copy).await.map_err(blob_or_fail)?;
        metrics::counter!("rostrum_scene_parts_reused_total").increment(1);
        Ok(true)
    }

    /// Keeps a finished file for the video and for others. The file at `path` is gone afterwards.
    pub(super) async fn keep_part(&self, part: &Part, path: &Path) -> Result<(), JobError> {
        let copy = path.with_extension("kept");
        tokio::fs::copy(path, &copy).await.map_err(retry)?;
        self.blobs.adopt_file(&part.kept, &copy).await.map_err(blob_or_fail)?;
        self.blobs.adopt_file(&part.own, path).await.map_err(blob_or_fail)?;
        Ok(())
    }

    /// Empties the folder of what is kept once it has grown too large.
    pub(super) async fn trim_parts(&self) -> Result<(), BlobError> {
        self.empty_beyond(&kept_folder(), MAX_KEPT_BYTES).await
    }

    /// Removes what is kept of a video's scenes, for videos that are deleted: nothing that shows somebody stays.
    pub(crate) async fn forget_scenes(&self, video: &Video) -> Result<(), BlobError> {
        for scene in &video.spec.scenes {
            let folder = BlobKey::new(format!("{}/{}", kept_folder(), scene_hash(video, scene)));
            self.delete_folder(&folder.expect("hex digits make a valid key")).await?;
        }
        Ok(())
    }
}

/// Tells apart what is heard in a scene, also where the same order may sound otherwise the next time.
pub(super) fn heard_hash(speech: &SpeechTrack) -> String {
    let mut digest = Sha256::new();
    for sample in &speech.samples {
        digest.update(sample.to_le_bytes());
    }
    digest.update(serde_json::to_vec(&(&speech.phonemes, &speech.words)).expect("tracks always make JSON"));
    hex(&digest.finalize()[..HASH_BYTES])
}

/// Chooses the motion of somebody in a scene: the same scene moves in the same way in every video.
pub(super) fn motion_seed(scene: &Scene) -> u64 {
    let digest = Sha256::digest(json(&(&scene.character, &scene.sound)));
    u64::from_be_bytes(*digest.first_chunk().expect("a digest has 32 bytes"))
}

/// Tells apart all that the pictures of a scene depend on, but for what is heard.
fn scene_hash(video: &Video, scene: &Scene) -> String {
    let VideoSpec { size, format, watermark, .. } = &video.spec;
    hash(&(ENGINE_VERSION, video.workspace_id, size, format, watermark, scene))
}

fn hash(inputs: &impl Serialize) -> String {
    hex(&Sha256::digest(json(inputs))[..HASH_BYTES])
}

fn json(inputs: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(inputs).expect("specs always make JSON")
}

fn kept_folder() -> BlobKey {
    BlobKey::new("work/scenes").expect("plain words make a valid key")
}
