//! A small interpreter for `.tflite` models with `f32` activations.
//!
//! Enough of the format for MediaPipe's face and selfie models, including the custom operators of the attention mesh:
//! one subgraph, one input, batch 1, image tensors as height × width × channels, weights as `f32` or `f16` (widened at
//! load). It does not run quantised models, control flow, or tensors whose shape is known only at run time.
//!
//! Everything that can be wrong with a file is found by [`Model::load`]: offsets are bounds-checked, every operator
//! checks its shapes and indexes, memory and work have limits. Running a loaded model can therefore fail only for an
//! input of the wrong length.
//!
//! To add an operator: write a module in `ops` with a type that implements `Compute` (makes a new tensor) or `Rework`
//! (changes a tensor's values where they lie), check everything in its constructor, and add one line to
//! `ops::prepare`. Field numbers of its options are those of TensorFlow's `schema.fbs`.

mod flatbuffer;
mod flexbuffer;
mod gemm;
mod graph;
mod ops;
mod schema;
mod shape;

pub use graph::{Model, Output};

/// Largest model file read, in bytes; the largest used has 2.5 MB.
pub const MAX_FILE_BYTES: usize = 16 << 20;
/// Most tensors, and most operators, in a model.
pub const MAX_TENSORS: usize = 4096;
/// Most numbers in all constants of a model, and in all tensors it computes.
pub const MAX_ELEMENTS: usize = 64 << 20;
/// Most multiplications of one run.
pub const MAX_MULTIPLICATIONS: u64 = 1 << 33;

/// A model file that cannot be used, or an input that does not fit the model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The file ends too early, an offset in it points outside, or its parts contradict each other.
    #[error("the model file is damaged: {0}")]
    Malformed(&'static str),
    /// An operator this interpreter does not know.
    #[error("the model needs the unknown operator {0}")]
    UnknownOperator(String),
    /// A known operator, used in a way this interpreter does not know.
    #[error("the model uses {operator} with {usage}, which is not supported")]
    Unsupported {
        /// Name of the operator.
        operator: &'static str,
        /// The unknown use.
        usage: &'static str,
    },
    /// More than the interpreter's limits allow.
    #[error("the model has too many {what}: at most {limit} are allowed")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// The file is a sound model, but not the one its name says.
    #[error("the model has no {0}")]
    WrongModel(String),
    /// The input's length is not the model's.
    #[error("the model takes {expected} numbers, {given} were given")]
    InputLength {
        /// The model's.
        expected: usize,
        /// That of the input.
        given: usize,
    },
}
