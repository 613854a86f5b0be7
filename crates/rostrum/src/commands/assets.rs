//! `rostrum assets`: a workspace's assets as a folder.

use std::path::PathBuf;

use clap::Subcommand;
use rostrum_app::transfer::LeftOut;

use crate::backends;
use crate::commands::workspaces::Of;
use crate::config::Config;

/// What to do with the assets.
#[derive(Subcommand)]
pub(crate) enum Assets {
    /// Write all assets to a folder, with their list and SHA-256 checksums; the server may run.
    Export {
        /// Made when it is not there; files that are in it already are not written again.
        folder: PathBuf,
        #[command(flatten)]
        of: Of,
    },
    /// Take the assets of such a folder in, with the ids they had; the server must not run.
    Import {
        /// Holds `assets.jsonl`.
        folder: PathBuf,
        #[command(flatten)]
        of: Of,
    },
}

/// Runs the command.
pub(crate) async fn run(command: Assets, config: &Config) -> anyhow::Result<()> {
    let left_out = match command {
        Assets::Export { folder, of } => {
            let backends = backends::open(config).await?;
            let workspace = of.workspace(&backends).await?;
            let done = backends.export_assets(workspace.id, &folder).await?;
            println!(
                "{} assets are in {}; {} files ({} bytes) were written now.",
                done.assets,
                folder.display(),
                done.files,
                done.bytes
            );
            println!("To check them: cd {} && sha256sum --check SHA256SUMS", folder.display());
            done.left_out
        }
        Assets::Import { folder, of } => {
            let _alone = backends::claim_data_dir(config)?;
            let backends = backends::open(config).await?;
            let workspace = of.workspace(&backends).await?;
            let done = backends.import_assets(workspace.id, &folder).await?;
            println!("{} assets are new, {} were there before.", done.assets, done.known);
            done.left_out
        }
    };
    for LeftOut { what, why } in &left_out {
        eprintln!("left out: {what}: {why}");
    }
    anyhow::ensure!(left_out.is_empty(), "{} of the assets were left out", left_out.len());
    Ok(())
}
