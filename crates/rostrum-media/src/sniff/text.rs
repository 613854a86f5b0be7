//! Texts: captions and drawings, and those that decoders or browsers would act on.

use std::borrow::Cow;

use rostrum_model::asset::MediaType;

use super::{Sniffed, other};
use crate::subtitles;

/// How much of a text is read to tell what it is, in bytes.
const TEXT_HEAD_BYTES: usize = 64 << 10;

/// `None` for what is no text, or a text of no known kind.
pub(super) fn sniff(head: &[u8]) -> Option<Sniffed> {
    let text = readable_start(&head[..head.len().min(TEXT_HEAD_BYTES)]);
    if is_vtt(&text) {
        return Some(Sniffed::Supported(MediaType::Vtt));
    }
    let start = text.trim_start();
    let found = [
        ("#extm3u", "an HLS playlist"),
        ("ffconcat", "an ffmpeg script"),
        ("<!doctype html", "HTML"),
        ("<html", "HTML"),
        ("<mpd", "a DASH playlist"),
        ("{\\rtf", "an RTF document"),
        ("webvtt", "a text that begins like WebVTT"),
    ];
    if let Some((_, word)) = found.iter().find(|(signature, _)| starts_with(start, signature)) {
        return Some(other(word));
    }
    if is_srt(start) {
        return Some(Sniffed::Supported(MediaType::Srt));
    }
    if start.starts_with('<') {
        return Some(markup(start));
    }
    None
}

fn starts_with(text: &str, signature: &str) -> bool {
    text.get(..signature.len()).is_some_and(|start| start.eq_ignore_ascii_case(signature))
}

/// The text as far as it is UTF-8 or, behind a byte order mark, UTF-16: the end may be cut inside a character, and
/// captions in an old 8-bit encoding are told by their first lines all the same; reading them says what is wrong.
fn readable_start(bytes: &[u8]) -> Cow<'_, str> {
    let utf_16 = |from_bytes: fn([u8; 2]) -> u16, text: &[u8]| {
        let units = text.as_chunks().0.iter().map(|pair| from_bytes(*pair));
        Cow::Owned(char::decode_utf16(units).map_while(Result::ok).collect())
    };
    match bytes {
        [0xff, 0xfe, text @ ..] => return utf_16(u16::from_le_bytes, text),
        [0xfe, 0xff, text @ ..] => return utf_16(u16::from_be_bytes, text),
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default().into(),
    }
}

/// The signature of `WebVTT`, which a blank or the end of the line must follow (W3C `WebVTT`, section 4.1).
fn is_vtt(text: &str) -> bool {
    text.strip_prefix("WEBVTT")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r']))
}

/// A number alone on the first line that is not blank, and times on the next.
fn is_srt(text: &str) -> bool {
    let mut lines = text.trim_start().lines();
    let (Some(number), Some(times)) = (lines.next(), lines.next()) else { return false };
    subtitles::is_cue_number(number) && subtitles::times(times).is_some()
}

/// Tells SVG from other XML by the root element, which comes after the prolog, comments and the document type.
fn markup(start: &str) -> Sniffed {
    let mut rest = start;
    loop {
        rest = rest.trim_start();
        let skipped = if rest.starts_with("<?") {
            rest.split_once("?>")
        } else if rest.starts_with("<!--") {
            // The end may not overlap the start: "<!-->" is no comment.
            rest.get(4..).and_then(|comment| comment.split_once("-->"))
        } else if starts_with(rest, "<!doctype html") {
            return other("HTML");
        } else if rest.starts_with("<!") {
            document_type_end(rest).map(|end| rest.split_at(end))
        } else {
            break;
        };
        let Some((_, after)) = skipped else { return other("XML") };
        rest = after;
    }
    let name = rest.strip_prefix('<').unwrap_or_default();
    let name = name.split([' ', '\t', '\r', '\n', '>', '/']).next().unwrap_or_default();
    let local_name = name.rsplit(':').next().unwrap_or_default();
    match local_name {
        "svg" => Sniffed::Supported(MediaType::Svg),
        _ if local_name.eq_ignore_ascii_case("html") || local_name.eq_ignore_ascii_case("script") => {
            other("HTML")
        }
        _ if local_name.eq_ignore_ascii_case("mpd") => other("a DASH playlist"),
        _ => other("XML"),
    }
}

/// Where a declaration such as `<!DOCTYPE svg [ ... ]>` ends.
fn document_type_end(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut in_brackets = false;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'[') => in_brackets = true,
            (None, b']') => in_brackets = false,
            (None, b'>') if !in_brackets => return Some(at + 1),
            _ => {}
        }
    }
    None
}
