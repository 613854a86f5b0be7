//! MPEG audio, FLAC and Ogg.

use rostrum_model::asset::MediaType;

use super::{Sniffed, other};

/// MP3, bare or behind an `ID3v2` tag, and FLAC behind such a tag; `None` for other files.
pub(super) fn mpeg(head: &[u8]) -> Option<Sniffed> {
    if !head.starts_with(b"ID3") {
        // One header is 21 bits and turns up by chance: the next frame must follow where the first says it ends.
        let is_mp3 = layer_3_frame_length(head).is_some_and(|length| {
            head.len() <= length || head.get(length..).and_then(layer_3_frame_length).is_some()
        });
        return is_mp3.then_some(Sniffed::Supported(MediaType::Mp3));
    }
    let tag_length = id3_length(head)?;
    let Some(after_tag) = usize::try_from(tag_length).ok().and_then(|length| head.get(length..)) else {
        // A tag with a big cover hides the rest; almost only MP3 files carry one, and `inspect` looks behind it.
        return Some(Sniffed::Supported(MediaType::Mp3));
    };
    match behind_tag(after_tag) {
        Some(media_type) => Some(Sniffed::Supported(media_type)),
        None if after_tag.first() == Some(&0xff) => Some(other("an AAC or other MPEG audio file")),
        None => None,
    }
}

/// Length in bytes of the `ID3v2` tag that starts here, with its header and footer (ID3v2.4, section 3.1).
pub(crate) fn id3_length(head: &[u8]) -> Option<u64> {
    if !head.starts_with(b"ID3") {
        return None;
    }
    let &[flags, a, b, c, d] = head.get(5..10)?.first_chunk()?;
    // The size is written in 7 bits per byte.
    let size = [a, b, c, d].iter().fold(0, |size, byte| size << 7 | u64::from(byte & 0x7f));
    let footer_length = if flags & 0x10 == 0 { 0 } else { 10 };
    Some(10 + size + footer_length)
}

/// What follows a tag and its padding; MP3 when nothing but padding is seen.
pub(crate) fn behind_tag(after_tag: &[u8]) -> Option<MediaType> {
    let sound = &after_tag[after_tag.iter().take_while(|byte| **byte == 0).count()..];
    if sound.starts_with(b"fLaC") {
        Some(MediaType::Flac)
    } else if sound.is_empty() || sound.starts_with(b"ID3") || layer_3_frame_length(sound).is_some() {
        Some(MediaType::Mp3)
    } else {
        None
    }
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

/// Tells what an Ogg file carries by the first packet of each of its streams; these come before everything else
/// (RFC 3533, section 4).
pub(super) fn ogg(head: &[u8]) -> Sniffed {
    let mut has_sound = false;
    let mut rest = head;
    while let Some((packet, after)) = first_page_of_stream(rest) {
        let starts_with = |signature: &[u8]| packet.starts_with(signature);
        if starts_with(b"\x80theora")
            || starts_with(b"OVP80")
            || starts_with(b"BBCD")
            || starts_with(b"\x01video")
        {
            return other("an Ogg video");
        }
        has_sound |= starts_with(b"\x01vorbis")
            || starts_with(b"OpusHead")
            || starts_with(b"\x7fFLAC")
            || starts_with(b"Speex   ")
            || starts_with(b"\x01audio");
        rest = after;
    }
    if has_sound { Sniffed::Supported(MediaType::Ogg) } else { other("an Ogg file without known sound") }
}

/// The content of the page here, if it begins a stream, and what follows it.
fn first_page_of_stream(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    const BEGINS_STREAM: u8 = 2;
    let flags = *bytes.get(5)?;
    let segment_count = usize::from(*bytes.get(26)?);
    if !bytes.starts_with(b"OggS") || flags & BEGINS_STREAM == 0 {
        return None;
    }
    let lengths = bytes.get(27..27 + segment_count)?;
    let length: usize = lengths.iter().copied().map(usize::from).sum();
    let content = &bytes[27 + segment_count..];
    Some(content.split_at(length.min(content.len())))
}
