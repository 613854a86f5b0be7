//! Convolution over all channels.

use super::{Activation, Compute, Operands, Prepared};
use crate::tflite::ModelError;
use crate::tflite::gemm::{self, PackedMatrix};
use crate::tflite::schema::Options;
use crate::tflite::shape::{Axis, ImageShape, Padding};

/// Output pixels computed with one matrix product: few enough that what they see stays in the cache.
const PIXELS_AT_ONCE: usize = 64;

#[derive(Debug)]
struct Convolution {
    input: ImageShape,
    rows: Axis,
    columns: Axis,
    /// A column per output channel, a row per weight: window row, window column, input channel.
    weights: PackedMatrix,
    activation: Activation,
}

impl Convolution {
    /// Whether each output pixel sees exactly the input pixel at its place.
    fn is_pointwise(&self) -> bool {
        [self.rows, self.columns].iter().all(|axis| axis.length == 1 && axis.stride == 1)
    }

    /// Copies what output pixel `index` sees to `patch`; what lies outside the picture is left as it is.
    fn copy_window(&self, input: &[f32], index: usize, patch: &mut [f32]) {
        let (y, x) = (index / self.columns.positions, index % self.columns.positions);
        let channels = self.input.channels;
        let inside = self.columns.inside(x);
        if inside.is_empty() {
            return;
        }
        for window_row in self.rows.inside(y) {
            let row = self.rows.pixel(y, window_row) * self.input.width;
            let source = (row + self.columns.pixel(x, inside.start)) * channels;
            let target = (window_row * self.columns.length + inside.start) * channels;
            let length = inside.len() * channels;
            patch[target..target + length].copy_from_slice(&input[source..source + length]);
        }
    }
}

impl Compute for Convolution {
    fn compute(&self, inputs: &[&[f32]], output: &mut [f32]) {
        let input = inputs[0];
        let (depth, channels) = (self.weights.depth(), self.weights.columns());
        if self.is_pointwise() {
            let blocks =
                input.chunks(PIXELS_AT_ONCE * depth).zip(output.chunks_mut(PIXELS_AT_ONCE * channels));
            for (patches, output) in blocks {
                gemm::multiply(patches, &self.weights, output);
                self.activation.apply(output);
            }
            return;
        }
        let mut patches = vec![0.0; PIXELS_AT_ONCE * depth];
        for (block, output) in output.chunks_mut(PIXELS_AT_ONCE * channels).enumerate() {
            let patches = &mut patches[..output.len() / channels * depth];
            patches.fill(0.0);
            for (pixel, patch) in patches.chunks_exact_mut(depth).enumerate() {
                self.copy_window(input, block * PIXELS_AT_ONCE + pixel, patch);
            }
            gemm::multiply(patches, &self.weights, output);
            self.activation.apply(output);
        }
    }

    fn multiplications(&self) -> u64 {
        [self.rows.positions, self.columns.positions, self.weights.depth(), self.weights.columns()]
            .iter()
            .fold(1, |product, &factor| product.saturating_mul(factor as u64))
    }

    fn kept_elements(&self) -> usize {
        self.weights.elements()
    }
}

pub(super) fn prepare(operands: &Operands<'_>, options: Options<'_>) -> Result<Prepared, ModelError> {
    let input = operands.image(0)?;
    let weights = operands.floats(1)?;
    let [output_channels, height, width, channels] = *operands.shape(1)? else {
        return Err(ModelError::Malformed("the weights of CONV_2D have not four sides"));
    };
    if channels != input.channels {
        return Err(ModelError::Malformed("CONV_2D has weights for another number of channels"));
    }
    if options.i32(4, 1)? != 1 || options.i32(5, 1)? != 1 {
        return Err(ModelError::Unsupported { operator: "CONV_2D", usage: "dilation" });
    }
    let padding = Padding::of(options.i8(0, 0)?)?;
    let columns = Axis::new(input.width, width, options.i32(1, 0)?, padding)?;
    let rows = Axis::new(input.height, height, options.i32(2, 0)?, padding)?;
    ImageShape { height: rows.positions, width: columns.positions, channels: output_channels }
        .check(operands.output_shape())?;
    let no_bias = vec![0.0; output_channels];
    let bias = if operands.has(2) { operands.floats(2)? } else { &no_bias };
    if bias.len() != output_channels {
        return Err(ModelError::Malformed("CONV_2D has a bias for another number of channels"));
    }
    let operator = Convolution {
        input,
        rows,
        columns,
        weights: PackedMatrix::from_columns(weights, height * width * channels, bias),
        activation: Activation::fused(options.i8(3, 0)?)?,
    };
    Ok(Prepared::compute(operator, vec![operands.index(0)?]))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, options, options_file};
    use super::*;

    /// Options: padding, horizontal and vertical stride.
    fn strides(padding: i32, x: i32, y: i32) -> Vec<u8> {
        options_file(&[(0, padding), (1, x), (2, y)])
    }

    #[test]
    fn a_3x3_sum_over_a_3x3_picture_counts_zeros_outside() {
        let picture: Vec<f32> = (1..=9).map(|n| n as f32).collect();
        let case = Case::new(&[1, 3, 3, 1])
            .input(&[1, 3, 3, 1])
            .floats(&[1, 3, 3, 1], &[1.0; 9])
            .floats(&[1], &[0.5]);
        let file = strides(0, 1, 1);
        let sums = case.run(|o| prepare(o, options(&file)), &[&picture]);
        assert_eq!(sums, [12.5, 21.5, 16.5, 27.5, 45.5, 33.5, 24.5, 39.5, 28.5]);
    }

    #[test]
    fn channels_are_mixed_by_a_pointwise_convolution() {
        let case = Case::new(&[1, 1, 2, 3])
            .input(&[1, 1, 2, 2])
            .floats(&[3, 1, 1, 2], &[1.0, 0.0, 0.0, 1.0, 1.0, -1.0])
            .floats(&[3], &[0.0, 0.0, 10.0]);
        let file = strides(0, 1, 1);
        let mixed = case.run(|o| prepare(o, options(&file)), &[&[1.0, 2.0, 3.0, 5.0]]);
        assert_eq!(mixed, [1.0, 2.0, 9.0, 3.0, 5.0, 8.0]);
    }

    #[test]
    fn a_stride_skips_pixels() {
        let picture: Vec<f32> = (0..16).map(|n| n as f32).collect();
        let case = Case::new(&[1, 2, 2, 1]).input(&[1, 4, 4, 1]).floats(&[1, 2, 2, 1], &[1.0, 0.0, 0.0, 1.0]);
        let file = strides(1, 2, 2);
        let sums = case.run(|o| prepare(o, options(&file)), &[&picture]);
        assert_eq!(sums, [0.0 + 5.0, 2.0 + 7.0, 8.0 + 13.0, 10.0 + 15.0]);
    }

    #[test]
    fn a_wrong_output_shape_bias_or_dilation_is_refused() {
        let weights = [1.0; 9];
        let file = strides(0, 1, 1);
        let with = |o: &Operands<'_>| prepare(o, options(&file));
        let case = Case::new(&[1, 2, 3, 1]).input(&[1, 3, 3, 1]).floats(&[1, 3, 3, 1], &weights);
        assert!(case.prepare(with).is_err());
        let case = Case::new(&[1, 3, 3, 1]).input(&[1, 3, 3, 1]).floats(&[1, 3, 3, 1], &weights);
        assert!(case.prepare(with).is_ok());
        let dilated = options_file(&[(0, 0), (1, 1), (2, 1), (4, 2)]);
        assert!(case.prepare(|o| prepare(o, options(&dilated))).is_err());
        let case = case.floats(&[2], &[0.0; 2]);
        assert!(case.prepare(with).is_err());
    }
}
