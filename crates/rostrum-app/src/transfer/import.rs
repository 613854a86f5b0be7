//! From a folder, into the stores.

use std::io;
use std::path::{Component, Path, PathBuf};

use rostrum_model::asset::ContentHash;
use rostrum_model::ids::{AssetId, WorkspaceId};
use rostrum_store::StoreError;
use serde::de::DeserializeOwned;
use tokio::fs::File;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio_util::io::ReaderStream;

use super::{ASSETS, AssetLine, FOLDERS, FolderLine, LeftOut};
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
    /// Makes folders and assets of the workspace from a folder of [`Backends::export_assets`], with the ids and the times they had.
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
        let mut imported = Imported::default();
        let mut left_out = Vec::new();
        let mut folders = Lines::open(folder.join(FOLDERS)).await?;
        while let Some(line) = folders.next::<FolderLine>(&mut left_out).await? {
            match self.import_folder(workspace_id, &line).await {
                Ok(_) => {}
                Err(LineError::Refused(why)) => left_out.push(LeftOut { what: line.id, why }),
                Err(LineError::Stop(error)) => return Err(error),
            }
        }
        let mut assets = Lines::open(folder.join(ASSETS)).await?.present()?;
        while let Some(line) = assets.next::<AssetLine>(&mut left_out).await? {
            let what = line.id.clone();
            match self.import_asset(workspace_id, folder, line).await {
                Ok(true) => imported.assets += 1,
                Ok(false) => imported.known += 1,
                Err(LineError::Refused(why)) => left_out.push(LeftOut { what, why }),
                Err(LineError::Stop(error)) => return Err(error),
            }
        }
        Ok(Imported { left_out, ..imported })
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
        let folder_id = line.folder_id.as_deref().map(str::parse).transpose().map_err(refused)?;
        if let Some(id) = folder_id
            && self.store.folders().get(workspace_id, id).await?.is_none()
        {
            return Err(refused(format!("folder {id} is not there")));
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
            folder_id,
            created_at: line.created_at.unwrap_or_else(|| self.clock.now()),
        };
        self.keep(taken, new).await?;
        Ok(true)
    }
}

/// The lines of a list.
struct Lines {
    path: PathBuf,
    /// `None` when there is no such file.
    reader: Option<BufReader<File>>,
    number: u64,
}

impl Lines {
    async fn open(path: PathBuf) -> Result<Self, ImportError> {
        match File::open(&path).await {
            Ok(file) => Ok(Self { path, reader: Some(BufReader::new(file)), number: 0 }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok(Self { path, reader: None, number: 0 })
            }
            Err(source) => Err(ImportError::Read { path, source }),
        }
    }

    /// For a list that must be there.
    fn present(self) -> Result<Self, ImportError> {
        match self.reader {
            Some(_) => Ok(self),
            None => Err(ImportError::Read { path: self.path, source: io::ErrorKind::NotFound.into() }),
        }
    }

    /// The next line that can be read; `None` at the end.
    async fn next<T: DeserializeOwned>(
        &mut self,
        left_out: &mut Vec<LeftOut>,
    ) -> Result<Option<T>, ImportError> {
        let Some(reader) = &mut self.reader else { return Ok(None) };
        loop {
            self.number += 1;
            let mut text = Vec::new();
            let read = reader.take(MAX_LINE_BYTES).read_until(b'\n', &mut text).await;
            if read.map_err(|source| ImportError::Read { path: self.path.clone(), source })? == 0 {
                return Ok(None);
            }
            match serde_json::from_slice(&text) {
                Ok(line) => return Ok(Some(line)),
                Err(_) if text.trim_ascii().is_empty() => {}
                Err(error) => {
                    let what = format!("line {} of {}", self.number, self.path.display());
                    left_out.push(LeftOut { what, why: format!("it cannot be read: {error}") });
                }
            }
        }
    }
}

pub(super) enum LineError {
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

#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` takes")]
pub(super) fn refused(why: impl ToString) -> LineError {
    LineError::Refused(why.to_string())
}
