//! `/v2/photo_avatar` and `/v2/photo_avatar_group`.

use axum::Json;
use axum::extract::{Path, State};
use rostrum_api::v1::NoError;
use rostrum_api::v2::photo_avatars::{
    AddMotion, AddPhotoAvatars, AddedPhotoAvatars, CreatePhotoAvatarGroup, PhotoAvatar, TrainStatus,
    TreatedPhotoAvatar, group_id, group_id_of, group_not_found, photo_avatar_id, photo_avatar_not_found,
    sound_effects_not_built, treated_id,
};
use rostrum_app::avatars::{ENLARGED_SIDE, NewPhotoAvatar, Person, ShownLook, motion_version};
use rostrum_model::asset::AssetInput;
use rostrum_model::avatar::AvatarGroup;
use rostrum_model::ids::AvatarGroupId;

use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, JsonBody, Origin};
use crate::v2::avatars::is_twin;

/// Make a person of a photo. Its face is checked before the answer. The person has the id of the look.
pub(crate) async fn create(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    JsonBody(body): JsonBody,
) -> Result<Json<NoError<PhotoAvatar>>, ApiError> {
    let CreatePhotoAvatarGroup { name, photo } = CreatePhotoAvatarGroup::from_json(&body)?;
    let new = NewPhotoAvatar { name, file: AssetInput::AssetId(photo), person: Person::NewWithIdOfLook };
    let created = state.app.create_photo_avatar(caller.workspace_id, new).await;
    let made = created.map_err(|error| ("image_key", error))?;
    Ok(Json(NoError::new(photo_avatar_of(&made.look, &origin))))
}

/// Add looks to a person: all of the photos become looks, or none does.
pub(crate) async fn add(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    JsonBody(body): JsonBody,
) -> Result<Json<NoError<AddedPhotoAvatars>>, ApiError> {
    let AddPhotoAvatars { group_id, name, photos } = AddPhotoAvatars::from_json(&body)?;
    let looks = state.app.add_photo_looks(caller.workspace_id, group_id, &name, &photos).await?;
    let photo_avatar_list = looks.iter().map(|look| photo_avatar_of(look, &origin)).collect();
    Ok(Json(NoError::new(AddedPhotoAvatars { photo_avatar_list })))
}

/// Look a photo avatar up.
pub(crate) async fn get(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<Json<NoError<PhotoAvatar>>, ApiError> {
    let look = state.app.look(caller.workspace_id, photo_avatar_id(&id)?).await?;
    let look = look.filter(|look| !is_twin(look)).ok_or_else(|| photo_avatar_not_found(&id))?;
    Ok(Json(NoError::new(photo_avatar_of(&look, &origin))))
}

/// Delete a photo avatar; the last one of a person takes the person along. Its photo stays.
pub(crate) async fn delete(
    State(state): State<HttpState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<NoError<()>>, ApiError> {
    if !state.app.delete_look(caller.workspace_id, photo_avatar_id(&id)?).await? {
        return Err(photo_avatar_not_found(&id).into());
    }
    Ok(Json(NoError::new(())))
}

/// Delete a person with all looks. Their photos stay; videos in work are finished.
pub(crate) async fn delete_group(
    State(state): State<HttpState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<NoError<()>>, ApiError> {
    if !state.app.delete_avatar_group(caller.workspace_id, group_id(&id)?).await? {
        return Err(group_not_found(&id).into());
    }
    Ok(Json(NoError::new(())))
}

/// Train a person. Photo avatars need none, so there is nothing to wait for.
pub(crate) async fn train(
    State(state): State<HttpState>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Json<NoError<()>>, ApiError> {
    group(&state, &caller, group_id_of(&body)?).await?;
    Ok(Json(NoError::new(())))
}

/// Tell how a person's training stands.
pub(crate) async fn train_status(
    State(state): State<HttpState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<NoError<TrainStatus>>, ApiError> {
    let group = group(&state, &caller, group_id(&id)?).await?;
    Ok(Json(NoError::new(TrainStatus::new(&group))))
}

/// Set a photo avatar in motion: a moving preview, and the way it moves in videos that say nothing else.
pub(crate) async fn add_motion(
    State(state): State<HttpState>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Json<NoError<TreatedPhotoAvatar>>, ApiError> {
    let AddMotion { id, prompt } = AddMotion::from_json(&body)?;
    if !state.app.set_motion(caller.workspace_id, id, prompt.as_deref()).await? {
        return Err(photo_avatar_not_found(&id.to_string()).into());
    }
    Ok(Json(NoError::new(TreatedPhotoAvatar { id: id.to_string() })))
}

/// Not built: add a sound to a photo.
pub(crate) async fn add_sound_effect(_caller: Caller) -> ApiError {
    sound_effects_not_built().into()
}

/// Make the picture of a photo avatar larger, and use that from then on.
pub(crate) async fn upscale(
    State(state): State<HttpState>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Json<NoError<TreatedPhotoAvatar>>, ApiError> {
    let id = treated_id(&body)?;
    state.app.enlarge_look(caller.workspace_id, id).await?;
    Ok(Json(NoError::new(TreatedPhotoAvatar { id: id.to_string() })))
}

async fn group(state: &HttpState, caller: &Caller, id: AvatarGroupId) -> Result<AvatarGroup, ApiError> {
    let found = state.app.avatar_group(caller.workspace_id, id).await?;
    Ok(found.ok_or_else(|| group_not_found(&id.to_string()))?.summary.group)
}

/// The answer for a look.
pub(super) fn photo_avatar_of(shown: &ShownLook, origin: &Origin) -> PhotoAvatar {
    let ShownLook { look, photo, treatment, .. } = shown;
    let motion = treatment.motion_prompt.as_deref();
    let motion = motion.map(|prompt| origin.motion_url(look.id, &motion_version(look, prompt)));
    PhotoAvatar::new(look, origin.asset_url(photo), treatment.enlarged, motion, ENLARGED_SIDE)
}
