//! The largest or the mean number of a window.

use super::{Activation, Compute, Operands, Prepared};
use crate::tflite::ModelError;
use crate::tflite::schema::Options;
use crate::tflite::shape::{Axis, ImageShape, Padding};

/// What is made of a window.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reduction {
    Maximum,
    /// Of the pixels inside the picture.
    Average,
}

#[derive(Debug)]
struct Pool {
    input: ImageShape,
    rows: Axis,
    columns: Axis,
    reduction: Reduction,
    activation: Activation,
}

impl Compute for Pool {
    fn compute(&self, inputs: &[&[f32]], output: &mut [f32]) {
        let input = inputs[0];
        let channels = self.input.channels;
        for (index, result) in output.chunks_exact_mut(channels).enumerate() {
            let (y, x) = (index / self.columns.positions, index % self.columns.positions);
            let (window_rows, window_columns) = (self.rows.inside(y), self.columns.inside(x));
            let count = (window_rows.len() * window_columns.len()) as f32;
            if let Reduction::Maximum = self.reduction {
                result.fill(f32::MIN);
            }
            for window_row in window_rows {
                let row = self.rows.pixel(y, window_row) * self.input.width;
                for window_column in window_columns.clone() {
                    let pixel = (row + self.columns.pixel(x, window_column)) * channels;
                    let pixel = &input[pixel..pixel + channels];
                    for (result, &value) in result.iter_mut().zip(pixel) {
                        *result = match self.reduction {
                            Reduction::Maximum => result.max(value),
                            Reduction::Average => *result + value,
                        };
                    }
                }
            }
            if let Reduction::Average = self.reduction {
                for sum in result {
                    *sum /= count;
                }
            }
        }
        self.activation.apply(output);
    }

    fn multiplications(&self) -> u64 {
        let window = self.rows.length.min(self.input.height) * self.columns.length.min(self.input.width);
        let pixels = (self.rows.positions * self.columns.positions * self.input.channels) as u64;
        pixels.saturating_mul(window as u64)
    }
}

pub(super) fn prepare(
    operands: &Operands<'_>,
    options: Options<'_>,
    reduction: Reduction,
) -> Result<Prepared, ModelError> {
    let input = operands.image(0)?;
    let padding = Padding::of(options.i8(0, 0)?)?;
    let length = |field| Ok(usize::try_from(options.i32(field, 0)?).unwrap_or(0));
    let columns = Axis::new(input.width, length(3)?, options.i32(1, 0)?, padding)?;
    let rows = Axis::new(input.height, length(4)?, options.i32(2, 0)?, padding)?;
    ImageShape { height: rows.positions, width: columns.positions, channels: input.channels }
        .check(operands.output_shape())?;
    let activation = Activation::fused(options.i8(5, 0)?)?;
    let operator = Pool { input, rows, columns, reduction, activation };
    Ok(Prepared::compute(operator, vec![operands.index(0)?]))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, options, options_file};
    use super::*;

    #[test]
    fn windows_of_two_by_two() {
        let picture = [1.0, 2.0, 5.0, 6.0, 3.0, 4.0, 7.0, -8.0];
        let case = Case::new(&[1, 1, 2, 1]).input(&[1, 2, 4, 1]);
        let file = options_file(&[(0, 1), (1, 2), (2, 2), (3, 2), (4, 2)]);
        let run = |reduction| case.run(|o| prepare(o, options(&file), reduction), &[&picture]);
        assert_eq!(run(Reduction::Maximum), [4.0, 7.0]);
        assert_eq!(run(Reduction::Average), [2.5, 2.5]);
    }

    #[test]
    fn an_average_at_the_border_counts_only_pixels_inside() {
        let case = Case::new(&[1, 1, 2, 1]).input(&[1, 1, 3, 1]);
        let file = options_file(&[(0, 0), (1, 2), (2, 1), (3, 2), (4, 1)]);
        let means = case.run(|o| prepare(o, options(&file), Reduction::Average), &[&[2.0, 4.0, 9.0]]);
        assert_eq!(means, [3.0, 9.0]);
    }

    #[test]
    fn an_empty_window_is_refused() {
        let case = Case::new(&[1, 1, 3, 1]).input(&[1, 1, 3, 1]);
        let file = options_file(&[(0, 0), (1, 1), (2, 1), (3, 0), (4, 1)]);
        assert!(case.prepare(|o| prepare(o, options(&file), Reduction::Maximum)).is_err());
    }
}
