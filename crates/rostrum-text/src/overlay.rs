//! A text that is kept within a box.

use rostrum_model::picture::RgbaImage;

use crate::fonts::Fonts;
use crate::style::TextStyle;

/// A text that is kept within a box of a canvas.
#[derive(Debug, Clone, PartialEq)]
pub struct TextOverlay {
    /// The text; `\n` ends a line.
    pub text: String,
    /// How it looks. Its size is the largest; a text that would not fit is set smaller.
    pub style: TextStyle,
    /// Left, top, width and height of the box in pixels of the canvas. What reaches beyond lines, as outlines and boxes do, may
    /// reach beyond it.
    pub area: [f32; 4],
    /// Where in the box the text stands.
    pub align: VerticalAlign,
}

/// Where in its box a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerticalAlign {
    /// Above.
    Top,
    /// In the middle.
    Middle,
    /// Below.
    Bottom,
}

/// Smallest size in pixels that a text is shrunk to.
const SMALLEST_PX: f32 = 6.0;

impl TextOverlay {
    /// The pixels, where on the canvas their upper left corner lies, and the characters that no font has.
    pub fn draw(&self, fonts: &Fonts) -> (RgbaImage, (i32, i32), Vec<char>) {
        let [left, top, width, height] = self.area;
        let mut style = self.style.clone();
        let mut needed = fonts.measure(&self.text, &style, Some(width));
        while (needed.1 > height || needed.0 > width) && style.size_px * 0.94 >= SMALLEST_PX {
            style.size_px *= 0.94;
            needed = fonts.measure(&self.text, &style, Some(width));
        }
        let room = height - needed.1;
        let down = match self.align {
            VerticalAlign::Top => 0.0,
            VerticalAlign::Middle => room / 2.0,
            VerticalAlign::Bottom => room,
        };
        let drawn = fonts.draw(&self.text, &style, Some(width));
        let corner = (left.round() as i32 + drawn.offset.0, (top + down).round() as i32 + drawn.offset.1);
        (drawn.image, corner, drawn.missing)
    }
}
