//! JSON bodies.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use rostrum_api::error::ErrorCode;
use serde_json::{Map, Value};

use crate::HttpState;
use crate::api_error::ApiError;
use crate::unknown_fields::KnownFields;

/// A body that is JSON, whatever its `Content-Type` says.
pub(crate) struct JsonBody(pub Value);

impl FromRequest<HttpState> for JsonBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &HttpState) -> Result<Self, ApiError> {
        Ok(Self(received(request, state, false).await?))
    }
}

/// The same where every field may be left out: no body at all is an object without fields.
pub(crate) struct OptionalJsonBody(pub Value);

impl FromRequest<HttpState> for OptionalJsonBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &HttpState) -> Result<Self, ApiError> {
        Ok(Self(received(request, state, true).await?))
    }
}

async fn received(request: Request, state: &HttpState, may_be_empty: bool) -> Result<Value, ApiError> {
    let known = KnownFields::of(&request);
    let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
        let code = if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
            ErrorCode::PayloadTooLarge
        } else {
            ErrorCode::InvalidParameter
        };
        ApiError::new(code, format!("The body could not be read: {}.", rejection.body_text()), None)
    })?;
    if bytes.is_empty() && may_be_empty {
        return Ok(Value::Object(Map::new()));
    }
    let body = serde_json::from_slice(&bytes).map_err(|error| {
        ApiError::new(ErrorCode::InvalidParameter, format!("The body is not JSON: {error}."), Some("body"))
    })?;
    if let Some(known) = known {
        known.check(&body, state.options.strict)?;
    }
    Ok(body)
}
