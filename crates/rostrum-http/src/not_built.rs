//! Operations of the v3 contract that are not built yet: each answers with a typed error, so that a client can tell it
//! from a wrong path.

use axum::Router;
use axum::extract::MatchedPath;
use axum::http::Method;
use axum::routing::{MethodFilter, on};
use rostrum_api::error::ErrorCode;

use crate::HttpState;
use crate::api_error::{self, ApiError};
use crate::extract::Caller;

/// Method and path. `compat/contract/not-built.txt` holds the same lines, and a test compares them; building an operation
/// takes its line out of both.
const NOT_BUILT: &[(MethodFilter, &str)] = &[
    (MethodFilter::GET, "/v3/ai-clipping"),
    (MethodFilter::POST, "/v3/ai-clipping"),
    (MethodFilter::DELETE, "/v3/ai-clipping/{job_id}"),
    (MethodFilter::GET, "/v3/ai-clipping/{job_id}"),
    (MethodFilter::GET, "/v3/audio/sounds"),
    (MethodFilter::GET, "/v3/background-removals"),
    (MethodFilter::POST, "/v3/background-removals"),
    (MethodFilter::DELETE, "/v3/background-removals/{job_id}"),
    (MethodFilter::GET, "/v3/background-removals/{job_id}"),
    (MethodFilter::GET, "/v3/brand-kits"),
    (MethodFilter::GET, "/v3/hyperframes/renders"),
    (MethodFilter::POST, "/v3/hyperframes/renders"),
    (MethodFilter::DELETE, "/v3/hyperframes/renders/{render_id}"),
    (MethodFilter::GET, "/v3/hyperframes/renders/{render_id}"),
    (MethodFilter::GET, "/v3/lipsyncs"),
    (MethodFilter::POST, "/v3/lipsyncs"),
    (MethodFilter::POST, "/v3/lipsyncs/batches"),
    (MethodFilter::GET, "/v3/lipsyncs/batches/{batch_id}"),
    (MethodFilter::GET, "/v3/lipsyncs/statuses"),
    (MethodFilter::DELETE, "/v3/lipsyncs/{lipsync_id}"),
    (MethodFilter::GET, "/v3/lipsyncs/{lipsync_id}"),
    (MethodFilter::PATCH, "/v3/lipsyncs/{lipsync_id}"),
    (MethodFilter::GET, "/v3/templates"),
    (MethodFilter::GET, "/v3/templates/{template_id}"),
    (MethodFilter::POST, "/v3/templates/{template_id}"),
    (MethodFilter::GET, "/v3/video-agents"),
    (MethodFilter::POST, "/v3/video-agents"),
    (MethodFilter::GET, "/v3/video-agents/styles"),
    (MethodFilter::GET, "/v3/video-agents/{session_id}"),
    (MethodFilter::POST, "/v3/video-agents/{session_id}"),
    (MethodFilter::GET, "/v3/video-agents/{session_id}/resources/{resource_id}"),
    (MethodFilter::POST, "/v3/video-agents/{session_id}/stop"),
    (MethodFilter::GET, "/v3/video-agents/{session_id}/videos"),
    (MethodFilter::GET, "/v3/video-translations"),
    (MethodFilter::POST, "/v3/video-translations"),
    (MethodFilter::POST, "/v3/video-translations/batches"),
    (MethodFilter::GET, "/v3/video-translations/batches/{batch_id}"),
    (MethodFilter::GET, "/v3/video-translations/languages"),
    (MethodFilter::POST, "/v3/video-translations/proofreads"),
    (MethodFilter::GET, "/v3/video-translations/proofreads/{proofread_id}"),
    (MethodFilter::POST, "/v3/video-translations/proofreads/{proofread_id}/generate"),
    (MethodFilter::GET, "/v3/video-translations/proofreads/{proofread_id}/srt"),
    (MethodFilter::PUT, "/v3/video-translations/proofreads/{proofread_id}/srt"),
    (MethodFilter::GET, "/v3/video-translations/statuses"),
    (MethodFilter::DELETE, "/v3/video-translations/{video_translation_id}"),
    (MethodFilter::GET, "/v3/video-translations/{video_translation_id}"),
    (MethodFilter::PATCH, "/v3/video-translations/{video_translation_id}"),
];

/// The routes of all of them; they look nothing up, and are no part of the table of routes.
pub(crate) fn routes() -> Router<HttpState> {
    NOT_BUILT
        .iter()
        .fold(Router::new(), |routes, (method, path)| routes.route(path, on(*method, refuse)))
        .method_not_allowed_fallback(api_error::no_such_method)
}

/// Whoever has a key learns that the operation is missing; others learn nothing.
async fn refuse(_caller: Caller, method: Method, path: MatchedPath) -> ApiError {
    ApiError::new(
        ErrorCode::NotImplemented,
        format!(
            "{method} {} is a part of HeyGen's API that this version of Rostrum does not build yet; \
             docs/API-COMPAT.md lists what is built.",
            path.as_str()
        ),
        None,
    )
}
