//! `rostrum backup` and `rostrum restore`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use rostrum_app::backup;

use crate::backends;
use crate::config::Config;

/// Copies everything to a folder.
pub(crate) async fn back_up(folder: &Path, config: &Config) -> anyhow::Result<()> {
    let backends = backends::open(config).await?;
    let done = backends.back_up(folder).await?;
    println!("{} files ({} bytes) are in {}.", done.files, done.bytes, folder.display());
    println!("To check them: cd {} && sha256sum --quiet --check SHA256SUMS", folder.display());
    for key in &done.damaged {
        eprintln!("left out: {key} is no longer what it was when it was stored");
    }
    anyhow::ensure!(done.damaged.is_empty(), "{} files are damaged and were left out", done.damaged.len());
    Ok(())
}

/// Takes such a folder in.
pub(crate) async fn restore(folder: &Path, config: &Config) -> anyhow::Result<()> {
    let url = config.database_url();
    let path = url.strip_prefix("sqlite:").context(
        "the settings name a Postgres server, which restores its own backups: pg_restore --dbname=DATABASE_URL \
         rostrum.dump, and copy the folder 'blobs' back into the data folder, or the bucket",
    )?;
    let records = PathBuf::from(path.strip_prefix("//").unwrap_or(path));
    let is_empty = match std::fs::read_dir(&config.data_dir) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    };
    anyhow::ensure!(
        is_empty && !records.exists(),
        "there is something in {} already; name a folder that is empty, or not there yet, by --data-dir",
        if is_empty { records.display() } else { config.data_dir.display() }
    );
    let _alone = backends::claim_data_dir(config)?;
    let blobs = backends::open_blobs(config)?;
    let done = backup::restore(folder, &*blobs, &records).await?;
    println!("{} files ({} bytes) are in {}.", done.files, done.bytes, config.data_dir.display());
    Ok(())
}
