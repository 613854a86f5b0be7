//! `rostrum credits`: works on the records directly, with or without a running server.

use clap::Subcommand;
use rostrum_model::credits::Credits as Amount;

use super::minute;
use crate::backends;
use crate::commands::workspaces::Of;
use crate::config::Config;

/// Entries shown.
const SHOWN_ENTRIES: u64 = 20;

/// What to do with the credits of a workspace.
#[derive(Subcommand)]
pub(crate) enum Credits {
    /// Show what a workspace has, and its newest entries.
    Show {
        #[command(flatten)]
        of: Of,
    },
    /// Give credits to a workspace, which from then on spends no more than it was given.
    Grant {
        /// How many; negative to take some back.
        #[arg(allow_negative_numbers = true)]
        amount: f64,
        #[command(flatten)]
        of: Of,
    },
    /// Let a workspace spend without a limit.
    Unlimited {
        #[command(flatten)]
        of: Of,
    },
}

/// Runs the command.
pub(crate) async fn run(command: Credits, config: &Config) -> anyhow::Result<()> {
    let backends = backends::open(config).await?;
    let (Credits::Show { of } | Credits::Grant { of, .. } | Credits::Unlimited { of }) = &command;
    let workspace = of.workspace(&backends).await?;
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
        let when = minute(entry.created_at);
        println!("{when}  {:>14}  {:<10}  {}", entry.amount.to_string(), entry.kind.word(), entry.subject);
    }
    Ok(())
}
