//! The choice of backends by the settings.

use std::ffi::OsString;
use std::os::unix::fs::DirBuilderExt;
use std::sync::Arc;

use anyhow::Context;
use rostrum_app::Backends;
use rostrum_app::backends::{FrameCounts, Limits};
use rostrum_app::contents::ContentLocks;
use rostrum_app::engines::Engines;
use rostrum_app::fetch::{Fetcher, SystemNames};
use rostrum_blob::LocalBlobs;
use rostrum_media::{Ffmpeg, MissingProgram, Poppler};
use rostrum_store::Store;

use crate::config::Config;
use crate::system::{SystemChance, SystemClock, variable};

/// Opens the records and brings their schema up to date.
pub(crate) async fn open_store(config: &Config) -> anyhow::Result<Store> {
    // Others on the machine have no business with uploads, videos and key hashes.
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&config.data_dir)
        .with_context(|| format!("the data folder {} cannot be made", config.data_dir.display()))?;
    let url = config.database_url();
    let store = Store::connect(&url).await.context("the database cannot be opened")?;
    store.migrate().await.context("the database schema cannot be brought up to date")?;
    Ok(store)
}

/// The ffmpeg programs of the settings, or those in PATH.
pub(crate) fn find_ffmpeg(config: &Config) -> anyhow::Result<Ffmpeg> {
    if let (Some(ffmpeg), Some(ffprobe)) = (&config.ffmpeg, &config.ffprobe) {
        return Ok(Ffmpeg { ffmpeg: ffmpeg.clone(), ffprobe: ffprobe.clone() });
    }
    let path: OsString = variable("PATH").unwrap_or_default();
    let mut found = Ffmpeg::locate(&path)
        .context("install ffmpeg (Debian: apt-get install ffmpeg) or set ROSTRUM_FFMPEG")?;
    if let Some(ffmpeg) = &config.ffmpeg {
        found.ffmpeg.clone_from(ffmpeg);
    }
    if let Some(ffprobe) = &config.ffprobe {
        found.ffprobe.clone_from(ffprobe);
    }
    Ok(found)
}

/// The poppler programs in PATH.
pub(crate) fn find_poppler() -> Result<Poppler, MissingProgram> {
    Poppler::locate(&variable("PATH").unwrap_or_default())
}

/// Opens everything but the jobs.
pub(crate) async fn open(config: &Config) -> anyhow::Result<Arc<Backends>> {
    let store = open_store(config).await?;
    let blobs = LocalBlobs::new(&config.data_dir).context("the folder for files cannot be opened")?;
    let work_dir = config.data_dir.join("work");
    std::fs::create_dir_all(&work_dir).context("the folder for temporary files cannot be made")?;
    Ok(Arc::new(Backends {
        store,
        blobs: Arc::new(blobs),
        clock: Arc::new(SystemClock),
        chance: Arc::new(SystemChance),
        engines: Engines::new(config.models_dir(), config.workers().get()),
        ffmpeg: find_ffmpeg(config)?,
        poppler: find_poppler().ok(),
        work_dir,
        frames_drawn: FrameCounts::default(),
        contents: ContentLocks::default(),
        fetcher: Fetcher::new(config.fetch_settings()?, Arc::new(SystemNames)),
        limits: Limits { max_upload_bytes: config.max_upload_bytes },
    }))
}
