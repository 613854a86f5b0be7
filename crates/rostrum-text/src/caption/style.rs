//! How captions look and where they stand.

use crate::style::{Backing, Outline, Rgba, Shadow};

/// How captions look and where they stand. [`CaptionStyle::preset`] gives a complete one, of which fields may be replaced.
#[derive(Debug, Clone, PartialEq)]
pub struct CaptionStyle {
    /// The family asked for first; see [`crate::TextStyle::family`].
    pub family: Option<String>,
    /// Font size in pixels; `None` takes `size_share`. Captions that would not fit are set smaller.
    pub size_px: Option<f32>,
    /// Font size as a share of the shorter side of the canvas.
    pub size_share: f32,
    /// Weight, 100 to 900.
    pub weight: u16,
    /// Colour of the letters.
    pub colour: Rgba,
    /// What is painted behind them.
    pub backing: Option<Backing>,
    /// A line around them.
    pub outline: Option<Outline>,
    /// A shadow below them.
    pub shadow: Option<Shadow>,
    /// How the word that is being spoken stands out; `None` shows all words alike.
    pub highlight: Option<Highlight>,
    /// Where they stand within the safe area.
    pub anchor: Anchor,
    /// Moves them right and down from there, in pixels; never out of the canvas.
    pub offset_px: [f32; 2],
    /// Language of the text as a BCP 47 tag; see [`crate::TextStyle::language`].
    pub language: Option<String>,
}

/// How the word that is being spoken stands out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Highlight {
    /// Colour of its letters.
    pub colour: Rgba,
    /// Whether words keep that colour after they were spoken.
    pub stays: bool,
    /// A box behind it.
    pub spot: Option<Backing>,
}

/// One of nine places, counted like the keys of a number pad: 1 is the lower left, 5 the middle, 9 the upper right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor(u8);

impl Anchor {
    /// Above, in the middle.
    pub const TOP: Self = Self(8);
    /// In the middle.
    pub const MIDDLE: Self = Self(5);
    /// Below, in the middle.
    pub const BOTTOM: Self = Self(2);

    /// The place of a key; `None` unless it is 1 to 9.
    pub fn numpad(key: u8) -> Option<Self> {
        (1..=9).contains(&key).then_some(Self(key))
    }

    /// 0 left, 1 middle, 2 right.
    pub(crate) fn column(self) -> u8 {
        (self.0 - 1) % 3
    }

    /// 0 below, 1 middle, 2 above.
    pub(crate) fn row(self) -> u8 {
        (self.0 - 1) / 3
    }
}
