//! A text that is kept within a box.

use rostrum_model::picture::RgbaImage;

use crate::choice::Piece;
use crate::draw::look;
use crate::fonts::Fonts;
use crate::layout::lay_out;
use crate::paint::paint;
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
/// How much smaller a text may become so that its longest word need not be broken.
const SMALLEST_FOR_WORD: f32 = 0.6;
/// Each try is so much smaller than the one before.
const SMALLER: f32 = 0.94;

impl TextOverlay {
    /// The pixels, where on the canvas their upper left corner lies, and the characters that no font has. A text that does not
    /// even fit in letters of 6 pixels reaches beyond the box.
    pub fn draw(&self, fonts: &Fonts) -> (RgbaImage, (i32, i32), Vec<char>) {
        let [left, top, width, height] = self.area;
        let mut style = self.style.clone();
        let smallest_for_word = style.em_px() * SMALLEST_FOR_WORD;
        fonts.with_scratch(|scratch| {
            let (laid, needed) = loop {
                style.size_px = style.em_px();
                let laid =
                    lay_out(fonts, scratch, &[Piece { text: &self.text, mark: 0 }], &style, Some(width));
                let needed = laid.area().map_or(0.0, |area| area.bottom - area.top);
                let breaks_words = laid.longest_word_px() > width && style.size_px > smallest_for_word;
                let fits = needed <= height && !breaks_words;
                if fits || style.size_px * SMALLER < SMALLEST_PX {
                    break (laid, needed);
                }
                style.size_px *= SMALLER;
            };
            let down = match self.align {
                VerticalAlign::Top => 0.0,
                VerticalAlign::Middle => (height - needed) / 2.0,
                VerticalAlign::Bottom => height - needed,
            };
            let (image, offset) = paint(scratch, &laid, &look(&style, &|_| style.colour));
            let corner = (left.round() as i32 + offset.0, (top + down).round() as i32 + offset.1);
            (image, corner, laid.missing)
        })
    }
}
