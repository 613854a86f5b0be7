//! ZIP archives, by their table of contents (APPNOTE.TXT 6.3.10, section 4.3).

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Read, Seek};

use rostrum_model::asset::MediaType;

use super::source::Source;
use super::{ArchiveLimits, Inspected};
use crate::error::{Limited, MediaError};
use crate::sniff::Contents;

/// The longest name of an entry, in bytes: the longest path that Linux takes.
const MAX_NAME_BYTES: u64 = 4096;

const END_LENGTH: usize = 22;

/// Where the table of contents lies.
struct Table {
    entries: u64,
    start: u64,
    length: u64,
}

/// What is kept of an entry to check it against its own header.
struct Place {
    header_at: u64,
    packed: u64,
    name_hash: u64,
}

pub(super) fn inspect(
    source: &mut Source<impl Read + Seek>,
    limits: ArchiveLimits,
) -> Result<Inspected, MediaError> {
    let table = find_table(source)?;
    Limited::ArchiveEntries.check(table.entries, limits.max_entries)?;
    let end = table.start.checked_add(table.length).filter(|end| *end <= source.len());
    let end =
        end.ok_or_else(|| MediaError::malformed("the archive's table of contents lies beyond its end"))?;
    source.seek_to(table.start)?;
    let (mut packed, mut unpacked) = (0u64, 0u64);
    let mut contents = Contents::default();
    let mut places = Vec::new();
    for number in 1..=table.entries {
        let entry = Entry::read(source)?;
        if source.position() > end {
            return Err(MediaError::malformed("the archive's table of contents is longer than it says"));
        }
        check_name(number, &entry)?;
        contents.note(&entry.name);
        packed = packed.saturating_add(entry.packed);
        unpacked = unpacked.saturating_add(entry.unpacked);
        check_ratio(entry.packed, entry.unpacked, limits)?;
        places.push(Place { header_at: entry.header_at, packed: entry.packed, name_hash: hash(&entry.name) });
    }
    Limited::ArchiveUnpackedBytes.check(unpacked, limits.max_unpacked_bytes)?;
    check_ratio(packed, unpacked, limits)?;
    check_places(source, places, table.start)?;
    if let Some(found) = contents.document_or_program() {
        return Err(MediaError::Unsupported { found: found.to_owned() });
    }
    Ok(Inspected { entry_count: Some(table.entries), ..Inspected::of(MediaType::Zip) })
}

/// Finds the table of contents through the record at the end, with its extension for large archives.
fn find_table(source: &mut Source<impl Read + Seek>) -> Result<Table, MediaError> {
    const LONGEST_TAIL: u64 = END_LENGTH as u64 + u16::MAX as u64;
    let tail_start = source.len() - source.len().min(LONGEST_TAIL);
    source.seek_to(tail_start)?;
    let tail = source.read_vec(source.remaining())?;
    let ends_here = |at: usize| {
        let record = &tail[at..];
        let comment =
            record.get(20..22).map(|length| usize::from(u16::from_le_bytes([length[0], length[1]])));
        record.starts_with(b"PK\x05\x06") && comment.is_some_and(|length| record.len() == END_LENGTH + length)
    };
    let at = (0..tail.len().saturating_sub(END_LENGTH - 1)).rev().find(|at| ends_here(*at));
    let at = at.ok_or_else(|| MediaError::malformed("the archive is cut off: its end record is missing"))?;
    let mut fields = [0; END_LENGTH];
    fields.copy_from_slice(&tail[at..at + END_LENGTH]);
    let (disk, entries) = (u16_at(&fields, 4), u64::from(u16_at(&fields, 10)));
    let (length, start) = (u64::from(u32_at(&fields, 12)), u64::from(u32_at(&fields, 16)));
    let is_large =
        entries == u64::from(u16::MAX) || length == u64::from(u32::MAX) || start == u64::from(u32::MAX);
    let end_at = tail_start + at as u64;
    let table = if is_large { find_large_table(source, end_at)? } else { None };
    let table = table.unwrap_or(Table { entries, start, length });
    if !is_large && disk != 0 {
        return Err(MediaError::malformed("the archive is a part of a split one"));
    }
    if table.start.saturating_add(table.length) > end_at {
        return Err(MediaError::malformed("the archive's table of contents lies beyond its end"));
    }
    Ok(table)
}

/// The record for archives beyond 4 GiB or 65,534 entries; `None` when there is none.
fn find_large_table(source: &mut Source<impl Read + Seek>, end_at: u64) -> Result<Option<Table>, MediaError> {
    const LOCATOR_LENGTH: u64 = 20;
    let Some(locator_at) = end_at.checked_sub(LOCATOR_LENGTH) else { return Ok(None) };
    source.seek_to(locator_at)?;
    let locator: [u8; 20] = source.read()?;
    if !locator.starts_with(b"PK\x06\x07") {
        return Ok(None);
    }
    source.seek_to(u64_at(&locator, 8))?;
    let record: [u8; 56] = source.read()?;
    if !record.starts_with(b"PK\x06\x06") {
        return Err(MediaError::malformed("the archive's end record is not where it should be"));
    }
    Ok(Some(Table { entries: u64_at(&record, 32), length: u64_at(&record, 40), start: u64_at(&record, 48) }))
}

/// An entry of the table of contents.
struct Entry {
    name: Vec<u8>,
    packed: u64,
    unpacked: u64,
    header_at: u64,
    is_link: bool,
}

impl Entry {
    fn read(source: &mut Source<impl Read + Seek>) -> Result<Self, MediaError> {
        let fixed: [u8; 46] = source.read()?;
        if !fixed.starts_with(b"PK\x01\x02") {
            return Err(MediaError::malformed("the archive's table of contents is shorter than it says"));
        }
        let name_length = u64::from(u16_at(&fixed, 28));
        if name_length > MAX_NAME_BYTES {
            return Err(MediaError::Dangerous {
                detail: format!(
                    "the archive has a name of {name_length} bytes, at most {MAX_NAME_BYTES} are taken"
                ),
            });
        }
        let name = source.read_vec(name_length)?;
        let extra = source.read_vec(u64::from(u16_at(&fixed, 30)))?;
        source.skip(u64::from(u16_at(&fixed, 32)))?;
        let made_on_unix = fixed[5] == 3;
        let mode = u32_at(&fixed, 38) >> 16;
        let mut large = LargeFields(extension(&extra));
        // The order is that of the extension; only fields that do not fit here are in it.
        let unpacked = large.or_own(u32_at(&fixed, 24))?;
        let packed = large.or_own(u32_at(&fixed, 20))?;
        let header_at = large.or_own(u32_at(&fixed, 42))?;
        Ok(Self { name, packed, unpacked, header_at, is_link: made_on_unix && mode & 0o170_000 == 0o120_000 })
    }
}

/// The extension for large files (section 4.5.3).
struct LargeFields<'extra>(&'extra [u8]);

impl LargeFields<'_> {
    fn or_own(&mut self, own: u32) -> Result<u64, MediaError> {
        if own != u32::MAX {
            return Ok(u64::from(own));
        }
        let (field, rest) = self
            .0
            .split_first_chunk()
            .ok_or_else(|| MediaError::malformed("an entry of the archive does not tell its length"))?;
        self.0 = rest;
        Ok(u64::from_le_bytes(*field))
    }
}

fn extension(mut extra: &[u8]) -> &[u8] {
    while let Some((header, rest)) = extra.split_first_chunk::<4>() {
        let length = usize::from(u16_at(header, 2));
        let Some((content, after)) = rest.split_at_checked(length) else { break };
        if u16_at(header, 0) == 1 {
            return content;
        }
        extra = after;
    }
    &[]
}

/// Refuses what would be unpacked anywhere but below the folder chosen for it.
fn check_name(number: u64, entry: &Entry) -> Result<(), MediaError> {
    let name = String::from_utf8_lossy(&entry.name);
    let mut parts = name.split(['/', '\\']);
    let is_drive = |part: &str| part.as_bytes().get(1) == Some(&b':');
    let fault = if name.is_empty() {
        "has no name"
    } else if name.contains(char::is_control) {
        "has control characters in its name"
    } else if name.starts_with(['/', '\\']) || name.split(['/', '\\']).next().is_some_and(is_drive) {
        "has an absolute path; use paths relative to the archive"
    } else if parts.any(|part| part == "..") {
        "points out of the archive; names may not contain '..'"
    } else if entry.is_link {
        "is a link; pack the file itself"
    } else {
        return Ok(());
    };
    let excerpt: String = name.chars().take(80).flat_map(char::escape_debug).collect();
    Err(MediaError::Dangerous { detail: format!("entry {number} of the archive, '{excerpt}', {fault}") })
}

fn check_ratio(packed: u64, unpacked: u64, limits: ArchiveLimits) -> Result<(), MediaError> {
    if unpacked <= limits.ratio_counts_beyond_bytes {
        return Ok(());
    }
    Limited::ArchiveRatio.check(unpacked.div_ceil(packed.max(1)), limits.max_ratio)
}

/// Checks each entry's own header, and that no two entries share bytes: overlapping ones unpack to far more than the
/// archive's length.
fn check_places(
    source: &mut Source<impl Read + Seek>,
    mut places: Vec<Place>,
    table_start: u64,
) -> Result<(), MediaError> {
    places.sort_unstable_by_key(|place| place.header_at);
    let mut free_from = 0;
    for place in places {
        if place.header_at < free_from {
            return Err(MediaError::Dangerous {
                detail: format!("two entries of the archive share the bytes at {}", place.header_at),
            });
        }
        source.seek_to(place.header_at)?;
        let fixed: [u8; 30] = source.read()?;
        if !fixed.starts_with(b"PK\x03\x04") {
            let at = place.header_at;
            return Err(MediaError::malformed(format!(
                "the archive has no entry at byte {at}, where one is listed"
            )));
        }
        let name = source.read_vec(u64::from(u16_at(&fixed, 26)))?;
        if hash(&name) != place.name_hash {
            return Err(MediaError::Dangerous {
                detail: format!("the entry at byte {} of the archive has two names", place.header_at),
            });
        }
        source.skip(u64::from(u16_at(&fixed, 28)))?;
        source.skip(place.packed)?;
        free_from = source.position();
    }
    if free_from > table_start {
        return Err(MediaError::Dangerous {
            detail: "an entry of the archive shares bytes with its table of contents".to_owned(),
        });
    }
    Ok(())
}

fn hash(name: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
