//! Brushes: outlines, colours and shades, on top of vello's renderer.

use rostrum_model::presenter::Colour;
use vello_cpu::RenderContext;
use vello_cpu::color::{AlphaColor, Srgb};
use vello_cpu::kurbo::{Affine, BezPath, Cap, Ellipse, Join, Point, Shape as _, Stroke};
use vello_cpu::peniko::Gradient;

/// A colour with its opacity, ready to be painted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ink(pub(super) [f32; 4]);

impl Ink {
    pub(super) fn hex(rgb: u32) -> Self {
        let part = |shift: u32| ((rgb >> shift) & 0xff) as f32 / 255.0;
        Self([part(16), part(8), part(0), 1.0])
    }

    /// The same colour, this opaque.
    pub(super) fn alpha(self, alpha: f32) -> Self {
        Self([self.0[0], self.0[1], self.0[2], alpha])
    }

    /// Moved towards `other` by `share`.
    pub(super) fn mix(self, other: Self, share: f32) -> Self {
        Self(std::array::from_fn(|k| self.0[k] + (other.0[k] - self.0[k]) * share))
    }

    /// Lit from the upper left.
    pub(super) fn lit(self, share: f32) -> Self {
        self.mix(Self([1.0, 0.985, 0.95, self.0[3]]), share)
    }

    /// In shadow: darker, and a little more saturated than by black.
    pub(super) fn shaded(self, share: f32) -> Self {
        let [r, g, b, a] = self.0;
        Self([r * (1.0 - 0.86 * share), g * (1.0 - share), b * (1.0 - 0.84 * share), a])
    }

    fn colour(self) -> AlphaColor<Srgb> {
        AlphaColor::new(self.0)
    }
}

impl From<Colour> for Ink {
    fn from(colour: Colour) -> Self {
        let [r, g, b] = colour.0.map(|part| f32::from(part) / 255.0);
        Self([r, g, b, 1.0])
    }
}

/// What fills an outline.
#[derive(Debug, Clone)]
pub(super) enum Fill {
    /// One colour.
    Flat(Ink),
    /// From one point to another.
    Linear([f64; 4], Vec<(f32, Ink)>),
    /// From a centre (x, y) outwards to a radius.
    Radial([f64; 3], Vec<(f32, Ink)>),
}

impl From<Ink> for Fill {
    fn from(ink: Ink) -> Self {
        Self::Flat(ink)
    }
}

/// A gradient of two colours from `from` to `to`.
pub(super) fn linear(from: [f64; 2], to: [f64; 2], a: Ink, b: Ink) -> Fill {
    Fill::Linear([from[0], from[1], to[0], to[1]], vec![(0.0, a), (1.0, b)])
}

/// A gradient of three colours from `from` to `to`, the second at `at`.
pub(super) fn linear3(from: [f64; 2], to: [f64; 2], a: Ink, (at, b): (f32, Ink), c: Ink) -> Fill {
    Fill::Linear([from[0], from[1], to[0], to[1]], vec![(0.0, a), (at, b), (1.0, c)])
}

/// A spot that fades to nothing at its rim.
pub(super) fn spot(centre: [f64; 2], radius: f64, ink: Ink) -> Fill {
    Fill::Radial(
        [centre[0], centre[1], radius],
        vec![(0.0, ink), (0.55, ink.alpha(ink.0[3] * 0.42)), (1.0, ink.alpha(0.0))],
    )
}

/// An outline under construction: absolute coordinates, `m`, `l`, `c` and `q` as in SVG paths.
#[derive(Debug, Clone, Default)]
pub(super) struct Outline(pub(super) BezPath);

impl Outline {
    pub(super) fn m(x: f64, y: f64) -> Self {
        let mut path = BezPath::new();
        path.move_to((x, y));
        Self(path)
    }

    /// Another part of the same outline.
    pub(super) fn then_m(mut self, x: f64, y: f64) -> Self {
        self.0.move_to((x, y));
        self
    }

    pub(super) fn l(mut self, x: f64, y: f64) -> Self {
        self.0.line_to((x, y));
        self
    }

    pub(super) fn c(mut self, x1: f64, y1: f64, x2: f64, y2: f64, x: f64, y: f64) -> Self {
        self.0.curve_to((x1, y1), (x2, y2), (x, y));
        self
    }

    pub(super) fn q(mut self, x1: f64, y1: f64, x: f64, y: f64) -> Self {
        self.0.quad_to((x1, y1), (x, y));
        self
    }

    pub(super) fn z(mut self) -> Self {
        self.0.close_path();
        self
    }

    /// Continues along `other`, from where this ends to where that starts by a straight line.
    pub(super) fn join(mut self, other: &Self) -> Self {
        use vello_cpu::kurbo::PathEl;
        for (i, element) in other.0.elements().iter().enumerate() {
            self.0.push(match (i, element) {
                (0, PathEl::MoveTo(start)) => PathEl::LineTo(*start),
                _ => *element,
            });
        }
        self
    }

    /// The same from its end to its start.
    pub(super) fn reversed(&self) -> Self {
        Self(self.0.reverse_subpaths())
    }

    /// The same, mirrored at the line x = 0.
    pub(super) fn mirrored(&self) -> Self {
        Self(Affine::scale_non_uniform(-1.0, 1.0) * self.0.clone())
    }

    /// A closed outline of this open one, from top to bottom on the right, and its mirror image on the left.
    pub(super) fn symmetric(self) -> Self {
        let back = self.mirrored().reversed();
        self.join(&back).z()
    }

    /// This closed outline and its mirror image, as one.
    pub(super) fn with_mirror_image(mut self) -> Self {
        let image = self.mirrored().reversed();
        self.0.extend(image.0);
        self
    }

    /// This closed outline and another one, as one. Both then wind the same way, or they would cut holes into each other.
    pub(super) fn and(mut self, other: Self) -> Self {
        let same = self.0.area().signum() == other.0.area().signum();
        self.0.extend(if same { other.0 } else { other.reversed().0 });
        self
    }

    pub(super) fn ellipse(x: f64, y: f64, rx: f64, ry: f64) -> Self {
        Self(Ellipse::new((x, y), (rx, ry), 0.0).to_path(0.05))
    }
}

/// Draws onto a renderer's scene, in the coordinates of the part that is being drawn.
pub(super) struct Painter<'c> {
    context: &'c mut RenderContext,
    place: Affine,
}

impl<'c> Painter<'c> {
    pub(super) fn new(context: &'c mut RenderContext, place: Affine) -> Self {
        let mut painter = Self { context, place };
        painter.settle();
        painter
    }

    fn settle(&mut self) {
        self.context.set_transform(self.place);
    }

    /// Draws a part in coordinates of its own.
    pub(super) fn within(&mut self, place: Affine, draw: impl FnOnce(&mut Painter<'_>)) {
        let mut inner = Painter::new(self.context, self.place * place);
        draw(&mut inner);
        self.settle();
    }

    /// Draws only what lies inside `outline`.
    pub(super) fn clipped(&mut self, outline: &Outline, draw: impl FnOnce(&mut Self)) {
        self.context.push_clip_path(&outline.0);
        draw(self);
        self.context.pop_clip();
    }

    fn dip(&mut self, fill: impl Into<Fill>) {
        let stops = |stops: Vec<(f32, Ink)>| -> Vec<(f32, AlphaColor<Srgb>)> {
            stops.into_iter().map(|(at, ink)| (at, ink.colour())).collect()
        };
        match fill.into() {
            Fill::Flat(ink) => self.context.set_paint(ink.colour()),
            Fill::Linear([x0, y0, x1, y1], inks) => self.context.set_paint(
                Gradient::new_linear(Point::new(x0, y0), Point::new(x1, y1)).with_stops(&stops(inks)[..]),
            ),
            Fill::Radial([x, y, radius], inks) => self.context.set_paint(
                Gradient::new_radial(Point::new(x, y), radius as f32).with_stops(&stops(inks)[..]),
            ),
        }
    }

    pub(super) fn fill(&mut self, outline: &Outline, fill: impl Into<Fill>) {
        self.dip(fill);
        self.context.fill_path(&outline.0);
    }

    /// The outline and its mirror image.
    pub(super) fn fill_both(&mut self, outline: &Outline, fill: impl Into<Fill> + Clone) {
        self.fill(outline, fill.clone());
        self.fill(&outline.mirrored(), fill);
    }

    /// A line with round ends.
    pub(super) fn line(&mut self, outline: &Outline, width: f64, fill: impl Into<Fill>) {
        self.dip(fill);
        self.context.set_stroke(Stroke::new(width).with_caps(Cap::Round).with_join(Join::Round));
        self.context.stroke_path(&outline.0);
    }

    /// The line and its mirror image.
    pub(super) fn line_both(&mut self, outline: &Outline, width: f64, fill: impl Into<Fill> + Clone) {
        self.line(outline, width, fill.clone());
        self.line(&outline.mirrored(), width, fill);
    }

    pub(super) fn ellipse(&mut self, x: f64, y: f64, rx: f64, ry: f64, fill: impl Into<Fill>) {
        self.fill(&Outline::ellipse(x, y, rx, ry), fill);
    }

    /// A soft round spot that fades to its rim, stretched to the two radii.
    pub(super) fn glow(&mut self, x: f64, y: f64, rx: f64, ry: f64, ink: Ink) {
        let place = Affine::translate((x, y)) * Affine::scale_non_uniform(rx, ry);
        self.within(place, |p| p.ellipse(0.0, 0.0, 1.0, 1.0, spot([0.0, 0.0], 1.0, ink)));
    }
}
