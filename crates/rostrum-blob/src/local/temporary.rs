//! Files on their way to a key.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use super::folders::Folders;
use crate::key::BlobKey;

/// The name of an unpublished file; dropping it removes the file, unless it is to be kept.
#[derive(Debug)]
pub(super) struct Temporary {
    /// `None` once published: the name may by then be another writer's.
    path: Option<PathBuf>,
    /// Whether the file outlives this value.
    kept: bool,
}

impl Temporary {
    /// Makes an empty file under a name that must be free; only this user may read it.
    pub(super) fn create(path: PathBuf) -> io::Result<(File, Self)> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        Ok((file, Self { path: Some(path), kept: false }))
    }

    /// Opens a file to be gone on with behind its first `offset` bytes, made when absent; only this user may read it.
    /// Waits until an earlier writer, which may have been dropped in the middle of a block, has let it go.
    pub(super) fn resume(path: PathBuf, offset: u64) -> io::Result<(File, Self)> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(offset == 0)
            .truncate(false)
            .mode(0o600)
            .open(&path)?;
        file.lock()?;
        if file.metadata()?.len() < offset {
            return Err(io::Error::new(io::ErrorKind::NotFound, "fewer bytes are there"));
        }
        file.set_len(offset)?;
        file.seek(SeekFrom::Start(offset))?;
        Ok((file, Self { path: Some(path), kept: true }))
    }

    /// Moves the file, which must be synced, to its key.
    pub(super) fn publish(mut self, folders: &Folders, key: &BlobKey) -> io::Result<()> {
        let path = self.path.as_ref().expect("only publishing takes the path, and it consumes self");
        folders.publish(path, key)?;
        self.path = None;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = &self.path
            && !self.kept
        {
            // A failure leaves a file for the sweep, and nobody to tell.
            let _ = fs::remove_file(path);
        }
    }
}
