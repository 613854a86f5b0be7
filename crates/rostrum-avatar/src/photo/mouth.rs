//! The inside of the mouth: the portrait's own teeth where it shows them, else painted ones; tongue and shade.
//!
//! Upper teeth sit on the skull and lower teeth on the jaw, which is what makes speech look like speech. All lengths in
//! this module are fractions of S unless they are called pixels.

use std::ops::Range;

use rostrum_model::picture::RgbImage;

use crate::pose::MouthParams;

use super::area::PixelArea;
use super::coverage::{Coverage, SoftLine, blur, mix_pixel, smooth_outline, soften_along};
use super::deform::Deformed;
use super::geometry::{FaceGeometry, Point, lerp, smoothstep};
use super::kept_teeth::KeptTeeth;
use super::look::Look;
use super::photo_teeth::PhotoTeeth;
use super::raster::{Rows, fill_triangle};
use super::texture::Texture;
use super::topology::{LOWER_LIP, LOWER_LIP_MIDDLE, MOUTH_CORNERS, MOUTH_OPENING, UPPER_LIP};

/// Points per vertex on the smoothed outline of the opening.
const OUTLINE_PIECES: usize = 5;
/// Softness of the opening's edge.
const EDGE: f32 = 0.006;
/// Reach of the shadow that the lips throw inside.
const SHADOW: f32 = 0.030;
/// Colour that full shadow leaves: warm, because neutral grey looks like dentures.
const SHADOW_TINT: [f32; 3] = [0.46, 0.32, 0.29];
/// Colours in full light.
const CAVITY: ([f32; 3], [f32; 3]) = ([88.0, 38.0, 36.0], [30.0, 10.0, 11.0]);
const TONGUE: [f32; 3] = [168.0, 84.0, 80.0];
pub(super) const UPPER_TEETH: [f32; 3] = [228.0, 216.0, 195.0];
const LOWER_TEETH: [f32; 3] = [167.0, 150.0, 130.0];
/// Widths of the teeth from the middle outwards, and how far each one's edge is set back against its neighbours'.
const UPPER_WIDTHS: [f32; 5] = [0.088, 0.066, 0.066, 0.055, 0.045];
const UPPER_SETBACK: [f32; 6] = [0.0, 0.004, 0.001, 0.006, 0.012, 0.020];
const LOWER_WIDTHS: [f32; 5] = [0.054, 0.056, 0.060, 0.055, 0.050];
const LOWER_SETBACK: [f32; 6] = [0.0, 0.001, 0.003, 0.008, 0.014, 0.020];
/// By how much of itself a tooth may be wider or narrower: nobody's are as even as a drawing.
const WIDTH_VARIETY: f32 = 0.04;
/// The upper teeth's edge below the closed lip line, the lower teeth's below it at rest.
const UPPER_EDGE: f32 = 0.022;
const LOWER_EDGE: f32 = 0.012;
/// Below this aperture in pixels the mouth has no inside, and above the second no line between closed lips.
pub(crate) const CLOSED_PIXELS: f32 = 0.3;
const PARTED_PIXELS: f32 = 2.0;
/// Width of the line between closed lips, and its opacity where lips were closed and where they were parted.
const LIP_LINE_WIDTH: f32 = 0.008;
const LIP_LINE_OPACITY: f32 = 0.14;
const LIP_LINE_OPACITY_WHERE_PARTED: f32 = 0.40;
/// Pixels to both sides of closed lips' edges that are smoothed.
const LIP_EDGE_REACH: f32 = 1.5;
/// Painted teeth end so far above kept ones, of which none may look longer for them.
const BEHIND_KEPT_TEETH: f32 = 0.010;
/// Less than this much of a colour changes no byte.
const SMALLEST_OPACITY: f32 = 0.004;
/// Grain in grey levels to both sides, so that painted parts do not look airbrushed.
const GRAIN: f32 = 2.0;

/// Paints the opening dark before the lips are drawn, so that no skin shines through between them.
pub(crate) fn underpaint(out: &mut RgbImage, look: &Look, deformed: &Deformed) {
    let outline = smooth_outline(&opening(deformed), OUTLINE_PIECES);
    let coverage = Coverage::of_polygon(&outline, 4, out.width, out.height).blurred(1);
    let area = coverage.area;
    for y in area.top..area.bottom {
        for x in area.left..area.right {
            // Spread to all pixels the opening touches at all.
            let opacity = (coverage.at(x, y) * 6.0).min(1.0);
            if opacity > 0.02 {
                mix_pixel(out, x, y, look.lip_line_colour(), opacity);
            }
        }
    }
}

/// Continues the colour of the lips' edges a little into the opening, so that the interior, which is laid over it with a
/// soft edge, blends into lip and not into the dark.
pub(crate) fn draw_lip_fringe(
    out: &mut RgbImage,
    face: &FaceGeometry,
    texture: &Texture,
    sources: &[Point],
    deformed: &Deformed,
) {
    // Wider than the soft edge.
    let reach = (2.0 * EDGE * face.unit).max(2.0);
    let inwards = |i: usize, j: usize| -> Point {
        let (here, opposite) = (deformed.vertices[i], deformed.vertices[j]);
        let (dx, dy) = (opposite[0] - here[0], opposite[1] - here[1]);
        let share = (reach / dx.hypot(dy).max(1.0)).min(0.5);
        [here[0] + dx * share, here[1] + dy * share]
    };
    let out = &mut Rows::all(out);
    for (lip, other) in [(&UPPER_LIP[3], &LOWER_LIP[3]), (&LOWER_LIP[3], &UPPER_LIP[3])] {
        for column in 0..8 {
            let [a, b] = [lip[column], lip[column + 1]];
            let [inner_a, inner_b] = [inwards(a, other[column]), inwards(b, other[column + 1])];
            let [edge_a, edge_b] = [deformed.vertices[a], deformed.vertices[b]];
            let [from_a, from_b] = [sources[a], sources[b]];
            fill_triangle(out, texture, [edge_a, edge_b, inner_a], [from_a, from_b, from_a]);
            fill_triangle(out, texture, [edge_b, inner_b, inner_a], [from_b, from_b, from_a]);
        }
    }
}

/// Where the upper teeth come from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum UpperTeeth<'a> {
    /// They are painted.
    Painted,
    /// A photo of parted lips shows some, or none. All else that it has between its lips is seen only as far as the mouth
    /// does not obey the pose.
    Portrait { texture: &'a Texture, teeth: Option<&'a PhotoTeeth> },
    /// Those that some frame of the footage shows.
    Kept(&'a KeptTeeth),
}

/// Paints the inside of the open mouth.
pub(crate) fn paint_interior(
    out: &mut RgbImage,
    face: &FaceGeometry,
    look: &Look,
    teeth: UpperTeeth<'_>,
    mouth: &MouthParams,
    deformed: &Deformed,
) {
    let edge_pixels = (EDGE * face.unit).max(0.8);
    let outline = smooth_outline(&opening(deformed), OUTLINE_PIECES);
    let coverage = Coverage::of_polygon(&outline, (edge_pixels * 3.0) as usize + 2, out.width, out.height);
    let area = coverage.area;
    if area.is_empty() {
        return;
    }
    let light = coverage.clone().blurred(((SHADOW * face.unit) as usize).max(1));
    let coverage = coverage.blurred((edge_pixels * 0.6).round() as usize);

    let mut scene = Scene::new(face, look, mouth, deformed);
    let front = match teeth {
        UpperTeeth::Painted | UpperTeeth::Portrait { teeth: None, .. } => None,
        UpperTeeth::Portrait { teeth: Some(teeth), .. } => Some(teeth.front()),
        UpperTeeth::Kept(teeth) => Some(teeth.front()),
    };
    if let UpperTeeth::Portrait { teeth, .. } = teeth {
        scene.row = teeth;
    }
    if let Some((edge, tint)) = front {
        scene.upper_edge = face.rest.bite[1] / face.unit + edge - BEHIND_KEPT_TEETH;
        scene.tint = tint;
    }
    let mut painted = scene.paint(area, &light, &coverage.columns(SMALLEST_OPACITY));
    look.drain_colour(&mut painted);
    match teeth {
        UpperTeeth::Painted => {}
        UpperTeeth::Portrait { texture, teeth } => {
            let opacity = |place: Point| {
                lerp(1.0, teeth.map_or(0.0, |teeth| teeth.share_at(place)), mouth.art.clamp(0.0, 1.0))
            };
            lay_portrait(&mut painted, area, &light, opacity, face, texture, deformed, out.width, out.height);
        }
        UpperTeeth::Kept(teeth) => lay_kept_teeth(&mut painted, area, &light, face, look, teeth),
    }

    let width = area.width();
    for y in 0..area.height() {
        for x in 0..width {
            let i = y * width + x;
            let opacity = coverage.shares[i].min(1.0);
            if opacity < SMALLEST_OPACITY {
                continue;
            }
            let grain = GRAIN * scene.grain(area.left + x, area.top + y);
            let colour = [0, 1, 2].map(|k| (painted[k][i] + grain).clamp(0.0, 255.0));
            mix_pixel(out, area.left + x, area.top + y, colour, opacity);
        }
    }
}

/// Draws the dark line between closed lips of a mouth that obeys the pose by `art`.
pub(crate) fn draw_lip_line(
    out: &mut RgbImage,
    face: &FaceGeometry,
    look: &Look,
    art: f32,
    deformed: &Deformed,
) {
    let closed = 1.0 - smoothstep(CLOSED_PIXELS, PARTED_PIXELS, deformed.aperture(face));
    let opacity = lerp(LIP_LINE_OPACITY, LIP_LINE_OPACITY_WHERE_PARTED, face.rest.parted) * closed * art;
    if opacity <= 0.0 {
        return;
    }
    let [left, right] = MOUTH_CORNERS[3];
    let between = UPPER_LIP[3].iter().zip(&LOWER_LIP[3]).map(|(&upper, &lower)| {
        let (a, b) = (deformed.vertices[upper], deformed.vertices[lower]);
        [f32::midpoint(a[0], b[0]), f32::midpoint(a[1], b[1])]
    });
    let line: Vec<Point> = std::iter::once(deformed.vertices[left])
        .chain(between)
        .chain(std::iter::once(deformed.vertices[right]))
        .collect();
    // A lip's drawn edge has steps on the other lip.
    soften_along(out, &line, LIP_EDGE_REACH, closed * art);
    let width = (LIP_LINE_WIDTH * face.unit).max(1.0);
    SoftLine { width, opacity, colour: look.lip_line_colour() }.draw(out, &line);
}

/// Height down the face of the upper teeth's edge, in the skull's coordinates.
pub(super) fn upper_teeth_edge(face: &FaceGeometry) -> f32 {
    face.rest.bite[1] / face.unit + UPPER_EDGE
}

/// Red, green and blue of an area, each row by row.
pub(super) type Planes = [Vec<f32>; 3];

fn opening(deformed: &Deformed) -> Vec<Point> {
    MOUTH_OPENING.iter().map(|&i| deformed.vertices[i]).collect()
}

/// Lays what the portrait has between its lips over the painted interior, moved with the skull. `opacity` tells how much of
/// each place, as of [`FaceGeometry::beside_bite`], is seen.
#[expect(clippy::too_many_arguments, reason = "each is one independent input of one drawing step")]
fn lay_portrait(
    painted: &mut Planes,
    area: PixelArea,
    light: &Coverage,
    opacity: impl Fn(Point) -> f32,
    face: &FaceGeometry,
    texture: &Texture,
    deformed: &Deformed,
    width: usize,
    height: usize,
) {
    let shift = deformed.skull_shift;
    let at_rest: Vec<Point> = MOUTH_OPENING
        .iter()
        .map(|&i| [face.vertices[i][0] + shift[0], face.vertices[i][1] + shift[1]])
        .collect();
    let teeth = Coverage::of_polygon(&smooth_outline(&at_rest, OUTLINE_PIECES), 4, width, height)
        .blurred(((0.008 * face.unit) as usize).max(1));
    let mut row = vec![0; area.width() * 3];
    let seen = area.intersection(teeth.area);
    for y in seen.top..seen.bottom {
        let from = |x: usize| [x as f32 + 0.5 - shift[0], y as f32 + 0.5 - shift[1]];
        let row = &mut row[..seen.width() * 3];
        texture.sample_span(row, texture.fixed(from(seen.left)), [texture.fixed_scale() as i32, 0]);
        for (x, colour) in (seen.left..seen.right).zip(row.chunks_exact(3)) {
            let share = smoothstep(0.25, 0.8, teeth.at(x, y));
            if share <= 0.0 {
                continue;
            }
            let share = share * opacity(face.beside_bite(from(x)));
            if share <= 0.0 {
                continue;
            }
            let i = (y - area.top) * area.width() + x - area.left;
            let shade = shade(light.shares[i]);
            for k in 0..3 {
                painted[k][i] = lerp(painted[k][i], f32::from(colour[k]) * shade[k], share);
            }
        }
    }
}

/// Lays teeth that were seen in another frame over the painted interior, where the skull has them in this one.
fn lay_kept_teeth(
    painted: &mut Planes,
    area: PixelArea,
    light: &Coverage,
    face: &FaceGeometry,
    look: &Look,
    teeth: &KeptTeeth,
) {
    for y in 0..area.height() {
        for x in 0..area.width() {
            let pixel = [(area.left + x) as f32 + 0.5, (area.top + y) as f32 + 0.5];
            let (colour, share) = teeth.at(face.beside_bite(pixel), look);
            if share > 0.0 {
                let i = y * area.width() + x;
                let shade = shade(light.shares[i]);
                for k in 0..3 {
                    painted[k][i] = lerp(painted[k][i], colour[k] * shade[k], share);
                }
            }
        }
    }
}

/// Tint by the light that comes past the lips: 0 none, 1 all.
fn shade(light: f32) -> [f32; 3] {
    let lit = smoothstep(0.12, 0.92, light);
    SHADOW_TINT.map(|dark| lerp(dark, 1.0, lit))
}

/// What is needed to tell the colour of a place inside the mouth.
struct Scene<'a> {
    face: &'a FaceGeometry,
    mouth: &'a MouthParams,
    light: [f32; 3],
    skull_shift: Point,
    /// Pixels over which painted parts are softened to the portrait's sharpness.
    softness: usize,
    /// The teeth's colour against ordinary teeth.
    tint: [f32; 3],
    /// Teeth of the photo, beneath which none are painted.
    row: Option<&'a PhotoTeeth>,
    /// Heights down the face: the lower lip's edge, the upper teeth's edge, the lower teeth's edge.
    lower_lip: f32,
    upper_edge: f32,
    lower_edge: f32,
    /// Widths of the teeth to the left and to the right of the middle.
    upper_widths: [[f32; 5]; 2],
    lower_widths: [[f32; 5]; 2],
}

impl<'a> Scene<'a> {
    fn new(face: &'a FaceGeometry, look: &Look, mouth: &'a MouthParams, deformed: &Deformed) -> Self {
        let s = face.unit;
        let shift = deformed.skull_shift;
        let lower = deformed.vertices[LOWER_LIP_MIDDLE];
        let lower_lip = face.frame.to_local([lower[0] - shift[0], lower[1] - shift[1]])[1] / s;
        let line = face.rest.bite[1] / s;
        Self {
            face,
            mouth,
            light: look.light(),
            skull_shift: shift,
            softness: (0.45 * look.magnification).round() as usize,
            tint: [1.0; 3],
            row: None,
            lower_lip,
            upper_edge: upper_teeth_edge(face),
            lower_edge: line + LOWER_EDGE + (deformed.jaw_travel + face.rest.jaw_drop).max(0.0) / s,
            upper_widths: [0, 1].map(|side| own_widths(face, UPPER_WIDTHS, side)),
            lower_widths: [2, 3].map(|side| own_widths(face, LOWER_WIDTHS, side)),
        }
    }

    /// Paints an area. `seen` are the columns of each row that matter; what lies far beside them stays black.
    fn paint(&self, area: PixelArea, light: &Coverage, seen: &[Range<usize>]) -> Planes {
        let width = area.width();
        // Both passes of the blur take in as much.
        let reach = 2 * self.softness;
        let mut planes = [0, 1, 2].map(|_| vec![0.0; light.shares.len()]);
        for y in 0..area.height() {
            let rows = &seen[y.saturating_sub(reach)..(y + reach + 1).min(seen.len())];
            let rows = rows.iter().filter(|row| !row.is_empty()).cloned();
            let both =
                |one: Range<usize>, other: Range<usize>| one.start.min(other.start)..one.end.max(other.end);
            let Some(near) = rows.reduce(both) else { continue };
            for x in near.start.saturating_sub(reach)..(near.end + reach).min(width) {
                let pixel = [
                    (area.left + x) as f32 + 0.5 - self.skull_shift[0],
                    (area.top + y) as f32 + 0.5 - self.skull_shift[1],
                ];
                let place = self.face.beside_bite(pixel);
                let colour = self.colour([place[0], place[1] + self.face.rest.bite[1] / self.face.unit]);
                let i = y * width + x;
                let shade = shade(light.shares[i]);
                for k in 0..3 {
                    planes[k][i] = colour[k] * shade[k];
                }
            }
        }
        for plane in &mut planes {
            blur(plane, width, self.softness);
        }
        planes
    }

    /// The colour at a place in the skull's coordinates, before shadows.
    fn colour(&self, [x, y]: Point) -> [f32; 3] {
        let depth = smoothstep(0.0, 0.10, (self.lower_lip - y).max(0.0));
        let mut colour = [0, 1, 2].map(|k| lerp(CAVITY.0[k], CAVITY.1[k], depth));
        self.lay_tongue(&mut colour, x, y);
        self.lay_lower_teeth(&mut colour, x, y);
        self.lay_upper_teeth(&mut colour, x, y);
        [0, 1, 2].map(|k| colour[k] * self.light[k])
    }

    fn lay_tongue(&self, colour: &mut [f32; 3], x: f32, y: f32) {
        let top = self.lower_lip - 0.036 - 0.030 * self.mouth.tongue - 0.16 * self.mouth.open + 1.26 * x * x;
        let share = 0.9 * smoothstep(-0.012, 0.02, y - top) * (1.0 - smoothstep(0.14, 0.20, x.abs()));
        if share <= 0.0 {
            return;
        }
        let furrow = 0.07 * (-(x / 0.018).powi(2)).exp();
        let brightness = 0.55 + 0.35 * smoothstep(0.0, 0.05, y - top) - furrow;
        lay(colour, TONGUE.map(|channel| channel * brightness), share);
    }

    fn lay_lower_teeth(&self, colour: &mut [f32; 3], x: f32, y: f32) {
        let beside = x.abs();
        let (tooth, across) = tooth_at(&self.lower_widths[usize::from(x > 0.0)], beside);
        let gap = (2.0 * across - 1.0).powi(4);
        let top = self.lower_edge + 0.20 * beside * beside + 0.006 * gap + LOWER_SETBACK[tooth];
        // Hardly visible unless the lower lip is pulled down.
        let visible = 0.35 + 0.65 * smoothstep(0.004, 0.016, self.mouth.lower);
        let share = visible * smoothstep(-0.004, 0.006, y - top) * (1.0 - smoothstep(0.19, 0.25, beside));
        if share <= 0.0 {
            return;
        }
        let brightness = (0.80 - 0.16 * gap)
            * (1.0 - 0.45 * smoothstep(0.06, 0.22, beside))
            * lerp(0.95, 0.55, smoothstep(0.0, 0.09, y - top));
        lay(colour, [0, 1, 2].map(|k| LOWER_TEETH[k] * self.tint[k] * brightness), share);
    }

    fn lay_upper_teeth(&self, colour: &mut [f32; 3], x: f32, y: f32) {
        let beside = x.abs();
        let (tooth, across) = tooth_at(&self.upper_widths[usize::from(x > 0.0)], beside);
        let gap = (2.0 * across - 1.0).powi(6);
        let bottom = self.upper_edge - 0.16 * beside * beside - 0.006 * gap - UPPER_SETBACK[tooth];
        let share = (1.0 - smoothstep(-0.006, 0.004, y - bottom)) * (1.0 - smoothstep(0.21, 0.27, beside));
        if share <= 0.0 {
            return;
        }
        let line = self.face.rest.bite[1] / self.face.unit;
        let share = share * self.row.map_or(1.0, |row| row.share_at([x, y - line + BEHIND_KEPT_TEETH]));
        let brightness = (0.97 - 0.16 * gap)
            * (1.0 - 0.55 * smoothstep(0.07, 0.24, beside))
            * lerp(0.97, 0.80, smoothstep(0.01, 0.11, (bottom - y).max(0.0)));
        // Darker teeth are warmer, never grey.
        let dark = 1.0 - brightness;
        let warmth = [1.0 + 0.10 * dark, 1.0 - 0.06 * dark, 1.0 - 0.14 * dark];
        lay(colour, [0, 1, 2].map(|k| UPPER_TEETH[k] * self.tint[k] * brightness * warmth[k]), share);
    }

    /// Noise in -1..=1 that sticks to the skull, so that it does not flicker.
    fn grain(&self, x: usize, y: usize) -> f32 {
        let u = (x as f32 - self.skull_shift[0]).round() as i32 as u32;
        let v = (y as f32 - self.skull_shift[1]).round() as i32 as u32;
        let mut hash = u.wrapping_mul(0x9e37_79b1) ^ v.wrapping_mul(0x85eb_ca77);
        hash = (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d);
        (hash >> 24) as f32 / 127.5 - 1.0
    }
}

/// Lays `over` on `colour`.
fn lay(colour: &mut [f32; 3], over: [f32; 3], share: f32) {
    for (channel, value) in colour.iter_mut().zip(over) {
        *channel = lerp(*channel, value, share);
    }
}

/// The widths of one side's teeth in this face. They follow from its proportions, so that a portrait has the same teeth at
/// any size and in every frame.
fn own_widths(face: &FaceGeometry, mut widths: [f32; 5], side: usize) -> [f32; 5] {
    let proportions = 40.0 * face.mouth_half_width / face.unit + 25.0 * face.chin_y / face.unit;
    for (tooth, width) in widths.iter_mut().enumerate() {
        let phase = proportions + 2.3 * side as f32 + 1.7 * tooth as f32;
        *width *= 1.0 + WIDTH_VARIETY * phase.sin();
    }
    widths
}

/// Which tooth is `beside` from the middle (the number of widths when beyond the last), and how far across it, 0..=1.
fn tooth_at(widths: &[f32; 5], mut beside: f32) -> (usize, f32) {
    for (tooth, &width) in widths.iter().enumerate() {
        if beside <= width {
            return (tooth, beside / width);
        }
        beside -= width;
    }
    (widths.len(), 0.0)
}

#[cfg(test)]
mod tests {
    use super::super::tests::avatars;
    use super::*;

    #[test]
    fn every_face_has_teeth_of_its_own_and_both_sides_differ() {
        let [first, second] =
            avatars().map(|avatar| [0, 1].map(|side| own_widths(&avatar.face, UPPER_WIDTHS, side)));
        assert!(first != second && first[0] != first[1]);
        for widths in first.iter().chain(&second) {
            for (width, usual) in widths.iter().zip(UPPER_WIDTHS) {
                assert!((width / usual - 1.0).abs() <= WIDTH_VARIETY + 1e-6, "{width} {usual}");
            }
        }
    }
}
