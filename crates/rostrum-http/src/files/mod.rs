//! Stored bytes at their URLs.

mod multipart;
mod range;
mod serve;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rostrum_api::error::ErrorCode;
use rostrum_app::files::VideoFile;
use rostrum_app::presenters::PresenterFile;

use crate::HttpState;
use crate::api_error::ApiError;
pub(crate) use serve::is_known;
use serve::serve;

/// The bytes of an asset; the extension after the id is for people and may be missing.
pub(crate) async fn asset(
    State(state): State<HttpState>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let id = name.split('.').next().unwrap_or_default().parse().map_err(|_| no_such_file())?;
    let file = state.app.asset_file(id).await?.ok_or_else(no_such_file)?;
    Ok(serve(&headers, &file))
}

/// A file made from an asset.
pub(crate) async fn derived(
    State(state): State<HttpState>,
    Path((asset_id, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let id = asset_id.parse().map_err(|_| no_such_file())?;
    let file = state.app.derived_file(id, &name).await?.ok_or_else(no_such_file)?;
    Ok(serve(&headers, &file))
}

/// One of the files of a finished video.
pub(crate) async fn video(
    State(state): State<HttpState>,
    Path((video_id, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let id = video_id.parse().map_err(|_| no_such_file())?;
    let file = VideoFile::ALL.into_iter().find(|file| file.name() == name).ok_or_else(no_such_file)?;
    let file = state.app.video_file(id, file).await?.ok_or_else(no_such_file)?;
    Ok(serve(&headers, &file))
}

/// A spoken text.
pub(crate) async fn speech(
    State(state): State<HttpState>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let id = name.strip_suffix(".wav").and_then(|id| id.parse().ok()).ok_or_else(no_such_file)?;
    let file = state.app.speech_file(id).await?.ok_or_else(no_such_file)?;
    Ok(serve(&headers, &file))
}

/// A voice introducing itself.
pub(crate) async fn voice(
    State(state): State<HttpState>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let id = name.strip_suffix(".wav").ok_or_else(no_such_file)?;
    let voice = state.app.sampled_voice(id).await?.ok_or_else(no_such_file)?;
    let file = state.app.voice_preview(&voice).await?.ok_or_else(no_such_file)?;
    Ok(serve(&headers, &file))
}

/// A preview of a presenter.
pub(crate) async fn presenter(
    State(state): State<HttpState>,
    Path((look_id, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let file = PresenterFile::ALL.into_iter().find(|file| file.name() == name).ok_or_else(no_such_file)?;
    let file = state.app.presenter_file(&look_id, file).await?.ok_or_else(no_such_file)?;
    Ok(serve(&headers, &file))
}

/// The moving preview of a look that was set in motion.
pub(crate) async fn motion_preview(
    State(state): State<HttpState>,
    Path((look_id, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let id = look_id.parse().map_err(|_| no_such_file())?;
    let version = name.strip_suffix(".mp4").ok_or_else(no_such_file)?;
    let file = state.app.motion_preview(id, version).await?.ok_or_else(no_such_file)?;
    Ok(serve(&headers, &file))
}

fn no_such_file() -> ApiError {
    ApiError::new(ErrorCode::NotFound, "There is no such file.", None)
}
