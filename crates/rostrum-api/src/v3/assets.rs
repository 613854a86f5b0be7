//! `/v3/assets`.

use rostrum_model::asset::{Asset, AssetKind, MediaType};
use rostrum_model::processing::{MediaFacts, Processing, WAVEFORM};
use rostrum_model::video::Failure;
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Type told from the bytes.
    pub mime_type: String,
    /// Length in bytes.
    pub size_bytes: u64,
    /// SHA-256 of the bytes as hex digits.
    pub sha256: String,
    /// Of a picture or video, in pixels, as stored: before it is turned upright.
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
    /// `pending` until the file was decoded, then `ready` or `failed`. What follows is known when it is ready. The asset
    /// can be used in every state.
    pub status: String,
    /// Why it cannot be decoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<FileError>,
    /// What decoding tells.
    #[serde(flatten)]
    pub decoded: DecodedFacts,
}

/// What decoding a file tells; what its type does not have is left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DecodedFacts {
    /// Of sound or video, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    /// Of a picture or video as shown, in pixels: turned upright.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub displayed_width: Option<usize>,
    /// As `displayed_width`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub displayed_height: Option<usize>,
    /// Degrees by which a video is turned clockwise to be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation: Option<u16>,
    /// Whether a picture has transparent pixels, or a video a channel for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_alpha: Option<bool>,
    /// ffmpeg's name, e.g. `h264`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_codec: Option<String>,
    /// Average frames per second, to three decimals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fps: Option<f64>,
    /// ffmpeg's name, e.g. `aac`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_codec: Option<String>,
    /// Samples per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_rate: Option<u32>,
    /// Of sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channels: Option<u32>,
    /// A JPEG, or a PNG where something is transparent, of at most 512 pixels a side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
    /// The outline of the sound, as audiowaveform writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waveform_url: Option<String>,
}

/// Why a file cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileError {
    /// For machines.
    pub code: String,
    /// For people.
    pub message: String,
}

impl DecodedFacts {
    /// `file_url` gives the address of a file made from the asset, by its name.
    fn of(facts: &MediaFacts, file_url: impl Fn(&str) -> String) -> Self {
        Self {
            duration: facts.duration_ms.map(|ms| ms as f64 / 1000.0),
            displayed_width: facts.shown_size.map(|size| size.width),
            displayed_height: facts.shown_size.map(|size| size.height),
            rotation: facts.rotation_degrees,
            has_alpha: facts.has_alpha,
            video_codec: facts.video_codec.clone(),
            fps: facts.frames_per_1000_s.map(|frames| frames as f64 / 1000.0),
            audio_codec: facts.audio_codec.clone(),
            sample_rate: facts.sample_rate,
            channels: facts.channel_count,
            thumbnail_url: facts.thumbnail.map(|thumbnail| file_url(thumbnail.file_name())),
            waveform_url: facts.has_waveform.then(|| file_url(WAVEFORM)),
        }
    }
}

impl FileFacts {
    fn of(asset: &Asset, file_url: impl Fn(&str) -> String) -> Self {
        let known = asset.metadata;
        let facts = asset.processing.facts();
        let stored_size = known.size.or(facts.and_then(|facts| facts.stored_size));
        let (status, error) = match &asset.processing {
            Processing::Pending => ("pending", None),
            Processing::Ready(_) => ("ready", None),
            Processing::Failed(Failure { code, message }) => {
                ("failed", Some(FileError { code: code.clone(), message: message.clone() }))
            }
        };
        Self {
            mime_type: asset.media_type.mime().to_owned(),
            size_bytes: asset.size_bytes,
            sha256: asset.content_hash.to_string(),
            width: stored_size.map(|size| size.width),
            height: stored_size.map(|size| size.height),
            frames: known.frame_count,
            pages: known.page_count.or(facts.and_then(|facts| facts.page_count)),
            cues: known.cue_count,
            entries: known.entry_count,
            status: status.to_owned(),
            error,
            decoded: facts.map(|facts| DecodedFacts::of(facts, file_url)).unwrap_or_default(),
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
    /// The answer for an asset of the user `owner`, served at `url`; `file_url` gives the address of a file made from
    /// it, by its name.
    pub fn new(asset: &Asset, owner: String, url: String, file_url: impl Fn(&str) -> String) -> Self {
        Self {
            id: asset.id.to_string(),
            name: asset.name.clone(),
            kind: kind_word(asset.media_type.kind()).to_owned(),
            owner,
            space_id: asset.workspace_id.to_string(),
            folder_id: asset.folder_id.map(|id| id.to_string()),
            uploaded_at: asset.created_at.timestamp(),
            url: Some(url),
            metadata: FileFacts::of(asset, file_url),
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
