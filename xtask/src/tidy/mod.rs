//! `tidy`: rules of the code base that the compiler and clippy cannot check.
//!
//! To add a rule, add a module with a pure function from file contents to [`Finding`]s, test it there, and call it
//! from [`check`].

mod dependencies;
mod environment;
mod sizes;
mod source;
mod words;

use std::fmt;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, ensure};

use crate::openapi;
use source::TextFile;

/// A rule broken at a place.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    /// File, from the root of the repository.
    path: String,
    /// Line, from 1; `None` when the whole file is meant.
    line: Option<usize>,
    /// What is wrong and what to do instead.
    message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.message),
            None => write!(f, "{}: {}", self.path, self.message),
        }
    }
}

/// Checks the repository at `root`, prints what it finds and answers the exit code.
pub(crate) fn run(root: &Path) -> anyhow::Result<ExitCode> {
    let files = tracked_text_files(root)?;
    let findings = check(&files)?;

    for (path, lines) in sizes::long_files(&files) {
        println!("note: {path}: {lines} lines without its tests; think of splitting it");
    }
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!("tidy: {} files, nothing to complain about", files.len());
        Ok(ExitCode::SUCCESS)
    } else {
        println!("tidy: {} findings in {} files", findings.len(), files.len());
        Ok(ExitCode::FAILURE)
    }
}

fn check(files: &[TextFile]) -> anyhow::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for file in files {
        if let Some(folder) = file.path.strip_suffix("/Cargo.toml") {
            let manifest = toml::from_str(&file.text).with_context(|| format!("reading {}", file.path))?;
            findings.extend(dependencies::check(folder, &manifest));
        }
        if file.is_rust() {
            findings.extend(environment::check(file));
            findings.extend(sizes::check(file));
        }
        findings.extend(words::check(file));
    }
    findings.extend(openapi_is_current(files)?);
    Ok(findings)
}

/// Complains when the committed OpenAPI document is not what the facts give.
fn openapi_is_current(files: &[TextFile]) -> anyhow::Result<Option<Finding>> {
    let text = |path: &str| files.iter().find(|file| file.path == path).map(|file| file.text.clone());
    let given = openapi::document(&|path| text(path).with_context(|| format!("{path} is not there")))?;
    Ok((text(openapi::DOCUMENT) != Some(given)).then(|| Finding {
        path: openapi::DOCUMENT.to_owned(),
        line: None,
        message: "is not what the facts in compat/contract give; run `cargo xtask openapi`".to_owned(),
    }))
}

/// Reads every text file that git tracks, or would track once added.
fn tracked_text_files(root: &Path) -> anyhow::Result<Vec<TextFile>> {
    let listing = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .context("running git")?;
    ensure!(listing.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listing.stderr));

    let mut files = Vec::new();
    for path in String::from_utf8(listing.stdout).context("a file name is not UTF-8")?.split_terminator('\0')
    {
        let whole_path = root.join(path);
        // A file that was deleted but not yet committed is still listed.
        if !whole_path.is_file() {
            continue;
        }
        let bytes = std::fs::read(&whole_path).with_context(|| format!("reading {path}"))?;
        if let Some(text) = source::text_of(bytes) {
            files.push(TextFile { path: path.to_owned(), text });
        }
    }
    Ok(files)
}
