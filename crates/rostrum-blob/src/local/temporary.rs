//! Files that vanish unless they are published.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use super::folders::Folders;
use crate::key::BlobKey;

/// The name of an unpublished file; dropping it removes the file.
#[derive(Debug)]
pub(super) struct Temporary {
    /// `None` once published: the name may by then be another writer's.
    path: Option<PathBuf>,
}

impl Temporary {
    /// Makes an empty file under a name that must be free; only this user may read it.
    pub(super) fn create(path: PathBuf) -> io::Result<(File, Self)> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        Ok((file, Self { path: Some(path) }))
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
        if let Some(path) = &self.path {
            // A failure leaves a file for the sweep, and nobody to tell.
            let _ = fs::remove_file(path);
        }
    }
}
