//! Files announced first and sent later, to signed URLs: any size, resumable, checked.
//!
//! An upload is announced ([`App::start_upload`]), its bytes arrive over one or more requests ([`App::receive`]), and
//! it becomes an asset ([`App::complete_upload`]). Until then its bytes lie apart from those of assets, under its id.

mod append;
mod complete;
mod direct;
mod receive;
mod signing;
mod turns;

use chrono::{DateTime, TimeDelta, Utc};
use rostrum_blob::{BlobError, BlobKey};
use rostrum_model::asset::{AssetKind, MediaType};
use rostrum_model::ids::{AssetId, BatchId, WorkspaceId};
use rostrum_model::upload::{Announced, BatchPlace, Upload, UploadBatch, UploadState};
use rostrum_store::StoreError;

use crate::App;
use crate::assets::shown_name;
use crate::folders::FolderError;

pub use append::{AppendError, Progress};
pub use complete::{BatchReport, CompleteError};
pub use direct::Direct;
pub use receive::{Part, ReceiveError, Reception};
pub use signing::UrlError;
pub(crate) use turns::Turns;

/// How long the URL of an upload is good for, counted from its making or renewal.
pub const URL_LIFETIME: TimeDelta = TimeDelta::hours(1);

/// How long the bytes of an expired upload are kept, so that it can be renewed.
pub const KEEP_EXPIRED: TimeDelta = TimeDelta::hours(24);

/// How long a resumable upload waits for its next bytes: until the same hour of the next day.
pub const RESUMABLE_LIFETIME: TimeDelta = TimeDelta::hours(24);

/// The most files in a batch (contract, `POST /v3/assets/direct-uploads/batches`).
pub const MAX_BATCH_FILES: usize = 100;

/// The longest picture in bytes: the contract's 50 MB for generation inputs. Pictures are decoded from memory.
const MAX_IMAGE_BYTES: u64 = 50 * 1024 * 1024;

/// The longest archive in bytes: the contract's 200 MB for projects.
const MAX_ARCHIVE_BYTES: u64 = 200 * 1024 * 1024;

/// What the sender of an upload needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The upload.
    pub upload: Upload,
    /// Path of the URL to send the bytes to, behind scheme and host.
    pub path: String,
    /// Seconds until the URL expires.
    pub expires_in_seconds: i64,
    /// The longest body the URL takes, in bytes.
    pub max_bytes: u64,
    /// Where to send the bytes instead, when they may go to the storage itself.
    pub direct: Option<Direct>,
}

/// An upload cannot be announced.
#[derive(Debug, thiserror::Error)]
pub enum StartUploadError {
    /// Longer than this server takes.
    #[error("the file is larger than uploads may be")]
    TooLarge {
        /// Position in the batch; 0 for a single upload.
        index: usize,
        /// The announced length in bytes.
        size_bytes: u64,
        /// The longest for this type, in bytes.
        max_bytes: u64,
    },
    /// The folder it is to lie in cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The record could not be kept.
    #[error("the upload could not be recorded")]
    Store(#[from] StoreError),
    /// The storage gives no URLs.
    #[error("no URL could be made for the bytes")]
    Blob(#[from] BlobError),
}

/// No URL can be made for an upload.
#[derive(Debug, thiserror::Error)]
pub enum TicketError {
    /// The records do not answer.
    #[error("the upload could not be looked up")]
    Store(#[from] StoreError),
    /// The storage gives no URLs.
    #[error("no URL could be made for the bytes")]
    Blob(#[from] BlobError),
}

impl From<TicketError> for StartUploadError {
    fn from(error: TicketError) -> Self {
        match error {
            TicketError::Store(error) => Self::Store(error),
            TicketError::Blob(error) => Self::Blob(error),
        }
    }
}

/// An upload cannot be given up.
#[derive(Debug, thiserror::Error)]
pub enum AbandonError {
    /// The records do not answer.
    #[error("the upload could not be removed")]
    Store(#[from] StoreError),
    /// The bytes cannot be removed.
    #[error("the bytes of the upload could not be removed")]
    Blob(#[from] BlobError),
}

/// Where the bytes of an upload lie until it is an asset.
fn unfinished_name(id: AssetId) -> BlobKey {
    BlobKey::new(id.to_string()).expect("an id is a valid key")
}

impl App {
    /// The longest upload of a type, in bytes.
    pub fn max_upload_bytes(&self, media_type: MediaType) -> u64 {
        let most = self.backends.limits.max_upload_bytes;
        match media_type.kind() {
            AssetKind::Image => most.min(MAX_IMAGE_BYTES),
            AssetKind::Archive => most.min(MAX_ARCHIVE_BYTES),
            _ => most,
        }
    }

    /// Announces a file. The answer is durable.
    ///
    /// # Errors
    /// When the file is larger than uploads may be, or records or storage do not answer.
    pub async fn start_upload(
        &self,
        workspace_id: WorkspaceId,
        file: &Announced,
    ) -> Result<Ticket, StartUploadError> {
        self.start_one(workspace_id, file, false).await
    }

    /// The same for a client that can send parts, which it is asked for where the storage takes them itself.
    ///
    /// # Errors
    /// As [`App::start_upload`].
    pub async fn start_upload_in_parts(
        &self,
        workspace_id: WorkspaceId,
        file: &Announced,
    ) -> Result<Ticket, StartUploadError> {
        self.start_one(workspace_id, file, true).await
    }

    async fn start_one(
        &self,
        workspace_id: WorkspaceId,
        file: &Announced,
        in_parts: bool,
    ) -> Result<Ticket, StartUploadError> {
        self.require_folder(workspace_id, file.folder_id).await?;
        let upload = self.announce(workspace_id, file, 0, URL_LIFETIME)?;
        let uploads = self.backends.store.uploads();
        if self.may_have_made()
            && let Some(made) = uploads.get(workspace_id, upload.id).await?
        {
            return Ok(self.ticket(made, in_parts).await?);
        }
        uploads.add(&upload).await?;
        Ok(self.ticket(upload, in_parts).await?)
    }

    /// Announces several files at once: all of them, or none.
    ///
    /// # Errors
    /// As [`App::start_upload`].
    pub async fn start_batch(
        &self,
        workspace_id: WorkspaceId,
        title: Option<String>,
        files: &[Announced],
    ) -> Result<(UploadBatch, Vec<Ticket>), StartUploadError> {
        let backends = &self.backends;
        let batch = UploadBatch {
            id: self.mint("batch", BatchId::generate),
            workspace_id,
            title,
            completion_asked_at: None,
            created_at: backends.clock.now(),
        };
        let mut uploads = Vec::with_capacity(files.len());
        for (index, file) in (0..).zip(files) {
            self.require_folder(workspace_id, file.folder_id).await?;
            let upload = self.announce(workspace_id, file, index, URL_LIFETIME)?;
            let index = u32::try_from(index).expect("a batch has at most 100 files");
            uploads.push(Upload { batch: Some(BatchPlace { id: batch.id, index }), ..upload });
        }
        // All of them are there, or none.
        if !self.may_have_made()
            || backends.store.uploads().get_batch(workspace_id, batch.id).await?.is_none()
        {
            backends.store.uploads().add_batch(&batch, &uploads).await?;
        }
        let mut tickets = Vec::with_capacity(uploads.len());
        for upload in uploads {
            tickets.push(self.ticket(upload, false).await?);
        }
        Ok((batch, tickets))
    }

    /// A new URL for an upload that is not an asset yet; what was received stays. `None` when the workspace has no
    /// such upload, or it has ended.
    ///
    /// # Errors
    /// When records or storage do not answer.
    pub async fn renew_upload(
        &self,
        workspace_id: WorkspaceId,
        id: AssetId,
    ) -> Result<Option<Ticket>, TicketError> {
        let uploads = self.backends.store.uploads();
        let Some(upload) = uploads.get(workspace_id, id).await? else { return Ok(None) };
        let expires_at = self.after(URL_LIFETIME);
        if !uploads.renew(id, expires_at).await? {
            return Ok(None);
        }
        let in_parts = self.is_in_parts(&upload).await?;
        Ok(Some(self.ticket(Upload { expires_at, ..upload }, in_parts).await?))
    }

    /// Gives up an upload that is not an asset yet, with what was received of it; tells whether there was one.
    ///
    /// # Errors
    /// When records or bytes cannot be reached.
    pub async fn abandon_upload(&self, workspace_id: WorkspaceId, id: AssetId) -> Result<bool, AbandonError> {
        let uploads = self.backends.store.uploads();
        if uploads.get(workspace_id, id).await?.is_none() {
            return Ok(false);
        }
        let _turn = self.turns.take(id).await;
        let removed = uploads.delete_open(id).await?;
        if removed {
            self.backends.blobs.discard_unfinished(&unfinished_name(id)).await?;
        }
        Ok(removed)
    }

    /// An upload of the workspace.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn upload(&self, workspace_id: WorkspaceId, id: AssetId) -> Result<Option<Upload>, StoreError> {
        self.backends.store.uploads().get(workspace_id, id).await
    }

    /// Those of the given uploads that the workspace has, in no promised order.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn uploads_by_id(
        &self,
        workspace_id: WorkspaceId,
        ids: &[AssetId],
    ) -> Result<Vec<Upload>, StoreError> {
        self.backends.store.uploads().get_many(workspace_id, ids).await
    }

    fn announce(
        &self,
        workspace_id: WorkspaceId,
        file: &Announced,
        index: usize,
        lifetime: TimeDelta,
    ) -> Result<Upload, StartUploadError> {
        let backends = &self.backends;
        let max_bytes = self.max_upload_bytes(file.media_type);
        if let Some(size_bytes) = file.size_bytes.filter(|size| *size > max_bytes) {
            return Err(StartUploadError::TooLarge { index, size_bytes, max_bytes });
        }
        let id = self.mint(&format!("asset {index}"), AssetId::generate);
        Ok(Upload {
            id,
            workspace_id,
            batch: None,
            name: if file.name.is_empty() { id.to_string() } else { shown_name(&file.name) },
            media_type: file.media_type,
            size_bytes: file.size_bytes,
            checksum: file.checksum,
            folder_id: file.folder_id,
            state: UploadState::Pending,
            created_at: backends.clock.now(),
            expires_at: self.after(lifetime),
        })
    }

    /// Whole seconds, so that the URL, the record and the signature agree.
    fn after(&self, lifetime: TimeDelta) -> DateTime<Utc> {
        let expires_at = self.backends.clock.now() + lifetime;
        DateTime::from_timestamp(expires_at.timestamp(), 0).expect("the present can be written in seconds")
    }

    async fn ticket(&self, upload: Upload, in_parts: bool) -> Result<Ticket, TicketError> {
        Ok(Ticket {
            direct: self.direct(&upload, in_parts).await?,
            path: self.sign_upload(&upload).await?,
            expires_in_seconds: (upload.expires_at - self.backends.clock.now()).num_seconds(),
            max_bytes: upload.size_bytes.unwrap_or_else(|| self.max_upload_bytes(upload.media_type)),
            upload,
        })
    }
}
