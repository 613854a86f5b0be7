//! Why a sound could not be listened to.

use std::path::PathBuf;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// What went wrong, in kinds a caller acts on.
#[derive(Debug, thiserror::Error)]
pub enum RecognitionError {
    /// The networks do not know the language.
    #[error("there is no language '{code}'; it is a code of two or three letters, as en, de or yue")]
    LanguageUnknown {
        /// The code asked for.
        code: String,
    },
    /// A model file is missing or cannot be read.
    #[error("cannot read the model file {path}")]
    ModelFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A model file is not what it should be.
    #[error("the model file {path} is damaged: {what}")]
    ModelDamaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
        /// What the reader of the file said.
        source: Option<Source>,
    },
    /// A network failed.
    #[error("the network failed")]
    Inference(#[source] Source),
}
