//! The pictures of a video, one after another at a constant rate, at flat memory.
//!
//! [`FrameReader`] plays forwards from any frame. [`FramePlayer`] gives any frame by its number, also backwards, and keeps no
//! more than a stated number of them. Both run ffmpeg in the sandbox and block: use them on a thread that may.
//!
//! Frame `n` is what is shown at `n / frames_per_second` seconds of the file, whatever rate the file has and wherever
//! reading starts: seeking and playing through give the same bytes.

mod fit;
mod player;
mod reader;

pub use fit::Fit;
pub use player::FramePlayer;
pub use reader::{FrameOptions, FrameReader};
