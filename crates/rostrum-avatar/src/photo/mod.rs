//! The photo engine: a portrait warped by a pose.

pub(crate) mod area;
pub(crate) mod backdrop;
mod coverage;
pub(crate) mod deform;
mod engine;
pub(crate) mod geometry;
pub(crate) mod kept_teeth;
mod lids;
mod links;
pub(crate) mod look;
pub(crate) mod mouth;
mod photo_teeth;
mod placement;
pub(crate) mod raster;
mod reach;
mod sampling;
mod silhouette;
#[cfg(test)]
mod tests;
pub(crate) mod texture;
pub(crate) mod topology;
pub(crate) mod triangles;

pub use engine::{AvatarError, PhotoAvatar, Scratch};
pub use placement::{CropBox, Placement};
