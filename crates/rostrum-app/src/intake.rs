//! From bytes to an asset: what the ways in which files come in have in common.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::{Stream, StreamExt};
use rostrum_blob::SealedBlob;
use rostrum_media::{Inspected, Sniffed, sniff};
use rostrum_model::asset::{Asset, ContentHash, MediaType};
use rostrum_model::ids::{AssetId, FolderId, WorkspaceId};
use rostrum_model::processing::Processing;

use crate::Backends;
use crate::assets::{SNIFF_BYTES, UploadError, content_key};
use crate::inspection::{inspect_stored, metadata_of};

/// Bytes that were received whole, of an accepted type.
pub(crate) struct Taken {
    /// The bytes, durable but not visible yet.
    pub(crate) sealed: SealedBlob,
    /// Their type.
    pub(crate) media_type: MediaType,
}

/// What an asset is besides its bytes.
pub(crate) struct NewAsset {
    pub(crate) id: AssetId,
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) name: String,
    pub(crate) folder_id: Option<FolderId>,
    pub(crate) created_at: DateTime<Utc>,
}

impl NewAsset {
    /// The asset with the bytes that were looked at.
    pub(crate) fn asset(self, content_hash: ContentHash, size_bytes: u64, inspected: &Inspected) -> Asset {
        Asset {
            id: self.id,
            workspace_id: self.workspace_id,
            name: self.name,
            media_type: inspected.media_type,
            size_bytes,
            content_hash,
            metadata: metadata_of(inspected),
            folder_id: self.folder_id,
            processing: Processing::Pending,
            created_at: self.created_at,
        }
    }
}

impl Backends {
    /// Streams a file of at most `max_bytes` into the blob store.
    ///
    /// # Errors
    /// When the file is empty, too large, of a type that is not accepted or cut off, or cannot be stored; nothing stays
    /// behind then.
    pub(crate) async fn take<S, E>(&self, mut body: S, max_bytes: u64) -> Result<Taken, UploadError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin + Send,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let mut writer = self.blobs.writer().await?;
        let mut head = Vec::new();
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| UploadError::Interrupted(error.into()))?;
            if writer.size_bytes() + chunk.len() as u64 > max_bytes {
                return Err(UploadError::TooLarge);
            }
            let wanted = SNIFF_BYTES - head.len();
            head.extend_from_slice(&chunk[..chunk.len().min(wanted)]);
            writer.write(&chunk).await?;
        }
        if head.is_empty() {
            return Err(UploadError::Empty);
        }
        match sniff(&head) {
            Sniffed::Supported(media_type) => Ok(Taken { sealed: writer.seal().await?, media_type }),
            Sniffed::Other(found) => Err(UploadError::WrongType { found: found.to_string() }),
        }
    }

    /// Looks at taken bytes and makes them an asset. The caller holds the content's lock.
    ///
    /// # Errors
    /// When the file is damaged, dangerous or larger than a limit, or cannot be recorded; nothing stays behind then.
    pub(crate) async fn keep(&self, taken: Taken, new: NewAsset) -> Result<Asset, UploadError> {
        let content = taken.sealed.sealed();
        let key = content_key(&content.hash);
        taken.sealed.publish(key.clone()).await?;
        let inspected = match self.blobs.open(&key).await? {
            Some(reader) => inspect_stored(reader, taken.media_type).await,
            None => return Err(UploadError::Vanished),
        };
        let inspected = match inspected {
            Ok(inspected) => inspected,
            Err(error) => {
                self.release_content(&content.hash).await?;
                return Err(error.into());
            }
        };
        let asset = new.asset(content.hash, content.size_bytes, &inspected);
        self.store.assets().add(&asset).await?;
        Ok(asset)
    }
}
