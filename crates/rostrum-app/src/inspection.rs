//! Looking at the shape of stored files before they become assets.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use futures::TryStreamExt;
use rostrum_blob::{BlobReader, MAX_CHUNK_BYTES};
use rostrum_media::{InspectLimits, Inspected, MediaError, inspect};
use rostrum_model::asset::{AssetMetadata, MediaType};
use tokio::runtime::Handle;

/// A file cannot become an asset.
#[derive(Debug, thiserror::Error)]
pub enum UnusableFile {
    /// The file is damaged, dangerous or larger than a limit.
    #[error(transparent)]
    File(MediaError),
    /// The file could not be looked at, through no fault of its own.
    #[error("the file could not be looked at")]
    Ours(#[source] MediaError),
    /// The look was interrupted.
    #[error("looking at the file was interrupted")]
    Interrupted(#[source] tokio::task::JoinError),
}

/// Looks at the shape of a file whose first bytes are those of a type: sizes, counts and nesting within the limits, and
/// the end where it should be. Nothing is decoded.
///
/// # Errors
/// When the file cannot become an asset, or cannot be read.
pub(crate) async fn inspect_stored(
    reader: BlobReader,
    media_type: MediaType,
) -> Result<Inspected, UnusableFile> {
    let runtime = Handle::current();
    let looking = tokio::task::spawn_blocking(move || {
        let mut file =
            BufReader::with_capacity(MAX_CHUNK_BYTES, StoredBytes { reader, position: 0, runtime });
        inspect(media_type, &mut file, &InspectLimits::default())
    });
    let inspected = looking.await.map_err(UnusableFile::Interrupted)?;
    inspected.map_err(|error| {
        if error.is_the_files_fault() { UnusableFile::File(error) } else { UnusableFile::Ours(error) }
    })
}

/// What is remembered of a look at a file.
pub(crate) fn metadata_of(inspected: &Inspected) -> AssetMetadata {
    AssetMetadata {
        size: inspected.size,
        frame_count: inspected.frame_count,
        page_count: inspected.page_count,
        cue_count: inspected.cue_count,
        entry_count: inspected.entry_count,
    }
}

/// A stored file for code that reads and seeks and may block.
struct StoredBytes {
    reader: BlobReader,
    position: u64,
    runtime: Handle,
}

impl Read for StoredBytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(MAX_CHUNK_BYTES) as u64;
        let mut pieces = self.reader.read(self.position..self.position.saturating_add(wanted));
        let piece = self.runtime.block_on(pieces.try_next()).map_err(io::Error::other)?;
        let Some(piece) = piece else { return Ok(0) };
        buffer[..piece.len()].copy_from_slice(&piece);
        self.position += piece.len() as u64;
        Ok(piece.len())
    }
}

impl Seek for StoredBytes {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.reader.len().checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
