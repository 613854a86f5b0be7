//! A text as a picture.

use rostrum_model::picture::RgbaImage;

use crate::choice::Piece;
use crate::fonts::Fonts;
use crate::layout::lay_out;
use crate::paint::{Look, paint};
use crate::style::TextStyle;

/// A text as a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnText {
    /// What is visible, and no more; without pixels where nothing is.
    pub image: RgbaImage,
    /// Where the upper left corner of the picture lies, right of and below the upper left corner of the text's box, in pixels.
    /// Often negative: boxes, outlines and shadows reach out of it.
    pub offset: (i32, i32),
    /// Characters that no font has, each once; they are left out. [`crate::package_for`] says what has them.
    pub missing: Vec<char>,
}

impl Fonts {
    /// Draws a text in lines of at most `max_width_px` pixels, or only where it has line ends. Lines are set within that width,
    /// or within the longest one. A word that is longer than a line is broken. Of a text 20,000 characters are drawn, of a
    /// picture 8192 pixels to a side; the rest is cut off.
    pub fn draw(&self, text: &str, style: &TextStyle, max_width_px: Option<f32>) -> DrawnText {
        self.with_scratch(|scratch| {
            let laid = lay_out(self, scratch, &[Piece { text, mark: 0 }], style, max_width_px);
            let (image, offset) = paint(scratch, &laid, &look(style, &|_| style.colour));
            DrawnText { image, offset, missing: laid.missing }
        })
    }

    /// Width and height of a text in pixels as [`Fonts::draw`] would set it, without what reaches out of its lines.
    pub fn measure(&self, text: &str, style: &TextStyle, max_width_px: Option<f32>) -> (f32, f32) {
        self.with_scratch(|scratch| {
            let laid = lay_out(self, scratch, &[Piece { text, mark: 0 }], style, max_width_px);
            laid.area().map_or((0.0, 0.0), |area| (area.right - area.left, area.bottom - area.top))
        })
    }
}

/// What a style says of the painting.
pub(crate) fn look<'a>(style: &TextStyle, colour: &'a dyn Fn(u32) -> crate::Rgba) -> Look<'a> {
    Look {
        size_px: style.em_px(),
        colour,
        backing: style.backing,
        spot: None,
        outline: style.outline,
        shadow: style.shadow,
    }
}
