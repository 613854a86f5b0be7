//! `/v2/avatars`, `/v2/avatar`, `/v2/avatar_group` and `/v2/talking_photo`.

use axum::Json;
use axum::extract::{Path, Query as QueryOf, State};
use rostrum_api::v1::NoError;
use rostrum_api::v2::avatars::{
    V2Avatar, V2AvatarDetails, V2AvatarGroup, V2AvatarGroups, V2Avatars, V2GroupAvatars, V2TalkingPhoto,
    avatar_not_found, include_public,
};
use rostrum_api::v2::photo_avatars::{group_id, group_not_found, photo_avatar_id, photo_avatar_not_found};
use rostrum_app::avatars::ShownGroup;

use super::photo_avatars::photo_avatar_of;
use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, Origin};
use crate::v3::Query;

/// The avatars that are no photos. There are none yet: those for everybody are to be listed here, for this generation and
/// the first.
pub(crate) fn avatars_but_photos(_origin: &Origin) -> Vec<V2Avatar> {
    Vec::new()
}

/// List all avatars at once. Photos are listed apart, newest first, at most 5000 of them.
pub(crate) async fn list(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
) -> Result<Json<NoError<V2Avatars>>, ApiError> {
    let looks = state.app.all_looks(caller.workspace_id, None).await?;
    let photo = looks.iter().map(|shown| V2TalkingPhoto::new(&shown.look, origin.asset_url(&shown.photo)));
    let (avatars, talking_photos) = (avatars_but_photos(&origin), photo.collect());
    Ok(Json(NoError::new(V2Avatars { avatars, talking_photos })))
}

/// Look an avatar up, with its default voice.
pub(crate) async fn details(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<Json<NoError<V2AvatarDetails>>, ApiError> {
    let look_id = id.parse().map_err(|_| avatar_not_found(&id))?;
    let shown = state.app.look(caller.workspace_id, look_id).await?;
    let shown = shown.ok_or_else(|| avatar_not_found(&id))?;
    let url = origin.asset_url(&shown.photo);
    Ok(Json(NoError::new(V2AvatarDetails::of_photo(&shown.look, shown.default_voice_id, url))))
}

/// List all people at once, newest first, at most 5000 of them.
pub(crate) async fn list_groups(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    QueryOf(query): Query,
) -> Result<Json<NoError<V2AvatarGroups>>, ApiError> {
    // There are none for everybody yet.
    include_public(query.get("include_public").map(String::as_str))?;
    let (groups, total_count) = state.app.all_avatar_groups(caller.workspace_id).await?;
    let listed = |ShownGroup { summary, photo }: &ShownGroup| {
        V2AvatarGroup::new(&summary.group, summary.look_count, origin.asset_url(photo))
    };
    let avatar_group_list = groups.iter().map(listed).collect();
    Ok(Json(NoError::new(V2AvatarGroups { total_count, avatar_group_list })))
}

/// List all looks of a person at once, newest first, at most 5000 of them.
pub(crate) async fn list_of_group(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<Json<NoError<V2GroupAvatars>>, ApiError> {
    let looks = state.app.all_looks(caller.workspace_id, Some(group_id(&id)?)).await?;
    if looks.is_empty() {
        // A group has at least one.
        return Err(group_not_found(&id).into());
    }
    let avatar_list = looks.iter().map(|look| photo_avatar_of(look, &origin)).collect();
    Ok(Json(NoError::new(V2GroupAvatars { avatar_list })))
}

/// Delete a talking photo; the last one of a person takes the person along. Its photo stays an asset.
pub(crate) async fn delete_talking_photo(
    State(state): State<HttpState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<NoError<()>>, ApiError> {
    if !state.app.delete_look(caller.workspace_id, photo_avatar_id(&id)?).await? {
        return Err(photo_avatar_not_found(&id).into());
    }
    Ok(Json(NoError::new(())))
}
