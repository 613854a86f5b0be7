//! Videos: what was asked for and how far it has come.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::asset::AssetInput;
use crate::glossary::Term;
use crate::ids::{AssetId, GlossaryId, LookId, VideoId, WorkspaceId};
use crate::picture::Size;
use crate::presenter::Appearance;

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

/// The longest side a canvas may have (contract, usage limits).
pub const MAX_SIDE: usize = 4096;

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
    let even = |length: f64| (((length * scale) / 2.0).round() as usize * 2).clamp(128, MAX_SIDE);
    Size { width: even(w), height: even(h) }
}

/// How the voice speaks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct VoiceSettings {
    /// Rate against the voice's own, 0.5..=1.5 in videos.
    pub speed: f32,
    /// Loudness against -16 LUFS, 0..=1.
    pub volume: f32,
    /// How much higher than its own pitch, in semitones.
    #[serde(default)]
    pub pitch: f32,
}

impl Default for VoiceSettings {
    fn default() -> Self {
        Self { speed: 1.0, volume: 1.0, pitch: 0.0 }
    }
}

/// A request that passed every check which needs no look-up.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoRequest {
    /// Title, when given.
    pub title: Option<String>,
    /// Who is seen.
    pub picture: WantedPicture,
    /// What is heard.
    pub sound: WantedSound,
    /// Shape of the canvas.
    pub aspect_ratio: AspectRatio,
    /// Short edge of the canvas.
    pub resolution: Resolution,
    /// How the portrait is put on the canvas; chosen by shape when absent.
    pub fit: Option<Fit>,
    /// Colour behind the person where the canvas shows; a presenter's own setting, or white, when absent.
    pub background_rgb: Option<[u8; 3]>,
    /// Whether only the person is shown, before that colour.
    pub remove_background: bool,
    /// How much head and hands move; by the kind of avatar when absent.
    pub expressiveness: Option<Expressiveness>,
    /// What the person is asked to do, at most [`MAX_MOTION_PROMPT_CHARS`] characters.
    pub motion_prompt: Option<String>,
    /// Glossary that tells how words are said. What it says then is kept with the video.
    pub brand_glossary_id: Option<GlossaryId>,
}

/// The portrait of a video, as a request names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WantedPicture {
    /// A picture for this video.
    Image(AssetInput),
    /// A look of an avatar of the workspace.
    Look(LookId),
    /// A look of the cast, by its name there.
    Cast(String),
}

/// The sound of a video, as a request names it.
#[derive(Debug, Clone, PartialEq)]
pub enum WantedSound {
    /// A text spoken by a voice.
    Script {
        /// 1..=5000 characters.
        text: String,
        /// Whose voice; `None` is the default voice of the avatar.
        voice_id: Option<String>,
        /// Manner of speaking.
        settings: VoiceSettings,
    },
    /// A recording.
    Audio(AssetInput),
}

/// What is heard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Sound {
    /// A text spoken by a voice.
    Script {
        /// 1..=5000 characters.
        text: String,
        /// A voice of the catalogue, of an external engine, or of the workspace's own.
        voice_id: String,
        /// Manner of speaking.
        settings: VoiceSettings,
        /// Words that are said otherwise than they are written; those of a glossary when the video was asked for.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        terms: Vec<Term>,
    },
    /// An uploaded recording.
    Audio {
        /// An asset of kind audio.
        #[serde(rename = "asset_id")]
        asset: AssetId,
    },
}

/// Who is seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Actor {
    /// A photo that is animated.
    Photo {
        /// An asset of kind image.
        #[serde(rename = "image_asset_id")]
        image: AssetId,
    },
    /// A drawn person, as it was when the video was asked for.
    Presenter {
        /// All that it is drawn from.
        presenter: Box<Appearance>,
    },
}

/// What is made: nothing below the use case looks at these values again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VideoSpec {
    /// Who is seen.
    #[serde(flatten)]
    pub actor: Actor,
    /// What is heard.
    pub sound: Sound,
    /// Shape of the canvas.
    pub aspect_ratio: AspectRatio,
    /// Short edge of the canvas.
    pub resolution: Resolution,
    /// How the portrait is put on the canvas; chosen by shape when absent.
    pub fit: Option<Fit>,
    /// Colour behind the person where the canvas shows; a presenter's own setting, or white, when absent.
    pub background_rgb: Option<[u8; 3]>,
    /// Whether only the person is shown, before that colour.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub remove_background: bool,
    /// How much head and hands move.
    pub expressiveness: Expressiveness,
    /// What the person is asked to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motion_prompt: Option<String>,
}

impl VideoSpec {
    /// The assets the video is made from.
    pub fn asset_ids(&self) -> Vec<AssetId> {
        let mut ids = match self.actor {
            Actor::Photo { image } => vec![image],
            Actor::Presenter { .. } => Vec::new(),
        };
        if let Sound::Audio { asset } = &self.sound {
            ids.push(*asset);
        }
        ids
    }
}

/// How much the head moves beside the mouth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Expressiveness {
    /// Calm: the default.
    #[default]
    Low,
    /// Half as much again.
    Medium,
    /// Twice the movement.
    High,
}

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
    /// Subtitles, when the words are known.
    pub subtitle_key: Option<String>,
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
    /// Share of the work done, 0..=1.
    pub progress: f32,
    /// When it was accepted.
    pub created_at: DateTime<Utc>,
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
            subtitle_key: None,
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
    fn completing_twice_keeps_the_first_completion() {
        let now = DateTime::from_timestamp(0, 0).unwrap();
        let later = DateTime::from_timestamp(9, 0).unwrap();
        let done = VideoState::Pending.start(now).unwrap().complete(now, 1.0, output("first")).unwrap();
        assert_eq!(done.complete(later, 2.0, output("second")), Ok(done));
    }
}
