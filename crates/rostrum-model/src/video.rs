//! Videos: what was asked for and how far it has come.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{FolderId, VideoId, WorkspaceId};
use crate::picture::Size;

mod camera;
mod first;
mod music;
mod request;
mod scene;
mod texts;
mod watermark;

pub use camera::{
    CINEMATIC_S, Camera, CinematicRequest, Light, MAX_CINEMATIC_CLIPS, MAX_CINEMATIC_LOOKS,
    MAX_CINEMATIC_PICTURES, MAX_ZOOM, USUAL_CINEMATIC_S, View,
};
pub use music::{Music, USUAL_MUSIC_VOLUME};
pub use request::{
    CanvasShape, CharacterRequest, InputForm, SceneField, SceneRequest, VideoRequest, WantedBackground,
    WantedPicture, WantedSound,
};
pub use scene::{
    Actor, Background, Character, Expressiveness, Fade, Fill, OutputFormat, Play, Scene, Sound, Style,
    VideoSpec, VoiceSettings,
};
pub use texts::{CaptionLook, Rgba, TextAlign, TextBox};
pub use watermark::{Corner, Mark, WATERMARK_MARGIN, WantedMark, Watermark};

/// Frames per second of all output (the contract's one rate).
pub const FRAMES_PER_SECOND: u32 = 25;

/// Shape of the canvas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AspectRatio {
    /// Landscape 16:9.
    Wide,
    /// Portrait 9:16.
    Tall,
    /// Portrait 4:5.
    Portrait,
    /// Landscape 5:4.
    Landscape,
    /// Square 1:1.
    Square,
    /// That of the source picture.
    Auto,
}

/// Length of the canvas's short edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Resolution {
    /// 720 pixels.
    P720,
    /// 1080 pixels.
    P1080,
    /// 2160 pixels.
    P2160,
}

impl Resolution {
    /// The short edge in pixels.
    pub fn short_edge(self) -> usize {
        match self {
            Self::P720 => 720,
            Self::P1080 => 1080,
            Self::P2160 => 2160,
        }
    }
}

/// How a picture of another shape is put on the canvas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fit {
    /// Fills the canvas, cutting what sticks out.
    Cover,
    /// Shows all of the picture, leaving the background visible.
    Contain,
}

/// The longest motion prompt, in characters; ours, for the contract names none.
pub const MAX_MOTION_PROMPT_CHARS: usize = 1000;

/// The shortest and the longest side a canvas may have (contract, usage limits).
pub const MIN_SIDE: usize = 128;
/// See [`MIN_SIDE`].
pub const MAX_SIDE: usize = 4096;

/// The most scenes of a video (contract, usage limits).
pub const MAX_SCENES: usize = 50;

/// The longest video, in seconds (contract, usage limits).
pub const MAX_VIDEO_S: f64 = 1800.0;

/// The canvas for a source picture: short edge fixed by the resolution, long edge by the ratio, both even, at most
/// [`MAX_SIDE`] (beyond it the whole canvas shrinks in proportion).
pub fn canvas_size(ratio: AspectRatio, resolution: Resolution, source: Size) -> Size {
    let (w, h) = match ratio {
        AspectRatio::Wide => (16.0, 9.0),
        AspectRatio::Tall => (9.0, 16.0),
        AspectRatio::Portrait => (4.0, 5.0),
        AspectRatio::Landscape => (5.0, 4.0),
        AspectRatio::Square => (1.0, 1.0),
        AspectRatio::Auto => (source.width.max(1) as f64, source.height.max(1) as f64),
    };
    let scale = (resolution.short_edge() as f64 / f64::min(w, h)).min(MAX_SIDE as f64 / f64::max(w, h));
    let even = |length: f64| (((length * scale) / 2.0).round() as usize * 2).clamp(MIN_SIDE, MAX_SIDE);
    Size { width: even(w), height: even(h) }
}

/// How much of the work on a video is done when all of it is spoken; drawing comes next.
pub const SPOKEN_SHARE: f32 = 0.1;
/// How much of the work on a video is done when all of it is drawn; what is left is publishing.
pub const DRAWN_SHARE: f32 = 0.9;

/// Whom to tell how a video, or a batch of them, ended. The default is nobody.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Callback {
    /// Where to post it.
    pub url: Option<String>,
    /// The caller's own word for what was asked, told back.
    pub id: Option<String>,
    /// Scheme and authority by which the caller reaches this server, for addresses of files.
    pub origin: String,
}

/// The longest `callback_id`, in characters.
pub const MAX_CALLBACK_ID_CHARS: usize = 128;

/// Why a video failed, for the person who asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Stable machine word, e.g. `rendering_failed`.
    pub code: String,
    /// What happened and what to do.
    pub message: String,
}

/// The files of a finished video, as keys into the blob store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoOutput {
    /// The video.
    pub video_key: String,
    /// A still picture of it.
    pub thumbnail_key: String,
    /// A short moving preview, when one was made.
    pub gif_key: Option<String>,
    /// The video with its captions in the picture, when that was asked for.
    #[serde(default)]
    pub captioned_key: Option<String>,
    /// Subtitles as SRT, when the words are known.
    pub subtitle_key: Option<String>,
    /// The same as `WebVTT`; older videos have none.
    #[serde(default)]
    pub vtt_key: Option<String>,
    /// Width and height of the video, as probed.
    pub size: Size,
}

/// How far a video has come. Moves only by [`VideoState::start`], [`VideoState::complete`] and [`VideoState::fail`].
#[derive(Debug, Clone, PartialEq)]
pub enum VideoState {
    /// Accepted, no worker has it yet.
    Pending,
    /// A worker is on it.
    Processing {
        /// When the first worker took it.
        started_at: DateTime<Utc>,
    },
    /// Finished and verified.
    Completed {
        /// When it was published.
        completed_at: DateTime<Utc>,
        /// Length in seconds, as probed.
        duration_s: f64,
        /// Where the finished files lie.
        output: VideoOutput,
    },
    /// Given up.
    Failed {
        /// When it was given up.
        failed_at: DateTime<Utc>,
        /// Why.
        failure: Failure,
    },
}

/// A move that the states do not allow, e.g. failing a completed video.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a video that is {from} cannot become {to}")]
pub struct WrongMove {
    /// Present state.
    pub from: &'static str,
    /// Wanted state.
    pub to: &'static str,
}

impl VideoState {
    /// The state's word, for logs and errors.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing { .. } => "processing",
            Self::Completed { .. } => "completed",
            Self::Failed { .. } => "failed",
        }
    }

    /// A worker takes the video; taking it again after a restart keeps the first start.
    ///
    /// # Errors
    /// When the video is already finished.
    pub fn start(&self, now: DateTime<Utc>) -> Result<Self, WrongMove> {
        match self {
            Self::Pending => Ok(Self::Processing { started_at: now }),
            Self::Processing { .. } => Ok(self.clone()),
            Self::Completed { .. } | Self::Failed { .. } => {
                Err(WrongMove { from: self.name(), to: "processing" })
            }
        }
    }

    /// The verified output was published; a repeat (after a crash between publish and acknowledgement) keeps the first.
    ///
    /// # Errors
    /// When the video was not in work.
    pub fn complete(
        &self,
        now: DateTime<Utc>,
        duration_s: f64,
        output: VideoOutput,
    ) -> Result<Self, WrongMove> {
        match self {
            Self::Processing { .. } => Ok(Self::Completed { completed_at: now, duration_s, output }),
            Self::Completed { .. } => Ok(self.clone()),
            Self::Pending | Self::Failed { .. } => Err(WrongMove { from: self.name(), to: "completed" }),
        }
    }

    /// The video is given up.
    ///
    /// # Errors
    /// When it is already completed; failing a failed video keeps the first reason.
    pub fn fail(&self, now: DateTime<Utc>, failure: Failure) -> Result<Self, WrongMove> {
        match self {
            Self::Pending | Self::Processing { .. } => Ok(Self::Failed { failed_at: now, failure }),
            Self::Failed { .. } => Ok(self.clone()),
            Self::Completed { .. } => Err(WrongMove { from: self.name(), to: "failed" }),
        }
    }
}

/// A video in a workspace.
#[derive(Debug, Clone, PartialEq)]
pub struct Video {
    /// Id, also the id of its job.
    pub id: VideoId,
    /// Owner.
    pub workspace_id: WorkspaceId,
    /// Title given by the caller.
    pub title: Option<String>,
    /// The checked request.
    pub spec: VideoSpec,
    /// How far it has come.
    pub state: VideoState,
    /// Folder it lies in.
    pub folder_id: Option<FolderId>,
    /// Whom to tell of its end.
    pub callback: Callback,
    /// Share of the work done, 0..=1.
    pub progress: f32,
    /// When `progress` last grew.
    pub progressed_at: Option<DateTime<Utc>>,
    /// When it was accepted.
    pub created_at: DateTime<Utc>,
}

/// What is done to a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkStage {
    /// Nothing yet.
    Waiting,
    /// Its texts are spoken.
    Speaking,
    /// Its frames are drawn and encoded.
    Drawing,
    /// Its files are joined, checked and published.
    Publishing,
    /// Nothing any more.
    Ended,
}

impl Video {
    /// What is done to it now.
    pub fn stage(&self) -> WorkStage {
        match self.state {
            VideoState::Pending => WorkStage::Waiting,
            VideoState::Completed { .. } | VideoState::Failed { .. } => WorkStage::Ended,
            VideoState::Processing { .. } if self.progress < SPOKEN_SHARE => WorkStage::Speaking,
            VideoState::Processing { .. } if self.progress < DRAWN_SHARE => WorkStage::Drawing,
            VideoState::Processing { .. } => WorkStage::Publishing,
        }
    }

    /// How many seconds the rest of the work takes if it goes on as it went so far; unknown before the first sign of
    /// progress, 0 at the end.
    pub fn remaining_s(&self) -> Option<f64> {
        match self.state {
            VideoState::Pending => None,
            VideoState::Completed { .. } | VideoState::Failed { .. } => Some(0.0),
            VideoState::Processing { started_at } => {
                let done = f64::from(self.progress);
                let spent_s = (self.progressed_at? - started_at).as_seconds_f64().max(0.0);
                (done > 0.0).then(|| spent_s * (1.0 - done) / done)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(width: usize, height: usize) -> Size {
        Size { width, height }
    }

    fn output(name: &str) -> VideoOutput {
        VideoOutput {
            video_key: format!("{name}.mp4"),
            thumbnail_key: format!("{name}.jpg"),
            gif_key: None,
            captioned_key: None,
            subtitle_key: None,
            vtt_key: None,
            size: size(1920, 1080),
        }
    }

    #[test]
    fn canvases_are_anchored_on_the_short_edge() {
        let any = size(512, 512);
        assert_eq!(canvas_size(AspectRatio::Wide, Resolution::P1080, any), size(1920, 1080));
        assert_eq!(canvas_size(AspectRatio::Tall, Resolution::P720, any), size(720, 1280));
        assert_eq!(canvas_size(AspectRatio::Portrait, Resolution::P1080, any), size(1080, 1350));
        assert_eq!(canvas_size(AspectRatio::Landscape, Resolution::P1080, any), size(1350, 1080));
        assert_eq!(canvas_size(AspectRatio::Square, Resolution::P2160, any), size(2160, 2160));
        assert_eq!(canvas_size(AspectRatio::Auto, Resolution::P1080, size(512, 600)), size(1080, 1266));
    }

    #[test]
    fn a_very_long_source_keeps_its_shape_within_the_limit() {
        assert_eq!(canvas_size(AspectRatio::Auto, Resolution::P1080, size(8000, 1000)), size(4096, 512));
    }

    #[test]
    fn a_completed_video_cannot_fail_and_a_failed_one_cannot_complete() {
        let now = DateTime::from_timestamp(0, 0).unwrap();
        let failure = Failure { code: "x".into(), message: "y".into() };
        let done = VideoState::Pending.start(now).unwrap().complete(now, 1.0, output("first")).unwrap();
        assert!(done.fail(now, failure.clone()).is_err());
        let failed = VideoState::Pending.fail(now, failure).unwrap();
        assert!(failed.complete(now, 1.0, output("first")).is_err());
        assert!(failed.start(now).is_err());
    }

    #[test]
    fn the_rest_of_the_work_is_told_from_the_work_done() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let state = VideoState::Processing { started_at: at(100) };
        let mut video = Video {
            id: VideoId::from_uuid(uuid::Uuid::nil()),
            workspace_id: WorkspaceId::from_uuid(uuid::Uuid::nil()),
            title: None,
            spec: VideoSpec::new(size(128, 128), vec![]),
            state,
            folder_id: None,
            callback: Callback::default(),
            progress: 0.0,
            progressed_at: Some(at(100)),
            created_at: at(0),
        };
        assert_eq!((video.stage(), video.remaining_s()), (WorkStage::Speaking, None));
        (video.progress, video.progressed_at) = (0.25, Some(at(110)));
        assert_eq!((video.stage(), video.remaining_s()), (WorkStage::Drawing, Some(30.0)));
        video.progress = 0.95;
        assert_eq!(video.stage(), WorkStage::Publishing);
        video.state = VideoState::Pending;
        assert_eq!((video.stage(), video.remaining_s()), (WorkStage::Waiting, None));
    }

    #[test]
    fn completing_twice_keeps_the_first_completion() {
        let now = DateTime::from_timestamp(0, 0).unwrap();
        let later = DateTime::from_timestamp(9, 0).unwrap();
        let done = VideoState::Pending.start(now).unwrap().complete(now, 1.0, output("first")).unwrap();
        assert_eq!(done.complete(later, 2.0, output("second")), Ok(done));
    }
}
