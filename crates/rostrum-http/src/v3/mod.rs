//! Handlers of `/v3`.

pub(crate) mod assets;
pub(crate) mod uploads;
pub(crate) mod videos;
pub(crate) mod voices;

use std::collections::HashMap;
use std::str::FromStr;

use rostrum_api::error::Refusal;
use rostrum_api::v3::page::place;
use rostrum_app::pages::{Cursor, cursor_from_text};

/// A query's parameters by name; the last of repeated ones wins.
pub(crate) type Query = axum::extract::Query<HashMap<String, String>>;

/// Reads a page token of a list that goes from new to old.
pub(crate) fn cursor<I: FromStr>(token: &str) -> Result<Cursor<I>, Refusal> {
    cursor_from_text(&place(token)?)
        .ok_or_else(|| Refusal::invalid("token", "'token' is not a page token of this list."))
}
