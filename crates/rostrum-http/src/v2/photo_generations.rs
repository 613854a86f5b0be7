//! `/v2/photo_avatar/photo/generate`, `/look/generate` and `/generation/{id}`.

use axum::Json;
use axum::extract::{Path, State};
use rostrum_api::v1::NoError;
use rostrum_api::v2::photo_generations::{
    GenerateLook, Generation, StartedGeneration, generation_id, generation_not_found, read_photo_brief,
};
use rostrum_app::photo_generations::{NewLooks, ShownGeneration};
use rostrum_model::photo_generation::PhotoGeneration;

use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, JsonBody, Origin};

/// Make four pictures of a person after a description. Ask for the generation until they are there.
pub(crate) async fn generate_photo(
    State(state): State<HttpState>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Json<NoError<StartedGeneration>>, ApiError> {
    let brief = read_photo_brief(&body)?;
    Ok(started(&state.app.generate_photos(caller.workspace_id, brief).await?))
}

/// Make four other pictures of the person of a group. Of photos that takes an image engine.
pub(crate) async fn generate_look(
    State(state): State<HttpState>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Json<NoError<StartedGeneration>>, ApiError> {
    let GenerateLook { group_id, prompt, orientation, pose, style } = GenerateLook::from_json(&body)?;
    let new = NewLooks { group_id, prompt, orientation, pose, style };
    Ok(started(&state.app.generate_looks(caller.workspace_id, new).await?))
}

/// Tell how a generation stands, and where its pictures are.
pub(crate) async fn get(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<Json<NoError<Generation>>, ApiError> {
    let found = state.app.photo_generation(caller.workspace_id, generation_id(&id)?).await?;
    let ShownGeneration { generation, pictures } = found.ok_or_else(|| generation_not_found(&id))?;
    let urls = pictures.iter().map(|picture| origin.asset_url(picture)).collect();
    Ok(Json(NoError::new(Generation::new(&generation, &pictures, urls))))
}

fn started(generation: &PhotoGeneration) -> Json<NoError<StartedGeneration>> {
    Json(NoError::new(StartedGeneration { generation_id: generation.id.to_string() }))
}
