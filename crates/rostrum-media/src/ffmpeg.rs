//! Where ffmpeg and ffprobe are and how they are always called.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::sandbox::{Invocation, Limits};

/// Containers that uploads and our own files come in. Playlists and scripts, which name other files, are not among them.
const DEMUXERS: &str = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mp3,wav,ogg,flac";

/// Threads per decoder. On a machine of many cores ffmpeg would start as many, and each takes address space.
const DECODER_THREADS: &str = "2";

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
#[error("{program} was not found; install {package}")]
pub struct MissingProgram {
    /// Its name.
    pub program: &'static str,
    /// What brings it.
    pub package: &'static str,
}

/// Finds a program in the folders of `path_var`, written as in the `PATH` variable.
pub(crate) fn find_program(
    path_var: &OsStr,
    program: &'static str,
    package: &'static str,
) -> Result<PathBuf, MissingProgram> {
    std::env::split_paths(path_var)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_absolute() && candidate.is_file())
        .ok_or(MissingProgram { program, package })
}

impl Ffmpeg {
    /// Finds both programs in the folders of `path_var`, written as in the `PATH` variable.
    ///
    /// # Errors
    /// When one of them is in no folder.
    pub fn locate(path_var: &OsStr) -> Result<Self, MissingProgram> {
        let find = |program| find_program(path_var, program, "ffmpeg 5.1 or newer");
        Ok(Self { ffmpeg: find("ffmpeg")?, ffprobe: find("ffprobe")? })
    }

    /// ffmpeg without inputs yet.
    pub(crate) fn call(&self, limits: Limits) -> Invocation {
        Invocation::new(&self.ffmpeg, limits).args([
            "-nostdin",
            "-hide_banner",
            "-loglevel",
            "error",
            "-y",
            "-filter_threads",
            "1",
        ])
    }

    /// ffprobe on a file.
    pub(crate) fn probe_call(&self, path: &Path) -> Invocation {
        let call =
            Invocation::new(&self.ffprobe, Limits::READING).args(["-hide_banner", "-loglevel", "error"]);
        with_input(call, path, &[])
    }
}

/// Adds a media file as input, with the options that belong to it.
pub(crate) fn with_input(call: Invocation, path: &Path, options: &[&str]) -> Invocation {
    call.args(options)
        .args(["-threads", DECODER_THREADS])
        .args(["-protocol_whitelist", "file,pipe", "-format_whitelist", DEMUXERS, "-i"])
        .arg(file_url(path))
        .readable(path)
}

/// Adds a coded stream without a container as input, read by this demuxer whatever its bytes look like.
pub(crate) fn with_stream(call: Invocation, path: &Path, demuxer: &str, options: &[&str]) -> Invocation {
    call.args(options)
        .args(["-threads", DECODER_THREADS, "-f", demuxer])
        .args(["-protocol_whitelist", "file,pipe", "-i"])
        .arg(file_url(path))
        .readable(path)
}

/// A path in the form that ffmpeg can take for nothing else: not an option, a protocol or a pattern.
pub(crate) fn file_url(path: &Path) -> OsString {
    let mut url = OsString::from("file:");
    url.push(std::path::absolute(path).as_deref().unwrap_or(path));
    url
}
