//! `rostrum credits`: works on the records directly, with or without a running server.

use clap::Subcommand;
use rostrum_model::credits::Credits as Amount;
use rostrum_model::ids::WorkspaceId;

use crate::backends;
use crate::config::Config;

/// Entries shown.
const SHOWN_ENTRIES: u64 = 20;

/// What to do with the credits of a workspace, the first one where none is named.
#[derive(Subcommand)]
pub(crate) enum Credits {
    /// Show what a workspace has, and its newest entries.
    Show {
        /// Which.
        #[arg(long)]
        workspace: Option<WorkspaceId>,
    },
    /// Give credits to a workspace, which from then on spends no more than it was given.
    Grant {
        /// How many; negative to take some back.
        #[arg(allow_negative_numbers = true)]
        amount: f64,
        /// Whom.
        #[arg(long)]
        workspace: Option<WorkspaceId>,
    },
    /// Let a workspace spend without a limit.
    Unlimited {
        /// Which.
        #[arg(long)]
        workspace: Option<WorkspaceId>,
    },
}

/// Runs the command.
pub(crate) async fn run(command: Credits, config: &Config) -> anyhow::Result<()> {
    let backends = backends::open(config).await?;
    let named = match &command {
        Credits::Show { workspace } | Credits::Grant { workspace, .. } | Credits::Unlimited { workspace } => {
            *workspace
        }
    };
    let workspace = match named {
        Some(id) => backends.store.workspaces().get(id).await?,
        None => Some(backends.first_workspace().await?),
    };
    let Some(workspace) = workspace else { anyhow::bail!("there is no such workspace") };
    match command {
        Credits::Show { .. } => {}
        Credits::Grant { amount, .. } => {
            anyhow::ensure!(amount.is_finite() && amount.abs() < 1e12, "{amount} cannot be counted");
            backends.grant(workspace.id, Amount::new(amount)).await?;
        }
        Credits::Unlimited { .. } => {
            backends.store.credits().unlimit(workspace.id).await?;
        }
    }
    let account = backends.account(workspace.id).await?;
    if account.is_limited {
        println!("{} ({}) has {} credits.", workspace.id, workspace.name, account.balance);
    } else {
        println!("{} ({}) has no limit.", workspace.id, workspace.name);
    }
    for entry in backends.store.credits().entries(workspace.id, SHOWN_ENTRIES).await? {
        let when = entry.created_at.format("%Y-%m-%d %H:%M");
        println!("{when}  {:>14}  {:<10}  {}", entry.amount.to_string(), entry.kind.word(), entry.subject);
    }
    Ok(())
}
