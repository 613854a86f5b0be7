//! `rostrum config`.

use clap::Subcommand;

use crate::config::Config;

/// What to do with the settings.
#[derive(Subcommand)]
pub(crate) enum Settings {
    /// Print the settings in force as TOML.
    Show,
}

/// Runs the command.
pub(crate) fn run(command: &Settings, config: &Config) -> anyhow::Result<()> {
    match command {
        Settings::Show => {
            let mut shown = config.clone();
            // A database URL may hold a password.
            shown.database_url = shown.database_url.map(|url| match url.rsplit_once('@') {
                Some((_, host)) => format!("postgres://***@{host}"),
                None => url,
            });
            print!("{}", toml::to_string(&shown)?);
            Ok(())
        }
    }
}
