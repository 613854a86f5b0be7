//! `rostrum doctor`: what is missing, and how to get it.

use rostrum_app::models::{FileState, Manifest};

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
    // Optional, so its absence is no failure.
    match backends::find_poppler() {
        Ok(found) => println!("ok       poppler: {}", found.pdfinfo.display()),
        Err(error) => {
            println!("absent   poppler: {error}; until then pages of PDFs are not counted and not shown");
        }
    }
    report(
        "database",
        backends::open_store(config).await.map(|_| "opened".to_owned()).map_err(|error| format!("{error:#}")),
    );
    let dir = config.models_dir();
    let manifest = Manifest::embedded();
    let states = manifest.verify(&dir)?;
    let bad = states.iter().filter(|status| status.state != FileState::Present).count();
    report(
        "models",
        if bad == 0 {
            Ok(format!("complete in {}", dir.display()))
        } else {
            Err(format!("{bad} of {} files are missing or damaged; run `rostrum models pull`", states.len()))
        },
    );
    anyhow::ensure!(failed == 0, "{failed} checks failed");
    Ok(())
}
