//! Looking at the shape of a whole file without decoding it: is it complete, and is it safe to keep and to decode?

mod boxes;
mod gif;
mod heif;
mod jpeg;
mod matroska;
mod pdf;
mod png;
mod source;
mod webp;
mod zip;

use std::io::{Read, Seek};

use rostrum_model::asset::MediaType;
use rostrum_model::picture::Size;

use source::Source;

use crate::error::{Limited, MediaError};
use crate::sniff::sound;
use crate::subtitles::{MAX_SUBTITLE_BYTES, subtitles};

/// The largest picture that is taken and decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageLimits {
    /// Longest width or height in pixels.
    pub max_side: u32,
    /// Largest width times height.
    pub max_pixels: u64,
    /// Most frames of a moving picture.
    pub max_frames: u64,
    /// Largest width times height times number of frames.
    pub max_frame_pixels: u64,
}

impl Default for ImageLimits {
    fn default() -> Self {
        Self { max_side: 16_384, max_pixels: 50_000_000, max_frames: 10_000, max_frame_pixels: 2_000_000_000 }
    }
}

impl ImageLimits {
    pub(crate) fn check(self, width: u32, height: u32) -> Result<(), MediaError> {
        if width == 0 || height == 0 {
            return Err(MediaError::malformed("the image has no pixels"));
        }
        Limited::ImageSide.check(u64::from(width.max(height)), u64::from(self.max_side))?;
        Limited::ImagePixels.check(u64::from(width) * u64::from(height), self.max_pixels)
    }

    fn check_frames(self, (width, height): (u32, u32), frames: u64) -> Result<(), MediaError> {
        Limited::ImageFrames.check(frames, self.max_frames)?;
        let pixels = (u64::from(width) * u64::from(height)).saturating_mul(frames);
        Limited::ImageFramePixels.check(pixels, self.max_frame_pixels)
    }
}

/// The most an archive may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Most entries.
    pub max_entries: u64,
    /// How many times larger the archive, or an entry, may be unpacked than packed.
    pub max_ratio: u64,
    /// Up to this unpacked length, in bytes, the ratio does not matter.
    pub ratio_counts_beyond_bytes: u64,
    /// Largest unpacked length of all entries together, in bytes.
    pub max_unpacked_bytes: u64,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self {
            max_entries: 10_000,
            max_ratio: 200,
            ratio_counts_beyond_bytes: 10_000_000,
            max_unpacked_bytes: 2 << 30,
        }
    }
}

/// What a file may be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InspectLimits {
    /// For pictures.
    pub image: ImageLimits,
    /// For archives.
    pub archive: ArchiveLimits,
    /// How deep boxes of the MP4 family may lie in each other.
    pub max_box_depth: u64,
    /// Most chunks, blocks or boxes; bounds the time.
    pub max_parts: u64,
    /// Most pages of a document.
    pub max_pages: u64,
}

impl Default for InspectLimits {
    fn default() -> Self {
        Self {
            image: ImageLimits::default(),
            archive: ArchiveLimits::default(),
            max_box_depth: 16,
            max_parts: 1_000_000,
            max_pages: 300,
        }
    }
}

/// What the headers of a file tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inspected {
    /// The type; a closer one than the first bytes told where only the rest of the file tells: MP4 with sound alone is
    /// [`MediaType::M4a`], and FLAC may hide behind a long tag.
    pub media_type: MediaType,
    /// Size of a picture as stored, before its EXIF orientation turns it.
    pub size: Option<Size>,
    /// Number of frames of a picture; 1 for still ones.
    pub frame_count: Option<u64>,
    /// Number of entries of an archive.
    pub entry_count: Option<u64>,
    /// Number of captions.
    pub cue_count: Option<u64>,
    /// Number of pages of a document, where the file says it at its beginning.
    pub page_count: Option<u64>,
}

impl Inspected {
    fn of(media_type: MediaType) -> Self {
        Self {
            media_type,
            size: None,
            frame_count: None,
            entry_count: None,
            cue_count: None,
            page_count: None,
        }
    }

    fn picture(media_type: MediaType, (width, height): (u32, u32), frame_count: u64) -> Self {
        let size = Size { width: width as usize, height: height as usize };
        Self { size: Some(size), frame_count: Some(frame_count), ..Self::of(media_type) }
    }
}

/// Reads the headers of a whole file of the type that [`crate::sniff()`] told, from its start wherever `file` stands.
/// Memory stays below a few MiB (captions: a few times their length), nothing is unpacked or decoded, and no bytes make it panic. Blocking.
///
/// Files that pass may still be damaged inside. Of SVG, WAV and Ogg only the type is known; use [`crate::probe()`] for sound and video.
///
/// # Errors
/// [`MediaError::Limit`] with the value measured, [`MediaError::Malformed`] and [`MediaError::MalformedLine`] for files
/// that are cut off or not what they begin as, [`MediaError::Dangerous`] for archives that would unpack elsewhere,
/// [`MediaError::Unsupported`] for documents and programs that are archives inside.
pub fn inspect(
    media_type: MediaType,
    file: &mut (impl Read + Seek),
    limits: &InspectLimits,
) -> Result<Inspected, MediaError> {
    let mut source = Source::new(file, limits.max_parts)?;
    match media_type {
        MediaType::Png => png::inspect(&mut source, limits.image),
        MediaType::Jpeg => jpeg::inspect(&mut source, limits.image),
        MediaType::Gif => gif::inspect(&mut source, limits.image),
        MediaType::Webp => webp::inspect(&mut source, limits.image),
        MediaType::Avif | MediaType::Heic => heif::inspect(media_type, &mut source, limits),
        MediaType::Mp4 | MediaType::Mov | MediaType::M4a => boxes::inspect(media_type, &mut source, limits),
        MediaType::Webm | MediaType::Mkv => matroska::inspect(media_type, &mut source),
        MediaType::Zip => zip::inspect(&mut source, limits.archive),
        MediaType::Pdf => pdf::inspect(&mut source, limits.max_pages),
        MediaType::Srt | MediaType::Vtt => {
            Limited::SubtitleBytes.check(source.len(), MAX_SUBTITLE_BYTES)?;
            let text = source.read_vec(source.remaining())?;
            let cues = subtitles(media_type, &text)?;
            Ok(Inspected { cue_count: Some(cues.len() as u64), ..Inspected::of(media_type) })
        }
        MediaType::Mp3 => behind_tags(&mut source),
        MediaType::Svg | MediaType::Wav | MediaType::Ogg | MediaType::Flac => Ok(Inspected::of(media_type)),
    }
}

/// The content of the box in a HEIC or AVIF file that lists its items.
pub(crate) fn item_list(
    file: &mut (impl Read + Seek),
    limits: &InspectLimits,
) -> Result<Vec<u8>, MediaError> {
    heif::item_list(&mut Source::new(file, limits.max_parts)?, limits)
}

/// Tells what follows the tags of a file that begins as MP3; the first bytes show only the tag when it has a big cover.
fn behind_tags(source: &mut Source<impl Read + Seek>) -> Result<Inspected, MediaError> {
    loop {
        source.count_part()?;
        let start = source.position();
        let head = source.read_vec(source.remaining().min(4096))?;
        source.seek_to(start)?;
        let Some(tag_length) = sound::id3_length(&head) else {
            let media_type = if start == 0 { Some(MediaType::Mp3) } else { sound::behind_tag(&head) };
            return media_type.map(Inspected::of).ok_or_else(|| {
                MediaError::malformed(format!("no sound follows the tag that ends at byte {start}"))
            });
        };
        source.skip(tag_length)?;
    }
}
