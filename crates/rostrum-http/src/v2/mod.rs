//! Handlers of `/v2`, and of the newer operations of `/v1` that speak like it.

pub(crate) mod avatars;
pub(crate) mod photo_avatars;
pub(crate) mod photo_generations;
pub(crate) mod videos;
pub(crate) mod voices;

use axum::Json;
use axum::response::Response;
use rostrum_api::v2::V2Error;

use crate::api_error::{ApiError, reworded};

/// Gives errors the shape that clients of this generation read.
pub(crate) async fn envelope(response: Response) -> Response {
    let Some(error) = response.extensions().get::<ApiError>() else { return response };
    let body = Json(V2Error::from(&error.clone().into()));
    reworded(response, body)
}
