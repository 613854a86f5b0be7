//! Takes in files that are already on disk.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::folders::Folders;
use crate::key::BlobKey;

/// Moves the plain file at `path` to its key; gives its length in bytes.
pub(super) fn adopt(folders: &Folders, key: &BlobKey, path: &Path) -> io::Result<u64> {
    let metadata = fs::symlink_metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "there is no plain file at the path"));
    }
    let file = File::open(path)?;
    file.sync_all()?;
    match folders.publish(path, key) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            copy_in(folders, key, file)?;
            fs::remove_file(path)?;
        }
        other => other?,
    }
    Ok(metadata.len())
}

/// Stores what is in a file of another file system.
pub(super) fn copy_in(folders: &Folders, key: &BlobKey, mut from: File) -> io::Result<()> {
    let (mut to, temporary) = folders.new_temporary()?;
    io::copy(&mut from, &mut to)?;
    to.sync_all()?;
    temporary.publish(folders, key)
}
