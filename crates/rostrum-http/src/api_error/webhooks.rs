//! Answers for webhooks that cannot be stored.

use rostrum_api::error::ErrorCode;
use rostrum_api::v3::webhooks::too_many_endpoints;
use rostrum_app::fetch::FetchError;
use rostrum_app::webhooks::{ASKED_FIRST_TIMEOUT, SaveEndpointError};

use super::ApiError;

impl From<SaveEndpointError> for ApiError {
    fn from(error: SaveEndpointError) -> Self {
        match error {
            SaveEndpointError::Url(error) => Self::from(("url", error)),
            SaveEndpointError::NoAnswer(error) => no_answer(error),
            SaveEndpointError::Declined(status) => {
                no_good_answer(&format!("its server answered with status {status}"))
            }
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

fn no_answer(error: FetchError) -> ApiError {
    match error {
        FetchError::DownloadFailed { fault, .. } => no_good_answer(&fault.to_string()),
        FetchError::Timeout(_) => no_good_answer(&error.to_string()),
        error => ApiError::from(("url", error)),
    }
}

/// For an endpoint that must answer before it is stored.
fn no_good_answer(told: &str) -> ApiError {
    let seconds = ASKED_FIRST_TIMEOUT.as_secs();
    ApiError::invalid(
        "url",
        format!(
            "'url': OPTIONS was sent there, which must be answered with a status of 2xx within {seconds} s, and {told}. \
             Make the endpoint answer it, or use POST /v3/webhooks/endpoints, which asks nothing first."
        ),
    )
}
