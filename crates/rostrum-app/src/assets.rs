//! Uploaded files: in, out, and where their bytes lie.

use bytes::Bytes;
use futures::{Stream, StreamExt};
use rostrum_blob::{BlobError, BlobKey};
use rostrum_media::{Sniffed, sniff};
use rostrum_model::asset::{Asset, ContentHash};
use rostrum_model::ids::{AssetId, WorkspaceId};
use rostrum_store::StoreError;

use crate::App;

/// The longest file `POST /v3/assets` takes, in bytes: 32 MB as the contract says, read generously as MiB.
pub const MAX_UPLOAD_BYTES: u64 = 32 * 1024 * 1024;

/// How many first bytes are looked at to tell the type.
const SNIFF_BYTES: usize = 64 * 1024;

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

/// Where the bytes of an asset lie.
pub fn content_key(hash: &ContentHash) -> BlobKey {
    let name = hash.to_string();
    BlobKey::new(format!("assets/{}/{name}", &name[..2])).expect("hex digits make a valid key")
}

/// A file name without folders and control characters, at most 255 characters; `file` when nothing is left.
fn clean_name(given: &str) -> String {
    let base = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = base.chars().filter(|c| !c.is_control()).take(255).collect();
    if name.trim().is_empty() { "file".to_owned() } else { name }
}

impl App {
    /// Keeps an uploaded file. When this returns, the bytes and the record are on disk.
    ///
    /// # Errors
    /// When the file is empty, too large, of a type that is not accepted or cut off, or cannot be stored.
    pub async fn upload_asset<S, E>(
        &self,
        workspace_id: WorkspaceId,
        name: &str,
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
        let written = writer.commit(content_key).await?;
        let asset = Asset {
            id: AssetId::generate(&*backends.clock, &*backends.chance),
            workspace_id,
            name: clean_name(name),
            media_type,
            size_bytes: written.size_bytes,
            content_hash: written.hash,
            created_at: backends.clock.now(),
        };
        backends.store.assets().add(&asset).await?;
        metrics::counter!("rostrum_assets_uploaded_total").increment(1);
        metrics::counter!("rostrum_asset_bytes_uploaded_total").increment(asset.size_bytes);
        Ok(asset)
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
