//! `/v2/video/generate`, `/v2/video/av4/generate` and `/v2/videos`.

use axum::Json;
use rostrum_api::v1::NoError;
use rostrum_api::v2::video_generate::{GeneratedVideo, read_av4_video, read_generate_video};
use rostrum_api::v3::Data;
use rostrum_api::v3::videos::{BodyForm, CreatedVideo, read_flat_video};

use crate::api_error::ApiError;
use crate::extract::{Caller, JsonBody, Origin};
use crate::keyed_requests::OnBehalf;
use crate::v3::videos::create_of;

/// Ask for a video of scenes.
pub(crate) async fn generate(
    OnBehalf(state): OnBehalf,
    caller: Caller,
    origin: Origin,
    JsonBody(body): JsonBody,
) -> Result<Json<NoError<GeneratedVideo>>, ApiError> {
    let video = create_of(&state, &caller, &origin, read_generate_video(&body)?, &BodyForm::Generate).await?;
    Ok(Json(NoError::new(GeneratedVideo { video_id: video.id.to_string() })))
}

/// Ask for a video of a photo.
pub(crate) async fn generate_av4(
    OnBehalf(state): OnBehalf,
    caller: Caller,
    origin: Origin,
    JsonBody(body): JsonBody,
) -> Result<Json<NoError<GeneratedVideo>>, ApiError> {
    let video = create_of(&state, &caller, &origin, read_av4_video(&body)?, &BodyForm::Av4).await?;
    Ok(Json(NoError::new(GeneratedVideo { video_id: video.id.to_string() })))
}

/// Ask for a video of one scene.
pub(crate) async fn create(
    OnBehalf(state): OnBehalf,
    caller: Caller,
    origin: Origin,
    JsonBody(body): JsonBody,
) -> Result<Json<Data<CreatedVideo>>, ApiError> {
    let video = create_of(&state, &caller, &origin, read_flat_video(&body)?, &BodyForm::Flat).await?;
    Ok(Json(Data { data: CreatedVideo::new(&video) }))
}
