//! `Idempotency-Key`: a request that comes again is answered again.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use rostrum_api::error::ErrorCode;
use rostrum_app::App;
use rostrum_app::keyed_requests::{Begun, Ended};
use rostrum_model::keyed_request::{IdempotencyKey, KeptAnswer, KeyedRequest};
use tracing::Instrument;

use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::Caller;
use crate::middleware::hear_out;
use crate::router::MAX_BATCH_BYTES;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Tells an answer that was given before.
const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The operations that take a key, all of them `POST`; others ignore it.
const KEYED: &[&str] = &[
    "/v3/assets",
    "/v3/assets/direct-uploads",
    "/v3/assets/direct-uploads/batches",
    "/v3/assets/complete/batches",
    "/v3/assets/{asset_id}/complete",
    "/v3/avatars",
    "/v3/avatars/{group_id}/consent",
    "/v3/brand-glossaries",
    "/v3/videos",
    "/v3/videos/batches",
    "/v3/voices/clone",
    "/v3/webhooks/endpoints",
    "/v3/webhooks/endpoints/{endpoint_id}/rotate-secret",
    "/v2/video/generate",
    "/v2/video/av4/generate",
    "/v2/videos",
    "/v1/asset",
    "/v1/video.generate",
    "/v1/video.webm",
];

/// Those whose bodies are files: not read before the handler, and not compared.
const STREAMED: [&str; 2] = ["/v3/assets", "/v1/asset"];

/// The state for a handler of an operation that takes a key: the product acts on behalf of the request.
pub(crate) struct OnBehalf(pub HttpState);

impl FromRequestParts<HttpState> for OnBehalf {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Infallible> {
        let mut state = state.clone();
        if let Some(request) = parts.extensions.get::<KeyedRequest>() {
            state.app = state.app.on_behalf_of(request);
        }
        Ok(Self(state))
    }
}

/// Answers a request with a key as before, if it came before, and else has it carried out to its end, also when the client
/// is gone meanwhile.
pub(crate) async fn once(State(state): State<HttpState>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let takes_key = request.method() == Method::POST && KEYED.contains(&route);
    let is_streamed = STREAMED.contains(&route);
    match request.headers().get(&IDEMPOTENCY_KEY).cloned().filter(|_| takes_key) {
        Some(key) => {
            let answer = answer(&state, &key, request, next, is_streamed).await;
            answer.unwrap_or_else(IntoResponse::into_response)
        }
        None => next.run(request).await,
    }
}

async fn answer(
    state: &HttpState,
    key: &HeaderValue,
    request: Request,
    next: Next,
    is_streamed: bool,
) -> Result<Response, ApiError> {
    let named = |code, message: String| ApiError::new(code, message, Some("Idempotency-Key"));
    let key: IdempotencyKey = String::from_utf8_lossy(key.as_bytes())
        .parse()
        .map_err(|fault| named(ErrorCode::InvalidParameter, format!("'Idempotency-Key' {fault}.")))?;
    let (mut parts, body) = request.into_parts();
    let caller = Caller::from_request_parts(&mut parts, state).await?;
    let (body, compared) = if is_streamed {
        (body, None)
    } else {
        let bytes = whole(body).await?;
        (bytes.clone().into(), Some(bytes))
    };
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let operation = format!("{} {target}", parts.method);
    let is_strict = state.options.strict;
    let compared = compared.as_deref();
    match state.app.begin_keyed(caller.workspace_id, &operation, &key, compared, is_strict).await? {
        Begun::CarryOut(keyed) => {
            parts.extensions.insert(keyed.clone());
            let (app, request) = (state.app.clone(), Request::from_parts(parts, body));
            let carried_out = carry_out(app, keyed, request, next).in_current_span();
            match tokio::spawn(carried_out).await {
                Ok(response) => Ok(response),
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            }
        }
        Begun::Answered { answer, differs } => {
            if differs {
                tracing::warn!(%key, operation, "answered as before, although the body is another one");
            }
            hear_out(body.into_data_stream(), MAX_BATCH_BYTES).await;
            Ok(replayed(answer))
        }
        Begun::Running => {
            let message =
                "A request with this Idempotency-Key is already in progress. Retry shortly.".to_owned();
            Err(named(ErrorCode::RequestInProgress, message))
        }
        Begun::OtherBody => Err(named(
            ErrorCode::Conflict,
            format!(
                "'Idempotency-Key' {key} came with another body within the last 24 hours; send a new key with a new \
                 request."
            ),
        )),
    }
}

async fn whole(body: Body) -> Result<Bytes, ApiError> {
    to_bytes(body, MAX_BATCH_BYTES).await.map_err(|_| {
        let message = format!(
            "The body ended early, or is longer than the {} MiB that bodies of requests with an Idempotency-Key may have.",
            MAX_BATCH_BYTES / (1024 * 1024)
        );
        ApiError::new(ErrorCode::PayloadTooLarge, message, None)
    })
}

/// Has a request carried out and keeps its answer, before that is sent.
async fn carry_out(app: App, keyed: KeyedRequest, request: Request, next: Next) -> Response {
    let response = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let (response, ended) = match response {
        Ok(response) => kept(response).await,
        Err(panic) => {
            end(&app, &keyed, Ended::Interrupted).await;
            std::panic::resume_unwind(panic)
        }
    };
    end(&app, &keyed, ended).await;
    response
}

async fn end(app: &App, keyed: &KeyedRequest, ended: Ended) {
    // The answer is true all the same; the key stays taken until the next start, which finds out what was done.
    if let Err(error) = app.end_keyed(keyed, ended).await {
        tracing::error!(%error, operation = keyed.operation, "how a request with a key ended could not be kept");
    }
}

/// An answer, with what is to be kept of it.
async fn kept(response: Response) -> (Response, Ended) {
    let status = response.status();
    if status.is_client_error() {
        return (response, Ended::Refused);
    }
    if !status.is_success() {
        return (response, Ended::Interrupted);
    }
    let (parts, body) = response.into_parts();
    // Answers of these operations are small and in memory.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return (StatusCode::INTERNAL_SERVER_ERROR.into_response(), Ended::Interrupted);
    };
    let content_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let answer = KeptAnswer {
        status: status.as_u16(),
        content_type: content_type.unwrap_or("application/json").to_owned(),
        body: body.to_vec(),
    };
    (Response::from_parts(parts, body.into()), Ended::CarriedOut(answer))
}

fn replayed(answer: KeptAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let headers = [(IDEMPOTENT_REPLAYED, "true".to_owned()), (CONTENT_TYPE, answer.content_type)];
    (status, headers, answer.body).into_response()
}
