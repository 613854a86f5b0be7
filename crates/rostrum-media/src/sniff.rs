//! Telling a file's type from its first bytes.

use std::borrow::Cow;

use file_format::{FileFormat, Kind};
use rostrum_model::asset::MediaType;

/// What the first bytes of a file say it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sniffed {
    /// One of the types an asset can have.
    Supported(MediaType),
    /// Something else, in words with an article: `a GIF image`, `an empty file`.
    Other(Cow<'static, str>),
}

impl Sniffed {
    /// The type, if it is one an asset can have.
    pub fn media_type(&self) -> Option<MediaType> {
        match self {
            Self::Supported(media_type) => Some(*media_type),
            Self::Other(_) => None,
        }
    }

    /// What it is, in words with an article, for messages: `a PNG image`, `an HLS playlist`.
    pub fn found(&self) -> &str {
        match self {
            Self::Supported(MediaType::Png) => "a PNG image",
            Self::Supported(MediaType::Jpeg) => "a JPEG image",
            Self::Supported(MediaType::Mp4) => "an MP4 video",
            Self::Supported(MediaType::Webm) => "a WebM video",
            Self::Supported(MediaType::Mp3) => "an MP3 file",
            Self::Supported(MediaType::Wav) => "a WAV file",
            Self::Supported(MediaType::Pdf) => "a PDF document",
            Self::Other(found) => found,
        }
    }
}

/// Tells the type from the first bytes (4 KiB suffice for almost all files; 64 KiB for all we know). The file's name
/// plays no part. The rest of the file may still be damaged: [`crate::probe()`] or a decoder tells.
pub fn sniff(head: &[u8]) -> Sniffed {
    if head.is_empty() {
        return other("an empty file");
    }
    if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Sniffed::Supported(MediaType::Png);
    }
    if head.starts_with(b"\xff\xd8\xff") {
        return Sniffed::Supported(MediaType::Jpeg);
    }
    if head.starts_with(b"%PDF-") {
        return Sniffed::Supported(MediaType::Pdf);
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WAVE") {
        return Sniffed::Supported(MediaType::Wav);
    }
    if head.get(4..8) == Some(b"ftyp") {
        return iso_media(head);
    }
    if head.starts_with(b"\x1a\x45\xdf\xa3") {
        return matroska(head);
    }
    if is_mp3(head) {
        return Sniffed::Supported(MediaType::Mp3);
    }
    text(head).unwrap_or_else(|| other_format(head))
}

fn other(found: &'static str) -> Sniffed {
    Sniffed::Other(Cow::Borrowed(found))
}

/// Tells the members of the MP4 family apart by the brands in their first box (ISO/IEC 14496-12, section 4.3).
fn iso_media(head: &[u8]) -> Sniffed {
    let box_size = head.first_chunk().map_or(0, |size| u32::from_be_bytes(*size) as usize);
    let file_type = &head[..box_size.clamp(8, 256).min(head.len())];
    let major = file_type.get(8..12).unwrap_or_default();
    let compatible = || file_type.get(16..).unwrap_or_default().chunks_exact(4);
    match major {
        b"qt  " => other("a QuickTime movie"),
        b"M4A " | b"M4B " | b"M4P " | b"F4A " | b"F4B " => other("an M4A audio file"),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" => other("a HEIC image"),
        b"avif" | b"avis" => other("an AVIF image"),
        b"mif1" | b"msf1" if compatible().any(|brand| brand == b"avif") => other("an AVIF image"),
        b"mif1" | b"msf1" => other("a HEIF image"),
        b"crx " => other("a Canon raw photo"),
        b"jp2 " | b"jpx " | b"jpm " => other("a JPEG 2000 image"),
        _ if major.starts_with(b"3g") => other("a 3GP video"),
        _ => {
            let is_mp4 = |brand: &[u8]| {
                matches!(
                    brand,
                    b"isom"
                        | b"iso2"
                        | b"iso3"
                        | b"iso4"
                        | b"iso5"
                        | b"iso6"
                        | b"iso7"
                        | b"iso8"
                        | b"iso9"
                        | b"mp41"
                        | b"mp42"
                        | b"mp71"
                        | b"avc1"
                        | b"M4V "
                        | b"M4VH"
                        | b"M4VP"
                        | b"F4V "
                        | b"MSNV"
                        | b"dash"
                        | b"msdh"
                        | b"mmp4"
                        | b"XAVC"
                        | b"NDAS"
                        | b"cmfc"
                )
            };
            if is_mp4(major) || compatible().any(is_mp4) {
                Sniffed::Supported(MediaType::Mp4)
            } else {
                other("an unknown member of the MP4 family")
            }
        }
    }
}

/// Tells `WebM` from Matroska by the `DocType` element (RFC 8794, section 11.2.6).
fn matroska(head: &[u8]) -> Sniffed {
    const DOC_TYPE: [u8; 2] = [0x42, 0x82];
    let header = &head[..head.len().min(128)];
    let doc_type = header.windows(2).position(|id| id == DOC_TYPE).and_then(|at| {
        let length = usize::from(header.get(at + 2)? & 0x7f);
        header.get(at + 3..at + 3 + length)
    });
    match doc_type {
        Some(b"webm") => Sniffed::Supported(MediaType::Webm),
        _ => other("a Matroska video"),
    }
}

/// MPEG audio layer III, bare or behind an `ID3v2` tag.
fn is_mp3(head: &[u8]) -> bool {
    if !head.starts_with(b"ID3") {
        // One header is 21 bits and turns up by chance: the next frame must follow where the first says it ends.
        return layer_3_frame_length(head).is_some_and(|length| {
            head.len() <= length || head.get(length..).and_then(layer_3_frame_length).is_some()
        });
    }
    // The tag's size is written in 7 bits per byte (ID3v2.4, section 3.1).
    let Some(&[a, b, c, d]) = head.get(6..10) else { return false };
    let tag_length = [a, b, c, d].iter().fold(0, |size, byte| size << 7 | usize::from(byte & 0x7f)) + 10;
    let Some(after_tag) = head.get(tag_length..) else {
        // A tag with a big cover hides the rest; only MP3 files usually carry one.
        return true;
    };
    let sound = &after_tag[after_tag.iter().take_while(|byte| **byte == 0).count()..];
    sound.is_empty() || layer_3_frame_length(sound).is_some()
}

/// Length in bytes of the frame that starts here (ISO/IEC 11172-3, section 2.4.2.3; 13818-3 for the lower rates).
fn layer_3_frame_length(bytes: &[u8]) -> Option<usize> {
    const KILOBITS_MPEG_1: [usize; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const KILOBITS_MPEG_2: [usize; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let &[sync, kind, rates, _] = bytes.first_chunk()?;
    let is_layer_3 = kind & 0b110 == 0b010;
    if sync != 0xff || kind & 0xe0 != 0xe0 || !is_layer_3 {
        return None;
    }
    let (kilobits, base_rate, bytes_per_bit_rate) = match kind >> 3 & 0b11 {
        0b11 => (KILOBITS_MPEG_1, [44_100, 48_000, 32_000], 144),
        0b10 => (KILOBITS_MPEG_2, [22_050, 24_000, 16_000], 72),
        0b00 => (KILOBITS_MPEG_2, [11_025, 12_000, 8_000], 72),
        _ => return None,
    };
    let kilobits = kilobits.get(usize::from(rates >> 4).checked_sub(1)?)?;
    let sample_rate = base_rate.get(usize::from(rates >> 2 & 0b11))?;
    let padding = usize::from(rates >> 1 & 1);
    Some(bytes_per_bit_rate * kilobits * 1000 / sample_rate + padding)
}

/// Texts that decoders or browsers would act on.
fn text(head: &[u8]) -> Option<Sniffed> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let start: String =
        String::from_utf8_lossy(&head[..head.len().min(1024)]).trim_start().to_ascii_lowercase();
    let found = [
        ("#extm3u", "an HLS playlist"),
        ("ffconcat", "an ffmpeg script"),
        ("<!doctype html", "HTML"),
        ("<html", "HTML"),
        ("<svg", "an SVG image"),
        ("webvtt", "WebVTT captions"),
        ("{\\rtf", "an RTF document"),
    ];
    if let Some((_, word)) = found.iter().find(|(signature, _)| start.starts_with(signature)) {
        return Some(other(word));
    }
    if start.starts_with("<?xml") {
        return Some(other(if start.contains("<svg") { "an SVG image" } else { "XML" }));
    }
    None
}

fn other_format(head: &[u8]) -> Sniffed {
    let format = FileFormat::from_bytes(head);
    if format == FileFormat::ArbitraryBinaryData {
        // Its table of contents is at the end, which is not seen here.
        if head.starts_with(b"PK\x03\x04") {
            return other("a ZIP archive");
        }
        return other("a file of unknown type");
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
