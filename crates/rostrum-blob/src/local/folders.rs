//! The folders on disk, and changes to them that survive a power cut.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use super::present;
use super::temporary::Temporary;
use crate::key::BlobKey;

/// How often a blob's folder may be removed by a deletion next to it before publishing gives up.
const PUBLISH_ATTEMPTS: usize = 16;

/// The three folders of a [`super::LocalBlobs`].
#[derive(Debug)]
pub(super) struct Folders {
    blobs: PathBuf,
    temporary: PathBuf,
    unfinished: PathBuf,
    next_temporary: AtomicU64,
}

impl Folders {
    /// Makes what is missing of them below `root`.
    pub(super) fn make(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        let root = root.canonicalize()?;
        let folders = Self {
            blobs: root.join("blobs"),
            temporary: root.join("temporary"),
            unfinished: root.join("unfinished"),
            next_temporary: AtomicU64::new(0),
        };
        fs::create_dir_all(&folders.blobs)?;
        fs::create_dir_all(&folders.temporary)?;
        fs::create_dir_all(&folders.unfinished)?;
        sync_folder(&root)?;
        if let Some(above) = root.parent() {
            sync_folder(above)?;
        }
        Ok(folders)
    }

    /// Where a blob lies, or would.
    pub(super) fn path_of(&self, key: &BlobKey) -> PathBuf {
        self.blobs.join(key.as_str())
    }

    /// The folder all blobs lie in.
    pub(super) fn blobs(&self) -> &Path {
        &self.blobs
    }

    /// A new empty file that is removed when dropped.
    pub(super) fn new_temporary(&self) -> io::Result<(File, Temporary)> {
        loop {
            let number = self.next_temporary.fetch_add(1, Ordering::Relaxed);
            match Temporary::create(self.temporary.join(number.to_string())) {
                // The name is a leftover, or another process on the same folder has it.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                done => return done,
            }
        }
    }

    /// The folder of files that can be gone on with.
    pub(super) fn unfinished(&self) -> &Path {
        &self.unfinished
    }

    /// Where an unfinished blob lies, or would.
    pub(super) fn unfinished_path_of(&self, name: &BlobKey) -> PathBuf {
        self.unfinished.join(name.as_str())
    }

    /// The file of an unfinished blob, ready to be written behind its first `offset` bytes.
    pub(super) fn resume(&self, name: &BlobKey, offset: u64) -> io::Result<(File, Temporary)> {
        let resumed = Temporary::resume(self.unfinished_path_of(name), offset)?;
        if offset == 0 {
            sync_folder(&self.unfinished)?;
        }
        Ok(resumed)
    }

    /// Moves an unfinished blob whose file is synced to its key; tells whether there was one.
    pub(super) fn publish_unfinished(&self, name: &BlobKey, key: &BlobKey) -> io::Result<bool> {
        let path = self.unfinished_path_of(name);
        if present(fs::metadata(&path))?.is_none() {
            return Ok(false);
        }
        self.publish(&path, key)?;
        sync_folder(&self.unfinished)?;
        Ok(true)
    }

    /// Removes an unfinished blob; tells whether there was one.
    pub(super) fn discard_unfinished(&self, name: &BlobKey) -> io::Result<bool> {
        let removed = present(fs::remove_file(self.unfinished_path_of(name)))?.is_some();
        sync_folder(&self.unfinished)?;
        Ok(removed)
    }

    /// Moves a synced file of the same file system to its key.
    pub(super) fn publish(&self, file: &Path, key: &BlobKey) -> io::Result<()> {
        let target = self.path_of(key);
        let folder = target.parent().expect("a key is joined to a folder");
        let mut attempt = 1;
        loop {
            match fs::create_dir_all(folder).and_then(|()| fs::rename(file, &target)) {
                Ok(()) => break,
                // A deletion next to it may take an empty folder away at any moment: before the rename, or while
                // the folder is being made, which may then fail either way.
                Err(error)
                    if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::AlreadyExists)
                        && attempt < PUBLISH_ATTEMPTS =>
                {
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
        self.sync_up_from(folder)
    }

    /// Removes a blob and the folders it leaves empty; tells whether there was one.
    pub(super) fn remove(&self, key: &BlobKey) -> io::Result<bool> {
        let path = self.path_of(key);
        match fs::remove_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::IsADirectory => return Ok(false),
            other => {
                if present(other)?.is_none() {
                    return Ok(false);
                }
            }
        }
        let mut folder = path.parent().expect("a key is joined to a folder");
        while folder != self.blobs && fs::remove_dir(folder).is_ok() {
            folder = folder.parent().expect("folders of keys lie below the blob folder");
        }
        present(sync_folder(folder))?;
        Ok(true)
    }

    /// Removes temporary files last written before `older_than`; gives how many.
    pub(super) fn sweep_temporary(&self, older_than: SystemTime) -> io::Result<usize> {
        let mut removed = 0;
        for entry in fs::read_dir(&self.temporary)? {
            let entry = entry?;
            let Some(metadata) = present(entry.metadata())? else { continue };
            if metadata.modified()? < older_than && present(fs::remove_file(entry.path()))?.is_some() {
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Makes the names in `folder`, and its own name and those of the folders above it, durable.
    fn sync_up_from(&self, folder: &Path) -> io::Result<()> {
        for above in folder.ancestors() {
            sync_folder(above)?;
            if above == self.blobs {
                break;
            }
        }
        Ok(())
    }
}

/// Makes the names in a folder durable.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
