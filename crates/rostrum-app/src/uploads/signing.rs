//! URLs that carry their own permission: `/uploads/{asset_id}/{expires}.{key}.{signature}`, with the expiry in Unix seconds
//! and the signature in hex digits. All of it is in the path and nothing has a meaning to a shell, because examples in
//! the wild hand these URLs to `eval` without quotes.
//!
//! The signature covers what may be done and with which bytes, but neither scheme nor host, so that a URL survives
//! any proxy, port or tunnel. Keys lie in the records; the newest signs, older ones are still believed until removed.

mod permission;

use chrono::{DateTime, Utc};
use rostrum_model::ids::{AssetId, SigningKeyId};
use rostrum_model::upload::{SigningKey, Upload};
use rostrum_store::StoreError;

use permission::Permission;

use super::URL_LIFETIME;
use crate::{App, Backends};

/// A signed URL is not taken.
#[derive(Debug, thiserror::Error)]
pub enum UrlError {
    /// Not made by this server, changed, or signed with a key that was removed.
    #[error("the signature does not match")]
    Forged,
    /// Its time is over.
    #[error("the URL has expired")]
    Expired {
        /// When it did.
        expired_at: DateTime<Utc>,
    },
    /// The records do not answer.
    #[error("the upload could not be looked up")]
    Store(#[from] StoreError),
}

impl Backends {
    /// Makes a new signing key, which signs from now on, and removes those that no good URL can be signed with any
    /// more; gives how many are left.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn rotate_signing_key(&self) -> Result<usize, StoreError> {
        let keys = self.store.signing_keys();
        let before = keys.list().await?;
        self.new_signing_key().await?;
        // A key was in use until the one after it was made.
        let horizon = self.clock.now() - URL_LIFETIME;
        if let Some(last_needed) = before.iter().find(|key| key.created_at < horizon) {
            keys.delete_before(last_needed.created_at).await?;
        }
        Ok(keys.list().await?.len())
    }

    /// Makes a new signing key, which signs from now on.
    pub(crate) async fn new_signing_key(&self) -> Result<SigningKey, StoreError> {
        let id = SigningKeyId::generate(&*self.clock, &*self.chance);
        let key = SigningKey { id, secret: self.chance.bytes(), created_at: self.clock.now() };
        self.store.signing_keys().add(&key).await?;
        Ok(key)
    }
}

impl App {
    /// Path and query that allow sending the bytes of an upload until it expires.
    pub(super) async fn sign_upload(&self, upload: &Upload) -> Result<String, StoreError> {
        let newest = self.backends.store.signing_keys().list().await?.into_iter().next();
        let key = match newest {
            Some(key) => key,
            None => self.backends.new_signing_key().await?,
        };
        let expires = upload.expires_at.timestamp();
        Ok(format!("/uploads/{}/{}", upload.id, Permission::sign(upload, expires, &key)))
    }

    /// The upload whose bytes a URL allows to send now; `permission` is the URL's last part.
    ///
    /// # Errors
    /// When the URL is forged or has expired, or the records do not answer.
    pub async fn open_signed_url(&self, id: AssetId, permission: &str) -> Result<Upload, UrlError> {
        let permission = Permission::read(permission).ok_or(UrlError::Forged)?;
        let keys = self.backends.store.signing_keys().list().await?;
        let upload = self.backends.store.uploads().get_any(id).await?;
        let key = keys.into_iter().find(|known| known.id == permission.key);
        let (Some(upload), Some(key)) = (upload, key) else { return Err(UrlError::Forged) };
        if !permission.is_signed_by(&upload, &key) {
            return Err(UrlError::Forged);
        }
        let expired_at = DateTime::from_timestamp(permission.expires, 0).ok_or(UrlError::Forged)?;
        if self.backends.clock.now() > expired_at {
            return Err(UrlError::Expired { expired_at });
        }
        Ok(upload)
    }
}
