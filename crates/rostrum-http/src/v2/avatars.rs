//! `/v2/avatars`, `/v2/avatar`, `/v2/avatar_group` and `/v2/talking_photo`.

use axum::Json;
use axum::extract::{Path, Query as QueryOf, State};
use rostrum_api::v1::NoError;
use rostrum_api::v2::avatars::{
    V2Avatar, V2AvatarDetails, V2AvatarGroup, V2AvatarGroups, V2Avatars, V2GroupAvatar, V2GroupAvatars,
    V2TalkingPhoto, avatar_not_found, include_public,
};
use rostrum_api::v2::photo_avatars::{group_id, group_not_found};
use rostrum_app::avatars::{ShownGroup, ShownLook};
use rostrum_app::presenters::cast::{self, CastLook, CastMember};
use rostrum_model::avatar::LookStatus;

use super::photo_avatars::photo_avatar_of;
use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, Origin};
use crate::v3::Query;
use crate::v3::avatars::of_cast;

/// The avatars that are no photos, for this generation and the first: those digital twins among these looks that can be used,
/// and all looks of the cast.
pub(crate) fn avatars_but_photos(looks: &[ShownLook], origin: &Origin) -> Vec<V2Avatar> {
    let twins = looks.iter().filter(|shown| is_twin(shown) && shown.status() == LookStatus::Completed);
    let twins = twins.map(|shown| twin_of(shown, origin));
    twins.chain(cast::all().iter().flat_map(|member| looks_of(member, origin))).collect()
}

/// Whether a look is footage.
pub(crate) fn is_twin(shown: &ShownLook) -> bool {
    shown.look.footage.is_some()
}

fn twin_of(shown: &ShownLook, origin: &Origin) -> V2Avatar {
    V2Avatar::twin(&shown.look, shown.default_voice_id.clone(), origin.footage_urls(&shown.photo))
}

fn looks_of(member: &CastMember, origin: &Origin) -> Vec<V2Avatar> {
    member.looks.iter().map(|look| look_of(member, look, origin)).collect()
}

fn look_of(member: &CastMember, look: &CastLook, origin: &Origin) -> V2Avatar {
    V2Avatar::presenter(of_cast(member), &look.id, &look.name, origin.presenter_urls(&look.id))
}

/// List all avatars at once. Photos are listed apart, newest first, at most 5000 of them.
pub(crate) async fn list(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
) -> Result<Json<NoError<V2Avatars>>, ApiError> {
    let looks = state.app.all_looks(caller.workspace_id, None).await?;
    let photos = looks.iter().filter(|shown| !is_twin(shown));
    let photo = photos.map(|shown| V2TalkingPhoto::new(&shown.look, origin.asset_url(&shown.photo)));
    let (avatars, talking_photos) = (avatars_but_photos(&looks, &origin), photo.collect());
    Ok(Json(NoError::new(V2Avatars { avatars, talking_photos })))
}

/// Look an avatar up, with its default voice.
pub(crate) async fn details(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<Json<NoError<V2AvatarDetails>>, ApiError> {
    if let Some((member, look)) = cast::look(&id) {
        return Ok(Json(NoError::new(V2AvatarDetails::of_presenter(look_of(member, look, &origin)))));
    }
    let look_id = id.parse().map_err(|_| avatar_not_found(&id))?;
    let shown = state.app.look(caller.workspace_id, look_id).await?;
    let shown = shown.ok_or_else(|| avatar_not_found(&id))?;
    if is_twin(&shown) {
        return Ok(Json(NoError::new(V2AvatarDetails::of_twin(twin_of(&shown, &origin)))));
    }
    let url = origin.asset_url(&shown.photo);
    Ok(Json(NoError::new(V2AvatarDetails::of_photo(&shown.look, shown.default_voice_id, url))))
}

/// List all people at once, newest first, at most 5000 of them; behind them the cast, where it is asked for.
pub(crate) async fn list_groups(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    QueryOf(query): Query,
) -> Result<Json<NoError<V2AvatarGroups>>, ApiError> {
    let with_cast = include_public(query.get("include_public").map(String::as_str))?;
    let (groups, mut total_count) = state.app.all_avatar_groups(caller.workspace_id).await?;
    let listed = |shown: &ShownGroup| {
        let ShownGroup { summary, photo } = shown;
        let group = |url| V2AvatarGroup::new(&summary.group, summary.look_count, url);
        match &summary.first_look.footage {
            Some(_) => {
                let [still, _] = origin.footage_urls(photo);
                group(still).of_footage(&shown.status())
            }
            None => group(origin.asset_url(photo)),
        }
    };
    let mut avatar_group_list: Vec<V2AvatarGroup> = groups.iter().map(listed).collect();
    if with_cast {
        total_count += cast::all().len() as u64;
        avatar_group_list.extend(cast::all().iter().map(|member| {
            let [image_url, _] = origin.presenter_urls(&member.looks[0].id);
            V2AvatarGroup::presenter(of_cast(member), &member.name, member.looks.len() as u64, image_url)
        }));
    }
    Ok(Json(NoError::new(V2AvatarGroups { total_count, avatar_group_list })))
}

/// List all looks of a person at once, newest first, at most 5000 of them.
pub(crate) async fn list_of_group(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<Json<NoError<V2GroupAvatars>>, ApiError> {
    if let Some(member) = cast::member(&id) {
        let avatar_list = looks_of(member, &origin).into_iter().map(V2GroupAvatar::Avatar).collect();
        return Ok(Json(NoError::new(V2GroupAvatars { avatar_list })));
    }
    let looks = state.app.all_looks(caller.workspace_id, Some(group_id(&id)?)).await?;
    if looks.is_empty() {
        // A group has at least one.
        return Err(group_not_found(&id).into());
    }
    let listed = |look: &ShownLook| {
        if is_twin(look) {
            V2GroupAvatar::Avatar(twin_of(look, &origin))
        } else {
            V2GroupAvatar::Photo(photo_avatar_of(look, &origin))
        }
    };
    let avatar_list = looks.iter().map(listed).collect();
    Ok(Json(NoError::new(V2GroupAvatars { avatar_list })))
}
