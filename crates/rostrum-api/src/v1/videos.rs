//! `/v1/video_status.get`, `/v1/video.list` and what belongs to them.

use rostrum_model::video::{Video, VideoState};
use serde::{Deserialize, Serialize};

use crate::v3::videos::{VideoUrls, status_word};

/// The answer of `GET /v1/video_status.get`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VideoStatus {
    /// The video's id.
    pub id: String,
    /// `pending`, `processing`, `completed` or `failed`.
    pub status: String,
    /// The finished video.
    pub video_url: Option<String>,
    /// The video with burned-in captions, where those were asked for.
    pub video_url_caption: Option<String>,
    /// The file of captions.
    pub caption_url: Option<String>,
    /// A still picture.
    pub thumbnail_url: Option<String>,
    /// A short moving preview.
    pub gif_url: Option<String>,
    /// Seconds.
    pub duration: Option<f64>,
    /// The caller's own word for it.
    pub callback_id: Option<String>,
    /// Unix seconds.
    pub created_at: i64,
    /// Why it failed.
    pub error: Option<VideoFault>,
}

/// Why a video failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoFault {
    /// A number, as clients of this generation expect: that of a failed rendering.
    pub code: u32,
    /// For people.
    pub message: String,
    /// The word of v3 for it, e.g. `rendering_failed`.
    pub detail: String,
}

/// The number of a video that could not be made. No page of the old API gives one for it.
const RENDERING_FAILED: u32 = 500_000;

impl VideoStatus {
    /// The answer for a video whose files are served at `urls`.
    pub fn new(video: &Video, urls: VideoUrls) -> Self {
        let duration = match &video.state {
            VideoState::Completed { duration_s, .. } => Some(*duration_s),
            _ => None,
        };
        let error = match &video.state {
            VideoState::Failed { failure, .. } => Some(VideoFault {
                code: RENDERING_FAILED,
                message: failure.message.clone(),
                detail: failure.code.clone(),
            }),
            _ => None,
        };
        Self {
            id: video.id.to_string(),
            status: status_word(&video.state).to_owned(),
            video_url: urls.video,
            video_url_caption: urls.captioned,
            caption_url: urls.subtitle,
            thumbnail_url: urls.thumbnail,
            gif_url: urls.gif,
            duration,
            callback_id: video.callback.id.clone(),
            created_at: video.created_at.timestamp(),
            error,
        }
    }
}

/// A page of `GET /v1/video.list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoList {
    /// Newest first.
    pub videos: Vec<ListedVideo>,
    /// Where the next page starts; null on the last one.
    pub token: Option<String>,
}

/// A video in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedVideo {
    /// Its id.
    pub video_id: String,
    /// Its title; empty when it has none.
    pub video_title: String,
    /// As in [`VideoStatus`].
    pub status: String,
    /// Unix seconds.
    pub created_at: i64,
    /// `GENERATED`.
    #[serde(rename = "type")]
    pub kind: String,
}

impl ListedVideo {
    /// The row of a video.
    pub fn new(video: &Video) -> Self {
        Self {
            video_id: video.id.to_string(),
            video_title: video.title.clone().unwrap_or_default(),
            status: status_word(&video.state).to_owned(),
            created_at: video.created_at.timestamp(),
            kind: "GENERATED".to_owned(),
        }
    }
}

/// The answer of `GET /v1/video/caption.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptionStatus {
    /// 0 waiting, 1 running, 2 success, 3 failure: how far the captions are.
    pub caption_status: u32,
    /// The video with burned-in captions, where those were asked for.
    pub video_url_caption: Option<String>,
    /// The file of captions.
    pub caption_url: Option<String>,
}

impl CaptionStatus {
    /// The answer for a video whose files are served at `urls`.
    pub fn new(video: &Video, urls: VideoUrls) -> Self {
        let caption_status = match video.state {
            VideoState::Pending => 0,
            VideoState::Processing { .. } => 1,
            VideoState::Completed { .. } => 2,
            VideoState::Failed { .. } => 3,
        };
        Self { caption_status, video_url_caption: urls.captioned, caption_url: urls.subtitle }
    }
}
