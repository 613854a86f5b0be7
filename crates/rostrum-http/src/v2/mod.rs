//! Handlers of `/v2`, and of the newer operations of `/v1` that speak like it.

pub(crate) mod avatars;
pub(crate) mod photo_avatars;
pub(crate) mod photo_generations;
pub(crate) mod videos;
pub(crate) mod voices;

use axum::Json;
use axum::response::{IntoResponse, Response};
use rostrum_api::v2::V2Error;

use crate::api_error::ApiError;

/// Gives errors the shape that clients of this generation read.
pub(crate) async fn envelope(response: Response) -> Response {
    let Some(error) = response.extensions().get::<ApiError>() else { return response };
    (response.status(), error.retry_after(), Json(V2Error::from(&error.clone().into()))).into_response()
}
