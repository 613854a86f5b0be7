//! Everything of an installation as a plain folder: records, bytes, and bytes of uploads that have not ended.
//!
//! On disk there are `rostrum.db`, `blobs/` and `unfinished/` (as keys have it), and `SHA256SUMS` (for `sha256sum
//! --check`), which is written last: a folder without it is not whole. Jobs are not in it, for a start makes those that
//! are missing.
//!
//! The server may run. Bytes are copied, then the records as they are at one moment, then the bytes that came meanwhile: a
//! row is written after its bytes, so those of every row are there. What is added and deleted again while that goes on
//! may be in the records without its bytes.

mod restore;

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use futures::{StreamExt, TryStreamExt};
use rostrum_blob::{BlobError, BlobKey, BlobReader};
use rostrum_model::asset::ContentHash;
use rostrum_store::StoreError;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;

use crate::Backends;
use crate::assets::{CONTENTS, content_key};
use crate::transfer::{CHECKSUMS, put_at};

pub use restore::{RestoreError, Restored, restore};

/// The records.
const RECORDS: &str = "rostrum.db";
/// The folders of bytes.
const BLOBS: &str = "blobs";
const UNFINISHED: &str = "unfinished";

/// What was backed up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BackedUp {
    /// Files in the folder.
    pub files: u64,
    /// Their length together.
    pub bytes: u64,
    /// Keys of bytes that are no longer what they were when they were stored; they are not in the folder.
    pub damaged: Vec<BlobKey>,
}

/// The backup cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is something in the folder.
    #[error("{} is not empty; name a folder that is, or that is not there yet", .0.display())]
    NotEmpty(PathBuf),
    /// The records are kept by a Postgres server.
    #[error(
        "the records are in Postgres, which makes its own backups: pg_dump --format=custom --schema=rostrum \
         --file=rostrum.dump DATABASE_URL, and then copy the folder 'blobs' of the data folder, or the bucket; the bytes \
         after the records"
    )]
    Postgres,
    /// The folder cannot be written.
    #[error("{} cannot be written", .path.display())]
    Write {
        /// What was being written.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Bytes cannot be read.
    #[error("the stored bytes cannot be read")]
    Blobs(#[from] BlobError),
    /// The records do not answer.
    #[error("the records could not be copied")]
    Store(#[from] StoreError),
}

impl Backends {
    /// Copies everything to a folder, which is made when it is not there.
    ///
    /// # Errors
    /// When there is something in the folder, the records lie in no file, or something cannot be read or written.
    pub async fn back_up(&self, folder: &Path) -> Result<BackedUp, BackupError> {
        std::fs::create_dir_all(folder).map_err(cannot_write(folder))?;
        if std::fs::read_dir(folder).map_err(cannot_write(folder))?.next().is_some() {
            return Err(BackupError::NotEmpty(folder.to_owned()));
        }
        let mut backup = Backup { folder, sums: BTreeMap::new(), done: BackedUp::default() };
        backup.copy_bytes(self).await?;
        backup.copy_records(self).await?;
        backup.copy_bytes(self).await?;
        backup.finish()
    }
}

/// A backup in work.
struct Backup<'f> {
    folder: &'f Path,
    /// Hashes and lengths by path below the folder.
    sums: BTreeMap<String, (ContentHash, u64)>,
    done: BackedUp,
}

impl Backup<'_> {
    /// Copies the bytes that are not there yet, and all of unfinished uploads, of which there may be more by now.
    async fn copy_bytes(&mut self, backends: &Backends) -> Result<(), BackupError> {
        let blobs = &backends.blobs;
        let known: HashSet<BlobKey> = self.done.damaged.iter().cloned().collect();
        let mut all = blobs.list(None);
        while let Some(blob) = all.next().await.transpose()? {
            let path = format!("{BLOBS}/{}", blob.key);
            if self.sums.contains_key(&path) || known.contains(&blob.key) {
                continue;
            }
            // Somebody may have deleted it since it was listed.
            let Some(reader) = blobs.open(&blob.key).await? else { continue };
            let (hash, size) = self.copy(&path, reader).await?;
            let is_named_by_hash = blob.key.as_str().starts_with(CONTENTS);
            if is_named_by_hash && blob.key != content_key(&hash) {
                let path = self.folder.join(&path);
                std::fs::remove_file(&path).map_err(cannot_write(&path))?;
                self.done.damaged.push(blob.key);
            } else {
                self.sums.insert(path, (hash, size));
            }
        }
        let mut unfinished = blobs.list_unfinished();
        while let Some(blob) = unfinished.next().await.transpose()? {
            let path = format!("{UNFINISHED}/{}", blob.key);
            let Some(reader) = blobs.open_unfinished(&blob.key).await? else { continue };
            let sum = self.copy(&path, reader).await?;
            self.sums.insert(path, sum);
        }
        Ok(())
    }

    async fn copy_records(&mut self, backends: &Backends) -> Result<(), BackupError> {
        let path = self.folder.join(RECORDS);
        if !backends.store.copy_to(&path).await? {
            return Err(BackupError::Postgres);
        }
        let sum = hash_of(&path).await.map_err(cannot_write(&path))?;
        std::fs::File::open(&path).and_then(|file| file.sync_all()).map_err(cannot_write(&path))?;
        self.sums.insert(RECORDS.to_owned(), sum);
        Ok(())
    }

    /// Writes bytes to a file, and gives what they are.
    async fn copy(&self, path: &str, reader: BlobReader) -> Result<(ContentHash, u64), BackupError> {
        let path = self.folder.join(path);
        let folder = path.parent().expect("the path was joined");
        std::fs::create_dir_all(folder).map_err(cannot_write(folder))?;
        let mut file = tokio::fs::File::create(&path).await.map_err(cannot_write(&path))?;
        let (mut hasher, mut size) = (Sha256::new(), 0);
        let mut bytes = reader.read_all();
        while let Some(piece) = bytes.try_next().await? {
            hasher.update(&piece);
            size += piece.len() as u64;
            file.write_all(&piece).await.map_err(cannot_write(&path))?;
        }
        file.sync_all().await.map_err(cannot_write(&path))?;
        Ok((ContentHash(hasher.finalize().into()), size))
    }

    fn finish(mut self) -> Result<BackedUp, BackupError> {
        let path = self.folder.join(CHECKSUMS);
        let mut list = NamedTempFile::new_in(self.folder).map_err(cannot_write(&path))?;
        for (path, (hash, size)) in &self.sums {
            writeln!(list, "{hash}  {path}").map_err(cannot_write(self.folder))?;
            self.done.files += 1;
            self.done.bytes += size;
        }
        put_at(list, &path).map_err(cannot_write(&path))?;
        Ok(self.done)
    }
}

/// SHA-256 and length of a file.
async fn hash_of(path: &Path) -> io::Result<(ContentHash, u64)> {
    let mut pieces = tokio_util::io::ReaderStream::with_capacity(tokio::fs::File::open(path).await?, 1 << 20);
    let (mut hasher, mut size) = (Sha256::new(), 0);
    while let Some(piece) = pieces.try_next().await? {
        hasher.update(&piece);
        size += piece.len() as u64;
    }
    Ok((ContentHash(hasher.finalize().into()), size))
}

fn cannot_write(path: &Path) -> impl FnOnce(io::Error) -> BackupError {
    move |source| BackupError::Write { path: path.to_owned(), source }
}
