//! PDF.

use std::io::{Read, Seek};

use rostrum_model::asset::MediaType;

use super::Inspected;
use super::source::Source;
use crate::error::{Limited, MediaError};

/// Where the end mark is looked for, in bytes from the end. Readers look at the last 1,024; mailers and servers add more.
const TAIL_BYTES: u64 = 16 << 10;

/// Checks that the end is there (ISO 32000-2, section 7.5.5), and counts the pages of files made for fast viewing, which
/// tell at their beginning (annex F).
pub(super) fn inspect(
    source: &mut Source<impl Read + Seek>,
    max_pages: u64,
) -> Result<Inspected, MediaError> {
    let head = source.read_vec(source.len().min(1024))?;
    source.seek_to(source.len() - source.len().min(TAIL_BYTES))?;
    let tail = source.read_vec(source.remaining())?;
    for mark in [&b"startxref"[..], b"%%EOF"] {
        if !tail.windows(mark.len()).any(|bytes| bytes == mark) {
            let mark = String::from_utf8_lossy(mark);
            return Err(MediaError::malformed(format!(
                "the PDF is cut off: '{mark}' is not within its last {} bytes",
                tail.len()
            )));
        }
    }
    let page_count = linearized_pages(&head);
    if let Some(pages) = page_count {
        Limited::DocumentPages.check(pages, max_pages)?;
    }
    Ok(Inspected { page_count, ..Inspected::of(MediaType::Pdf) })
}

/// `/N` of the first object when that is the one with the parameters of linearized files.
fn linearized_pages(head: &[u8]) -> Option<u64> {
    let text = String::from_utf8_lossy(head);
    let (_, after) = text.split_once("/Linearized")?;
    let (parameters, _) = after.split_once(">>")?;
    let (_, after) = parameters.split_once("/N ")?;
    let number = after.trim_start();
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    number[..digits].parse().ok()
}
