//! URLs that carry their own permission: `/uploads/{asset_id}/{expires}.{key}.{signature}`, with the expiry in Unix seconds
//! and the signature in hex digits. All of it is in the path and nothing has a meaning to a shell, because examples in
//! the wild hand these URLs to `eval` without quotes.
//!
//! The signature covers what may be done and with which bytes, but neither scheme nor host, so that a URL survives
//! any proxy, port or tunnel. Keys lie in the records; the newest signs, older ones are still believed until removed.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use rostrum_model::ids::{AssetId, SigningKeyId};
use rostrum_model::upload::{SigningKey, Upload};
use rostrum_store::StoreError;
use sha2::Sha256;

use super::URL_LIFETIME;
use crate::{App, Backends};

/// What the last part of a signed URL says.
struct Permission {
    expires: i64,
    key: SigningKeyId,
    signature: Vec<u8>,
}

impl Permission {
    fn read(text: &str) -> Option<Self> {
        let (expires, rest) = text.split_once('.')?;
        let (key, signature) = rest.split_once('.')?;
        Some(Self { expires: expires.parse().ok()?, key: key.parse().ok()?, signature: from_hex(signature)? })
    }
}

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

/// What is signed: one fact a line, the form's own version first.
fn facts(upload: &Upload, expires: i64, key: SigningKeyId) -> String {
    let size = upload.size_bytes.map_or_else(|| "*".to_owned(), |size| size.to_string());
    let checksum = upload.checksum.map_or_else(|| "*".to_owned(), |hash| hash.to_string());
    let id = upload.id;
    let media_type = upload.media_type.mime();
    format!("rostrum-upload-1\nPUT\n{id}\n{size}\n{media_type}\n{checksum}\n{expires}\n{key}")
}

fn mac(key: &SigningKey, facts: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.secret).expect("HMAC takes keys of any length");
    mac.update(facts.as_bytes());
    mac
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
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

    async fn new_signing_key(&self) -> Result<SigningKey, StoreError> {
        let mut secret = [0; 32];
        self.chance.fill(&mut secret);
        let id = SigningKeyId::generate(&*self.clock, &*self.chance);
        let key = SigningKey { id, secret, created_at: self.clock.now() };
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
        let signature = hex(&mac(&key, &facts(upload, expires, key.id)).finalize().into_bytes());
        Ok(format!("/uploads/{}/{expires}.{}.{signature}", upload.id, key.id))
    }

    /// The upload whose bytes a URL allows to send now; `permission` is the URL's last part.
    ///
    /// # Errors
    /// When the URL is forged or has expired, or the records do not answer.
    pub async fn open_signed_url(&self, id: AssetId, permission: &str) -> Result<Upload, UrlError> {
        let Permission { expires, key, signature } = Permission::read(permission).ok_or(UrlError::Forged)?;
        let keys = self.backends.store.signing_keys().list().await?;
        let upload = self.backends.store.uploads().get_any(id).await?;
        let (Some(upload), Some(key)) = (upload, keys.into_iter().find(|known| known.id == key)) else {
            return Err(UrlError::Forged);
        };
        // Compares in constant time.
        mac(&key, &facts(&upload, expires, key.id)).verify_slice(&signature).map_err(|_| UrlError::Forged)?;
        let expired_at = DateTime::from_timestamp(expires, 0).ok_or(UrlError::Forged)?;
        if self.backends.clock.now() > expired_at {
            return Err(UrlError::Expired { expired_at });
        }
        Ok(upload)
    }
}
