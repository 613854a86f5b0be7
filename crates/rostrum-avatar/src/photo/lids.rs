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
/// Streaks of closing lids are meaned out over so far to both sides, in S.
const STREAK: f32 = 0.09;
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

/// Means out the streaks of closing upper lids: their few pixels, lashes among them, are drawn out over all of the eye.
/// What runs along a lid stays, as its fold and the line of its lashes.
pub(crate) fn smooth_streaks(out: &mut RgbImage, face: &FaceGeometry, deformed: &Deformed, blink: f32) {
    let share = smoothstep(0.1, 0.5, blink);
    if share <= 0.0 {
        return;
    }
    for rings in &EYES {
        UpperLid::new(rings, face, deformed).smooth(out, share, face);
    }
}

/// An upper lid from its fold to its edge, in the face's own coordinates.
struct UpperLid {
    /// Where the first of `heights` is.
    left: f32,
    /// The y of fold and edge, for each pixel from left to right.
    heights: Vec<[f32; 2]>,
    vertices: Vec<Point>,
}

impl UpperLid {
    fn new(rings: &EyeRings, face: &FaceGeometry, deformed: &Deformed) -> Self {
        let [start, end] = rings.corners;
        let edge: Vec<usize> = [start].into_iter().chain(rings.upper_lid).chain([end]).collect();
        let line = |vertices: &[usize]| {
            let mut line: Vec<Point> =
                vertices.iter().map(|&i| face.frame.to_local(deformed.vertices[i])).collect();
            line.sort_by(|one, other| one[0].total_cmp(&other[0]));
            line
        };
        let lines = [line(&rings.above[0]), line(&edge)];
        let left = lines[0][0][0].max(lines[1][0][0]);
        let right = lines.iter().map(|line| line[line.len() - 1][0]).fold(f32::INFINITY, f32::min);
        let places = (0..(right - left).max(0.0) as usize).map(|i| left + i as f32);
        let heights = places.map(|x| [0, 1].map(|k| height_at(&lines[k], x))).collect();
        let vertices = edge.iter().chain(&rings.above[0]).map(|&i| deformed.vertices[i]).collect();
        Self { left, heights, vertices }
    }

    /// Mixes each pixel with the mean along the lid.
    fn smooth(&self, out: &mut RgbImage, share: f32, face: &FaceGeometry) {
        let columns = self.heights.len();
        let reach = (STREAK * face.unit).max(1.0) as usize;
        let means = self.means(out, reach, face);
        let last_row = means.len().checked_div(columns).unwrap_or(0).saturating_sub(1);
        let area = PixelArea::around(self.vertices.iter().copied(), 1.0, out.width, out.height);
        for (x, y) in (area.top..area.bottom).flat_map(|y| (area.left..area.right).map(move |x| (x, y))) {
            let [along, height] = face.frame.to_local([x as f32 + 0.5, y as f32 + 0.5]);
            let column = (along - self.left).round();
            if column < 0.0 || column as usize >= columns {
                continue;
            }
            let column = column as usize;
            let [fold, edge] = self.heights[column];
            let down = (height - fold) / (edge - fold).max(1.0);
            if down <= 0.0 || height > edge + 1.0 {
                continue;
            }
            let row = down.min(1.0) * last_row as f32;
            let [above, below] =
                [row as usize, (row as usize + 1).min(last_row)].map(|row| means[row * columns + column]);
            let mean = [0, 1, 2].map(|k| lerp(above[k], below[k], row.fract()));
            // Little towards the corners, where the lid hardly moves.
            let inwards = column.min(columns - 1 - column) as f32;
            let share = share * smoothstep(0.0, 0.3, down) * smoothstep(0.0, reach as f32, inwards);
            mix_pixel(out, x, y, mean, share);
        }
    }

    /// The mean colour within `reach` pixels along the lid: a row for each pixel from the fold to the edge, a column for each
    /// of the heights.
    fn means(&self, image: &RgbImage, reach: usize, face: &FaceGeometry) -> Vec<[f32; 3]> {
        let columns = self.heights.len();
        let rows =
            self.heights.iter().map(|[fold, edge]| edge - fold).fold(1.0, f32::max).ceil() as usize + 1;
        let mut means = Vec::with_capacity(rows * columns);
        let mut sums = vec![[0.0; 3]; columns + 1];
        for row in 0..rows {
            let down = row as f32 / (rows - 1) as f32;
            for (i, [fold, edge]) in self.heights.iter().enumerate() {
                let [x, y] = face.frame.to_picture([self.left + i as f32, lerp(*fold, *edge, down)]);
                let colour = image.at((x as usize).min(image.width - 1), (y as usize).min(image.height - 1));
                sums[i + 1] = [0, 1, 2].map(|k| sums[i][k] + f32::from(colour[k]));
            }
            means.extend((0..columns).map(|i| {
                let (first, end) = (i.saturating_sub(reach), (i + reach + 1).min(columns));
                [0, 1, 2].map(|k| (sums[end][k] - sums[first][k]) / (end - first) as f32)
            }));
        }
        means
    }
}

/// The height of a line of points, sorted by x, at `x`.
fn height_at(line: &[Point], x: f32) -> f32 {
    let after = line.partition_point(|point| point[0] <= x).clamp(1, line.len() - 1);
    let ([x0, y0], [x1, y1]) = (line[after - 1], line[after]);
    lerp(y0, y1, ((x - x0) / (x1 - x0).max(f32::EPSILON)).clamp(0.0, 1.0))
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
    /// The pixels of the area.
    pixels: RgbImage,
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
            let pixels = area.cut_from(out);
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
                        let colour = eye.pixels.at(x - eye.area.left, y - eye.area.top);
                        mix_pixel(out, x, y, colour.map(f32::from), share);
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
    use super::super::coverage::{Coverage, SoftLine};
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

    #[test]
    fn lashes_leave_no_streaks_on_a_closing_lid() {
        const LASH: f32 = 30.0;
        let avatar = painted_portrait(|face, image| {
            for rings in &EYES {
                for (&edge, &fold) in rings.upper_lid.iter().zip(&rings.above[0]) {
                    let [edge, fold] = [edge, fold].map(|i| face.vertices[i]);
                    let end = [0, 1].map(|k| lerp(edge[k], fold[k], 0.4));
                    SoftLine { width: 1.0, opacity: 1.0, colour: [LASH; 3] }.draw(image, &[edge, end]);
                }
            }
        });
        let (mut out, mut scratch) = (RgbImage::filled(0, 0, [0; 3]), Scratch::default());
        for blink in [0.6, 1.0] {
            let pose = Pose { blink, ..Pose::default() };
            avatar.render(&pose, &mut scratch, &mut out);
            let deformed = Deformed::new(&avatar.face, &pose);
            for rings in &EYES {
                let lid = UpperLid::new(rings, &avatar.face, &deformed);
                let all = lid.heights.len();
                let blues = lid.heights.iter().enumerate().take(all * 3 / 4).skip(all / 4).map(
                    |(i, [fold, edge])| {
                        let place =
                            avatar.face.frame.to_picture([lid.left + i as f32, lerp(*fold, *edge, 0.7)]);
                        f32::from(out.at(place[0] as usize, place[1] as usize)[2])
                    },
                );
                let (darkest, brightest) =
                    blues.fold((255.0f32, 0.0f32), |(low, high), blue| (low.min(blue), high.max(blue)));
                assert!(brightest - darkest < 25.0, "{blink}: {darkest} beside {brightest}");
            }
        }
    }
}
