//! What can go wrong apart from a picture being refused.

use std::path::PathBuf;

use crate::tflite::ModelError;

/// A face model could not be loaded or run, or the picture is not a picture.
#[derive(Debug, thiserror::Error)]
pub enum FaceError {
    /// A model file is missing or unreadable.
    #[error("cannot read the face model {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A model file is damaged or is another model than its name says.
    #[error("cannot use the face model {name}")]
    Model {
        /// File name.
        name: &'static str,
        /// Why.
        #[source]
        source: ModelError,
    },
    /// Width, height and the number of bytes do not fit together, or a side is zero or too long.
    #[error("a picture of {width}x{height} pixels in {bytes} bytes is not usable")]
    Picture {
        /// Claimed width.
        width: usize,
        /// Claimed height.
        height: usize,
        /// Bytes there.
        bytes: usize,
    },
}
