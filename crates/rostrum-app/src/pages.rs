//! Places in lists, as text for page tokens.

use std::fmt::Display;
use std::str::FromStr;

use chrono::DateTime;
pub use rostrum_store::Cursor;

/// A page out of rows of which one more was read than it holds, and the place behind it when that one is there.
pub(crate) fn page_of<T, C>(
    mut rows: Vec<T>,
    most: usize,
    place_after: impl FnOnce(&T) -> C,
) -> (Vec<T>, Option<C>) {
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().filter(|_| more).map(place_after);
    (rows, next)
}

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
