//! `rostrum doctor`: what is missing, and how to get it.

mod machine;

use std::collections::BTreeSet;

use anyhow::Context;
use rostrum_app::models::{FileState, FileStatus, Manifest};
use rostrum_app::voices::install_piper;
use rostrum_blob::BlobKey;

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
    match backends::find_espeak(config) {
        Ok(found) => {
            println!(
                "ok       espeak-ng: {}, {} languages",
                found.program().display(),
                found.language_count()
            );
        }
        Err(error) => println!(
            "absent   espeak-ng: {error} (Debian: apt-get install espeak-ng, or set ROSTRUM_ESPEAK_NG); until then \
             voices speak English, Mandarin and Japanese alone"
        ),
    }
    match backends::find_mecab(config) {
        Ok(found) => println!("ok       mecab: {}", found.program().display()),
        Err(error) => println!(
            "absent   mecab: {error} (Debian: apt-get install mecab mecab-ipadic-utf8, or set ROSTRUM_MECAB); until then \
             no voice speaks Japanese"
        ),
    }
    let (piper, refused) = install_piper(&config.models_dir());
    if piper > 0 {
        println!("ok       Piper: {piper} voices");
    }
    for refused in refused {
        println!("absent   Piper: {} is no voice: {}", refused.file.display(), refused.why);
    }
    report("database", try_records(config).await.map_err(|error| {
        format!("{error:#}; check 'database_url', and that the data folder and its files belong to whoever runs rostrum")
    }));
    report("clock", machine::clock(&config.data_dir));
    report("disk", machine::disk(&config.data_dir));
    match machine::fonts(&config.font_folders) {
        Ok(found) => println!("ok       fonts: {found}"),
        Err(problem) => println!("absent   fonts: {problem}"),
    }
    report("files", try_blobs(config).await.map_err(|error| format!("{error:#}")));
    let dir = config.models_dir();
    let manifest = Manifest::embedded();
    let states = manifest.verify(&dir)?;
    let is_left_out =
        |status: &&FileStatus<'_>| status.state == FileState::Missing && status.file.pack.is_some();
    let left_out: Vec<&FileStatus<'_>> = states.iter().filter(is_left_out).collect();
    let bad = states.iter().filter(|status| status.state != FileState::Present).count() - left_out.len();
    let packs: BTreeSet<&str> = left_out.iter().filter_map(|status| status.file.pack.as_deref()).collect();
    let packs = Vec::from_iter(packs).join(", ");
    let without = if packs.is_empty() { String::new() } else { format!(", without {packs}") };
    report(
        "models",
        if bad == 0 {
            Ok(format!("complete in {}{without}", dir.display()))
        } else {
            Err(format!("{bad} of {} files are missing or damaged; run `rostrum models pull`", states.len()))
        },
    );
    anyhow::ensure!(failed == 0, "{failed} checks failed");
    Ok(())
}

/// Opens the records, and changes nothing of them by a write that is taken back.
async fn try_records(config: &Config) -> anyhow::Result<String> {
    let store = backends::open_store(config).await?;
    store.try_write().await.context("the database can be read, but not written")?;
    Ok("opened, and can be written".to_owned())
}

/// Writes, reads and deletes a file where uploads and videos go.
async fn try_blobs(config: &Config) -> anyhow::Result<String> {
    let blobs = backends::open_blobs(config)?;
    let key = BlobKey::new("doctor/test").expect("plain words are a valid key");
    let bytes = b"written by rostrum doctor";
    blobs.put(&key, bytes).await?;
    let read = blobs.read(&key).await?;
    anyhow::ensure!(read.as_deref() == Some(bytes), "what was written is not what is read");
    anyhow::ensure!(blobs.delete(&key).await?, "what was written is gone");
    let place = config.blobs_url.clone().unwrap_or_else(|| config.data_dir.display().to_string());
    Ok(format!("written, read and deleted in {place}"))
}
