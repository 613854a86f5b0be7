//! Presenters: people drawn from data, half-length, with hands.
//!
//! [`Presenter`] draws a [`Pose`](crate::Pose). `face`, `mouth`, `hair`, `beard`, `extras`, `body` and `arms` each draw one part
//! with the brushes of `paint` and the colours of `palette`; `engine` knows their order, and which pixels a change of
//! the pose touches. [`cast`] holds the people that everybody may use.
//!
//! To add a hair style, a garment or a hat: a variant in `rostrum_model::presenter` and a case where it is drawn. To add
//! a person: an entry in `cast.toml`.

mod arms;
mod beard;
mod body;
pub mod cast;
mod describe;
mod engine;
mod extras;
mod face;
mod hair;
mod mouth;
mod paint;
mod palette;
mod setting;
mod sitting;
#[cfg(test)]
mod tests;

pub use describe::Description;
pub use engine::{Backdrop, Framing, Presenter, PresenterScratch};
pub use setting::picture as setting_picture;
pub use sitting::framing;
