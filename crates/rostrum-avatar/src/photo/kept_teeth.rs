//! The upper teeth that one frame of footage shows, kept for all other frames.
//!
//! All lengths are in S, in the coordinates of [`FaceGeometry::beside_bite`].

use rostrum_model::picture::RgbImage;

use super::coverage::{Coverage, smooth_outline};
use super::geometry::{FaceGeometry, Point, lerp, smoothstep};
use super::look::{FaceColours, Look, luminance};
use super::mouth::UPPER_TEETH;
use super::topology::MOUTH_OPENING;

/// Where teeth are looked for: to both sides, above and below where they meet.
const HALF_WIDTH: f32 = 0.30;
const ABOVE: f32 = 0.14;
const BELOW: f32 = 0.16;
/// Samples per pixel of the frame.
const DENSITY: f32 = 1.5;
/// How far teeth go on behind the upper lip that hid them.
const BEHIND_LIP: f32 = 0.06;
/// The front teeth reach so far to both sides; how bright painted ones are there in full light.
const FRONT: f32 = 0.09;
const FRONT_BRIGHTNESS: f32 = 0.90;
/// Beyond this distance from the middle, single teeth cannot be told from wet lip, and painted ones take over.
const SIDE: (f32, f32) = (0.13, 0.19);
/// Where teeth end sideways, they fade over this length.
const SIDE_FADE: f32 = 0.035;
/// The lips' edges are this soft.
const LIP_EDGE: f32 = 0.010;
/// How much brighter or darker than in their frame teeth may become.
const LIGHT_RANGE: (f32, f32) = (0.5, 1.6);

/// A picture of the upper teeth, with how much of each sample is tooth.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct KeptTeeth {
    columns: usize,
    rows: usize,
    step: f32,
    /// Red, green, blue and the share of tooth, row by row.
    samples: Vec<[f32; 4]>,
    exposure: f32,
    /// Height of the front teeth's edge.
    edge: f32,
    /// Their colour in full light against that of painted ones.
    tint: [f32; 3],
}

/// How well a frame shows teeth.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct TeethSeen {
    /// Their area, in S².
    pub(crate) area: f32,
    /// How much their brightness differs from place to place, 0..=1; less when the frame is blurred.
    pub(crate) sharpness: f32,
}

impl KeptTeeth {
    /// Looks between the lips of a face in its frame, with `density` samples per pixel, and tells how much there is.
    fn look(image: &RgbImage, face: &FaceGeometry, colours: &FaceColours, density: f32) -> (Self, TeethSeen) {
        let step = 1.0 / (face.unit * density);
        let (columns, rows) = ((2.0 * HALF_WIDTH / step) as usize, ((ABOVE + BELOW) / step) as usize);
        let outline: Vec<Point> = MOUTH_OPENING.iter().map(|&i| face.vertices[i]).collect();
        let edge = ((LIP_EDGE * face.unit) as usize).max(1);
        let opening = Coverage::of_polygon(&smooth_outline(&outline, 5), 2 * edge, image.width, image.height)
            .blurred(edge);
        let mut samples = vec![[0.0; 4]; columns * rows];
        let (mut area, mut contrast) = (0.0, 0.0);
        for row in 0..rows {
            let mut left = None;
            for column in 0..columns {
                let at = place(column, row, step);
                let place = face.at_bite(at);
                let inside = opening.at_place(place);
                let share = if inside > 0.5 {
                    let colour = colour_at(image, place);
                    let share = smoothstep(0.7, 0.98, inside) * tooth_share(colour, colours, at[0]);
                    let [r, g, b] = colour;
                    samples[row * columns + column] = [r, g, b, share];
                    let brightness = luminance(colour) / colours.bright.max(1.0);
                    if let Some(left) = left.replace(brightness) {
                        contrast += share * (brightness - left).abs();
                    }
                    share
                } else {
                    left = None;
                    0.0
                };
                area += share;
            }
        }
        let sharpness =
            if area > 0.0 { (contrast / area * density * face.unit / 100.0).min(1.0) } else { 0.0 };
        let seen = TeethSeen { area: area * step * step, sharpness };
        let exposure = colours.exposure();
        (Self { columns, rows, step, samples, exposure, edge: 0.0, tint: [1.0; 3] }, seen)
    }

    /// How well a frame shows teeth.
    pub(crate) fn seen(image: &RgbImage, face: &FaceGeometry, colours: &FaceColours) -> TeethSeen {
        // A coarse look is enough to compare frames.
        Self::look(image, face, colours, 0.7).1
    }

    /// Takes the upper teeth out of a frame.
    pub(crate) fn take(image: &RgbImage, face: &FaceGeometry, colours: &FaceColours) -> Self {
        let (mut teeth, _) = Self::look(image, face, colours, DENSITY);
        for column in 0..teeth.columns {
            teeth.keep_upper(column);
        }
        teeth.measure_front();
        teeth.dim_sides();
        teeth.fade_sides();
        teeth.soften();
        teeth
    }

    /// Height of the front teeth's edge, and by what the colour of painted teeth is to be multiplied to match them. Where the
    /// kept teeth end sideways, painted ones go on.
    pub(crate) fn front(&self) -> (f32, [f32; 3]) {
        (self.edge, self.tint)
    }

    fn measure_front(&mut self) {
        let (mut edges, mut sum, mut weight) = (Vec::new(), [0.0; 3], 0.0);
        for column in 0..self.columns {
            if place(column, 0, self.step)[0].abs() > FRONT {
                continue;
            }
            let shown = |row: &usize| self.samples[row * self.columns + column][3] > 0.5;
            let Some(last) = (0..self.rows).rev().find(shown) else { continue };
            edges.push(place(0, last, self.step)[1]);
            for row in (0..=last).filter(shown) {
                let [r, g, b, share] = self.samples[row * self.columns + column];
                sum = [sum[0] + share * r, sum[1] + share * g, sum[2] + share * b];
                weight += share;
            }
        }
        edges.sort_by(f32::total_cmp);
        if let Some(middle) = edges.get(edges.len() / 2) {
            self.edge = *middle;
            let painted = FRONT_BRIGHTNESS * self.exposure;
            self.tint = [0, 1, 2].map(|k| (sum[k] / weight / (UPPER_TEETH[k] * painted)).clamp(0.5, 1.3));
        }
    }

    /// Takes the glare from the sides, where teeth lie in the shade and anything bright is wet lip.
    fn dim_sides(&mut self) {
        let front = UPPER_TEETH.map(|channel| channel * FRONT_BRIGHTNESS * self.exposure);
        let front = luminance([0, 1, 2].map(|k| front[k] * self.tint[k]));
        for (i, sample) in self.samples.iter_mut().enumerate() {
            let beside = place(i % self.columns, 0, self.step)[0].abs();
            let most = front * (1.1 - 0.6 * smoothstep(0.06, 0.22, beside));
            let [r, g, b, _] = *sample;
            let gain = (most / luminance([r, g, b]).max(1.0)).min(1.0);
            sample[..3].iter_mut().for_each(|channel| *channel *= gain);
        }
    }

    /// Lets the outermost teeth end softly.
    fn fade_sides(&mut self) {
        let has_tooth =
            |column: usize| (0..self.rows).any(|row| self.samples[row * self.columns + column][3] > 0.3);
        let middle = self.columns / 2;
        let left = (0..middle).rev().find(|&column| !has_tooth(column)).map_or(0, |column| column + 1);
        let right = (middle..self.columns).find(|&column| !has_tooth(column)).unwrap_or(self.columns);
        for column in 0..self.columns {
            let inside = column.min(right).saturating_sub(left).min(right.saturating_sub(column + 1));
            let share = if (left..right).contains(&column) {
                let beside = place(column, 0, self.step)[0].abs();
                let visible = 1.0 - smoothstep(SIDE.0, SIDE.1, beside);
                visible * smoothstep(0.0, SIDE_FADE, inside as f32 * self.step)
            } else {
                0.0
            };
            for row in 0..self.rows {
                self.samples[row * self.columns + column][3] *= share;
            }
        }
    }

    /// Keeps the first run of tooth from above and lets it go on upwards.
    fn keep_upper(&mut self, column: usize) {
        let at = |row: usize| row * self.columns + column;
        let Some(first) = (0..self.rows).find(|&row| self.samples[at(row)][3] > 0.6) else {
            (0..self.rows).for_each(|row| self.samples[at(row)][3] = 0.0);
            return;
        };
        let end = (first..self.rows).find(|&row| self.samples[at(row)][3] < 0.3).unwrap_or(self.rows);
        for row in end..self.rows {
            self.samples[at(row)][3] = 0.0;
        }
        // A little way in, the lip's shadow and colour no longer show.
        let inner = (first + (0.012 / self.step) as usize).min(end.max(first + 1) - 1);
        let [r, g, b, _] = self.samples[at(inner)];
        for row in 0..inner {
            let hidden = (inner - row) as f32 * self.step;
            let share = 1.0 - smoothstep(0.8 * BEHIND_LIP, BEHIND_LIP, hidden);
            self.samples[at(row)] = [r, g, b, share];
        }
    }

    /// Softens the teeth's edges sideways, where columns were decided one by one.
    fn soften(&mut self) {
        let given = self.samples.clone();
        for row in 0..self.rows {
            for column in 1..self.columns.saturating_sub(1) {
                let i = row * self.columns + column;
                let [left, here, right] = [given[i - 1], given[i], given[i + 1]];
                let share = 0.25 * left[3] + 0.5 * here[3] + 0.25 * right[3];
                // Colours only of what is tooth.
                let weights = [0.25 * left[3], 0.5 * here[3], 0.25 * right[3]];
                if share > 0.0 {
                    for k in 0..3 {
                        let sum = weights[0] * left[k] + weights[1] * here[k] + weights[2] * right[k];
                        self.samples[i][k] = sum / share;
                    }
                }
                self.samples[i][3] = share;
            }
        }
    }

    /// The colour of a place in the light of another frame, and how much of it is tooth: 0..=1.
    pub(crate) fn at(&self, [x, y]: Point, look: &Look) -> ([f32; 3], f32) {
        let (u, v) = ((x + HALF_WIDTH) / self.step - 0.5, (y + ABOVE) / self.step - 0.5);
        let inside = u >= 0.0 && v >= 0.0 && u < (self.columns - 1) as f32 && v < (self.rows - 1) as f32;
        if !inside {
            return ([0.0; 3], 0.0);
        }
        let (column, row) = (u as usize, v as usize);
        let (right, down) = (u - column as f32, v - row as f32);
        let first = row * self.columns + column;
        let corners =
            [first, first + 1, first + self.columns, first + self.columns + 1].map(|i| self.samples[i]);
        let weights =
            [(1.0 - right) * (1.0 - down), right * (1.0 - down), (1.0 - right) * down, right * down];
        let share: f32 = corners.iter().zip(weights).map(|(corner, weight)| corner[3] * weight).sum();
        if share <= 0.0 {
            return ([0.0; 3], 0.0);
        }
        let gain = (look.exposure() / self.exposure).clamp(LIGHT_RANGE.0, LIGHT_RANGE.1);
        let colour = [0, 1, 2].map(|k| {
            let sum: f32 =
                corners.iter().zip(weights).map(|(corner, weight)| corner[k] * corner[3] * weight).sum();
            sum / share * gain
        });
        (colour, share)
    }
}

/// The middle of a sample.
fn place(column: usize, row: usize, step: f32) -> Point {
    [(column as f32 + 0.5) * step - HALF_WIDTH, (row as f32 + 0.5) * step - ABOVE]
}

/// How much a colour between the lips looks like a tooth beside this skin: bright, and less red.
/// Those further `beside` the middle lie deeper in the mouth and are darker.
fn tooth_share(colour: [f32; 3], colours: &FaceColours, beside: f32) -> f32 {
    let lit = 1.0 - 0.55 * smoothstep(0.07, 0.24, beside.abs());
    let redness = |[r, g, b]: [f32; 3]| (r - 0.5 * (g + b)) / luminance([r, g, b]).max(1.0);
    let skin = redness(colours.skin).max(0.12);
    let pale = 1.0 - smoothstep(0.55, 0.95, redness(colour) / skin);
    pale * smoothstep(0.40, 0.62, luminance(colour) / (lit * colours.bright.max(1.0)))
}

/// The colour between the four nearest pixels; beyond the edge that of the edge.
pub(crate) fn colour_at(image: &RgbImage, [x, y]: Point) -> [f32; 3] {
    let split = |place: f32, length: usize| {
        let place = (place - 0.5).clamp(0.0, (length - 1) as f32);
        let first = place as usize;
        (first, (first + 1).min(length - 1), place - first as f32)
    };
    let (left, right, across) = split(x, image.width);
    let (top, bottom, down) = split(y, image.height);
    let pixel = |x: usize, y: usize| image.at(x, y).map(f32::from);
    let [a, b, c, d] = [pixel(left, top), pixel(right, top), pixel(left, bottom), pixel(right, bottom)];
    [0, 1, 2].map(|k| lerp(lerp(a[k], b[k], across), lerp(c[k], d[k], across), down))
}
