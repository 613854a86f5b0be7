//! `rostrum workspaces`: works on the records directly, with or without a running server.

use clap::{Args, Subcommand};
use rostrum_app::Backends;
use rostrum_model::workspace::Workspace;

use super::minute;
use crate::backends;
use crate::config::Config;

/// What to do with the workspaces.
#[derive(Subcommand)]
pub(crate) enum Workspaces {
    /// Make a workspace and print its id; `rostrum keys create --workspace` makes keys for it.
    Create {
        /// For people; need not be unique.
        name: String,
    },
    /// List the workspaces; the first is the one that commands work on where none is named.
    List,
}

/// Whose things a command works on.
#[derive(Args)]
pub(crate) struct Of {
    /// Id or name of the workspace whose they are; the first workspace when left out.
    #[arg(long, value_name = "WORKSPACE")]
    workspace: Option<String>,
}

impl Of {
    pub(crate) async fn workspace(&self, backends: &Backends) -> anyhow::Result<Workspace> {
        Ok(match &self.workspace {
            Some(id_or_name) => backends.workspace_called(id_or_name).await?,
            None => backends.first_workspace().await?,
        })
    }
}

/// Runs the command.
pub(crate) async fn run(command: Workspaces, config: &Config) -> anyhow::Result<()> {
    let backends = backends::open(config).await?;
    // The one of this installation stays the first, whenever it is made.
    backends.first_workspace().await?;
    match command {
        Workspaces::Create { name } => {
            anyhow::ensure!(!name.trim().is_empty(), "a workspace needs a name");
            println!("{}", backends.create_workspace(name.trim()).await?.id);
        }
        Workspaces::List => {
            for workspace in backends.workspaces().await? {
                println!("{}  made {}  {}", workspace.id, minute(workspace.created_at), workspace.name);
            }
        }
    }
    Ok(())
}
