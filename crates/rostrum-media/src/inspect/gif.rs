//! GIF.

use std::io::{Read, Seek};

use rostrum_model::asset::MediaType;

use super::source::Source;
use super::{ImageLimits, Inspected};
use crate::error::MediaError;

/// Walks the blocks up to the trailer (`GIF89a`, section 17 on).
pub(super) fn inspect(
    source: &mut Source<impl Read + Seek>,
    limits: ImageLimits,
) -> Result<Inspected, MediaError> {
    source.skip(6)?;
    let (width, height) = (read_u16(source)?, read_u16(source)?);
    limits.check(width, height)?;
    let [flags, _background, _aspect] = source.read()?;
    skip_palette(source, flags)?;
    let mut frames = 0;
    loop {
        source.count_part()?;
        // Some writers leave the trailer out.
        if source.remaining() == 0 && frames > 0 {
            break;
        }
        match source.read_u8()? {
            b'!' => {
                source.skip(1)?;
                skip_blocks(source)?;
            }
            b',' => {
                source.skip(4)?;
                let (frame_width, frame_height) = (read_u16(source)?, read_u16(source)?);
                limits.check(frame_width, frame_height)?;
                frames += 1;
                limits.check_frames((width.max(frame_width), height.max(frame_height)), frames)?;
                let flags = source.read_u8()?;
                skip_palette(source, flags)?;
                source.skip(1)?;
                skip_blocks(source)?;
            }
            b';' if frames > 0 => break,
            b';' => return Err(MediaError::malformed("the GIF has no frame")),
            // Padding between blocks.
            0 => {}
            unknown => {
                let at = source.position() - 1;
                return Err(MediaError::malformed(format!(
                    "byte {at} of the GIF, {unknown:#04x}, begins no block"
                )));
            }
        }
    }
    Ok(Inspected::picture(MediaType::Gif, (width, height), frames))
}

fn read_u16(source: &mut Source<impl Read + Seek>) -> Result<u32, MediaError> {
    Ok(u32::from(u16::from_le_bytes(source.read()?)))
}

fn skip_palette(source: &mut Source<impl Read + Seek>, flags: u8) -> Result<(), MediaError> {
    if flags & 0x80 == 0 { Ok(()) } else { source.skip(3 << (flags & 7) << 1) }
}

/// Skips the parts of at most 255 bytes that content comes in.
fn skip_blocks(source: &mut Source<impl Read + Seek>) -> Result<(), MediaError> {
    loop {
        source.count_part()?;
        match source.read_u8()? {
            0 => return Ok(()),
            length => source.skip(u64::from(length))?,
        }
    }
}
