//! Uploaded files.

use chrono::{DateTime, Utc};

use crate::ids::{AssetId, WorkspaceId};

/// The file types an asset can have, told from its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum MediaType {
    /// `image/png`
    Png,
    /// `image/jpeg`
    Jpeg,
    /// `video/mp4`
    Mp4,
    /// `video/webm`
    Webm,
    /// `audio/mpeg`
    Mp3,
    /// `audio/wav`
    Wav,
    /// `application/pdf`
    Pdf,
}

/// What an asset is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssetKind {
    /// A still picture.
    Image,
    /// Moving pictures.
    Video,
    /// Sound alone.
    Audio,
    /// A document to read from.
    Document,
}

impl MediaType {
    /// All types, in the order error messages list them.
    pub const ALL: [Self; 7] =
        [Self::Png, Self::Jpeg, Self::Mp4, Self::Webm, Self::Mp3, Self::Wav, Self::Pdf];

    /// The MIME type, as served in `Content-Type`.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Mp4 => "video/mp4",
            Self::Webm => "video/webm",
            Self::Mp3 => "audio/mpeg",
            Self::Wav => "audio/wav",
            Self::Pdf => "application/pdf",
        }
    }

    /// The file name extension, without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Mp4 => "mp4",
            Self::Webm => "webm",
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
            Self::Pdf => "pdf",
        }
    }

    /// The type with this MIME type, as written by [`MediaType::mime`].
    pub fn from_mime(mime: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|candidate| candidate.mime() == mime)
    }

    /// The type that files with this extension usually have; without a dot, in either case.
    pub fn from_extension(extension: &str) -> Option<Self> {
        let extension = extension.to_ascii_lowercase();
        match extension.as_str() {
            "jpeg" => Some(Self::Jpeg),
            "m4v" => Some(Self::Mp4),
            _ => Self::ALL.into_iter().find(|candidate| candidate.extension() == extension),
        }
    }

    /// The type a client declares.
    pub fn from_declared(mime: &str) -> Option<Self> {
        Self::from_mime(mime)
    }

    /// Whether bytes found to be of the type `found` may be sent as this type.
    pub fn agrees_with(self, found: Self) -> bool {
        self == found
    }

    /// What files of this type are used as.
    pub fn kind(self) -> AssetKind {
        match self {
            Self::Png | Self::Jpeg => AssetKind::Image,
            Self::Mp4 | Self::Webm => AssetKind::Video,
            Self::Mp3 | Self::Wav => AssetKind::Audio,
            Self::Pdf => AssetKind::Document,
        }
    }
}

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
    /// When the upload was acknowledged.
    pub created_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_guessed_from_the_extensions_people_write() {
        for media_type in MediaType::ALL {
            assert_eq!(MediaType::from_extension(media_type.extension()), Some(media_type));
        }
        assert_eq!(MediaType::from_extension("JPEG"), Some(MediaType::Jpeg));
        assert_eq!(MediaType::from_extension("exe"), None);
        assert_eq!(MediaType::from_extension(""), None);
    }
}
