//! `/v1/folders`

use rostrum_model::folder::{Folder, FolderName, MAX_FOLDER_NAME_CHARS, ProjectType};
use rostrum_model::ids::FolderId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{ErrorCode, Refusal};

/// A folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct V1Folder {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is meant for.
    pub project_type: String,
    /// The folder it lies in; null at the root.
    pub parent_id: Option<String>,
    /// Whether it is in the trash, by itself or with a folder above it.
    pub is_trash: bool,
    /// Unix seconds.
    pub created_ts: i64,
}

impl V1Folder {
    /// The answer for a folder.
    pub fn new(folder: &Folder) -> Self {
        Self {
            id: folder.id.to_string(),
            name: folder.name.as_str().to_owned(),
            project_type: word(folder.project_type).to_owned(),
            parent_id: folder.parent_id.map(|id| id.to_string()),
            is_trash: folder.trashed.is_some(),
            created_ts: folder.created_at.timestamp(),
        }
    }
}

/// A page of folders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct V1FolderPage {
    /// Newest first.
    pub folders: Vec<V1Folder>,
    /// How many there are on all pages.
    pub total: u64,
    /// Pass as `token` to get the next page; empty on the last.
    pub token: String,
}

/// Reads the body of `POST /v1/folders/create`: name, what it is meant for, the folder to put it in.
///
/// # Errors
/// Names the first field at fault.
pub fn new_folder(body: &Value) -> Result<(FolderName, ProjectType, Option<FolderId>), Refusal> {
    let project_type = match body.get("project_type") {
        None | Some(Value::Null) => ProjectType::Mixed,
        Some(given) => {
            let known = ProjectType::ALL.into_iter().find(|known| given == word(*known));
            known.ok_or_else(|| {
                let words = ProjectType::ALL.map(word).join(", ");
                Refusal::invalid("project_type", format!("'project_type' must be one of {words}."))
            })?
        }
    };
    let parent_id = match body.get("parent_id") {
        None | Some(Value::Null) => None,
        Some(given) => {
            let text = given.as_str();
            let text = text.ok_or_else(|| Refusal::invalid("parent_id", "'parent_id' must be a text."))?;
            folder_id("parent_id", text)?
        }
    };
    Ok((folder_name(body)?, project_type, parent_id))
}

/// Reads the name in a body.
///
/// # Errors
/// When there is none, or it is empty, too long or has control characters.
pub fn folder_name(body: &Value) -> Result<FolderName, Refusal> {
    body.get("name").and_then(Value::as_str).and_then(FolderName::new).ok_or_else(|| {
        let message = format!(
            "'name' is required: 1 to {MAX_FOLDER_NAME_CHARS} characters without control characters."
        );
        Refusal::invalid("name", message)
    })
}

/// Reads the id of a folder; an empty one stands for the root.
///
/// # Errors
/// When no folder can have it.
pub fn folder_id(param: &str, text: &str) -> Result<Option<FolderId>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| folder_not_found(param, text))
}

/// The answer for a folder that the caller's workspace does not have.
pub fn folder_not_found(param: &str, id: &str) -> Refusal {
    let id: String = id.chars().take(64).collect();
    Refusal {
        code: ErrorCode::NotFound,
        message: format!("Folder '{id}' was not found."),
        param: Some(param.to_owned()),
        more: Vec::new(),
    }
}

fn word(project_type: ProjectType) -> &'static str {
    match project_type {
        ProjectType::VideoTranslate => "video_translate",
        ProjectType::InstantAvatar => "instant_avatar",
        ProjectType::Video => "video",
        ProjectType::Asset => "asset",
        ProjectType::BrandKit => "brand_kit",
        ProjectType::Mixed => "mixed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_folder_needs_only_a_name() {
        let (name, project_type, parent_id) = new_folder(&json!({"name": " A "})).unwrap();
        assert_eq!((name.as_str(), project_type, parent_id), ("A", ProjectType::Mixed, None));
        assert!(new_folder(&json!({"name": "A", "project_type": null, "parent_id": ""})).is_ok());
        for (body, param) in [
            (json!({}), "name"),
            (json!({"name": ""}), "name"),
            (json!({"name": 1}), "name"),
            (json!([]), "name"),
            (json!({"name": "A", "project_type": "films"}), "project_type"),
            (json!({"name": "A", "parent_id": 1}), "parent_id"),
            (json!({"name": "A", "parent_id": "asset_1"}), "parent_id"),
        ] {
            assert_eq!(new_folder(&body).unwrap_err().param.as_deref(), Some(param), "{body}");
        }
    }
}
