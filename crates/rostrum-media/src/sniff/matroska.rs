//! Matroska and `WebM`.

use rostrum_model::asset::MediaType;

use super::{Sniffed, other};

/// Tells `WebM` from Matroska by the `DocType` element (RFC 8794, section 11.2.6).
pub(super) fn sniff(head: &[u8]) -> Sniffed {
    const DOC_TYPE: [u8; 2] = [0x42, 0x82];
    let header = &head[..head.len().min(128)];
    let doc_type = header.windows(2).position(|id| id == DOC_TYPE).and_then(|at| {
        let length = usize::from(header.get(at + 2)? & 0x7f);
        header.get(at + 3..at + 3 + length)
    });
    // Writers may pad the word with zeros.
    let doc_type = doc_type.map(|word| word.split(|byte| *byte == 0).next().unwrap_or_default());
    match doc_type {
        Some(b"webm") => Sniffed::Supported(MediaType::Webm),
        Some(b"matroska") => Sniffed::Supported(MediaType::Mkv),
        _ => other("an EBML file that is neither WebM nor Matroska"),
    }
}
