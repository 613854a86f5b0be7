//! Pictures in HEIC and AVIF files: a list of items with properties, in boxes (ISO/IEC 23008-12).
//!
//! ffmpeg of many versions reads either none of these files or only the simplest, so the items are taken apart here and
//! only their coded pictures go to its decoders.

mod coded;
mod items;

pub(crate) use coded::{Codec, CodedPicture, CodedPictures, Transform};
pub(crate) use items::Items;
