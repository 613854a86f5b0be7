//! `/v3/avatars` of footage.

use axum::Json;
use rostrum_api::v3::Data;
use rostrum_api::v3::avatars::CreatedAvatar;
use rostrum_api::v3::twins::CreateDigitalTwin;
use rostrum_app::avatars::{NewTwin, Person};

use super::avatars::{group_of, item_of};
use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, Origin};

/// Make an avatar of footage: a new person, or another look of one. Length and first frames are checked before the answer;
/// all frames are looked at afterwards.
pub(super) async fn create(
    state: &HttpState,
    caller: &Caller,
    origin: &Origin,
    body: CreateDigitalTwin,
) -> Result<Json<Data<CreatedAvatar>>, ApiError> {
    let CreateDigitalTwin { name, file, group_id } = body;
    let person = group_id.map_or(Person::New, Person::Known);
    let made = state.app.create_twin(caller.workspace_id, NewTwin { name, file, person }).await;
    let made = made.map_err(|error| ("file", error))?;
    let data = CreatedAvatar {
        avatar_item: item_of(&made.look, origin),
        avatar_group: group_of(&made.group, origin),
    };
    Ok(Json(Data { data }))
}
