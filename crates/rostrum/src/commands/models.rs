//! `rostrum models`.

use std::path::PathBuf;

use clap::Subcommand;
use rostrum_app::models::{FileState, FileStatus, Manifest, Progress, PullOptions};

use crate::config::Config;

/// What to do with the model files.
#[derive(Subcommand)]
pub(crate) enum Models {
    /// List the files with size, licence and state.
    List,
    /// Fetch what is missing and make what is derived.
    Pull {
        /// Take files from this folder first (a machine without network).
        #[arg(long, value_name = "DIR")]
        from: Option<PathBuf>,
        /// Fetch a pack that is left out otherwise: `piper`, a quick English voice of the Piper project.
        #[arg(long, value_name = "PACK")]
        with: Vec<String>,
        /// Leave out a pack: `meaning`, which lets search go by meaning and not by words alone, or `recognition`, which
        /// writes down what is said.
        #[arg(long, value_name = "PACK")]
        without: Vec<String>,
    },
    /// Check every file against its SHA-256.
    Verify {
        /// Check a pack that is left out otherwise.
        #[arg(long, value_name = "PACK")]
        with: Vec<String>,
        /// Leave out a pack.
        #[arg(long, value_name = "PACK")]
        without: Vec<String>,
    },
}

/// Runs the command.
pub(crate) fn run(command: Models, config: &Config) -> anyhow::Result<()> {
    let (manifest, dir) = (Manifest::embedded(), config.models_dir());
    match command {
        Models::List => print_states(&manifest.list(&dir)?),
        Models::Verify { with, without } => {
            let manifest = chosen(manifest, &with, &without)?;
            let states = manifest.verify(&dir)?;
            let bad: Vec<_> = states.iter().filter(|status| status.state != FileState::Present).collect();
            for status in &bad {
                println!("{:8} {}", state_word(status.state), status.file.path);
            }
            anyhow::ensure!(
                bad.is_empty(),
                "{} of {} model files are missing or damaged; run `rostrum models pull`",
                bad.len(),
                states.len()
            );
            println!("All {} model files are there and whole, in {}.", states.len(), dir.display());
        }
        Models::Pull { from, with, without } => {
            let manifest = chosen(manifest, &with, &without)?;
            let options = PullOptions { from, ..PullOptions::default() };
            let report = manifest.pull(&dir, &options, |progress: Progress<'_>| match progress {
                Progress::Kept(_) => {}
                Progress::Fetching { file, source } => println!("{}: from {source}", file.path),
                Progress::Placed(file) => println!("{}: in place", file.path),
                Progress::Failed(file) => println!("{}: not to be had", file.path),
            })?;
            println!(
                "{} model files fetched, {} were there already, in {}.",
                report.placed,
                report.kept,
                dir.display()
            );
        }
    }
    Ok(())
}

fn chosen(manifest: Manifest, with: &[String], without: &[String]) -> anyhow::Result<Manifest> {
    manifest.choose(with, without).map_err(|pack| anyhow::anyhow!("there is no pack named {pack}"))
}

fn print_states(states: &[FileStatus<'_>]) {
    for FileStatus { file, state } in states {
        println!("{:8} {:>10}  {}  ({})", state_word(*state), file.size, file.path, file.licence);
    }
}

fn state_word(state: FileState) -> &'static str {
    match state {
        FileState::Missing => "missing",
        FileState::Present => "present",
        FileState::Corrupt => "damaged",
    }
}
