//! The `rostrum` program: settings, commands, and the choice of backends. What the product does lives in
//! `rostrum-app`.

mod backends;
mod commands;
mod config;
mod memory;
mod system;
mod tls;
mod traces;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Overrides;

/// Self-hosted AI avatar videos, compatible with HeyGen's API.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(flatten)]
    overrides: Overrides,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API, with a render worker inside.
    Serve,
    /// List, fetch and check the model files.
    #[command(subcommand)]
    Models(commands::models::Models),
    /// Make and list workspaces, whose things are apart from each other's.
    #[command(subcommand)]
    Workspaces(commands::workspaces::Workspaces),
    /// Make, list, rotate and revoke API keys.
    #[command(subcommand)]
    Keys(commands::keys::Keys),
    /// Show, give and limit the credits of a workspace.
    #[command(subcommand)]
    Credits(commands::credits::Credits),
    /// Copy a workspace's assets to a folder, or take such a folder in.
    #[command(subcommand)]
    Assets(commands::assets::Assets),
    /// Copy all records and all bytes to a folder; the server may run.
    Backup {
        /// Made when it is not there; must be empty.
        folder: PathBuf,
    },
    /// Take such a folder in; the data folder must be empty.
    Restore {
        /// What `rostrum backup` wrote.
        folder: PathBuf,
    },
    /// Make a certificate for HTTPS, and an authority for clients to trust; for HeyGen's hosts when none is named.
    Certificate {
        /// A host that the certificate is for; may be given several times.
        #[arg(long = "host", value_name = "HOST")]
        hosts: Vec<String>,
        /// Where they are written; made when it is not there.
        folder: PathBuf,
    },
    /// Bring the database schema up to date (serve does so by itself).
    Migrate,
    /// Check that everything a video needs is there.
    Doctor,
    /// Show the settings in force.
    #[command(subcommand)]
    Config(commands::settings::Settings),
}

#[tokio::main]
async fn main() -> ExitCode {
    memory::give_back_large_buffers();
    let arguments = Arguments::parse();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config = config::load(&arguments.overrides)?;
    match arguments.command {
        Command::Serve => commands::serve::run(config).await,
        Command::Models(command) => commands::models::run(command, &config),
        Command::Workspaces(command) => commands::workspaces::run(command, &config).await,
        Command::Keys(command) => commands::keys::run(command, &config).await,
        Command::Credits(command) => commands::credits::run(command, &config).await,
        Command::Assets(command) => commands::assets::run(command, &config).await,
        Command::Backup { folder } => commands::backup::back_up(&folder, &config).await,
        Command::Restore { folder } => commands::backup::restore(&folder, &config).await,
        Command::Certificate { hosts, folder } => commands::certificate::run(&folder, &hosts),
        Command::Migrate => {
            backends::open_store(&config).await?;
            println!("The schema is up to date.");
            Ok(())
        }
        Command::Doctor => commands::doctor::run(&config).await,
        Command::Config(command) => commands::settings::run(&command, &config),
    }
}
