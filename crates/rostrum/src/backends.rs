//! The choice of backends by the settings.

use std::ffi::OsString;
use std::fs::File;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use anyhow::Context;
use rostrum_app::Backends;
use rostrum_app::backends::FrameCounts;
use rostrum_app::contents::ContentLocks;
use rostrum_app::engines::Engines;
use rostrum_app::fetch::{Fetcher, SystemNames};
use rostrum_app::speech::SpeechError;
use rostrum_app::speech_engines::RecognisedTimes;
use rostrum_app::voices::{Espeak, Mecab, install_espeak, install_mecab, install_piper};
use rostrum_blob::{Blobs, LocalBlobs, S3Blobs};
use rostrum_media::{Ffmpeg, MissingProgram, Poppler};
use rostrum_store::Store;
use tokio::sync::Semaphore;

use crate::config::Config;
use crate::system::{SystemChance, SystemClock, variable};

/// How long a data folder in use is waited for: a killed server's lock lives on for a moment in programs that it was
/// just starting.
const CLAIM_WAIT: Duration = Duration::from_secs(2);

/// Makes the data folder this program's alone until the returned file is dropped or the program ends in any way.
pub(crate) fn claim_data_dir(config: &Config) -> anyhow::Result<File> {
    make_data_dir(config)?;
    let path = config.data_dir.join("in-use.lock");
    let file = File::create(&path).with_context(|| format!("{} cannot be made", path.display()))?;
    let (locked, lock) = mpsc::channel();
    std::thread::spawn(move || locked.send(file.lock().map(|()| file)));
    match lock.recv_timeout(CLAIM_WAIT) {
        Ok(file) => file.with_context(|| format!("{} cannot be locked", path.display())),
        Err(_) => anyhow::bail!(
            "another rostrum is at work on {}; stop it first, or choose another folder by --data-dir",
            config.data_dir.display()
        ),
    }
}

fn make_data_dir(config: &Config) -> anyhow::Result<()> {
    // Others on the machine have no business with uploads, videos and key hashes.
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&config.data_dir)
        .with_context(|| format!("the data folder {} cannot be made", config.data_dir.display()))
}

/// Opens the records and brings their schema up to date.
pub(crate) async fn open_store(config: &Config) -> anyhow::Result<Store> {
    make_data_dir(config)?;
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

/// Opens the place for bytes.
pub(crate) fn open_blobs(config: &Config) -> anyhow::Result<Arc<dyn Blobs>> {
    let Some(settings) = config.s3_settings() else {
        let blobs = LocalBlobs::new(&config.data_dir).context("the folder for files cannot be opened")?;
        return Ok(Arc::new(blobs));
    };
    let work_dir = make_work_dir(config)?;
    let blobs = S3Blobs::new(&settings, &work_dir, &SystemChance)
        .context("the bucket of 'blobs_url' cannot be used")?;
    Ok(Arc::new(blobs))
}

fn make_work_dir(config: &Config) -> anyhow::Result<PathBuf> {
    let work_dir = config.data_dir.join("work");
    std::fs::create_dir_all(&work_dir).context("the folder for temporary files cannot be made")?;
    Ok(work_dir)
}

/// The poppler programs in PATH.
pub(crate) fn find_poppler() -> Result<Poppler, MissingProgram> {
    Poppler::locate(&variable("PATH").unwrap_or_default())
}

/// The espeak-ng program of the settings, or the one in PATH.
pub(crate) fn find_espeak(config: &Config) -> Result<Espeak, SpeechError> {
    match &config.espeak_ng {
        Some(program) => Espeak::open(program),
        None => Espeak::locate(&variable("PATH").unwrap_or_default()),
    }
}

/// The mecab program of the settings, or the one in PATH.
pub(crate) fn find_mecab(config: &Config) -> Result<Mecab, SpeechError> {
    match &config.mecab {
        Some(program) => Mecab::open(program),
        None => Mecab::locate(&variable("PATH").unwrap_or_default()),
    }
}

/// Lets voices of this process use the programs that are there, and those that lie in the models folder.
pub(crate) fn install_voices(config: &Config) {
    match find_espeak(config) {
        Ok(program) => install_espeak(program),
        Err(error) => {
            tracing::warn!(%error, "voices speak English, Mandarin and Japanese alone, as espeak-ng cannot be used");
        }
    }
    match find_mecab(config) {
        Ok(program) => install_mecab(program),
        Err(error) => tracing::warn!(%error, "no voice speaks Japanese, as mecab cannot be used"),
    }
    for refused in install_piper(&config.models_dir()).1 {
        tracing::warn!(file = %refused.file.display(), why = refused.why, "a Piper voice cannot be used");
    }
}

/// Opens everything but the jobs.
pub(crate) async fn open(config: &Config) -> anyhow::Result<Arc<Backends>> {
    Ok(Arc::new(Backends {
        store: open_store(config).await?,
        blobs: open_blobs(config)?,
        clock: Arc::new(SystemClock),
        chance: Arc::new(SystemChance),
        engines: Engines::new(config.models_dir(), config.workers().get())
            .with_fonts(config.font_folders.clone()),
        ffmpeg: find_ffmpeg(config)?,
        work_dir: make_work_dir(config)?,
        poppler: find_poppler().ok(),
        frames_drawn: FrameCounts::default(),
        previews: tokio::sync::Mutex::default(),
        contents: ContentLocks::default(),
        decoding: Semaphore::new(1),
        fetcher: Fetcher::new(config.fetch_settings()?, Arc::new(SystemNames)),
        limits: config.limits(),
        video_ended: tokio::sync::Notify::new(),
        speech_engines: config.speech_engines()?,
        image_engine: config.image_engine()?,
        avatar_engine: config.avatar_engine()?,
        aligner: Some(Arc::new(RecognisedTimes::new(config.models_dir(), config.workers().get()))),
    }))
}
