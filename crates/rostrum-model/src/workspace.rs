//! Tenants and the keys that let callers in.

use chrono::{DateTime, Utc};

use crate::ids::{ApiKeyId, WorkspaceId};
use crate::scope::Scopes;

/// The workspace of the assets that everybody may use; no key opens it. Every store has it from its making.
pub const PUBLIC_WORKSPACE: WorkspaceId = WorkspaceId::from_uuid(uuid::Uuid::nil());

/// A tenant: every other record belongs to one and is looked up through it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Id.
    pub id: WorkspaceId,
    /// Name for people; need not be unique.
    pub name: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// An API key to be recorded. The key itself is shown once to its owner and never stored.
#[derive(Clone, PartialEq, Eq)]
pub struct NewApiKey {
    /// Id, safe to show.
    pub id: ApiKeyId,
    /// The workspace the key opens.
    pub workspace_id: WorkspaceId,
    /// SHA-256 of the key; keys are 256 random bits, so a slow hash would add nothing.
    pub key_hash: [u8; 32],
    /// What the owner calls it.
    pub label: String,
    /// What it may do.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl std::fmt::Debug for NewApiKey {
    /// Leaves out the hash.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewApiKey")
            .field("id", &self.id)
            .field("workspace_id", &self.workspace_id)
            .field("label", &self.label)
            .field("scopes", &self.scopes)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

/// A recorded API key, as shown to its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Id, safe to show.
    pub id: ApiKeyId,
    /// The workspace the key opens.
    pub workspace_id: WorkspaceId,
    /// What the owner calls it.
    pub label: String,
    /// What it may do.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When somebody made it useless; `None` when nobody did.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it stops opening anything, by itself: another key took its place. `None` when none did.
    pub expires_at: Option<DateTime<Utc>>,
    /// When a request last carried it.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl ApiKey {
    /// Whether it opens anything at this moment.
    pub fn is_good_at(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// What a key was found to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The key.
    pub key_id: ApiKeyId,
    /// The workspace it opens.
    pub workspace_id: WorkspaceId,
    /// What it may do there.
    pub scopes: Scopes,
}
