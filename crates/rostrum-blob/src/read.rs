//! Reading a blob range by range.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt, try_unfold};

use crate::error::BlobError;

/// The most bytes in one piece of a read, so that a slow reader holds little memory.
pub const MAX_CHUNK_BYTES: usize = 64 * 1024;

/// What a backend does for a [`BlobReader`].
#[async_trait::async_trait]
pub trait BlobSource: Send + Sync {
    /// Exactly the bytes of `range`, which lies inside the blob and is at most [`MAX_CHUNK_BYTES`] long.
    ///
    /// # Errors
    /// When the storage fails or has become shorter.
    async fn read(self: Arc<Self>, range: Range<u64>) -> Result<Bytes, BlobError>;

    /// The bytes of `range`, which lies inside the blob, in pieces of at most [`MAX_CHUNK_BYTES`]; for backends where
    /// one long read is cheaper than many short ones.
    fn stream(self: Arc<Self>, range: Range<u64>) -> BoxStream<'static, Result<Bytes, BlobError>>
    where
        Self: 'static,
    {
        try_unfold(range.start, move |start| {
            let source = self.clone();
            async move {
                if start >= range.end {
                    return Ok(None);
                }
                let stop = range.end.min(start + MAX_CHUNK_BYTES as u64);
                Ok(Some((source.read(start..stop).await?, stop)))
            }
        })
        .boxed()
    }
}

/// An open blob; any number of ranges can be read, also at once.
#[derive(Clone)]
pub struct BlobReader {
    source: Arc<dyn BlobSource>,
    len: u64,
}

impl BlobReader {
    /// A reader on a backend's half; `len` is the blob's length in bytes.
    pub fn new(source: Arc<dyn BlobSource>, len: u64) -> Self {
        Self { source, len }
    }

    /// The blob's length in bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the blob has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes of `range` (0-based, end excluded) in pieces of at most [`MAX_CHUNK_BYTES`]. What lies past the end
    /// of the blob is left out, so the stream may be shorter than the range, or empty.
    pub fn read(&self, range: Range<u64>) -> BoxStream<'static, Result<Bytes, BlobError>> {
        let end = range.end.min(self.len);
        if range.start >= end {
            return stream::empty().boxed();
        }
        self.source.clone().stream(range.start..end)
    }

    /// All bytes, from first to last, in pieces.
    pub fn read_all(&self) -> BoxStream<'static, Result<Bytes, BlobError>> {
        self.read(0..self.len)
    }
}

impl fmt::Debug for BlobReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobReader({} bytes)", self.len)
    }
}
