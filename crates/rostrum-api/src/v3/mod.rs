//! The current generation: `/v3`.

mod asset_input;
pub mod asset_search;
pub mod assets;
pub mod avatars;
pub mod batches;
pub mod brand_glossaries;
pub mod consents;
pub mod page;
pub mod tus;
pub mod twins;
pub mod uploads;
pub mod users;
pub mod videos;
pub mod voices;
pub mod webhooks;

use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chrono::{DateTime, SecondsFormat, Utc};
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
    serde_path_to_error::deserialize(body).map_err(|error| misread("", &error))
}

/// Reads the object at `place` of a body, without taking it: bodies may have whole files in them.
pub(crate) fn read_part<T: DeserializeOwned>(place: &str, part: &Value) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(part).map_err(|error| misread(place, &error))
}

fn misread(place: &str, error: &serde_path_to_error::Error<serde_json::Error>) -> Refusal {
    let inner = error.path().to_string();
    // The path of the object itself is written as a dot.
    let path = match (place, inner.as_str()) {
        ("", ".") => "body".to_owned(),
        ("", _) => inner,
        (place, ".") => place.to_owned(),
        (place, inner) => format!("{place}.{inner}"),
    };
    Refusal::invalid(&path, format!("'{path}': {}.", error.inner()))
}

/// A time by ISO 8601 in UTC, with milliseconds.
fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The envelope of a single answer: `{"data": ...}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Data<T> {
    /// The answer itself.
    pub data: T,
}
