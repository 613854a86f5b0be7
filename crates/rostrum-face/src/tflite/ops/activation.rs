//! Functions applied to every number alone.

use super::{Operands, Prepared, Rework};
use crate::tflite::ModelError;
use crate::tflite::shape::check_shape;

/// A function without parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tflite) enum Activation {
    /// Leaves numbers as they are.
    None,
    /// max(x, 0)
    Relu,
    /// x between 0 and 6
    Relu6,
    /// 1 / (1 + e^-x)
    Logistic,
    /// x · relu6(x + 3) / 6
    HardSwish,
}

impl Activation {
    /// Reads the function fused into another operator, by its number in the schema.
    pub(super) fn fused(number: i8) -> Result<Self, ModelError> {
        match number {
            0 => Ok(Self::None),
            1 => Ok(Self::Relu),
            3 => Ok(Self::Relu6),
            _ => Err(ModelError::Unsupported { operator: "an operator", usage: "this fused activation" }),
        }
    }

    pub(super) fn apply(self, values: &mut [f32]) {
        match self {
            Self::None => {}
            Self::Relu => values.iter_mut().for_each(|x| *x = x.max(0.0)),
            Self::Relu6 => values.iter_mut().for_each(|x| *x = x.clamp(0.0, 6.0)),
            Self::Logistic => values.iter_mut().for_each(|x| *x = 1.0 / (1.0 + (-*x).exp())),
            Self::HardSwish => values.iter_mut().for_each(|x| *x *= (*x + 3.0).clamp(0.0, 6.0) / 6.0),
        }
    }
}

impl Rework for Activation {
    fn rework(&self, values: &mut [f32], _others: &[&[f32]]) {
        self.apply(values);
    }
}

pub(super) fn prepare(operands: &Operands<'_>, function: Activation) -> Result<Prepared, ModelError> {
    check_shape(operands.shape(0)?, operands.output_shape())?;
    Ok(Prepared::rework(function, vec![operands.index(0)?]))
}

/// x, or x times the channel's slope where x is negative.
#[derive(Debug)]
struct Prelu {
    slopes: Vec<f32>,
}

impl Rework for Prelu {
    fn rework(&self, values: &mut [f32], _others: &[&[f32]]) {
        for pixel in values.chunks_exact_mut(self.slopes.len()) {
            for (x, slope) in pixel.iter_mut().zip(&self.slopes) {
                *x = if *x < 0.0 { *x * slope } else { *x };
            }
        }
    }
}

pub(super) fn prepare_prelu(operands: &Operands<'_>) -> Result<Prepared, ModelError> {
    check_shape(operands.shape(0)?, operands.output_shape())?;
    let slopes = operands.floats(1)?.to_vec();
    if operands.shape(0)?.last() != Some(&slopes.len()) {
        return Err(ModelError::Unsupported { operator: "PRELU", usage: "slopes not one per channel" });
    }
    Ok(Prepared::rework(Prelu { slopes }, vec![operands.index(0)?]))
}

#[cfg(test)]
mod tests {
    use super::super::testing::Case;
    use super::*;

    #[test]
    fn each_function_has_its_values() {
        let x = [-4.0, -1.0, 0.0, 1.0, 8.0];
        let run = |function| Case::new(&[5]).input(&[5]).run(|o| prepare(o, function), &[&x]);
        assert_eq!(run(Activation::Relu), [0.0, 0.0, 0.0, 1.0, 8.0]);
        assert_eq!(run(Activation::Relu6), [0.0, 0.0, 0.0, 1.0, 6.0]);
        assert_eq!(run(Activation::HardSwish), [0.0, -1.0 / 3.0, 0.0, 2.0 / 3.0, 8.0]);
        let logistic = run(Activation::Logistic);
        assert!((logistic[3] - 0.731_058_6).abs() < 1e-6 && logistic[2] == 0.5);
    }

    #[test]
    fn prelu_has_a_slope_per_channel() {
        let case = Case::new(&[1, 1, 2, 2]).input(&[1, 1, 2, 2]).floats(&[1, 1, 2], &[0.5, 2.0]);
        assert_eq!(case.run(prepare_prelu, &[&[-1.0, -1.0, 3.0, 4.0]]), [-0.5, -2.0, 3.0, 4.0]);
        let case = Case::new(&[1, 1, 2, 2]).input(&[1, 1, 2, 2]).floats(&[3], &[0.5, 2.0, 1.0]);
        assert!(case.prepare(prepare_prelu).is_err());
    }
}
