//! Uploads that are sent step by step to one lasting address, as the tus protocol does: each step begins where the
//! last one ended, and the last step makes the asset.

use bytes::Bytes;
use futures::Stream;
use rostrum_model::ids::{AssetId, WorkspaceId};
use rostrum_model::upload::{Announced, Upload};
use rostrum_store::StoreError;

use super::{CompleteError, Part, RESUMABLE_LIFETIME, ReceiveError, Reception, StartUploadError};
use crate::App;

/// How far a resumable upload has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The upload; its length is known.
    pub upload: Upload,
    /// Length of the whole file in bytes.
    pub size_bytes: u64,
    /// Bytes that are there. When it is all of them, the upload is an asset.
    pub received_bytes: u64,
}

/// A resumable upload does not go on.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The workspace has no such upload, or it was announced without a length.
    #[error("there is no such upload")]
    NotFound,
    /// No bytes came for too long.
    #[error("the upload has expired")]
    Expired,
    /// The bytes are not taken.
    #[error(transparent)]
    Receive(#[from] ReceiveError),
    /// All bytes are there, but they make no asset.
    #[error(transparent)]
    Complete(#[from] CompleteError),
    /// The records do not answer.
    #[error("the upload could not be looked up")]
    Store(#[from] StoreError),
}

impl App {
    /// Announces a file of known length that is then sent with [`App::append`]. The answer is durable.
    ///
    /// # Errors
    /// When the file is larger than uploads may be, or the records do not answer.
    pub async fn start_resumable(
        &self,
        workspace_id: WorkspaceId,
        file: &Announced,
    ) -> Result<Upload, StartUploadError> {
        self.require_folder(workspace_id, file.folder_id).await?;
        let upload = self.announce(workspace_id, file, 0, RESUMABLE_LIFETIME)?;
        self.backends.store.uploads().add(&upload).await?;
        Ok(upload)
    }

    /// Takes the bytes behind the first `offset` ones, which must be exactly those received before, and gives the
    /// upload more time. With the last byte the upload becomes an asset.
    ///
    /// # Errors
    /// When the upload is not there or has expired, the bytes do not fit, the sender stops, or the bytes are not what
    /// was announced. What was received stays, so that the sender can go on, unless it is not what was announced.
    pub async fn append<S, E>(
        &self,
        workspace_id: WorkspaceId,
        id: AssetId,
        offset: u64,
        body: S,
    ) -> Result<Progress, AppendError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin + Send,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (upload, size_bytes) = self.resumable(workspace_id, id).await?;
        // Beforehand, so that a slow sender is not cut off and one that broke off has time to come back.
        let expires_at = self.after(RESUMABLE_LIFETIME);
        self.backends.store.uploads().renew(id, expires_at).await?;
        let reception = self.receive(&upload, Part::Next { offset }, body).await?;
        self.after_reception(Upload { expires_at, ..upload }, size_bytes, reception).await
    }

    /// How far an upload has come. Makes a request that is still sending give way, and finishes what a crash left
    /// between the last byte and the asset.
    ///
    /// # Errors
    /// When the upload is not there, has expired, or is not what was announced.
    pub async fn upload_progress(
        &self,
        workspace_id: WorkspaceId,
        id: AssetId,
    ) -> Result<Progress, AppendError> {
        let (upload, size_bytes) = self.resumable(workspace_id, id).await?;
        let reception = self.received_bytes(&upload).await?;
        self.after_reception(upload, size_bytes, reception).await
    }

    async fn resumable(&self, workspace_id: WorkspaceId, id: AssetId) -> Result<(Upload, u64), AppendError> {
        let upload = self.upload(workspace_id, id).await?.ok_or(AppendError::NotFound)?;
        let size_bytes = upload.size_bytes.ok_or(AppendError::NotFound)?;
        if !upload.is_completed() && self.backends.clock.now() > upload.expires_at {
            return Err(AppendError::Expired);
        }
        Ok((upload, size_bytes))
    }

    async fn after_reception(
        &self,
        upload: Upload,
        size_bytes: u64,
        reception: Reception,
    ) -> Result<Progress, AppendError> {
        let received_bytes = match reception {
            Reception::Partly { received_bytes } => received_bytes,
            Reception::Whole(received) => {
                self.complete_upload(upload.workspace_id, upload.id, None).await?;
                received.size_bytes
            }
        };
        Ok(Progress { upload, size_bytes, received_bytes })
    }
}
