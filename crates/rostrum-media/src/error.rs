//! What can go wrong with a media file.

use crate::sandbox::ProgramError;

/// The quantities that have a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limited {
    /// Width or height of a picture, in pixels.
    ImageSide,
    /// Width times height of a picture, in pixels.
    ImagePixels,
    /// Length of sound, in seconds.
    AudioSeconds,
}

impl std::fmt::Display for Limited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::ImageSide => "side of the image in pixels",
            Self::ImagePixels => "size of the image in pixels",
            Self::AudioSeconds => "length of the audio in seconds",
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

impl MediaError {
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

    /// Whether the file that was given is at fault, rather than this machine.
    pub fn is_the_files_fault(&self) -> bool {
        !matches!(self, Self::Program(_) | Self::Io { .. })
    }
}
