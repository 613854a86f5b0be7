//! Use cases on real records and bytes, below HTTP.
#![expect(clippy::unwrap_used, reason = "tests, of which clippy knows only the marked functions")]

mod avatars;
mod credits;
mod derive;
mod presenters;
mod retention;
mod transfer;
mod uploads;
mod webhooks;
mod world;
