//! The pages on which people watch a video: `/videos/{video_id}`, and `/share/{video_id}` to pass on.
//!
//! Whoever knows the id may watch, as with the file's own address. The pages are plain, without scripts; other pages may
//! show them in a frame. Before the video is finished the page tells how far it is and loads itself again.

use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse, Response};
use rostrum_api::v3::videos::VideoUrls;
use rostrum_app::files::VideoFile;
use rostrum_model::video::{Video, VideoState};

use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::Origin;
use crate::pages::{as_page_with, escaped, page_with};
use crate::v3::videos::urls;

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; form-action 'none'; \
                      base-uri 'none'";

/// Where the style sheet lies from a page; both kinds of pages lie one folder deep.
const STYLE_AT: &str = "../videos/style.css";

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;\
    color:#1c2430;background:#fff}h1{font-size:1.3rem;overflow-wrap:anywhere}\
    video{display:block;width:100%;height:auto;max-height:80vh;background:#10141c;border-radius:.5rem}\
    .clear{background:repeating-conic-gradient(#ccc 0 25%,#fff 0 50%) 0 0/2rem 2rem}\
    progress{width:100%}nav a{margin-right:1rem}.fault{color:#a4262c}";

/// Show a video, or how far it is.
pub(crate) async fn show(
    State(state): State<HttpState>,
    origin: Origin,
    Path(video_id): Path<String>,
) -> Result<Html<String>, ApiError> {
    let not_found = || ApiError::video_not_found(&video_id);
    let id = video_id.parse().map_err(|_| not_found())?;
    let video = state.app.shared_video(id).await?.ok_or_else(not_found)?;
    Ok(Html(player(&video, &urls(&video, &origin))))
}

/// The look of the pages.
pub(crate) async fn style() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)
}

/// Makes pages of errors, and tells browsers what pages may do.
pub(crate) async fn as_page(response: Response) -> Response {
    as_page_with(response, POLICY)
}

fn player(video: &Video, urls: &VideoUrls) -> String {
    let title = video.title.as_deref().filter(|title| !title.is_empty()).unwrap_or("Video");
    let heading = format!("<h1>{}</h1>", escaped(title));
    match &video.state {
        VideoState::Completed { output, .. } => {
            let file = |file: VideoFile| format!("../files/videos/{}/{}", video.id, file.name());
            let film = file(VideoFile::film(video.spec.format));
            let kind = if video.spec.format.is_clear() { " class=\"clear\"" } else { "" };
            let link = |file_at: String, name: &str| format!("<a href=\"{file_at}\" download>{name}</a>");
            let (mut track, mut links) = (String::new(), link(film.clone(), "Video"));
            if output.captioned_key.is_some() {
                links.push_str(&link(file(VideoFile::captioned(video.spec.format)), "Video with captions"));
            }
            if output.subtitle_key.is_some() {
                links.push_str(&link(file(VideoFile::Subtitles), "Subtitles"));
            }
            if output.vtt_key.is_some() {
                let vtt = file(VideoFile::SubtitlesVtt);
                track = format!("<track kind=\"captions\" label=\"Captions\" src=\"{vtt}\">");
            }
            let body = format!(
                "{heading}<video{kind} controls playsinline preload=\"metadata\" width=\"{}\" height=\"{}\" \
                 poster=\"{}\" src=\"{film}\">{track}</video><nav>{links}</nav>",
                output.size.width,
                output.size.height,
                file(VideoFile::Thumbnail),
            );
            page_with(title, STYLE_AT, &previews(title, urls), &body)
        }
        VideoState::Failed { failure, .. } => {
            let why = format!("{heading}<p class=\"fault\">{}</p>", escaped(&failure.message));
            page_with(title, STYLE_AT, "", &why)
        }
        VideoState::Pending | VideoState::Processing { .. } => {
            let percent = (video.progress * 100.0).round();
            let body = format!(
                "{heading}<p>This video is being made: {percent} %</p><progress max=\"100\" value=\"{percent}\">\
                 </progress>"
            );
            page_with(title, STYLE_AT, "<meta http-equiv=\"refresh\" content=\"3\">", &body)
        }
    }
}

/// What other programs show of the page where somebody passes it on (Open Graph).
fn previews(title: &str, urls: &VideoUrls) -> String {
    let facts = [
        ("og:type", Some("video.other".to_owned())),
        ("og:title", Some(title.to_owned())),
        ("og:url", urls.share.clone()),
        ("og:video", urls.video.clone()),
        ("og:image", urls.thumbnail.clone()),
    ];
    let told = facts.into_iter().filter_map(|(name, value)| Some((name, value?)));
    told.fold(String::new(), |html, (name, value)| {
        format!("{html}<meta property=\"{name}\" content=\"{}\">", escaped(&value))
    })
}
