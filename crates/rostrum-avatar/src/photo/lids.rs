//! The edges of closing lids.
//!
//! The mesh has holes at the eyes, through which the picture beneath is seen. Its triangles end at whole pixels, and where a
//! lid has come down over the white of the eye that shows as steps. So while an eye closes, what is beneath is kept, the
//! lids' colour is continued a little into the hole, and the kept eye is laid over that with a soft, rounded edge.

use rostrum_model::picture::RgbImage;

use super::area::PixelArea;
use super::coverage::{Coverage, mix_pixel, smooth_outline};
use super::deform::Deformed;
use super::geometry::{FaceGeometry, Point, lerp, smoothstep};
use super::raster::{Rows, fill_triangle};
use super::texture::Texture;
use super::topology::{EYES, EyeRings};

/// Points per vertex on the smoothed outline of an eye.
const OUTLINE_PIECES: usize = 4;
/// How far lids are continued into the eye: in S, and at least so many pixels.
const FRINGE: f32 = 0.012;
const LEAST_FRINGE_PIXELS: f32 = 2.0;
/// How far, of the way to the next ring of the mesh, a closed lid's edge takes its colour from further out.
const FURTHER_OUT: f32 = 0.2;
/// Gaps between lids below this many pixels are closed, and above the second open.
const CLOSED_PIXELS: f32 = 0.5;
const OPEN_PIXELS: f32 = 2.0;

/// Takes the colours of closing lids' edges from a little further out, or closed ones would have a rim of white between them.
pub(crate) fn hide_rims(face: &FaceGeometry, blink: f32, sources: &mut [Point]) {
    let share = FURTHER_OUT * blink.clamp(0.0, 1.0);
    for rings in &EYES {
        for (lid, outer) in [(&rings.upper_lid, &rings.above[0]), (&rings.lower_lid, &rings.below)] {
            for (&edge, &outer) in lid.iter().zip(outer) {
                sources[edge] = [0, 1].map(|k| lerp(face.vertices[edge][k], face.vertices[outer][k], share));
            }
        }
    }
}

/// The eyes of a frame as they are without lids drawn over them; none while the eyes are as wide open as in the portrait.
#[derive(Debug)]
pub(crate) struct OpenEyes(Vec<OpenEye>);

#[derive(Debug)]
struct OpenEye {
    rings: &'static EyeRings,
    /// The edge of what is left open.
    outline: Vec<Point>,
    /// Less than 1 when that is a gap of hardly a pixel, through which nothing is seen.
    openness: f32,
    area: PixelArea,
    /// Red, green and blue of the area, row by row.
    pixels: Vec<u8>,
}

impl OpenEyes {
    /// Keeps what the lids of a pose leave open, before they are drawn.
    pub(crate) fn remember(out: &RgbImage, face: &FaceGeometry, deformed: &Deformed, blink: f32) -> Self {
        if blink.is_nan() || blink <= 0.0 {
            return Self(Vec::new());
        }
        let eyes = EYES.iter().map(|rings| {
            let outline = smooth_outline(&opening(rings, face, deformed), OUTLINE_PIECES);
            let height = |(&upper, &lower): (&usize, &usize)| {
                let [upper, lower] = [upper, lower].map(|i| face.frame.to_local(deformed.vertices[i])[1]);
                lower - upper
            };
            let gap = rings.upper_lid.iter().zip(&rings.lower_lid).map(height).fold(0.0, f32::max);
            let openness = smoothstep(CLOSED_PIXELS, OPEN_PIXELS, gap);
            let area = PixelArea::around(outline.iter().copied(), 2.0, out.width, out.height);
            let mut pixels = Vec::new();
            if !area.is_empty() {
                for y in area.top..area.bottom {
                    let row = (y * out.width + area.left) * 3..(y * out.width + area.right) * 3;
                    pixels.extend_from_slice(&out.pixels[row]);
                }
            }
            OpenEye { rings, outline, openness, area, pixels }
        });
        Self(eyes.collect())
    }

    /// Lays the kept eyes between the lids, which were drawn; `sources` tells where their vertices' colours came from.
    pub(crate) fn lay(
        &self,
        out: &mut RgbImage,
        unit: f32,
        texture: &Texture,
        sources: &[Point],
        deformed: &Deformed,
    ) {
        for eye in &self.0 {
            if eye.area.is_empty() {
                continue;
            }
            eye.draw_fringe(out, unit, texture, sources, deformed);
            let opening = Coverage::of_polygon(&eye.outline, 2, out.width, out.height);
            for y in eye.area.top..eye.area.bottom {
                for x in eye.area.left..eye.area.right {
                    let share = opening.at(x, y).min(1.0) * eye.openness;
                    if share > 0.004 {
                        let i = ((y - eye.area.top) * eye.area.width() + x - eye.area.left) * 3;
                        let colour = [0, 1, 2].map(|k| f32::from(eye.pixels[i + k]));
                        mix_pixel(out, x, y, colour, share);
                    }
                }
            }
        }
    }
}

/// The edge of what the lids leave open, once around. Where the upper lid has passed the lower one nothing is open.
fn opening(rings: &EyeRings, face: &FaceGeometry, deformed: &Deformed) -> Vec<Point> {
    let [start, end] = rings.corners.map(|i| deformed.vertices[i]);
    let lids = || rings.upper_lid.iter().zip(&rings.lower_lid);
    let apart = |(&upper, &lower): (&usize, &usize)| {
        let [upper, lower] = [upper, lower].map(|i| deformed.vertices[i]);
        if face.frame.to_local(upper)[1] < face.frame.to_local(lower)[1] {
            [upper, lower]
        } else {
            [[0, 1].map(|k| f32::midpoint(upper[k], lower[k])); 2]
        }
    };
    let above = lids().map(|pair| apart(pair)[0]);
    let below = lids().rev().map(|pair| apart(pair)[1]);
    std::iter::once(start).chain(above).chain(std::iter::once(end)).chain(below).collect()
}

impl OpenEye {
    /// Continues the colour of both lids' edges into the eye, at most to its middle.
    fn draw_fringe(
        &self,
        out: &mut RgbImage,
        unit: f32,
        texture: &Texture,
        sources: &[Point],
        deformed: &Deformed,
    ) {
        let Self { rings, openness, .. } = *self;
        let reach = (FRINGE * unit).max(LEAST_FRINGE_PIXELS);
        let [start, end] = rings.corners;
        let out = &mut Rows::all(out);
        // The upper lid, which has the lashes, lies over the lower one, and alone closes the last gap.
        let lids =
            [(&rings.lower_lid, &rings.upper_lid, openness), (&rings.upper_lid, &rings.lower_lid, 1.0)];
        for (lid, other, share) in lids {
            // Each vertex with the one across, towards which the lid is continued.
            let pairs = lid.iter().copied().zip(other.iter().copied());
            let edge: Vec<(usize, usize)> =
                std::iter::once((start, start)).chain(pairs).chain(std::iter::once((end, end))).collect();
            let inwards = |(here, across): (usize, usize)| {
                let ([x, y], across) = (deformed.vertices[here], deformed.vertices[across]);
                let (dx, dy) = (across[0] - x, across[1] - y);
                let share = (share * reach / dx.hypot(dy).max(1.0)).min(0.5);
                [x + dx * share, y + dy * share]
            };
            for pair in edge.windows(2) {
                let [inner_a, inner_b] = [pair[0], pair[1]].map(inwards);
                let [a, b] = [pair[0].0, pair[1].0];
                let [edge_a, edge_b] = [deformed.vertices[a], deformed.vertices[b]];
                fill_triangle(out, texture, [edge_a, edge_b, inner_a], [sources[a], sources[b], sources[a]]);
                fill_triangle(out, texture, [edge_b, inner_b, inner_a], [sources[b], sources[b], sources[a]]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Scratch;
    use super::super::coverage::Coverage;
    use super::super::tests::painted_portrait;
    use super::*;
    use crate::Pose;

    const SKIN: [f32; 3] = [180.0, 140.0, 120.0];
    const WHITE: f32 = 240.0;

    #[test]
    fn a_closing_lid_has_a_smooth_edge_over_the_white_of_the_eye() {
        let avatar = painted_portrait(|face, image| {
            for rings in &EYES {
                let upper = rings.upper_lid.iter().chain(std::iter::once(&rings.corners[1]));
                let around =
                    std::iter::once(&rings.corners[0]).chain(upper).chain(rings.lower_lid.iter().rev());
                let outline: Vec<Point> = around.map(|&i| face.vertices[i]).collect();
                let white = Coverage::of_polygon(&outline, 1, image.width, image.height);
                for (x, y) in (0..512).flat_map(|y| (0..512).map(move |x| (x, y))) {
                    mix_pixel(image, x, y, [WHITE; 3], white.at(x, y).min(1.0));
                }
            }
        });
        let (mut out, mut scratch) = (RgbImage::filled(0, 0, [0; 3]), Scratch::default());
        for blink in [0.25, 0.4, 0.55] {
            avatar.render(&Pose { blink, ..Pose::default() }, &mut scratch, &mut out);
            for rings in &EYES {
                let [start, end] = rings.corners.map(|i| avatar.face.vertices[i]);
                let (left, right) = (start[0].min(end[0]), start[0].max(end[0]));
                let columns = lerp(left, right, 0.25) as usize..lerp(left, right, 0.75) as usize;
                let rows = (start[1] - 20.0) as usize..(start[1] + 20.0) as usize;
                // How much of each column is white, in pixels: with steps, a whole number.
                let height = |x: usize| {
                    let blues = rows.clone().map(|y| f32::from(out.at(x, y)[2]));
                    blues.map(|blue| ((blue - SKIN[2]) / (WHITE - SKIN[2])).max(0.0)).sum::<f32>()
                };
                let heights: Vec<f32> = columns.map(height).collect();
                assert!(heights.len() > 10 && heights.iter().all(|height| *height > 1.0), "{heights:?}");
                for near in heights.windows(3) {
                    let bend = (near[0] - 2.0 * near[1] + near[2]).abs();
                    assert!(bend < 0.4, "{blink}: {bend} in {heights:?}");
                }
            }
        }
    }
}
