//! The opened parts that use cases and jobs share.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use futures::TryStreamExt;
use rostrum_blob::{BlobError, BlobKey, Blobs, StoredBlob};
use rostrum_media::{Ffmpeg, Poppler};
use rostrum_model::clock::{Chance, Clock};
use rostrum_model::credits::Prices;
use rostrum_model::ids::VideoId;
use rostrum_store::Store;
use tokio::io::AsyncWriteExt;
use tokio::sync::{Notify, Semaphore, SemaphorePermit};

use crate::avatar_engine::AvatarEngine;
use crate::contents::ContentLocks;
use crate::engines::Engines;
use crate::fetch::Fetcher;
use crate::image_engine::ImageEngine;
use crate::speech_engines::{Aligner, SpeechEngines};

/// Records, bytes, engines, clock and chance.
pub struct Backends {
    /// Records.
    pub store: Store,
    /// Bytes.
    pub blobs: Arc<dyn Blobs>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness for ids and keys.
    pub chance: Arc<dyn Chance>,
    /// Speech and face models.
    pub engines: Engines,
    /// The ffmpeg programs.
    pub ffmpeg: Ffmpeg,
    /// The programs for PDF; without them pages are not counted and not drawn.
    pub poppler: Option<Poppler>,
    /// Folder for the jobs' temporary files; emptied at start.
    pub work_dir: PathBuf,
    /// Frames drawn so far by the videos in work on this node.
    pub frames_drawn: FrameCounts,
    /// Held by whoever draws a moving preview of a presenter, so that one is drawn at a time.
    pub previews: tokio::sync::Mutex<()>,
    /// Held by whoever adds or removes content.
    pub contents: ContentLocks,
    /// Lets whoever decodes an uploaded picture do so, one at a time: it takes up to 400 MB.
    pub decoding: Semaphore,
    /// For URLs that callers give.
    pub fetcher: Fetcher,
    /// What callers may ask for.
    pub limits: Limits,
    /// Told when a video ended, so that another is begun.
    pub video_ended: Notify,
    /// Engines of others that speak.
    pub speech_engines: SpeechEngines,
    /// An engine of others that makes pictures.
    pub image_engine: Option<ImageEngine>,
    /// An engine of others that shows people speaking.
    pub avatar_engine: Option<Arc<dyn AvatarEngine>>,
    /// Finds words in their sound; without one their times are estimated.
    pub aligner: Option<Arc<dyn Aligner>>,
}

/// What callers may ask for and rely on, where the operator decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest file sent to a signed URL, in bytes.
    pub max_upload_bytes: u64,
    /// How long assets are kept; until they are deleted when not set.
    pub asset_lifetime: Option<TimeDelta>,
    /// What things cost.
    pub prices: Prices,
    /// The most unfinished videos of a workspace; any number when not set.
    pub max_unfinished_videos: Option<NonZeroU32>,
}

impl Default for Limits {
    /// 5 GiB, kept until deleted, and 10 videos, as HeyGen has it for whoever pays as they go.
    fn default() -> Self {
        Self {
            max_upload_bytes: 5 * 1024 * 1024 * 1024,
            asset_lifetime: None,
            prices: Prices::default(),
            max_unfinished_videos: NonZeroU32::new(10),
        }
    }
}

impl Backends {
    /// Waits until no other picture is decoded.
    pub(crate) async fn turn_to_decode(&self) -> SemaphorePermit<'_> {
        self.decoding.acquire().await.expect("nobody closes it")
    }

    /// Copies a blob to a file of a job's own, which a sandboxed program may then read (and spoil).
    ///
    /// # Errors
    /// When there is no such blob, or either side fails.
    pub async fn copy_to_file(&self, key: &BlobKey, path: &Path) -> Result<(), CopyError> {
        let mut bytes = self.blobs.open(key).await?.ok_or(CopyError::Missing)?.read_all();
        let mut file = tokio::fs::File::create(path).await?;
        while let Some(piece) = bytes.try_next().await? {
            file.write_all(&piece).await?;
        }
        file.flush().await?;
        Ok(())
    }

    /// A file that a sandboxed program may read: the blob's own where it is one, else a copy at `copy`.
    ///
    /// # Errors
    /// As [`Backends::copy_to_file`].
    pub async fn readable_file(&self, key: &BlobKey, copy: &Path) -> Result<PathBuf, CopyError> {
        if let Some(path) = self.blobs.local_path(key) {
            self.blobs.stat(key).await?.ok_or(CopyError::Missing)?;
            return Ok(path);
        }
        self.copy_to_file(key, copy).await?;
        Ok(copy.to_owned())
    }

    /// Removes all blobs of a folder.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn delete_folder(&self, folder: &BlobKey) -> Result<(), BlobError> {
        let blobs = self.blobs.list(Some(folder)).try_collect().await?;
        self.delete_all(blobs).await
    }

    /// Removes all blobs of a folder that has grown beyond so many bytes.
    pub(crate) async fn empty_beyond(&self, folder: &BlobKey, max_bytes: u64) -> Result<(), BlobError> {
        let blobs: Vec<_> = self.blobs.list(Some(folder)).try_collect().await?;
        if blobs.iter().map(|blob| blob.size_bytes).sum::<u64>() > max_bytes {
            self.delete_all(blobs).await?;
        }
        Ok(())
    }

    async fn delete_all(&self, blobs: Vec<StoredBlob>) -> Result<(), BlobError> {
        for blob in blobs {
            self.blobs.delete(&blob.key).await?;
        }
        Ok(())
    }
}

/// A blob cannot be copied to a file.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// There is no such blob.
    #[error("the stored bytes are missing")]
    Missing,
    /// The blob cannot be read.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The file cannot be written.
    #[error("a temporary file could not be written")]
    Io(#[from] std::io::Error),
}

/// Frames drawn so far, by video; kept in memory because finished segments are counted again after a restart.
#[derive(Debug, Default)]
pub struct FrameCounts(Mutex<HashMap<VideoId, Arc<AtomicUsize>>>);

impl FrameCounts {
    /// Adds frames of a video and returns the new count.
    pub fn add(&self, video_id: VideoId, frames: usize) -> usize {
        let counter = {
            let mut counts = self.0.lock().expect("no holder of this lock can panic");
            Arc::clone(counts.entry(video_id).or_default())
        };
        counter.fetch_add(frames, Ordering::Relaxed) + frames
    }

    /// Takes back frames of a segment that has to be drawn again.
    pub fn subtract(&self, video_id: VideoId, frames: usize) {
        let counts = self.0.lock().expect("no holder of this lock can panic");
        if let Some(counter) = counts.get(&video_id) {
            counter.fetch_sub(frames, Ordering::Relaxed);
        }
    }

    /// Forgets a finished video.
    pub fn forget(&self, video_id: VideoId) {
        self.0.lock().expect("no holder of this lock can panic").remove(&video_id);
    }
}
