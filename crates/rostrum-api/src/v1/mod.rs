//! The first generation, which lives on here: `/v1`.

pub mod assets;
pub mod avatars;
mod error;
pub mod folders;
pub mod video_generate;
pub mod videos;
pub mod voices;
pub mod webhooks;

use serde::{Deserialize, Serialize};

pub use error::V1Error;

/// The code of every success.
const SUCCESS: u32 = 100;

/// The envelope of a success: `{"code": 100, "data": ..., "msg": null, "message": null}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Success<T> {
    /// 100.
    pub code: u32,
    /// The answer itself.
    pub data: T,
    /// Always null.
    pub msg: Option<String>,
    /// Always null.
    pub message: Option<String>,
}

impl<T> Success<T> {
    /// The envelope around an answer.
    pub fn new(data: T) -> Self {
        Self { code: SUCCESS, data, msg: None, message: None }
    }
}

/// The other envelope of a success: `{"error": null, "data": ...}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoError<T> {
    /// Always null.
    pub error: Option<String>,
    /// The answer itself.
    pub data: T,
}

impl<T> NoError<T> {
    /// The envelope around an answer.
    pub fn new(data: T) -> Self {
        Self { error: None, data }
    }
}
