//! Handlers of `/v1`.

pub(crate) mod assets;

use axum::Json;
use axum::response::{IntoResponse, Response};
use rostrum_api::v1::V1Error;

use crate::api_error::ApiError;

/// Gives errors the shape that clients of this generation read.
pub(crate) async fn envelope(response: Response) -> Response {
    let Some(error) = response.extensions().get::<ApiError>() else { return response };
    (response.status(), Json(V1Error::new(error.code(), error.message()))).into_response()
}
