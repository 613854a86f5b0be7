//! Where ffmpeg and ffprobe are and how they are always called.

use std::ffi::OsStr;
use std::path::PathBuf;

/// The two programs, by absolute path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ffmpeg {
    /// The encoder and decoder.
    pub ffmpeg: PathBuf,
    /// The prober.
    pub ffprobe: PathBuf,
}

/// A needed program is in none of the folders searched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{program} was not found; install ffmpeg 5 or newer")]
pub struct MissingProgram {
    /// `ffmpeg` or `ffprobe`.
    pub program: &'static str,
}

impl Ffmpeg {
    /// Finds both programs in the folders of `path_var`, written as in the `PATH` variable.
    ///
    /// # Errors
    /// When one of them is in no folder.
    pub fn locate(path_var: &OsStr) -> Result<Self, MissingProgram> {
        let find = |program: &'static str| {
            std::env::split_paths(path_var)
                .map(|folder| folder.join(program))
                .find(|candidate| candidate.is_absolute() && candidate.is_file())
                .ok_or(MissingProgram { program })
        };
        Ok(Self { ffmpeg: find("ffmpeg")?, ffprobe: find("ffprobe")? })
    }
}
