//! WebP.

use std::io::{Read, Seek};

use rostrum_model::asset::MediaType;

use super::source::Source;
use super::{ImageLimits, Inspected};
use crate::error::MediaError;

/// Walks the chunks (RFC 9649, section 2).
pub(super) fn inspect(
    source: &mut Source<impl Read + Seek>,
    limits: ImageLimits,
) -> Result<Inspected, MediaError> {
    source.skip(4)?;
    let content = u64::from(u32::from_le_bytes(source.read()?));
    if content > source.remaining() {
        // Skipping tells how much is missing.
        source.skip(content)?;
    }
    let end = source.position() + content;
    source.skip(4)?;
    let mut canvas = None;
    let (mut frames, mut has_pixels) = (0, false);
    while source.position() + 8 <= end {
        source.count_part()?;
        let kind: [u8; 4] = source.read()?;
        let length = u64::from(u32::from_le_bytes(source.read()?));
        let next = source.position() + length + length % 2;
        if next > end + 1 {
            return Err(MediaError::malformed("a chunk of the WebP reaches beyond its end"));
        }
        let size = match &kind {
            b"VP8X" => Some(extended_size(&source.read()?)),
            b"VP8 " => Some(lossy_size(&source.read()?)?),
            b"VP8L" => Some(lossless_size(source.read()?)?),
            b"ANMF" => {
                let [_, _, _, _, _, _, size @ ..]: [u8; 12] = source.read()?;
                frames += 1;
                Some((u24(&size[..3]) + 1, u24(&size[3..]) + 1))
            }
            _ => None,
        };
        has_pixels |= matches!(&kind, b"VP8 " | b"VP8L" | b"ANMF");
        if let Some((width, height)) = size {
            limits.check(width, height)?;
            let canvas = *canvas.get_or_insert((width, height));
            limits.check_frames((canvas.0.max(width), canvas.1.max(height)), frames)?;
        }
        source.seek_to(next.min(source.len()))?;
    }
    let size =
        canvas.filter(|_| has_pixels).ok_or_else(|| MediaError::malformed("the WebP has no pixels"))?;
    Ok(Inspected::picture(MediaType::Webp, size, frames.max(1)))
}

fn u24(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte))
}

fn extended_size(header: &[u8; 10]) -> (u32, u32) {
    (u24(&header[4..7]) + 1, u24(&header[7..]) + 1)
}

/// RFC 6386, section 9.1.
fn lossy_size(header: &[u8; 10]) -> Result<(u32, u32), MediaError> {
    let [_, _, _, 0x9d, 0x01, 0x2a, w1, w2, h1, h2] = *header else {
        return Err(MediaError::malformed("the WebP's picture does not begin with a key frame"));
    };
    let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
    Ok((side(w1, w2), side(h1, h2)))
}

fn lossless_size(header: [u8; 5]) -> Result<(u32, u32), MediaError> {
    let [0x2f, bits @ ..] = header else {
        return Err(MediaError::malformed("the WebP's lossless picture has no signature"));
    };
    let bits = u32::from_le_bytes(bits);
    Ok(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
}
