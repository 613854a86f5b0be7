//! From a folder, into the stores.

use std::io;
use std::path::{Component, Path, PathBuf};

use rostrum_model::asset::ContentHash;
use rostrum_model::ids::{AssetId, WorkspaceId};
use rostrum_store::StoreError;
use tokio::fs::File;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio_util::io::ReaderStream;

use super::{ASSETS, AssetLine, LeftOut};
use crate::Backends;
use crate::assets::{UploadError, shown_name};
use crate::intake::NewAsset;

/// The longest line of the list, in bytes; a name has at most 255 characters.
const MAX_LINE_BYTES: u64 = 64 * 1024;

/// What was imported.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// New assets.
    pub assets: u64,
    /// Assets that were there before.
    pub known: u64,
    /// Lines that became no asset.
    pub left_out: Vec<LeftOut>,
}

/// The import cannot go on. What it has done stays, and repeating it does the rest.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The list cannot be read.
    #[error("{} cannot be read", .path.display())]
    Read {
        /// The list.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The stores do not work.
    #[error("an asset could not be kept")]
    Keep(#[source] UploadError),
    /// The records do not answer.
    #[error("an asset could not be looked up")]
    Store(#[from] StoreError),
}

impl Backends {
    /// Makes assets of the workspace from a folder of [`Backends::export_assets`], with the ids and the times they had.
    /// The bytes are looked at like those of any upload, and compared with the checksum in the list. Nobody else may be
    /// at work on the same stores.
    ///
    /// # Errors
    /// When the list cannot be read or the stores do not work. What is wrong with single files is no error: see
    /// [`Imported::left_out`].
    pub async fn import_assets(
        &self,
        workspace_id: WorkspaceId,
        folder: &Path,
    ) -> Result<Imported, ImportError> {
        let path = folder.join(ASSETS);
        let cannot_read = |source| ImportError::Read { path: path.clone(), source };
        let mut lines = BufReader::new(File::open(&path).await.map_err(cannot_read)?);
        let mut imported = Imported::default();
        for number in 1.. {
            let mut text = Vec::new();
            let read = (&mut lines).take(MAX_LINE_BYTES).read_until(b'\n', &mut text).await;
            if read.map_err(cannot_read)? == 0 {
                break;
            }
            let line: AssetLine = match serde_json::from_slice(&text) {
                Ok(line) => line,
                Err(_) if text.trim_ascii().is_empty() => continue,
                Err(error) => {
                    let why = format!("it cannot be read: {error}");
                    imported.left_out.push(LeftOut { what: format!("line {number}"), why });
                    continue;
                }
            };
            let what = line.id.clone();
            match self.import_asset(workspace_id, folder, line).await {
                Ok(true) => imported.assets += 1,
                Ok(false) => imported.known += 1,
                Err(LineError::Refused(why)) => imported.left_out.push(LeftOut { what, why }),
                Err(LineError::Stop(error)) => return Err(error),
            }
        }
        Ok(imported)
    }

    /// Tells whether the asset is new.
    async fn import_asset(
        &self,
        workspace_id: WorkspaceId,
        folder: &Path,
        line: AssetLine,
    ) -> Result<bool, LineError> {
        let id: AssetId = line.id.parse().map_err(refused)?;
        let expected = match &line.sha256 {
            Some(text) => Some(text.parse::<ContentHash>().map_err(refused)?),
            None => None,
        };
        if let Some(there) = self.store.assets().get_public(id).await? {
            let is_the_same = there.workspace_id == workspace_id
                && expected.is_none_or(|expected| expected == there.content_hash);
            return if is_the_same { Ok(false) } else { Err(refused("its id belongs to another asset")) };
        }
        let relative = Path::new(&line.file);
        if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(refused(format!("'{}' is no path below the folder", line.file)));
        }
        let path = folder.join(relative);
        let cannot_read = |error: io::Error| refused(format!("'{}' cannot be read: {error}", line.file));
        if !tokio::fs::symlink_metadata(&path).await.map_err(cannot_read)?.is_file() {
            return Err(refused(format!("'{}' is no file", line.file)));
        }
        let bytes = ReaderStream::new(File::open(&path).await.map_err(cannot_read)?);
        let taken = self.take(bytes, u64::MAX).await?;
        let measured = taken.sealed.sealed().hash;
        if expected.is_some_and(|expected| expected != measured) {
            return Err(refused(format!("'{}' has changed: its SHA-256 is {measured}", line.file)));
        }
        let new = NewAsset {
            id,
            workspace_id,
            name: shown_name(&line.name),
            folder_id: None,
            created_at: line.created_at.unwrap_or_else(|| self.clock.now()),
        };
        self.keep(taken, new).await?;
        Ok(true)
    }
}

enum LineError {
    /// This file is not taken.
    Refused(String),
    /// No file can be.
    Stop(ImportError),
}

impl From<UploadError> for LineError {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Blob(_) | UploadError::Store(_) | UploadError::Release(_) => {
                Self::Stop(ImportError::Keep(error))
            }
            UploadError::Interrupted(source) => refused(format!("the file cannot be read: {source}")),
            file => refused(file),
        }
    }
}

impl From<StoreError> for LineError {
    fn from(error: StoreError) -> Self {
        Self::Stop(error.into())
    }
}

fn refused(why: impl ToString) -> LineError {
    LineError::Refused(why.to_string())
}
