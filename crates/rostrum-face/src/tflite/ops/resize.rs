//! Bilinear resizing.

use super::{Compute, Operands, Prepared};
use crate::tflite::ModelError;
use crate::tflite::schema::Options;
use crate::tflite::shape::ImageShape;

/// Where an output row or column lies between two input ones.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Between {
    first: usize,
    second: usize,
    /// Share of the second.
    share: f32,
}

#[derive(Debug)]
struct Resize {
    input: ImageShape,
    rows: Vec<Between>,
    columns: Vec<Between>,
}

impl Compute for Resize {
    fn compute(&self, inputs: &[&[f32]], output: &mut [f32]) {
        let channels = self.input.channels;
        let pixel = |y: usize, x: usize| {
            let start = (y * self.input.width + x) * channels;
            &inputs[0][start..start + channels]
        };
        let places = self.rows.iter().flat_map(|row| self.columns.iter().map(move |column| (row, column)));
        for ((row, column), result) in places.zip(output.chunks_exact_mut(channels)) {
            let corners = [
                pixel(row.first, column.first),
                pixel(row.first, column.second),
                pixel(row.second, column.first),
                pixel(row.second, column.second),
            ];
            for (channel, result) in result.iter_mut().enumerate() {
                let [a, b, c, d] = corners.map(|corner| corner[channel]);
                let upper = a * (1.0 - column.share) + b * column.share;
                let lower = c * (1.0 - column.share) + d * column.share;
                *result = upper * (1.0 - row.share) + lower * row.share;
            }
        }
    }

    fn multiplications(&self) -> u64 {
        (self.rows.len() * self.columns.len() * self.input.channels) as u64
    }
}

/// Places `output` positions over `input` pixels.
fn places(input: usize, output: usize, align_corners: bool, half_pixel_centers: bool) -> Vec<Between> {
    let ratio = if align_corners && output > 1 {
        (input - 1) as f32 / (output - 1) as f32
    } else {
        input as f32 / output as f32
    };
    let place = |index: usize| {
        let position = if half_pixel_centers {
            ((index as f32 + 0.5) * ratio - 0.5).max(0.0)
        } else {
            index as f32 * ratio
        };
        let first = (position as usize).min(input - 1);
        Between { first, second: (first + 1).min(input - 1), share: position - first as f32 }
    };
    (0..output).map(place).collect()
}

pub(super) fn prepare(operands: &Operands<'_>, options: Options<'_>) -> Result<Prepared, ModelError> {
    let input = operands.image(0)?;
    let size = operands.integers(1)?;
    let &[height, width] = size else {
        return Err(ModelError::Malformed("the size for RESIZE_BILINEAR is not two numbers"));
    };
    let output = ImageShape {
        height: usize::try_from(height).unwrap_or(0),
        width: usize::try_from(width).unwrap_or(0),
        channels: input.channels,
    };
    output.check(operands.output_shape())?;
    let align_corners = options.i8(2, 0)? != 0;
    let half_pixel_centers = options.i8(3, 0)? != 0;
    if align_corners && half_pixel_centers {
        return Err(ModelError::Malformed("RESIZE_BILINEAR aligns both corners and centres"));
    }
    let operator = Resize {
        input,
        rows: places(input.height, output.height, align_corners, half_pixel_centers),
        columns: places(input.width, output.width, align_corners, half_pixel_centers),
    };
    Ok(Prepared::compute(operator, vec![operands.index(0)?]))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, options, options_file};
    use super::*;

    fn resized(fields: &[(usize, i32)]) -> Vec<f32> {
        let file = options_file(fields);
        let case = Case::new(&[1, 1, 4, 1]).input(&[1, 1, 2, 1]).integers(&[2], &[1, 4]);
        case.run(|o| prepare(o, options(&file)), &[&[0.0, 4.0]])
    }

    #[test]
    fn the_three_ways_to_place_pixels() {
        assert_eq!(resized(&[(2, 0)]), [0.0, 2.0, 4.0, 4.0]);
        assert_eq!(resized(&[(3, 1)]), [0.0, 1.0, 3.0, 4.0]);
        let aligned = resized(&[(2, 1)]);
        for (value, expected) in aligned.iter().zip([0.0, 4.0 / 3.0, 8.0 / 3.0, 4.0]) {
            assert!((value - expected).abs() < 1e-6);
        }
    }

    #[test]
    fn rows_are_blended_too() {
        let case = Case::new(&[1, 4, 1, 2]).input(&[1, 2, 1, 2]).integers(&[2], &[4, 1]);
        let file = options_file(&[(3, 1)]);
        let picture = case.run(|o| prepare(o, options(&file)), &[&[0.0, 10.0, 4.0, 20.0]]);
        assert_eq!(picture, [0.0, 10.0, 1.0, 12.5, 3.0, 17.5, 4.0, 20.0]);
    }
}
