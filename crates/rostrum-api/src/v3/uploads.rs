//! `/v3/assets/direct-uploads`, their completion, and batches of them.

use std::collections::BTreeMap;

use base64::Engine;
use rostrum_model::asset::{Asset, ContentHash, MediaType};
use rostrum_model::upload::{Announced, Upload, UploadBatch, UploadState};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ANY_PADDING;
use super::assets::accepted_types;
use crate::error::Refusal;
use crate::v1::folders::folder_id;
use crate::v3::batches::{BatchDetail, BatchPage};

/// The longest file name, in characters.
const MAX_NAME_CHARS: usize = 1024;

/// The wire form of a file to be announced.
#[derive(Debug, Deserialize)]
struct WireFile {
    filename: String,
    content_type: String,
    size_bytes: i64,
    checksum_sha256: Option<String>,
    /// Beyond the contract.
    folder_id: Option<String>,
}

/// Reads the body of `POST /v3/assets/direct-uploads`.
///
/// # Errors
/// Names the first field at fault.
pub fn announced(body: Value) -> Result<Announced, Refusal> {
    read::<WireFile>(body, "")?.check("")
}

/// Whether a body of `POST /v3/assets/direct-uploads` says that the client can send the file in parts (`parts`, which the
/// contract does not have).
///
/// # Errors
/// When it is something else than true or false.
pub fn wants_parts(body: &Value) -> Result<bool, Refusal> {
    match body.get("parts") {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(wants)) => Ok(*wants),
        Some(_) => Err(Refusal::invalid("parts", "'parts' must be true or false.".to_owned())),
    }
}

/// The body of `POST /v3/assets/direct-uploads/batches`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnouncedBatch {
    /// Title, when given.
    pub title: Option<String>,
    /// The files, at least one.
    pub files: Vec<Announced>,
}

impl AnnouncedBatch {
    /// Reads a body with at most `max_files` files.
    ///
    /// # Errors
    /// Names the first field at fault, such as `files[3].size_bytes`.
    pub fn from_json(body: Value, max_files: usize) -> Result<Self, Refusal> {
        #[derive(Deserialize)]
        struct Wire {
            title: Option<String>,
            files: Vec<Value>,
        }
        let wire: Wire = read(body, "")?;
        let count = wire.files.len();
        if !(1..=max_files).contains(&count) {
            return Err(Refusal::invalid(
                "files",
                format!("'files' must have 1 to {max_files} entries, got {count}."),
            ));
        }
        let files = wire.files.into_iter().enumerate().map(|(index, file)| {
            let path = format!("files[{index}].");
            read::<WireFile>(file, &path)?.check(&path)
        });
        Ok(Self { title: wire.title, files: files.collect::<Result<_, _>>()? })
    }
}

/// Reads the body of `POST /v3/assets/{asset_id}/complete`: the expected checksum, if any.
///
/// # Errors
/// When the checksum is malformed.
pub fn completion(body: Value) -> Result<Option<ContentHash>, Refusal> {
    #[derive(Deserialize)]
    struct Wire {
        checksum_sha256: Option<String>,
    }
    let wire: Wire = read(body, "")?;
    wire.checksum_sha256.map(|text| checksum("checksum_sha256", &text)).transpose()
}

/// Reads the body of `POST /v3/assets/complete/batches`: the batch's id as text.
///
/// # Errors
/// When it is missing.
pub fn batch_completion(body: Value) -> Result<String, Refusal> {
    #[derive(Deserialize)]
    struct Wire {
        batch_id: String,
    }
    read::<Wire>(body, "").map(|wire| wire.batch_id)
}

fn read<T: serde::de::DeserializeOwned>(body: Value, prefix: &str) -> Result<T, Refusal> {
    if !body.is_object() {
        let path = if prefix.is_empty() { "body" } else { prefix.trim_end_matches('.') };
        return Err(Refusal::invalid(path, format!("'{path}' must be a JSON object.")));
    }
    serde_path_to_error::deserialize(body).map_err(|error| {
        let inner = error.inner().to_string();
        // serde names a missing field in its text only; clients want it as the parameter.
        let missing = inner.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        let path = match missing {
            Some(field) => format!("{prefix}{field}"),
            None => format!("{prefix}{}", error.path()),
        };
        let message = match missing {
            Some(_) => format!("'{path}' is required."),
            None => format!("'{path}': {inner}."),
        };
        Refusal::invalid(&path, message)
    })
}

impl WireFile {
    fn check(self, prefix: &str) -> Result<Announced, Refusal> {
        let name_chars = self.filename.chars().count();
        if !(1..=MAX_NAME_CHARS).contains(&name_chars) {
            let path = format!("{prefix}filename");
            return Err(Refusal::invalid(
                &path,
                format!("'{path}' must be 1 to {MAX_NAME_CHARS} characters, got {name_chars}."),
            ));
        }
        let media_type = media_type(&format!("{prefix}content_type"), &self.content_type)?;
        let size_bytes = u64::try_from(self.size_bytes).ok().filter(|size| *size > 0).ok_or_else(|| {
            let path = format!("{prefix}size_bytes");
            Refusal::invalid(&path, format!("'{path}' must be at least 1, got {}.", self.size_bytes))
        })?;
        let checksum = self
            .checksum_sha256
            .map(|text| checksum(&format!("{prefix}checksum_sha256"), &text))
            .transpose()?;
        let param = format!("{prefix}folder_id");
        let folder_id = folder_id(&param, self.folder_id.as_deref().unwrap_or_default())?;
        Ok(Announced { name: self.filename, media_type, size_bytes: Some(size_bytes), checksum, folder_id })
    }
}

/// Reads a MIME type that an asset may have.
///
/// # Errors
/// Names the types that are taken.
pub fn media_type(param: &str, mime: &str) -> Result<MediaType, Refusal> {
    MediaType::from_declared(mime).ok_or_else(|| {
        Refusal::invalid(
            param,
            format!("'{param}' is '{mime}', which is not taken; accepted are {}.", accepted_types()),
        )
    })
}

/// Reads a SHA-256 as hex digits of either case or as Base64.
///
/// # Errors
/// When it is neither.
pub fn checksum(param: &str, text: &str) -> Result<ContentHash, Refusal> {
    let from_base64 = || {
        let bytes = ANY_PADDING.decode(text).ok()?;
        bytes.try_into().map(ContentHash).ok()
    };
    text.parse().ok().or_else(from_base64).ok_or_else(|| {
        Refusal::invalid(
            param,
            format!(
                "'{param}' must be a SHA-256 as 64 hex digits or as Base64, got {} characters.",
                text.len()
            ),
        )
    })
}

/// Answer of `POST /v3/assets/direct-uploads`, and an item of a new batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectUpload {
    /// Id of the asset it becomes.
    pub asset_id: String,
    /// Where to `PUT` the bytes.
    pub upload_url: String,
    /// Headers to send with them.
    pub upload_headers: BTreeMap<String, String>,
    /// Until the URL expires.
    pub expires_in_seconds: i64,
    /// The longest body the URL takes.
    pub max_bytes: u64,
    /// `pending_upload`
    pub status: String,
    /// URLs for the parts, when the file is to be sent in parts to the storage; `upload_url` takes the whole file
    /// nevertheless.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parts: Option<Vec<UploadPart>>,
}

/// A part of a file that is sent in parts. No headers are needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadPart {
    /// Position, from 1.
    pub part_number: u32,
    /// Where to `PUT` the part.
    pub url: String,
    /// Its first byte in the file, from 0.
    pub from: u64,
    /// Behind its last byte.
    pub to: u64,
}

impl DirectUpload {
    /// The answer for an upload whose bytes go to `upload_url`.
    pub fn new(upload: &Upload, upload_url: String, expires_in_seconds: i64, max_bytes: u64) -> Self {
        let content_type = ("Content-Type".to_owned(), upload.media_type.mime().to_owned());
        Self {
            asset_id: upload.id.to_string(),
            upload_url,
            upload_headers: BTreeMap::from([content_type]),
            expires_in_seconds,
            max_bytes,
            status: "pending_upload".to_owned(),
            parts: None,
        }
    }
}

/// Answer of `POST /v3/assets/direct-uploads/batches`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedBatch {
    /// Id of the batch.
    pub batch_id: String,
    /// One for each file, in the order they were given.
    pub items: Vec<DirectUpload>,
}

/// Answer of `POST /v3/assets/{asset_id}/complete`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompletedUpload {
    /// Id of the asset.
    pub asset_id: String,
    /// Where the bytes are served.
    pub url: String,
    /// Type told from the bytes.
    pub mime_type: String,
    /// Length in bytes.
    pub size_bytes: u64,
    /// `completed`: the asset can be used.
    pub status: String,
}

impl CompletedUpload {
    /// The answer for an asset served at `url`.
    pub fn new(asset: &Asset, url: String) -> Self {
        Self {
            asset_id: asset.id.to_string(),
            url,
            mime_type: asset.media_type.mime().to_owned(),
            size_bytes: asset.size_bytes,
            status: "completed".to_owned(),
        }
    }
}

/// Where one file of a batch, or one asset, stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ItemStatus {
    /// The batch it was announced with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_id: Option<String>,
    /// Position in the batch, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_index: Option<u32>,
    /// `queued`, `processing`, `completed`, `failed` or `not_found`.
    pub status: String,
    /// The asset's id; the contract has this name for it.
    pub video_id: Option<String>,
    /// Why it failed.
    pub error: Option<ItemError>,
}

/// Why a file failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemError {
    /// A code of the API.
    pub code: String,
    /// For people.
    pub message: String,
}

/// The word for a state.
fn status_word(state: &UploadState) -> &'static str {
    match state {
        UploadState::Pending => "queued",
        UploadState::Received(_) => "processing",
        UploadState::Completed(_) => "completed",
        UploadState::Failed { .. } => "failed",
    }
}

impl ItemStatus {
    /// Where an upload stands.
    pub fn of_upload(upload: &Upload) -> Self {
        let error = match &upload.state {
            UploadState::Failed { code, message } => {
                Some(ItemError { code: code.clone(), message: message.clone() })
            }
            _ => None,
        };
        Self {
            batch_id: upload.batch.map(|batch| batch.id.to_string()),
            item_index: upload.batch.map(|batch| batch.index),
            status: status_word(&upload.state).to_owned(),
            video_id: Some(upload.id.to_string()),
            error,
        }
    }

    /// An asset that was not announced.
    pub fn of_asset(asset: &Asset) -> Self {
        Self { status: "completed".to_owned(), video_id: Some(asset.id.to_string()), ..Self::default() }
    }

    /// An asset id that the workspace does not have.
    pub fn asset_not_found(id: &str) -> Self {
        Self { status: "not_found".to_owned(), video_id: Some(id.to_owned()), ..Self::default() }
    }

    /// A batch id that the workspace does not have.
    pub fn batch_not_found(id: &str) -> Self {
        Self { status: "not_found".to_owned(), batch_id: Some(id.to_owned()), ..Self::default() }
    }
}

/// The page of a batch of files.
pub fn batch_detail(
    batch: &UploadBatch,
    uploads: &[Upload],
    page: BatchPage,
    next_token: impl FnOnce(usize) -> String,
) -> BatchDetail<ItemStatus> {
    let facts = (batch.id.to_string(), batch.title.clone(), batch.created_at);
    let row = |upload: &Upload| ItemStatus { batch_id: None, ..ItemStatus::of_upload(upload) };
    BatchDetail::page(facts, uploads, |upload| status_word(&upload.state), row, page, next_token)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(body: Value) -> (String, String) {
        let refusal = announced(body).unwrap_err();
        (refusal.param.unwrap(), refusal.message)
    }

    #[test]
    fn a_file_is_announced_with_its_facts() {
        let hash = "A".repeat(64);
        let body = json!({"filename": "a.mp4", "content_type": "video/mp4", "size_bytes": 7, "checksum_sha256": hash});
        let file = announced(body).unwrap();
        assert_eq!((file.media_type, file.size_bytes), (MediaType::Mp4, Some(7)));
        assert_eq!(file.checksum, Some(ContentHash([0xaa; 32])));
    }

    #[test]
    fn a_checksum_may_be_hex_or_base64() {
        let of = |text: &str| checksum("c", text).ok();
        assert_eq!(of(&"0f".repeat(32)), Some(ContentHash([0x0f; 32])));
        assert_eq!(of("Dw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8="), Some(ContentHash([0x0f; 32])));
        assert_eq!(of("Dw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8"), Some(ContentHash([0x0f; 32])));
        for wrong in ["", "0f", "Dw8=", &"g".repeat(64), &"\u{e9}".repeat(22)] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_field_at_fault_is_named() {
        let whole = json!({"filename": "a.mp4", "content_type": "video/mp4", "size_bytes": 7});
        let with = |field: &str, value: Value| {
            let mut body = whole.clone();
            body[field] = value;
            body
        };
        assert_eq!(refused(json!([])).0, "body");
        assert_eq!(
            refused(json!({"filename": "a"})),
            ("content_type".into(), "'content_type' is required.".into())
        );
        assert_eq!(refused(with("size_bytes", json!(0))).0, "size_bytes");
        assert_eq!(refused(with("size_bytes", json!("7"))).0, "size_bytes");
        assert_eq!(refused(with("filename", json!(""))).0, "filename");
        assert_eq!(refused(with("checksum_sha256", json!("x"))).0, "checksum_sha256");
        assert!(refused(with("content_type", json!("text/html"))).1.contains("image/png"));
        let batch = json!({"files": [whole, {"filename": "b"}]});
        let refusal = AnnouncedBatch::from_json(batch, 100).unwrap_err();
        assert_eq!(refusal.param.as_deref(), Some("files[1].content_type"));
    }
}
