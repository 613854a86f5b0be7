//! `/v1/avatar.list`, `/v1/talking_photo` and `/v1/talking_photo.list`.

use axum::Json;
use axum::extract::{Request, State};
use rostrum_api::v1::Success;
use rostrum_api::v1::avatars::{ListedTalkingPhoto, TalkingPhoto, V1Avatars};
use rostrum_app::avatars::{NewPhotoAvatar, Person};
use rostrum_model::asset::{Asset, AssetInput};

use super::assets::upload;
use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, Origin};
use crate::v2::avatars::{avatars_but_photos, is_twin};

/// List all avatars at once that are no photos.
pub(crate) async fn list(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
) -> Result<Json<Success<V1Avatars>>, ApiError> {
    let looks = state.app.all_looks(caller.workspace_id, None).await?;
    Ok(Json(Success::new(V1Avatars { avatars: avatars_but_photos(&looks, &origin) })))
}

/// Upload a photo and make an avatar of it. A picture without one clear face is refused and not kept.
pub(crate) async fn create_talking_photo(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    request: Request,
) -> Result<Json<Success<TalkingPhoto>>, ApiError> {
    let photo = upload(&state, caller.workspace_id, request).await?;
    let file = AssetInput::AssetId(photo.id);
    let new = NewPhotoAvatar { name: name_of(&photo), file, person: Person::NewWithIdOfLook };
    match state.app.create_photo_avatar(caller.workspace_id, new).await {
        Ok(made) => Ok(Json(Success::new(TalkingPhoto {
            talking_photo_id: made.look.look.id.to_string(),
            talking_photo_url: origin.asset_url(&made.look.photo),
        }))),
        Err(error) => {
            state.app.delete_asset(caller.workspace_id, photo.id).await?;
            Err(("file", error).into())
        }
    }
}

/// List all photos at once that speak, newest first, at most 5000 of them.
pub(crate) async fn list_talking_photos(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
) -> Result<Json<Success<Vec<ListedTalkingPhoto>>>, ApiError> {
    let looks = state.app.all_looks(caller.workspace_id, None).await?;
    let photos = looks.iter().filter(|shown| !is_twin(shown));
    let listed = photos.map(|shown| ListedTalkingPhoto::new(&shown.look, origin.asset_url(&shown.photo)));
    Ok(Json(Success::new(listed.collect())))
}

/// The name of its file. A body has none, and the asset is called by its id then, which tells people nothing.
fn name_of(photo: &Asset) -> String {
    if photo.name == photo.id.to_string() { "Talking photo".to_owned() } else { photo.name.clone() }
}
