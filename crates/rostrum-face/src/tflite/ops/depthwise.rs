//! Convolution of every channel by itself.

use super::{Activation, Compute, Operands, Prepared};
use crate::tflite::ModelError;
use crate::tflite::gemm;
use crate::tflite::schema::Options;
use crate::tflite::shape::{Axis, ImageShape, Padding};

#[derive(Debug)]
struct DepthwiseConvolution {
    input: ImageShape,
    rows: Axis,
    columns: Axis,
    /// Window row, window column, channel.
    weights: Vec<f32>,
    bias: Vec<f32>,
    activation: Activation,
}

impl Compute for DepthwiseConvolution {
    fn compute(&self, inputs: &[&[f32]], output: &mut [f32]) {
        let input = inputs[0];
        let channels = self.input.channels;
        for (index, sums) in output.chunks_exact_mut(channels).enumerate() {
            let (y, x) = (index / self.columns.positions, index % self.columns.positions);
            sums.copy_from_slice(&self.bias);
            for window_row in self.rows.inside(y) {
                let row = self.rows.pixel(y, window_row) * self.input.width;
                for window_column in self.columns.inside(x) {
                    let pixel = (row + self.columns.pixel(x, window_column)) * channels;
                    let weight = (window_row * self.columns.length + window_column) * channels;
                    gemm::add_products(
                        sums,
                        &input[pixel..pixel + channels],
                        &self.weights[weight..weight + channels],
                    );
                }
            }
        }
        self.activation.apply(output);
    }

    fn multiplications(&self) -> u64 {
        [self.rows.positions, self.columns.positions, self.weights.len()]
            .iter()
            .fold(1, |product, &factor| product.saturating_mul(factor as u64))
    }

    fn kept_elements(&self) -> usize {
        self.weights.len()
    }
}

pub(super) fn prepare(operands: &Operands<'_>, options: Options<'_>) -> Result<Prepared, ModelError> {
    let input = operands.image(0)?;
    let [1, height, width, channels] = *operands.shape(1)? else {
        return Err(ModelError::Malformed("the weights of DEPTHWISE_CONV_2D are not one filter"));
    };
    if channels != input.channels || options.i32(3, 1)? != 1 {
        return Err(ModelError::Unsupported { operator: "DEPTHWISE_CONV_2D", usage: "several filters" });
    }
    if options.i32(5, 1)? != 1 || options.i32(6, 1)? != 1 {
        return Err(ModelError::Unsupported { operator: "DEPTHWISE_CONV_2D", usage: "dilation" });
    }
    let padding = Padding::of(options.i8(0, 0)?)?;
    let columns = Axis::new(input.width, width, options.i32(1, 0)?, padding)?;
    let rows = Axis::new(input.height, height, options.i32(2, 0)?, padding)?;
    ImageShape { height: rows.positions, width: columns.positions, channels }
        .check(operands.output_shape())?;
    let bias = if operands.has(2) { operands.floats(2)?.to_vec() } else { vec![0.0; channels] };
    if bias.len() != channels {
        return Err(ModelError::Malformed("DEPTHWISE_CONV_2D has a bias for another number of channels"));
    }
    let operator = DepthwiseConvolution {
        input,
        rows,
        columns,
        weights: operands.floats(1)?.to_vec(),
        bias,
        activation: Activation::fused(options.i8(4, 0)?)?,
    };
    Ok(Prepared::compute(operator, vec![operands.index(0)?]))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, options, options_file};
    use super::*;

    #[test]
    fn channels_do_not_mix() {
        let case = Case::new(&[1, 1, 3, 2])
            .input(&[1, 1, 3, 2])
            .floats(&[1, 1, 3, 2], &[1.0, 0.0, 1.0, 1.0, 1.0, 0.0])
            .floats(&[2], &[0.0, 100.0]);
        let file = options_file(&[(0, 0), (1, 1), (2, 1)]);
        let sums = case.run(|o| prepare(o, options(&file)), &[&[1.0, 2.0, 10.0, 20.0, 100.0, 200.0]]);
        assert_eq!(sums, [11.0, 102.0, 111.0, 120.0, 110.0, 300.0]);
    }

    #[test]
    fn a_stride_of_two_halves_the_picture() {
        let picture: Vec<f32> = (0..16).map(|n| n as f32).collect();
        let case = Case::new(&[1, 2, 2, 1]).input(&[1, 4, 4, 1]).floats(&[1, 3, 3, 1], &[1.0; 9]);
        let file = options_file(&[(0, 0), (1, 2), (2, 2)]);
        let sums = case.run(|o| prepare(o, options(&file)), &[&picture]);
        assert_eq!(sums, [45.0, 39.0, 66.0, 50.0]);
    }
}
