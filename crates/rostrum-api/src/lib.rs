//! What things look like on the wire: request and response bodies of each API generation, the table of error codes,
//! and the conversions between bodies and the model.
//!
//! This crate moves no bytes and looks nothing up; it only says how values are written. To add an operation, put its
//! bodies into the noun's file (`v3/videos.rs` for everything about videos) and its checks into the conversion from
//! body to model, so that nothing below the API has to check again.

pub mod error;
pub mod events;
pub mod v1;
pub mod v2;
pub mod v3;

/// Reads a text of which an empty one, as forms send for a field that was left alone, is none.
pub(crate) fn filled<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let text: Option<String> = serde::Deserialize::deserialize(from)?;
    Ok(text.filter(|text| !text.is_empty()))
}
