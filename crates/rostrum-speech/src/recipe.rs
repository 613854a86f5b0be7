//! How the Kokoro file that rten runs is made from the published int8 export.
//!
//! The export was made for ONNX Runtime. Loaded unchanged, rten refuses one fused operator, and without it the voice
//! sounds damaged: 3.5 dB too much energy at 8-12 kHz, clipped peaks, a wrong pitch. Four local edits put that right, and a
//! fifth gives the network an input `pitch`; each is described where it is made. The result is byte for byte
//! reproducible, so its hash is pinned.

use std::cell::RefCell;

use rten_onnx::onnx::{
    AttributeProto, AttributeType, DataType, Dimension, GraphProto, ModelProto, NodeProto, TensorProto,
    TensorShapeProto, TypeProto, TypeProtoTensor, ValueInfoProto,
};

/// Version of [`patch_kokoro`]; raised whenever its output changes.
pub const RECIPE_VERSION: u32 = 2;

/// SHA-256, in hex, of the export the recipe starts from.
pub const KOKORO_SOURCE_SHA256: &str = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb";

/// SHA-256, in hex, of what [`patch_kokoro`] makes of it.
pub const KOKORO_PATCHED_SHA256: &str = "eaa9278138a69596eb3115a6ad40f6e7019d79d28fd51c6130e7092f97bcdfac";

/// Input of the patched network: a factor on the pitch, as [1]. A factor of 1 changes no bit of the sound.
pub(crate) const PITCH: &str = "pitch";

/// The curve of the pitch that the network foretells, in Hz.
const PITCH_CURVE: &str = "/encoder/Squeeze_output_0";

/// Name prefix of the nodes of the waveform generator.
const GENERATOR: &str = "/decoder/decoder/generator/";
/// Added to the real part before dividing, so that an empty bin has phase 0 and not NaN.
const EMPTY_BIN_OFFSET: f32 = 1e-20;
const OFFSET_NAME: &str = "eps_1e20";

/// Why the Kokoro file could not be patched.
#[derive(Debug, thiserror::Error)]
pub enum RecipeError {
    /// The bytes are not an ONNX model.
    #[error("not an ONNX model")]
    Malformed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The model lacks a node the recipe edits, or has it in another form: it is another export.
    #[error("not the known Kokoro export: {node} is missing or different")]
    UnknownExport {
        /// The node looked for.
        node: &'static str,
    },
    /// The patched model could not be written to memory.
    #[error("writing the patched model failed")]
    Write(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Makes the model rten runs right out of the published int8 export.
///
/// # Errors
///
/// When the bytes are no ONNX model, or not the known export. Callers check the hash of what comes out against
/// [`KOKORO_PATCHED_SHA256`].
pub fn patch_kokoro(export: &[u8]) -> Result<Vec<u8>, RecipeError> {
    let mut model = ModelProto::parse_buf(export).map_err(|error| RecipeError::Malformed(Box::new(error)))?;
    let graph = model.graph.as_mut().ok_or(RecipeError::UnknownExport { node: "graph" })?;
    let mut edits = Edits::default();
    for node in std::mem::take(&mut graph.node) {
        edit_node(node, graph, &mut edits)?;
    }
    edits.all_made()?;
    graph.node = edits.nodes;
    graph.input.push(pitch_input());
    graph.initializer.push(TensorProto {
        data_type: Some(DataType::FLOAT),
        raw_data: Some(RefCell::new(EMPTY_BIN_OFFSET.to_le_bytes().to_vec())),
        name: Some(OFFSET_NAME.into()),
        ..Default::default()
    });
    model.write_buf().map_err(|error| RecipeError::Write(Box::new(error)))
}

/// The new node list, and which edits were made.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "one per edit, all must be true")]
struct Edits {
    nodes: Vec<NodeProto>,
    fused_matmul: bool,
    phase_division: bool,
    quadrant_test: bool,
    padded_convolution: bool,
    pitch_curve: bool,
}

impl Edits {
    fn all_made(&self) -> Result<(), RecipeError> {
        for (made, node) in [
            (self.fused_matmul, "FusedMatMul"),
            (self.phase_division, "generator/Div"),
            (self.quadrant_test, "generator/Greater"),
            (self.padded_convolution, "ConvInteger with padding"),
            (self.pitch_curve, "encoder/Squeeze"),
        ] {
            if !made {
                return Err(RecipeError::UnknownExport { node });
            }
        }
        Ok(())
    }
}

fn edit_node(mut node: NodeProto, graph: &mut GraphProto, edits: &mut Edits) -> Result<(), RecipeError> {
    let name = node.name.clone().unwrap_or_default();
    match node.op_type.as_deref() {
        Some("FusedMatMul") => {
            let transpose = unfuse_matmul(&mut node)?;
            edits.nodes.push(transpose);
            edits.fused_matmul = true;
        }
        Some("ConvInteger") => {
            if let Some(pad) = pad_explicitly(&mut node, &name, graph)? {
                edits.nodes.push(pad);
                edits.padded_convolution = true;
            }
        }
        Some(_) if name.strip_prefix(GENERATOR) == Some("Div") => {
            let offset = offset_divisor(&mut node)?;
            edits.nodes.push(offset);
            edits.phase_division = true;
        }
        // The phase of a bin is atan(im / re), then moved by pi or -pi for re < 0, by the test `im > 0`. For the DC and
        // Nyquist bins im is exactly 0 in rten's FFT, as it is in PyTorch's, whose angle() answers +pi there.
        Some("Greater") if name.strip_prefix(GENERATOR) == Some("Greater") => {
            node.op_type = Some("GreaterOrEqual".into());
            edits.quadrant_test = true;
        }
        Some("Squeeze") if node.output.first().map(String::as_str) == Some(PITCH_CURVE) => {
            let scaled = scale_pitch(&mut node);
            edits.nodes.push(node);
            edits.nodes.push(scaled);
            edits.pitch_curve = true;
            return Ok(());
        }
        _ => {}
    }
    edits.nodes.push(node);
    Ok(())
}

/// The voice is made from a curve of its pitch, so a higher voice with the same timbre is one multiplication of that curve.
fn scale_pitch(node: &mut NodeProto) -> NodeProto {
    let foretold = String::from("pitch_foretold");
    node.output = vec![foretold.clone()];
    NodeProto {
        name: Some("pitch_scaled".into()),
        op_type: Some("Mul".into()),
        input: vec![foretold, PITCH.into()],
        output: vec![PITCH_CURVE.into()],
        ..Default::default()
    }
}

fn pitch_input() -> ValueInfoProto {
    let one = Dimension { dim_value: Some(1), dim_param: None };
    let shape = TensorShapeProto { dim: vec![one] };
    ValueInfoProto {
        name: Some(PITCH.into()),
        r#type: Some(TypeProto {
            tensor_type: Some(TypeProtoTensor { elem_type: Some(DataType::FLOAT), shape: Some(shape) }),
            ..Default::default()
        }),
    }
}

/// rten does not know Microsoft's `FusedMatMul`: the transposition of its first operand becomes a node of its own.
fn unfuse_matmul(node: &mut NodeProto) -> Result<NodeProto, RecipeError> {
    let unknown = RecipeError::UnknownExport { node: "FusedMatMul" };
    let flag = |key: &str| node.attribute.iter().find(|a| a.name.as_deref() == Some(key)).and_then(|a| a.i);
    if flag("transA") != Some(1) || flag("transB").unwrap_or(0) != 0 {
        return Err(unknown);
    }
    let Some(operand) = node.input.first_mut() else { return Err(unknown) };
    let transposed = format!("{operand}_t");
    let transpose = NodeProto {
        name: Some(transposed.clone()),
        op_type: Some("Transpose".into()),
        input: vec![std::mem::replace(operand, transposed.clone())],
        output: vec![transposed],
        attribute: vec![AttributeProto {
            name: Some("perm".into()),
            ints: vec![0, 2, 1],
            r#type: Some(AttributeType::INTS),
            ..Default::default()
        }],
        ..Default::default()
    };
    node.op_type = Some("MatMul".into());
    node.domain = None;
    node.attribute.clear();
    Ok(transpose)
}

/// A bin that is exactly zero has 0 / 0 as the tangent of its phase: NaN, which then fills the whole sound.
fn offset_divisor(node: &mut NodeProto) -> Result<NodeProto, RecipeError> {
    let Some(divisor) = node.input.get_mut(1) else {
        return Err(RecipeError::UnknownExport { node: "generator/Div" });
    };
    let shifted = String::from("re_eps");
    Ok(NodeProto {
        name: Some(shifted.clone()),
        op_type: Some("Add".into()),
        input: vec![std::mem::replace(divisor, shifted.clone()), OFFSET_NAME.into()],
        output: vec![shifted],
        ..Default::default()
    })
}

/// rten 0.27 pads `ConvInteger` with 0 where the operator asks for the zero point of its input. Instance norms over
/// time spread the wrong edges over the whole sentence. A `Pad` with the zero point goes before each such node.
fn pad_explicitly(
    node: &mut NodeProto,
    name: &str,
    graph: &mut GraphProto,
) -> Result<Option<NodeProto>, RecipeError> {
    let Some(attribute) = node.attribute.iter_mut().find(|a| a.name.as_deref() == Some("pads")) else {
        return Ok(None);
    };
    if attribute.ints.iter().all(|pad| *pad == 0) {
        return Ok(None);
    }
    let [input, _weights, zero_point, ..] = node.input.as_mut_slice() else {
        return Err(RecipeError::UnknownExport { node: "ConvInteger with padding" });
    };
    let spatial = std::mem::take(&mut attribute.ints);
    attribute.ints = vec![0; spatial.len()];
    // Batch and channel axes come first and are not padded.
    let (before, after) = spatial.split_at(spatial.len() / 2);
    let all_axes = [&[0, 0], before, &[0, 0], after].concat();

    let pads = format!("{name}_pads");
    graph.initializer.push(TensorProto {
        dims: vec![all_axes.len() as i64],
        data_type: Some(DataType::INT64),
        raw_data: Some(RefCell::new(all_axes.iter().flat_map(|pad| pad.to_le_bytes()).collect())),
        name: Some(pads.clone()),
        ..Default::default()
    });
    let padded = format!("{name}_padded");
    Ok(Some(NodeProto {
        name: Some(padded.clone()),
        op_type: Some("Pad".into()),
        input: vec![std::mem::replace(input, padded.clone()), pads, zero_point.clone()],
        output: vec![padded],
        ..Default::default()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_model_are_refused() {
        assert!(patch_kokoro(b"not a model").is_err());
        assert!(matches!(patch_kokoro(&[]), Err(RecipeError::UnknownExport { node: "graph" })));
    }
}
