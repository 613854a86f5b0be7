//! Signed URLs to the bucket, and what arrived by them.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use object_store::multipart::MultipartStore;
use object_store::{Attribute, Attributes, PutMultipartOptions};

use super::S3Blobs;
use super::error::during;
use super::multipart::OpenMultipart;
use super::presign::{ToSign, presign};
use super::reading::S3Source;
use super::unfinished::{read_through, sent_to, taken_to};
use crate::direct::{DirectBlobs, DirectFile, SignedPart, SignedPut};
use crate::error::BlobError;
use crate::key::BlobKey;
use crate::read::BlobReader;
use crate::write::Sealed;

/// The length of clients' parts in bytes, while there are few enough of them.
const PART_BYTES: u64 = 16 * 1024 * 1024;

/// The most parts; S3 takes 10,000, but their URLs have to fit into one answer.
const MAX_PARTS: u64 = 1000;

impl S3Blobs {
    async fn sign(
        &self,
        below: &str,
        query: &[(&str, String)],
        headers: &[(&str, String)],
        now: DateTime<Utc>,
        lifetime: TimeDelta,
    ) -> Result<String, BlobError> {
        let credentials = self.bucket.store.credentials().get_credential().await;
        let credential = credentials.map_err(during("find credentials for the bucket"))?;
        let url = self.bucket.url(&self.bucket.path(below)).await?;
        let region = &self.bucket.region;
        Ok(presign(&credential, &ToSign { method: "PUT", url: &url, query, headers, region, now, lifetime }))
    }

    /// The multipart upload in progress under a name.
    async fn open_multipart(&self, below: &str) -> Result<Option<OpenMultipart>, BlobError> {
        let path = self.bucket.path(below);
        let open = self.bucket.open_multiparts(below).await?;
        Ok(open.into_iter().find(|open| open.key == path.as_ref()))
    }

    /// Joins the parts that were sent, once they are all there.
    async fn join_sent(&self, below: &str, size_bytes: u64) -> Result<bool, BlobError> {
        let Some(open) = self.open_multipart(below).await? else { return Ok(false) };
        let path = self.bucket.path(below);
        let parts = self.bucket.sent_parts(&path, &open.id).await?;
        let is_a_row = (1..).zip(&parts).all(|(number, part)| part.number == number);
        if !is_a_row || parts.iter().map(|part| part.size_bytes).sum::<u64>() != size_bytes {
            return Ok(false);
        }
        self.bucket.complete(&path, &open.id, parts.into_iter().map(|part| part.etag).collect()).await?;
        Ok(true)
    }
}

/// The length of a file's parts but the last, in whole MiB.
fn part_bytes(size_bytes: u64) -> u64 {
    const MIB: u64 = 1024 * 1024;
    (size_bytes.div_ceil(MAX_PARTS).div_ceil(MIB) * MIB).max(PART_BYTES)
}

/// A SHA-256 as S3 writes it.
fn base64(hash: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(hash)
}

#[async_trait::async_trait]
impl DirectBlobs for S3Blobs {
    async fn sign_put(
        &self,
        name: &BlobKey,
        file: &DirectFile<'_>,
        now: DateTime<Utc>,
        lifetime: TimeDelta,
    ) -> Result<SignedPut, BlobError> {
        let mut headers = vec![("content-type", file.mime.to_owned())];
        let mut told = BTreeMap::from([("Content-Type".to_owned(), file.mime.to_owned())]);
        if let Some(hash) = file.checksum {
            headers.push(("x-amz-checksum-sha256", base64(&hash.0)));
            told.insert("x-amz-checksum-sha256".to_owned(), base64(&hash.0));
        }
        headers.push(("content-length", file.size_bytes.to_string()));
        let url = self.sign(&sent_to(name), &[], &headers, now, lifetime).await?;
        Ok(SignedPut { url, headers: told })
    }

    async fn is_in_parts(&self, name: &BlobKey) -> Result<bool, BlobError> {
        Ok(self.open_multipart(&sent_to(name)).await?.is_some())
    }

    async fn sign_parts(
        &self,
        name: &BlobKey,
        file: &DirectFile<'_>,
        now: DateTime<Utc>,
        lifetime: TimeDelta,
    ) -> Result<Vec<SignedPart>, BlobError> {
        let below = sent_to(name);
        let id = if let Some(open) = self.open_multipart(&below).await? {
            open.id
        } else {
            let mut attributes = Attributes::new();
            attributes.insert(Attribute::ContentType, file.mime.to_owned().into());
            let options = PutMultipartOptions { attributes, ..PutMultipartOptions::default() };
            let path = self.bucket.path(&below);
            let begun = self.bucket.store.create_multipart_opts(&path, options).await;
            begun.map_err(during("begin a multipart upload"))?
        };
        let part_bytes = part_bytes(file.size_bytes);
        let mut parts = Vec::new();
        for (number, from) in (1..).zip((0..file.size_bytes).step_by(part_bytes as usize)) {
            let to = file.size_bytes.min(from + part_bytes);
            let query = [("partNumber", u32::to_string(&number)), ("uploadId", id.clone())];
            let headers = [("content-length", (to - from).to_string())];
            let url = self.sign(&below, &query, &headers, now, lifetime).await?;
            parts.push(SignedPart { number, url, from, to });
        }
        Ok(parts)
    }

    async fn take(&self, name: &BlobKey, size_bytes: u64) -> Result<Option<Sealed>, BlobError> {
        let (sent, taken) = (sent_to(name), taken_to(name));
        if self.bucket.head(&taken).await?.is_none() {
            if self.bucket.head(&sent).await?.is_none() && !self.join_sent(&sent, size_bytes).await? {
                return Ok(None);
            }
            let Some(meta) = self.bucket.head(&sent).await? else { return Ok(None) };
            // The URL may still be good: what is hashed below must not change any more.
            self.bucket.copy(&sent, &taken, meta.size).await?;
            self.bucket.delete(&sent).await?;
        }
        let Some(source) = S3Source::open(Arc::clone(&self.bucket), &taken).await? else { return Ok(None) };
        let len = source.size_bytes();
        read_through(&BlobReader::new(Arc::new(source), len)).await.map(Some)
    }
}
