//! What things are: ids, specs, states with their transitions, units, clock and chance.
//!
//! This crate holds the nouns every other crate talks about. It does no I/O, knows no async runtime, and writes no
//! wire or column names; those live in `rostrum-api` and `rostrum-store`. To add a noun, add a module with its id (in
//! [`ids`]), its insert type, its states and their transition functions.

pub mod asset;
pub mod avatar;
pub mod batch;
pub mod clock;
pub mod consent;
pub mod credits;
pub mod delivery;
pub mod event;
pub mod folder;
pub mod glossary;
pub mod ids;
pub mod keyed_request;
mod media_type;
pub mod photo_generation;
pub mod picture;
pub mod presenter;
pub mod processing;
pub mod scope;
pub mod speech;
pub mod upload;
pub mod video;
pub mod voice;
pub mod webhook;
pub mod workspace;
