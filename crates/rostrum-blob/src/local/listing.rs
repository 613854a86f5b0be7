//! Walks the folders, a batch of files at a time.

use std::fs::{self, ReadDir};
use std::io;
use std::path::{Path, PathBuf};

use futures::stream::{self, BoxStream, StreamExt, TryStreamExt, try_unfold};

use super::folders::Folders;
use super::{blocking, present};
use crate::blobs::StoredBlob;
use crate::error::BlobError;
use crate::key::BlobKey;

/// Files found before they are passed on.
const BATCH: usize = 256;

/// A walk in progress: the folders that are open, innermost last.
struct Walk {
    root: PathBuf,
    open: Vec<ReadDir>,
}

impl Walk {
    fn start(root: PathBuf, folder: &Path) -> io::Result<Self> {
        let open = present(fs::read_dir(folder))?.into_iter().collect();
        Ok(Self { root, open })
    }

    /// The next files; none at the end. Skips what disappears meanwhile and names that are no keys.
    fn next_batch(&mut self) -> io::Result<Vec<StoredBlob>> {
        let mut found = Vec::new();
        while let Some(folder) = self.open.last_mut() {
            let Some(entry) = folder.next() else {
                self.open.pop();
                continue;
            };
            let path = entry?.path();
            let Some(metadata) = present(fs::symlink_metadata(&path))? else { continue };
            if metadata.is_dir() {
                self.open.extend(present(fs::read_dir(&path))?);
            } else if metadata.is_file()
                && let Some(key) = self.key_of(&path)
            {
                found.push(StoredBlob { key, size_bytes: metadata.len() });
                if found.len() == BATCH {
                    break;
                }
            }
        }
        Ok(found)
    }

    fn key_of(&self, path: &Path) -> Option<BlobKey> {
        let below = path.strip_prefix(&self.root).ok()?;
        BlobKey::new(below.to_str()?).ok()
    }
}

/// All blobs below a folder, or all there are.
pub(super) fn list(
    folders: &Folders,
    folder: Option<&BlobKey>,
) -> BoxStream<'static, Result<StoredBlob, BlobError>> {
    let start = folder.map_or(folders.blobs().to_owned(), |key| folders.path_of(key));
    walk(folders.blobs().to_owned(), start)
}

/// All unfinished blobs.
pub(super) fn list_unfinished(folders: &Folders) -> BoxStream<'static, Result<StoredBlob, BlobError>> {
    walk(folders.unfinished().to_owned(), folders.unfinished().to_owned())
}

/// The files below `start`, named by their path below `root`.
fn walk(root: PathBuf, start: PathBuf) -> BoxStream<'static, Result<StoredBlob, BlobError>> {
    try_unfold(None, move |walk: Option<Walk>| {
        let (root, start) = (root.clone(), start.clone());
        async move {
            let step = blocking("list blobs", move || {
                let mut walk = if let Some(walk) = walk { walk } else { Walk::start(root, &start)? };
                let found = walk.next_batch()?;
                Ok((found, walk))
            });
            let (found, walk) = step.await?;
            Ok((!found.is_empty()).then_some((found, Some(walk))))
        }
    })
    .map_ok(|batch| stream::iter(batch.into_iter().map(Ok)))
    .try_flatten()
    .boxed()
}
