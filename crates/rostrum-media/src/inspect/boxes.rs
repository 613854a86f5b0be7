//! The boxes of the MP4 family (ISO/IEC 14496-12, section 4.2; the atoms of `QuickTime` are the same).

use std::io::{Read, Seek};
use std::ops::Range;

use rostrum_model::asset::MediaType;

use super::source::Source;
use super::{InspectLimits, Inspected};
use crate::error::{Limited, MediaError};

/// Boxes that hold boxes.
const CONTAINERS: [&[u8; 4]; 14] = [
    b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"moof", b"traf", b"mvex", b"mfra",
    b"sinf", b"schi", b"gmhd",
];

/// What walking all boxes tells.
#[derive(Debug, Default)]
pub(super) struct Summary {
    has_movie: bool,
    has_pictures: bool,
    has_sound: bool,
    /// Content of the box that lists the items of HEIC and AVIF.
    pub(super) item_list: Option<Range<u64>>,
}

pub(super) fn inspect(
    media_type: MediaType,
    source: &mut Source<impl Read + Seek>,
    limits: &InspectLimits,
) -> Result<Inspected, MediaError> {
    let summary = walk(source, limits)?;
    if !summary.has_movie {
        return Err(MediaError::malformed(
            "it has no 'moov' box; the recording was cut off or never finished",
        ));
    }
    let is_sound_alone = summary.has_sound && !summary.has_pictures;
    let media_type = if media_type == MediaType::Mp4 && is_sound_alone { MediaType::M4a } else { media_type };
    Ok(Inspected::of(media_type))
}

/// Visits every box and checks that it lies within the box around it and within the file.
pub(super) fn walk(
    source: &mut Source<impl Read + Seek>,
    limits: &InspectLimits,
) -> Result<Summary, MediaError> {
    let mut summary = Summary::default();
    // Where the open boxes end, outermost first.
    let mut ends: Vec<u64> = Vec::new();
    loop {
        let end = ends.last().copied().unwrap_or(source.len());
        // QuickTime ends some boxes with 4 bytes of zeros.
        if end - source.position() < 8 {
            if ends.pop().is_none() {
                return Ok(summary);
            }
            source.seek_to(end)?;
            continue;
        }
        source.count_part()?;
        let start = source.position();
        let (kind, content_end) = read_header(source, start, end)?;
        if CONTAINERS.contains(&&kind) {
            Limited::BoxDepth.check(ends.len() as u64 + 1, limits.max_box_depth)?;
            summary.has_movie |= kind == *b"moov";
            ends.push(content_end);
            continue;
        }
        match &kind {
            b"hdlr" if content_end - source.position() >= 12 => {
                let [_, _, _, _, _, _, _, _, handler @ ..]: [u8; 12] = source.read()?;
                summary.has_pictures |= handler == *b"vide";
                summary.has_sound |= handler == *b"soun";
            }
            b"meta" if ends.is_empty() => summary.item_list = Some(source.position()..content_end),
            _ => {}
        }
        source.seek_to(content_end)?;
    }
}

/// Reads the kind of the box and where it ends; the source then stands at its content.
fn read_header(
    source: &mut Source<impl Read + Seek>,
    start: u64,
    end: u64,
) -> Result<([u8; 4], u64), MediaError> {
    let size = u32::from_be_bytes(source.read()?);
    let kind: [u8; 4] = source.read()?;
    let size = match size {
        0 => end - start,
        1 => u64::from_be_bytes(source.read()?),
        size => u64::from(size),
    };
    let name = || kind.escape_ascii().to_string();
    if size < source.position() - start {
        return Err(MediaError::malformed(format!(
            "the box '{}' at byte {start} is shorter than its header",
            name()
        )));
    }
    if size > end - start {
        let left = end - start;
        return Err(MediaError::malformed(format!(
            "the box '{}' at byte {start} is {size} bytes long, but only {left} are left",
            name()
        )));
    }
    Ok((kind, start + size))
}
