//! The answer of `GET /v3/videos/{video_id}/scenes`: what a video is made of.

use rostrum_model::video::{Actor, Background, Character, Fill, Play, Scene, Sound, Style, Video};
use serde::{Deserialize, Serialize};

use super::VideoDetail;

/// A video and its scenes, never in pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VideoScenes {
    /// The video's id.
    pub video_id: String,
    /// The same as `GET /v3/videos/{video_id}` answers.
    pub video: VideoDetail,
    /// In the order in which they are shown.
    pub scenes: Vec<SceneView>,
}

impl VideoScenes {
    /// The answer for a video, described by `detail`.
    pub fn new(video: &Video, detail: VideoDetail) -> Self {
        let scenes = video.spec.scenes.iter().enumerate();
        let scenes = scenes.map(|(number, scene)| SceneView::new(format!("{}-{number}", video.id), scene));
        Self { video_id: video.id.to_string(), video: detail, scenes: scenes.collect() }
    }
}

/// A scene.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SceneView {
    /// The video's id and the number of the scene, from 0.
    pub id: String,
    /// What is behind; null for what a presenter or a photo brings along.
    pub background: Option<BackgroundView>,
    /// What is seen before it, the last on top.
    pub elements: Vec<ElementView>,
    /// What is heard.
    pub script: ScriptView,
}

/// What is behind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum BackgroundView {
    /// A colour.
    Color {
        /// Like `#1a2b3c`.
        color: String,
    },
    /// A picture.
    Image {
        /// Its asset.
        asset_id: String,
        /// `cover`, `contain` or `none`.
        fit: String,
    },
    /// A clip.
    Video {
        /// Its asset.
        asset_id: String,
        /// `cover`, `contain` or `none`.
        fit: String,
        /// How it fills the scene.
        playback: PlaybackView,
    },
}

/// How a clip fills a scene.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaybackView {
    /// `fit_to_scene`, `freeze`, `loop` or `once`.
    pub mode: String,
    /// Loudness of its own sound, 0..=1.
    pub volume: f32,
}

/// Something that is seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum ElementView {
    /// Somebody.
    Avatar {
        /// The look; null where the request named a file.
        avatar_id: Option<String>,
        /// The asset of the photo or footage; null for presenters.
        asset_id: Option<String>,
        /// `normal`, `closeUp` or `circle`.
        avatar_style: String,
        /// Size against the usual.
        scale: f32,
        /// Moved right and down, in widths and heights of the canvas.
        offset: OffsetView,
        /// Whether only the person is shown.
        remove_background: bool,
        /// What the person was asked to do.
        motion_prompt: Option<String>,
    },
    /// A text.
    Text {
        /// What is written.
        text: String,
    },
}

/// A shift.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct OffsetView {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

/// What is heard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum ScriptView {
    /// A text spoken by a voice.
    Text {
        /// What is said.
        text: String,
        /// Whose voice.
        voice_id: String,
        /// Rate against the voice's own.
        speed: f32,
        /// How much higher, in semitones.
        pitch: f32,
        /// Loudness, 0..=1.
        volume: f32,
    },
    /// A recording.
    Audio {
        /// Its asset.
        audio_asset_id: String,
    },
    /// Nothing is said.
    Silence {
        /// Seconds.
        duration: f64,
    },
}

impl SceneView {
    fn new(id: String, scene: &Scene) -> Self {
        let people = scene.character.iter().map(ElementView::of_character);
        let texts = scene.texts.iter().map(|text| ElementView::Text { text: text.text.clone() });
        Self {
            id,
            background: BackgroundView::new(scene.background),
            elements: people.chain(texts).collect(),
            script: ScriptView::new(&scene.sound),
        }
    }
}

impl BackgroundView {
    fn new(background: Background) -> Option<Self> {
        match background {
            Background::Own => None,
            Background::Colour([r, g, b]) => Some(Self::Color { color: format!("#{r:02x}{g:02x}{b:02x}") }),
            Background::Image { asset, fill } => {
                Some(Self::Image { asset_id: asset.to_string(), fit: fit(fill).to_owned() })
            }
            Background::Video { asset, fill, play, volume } => {
                let mode = match play {
                    Play::FitToScene => "fit_to_scene",
                    Play::Freeze => "freeze",
                    Play::Loop => "loop",
                    Play::Once => "once",
                };
                let playback = PlaybackView { mode: mode.to_owned(), volume };
                Some(Self::Video { asset_id: asset.to_string(), fit: fit(fill).to_owned(), playback })
            }
        }
    }
}

fn fit(fill: Fill) -> &'static str {
    match fill {
        Fill::Cover => "cover",
        Fill::Contain => "contain",
        Fill::Unscaled => "none",
    }
}

impl ElementView {
    fn of_character(character: &Character) -> Self {
        let asset_id = match character.actor {
            Actor::Photo { image } => Some(image),
            Actor::Footage { footage } => Some(footage),
            Actor::Presenter { .. } => None,
        };
        let style = match character.style {
            Style::Normal => "normal",
            Style::CloseUp => "closeUp",
            Style::Circle { .. } => "circle",
        };
        let [x, y] = character.offset;
        Self::Avatar {
            avatar_id: character.avatar_id.clone(),
            asset_id: asset_id.map(|id| id.to_string()),
            avatar_style: style.to_owned(),
            scale: character.scale,
            offset: OffsetView { x, y },
            remove_background: character.remove_background,
            motion_prompt: character.motion_prompt.clone(),
        }
    }
}

impl ScriptView {
    fn new(sound: &Sound) -> Self {
        match sound {
            Sound::Script { text, voice_id, settings, .. } => Self::Text {
                text: text.clone(),
                voice_id: voice_id.clone(),
                speed: settings.speed,
                pitch: settings.pitch,
                volume: settings.volume,
            },
            Sound::Audio { asset } => Self::Audio { audio_asset_id: asset.to_string() },
            Sound::Silence { duration_s } => Self::Silence { duration: *duration_s },
        }
    }
}
