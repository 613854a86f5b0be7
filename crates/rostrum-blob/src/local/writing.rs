//! Streams bytes into a temporary file. Hashing and disk work run on a blocking thread, one block behind the caller.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::mem;
use std::sync::Arc;

use rostrum_model::asset::ContentHash;
use sha2::{Digest, Sha256};
use tokio::task::JoinHandle;

use super::blocking;
use super::folders::Folders;
use super::temporary::Temporary;
use crate::error::BlobError;
use crate::key::BlobKey;
use crate::write::{PendingBlob, Sealed};

/// Bytes gathered before a thread is asked to hash and write them. A writer holds at most two such blocks.
const BLOCK_BYTES: usize = 256 * 1024;

/// Bytes of a file hashed at a time, when all of it has to be read again.
const REHASH_BYTES: usize = 1024 * 1024;

/// Where bytes go: the file and what is known of its content.
struct Sink {
    file: File,
    /// `None` when the file had bytes before; they are read again when it is sealed.
    hasher: Option<Sha256>,
    size_bytes: u64,
}

impl Sink {
    fn take(&mut self, block: &[u8]) -> io::Result<()> {
        if let Some(hasher) = &mut self.hasher {
            hasher.update(block);
        }
        self.size_bytes += block.len() as u64;
        self.file.write_all(block)
    }

    fn hash(&mut self) -> io::Result<ContentHash> {
        let hasher = match self.hasher.take() {
            Some(hasher) => hasher,
            None => rehash(&mut self.file)?,
        };
        Ok(ContentHash(hasher.finalize().into()))
    }
}

fn rehash(file: &mut File) -> io::Result<Sha256> {
    file.rewind()?;
    let mut hasher = Sha256::new();
    let mut block = vec![0; REHASH_BYTES];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(hasher),
            read => hasher.update(&block[..read]),
        }
    }
}

/// Who has the sink.
enum Work {
    /// The writer, with an empty block to spare.
    Idle(Sink, Vec<u8>),
    /// A thread that writes a block and then gives both back.
    Busy(JoinHandle<io::Result<(Sink, Vec<u8>)>>),
    /// Nobody: it was sealed, or writing failed.
    Over,
}

/// The local half of a [`crate::BlobWriter`].
pub(super) struct LocalWriter {
    folders: Arc<Folders>,
    temporary: Temporary,
    gathered: Vec<u8>,
    work: Work,
}

impl LocalWriter {
    /// Writes to `file`, which `temporary` names.
    pub(super) fn new(folders: Arc<Folders>, file: File, temporary: Temporary) -> Self {
        Self::resume(folders, file, temporary, 0)
    }

    /// Writes to `file`, which has `offset` bytes already and stands behind them.
    pub(super) fn resume(folders: Arc<Folders>, file: File, temporary: Temporary, offset: u64) -> Self {
        let hasher = (offset == 0).then(Sha256::new);
        let sink = Sink { file, hasher, size_bytes: offset };
        Self { folders, temporary, gathered: Vec::new(), work: Work::Idle(sink, Vec::new()) }
    }

    /// Waits for the block in work, then takes the sink.
    async fn sink(&mut self) -> Result<(Sink, Vec<u8>), BlobError> {
        if let Work::Busy(thread) = &mut self.work {
            let done = thread.await.unwrap_or_else(|stopped| Err(io::Error::other(stopped)));
            self.work = Work::Over;
            return done.map_err(BlobError::during("write a blob"));
        }
        match mem::replace(&mut self.work, Work::Over) {
            Work::Idle(sink, spare) => Ok((sink, spare)),
            Work::Busy(_) | Work::Over => {
                let failed = io::Error::other("an earlier write failed, or the blob is already sealed");
                Err(BlobError::during("write a blob")(failed))
            }
        }
    }

    /// Gives the gathered block to a thread.
    async fn hand_over(&mut self) -> Result<(), BlobError> {
        let (mut sink, spare) = self.sink().await?;
        let mut block = mem::replace(&mut self.gathered, spare);
        self.work = Work::Busy(tokio::task::spawn_blocking(move || {
            sink.take(&block)?;
            block.clear();
            Ok((sink, block))
        }));
        Ok(())
    }
}

#[async_trait::async_trait]
impl PendingBlob for LocalWriter {
    async fn write(&mut self, mut bytes: &[u8]) -> Result<(), BlobError> {
        while !bytes.is_empty() {
            let fitting = bytes.len().min(BLOCK_BYTES - self.gathered.len());
            self.gathered.extend_from_slice(&bytes[..fitting]);
            bytes = &bytes[fitting..];
            if self.gathered.len() == BLOCK_BYTES {
                self.hand_over().await?;
            }
        }
        Ok(())
    }

    async fn seal(&mut self) -> Result<Sealed, BlobError> {
        let (mut sink, _) = self.sink().await?;
        let rest = mem::take(&mut self.gathered);
        blocking("write a blob", move || {
            sink.take(&rest)?;
            sink.file.sync_all()?;
            Ok(Sealed { hash: sink.hash()?, size_bytes: sink.size_bytes })
        })
        .await
    }

    async fn pause(&mut self) -> Result<u64, BlobError> {
        let (mut sink, _) = self.sink().await?;
        let rest = mem::take(&mut self.gathered);
        blocking("write a blob", move || {
            sink.take(&rest)?;
            sink.file.sync_all()?;
            Ok(sink.size_bytes)
        })
        .await
    }

    async fn publish(self: Box<Self>, key: &BlobKey) -> Result<(), BlobError> {
        let (key, folders, temporary) = (key.clone(), self.folders, self.temporary);
        blocking("publish a blob", move || temporary.publish(&folders, &key)).await
    }
}
