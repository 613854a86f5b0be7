//! How the first version kept what it was asked for: one scene, of a photo.

use serde::Deserialize;

use super::{
    Actor, AspectRatio, Background, CaptionLook, Character, Expressiveness, Fade, Fit, Music, OutputFormat,
    Resolution, Scene, Sound, VideoSpec, Watermark, canvas_size,
};
use crate::picture::Size;

/// A spec of any version, as it is kept.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum AnySpec {
    Scenes {
        size: Size,
        scenes: Vec<Scene>,
        #[serde(default)]
        format: OutputFormat,
        captions: Option<CaptionLook>,
        watermark: Option<Watermark>,
        music: Option<Music>,
    },
    First(Box<FirstSpec>),
}

#[derive(Deserialize)]
pub(super) struct FirstSpec {
    #[serde(flatten)]
    actor: Actor,
    sound: Sound,
    aspect_ratio: AspectRatio,
    resolution: Resolution,
    fit: Option<Fit>,
    background_rgb: Option<[u8; 3]>,
    #[serde(default)]
    remove_background: bool,
    expressiveness: Expressiveness,
    motion_prompt: Option<String>,
}

impl From<AnySpec> for VideoSpec {
    fn from(kept: AnySpec) -> Self {
        match kept {
            AnySpec::Scenes { size, scenes, format, captions, watermark, music } => {
                Self { size, scenes, format, captions, watermark, music }
            }
            AnySpec::First(first) => {
                let FirstSpec { actor, sound, fit, expressiveness, motion_prompt, .. } = *first;
                let remove_background = first.remove_background;
                let character = Character {
                    fit,
                    remove_background,
                    expressiveness,
                    motion_prompt,
                    ..Character::new(actor)
                };
                let background = first.background_rgb.map_or(Background::Own, Background::Colour);
                // The size of the source was not kept. It matters to videos in work during an upgrade alone.
                let size = canvas_size(first.aspect_ratio, first.resolution, Size { width: 16, height: 9 });
                let scene = Scene {
                    character: Some(character),
                    sound,
                    background,
                    texts: Vec::new(),
                    camera: None,
                    fade: Fade::default(),
                };
                Self::new(size, vec![scene])
            }
        }
    }
}
