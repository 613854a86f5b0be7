//! Blobs as plain files below one folder: `blobs/<key>`, `unfinished/<name>` and `temporary/<number>`, on one file
//! system.

mod adopting;
mod folders;
mod listing;
mod reading;
mod temporary;
mod writing;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::stream::BoxStream;
use tracing::instrument;

use crate::blobs::{Blobs, StoredBlob};
use crate::blocking::blocking;
use crate::error::BlobError;
use crate::key::BlobKey;
use crate::read::BlobReader;
use crate::write::BlobWriter;
use folders::Folders;
use reading::FileSource;
use writing::LocalWriter;

/// Blobs on a local disk. Several processes may share the folder.
#[derive(Debug, Clone)]
pub struct LocalBlobs {
    folders: Arc<Folders>,
}

impl LocalBlobs {
    /// Blobs below `root`, which is made when absent. Leftovers of a crash stay until
    /// [`Blobs::sweep_temporary`].
    ///
    /// # Errors
    /// When the folders cannot be made.
    pub fn new(root: &Path) -> Result<Self, BlobError> {
        let folders = Folders::make(root).map_err(BlobError::during("make the blob folders"))?;
        Ok(Self { folders: Arc::new(folders) })
    }
}

/// `None` for the errors that say there is no such file.
fn present<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

#[async_trait::async_trait]
impl Blobs for LocalBlobs {
    #[instrument(name = "blob.writer", level = "debug", skip_all)]
    async fn writer(&self) -> Result<BlobWriter, BlobError> {
        let folders = self.folders.clone();
        let (file, temporary) = blocking("start writing a blob", move || folders.new_temporary()).await?;
        Ok(BlobWriter::new(Box::new(LocalWriter::new(self.folders.clone(), file, temporary))))
    }

    #[instrument(name = "blob.adopt_file", level = "debug", skip_all, fields(blob.key = %key))]
    async fn adopt_file(&self, key: &BlobKey, path: &Path) -> Result<u64, BlobError> {
        let (folders, key, path) = (self.folders.clone(), key.clone(), path.to_owned());
        blocking("move a file into the blob store", move || adopting::adopt(&folders, &key, &path)).await
    }

    #[instrument(name = "blob.open", level = "debug", skip_all, fields(blob.key = %key))]
    async fn open(&self, key: &BlobKey) -> Result<Option<BlobReader>, BlobError> {
        let path = self.folders.path_of(key);
        let opened = blocking("open a blob", move || FileSource::open(&path)).await?;
        Ok(opened.map(|(source, len)| BlobReader::new(Arc::new(source), len)))
    }

    #[instrument(name = "blob.stat", level = "debug", skip_all, fields(blob.key = %key))]
    async fn stat(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        let path = self.folders.path_of(key);
        let metadata = blocking("look at a blob", move || present(std::fs::metadata(path))).await?;
        Ok(metadata.filter(std::fs::Metadata::is_file).map(|metadata| metadata.len()))
    }

    #[instrument(name = "blob.delete", level = "debug", skip_all, fields(blob.key = %key))]
    async fn delete(&self, key: &BlobKey) -> Result<bool, BlobError> {
        let (folders, key) = (self.folders.clone(), key.clone());
        blocking("delete a blob", move || folders.remove(&key)).await
    }

    fn list(&self, folder: Option<&BlobKey>) -> BoxStream<'static, Result<StoredBlob, BlobError>> {
        listing::list(&self.folders, folder)
    }

    fn local_path(&self, key: &BlobKey) -> Option<PathBuf> {
        Some(self.folders.path_of(key))
    }

    #[instrument(name = "blob.resume", level = "debug", skip_all, fields(blob.name = %name, offset))]
    async fn resume(&self, name: &BlobKey, offset: u64) -> Result<BlobWriter, BlobError> {
        let (folders, name) = (self.folders.clone(), name.clone());
        let opened = blocking("go on writing a blob", move || folders.resume(&name, offset)).await?;
        let (file, unfinished) = opened;
        let writer = LocalWriter::resume(self.folders.clone(), file, unfinished, offset);
        Ok(BlobWriter::new(Box::new(writer)))
    }

    #[instrument(name = "blob.open_unfinished", level = "debug", skip_all, fields(blob.name = %name))]
    async fn open_unfinished(&self, name: &BlobKey) -> Result<Option<BlobReader>, BlobError> {
        let path = self.folders.unfinished_path_of(name);
        let opened = blocking("open an unfinished blob", move || FileSource::open(&path)).await?;
        Ok(opened.map(|(source, len)| BlobReader::new(Arc::new(source), len)))
    }

    #[instrument(name = "blob.publish_unfinished", level = "debug", skip_all, fields(blob.key = %key))]
    async fn publish_unfinished(&self, name: &BlobKey, key: &BlobKey) -> Result<bool, BlobError> {
        let (folders, name, key) = (self.folders.clone(), name.clone(), key.clone());
        blocking("publish a blob", move || folders.publish_unfinished(&name, &key)).await
    }

    #[instrument(name = "blob.discard_unfinished", level = "debug", skip_all, fields(blob.name = %name))]
    async fn discard_unfinished(&self, name: &BlobKey) -> Result<bool, BlobError> {
        let (folders, name) = (self.folders.clone(), name.clone());
        blocking("discard an unfinished blob", move || folders.discard_unfinished(&name)).await
    }

    fn list_unfinished(&self) -> BoxStream<'static, Result<StoredBlob, BlobError>> {
        listing::list_unfinished(&self.folders)
    }

    #[instrument(name = "blob.sweep_temporary", level = "debug", skip_all)]
    async fn sweep_temporary(&self, older_than: DateTime<Utc>) -> Result<usize, BlobError> {
        let folders = self.folders.clone();
        blocking("remove leftover temporary files", move || folders.sweep_temporary(older_than.into())).await
    }
}

#[cfg(test)]
mod tests;
