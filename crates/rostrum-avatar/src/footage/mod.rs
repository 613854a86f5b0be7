//! The footage engine: people in existing footage say other words.
//!
//! Eyes, blinks, head and hands stay those of the footage; the mouth is closed in every frame and opened as the speech
//! wants it. Three passes, none of which holds more than a frame:
//!
//! 1. Every frame in order goes to a `FaceTracker` (of `rostrum-face`) and, with the face that it tells, to a
//!    [`FootageStudy`]. Both results can be kept as bytes by the hash of the footage.
//! 2. [`FootageAvatar::prepare`] takes both and the one frame that [`FootageStudy::teeth_frame`] asks for.
//! 3. [`FootageAvatar::render`] draws the mouth into any frame, in any order. Where the speech is longer than the footage,
//!    [`LoopPlan`] tells which frame to show when.

mod clip;
mod engine;
mod looping;
mod study;
#[cfg(test)]
mod tests;

pub use engine::{FootageAvatar, FootageError};
pub use looping::LoopPlan;
pub use study::{FootageStudy, MalformedStudy};
