//! `/v3/videos`.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, Query as QueryOf, State};
use axum::response::{IntoResponse, Response};
use rostrum_api::error::{ErrorCode, Refusal};
use rostrum_api::v1::folders::folder_id;
use rostrum_api::v3::Data;
use rostrum_api::v3::page::{Page, limit};
use rostrum_api::v3::videos::{
    BodyForm, CreatedVideo, DeletedVideo, DryRun, VideoDetail, VideoScenes, VideoUrls, read_create_video,
};
use rostrum_app::files::VideoFile;
use rostrum_app::pages::cursor_from_text;
use rostrum_app::videos::{Estimate, VideoFilter};
use rostrum_model::video::{Video, VideoRequest, VideoState};

use super::Query;
use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::{Caller, JsonBody, Origin, Pages};
use crate::keyed_requests::OnBehalf;

/// Ask for a video. When the answer arrives, the order survives a crash; read its progress with
/// `GET /v3/videos/{video_id}`. With `dry_run=true` nothing is made, and the answer tells what would be.
pub(crate) async fn create(
    OnBehalf(state): OnBehalf,
    caller: Caller,
    origin: Origin,
    QueryOf(query): Query,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let request = read_create_video(&body)?;
    let form = BodyForm::of_v3(&body);
    // Bodies may have whole files in them.
    drop(body);
    if is_true(&query, "dry_run")? {
        let estimated = state.app.estimate_video(caller.workspace_id, request).await;
        let estimate = estimated.map_err(|error| ApiError::from((&form, error)))?;
        let Estimate { size, format, scenes_s, render_s } = estimate;
        let data = DryRun::new(format.extension(), (size.width, size.height), &scenes_s, render_s);
        return Ok(Json(Data { data }).into_response());
    }
    let video = create_of(&state, &caller, &origin, request, &form).await?;
    Ok(Json(Data { data: CreatedVideo::new(&video) }).into_response())
}

fn is_true(query: &HashMap<String, String>, name: &str) -> Result<bool, Refusal> {
    match query.get(name).map(String::as_str) {
        None | Some("false" | "0" | "") => Ok(false),
        Some("true" | "1") => Ok(true),
        Some(other) => Err(Refusal::invalid(name, format!("'{name}' must be true or false, got '{other}'."))),
    }
}

/// Starts a video that was asked for in a body of this form.
pub(crate) async fn create_of(
    state: &HttpState,
    caller: &Caller,
    origin: &Origin,
    mut request: VideoRequest,
    form: &BodyForm,
) -> Result<Video, ApiError> {
    request.callback.origin = origin.as_str().to_owned();
    let created = state.app.create_video(caller.workspace_id, request).await;
    created.map_err(|error| (form, error).into())
}

/// Look a video up, with its progress or its files.
pub(crate) async fn get(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    Path(video_id): Path<String>,
) -> Result<Json<Data<VideoDetail>>, ApiError> {
    let video = video_of(&state, &caller, &video_id).await?;
    Ok(Json(Data { data: detail(&video, &origin) }))
}

/// What a video is made of, scene by scene.
pub(crate) async fn scenes(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    Path(video_id): Path<String>,
) -> Result<Json<Data<VideoScenes>>, ApiError> {
    let video = video_of(&state, &caller, &video_id).await?;
    Ok(Json(Data { data: VideoScenes::new(&video, detail(&video, &origin)) }))
}

/// The caller's video of this id.
async fn video_of(state: &HttpState, caller: &Caller, video_id: &str) -> Result<Video, ApiError> {
    let not_found = || ApiError::video_not_found(video_id);
    let id = video_id.parse().map_err(|_| not_found())?;
    state.app.video(caller.workspace_id, id).await?.ok_or_else(not_found)
}

/// List videos, newest first.
pub(crate) async fn list(
    State(state): State<HttpState>,
    caller: Caller,
    pages: Pages,
    origin: Origin,
    QueryOf(query): Query,
) -> Result<Json<Page<VideoDetail>>, ApiError> {
    let most = limit(query.get("limit").map(String::as_str), 10, 100)?;
    let after = pages.start(cursor_from_text)?;
    let folder_id = query.get("folder_id").map_or(Ok(None), |id| folder_id("folder_id", id))?;
    if query.get("title").is_some_and(String::is_empty) {
        return Err(Refusal::invalid(
            "title",
            "'title' must be at least 1 character; leave it out to list all.",
        )
        .into());
    }
    let filter = VideoFilter { title_contains: query.get("title").cloned(), folder_id };
    let page = state.app.videos(caller.workspace_id, &filter, most, after).await?;
    Ok(Json(pages.before(page.videos.iter().map(|video| detail(video, &origin)).collect(), page.next)))
}

/// Delete a video and its files, stopping its job.
pub(crate) async fn delete(
    State(state): State<HttpState>,
    caller: Caller,
    Path(video_id): Path<String>,
) -> Result<Json<Data<DeletedVideo>>, ApiError> {
    let not_found = || ApiError::video_not_found(&video_id);
    let id = video_id.parse().map_err(|_| not_found())?;
    if !state.app.delete_video(caller.workspace_id, id).await? {
        return Err(not_found());
    }
    Ok(Json(Data { data: DeletedVideo { id: video_id, deleted: true } }))
}

/// Give a video up that is not finished yet, stopping its job.
pub(crate) async fn cancel(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    Path(video_id): Path<String>,
) -> Result<Json<Data<VideoDetail>>, ApiError> {
    let not_found = || ApiError::video_not_found(&video_id);
    let id = video_id.parse().map_err(|_| not_found())?;
    let video = state.app.cancel_video(caller.workspace_id, id).await?.ok_or_else(not_found)?;
    if matches!(video.state, VideoState::Completed { .. }) {
        let message =
            format!("Video '{video_id}' is completed already; DELETE /v3/videos/{video_id} removes it.");
        return Err(ApiError::new(ErrorCode::Conflict, message, Some("video_id")));
    }
    Ok(Json(Data { data: detail(&video, &origin) }))
}

fn detail(video: &Video, origin: &Origin) -> VideoDetail {
    VideoDetail::new(video, urls(video, origin))
}

/// Where a video's pages are, and, once it is finished, its files.
pub(crate) fn urls(video: &Video, origin: &Origin) -> VideoUrls {
    let pages = VideoUrls {
        page: Some(origin.video_page_url(video.id)),
        share: Some(origin.video_share_url(video.id)),
        ..VideoUrls::default()
    };
    match &video.state {
        VideoState::Completed { output, .. } => {
            let url = |file: VideoFile| origin.video_url(video.id, file.name());
            VideoUrls {
                video: Some(url(VideoFile::film(video.spec.format))),
                captioned: output
                    .captioned_key
                    .as_ref()
                    .map(|_| url(VideoFile::captioned(video.spec.format))),
                thumbnail: Some(url(VideoFile::Thumbnail)),
                gif: output.gif_key.as_ref().map(|_| url(VideoFile::Preview)),
                subtitle: output.subtitle_key.as_ref().map(|_| url(VideoFile::Subtitles)),
                vtt: output.vtt_key.as_ref().map(|_| url(VideoFile::SubtitlesVtt)),
                ..pages
            }
        }
        _ => pages,
    }
}
