//! `rostrum keys`: works on the records directly, with or without a running server.

use clap::Subcommand;
use rostrum_model::ids::ApiKeyId;

use crate::backends;
use crate::config::Config;

/// What to do with the keys.
#[derive(Subcommand)]
pub(crate) enum Keys {
    /// Make a key and print it; it is never shown again.
    Create {
        /// What the key is for.
        #[arg(long, default_value = "")]
        label: String,
    },
    /// List the keys, without their secrets.
    List,
    /// Make a key useless from now on.
    Revoke {
        /// The id that `list` shows.
        id: ApiKeyId,
    },
    /// Sign upload URLs with a new secret from now on; URLs that were handed out stay good until they expire.
    RotateSigning,
}

/// Runs the command.
pub(crate) async fn run(command: Keys, config: &Config) -> anyhow::Result<()> {
    let backends = backends::open(config).await?;
    let workspace = backends.first_workspace().await?;
    match command {
        Keys::Create { label } => {
            let issued = backends.issue_key(workspace.id, &label).await?;
            println!("{}", issued.secret);
        }
        Keys::List => {
            for key in backends.keys(workspace.id).await? {
                let state = if key.revoked_at.is_some() { "revoked" } else { "valid" };
                println!("{}  {}  {state}  {}", key.id, key.created_at.format("%Y-%m-%d %H:%M"), key.label);
            }
        }
        Keys::Revoke { id } => {
            let revoked = backends.revoke_key(workspace.id, id).await?;
            anyhow::ensure!(revoked, "there is no key {id}");
            println!("Revoked {id}.");
        }
        Keys::RotateSigning => {
            let believed = backends.rotate_signing_key().await?;
            println!("A new secret signs upload URLs; {believed} are believed.");
        }
    }
    Ok(())
}
