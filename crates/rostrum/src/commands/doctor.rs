//! `rostrum doctor`: what is missing, and how to get it.

use rostrum_app::models::{FileState, FileStatus, Manifest};

use crate::backends;
use crate::config::Config;

/// Prints one line per check; fails when one of them failed.
pub(crate) async fn run(config: &Config) -> anyhow::Result<()> {
    let mut failed = 0;
    let mut report = |what: &str, outcome: Result<String, String>| match outcome {
        Ok(found) => println!("ok       {what}: {found}"),
        Err(problem) => {
            failed += 1;
            println!("MISSING  {what}: {problem}");
        }
    };
    report(
        "ffmpeg",
        backends::find_ffmpeg(config)
            .map(|found| found.ffmpeg.display().to_string())
            .map_err(|error| format!("{error:#}")),
    );
    report(
        "database",
        backends::open_store(config).await.map(|_| "opened".to_owned()).map_err(|error| format!("{error:#}")),
    );
    let dir = config.models_dir();
    let manifest = Manifest::embedded();
    let states = manifest.verify(&dir)?;
    let is_left_out =
        |status: &&FileStatus<'_>| status.state == FileState::Missing && status.file.pack.is_some();
    let left_out = states.iter().filter(is_left_out).count();
    let bad = states.iter().filter(|status| status.state != FileState::Present).count() - left_out;
    report(
        "models",
        if bad == 0 {
            let without = if left_out == 0 { "" } else { ", without those for search by meaning" };
            Ok(format!("complete in {}{without}", dir.display()))
        } else {
            Err(format!("{bad} of {} files are missing or damaged; run `rostrum models pull`", states.len()))
        },
    );
    anyhow::ensure!(failed == 0, "{failed} checks failed");
    Ok(())
}
