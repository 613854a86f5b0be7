//! Who may call: workspaces and their API keys.

use rostrum_model::ids::{ApiKeyId, WorkspaceId};
use rostrum_model::workspace::{ApiKey, NewApiKey, Workspace};
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
        let workspace = Workspace {
            id: WorkspaceId::generate(&*self.clock, &*self.chance),
            name: FIRST_WORKSPACE.to_owned(),
            created_at: self.clock.now(),
        };
        self.store.workspaces().add(&workspace).await?;
        Ok(workspace)
    }

    /// Makes a key; only its SHA-256 is stored.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn issue_key(&self, workspace_id: WorkspaceId, label: &str) -> Result<IssuedKey, StoreError> {
        let mut random = [0u8; 32];
        self.chance.fill(&mut random);
        let secret = format!("{KEY_PREFIX}{}", hex(&random));
        let id = ApiKeyId::generate(&*self.clock, &*self.chance);
        self.store
            .api_keys()
            .add(&NewApiKey {
                id,
                workspace_id,
                key_hash: key_hash(&secret),
                label: label.to_owned(),
                created_at: self.clock.now(),
            })
            .await?;
        Ok(IssuedKey { id, secret })
    }

    /// The keys of a workspace, revoked ones included.
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

    /// The workspace a key opens, if it opens one. Keys are looked up by their hash, so the time taken tells nothing
    /// about the stored ones.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn authenticate(&self, secret: &str) -> Result<Option<WorkspaceId>, StoreError> {
        let keys = self.backends.store.api_keys();
        let Some((id, workspace_id)) = keys.workspace_by_hash(&key_hash(secret)).await? else {
            return Ok(None);
        };
        keys.touch(id, self.backends.clock.now()).await?;
        Ok(Some(workspace_id))
    }
}
