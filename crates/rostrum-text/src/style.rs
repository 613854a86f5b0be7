//! How a text looks.
//!
//! Lengths other than the size are in ems, multiples of the font size, so that a style looks the same at every size.

pub use rostrum_model::video::Rgba;

/// How a text looks.
#[derive(Debug, Clone, PartialEq)]
pub struct TextStyle {
    /// The family asked for first, by the name its fonts give (letter case does not matter). `None`, an unknown family, and
    /// one that lacks a character lead to the built-in one, then to any that has the character.
    pub family: Option<String>,
    /// Font size in pixels per em; below 1 and above 2000 these are taken.
    pub size_px: f32,
    /// Weight, 100 (thin) to 900 (black); 400 is regular, 700 bold.
    pub weight: u16,
    /// Whether it slants; synthesised where the family has no italics.
    pub italic: bool,
    /// Colour of the glyphs. Emoji keep their own.
    pub colour: Rgba,
    /// What is painted behind the text.
    pub backing: Option<Backing>,
    /// A line around the glyphs, but not around emoji.
    pub outline: Option<Outline>,
    /// A shadow below glyphs and outline.
    pub shadow: Option<Shadow>,
    /// To which side lines are set.
    pub align: Align,
    /// Distance of lines as a multiple of what the fonts of a line ask for, 0.5 to 4; 1 is theirs.
    pub line_height: f32,
    /// Language of the text as a BCP 47 tag (`ja`, `zh-TW`). It decides between the Chinese, Japanese and Korean shapes of
    /// shared characters; without it the text itself does.
    pub language: Option<String>,
}

impl TextStyle {
    /// Plain text of a size and a colour, set to the start of the line.
    pub fn new(size_px: f32, colour: Rgba) -> Self {
        Self {
            family: None,
            size_px,
            weight: 400,
            italic: false,
            colour,
            backing: None,
            outline: None,
            shadow: None,
            align: Align::Start,
            line_height: 1.0,
            language: None,
        }
    }
}

impl TextStyle {
    /// The font size, whatever was asked for.
    pub(crate) fn em_px(&self) -> f32 {
        if self.size_px.is_nan() { 1.0 } else { self.size_px.clamp(1.0, 2000.0) }
    }

    /// The distance of lines, whatever was asked for.
    pub(crate) fn line_distance(&self) -> f32 {
        if self.line_height.is_nan() { 1.0 } else { self.line_height.clamp(0.5, 4.0) }
    }
}

/// To which side lines are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Where reading starts: left, but right for Arabic or Hebrew.
    Start,
    /// Where reading ends.
    End,
    /// Left, whatever the script.
    Left,
    /// In the middle.
    Center,
    /// Right, whatever the script.
    Right,
}

/// A painted area behind text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backing {
    /// Its colour.
    pub colour: Rgba,
    /// How far it reaches beyond the text to the sides, and above and below, in ems.
    pub padding_em: [f32; 2],
    /// Radius of its corners in ems.
    pub radius_em: f32,
    /// What it covers.
    pub shape: BackingShape,
}

/// What a [`Backing`] covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackingShape {
    /// One box around all lines.
    Block,
    /// A box around each line, as wide as the line; where boxes overlap nothing is painted twice.
    Lines,
}

/// A line around glyphs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outline {
    /// How far it reaches outwards, in ems.
    pub width_em: f32,
    /// Its colour.
    pub colour: Rgba,
}

/// A blurred copy below the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shadow {
    /// How far it lies to the right and down, in ems.
    pub offset_em: [f32; 2],
    /// How far it is blurred, in ems; 0 leaves it sharp.
    pub blur_em: f32,
    /// Its colour.
    pub colour: Rgba,
}

impl Shadow {
    /// How far it reaches beyond what throws it, in ems.
    pub(crate) fn reach_em(&self) -> f32 {
        self.offset_em[0].abs().max(self.offset_em[1].abs()) + self.blur_em * 1.5
    }
}
