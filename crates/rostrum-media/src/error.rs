//! What can go wrong with a media file.

use crate::sandbox::ProgramError;

/// The quantities that have a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limited {
    /// Width or height of a picture, in pixels.
    ImageSide,
    /// Width times height of a picture, in pixels.
    ImagePixels,
    /// Number of frames of a moving picture.
    ImageFrames,
    /// Pixels of all frames of a moving picture together.
    ImageFramePixels,
    /// Number of passes over a JPEG picture.
    ImageScans,
    /// Length of sound, in seconds.
    AudioSeconds,
    /// Number of boxes, chunks or blocks that a file consists of.
    FileParts,
    /// How deep the boxes of an MP4 file lie in each other.
    BoxDepth,
    /// Number of entries of an archive.
    ArchiveEntries,
    /// How many times larger an archive, or one of its entries, is unpacked.
    ArchiveRatio,
    /// Length of everything in an archive together, in bytes.
    ArchiveUnpackedBytes,
    /// Length of captions, in bytes.
    SubtitleBytes,
    /// Number of cues of captions.
    SubtitleCues,
    /// Number of pages of a document.
    DocumentPages,
}

impl std::fmt::Display for Limited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::ImageSide => "side of the image in pixels",
            Self::ImagePixels => "size of the image in pixels",
            Self::ImageFrames => "number of frames of the image",
            Self::ImageFramePixels => "size of all frames of the image in pixels",
            Self::ImageScans => "number of scans of the image",
            Self::AudioSeconds => "length of the audio in seconds",
            Self::FileParts => "number of parts of the file",
            Self::BoxDepth => "depth of the boxes in the file",
            Self::ArchiveEntries => "number of entries of the archive",
            Self::ArchiveRatio => "unpacked size in the archive, as a multiple of the packed size,",
            Self::ArchiveUnpackedBytes => "unpacked size of the archive in bytes",
            Self::SubtitleBytes => "size of the captions in bytes",
            Self::SubtitleCues => "number of cues",
            Self::DocumentPages => "number of pages",
        })
    }
}

/// Why a media file could not be read or made.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The bytes are cut off, damaged, or not what their signature says.
    #[error("the file is damaged or cut off: {detail}")]
    Malformed {
        /// What the decoder said, one line.
        detail: String,
    },
    /// A text does not follow its format.
    #[error("line {line}: {detail}")]
    MalformedLine {
        /// The first wrong line, counted from 1.
        line: u64,
        /// What is wrong with it, and what is expected.
        detail: String,
    },
    /// The file is whole, but keeping or unpacking it could do harm.
    #[error("{detail}")]
    Dangerous {
        /// What is in it, and the rule it breaks.
        detail: String,
    },
    /// A picture of a supported type that cannot be turned into pixels here.
    #[error("the file is {found}, which cannot be turned into pixels here; {way_out}")]
    Undrawable {
        /// What was found, with its article.
        found: String,
        /// What to do instead: `export it as PNG`.
        way_out: &'static str,
    },
    /// A sound file of another type, for instance.
    #[error("the file is {found}, which cannot be used here")]
    Unsupported {
        /// What was found, with its article: `a GIF image`.
        found: String,
    },
    /// The wanted stream is not in the file.
    #[error("the file has no {stream} stream")]
    MissingStream {
        /// `audio` or `video`.
        stream: &'static str,
    },
    /// The file asks for more than is allowed.
    #[error("the {what} is {measured}, the limit is {limit}")]
    Limit {
        /// What was measured.
        what: Limited,
        /// The measured value, in the unit of `what`.
        measured: f64,
        /// The largest allowed value.
        limit: f64,
    },
    /// ffmpeg or ffprobe could not be run, failed, or took too long.
    #[error("a media program did not finish its work")]
    Program(#[from] ProgramError),
    /// A file of ours could not be read or written.
    #[error("could not {doing}")]
    Io {
        /// What was being done: `write the sound file`.
        doing: &'static str,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
}

impl Limited {
    /// Refuses what is beyond `limit`.
    pub(crate) fn check(self, measured: u64, limit: u64) -> Result<(), MediaError> {
        if measured > limit {
            return Err(MediaError::Limit { what: self, measured: measured as f64, limit: limit as f64 });
        }
        Ok(())
    }
}

impl MediaError {
    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::Malformed { detail: detail.into() }
    }

    /// For `map_err` after I/O.
    pub(crate) fn io(doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }

    /// A decoder's own complaint blames the file; anything else is trouble of ours.
    pub(crate) fn from_decoder(error: ProgramError) -> Self {
        match error.complaint() {
            Some(complaint) => {
                // The last line tells most; ffmpeg puts the file's path, which is ours, before the reason.
                let last_line = complaint.lines().last().unwrap_or_default();
                let reason = last_line.rsplit(": ").next().unwrap_or(last_line);
                Self::Malformed { detail: reason.to_owned() }
            }
            None => Self::Program(error),
        }
    }

    /// Lays it on the file when a program broke down on it or came to no end: the limits are far above what files
    /// within ours need.
    #[must_use]
    pub fn blaming_the_file(self) -> Self {
        match self {
            Self::Program(ProgramError::TimedOut { .. } | ProgramError::TooMuchOutput { .. }) => {
                Self::malformed("its decoder did not come to an end")
            }
            Self::Program(ProgramError::Failed { status, .. }) if status.code().is_none() => {
                Self::malformed("its decoder broke down on it")
            }
            other => other,
        }
    }

    /// Whether the file that was given is at fault, rather than this machine.
    pub fn is_the_files_fault(&self) -> bool {
        !matches!(self, Self::Program(_) | Self::Io { .. })
    }
}
