//! `/v3/avatars`.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, Query as QueryOf, State};
use rostrum_api::error::Refusal;
use rostrum_api::v3::Data;
use rostrum_api::v3::avatars::{
    AvatarGroup, AvatarItem, ChangeGroup, CreatePhotoAvatar, CreatedAvatar, DeletedAvatar, group_not_found,
    look_not_found, new_name, shows_own,
};
use rostrum_api::v3::page::{Page, limit};
use rostrum_app::avatars::{GroupChange, NewPhotoAvatar, ShownGroup, ShownLook};
use rostrum_model::ids::{AvatarGroupId, LookId};

use super::{Query, cursor, page_before, page_start};
use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, JsonBody, Origin};

fn group_id(text: &str) -> Result<AvatarGroupId, ApiError> {
    text.parse().map_err(|_| group_not_found(text).into())
}

fn look_id(text: &str) -> Result<LookId, ApiError> {
    text.parse().map_err(|_| look_not_found(text).into())
}

/// Make an avatar of a photo: a new person, or another look of one. Its face is checked before the answer.
pub(crate) async fn create(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    JsonBody(body): JsonBody,
) -> Result<Json<Data<CreatedAvatar>>, ApiError> {
    let CreatePhotoAvatar { name, file, group_id } = CreatePhotoAvatar::from_json(body)?;
    let new = NewPhotoAvatar { name, file, group_id };
    let made = state.app.create_photo_avatar(caller.workspace_id, new).await?;
    let warnings = made.warnings.iter().map(|warning| format!("{warning}.")).collect();
    let avatar_item = AvatarItem { warnings, ..item_of(&made.look, &origin) };
    let data = CreatedAvatar { avatar_item, avatar_group: group_of(&made.group, &origin) };
    Ok(Json(Data { data }))
}

/// List people, newest first.
pub(crate) async fn list(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    QueryOf(query): Query,
) -> Result<Json<Page<AvatarGroup>>, ApiError> {
    let most = limit(query.get("limit").map(String::as_str), 20, 50)?;
    let after = page_start(&query, cursor)?;
    if !shows(&query)? {
        return Ok(Json(Page { data: Vec::new(), has_more: false, next_token: None }));
    }
    let page = state.app.avatar_groups(caller.workspace_id, most, after).await?;
    Ok(Json(page_before(page.groups.iter().map(|group| group_of(group, &origin)).collect(), page.next)))
}

/// Look a person up.
pub(crate) async fn get(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<Json<Data<AvatarGroup>>, ApiError> {
    let group = state.app.avatar_group(caller.workspace_id, group_id(&id)?).await?;
    let group = group.ok_or_else(|| group_not_found(&id))?;
    Ok(Json(Data { data: group_of(&group, &origin) }))
}

/// Rename a person, or set the voice of videos that name none.
pub(crate) async fn change(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Data<AvatarGroup>>, ApiError> {
    let ChangeGroup { name, default_voice_id } = ChangeGroup::from_json(&body)?;
    let change = GroupChange { name, default_voice_id };
    let group = state.app.change_avatar_group(caller.workspace_id, group_id(&id)?, change).await?;
    let group = group.ok_or_else(|| group_not_found(&id))?;
    Ok(Json(Data { data: group_of(&group, &origin) }))
}

/// Delete a person with all looks. Their photos stay; videos in work are finished.
pub(crate) async fn delete(
    State(state): State<HttpState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Data<DeletedAvatar>>, ApiError> {
    if !state.app.delete_avatar_group(caller.workspace_id, group_id(&id)?).await? {
        return Err(group_not_found(&id).into());
    }
    Ok(Json(Data { data: DeletedAvatar { id } }))
}

/// List looks, newest first.
pub(crate) async fn list_looks(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    QueryOf(query): Query,
) -> Result<Json<Page<AvatarItem>>, ApiError> {
    let most = limit(query.get("limit").map(String::as_str), 20, 50)?;
    let after = page_start(&query, cursor)?;
    let of_group = query.get("group_id").filter(|id| !id.is_empty()).map(|id| group_id(id)).transpose()?;
    if !shows(&query)? {
        return Ok(Json(Page { data: Vec::new(), has_more: false, next_token: None }));
    }
    let page = state.app.looks(caller.workspace_id, of_group, most, after).await?;
    Ok(Json(page_before(page.looks.iter().map(|look| item_of(look, &origin)).collect(), page.next)))
}

/// Look a look up.
pub(crate) async fn get_look(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<Json<Data<AvatarItem>>, ApiError> {
    let look = state.app.look(caller.workspace_id, look_id(&id)?).await?;
    let look = look.ok_or_else(|| look_not_found(&id))?;
    Ok(Json(Data { data: item_of(&look, &origin) }))
}

/// Rename a look.
pub(crate) async fn change_look(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Data<AvatarItem>>, ApiError> {
    let name = new_name(&body)?;
    let look = state.app.rename_look(caller.workspace_id, look_id(&id)?, name).await?;
    let look = look.ok_or_else(|| look_not_found(&id))?;
    Ok(Json(Data { data: item_of(&look, &origin) }))
}

/// Delete a look; the last one takes its person along. Its photo stays.
pub(crate) async fn delete_look(
    State(state): State<HttpState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Data<DeletedAvatar>>, ApiError> {
    if !state.app.delete_look(caller.workspace_id, look_id(&id)?).await? {
        return Err(look_not_found(&id).into());
    }
    Ok(Json(Data { data: DeletedAvatar { id } }))
}

fn shows(query: &HashMap<String, String>) -> Result<bool, Refusal> {
    let word = |name: &str| query.get(name).map(String::as_str).filter(|word| !word.is_empty());
    shows_own(word("ownership"), word("avatar_type"))
}

fn group_of(ShownGroup { summary, photo }: &ShownGroup, origin: &Origin) -> AvatarGroup {
    AvatarGroup::new(&summary.group, summary.look_count, origin.asset_url(photo))
}

fn item_of(ShownLook { look, photo, default_voice_id }: &ShownLook, origin: &Origin) -> AvatarItem {
    AvatarItem::new(look, default_voice_id.clone(), origin.asset_url(photo))
}
