//! Streams bytes into a temporary file. Hashing and disk work run on a blocking thread, one block behind the caller.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::mem;
#[cfg(target_os = "linux")]
use std::os::fd::AsRawFd;
use std::sync::Arc;

use rostrum_model::asset::ContentHash;
use sha2::{Digest, Sha256};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::JoinHandle;

use super::blocking;
use super::folders::Folders;
use super::temporary::Temporary;
use crate::error::BlobError;
use crate::key::BlobKey;
use crate::write::{PendingBlob, Sealed};

/// Bytes gathered before a thread is asked to hash and write them. A writer holds at most two such blocks.
const BLOCK_BYTES: usize = 64 * 1024;

/// The same for some of the writers whose files turned out to be larger than this: fewer calls make them faster.
const LARGE_BLOCK_BYTES: usize = 1024 * 1024;

/// Which of them, so that a crowd takes no more memory than two such blocks each.
static LARGE_BLOCKS: Semaphore = Semaphore::const_new(16);

/// How much is written before the disk is put to work on it, so that little is left to wait for at the end.
const EARLY_BYTES: u64 = 8 * 1024 * 1024;

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
        self.file.write_all(block)?;
        let before = self.size_bytes;
        self.size_bytes += block.len() as u64;
        if before / EARLY_BYTES < self.size_bytes / EARLY_BYTES {
            start_syncing(&self.file, self.size_bytes - self.size_bytes % EARLY_BYTES);
        }
        Ok(())
    }

    fn hash(&mut self) -> io::Result<ContentHash> {
        let hasher = match self.hasher.take() {
            Some(hasher) => hasher,
            None => rehash(&mut self.file)?,
        };
        Ok(ContentHash(hasher.finalize().into()))
    }
}

/// Has the disk begin with the last [`EARLY_BYTES`] before `end`. That is no promise, and may fail: the file is still
/// synced when it is sealed.
#[cfg(target_os = "linux")]
fn start_syncing(file: &File, end: u64) {
    let start = (end - EARLY_BYTES) as libc::off64_t;
    #[expect(unsafe_code, reason = "there is no safe call for it")]
    // SAFETY: no pointer is passed, and the file is open.
    unsafe {
        libc::sync_file_range(
            file.as_raw_fd(),
            start,
            EARLY_BYTES as libc::off64_t,
            libc::SYNC_FILE_RANGE_WRITE,
        )
    };
}

/// Other systems begin when they like.
#[cfg(not(target_os = "linux"))]
fn start_syncing(_file: &File, _end: u64) {}

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
    large_blocks: Option<SemaphorePermit<'static>>,
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
        Self {
            folders,
            temporary,
            gathered: Vec::new(),
            large_blocks: None,
            work: Work::Idle(sink, Vec::new()),
        }
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
        if self.large_blocks.is_none() && sink.size_bytes >= LARGE_BLOCK_BYTES as u64 {
            self.large_blocks = LARGE_BLOCKS.try_acquire().ok();
        }
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
            let block_bytes = if self.large_blocks.is_some() { LARGE_BLOCK_BYTES } else { BLOCK_BYTES };
            let fitting = bytes.len().min(block_bytes - self.gathered.len());
            self.gathered.extend_from_slice(&bytes[..fitting]);
            bytes = &bytes[fitting..];
            if self.gathered.len() == block_bytes {
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
