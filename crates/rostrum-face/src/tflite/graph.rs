//! A loaded model: its operators in order, ready to run.

use super::ops::{self, Operands, Operator};
use super::schema::{Constant, ModelFile, OperatorInfo, opcode};
use super::shape::element_count;
use super::{MAX_ELEMENTS, MAX_MULTIPLICATIONS, ModelError};

/// A model that can be run any number of times, by several threads at once.
#[derive(Debug)]
pub struct Model {
    tensors: usize,
    steps: Vec<Step>,
    input: usize,
    input_shape: Vec<usize>,
    outputs: Vec<(usize, Output)>,
}

/// A result of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Name in the model file.
    pub name: String,
    /// Sides, slowest first.
    pub shape: Vec<usize>,
}

/// An operator and the tensors it works on.
#[derive(Debug)]
struct Step {
    operator: Operator,
    inputs: Vec<usize>,
    output: usize,
    output_elements: usize,
    /// The first input is not used again, so its memory may become the output's.
    takes_first: bool,
    /// Tensors that are not used after this step.
    frees: Vec<usize>,
}

const IS_COMPUTED: &str = "loading checked that every input is computed before it is used and freed after";

impl Model {
    /// Reads a model file and checks all of it.
    ///
    /// # Errors
    /// When the file is damaged, too large, or uses what the interpreter does not know.
    pub fn load(file: &[u8]) -> Result<Self, ModelError> {
        let ModelFile { tensors, operators, inputs, outputs } = ModelFile::read(file)?;
        let [input] = inputs[..] else { return Err(ModelError::Malformed("it has not exactly one input")) };
        let shapes: Vec<Vec<usize>> = tensors.iter().map(|tensor| tensor.shape.clone()).collect();
        let mut constants: Vec<Option<Constant>> = Vec::with_capacity(tensors.len());
        let mut names: Vec<String> = Vec::with_capacity(tensors.len());
        for tensor in tensors {
            constants.push(tensor.constant);
            names.push(tensor.name);
        }

        let mut computed = vec![false; shapes.len()];
        computed[input] = true;
        let mut budget = Budget { elements: 0, multiplications: 0 };
        let mut steps = Vec::new();
        for info in operators {
            let [output] = info.outputs[..] else {
                return Err(ModelError::Malformed("an operator has not exactly one output"));
            };
            if computed[output] || constants[output].is_some() {
                return Err(ModelError::Malformed("a tensor is computed twice"));
            }
            budget.spend_elements(element_count(&shapes[output])?)?;
            if info.code == opcode::DEQUANTIZE {
                constants[output] = Some(widened_constant(&info, &constants, &shapes, output)?);
                continue;
            }
            let operands = Operands::new(&info, &shapes, &constants, output);
            let prepared = ops::prepare(&info, &operands)?;
            if prepared.inputs.iter().any(|&index| !computed[index]) {
                return Err(ModelError::Malformed("a tensor is used before it is computed"));
            }
            budget.spend_elements(prepared.operator.kept_elements())?;
            budget.spend_multiplications(prepared.operator.multiplications())?;
            computed[output] = true;
            steps.push(Step {
                operator: prepared.operator,
                inputs: prepared.inputs,
                output,
                output_elements: element_count(&shapes[output])?,
                takes_first: false,
                frees: Vec::new(),
            });
        }
        if outputs.iter().any(|&index| !computed[index] || index == input) {
            return Err(ModelError::Malformed("an output is not computed"));
        }
        plan_memory(&mut steps, &outputs, shapes.len());
        let describe =
            |index: usize| (index, Output { name: names[index].clone(), shape: shapes[index].clone() });
        Ok(Self {
            tensors: shapes.len(),
            steps,
            input,
            input_shape: shapes[input].clone(),
            outputs: outputs.into_iter().map(describe).collect(),
        })
    }

    /// Sides of the input, slowest first.
    pub fn input_shape(&self) -> &[usize] {
        &self.input_shape
    }

    /// The results, in the order [`Model::run`] gives them.
    pub fn outputs(&self) -> impl Iterator<Item = &Output> {
        self.outputs.iter().map(|(_, output)| output)
    }

    /// Where among the outputs the one of this name and number of elements is.
    ///
    /// # Errors
    /// When there is none.
    pub fn find_output(&self, name: &str, elements: usize) -> Result<usize, ModelError> {
        let is_wanted =
            |output: &Output| output.name == name && output.shape.iter().product::<usize>() == elements;
        self.outputs()
            .position(is_wanted)
            .ok_or_else(|| ModelError::WrongModel(format!("output {name} of {elements} numbers")))
    }

    /// Computes all outputs for one input.
    ///
    /// # Errors
    /// When the input has not as many numbers as [`Model::input_shape`] asks for.
    pub fn run(&self, input: Vec<f32>) -> Result<Vec<Vec<f32>>, ModelError> {
        let expected = self.input_shape.iter().product();
        if input.len() != expected {
            return Err(ModelError::InputLength { expected, given: input.len() });
        }
        let mut values: Vec<Option<Vec<f32>>> = vec![None; self.tensors];
        values[self.input] = Some(input);
        for step in &self.steps {
            let output = step.run(&mut values);
            values[step.output] = Some(output);
            for &index in &step.frees {
                values[index] = None;
            }
        }
        Ok(self.outputs.iter().map(|(index, _)| values[*index].clone().expect(IS_COMPUTED)).collect())
    }
}

impl Step {
    fn run(&self, values: &mut [Option<Vec<f32>>]) -> Vec<f32> {
        match &self.operator {
            Operator::Compute(compute) => {
                let inputs: Vec<&[f32]> =
                    self.inputs.iter().map(|&index| values[index].as_deref().expect(IS_COMPUTED)).collect();
                let mut output = vec![0.0; self.output_elements];
                compute.compute(&inputs, &mut output);
                output
            }
            Operator::Rework(rework) => {
                let first = &mut values[self.inputs[0]];
                let mut output =
                    if self.takes_first { first.take() } else { first.clone() }.expect(IS_COMPUTED);
                let others: Vec<&[f32]> = self.inputs[1..]
                    .iter()
                    .map(|&index| values[index].as_deref().expect(IS_COMPUTED))
                    .collect();
                rework.rework(&mut output, &others);
                output
            }
        }
    }
}

/// The output of an operator that only widens a constant, which was done when the file was read.
fn widened_constant(
    info: &OperatorInfo<'_>,
    constants: &[Option<Constant>],
    shapes: &[Vec<usize>],
    output: usize,
) -> Result<Constant, ModelError> {
    let [Some(input)] = info.inputs[..] else {
        return Err(ModelError::Malformed("DEQUANTIZE has not exactly one input"));
    };
    match &constants[input] {
        Some(Constant::Floats(values)) if shapes[input] == shapes[output] => {
            Ok(Constant::Floats(values.clone()))
        }
        _ => Err(ModelError::Unsupported { operator: "DEQUANTIZE", usage: "other than a constant of f16" }),
    }
}

/// Finds out after which step each tensor can be freed or handed over.
fn plan_memory(steps: &mut [Step], outputs: &[usize], tensors: usize) {
    let mut used_later = vec![false; tensors];
    for &output in outputs {
        used_later[output] = true;
    }
    for step in steps.iter_mut().rev() {
        let first = step.inputs[0];
        step.takes_first = !used_later[first] && !step.inputs[1..].contains(&first);
        for &input in &step.inputs {
            if !used_later[input] {
                used_later[input] = true;
                step.frees.push(input);
            }
        }
        // A tensor nobody uses need not be kept.
        if !used_later[step.output] {
            step.frees.push(step.output);
        }
    }
}

/// What a model may cost in memory and work.
struct Budget {
    elements: usize,
    multiplications: u64,
}

impl Budget {
    fn spend_elements(&mut self, elements: usize) -> Result<(), ModelError> {
        self.elements += elements;
        if self.elements > MAX_ELEMENTS {
            return Err(ModelError::TooLarge { what: "elements", limit: MAX_ELEMENTS as u64 });
        }
        Ok(())
    }

    fn spend_multiplications(&mut self, multiplications: u64) -> Result<(), ModelError> {
        self.multiplications = self.multiplications.saturating_add(multiplications);
        if self.multiplications > MAX_MULTIPLICATIONS {
            return Err(ModelError::TooLarge { what: "multiplications", limit: MAX_MULTIPLICATIONS });
        }
        Ok(())
    }
}
