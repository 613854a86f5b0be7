//! Files that are announced first and sent later.

use chrono::{DateTime, Utc};

use crate::asset::{ContentHash, MediaType};
use crate::ids::{AssetId, BatchId, FolderId, SigningKeyId, WorkspaceId};

/// A file that somebody wants to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// Its name; empty for none.
    pub name: String,
    /// Its type, which its bytes must agree with.
    pub media_type: MediaType,
    /// Its exact length in bytes, when known.
    pub size_bytes: Option<u64>,
    /// Its SHA-256, when known.
    pub checksum: Option<ContentHash>,
    /// The folder to put it in; `None` for the root.
    pub folder_id: Option<FolderId>,
}

/// A file on its way: announced, perhaps partly or wholly received, not yet an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The id of the asset it becomes.
    pub id: AssetId,
    /// Owner.
    pub workspace_id: WorkspaceId,
    /// The batch it was announced with.
    pub batch: Option<BatchPlace>,
    /// File name as announced, path parts removed; for people only.
    pub name: String,
    /// The announced type; the bytes must agree with it.
    pub media_type: MediaType,
    /// The announced length in bytes. The oldest way to announce a file has none.
    pub size_bytes: Option<u64>,
    /// The announced SHA-256.
    pub checksum: Option<ContentHash>,
    /// The folder the asset will lie in; `None` for the root.
    pub folder_id: Option<FolderId>,
    /// How far it has come.
    pub state: UploadState,
    /// When it was announced.
    pub created_at: DateTime<Utc>,
    /// Until when bytes may be sent.
    pub expires_at: DateTime<Utc>,
}

impl Upload {
    /// Whether it has become an asset, which may have been deleted since.
    pub fn is_completed(&self) -> bool {
        matches!(self.state, UploadState::Completed(_))
    }
}

/// How far an upload has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadState {
    /// Bytes are missing.
    Pending,
    /// All bytes are there and durable.
    Received(Received),
    /// It is an asset.
    Completed(Received),
    /// It cannot become an asset; its bytes are gone.
    Failed {
        /// A code of the API.
        code: String,
        /// For people: what is wrong and what to do.
        message: String,
    },
}

/// Bytes that were received in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// Their SHA-256.
    pub hash: ContentHash,
    /// Their number.
    pub size_bytes: u64,
}

/// A place in a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchPlace {
    /// The batch.
    pub id: BatchId,
    /// Position among its files, from 0.
    pub index: u32,
}

/// Files announced together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadBatch {
    /// Its id.
    pub id: BatchId,
    /// Owner.
    pub workspace_id: WorkspaceId,
    /// For people.
    pub title: Option<String>,
    /// When its completion was first asked for.
    pub completion_asked_at: Option<DateTime<Utc>>,
    /// When it was announced.
    pub created_at: DateTime<Utc>,
}

/// A secret that signs the URLs bytes are sent to.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its id, part of what it signs.
    pub id: SigningKeyId,
    /// For HMAC-SHA256.
    pub secret: [u8; 32],
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.id)
    }
}
