//! One file per command.

pub(crate) mod assets;
pub(crate) mod backup;
pub(crate) mod certificate;
pub(crate) mod credits;
pub(crate) mod doctor;
pub(crate) mod keys;
pub(crate) mod models;
pub(crate) mod serve;
pub(crate) mod settings;
pub(crate) mod workspaces;

use chrono::{DateTime, Utc};

/// An instant to the minute, for people.
fn minute(at: DateTime<Utc>) -> impl std::fmt::Display {
    at.format("%Y-%m-%d %H:%M UTC")
}
