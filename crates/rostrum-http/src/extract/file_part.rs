//! The one file of a multipart upload.

use axum::extract::{FromRequest, Multipart, Request};
use rostrum_app::App;
use rostrum_model::asset::Asset;
use rostrum_model::ids::WorkspaceId;

use crate::HttpState;
use crate::api_error::ApiError;
use rostrum_api::error::ErrorCode;

/// Streams the part named `file` into a new asset. The asset is made only after the whole body, with its closing
/// boundary, was received.
pub(crate) async fn upload_part(
    app: &App,
    workspace_id: WorkspaceId,
    request: Request,
    state: &HttpState,
) -> Result<Asset, ApiError> {
    let mut parts = Multipart::from_request(request, state).await.map_err(|_| {
        invalid(
            "The body must be multipart/form-data with one part named 'file', and its Content-Type must name the \
             boundary; let your client set that header.",
        )
    })?;
    loop {
        let part = parts.next_field().await.map_err(|error| {
            invalid(&format!("The multipart body is broken or was cut off: {}.", error.body_text()))
        })?;
        let Some(part) = part else {
            return Err(invalid("The multipart body has no part named 'file'."));
        };
        if part.name() == Some("file") {
            let name = part.file_name().map(str::to_owned);
            return Ok(app.upload_asset(workspace_id, name.as_deref(), part).await?);
        }
    }
}

fn invalid(message: &str) -> ApiError {
    ApiError::new(ErrorCode::InvalidParameter, message, Some("file"))
}
