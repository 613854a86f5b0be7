//! Text set in lines.

use std::borrow::Cow;

use parley::{
    Alignment, AlignmentOptions, FontFamily, FontFamilyName, FontStyle, FontWeight, Language, Layout,
    LineHeight, OverflowWrap, PositionedLayoutItem, StyleProperty,
};
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::types::F2Dot14;
use skrifa::{FontRef, GlyphId, MetadataProvider as _};

use crate::choice::{Piece, choose};
use crate::fonts::{Fonts, Scratch};
use crate::style::{Align, TextStyle};

/// A text set in lines, in pixels. Runs of glyphs carry the marks of their pieces.
pub(crate) struct Laid {
    pub(crate) layout: Layout<u32>,
    /// Size of the font times the distance of lines, in pixels.
    em: f32,
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

/// Where a line lies, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LinePlace {
    pub(crate) top: f32,
    pub(crate) bottom: f32,
    /// How far below the place in the layout.
    pub(crate) down: f32,
}

/// How far lines reach above and below the baseline, in ems, unless their letters reach further.
const USUAL_EM: [f32; 2] = [1.05, 0.38];
/// What is left free above and below letters that reach further, in ems.
const CLEARANCE_EM: f32 = 0.06;

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
    builder.push_default(StyleProperty::FontSize(style.em_px()));
    builder.push_default(FontWeight::new(f32::from(style.weight.clamp(1, 1000))));
    builder.push_default(if style.italic { FontStyle::Italic } else { FontStyle::Normal });
    builder.push_default(LineHeight::MetricsRelative(style.line_distance()));
    builder.push_default(OverflowWrap::BreakWord);
    builder.push_default(StyleProperty::Locale(language.and_then(|tag| Language::parse(tag).ok())));
    for (range, family) in &chosen.families {
        let name = FontFamilyName::Named(Cow::Borrowed(fonts.family(*family).name.as_str()));
        builder.push(FontFamily::Single(name), range.clone());
    }
    for (range, mark) in &chosen.marks {
        builder.push(StyleProperty::Brush(*mark), range.clone());
    }
    let em = style.em_px() * style.line_distance();
    let mut laid = Laid { layout: builder.build(&chosen.text), em, missing: chosen.missing };
    laid.wrap(max_width_px, style.align);
    laid
}

impl Laid {
    /// Sets the same text in lines of another width.
    pub(crate) fn wrap(&mut self, max_width_px: Option<f32>, align: Align) {
        self.layout.break_all_lines(max_width_px.map(|width_px| width_px.max(1.0)));
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
        for (line, place) in self.layout.lines().zip(self.line_places()) {
            let metrics = line.metrics();
            let visible = metrics.advance - metrics.hanging_advance;
            if visible <= 0.0 {
                continue;
            }
            // Blanks at the end hang out to the left where text runs to the left.
            let hanging = if self.layout.is_rtl() { metrics.hanging_advance } else { 0.0 };
            let left = metrics.inline_min_coord + metrics.offset + hanging;
            boxes.push(LineBox { left, right: left + visible, top: place.top, bottom: place.bottom });
        }
        boxes
    }

    /// Where lines lie from top to bottom. Fonts of some scripts ask for lines twice as high as letters are, for the sake of
    /// rare marks; such lines come closer to each other unless these marks are there.
    pub(crate) fn line_places(&self) -> Vec<LinePlace> {
        let mut top = 0.0;
        let mut places = Vec::new();
        for line in self.layout.lines() {
            let metrics = line.metrics();
            let mut above = metrics.baseline - metrics.block_min_coord;
            let mut below = metrics.block_max_coord - metrics.baseline;
            let usual = USUAL_EM.map(|part| part * self.em);
            if above > usual[0] || below > usual[1] {
                let ink = ink(&line);
                above = above.min(usual[0].max(ink[0] + CLEARANCE_EM * self.em));
                below = below.min(usual[1].max(ink[1] + CLEARANCE_EM * self.em));
            }
            let down = top + above - metrics.baseline;
            places.push(LinePlace { top, bottom: top + above + below, down });
            top += above + below;
        }
        places
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
        // A word longer than the line would be cut for the sake of balance.
        let longest = self.longest_word_px().min(width_px);
        let (mut too_narrow, mut enough) = (longest.max(width_px / wanted as f32 * 0.8), width_px);
        while enough - too_narrow > 2.0 {
            let middle = f32::midpoint(too_narrow, enough);
            self.wrap(Some(middle), align);
            if self.layout.len() <= wanted {
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

/// How far the outlines of a line reach above and below its baseline.
fn ink(line: &parley::Line<'_, u32>) -> [f32; 2] {
    let mut reach = [0.0_f32; 2];
    for item in line.items() {
        let PositionedLayoutItem::GlyphRun(run) = item else { continue };
        let set = run.run();
        let Ok(font) = FontRef::from_index(set.font().data.as_ref(), set.font().index) else { continue };
        let coordinates: Vec<_> =
            set.normalized_coords().iter().map(|part| F2Dot14::from_bits(part.to_bits())).collect();
        let metrics = font.glyph_metrics(Size::new(set.font_size()), LocationRef::new(&coordinates));
        for glyph in run.glyphs() {
            // Blanks have none; pictures of emoji keep to the usual reach.
            let Some(bounds) = metrics.bounds(GlyphId::new(glyph.id)) else { continue };
            reach = [reach[0].max(bounds.y_max - glyph.y), reach[1].max(glyph.y - bounds.y_min)];
        }
    }
    reach
}
