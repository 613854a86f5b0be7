//! Blobs that arrive over several requests (see `pieces`).

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::stream::{self, StreamExt, TryStreamExt};
use rostrum_model::asset::ContentHash;
use sha2::{Digest, Sha256};

use super::bucket::Bucket;
use super::error::during;
use super::multipart::Copied;
use super::pieces::{Piece, Pieces, SENT, TAKEN};
use super::reading::{Extent, S3Source};
use super::writing::hashed;
use crate::blobs::StoredBlob;
use crate::error::BlobError;
use crate::key::BlobKey;
use crate::read::BlobReader;
use crate::write::Sealed;

/// Bytes hashed at a time, when all of a blob has to be read again.
const HASHED_BYTES: usize = 1024 * 1024;

/// Objects removed at once.
const DELETIONS_AT_ONCE: usize = 8;

/// The folder of an unfinished blob, below the prefix.
pub(super) fn folder_of(name: &BlobKey) -> String {
    format!("unfinished/{name}")
}

impl Bucket {
    async fn names_in(&self, folder: &str) -> Result<Vec<(String, u64, Option<String>)>, BlobError> {
        let listed =
            self.list(folder).try_collect::<Vec<_>>().await.map_err(during("list a blob's pieces"))?;
        let named = listed.into_iter().filter_map(|object| {
            let name = self.below(&object.location)?.strip_prefix(folder)?.strip_prefix('/')?.to_owned();
            Some((name, object.size, object.e_tag))
        });
        Ok(named.collect())
    }

    /// What there is of an unfinished blob.
    pub(super) async fn pieces(&self, name: &BlobKey) -> Result<Pieces, BlobError> {
        Ok(Pieces::of(self.names_in(&folder_of(name)).await?))
    }

    /// Opens an unfinished blob.
    pub(super) async fn open_unfinished(
        self: &Arc<Self>,
        name: &BlobKey,
    ) -> Result<Option<S3Source>, BlobError> {
        let pieces = self.pieces(name).await?;
        let folder = folder_of(name);
        if pieces.taken.is_some() {
            return S3Source::open(Arc::clone(self), &format!("{folder}/{TAKEN}")).await;
        }
        let extents = pieces.row.iter().map(|piece| Extent {
            path: self.path(&format!("{folder}/{}", Piece::name(piece.index, piece.epoch))),
            etag: piece.etag.clone(),
            start: piece.start(),
            size_bytes: piece.size_bytes,
        });
        let source = S3Source::new(Arc::clone(self), extents.collect(), Bytes::new());
        Ok(pieces.is_there().then_some(source))
    }

    /// Joins the pieces under the key, inside the store, and removes them; tells whether there were any.
    pub(super) async fn publish_unfinished(&self, name: &BlobKey, key: &BlobKey) -> Result<bool, BlobError> {
        let pieces = self.pieces(name).await?;
        let (folder, to) = (folder_of(name), format!("blobs/{key}"));
        let at = |piece: &Piece| format!("{folder}/{}", Piece::name(piece.index, piece.epoch));
        match (pieces.taken, &pieces.row[..]) {
            (Some(size_bytes), _) => self.copy(&format!("{folder}/{TAKEN}"), &to, size_bytes).await?,
            (None, []) => return Ok(false),
            (None, [only]) => self.copy(&at(only), &to, only.size_bytes).await?,
            (None, row) => {
                let row: Vec<&Piece> = row.iter().filter(|piece| piece.size_bytes > 0).collect();
                self.join(row.iter().map(|piece| Copied { from: at(piece), range: None }).collect(), &to)
                    .await?;
            }
        }
        self.remove_folder(&folder).await?;
        Ok(true)
    }

    /// Removes all there is of an unfinished blob; tells whether there was anything.
    pub(super) async fn discard_unfinished(&self, name: &BlobKey) -> Result<bool, BlobError> {
        let folder = folder_of(name);
        let aborted = self.abort_multiparts(&format!("{folder}/"), None).await?;
        Ok(self.remove_folder(&folder).await? || aborted > 0)
    }

    /// Removes the first piece first, oldest version first, so that the rest of a removal cut short is never taken for a
    /// shorter blob.
    async fn remove_folder(&self, folder: &str) -> Result<bool, BlobError> {
        let mut names: Vec<String> =
            self.names_in(folder).await?.into_iter().map(|(name, ..)| name).collect();
        // 00000-00000001, 00000-00000002, 00001-00000001, ..., claim-..., sent, taken.
        names.sort();
        let first = names.iter().take_while(|name| name.starts_with("00000-")).count();
        for name in &names[..first] {
            self.delete(&format!("{folder}/{name}")).await?;
        }
        let others = names[first..].iter().map(|name| format!("{folder}/{name}")).collect::<Vec<_>>();
        stream::iter(others)
            .map(|path| async move { self.delete(&path).await })
            .buffer_unordered(DELETIONS_AT_ONCE)
            .try_collect::<()>()
            .await?;
        Ok(!names.is_empty())
    }

    /// All unfinished blobs, those of which only remains are left included, with their lengths.
    pub(super) async fn list_unfinished(&self) -> Result<Vec<StoredBlob>, BlobError> {
        let key_of = |path: &str| {
            let folder = path.strip_prefix("unfinished/")?.rsplit_once('/')?.0;
            BlobKey::new(folder).ok()
        };
        let mut names = BTreeSet::new();
        let mut listed = self.list("unfinished");
        while let Some(object) = listed.try_next().await.map_err(during("list unfinished blobs"))? {
            names.extend(self.below(&object.location).and_then(key_of));
        }
        for open in self.open_multiparts("unfinished/").await? {
            names.extend(open.key.strip_prefix(&self.prefix).and_then(key_of));
        }
        let mut found = Vec::with_capacity(names.len());
        for key in names {
            let size_bytes = self.pieces(&key).await?.size_bytes();
            found.push(StoredBlob { key, size_bytes });
        }
        Ok(found)
    }
}

/// SHA-256 and length of all that a reader gives.
pub(super) async fn read_through(reader: &BlobReader) -> Result<Sealed, BlobError> {
    let mut pieces = reader.read_all();
    let mut hasher = Sha256::new();
    let mut block = BytesMut::with_capacity(HASHED_BYTES);
    while let Some(piece) = pieces.try_next().await? {
        block.extend_from_slice(&piece);
        if block.len() >= HASHED_BYTES {
            hasher = hashed(hasher, block.split().freeze()).await?;
        }
    }
    hasher = hashed(hasher, block.freeze()).await?;
    Ok(Sealed { hash: ContentHash(hasher.finalize().into()), size_bytes: reader.len() })
}

/// The name that clients' bytes are sent under.
pub(super) fn sent_to(name: &BlobKey) -> String {
    format!("{}/{SENT}", folder_of(name))
}

/// The name of the same bytes out of their reach.
pub(super) fn taken_to(name: &BlobKey) -> String {
    format!("{}/{TAKEN}", folder_of(name))
}
