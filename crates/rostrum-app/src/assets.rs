//! Uploaded files: in, out, and where their bytes lie.

use bytes::Bytes;
use futures::{Stream, StreamExt};
use rostrum_blob::{BlobError, BlobKey};
use rostrum_jobs::JobsError;
use rostrum_media::{Sniffed, sniff};
use rostrum_model::asset::{Asset, AssetKind, ContentHash};
use rostrum_model::ids::{AssetId, VideoId, WorkspaceId};
use rostrum_model::processing::Processing;
use rostrum_store::StoreError;

use crate::App;
use crate::contents::ReleaseError;
use crate::inspection::{UnusableFile, inspect_stored, metadata_of};
use crate::uploads::AbandonError;

pub use rostrum_store::AssetCursor;

/// The longest file `POST /v3/assets` takes, in bytes: 32 MB as the contract says, read generously as MiB.
pub const MAX_UPLOAD_BYTES: u64 = 32 * 1024 * 1024;

/// How many first bytes are looked at to tell the type.
pub(crate) const SNIFF_BYTES: usize = 64 * 1024;

/// An upload was not taken; nothing of it stays behind.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// No bytes.
    #[error("the file is empty")]
    Empty,
    /// More than [`MAX_UPLOAD_BYTES`].
    #[error("the file is larger than {} MB", MAX_UPLOAD_BYTES / (1024 * 1024))]
    TooLarge,
    /// Not one of the accepted types.
    #[error("the bytes are {found}")]
    WrongType {
        /// What the bytes are, in words.
        found: String,
    },
    /// Damaged, dangerous or larger than a limit; or it could not be looked at.
    #[error(transparent)]
    Unusable(#[from] UnusableFile),
    /// The bytes are gone again.
    #[error("the stored file vanished")]
    Vanished,
    /// The bytes of a refused file could not be removed.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// The sender stopped in the middle.
    #[error("the upload was cut off")]
    Interrupted(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The bytes could not be kept.
    #[error("the file could not be stored")]
    Blob(#[from] BlobError),
    /// The record could not be kept.
    #[error("the asset could not be recorded")]
    Store(#[from] StoreError),
}

/// A page of assets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetPage {
    /// The assets, newest first.
    pub assets: Vec<Asset>,
    /// Where the next page starts; `None` on the last.
    pub next: Option<AssetCursor>,
}

/// An asset cannot be deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteAssetError {
    /// Videos still have to be made from it.
    #[error("the asset is needed")]
    InUse {
        /// Those videos.
        videos: Vec<VideoId>,
    },
    /// The records do not answer.
    #[error("the asset could not be looked up")]
    Store(#[from] StoreError),
    /// Its bytes cannot be removed.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// Its job cannot be stopped.
    #[error("the asset's job could not be stopped")]
    Jobs(#[from] JobsError),
    /// An upload of this id cannot be given up.
    #[error(transparent)]
    Abandon(#[from] AbandonError),
}

/// Where the bytes of an asset lie.
pub fn content_key(hash: &ContentHash) -> BlobKey {
    let name = hash.to_string();
    BlobKey::new(format!("assets/{}/{name}", &name[..2])).expect("hex digits make a valid key")
}

/// A file name without folders and control characters, at most 255 characters; `file` when nothing is left.
pub(crate) fn clean_name(given: &str) -> String {
    let base = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = base.chars().filter(|c| !c.is_control()).take(255).collect();
    if name.trim().is_empty() { "file".to_owned() } else { name }
}

impl App {
    /// Keeps an uploaded file. When this returns, the bytes and the record are on disk. A file without a name is called
    /// by its id.
    ///
    /// # Errors
    /// When the file is empty, too large, of a type that is not accepted or cut off, or cannot be stored.
    pub async fn upload_asset<S, E>(
        &self,
        workspace_id: WorkspaceId,
        name: Option<&str>,
        mut body: S,
    ) -> Result<Asset, UploadError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin + Send,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let backends = &self.backends;
        let mut writer = backends.blobs.writer().await?;
        let mut head = Vec::new();
        let mut received = 0u64;
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| UploadError::Interrupted(error.into()))?;
            received += chunk.len() as u64;
            if received > MAX_UPLOAD_BYTES {
                return Err(UploadError::TooLarge);
            }
            let wanted = SNIFF_BYTES - head.len();
            head.extend_from_slice(&chunk[..chunk.len().min(wanted)]);
            writer.write(&chunk).await?;
        }
        if received == 0 {
            return Err(UploadError::Empty);
        }
        let media_type = match sniff(&head) {
            Sniffed::Supported(media_type) => media_type,
            Sniffed::Other(found) => return Err(UploadError::WrongType { found: found.to_string() }),
        };
        let sealed = writer.seal().await?;
        let content = sealed.sealed();
        let _alone = backends.contents.lock(&content.hash).await;
        let key = content_key(&content.hash);
        sealed.publish(key.clone()).await?;
        let inspected = match backends.blobs.open(&key).await? {
            Some(reader) => inspect_stored(reader, media_type).await,
            None => return Err(UploadError::Vanished),
        };
        let inspected = match inspected {
            Ok(inspected) => inspected,
            Err(error) => {
                backends.release_content(&content.hash).await?;
                return Err(error.into());
            }
        };
        let id = AssetId::generate(&*backends.clock, &*backends.chance);
        let asset = Asset {
            id,
            workspace_id,
            name: name.map_or_else(|| id.to_string(), clean_name),
            media_type: inspected.media_type,
            size_bytes: content.size_bytes,
            content_hash: content.hash,
            metadata: metadata_of(&inspected),
            processing: Processing::Pending,
            created_at: backends.clock.now(),
        };
        backends.store.assets().add(&asset).await?;
        self.derive_later(asset.id).await;
        metrics::counter!("rostrum_assets_uploaded_total").increment(1);
        metrics::counter!("rostrum_asset_bytes_uploaded_total").increment(asset.size_bytes);
        Ok(asset)
    }

    /// Assets of the workspace of one kind, or of all kinds, newest first.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn assets(
        &self,
        workspace_id: WorkspaceId,
        kind: Option<AssetKind>,
        limit: u32,
        after: Option<AssetCursor>,
    ) -> Result<AssetPage, StoreError> {
        let most = u64::from(limit);
        let mut assets = self.backends.store.assets().list(workspace_id, kind, most + 1, after).await?;
        let has_more = assets.len() as u64 > most;
        assets.truncate(limit as usize);
        let next = if has_more { assets.last().map(AssetCursor::after) } else { None };
        Ok(AssetPage { assets, next })
    }

    /// Those of the given assets that the workspace has, in no promised order.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn assets_by_id(
        &self,
        workspace_id: WorkspaceId,
        ids: &[AssetId],
    ) -> Result<Vec<Asset>, StoreError> {
        self.backends.store.assets().get_many(workspace_id, ids).await
    }

    /// Deletes an asset, and its bytes when no other asset has the same; tells whether there was one. An upload of
    /// this id that is not an asset yet is given up.
    ///
    /// # Errors
    /// When an unfinished video needs it, or something cannot be reached.
    pub async fn delete_asset(
        &self,
        workspace_id: WorkspaceId,
        id: AssetId,
    ) -> Result<bool, DeleteAssetError> {
        let Some(asset) = self.asset(workspace_id, id).await? else {
            return Ok(self.abandon_upload(workspace_id, id).await?);
        };
        let videos = self.unfinished_videos_of(workspace_id, id).await?;
        if !videos.is_empty() {
            return Err(DeleteAssetError::InUse { videos });
        }
        let _alone = self.backends.contents.lock(&asset.content_hash).await;
        let deleted = self.backends.store.assets().delete(workspace_id, id).await?;
        self.backends.release_content(&asset.content_hash).await?;
        if asset.processing == Processing::Pending {
            self.asset_jobs.cancel(&id.to_string()).await?;
        }
        Ok(deleted.is_some())
    }

    /// The videos of a workspace that still have to be made from an asset.
    async fn unfinished_videos_of(
        &self,
        workspace_id: WorkspaceId,
        id: AssetId,
    ) -> Result<Vec<VideoId>, StoreError> {
        let videos = self.backends.store.videos();
        let mut needing = Vec::new();
        for video_id in videos.unfinished().await? {
            let video = videos.get(workspace_id, video_id).await?;
            if video.is_some_and(|video| video.spec.asset_ids().contains(&id)) {
                needing.push(video_id);
            }
        }
        Ok(needing)
    }

    /// An asset of the workspace.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn asset(&self, workspace_id: WorkspaceId, id: AssetId) -> Result<Option<Asset>, StoreError> {
        self.backends.store.assets().get(workspace_id, id).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_no_folders_and_no_control_characters() {
        assert_eq!(clean_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_name("C:\\photos\\me.png"), "me.png");
        assert_eq!(clean_name("a\u{0}b\n.png"), "ab.png");
        assert_eq!(clean_name("/"), "file");
        assert_eq!(clean_name(&"x".repeat(300)).len(), 255);
        assert_eq!(clean_name("照片.jpg"), "照片.jpg");
    }
}
