//! The operators, one module per kind.

mod activation;
mod binary;
mod convolution;
mod depthwise;
mod landmarks;
mod layout;
mod pool;
mod resize;
mod transposed;

use std::fmt::Debug;

use super::ModelError;
use super::schema::{Constant, OperatorInfo, opcode};
use super::shape::ImageShape;

pub(super) use activation::Activation;

/// An operator that makes a new tensor. All shapes are known and checked when it is made.
pub(super) trait Compute: Debug + Send + Sync {
    /// Fills `output`, which is zero, from the computed inputs in order.
    fn compute(&self, inputs: &[&[f32]], output: &mut [f32]);

    /// Rough number of multiplications, for the limit on work.
    fn multiplications(&self) -> u64;

    /// Numbers the operator keeps (an index counts as two), for the limit on memory.
    fn kept_elements(&self) -> usize {
        0
    }
}

/// An operator that changes the values of its first input where they lie.
pub(super) trait Rework: Debug + Send + Sync {
    /// Changes `values`; `others` are the computed inputs after the first.
    fn rework(&self, values: &mut [f32], others: &[&[f32]]);
}

/// An operator ready to run.
#[derive(Debug)]
pub(super) enum Operator {
    Compute(Box<dyn Compute>),
    Rework(Box<dyn Rework>),
}

impl Operator {
    pub(super) fn multiplications(&self) -> u64 {
        match self {
            Self::Compute(compute) => compute.multiplications(),
            Self::Rework(_) => 0,
        }
    }

    /// What a [`Rework`] keeps is never more than its output.
    pub(super) fn kept_elements(&self) -> usize {
        match self {
            Self::Compute(compute) => compute.kept_elements(),
            Self::Rework(_) => 0,
        }
    }
}

/// An operator with the tensors it takes when it runs (constants are inside it); at least one.
pub(super) struct Prepared {
    pub(super) operator: Operator,
    pub(super) inputs: Vec<usize>,
}

impl Prepared {
    fn compute(operator: impl Compute + 'static, inputs: Vec<usize>) -> Self {
        Self { operator: Operator::Compute(Box::new(operator)), inputs }
    }

    fn rework(operator: impl Rework + 'static, inputs: Vec<usize>) -> Self {
        Self { operator: Operator::Rework(Box::new(operator)), inputs }
    }
}

/// The tensors of one operator.
pub(super) struct Operands<'a> {
    inputs: &'a [Option<usize>],
    shapes: &'a [Vec<usize>],
    constants: &'a [Option<Constant>],
    output: usize,
}

impl<'a> Operands<'a> {
    /// All indexes in `info` and `output` must lie in `shapes` and `constants`, which are equally long.
    pub(super) fn new(
        info: &'a OperatorInfo<'_>,
        shapes: &'a [Vec<usize>],
        constants: &'a [Option<Constant>],
        output: usize,
    ) -> Self {
        Self { inputs: &info.inputs, shapes, constants, output }
    }

    fn count(&self) -> usize {
        self.inputs.len()
    }

    fn has(&self, number: usize) -> bool {
        self.inputs.get(number).is_some_and(Option::is_some)
    }

    /// The tensor that is an operator's input of this number.
    fn index(&self, number: usize) -> Result<usize, ModelError> {
        let index = self.inputs.get(number).copied().flatten();
        index.ok_or(ModelError::Malformed("an operator lacks an input"))
    }

    fn shape(&self, number: usize) -> Result<&'a [usize], ModelError> {
        Ok(&self.shapes[self.index(number)?])
    }

    fn image(&self, number: usize) -> Result<ImageShape, ModelError> {
        ImageShape::of(self.shape(number)?)
    }

    fn output_shape(&self) -> &'a [usize] {
        &self.shapes[self.output]
    }

    /// The numbers of a constant input, `None` when it is computed.
    fn constant(&self, number: usize) -> Result<Option<&'a [f32]>, ModelError> {
        match &self.constants[self.index(number)?] {
            Some(Constant::Floats(values)) => Ok(Some(values)),
            Some(Constant::Integers(_)) => Err(ModelError::Malformed("an input is integer, not float")),
            None => Ok(None),
        }
    }

    /// The numbers of an input that must be constant.
    fn floats(&self, number: usize) -> Result<&'a [f32], ModelError> {
        self.constant(number)?.ok_or(ModelError::Malformed("an input is not constant"))
    }

    /// The whole numbers of an input that must be constant.
    fn integers(&self, number: usize) -> Result<&'a [i32], ModelError> {
        match &self.constants[self.index(number)?] {
            Some(Constant::Integers(values)) => Ok(values),
            _ => Err(ModelError::Malformed("an input is not constant or not integer")),
        }
    }
}

/// Checks an operator against its tensors and makes it ready to run.
pub(super) fn prepare(info: &OperatorInfo<'_>, operands: &Operands<'_>) -> Result<Prepared, ModelError> {
    let options = info.options;
    match info.code {
        opcode::CONV_2D => convolution::prepare(operands, options),
        opcode::DEPTHWISE_CONV_2D => depthwise::prepare(operands, options),
        opcode::PRELU => activation::prepare_prelu(operands),
        opcode::RELU => activation::prepare(operands, Activation::Relu),
        opcode::LOGISTIC => activation::prepare(operands, Activation::Logistic),
        opcode::HARD_SWISH => activation::prepare(operands, Activation::HardSwish),
        opcode::ADD => binary::prepare(operands, options, binary::Operation::Add),
        opcode::MUL => binary::prepare(operands, options, binary::Operation::Multiply),
        opcode::MAX_POOL_2D => pool::prepare(operands, options, pool::Reduction::Maximum),
        opcode::AVERAGE_POOL_2D => pool::prepare(operands, options, pool::Reduction::Average),
        opcode::RESIZE_BILINEAR => resize::prepare(operands, options),
        opcode::RESHAPE => layout::prepare_reshape(operands),
        opcode::PAD => layout::prepare_pad(operands),
        opcode::CONCATENATION => layout::prepare_concatenation(operands, options),
        opcode::STRIDED_SLICE => layout::prepare_strided_slice(operands, options),
        opcode::CUSTOM => prepare_custom(info, operands),
        other => Err(ModelError::UnknownOperator(format!("number {other}"))),
    }
}

/// MediaPipe's own operators.
fn prepare_custom(info: &OperatorInfo<'_>, operands: &Operands<'_>) -> Result<Prepared, ModelError> {
    match info.custom_name.as_str() {
        "Convolution2DTransposeBias" => transposed::prepare(operands, info.custom_options),
        "Landmarks2TransformMatrix" => landmarks::prepare_matrix(operands, info.custom_options),
        "TransformTensorBilinear" => landmarks::prepare_sampling(operands),
        "TransformLandmarks" => landmarks::prepare_transform(operands),
        other => Err(ModelError::UnknownOperator(other.to_owned())),
    }
}

/// Operators made without a file, for tests.
#[cfg(test)]
pub(super) mod testing {
    use super::*;
    use crate::tflite::flatbuffer::Table;
    use crate::tflite::schema::Options;

    /// Tensors of one operator: inputs in order, then the output.
    pub(crate) struct Case {
        inputs: Vec<Option<usize>>,
        shapes: Vec<Vec<usize>>,
        constants: Vec<Option<Constant>>,
    }

    impl Case {
        pub(crate) fn new(output: &[usize]) -> Self {
            Self { inputs: Vec::new(), shapes: vec![output.to_vec()], constants: vec![None] }
        }

        pub(crate) fn input(mut self, shape: &[usize]) -> Self {
            self.add(shape, None);
            self
        }

        pub(crate) fn floats(mut self, shape: &[usize], values: &[f32]) -> Self {
            self.add(shape, Some(Constant::Floats(values.to_vec())));
            self
        }

        pub(crate) fn integers(mut self, shape: &[usize], values: &[i32]) -> Self {
            self.add(shape, Some(Constant::Integers(values.to_vec())));
            self
        }

        fn add(&mut self, shape: &[usize], constant: Option<Constant>) {
            self.inputs.push(Some(self.shapes.len()));
            self.shapes.push(shape.to_vec());
            self.constants.push(constant);
        }

        pub(crate) fn prepare(
            &self,
            with: impl Fn(&Operands<'_>) -> Result<Prepared, ModelError>,
        ) -> Result<Prepared, ModelError> {
            let (inputs, shapes, constants) = (&self.inputs, &self.shapes, &self.constants);
            with(&Operands { inputs, shapes, constants, output: 0 })
        }

        /// Prepares and runs the operator on these computed inputs.
        pub(crate) fn run(
            &self,
            with: impl Fn(&Operands<'_>) -> Result<Prepared, ModelError>,
            values: &[&[f32]],
        ) -> Vec<f32> {
            let prepared = self.prepare(with).unwrap();
            // Binary operators may take their inputs in another order.
            let runtime: Vec<usize> =
                (1..self.shapes.len()).filter(|&index| self.constants[index].is_none()).collect();
            let inputs: Vec<&[f32]> = prepared
                .inputs
                .iter()
                .map(|input| values[runtime.iter().position(|index| index == input).unwrap()])
                .collect();
            match prepared.operator {
                Operator::Compute(compute) => {
                    let mut output = vec![0.0; self.shapes[0].iter().product()];
                    compute.compute(&inputs, &mut output);
                    output
                }
                Operator::Rework(rework) => {
                    let mut output = inputs[0].to_vec();
                    rework.rework(&mut output, &inputs[1..]);
                    output
                }
            }
        }
    }

    /// A file with one options table of these fields: `(number, value)`; bytes stand in the low byte.
    pub(crate) fn options_file(fields: &[(usize, i32)]) -> Vec<u8> {
        let count = fields.iter().map(|(number, _)| number + 1).max().unwrap_or(0);
        let list_length = 4 + 2 * count;
        let table = 8 + list_length.next_multiple_of(4);
        let mut file = (table as u32).to_le_bytes().to_vec();
        file.extend_from_slice(b"TFL3");
        file.extend_from_slice(&(list_length as u16).to_le_bytes());
        file.extend_from_slice(&(4 + 4 * fields.len() as u16).to_le_bytes());
        for number in 0..count {
            let place = fields.iter().position(|(field, _)| *field == number);
            let offset = place.map_or(0, |place| 4 + 4 * place as u16);
            file.extend_from_slice(&offset.to_le_bytes());
        }
        file.resize(table, 0);
        file.extend_from_slice(&(table as i32 - 8).to_le_bytes());
        for (_, value) in fields {
            file.extend_from_slice(&value.to_le_bytes());
        }
        file
    }

    /// The options in an [`options_file`].
    pub(crate) fn options(file: &[u8]) -> Options<'_> {
        Options(Some(Table::root(file, *b"TFL3").unwrap()))
    }
}
