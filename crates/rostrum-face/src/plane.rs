//! One number for each pixel, and the filters a matte is refined with.

/// Rows of numbers from top to bottom.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) values: Vec<f32>,
}

impl Plane {
    pub(crate) fn from_fn(width: usize, height: usize, value: impl Fn(usize, usize) -> f32) -> Self {
        let rows = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        Self { width, height, values: rows.map(|(x, y)| value(x, y)).collect() }
    }

    /// Numbers made from those of two planes of one size.
    pub(crate) fn zip(&self, other: &Self, value: impl Fn(f32, f32) -> f32) -> Self {
        let values = self.values.iter().zip(&other.values).map(|(&a, &b)| value(a, b)).collect();
        Self { width: self.width, height: self.height, values }
    }

    /// The number between the four nearest pixels; `x` and `y` count from the edge of the first pixel, and beyond the
    /// last one its number goes on.
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        let split = |place: f32, length: usize| {
            let place = (place - 0.5).clamp(0.0, (length - 1) as f32);
            let first = place as usize;
            (first, (first + 1).min(length - 1), place - first as f32)
        };
        let (left, right, share_x) = split(x, self.width);
        let (top, bottom, share_y) = split(y, self.height);
        let row = |y: usize| {
            let row = &self.values[y * self.width..];
            row[left] * (1.0 - share_x) + row[right] * share_x
        };
        row(top) * (1.0 - share_y) + row(bottom) * share_y
    }

    /// The mean of each pixel's square of `2 * radius + 1` pixels a side, as far as it lies inside.
    pub(crate) fn blurred(&self, radius: usize) -> Self {
        let (width, height) = (self.width, self.height);
        let mut across = Vec::with_capacity(self.values.len());
        for row in self.values.chunks_exact(width) {
            // Sums run on over whole rows, so they are kept in more digits than the numbers.
            let mut sum: f64 = row.iter().take(radius).map(|&value| f64::from(value)).sum();
            for x in 0..width {
                sum += row.get(x + radius).map_or(0.0, |&value| f64::from(value));
                if x > radius {
                    sum -= f64::from(row[x - radius - 1]);
                }
                across.push((sum / window(x, radius, width)) as f32);
            }
        }
        let row = |y: usize| &across[y * width..(y + 1) * width];
        let mut sums = vec![0f64; width];
        let add = |sums: &mut [f64], y: usize, sign: f64| {
            for (sum, &value) in sums.iter_mut().zip(row(y)) {
                *sum += sign * f64::from(value);
            }
        };
        for y in 0..radius.min(height) {
            add(&mut sums, y, 1.0);
        }
        let mut values = Vec::with_capacity(across.len());
        for y in 0..height {
            if y + radius < height {
                add(&mut sums, y + radius, 1.0);
            }
            if y > radius {
                add(&mut sums, y - radius - 1, -1.0);
            }
            let count = window(y, radius, height);
            values.extend(sums.iter().map(|sum| (sum / count) as f32));
        }
        Self { width, height, values }
    }

    /// This plane with the edges of `guide` (He, Sun and Tang, "Guided Image Filtering", 2010): in each square the
    /// result is a straight function of the guide. Differences in the guide well below the root of `epsilon` count as
    /// none.
    pub(crate) fn guided_by(&self, guide: &Self, radius: usize, epsilon: f32) -> Self {
        let mean_guide = guide.blurred(radius);
        let mean_self = self.blurred(radius);
        let mut slope = guide.zip(self, |g, p| g * p).blurred(radius);
        let variance = guide.zip(guide, |g, h| g * h).blurred(radius);
        for (i, slope) in slope.values.iter_mut().enumerate() {
            let g = mean_guide.values[i];
            *slope = (*slope - g * mean_self.values[i]) / ((variance.values[i] - g * g).max(0.0) + epsilon);
        }
        drop(variance);
        let mut offset = mean_self;
        for (i, offset) in offset.values.iter_mut().enumerate() {
            *offset -= slope.values[i] * mean_guide.values[i];
        }
        drop(mean_guide);
        let (slope, offset) = (slope.blurred(radius), offset.blurred(radius));
        let mut filtered = slope.zip(guide, |a, g| a * g);
        for (value, offset) in filtered.values.iter_mut().zip(&offset.values) {
            *value = (*value + offset).clamp(0.0, 1.0);
        }
        filtered
    }
}

/// Pixels of a window around `place` that lie inside.
fn window(place: usize, radius: usize, length: usize) -> f64 {
    ((place + radius).min(length - 1) - place.saturating_sub(radius) + 1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blur_is_the_mean_of_what_lies_inside() {
        let plane = Plane::from_fn(7, 5, |x, y| (x * x + 3 * y) as f32);
        for radius in [0, 1, 2, 9] {
            let blurred = plane.blurred(radius);
            for (x, y) in (0..5).flat_map(|y| (0..7).map(move |x| (x, y))) {
                let inside = |place: usize, length: usize| {
                    place.saturating_sub(radius)..(place + radius + 1).min(length)
                };
                let (mut sum, mut count) = (0.0, 0.0);
                for (u, v) in inside(y, 5).flat_map(|v| inside(x, 7).map(move |u| (u, v))) {
                    sum += plane.values[v * 7 + u];
                    count += 1.0;
                }
                assert!((blurred.values[y * 7 + x] - sum / count).abs() < 1e-4, "{radius} {x} {y}");
            }
        }
    }

    #[test]
    fn a_soft_edge_snaps_to_the_edge_of_the_guide() {
        let guide = Plane::from_fn(40, 8, |x, _| if x < 18 { 0.2 } else { 0.8 });
        let soft = Plane::from_fn(40, 8, |x, _| ((x as f32 - 10.0) / 20.0).clamp(0.0, 1.0));
        let filtered = soft.guided_by(&guide, 4, 4e-4);
        let step = |plane: &Plane| plane.values[18] - plane.values[17];
        assert!(step(&soft) < 0.06 && step(&filtered) > 0.2, "{} {}", step(&soft), step(&filtered));
    }

    #[test]
    fn a_flat_guide_only_blurs() {
        let guide = Plane::from_fn(30, 30, |_, _| 0.5);
        let plane = Plane::from_fn(30, 30, |x, _| x as f32 / 30.0);
        let filtered = plane.guided_by(&guide, 3, 4e-4);
        assert!((filtered.values[15 * 30 + 15] - plane.values[15 * 30 + 15]).abs() < 1e-3);
    }

    #[test]
    fn places_between_pixels_are_interpolated_and_edges_go_on() {
        let plane = Plane::from_fn(2, 2, |x, y| (x + 2 * y) as f32);
        assert_eq!((plane.at(0.5, 0.5), plane.at(1.0, 1.0), plane.at(-9.0, 99.0)), (0.0, 1.5, 2.0));
        let one = Plane::from_fn(1, 1, |_, _| 0.25);
        assert_eq!((one.at(0.9, 0.1), one.blurred(3).values[0]), (0.25, 0.25));
    }
}
