//! `/v3/assets`.

use rostrum_model::asset::{Asset, AssetKind, MediaType};
use serde::{Deserialize, Serialize};

/// Answer of `POST /v3/assets`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedAsset {
    /// Id to use wherever an asset is taken.
    pub asset_id: String,
    /// Where the bytes are served.
    pub url: String,
    /// Type told from the bytes, whatever name or type the upload claimed.
    pub mime_type: String,
    /// Length in bytes.
    pub size_bytes: u64,
}

/// Answer of `GET /v3/assets/{asset_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetDetail {
    /// The asset's id.
    pub id: String,
    /// File name as uploaded.
    pub name: String,
    /// `image`, `video`, `audio`, `document`, `subtitle` or `archive`.
    #[serde(rename = "type")]
    pub kind: String,
    /// User name of the owner.
    pub owner: String,
    /// Workspace of the owner.
    pub space_id: String,
    /// Folder, when the asset lies in one.
    pub folder_id: Option<String>,
    /// Unix seconds.
    pub uploaded_at: i64,
    /// Where the bytes are served.
    pub url: Option<String>,
    /// Beyond the contract: what is known of the file.
    pub metadata: FileFacts,
}

/// What is known of an asset's file; what its type does not have is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Type told from the bytes.
    pub mime_type: String,
    /// Length in bytes.
    pub size_bytes: u64,
    /// SHA-256 of the bytes as hex digits.
    pub sha256: String,
    /// Of a picture, in pixels, before its EXIF orientation turns it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<usize>,
    /// As `width`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<usize>,
    /// Of a picture; 1 for still ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames: Option<u64>,
    /// Of a document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<u64>,
    /// Captions of a file of captions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cues: Option<u64>,
    /// Files in an archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries: Option<u64>,
}

impl FileFacts {
    fn of(asset: &Asset) -> Self {
        let known = asset.metadata;
        Self {
            mime_type: asset.media_type.mime().to_owned(),
            size_bytes: asset.size_bytes,
            sha256: asset.content_hash.to_string(),
            width: known.size.map(|size| size.width),
            height: known.size.map(|size| size.height),
            frames: known.frame_count,
            pages: known.page_count,
            cues: known.cue_count,
            entries: known.entry_count,
        }
    }
}

/// Answer of `DELETE /v3/assets/{asset_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedAsset {
    /// The id that is free now.
    pub id: String,
}

impl CreatedAsset {
    /// The answer for an asset served at `url`.
    pub fn new(asset: &Asset, url: String) -> Self {
        Self {
            asset_id: asset.id.to_string(),
            url,
            mime_type: asset.media_type.mime().to_owned(),
            size_bytes: asset.size_bytes,
        }
    }
}

impl AssetDetail {
    /// The answer for an asset of the user `owner`, served at `url`.
    pub fn new(asset: &Asset, owner: String, url: String) -> Self {
        Self {
            id: asset.id.to_string(),
            name: asset.name.clone(),
            kind: kind_word(asset.media_type.kind()).to_owned(),
            owner,
            space_id: asset.workspace_id.to_string(),
            folder_id: asset.folder_id.map(|id| id.to_string()),
            uploaded_at: asset.created_at.timestamp(),
            url: Some(url),
            metadata: FileFacts::of(asset),
        }
    }
}

/// The word for a kind.
pub(crate) fn kind_word(kind: AssetKind) -> &'static str {
    match kind {
        AssetKind::Image => "image",
        AssetKind::Video => "video",
        AssetKind::Audio => "audio",
        AssetKind::Document => "document",
        AssetKind::Subtitle => "subtitle",
        AssetKind::Archive => "archive",
    }
}

/// The types an upload may have, for error messages: `image/png, image/jpeg, ...`.
pub fn accepted_types() -> String {
    MediaType::ALL.map(MediaType::mime).join(", ")
}

/// The types of one kind, for error messages: `image/png, image/jpeg`.
pub fn types_of(kind: AssetKind) -> String {
    let types: Vec<_> = MediaType::ALL
        .into_iter()
        .filter(|media_type| media_type.kind() == kind)
        .map(MediaType::mime)
        .collect();
    types.join(", ")
}

/// A kind in words with an article, for error messages.
pub fn kind_words(kind: AssetKind) -> &'static str {
    match kind {
        AssetKind::Image => "a picture",
        AssetKind::Video => "a video",
        AssetKind::Audio => "a sound",
        AssetKind::Document => "a document",
        AssetKind::Subtitle => "captions",
        AssetKind::Archive => "an archive",
    }
}
