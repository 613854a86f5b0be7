//! HEIC and AVIF.

use std::io::{Read, Seek};

use rostrum_model::asset::MediaType;

use super::source::Source;
use super::{InspectLimits, Inspected, boxes};
use crate::error::MediaError;
use crate::heif::Items;

/// The longest list of items, in bytes; that of a phone's photo has a few thousand.
const MAX_ITEM_LIST_BYTES: u64 = 4 << 20;

pub(super) fn inspect(
    media_type: MediaType,
    source: &mut Source<impl Read + Seek>,
    limits: &InspectLimits,
) -> Result<Inspected, MediaError> {
    let meta = item_list(source, limits)?;
    let items = Items::read(&meta)?;
    for (width, height) in items.all_sizes() {
        limits.image.check(width, height)?;
    }
    let size = items.primary().and_then(|item| items.size(item));
    let size = size.ok_or_else(|| MediaError::malformed("the picture does not tell its size"))?;
    Ok(Inspected::picture(media_type, size, 1))
}

/// The content of the box that lists the items.
pub(super) fn item_list(
    source: &mut Source<impl Read + Seek>,
    limits: &InspectLimits,
) -> Result<Vec<u8>, MediaError> {
    let place = boxes::walk(source, limits)?
        .item_list
        .ok_or_else(|| MediaError::malformed("it has no 'meta' box, which lists the pictures"))?;
    let length = place.end - place.start;
    if length > MAX_ITEM_LIST_BYTES {
        return Err(MediaError::malformed(format!(
            "the picture's list of items is {length} bytes long, at most {MAX_ITEM_LIST_BYTES} are taken"
        )));
    }
    source.seek_to(place.start)?;
    source.read_vec(length)
}
