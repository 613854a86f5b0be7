//! Transposed convolution with a bias (MediaPipe's `Convolution2DTransposeBias`).

use super::{Compute, Operands, Prepared};
use crate::tflite::ModelError;
use crate::tflite::shape::ImageShape;

const NAME: &str = "Convolution2DTransposeBias";

/// Turns every pixel into a block of pixels; blocks do not overlap.
#[derive(Debug)]
struct TransposedConvolution {
    input: ImageShape,
    /// Side of a block.
    block: usize,
    output_channels: usize,
    /// Output channel, block row, block column, input channel.
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Compute for TransposedConvolution {
    fn compute(&self, inputs: &[&[f32]], output: &mut [f32]) {
        let (channels, block) = (self.input.channels, self.block);
        let output_width = self.input.width * block;
        for (index, pixel) in inputs[0].chunks_exact(channels).enumerate() {
            let (y, x) = (index / self.input.width, index % self.input.width);
            let filters = self.weights.chunks_exact(channels).enumerate();
            for (filter, weights) in filters {
                let (channel, place) = (filter / (block * block), filter % (block * block));
                let output_pixel = (y * block + place / block) * output_width + x * block + place % block;
                let sum: f32 = pixel.iter().zip(weights).map(|(x, weight)| x * weight).sum();
                output[output_pixel * self.output_channels + channel] = sum + self.bias[channel];
            }
        }
    }

    fn multiplications(&self) -> u64 {
        let pixels = (self.input.height * self.input.width) as u64;
        pixels.saturating_mul(self.weights.len() as u64)
    }

    fn kept_elements(&self) -> usize {
        self.weights.len()
    }
}

/// `options` are three little-endian `i32`: padding, horizontal and vertical stride.
pub(super) fn prepare(operands: &Operands<'_>, options: &[u8]) -> Result<Prepared, ModelError> {
    let input = operands.image(0)?;
    let weights = operands.floats(1)?.to_vec();
    let [output_channels, height, width, channels] = *operands.shape(1)? else {
        return Err(ModelError::Malformed("the weights of a transposed convolution have not four sides"));
    };
    let numbers: Vec<i32> = options
        .chunks_exact(4)
        .map(|bytes| i32::from_le_bytes(bytes.try_into().expect("chunks of four bytes")))
        .collect();
    let &[_, stride_x, stride_y] = &numbers[..] else {
        return Err(ModelError::Malformed("a transposed convolution lacks its options"));
    };
    let stride = [stride_y, stride_x].map(|stride| usize::try_from(stride).unwrap_or(0));
    if height != width || stride != [height, width] {
        return Err(ModelError::Unsupported { operator: NAME, usage: "overlapping or oblong blocks" });
    }
    let bias = operands.floats(2)?.to_vec();
    if channels != input.channels || bias.len() != output_channels {
        return Err(ModelError::Malformed("a transposed convolution has another number of channels"));
    }
    // The declared output bounds both products: it has been counted against the limit of elements.
    let size = [input.height.checked_mul(height), input.width.checked_mul(width)];
    let [Some(height), Some(width)] = size else {
        return Err(ModelError::Malformed("a transposed convolution is too large"));
    };
    ImageShape { height, width, channels: output_channels }.check(operands.output_shape())?;
    let block = stride[0];
    let operator = TransposedConvolution { input, block, output_channels, weights, bias };
    Ok(Prepared::compute(operator, vec![operands.index(0)?]))
}

#[cfg(test)]
mod tests {
    use super::super::testing::Case;
    use super::*;

    const STRIDE_TWO: [u8; 12] = [1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0];

    #[test]
    fn every_pixel_becomes_a_weighted_block() {
        let case = Case::new(&[1, 2, 4, 1])
            .input(&[1, 1, 2, 1])
            .floats(&[1, 2, 2, 1], &[1.0, 2.0, 3.0, 4.0])
            .floats(&[1], &[0.5]);
        let blocks = case.run(|o| prepare(o, &STRIDE_TWO), &[&[1.0, 10.0]]);
        assert_eq!(blocks, [1.5, 2.5, 10.5, 20.5, 3.5, 4.5, 30.5, 40.5]);
    }

    #[test]
    fn missing_options_are_refused() {
        let case = Case::new(&[1, 2, 2, 1])
            .input(&[1, 1, 1, 1])
            .floats(&[1, 2, 2, 1], &[1.0; 4])
            .floats(&[1], &[0.0]);
        assert!(case.prepare(|o| prepare(o, &STRIDE_TWO)).is_ok());
        assert!(case.prepare(|o| prepare(o, &STRIDE_TWO[..8])).is_err());
        assert!(case.prepare(|o| prepare(o, &[])).is_err());
    }
}
