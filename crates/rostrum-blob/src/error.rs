//! What can go wrong with bytes.

use std::io;

/// What a caller can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlobErrorKind {
    /// A file that was handed over is not there. (Reading a missing blob is no error but `None`.)
    NotFound,
    /// No room: the disk or a quota is full. Trying again helps only after room was made.
    Full,
    /// The storage failed in another way.
    Io,
}

/// A failed operation on bytes.
#[derive(Debug, thiserror::Error)]
#[error("could not {action}")]
pub struct BlobError {
    /// What a caller can act on.
    pub kind: BlobErrorKind,
    /// What was being done, as a verb phrase.
    pub action: &'static str,
    /// Why it failed.
    #[source]
    pub source: io::Error,
}

impl BlobError {
    /// For `map_err`: names what was being done when the I/O error came.
    pub(crate) fn during(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| {
            let kind = match source.kind() {
                io::ErrorKind::NotFound => BlobErrorKind::NotFound,
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                    BlobErrorKind::Full
                }
                _ => BlobErrorKind::Io,
            };
            Self { kind, action, source }
        }
    }
}
