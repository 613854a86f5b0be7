//! Out of the stores, into a folder.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use futures::TryStreamExt;
use rostrum_model::asset::{Asset, ContentHash};
use rostrum_model::ids::WorkspaceId;
use rostrum_store::{AssetCursor, AssetFilter, StoreError};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;

use super::{ASSETS, AssetLine, CHECKSUMS, FOLDERS, LeftOut, put_at};
use crate::Backends;
use crate::assets::content_key;

/// Assets looked up at a time.
const PAGE: u64 = 500;

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exported {
    /// Assets in the folder now.
    pub assets: u64,
    /// Files written; others were there before.
    pub files: u64,
    /// Their length together.
    pub bytes: u64,
    /// Assets whose content is missing or not what it was; they are not in the folder.
    pub left_out: Vec<LeftOut>,
}

/// The export cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The folder cannot be written.
    #[error("{} cannot be written", .path.display())]
    Write {
        /// What was being written.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The records do not answer.
    #[error("the assets could not be listed")]
    Store(#[from] StoreError),
}

impl Backends {
    /// Writes all assets of a workspace to a folder, newest first. Assets that are added or deleted meanwhile may be in it
    /// or not. The lists appear when all files are there.
    ///
    /// # Errors
    /// When the folder cannot be written or the records do not answer. Content that cannot be read is no error: see
    /// [`Exported::left_out`].
    pub async fn export_assets(
        &self,
        workspace_id: WorkspaceId,
        folder: &Path,
    ) -> Result<Exported, ExportError> {
        let files = folder.join("files");
        std::fs::create_dir_all(&files).map_err(cannot_write(&files))?;
        let mut assets = NamedTempFile::new_in(folder).map_err(cannot_write(folder))?;
        let mut checksums = NamedTempFile::new_in(folder).map_err(cannot_write(folder))?;
        let mut exported = Exported::default();
        let mut written = HashSet::new();
        let mut after = None;
        loop {
            let page = self.store.assets().list(workspace_id, &AssetFilter::default(), PAGE, after).await?;
            let Some(last) = page.last() else { break };
            after = Some(AssetCursor::after(last));
            for asset in page {
                let file = file_of(&asset);
                if !written.contains(&asset.content_hash) {
                    match self.write_content(&asset, &folder.join(&file)).await {
                        Ok(bytes) => {
                            exported.files += u64::from(bytes > 0);
                            exported.bytes += bytes;
                        }
                        Err(ContentError::Unreadable(why)) => {
                            exported.left_out.push(LeftOut { what: asset.id.to_string(), why });
                            continue;
                        }
                        Err(ContentError::Write(error)) => return Err(error),
                    }
                    written.insert(asset.content_hash);
                    writeln!(checksums, "{}  {file}", asset.content_hash).map_err(cannot_write(folder))?;
                }
                let line = serde_json::to_string(&line_of(&asset, file)).expect("text and numbers make JSON");
                writeln!(assets, "{line}").map_err(cannot_write(folder))?;
                exported.assets += 1;
            }
        }
        let mut folders = NamedTempFile::new_in(folder).map_err(cannot_write(folder))?;
        for line in self.folder_lines(workspace_id).await? {
            let line = serde_json::to_string(&line).expect("text makes JSON");
            writeln!(folders, "{line}").map_err(cannot_write(folder))?;
        }
        for (list, name) in [(folders, FOLDERS), (assets, ASSETS), (checksums, CHECKSUMS)] {
            let path = folder.join(name);
            put_at(list, &path).map_err(cannot_write(&path))?;
        }
        Ok(exported)
    }

    /// Writes the bytes of an asset unless they are there already; gives the number of bytes written.
    async fn write_content(&self, asset: &Asset, path: &Path) -> Result<u64, ContentError> {
        if path.metadata().is_ok_and(|there| there.is_file() && there.len() == asset.size_bytes) {
            return Ok(0);
        }
        let reader = self.blobs.open(&content_key(&asset.content_hash)).await.map_err(unreadable)?;
        let mut bytes = reader.ok_or_else(|| unreadable("the content is not there"))?.read_all();
        let folder = path.parent().expect("the path was joined");
        let temporary = NamedTempFile::new_in(folder).map_err(cannot_write(path))?;
        let handle = temporary.as_file().try_clone().map_err(cannot_write(path))?;
        let mut file = tokio::fs::File::from_std(handle);
        let mut hasher = Sha256::new();
        while let Some(piece) = bytes.try_next().await.map_err(unreadable)? {
            hasher.update(&piece);
            file.write_all(&piece).await.map_err(cannot_write(path))?;
        }
        let measured = ContentHash(hasher.finalize().into());
        if measured != asset.content_hash {
            return Err(unreadable(format!("the content has changed: its SHA-256 is {measured}")));
        }
        file.sync_all().await.map_err(cannot_write(path))?;
        temporary.persist(path).map_err(|error| error.error).map_err(cannot_write(path))?;
        Ok(asset.size_bytes)
    }
}

enum ContentError {
    Unreadable(String),
    Write(ExportError),
}

impl From<ExportError> for ContentError {
    fn from(error: ExportError) -> Self {
        Self::Write(error)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` takes")]
fn unreadable(why: impl ToString) -> ContentError {
    ContentError::Unreadable(why.to_string())
}

fn cannot_write(path: &Path) -> impl FnOnce(std::io::Error) -> ExportError {
    move |source| ExportError::Write { path: path.to_owned(), source }
}

fn file_of(asset: &Asset) -> String {
    format!("files/{}.{}", asset.content_hash, asset.media_type.extension())
}

fn line_of(asset: &Asset, file: String) -> AssetLine {
    AssetLine {
        id: asset.id.to_string(),
        name: asset.name.clone(),
        file,
        mime_type: Some(asset.media_type.mime().to_owned()),
        size_bytes: Some(asset.size_bytes),
        sha256: Some(asset.content_hash.to_string()),
        created_at: Some(asset.created_at),
        folder_id: asset.folder_id.map(|id| id.to_string()),
    }
}
