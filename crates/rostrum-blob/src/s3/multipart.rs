//! Objects made of parts.

use chrono::{DateTime, Utc};
use futures::stream::{self, StreamExt, TryStreamExt};
use http::{HeaderName, Method};
use object_store::MultipartId;
use object_store::ObjectStoreExt;
use object_store::multipart::{MultipartStore, PartId};
use object_store::path::Path;
use serde::Deserialize;

use super::bucket::Bucket;
use super::error::{because, during};
use crate::error::BlobError;

/// The length of parts and pieces, in bytes. All but the last are as long, which some servers demand; S3 itself wants at
/// least 5 MiB and takes 10,000 parts, so a file may have 78 GiB.
pub(super) const PART_BYTES: usize = 8 * 1024 * 1024;

/// The longest object copied by one request; S3 takes 5 GiB, but copies long ones slowly and without a word.
const COPIED_WHOLE_BYTES: u64 = 256 * 1024 * 1024;

/// Parts copied at once.
const COPIES_AT_ONCE: usize = 8;

/// Bytes to be copied by the store itself.
#[derive(Debug, Clone)]
pub(super) struct Copied {
    /// Name of the object below the prefix.
    pub from: String,
    /// First and last byte, when it is not the whole object.
    pub range: Option<(u64, u64)>,
}

/// A multipart upload that was neither completed nor aborted.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct OpenMultipart {
    #[serde(rename = "Key")]
    pub key: String,
    #[serde(rename = "UploadId")]
    pub id: String,
    #[serde(rename = "Initiated")]
    pub initiated: DateTime<Utc>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OpenMultiparts {
    #[serde(rename = "Upload", default)]
    uploads: Vec<OpenMultipart>,
    #[serde(default)]
    is_truncated: bool,
    next_key_marker: Option<String>,
    next_upload_id_marker: Option<String>,
}

/// A part that was sent.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct SentPart {
    #[serde(rename = "PartNumber")]
    pub number: u32,
    #[serde(rename = "ETag")]
    pub etag: String,
    #[serde(rename = "Size")]
    pub size_bytes: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SentParts {
    #[serde(rename = "Part", default)]
    parts: Vec<SentPart>,
    #[serde(default)]
    is_truncated: bool,
    next_part_number_marker: Option<String>,
}

#[derive(Deserialize)]
struct CopiedPart {
    #[serde(rename = "ETag")]
    etag: String,
}

impl Bucket {
    /// The open multipart uploads whose name starts with `below`.
    pub(super) async fn open_multiparts(&self, below: &str) -> Result<Vec<OpenMultipart>, BlobError> {
        let action = "list unfinished multipart uploads";
        let mut found = Vec::new();
        let mut markers = Vec::new();
        loop {
            let mut query = vec![("uploads", String::new()), ("prefix", format!("{}{below}", self.prefix))];
            query.append(&mut markers);
            let body = self.request(action, Method::GET, &Path::default(), &query, &[]).await?;
            let page: OpenMultiparts = quick_xml::de::from_str(&body).map_err(because(action))?;
            found.extend(page.uploads);
            let (true, Some(key)) = (page.is_truncated, page.next_key_marker) else { return Ok(found) };
            markers.push(("key-marker", key));
            markers.extend(page.next_upload_id_marker.map(|id| ("upload-id-marker", id)));
        }
    }

    /// The parts of a multipart upload that were sent, in their order.
    pub(super) async fn sent_parts(&self, path: &Path, id: &str) -> Result<Vec<SentPart>, BlobError> {
        let action = "list the parts that were sent";
        let mut found = Vec::new();
        let mut marker = None;
        loop {
            let mut query = vec![("uploadId", id.to_owned())];
            query.extend(marker.take().map(|marker| ("part-number-marker", marker)));
            let body = self.request(action, Method::GET, path, &query, &[]).await?;
            let page: SentParts = quick_xml::de::from_str(&body).map_err(because(action))?;
            found.extend(page.parts);
            marker = page.next_part_number_marker;
            if !page.is_truncated || marker.is_none() {
                return Ok(found);
            }
        }
    }

    /// Completes a multipart upload with these parts.
    pub(super) async fn complete(
        &self,
        path: &Path,
        id: &MultipartId,
        etags: Vec<String>,
    ) -> Result<(), BlobError> {
        let parts = etags.into_iter().map(|content_id| PartId { content_id }).collect();
        let completed = self.store.complete_multipart(path, id, parts).await;
        completed.map(drop).map_err(during("join the parts of an object"))
    }

    /// Aborts the open multipart uploads whose name starts with `below` and that were begun before `older_than`; gives
    /// how many.
    pub(super) async fn abort_multiparts(
        &self,
        below: &str,
        older_than: Option<DateTime<Utc>>,
    ) -> Result<usize, BlobError> {
        let mut aborted = 0;
        for open in self.open_multiparts(below).await? {
            if older_than.is_some_and(|time| open.initiated >= time) {
                continue;
            }
            let action = "abort a multipart upload";
            let path = Path::parse(&open.key).map_err(because(action))?;
            match self.store.abort_multipart(&path, &open.id).await {
                Ok(()) => aborted += 1,
                // Somebody else was faster.
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(during(action)(error)),
            }
        }
        Ok(aborted)
    }

    /// Copies an object inside the store, replacing what was there; no bytes pass through us.
    pub(super) async fn copy(&self, from: &str, to: &str, size_bytes: u64) -> Result<(), BlobError> {
        if size_bytes <= COPIED_WHOLE_BYTES {
            let copied = self.store.copy(&self.path(from), &self.path(to)).await;
            return copied.map_err(during("copy a stored object"));
        }
        let ranges = (0..size_bytes).step_by(COPIED_WHOLE_BYTES as usize).map(|start| Copied {
            from: from.to_owned(),
            range: Some((start, size_bytes.min(start + COPIED_WHOLE_BYTES) - 1)),
        });
        self.join(ranges.collect(), to).await
    }

    /// Makes an object of others inside the store; each but the last must have at least 5 MiB.
    pub(super) async fn join(&self, sources: Vec<Copied>, to: &str) -> Result<(), BlobError> {
        let path = self.path(to);
        let id = self.store.create_multipart(&path).await.map_err(during("begin an object of parts"))?;
        let copies = (1..).zip(sources).map(|(number, source)| self.copy_part(&path, &id, number, source));
        let etags = stream::iter(copies).buffered(COPIES_AT_ONCE).try_collect().await;
        let joined = match etags {
            Ok(etags) => self.complete(&path, &id, etags).await,
            Err(error) => Err(error),
        };
        if joined.is_err() {
            // What cannot be aborted now is swept later, and the first failure is the one to tell.
            let _ = self.store.abort_multipart(&path, &id).await;
        }
        joined
    }

    async fn copy_part(
        &self,
        to: &Path,
        id: &MultipartId,
        number: u32,
        source: Copied,
    ) -> Result<String, BlobError> {
        let action = "copy a part of an object";
        let query = [("partNumber", number.to_string()), ("uploadId", id.clone())];
        let from = format!("/{}/{}", self.name, self.path(&source.from));
        let mut headers = vec![(HeaderName::from_static("x-amz-copy-source"), from)];
        if let Some((first, last)) = source.range {
            let name = HeaderName::from_static("x-amz-copy-source-range");
            headers.push((name, format!("bytes={first}-{last}")));
        }
        let body = self.request(action, Method::PUT, to, &query, &headers).await?;
        let copied: CopiedPart = quick_xml::de::from_str(&body).map_err(because(action))?;
        Ok(copied.etag)
    }
}
