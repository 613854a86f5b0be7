//! Where a face is in a picture: bytes of pixels in, landmarks out.
//!
//! Runs the MediaPipe face models (short-range and full-range detector, attention mesh) in the crate's own small
//! interpreter for `.tflite` files ([`tflite`]) and decides whether a picture shows one face good enough to be
//! animated ([`FaceModels::find_portrait_face`]). The selfie segmentation model tells the person from the background
//! ([`Matting`], for videos [`VideoMatting`]). [`FaceTracker`] follows a face through footage.
//!
//! It does not decode image or video files, and knows no clock, network or database; its
//! only I/O is reading the model files once.
//!
//! To add a model: load it in [`FaceModels::load`] and write its pre- and post-processing as a module like
//! `detection`. To add an operator a model needs: see [`tflite`].

mod crop;
mod cut_out;
mod detection;
mod error;
mod landmarks;
mod matte;
mod mesh;
mod models;
mod occlusion;
mod plane;
mod portrait;
mod quality;
pub mod tflite;
mod track;
mod video_matte;

pub use detection::Detection;
pub use error::FaceError;
pub use landmarks::{LANDMARK_COUNT, Landmarks};
pub use matte::{Matte, Matting};
pub use models::FaceModels;
pub use portrait::{PortraitError, PortraitRefusal};
pub use quality::{PortraitQuality, PortraitWarning};
pub use track::{FaceTrack, FaceTracker, FootageFault, FootageRefusal, MalformedTrack};
pub use video_matte::VideoMatting;

#[cfg(test)]
#[path = "../tests/fixtures/mod.rs"]
mod fixtures;
