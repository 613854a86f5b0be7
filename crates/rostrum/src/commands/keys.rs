//! `rostrum keys`: works on the records directly, with or without a running server.

use chrono::{DateTime, TimeDelta, Utc};
use clap::Subcommand;
use rostrum_model::clock::Clock;
use rostrum_model::ids::ApiKeyId;
use rostrum_model::scope::{Scope, Scopes};
use rostrum_model::workspace::ApiKey;

use super::minute;
use crate::backends;
use crate::commands::workspaces::Of;
use crate::config::Config;
use crate::system::SystemClock;

/// The longest time an old key may stay good beside the new one: a year.
const MAX_OVERLAP_HOURS: i64 = 365 * 24;

/// What to do with the keys.
#[derive(Subcommand)]
pub(crate) enum Keys {
    /// Make a key and print it; it is never shown again.
    Create {
        /// What the key is for.
        #[arg(long, default_value = "")]
        label: String,
        /// What it may do, e.g. videos:write or assets:read; may be given several times. Without any it may do
        /// everything.
        #[arg(long = "scope", value_name = "FAMILY:ACCESS")]
        scopes: Vec<Scope>,
        #[command(flatten)]
        of: Of,
    },
    /// List the keys, without their secrets.
    List {
        #[command(flatten)]
        of: Of,
    },
    /// Make a new key with the same label and scopes and print it; the old one stays good for a while.
    Rotate {
        /// The id that `list` shows.
        id: ApiKeyId,
        /// For how many hours the old key stays good; with 0 it is useless at once.
        #[arg(long, value_name = "HOURS", default_value_t = 24,
              value_parser = clap::value_parser!(i64).range(0..=MAX_OVERLAP_HOURS))]
        overlap: i64,
        #[command(flatten)]
        of: Of,
    },
    /// Make a key useless from now on.
    Revoke {
        /// The id that `list` shows.
        id: ApiKeyId,
        #[command(flatten)]
        of: Of,
    },
    /// Sign upload URLs and page tokens with a new secret from now on; URLs that were handed out stay good until they
    /// expire.
    RotateSigning,
}

/// Runs the command.
pub(crate) async fn run(command: Keys, config: &Config) -> anyhow::Result<()> {
    let backends = backends::open(config).await?;
    match command {
        Keys::Create { label, scopes, of } => {
            let workspace = of.workspace(&backends).await?;
            let issued = backends.issue_key(workspace.id, &label, Scopes::new(scopes)).await?;
            println!("{}", issued.secret);
        }
        Keys::List { of } => {
            let workspace = of.workspace(&backends).await?;
            let now = SystemClock.now();
            for key in backends.keys(workspace.id).await? {
                println!("{}", line(&key, now));
            }
        }
        Keys::Rotate { id, overlap, of } => {
            let workspace = of.workspace(&backends).await?;
            let rotated = backends.rotate_key(workspace.id, id, TimeDelta::hours(overlap)).await?;
            println!("{}", rotated.issued.secret);
            eprintln!(
                "The new key is {}; {id} is good until {}.",
                rotated.issued.id,
                minute(rotated.old_ends_at)
            );
        }
        Keys::Revoke { id, of } => {
            let workspace = of.workspace(&backends).await?;
            let revoked = backends.revoke_key(workspace.id, id).await?;
            anyhow::ensure!(revoked, "the workspace '{}' has no key {id}", workspace.name);
            println!("Revoked {id}.");
        }
        Keys::RotateSigning => {
            let believed = backends.rotate_signing_key().await?;
            println!("A new secret signs upload URLs and page tokens; {believed} are believed.");
        }
    }
    Ok(())
}

/// A key in the list; the label comes last, for it may hold anything.
fn line(key: &ApiKey, now: DateTime<Utc>) -> String {
    let state = match (key.revoked_at, key.expires_at) {
        (Some(_), _) => "revoked".to_owned(),
        (None, Some(end)) if !key.is_good_at(now) => format!("expired {}", minute(end)),
        (None, Some(end)) => format!("valid until {}", minute(end)),
        (None, None) => "valid".to_owned(),
    };
    let used = key.last_used_at.map_or_else(|| "never used".to_owned(), |at| format!("used {}", minute(at)));
    format!("{}  made {}  {state}  {used}  {}  {}", key.id, minute(key.created_at), key.scopes, key.label)
}
