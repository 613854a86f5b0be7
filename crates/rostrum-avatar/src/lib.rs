//! The avatar engine: speech and a portrait, or a drawn person, in, moving pictures out.
//!
//! The work is done in two steps that share only [`Pose`]:
//!
//! 1. [`MotionTrack::plan`] turns speech into one pose per frame: the mouth from the phonemes ([`viseme`] holds the
//!    table), blinks, glances, head sway, brows, breath and hands from a seed, the phrases and how open the mouth is.
//! 2. An [`Avatar`] draws a pose: [`PhotoAvatar`] by warping the portrait (a triangle mesh for the face, a grid for hair,
//!    neck and shoulders, and a painted mouth interior), [`presenter::Presenter`] by drawing a person from data.
//!
//! [`FootageAvatar`] is another way: it draws only the mouth of a pose, into frames of existing footage.
//!
//! Everything is a pure function of its inputs: the same portrait, speech and seed give the same bytes, whatever order
//! or thread the frames are drawn in. The crate does not find faces (`rostrum-face` does), put the avatar on a canvas,
//! encode video, or do any I/O.
//!
//! To add a viseme or a phoneme: a row in [`viseme`]. To add another kind of avatar: a type of its own that draws a
//! [`Pose`], and a variant of [`Avatar`].

// Code that tests share with benches and examples names the crate.
#[cfg(test)]
extern crate self as rostrum_avatar;

mod avatar;
mod coarticulation;
mod footage;
mod gestures;
#[cfg(test)]
mod golden;
mod manner;
mod motion;
mod photo;
mod pose;
pub mod presenter;
pub mod viseme;

pub use avatar::{Avatar, AvatarScratch};
pub use footage::{FootageAvatar, FootageError, FootageStudy, LoopPlan, MalformedStudy};
pub use manner::Manner;
pub use motion::{MotionOptions, MotionTrack};
pub use photo::{AvatarError, CropBox, PhotoAvatar, Placement, Scratch};
pub use pose::{Gesture, HandPose, MouthParams, Pose};
