//! Who may call: workspaces and their API keys.

use chrono::{DateTime, TimeDelta, Utc};
use rostrum_model::ids::{ApiKeyId, WorkspaceId};
use rostrum_model::scope::Scopes;
use rostrum_model::workspace::{ApiKey, NewApiKey, Opened, PUBLIC_WORKSPACE, Workspace};
use rostrum_store::StoreError;
use sha2::{Digest, Sha256};

use crate::backends::Backends;
use crate::hex;

/// What every key starts with, so that leaked ones can be searched for.
const KEY_PREFIX: &str = "rsk_";
/// Name of the workspace made at first start.
const FIRST_WORKSPACE: &str = "default";

/// A key as its owner sees it, once.
pub struct IssuedKey {
    /// Id of its record.
    pub id: ApiKeyId,
    /// The secret: 256 random bits in hex after a prefix.
    pub secret: String,
}

/// A key that takes the place of another.
pub struct RotatedKey {
    /// The new one.
    pub issued: IssuedKey,
    /// When the one before stops opening anything.
    pub old_ends_at: DateTime<Utc>,
}

/// A key cannot be rotated.
#[derive(Debug, thiserror::Error)]
pub enum RotateKeyError {
    /// The workspace has no such key.
    #[error("this workspace has no key {0}; `rostrum keys list` shows those it has")]
    Unknown(ApiKeyId),
    /// It opens nothing any more.
    #[error(
        "the key {0} was revoked or has expired, so nobody relies on it; `rostrum keys create` makes a new one"
    )]
    Over(ApiKeyId),
    /// The records do not answer.
    #[error("the keys could not be reached")]
    Store(#[from] StoreError),
}

/// A text names no single workspace.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceNameError {
    /// None has this id or name.
    #[error("no workspace has the id or the name '{0}'; `rostrum workspaces list` shows them")]
    Unknown(String),
    /// Several have this name.
    #[error("{1} workspaces are named '{0}'; give the id, which `rostrum workspaces list` shows")]
    Ambiguous(String, usize),
    /// The records do not answer.
    #[error("the workspaces could not be reached")]
    Store(#[from] StoreError),
}

fn key_hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

impl Backends {
    /// The workspace of this installation, made when there is none.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn first_workspace(&self) -> Result<Workspace, StoreError> {
        if let Some(workspace) = self.store.workspaces().first().await? {
            return Ok(workspace);
        }
        self.create_workspace(FIRST_WORKSPACE).await
    }

    /// Makes a workspace; names need not be unique.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn create_workspace(&self, name: &str) -> Result<Workspace, StoreError> {
        let workspace = Workspace {
            id: WorkspaceId::generate(&*self.clock, &*self.chance),
            name: name.to_owned(),
            created_at: self.clock.now(),
        };
        self.store.workspaces().add(&workspace).await?;
        Ok(workspace)
    }

    /// All workspaces, the oldest, which is the first, first.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn workspaces(&self) -> Result<Vec<Workspace>, StoreError> {
        self.store.workspaces().list().await
    }

    /// The workspace with this id, or else the one with this name.
    ///
    /// # Errors
    /// When there is none, several have the name, or the records do not answer.
    pub async fn workspace_called(&self, id_or_name: &str) -> Result<Workspace, WorkspaceNameError> {
        let mut all = self.workspaces().await?;
        let wanted = id_or_name.parse().unwrap_or(PUBLIC_WORKSPACE);
        if let Some(at) = all.iter().position(|workspace| workspace.id == wanted) {
            return Ok(all.swap_remove(at));
        }
        all.retain(|workspace| workspace.name == id_or_name);
        match all.len() {
            0 => Err(WorkspaceNameError::Unknown(id_or_name.to_owned())),
            1 => Ok(all.swap_remove(0)),
            several => Err(WorkspaceNameError::Ambiguous(id_or_name.to_owned(), several)),
        }
    }

    /// Makes a key; only its SHA-256 is stored.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn issue_key(
        &self,
        workspace_id: WorkspaceId,
        label: &str,
        scopes: Scopes,
    ) -> Result<IssuedKey, StoreError> {
        let (key, issued) = self.new_key(workspace_id, label, scopes);
        self.store.api_keys().add(&key).await?;
        Ok(issued)
    }

    /// Makes a key with the label and the scopes of another, which stays good for `overlap`, or for as long as it was to
    /// be if that is shorter.
    ///
    /// # Errors
    /// When the workspace has no such key, it opens nothing any more, or the records do not answer.
    pub async fn rotate_key(
        &self,
        workspace_id: WorkspaceId,
        id: ApiKeyId,
        overlap: TimeDelta,
    ) -> Result<RotatedKey, RotateKeyError> {
        let now = self.clock.now();
        let keys = self.keys(workspace_id).await?;
        let old = keys.into_iter().find(|key| key.id == id).ok_or(RotateKeyError::Unknown(id))?;
        if !old.is_good_at(now) {
            return Err(RotateKeyError::Over(id));
        }
        let end = old.expires_at.map_or(now + overlap, |end| end.min(now + overlap));
        let (key, issued) = self.new_key(workspace_id, &old.label, old.scopes);
        if !self.store.api_keys().replace(id, &key, end).await? {
            return Err(RotateKeyError::Over(id));
        }
        Ok(RotatedKey { issued, old_ends_at: end })
    }

    fn new_key(&self, workspace_id: WorkspaceId, label: &str, scopes: Scopes) -> (NewApiKey, IssuedKey) {
        let secret = format!("{KEY_PREFIX}{}", hex(&self.chance.bytes::<32>()));
        let id = ApiKeyId::generate(&*self.clock, &*self.chance);
        let key = NewApiKey {
            id,
            workspace_id,
            key_hash: key_hash(&secret),
            label: label.to_owned(),
            scopes,
            created_at: self.clock.now(),
        };
        (key, IssuedKey { id, secret })
    }

    /// The keys of a workspace, newest first, with those that open nothing any more.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn keys(&self, workspace_id: WorkspaceId) -> Result<Vec<ApiKey>, StoreError> {
        self.store.api_keys().list(workspace_id).await
    }

    /// Makes a key useless from now on; false when the workspace has no such key.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn revoke_key(&self, workspace_id: WorkspaceId, id: ApiKeyId) -> Result<bool, StoreError> {
        self.store.api_keys().revoke(workspace_id, id, self.clock.now()).await
    }
}

impl crate::App {
    /// The workspace that a key opened.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn workspace(&self, id: WorkspaceId) -> Result<Option<Workspace>, StoreError> {
        self.backends.store.workspaces().get(id).await
    }

    /// What a key opens, if it opens anything. Keys are looked up by their hash, so the time taken tells nothing about the
    /// stored ones.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn authenticate(&self, secret: &str) -> Result<Option<Opened>, StoreError> {
        let (keys, now) = (self.backends.store.api_keys(), self.backends.clock.now());
        let Some(opened) = keys.opened_by(&key_hash(secret), now).await? else { return Ok(None) };
        keys.touch(opened.key_id, now).await?;
        Ok(Some(opened))
    }
}
