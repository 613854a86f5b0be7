//! A small interpreter for `.tflite` models.

/// A model file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The file ends too early or an offset in it points outside.
    #[error("the model file is damaged")]
    Malformed,
}
