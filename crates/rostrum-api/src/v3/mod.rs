//! The current generation: `/v3`.

pub mod assets;
pub mod page;
pub mod tus;
pub mod uploads;
pub mod videos;
pub mod voices;

use serde::{Deserialize, Serialize};

/// The envelope of a single answer: `{"data": ...}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Data<T> {
    /// The answer itself.
    pub data: T,
}
