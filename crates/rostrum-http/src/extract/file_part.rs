//! The one file of a multipart upload.

use std::collections::HashMap;

use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Query, Request};
use axum::http::Uri;
use rostrum_api::v1::folders::folder_id;
use rostrum_app::App;
use rostrum_model::asset::Asset;
use rostrum_model::ids::{FolderId, WorkspaceId};

use crate::HttpState;
use crate::api_error::ApiError;
use rostrum_api::error::ErrorCode;

/// Longer than any id.
const MAX_ID_BYTES: usize = 64;

/// Streams the part named `file` into a new asset. The asset is made only after the whole body, with its closing
/// boundary, was received.
pub(crate) async fn upload_part(
    app: &App,
    workspace_id: WorkspaceId,
    request: Request,
    state: &HttpState,
) -> Result<Asset, ApiError> {
    let mut folder_id = folder_of_query(request.uri())?;
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
        match part.name() {
            Some("file") => {
                let name = part.file_name().map(str::to_owned);
                return Ok(app.upload_asset(workspace_id, folder_id, name.as_deref(), part).await?);
            }
            Some("folder_id") => folder_id = folder_of_part(part).await?,
            _ => {}
        }
    }
}

/// Reads the `folder_id` in a query; other parameters are no business of uploads.
pub(crate) fn folder_of_query(uri: &Uri) -> Result<Option<FolderId>, ApiError> {
    let Query(query) = Query::<HashMap<String, String>>::try_from_uri(uri).unwrap_or_default();
    Ok(query.get("folder_id").map_or(Ok(None), |text| folder_id("folder_id", text))?)
}

/// Reads a part that holds an id; longer ones are read to the end all the same, but not kept.
async fn folder_of_part(mut part: Field<'_>) -> Result<Option<FolderId>, ApiError> {
    let mut text = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(|error| {
        invalid(&format!("The multipart body is broken or was cut off: {}.", error.body_text()))
    })? {
        let room = MAX_ID_BYTES - text.len();
        text.extend_from_slice(&piece[..piece.len().min(room)]);
    }
    Ok(folder_id("folder_id", &String::from_utf8_lossy(&text))?)
}

fn invalid(message: &str) -> ApiError {
    ApiError::new(ErrorCode::InvalidParameter, message, Some("file"))
}
