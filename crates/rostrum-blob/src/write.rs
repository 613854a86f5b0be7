//! Writing a blob piece by piece.

use std::fmt;

use rostrum_model::asset::ContentHash;

use crate::error::BlobError;
use crate::key::BlobKey;

/// Bytes that are complete but not yet visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealed {
    /// SHA-256 of the bytes.
    pub hash: ContentHash,
    /// Their number.
    pub size_bytes: u64,
}

/// A blob that is there now, durably.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// SHA-256 of its bytes.
    pub hash: ContentHash,
    /// Its length in bytes.
    pub size_bytes: u64,
    /// The key it can be opened by.
    pub key: BlobKey,
}

/// What a backend does for a [`BlobWriter`]. Dropping it takes back all that was written.
#[async_trait::async_trait]
pub trait PendingBlob: Send {
    /// Takes more bytes; those of all calls are joined in order.
    ///
    /// # Errors
    /// When the storage fails; nothing more can be written then.
    async fn write(&mut self, bytes: &[u8]) -> Result<(), BlobError>;

    /// Waits until all bytes are written and durable, and tells what they are. Called once, after the last write.
    ///
    /// # Errors
    /// When the storage fails now or failed in an earlier write.
    async fn seal(&mut self) -> Result<Sealed, BlobError>;

    /// Makes the sealed bytes appear under the key, replacing what was there.
    ///
    /// # Errors
    /// When the storage fails.
    async fn publish(self: Box<Self>, key: &BlobKey) -> Result<(), BlobError>;
}

/// A blob being written. Nothing is visible before [`BlobWriter::commit`]; dropping the writer leaves nothing.
pub struct BlobWriter {
    pending: Box<dyn PendingBlob>,
    size_bytes: u64,
}

impl BlobWriter {
    /// A writer on a backend's half.
    pub fn new(pending: Box<dyn PendingBlob>) -> Self {
        Self { pending, size_bytes: 0 }
    }

    /// Number of bytes taken so far.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Takes more bytes. Safe to abandon only together with the writer: a call that was not awaited to its end may or
    /// may not have taken its bytes.
    ///
    /// # Errors
    /// When the storage fails; the writer is of no more use then. Failures can show one call late.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        self.pending.write(bytes).await?;
        self.size_bytes += bytes.len() as u64;
        Ok(())
    }

    /// Makes the bytes durable, then visible under the key that `key_of` makes from their hash.
    ///
    /// # Errors
    /// When the storage fails now or failed in an earlier write; nothing is visible then.
    pub async fn commit(
        mut self,
        key_of: impl FnOnce(&ContentHash) -> BlobKey + Send,
    ) -> Result<Written, BlobError> {
        let Sealed { hash, size_bytes } = self.pending.seal().await?;
        let key = key_of(&hash);
        self.pending.publish(&key).await?;
        Ok(Written { hash, size_bytes, key })
    }
}

impl fmt::Debug for BlobWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobWriter({} bytes)", self.size_bytes)
    }
}
