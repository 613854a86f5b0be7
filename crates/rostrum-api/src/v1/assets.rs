//! `/v1/asset`.

use rostrum_model::asset::{Asset, AssetKind};
use rostrum_model::ids::FolderId;
use rostrum_model::processing::MediaFacts;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Refusal;
use crate::v1::folders::folder_id;
use crate::v2::photo_generations::image_key;
use crate::v3::uploads::media_type;

/// Reads the JSON body of `POST /v1/asset`: the type of the file that is to be sent.
///
/// # Errors
/// When `content_type` is missing or not taken.
pub fn wanted_type(body: &Value) -> Result<rostrum_model::asset::MediaType, Refusal> {
    let mime = body.get("content_type").and_then(Value::as_str).ok_or_else(|| {
        Refusal::invalid(
            "content_type",
            "'content_type' is required; or asset data must be provided: send the file itself as the body, with its \
             own Content-Type.",
        )
    })?;
    media_type("content_type", mime)
}

/// Reads the folder in the JSON body of `POST /v1/asset`, if there is one.
///
/// # Errors
/// When no folder can have this id.
pub fn wanted_folder(body: &Value) -> Result<Option<FolderId>, Refusal> {
    folder_id("folder_id", body.get("folder_id").and_then(Value::as_str).unwrap_or_default())
}

/// Where to send a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadUrl {
    /// Where to `PUT` the bytes.
    pub url: String,
    /// The asset they become.
    pub asset_id: String,
}

/// An asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct V1Asset {
    /// Its id.
    pub id: String,
    /// File name, or the id when none was given.
    pub name: String,
    /// `image`, `video`, `audio`, or what v3 calls other kinds.
    pub file_type: String,
    /// Where the bytes are served.
    pub url: Option<String>,
    /// For operations that take a photo by key; null for other kinds.
    pub image_key: Option<String>,
    /// The folder it lies in; empty at the root.
    pub folder_id: String,
    /// `duration` in seconds, `width` and `height` as shown, once they are known.
    pub meta: Option<Value>,
    /// Unix seconds.
    pub created_ts: i64,
}

impl V1Asset {
    /// The answer for an asset served at `url`.
    pub fn new(asset: &Asset, url: String) -> Self {
        let kind = asset.media_type.kind();
        let image_key = (kind == AssetKind::Image).then(|| image_key(asset));
        Self {
            id: asset.id.to_string(),
            name: asset.name.clone(),
            file_type: crate::v3::assets::kind_word(kind).to_owned(),
            url: Some(url),
            image_key,
            folder_id: asset.folder_id.map(|id| id.to_string()).unwrap_or_default(),
            meta: asset.processing.facts().and_then(meta),
            created_ts: asset.created_at.timestamp(),
        }
    }
}

fn meta(facts: &MediaFacts) -> Option<Value> {
    let mut meta = serde_json::Map::new();
    if let Some(ms) = facts.duration_ms {
        meta.insert("duration".to_owned(), (ms as f64 / 1000.0).into());
    }
    if let Some(size) = facts.shown_size {
        meta.insert("width".to_owned(), size.width.into());
        meta.insert("height".to_owned(), size.height.into());
    }
    (!meta.is_empty()).then_some(Value::Object(meta))
}

/// A page of assets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct V1AssetPage {
    /// Newest first.
    pub assets: Vec<V1Asset>,
    /// Pass as `token` to get the next page; empty on the last.
    pub token: String,
}

/// A deleted asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct V1DeletedAsset {
    /// The id that is free now.
    pub id: String,
}

/// Reads the `file_type` of a list: a kind, or `None` for all.
///
/// # Errors
/// When it is no kind that assets have.
pub fn file_type(given: Option<&str>) -> Result<Option<AssetKind>, Refusal> {
    let Some(word) = given.filter(|word| !word.is_empty()) else { return Ok(None) };
    let kind = AssetKind::ALL.into_iter().find(|kind| crate::v3::assets::kind_word(*kind) == word);
    kind.map(Some).ok_or_else(|| {
        Refusal::invalid("file_type", format!("'file_type' must be image, video or audio; got '{word}'."))
    })
}
