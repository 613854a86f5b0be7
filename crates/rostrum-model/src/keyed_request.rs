//! Requests that carry an `Idempotency-Key`: sent again, they are answered again and not carried out again.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};

use crate::asset::ContentHash;
use crate::ids::WorkspaceId;

/// How long a key stands for the request that first carried it (contract: 24 hours).
pub const KEY_WINDOW: TimeDelta = TimeDelta::hours(24);

/// The longest key, in characters.
pub const MAX_KEY_CHARS: usize = 255;

/// A key: 1 to [`MAX_KEY_CHARS`] letters of ASCII, digits, `_`, `-`, `:` and `.` (contract).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// The text given is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// Empty or longer than [`MAX_KEY_CHARS`].
    #[error("must have 1 to {MAX_KEY_CHARS} characters, got {0}")]
    Length(usize),
    /// With a character that keys do not have.
    #[error("may have letters, digits, '_', '-', ':' and '.', got {0:?}")]
    Character(char),
}

impl FromStr for IdempotencyKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let length = text.chars().count();
        if !(1..=MAX_KEY_CHARS).contains(&length) {
            return Err(InvalidKey::Length(length));
        }
        let fits = |char: &char| char.is_ascii_alphanumeric() || "_-:.".contains(*char);
        match text.chars().find(|char| !fits(char)) {
            Some(char) => Err(InvalidKey::Character(char)),
            None => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A request that carries a key.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyedRequest {
    /// SHA-256 of what its key stands for: the workspace, the operation and the key. The same key on another operation, or
    /// for another resource, is another request.
    pub id: ContentHash,
    /// Whose request it is.
    pub workspace_id: WorkspaceId,
    /// Method, path and query, such as `POST /v3/videos`.
    pub operation: String,
    /// What the ids and secrets of what it makes are derived from, so that they are the same when a crash has it carried out
    /// again.
    pub seed: [u8; 32],
    /// SHA-256 of its body; `None` where that is a file, which is kept and not read twice.
    pub body_hash: Option<ContentHash>,
    /// How far it is.
    pub state: KeyedState,
    /// When it first came.
    pub created_at: DateTime<Utc>,
}

impl fmt::Debug for KeyedRequest {
    /// Leaves out the seed, from which secrets follow.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedRequest")
            .field("id", &self.id)
            .field("workspace_id", &self.workspace_id)
            .field("operation", &self.operation)
            .field("state", &self.state)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

impl KeyedRequest {
    /// Whether its key stands for nothing any more.
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        now - self.created_at >= KEY_WINDOW
    }

    /// Whether a body is known to be another one than it came with first.
    pub fn differs(&self, body_hash: Option<ContentHash>) -> bool {
        matches!((self.body_hash, body_hash), (Some(first), Some(now)) if first != now)
    }
}

/// How far a request is. A request that was refused is not kept: its key is free again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyedState {
    /// It is being carried out.
    Running,
    /// A crash or a fault of ours ended it; what it did, and whether, shows when it comes again.
    Interrupted,
    /// It was carried out, and this was the answer.
    Answered(KeptAnswer),
}

/// An answer as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// HTTP status, 200..=299.
    pub status: u16,
    /// Type of the body.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_the_contract() {
        for good in ["a", "Order_1-2:3.4", &"x".repeat(255)] {
            assert_eq!(good.parse::<IdempotencyKey>().map(|key| key.to_string()), Ok(good.to_owned()));
        }
        for (bad, fault) in [
            ("", InvalidKey::Length(0)),
            (&*"x".repeat(256), InvalidKey::Length(256)),
            ("a b", InvalidKey::Character(' ')),
            ("a/b", InvalidKey::Character('/')),
            ("clé", InvalidKey::Character('é')),
        ] {
            assert_eq!(bad.parse::<IdempotencyKey>(), Err(fault));
        }
    }
}
