//! Blobs that arrive over several requests (see `pieces`).

use std::collections::BTreeSet;
use std::io;
use std::mem;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::stream::{self, StreamExt, TryStreamExt};
use rostrum_model::asset::ContentHash;
use sha2::{Digest, Sha256};
use tokio::task::JoinHandle;

use super::bucket::Bucket;
use super::error::{because, during};
use super::multipart::{Copied, PART_BYTES};
use super::pieces::{Piece, Pieces, SENT, TAKEN};
use super::reading::{Extent, S3Source};
use super::spool::Spool;
use super::writing::hashed;
use crate::blobs::StoredBlob;
use crate::error::BlobError;
use crate::key::BlobKey;
use crate::read::BlobReader;
use crate::write::{PendingBlob, Sealed};

const WRITE: &str = "write a blob";

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

/// Writes the pieces of an unfinished blob.
pub(super) struct PieceWriter {
    bucket: Arc<Bucket>,
    name: BlobKey,
    epoch: u32,
    /// The piece being gathered.
    index: u32,
    /// Its version in the store, once there is one: what it replaces.
    replaced: Option<String>,
    spool: Spool,
    /// `None` when there were bytes before; they are read again when it is sealed.
    hasher: Option<Sha256>,
    /// The piece on its way, while the next one is gathered.
    sending: Option<JoinHandle<Result<(), BlobError>>>,
    /// How many bytes of the spool the store has.
    stored: usize,
}

impl PieceWriter {
    /// Goes on behind the first `offset` bytes.
    pub(super) async fn resume(bucket: Arc<Bucket>, name: &BlobKey, offset: u64) -> Result<Self, BlobError> {
        let pieces = bucket.pieces(name).await?;
        if pieces.taken.is_some() && offset > 0 || pieces.size_bytes() < offset {
            let fewer = io::Error::new(io::ErrorKind::NotFound, "fewer bytes are there");
            return Err(BlobError::during("go on writing a blob")(fewer));
        }
        let index = u32::try_from(offset / PART_BYTES as u64).map_err(because("go on writing a blob"))?;
        let mut writer = Self {
            spool: Spool::new(bucket.spool_dir.clone()),
            name: name.clone(),
            epoch: pieces.epoch + 1,
            index,
            replaced: None,
            hasher: (offset == 0).then(Sha256::new),
            sending: None,
            stored: 0,
            bucket,
        };
        let kept = offset % PART_BYTES as u64;
        let last = pieces.row.get(index as usize).map(|piece| writer.path(piece.index, piece.epoch));
        if kept > 0
            && let Some(last) = &last
            && let Some(source) = S3Source::open(Arc::clone(&writer.bucket), last).await?
        {
            let len = source.size_bytes();
            let mut bytes = BlobReader::new(Arc::new(source), len).read(0..kept);
            while let Some(bytes) = bytes.try_next().await? {
                writer.spool.push(&bytes).await?;
            }
        }
        if offset == 0 || offset < pieces.size_bytes() {
            writer.replaced = last;
            writer.store_last().await?;
            // These do not count any more.
            for piece in pieces.row.iter().skip(index as usize + 1) {
                writer.bucket.delete(&writer.path(piece.index, piece.epoch)).await?;
            }
            if pieces.taken.is_some() {
                writer.bucket.delete(&format!("{}/{TAKEN}", folder_of(name))).await?;
            }
        } else {
            let claim = |epoch: u32| format!("{}/claim-{epoch:08}", folder_of(name));
            writer.bucket.put(&claim(writer.epoch), Bytes::new()).await?;
            writer.bucket.delete(&claim(pieces.epoch)).await?;
            writer.stored = writer.spool.len();
            writer.replaced = last;
        }
        Ok(writer)
    }

    fn path(&self, index: u32, epoch: u32) -> String {
        format!("{}/{}", folder_of(&self.name), Piece::name(index, epoch))
    }

    /// Waits for the piece on its way.
    async fn arrived(&mut self) -> Result<(), BlobError> {
        match self.sending.take() {
            Some(sending) => sending.await.map_err(because(WRITE))?,
            None => Ok(()),
        }
    }

    /// Sends what is gathered as the piece it is so far.
    async fn send(&mut self) -> Result<Bytes, BlobError> {
        self.arrived().await?;
        let memory =
            Arc::clone(&self.bucket.parts_in_memory).acquire_owned().await.map_err(because(WRITE))?;
        let bytes = Bytes::from(self.spool.all().await?);
        let gathered = bytes.clone();
        let (bucket, path) = (Arc::clone(&self.bucket), self.path(self.index, self.epoch));
        let replaced = self.replaced.take().filter(|replaced| *replaced != path);
        self.stored = bytes.len();
        self.sending = Some(tokio::spawn(async move {
            let stored = bucket.put(&path, bytes).await;
            drop(memory);
            stored?;
            match replaced {
                Some(replaced) => bucket.delete(&replaced).await,
                None => Ok(()),
            }
        }));
        Ok(gathered)
    }

    /// Makes what is gathered durable.
    async fn store_last(&mut self) -> Result<(), BlobError> {
        self.send().await?;
        self.arrived().await
    }

    async fn hash(&mut self, bytes: Bytes) -> Result<(), BlobError> {
        if let Some(hasher) = self.hasher.take() {
            self.hasher = Some(hashed(hasher, bytes).await?);
        }
        Ok(())
    }

    fn size_bytes(&self) -> u64 {
        u64::from(self.index) * PART_BYTES as u64 + self.spool.len() as u64
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

#[async_trait::async_trait]
impl PendingBlob for PieceWriter {
    async fn write(&mut self, mut bytes: &[u8]) -> Result<(), BlobError> {
        while !bytes.is_empty() {
            let fitting = bytes.len().min(PART_BYTES - self.spool.len());
            self.spool.push(&bytes[..fitting]).await?;
            bytes = &bytes[fitting..];
            if self.spool.len() == PART_BYTES {
                let full = self.send().await?;
                self.hash(full).await?;
                self.spool.clear();
                self.index += 1;
                self.stored = 0;
            }
        }
        Ok(())
    }

    async fn seal(&mut self) -> Result<Sealed, BlobError> {
        let size_bytes = self.pause().await?;
        let last = self.spool.all().await?;
        self.hash(last.into()).await?;
        if let Some(hasher) = mem::take(&mut self.hasher) {
            return Ok(Sealed { hash: ContentHash(hasher.finalize().into()), size_bytes });
        }
        let source = self.bucket.open_unfinished(&self.name).await?;
        let source = source.filter(|source| source.size_bytes() == size_bytes);
        let source = source.ok_or_else(|| because(WRITE)("somebody else wrote the same blob"))?;
        read_through(&BlobReader::new(Arc::new(source), size_bytes)).await
    }

    async fn pause(&mut self) -> Result<u64, BlobError> {
        if self.stored < self.spool.len() {
            self.send().await?;
        }
        self.arrived().await?;
        Ok(self.size_bytes())
    }

    async fn publish(self: Box<Self>, key: &BlobKey) -> Result<(), BlobError> {
        if self.bucket.publish_unfinished(&self.name, key).await? {
            Ok(())
        } else {
            Err(because("publish a blob")("its bytes are gone"))
        }
    }
}

/// The name that clients' bytes are sent under.
pub(super) fn sent_to(name: &BlobKey) -> String {
    format!("{}/{SENT}", folder_of(name))
}

/// The name of the same bytes out of their reach.
pub(super) fn taken_to(name: &BlobKey) -> String {
    format!("{}/{TAKEN}", folder_of(name))
}
