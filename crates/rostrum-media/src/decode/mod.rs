//! Uploaded pictures and sound, decoded.

mod audio;
mod coded;
mod image;
mod mosaic;

pub use audio::{MAX_AUDIO_S, decode_audio};
pub(crate) use coded::{Turned, decode_turned};
pub use coded::{decode_clear_picture, decode_picture};
pub use image::decode_image;
