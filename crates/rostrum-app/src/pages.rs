//! Places in lists, as text for page tokens.

use std::fmt::Display;
use std::str::FromStr;

use chrono::DateTime;
pub use rostrum_store::Cursor;

/// A cursor as text.
pub fn cursor_text<I: Display>(cursor: &Cursor<I>) -> String {
    format!("{}/{}", cursor.created_at.timestamp_micros(), cursor.id)
}

/// Reads what [`cursor_text`] wrote.
pub fn cursor_from_text<I: FromStr>(text: &str) -> Option<Cursor<I>> {
    let (micros, id) = text.split_once('/')?;
    let created_at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
    Some(Cursor { created_at, id: id.parse().ok()? })
}
