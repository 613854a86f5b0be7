//! From a backup, into stores with nothing in them.

use std::io;
use std::path::{Path, PathBuf};

use futures::TryStreamExt;
use rostrum_blob::{BlobError, BlobKey, BlobWriter, Blobs};
use rostrum_model::asset::ContentHash;
use tokio_util::io::ReaderStream;

use super::{BLOBS, RECORDS, UNFINISHED, hash_of};
use crate::transfer::CHECKSUMS;

/// Bytes copied at a time.
const PIECE: usize = 1 << 20;

/// What was restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Restored {
    /// Files.
    pub files: u64,
    /// Their length together.
    pub bytes: u64,
}

/// A backup cannot be taken in.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The list of its files is missing.
    #[error(
        "{} holds no SHA256SUMS, which a backup gets last: it is no backup, or one that did not come to its end",
        .0.display()
    )]
    NotWhole(PathBuf),
    /// The list is not one that `rostrum backup` wrote.
    #[error("line {0} of SHA256SUMS is not of a backup of this program")]
    List(usize),
    /// A file is not what it was.
    #[error("{} has changed since the backup was made, or is missing", .0.display())]
    Changed(PathBuf),
    /// There are bytes where the backup should go.
    #[error("there are files already where those of the backup should go; choose an empty place")]
    NotEmpty,
    /// A file cannot be read or written.
    #[error("{} cannot be copied", .path.display())]
    Copy {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The place for bytes fails.
    #[error("the bytes cannot be stored")]
    Blobs(#[from] BlobError),
}

/// Where a file of the backup goes.
enum Target {
    Records,
    Blob(BlobKey),
    Unfinished(BlobKey),
}

/// A line of the list.
struct Line {
    hash: ContentHash,
    path: PathBuf,
    target: Target,
}

/// Takes a backup in: bytes into `blobs`, where none may be, records to the new file `records`. All of the backup is
/// checked before anything is written; the records come last.
///
/// # Errors
/// When the backup is not whole or was changed, there are bytes already, or something cannot be read or written.
pub async fn restore(folder: &Path, blobs: &dyn Blobs, records: &Path) -> Result<Restored, RestoreError> {
    let lines = read_list(folder).await?;
    let mut restored = Restored::default();
    for line in &lines {
        match hash_of(&line.path).await {
            Ok((hash, size)) if hash == line.hash => restored.bytes += size,
            _ => return Err(RestoreError::Changed(line.path.clone())),
        }
        restored.files += 1;
    }
    if blobs.list(None).try_next().await?.is_some() {
        return Err(RestoreError::NotEmpty);
    }
    for line in &lines {
        match &line.target {
            Target::Records => {}
            Target::Blob(key) => {
                let mut writer = blobs.writer().await?;
                copy(&line.path, &mut writer).await?;
                let sealed = writer.seal().await?;
                if sealed.sealed().hash != line.hash {
                    return Err(RestoreError::Changed(line.path.clone()));
                }
                sealed.publish(key.clone()).await?;
            }
            Target::Unfinished(name) => {
                let mut writer = blobs.resume(name, 0).await?;
                copy(&line.path, &mut writer).await?;
                writer.pause().await?;
            }
        }
    }
    let failed = |source| RestoreError::Copy { path: records.to_owned(), source };
    // No program may take half of the records for all of them.
    let half = records.with_extension("restoring");
    tokio::fs::copy(folder.join(RECORDS), &half).await.map_err(failed)?;
    let sync = |path: &Path| std::fs::File::open(path).and_then(|file| file.sync_all());
    sync(&half).map_err(failed)?;
    tokio::fs::rename(&half, records).await.map_err(failed)?;
    sync(records.parent().unwrap_or(Path::new("."))).map_err(failed)?;
    Ok(restored)
}

async fn read_list(folder: &Path) -> Result<Vec<Line>, RestoreError> {
    let path = folder.join(CHECKSUMS);
    let list = match tokio::fs::read_to_string(&path).await {
        Ok(list) => list,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(RestoreError::NotWhole(folder.to_owned()));
        }
        Err(source) => return Err(RestoreError::Copy { path, source }),
    };
    let lines: Vec<Line> = list
        .lines()
        .enumerate()
        .map(|(index, line)| read_line(folder, line).ok_or(RestoreError::List(index + 1)))
        .collect::<Result<_, _>>()?;
    if lines.iter().any(|line| matches!(line.target, Target::Records)) {
        Ok(lines)
    } else {
        Err(RestoreError::NotWhole(folder.to_owned()))
    }
}

/// Reads a line. Keys cannot lead out of their folder, so neither can what is listed.
fn read_line(folder: &Path, line: &str) -> Option<Line> {
    let (hash, path) = line.split_once("  ")?;
    let target = match path.split_once('/') {
        None if path == RECORDS => Target::Records,
        Some((BLOBS, key)) => Target::Blob(BlobKey::new(key).ok()?),
        Some((UNFINISHED, name)) => Target::Unfinished(BlobKey::new(name).ok()?),
        _ => return None,
    };
    Some(Line { hash: hash.parse().ok()?, path: folder.join(path), target })
}

async fn copy(path: &Path, writer: &mut BlobWriter) -> Result<(), RestoreError> {
    let failed = |source| RestoreError::Copy { path: path.to_owned(), source };
    let mut pieces = ReaderStream::with_capacity(tokio::fs::File::open(path).await.map_err(failed)?, PIECE);
    while let Some(piece) = pieces.try_next().await.map_err(failed)? {
        writer.write(&piece).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_leads_nowhere_but_into_its_own_folder() {
        let hash = "0".repeat(64);
        for good in ["rostrum.db", "blobs/content/ab/cd", "unfinished/asset_1"] {
            assert!(read_line(Path::new("/b"), &format!("{hash}  {good}")).is_some(), "{good}");
        }
        for bad in
            ["blobs/../rostrum.db", "blobs/", "../x", "/etc/passwd", "blobs//etc/passwd", "other/x", ""]
        {
            assert!(read_line(Path::new("/b"), &format!("{hash}  {bad}")).is_none(), "{bad}");
        }
        assert!(read_line(Path::new("/b"), "0  rostrum.db").is_none());
    }
}
