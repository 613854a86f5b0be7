//! Graphs of the Open Neural Network Exchange format, put together node by node.

use std::cell::RefCell;

use rten_onnx::onnx::{
    AttributeProto, AttributeType, DataType, Dimension, GraphProto, ModelProto, NodeProto,
    OperatorSetIdProto, TensorProto, TensorShapeProto, TypeProto, TypeProtoTensor, ValueInfoProto,
};

use super::RecipeError;
use super::ct2::Weight;

/// Versions of the format and of its operators that the graphs are written in.
const FORMAT_VERSION: i64 = 9;
const OPERATORS_VERSION: i64 = 20;
/// Largest magnitude of a weight rounded to a byte.
const BYTE_LIMIT: f32 = 127.0;

/// A graph in the making. Values are known by their names.
#[derive(Default)]
pub(super) struct Graph {
    graph: GraphProto,
}

pub(super) fn integer(name: &str, value: i64) -> AttributeProto {
    AttributeProto {
        name: Some(name.into()),
        i: Some(value),
        r#type: Some(AttributeType::INT),
        ..Default::default()
    }
}

pub(super) fn float(name: &str, value: f32) -> AttributeProto {
    AttributeProto {
        name: Some(name.into()),
        f: Some(value),
        r#type: Some(AttributeType::FLOAT),
        ..Default::default()
    }
}

pub(super) fn integers(name: &str, values: &[i64]) -> AttributeProto {
    AttributeProto {
        name: Some(name.into()),
        ints: values.to_vec(),
        r#type: Some(AttributeType::INTS),
        ..Default::default()
    }
}

impl Graph {
    /// An input; sides are numbers or names.
    pub(super) fn input(&mut self, name: &str, kind: DataType, sides: &[&str]) -> String {
        self.graph.input.push(described(name, kind, sides));
        name.into()
    }

    /// Gives a value out under a name.
    pub(super) fn output(&mut self, value: &str, name: &str, sides: &[&str]) {
        self.graph.node.push(NodeProto {
            name: Some(format!("give_{name}")),
            op_type: Some("Identity".into()),
            input: vec![value.into()],
            output: vec![name.into()],
            ..Default::default()
        });
        self.graph.output.push(described(name, DataType::FLOAT, sides));
    }

    /// A node with one output, whose name is returned.
    pub(super) fn node(
        &mut self,
        operator: &str,
        inputs: &[&str],
        attributes: Vec<AttributeProto>,
    ) -> String {
        let [output] = self.nodes(operator, inputs, attributes);
        output
    }

    fn nodes<const N: usize>(
        &mut self,
        operator: &str,
        inputs: &[&str],
        attributes: Vec<AttributeProto>,
    ) -> [String; N] {
        let index = self.graph.node.len();
        let outputs: [String; N] = std::array::from_fn(|output| format!("{operator}_{index}_{output}"));
        self.graph.node.push(NodeProto {
            name: Some(format!("{operator}_{index}")),
            op_type: Some(operator.into()),
            input: inputs.iter().map(|name| (*name).into()).collect(),
            output: outputs.to_vec(),
            attribute: attributes,
            ..Default::default()
        });
        outputs
    }

    fn constant(&mut self, name: &str, sides: &[usize], kind: DataType, bytes: Vec<u8>) -> String {
        self.graph.initializer.push(TensorProto {
            dims: sides.iter().map(|side| *side as i64).collect(),
            data_type: Some(kind),
            raw_data: Some(RefCell::new(bytes)),
            name: Some(name.into()),
            ..Default::default()
        });
        name.into()
    }

    pub(super) fn floats(&mut self, name: &str, sides: &[usize], values: &[f32]) -> String {
        self.constant(
            name,
            sides,
            DataType::FLOAT,
            values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        )
    }

    pub(super) fn weight(&mut self, name: &str, weight: &Weight) -> String {
        self.floats(name, &weight.shape, &weight.data)
    }

    pub(super) fn whole_numbers(&mut self, name: &str, values: &[i64]) -> String {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name, &[values.len()], DataType::INT64, bytes)
    }

    /// A matrix rounded to bytes, each row with a scale of its own: the bytes, turned round, and the scales.
    fn bytes(&mut self, name: &str, weight: &Weight) -> (String, String) {
        let (rows, columns) = (weight.shape[0], weight.shape[1]);
        let scales: Vec<f32> = weight
            .data
            .chunks(columns)
            .map(|row| {
                row.iter().fold(0.0, |most: f32, value| most.max(value.abs())).max(f32::MIN_POSITIVE)
                    / BYTE_LIMIT
            })
            .collect();
        let mut bytes = vec![0; rows * columns];
        for (row, (values, scale)) in weight.data.chunks(columns).zip(&scales).enumerate() {
            for (column, value) in values.iter().enumerate() {
                bytes[column * rows + row] =
                    (value / scale).round().clamp(-BYTE_LIMIT, BYTE_LIMIT) as i8 as u8;
            }
        }
        let bytes = self.constant(&format!("{name}.bytes"), &[columns, rows], DataType::INT8, bytes);
        (bytes, self.floats(&format!("{name}.scales"), &[rows], &scales))
    }

    /// `x · Wᵀ + b`, the weight given as rows of outputs. Weights are bytes, and `x` is rounded to bytes on the way.
    pub(super) fn linear(&mut self, x: &str, name: &str, weight: &Weight, bias: Option<&Weight>) -> String {
        let (bytes, scales) = self.bytes(name, weight);
        let y = self.product(x, &bytes, &scales);
        match bias {
            Some(bias) => {
                let bias = self.weight(&format!("{name}.bias"), bias);
                self.node("Add", &[&y, &bias], vec![])
            }
            None => y,
        }
    }

    fn product(&mut self, x: &str, bytes: &str, scales: &str) -> String {
        let [x, scale, zero] = self.nodes("DynamicQuantizeLinear", &[x], vec![]);
        let y = self.node("MatMulInteger", &[&x, bytes, &zero], vec![]);
        let y = self.node("Cast", &[&y], vec![integer("to", i64::from(DataType::FLOAT.0))]);
        let scale = self.node("Mul", &[&scale, scales], vec![]);
        self.node("Mul", &[&y, &scale], vec![])
    }

    /// A table of vectors: what looks some up, and what multiplies with all.
    pub(super) fn table(&mut self, name: &str, weight: &Weight) -> Table {
        let (bytes, scales) = self.bytes(name, weight);
        Table { bytes, scales }
    }

    /// The vectors of a table at some places, one behind the other.
    pub(super) fn look_up(&mut self, table: &Table, places: &str) -> String {
        // The table lies turned round: places are columns, which come out in front.
        let columns = self.node("Gather", &[&table.bytes, places], vec![integer("axis", 1)]);
        let columns = self.node("Cast", &[&columns], vec![integer("to", i64::from(DataType::FLOAT.0))]);
        let scales = self.node("Gather", &[&table.scales, places], vec![integer("axis", 0)]);
        let scaled = self.node("Mul", &[&columns, &scales], vec![]);
        // [width, 1, places] -> [1, places, width]
        self.node("Transpose", &[&scaled], vec![integers("perm", &[1, 2, 0])])
    }

    /// Products with every vector of a table.
    pub(super) fn scores(&mut self, table: &Table, x: &str) -> String {
        self.product(x, &table.bytes, &table.scales)
    }

    pub(super) fn norm(&mut self, x: &str, name: &str, gain: &Weight, offset: &Weight) -> String {
        let gain = self.weight(&format!("{name}.gain"), gain);
        let offset = self.weight(&format!("{name}.offset"), offset);
        self.node(
            "LayerNormalization",
            &[x, &gain, &offset],
            vec![integer("axis", -1), float("epsilon", 1e-5)],
        )
    }

    /// The file.
    pub(super) fn file(self) -> Result<Vec<u8>, RecipeError> {
        let model = ModelProto {
            ir_version: Some(FORMAT_VERSION),
            graph: Some(self.graph),
            opset_import: vec![OperatorSetIdProto {
                domain: Some(String::new()),
                version: Some(OPERATORS_VERSION),
            }],
            producer_name: Some("rostrum".into()),
            ..Default::default()
        };
        model.write_buf().map_err(|error| RecipeError::Write(Box::new(error)))
    }
}

/// A table of vectors in a graph.
pub(super) struct Table {
    bytes: String,
    scales: String,
}

fn described(name: &str, kind: DataType, sides: &[&str]) -> ValueInfoProto {
    let side = |side: &&str| match side.parse() {
        Ok(length) => Dimension { dim_value: Some(length), dim_param: None },
        Err(_) => Dimension { dim_value: None, dim_param: Some((*side).to_owned()) },
    };
    let shape = TensorShapeProto { dim: sides.iter().map(side).collect() };
    ValueInfoProto {
        name: Some(name.into()),
        r#type: Some(TypeProto {
            tensor_type: Some(TypeProtoTensor { elem_type: Some(kind), shape: Some(shape) }),
            ..Default::default()
        }),
    }
}
