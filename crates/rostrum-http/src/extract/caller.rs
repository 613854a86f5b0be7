//! Who is calling.

use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use rostrum_api::error::ErrorCode;
use rostrum_model::ids::WorkspaceId;
use rostrum_model::scope::Scopes;

use crate::HttpState;
use crate::api_error::ApiError;
use crate::scopes::needed;

/// A caller with a valid key, sent as `X-Api-Key` or as a bearer token, that may do what the route does.
#[derive(Clone, Copy)]
pub(crate) struct Caller {
    /// The workspace the key opens.
    pub workspace_id: WorkspaceId,
}

impl FromRequestParts<HttpState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, ApiError> {
        // What stands around the handler may have asked already.
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(*known);
        }
        let key = key(parts).ok_or_else(|| {
            ApiError::new(
                ErrorCode::Unauthorized,
                "An API key is required; send it as the 'X-Api-Key' header.",
                None,
            )
        })?;
        let opened = state.app.authenticate(key).await?.ok_or_else(unknown_key)?;
        if let Some(rates) = &state.options.rates {
            rates.count(opened.key_id).map_err(ApiError::too_fast)?;
        }
        require(parts, &opened.scopes)?;
        let caller = Self { workspace_id: opened.workspace_id };
        parts.extensions.insert(caller);
        Ok(caller)
    }
}

/// The answer to a key that opens nothing.
pub(crate) fn unknown_key() -> ApiError {
    let message = "Invalid or expired API key. Verify your x-api-key header.";
    ApiError::new(ErrorCode::Unauthorized, message, None)
}

/// Refuses what a key's scopes do not allow.
fn require(parts: &Parts, scopes: &Scopes) -> Result<(), ApiError> {
    if scopes.are_everything() {
        return Ok(());
    }
    let scope = parts.extensions.get::<MatchedPath>().and_then(|route| needed(&parts.method, route.as_str()));
    let (needs, way_out) = match scope {
        Some(scope) if scopes.allow(scope) => return Ok(()),
        Some(scope) => (
            format!("the scope '{scope}'"),
            format!("a key that `rostrum keys create --scope {scope}` made, or one without scopes"),
        ),
        None => {
            ("a key that may do everything".to_owned(), "a key that was made without '--scope'".to_owned())
        }
    };
    let message = format!("This needs {needs}, and the key may do: {scopes}. Use {way_out}.");
    Err(ApiError::new(ErrorCode::Forbidden, message, None))
}

fn key(parts: &Parts) -> Option<&str> {
    let header = |name: &str| parts.headers.get(name)?.to_str().ok();
    let bearer = || {
        let (scheme, token) = header(AUTHORIZATION.as_str())?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    };
    header("x-api-key").or_else(bearer).filter(|key| !key.is_empty())
}
