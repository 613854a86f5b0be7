//! Addition and multiplication of two tensors.

use super::{Activation, Operands, Prepared, Rework};
use crate::tflite::ModelError;
use crate::tflite::schema::Options;
use crate::tflite::shape::check_shape;

/// What is done with two numbers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Operation {
    Add,
    Multiply,
}

/// Combines a tensor with one that is as large or repeats along the leading sides.
#[derive(Debug)]
struct Binary {
    operation: Operation,
    activation: Activation,
    /// The second tensor when it is constant.
    constant: Option<Vec<f32>>,
}

impl Rework for Binary {
    fn rework(&self, values: &mut [f32], others: &[&[f32]]) {
        let other = self.constant.as_deref().unwrap_or_else(|| others[0]);
        for block in values.chunks_exact_mut(other.len()) {
            match self.operation {
                Operation::Add => block.iter_mut().zip(other).for_each(|(x, y)| *x += y),
                Operation::Multiply => block.iter_mut().zip(other).for_each(|(x, y)| *x *= y),
            }
        }
        self.activation.apply(values);
    }
}

/// Whether a tensor of shape `small` repeats along the leading sides of `large`.
fn repeats(small: &[usize], large: &[usize]) -> bool {
    let leading_ones = small.iter().take_while(|&&side| side == 1).count();
    large.ends_with(&small[leading_ones..])
}

pub(super) fn prepare(
    operands: &Operands<'_>,
    options: Options<'_>,
    operation: Operation,
) -> Result<Prepared, ModelError> {
    let output = operands.output_shape();
    // Both operations are commutative: the tensor as large as the output comes first.
    let (large, small) = match (operands.shape(0)? == output, operands.constant(0)?) {
        (true, None) => (0, 1),
        _ => (1, 0),
    };
    check_shape(operands.shape(large)?, output)?;
    if operands.constant(large)?.is_some() || !repeats(operands.shape(small)?, output) {
        return Err(ModelError::Unsupported { operator: "ADD or MUL", usage: "these two shapes" });
    }
    let constant = operands.constant(small)?.map(<[f32]>::to_vec);
    let mut inputs = vec![operands.index(large)?];
    if constant.is_none() {
        inputs.push(operands.index(small)?);
    }
    let activation = Activation::fused(options.i8(0, 0)?)?;
    Ok(Prepared::rework(Binary { operation, activation, constant }, inputs))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, options, options_file};
    use super::*;

    const PLAIN: Options<'_> = Options(None);

    #[test]
    fn equal_shapes_are_combined_number_by_number() {
        let case = Case::new(&[1, 3]).input(&[1, 3]).input(&[1, 3]);
        let values: [&[f32]; 2] = [&[1.0, 2.0, 3.0], &[4.0, -5.0, 6.0]];
        assert_eq!(case.run(|o| prepare(o, PLAIN, Operation::Add), &values), [5.0, -3.0, 9.0]);
        assert_eq!(case.run(|o| prepare(o, PLAIN, Operation::Multiply), &values), [4.0, -10.0, 18.0]);
    }

    #[test]
    fn a_smaller_tensor_repeats_wherever_it_stands() {
        let image: &[f32] = &[1.0, 2.0, 3.0, 4.0];
        let case = Case::new(&[1, 2, 1, 2]).input(&[1, 1, 1, 2]).input(&[1, 2, 1, 2]);
        let product = case.run(|o| prepare(o, PLAIN, Operation::Multiply), &[&[10.0, 100.0], image]);
        assert_eq!(product, [10.0, 200.0, 30.0, 400.0]);
        let case = Case::new(&[1, 2, 1, 2]).input(&[1, 2, 1, 2]).floats(&[1], &[0.25]);
        let product = case.run(|o| prepare(o, PLAIN, Operation::Multiply), &[image]);
        assert_eq!(product, [0.25, 0.5, 0.75, 1.0]);
    }

    #[test]
    fn a_fused_function_comes_last() {
        let file = options_file(&[(0, 1)]);
        let case = Case::new(&[2]).input(&[2]).input(&[2]);
        let sum = case.run(|o| prepare(o, options(&file), Operation::Add), &[&[1.0, -3.0], &[1.0, 1.0]]);
        assert_eq!(sum, [2.0, 0.0]);
    }

    #[test]
    fn shapes_that_do_not_fit_are_refused() {
        let case = Case::new(&[1, 4]).input(&[1, 4]).input(&[1, 3]);
        assert!(case.prepare(|o| prepare(o, PLAIN, Operation::Add)).is_err());
        let case = Case::new(&[2, 2]).input(&[2, 1]).input(&[1, 2]);
        assert!(case.prepare(|o| prepare(o, PLAIN, Operation::Add)).is_err());
    }
}
