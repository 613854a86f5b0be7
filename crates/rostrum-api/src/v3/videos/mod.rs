//! `/v3/videos`.

mod batch;
mod cinematic;
mod create;
mod estimate;
pub(crate) mod fields;
mod form;
pub(crate) mod order;
mod scenes;
pub(crate) mod studio;

use rostrum_model::video::{Video, VideoState, WorkStage};
use serde::{Deserialize, Serialize};

pub use batch::{BatchRow, ItemFacts, StatusRow, WantedBatch, batch_detail};
pub use create::{look_unknown, read_create_video, read_flat_video};
pub use estimate::DryRun;
pub use fields::{MAX_SCRIPT_CHARS, MAX_TITLE_CHARS, PHOTO_ENGINES};
pub use form::BodyForm;
pub use scenes::VideoScenes;

/// Answer of `POST /v3/videos`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedVideo {
    /// Id to ask after.
    pub video_id: String,
    /// Always `waiting`; later states are read with `GET /v3/videos/{video_id}`.
    pub status: String,
    /// `mp4` or `webm`.
    pub output_format: String,
}

impl CreatedVideo {
    /// The answer for a video just accepted.
    pub fn new(video: &Video) -> Self {
        Self {
            video_id: video.id.to_string(),
            status: "waiting".to_owned(),
            output_format: video.spec.format.extension().to_owned(),
        }
    }
}

/// Where the files of a finished video are served.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VideoUrls {
    /// The video.
    pub video: Option<String>,
    /// The video with its captions in the picture.
    pub captioned: Option<String>,
    /// A still picture of it.
    pub thumbnail: Option<String>,
    /// A short moving preview.
    pub gif: Option<String>,
    /// Its SRT file.
    pub subtitle: Option<String>,
    /// Its `WebVTT` file.
    pub vtt: Option<String>,
    /// The page that plays it; there from the start.
    pub page: Option<String>,
    /// The page to pass on; there from the start.
    pub share: Option<String>,
}

/// Answer of `GET /v3/videos/{video_id}` and row of `GET /v3/videos`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VideoDetail {
    /// The video's id.
    pub id: String,
    /// Title given at creation.
    pub title: Option<String>,
    /// `pending`, `processing`, `completed` or `failed`.
    pub status: String,
    /// How far the work has come (beyond the contract).
    pub progress: Progress,
    /// Unix seconds.
    pub created_at: Option<i64>,
    /// Unix seconds.
    pub completed_at: Option<i64>,
    /// Seconds.
    pub duration: Option<f64>,
    /// The finished video.
    pub video_url: Option<String>,
    /// The video with burned-in captions, where those were asked for.
    pub captioned_video_url: Option<String>,
    /// A still picture.
    pub thumbnail_url: Option<String>,
    /// A short moving preview.
    pub gif_url: Option<String>,
    /// The SRT file.
    pub subtitle_url: Option<String>,
    /// The same as `WebVTT` (beyond the contract).
    pub vtt_url: Option<String>,
    /// A page showing the video; not made yet.
    pub video_page_url: Option<String>,
    /// Folder, when the video lies in one.
    pub folder_id: Option<String>,
    /// Language of a translated video.
    pub output_language: Option<String>,
    /// Why it failed, for machines.
    pub failure_code: Option<String>,
    /// Why it failed and what to do, for people.
    pub failure_message: Option<String>,
}

impl VideoDetail {
    /// The answer for a video whose files are served at `urls`.
    pub fn new(video: &Video, urls: VideoUrls) -> Self {
        let (completed_at, duration) = match &video.state {
            VideoState::Completed { completed_at, duration_s, .. } => {
                (Some(completed_at.timestamp()), Some(*duration_s))
            }
            _ => (None, None),
        };
        let failure = match &video.state {
            VideoState::Failed { failure, .. } => Some(failure.clone()),
            _ => None,
        };
        Self {
            id: video.id.to_string(),
            title: video.title.clone(),
            status: status_word(&video.state).to_owned(),
            progress: Progress::new(video),
            created_at: Some(video.created_at.timestamp()),
            completed_at,
            duration,
            video_url: urls.video,
            captioned_video_url: urls.captioned,
            thumbnail_url: urls.thumbnail,
            gif_url: urls.gif,
            subtitle_url: urls.subtitle,
            vtt_url: urls.vtt,
            video_page_url: urls.page,
            folder_id: video.folder_id.map(|id| id.to_string()),
            output_language: None,
            failure_code: failure.as_ref().map(|failure| failure.code.clone()),
            failure_message: failure.map(|failure| failure.message),
        }
    }
}

/// How far the work on a video has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Share of the work done, 0..=1.
    pub fraction: f32,
    /// `waiting`, `speaking`, `drawing`, `publishing` or `ended`.
    pub stage: String,
    /// How many seconds the rest takes if it goes on as it went so far, to a tenth; null before that can be told.
    pub eta_seconds: Option<f64>,
}

impl Progress {
    fn new(video: &Video) -> Self {
        let stage = match video.stage() {
            WorkStage::Waiting => "waiting",
            WorkStage::Speaking => "speaking",
            WorkStage::Drawing => "drawing",
            WorkStage::Publishing => "publishing",
            WorkStage::Ended => "ended",
        };
        let eta_seconds = video.remaining_s().map(|seconds| (seconds * 10.0).round() / 10.0);
        Self { fraction: video.progress, stage: stage.to_owned(), eta_seconds }
    }
}

/// The contract's word for a state.
pub fn status_word(state: &VideoState) -> &'static str {
    match state {
        VideoState::Pending => "pending",
        VideoState::Processing { .. } => "processing",
        VideoState::Completed { .. } => "completed",
        VideoState::Failed { .. } => "failed",
    }
}

/// Answer of `DELETE /v3/videos/{video_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedVideo {
    /// The video's id.
    pub id: String,
    /// Always true.
    pub deleted: bool,
}
