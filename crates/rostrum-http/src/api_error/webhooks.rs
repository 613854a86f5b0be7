//! Answers for webhooks that cannot be stored.

use rostrum_api::error::ErrorCode;
use rostrum_api::v3::webhooks::too_many_endpoints;
use rostrum_app::webhooks::SaveEndpointError;

use super::ApiError;

impl From<SaveEndpointError> for ApiError {
    fn from(error: SaveEndpointError) -> Self {
        match error {
            SaveEndpointError::Url(error) => Self::from(("url", error)),
            SaveEndpointError::UrlTaken(id) => Self::new(
                ErrorCode::Conflict,
                format!(
                    "'url': the endpoint '{id}' is at this address already; change it with PATCH, or delete it."
                ),
                Some("url"),
            ),
            SaveEndpointError::TooMany => too_many_endpoints().into(),
            SaveEndpointError::Store(error) => Self::internal(&error),
        }
    }
}
