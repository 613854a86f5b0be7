//! Bytes sent to signed URLs: `PUT /uploads/{asset_id}/{permission}`.
//!
//! A whole file is one plain `PUT`. A broken one goes on: `PUT` with `Content-Range: bytes */TOTAL` and no body answers
//! `308` with a `Range` header that names what is there, and `Content-Range: bytes FIRST-LAST/TOTAL` sends the rest (the
//! resumable protocol that Google Cloud Storage speaks).
//!
//! Pages of any origin may send: the URL is the whole permission, and nothing that a browser adds by itself counts.

mod content_range;

use axum::extract::{Path, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, CONTENT_LENGTH, CONTENT_RANGE, ETAG, RANGE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use rostrum_api::error::ErrorCode;
use rostrum_app::uploads::{Part, Reception, UrlError};
use rostrum_model::upload::Upload;

use crate::HttpState;
use crate::api_error::ApiError;
use content_range::ContentRange;

/// Take bytes of an announced file. When the answer says so, they are on disk.
pub(crate) async fn put(
    State(state): State<HttpState>,
    Path((asset_id, permission)): Path<(String, String)>,
    request: Request,
) -> Result<Response, ApiError> {
    let id = asset_id.parse().map_err(|_| UrlError::Forged)?;
    let upload = state.app.open_signed_url(id, &permission).await?;
    let reception = match wanted(request.headers(), &upload)? {
        None => state.app.received_bytes(&upload).await?,
        Some(part) => {
            let body =
                request.into_body().into_data_stream().map(|chunk| chunk.map_err(axum::BoxError::from));
            state.app.receive(&upload, part, body).await?
        }
    };
    // The oldest way to announce a file knows no completion.
    if upload.size_bytes.is_none() && matches!(reception, Reception::Whole(_)) {
        state.app.complete_upload(upload.workspace_id, upload.id, None).await?;
    }
    Ok(answer(reception))
}

/// Tells a browser what pages may send.
pub(crate) async fn preflight() -> impl IntoResponse {
    let allowed = [
        (ACCESS_CONTROL_ALLOW_METHODS, "PUT"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "*"),
        // As long as browsers remember at most.
        (ACCESS_CONTROL_MAX_AGE, "86400"),
    ];
    (StatusCode::NO_CONTENT, allowed)
}

/// Lets pages of any origin read the answer.
pub(crate) async fn open_to_pages(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("ETag, Range"));
    response
}

/// The part a request carries; `None` when it only asks how far the upload has come.
fn wanted(headers: &HeaderMap, upload: &Upload) -> Result<Option<Part>, ApiError> {
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let Some(range) = headers.get(CONTENT_RANGE) else {
        // Said before a byte is read, so that nobody sends gigabytes in vain.
        return match (length, upload.size_bytes) {
            (Some(length), Some(size_bytes)) if length != size_bytes => Err(invalid(format!(
                "The body has {length} bytes, but {size_bytes} were announced; send the announced file, or announce \
                 this one."
            ))),
            _ => Ok(Some(Part::Whole)),
        };
    };
    let range = range.to_str().ok().and_then(ContentRange::read).ok_or_else(|| {
        invalid("'Content-Range' must be 'bytes FIRST-LAST/TOTAL' or 'bytes */TOTAL'.".to_owned())
    })?;
    match range {
        ContentRange::Question => Ok(None),
        ContentRange::Part { first, length: part_length, total } => {
            if let Some(length) = length.filter(|length| *length != part_length) {
                return Err(invalid(format!(
                    "The body has {length} bytes, but 'Content-Range' tells {part_length}."
                )));
            }
            Ok(Some(Part::From { offset: first, total }))
        }
    }
}

fn invalid(message: String) -> ApiError {
    ApiError::new(ErrorCode::InvalidParameter, message, None)
}

fn answer(reception: Reception) -> Response {
    let (status, header) = match reception {
        Reception::Whole(received) => (StatusCode::OK, Some((ETAG, format!("\"{}\"", received.hash)))),
        Reception::Partly { received_bytes: 0 } => (StatusCode::PERMANENT_REDIRECT, None),
        Reception::Partly { received_bytes } => {
            (StatusCode::PERMANENT_REDIRECT, Some((RANGE, format!("bytes=0-{}", received_bytes - 1))))
        }
    };
    let mut response = status.into_response();
    if let Some((name, value)) = header {
        let value = HeaderValue::from_str(&value).expect("digits are ASCII");
        response.headers_mut().insert(name, value);
    }
    response
}
