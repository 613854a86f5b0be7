//! PNG and its moving form, APNG.

use std::io::{Read, Seek};

use rostrum_model::asset::MediaType;

use super::source::Source;
use super::{ImageLimits, Inspected};
use crate::error::MediaError;

const SIGNATURE_LENGTH: u64 = 8;
const CHECKSUM_LENGTH: u64 = 4;

/// Walks the chunks up to the last one (PNG, third edition, section 5.3).
pub(super) fn inspect(
    source: &mut Source<impl Read + Seek>,
    limits: ImageLimits,
) -> Result<Inspected, MediaError> {
    source.skip(SIGNATURE_LENGTH)?;
    let [_, _, _, _, kind @ ..]: [u8; 8] = source.read()?;
    if kind != *b"IHDR" {
        return Err(MediaError::malformed("the PNG does not begin with its header chunk"));
    }
    let (width, height) = (u32::from_be_bytes(source.read()?), u32::from_be_bytes(source.read()?));
    limits.check(width, height)?;
    source.skip(5 + CHECKSUM_LENGTH)?;
    let (mut frames, mut has_pixels) = (1, false);
    loop {
        source.count_part()?;
        let length = u64::from(u32::from_be_bytes(source.read()?));
        let kind: [u8; 4] = source.read()?;
        match &kind {
            b"IEND" if has_pixels => {
                source.skip(length + CHECKSUM_LENGTH)?;
                return Ok(Inspected::picture(MediaType::Png, (width, height), frames));
            }
            b"IEND" => return Err(MediaError::malformed("the PNG has no pixels")),
            b"IHDR" => return Err(MediaError::malformed("the PNG has two header chunks")),
            b"IDAT" => has_pixels = true,
            b"acTL" if length >= 4 => {
                frames = u64::from(u32::from_be_bytes(source.read()?)).max(1);
                limits.check_frames((width, height), frames)?;
                source.skip(length - 4 + CHECKSUM_LENGTH)?;
                continue;
            }
            _ => {}
        }
        source.skip(length + CHECKSUM_LENGTH)?;
    }
}
