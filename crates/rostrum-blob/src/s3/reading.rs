//! Reads ranges of one object, or of several that follow each other. All reads demand the version that was opened.

use std::ops::Range;
use std::sync::{Arc, Mutex};

use bytes::{Bytes, BytesMut};
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore};

use super::bucket::Bucket;
use super::error::{because, during, present};
use crate::error::BlobError;
use crate::read::{BlobSource, MAX_CHUNK_BYTES};

/// How much is read at once when short reads follow each other.
const AHEAD_BYTES: u64 = 1024 * 1024;

const READ: &str = "read a blob";

/// Where some of the bytes lie.
#[derive(Debug, Clone)]
pub(super) struct Extent {
    pub path: Path,
    pub etag: Option<String>,
    /// Where they begin in the whole.
    pub start: u64,
    /// How many they are.
    pub size_bytes: u64,
}

/// Stored objects, opened.
pub(super) struct S3Source {
    bucket: Arc<Bucket>,
    extents: Vec<Extent>,
    size_bytes: u64,
    /// The last short read, with what was read ahead.
    window: Mutex<(u64, Bytes)>,
}

impl S3Source {
    /// Opens an object with one request, which brings its first bytes along.
    pub(super) async fn open(bucket: Arc<Bucket>, below: &str) -> Result<Option<Self>, BlobError> {
        let path = bucket.path(below);
        let options = GetOptions::new().with_range(Some(GetRange::Bounded(0..MAX_CHUNK_BYTES as u64)));
        let (meta, head) = match present(bucket.store.get_opts(&path, options).await) {
            Ok(None) => return Ok(None),
            Ok(Some(got)) => (got.meta.clone(), got.bytes().await.map_err(during(READ))?),
            // A range of an empty object is an error to S3.
            Err(error) => match bucket.head(below).await? {
                Some(meta) if meta.size == 0 => (meta, Bytes::new()),
                _ => return Err(during("open a blob")(error)),
            },
        };
        let extent = Extent { path, etag: meta.e_tag, start: 0, size_bytes: meta.size };
        Ok(Some(Self::new(bucket, vec![extent], head)))
    }

    /// Objects that follow each other; `head` are their first bytes, where known.
    pub(super) fn new(bucket: Arc<Bucket>, extents: Vec<Extent>, head: Bytes) -> Self {
        let size_bytes = extents.iter().map(|extent| extent.size_bytes).sum();
        Self { bucket, extents, size_bytes, window: Mutex::new((0, head)) }
    }

    /// Length of the whole in bytes.
    pub(super) fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// What of `range` is in the window; and whether the range begins where the window ends.
    fn known(&self, range: &Range<u64>) -> (Option<Bytes>, bool) {
        let window = self.window.lock().expect("no holder of this lock can panic");
        let (start, bytes) = &*window;
        let end = start + bytes.len() as u64;
        if *start <= range.start && range.end <= end {
            let at = (range.start - start) as usize;
            return (Some(bytes.slice(at..at + (range.end - range.start) as usize)), false);
        }
        (None, range.start == end)
    }

    /// The bytes of `range`, object by object.
    fn pieces(self: Arc<Self>, range: Range<u64>) -> BoxStream<'static, Result<Bytes, BlobError>> {
        let wanted: Vec<(Extent, Range<u64>)> = self
            .extents
            .iter()
            .filter_map(|extent| {
                let from = range.start.max(extent.start);
                let to = range.end.min(extent.start + extent.size_bytes);
                (from < to).then(|| (extent.clone(), from - extent.start..to - extent.start))
            })
            .collect();
        stream::iter(wanted)
            .then(move |(extent, part)| {
                let bucket = Arc::clone(&self.bucket);
                async move {
                    let mut left = part.end - part.start;
                    let mut options = GetOptions::new().with_range(Some(GetRange::Bounded(part)));
                    options.if_match = extent.etag;
                    let got = bucket.store.get_opts(&extent.path, options).await.map_err(during(READ))?;
                    let pieces = got.into_stream().map(Some).chain(stream::once(async { None }));
                    Ok::<_, BlobError>(pieces.filter_map(move |piece| {
                        let checked = match piece {
                            None if left > 0 => Some(Err(because(READ)("the object ended early"))),
                            None => None,
                            Some(piece) => Some(piece.map_err(during(READ))),
                        };
                        if let Some(Ok(piece)) = &checked {
                            left = left.saturating_sub(piece.len() as u64);
                        }
                        std::future::ready(checked)
                    }))
                }
            })
            .try_flatten()
            .map_ok(|mut piece: Bytes| {
                let mut short = Vec::with_capacity(piece.len().div_ceil(MAX_CHUNK_BYTES));
                while !piece.is_empty() {
                    short.push(Ok(piece.split_to(piece.len().min(MAX_CHUNK_BYTES))));
                }
                stream::iter(short)
            })
            .try_flatten()
            .boxed()
    }
}

#[async_trait::async_trait]
impl BlobSource for S3Source {
    async fn read(self: Arc<Self>, range: Range<u64>) -> Result<Bytes, BlobError> {
        let (known, goes_on) = self.known(&range);
        if let Some(bytes) = known {
            return Ok(bytes);
        }
        let ahead = if goes_on { AHEAD_BYTES } else { 0 };
        let end = self.size_bytes.min(range.end.max(range.start + ahead));
        let mut bytes = BytesMut::with_capacity((end - range.start) as usize);
        let mut pieces = Arc::clone(&self).pieces(range.start..end);
        while let Some(piece) = pieces.try_next().await? {
            bytes.extend_from_slice(&piece);
        }
        let bytes = bytes.freeze();
        let wanted = bytes.slice(..(range.end - range.start) as usize);
        *self.window.lock().expect("no holder of this lock can panic") = (range.start, bytes);
        Ok(wanted)
    }

    fn stream(self: Arc<Self>, range: Range<u64>) -> BoxStream<'static, Result<Bytes, BlobError>> {
        if range.end - range.start <= MAX_CHUNK_BYTES as u64 {
            return stream::once(self.read(range)).boxed();
        }
        self.pieces(range)
    }
}
