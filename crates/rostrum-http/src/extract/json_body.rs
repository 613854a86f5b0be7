//! JSON bodies.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use rostrum_api::error::ErrorCode;
use serde_json::Value;

use crate::HttpState;
use crate::api_error::ApiError;

/// A body that is JSON, whatever its `Content-Type` says.
pub(crate) struct JsonBody(pub Value);

impl FromRequest<HttpState> for JsonBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &HttpState) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            let code = if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
                ErrorCode::PayloadTooLarge
            } else {
                ErrorCode::InvalidParameter
            };
            ApiError::new(code, format!("The body could not be read: {}.", rejection.body_text()), None)
        })?;
        let value = serde_json::from_slice(&bytes).map_err(|error| {
            ApiError::new(
                ErrorCode::InvalidParameter,
                format!("The body is not JSON: {error}."),
                Some("body"),
            )
        })?;
        Ok(Self(value))
    }
}
