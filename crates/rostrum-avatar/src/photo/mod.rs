//! The photo engine: a portrait warped by a pose.

mod area;
mod backdrop;
mod coverage;
mod deform;
mod engine;
mod geometry;
mod look;
mod mouth;
mod placement;
mod raster;
mod reach;
mod silhouette;
#[cfg(test)]
mod tests;
mod texture;
mod topology;
mod triangles;

pub use engine::{AvatarError, PhotoAvatar, Scratch};
pub use placement::{CropBox, Placement};
