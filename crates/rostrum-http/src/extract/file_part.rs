//! The one file of a multipart upload.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::BoxError;
use axum::body::Body;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Query, Request};
use axum::http::Uri;
use futures::StreamExt;
use rostrum_api::v1::folders::folder_id;
use rostrum_app::App;
use rostrum_model::asset::Asset;
use rostrum_model::ids::{FolderId, WorkspaceId};

use crate::HttpState;
use crate::api_error::ApiError;
use rostrum_api::error::ErrorCode;

/// Longer than any id.
const MAX_ID_BYTES: usize = 64;

/// The most bytes that may come between two pieces of content: the head of a part, and what is read ahead.
const MAX_HEAD_BYTES: usize = 256 * 1024;

/// Streams the part named `file` into a new asset. The asset is made only after the whole body, with its closing
/// boundary, was received.
pub(crate) async fn upload_part(
    app: &App,
    workspace_id: WorkspaceId,
    request: Request,
    state: &HttpState,
) -> Result<Asset, ApiError> {
    let mut folder = folder_of_query(request.uri())?;
    let room = Room::new();
    let request = request.map(|body| room.limit(body));
    let mut parts = Multipart::from_request(request, state).await.map_err(|_| {
        invalid(
            "The body must be multipart/form-data with one part named 'file', and its Content-Type must name the \
             boundary; let your client set that header.",
        )
    })?;
    while let Some(mut part) = parts.next_field().await.map_err(|error| broken(&error))? {
        match part.name() {
            Some("file") => {
                room.lift();
                let name = part.file_name().map(str::to_owned);
                return Ok(app.upload_asset(workspace_id, folder, name.as_deref(), part).await?);
            }
            Some("folder_id") => {
                let mut text = Vec::new();
                room.read(&mut part, |piece| {
                    let fitting = piece.len().min(MAX_ID_BYTES - text.len());
                    text.extend_from_slice(&piece[..fitting]);
                })
                .await?;
                folder = folder_id("folder_id", &String::from_utf8_lossy(&text))?;
            }
            _ => room.read(&mut part, |_| {}).await?,
        }
    }
    Err(invalid("The multipart body has no part named 'file'."))
}

/// How many bytes the form may still take before the next piece of content. The parser keeps them all in memory, and
/// has no limit of its own.
struct Room(Arc<AtomicUsize>);

impl Room {
    fn new() -> Self {
        Self(Arc::new(AtomicUsize::new(MAX_HEAD_BYTES)))
    }

    /// The body, until there is no more room.
    fn limit(&self, body: Body) -> Body {
        let room = Arc::clone(&self.0);
        Body::from_stream(body.into_data_stream().map(move |chunk| -> Result<_, BoxError> {
            let chunk = chunk?;
            let less = |room: usize| room.checked_sub(chunk.len());
            if room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_err() {
                return Err(format!("no part begins within {} KiB", MAX_HEAD_BYTES / 1024).into());
            }
            Ok(chunk)
        }))
    }

    /// Passes the content of a small part on; any length is read.
    async fn read(&self, part: &mut Field<'_>, mut take: impl FnMut(&[u8])) -> Result<(), ApiError> {
        while let Some(piece) = part.chunk().await.map_err(|error| broken(&error))? {
            self.0.store(MAX_HEAD_BYTES, Ordering::Relaxed);
            take(&piece);
        }
        Ok(())
    }

    /// Whoever reads from here on counts.
    fn lift(&self) {
        self.0.store(usize::MAX, Ordering::Relaxed);
    }
}

/// Reads the `folder_id` in a query; other parameters are no business of uploads.
pub(crate) fn folder_of_query(uri: &Uri) -> Result<Option<FolderId>, ApiError> {
    let Query(query) = Query::<HashMap<String, String>>::try_from_uri(uri).unwrap_or_default();
    Ok(query.get("folder_id").map_or(Ok(None), |text| folder_id("folder_id", text))?)
}

/// Tells the innermost cause; the parser's own text says only that it could not read.
fn broken(error: &MultipartError) -> ApiError {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    invalid(&format!("The multipart body is broken or was cut off: {cause}."))
}

fn invalid(message: &str) -> ApiError {
    ApiError::new(ErrorCode::InvalidParameter, message, Some("file"))
}
