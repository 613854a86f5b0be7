//! What a start puts in order after a crash.

use chrono::TimeDelta;
use futures::{StreamExt, TryStreamExt};
use rostrum_blob::{BlobError, BlobKey, StoredBlob};
use rostrum_jobs::{JobStatus, JobsError};
use rostrum_model::asset::ContentHash;
use rostrum_model::ids::AssetId;
use rostrum_model::upload::UploadState;
use rostrum_store::{StoreError, UnfinishedVideo};

use crate::App;
use crate::assets::{AssetCursor, DeleteAssetError};
use crate::contents::ReleaseError;
use crate::jobs::GiveUpError;
use crate::uploads::{AbandonError, KEEP_EXPIRED};
use crate::videos::BeginVideosError;

/// How long the history of an ended job is kept, for questions about it.
const KEEP_ENDED_JOBS: TimeDelta = TimeDelta::days(7);

/// How long leftovers of writers are taken for writers at work, while the server runs.
const KEEP_TEMPORARY: TimeDelta = TimeDelta::days(1);
/// How long the history of an ended job of an asset is kept; there are many of them.
const KEEP_ENDED_ASSET_JOBS: TimeDelta = TimeDelta::hours(1);

/// Assets without a job looked up at a time. There are more only after an upgrade; the rest waits for the next sweep.
const PENDING_AT_ONCE: u64 = 1000;

/// Contents looked up at a time.
const CONTENTS_AT_ONCE: usize = 500;

/// Expired uploads and assets looked up at a time.
const SWEEP_BATCH: u64 = 100;

/// Putting things in order failed.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// Records could not be reached.
    #[error("records could not be reached")]
    Store(#[from] StoreError),
    /// Bytes could not be reached.
    #[error("stored bytes could not be reached")]
    Blob(#[from] BlobError),
    /// An upload could not be given up.
    #[error(transparent)]
    Abandon(#[from] AbandonError),
    /// An asset could not be deleted.
    #[error(transparent)]
    Delete(#[from] DeleteAssetError),
    /// A job could not be started.
    #[error("a job could not be started")]
    Jobs(#[from] JobsError),
    /// Unneeded content could not be removed.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// Waiting videos could not be begun.
    #[error(transparent)]
    Begin(#[from] BeginVideosError),
    /// A video could not be given up.
    #[error(transparent)]
    GiveUp(#[from] GiveUpError),
}

/// What was found and mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Files of uploads that were never acknowledged, removed.
    pub orphan_files: usize,
    /// Uploads that expired long ago, given up with what was received of them.
    pub abandoned_uploads: usize,
    /// Unfinished videos, whose jobs run again or which wait for their turn.
    pub resumed_videos: usize,
    /// Assets that were not looked into yet, whose job was started.
    pub started_assets: usize,
    /// Voices that are still to be learnt, whose job runs (again).
    pub resumed_voices: usize,
    /// Footage that is still to be studied, whose job runs (again).
    pub resumed_studies: usize,
    /// Generations whose pictures are still to be made, whose job runs (again).
    pub resumed_generations: usize,
}

impl App {
    /// Removes the bytes of uploads that were never acknowledged and starts the jobs of unfinished videos. To be
    /// called once, before the first request is served, on the only node that uses these backends.
    ///
    /// # Errors
    /// When records, bytes or jobs cannot be reached.
    pub async fn sweep_at_start(&self) -> Result<Swept, SweepError> {
        let backends = &self.backends;
        backends.store.keyed_requests().interrupt_all().await?;
        let forgotten = (backends.clock.now() - KEEP_ENDED_JOBS).timestamp_millis();
        self.jobs.forget_ended_before(u64::try_from(forgotten).unwrap_or(0)).await?;
        backends.blobs.sweep_temporary(backends.clock.now()).await?;
        let mut swept = Swept {
            orphan_files: self.sweep_contents().await?,
            abandoned_uploads: self.sweep_uploads().await?,
            resumed_videos: 0,
            started_assets: self.sweep_pending_assets().await?,
            resumed_voices: self.sweep_pending_voices().await?,
            resumed_studies: self.sweep_pending_studies().await?,
            resumed_generations: self.sweep_photo_generations().await?,
        };
        for video in backends.store.videos().unfinished().await? {
            let UnfinishedVideo { id, .. } = video;
            match self.jobs.status(&id.to_string()).await? {
                // The job engine gave up in a way that left no step to tell the record.
                Some(JobStatus::Failed { code, message }) => {
                    if let Some(video) = backends.store.videos().get_any(id).await? {
                        backends.give_up(&video, &code, &message).await?;
                    }
                }
                Some(_) => {
                    self.goes_on(video).await;
                    swept.resumed_videos += 1;
                }
                None => swept.resumed_videos += 1,
            }
        }
        self.begin_waiting_videos().await?;
        Ok(swept)
    }

    /// Starts the jobs of voices that have none; gives how many voices are still to be learnt.
    async fn sweep_pending_voices(&self) -> Result<usize, SweepError> {
        let voices = self.backends.store.voices();
        let mut resumed = 0;
        for voice in voices.list_pending().await? {
            // The job engine gave up in a way that left no step to tell the record.
            if let Some(JobStatus::Failed { message, .. }) =
                self.asset_jobs.status(&voice.id.to_string()).await?
            {
                if let Ok(failed) = voice.fail(message) {
                    voices.finish(&failed).await?;
                }
                continue;
            }
            self.start_clone(voice.id).await?;
            resumed += 1;
        }
        Ok(resumed)
    }

    /// Starts the jobs of footage that has none; gives how much is still to be studied.
    async fn sweep_pending_studies(&self) -> Result<usize, SweepError> {
        let backends = &self.backends;
        let mut resumed = 0;
        for id in backends.store.avatars().pending_studies().await? {
            // The job engine gave up in a way that left no step to tell the record.
            if let Some(JobStatus::Failed { code, message }) = self.jobs.status(&id.to_string()).await? {
                backends.give_up_study(id, &code, &message).await?;
                continue;
            }
            self.start_study(id).await?;
            resumed += 1;
        }
        Ok(resumed)
    }

    /// Starts the jobs of generations that have none; gives how many are still to be made.
    async fn sweep_photo_generations(&self) -> Result<usize, SweepError> {
        let generations = self.backends.store.photo_generations();
        let mut resumed = 0;
        for generation in generations.list_unfinished().await? {
            // The job engine gave up in a way that left no step to tell the record.
            if let Some(JobStatus::Failed { message, .. }) =
                self.asset_jobs.status(&generation.id.to_string()).await?
            {
                if let Ok(failed) = generation.fail(message) {
                    generations.update_state(&failed).await?;
                }
                continue;
            }
            self.start_generation(generation.id).await?;
            resumed += 1;
        }
        Ok(resumed)
    }

    /// Removes stored content that no asset has and no upload waits for; gives how much of it there was.
    async fn sweep_contents(&self) -> Result<usize, SweepError> {
        let backends = &self.backends;
        let folder = |name: &str| BlobKey::new(name).expect("a plain word is a valid key");
        let (assets, derived) = (folder("assets"), folder("derived"));
        let stored = backends.blobs.list(Some(&assets)).chain(backends.blobs.list(Some(&derived)));
        let mut stored = stored.try_chunks(CONTENTS_AT_ONCE);
        let mut removed = 0;
        while let Some(blobs) = stored.try_next().await.map_err(|error| error.1)? {
            let hash_of = |blob: StoredBlob| blob.key.as_str().split('/').nth(2)?.parse().ok();
            let mut hashes: Vec<ContentHash> = blobs.into_iter().filter_map(hash_of).collect();
            // Files made from a content follow each other.
            hashes.dedup();
            let needed = backends.store.assets().needed_contents(&hashes).await?;
            for hash in hashes.iter().filter(|hash| !needed.contains(hash)) {
                let _alone = backends.contents.lock(hash).await;
                removed += usize::from(backends.release_content(hash).await?);
            }
        }
        Ok(removed)
    }

    /// Deletes the assets that are older than assets are kept, but for those that unfinished videos or avatars need; gives how many.
    /// May be called at any time.
    ///
    /// # Errors
    /// When records or bytes cannot be reached.
    pub async fn delete_old_assets(&self) -> Result<usize, SweepError> {
        let backends = &self.backends;
        let Some(lifetime) = backends.limits.asset_lifetime else { return Ok(0) };
        let before = backends.clock.now() - lifetime;
        let mut deleted = 0;
        let mut behind = None;
        loop {
            let old = backends.store.assets().made_before(before, SWEEP_BATCH, behind).await?;
            let Some(last) = old.last() else { return Ok(deleted) };
            behind = Some(AssetCursor::after(last));
            for asset in old {
                match self.delete_asset(asset.workspace_id, asset.id).await {
                    Ok(was_there) => deleted += usize::from(was_there),
                    Err(
                        DeleteAssetError::InUse { .. }
                        | DeleteAssetError::Shown { .. }
                        | DeleteAssetError::Consent { .. },
                    ) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }

    /// Starts the jobs of assets that have none, and forgets those that are done; gives how many were started. May be
    /// called at any time.
    ///
    /// # Errors
    /// When records or jobs cannot be reached.
    pub async fn sweep_pending_assets(&self) -> Result<usize, SweepError> {
        let assets = self.backends.store.assets();
        let forgotten = (self.backends.clock.now() - KEEP_ENDED_ASSET_JOBS).timestamp_millis();
        while self.asset_jobs.forget_ended_before(u64::try_from(forgotten).unwrap_or(0)).await? > 0 {}
        let mut started = 0;
        for id in assets.pending(PENDING_AT_ONCE).await? {
            match self.asset_jobs.status(&id.to_string()).await? {
                None => {
                    self.start_derive(id).await?;
                    started += 1;
                }
                // Its end could not be recorded then.
                Some(JobStatus::Failed { .. }) => {
                    if let Some(asset) = assets.get_public(id).await? {
                        self.backends.give_up_asset(&asset).await?;
                    }
                }
                Some(_) => {}
            }
        }
        Ok(started)
    }

    /// Gives up the uploads that expired long ago, and removes what writers left behind; gives how many uploads. May be
    /// called at any time.
    ///
    /// # Errors
    /// When records or bytes cannot be reached.
    pub async fn sweep_uploads(&self) -> Result<usize, SweepError> {
        let backends = &self.backends;
        let mut given_up = 0;
        loop {
            let before = backends.clock.now() - KEEP_EXPIRED;
            let expired = backends.store.uploads().expired(before, SWEEP_BATCH).await?;
            let found = expired.len() as u64;
            for upload in expired {
                given_up += usize::from(self.abandon_upload(upload.workspace_id, upload.id).await?);
            }
            if found < SWEEP_BATCH {
                break;
            }
        }
        // Bytes without a record are those of an upload that was given up when the server was killed.
        let mut unfinished = backends.blobs.list_unfinished();
        while let Some(blob) = unfinished.try_next().await? {
            let id = blob.key.as_str().parse::<AssetId>().ok();
            let upload = match id {
                Some(id) => backends.store.uploads().get_any(id).await?,
                None => None,
            };
            let is_open = upload.is_some_and(|upload| {
                matches!(upload.state, UploadState::Pending | UploadState::Received(_))
            });
            if !is_open {
                backends.blobs.discard_unfinished(&blob.key).await?;
            }
        }
        backends.blobs.sweep_temporary(backends.clock.now() - KEEP_TEMPORARY).await?;
        Ok(given_up)
    }
}
