//! Handlers of `/v3`.

pub(crate) mod assets;
pub(crate) mod videos;
pub(crate) mod voices;

use std::collections::HashMap;

/// A query's parameters by name; the last of repeated ones wins.
pub(crate) type Query = axum::extract::Query<HashMap<String, String>>;
