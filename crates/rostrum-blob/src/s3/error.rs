//! What the store says, as errors of blobs.

use std::io;

use object_store::Error;

use crate::error::BlobError;

/// The codes by which servers tell that there is no room.
const FULL_CODES: [&str; 4] =
    ["QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "507 Insufficient Storage"];

/// For `map_err`: names what was being done when the store failed.
pub(super) fn during(action: &'static str) -> impl FnOnce(Error) -> BlobError {
    move |error| {
        let text = error.to_string();
        let kind = if FULL_CODES.iter().any(|code| text.contains(code)) {
            io::ErrorKind::QuotaExceeded
        } else {
            io::ErrorKind::Other
        };
        BlobError::during(action)(io::Error::new(kind, error))
    }
}

/// For `map_err`, where another kind of failure came.
pub(super) fn because<E>(action: &'static str) -> impl FnOnce(E) -> BlobError
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    move |error| BlobError::during(action)(io::Error::other(error))
}

/// `None` for the error that says there is no such object.
pub(super) fn present<T>(result: object_store::Result<T>) -> object_store::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
