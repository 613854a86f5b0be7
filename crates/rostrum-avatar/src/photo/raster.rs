//! Filling triangles from the texture, and the rows of a picture that several threads fill at once.

use std::ops::Range;

use rostrum_model::picture::RgbImage;

use super::geometry::Point;
use super::texture::Texture;

/// Triangles smaller than this many square pixels (twice their area) are not drawn.
const SMALLEST_AREA: f32 = 1e-3;
/// Pixels whose centres lie this far outside still count, so that neighbours leave no gap.
const EDGE_SLACK: f32 = 0.02;

/// Fewer pixels than these are drawn by one thread: starting another takes longer.
pub(crate) const SMALLEST_SHARED: usize = 1 << 16;

/// Some whole rows of a picture that is being drawn.
#[derive(Debug)]
pub(crate) struct Rows<'p> {
    pixels: &'p mut [u8],
    /// Pixels in a row, and the numbers of the rows.
    pub(crate) width: usize,
    pub(crate) numbers: Range<usize>,
}

impl<'p> Rows<'p> {
    /// All rows of a picture.
    pub(crate) fn all(image: &'p mut RgbImage) -> Self {
        Self { width: image.width, numbers: 0..image.height, pixels: &mut image.pixels }
    }

    /// The rows before number `cut`, and those from there on.
    fn split(self, cut: usize) -> (Self, Self) {
        let Self { pixels, width, numbers: Range { start, end } } = self;
        let cut = cut.clamp(start, end);
        let (before, after) = pixels.split_at_mut((cut - start) * width * 3);
        (
            Self { pixels: before, width, numbers: start..cut },
            Self { pixels: after, width, numbers: cut..end },
        )
    }

    /// The pixels of row `y` in some columns; the row is one of these.
    pub(crate) fn span(&mut self, y: usize, columns: Range<usize>) -> &mut [u8] {
        let row = (y - self.numbers.start) * self.width;
        &mut self.pixels[(row + columns.start) * 3..(row + columns.end) * 3]
    }
}

/// Draws the rows between the `cuts`, which rise, each band on a thread of its own. `draw` leaves other rows alone, so that
/// the picture does not depend on the cuts.
pub(crate) fn draw_in_bands(out: &mut RgbImage, cuts: &[usize], draw: impl Fn(&mut Rows<'_>) + Sync) {
    let mut rest = Rows::all(out);
    std::thread::scope(|scope| {
        for &cut in cuts {
            let (mut band, after) = rest.split(cut);
            rest = after;
            let draw = &draw;
            scope.spawn(move || draw(&mut band));
        }
        draw(&mut rest);
    });
}

/// Draws the texture's triangle `from` (at rest, in output pixels) into the triangle `to`.
pub(crate) fn fill_triangle(out: &mut Rows<'_>, texture: &Texture, to: [Point; 3], from: [Point; 3]) {
    let edge = |points: &[Point; 3], i: usize| [points[i][0] - points[0][0], points[i][1] - points[0][1]];
    let ([x1, y1], [x2, y2]) = (edge(&to, 1), edge(&to, 2));
    let area = x1 * y2 - x2 * y1;
    if area.abs() < SMALLEST_AREA {
        return;
    }
    // The affine map from output to texture, per pixel to the right and per pixel down.
    let (first, second) = (edge(&from, 1), edge(&from, 2));
    let right = [0, 1].map(|k| (first[k] * y2 - second[k] * y1) / area);
    let down = [0, 1].map(|k| (second[k] * x1 - first[k] * x2) / area);
    let step = right.map(|rate| (rate * texture.fixed_scale()) as i32);

    let top = to[0][1].min(to[1][1]).min(to[2][1]);
    let bottom = to[0][1].max(to[1][1]).max(to[2][1]);
    let first_row = first_centre_from(top).max(out.numbers.start);
    let end_row = (bottom + 0.5).max(0.0) as usize;
    let sides = [0, 1, 2].map(|i| Side::new(to[i], to[(i + 1) % 3]));
    for y in first_row..end_row.min(out.numbers.end) {
        let centre_y = y as f32 + 0.5;
        let Some((left, right_end)) = crossings(&sides, centre_y) else { continue };
        let first_pixel = first_centre_from(left - EDGE_SLACK);
        let end_pixel = ((right_end + 0.5 + EDGE_SLACK).max(0.0) as usize).min(out.width);
        if first_pixel >= end_pixel {
            continue;
        }
        let (dx, dy) = (first_pixel as f32 + 0.5 - to[0][0], centre_y - to[0][1]);
        let start = texture
            .fixed([from[0][0] + right[0] * dx + down[0] * dy, from[0][1] + right[1] * dx + down[1] * dy]);
        texture.sample_span(out.span(y, first_pixel..end_pixel), start, step);
    }
}

/// The number of the first pixel whose centre does not lie before a place.
fn first_centre_from(place: f32) -> usize {
    // Conversion cuts towards zero; `ceil` is a call on processors of the baseline.
    let from = (place - 0.5).max(0.0);
    let before = from as usize;
    before + usize::from((before as f32) < from)
}

/// A side of a triangle: an end, the height of the other, and columns per row.
struct Side {
    from: Point,
    to_y: f32,
    slope: f32,
}

impl Side {
    fn new(from: Point, to: Point) -> Self {
        let height = to[1] - from[1];
        Self { from, to_y: to[1], slope: if height == 0.0 { 0.0 } else { (to[0] - from[0]) / height } }
    }
}

/// Where the horizontal line at `y` enters and leaves the triangle.
fn crossings(sides: &[Side; 3], y: f32) -> Option<(f32, f32)> {
    let (mut left, mut right) = (f32::INFINITY, f32::NEG_INFINITY);
    for Side { from, to_y, slope } in sides {
        if (from[1] <= y) == (*to_y <= y) && from[1] != y {
            continue;
        }
        let x = from[0] + (y - from[1]) * slope;
        left = left.min(x);
        right = right.max(x);
    }
    (left <= right).then_some((left, right))
}
