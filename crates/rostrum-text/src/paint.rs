//! Glyphs, boxes and outlines on pixels.

use parley::{GlyphRun, PositionedLayoutItem};
use rostrum_model::picture::RgbaImage;
use skrifa::{FontRef, Tag};
use vello_cpu::color::{AlphaColor, Srgb};
use vello_cpu::kurbo::{Affine, BezPath, Join, Rect, RoundedRect, Shape as _, Stroke};
use vello_cpu::{Glyph, PixmapMut, RenderContext, Resources};

use crate::fonts::Scratch;
use crate::layout::{Laid, LineBox, LinePlace};
use crate::shadow::{lay_over, shadow_of};
use crate::style::{Backing, BackingShape, Outline, Rgba, Shadow};

/// Longest side of a picture of text, in pixels; the rest is cut off.
const MAX_SIDE: f32 = 8192.0;
/// How far glyphs may reach beyond their line's box, in ems: swashes, stacked marks, slanted letters.
const OVERHANG_EM: f32 = 0.6;
/// By how much strokes become wider where a bold font is wanted and the family has none.
const BOLDER_EM: f64 = 0.03;

/// What a laid out text is painted with.
pub(crate) struct Look<'a> {
    pub(crate) size_px: f32,
    /// The colour of the glyphs with a mark.
    pub(crate) colour: &'a dyn Fn(u32) -> Rgba,
    pub(crate) backing: Option<Backing>,
    /// A box behind the glyphs with a mark.
    pub(crate) spot: Option<(u32, Backing)>,
    pub(crate) outline: Option<Outline>,
    pub(crate) shadow: Option<Shadow>,
}

/// Paints a text. Answers its visible pixels and where their upper left corner lies in the coordinates of the layout.
pub(crate) fn paint(scratch: &mut Scratch, laid: &Laid, look: &Look<'_>) -> (RgbaImage, (i32, i32)) {
    let Some(area) = laid.area() else { return (RgbaImage::clear(0, 0), (0, 0)) };
    let em = look.size_px;
    let beyond = |backing: &Backing| backing.padding_em[0].max(backing.padding_em[1]);
    let backing_em = look.backing.iter().chain(look.spot.iter().map(|(_, backing)| backing)).map(beyond);
    let outline_em = look.outline.map_or(0.0, |outline| outline.width_em);
    let shadow_em = look.shadow.map_or(0.0, |shadow| shadow.reach_em());
    let reach_em = backing_em.fold(OVERHANG_EM + outline_em, f32::max).max(outline_em + shadow_em);
    let margin = em * reach_em + 2.0;
    let (left, top) = ((area.left - margin).floor(), (area.top - margin).floor());
    let width = (area.right + margin - left).ceil().clamp(1.0, MAX_SIDE) as u16;
    let height = (area.bottom + margin - top).ceil().clamp(1.0, MAX_SIDE) as u16;

    let (context, resources) =
        scratch.canvas.get_or_insert_with(|| (RenderContext::new(width, height), Resources::new()));
    context.reset_and_resize(width, height);
    let place = Affine::translate((-f64::from(left), -f64::from(top)));
    let mut brush = Brush { context, resources, place };
    let has_boxes = look.backing.is_some() || look.spot.is_some();
    if has_boxes {
        brush.boxes(laid, look);
    }
    let picture = if let Some(shadow) = look.shadow {
        let mut picture = RgbaImage::clear(width.into(), height.into());
        if has_boxes {
            picture = brush.finish(width, height);
            brush.context.reset();
        }
        brush.glyphs(laid, look);
        let glyphs = brush.finish(width, height);
        let offset = shadow.offset_em.map(|part| (part * em).round() as i32);
        lay_over(&shadow_of(&glyphs, offset.into(), shadow.blur_em * em, shadow.colour), &mut picture);
        lay_over(&glyphs, &mut picture);
        picture
    } else {
        brush.glyphs(laid, look);
        brush.finish(width, height)
    };
    let (picture, (x, y)) = cropped(&picture);
    (picture, (left as i32 + x as i32, top as i32 + y as i32))
}

struct Brush<'c> {
    context: &'c mut RenderContext,
    resources: &'c mut Resources,
    place: Affine,
}

impl Brush<'_> {
    fn boxes(&mut self, laid: &Laid, look: &Look<'_>) {
        if let Some(backing) = look.backing {
            let lines = match backing.shape {
                BackingShape::Block => laid.area().into_iter().collect(),
                BackingShape::Lines => laid.lines(),
            };
            self.backing(&lines, &backing, look.size_px);
        }
        if let Some((mark, backing)) = look.spot {
            self.backing(&marked(laid, mark), &backing, look.size_px);
        }
    }

    fn backing(&mut self, boxes: &[LineBox], backing: &Backing, em: f32) {
        let [across, along] = backing.padding_em.map(|part| f64::from(part * em));
        let radius = f64::from(backing.radius_em * em);
        // One outline of all boxes, so that nothing is painted twice where they overlap.
        let mut outline = BezPath::new();
        for line in boxes {
            let area = Rect::new(line.left.into(), line.top.into(), line.right.into(), line.bottom.into());
            outline.extend(RoundedRect::from_rect(area.inflate(across, along), radius).path_elements(0.05));
        }
        self.context.set_transform(self.place);
        self.context.set_paint(colour(backing.colour));
        self.context.fill_path(&outline);
    }

    fn glyphs(&mut self, laid: &Laid, look: &Look<'_>) {
        if let Some(outline) = look.outline.filter(|outline| outline.width_em > 0.0) {
            // The inner half of the line lies below the glyphs.
            let width = f64::from(outline.width_em * look.size_px) * 2.0;
            self.see_through(outline.colour[3], |brush| {
                brush.context.set_stroke(Stroke::new(width).with_join(Join::Round));
                for_each_run(laid, |run, mark, place| {
                    // Glyphs fade together with their outlines.
                    if !is_coloured(run) && (look.colour)(mark)[3] > 0 {
                        brush.run(run, place.down, outline.colour, true);
                    }
                });
            });
        }
        for_each_run(laid, |run, mark, place| self.see_through_run(run, place.down, (look.colour)(mark)));
    }

    fn see_through_run(&mut self, run: &GlyphRun<'_, u32>, down: f32, colour: Rgba) {
        self.see_through(colour[3], |brush| {
            brush.run(run, down, colour, false);
            if run.run().synthesis().embolden() && !is_coloured(run) {
                let width = f64::from(run.run().font_size()) * BOLDER_EM;
                brush.context.set_stroke(Stroke::new(width).with_join(Join::Round));
                brush.run(run, down, colour, true);
            }
        });
    }

    /// Paints opaque and fades the whole, so that glyphs that overlap do not show through each other.
    fn see_through(&mut self, opacity: u8, paint: impl FnOnce(&mut Self)) {
        match opacity {
            0 => {}
            255 => paint(self),
            _ => {
                self.context.push_opacity_layer(f32::from(opacity) / 255.0);
                paint(self);
                self.context.pop_layer();
            }
        }
    }

    /// Draws the glyphs of a run so far below their place in the layout.
    fn run(&mut self, run: &GlyphRun<'_, u32>, down: f32, [r, g, b, _]: Rgba, stroked: bool) {
        let set = run.run();
        let coordinates: Vec<i16> = set.normalized_coords().iter().map(|part| part.to_bits()).collect();
        let glyphs = run.positioned_glyphs().filter(|glyph| glyph.id != 0).map(|glyph| Glyph {
            id: glyph.id,
            x: glyph.x,
            y: glyph.y + down,
        });
        self.context.set_transform(self.place);
        self.context.set_paint(colour([r, g, b, 255]));
        let mut builder = self
            .context
            .glyph_run(self.resources, set.font())
            .font_size(set.font_size())
            .normalized_coords(&coordinates)
            .hint(false);
        let synthesis = set.synthesis();
        if let Some(degrees) = synthesis.skew() {
            builder = builder.glyph_transform(Affine::skew(f64::from(-degrees).to_radians().tan(), 0.0));
        }
        // A glyph that cannot be drawn, of a damaged font, is left out; the others are drawn.
        let _ = if stroked { builder.stroke_glyphs(glyphs) } else { builder.fill_glyphs(glyphs) };
    }

    fn finish(&mut self, width: u16, height: u16) -> RgbaImage {
        let mut picture = RgbaImage::clear(width.into(), height.into());
        self.context.flush();
        let target = PixmapMut::new(width, height, &mut picture.pixels)
            .expect("the target has four bytes for each pixel");
        self.context.render(target, self.resources);
        picture
    }
}

fn colour([r, g, b, a]: Rgba) -> AlphaColor<Srgb> {
    AlphaColor::from_rgba8(r, g, b, a)
}

/// Goes through the runs with their marks and the places of their lines.
fn for_each_run(laid: &Laid, mut work: impl FnMut(&GlyphRun<'_, u32>, u32, LinePlace)) {
    let places = laid.line_places().into_iter().take_while(|place| place.top < MAX_SIDE);
    for (line, place) in laid.layout.lines().zip(places) {
        for item in line.items() {
            if let PositionedLayoutItem::GlyphRun(run) = item {
                work(&run, run.style().brush, place);
            }
        }
    }
}

/// The boxes of the glyphs with a mark, one for each line.
fn marked(laid: &Laid, mark: u32) -> Vec<LineBox> {
    let mut boxes: Vec<LineBox> = Vec::new();
    for_each_run(laid, |run, its_mark, LinePlace { top, bottom, .. }| {
        if its_mark != mark {
            return;
        }
        let (left, right) = (run.offset(), run.offset() + run.advance());
        match boxes.last_mut() {
            Some(last) if last.top == top => {
                last.left = last.left.min(left);
                last.right = last.right.max(right);
            }
            _ => boxes.push(LineBox { left, right, top, bottom }),
        }
    });
    boxes
}

/// Whether the run's font brings its own colours.
fn is_coloured(run: &GlyphRun<'_, u32>) -> bool {
    let font = run.run().font();
    FontRef::from_index(font.data.as_ref(), font.index).is_ok_and(|font| {
        [b"COLR", b"CBDT", b"sbix"].into_iter().any(|tag| font.table_data(Tag::new(tag)).is_some())
    })
}

/// The smallest part that holds every visible pixel, and where it begins.
fn cropped(picture: &RgbaImage) -> (RgbaImage, (usize, usize)) {
    let visible = |pixel: &[u8]| pixel[3] > 0;
    let stride = picture.width * 4;
    let rows: Vec<&[u8]> = picture.pixels.chunks_exact(stride).collect();
    let seen = |row: &&[u8]| row.chunks_exact(4).any(visible);
    let Some(top) = rows.iter().position(seen) else { return (RgbaImage::clear(0, 0), (0, 0)) };
    let bottom = rows.iter().rposition(seen).unwrap_or(top);
    let (mut left, mut right) = (picture.width, 0);
    for row in &rows[top..=bottom] {
        if let Some(first) = row.chunks_exact(4).position(visible) {
            left = left.min(first);
            right = right.max(row.chunks_exact(4).rposition(visible).unwrap_or(first));
        }
    }
    let mut pixels = Vec::with_capacity((right + 1 - left) * (bottom + 1 - top) * 4);
    for row in &rows[top..=bottom] {
        pixels.extend_from_slice(&row[left * 4..=right * 4 + 3]);
    }
    (RgbaImage { width: right + 1 - left, height: bottom + 1 - top, pixels }, (left, top))
}
