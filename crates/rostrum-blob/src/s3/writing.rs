//! Streams bytes of unknown length and hash into a temporary object, part by part, which the store then copies to the
//! key. What fits into one part is stored under its key at once.

use std::mem;
use std::sync::Arc;

use bytes::Bytes;
use object_store::multipart::{MultipartStore, PartId};
use object_store::path::Path;
use object_store::{MultipartId, PutPayload};
use rostrum_model::asset::ContentHash;
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::bucket::Bucket;
use super::error::{because, during};
use super::multipart::PART_BYTES;
use super::spool::Spool;
use crate::blocking::blocking;
use crate::error::BlobError;
use crate::key::BlobKey;
use crate::write::{PendingBlob, Sealed};

const WRITE: &str = "write a blob";

/// The temporary object, while it is made of parts.
struct Parts {
    below: String,
    path: Path,
    id: MultipartId,
    sent: Vec<String>,
}

/// The S3 half of a [`crate::BlobWriter`].
pub(super) struct S3Writer {
    bucket: Arc<Bucket>,
    spool: Spool,
    hasher: Sha256,
    size_bytes: u64,
    parts: Option<Parts>,
    /// The part on its way, while the next one is gathered.
    sending: Option<JoinHandle<Result<PartId, BlobError>>>,
    /// Whether the parts are one object now.
    is_joined: bool,
}

/// Hashes a part where it may take its time.
pub(super) async fn hashed(mut hasher: Sha256, part: Bytes) -> Result<Sha256, BlobError> {
    blocking("hash a blob", move || {
        hasher.update(&part);
        Ok(hasher)
    })
    .await
}

impl S3Writer {
    pub(super) fn new(bucket: Arc<Bucket>) -> Self {
        let spool = Spool::new(bucket.spool_dir.clone());
        Self {
            bucket,
            spool,
            hasher: Sha256::new(),
            size_bytes: 0,
            parts: None,
            sending: None,
            is_joined: false,
        }
    }

    /// Takes what is gathered, hashed.
    async fn gathered(&mut self) -> Result<Bytes, BlobError> {
        let part = Bytes::from(self.spool.all().await?);
        self.spool.clear();
        self.size_bytes += part.len() as u64;
        self.hasher = hashed(mem::take(&mut self.hasher), part.clone()).await?;
        Ok(part)
    }

    /// Waits for the part on its way.
    async fn arrived(&mut self) -> Result<(), BlobError> {
        let Some(sending) = self.sending.take() else { return Ok(()) };
        let part = sending.await.map_err(because(WRITE))??;
        self.parts.as_mut().expect("a part belongs to an upload").sent.push(part.content_id);
        Ok(())
    }

    async fn send_part(&mut self) -> Result<(), BlobError> {
        if self.parts.is_none() {
            let below = self.bucket.new_temporary();
            let path = self.bucket.path(&below);
            let id = self.bucket.store.create_multipart(&path).await.map_err(during(WRITE))?;
            self.parts = Some(Parts { below, path, id, sent: Vec::new() });
        }
        self.arrived().await?;
        let memory =
            Arc::clone(&self.bucket.parts_in_memory).acquire_owned().await.map_err(because(WRITE))?;
        let bytes = self.gathered().await?;
        let parts = self.parts.as_ref().expect("made above");
        let (bucket, path, id) = (Arc::clone(&self.bucket), parts.path.clone(), parts.id.clone());
        let index = parts.sent.len();
        self.sending = Some(tokio::spawn(async move {
            let sent = bucket.store.put_part(&path, &id, index, PutPayload::from(bytes)).await;
            drop(memory);
            sent.map_err(during(WRITE))
        }));
        Ok(())
    }
}

#[async_trait::async_trait]
impl PendingBlob for S3Writer {
    async fn write(&mut self, mut bytes: &[u8]) -> Result<(), BlobError> {
        while !bytes.is_empty() {
            let fitting = bytes.len().min(PART_BYTES - self.spool.len());
            self.spool.push(&bytes[..fitting]).await?;
            bytes = &bytes[fitting..];
            if self.spool.len() == PART_BYTES {
                self.send_part().await?;
            }
        }
        Ok(())
    }

    async fn seal(&mut self) -> Result<Sealed, BlobError> {
        if self.parts.is_none() {
            // Goes to its key in one piece; until then nobody has to be told where it is.
            let _memory =
                self.bucket.parts_in_memory.clone().acquire_owned().await.map_err(because(WRITE))?;
            let bytes = Bytes::from(self.spool.all().await?);
            self.size_bytes = bytes.len() as u64;
            self.hasher = hashed(mem::take(&mut self.hasher), bytes).await?;
        } else {
            if self.spool.len() > 0 {
                self.send_part().await?;
            }
            self.arrived().await?;
            let parts = self.parts.as_mut().expect("looked at above");
            self.bucket.complete(&parts.path, &parts.id, mem::take(&mut parts.sent)).await?;
            self.is_joined = true;
        }
        let hash = ContentHash(mem::take(&mut self.hasher).finalize().into());
        Ok(Sealed { hash, size_bytes: self.size_bytes })
    }

    async fn pause(&mut self) -> Result<u64, BlobError> {
        // Of no use for a writer whose bytes go when it is dropped; but they are durable until then.
        self.seal().await.map(|sealed| sealed.size_bytes)
    }

    async fn publish(mut self: Box<Self>, key: &BlobKey) -> Result<(), BlobError> {
        let to = format!("blobs/{key}");
        match &self.parts {
            None => {
                let memory = self.bucket.parts_in_memory.acquire().await.map_err(because(WRITE))?;
                let stored = self.bucket.put(&to, self.spool.all().await?).await;
                drop(memory);
                stored
            }
            Some(parts) => {
                self.bucket.copy(&parts.below, &to, self.size_bytes).await?;
                self.bucket.delete(&parts.below).await?;
                self.parts = None;
                Ok(())
            }
        }
    }
}

impl Drop for S3Writer {
    /// Takes back in the background what was sent; what that misses is swept.
    fn drop(&mut self) {
        let (Some(parts), Ok(runtime)) = (self.parts.take(), Handle::try_current()) else { return };
        let (bucket, sending, is_joined) = (Arc::clone(&self.bucket), self.sending.take(), self.is_joined);
        runtime.spawn(async move {
            if let Some(sending) = sending {
                sending.abort();
                let _ = sending.await;
            }
            let gone = if is_joined {
                bucket.delete(&parts.below).await
            } else {
                let aborted = bucket.store.abort_multipart(&parts.path, &parts.id).await;
                aborted.map_err(during("abort a multipart upload"))
            };
            if let Err(error) = gone {
                tracing::warn!(error = %error.source, object = parts.below, "a temporary object is left to the sweep");
            }
        });
    }
}
