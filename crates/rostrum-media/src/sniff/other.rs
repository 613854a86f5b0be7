//! Naming what cannot be an asset.

use std::borrow::Cow;

use file_format::{FileFormat, Kind};

use super::{Sniffed, other};

/// So many bytes of a file that nothing is known of are told: a client that sent something else sees it.
const TOLD_BYTES: usize = 8;

pub(super) fn sniff(head: &[u8]) -> Sniffed {
    let format = FileFormat::from_bytes(head);
    if format == FileFormat::ArbitraryBinaryData {
        let first: Vec<String> = head.iter().take(TOLD_BYTES).map(|byte| format!("{byte:02x}")).collect();
        let more = if head.len() > TOLD_BYTES { " …" } else { "" };
        let told = format!("a file of unknown type with the bytes {}{more}", first.join(" "));
        return Sniffed::Other(Cow::Owned(told));
    }
    if format == FileFormat::PlainText {
        return other("plain text");
    }
    let name = format.short_name().unwrap_or(format.name());
    let noun = match format.kind() {
        Kind::Image => " image",
        Kind::Video => " video",
        Kind::Audio => " audio file",
        Kind::Archive | Kind::Compressed => " archive",
        Kind::Document | Kind::Presentation | Kind::Spreadsheet => " document",
        Kind::Font => " font",
        Kind::Executable => " program",
        _ => " file",
    };
    // Abbreviations without vowels are spelt out: an SVG, but a FLAC.
    let is_spelt_out = !name.contains(|letter| "AEIOUaeiou".contains(letter));
    let vowel_sounds = if is_spelt_out { "FHLMNRSX" } else { "AEIOaeio" };
    let article = if name.starts_with(|first| vowel_sounds.contains(first)) { "an" } else { "a" };
    Sniffed::Other(Cow::Owned(format!("{article} {name}{noun}")))
}
