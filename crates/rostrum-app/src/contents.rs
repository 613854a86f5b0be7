//! Stored content that assets share.
//!
//! The same bytes are stored once, under their hash, however many assets have them. Who adds or removes such an asset
//! holds the content's lock from the moment the bytes are moved until the record says so; otherwise a deletion could
//! take away bytes that somebody else is just adding.

use rostrum_blob::BlobError;
use rostrum_model::asset::ContentHash;
use rostrum_store::StoreError;
use tokio::sync::{Mutex, MutexGuard};

use crate::Backends;
use crate::assets::content_key;
use crate::jobs::derive_asset::derived_folder;

/// Locks for contents; several contents may share one.
#[derive(Debug)]
pub struct ContentLocks([Mutex<()>; 64]);

impl Default for ContentLocks {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::new(())))
    }
}

impl ContentLocks {
    /// Waits until nobody else adds or removes this content.
    pub(crate) async fn lock(&self, hash: &ContentHash) -> MutexGuard<'_, ()> {
        self.0[usize::from(hash.0[0]) % self.0.len()].lock().await
    }
}

/// Unneeded content cannot be removed.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// The records do not answer.
    #[error("the records of the content could not be reached")]
    Store(#[from] StoreError),
    /// The bytes cannot be reached.
    #[error("the content could not be removed")]
    Blob(#[from] BlobError),
}

impl Backends {
    /// Removes content that no asset has and no upload is about to have, with what was made from it; tells whether there
    /// was such content. The caller holds the
    /// content's lock.
    pub(crate) async fn release_content(&self, hash: &ContentHash) -> Result<bool, ReleaseError> {
        let needed = self.store.assets().count_by_hash(hash).await? > 0
            || self.store.uploads().count_received(hash).await? > 0;
        if needed {
            return Ok(false);
        }
        self.delete_folder(&derived_folder(hash)).await?;
        Ok(self.blobs.delete(&content_key(hash)).await?)
    }
}
