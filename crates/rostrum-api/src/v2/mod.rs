//! The second generation, which lives on here: `/v2`, and the newer operations of `/v1` that speak like it.

pub mod avatars;
pub mod photo_avatars;
pub mod video_generate;
mod video_texts;
pub mod voices;

use serde::{Deserialize, Serialize};

use crate::error::ErrorCode;

/// The envelope of an error: `{"error": {"code": "...", "message": "..."}, "data": null}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct V2Error {
    /// What went wrong.
    pub error: V2ErrorBody,
    /// Always null.
    pub data: Option<()>,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct V2ErrorBody {
    /// One of [`ErrorCode::as_str`].
    pub code: String,
    /// For people.
    pub message: String,
}

impl V2Error {
    /// The envelope around an error.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let error = V2ErrorBody { code: code.as_str().to_owned(), message: message.into() };
        Self { error, data: None }
    }
}
