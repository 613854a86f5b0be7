//! Words that are seen: captions that are burned in, and texts over scenes.

use serde::{Deserialize, Serialize};

/// Red, green, blue and opacity, 0-255 each; the colours are not multiplied by the opacity.
pub type Rgba = [u8; 4];

/// How captions that are burned in look. Fields that are absent are those of the preset.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CaptionLook {
    /// Name of a look; the usual one when absent.
    pub preset: Option<String>,
    /// Family of the letters.
    pub family: Option<String>,
    /// Size of the letters in pixels, above 0.
    pub size_px: Option<f32>,
    /// Colour of the letters.
    pub colour: Option<Rgba>,
    /// Colour of the box behind them; fully transparent for none.
    pub background: Option<Rgba>,
    /// Where they stand, counted like the keys of a number pad, 1..=9.
    pub anchor: Option<u8>,
    /// Moved right and down from there, in pixels.
    #[serde(default)]
    pub offset_px: [f32; 2],
    /// Whether the word that is being spoken looks like the others, where it would stand out.
    #[serde(default)]
    pub plain_words: bool,
}

/// A text over a scene.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextBox {
    /// What is written; line feeds end lines.
    pub text: String,
    /// Family of the letters; the built-in one when absent.
    pub family: Option<String>,
    /// Size of the letters in pixels, above 0. A text that would not fit into its box is set smaller.
    pub size_px: f32,
    /// Weight, 100..=900.
    pub weight: u16,
    /// Colour of the letters.
    pub colour: Rgba,
    /// Colour of the box behind the lines, when there is one.
    pub background: Option<Rgba>,
    /// To which side lines are set.
    pub align: TextAlign,
    /// Distance of lines against the font's own.
    pub line_height: f32,
    /// Left, top, width and height in pixels of the canvas.
    pub area: [f32; 4],
    /// When it appears, in seconds from the start of the scene.
    pub from_s: f64,
    /// When it goes; with the scene when absent.
    pub to_s: Option<f64>,
}

/// To which side lines are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum TextAlign {
    /// Left.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// Right.
    Right,
}
