//! The parts of a model file as plain values.

use super::flatbuffer::Table;
use super::shape::element_count;
use super::{MAX_ELEMENTS, MAX_FILE_BYTES, MAX_TENSORS, ModelError};

/// Numbers of the operators in the schema.
pub(super) mod opcode {
    pub(in super::super) const ADD: i32 = 0;
    pub(in super::super) const AVERAGE_POOL_2D: i32 = 1;
    pub(in super::super) const CONCATENATION: i32 = 2;
    pub(in super::super) const CONV_2D: i32 = 3;
    pub(in super::super) const DEPTHWISE_CONV_2D: i32 = 4;
    pub(in super::super) const DEQUANTIZE: i32 = 6;
    pub(in super::super) const LOGISTIC: i32 = 14;
    pub(in super::super) const MAX_POOL_2D: i32 = 17;
    pub(in super::super) const MUL: i32 = 18;
    pub(in super::super) const RELU: i32 = 19;
    pub(in super::super) const RESHAPE: i32 = 22;
    pub(in super::super) const RESIZE_BILINEAR: i32 = 23;
    pub(in super::super) const CUSTOM: i32 = 32;
    pub(in super::super) const PAD: i32 = 34;
    pub(in super::super) const STRIDED_SLICE: i32 = 45;
    pub(in super::super) const PRELU: i32 = 54;
    pub(in super::super) const HARD_SWISH: i32 = 117;
}

/// A model file, read but not yet understood.
pub(super) struct ModelFile<'a> {
    pub(super) tensors: Vec<TensorInfo>,
    pub(super) operators: Vec<OperatorInfo<'a>>,
    pub(super) inputs: Vec<usize>,
    pub(super) outputs: Vec<usize>,
}

/// A tensor as declared; its value when it is constant.
pub(super) struct TensorInfo {
    pub(super) name: String,
    /// All sides at least 1.
    pub(super) shape: Vec<usize>,
    pub(super) constant: Option<Constant>,
}

/// The value of a constant tensor, as many numbers as its shape has.
#[derive(Debug, Clone)]
pub(super) enum Constant {
    Floats(Vec<f32>),
    Integers(Vec<i32>),
}

/// An operator with the numbers of its tensors.
pub(super) struct OperatorInfo<'a> {
    /// Number in the schema.
    pub(super) code: i32,
    /// Name of a custom operator.
    pub(super) custom_name: String,
    /// `None` for an optional input that is not given.
    pub(super) inputs: Vec<Option<usize>>,
    pub(super) outputs: Vec<usize>,
    pub(super) options: Options<'a>,
    pub(super) custom_options: &'a [u8],
}

/// The options table of an operator; absent fields have the default given.
#[derive(Clone, Copy)]
pub(super) struct Options<'a>(pub(super) Option<Table<'a>>);

impl Options<'_> {
    pub(super) fn i8(&self, field: usize, default: i8) -> Result<i8, ModelError> {
        self.0.map_or(Ok(default), |table| table.i8(field, default))
    }

    pub(super) fn i32(&self, field: usize, default: i32) -> Result<i32, ModelError> {
        self.0.map_or(Ok(default), |table| table.i32(field, default))
    }
}

/// Widens a 16-bit float.
fn f32_from_f16(half: u16) -> f32 {
    let sign = u32::from(half >> 15) << 31;
    let exponent = u32::from(half >> 10 & 0x1f);
    let fraction = u32::from(half & 0x3ff);
    match exponent {
        0 => {
            let magnitude = fraction as f32 * 2f32.powi(-24);
            f32::from_bits(sign | magnitude.to_bits())
        }
        0x1f => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
    }
}

/// Decodes a buffer of a tensor type that occurs in constants: 0 is f32, 1 is f16, 2 is i32.
fn decode(kind: i8, data: &[u8], elements: usize) -> Result<Constant, ModelError> {
    let element_bytes = if kind == 1 { 2 } else { 4 };
    if elements.checked_mul(element_bytes) != Some(data.len()) {
        return Err(ModelError::Malformed("a constant has more or fewer numbers than its shape"));
    }
    let words = data.chunks_exact(4).map(|b| [b[0], b[1], b[2], b[3]]);
    match kind {
        0 => Ok(Constant::Floats(words.map(f32::from_le_bytes).collect())),
        1 => {
            let halves = data.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]]));
            Ok(Constant::Floats(halves.map(f32_from_f16).collect()))
        }
        2 => Ok(Constant::Integers(words.map(i32::from_le_bytes).collect())),
        _ => {
            Err(ModelError::Unsupported { operator: "a constant", usage: "numbers other than f32, f16, i32" })
        }
    }
}

/// Turns tensor numbers of the file into indexes; -1 means "not given".
fn tensor_indexes(numbers: Vec<i32>, tensors: usize) -> Result<Vec<Option<usize>>, ModelError> {
    let index = |number: i32| match usize::try_from(number) {
        Ok(index) if index < tensors => Ok(Some(index)),
        Err(_) if number == -1 => Ok(None),
        _ => Err(ModelError::Malformed("there is no such tensor")),
    };
    numbers.into_iter().map(index).collect()
}

fn given(indexes: Vec<Option<usize>>) -> Result<Vec<usize>, ModelError> {
    indexes.into_iter().collect::<Option<_>>().ok_or(ModelError::Malformed("a tensor is not given"))
}

impl<'a> ModelFile<'a> {
    /// Reads the first subgraph of a file.
    pub(super) fn read(file: &'a [u8]) -> Result<Self, ModelError> {
        if file.len() > MAX_FILE_BYTES {
            return Err(ModelError::TooLarge { what: "bytes", limit: MAX_FILE_BYTES as u64 });
        }
        let model = Table::root(file, *b"TFL3")?;
        let codes = model.tables(1, "operator codes", MAX_TENSORS)?;
        let subgraphs = model.tables(2, "subgraphs", MAX_TENSORS)?;
        let subgraph = subgraphs.first().ok_or(ModelError::Malformed("it has no graph"))?;
        let buffers = model.tables(4, "buffers", 2 * MAX_TENSORS)?;

        let mut tensors = Vec::new();
        let mut constant_elements = 0;
        for table in subgraph.tables(0, "tensors", MAX_TENSORS)? {
            let tensor = read_tensor(&table, &buffers)?;
            if tensor.constant.is_some() {
                constant_elements += element_count(&tensor.shape)?;
            }
            if constant_elements > MAX_ELEMENTS {
                return Err(ModelError::TooLarge { what: "constants", limit: MAX_ELEMENTS as u64 });
            }
            tensors.push(tensor);
        }
        let indexes = |numbers| tensor_indexes(numbers, tensors.len());
        let mut operators = Vec::new();
        for table in subgraph.tables(3, "operators", MAX_TENSORS)? {
            let code = codes
                .get(table.u32(0, 0)? as usize)
                .ok_or(ModelError::Malformed("an operator has no code"))?;
            operators.push(OperatorInfo {
                // Old files have the code in a byte (field 0), new ones in field 3.
                code: i32::from(code.i8(0, 0)?).max(code.i32(3, 0)?),
                custom_name: code.text(1)?,
                inputs: indexes(table.i32s(1)?)?,
                outputs: given(indexes(table.i32s(2)?)?)?,
                options: Options(table.table(4)?),
                custom_options: table.bytes(5)?,
            });
        }
        let inputs = given(indexes(subgraph.i32s(1)?)?)?;
        let outputs = given(indexes(subgraph.i32s(2)?)?)?;
        Ok(Self { tensors, operators, inputs, outputs })
    }
}

fn read_tensor(table: &Table<'_>, buffers: &[Table<'_>]) -> Result<TensorInfo, ModelError> {
    let sides = table.i32s(0)?.into_iter().map(usize::try_from);
    let shape: Vec<usize> =
        sides.collect::<Result<_, _>>().map_err(|_| ModelError::Malformed("a tensor has a negative side"))?;
    let elements = element_count(&shape)?;
    let buffer = buffers
        .get(table.u32(2, 0)? as usize)
        .ok_or(ModelError::Malformed("a tensor's buffer is missing"))?;
    let data = buffer.bytes(0)?;
    let constant = if data.is_empty() { None } else { Some(decode(table.i8(1, 0)?, data, elements)?) };
    Ok(TensorInfo { name: table.text(3)?, shape, constant })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_widened_exactly() {
        for (half, wide) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_95),
            (0x0001, 5.960_464_5e-8),
            (0x7bff, 65504.0),
        ] {
            assert_eq!(f32_from_f16(half), wide);
        }
        assert!(f32_from_f16(0xfc00) == f32::NEG_INFINITY && f32_from_f16(0x7e00).is_nan());
        assert_eq!(f32_from_f16(0x8000).to_bits(), 0x8000_0000);
    }

    #[test]
    fn a_constant_must_have_as_many_numbers_as_its_shape() {
        assert!(decode(0, &[0; 8], 2).is_ok());
        assert!(decode(0, &[0; 8], 3).is_err());
        assert!(decode(1, &[0; 8], 4).is_ok());
        assert!(decode(9, &[0; 8], 2).is_err());
    }
}
