//! Voices of the Piper project: small networks (VITS), a file each, which an administrator puts into the models folder.
//!
//! A voice is `NAME.onnx` with `NAME.onnx.json` in the folder `piper/`, as the project publishes them. They are found once,
//! when the process starts ([`install`]), and a network is loaded when its voice first speaks.
//!
//! They were trained on what espeak-ng writes. English texts are read by our own reader all the same, whose
//! alphabet is spelled in that of the program (`letters`); other languages by the program.

mod catalogue;
mod config;
mod letters;
mod network;

pub use catalogue::{Refused, install};
pub(crate) use catalogue::{installed, of};
pub(crate) use network::{Network, Networks};
