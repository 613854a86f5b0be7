//! Reads ranges of a file at their position, so that one open file serves many readers.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;

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
}

#[async_trait::async_trait]
impl BlobSource for FileSource {
    async fn read(self: Arc<Self>, range: Range<u64>) -> Result<Bytes, BlobError> {
        blocking("read a blob", move || {
            let mut bytes = vec![0; (range.end - range.start) as usize];
            self.0.read_exact_at(&mut bytes, range.start)?;
            Ok(Bytes::from(bytes))
        })
        .await
    }
}
