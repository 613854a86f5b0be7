//! Squares cut from pictures, turned upright and scaled to what a model takes.

use rostrum_model::picture::RgbImage;

use crate::plane::Plane;

/// A square in a picture, possibly turned and sticking out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SquareCrop {
    /// Centre in pixels.
    pub(crate) center: [f32; 2],
    /// Side in pixels.
    pub(crate) side: f32,
    /// Clockwise angle of the square's upper side against the picture's, in radians.
    pub(crate) angle: f32,
}

/// Most samples taken per output pixel and axis; a crop is at most this much larger than its output before details
/// are skipped.
const MAX_SAMPLES_PER_AXIS: usize = 16;

impl SquareCrop {
    /// The smallest upright square around a whole picture, centred on it.
    pub(crate) fn around(image: &RgbImage) -> Self {
        let (width, height) = (image.width as f32, image.height as f32);
        Self { center: [width / 2.0, height / 2.0], side: width.max(height), angle: 0.0 }
    }

    /// The square around points, turned so that the line from `left` to `right` is level, `scale` times as large as
    /// the points' bounds.
    pub(crate) fn around_points<'a>(
        points: impl Iterator<Item = &'a [f32; 3]>,
        left: [f32; 2],
        right: [f32; 2],
        scale: f32,
    ) -> Self {
        let angle = (right[1] - left[1]).atan2(right[0] - left[0]);
        let (sine, cosine) = angle.sin_cos();
        let (mut low, mut high) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
        for &[x, y, _] in points {
            let turned = [x * cosine + y * sine, y * cosine - x * sine];
            for axis in 0..2 {
                low[axis] = low[axis].min(turned[axis]);
                high[axis] = high[axis].max(turned[axis]);
            }
        }
        let [u, v] = [0, 1].map(|axis| low[axis].midpoint(high[axis]));
        let side = (high[0] - low[0]).max(high[1] - low[1]) * scale;
        Self { center: [u * cosine - v * sine, u * sine + v * cosine], side, angle }
    }

    /// The place in the picture of a point of the crop, given in shares of its side (0, 0 is the upper left corner).
    pub(crate) fn to_picture(self, x: f32, y: f32) -> [f32; 2] {
        let (sine, cosine) = self.angle.sin_cos();
        let (u, v) = ((x - 0.5) * self.side, (y - 0.5) * self.side);
        [self.center[0] + u * cosine - v * sine, self.center[1] + u * sine + v * cosine]
    }

    /// The crop as `size` × `size` pixels of three numbers, black being `range[0]` and white `range[1]`. Outside the
    /// picture is black. Averages over several samples when the crop is larger than its output.
    pub(crate) fn sample(self, image: &RgbImage, size: usize, range: [f32; 2]) -> Vec<f32> {
        self.sample_apart(image, size, range, 1.0)
    }

    /// The same with samples `spacing` pixels of the picture apart; more than 1 is faster and hardly worse up to 2.
    pub(crate) fn sample_apart(
        self,
        image: &RgbImage,
        size: usize,
        range: [f32; 2],
        spacing: f32,
    ) -> Vec<f32> {
        let pixel_side = self.side / size as f32;
        let samples = ((pixel_side / spacing).ceil() as usize).clamp(1, MAX_SAMPLES_PER_AXIS);
        let scale = (range[1] - range[0]) / (255.0 * (samples * samples) as f32);
        let (sine, cosine) = self.angle.sin_cos();
        // Where samples lie along an axis, in pixels of the picture from the crop's centre.
        let offsets: Vec<f32> = (0..size * samples)
            .map(|i| ((i as f32 + 0.5) / samples as f32 - size as f32 / 2.0) * pixel_side)
            .collect();
        let mut values = Vec::with_capacity(size * size * 3);
        for rows in offsets.chunks_exact(samples) {
            for columns in offsets.chunks_exact(samples) {
                let mut sum = [0.0; 3];
                for v in rows {
                    for u in columns {
                        let x = self.center[0] + u * cosine - v * sine;
                        let y = self.center[1] + u * sine + v * cosine;
                        add_color(image, x - 0.5, y - 0.5, &mut sum);
                    }
                }
                values.extend(sum.map(|sum| range[0] + scale * sum));
            }
        }
        values
    }
}

/// An upright rectangle in a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Window {
    /// Left edge in pixels.
    pub(crate) left: f32,
    /// Top edge in pixels.
    pub(crate) top: f32,
    /// Width in pixels.
    pub(crate) width: f32,
    /// Height in pixels.
    pub(crate) height: f32,
}

impl Window {
    /// All of a picture.
    pub(crate) fn whole(image: &RgbImage) -> Self {
        Self { left: 0.0, top: 0.0, width: image.width as f32, height: image.height as f32 }
    }

    /// The window stretched to `size` × `size` pixels of three numbers, 0..=1. Averages over several samples along an axis
    /// where the window is larger than its output.
    pub(crate) fn sample(self, image: &RgbImage, size: usize) -> Vec<f32> {
        let offsets = |from: f32, length: f32, all: usize| {
            let step = length / size as f32;
            let samples = (step.ceil() as usize).clamp(1, MAX_SAMPLES_PER_AXIS);
            // A sample beyond the outermost pixel centres would be mixed with the black around the picture.
            let place = move |i: usize| {
                let place = from + (i as f32 + 0.5) / samples as f32 * step;
                place.clamp(0.5, all as f32 - 0.5) - 0.5
            };
            ((0..size * samples).map(place).collect::<Vec<f32>>(), samples)
        };
        let (columns, across) = offsets(self.left, self.width, image.width);
        let (rows, down) = offsets(self.top, self.height, image.height);
        let scale = 1.0 / (255.0 * (across * down) as f32);
        let mut values = Vec::with_capacity(size * size * 3);
        for rows in rows.chunks_exact(down) {
            for columns in columns.chunks_exact(across) {
                let mut sum = [0.0; 3];
                for (x, y) in rows.iter().flat_map(|y| columns.iter().map(move |x| (x, y))) {
                    add_color(image, *x, *y, &mut sum);
                }
                values.extend(sum.map(|sum| scale * sum));
            }
        }
        values
    }

    /// The number at a place of the picture in a plane that was made from this window.
    pub(crate) fn value(self, plane: &Plane, x: f32, y: f32) -> f32 {
        let share = |place: f32, from: f32, length: f32| (place - from) / length;
        plane.at(
            share(x, self.left, self.width) * plane.width as f32,
            share(y, self.top, self.height) * plane.height as f32,
        )
    }
}

/// Adds the colour between the four pixels around a point, whose coordinates are those of pixel centres.
#[inline]
fn add_color(image: &RgbImage, x: f32, y: f32, sum: &mut [f32; 3]) {
    let is_inside = x >= 0.0 && y >= 0.0 && x < (image.width - 1) as f32 && y < (image.height - 1) as f32;
    if !is_inside {
        add_color_at_border(image, x, y, sum);
        return;
    }
    let (left, top) = (x as usize, y as usize);
    let (share_x, share_y) = (x - left as f32, y - top as f32);
    let first = (top * image.width + left) * 3;
    let upper = &image.pixels[first..first + 6];
    let lower = &image.pixels[first + image.width * 3..][..6];
    for (channel, sum) in sum.iter_mut().enumerate() {
        let blend =
            |row: &[u8]| f32::from(row[channel]) * (1.0 - share_x) + f32::from(row[channel + 3]) * share_x;
        *sum += blend(upper) * (1.0 - share_y) + blend(lower) * share_y;
    }
}

/// [`add_color`] where not all four pixels may be there; missing ones are black.
#[cold]
fn add_color_at_border(image: &RgbImage, x: f32, y: f32, sum: &mut [f32; 3]) {
    let (left, top) = (x.floor(), y.floor());
    let (share_x, share_y) = (x - left, y - top);
    let corners = [
        (left, top, (1.0 - share_x) * (1.0 - share_y)),
        (left + 1.0, top, share_x * (1.0 - share_y)),
        (left, top + 1.0, (1.0 - share_x) * share_y),
        (left + 1.0, top + 1.0, share_x * share_y),
    ];
    for (x, y, weight) in corners {
        if x >= 0.0 && y >= 0.0 && x < image.width as f32 && y < image.height as f32 {
            let color = image.at(x as usize, y as usize);
            for (sum, part) in sum.iter_mut().zip(color) {
                *sum += weight * f32::from(part);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(width: usize, height: usize, red: impl Fn(usize, usize) -> u8) -> RgbImage {
        let mut image = RgbImage::filled(width, height, [0; 3]);
        for y in 0..height {
            for x in 0..width {
                image.pixels[(y * width + x) * 3] = red(x, y);
            }
        }
        image
    }

    fn reds(values: &[f32]) -> Vec<f32> {
        values.chunks_exact(3).map(|rgb| rgb[0]).collect()
    }

    #[test]
    fn a_crop_of_its_own_size_is_the_picture() {
        let image = image(2, 2, |x, y| (x * 51 + y * 102) as u8);
        let values = SquareCrop::around(&image).sample(&image, 2, [-1.0, 1.0]);
        for (value, expected) in reds(&values).iter().zip([-1.0, -0.6, -0.2, 0.2]) {
            assert!((value - expected).abs() < 1e-6);
        }
    }

    #[test]
    fn a_smaller_output_averages() {
        let image = image(4, 4, |x, _| if x % 2 == 0 { 0 } else { 255 });
        let values = SquareCrop::around(&image).sample(&image, 2, [0.0, 1.0]);
        assert!(reds(&values).iter().all(|value| (value - 0.5).abs() < 1e-6));
    }

    #[test]
    fn a_quarter_turn_turns_the_picture() {
        let image = image(2, 2, |x, y| (x * 51 + y * 102) as u8);
        let crop = SquareCrop { angle: std::f32::consts::FRAC_PI_2, ..SquareCrop::around(&image) };
        let values = reds(&crop.sample(&image, 2, [0.0, 5.0]));
        for (value, expected) in values.iter().zip([1.0, 3.0, 0.0, 2.0]) {
            assert!((value - expected).abs() < 1e-4, "{values:?}");
        }
        let corner = crop.to_picture(0.0, 0.0);
        assert!((corner[0] - 2.0).abs() < 1e-6 && corner[1].abs() < 1e-6);
    }

    #[test]
    fn a_square_around_points_turns_with_the_line() {
        let points = [[0.0, 0.0, 0.0], [3.0, 3.0, 0.0], [1.0, 2.0, 0.0]];
        let crop = SquareCrop::around_points(points.iter(), [0.0, 0.0], [1.0, 1.0], 1.0);
        assert!((crop.angle - std::f32::consts::FRAC_PI_4).abs() < 1e-6);
        assert!((crop.side - 3.0 * 2f32.sqrt()).abs() < 1e-5);
    }

    #[test]
    fn a_window_is_stretched_and_ends_at_the_pictures_edge() {
        let image = image(4, 2, |x, _| (x * 51) as u8);
        let values = reds(&Window::whole(&image).sample(&image, 2));
        for (value, expected) in values.iter().zip([0.1, 0.5, 0.1, 0.5]) {
            assert!((value - expected).abs() < 1e-6, "{values:?}");
        }
        let white = RgbImage::filled(3, 1, [255; 3]);
        assert!(Window::whole(&white).sample(&white, 5).iter().all(|&value| (value - 1.0).abs() < 1e-6));
        let plane = Plane { width: 2, height: 1, values: vec![0.0, 1.0] };
        assert_eq!(Window { left: 10.0, top: 0.0, width: 8.0, height: 4.0 }.value(&plane, 14.0, 1.0), 0.5);
    }

    #[test]
    fn places_outside_are_black_and_nothing_panics() {
        let image = RgbImage::filled(3, 1, [255; 3]);
        let crop = SquareCrop { center: [-1e30, f32::NAN], side: f32::INFINITY, angle: 0.0 };
        assert_eq!(crop.sample(&image, 2, [0.0, 1.0]).len(), 12);
        let above = SquareCrop { center: [1.5, -9.0], side: 3.0, angle: 0.0 };
        assert!(above.sample(&image, 3, [0.0, 1.0]).iter().all(|&value| value == 0.0));
    }
}
