//! Uploaded files: in, out, and where their bytes lie.

use bytes::Bytes;
use futures::Stream;
use rostrum_blob::{BlobError, BlobKey};
use rostrum_jobs::JobsError;
use rostrum_model::asset::{Asset, AssetKind, ContentHash};
use rostrum_model::folder::InFolder;
use rostrum_model::ids::{AssetId, AvatarGroupId, FolderId, LookId, VideoId, WorkspaceId};
use rostrum_model::processing::Processing;
use rostrum_store::{AssetFilter, StoreError, UnfinishedVideo};

use crate::App;
use crate::contents::ReleaseError;
use crate::file_names::cleaned;
use crate::folders::FolderError;
use crate::inspection::UnusableFile;
use crate::intake::NewAsset;
use crate::pages::page_of;
use crate::search::PublicAssetError;
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
    /// The folder it is to lie in cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
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
    /// Avatars show it.
    #[error("the asset is shown")]
    Shown {
        /// Their looks.
        looks: Vec<LookId>,
    },
    /// It is somebody's consent.
    #[error("the asset is a consent")]
    Consent {
        /// The avatars of those people.
        groups: Vec<AvatarGroupId>,
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

/// What the keys of assets' bytes begin with.
pub(crate) const CONTENTS: &str = "assets/";

/// Where the bytes of an asset lie.
pub fn content_key(hash: &ContentHash) -> BlobKey {
    let name = hash.to_string();
    BlobKey::new(format!("{CONTENTS}{}/{name}", &name[..2])).expect("hex digits make a valid key")
}

/// The name that a file is kept under; `file` when nothing of the given one is left.
pub(crate) fn shown_name(given: &str) -> String {
    cleaned(given).unwrap_or_else(|| "file".to_owned())
}

impl App {
    /// Keeps an uploaded file, at the root when no folder is named. When this returns, the bytes and the record are on
    /// disk. A file without a name is called by its id.
    ///
    /// # Errors
    /// When the file is empty, too large, of a type that is not accepted or cut off, cannot be stored, or the folder
    /// is not there or in the trash.
    pub async fn upload_asset<S, E>(
        &self,
        workspace_id: WorkspaceId,
        folder_id: Option<FolderId>,
        name: Option<&str>,
        body: S,
    ) -> Result<Asset, UploadError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin + Send,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.upload_for(workspace_id, folder_id, name, body, |_| "asset".to_owned()).await
    }

    /// Keeps a file. On behalf of a request with a key, its label, which may depend on the bytes, tells it from the others that
    /// the request makes: the same label is the same asset.
    pub(crate) async fn upload_for<S, E>(
        &self,
        workspace_id: WorkspaceId,
        folder_id: Option<FolderId>,
        name: Option<&str>,
        body: S,
        label: impl FnOnce(&ContentHash) -> String,
    ) -> Result<Asset, UploadError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin + Send,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let backends = &self.backends;
        self.require_folder(workspace_id, folder_id).await?;
        let taken = backends.take(body, MAX_UPLOAD_BYTES).await?;
        let hash = taken.sealed.sealed().hash;
        let id = self.mint(&label(&hash), AssetId::generate);
        if self.may_have_made()
            && let Some(made) = backends.store.assets().get(workspace_id, id).await?
        {
            return Ok(made);
        }
        let name = name.map_or_else(|| id.to_string(), shown_name);
        let _alone = backends.contents.lock(&hash).await;
        let new = NewAsset { id, workspace_id, name, folder_id, created_at: backends.clock.now() };
        let asset = backends.keep(taken, new).await?;
        self.welcome(&asset).await;
        Ok(asset)
    }

    /// What follows when an uploaded file has become an asset.
    pub(crate) async fn welcome(&self, asset: &Asset) {
        self.derive_later(asset.id).await;
        metrics::counter!("rostrum_assets_uploaded_total").increment(1);
        metrics::counter!("rostrum_asset_bytes_uploaded_total").increment(asset.size_bytes);
    }

    /// Assets of the workspace of one kind, or of all kinds, newest first.
    ///
    /// # Errors
    /// When the folder is not there, or the records do not answer.
    pub async fn assets(
        &self,
        workspace_id: WorkspaceId,
        kind: Option<AssetKind>,
        folder: InFolder,
        limit: u32,
        after: Option<AssetCursor>,
    ) -> Result<AssetPage, FolderError> {
        self.require_listable(workspace_id, folder).await?;
        let filter = AssetFilter::of_kind(kind, folder);
        let records = self.backends.store.assets();
        let found = records.list(workspace_id, &filter, u64::from(limit) + 1, after).await?;
        let (assets, next) = page_of(found, limit as usize, AssetCursor::after);
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
    /// When an unfinished video, an avatar or a consent needs it, or something cannot be reached.
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
        let looks = self.backends.store.avatars().looks_of_photo(id).await?;
        if !looks.is_empty() {
            return Err(DeleteAssetError::Shown { looks: looks.iter().map(|look| look.id).collect() });
        }
        let groups = self.backends.store.consents().groups_of_video(id).await?;
        if !groups.is_empty() {
            return Err(DeleteAssetError::Consent { groups });
        }
        let _alone = self.backends.contents.lock(&asset.content_hash).await;
        let deleted = self.backends.store.assets().delete(workspace_id, id).await?;
        self.backends.release_content(&asset.content_hash).await?;
        if deleted.is_some() && asset.processing == Processing::Pending {
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
        for UnfinishedVideo { id: video_id, .. } in videos.unfinished().await? {
            let video = videos.get(workspace_id, video_id).await?;
            if video.is_some_and(|video| video.spec.asset_ids().contains(&id)) {
                needing.push(video_id);
            }
        }
        Ok(needing)
    }

    /// An asset of the workspace, or one that everybody may use.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn asset(&self, workspace_id: WorkspaceId, id: AssetId) -> Result<Option<Asset>, StoreError> {
        if let Some(asset) = self.backends.store.assets().get(workspace_id, id).await? {
            return Ok(Some(asset));
        }
        match self.public_asset(id).await {
            Ok(found) => Ok(found),
            Err(PublicAssetError::Store(error)) => Err(error),
            Err(error) => {
                tracing::error!(error = %error, "a public asset cannot be had");
                Ok(None)
            }
        }
    }
}
