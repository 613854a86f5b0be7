//! What happens around every handler; the order is written here once, outermost first: request id and log span, count,
//! body, panic.

use std::any::Any;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::extract::{MatchedPath, Request};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, TRANSFER_ENCODING};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures::stream::poll_fn;
use futures::{Stream, StreamExt};
use rostrum_api::error::ErrorCode;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowHeaders, AllowMethods, CorsLayer};
use tracing::Instrument;

use crate::HttpState;
use crate::api_error::ApiError;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest request id taken over from a caller.
const MAX_REQUEST_ID: usize = 128;

/// Bodies up to this many bytes are read before the handler runs.
const SMALL_BODY: usize = 64 * 1024;

/// After an error, this many bytes more are read and thrown away before the answer.
const HEARD_OUT_BYTES: usize = 64 * 1024 * 1024;
/// And for this long at most.
const HEARD_OUT_TIME: Duration = Duration::from_secs(2);

/// How long browsers may remember that they may send a request.
const PREFLIGHT_AGE: Duration = Duration::from_hours(1);

/// Wraps all routes.
pub(crate) fn apply(routes: Router, state: &HttpState) -> Router {
    routes
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(from_fn(settle_body))
        .layer(from_fn(count))
        .layer(from_fn_with_state(state.clone(), identify))
}

/// Lets pages of these origins use the API from their visitors' browsers; none when there are none.
pub(crate) fn open_to(origins: &[HeaderValue]) -> Option<CorsLayer> {
    let told = ["x-request-id", "retry-after", "idempotent-replayed", "rostrum-ignored-fields"]
        .map(HeaderName::from_static);
    (!origins.is_empty()).then(|| {
        CorsLayer::new()
            .allow_origin(origins.to_vec())
            .allow_methods(AllowMethods::mirror_request())
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(told)
            .max_age(PREFLIGHT_AGE)
    })
}

/// Gives each request an id (the caller's own, when it sends a sane one), logs it, and returns it.
async fn identify(State(state): State<HttpState>, request: Request, next: Next) -> Response {
    let given = request.headers().get(&REQUEST_ID).filter(|id| is_sane(id)).cloned();
    let id = given.unwrap_or_else(|| {
        HeaderValue::from_str(&state.app.request_id()).expect("hex is a valid header value")
    });
    let text = id.to_str().unwrap_or_default();
    let span = tracing::info_span!("request", id = text, method = %request.method(), path = shown_path(request.uri().path()));
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    span.in_scope(|| {
        if status >= 500 {
            tracing::warn!(status, "answered");
        } else {
            tracing::info!(status, "answered");
        }
    });
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// The path as it is logged: without the permission of an upload or the token of a consent's page, with which whoever
/// reads the log could send one or agree to the other.
fn shown_path(path: &str) -> &str {
    if path.starts_with("/consents/") {
        return "/consents/";
    }
    let id = path.strip_prefix("/uploads/").and_then(|rest| rest.split('/').next());
    id.map_or(path, |id| &path[.."/uploads/".len() + id.len()])
}

fn is_sane(id: &HeaderValue) -> bool {
    !id.is_empty() && id.len() <= MAX_REQUEST_ID && id.as_bytes().iter().all(u8::is_ascii_graphic)
}

/// Keeps answers readable when a handler answers without reading the body. Small bodies are read first, so that nothing
/// is left on the connection; after an error with a larger body on its way, the rest is heard out within limits, the
/// connection is closed, and the client is told so.
async fn settle_body(request: Request, next: Next) -> Response {
    let length =
        request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let has_body =
        length.is_some_and(|length| length > 0) || request.headers().contains_key(TRANSFER_ENCODING);
    if !has_body {
        return next.run(request).await;
    }
    if length.is_some_and(|length| length <= SMALL_BODY as u64) {
        let (parts, body) = request.into_parts();
        return match axum::body::to_bytes(body, SMALL_BODY).await {
            Ok(bytes) => next.run(Request::from_parts(parts, bytes.into())).await,
            Err(_) => ApiError::new(
                ErrorCode::InvalidParameter,
                "The request ended before the last byte of its body; send it again.",
                None,
            )
            .into_response(),
        };
    }
    let waits = request.headers().contains_key(EXPECT);
    let (parts, body) = request.into_parts();
    // The handler gets the body, and what it leaves can still be read here.
    let shared = Arc::new(Mutex::new(body.into_data_stream()));
    let handed = Arc::clone(&shared);
    let body = poll_fn(move |context| {
        handed.lock().expect("no holder of this lock can panic").poll_next_unpin(context)
    });
    let mut response = next.run(Request::from_parts(parts, Body::from_stream(body))).await;
    if !response.status().is_success() {
        // A client that waits for a word before it sends has nothing on its way.
        if !waits {
            let rest = poll_fn(|context| {
                shared.lock().expect("no holder of this lock can panic").poll_next_unpin(context)
            });
            // Whoever is slower than that loses the answer.
            let _ = tokio::time::timeout(HEARD_OUT_TIME, hear_out(rest, HEARD_OUT_BYTES)).await;
        }
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Reads what is still sent, up to a number of bytes: many clients do not look at the answer while they are sending, and see a
/// broken connection instead when it is closed under them.
pub(crate) async fn hear_out<E>(mut rest: impl Stream<Item = Result<Bytes, E>> + Unpin, most: usize) {
    let mut heard = 0;
    while let Some(Ok(piece)) = rest.next().await {
        heard += piece.len();
        if heard > most {
            break;
        }
    }
}

async fn count(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().as_str().to_owned();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::counter!("rostrum_http_requests_total", "route" => route, "method" => method, "status" => status)
        .increment(1);
    response
}

#[expect(clippy::needless_pass_by_value, reason = "the signature is the layer's")]
fn answer_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no text");
    tracing::error!(panic = text, "a handler panicked");
    ApiError::new(ErrorCode::InternalError, "The server failed; try again.", None).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_to_upload_and_to_agree_are_not_logged() {
        for (path, shown) in [
            ("/uploads/asset-id/permission", "/uploads/asset-id"),
            ("/uploads/asset-id", "/uploads/asset-id"),
            ("/uploads/", "/uploads/"),
            ("/consents/token", "/consents/"),
            ("/v3/assets/asset-id", "/v3/assets/asset-id"),
        ] {
            assert_eq!(shown_path(path), shown);
        }
    }
}
