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

/// What a backend does for a [`BlobWriter`]. Dropping it takes back all that was written, unless the blob was begun by
/// name to be gone on with.
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

    /// Waits until all bytes are written and durable, without finishing; gives the blob's length so far in bytes.
    ///
    /// # Errors
    /// When the storage fails now or failed in an earlier write.
    async fn pause(&mut self) -> Result<u64, BlobError>;

    /// Makes the sealed bytes appear under the key, replacing what was there.
    ///
    /// # Errors
    /// When the storage fails.
    async fn publish(self: Box<Self>, key: &BlobKey) -> Result<(), BlobError>;
}

/// A blob being written. Nothing is visible before [`BlobWriter::commit`]. Dropping the writer leaves nothing, unless it
/// came from [`crate::Blobs::resume`].
pub struct BlobWriter {
    pending: Box<dyn PendingBlob>,
    size_bytes: u64,
}

impl BlobWriter {
    /// A writer on a backend's half.
    pub fn new(pending: Box<dyn PendingBlob>) -> Self {
        Self { pending, size_bytes: 0 }
    }

    /// Number of bytes this writer has taken so far.
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
        self,
        key_of: impl FnOnce(&ContentHash) -> BlobKey + Send,
    ) -> Result<Written, BlobError> {
        let sealed = self.seal().await?;
        let key = key_of(&sealed.sealed.hash);
        sealed.publish(key).await
    }

    /// Makes the bytes durable and tells what they are, for callers that must do something before they are visible.
    ///
    /// # Errors
    /// When the storage fails now or failed in an earlier write; nothing is visible then.
    pub async fn seal(mut self) -> Result<SealedBlob, BlobError> {
        let sealed = self.pending.seal().await?;
        Ok(SealedBlob { pending: self.pending, sealed })
    }

    /// Makes the bytes durable, to be gone on with by [`crate::Blobs::resume`]; gives the blob's length so far in
    /// bytes. Of no use for a writer that did not come from there: its bytes are gone then.
    ///
    /// # Errors
    /// When the storage fails now or failed in an earlier write; an unknown part of the bytes is there then.
    pub async fn pause(mut self) -> Result<u64, BlobError> {
        self.pending.pause().await
    }
}

/// A blob with all its bytes durable, not yet visible. Dropping it is like dropping its writer.
pub struct SealedBlob {
    pending: Box<dyn PendingBlob>,
    sealed: Sealed,
}

impl SealedBlob {
    /// What the bytes are.
    pub fn sealed(&self) -> Sealed {
        self.sealed
    }

    /// Makes the bytes visible under the key, replacing what was there.
    ///
    /// # Errors
    /// When the storage fails; nothing is visible then.
    pub async fn publish(self, key: BlobKey) -> Result<Written, BlobError> {
        let Self { pending, sealed: Sealed { hash, size_bytes } } = self;
        pending.publish(&key).await?;
        Ok(Written { hash, size_bytes, key })
    }
}

impl fmt::Debug for BlobWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobWriter({} bytes)", self.size_bytes)
    }
}

impl fmt::Debug for SealedBlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedBlob({:?})", self.sealed)
    }
}
