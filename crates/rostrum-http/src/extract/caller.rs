//! Who is calling.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use rostrum_api::error::ErrorCode;
use rostrum_model::ids::WorkspaceId;

use crate::HttpState;
use crate::api_error::ApiError;

/// A caller with a valid key, sent as `X-Api-Key` or as a bearer token.
pub(crate) struct Caller {
    /// The workspace the key opens.
    pub workspace_id: WorkspaceId,
}

impl FromRequestParts<HttpState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, ApiError> {
        let key = key(parts).ok_or_else(|| {
            ApiError::new(
                ErrorCode::Unauthorized,
                "An API key is required; send it as the 'X-Api-Key' header.",
                None,
            )
        })?;
        let workspace_id = state.app.authenticate(key).await?.ok_or_else(unknown_key)?;
        Ok(Self { workspace_id })
    }
}

/// The answer to a key that opens nothing.
pub(crate) fn unknown_key() -> ApiError {
    let message = "Invalid or expired API key. Verify your x-api-key header.";
    ApiError::new(ErrorCode::Unauthorized, message, None)
}

fn key(parts: &Parts) -> Option<&str> {
    let header = |name: &str| parts.headers.get(name)?.to_str().ok();
    let bearer = || {
        let (scheme, token) = header(AUTHORIZATION.as_str())?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    };
    header("x-api-key").or_else(bearer).filter(|key| !key.is_empty())
}
