//! JPEG.

use std::io::{Read, Seek};

use rostrum_model::asset::MediaType;

use super::source::Source;
use super::{ImageLimits, Inspected};
use crate::error::{Limited, MediaError};

/// The most scans of a picture; encoders make about ten. Each one costs a pass over all pixels and may be empty.
const MAX_SCANS: u64 = 100;

/// The most bytes without meaning between two segments.
const MAX_GAP_BYTES: u64 = 64 << 10;

/// More than the pixels of any encoder need, all scans together.
const MAX_BYTES_PER_PIXEL: u64 = 8;

/// Walks the segments and scans up to the end marker (ITU-T T.81, annex B).
pub(super) fn inspect(
    source: &mut Source<impl Read + Seek>,
    limits: ImageLimits,
) -> Result<Inspected, MediaError> {
    source.skip(2)?;
    let mut size = None;
    let mut scans = 0;
    let mut longest_gap = MAX_GAP_BYTES;
    loop {
        let marker = next_marker(source, longest_gap)?;
        match (marker, size) {
            // End of the picture.
            (0xd9, Some(size)) if scans > 0 => return Ok(Inspected::picture(MediaType::Jpeg, size, 1)),
            (0xd9, _) => return Err(MediaError::malformed("the JPEG has no pixels")),
            // Without content.
            (0x01 | 0xd0..=0xd8, _) => continue,
            _ => {}
        }
        source.count_part()?;
        let length = u64::from(u16::from_be_bytes(source.read()?));
        let content =
            length.checked_sub(2).ok_or_else(|| MediaError::malformed("a JPEG segment has no length"))?;
        match (marker, size) {
            // Start of frame, of any coding.
            (0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf, None) if content >= 5 => {
                let [_precision, h1, h2, w1, w2] = source.read()?;
                let (width, height) = (u16::from_be_bytes([w1, w2]), u16::from_be_bytes([h1, h2]));
                limits.check(u32::from(width), u32::from(height))?;
                size = Some((u32::from(width), u32::from(height)));
                source.skip(content - 5)?;
            }
            (0xda, Some((width, height))) => {
                scans += 1;
                Limited::ImageScans.check(scans, MAX_SCANS)?;
                source.skip(content)?;
                // From now on there is coded data between the markers.
                let pixels = u64::from(width) * u64::from(height);
                longest_gap = pixels * MAX_BYTES_PER_PIXEL + MAX_GAP_BYTES;
            }
            (0xda, None) => return Err(MediaError::malformed("the JPEG has pixels before its size")),
            _ => source.skip(content)?,
        }
    }
}

/// Goes to the next marker, over coded data, and past it.
fn next_marker(source: &mut Source<impl Read + Seek>, longest_gap: u64) -> Result<u8, MediaError> {
    let mut left = longest_gap;
    loop {
        let Some(passed) = source.skip_past(0xff, left)? else {
            return Err(MediaError::malformed(if source.remaining() == 0 {
                "the JPEG ends before its end marker"
            } else {
                "the JPEG has more data than its pixels can need"
            }));
        };
        left = left.saturating_sub(passed);
        let mut marker = source.read_u8()?;
        while marker == 0xff {
            left = left.saturating_sub(1);
            if left == 0 {
                return Err(MediaError::malformed("the JPEG has endless padding"));
            }
            marker = source.read_u8()?;
        }
        // 0 stands for the byte 0xff within coded data.
        if marker != 0 && !(0xd0..=0xd7).contains(&marker) {
            return Ok(marker);
        }
        if left == 0 {
            return Err(MediaError::malformed("the JPEG has more data than its pixels can need"));
        }
    }
}
