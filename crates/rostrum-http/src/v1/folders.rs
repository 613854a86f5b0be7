//! `/v1/folders`

use axum::Json;
use axum::extract::{Path, Query as QueryOf, State};
use rostrum_api::error::Refusal;
use rostrum_api::v1::Success;
use rostrum_api::v1::folders::{
    V1Folder, V1FolderPage, folder_id, folder_name, folder_not_found, new_folder,
};
use rostrum_app::folders::{FolderFilter, NewFolder};
use rostrum_app::pages::cursor_from_text;
use rostrum_model::ids::FolderId;

use super::limit;
use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, JsonBody, Pages};
use crate::v3::Query;

/// List folders, newest first: all that are not in the trash, or those in it.
pub(crate) async fn list(
    State(state): State<HttpState>,
    caller: Caller,
    pages: Pages,
    QueryOf(query): Query,
) -> Result<Json<Success<V1FolderPage>>, ApiError> {
    let after = pages.start(cursor_from_text)?;
    let trashed = match query.get("is_trash").map(|word| word.to_ascii_lowercase()).as_deref() {
        None | Some("" | "false" | "0") => false,
        Some("true" | "1") => true,
        Some(_) => return Err(Refusal::invalid("is_trash", "'is_trash' must be true or false.").into()),
    };
    let parent_id = query.get("parent_id").map_or(Ok(None), |text| folder_id("parent_id", text))?;
    let name_contains = query.get("name_filter").filter(|text| !text.is_empty()).cloned();
    let filter = FolderFilter { parent_id, name_contains, trashed };
    let page = state.app.folders(caller.workspace_id, &filter, limit(&query)?, after).await;
    let page = page.map_err(|error| ApiError::from(("parent_id", error)))?;
    Ok(Json(Success::new(V1FolderPage {
        folders: page.folders.iter().map(V1Folder::new).collect(),
        total: page.total,
        token: page.next.map(|next| pages.token_after(&next)).unwrap_or_default(),
    })))
}

/// Make a folder.
pub(crate) async fn create(
    State(state): State<HttpState>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Json<Success<V1Folder>>, ApiError> {
    let (name, project_type, parent_id) = new_folder(&body)?;
    let new = NewFolder { name, project_type, parent_id };
    let folder = state.app.create_folder(caller.workspace_id, new).await;
    answer(&folder.map_err(|error| ApiError::from(("parent_id", error)))?)
}

/// Give a folder another name.
pub(crate) async fn rename(
    State(state): State<HttpState>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Success<V1Folder>>, ApiError> {
    answer(&state.app.rename_folder(caller.workspace_id, parse(&id)?, &folder_name(&body)?).await?)
}

/// Put a folder into the trash, with all below it. What lies in them stays usable by its id and is left out of lists.
pub(crate) async fn trash(
    State(state): State<HttpState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Success<V1Folder>>, ApiError> {
    answer(&state.app.trash_folder(caller.workspace_id, parse(&id)?).await?)
}

/// Take a folder out of the trash, with all that went there with it.
pub(crate) async fn restore(
    State(state): State<HttpState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Success<V1Folder>>, ApiError> {
    answer(&state.app.restore_folder(caller.workspace_id, parse(&id)?).await?)
}

#[expect(clippy::unnecessary_wraps, reason = "the last word of every handler")]
fn answer(folder: &rostrum_model::folder::Folder) -> Result<Json<Success<V1Folder>>, ApiError> {
    Ok(Json(Success::new(V1Folder::new(folder))))
}

fn parse(id: &str) -> Result<FolderId, Refusal> {
    id.parse().map_err(|_| folder_not_found("folder_id", id))
}
