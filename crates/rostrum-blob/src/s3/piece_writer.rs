//! Writes the pieces of an unfinished blob (see `pieces`).

use std::io;
use std::mem;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::TryStreamExt;
use rostrum_model::asset::ContentHash;
use sha2::{Digest, Sha256};
use tokio::task::JoinHandle;

use super::bucket::Bucket;
use super::error::because;
use super::multipart::PART_BYTES;
use super::pieces::{Piece, TAKEN};
use super::reading::S3Source;
use super::spool::Spool;
use super::unfinished::{folder_of, read_through};
use super::writing::hashed;
use crate::error::BlobError;
use crate::key::BlobKey;
use crate::read::BlobReader;
use crate::write::{PendingBlob, Sealed};

const WRITE: &str = "write a blob";

/// Writes the pieces of an unfinished blob.
pub(super) struct PieceWriter {
    bucket: Arc<Bucket>,
    name: BlobKey,
    epoch: u32,
    /// The piece being gathered.
    index: u32,
    /// Its version in the store, once there is one: what it replaces.
    replaced: Option<String>,
    spool: Spool,
    /// `None` when there were bytes before; they are read again when it is sealed.
    hasher: Option<Sha256>,
    /// The piece on its way, while the next one is gathered.
    sending: Option<JoinHandle<Result<(), BlobError>>>,
    /// How many bytes of the spool the store has.
    stored: usize,
}

impl PieceWriter {
    /// Goes on behind the first `offset` bytes.
    pub(super) async fn resume(bucket: Arc<Bucket>, name: &BlobKey, offset: u64) -> Result<Self, BlobError> {
        let pieces = bucket.pieces(name).await?;
        if pieces.taken.is_some() && offset > 0 || pieces.size_bytes() < offset {
            let fewer = io::Error::new(io::ErrorKind::NotFound, "fewer bytes are there");
            return Err(BlobError::during("go on writing a blob")(fewer));
        }
        let index = u32::try_from(offset / PART_BYTES as u64).map_err(because("go on writing a blob"))?;
        let mut writer = Self {
            spool: Spool::new(bucket.spool_dir.clone()),
            name: name.clone(),
            epoch: pieces.epoch + 1,
            index,
            replaced: None,
            hasher: (offset == 0).then(Sha256::new),
            sending: None,
            stored: 0,
            bucket,
        };
        let kept = offset % PART_BYTES as u64;
        let last = pieces.row.get(index as usize).map(|piece| writer.path(piece.index, piece.epoch));
        if kept > 0
            && let Some(last) = &last
            && let Some(source) = S3Source::open(Arc::clone(&writer.bucket), last).await?
        {
            let len = source.size_bytes();
            let mut bytes = BlobReader::new(Arc::new(source), len).read(0..kept);
            while let Some(bytes) = bytes.try_next().await? {
                writer.spool.push(&bytes).await?;
            }
        }
        if offset == 0 || offset < pieces.size_bytes() {
            writer.replaced = last;
            writer.store_last().await?;
            // These do not count any more.
            for piece in pieces.row.iter().skip(index as usize + 1) {
                writer.bucket.delete(&writer.path(piece.index, piece.epoch)).await?;
            }
            if pieces.taken.is_some() {
                writer.bucket.delete(&format!("{}/{TAKEN}", folder_of(name))).await?;
            }
        } else {
            let claim = |epoch: u32| format!("{}/claim-{epoch:08}", folder_of(name));
            writer.bucket.put(&claim(writer.epoch), Bytes::new()).await?;
            writer.bucket.delete(&claim(pieces.epoch)).await?;
            writer.stored = writer.spool.len();
            writer.replaced = last;
        }
        Ok(writer)
    }

    fn path(&self, index: u32, epoch: u32) -> String {
        format!("{}/{}", folder_of(&self.name), Piece::name(index, epoch))
    }

    /// Waits for the piece on its way.
    async fn arrived(&mut self) -> Result<(), BlobError> {
        match self.sending.take() {
            Some(sending) => sending.await.map_err(because(WRITE))?,
            None => Ok(()),
        }
    }

    /// Sends what is gathered as the piece it is so far.
    async fn send(&mut self) -> Result<Bytes, BlobError> {
        self.arrived().await?;
        let memory =
            Arc::clone(&self.bucket.parts_in_memory).acquire_owned().await.map_err(because(WRITE))?;
        let bytes = Bytes::from(self.spool.all().await?);
        let gathered = bytes.clone();
        let (bucket, path) = (Arc::clone(&self.bucket), self.path(self.index, self.epoch));
        let replaced = self.replaced.take().filter(|replaced| *replaced != path);
        self.stored = bytes.len();
        self.sending = Some(tokio::spawn(async move {
            let stored = bucket.put(&path, bytes).await;
            drop(memory);
            stored?;
            match replaced {
                Some(replaced) => bucket.delete(&replaced).await,
                None => Ok(()),
            }
        }));
        Ok(gathered)
    }

    /// Makes what is gathered durable.
    async fn store_last(&mut self) -> Result<(), BlobError> {
        self.send().await?;
        self.arrived().await
    }

    async fn hash(&mut self, bytes: Bytes) -> Result<(), BlobError> {
        if let Some(hasher) = self.hasher.take() {
            self.hasher = Some(hashed(hasher, bytes).await?);
        }
        Ok(())
    }

    fn size_bytes(&self) -> u64 {
        u64::from(self.index) * PART_BYTES as u64 + self.spool.len() as u64
    }
}

#[async_trait::async_trait]
impl PendingBlob for PieceWriter {
    async fn write(&mut self, mut bytes: &[u8]) -> Result<(), BlobError> {
        while !bytes.is_empty() {
            let fitting = bytes.len().min(PART_BYTES - self.spool.len());
            self.spool.push(&bytes[..fitting]).await?;
            bytes = &bytes[fitting..];
            if self.spool.len() == PART_BYTES {
                let full = self.send().await?;
                self.hash(full).await?;
                self.spool.clear();
                self.index += 1;
                self.stored = 0;
            }
        }
        Ok(())
    }

    async fn seal(&mut self) -> Result<Sealed, BlobError> {
        let size_bytes = self.pause().await?;
        let last = self.spool.all().await?;
        self.hash(last.into()).await?;
        if let Some(hasher) = mem::take(&mut self.hasher) {
            return Ok(Sealed { hash: ContentHash(hasher.finalize().into()), size_bytes });
        }
        let source = self.bucket.open_unfinished(&self.name).await?;
        let source = source.filter(|source| source.size_bytes() == size_bytes);
        let source = source.ok_or_else(|| because(WRITE)("somebody else wrote the same blob"))?;
        read_through(&BlobReader::new(Arc::new(source), size_bytes)).await
    }

    async fn pause(&mut self) -> Result<u64, BlobError> {
        if self.stored < self.spool.len() {
            self.send().await?;
        }
        self.arrived().await?;
        Ok(self.size_bytes())
    }

    async fn publish(self: Box<Self>, key: &BlobKey) -> Result<(), BlobError> {
        if self.bucket.publish_unfinished(&self.name, key).await? {
            Ok(())
        } else {
            Err(because("publish a blob")("its bytes are gone"))
        }
    }
}
