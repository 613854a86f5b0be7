//! Requests that passed every check which needs no look-up.

use super::{
    AspectRatio, Callback, Camera, CaptionLook, CinematicRequest, Expressiveness, Fill, Fit, Music,
    OutputFormat, Play, Resolution, Style, TextBox, VoiceSettings, WantedMark, Watermark,
};
use crate::asset::AssetInput;
use crate::ids::{FolderId, GlossaryId, LookId};
use crate::picture::Size;

/// A wanted video.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoRequest {
    /// Title, when given.
    pub title: Option<String>,
    /// Folder it is to lie in.
    pub folder_id: Option<FolderId>,
    /// Whom to tell of its end.
    pub callback: Callback,
    /// The canvas.
    pub canvas: CanvasShape,
    /// 1..=[`super::MAX_SCENES`]; none where they are composed.
    pub scenes: Vec<SceneRequest>,
    /// What the scenes are composed from, where they are.
    pub cinematic: Option<CinematicRequest>,
    /// What the file is; of one whose background is transparent no scene has a background.
    pub format: OutputFormat,
    /// How captions look in a second film that has them in the picture, when one is wanted.
    pub captions: Option<CaptionLook>,
    /// A mark over all of it.
    pub watermark: Option<Watermark<WantedMark>>,
    /// Music under all of it.
    pub music: Option<Music<AssetInput>>,
    /// Glossary that tells how words are said. What it says then is kept with the video.
    pub brand_glossary_id: Option<GlossaryId>,
}

impl VideoRequest {
    /// A film of these scenes with nothing over them, of which nobody is told.
    pub fn new(canvas: CanvasShape, scenes: Vec<SceneRequest>) -> Self {
        Self {
            title: None,
            folder_id: None,
            callback: Callback::default(),
            canvas,
            scenes,
            cinematic: None,
            format: OutputFormat::Mp4,
            captions: None,
            watermark: None,
            music: None,
            brand_glossary_id: None,
        }
    }
}

/// A canvas as requests describe it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CanvasShape {
    /// By shape and short edge.
    Shape(AspectRatio, Resolution),
    /// In pixels: even sides of [`super::MIN_SIDE`]..=[`super::MAX_SIDE`].
    Size(Size),
}

/// A wanted scene.
#[derive(Debug, Clone, PartialEq)]
pub struct SceneRequest {
    /// Who is seen, if anybody.
    pub character: Option<CharacterRequest>,
    /// What is heard; the length of the scene.
    pub sound: WantedSound,
    /// What is seen behind.
    pub background: WantedBackground,
    /// What is written over it.
    pub texts: Vec<TextBox>,
    /// How a camera moves over it, where one does.
    pub camera: Option<Camera>,
    /// How long going over to it from the scene before it takes, through black, in seconds; 0 for a hard cut.
    pub transition_s: f32,
}

impl SceneRequest {
    /// Somebody before their own background, with nothing written over it.
    pub fn of(character: CharacterRequest, sound: WantedSound) -> Self {
        Self { character: Some(character), ..Self::without_people(sound, WantedBackground::Own) }
    }

    /// A background alone, with nothing written over it.
    pub fn without_people(sound: WantedSound, background: WantedBackground) -> Self {
        Self { character: None, sound, background, texts: Vec::new(), camera: None, transition_s: 0.0 }
    }
}

/// Somebody who is to be seen. For the fields see [`super::Character`].
#[derive(Debug, Clone, PartialEq)]
pub struct CharacterRequest {
    /// Who.
    pub picture: WantedPicture,
    /// Framing.
    pub style: Style,
    /// Size against the usual.
    pub scale: f32,
    /// Moved right and down, in widths and heights of the canvas.
    pub offset: [f32; 2],
    /// How a photo is put on the canvas; chosen by shape when absent.
    pub fit: Option<Fit>,
    /// Whether only the person of a photo is shown.
    pub remove_background: bool,
    /// How much head and hands move; by the kind of avatar when absent.
    pub expressiveness: Option<Expressiveness>,
    /// What the person is asked to do, at most [`super::MAX_MOTION_PROMPT_CHARS`] characters.
    pub motion_prompt: Option<String>,
}

impl CharacterRequest {
    /// Somebody in the usual framing.
    pub fn new(picture: WantedPicture) -> Self {
        Self {
            picture,
            style: Style::Normal,
            scale: 1.0,
            offset: [0.0; 2],
            fit: None,
            remove_background: false,
            expressiveness: None,
            motion_prompt: None,
        }
    }
}

/// Who is seen, as a request names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WantedPicture {
    /// A picture for this video.
    Image(AssetInput),
    /// A look of an avatar of the workspace.
    Look(LookId),
    /// A look of the cast, by its name there.
    Cast(String),
}

/// What is heard, as a request names it.
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
    /// Nothing is said for so many seconds, above 0.
    Silence(f64),
    /// What the clip in the background has; the scene is as long as the clip.
    OfBackground,
}

/// What is seen behind, as a request names it.
#[derive(Debug, Clone, PartialEq)]
pub enum WantedBackground {
    /// A presenter's own setting; white for others.
    Own,
    /// One colour.
    Colour([u8; 3]),
    /// A picture.
    Image(AssetInput, Fill),
    /// A clip.
    Video {
        /// Which.
        input: AssetInput,
        /// How it is put on the canvas.
        fill: Fill,
        /// What happens when it is shorter than the scene.
        play: Play,
        /// Loudness of its own sound, 0..=1.
        volume: f32,
    },
}

/// A part of a scene, as far as errors tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SceneField {
    /// The look.
    Avatar,
    /// The picture that becomes an avatar.
    Image(InputForm),
    /// The voice.
    Voice,
    /// The text.
    Script,
    /// How fast it is spoken.
    Speed,
    /// What the person is asked to do.
    MotionPrompt,
    /// The recording.
    Audio(InputForm),
    /// The picture behind.
    BackgroundImage(InputForm),
    /// The clip behind.
    BackgroundVideo(InputForm),
    /// A picture or clip of those that a cinematic video is made from; counted like scenes.
    Reference(InputForm),
    /// How many of them there are.
    References,
}

/// How a request names a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputForm {
    /// By the id of an asset.
    AssetId,
    /// By its address.
    Url,
    /// By its bytes.
    Inline,
}

impl From<&AssetInput> for InputForm {
    fn from(input: &AssetInput) -> Self {
        match input {
            AssetInput::AssetId(_) => Self::AssetId,
            AssetInput::Url(_) => Self::Url,
            AssetInput::Inline(_) => Self::Inline,
        }
    }
}
