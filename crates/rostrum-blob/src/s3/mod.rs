//! Blobs in a bucket of S3, or of a server that speaks its protocol.
//!
//! Below the prefix lie `blobs/<key>`, `temporary/<session>-<number>` and `unfinished/<name>/...` (see `pieces`).
//! Memory does not grow with the number of writers: bytes gather on disk, and few parts are in memory at once.
//! S3 knows no rename: a blob whose key is known at the end only is copied to it by the store itself, and so are the
//! pieces of an unfinished one.

mod bucket;
mod direct;
mod error;
mod multipart;
mod piece_writer;
mod pieces;
mod presign;
mod reading;
mod spool;
mod unfinished;
mod writing;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use rostrum_model::clock::Chance;
use tokio::io::AsyncReadExt;
use tracing::instrument;

use crate::blobs::{Blobs, StoredBlob};
use crate::blocking::blocking;
use crate::direct::DirectBlobs;
use crate::error::BlobError;
use crate::key::BlobKey;
use crate::read::BlobReader;
use crate::write::{BlobWriter, PendingBlob};
use bucket::Bucket;
use error::during;
use piece_writer::PieceWriter;
use reading::S3Source;
use writing::S3Writer;

pub use bucket::S3Settings;

/// Bytes of a file read at once when it is moved in.
const FILE_BLOCK_BYTES: usize = 256 * 1024;

/// Blobs in a bucket. Several processes may share it.
#[derive(Clone)]
pub struct S3Blobs {
    bucket: Arc<Bucket>,
    direct_uploads: bool,
}

impl S3Blobs {
    /// Blobs in the bucket of the settings; bytes on their way gather in nameless files in `spool_dir`. Nothing is sent
    /// yet, so a wrong key shows at the first use. Leftovers of a crash stay until [`Blobs::sweep_temporary`].
    ///
    /// # Errors
    /// When the settings cannot be read.
    pub fn new(settings: &S3Settings, spool_dir: &Path, chance: &dyn Chance) -> Result<Self, BlobError> {
        let bucket = Bucket::open(settings, spool_dir.to_owned(), chance)?;
        Ok(Self { bucket: Arc::new(bucket), direct_uploads: settings.direct_uploads })
    }
}

fn reader(source: S3Source) -> BlobReader {
    let len = source.size_bytes();
    BlobReader::new(Arc::new(source), len)
}

fn below(key: &BlobKey) -> String {
    format!("blobs/{key}")
}

/// Opens a plain file.
fn open_file(path: &Path) -> io::Result<fs::File> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "there is no plain file at the path"));
    }
    fs::File::open(path)
}

#[async_trait::async_trait]
impl Blobs for S3Blobs {
    async fn writer(&self) -> Result<BlobWriter, BlobError> {
        Ok(BlobWriter::new(Box::new(S3Writer::new(Arc::clone(&self.bucket)))))
    }

    #[instrument(name = "blob.adopt_file", level = "debug", skip_all, fields(blob.key = %key))]
    async fn adopt_file(&self, key: &BlobKey, path: &Path) -> Result<u64, BlobError> {
        let action = "move a file into the blob store";
        let opened = path.to_owned();
        let file = blocking(action, move || open_file(&opened)).await?;
        let mut file = tokio::fs::File::from_std(file);
        let mut writer = S3Writer::new(Arc::clone(&self.bucket));
        let mut block = vec![0; FILE_BLOCK_BYTES];
        loop {
            let read = file.read(&mut block).await.map_err(BlobError::during(action))?;
            if read == 0 {
                break;
            }
            writer.write(&block[..read]).await?;
        }
        let size_bytes = writer.seal().await?.size_bytes;
        Box::new(writer).publish(key).await?;
        tokio::fs::remove_file(path).await.map_err(BlobError::during(action))?;
        Ok(size_bytes)
    }

    #[instrument(name = "blob.open", level = "debug", skip_all, fields(blob.key = %key))]
    async fn open(&self, key: &BlobKey) -> Result<Option<BlobReader>, BlobError> {
        Ok(S3Source::open(Arc::clone(&self.bucket), &below(key)).await?.map(reader))
    }

    #[instrument(name = "blob.stat", level = "debug", skip_all, fields(blob.key = %key))]
    async fn stat(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        Ok(self.bucket.head(&below(key)).await?.map(|meta| meta.size))
    }

    #[instrument(name = "blob.delete", level = "debug", skip_all, fields(blob.key = %key))]
    async fn delete(&self, key: &BlobKey) -> Result<bool, BlobError> {
        // S3 does not tell whether there was one.
        let was_there = self.bucket.head(&below(key)).await?.is_some();
        if was_there {
            self.bucket.delete(&below(key)).await?;
        }
        Ok(was_there)
    }

    fn list(&self, folder: Option<&BlobKey>) -> BoxStream<'static, Result<StoredBlob, BlobError>> {
        let bucket = Arc::clone(&self.bucket);
        let folder = folder.map_or_else(|| "blobs".to_owned(), below);
        self.bucket
            .list(&folder)
            .map_err(|error| during("list blobs")(error))
            .try_filter_map(move |object| {
                let name = bucket.below(&object.location).and_then(|below| below.strip_prefix("blobs/"));
                let key = name.and_then(|name| BlobKey::new(name).ok());
                std::future::ready(Ok(key.map(|key| StoredBlob { key, size_bytes: object.size })))
            })
            .boxed()
    }

    fn local_path(&self, _key: &BlobKey) -> Option<PathBuf> {
        None
    }

    #[instrument(name = "blob.resume", level = "debug", skip_all, fields(blob.name = %name, offset))]
    async fn resume(&self, name: &BlobKey, offset: u64) -> Result<BlobWriter, BlobError> {
        let writer = PieceWriter::resume(Arc::clone(&self.bucket), name, offset).await?;
        Ok(BlobWriter::new(Box::new(writer)))
    }

    #[instrument(name = "blob.open_unfinished", level = "debug", skip_all, fields(blob.name = %name))]
    async fn open_unfinished(&self, name: &BlobKey) -> Result<Option<BlobReader>, BlobError> {
        Ok(self.bucket.open_unfinished(name).await?.map(reader))
    }

    #[instrument(name = "blob.publish_unfinished", level = "debug", skip_all, fields(blob.key = %key))]
    async fn publish_unfinished(&self, name: &BlobKey, key: &BlobKey) -> Result<bool, BlobError> {
        self.bucket.publish_unfinished(name, key).await
    }

    #[instrument(name = "blob.discard_unfinished", level = "debug", skip_all, fields(blob.name = %name))]
    async fn discard_unfinished(&self, name: &BlobKey) -> Result<bool, BlobError> {
        self.bucket.discard_unfinished(name).await
    }

    fn list_unfinished(&self) -> BoxStream<'static, Result<StoredBlob, BlobError>> {
        let bucket = Arc::clone(&self.bucket);
        let listed = async move { bucket.list_unfinished().await };
        stream::once(listed).map_ok(|found| stream::iter(found.into_iter().map(Ok))).try_flatten().boxed()
    }

    fn direct(&self) -> Option<&dyn DirectBlobs> {
        if self.direct_uploads { Some(self) } else { None }
    }

    #[instrument(name = "blob.sweep_temporary", level = "debug", skip_all)]
    async fn sweep_temporary(&self, older_than: DateTime<Utc>) -> Result<usize, BlobError> {
        let mut removed = self.bucket.abort_multiparts("temporary/", Some(older_than)).await?;
        // Joining pieces and copying long objects make multipart uploads under their key.
        removed += self.bucket.abort_multiparts("blobs/", Some(older_than)).await?;
        let mut leftovers = self.bucket.list("temporary");
        while let Some(object) = leftovers.try_next().await.map_err(during("list temporary objects"))? {
            if object.last_modified < older_than
                && let Some(below) = self.bucket.below(&object.location)
            {
                self.bucket.delete(below).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

#[cfg(test)]
mod tests;
