//! Operations of HeyGen's API that are not built yet: each answers with a typed error, so that a client can tell it from a
//! wrong path.

use axum::Router;
use axum::extract::MatchedPath;
use axum::http::Method;
use axum::middleware::map_response;
use axum::routing::{MethodFilter, on};
use rostrum_api::error::ErrorCode;

use crate::api_error::{self, ApiError};
use crate::extract::Caller;
use crate::{HttpState, v1, v2};

type Operation = (MethodFilter, &'static str);

/// Method and path. `compat/contract/not-built.txt` holds the same lines, and a test compares them; building an operation
/// takes its line out of both.
const NOT_BUILT: &[Operation] = &[
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

/// Those that only clients of older generations ask for, and n8n's node: these are no part of the contract of v3, and are
/// answered in its words all the same.
const OLDER: &[Operation] = &[(MethodFilter::GET, "/v3/template/{template_id}")];

/// Those whose errors have the envelope of v2.
const OF_V2: &[Operation] = &[
    (MethodFilter::POST, "/v1/video_agent/generate"),
    (MethodFilter::GET, "/v2/brand_voice/list"),
    (MethodFilter::GET, "/v2/template/{template_id}"),
    (MethodFilter::POST, "/v2/template/{template_id}/generate"),
    (MethodFilter::GET, "/v2/templates"),
    // As a client in the wild spells the two above.
    (MethodFilter::GET, "/v2/templates/{template_id}"),
    (MethodFilter::POST, "/v2/templates/{template_id}/generate"),
    (MethodFilter::POST, "/v2/video_avatar"),
    (MethodFilter::DELETE, "/v2/video_avatar/{avatar_id}"),
    (MethodFilter::GET, "/v2/video_avatar/{avatar_id}/status"),
    (MethodFilter::POST, "/v2/video_translate"),
    (MethodFilter::GET, "/v2/video_translate/caption"),
    (MethodFilter::GET, "/v2/video_translate/target_languages"),
    (MethodFilter::GET, "/v2/video_translate/{video_translate_id}"),
];

/// Those whose errors have the envelope of v1.
const OF_V1: &[Operation] = &[
    (MethodFilter::GET, "/v1/brand_voice/list"),
    (MethodFilter::POST, "/v1/brand_voice/{brand_voice_id}"),
    (MethodFilter::POST, "/v1/personalized_video/add_contact"),
    (MethodFilter::GET, "/v1/personalized_video/audience/detail"),
    (MethodFilter::GET, "/v1/personalized_video/project/detail"),
    (MethodFilter::GET, "/v1/streaming/avatar.list"),
    (MethodFilter::POST, "/v1/streaming.create_token"),
    (MethodFilter::POST, "/v1/streaming.ice"),
    (MethodFilter::POST, "/v1/streaming.interrupt"),
    (MethodFilter::POST, "/v1/streaming.keep_alive"),
    (MethodFilter::GET, "/v1/streaming.list"),
    (MethodFilter::POST, "/v1/streaming.new"),
    (MethodFilter::POST, "/v1/streaming.start"),
    (MethodFilter::POST, "/v1/streaming.stop"),
    (MethodFilter::POST, "/v1/streaming.task"),
    (MethodFilter::POST, "/v1/template.generate"),
    (MethodFilter::GET, "/v1/video_generate.quota"),
];

/// The routes of all of them; they look nothing up, and are no part of the table of routes.
pub(crate) fn routes() -> Router<HttpState> {
    refusing(NOT_BUILT)
        .merge(refusing(OLDER))
        .merge(refusing(OF_V2).layer(map_response(v2::envelope)))
        .merge(refusing(OF_V1).layer(map_response(v1::envelope)))
}

fn refusing(operations: &[Operation]) -> Router<HttpState> {
    operations
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
