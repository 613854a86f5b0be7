//! Cameras that move over scenes, and cinematic videos, which are made of such scenes.

use serde::{Deserialize, Serialize};

use super::WantedPicture;
use crate::asset::AssetInput;
use crate::picture::Size;

/// A camera: what it sees from the first frame of a scene to its last, and what its lens and the light do.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Camera {
    /// What it sees at first.
    pub from: View,
    /// What it sees at last.
    pub to: View,
    /// How much the hand that holds it shakes, 0..=1.
    pub shake: f32,
    /// How far what is behind people is out of focus, 0..=1.
    pub blur: f32,
    /// The light.
    pub light: Light,
}

/// A part of the scene.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// How many times the part goes into the scene, each way: 1..=[`MAX_ZOOM`].
    pub zoom: f32,
    /// Its middle, in widths and heights of the scene; kept so far inside that the part lies in the scene.
    pub middle: [f32; 2],
}

/// The strongest zoom: scenes are drawn that much larger than the canvas.
pub const MAX_ZOOM: f32 = 1.5;

/// What the light does to the colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Light {
    /// Nothing.
    #[default]
    Natural,
    /// Golden, as in the evening sun.
    Warm,
    /// Bluish, as on a clouded day.
    Cool,
    /// Dark and blue.
    Night,
    /// Black and white, with deep shadows.
    Noir,
    /// Faded, a little brown.
    Vintage,
    /// Magenta against cyan.
    Neon,
}

impl Camera {
    /// The size in which a scene is drawn so that the closest view still has a pixel for each of the canvas, with even sides.
    pub fn set_size(&self, canvas: Size) -> Size {
        let zoom = f64::from(self.from.zoom.max(self.to.zoom).clamp(1.0, MAX_ZOOM));
        let even = |side: usize| (side as f64 * zoom / 2.0).round() as usize * 2;
        Size { width: even(canvas.width), height: even(canvas.height) }
    }
}

/// The shortest and the longest cinematic video, in seconds, and the usual one (contract).
pub const CINEMATIC_S: std::ops::RangeInclusive<u32> = 4..=15;
/// See [`CINEMATIC_S`].
pub const USUAL_CINEMATIC_S: u32 = 10;
/// The most looks, clips, and pictures with looks, that a cinematic video is made from (contract).
pub const MAX_CINEMATIC_LOOKS: usize = 3;
/// See [`MAX_CINEMATIC_LOOKS`].
pub const MAX_CINEMATIC_CLIPS: usize = 3;
/// See [`MAX_CINEMATIC_LOOKS`].
pub const MAX_CINEMATIC_PICTURES: usize = 9;

/// A wanted video that is composed by us: people and places in shots with a moving camera, following a prompt.
#[derive(Debug, Clone, PartialEq)]
pub struct CinematicRequest {
    /// What is to be seen, 1..=10,000 characters.
    pub prompt: String,
    /// Who is seen: 1..=[`MAX_CINEMATIC_LOOKS`].
    pub looks: Vec<WantedPicture>,
    /// Places and things that are seen: pictures and clips.
    pub references: Vec<AssetInput>,
    /// Length in seconds, of [`CINEMATIC_S`]; by the prompt when absent.
    pub duration_s: Option<u32>,
    /// Whether what the prompt does not say is made up.
    pub enhanced: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenes_are_drawn_so_large_that_the_closest_view_is_sharp() {
        let view = |zoom| View { zoom, middle: [0.5; 2] };
        let camera = |from, to| Camera {
            from: view(from),
            to: view(to),
            shake: 0.0,
            blur: 0.0,
            light: Light::Natural,
        };
        let canvas = Size { width: 1280, height: 720 };
        assert_eq!(camera(1.0, 1.0).set_size(canvas), canvas);
        assert_eq!(camera(1.0, 1.2).set_size(canvas), Size { width: 1536, height: 864 });
        assert_eq!(camera(9.0, 1.2).set_size(canvas), Size { width: 1920, height: 1080 });
    }
}
