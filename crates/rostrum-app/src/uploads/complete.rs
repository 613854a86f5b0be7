//! Received bytes become assets.

use bytes::Bytes;
use futures::TryStreamExt;
use rostrum_blob::{BlobError, BlobReader};
use rostrum_media::{Sniffed, sniff};
use rostrum_model::asset::{Asset, ContentHash, MediaType};
use rostrum_model::ids::{AssetId, BatchId, WorkspaceId};
use rostrum_model::upload::{Received, Upload, UploadBatch, UploadState};
use rostrum_store::StoreError;

use super::unfinished_name;
use crate::App;
use crate::assets::{SNIFF_BYTES, content_key};
use crate::inspection::{UnusableFile, inspect_stored};
use crate::intake::NewAsset;

/// An upload cannot become an asset.
#[derive(Debug, thiserror::Error)]
pub enum CompleteError {
    /// The workspace has no such upload.
    #[error("there is no such upload")]
    NotFound,
    /// Bytes are missing.
    #[error("the bytes have not been received")]
    NotReceived,
    /// The caller expects other bytes; the received ones are kept.
    #[error("the checksum does not match")]
    WrongChecksum {
        /// SHA-256 of the received bytes.
        measured: ContentHash,
        /// The one given.
        given: ContentHash,
    },
    /// Not as many bytes as announced; they were dropped.
    #[error("the length does not match")]
    WrongSize {
        /// Bytes that were sent.
        received_bytes: u64,
        /// The announced length.
        size_bytes: u64,
    },
    /// The bytes are not of the announced type; they were dropped.
    #[error(
        "The bytes are {found}, but '{}' was announced; announce the file again with its own type.",
        .announced.mime()
    )]
    WrongType {
        /// The announced type.
        announced: MediaType,
        /// What the bytes are, in words.
        found: String,
    },
    /// Damaged, dangerous or larger than a limit, and dropped; or it could not be looked at.
    #[error("The file cannot be used: {0}.")]
    Unusable(UnusableFile),
    /// It failed before.
    #[error("the upload has failed")]
    Failed {
        /// The code it failed with.
        code: String,
        /// Why.
        message: String,
    },
    /// The bytes cannot be reached.
    #[error("the bytes could not be moved")]
    Blob(#[from] BlobError),
    /// The records do not answer.
    #[error("the asset could not be recorded")]
    Store(#[from] StoreError),
}

/// A batch with its uploads, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchReport {
    /// The batch.
    pub batch: UploadBatch,
    /// Its uploads.
    pub uploads: Vec<Upload>,
}

impl App {
    /// Makes an upload whose bytes are all there an asset. Repeating it gives the same asset.
    ///
    /// # Errors
    /// When bytes are missing or are not what was announced, or something cannot be reached.
    pub async fn complete_upload(
        &self,
        workspace_id: WorkspaceId,
        id: AssetId,
        checksum: Option<ContentHash>,
    ) -> Result<Asset, CompleteError> {
        let mut upload = self.upload(workspace_id, id).await?.ok_or(CompleteError::NotFound)?;
        if upload.state == UploadState::Pending {
            self.take_direct(&upload).await?;
            upload = self.upload(workspace_id, id).await?.ok_or(CompleteError::NotFound)?;
        }
        let received = match &upload.state {
            UploadState::Pending => return Err(CompleteError::NotReceived),
            UploadState::Failed { code, message } => {
                return Err(CompleteError::Failed { code: code.clone(), message: message.clone() });
            }
            UploadState::Received(received) | UploadState::Completed(received) => *received,
        };
        if let Some(given) = checksum.filter(|given| *given != received.hash) {
            return Err(CompleteError::WrongChecksum { measured: received.hash, given });
        }
        if let UploadState::Received(_) = upload.state
            && let Some(asset) = self.finish(&upload, received).await?
        {
            return Ok(asset);
        }
        // It was completed before, perhaps by somebody else a moment ago.
        self.asset(workspace_id, id).await?.ok_or(CompleteError::NotFound)
    }

    /// Completes all uploads of a batch whose bytes are there. Uploads that cannot be completed are left to be asked
    /// for one by one. `None` when the workspace has no such batch.
    ///
    /// # Errors
    /// When something cannot be reached.
    pub async fn complete_batch(
        &self,
        workspace_id: WorkspaceId,
        id: BatchId,
    ) -> Result<Option<BatchReport>, CompleteError> {
        let uploads = self.backends.store.uploads();
        let Some(batch) = uploads.get_batch(workspace_id, id).await? else { return Ok(None) };
        uploads.ask_completion(id, self.backends.clock.now()).await?;
        for upload in uploads.of_batch(id).await? {
            let completed = self.complete_upload(workspace_id, upload.id, None).await;
            // What is wrong with the upload itself, its own record tells.
            if let Err(error @ (CompleteError::Blob(_) | CompleteError::Store(_))) = completed {
                return Err(error);
            }
        }
        Ok(Some(BatchReport { batch, uploads: uploads.of_batch(id).await? }))
    }

    /// A batch and where its uploads stand.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn batch(
        &self,
        workspace_id: WorkspaceId,
        id: BatchId,
    ) -> Result<Option<BatchReport>, StoreError> {
        let uploads = self.backends.store.uploads();
        let Some(batch) = uploads.get_batch(workspace_id, id).await? else { return Ok(None) };
        Ok(Some(BatchReport { batch, uploads: uploads.of_batch(id).await? }))
    }

    /// `None` when somebody else moved the upload meanwhile.
    async fn finish(&self, upload: &Upload, received: Received) -> Result<Option<Asset>, CompleteError> {
        let backends = &self.backends;
        let name = unfinished_name(upload.id);
        let key = content_key(&received.hash);
        let unfinished = match backends.blobs.open_unfinished(&name).await? {
            Some(bytes) => Some(bytes),
            // A crash came between the bytes and the record.
            None => backends.blobs.open(&key).await?,
        };
        let Some(bytes) = unfinished else { return Ok(None) };
        let announced = upload.media_type;
        let inspected = match sniff(&head(&bytes).await?) {
            Sniffed::Supported(found) if announced.agrees_with(found) => inspect_stored(bytes, found).await,
            other => {
                let found = other.found().to_owned();
                let error = CompleteError::WrongType { announced, found };
                self.fail(upload, received, &error).await?;
                return Err(error);
            }
        };
        let inspected = match inspected {
            Ok(inspected) => inspected,
            Err(error) => {
                let is_the_files_fault = matches!(error, UnusableFile::File(_));
                let error = CompleteError::Unusable(error);
                if is_the_files_fault {
                    self.fail(upload, received, &error).await?;
                }
                return Err(error);
            }
        };
        let new = NewAsset {
            id: upload.id,
            workspace_id: upload.workspace_id,
            name: upload.name.clone(),
            folder_id: upload.folder_id,
            created_at: backends.clock.now(),
        };
        let asset = new.asset(received.hash, received.size_bytes, &inspected);
        let _alone = backends.contents.lock(&received.hash).await;
        backends.blobs.publish_unfinished(&name, &key).await?;
        let completed = backends.store.uploads().complete(&asset).await?;
        if completed {
            self.welcome(&asset).await;
        }
        Ok(completed.then_some(asset))
    }

    /// Notes why an upload can never become an asset, and drops its bytes.
    async fn fail(
        &self,
        upload: &Upload,
        received: Received,
        error: &CompleteError,
    ) -> Result<(), CompleteError> {
        let failed = UploadState::Failed { code: "invalid_parameter".to_owned(), message: error.to_string() };
        let uploads = self.backends.store.uploads();
        if uploads.update_state(upload.id, &UploadState::Received(received), &failed).await? {
            self.backends.blobs.discard_unfinished(&unfinished_name(upload.id)).await?;
        }
        Ok(())
    }
}

/// The first bytes, which tell the type.
async fn head(bytes: &BlobReader) -> Result<Vec<u8>, BlobError> {
    let pieces: Vec<Bytes> = bytes.read(0..SNIFF_BYTES as u64).try_collect().await?;
    Ok(pieces.concat())
}
