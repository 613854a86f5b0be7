//! A workspace's assets as a plain folder, to keep, to check and to move: out ([`crate::Backends::export_assets`]) and in
//! ([`crate::Backends::import_assets`]).
//!
//! On disk there are `files/` (each content once, named by its hash), `assets.jsonl` and `folders.jsonl` (a line of JSON for
//! each asset and each folder of the workspace) and `SHA256SUMS` (for `sha256sum --check`). Both may be repeated: what is
//! already there is left as it is.

mod export;
mod folders;
mod import;

use std::io;
use std::path::Path;

use chrono::{DateTime, Utc};
use rostrum_model::folder::ProjectType;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

pub use export::{ExportError, Exported};
pub use import::{ImportError, Imported};

/// The assets, a line each.
const ASSETS: &str = "assets.jsonl";

/// The folders of the workspace, a line each, parents before what lies in them; may be missing.
const FOLDERS: &str = "folders.jsonl";

/// Checksums in the form of GNU coreutils.
pub(crate) const CHECKSUMS: &str = "SHA256SUMS";

/// Gives a file its name when all of it is on disk.
pub(crate) fn put_at(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    std::fs::File::open(path.parent().unwrap_or(path))?.sync_all()
}

/// One that could not be moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Which one: the asset's id, or the line when it cannot be read.
    pub what: String,
    /// Why.
    pub why: String,
}

/// A line of `assets.jsonl`. To import files that come from elsewhere, `id`, `name` and `file` are enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct AssetLine {
    id: String,
    name: String,
    /// Path of the content below the folder.
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mime_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    folder_id: Option<String>,
}

/// A line of `folders.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct FolderLine {
    id: String,
    name: String,
    project_type: ProjectType,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trashed_at: Option<DateTime<Utc>>,
    /// The folder that was put into the trash.
    #[serde(skip_serializing_if = "Option::is_none")]
    trashed_with: Option<String>,
    created_at: DateTime<Utc>,
}
