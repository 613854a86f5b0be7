//! The second generation, which lives on here: `/v2`, and the newer operations of `/v1` that speak like it.

pub mod avatars;
pub mod photo_avatars;
pub mod photo_generations;
pub mod user;
pub mod video_generate;
mod video_texts;
pub mod voices;

use serde::{Deserialize, Serialize};

use crate::error::{FaultBody, Refusal};

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
    /// One of [`crate::error::ErrorCode::as_str`].
    pub code: String,
    /// For people.
    pub message: String,
    /// All that is wrong, where there is more than one fault (beyond the contract).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FaultBody>,
}

impl From<&Refusal> for V2Error {
    fn from(refusal: &Refusal) -> Self {
        let error = V2ErrorBody {
            code: refusal.code.as_str().to_owned(),
            message: refusal.message.clone(),
            errors: FaultBody::list(refusal),
        };
        Self { error, data: None }
    }
}
