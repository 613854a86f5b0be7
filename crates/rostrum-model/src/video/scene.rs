//! What is made: a canvas and the scenes that follow each other on it. Nothing below the use case looks at these values again.

use serde::{Deserialize, Serialize};

use super::first::AnySpec;
use super::{Camera, CaptionLook, FRAMES_PER_SECOND, Fit, Mark, Music, TextBox, Watermark};
use crate::glossary::Term;
use crate::ids::AssetId;
use crate::picture::Size;
use crate::presenter::Appearance;

/// A checked order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "AnySpec")]
pub struct VideoSpec {
    /// The canvas: even sides of [`super::MIN_SIDE`]..=[`super::MAX_SIDE`].
    pub size: Size,
    /// 1..=[`super::MAX_SCENES`], in the order in which they are shown.
    pub scenes: Vec<Scene>,
    /// What the file is.
    #[serde(default, skip_serializing_if = "OutputFormat::is_mp4")]
    pub format: OutputFormat,
    /// How captions look in a second film that has them in the picture, when one is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captions: Option<CaptionLook>,
    /// A mark over all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watermark: Option<Watermark>,
    /// Music under all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub music: Option<Music>,
}

impl VideoSpec {
    /// A film of these scenes with nothing over them.
    pub fn new(size: Size, scenes: Vec<Scene>) -> Self {
        Self { size, scenes, format: OutputFormat::Mp4, captions: None, watermark: None, music: None }
    }
}

/// What a finished film is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum OutputFormat {
    /// H.264 and AAC.
    #[default]
    Mp4,
    /// VP9 and Opus; what is behind people is transparent.
    Webm,
    /// The same for editors: `ProRes` 4444 and plain samples.
    Mov,
}

impl OutputFormat {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "called by serde")]
    fn is_mp4(&self) -> bool {
        *self == Self::Mp4
    }

    /// Ending of its files' names, and what the contract calls it.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Webm => "webm",
            Self::Mov => "mov",
        }
    }

    /// Whether what is behind people is transparent.
    pub fn is_clear(self) -> bool {
        match self {
            Self::Mp4 => false,
            Self::Webm | Self::Mov => true,
        }
    }
}

/// A part of a video with one picture and one sound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scene {
    /// Who is seen; nobody when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub character: Option<Character>,
    /// What is heard. It decides how long the scene is.
    pub sound: Sound,
    /// What is seen behind.
    #[serde(default)]
    pub background: Background,
    /// What is written over it, the last on top.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<TextBox>,
    /// How a camera moves over it, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub camera: Option<Camera>,
    /// How it comes from black and goes to it.
    #[serde(default, skip_serializing_if = "Fade::is_none")]
    pub fade: Fade,
}

/// How long a scene takes to come from black and to go to it, in seconds; 0 for a hard cut. At most half the scene each.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Fade {
    /// At its start.
    pub in_s: f32,
    /// At its end.
    pub out_s: f32,
}

impl Fade {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "called by serde")]
    fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Frames of both in a scene of so many.
    pub fn frames(self, scene_frames: usize) -> [usize; 2] {
        [self.in_s, self.out_s]
            .map(|seconds| ((seconds * FRAMES_PER_SECOND as f32).round() as usize).min(scene_frames / 2))
    }
}

/// Somebody who is seen, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Character {
    /// Who.
    #[serde(flatten)]
    pub actor: Actor,
    /// The id of the look, as the request named it; absent where a file was named, and in older videos.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar_id: Option<String>,
    /// Framing.
    #[serde(default)]
    pub style: Style,
    /// Size against the usual, above 0.
    #[serde(default = "one")]
    pub scale: f32,
    /// Moved right and down, in widths and heights of the canvas.
    #[serde(default)]
    pub offset: [f32; 2],
    /// How a photo or footage is put on the canvas; chosen by shape when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fit: Option<Fit>,
    /// Whether only the person of a photo or of footage is shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub remove_background: bool,
    /// How much head and hands move.
    pub expressiveness: Expressiveness,
    /// What the person is asked to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motion_prompt: Option<String>,
}

fn one() -> f32 {
    1.0
}

impl Character {
    /// Somebody in the usual framing.
    pub fn new(actor: Actor) -> Self {
        Self {
            actor,
            avatar_id: None,
            style: Style::Normal,
            scale: 1.0,
            offset: [0.0; 2],
            fit: None,
            remove_background: false,
            expressiveness: Expressiveness::default(),
            motion_prompt: None,
        }
    }
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
    /// Footage of a person, whose mouth is redrawn.
    Footage {
        /// An asset of kind video.
        #[serde(rename = "footage_asset_id")]
        footage: AssetId,
    },
}

/// How somebody is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Style {
    /// Half-length, or the photo as it is.
    #[default]
    Normal,
    /// Head and shoulders fill the canvas.
    CloseUp,
    /// Head and shoulders in a disc.
    Circle {
        /// Colour of the disc; what is behind the person otherwise when absent.
        background_rgb: Option<[u8; 3]>,
    },
}

/// What is seen behind people, or alone.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub enum Background {
    /// A presenter's own setting; white for others.
    #[default]
    Own,
    /// One colour.
    Colour([u8; 3]),
    /// A picture.
    Image {
        /// An asset of kind image.
        asset: AssetId,
        /// How it is put on the canvas.
        fill: Fill,
    },
    /// A clip.
    Video {
        /// An asset of kind video.
        asset: AssetId,
        /// How it is put on the canvas.
        fill: Fill,
        /// What happens when it is shorter than the scene.
        play: Play,
        /// Loudness of its own sound, 0..=1.
        volume: f32,
    },
}

/// How a background of another shape is put on the canvas. What it leaves free is black, like a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Fill {
    /// Fills the canvas, cutting what sticks out.
    #[default]
    Cover,
    /// All of it is seen.
    Contain,
    /// In its own size, in the middle.
    Unscaled,
}

/// How a clip fills a scene of another length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Play {
    /// Slower or faster, so that it ends with the scene.
    FitToScene,
    /// Its last picture stays.
    #[default]
    Freeze,
    /// From its start again.
    Loop,
    /// White once it is over.
    Once,
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
    /// Nothing is said.
    Silence {
        /// Length of the scene in seconds, above 0.
        duration_s: f64,
    },
}

/// How the voice speaks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct VoiceSettings {
    /// Rate against the voice's own, 0.5..=2.
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

impl VideoSpec {
    /// The assets the video is made from.
    pub fn asset_ids(&self) -> Vec<AssetId> {
        let marked = self.watermark.as_ref().and_then(|watermark| match watermark.mark {
            Mark::Image { asset } => Some(asset),
            Mark::Preview => None,
        });
        let music = self.music.as_ref().map(|music| music.sound);
        self.scenes.iter().flat_map(Scene::asset_ids).chain(marked).chain(music).collect()
    }
}

impl Scene {
    /// The assets the scene is made from.
    pub fn asset_ids(&self) -> impl Iterator<Item = AssetId> {
        let seen = self.character.as_ref().and_then(|character| match character.actor {
            Actor::Photo { image } => Some(image),
            Actor::Footage { footage } => Some(footage),
            Actor::Presenter { .. } => None,
        });
        let behind = match self.background {
            Background::Image { asset, .. } | Background::Video { asset, .. } => Some(asset),
            Background::Own | Background::Colour(_) => None,
        };
        let heard = match self.sound {
            Sound::Audio { asset } => Some(asset),
            Sound::Script { .. } | Sound::Silence { .. } => None,
        };
        [seen, behind, heard].into_iter().flatten()
    }
}
