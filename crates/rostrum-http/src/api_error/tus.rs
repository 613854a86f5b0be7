//! Errors of uploads by the tus protocol.

use rostrum_api::error::ErrorCode;
use rostrum_app::uploads::{AbandonError, AppendError, ReceiveError, StartUploadError};

use super::ApiError;

impl ApiError {
    /// A file that cannot be announced in headers.
    pub(crate) fn creating(error: StartUploadError) -> Self {
        match error {
            StartUploadError::TooLarge { size_bytes, max_bytes, .. } => Self::new(
                ErrorCode::PayloadTooLarge,
                format!(
                    "'Upload-Length' is {size_bytes}; this server takes at most {max_bytes} bytes of this type."
                ),
                Some("Upload-Length"),
            ),
            error
            @ (StartUploadError::Folder(_) | StartUploadError::Store(_) | StartUploadError::Blob(_)) => {
                Self::from(error)
            }
        }
    }
}

impl From<AppendError> for ApiError {
    fn from(error: AppendError) -> Self {
        let gone = |message: String| Self::new(ErrorCode::Gone, message, Some("asset_id"));
        match error {
            AppendError::NotFound => {
                Self::new(ErrorCode::NotFound, "There is no such upload.", Some("asset_id"))
            }
            AppendError::Expired => {
                gone("No bytes came until 'Upload-Expires'; create a new upload.".to_owned())
            }
            AppendError::Receive(error) => match error {
                ReceiveError::Failed { message } => gone(format!("This upload has failed: {message}")),
                ReceiveError::WrongOffset { offset, received_bytes } => Self::new(
                    ErrorCode::Conflict,
                    format!("'Upload-Offset' is {offset}, but {received_bytes} bytes are there."),
                    Some("Upload-Offset"),
                ),
                ReceiveError::AlreadyReceived => Self::new(
                    ErrorCode::Conflict,
                    "This upload has all its bytes and takes no more.",
                    Some("Upload-Offset"),
                ),
                ReceiveError::TooLong { max_bytes } => Self::new(
                    ErrorCode::PayloadTooLarge,
                    format!("The body goes on after byte {max_bytes}, the end that 'Upload-Length' told."),
                    Some("Upload-Length"),
                ),
                ReceiveError::Interrupted { received_bytes, .. } => Self::new(
                    ErrorCode::InvalidParameter,
                    format!("The body was cut off; {received_bytes} bytes are there, go on from there."),
                    None,
                ),
                error => Self::from(error),
            },
            AppendError::Complete(error) => Self::from(error),
            AppendError::Store(error) => Self::from(error),
        }
    }
}

impl From<AbandonError> for ApiError {
    fn from(error: AbandonError) -> Self {
        Self::internal(&error)
    }
}
