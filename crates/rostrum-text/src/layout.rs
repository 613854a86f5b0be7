//! Text set in lines.

use std::borrow::Cow;

use parley::{
    Alignment, AlignmentOptions, FontFamily, FontFamilyName, FontStyle, FontWeight, Language, Layout,
    LineHeight, OverflowWrap, StyleProperty,
};

use crate::choice::{Piece, choose};
use crate::fonts::{Fonts, Scratch};
use crate::style::{Align, TextStyle};

/// A text set in lines, in pixels. Runs of glyphs carry the marks of their pieces.
pub(crate) struct Laid {
    pub(crate) layout: Layout<u32>,
    /// What no font has.
    pub(crate) missing: Vec<char>,
}

/// The place of one line in pixels, without blanks at its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LineBox {
    pub(crate) left: f32,
    pub(crate) right: f32,
    pub(crate) top: f32,
    pub(crate) bottom: f32,
}

/// Sets a text in lines of at most `max_width_px`, or only where it says so itself.
pub(crate) fn lay_out(
    fonts: &Fonts,
    scratch: &mut Scratch,
    pieces: &[Piece<'_>],
    style: &TextStyle,
    max_width_px: Option<f32>,
) -> Laid {
    let language = style.language.as_deref();
    let chosen = choose(fonts, scratch, pieces, style.family.as_deref(), language);
    let mut builder = scratch.layouts.ranged_builder(&mut scratch.fonts, &chosen.text, 1.0, false);
    builder.push_default(StyleProperty::FontSize(style.size_px.max(1.0)));
    builder.push_default(FontWeight::new(f32::from(style.weight.clamp(1, 1000))));
    builder.push_default(if style.italic { FontStyle::Italic } else { FontStyle::Normal });
    builder.push_default(LineHeight::MetricsRelative(style.line_height));
    builder.push_default(OverflowWrap::BreakWord);
    builder.push_default(StyleProperty::Locale(language.and_then(|tag| Language::parse(tag).ok())));
    for (range, family) in &chosen.families {
        let name = FontFamilyName::Named(Cow::Borrowed(fonts.family(*family).name.as_str()));
        builder.push(FontFamily::Single(name), range.clone());
    }
    for (range, mark) in &chosen.marks {
        builder.push(StyleProperty::Brush(*mark), range.clone());
    }
    let mut laid = Laid { layout: builder.build(&chosen.text), missing: chosen.missing };
    laid.wrap(max_width_px, style.align);
    laid
}

impl Laid {
    /// Sets the same text in lines of another width.
    pub(crate) fn wrap(&mut self, max_width_px: Option<f32>, align: Align) {
        self.layout.break_all_lines(max_width_px);
        let alignment = match align {
            Align::Start => Alignment::Start,
            Align::End => Alignment::End,
            Align::Left => Alignment::Left,
            Align::Center => Alignment::Center,
            Align::Right => Alignment::Right,
        };
        self.layout.align(alignment, AlignmentOptions::default());
    }

    /// The lines, from top to bottom; those without a glyph are not among them.
    pub(crate) fn lines(&self) -> Vec<LineBox> {
        let mut boxes = Vec::new();
        for line in self.layout.lines() {
            let metrics = line.metrics();
            let visible = metrics.advance - metrics.hanging_advance;
            if visible <= 0.0 {
                continue;
            }
            // Blanks at the end hang out to the left where text runs to the left.
            let hanging = if self.layout.is_rtl() { metrics.hanging_advance } else { 0.0 };
            let left = metrics.inline_min_coord + metrics.offset + hanging;
            boxes.push(LineBox {
                left,
                right: left + visible,
                top: metrics.block_min_coord,
                bottom: metrics.block_max_coord,
            });
        }
        boxes
    }

    /// The box around all lines; `None` when nothing is to be seen.
    pub(crate) fn area(&self) -> Option<LineBox> {
        self.lines().into_iter().reduce(|a, b| LineBox {
            left: a.left.min(b.left),
            right: a.right.max(b.right),
            top: a.top.min(b.top),
            bottom: a.bottom.max(b.bottom),
        })
    }

    /// The narrowest width that needs no more lines than `width_px` does, so that lines come out similarly long.
    pub(crate) fn balanced_width(&mut self, width_px: f32, align: Align) -> f32 {
        self.wrap(Some(width_px), align);
        let wanted = self.layout.len();
        if wanted < 2 {
            return width_px;
        }
        let (mut too_narrow, mut enough) = (width_px / wanted as f32 * 0.8, width_px);
        while enough - too_narrow > 2.0 {
            let middle = f32::midpoint(too_narrow, enough);
            self.wrap(Some(middle), align);
            // A word longer than the line would be cut for the sake of balance.
            if self.layout.len() <= wanted && middle >= self.longest_word_px() {
                enough = middle;
            } else {
                too_narrow = middle;
            }
        }
        self.wrap(Some(enough), align);
        enough
    }

    /// Width of the longest part that only an emergency would break.
    pub(crate) fn longest_word_px(&self) -> f32 {
        self.layout.calculate_content_widths().min
    }
}
