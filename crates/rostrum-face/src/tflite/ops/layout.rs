//! Operators that move numbers without computing: reshape, pad, concatenate, slice.

use super::{Activation, Compute, Operands, Prepared, Rework};
use crate::tflite::ModelError;
use crate::tflite::schema::Options;
use crate::tflite::shape::{check_shape, element_count};

/// The same numbers under another shape.
#[derive(Debug)]
struct Reshape;

impl Rework for Reshape {
    fn rework(&self, _values: &mut [f32], _others: &[&[f32]]) {}
}

/// The new shape is that of the declared output.
pub(super) fn prepare_reshape(operands: &Operands<'_>) -> Result<Prepared, ModelError> {
    if element_count(operands.shape(0)?)? != element_count(operands.output_shape())? {
        return Err(ModelError::Malformed("RESHAPE changes the number of elements"));
    }
    Ok(Prepared::rework(Reshape, vec![operands.index(0)?]))
}

/// The most sides a padded or sliced tensor may have.
const SIDES: usize = 4;

/// Copies a box of numbers from or to a larger tensor: `map` gives for each number of the smaller tensor, in order,
/// its place in the larger.
fn places_in(larger: &[usize], smaller: &[usize], map: impl Fn(usize, usize) -> usize) -> Vec<usize> {
    let mut places = vec![0];
    for (side, &length) in smaller.iter().enumerate() {
        places = places
            .iter()
            .flat_map(|place| {
                let map = &map;
                (0..length).map(move |index| place * larger[side] + map(side, index))
            })
            .collect();
    }
    places
}

/// Zeros around a tensor.
#[derive(Debug)]
struct Pad {
    /// Where each number of the input goes.
    places: Vec<usize>,
}

impl Compute for Pad {
    fn compute(&self, inputs: &[&[f32]], output: &mut [f32]) {
        for (&place, &value) in self.places.iter().zip(inputs[0]) {
            output[place] = value;
        }
    }

    fn multiplications(&self) -> u64 {
        self.places.len() as u64
    }

    fn kept_elements(&self) -> usize {
        2 * self.places.len()
    }
}

pub(super) fn prepare_pad(operands: &Operands<'_>) -> Result<Prepared, ModelError> {
    let input = operands.shape(0)?;
    let amounts = operands.integers(1)?;
    if amounts.len() != 2 * input.len() || input.len() > SIDES {
        return Err(ModelError::Malformed("PAD has not two amounts per side"));
    }
    let amounts: Vec<usize> = amounts
        .iter()
        .map(|&amount| usize::try_from(amount))
        .collect::<Result<_, _>>()
        .map_err(|_| ModelError::Malformed("PAD has a negative amount"))?;
    let padded: Vec<usize> =
        input.iter().enumerate().map(|(i, side)| side + amounts[2 * i] + amounts[2 * i + 1]).collect();
    check_shape(&padded, operands.output_shape())?;
    let places = places_in(&padded, input, |side, index| index + amounts[2 * side]);
    Ok(Prepared::compute(Pad { places }, vec![operands.index(0)?]))
}

/// Tensors one after the other along one side.
#[derive(Debug)]
struct Concatenation {
    /// Elements of each input that lie together.
    runs: Vec<usize>,
    activation: Activation,
}

impl Compute for Concatenation {
    fn compute(&self, inputs: &[&[f32]], output: &mut [f32]) {
        let mut start = 0;
        let stride: usize = self.runs.iter().sum();
        for (input, &run) in inputs.iter().zip(&self.runs) {
            for (block, values) in output.chunks_exact_mut(stride).zip(input.chunks_exact(run)) {
                block[start..start + run].copy_from_slice(values);
            }
            start += run;
        }
        self.activation.apply(output);
    }

    fn multiplications(&self) -> u64 {
        0
    }
}

pub(super) fn prepare_concatenation(
    operands: &Operands<'_>,
    options: Options<'_>,
) -> Result<Prepared, ModelError> {
    let output = operands.output_shape();
    let axis = options.i32(0, 0)?;
    let axis = usize::try_from(if axis < 0 { axis.saturating_add(output.len() as i32) } else { axis })
        .ok()
        .filter(|&axis| axis < output.len())
        .ok_or(ModelError::Malformed("CONCATENATION has no such side"))?;
    let (mut runs, mut inputs, mut length) = (Vec::new(), Vec::new(), 0);
    for number in 0..operands.count() {
        let shape = operands.shape(number)?;
        if operands.constant(number)?.is_some() {
            return Err(ModelError::Unsupported { operator: "CONCATENATION", usage: "a constant" });
        }
        let fits = shape.len() == output.len()
            && (0..shape.len()).all(|side| side == axis || shape[side] == output[side]);
        if !fits {
            return Err(ModelError::Malformed("CONCATENATION joins tensors that do not fit"));
        }
        length += shape[axis];
        runs.push(element_count(&shape[axis..])?);
        inputs.push(operands.index(number)?);
    }
    if length != output[axis] {
        return Err(ModelError::Malformed("CONCATENATION is longer or shorter than declared"));
    }
    let activation = Activation::fused(options.i8(1, 0)?)?;
    Ok(Prepared::compute(Concatenation { runs, activation }, inputs))
}

/// A box cut from a tensor.
#[derive(Debug)]
struct Slice {
    /// Where each number of the output comes from.
    places: Vec<usize>,
}

impl Compute for Slice {
    fn compute(&self, inputs: &[&[f32]], output: &mut [f32]) {
        for (&place, value) in self.places.iter().zip(output) {
            *value = inputs[0][place];
        }
    }

    fn multiplications(&self) -> u64 {
        self.places.len() as u64
    }

    fn kept_elements(&self) -> usize {
        2 * self.places.len()
    }
}

pub(super) fn prepare_strided_slice(
    operands: &Operands<'_>,
    options: Options<'_>,
) -> Result<Prepared, ModelError> {
    let input = operands.shape(0)?;
    let (begin, end, strides) = (operands.integers(1)?, operands.integers(2)?, operands.integers(3)?);
    if [begin.len(), end.len(), strides.len()] != [input.len(); 3] || input.len() > SIDES {
        return Err(ModelError::Malformed("STRIDED_SLICE has not one limit per side"));
    }
    let (begin_mask, end_mask) = (options.i32(0, 0)?, options.i32(1, 0)?);
    for field in 2..=4 {
        if options.i32(field, 0)? != 0 {
            return Err(ModelError::Unsupported { operator: "STRIDED_SLICE", usage: "new or lost sides" });
        }
    }
    if strides.iter().any(|&stride| stride < 1) {
        return Err(ModelError::Unsupported { operator: "STRIDED_SLICE", usage: "backward steps" });
    }
    // A limit below zero counts from the end; a mask bit means "no limit".
    let limit = |limits: &[i32], mask: i32, side: usize, open: usize| {
        if mask & 1 << side != 0 {
            return open;
        }
        let length = input[side] as i64;
        let limit = i64::from(limits[side]);
        (if limit < 0 { limit + length } else { limit }).clamp(0, length) as usize
    };
    let starts: Vec<usize> = (0..input.len()).map(|side| limit(begin, begin_mask, side, 0)).collect();
    let sliced: Vec<usize> = (0..input.len())
        .map(|side| {
            let stop = limit(end, end_mask, side, input[side]);
            stop.saturating_sub(starts[side]).div_ceil(strides[side] as usize)
        })
        .collect();
    check_shape(&sliced, operands.output_shape())?;
    let places = places_in(input, &sliced, |side, index| starts[side] + index * strides[side] as usize);
    Ok(Prepared::compute(Slice { places }, vec![operands.index(0)?]))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, options, options_file};
    use super::*;

    const PLAIN: Options<'_> = Options(None);

    #[test]
    fn reshape_keeps_the_numbers() {
        let case = Case::new(&[4]).input(&[1, 2, 2]);
        assert_eq!(case.run(prepare_reshape, &[&[1.0, 2.0, 3.0, 4.0]]), [1.0, 2.0, 3.0, 4.0]);
        assert!(Case::new(&[5]).input(&[1, 2, 2]).prepare(prepare_reshape).is_err());
    }

    #[test]
    fn pad_puts_zeros_around() {
        let case = Case::new(&[1, 2, 2, 3]).input(&[1, 1, 2, 2]).integers(&[4, 2], &[0, 0, 1, 0, 0, 0, 0, 1]);
        let padded = case.run(prepare_pad, &[&[1.0, 2.0, 3.0, 4.0]]);
        assert_eq!(padded, [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 0.0, 3.0, 4.0, 0.0]);
        let case = Case::new(&[1, 1]).input(&[1, 2]).integers(&[2, 2], &[0, 0, 0, -1]);
        assert!(case.prepare(prepare_pad).is_err());
    }

    #[test]
    fn concatenation_joins_along_any_side() {
        let values: [&[f32]; 2] = [&[1.0, 2.0, 3.0, 4.0], &[5.0, 6.0]];
        let file = options_file(&[(0, -1)]);
        let case = Case::new(&[2, 3]).input(&[2, 2]).input(&[2, 1]);
        let joined = case.run(|o| prepare_concatenation(o, options(&file)), &values);
        assert_eq!(joined, [1.0, 2.0, 5.0, 3.0, 4.0, 6.0]);
        let case = Case::new(&[3, 2]).input(&[2, 2]).input(&[1, 2]);
        let joined = case.run(|o| prepare_concatenation(o, PLAIN), &values);
        assert_eq!(joined, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let case = Case::new(&[4, 2]).input(&[2, 2]).input(&[1, 2]);
        assert!(case.prepare(|o| prepare_concatenation(o, PLAIN)).is_err());
    }

    #[test]
    fn a_slice_counts_from_either_end_in_steps() {
        let numbers = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
        let slice = |sides: usize, begin, end, stride, masks: &[(usize, i32)]| {
            let file = options_file(masks);
            let case = Case::new(&[1, sides])
                .input(&[1, 6])
                .integers(&[2], &[0, begin])
                .integers(&[2], &[1, end])
                .integers(&[2], &[1, stride]);
            case.run(|o| prepare_strided_slice(o, options(&file)), &[&numbers])
        };
        assert_eq!(slice(2, 1, 3, 1, &[(0, 0)]), [1.0, 2.0]);
        assert_eq!(slice(2, -3, -1, 1, &[(0, 0)]), [3.0, 4.0]);
        assert_eq!(slice(3, 3, 0, 2, &[(0, 2), (1, 2)]), [0.0, 2.0, 4.0]);
    }
}
