//! Captions: what is shown when, where and how.

mod cue;
mod fit;
mod place;
mod presets;
mod style;
mod track;

pub use cue::{Cue, CueWord, cues};
pub use place::safe_area;
pub use presets::PRESETS;
pub use style::{Anchor, CaptionStyle, Highlight};
pub use track::{CaptionState, CaptionTrack};
