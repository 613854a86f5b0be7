//! Names of blobs.

use std::fmt;
use std::str::FromStr;

use rostrum_model::asset::ContentHash;

/// The longest key, in bytes: fits the limits of file systems and of S3 (1024) with room for a root folder.
pub const MAX_KEY_LENGTH: usize = 512;

/// The longest part between two slashes, in bytes: file systems allow 255.
const MAX_PART_LENGTH: usize = 200;

/// A checked relative path: parts of `[a-z0-9._-]` joined by single slashes, no part starting with a dot. Nothing
/// that passes can leave the folder it is joined to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobKey(String);

/// The text is not a [`BlobKey`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid blob key")]
pub struct InvalidKey;

impl BlobKey {
    /// Checks a text.
    ///
    /// # Errors
    /// When it is empty or too long, has other characters, an empty part or a part that starts with a dot.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidKey> {
        let text = text.into();
        if text.len() <= MAX_KEY_LENGTH && text.split('/').all(is_part) {
            Ok(Self(text))
        } else {
            Err(InvalidKey)
        }
    }

    /// The key of bytes that are named by what they are: `content/<2 digits>/<64 digits>`.
    pub fn for_content(hash: &ContentHash) -> Self {
        let digits = hash.to_string();
        Self(format!("content/{}/{digits}", &digits[..2]))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text may stand between two slashes.
fn is_part(part: &str) -> bool {
    (1..=MAX_PART_LENGTH).contains(&part.len())
        && !part.starts_with('.')
        && part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'))
}

impl fmt::Display for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobKey({})", self.0)
    }
}

impl FromStr for BlobKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_relative_paths_are_keys() {
        for text in ["a", "content/0f/0f3a", "videos/0123/output.mp4", "a_b-c.d"] {
            assert_eq!(BlobKey::new(text).map(|key| key.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn keys_that_could_escape_or_hide_are_refused() {
        let escapes = [
            "",
            "/",
            "/etc/passwd",
            "a/",
            "a//b",
            "..",
            "../a",
            "a/../../b",
            "a/..",
            ".",
            "./a",
            "a/.hidden",
        ];
        let characters = ["A", "a b", "a\\b", "a\0b", "a\nb", "%2e%2e", "é", "c:", "~"];
        for text in escapes.into_iter().chain(characters) {
            assert_eq!(BlobKey::new(text), Err(InvalidKey), "{text:?}");
        }
    }

    #[test]
    fn keys_too_long_for_a_file_system_are_refused() {
        assert!(BlobKey::new("a".repeat(MAX_PART_LENGTH)).is_ok());
        assert!(BlobKey::new("a".repeat(MAX_PART_LENGTH + 1)).is_err());
        assert!(BlobKey::new("abc/".repeat(MAX_KEY_LENGTH / 4) + "a").is_err());
    }

    #[test]
    fn content_keys_are_valid_keys() {
        let key = BlobKey::for_content(&ContentHash([0xab; 32]));
        assert!(key.as_str().starts_with("content/ab/abab"));
        assert_eq!(key.as_str().parse(), Ok(key));
    }
}
