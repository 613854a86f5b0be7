//! Text in, pixels out, right in every script: titles, text overlays and captions.
//!
//! [`Fonts`] holds the family that is built in (Inter: Latin, Greek, Cyrillic) and the fonts of the folders it was given.
//! Text is cut into grapheme clusters, each is given the first family that has all of it, and what no font has is left out
//! and named in [`DrawnText::missing`], with [`package_for`] telling what to install: an empty box is never drawn. parley
//! shapes, orders and breaks the text (bidi, UAX #14, dictionaries for Thai, Khmer, Lao and Burmese); vello draws the glyphs,
//! colour emoji in their colours. The same text, style and fonts give the same bytes, on any thread.
//!
//! [`CaptionTrack`] plans what is shown when, and where, so that a compositor draws again only when [`CaptionTrack::at`]
//! answers another state.
//!
//! The crate does not decide which words make a caption (`rostrum-media` groups them, for files and pictures alike; [`cues`]
//! takes its result), does not put pixels onto frames, and reads nothing but the font folders.
//!
//! To add a preset of captions: a row in `caption/presets.rs`. To name a package for another script: a row in `packages.rs`.

mod caption;
mod choice;
mod draw;
mod fonts;
mod layout;
mod overlay;
mod packages;
mod paint;
mod shadow;
mod style;

pub use caption::{
    Anchor, CaptionState, CaptionStyle, CaptionTrack, Cue, CueWord, Highlight, PRESETS, cues, safe_area,
};
pub use draw::DrawnText;
pub use fonts::{BUILT_IN_FAMILY, Fonts};
pub use overlay::{TextOverlay, VerticalAlign};
pub use packages::package_for;
pub use style::{Align, Backing, BackingShape, Outline, Rgba, Shadow, TextStyle};
