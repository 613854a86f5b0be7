//! Reads ranges of a file at their position, so that one open file serves many readers.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
#[cfg(target_os = "linux")]
use rustix::io::{ReadWriteFlags, preadv2};

use super::{blocking, present};
use crate::error::BlobError;
use crate::read::BlobSource;

/// An open file.
#[derive(Debug)]
pub(super) struct FileSource(File);

impl FileSource {
    /// Opens a plain file; also gives its length in bytes.
    pub(super) fn open(path: &Path) -> io::Result<Option<(Self, u64)>> {
        let Some(file) = present(File::open(path))? else { return Ok(None) };
        let metadata = file.metadata()?;
        Ok(metadata.is_file().then(|| (Self(file), metadata.len())))
    }

    /// The bytes of a range if the system has all of them in memory, as it has for what was just written or read; the
    /// way to another thread would take longer than the copy. `None` when the disk has to be asked.
    #[cfg(target_os = "linux")]
    fn cached(&self, range: &Range<u64>) -> Option<Bytes> {
        let mut bytes = vec![0; (range.end - range.start) as usize];
        let mut into = [io::IoSliceMut::new(&mut bytes)];
        let read = preadv2(&self.0, &mut into, range.start, ReadWriteFlags::NOWAIT).ok()?;
        (read == bytes.len()).then(|| Bytes::from(bytes))
    }

    /// Other systems cannot be asked.
    #[cfg(not(target_os = "linux"))]
    fn cached(&self, _range: &Range<u64>) -> Option<Bytes> {
        None
    }
}

#[async_trait::async_trait]
impl BlobSource for FileSource {
    async fn read(self: Arc<Self>, range: Range<u64>) -> Result<Bytes, BlobError> {
        if let Some(bytes) = self.cached(&range) {
            return Ok(bytes);
        }
        blocking("read a blob", move || {
            let mut bytes = vec![0; (range.end - range.start) as usize];
            self.0.read_exact_at(&mut bytes, range.start)?;
            Ok(Bytes::from(bytes))
        })
        .await
    }
}
