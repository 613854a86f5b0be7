//! `/v1/video.webm`, `/v1/video.generate`, `/v1/video_status.get`, `/v1/video.list`, `/v1/video.delete`, `/v1/video/caption.get` and
//! `/v1/video/share`.

use axum::Json;
use axum::extract::{Query as QueryOf, State};
use rostrum_api::error::Refusal;
use rostrum_api::v1::Success;
use rostrum_api::v1::video_generate::read_clips_video;
use rostrum_api::v1::videos::{CaptionStatus, ListedVideo, VideoList, VideoStatus};
use rostrum_api::v2::video_generate::{GeneratedVideo, read_webm_video};
use rostrum_api::v3::videos::BodyForm;
use rostrum_app::pages::cursor_from_text;
use rostrum_app::videos::VideoFilter;
use rostrum_model::ids::VideoId;
use rostrum_model::video::Video;

use super::limit;
use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, JsonBody, Origin, Pages};
use crate::keyed_requests::OnBehalf;
use crate::v3::Query;
use crate::v3::videos::{create_of, urls};

/// Ask for a film of somebody before nothing.
pub(crate) async fn create_webm(
    OnBehalf(state): OnBehalf,
    caller: Caller,
    origin: Origin,
    JsonBody(body): JsonBody,
) -> Result<Json<Success<GeneratedVideo>>, ApiError> {
    let video = create_of(&state, &caller, &origin, read_webm_video(&body)?, &BodyForm::Webm).await?;
    Ok(Json(Success::new(GeneratedVideo { video_id: video.id.to_string() })))
}

/// Ask for a video of clips.
pub(crate) async fn generate(
    OnBehalf(state): OnBehalf,
    caller: Caller,
    origin: Origin,
    JsonBody(body): JsonBody,
) -> Result<Json<Success<GeneratedVideo>>, ApiError> {
    let video = create_of(&state, &caller, &origin, read_clips_video(&body)?, &BodyForm::Clips).await?;
    Ok(Json(Success::new(GeneratedVideo { video_id: video.id.to_string() })))
}

/// Look a video up, with its files once it is finished.
pub(crate) async fn status(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    QueryOf(query): Query,
) -> Result<Json<Success<VideoStatus>>, ApiError> {
    let video = find(&state, &caller, &query).await?;
    Ok(Json(Success::new(VideoStatus::new(&video, urls(&video, &origin)))))
}

/// Tell how far the captions of a video are.
pub(crate) async fn captions(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    QueryOf(query): Query,
) -> Result<Json<Success<CaptionStatus>>, ApiError> {
    let video = find(&state, &caller, &query).await?;
    Ok(Json(Success::new(CaptionStatus::new(&video, urls(&video, &origin)))))
}

/// List videos, newest first.
pub(crate) async fn list(
    State(state): State<HttpState>,
    caller: Caller,
    pages: Pages,
    QueryOf(query): Query,
) -> Result<Json<Success<VideoList>>, ApiError> {
    let after = pages.start(cursor_from_text)?;
    let page = state.app.videos(caller.workspace_id, &VideoFilter::default(), limit(&query)?, after).await?;
    Ok(Json(Success::new(VideoList {
        videos: page.videos.iter().map(ListedVideo::new).collect(),
        token: page.next.map(|next| pages.token_after(&next)),
    })))
}

/// Delete a video and its files, stopping its job.
pub(crate) async fn delete(
    State(state): State<HttpState>,
    caller: Caller,
    QueryOf(query): Query,
) -> Result<Json<Success<()>>, ApiError> {
    let (id, text) = video_id(&query)?;
    if !state.app.delete_video(caller.workspace_id, id).await? {
        return Err(ApiError::video_not_found(&text));
    }
    Ok(Json(Success::new(())))
}

/// Give the address of a video's page, to pass on. Whoever has it may watch: there is nothing to make public first.
pub(crate) async fn share(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    JsonBody(body): JsonBody,
) -> Result<Json<Success<String>>, ApiError> {
    let given = body.get("video_id").and_then(serde_json::Value::as_str).map(str::to_owned);
    let query = given.map(|id| ("video_id".to_owned(), id)).into_iter().collect();
    let video = find(&state, &caller, &query).await?;
    Ok(Json(Success::new(origin.video_share_url(video.id))))
}

async fn find(
    state: &HttpState,
    caller: &Caller,
    query: &std::collections::HashMap<String, String>,
) -> Result<Video, ApiError> {
    let (id, text) = video_id(query)?;
    let found = state.app.video(caller.workspace_id, id).await?;
    found.ok_or_else(|| ApiError::video_not_found(&text))
}

fn video_id(query: &std::collections::HashMap<String, String>) -> Result<(VideoId, String), ApiError> {
    let text = query.get("video_id").filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| Refusal::invalid("video_id", "'video_id' is required."))?;
    let id = text.parse().map_err(|_| ApiError::video_not_found(text))?;
    Ok((id, text.clone()))
}
