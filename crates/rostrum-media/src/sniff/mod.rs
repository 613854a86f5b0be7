//! Telling a file's type from its first bytes.

mod archive;
mod iso_media;
mod matroska;
mod other;
pub(crate) mod sound;
pub(crate) mod text;

use std::borrow::Cow;

use rostrum_model::asset::MediaType;

pub(crate) use archive::Contents;

/// What the first bytes of a file say it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sniffed {
    /// One of the types an asset can have.
    Supported(MediaType),
    /// Something else, in words with an article: `a TIFF image`, `an empty file`.
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
            Self::Supported(media_type) => in_words(*media_type),
            Self::Other(found) => found,
        }
    }
}

/// A type in words with an article.
pub(crate) fn in_words(media_type: MediaType) -> &'static str {
    match media_type {
        MediaType::Png => "a PNG image",
        MediaType::Jpeg => "a JPEG image",
        MediaType::Webp => "a WebP image",
        MediaType::Gif => "a GIF image",
        MediaType::Avif => "an AVIF image",
        MediaType::Heic => "a HEIC image",
        MediaType::Svg => "an SVG image",
        MediaType::Mp4 => "an MP4 video",
        MediaType::Webm => "a WebM video",
        MediaType::Mov => "a QuickTime movie",
        MediaType::Mkv => "a Matroska video",
        MediaType::Mp3 => "an MP3 file",
        MediaType::Wav => "a WAV file",
        MediaType::M4a => "an M4A audio file",
        MediaType::Ogg => "an Ogg audio file",
        MediaType::Flac => "a FLAC audio file",
        MediaType::Pdf => "a PDF document",
        MediaType::Srt => "SRT captions",
        MediaType::Vtt => "WebVTT captions",
        MediaType::Zip => "a ZIP archive",
    }
}

/// Tells the type from the first bytes (4 KiB suffice for almost all files; 64 KiB for all we know). The file's name
/// plays no part, nor does what comes later: a file is what its first bytes say. The rest may still be damaged or
/// dangerous: [`crate::inspect()`], [`crate::probe()`] or a decoder tells.
pub fn sniff(head: &[u8]) -> Sniffed {
    use Sniffed::Supported;
    let starts_with = |signature: &[u8]| head.starts_with(signature);
    if head.is_empty() {
        return other("an empty file");
    }
    if starts_with(b"\x89PNG\r\n\x1a\n") {
        return Supported(MediaType::Png);
    }
    if starts_with(b"\xff\xd8\xff") {
        return Supported(MediaType::Jpeg);
    }
    if starts_with(b"GIF87a") || starts_with(b"GIF89a") {
        return Supported(MediaType::Gif);
    }
    if starts_with(b"%PDF-") {
        return Supported(MediaType::Pdf);
    }
    if starts_with(b"RIFF") {
        match head.get(8..12) {
            Some(b"WAVE") => return Supported(MediaType::Wav),
            Some(b"WEBP") => return Supported(MediaType::Webp),
            _ => {}
        }
    }
    if starts_with(b"\x1a\x45\xdf\xa3") {
        return matroska::sniff(head);
    }
    if starts_with(b"OggS") {
        return sound::ogg(head);
    }
    if starts_with(b"fLaC") {
        return Supported(MediaType::Flac);
    }
    if starts_with(b"PK\x03\x04") || starts_with(b"PK\x05\x06") {
        return archive::sniff(head);
    }
    iso_media::sniff(head)
        .or_else(|| sound::mpeg(head))
        .or_else(|| text::sniff(head))
        .unwrap_or_else(|| other::sniff(head))
}

fn other(found: &'static str) -> Sniffed {
    Sniffed::Other(Cow::Borrowed(found))
}
