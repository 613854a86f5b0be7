//! Uploaded files.

use chrono::{DateTime, Utc};

use crate::ids::{AssetId, FolderId, WorkspaceId};
pub use crate::media_type::{AssetKind, MediaType};
use crate::picture::Size;
use crate::processing::Processing;

/// SHA-256 of a file's bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct ContentHash(pub [u8; 32]);

impl std::fmt::Display for ContentHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ContentHash({self})")
    }
}

impl std::str::FromStr for ContentHash {
    type Err = crate::ids::InvalidId;

    /// Reads 64 hex digits of either case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = crate::ids::InvalidId { kind: "content hash" };
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(invalid);
        }
        let mut hash = [0u8; 32];
        for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let digits = std::str::from_utf8(pair).map_err(|_| invalid.clone())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| invalid.clone())?;
        }
        Ok(Self(hash))
    }
}

/// A file in a workspace. Its bytes lie in the blob store under its content hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Id, also the name of its file URL.
    pub id: AssetId,
    /// Owner.
    pub workspace_id: WorkspaceId,
    /// File name as uploaded, path parts removed; for people only.
    pub name: String,
    /// Type told from the bytes.
    pub media_type: MediaType,
    /// Length in bytes.
    pub size_bytes: u64,
    /// SHA-256 of the bytes.
    pub content_hash: ContentHash,
    /// What the file's headers tell.
    pub metadata: AssetMetadata,
    /// The folder it lies in; `None` at the root.
    pub folder_id: Option<FolderId>,
    /// What decoding it tells.
    pub processing: Processing,
    /// When the upload was acknowledged.
    pub created_at: DateTime<Utc>,
}

/// What the headers of a file tell; which of it depends on the file's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct AssetMetadata {
    /// Size of a picture as stored, before its EXIF orientation turns it.
    pub size: Option<Size>,
    /// Number of frames of a picture; 1 for still ones.
    pub frame_count: Option<u64>,
    /// Number of pages of a document.
    pub page_count: Option<u64>,
    /// Number of captions.
    pub cue_count: Option<u64>,
    /// Number of files in an archive.
    pub entry_count: Option<u64>,
}

/// An asset as a request names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssetInput {
    /// One of the workspace's.
    AssetId(AssetId),
    /// A file at a URL.
    Url(String),
    /// The file itself.
    Inline(Vec<u8>),
}
