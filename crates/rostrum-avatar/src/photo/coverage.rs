//! Soft shapes: how much of each pixel a polygon covers, and lines with soft edges.

use std::ops::Range;

use rostrum_model::picture::RgbImage;

use super::area::PixelArea;
use super::geometry::{Point, lerp};

/// Rows of samples per pixel when a polygon is measured; sideways it is exact.
const SAMPLE_ROWS: usize = 4;

/// A share per pixel of an area.
#[derive(Debug, Clone)]
pub(crate) struct Coverage {
    pub(crate) area: PixelArea,
    /// Row by row, 0..=1.
    pub(crate) shares: Vec<f32>,
}

impl Coverage {
    /// The coverage of a closed polygon, with `margin` empty pixels around it, cut at the picture's edges.
    pub(crate) fn of_polygon(polygon: &[Point], margin: usize, width: usize, height: usize) -> Self {
        let area = PixelArea::around(polygon.iter().copied(), margin as f32, width, height);
        let mut shares = vec![0.0; area.width() * area.height()];
        let (mut near, mut crossings) = (Vec::new(), Vec::new());
        for y in 0..area.height() {
            let row = &mut shares[y * area.width()..(y + 1) * area.width()];
            let top = (area.top + y) as f32;
            let sides = polygon.iter().zip(polygon.iter().cycle().skip(1));
            near.clear();
            near.extend(sides.filter(|(a, b)| a[1].min(b[1]) < top + 1.0 && a[1].max(b[1]) > top));
            for sample in 0..SAMPLE_ROWS {
                let line = top + (sample as f32 + 0.5) / SAMPLE_ROWS as f32;
                crossings.clear();
                for (a, b) in &near {
                    if (a[1] <= line) != (b[1] <= line) {
                        crossings
                            .push(a[0] + (line - a[1]) * (b[0] - a[0]) / (b[1] - a[1]) - area.left as f32);
                    }
                }
                crossings.sort_by(f32::total_cmp);
                for pair in crossings.chunks_exact(2) {
                    add_span(row, pair[0], pair[1]);
                }
            }
        }
        Self { area, shares }
    }

    /// The share at a pixel of the picture; 0 outside the area.
    pub(crate) fn at(&self, x: usize, y: usize) -> f32 {
        let inside =
            (self.area.left..self.area.right).contains(&x) && (self.area.top..self.area.bottom).contains(&y);
        if inside { self.shares[(y - self.area.top) * self.area.width() + x - self.area.left] } else { 0.0 }
    }

    /// The share of the pixel that a place lies in.
    pub(crate) fn at_place(&self, [x, y]: Point) -> f32 {
        if x < 0.0 || y < 0.0 { 0.0 } else { self.at(x as usize, y as usize) }
    }

    /// The columns of each row of the area between which all shares of at least `least` lie.
    pub(crate) fn columns(&self, least: f32) -> Vec<Range<usize>> {
        let of_row = |row: &[f32]| {
            let is_covered = |share: &f32| *share >= least;
            let first = row.iter().position(is_covered).unwrap_or(0);
            first..row.iter().rposition(is_covered).map_or(0, |last| last + 1)
        };
        self.shares.chunks_exact(self.area.width().max(1)).map(of_row).collect()
    }

    /// The same shape with an edge softened over about `2 * radius` pixels.
    pub(crate) fn blurred(mut self, radius: usize) -> Self {
        blur(&mut self.shares, self.area.width(), radius);
        self
    }
}

/// Adds one sample row's span to a row of pixels.
fn add_span(row: &mut [f32], from: f32, to: f32) {
    const SHARE: f32 = 1.0 / SAMPLE_ROWS as f32;
    let (from, to) = (from.max(0.0), to.min(row.len() as f32));
    if to <= from {
        return;
    }
    let (first, last) = (from as usize, to as usize);
    for (x, share) in row.iter_mut().enumerate().take(last + 1).skip(first) {
        *share += SHARE * (to.min(x as f32 + 1.0) - from.max(x as f32));
    }
}

/// Two passes of a box blur in both directions; beyond the edges is 0.
pub(crate) fn blur(values: &mut [f32], width: usize, radius: usize) {
    if radius == 0 || width == 0 || values.is_empty() {
        return;
    }
    let box_width = 2 * radius + 1;
    let share = 1.0 / (box_width * box_width) as f32;
    let mut padded = vec![0.0; width + 2 * radius];
    for _ in 0..2 {
        for row in values.chunks_exact_mut(width) {
            padded[radius..radius + width].copy_from_slice(row);
            row.fill(0.0);
            for beside in padded.windows(width) {
                add(row, beside);
            }
        }
        let rows: Vec<f32> = values.iter().map(|sum| sum * share).collect();
        let rows: Vec<&[f32]> = rows.chunks_exact(width).collect();
        let mut sums = vec![0.0; width];
        rows.iter().take(radius).for_each(|row| add(&mut sums, row));
        for (y, row) in values.chunks_exact_mut(width).enumerate() {
            if let Some(next) = rows.get(y + radius) {
                add(&mut sums, next);
            }
            row.copy_from_slice(&sums);
            if let Some(last) = y.checked_sub(radius) {
                sums.iter_mut().zip(rows[last]).for_each(|(sum, value)| *sum -= value);
            }
        }
    }
}

fn add(sums: &mut [f32], values: &[f32]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}

/// A closed smooth curve through the points: `pieces` points for each one given (Catmull-Rom).
pub(crate) fn smooth_outline(points: &[Point], pieces: usize) -> Vec<Point> {
    let n = points.len();
    let mut outline = Vec::with_capacity(n * pieces);
    for i in 0..n {
        let [a, b, c, d] = [n - 1, 0, 1, 2].map(|offset| points[(i + offset) % n]);
        for piece in 0..pieces {
            let t = piece as f32 / pieces as f32;
            outline.push([0, 1].map(|k| {
                let slope = c[k] - a[k];
                let curve = 2.0 * a[k] - 5.0 * b[k] + 4.0 * c[k] - d[k];
                let twist = 3.0 * b[k] - a[k] - 3.0 * c[k] + d[k];
                0.5 * (2.0 * b[k] + t * (slope + t * (curve + t * twist)))
            }));
        }
    }
    outline
}

/// A soft line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SoftLine {
    /// Distance in pixels at which the line has faded to 37 %.
    pub(crate) width: f32,
    /// Opacity in the middle: 0..=1.
    pub(crate) opacity: f32,
    /// Its colour.
    pub(crate) colour: [f32; 3],
}

impl SoftLine {
    /// Draws the line through these points.
    pub(crate) fn draw(&self, out: &mut RgbImage, points: &[Point]) {
        let area = PixelArea::around(points.iter().copied(), self.width * 3.0, out.width, out.height);
        for y in area.top..area.bottom {
            for x in area.left..area.right {
                let p = [x as f32 + 0.5, y as f32 + 0.5];
                let opacity = self.opacity * (-distance_squared(p, points) / self.width.powi(2)).exp();
                if opacity > 0.01 {
                    mix_pixel(out, x, y, self.colour, opacity);
                }
            }
        }
    }
}

/// Smooths a picture along the line through these points: by this share on it, less and less until `reach` pixels beside.
pub(crate) fn soften_along(out: &mut RgbImage, points: &[Point], reach: f32, share: f32) {
    if share <= 0.0 {
        return;
    }
    // Every pixel needs its neighbours as they were.
    let PixelArea { left, top, right, bottom } =
        PixelArea::around(points.iter().copied(), 2.0 * reach, out.width, out.height);
    let (left, top) = (left.max(1), top.max(1));
    let (right, bottom) = (right.min(out.width.saturating_sub(1)), bottom.min(out.height.saturating_sub(1)));
    if left >= right || top >= bottom {
        return;
    }
    let before: Vec<u8> = out.pixels[(top - 1) * out.width * 3..(bottom + 1) * out.width * 3].to_vec();
    for y in top..bottom {
        for x in left..right {
            let p = [x as f32 + 0.5, y as f32 + 0.5];
            let opacity = share * (-(distance_squared(p, points) / reach.powi(2)).powi(2)).exp();
            if opacity > 0.02 {
                let mut sum = [0.0; 3];
                for (down, row_weight) in [1.0, 2.0, 1.0].into_iter().enumerate() {
                    for (beside, weight) in [1.0, 2.0, 1.0].into_iter().enumerate() {
                        let first = ((y - top + down) * out.width + x + beside - 1) * 3;
                        for (sum, value) in sum.iter_mut().zip(&before[first..first + 3]) {
                            *sum += row_weight * weight / 16.0 * f32::from(*value);
                        }
                    }
                }
                mix_pixel(out, x, y, sum, opacity);
            }
        }
    }
}

/// Square of the distance between a place and the line through these points.
fn distance_squared(p: Point, line: &[Point]) -> f32 {
    let to_piece = |ends: &[Point]| {
        let (a, b) = (ends[0], ends[1]);
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let along = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy + 1e-6);
        let along = along.clamp(0.0, 1.0);
        (p[0] - a[0] - along * dx).powi(2) + (p[1] - a[1] - along * dy).powi(2)
    };
    line.windows(2).map(to_piece).fold(f32::INFINITY, f32::min)
}

/// Lays a colour over a pixel.
pub(crate) fn mix_pixel(out: &mut RgbImage, x: usize, y: usize, colour: [f32; 3], opacity: f32) {
    let first = (y * out.width + x) * 3;
    for (channel, value) in out.pixels[first..first + 3].iter_mut().zip(colour) {
        *channel = (lerp(f32::from(*channel), value, opacity) + 0.5) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coverage_of_a_polygon_sums_to_its_area() {
        let square = [[10.25, 10.5], [20.75, 10.5], [20.75, 15.0], [10.25, 15.0]];
        let coverage = Coverage::of_polygon(&square, 2, 100, 100);
        let sum: f32 = coverage.shares.iter().sum();
        assert!((sum - 10.5 * 4.5).abs() < 0.01, "{sum}");
        assert_eq!(coverage.at(15, 12), 1.0);
        assert!((coverage.at(10, 12) - 0.75).abs() < 1e-5);
        assert_eq!(coverage.at(50, 50), 0.0);
    }

    #[test]
    fn a_polygon_outside_the_picture_covers_nothing() {
        let far = [[-50.0, -50.0], [-40.0, -50.0], [-45.0, -30.0]];
        assert!(Coverage::of_polygon(&far, 2, 100, 100).blurred(2).shares.iter().all(|share| *share == 0.0));
    }

    #[test]
    fn steps_along_a_line_are_smoothed_and_all_else_stays() {
        let is_above = |x: usize, y: usize| y < 10 + x / 4;
        let mut steps = RgbImage::filled(40, 30, [0; 3]);
        for (x, y) in (0..30).flat_map(|y| (0..40).map(move |x| (x, y))) {
            mix_pixel(&mut steps, x, y, [if is_above(x, y) { 200.0 } else { 40.0 }; 3], 1.0);
        }
        let mut out = steps.clone();
        soften_along(&mut out, &[[0.0, 9.6], [40.0, 19.6]], 1.2, 1.0);
        // Where a step ends, its corner takes part of the colour of the other side.
        for x in (8..32).step_by(4) {
            let corner = out.at(x, 9 + x / 4)[0];
            assert!((80..180).contains(&corner), "{x}: {corner}");
        }
        for (x, y) in (0..30).flat_map(|y| (0..40).map(move |x| (x, y))) {
            let away = (y as f32 + 0.5 - 9.6 - (x as f32 + 0.5) / 4.0).abs();
            assert!(away < 3.0 || out.at(x, y) == steps.at(x, y), "{x} {y}");
        }
        let mut none = steps.clone();
        soften_along(&mut none, &[[0.0, 9.6], [40.0, 19.6]], 1.2, 0.0);
        assert!(none == steps);
    }
}
