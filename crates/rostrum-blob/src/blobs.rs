//! What every place for bytes can do.

use std::path::{Path, PathBuf};

use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use futures::stream::{BoxStream, TryStreamExt};

use crate::direct::DirectBlobs;
use crate::error::BlobError;
use crate::key::BlobKey;
use crate::read::BlobReader;
use crate::write::{BlobWriter, Written};

/// A blob as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBlob {
    /// Its key.
    pub key: BlobKey,
    /// Its length in bytes.
    pub size_bytes: u64,
}

/// A place for bytes. What a method stores is durable when the method returns.
#[async_trait::async_trait]
pub trait Blobs: Send + Sync {
    /// Starts writing a blob of unknown length.
    ///
    /// # Errors
    /// When the storage fails.
    async fn writer(&self) -> Result<BlobWriter, BlobError>;

    /// Stores bytes at hand, replacing what was under the key.
    ///
    /// # Errors
    /// When the storage fails; what was under the key before is then still there.
    async fn put(&self, key: &BlobKey, bytes: &[u8]) -> Result<Written, BlobError> {
        let mut writer = self.writer().await?;
        writer.write(bytes).await?;
        writer.commit(|_| key.clone()).await
    }

    /// Moves a finished local file in, replacing what was under the key; gives its length in bytes. The file at `path`
    /// is gone afterwards. Cheap where the file lies on the same disk.
    ///
    /// # Errors
    /// When there is no plain file at `path` or the storage fails; the file is then left where it was.
    async fn adopt_file(&self, key: &BlobKey, path: &Path) -> Result<u64, BlobError>;

    /// Opens a blob. What the reader gives stays the same when the blob is replaced or deleted meanwhile; a backend that
    /// cannot keep the old bytes fails the read instead of mixing in others.
    ///
    /// # Errors
    /// When the storage fails; a missing blob is `None`.
    async fn open(&self, key: &BlobKey) -> Result<Option<BlobReader>, BlobError>;

    /// All bytes of a blob that is known to be small enough for memory.
    ///
    /// # Errors
    /// When the storage fails; a missing blob is `None`.
    async fn read(&self, key: &BlobKey) -> Result<Option<Bytes>, BlobError> {
        let Some(reader) = self.open(key).await? else { return Ok(None) };
        let mut bytes = BytesMut::with_capacity(reader.len() as usize);
        let mut pieces = reader.read_all();
        while let Some(piece) = pieces.try_next().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok(Some(bytes.freeze()))
    }

    /// The length of a blob in bytes.
    ///
    /// # Errors
    /// When the storage fails; a missing blob is `None`.
    async fn stat(&self, key: &BlobKey) -> Result<Option<u64>, BlobError>;

    /// Removes a blob; tells whether there was one.
    ///
    /// # Errors
    /// When the storage fails.
    async fn delete(&self, key: &BlobKey) -> Result<bool, BlobError>;

    /// The blobs below a folder (whole parts of the key: `a/b` holds `a/b/c`, not `a/bc`), or all of them, in no
    /// promised order.
    fn list(&self, folder: Option<&BlobKey>) -> BoxStream<'static, Result<StoredBlob, BlobError>>;

    /// Where other programs can read the blob (if it exists), for backends that keep plain files.
    fn local_path(&self, key: &BlobKey) -> Option<PathBuf>;

    /// Goes on with the unfinished blob of this name behind its first `offset` bytes, dropping what came after them; at
    /// 0 it is begun anew. What its writer took stays when the writer is dropped, until it is published or
    /// [`Blobs::discard_unfinished`] is called. Only one writer may be at work on a name at a time.
    ///
    /// # Errors
    /// When the unfinished blob is shorter than `offset` ([`crate::BlobErrorKind::NotFound`]) or the storage fails.
    async fn resume(&self, name: &BlobKey, offset: u64) -> Result<BlobWriter, BlobError>;

    /// Opens an unfinished blob. Its length is that of the bytes that are there now.
    ///
    /// # Errors
    /// When the storage fails; `None` when there is none of this name.
    async fn open_unfinished(&self, name: &BlobKey) -> Result<Option<BlobReader>, BlobError>;

    /// Makes an unfinished blob whose bytes were sealed visible under the key, replacing what was there; tells whether
    /// there was one of this name.
    ///
    /// # Errors
    /// When the storage fails.
    async fn publish_unfinished(&self, name: &BlobKey, key: &BlobKey) -> Result<bool, BlobError>;

    /// Removes an unfinished blob; tells whether there was one of this name.
    ///
    /// # Errors
    /// When the storage fails.
    async fn discard_unfinished(&self, name: &BlobKey) -> Result<bool, BlobError>;

    /// The unfinished blobs that can be gone on with, in no promised order.
    fn list_unfinished(&self) -> BoxStream<'static, Result<StoredBlob, BlobError>>;

    /// For backends that take bytes from clients without us in between.
    fn direct(&self) -> Option<&dyn DirectBlobs> {
        None
    }

    /// Removes what writers left behind that neither committed nor were dropped (after a crash), last written before
    /// `older_than`; gives how many. Writers still at work have written recently, so leave them a day.
    ///
    /// # Errors
    /// When the storage fails.
    async fn sweep_temporary(&self, older_than: DateTime<Utc>) -> Result<usize, BlobError>;
}
