//! Handlers of `/v1`.

pub(crate) mod assets;
pub(crate) mod avatars;
pub(crate) mod folders;
pub(crate) mod videos;
pub(crate) mod voices;
pub(crate) mod webhooks;

use std::collections::HashMap;

use axum::Json;
use axum::response::Response;
use rostrum_api::error::Refusal;
use rostrum_api::v1::V1Error;

use crate::api_error::{ApiError, reworded};

/// Gives errors the shape that clients of this generation read.
pub(crate) async fn envelope(response: Response) -> Response {
    let Some(error) = response.extensions().get::<ApiError>() else { return response };
    let body = Json(V1Error::new(error.code(), error.message()));
    reworded(response, body)
}

/// Reads the `limit` of a list: 0 to 100, and 100 when there is none.
fn limit(query: &HashMap<String, String>) -> Result<u32, Refusal> {
    match query.get("limit").map(|text| text.parse::<u32>()) {
        None => Ok(100),
        Some(Ok(limit)) if limit <= 100 => Ok(limit),
        Some(_) => Err(Refusal::invalid("limit", "'limit' must be between 0 and 100.")),
    }
}
