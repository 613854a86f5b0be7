//! Places in lists, as text, and as the signed tokens that callers get.
//!
//! A token says where a page begins, and is good for one list of one workspace: what it is signed for stands nowhere in
//! it, so whoever has it can do no more than go on reading there. Keys are those of upload URLs (`uploads/signing.rs`).

use std::fmt::Display;
use std::str::FromStr;

use chrono::DateTime;
use hmac::{Hmac, KeyInit, Mac};
use rostrum_model::ids::WorkspaceId;
use rostrum_model::upload::SigningKey;
pub use rostrum_store::Cursor;
use rostrum_store::StoreError;
use sha2::Sha256;

use crate::{App, from_hex, hex};

/// Bytes of a token's signature; guessing one of 128 bits is hopeless.
const SIGNATURE_BYTES: usize = 16;
/// The longest token that is looked at.
const MAX_TOKEN_BYTES: usize = 1024;

/// A page out of rows of which one more was read than it holds, and the place behind it when that one is there.
pub(crate) fn page_of<T, C>(
    mut rows: Vec<T>,
    most: usize,
    place_after: impl FnOnce(&T) -> C,
) -> (Vec<T>, Option<C>) {
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().filter(|_| more).map(place_after);
    (rows, next)
}

/// A cursor as text.
pub fn cursor_text<I: Display>(cursor: &Cursor<I>) -> String {
    format!("{}/{}", cursor.created_at.timestamp_micros(), cursor.id)
}

/// Reads what [`cursor_text`] wrote.
pub fn cursor_from_text<I: FromStr>(text: &str) -> Option<Cursor<I>> {
    let (micros, id) = text.split_once('/')?;
    let created_at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
    Some(Cursor { created_at, id: id.parse().ok()? })
}

/// The page tokens of one list in one workspace.
#[derive(Debug)]
pub struct PageTokens {
    workspace_id: WorkspaceId,
    listing: String,
    /// The first signs; all are believed.
    keys: Vec<SigningKey>,
}

impl App {
    /// The page tokens of a list, whose name is any text without line breaks, in a workspace.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn page_tokens(
        &self,
        workspace_id: WorkspaceId,
        listing: &str,
    ) -> Result<PageTokens, StoreError> {
        let mut keys = self.backends.store.signing_keys().list().await?;
        if keys.is_empty() {
            keys.push(self.backends.new_signing_key().await?);
        }
        Ok(PageTokens { workspace_id, listing: listing.to_owned(), keys })
    }
}

impl PageTokens {
    /// The token of a place: hex digits and a dot.
    pub fn token(&self, place: &str) -> String {
        let signature = self.mac(&self.keys[0], place).finalize().into_bytes();
        format!("{}.{}", hex(place.as_bytes()), hex(&signature[..SIGNATURE_BYTES]))
    }

    /// The place of a token; `None` when it was made for another list or workspace, or not by this installation.
    pub fn place(&self, token: &str) -> Option<String> {
        if token.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let (place, signature) = token.split_once('.')?;
        let (place, signature) = (String::from_utf8(from_hex(place)?).ok()?, from_hex(signature)?);
        let is_ours = signature.len() == SIGNATURE_BYTES
            && self.keys.iter().any(|key| self.mac(key, &place).verify_truncated_left(&signature).is_ok());
        is_ours.then_some(place)
    }

    /// Over what is signed: one fact a line, the form's own version first, so that it is never what an upload's URL signs.
    fn mac(&self, key: &SigningKey, place: &str) -> Hmac<Sha256> {
        let facts = format!("rostrum-page-1\n{}\n{}\n{place}", self.workspace_id, self.listing);
        let mut mac = Hmac::<Sha256>::new_from_slice(&key.secret).expect("HMAC takes keys of any length");
        mac.update(facts.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0191234589ab7def8123456789abcdef";

    fn tokens(workspace: &str, listing: &str, secrets: &[u8]) -> PageTokens {
        let key = |secret: &u8| SigningKey {
            id: format!("sig_{ID}").parse().unwrap(),
            secret: [*secret; 32],
            created_at: DateTime::UNIX_EPOCH,
        };
        PageTokens {
            workspace_id: format!("ws_{workspace}").parse().unwrap(),
            listing: listing.to_owned(),
            keys: secrets.iter().map(key).collect(),
        }
    }

    #[test]
    fn a_token_gives_its_place_back_also_after_the_key_was_rotated() {
        let token = tokens(ID, "/v3/videos", &[1]).token("1700000000000/abc");
        assert!(token.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'.'), "{token}");
        for secrets in [&[1][..], &[2, 1], &[3, 2, 1]] {
            let place = tokens(ID, "/v3/videos", secrets).place(&token);
            assert_eq!(place.as_deref(), Some("1700000000000/abc"));
        }
        assert_eq!(tokens(ID, "/v3/videos", &[2]).place(&token), None, "the key was removed");
    }

    #[test]
    fn a_token_is_good_for_its_own_list_and_workspace_alone() {
        let token = tokens(ID, "/v3/videos", &[1]).token("7");
        assert_eq!(tokens(ID, "/v3/avatars", &[1]).place(&token), None);
        assert_eq!(tokens(&ID.replacen('0', "1", 1), "/v3/videos", &[1]).place(&token), None);
        // Facts do not run into each other.
        assert_eq!(tokens(ID, "/v3/video", &[1]).place(&tokens(ID, "/v3/video\ns", &[1]).token("7")), None);
    }

    #[test]
    fn a_changed_token_is_no_token() {
        let tokens = tokens(ID, "/v3/videos", &[1]);
        let token = tokens.token("1700000000000/abc");
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
            assert_eq!(tokens.place(std::str::from_utf8(&changed).unwrap()), None, "byte {at}");
        }
        let (place, signature) = token.split_once('.').unwrap();
        for bad in [
            "",
            ".",
            place,
            &format!("{place}."),
            &format!(".{signature}"),
            &token[..token.len() - 2],
            &format!("{token}00"),
            "ff.00",
            "é.é",
            &"0".repeat(2000),
        ] {
            assert_eq!(tokens.place(bad), None, "{bad}");
        }
    }
}
