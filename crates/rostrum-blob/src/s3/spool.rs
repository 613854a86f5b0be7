//! Bytes gathered on disk until there are enough for a part, so that many slow writers hold little memory.

use std::fs::File;
use std::mem;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::blocking::blocking;
use crate::error::BlobError;

/// Bytes gathered in memory before they go to disk.
const BLOCK_BYTES: usize = 128 * 1024;

/// A first-in, first-out heap of bytes in a file without a name.
pub(super) struct Spool {
    folder: PathBuf,
    block: Vec<u8>,
    file: Option<Arc<File>>,
    on_disk: u64,
}

impl Spool {
    /// Empty; the file is made when it is needed.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, block: Vec::new(), file: None, on_disk: 0 }
    }

    /// Number of bytes held.
    pub(super) fn len(&self) -> usize {
        self.on_disk as usize + self.block.len()
    }

    /// Takes more bytes.
    pub(super) async fn push(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        self.block.extend_from_slice(bytes);
        if self.block.len() < BLOCK_BYTES {
            return Ok(());
        }
        let (file, folder) = (self.file.take(), self.folder.clone());
        let (block, at) = (mem::take(&mut self.block), self.on_disk);
        self.on_disk += block.len() as u64;
        let written = blocking("gather bytes on disk", move || {
            let file = match file {
                Some(file) => file,
                None => Arc::new(tempfile::tempfile_in(folder)?),
            };
            file.write_all_at(&block, at)?;
            Ok(file)
        });
        self.file = Some(written.await?);
        Ok(())
    }

    /// All bytes held. They stay until [`Spool::clear`].
    pub(super) async fn all(&self) -> Result<Vec<u8>, BlobError> {
        let (file, on_disk, block) = (self.file.clone(), self.on_disk as usize, self.block.clone());
        blocking("read gathered bytes", move || {
            let mut bytes = vec![0; on_disk];
            if let Some(file) = file.filter(|_| on_disk > 0) {
                file.read_exact_at(&mut bytes, 0)?;
            }
            bytes.extend_from_slice(&block);
            Ok(bytes)
        })
        .await
    }

    /// Forgets all bytes; the file is used again.
    pub(super) fn clear(&mut self) {
        self.block.clear();
        self.on_disk = 0;
    }
}
