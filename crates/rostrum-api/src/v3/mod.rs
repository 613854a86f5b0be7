//! The current generation: `/v3`.

mod asset_input;
pub mod asset_search;
pub mod assets;
pub mod avatars;
pub mod brand_glossaries;
pub mod consents;
pub mod page;
pub mod tus;
pub mod uploads;
pub mod videos;
pub mod voices;

use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Refusal;

/// Base64 with or without `=` at its end.
const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Reads a body; what is wrong is told with the path of its field.
fn read_body<T: DeserializeOwned>(body: Value) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(body).map_err(|error| {
        let path = error.path().to_string();
        Refusal::invalid(&path, format!("'{path}': {}.", error.inner()))
    })
}

/// The envelope of a single answer: `{"data": ...}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Data<T> {
    /// The answer itself.
    pub data: T,
}
