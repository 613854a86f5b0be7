//! Which of what a photo shows between parted lips are the upper teeth.
//!
//! They may stay where the skull has them while the mouth speaks. Whatever else the photo shows there, the tongue, the lower
//! teeth, the wet edge of the lower lip, would be a second mouth inside the open one. All lengths are in S, in the
//! coordinates of [`FaceGeometry::beside_bite`].

use rostrum_model::picture::RgbImage;

use super::coverage::{Coverage, smooth_outline};
use super::geometry::{FaceGeometry, Point, lerp, smoothstep};
use super::kept_teeth::colour_at;
use super::look::{FaceColours, luminance};
use super::mouth::UPPER_TEETH;
use super::topology::MOUTH_OPENING;

/// Where teeth are looked for: to both sides, and above and below where they meet.
const HALF_WIDTH: f32 = 0.30;
const HEIGHT: f32 = 0.30;
/// Distance of the places that are looked at, sideways and down.
const ACROSS: f32 = 0.006;
const DOWN: f32 = 0.004;
const COLUMNS: usize = 101;
const ROWS: usize = 151;
/// The front teeth reach so far to both sides.
const FRONT: f32 = 0.09;
/// How bright the brightest between the lips must be against the bright skin to be taken for teeth at all.
const LEAST_BRIGHTNESS: f32 = 0.50;
/// Shorter than this no tooth is seen well enough; and so much of the row must be seen.
const LEAST_HEIGHT: f32 = 0.015;
const LEAST_WIDTH: f32 = 0.13;
/// Teeth that begin lower than this share of the opening are the lower ones.
const HIGHEST_SHARE: f32 = 0.45;
/// Gaps down to this length do not end a tooth.
const GAP: f32 = 0.006;
/// Between upper and lower teeth it is darker than this share of the upper ones, and brighter by the second below.
const DIP: f32 = 0.88;
const RISE: f32 = 1.10;
/// Single teeth end higher or lower than their row, whose edge is the middle one over this width, and then the mean.
const ROW: f32 = 0.07;
/// Softness of the edge beneath which nothing is taken from the photo.
const EDGE: f32 = 0.012;

/// The upper teeth of a photo.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PhotoTeeth {
    /// Where they end below, column by column.
    edge: Vec<f32>,
    /// Their colour in full light against that of painted ones.
    tint: [f32; 3],
}

impl PhotoTeeth {
    /// Looks between the lips of a face in its photo; `None` when hardly any upper teeth are to be seen.
    pub(crate) fn find(photo: &RgbImage, face: &FaceGeometry, colours: &FaceColours) -> Option<Self> {
        let outline: Vec<Point> = MOUTH_OPENING.iter().map(|&i| face.vertices[i]).collect();
        let opening = Coverage::of_polygon(&smooth_outline(&outline, 5), 2, photo.width, photo.height);
        let seen = |column: usize, row: usize| {
            let place = face.at_bite([beside(column), below(row)]);
            (opening.at_place(place) > 0.5).then(|| colour_at(photo, place))
        };
        let between: Vec<Vec<Option<[f32; 3]>>> =
            (0..COLUMNS).map(|column| (0..ROWS).map(|row| seen(column, row)).collect()).collect();

        let is_front = |column: usize| beside(column).abs() < FRONT;
        let front = between.iter().enumerate().filter(|(column, _)| is_front(*column));
        let mut brightness: Vec<f32> =
            front.flat_map(|(_, rows)| rows.iter().flatten().map(|&colour| luminance(colour))).collect();
        brightness.sort_by(f32::total_cmp);
        let white = *brightness.get(brightness.len() * 17 / 20)?;
        if white < LEAST_BRIGHTNESS * colours.bright {
            return None;
        }

        let palest = palest(&between);
        let mut ends = vec![None; COLUMNS];
        let (mut sum, mut count) = ([0.0; 3], 0.0);
        for (column, rows) in between.iter().enumerate() {
            let teeth = TeethColours::new(colours, palest, white, beside(column));
            let Some((first, end)) = first_run(rows, |colour| teeth.has(colour)) else { continue };
            ends[column] = Some(below(end));
            if is_front(column) {
                for colour in rows[first..end].iter().flatten() {
                    sum = [sum[0] + colour[0], sum[1] + colour[1], sum[2] + colour[2]];
                    count += 1.0;
                }
            }
        }
        let width = ends.iter().flatten().count() as f32 * ACROSS;
        if width < LEAST_WIDTH || count == 0.0 {
            return None;
        }
        let light = colours.exposure();
        let tint = [0, 1, 2].map(|k| (sum[k] / count / (UPPER_TEETH[k] * light)).clamp(0.5, 1.2));
        Some(Self { edge: even(&ends), tint })
    }

    /// How much of a place is upper tooth or above it: 0..=1.
    pub(crate) fn share_at(&self, [x, y]: Point) -> f32 {
        let column = ((x + HALF_WIDTH) / ACROSS).clamp(0.0, (COLUMNS - 1) as f32);
        let (left, right) = (column as usize, (column as usize + 1).min(COLUMNS - 1));
        let edge = lerp(self.edge[left], self.edge[right], column - left as f32);
        1.0 - smoothstep(edge - 0.3 * EDGE, edge + 0.7 * EDGE, y)
    }

    /// Height of the front teeth's edge, and by what the colour of painted teeth is to be multiplied to match them.
    pub(crate) fn front(&self) -> (f32, [f32; 3]) {
        (self.edge[COLUMNS / 2], self.tint)
    }
}

fn beside(column: usize) -> f32 {
    column as f32 * ACROSS - HALF_WIDTH
}

fn below(row: usize) -> f32 {
    row as f32 * DOWN - HEIGHT
}

fn redness(rgb: [f32; 3]) -> f32 {
    (rgb[0] - rgb[1]) / luminance(rgb).max(1.0)
}

/// How red the least red tenth between the lips is.
fn palest(between: &[Vec<Option<[f32; 3]>>]) -> f32 {
    let mut values: Vec<f32> = between.iter().flatten().flatten().map(|&colour| redness(colour)).collect();
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 10).copied().unwrap_or(0.0)
}

/// What teeth look like in one column: bright as far as light gets there, and less red than skin and lips. Yellow is not
/// against them.
struct TeethColours {
    darkest: f32,
    reddest: f32,
}

impl TeethColours {
    /// `white` is the brightness of what is brightest between the lips, `palest` the redness of what is least red.
    fn new(colours: &FaceColours, palest: f32, white: f32, beside: f32) -> Self {
        let skin = redness(colours.skin).clamp(0.16, 0.50);
        let halfway = f32::midpoint(palest, redness(colours.lip));
        let lit = 1.0 - 0.60 * smoothstep(0.07, 0.24, beside.abs());
        Self { darkest: 0.55 * lit * white, reddest: halfway.clamp(0.75 * skin, 0.95 * skin) }
    }

    fn has(&self, colour: [f32; 3]) -> bool {
        luminance(colour) > self.darkest && redness(colour) < self.reddest
    }
}

/// The first rows from above that are tooth, in one column of what is between the lips: the first one, and one beyond the
/// last. `None` when they are few, or far below the upper lip.
fn first_run(rows: &[Option<[f32; 3]>], is_tooth: impl Fn([f32; 3]) -> bool) -> Option<(usize, usize)> {
    let top = rows.iter().position(Option::is_some)?;
    let bottom = rows.iter().rposition(Option::is_some)? + 1;
    let tooth = |row: &usize| rows[*row].is_some_and(&is_tooth);
    let brightness = |row: usize| rows[row].map_or(0.0, luminance);
    let first = (top..bottom).find(tooth)?;
    let long_enough = |end: usize| (end - first) as f32 * DOWN >= LEAST_HEIGHT;
    let (mut end, mut sum) = (first, 0.0);
    for row in first..bottom {
        let mean = sum / (row - first).max(1) as f32;
        let dips = long_enough(row) && brightness(row) < DIP * mean;
        if dips && (row..bottom).any(|lower| tooth(&lower) && brightness(lower) > RISE * brightness(row)) {
            break;
        }
        if tooth(&row) {
            end = row + 1;
        } else if (row + 1 - end) as f32 * DOWN > GAP {
            break;
        }
        sum += brightness(row);
    }
    let is_upper = ((first - top) as f32) < HIGHEST_SHARE * (bottom - top) as f32;
    (is_upper && long_enough(end)).then_some((first, end))
}

/// The edge of the whole row: between and beside the columns in which a tooth ends, that of the nearest ones.
fn even(ends: &[Option<f32>]) -> Vec<f32> {
    let half = (ROW / ACROSS / 2.0) as usize;
    let nearest = |column: usize| {
        let distance = |other: &usize| other.abs_diff(column);
        (0..COLUMNS).filter(|other| ends[*other].is_some()).min_by_key(distance).and_then(|other| ends[other])
    };
    let full: Vec<f32> = (0..COLUMNS).map(|column| nearest(column).unwrap_or(0.0)).collect();
    let window = |values: &[f32], column: usize| {
        values[column.saturating_sub(half)..(column + half + 1).min(COLUMNS)].to_vec()
    };
    let middle: Vec<f32> = (0..COLUMNS)
        .map(|column| {
            let mut near = window(&full, column);
            near.sort_by(f32::total_cmp);
            near[near.len() / 2]
        })
        .collect();
    (0..COLUMNS)
        .map(|column| {
            let near = window(&middle, column);
            near.iter().sum::<f32>() / near.len() as f32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::coverage::mix_pixel;
    use super::super::tests::painted_portrait;
    use super::super::topology::{LOWER_LIP, MOUTH_CORNERS, UPPER_LIP};
    use super::*;

    /// The teeth of a painted portrait whose lips are parted, with these colours between them by the height.
    fn teeth_of(between: impl Fn(f32) -> [f32; 3]) -> Option<PhotoTeeth> {
        let avatar = painted_portrait(|face, image| {
            let [left, right] = MOUTH_CORNERS[0];
            let lips = std::iter::once(left).chain(UPPER_LIP[0]).chain(std::iter::once(right));
            let lips: Vec<usize> = lips.chain(LOWER_LIP[0].into_iter().rev()).collect();
            let shape = |ids: &[usize]| {
                let outline: Vec<Point> = ids.iter().map(|&i| face.vertices[i]).collect();
                Coverage::of_polygon(&outline, 1, image.width, image.height)
            };
            let (lips, opening) = (shape(&lips), shape(&MOUTH_OPENING));
            for (x, y) in (0..512).flat_map(|y| (0..512).map(move |x| (x, y))) {
                mix_pixel(image, x, y, [170.0, 90.0, 85.0], lips.at(x, y).min(1.0));
                let [_, height] = face.beside_bite([x as f32 + 0.5, y as f32 + 0.5]);
                mix_pixel(image, x, y, between(height), opening.at(x, y).min(1.0));
            }
        });
        avatar.teeth
    }

    #[test]
    fn upper_teeth_are_told_from_what_is_below_them() {
        let teeth = |height: f32| match height {
            ..0.02 => [222.0, 206.0, 172.0],
            ..0.04 => [90.0, 50.0, 46.0],
            _ => [196.0, 180.0, 150.0],
        };
        let teeth = teeth_of(teeth).unwrap();
        let (edge, _) = teeth.front();
        assert!((edge - 0.02).abs() < 0.012, "{edge}");
        for x in [-0.08, 0.0, 0.08] {
            assert!(teeth.share_at([x, -0.01]) > 0.99 && teeth.share_at([x, 0.055]) < 0.01, "{x}");
        }
    }

    #[test]
    fn a_tongue_a_lip_and_lower_teeth_are_no_upper_teeth() {
        assert_eq!(teeth_of(|_| [150.0, 78.0, 74.0]), None);
        assert_eq!(teeth_of(|_| [176.0, 96.0, 90.0]), None);
        assert_eq!(
            teeth_of(|height| if height < 0.03 { [40.0, 18.0, 18.0] } else { [215.0, 200.0, 180.0] }),
            None
        );
    }
}
