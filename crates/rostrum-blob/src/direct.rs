//! Bytes that clients send to the storage itself.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use rostrum_model::asset::ContentHash;

use crate::error::BlobError;
use crate::key::BlobKey;
use crate::write::Sealed;

/// The longest file that one `PUT` may send to a bucket, in bytes (S3's own limit).
pub const MAX_DIRECT_PUT_BYTES: u64 = 5 * 1024 * 1024 * 1024;

/// A file that a client is about to send.
#[derive(Debug, Clone, Copy)]
pub struct DirectFile<'a> {
    /// Its exact length in bytes.
    pub size_bytes: u64,
    /// Its MIME type.
    pub mime: &'a str,
    /// Its SHA-256, when known.
    pub checksum: Option<ContentHash>,
}

/// A URL that takes one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedPut {
    /// Where to `PUT` the bytes.
    pub url: String,
    /// The headers that must be sent with them, beside the `Content-Length` that every client sends.
    pub headers: BTreeMap<String, String>,
}

/// A URL that takes one part of a file; no headers are needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedPart {
    /// Position, from 1.
    pub number: u32,
    /// Where to `PUT` the bytes.
    pub url: String,
    /// First byte, from 0.
    pub from: u64,
    /// Behind the last byte.
    pub to: u64,
}

/// Takes bytes from clients by URLs that carry their own permission. What they sent is an unfinished blob once
/// [`DirectBlobs::take`] has taken it; [`crate::Blobs::discard_unfinished`] removes it at any time.
#[async_trait::async_trait]
pub trait DirectBlobs: Send + Sync {
    /// A URL for a whole file, good for `lifetime` from `now`. Length, type and checksum are part of the signature.
    ///
    /// # Errors
    /// When there are no credentials to sign with.
    async fn sign_put(
        &self,
        name: &BlobKey,
        file: &DirectFile<'_>,
        now: DateTime<Utc>,
        lifetime: TimeDelta,
    ) -> Result<SignedPut, BlobError>;

    /// Whether URLs for parts were made under a name, and the parts are not joined yet.
    ///
    /// # Errors
    /// When the storage fails.
    async fn is_in_parts(&self, name: &BlobKey) -> Result<bool, BlobError>;

    /// URLs for the parts of a file. Asked for again they are for the same parts, and those that were sent stay.
    ///
    /// # Errors
    /// When the storage fails, or there are no credentials to sign with.
    async fn sign_parts(
        &self,
        name: &BlobKey,
        file: &DirectFile<'_>,
        now: DateTime<Utc>,
        lifetime: TimeDelta,
    ) -> Result<Vec<SignedPart>, BlobError>;

    /// Takes what was sent under a name out of its senders' reach and reads it through; `None` while it is not all
    /// there. May be repeated.
    ///
    /// # Errors
    /// When the storage fails.
    async fn take(&self, name: &BlobKey, size_bytes: u64) -> Result<Option<Sealed>, BlobError>;
}
