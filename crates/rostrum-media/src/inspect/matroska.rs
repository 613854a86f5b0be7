//! Matroska and `WebM`.

use std::io::{Read, Seek};

use rostrum_model::asset::MediaType;

use super::Inspected;
use super::source::Source;
use crate::error::MediaError;

const SEGMENT: [u8; 4] = [0x18, 0x53, 0x80, 0x67];

/// Finds the one segment, which has everything, and checks that the file reaches to its end (RFC 9559, section 5).
pub(super) fn inspect(
    media_type: MediaType,
    source: &mut Source<impl Read + Seek>,
) -> Result<Inspected, MediaError> {
    source.skip(4)?;
    let header_length = read_size(source)?
        .ok_or_else(|| MediaError::malformed("the header of the Matroska file has no length"))?;
    source.skip(header_length)?;
    loop {
        source.count_part()?;
        let first = source.read_u8()?;
        let mut id = [0; 4];
        id[0] = first;
        let length = first.leading_zeros() as usize + 1;
        for byte in id.get_mut(1..length).ok_or_else(|| MediaError::malformed("an element has no name"))? {
            *byte = source.read_u8()?;
        }
        match (id, read_size(source)?) {
            // Live recordings do not know their length.
            (SEGMENT, None) => return Ok(Inspected::of(media_type)),
            (SEGMENT, Some(size)) => {
                source.skip(size)?;
                return Ok(Inspected::of(media_type));
            }
            (_, Some(size)) => source.skip(size)?,
            (_, None) => return Err(MediaError::malformed("an element before the segment has no length")),
        }
    }
}

/// A length of 1 to 8 bytes; `None` when it is unknown (RFC 8794, section 6).
fn read_size(source: &mut Source<impl Read + Seek>) -> Result<Option<u64>, MediaError> {
    let first = source.read_u8()?;
    let more = first.leading_zeros();
    if more > 7 {
        return Err(MediaError::malformed("an element has a length of more than 8 bytes"));
    }
    let mut size = u64::from(first) & ((1 << (7 - more)) - 1);
    for _ in 0..more {
        size = size << 8 | u64::from(source.read_u8()?);
    }
    let is_unknown = size == (1 << (7 * (more + 1))) - 1;
    Ok((!is_unknown).then_some(size))
}
