//! Tenants.

use rostrum_model::ids::WorkspaceId;
use rostrum_model::workspace::{PUBLIC_WORKSPACE, Workspace};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use tracing::instrument;

use crate::Store;
use crate::entities::workspace::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;
use crate::rows::instant;

/// The workspaces of a store.
#[derive(Debug, Clone, Copy)]
pub struct Workspaces<'s> {
    store: &'s Store,
}

impl<'s> Workspaces<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store }
    }

    /// Adds a workspace.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its id is taken.
    #[instrument(name = "db.workspace.add", level = "debug", skip_all, fields(workspace.id = %workspace.id))]
    pub async fn add(&self, workspace: &Workspace) -> Result<(), StoreError> {
        let row = ActiveModel {
            id: Set(workspace.id.as_uuid()),
            name: Set(workspace.name.clone()),
            created_at: Set(instant(workspace.created_at)),
            credit_balance: Set(0),
            is_limited: Set(false),
        };
        Entity::insert(row).exec_without_returning(&self.store.writer).await?;
        Ok(())
    }

    /// The oldest workspace, apart from [`PUBLIC_WORKSPACE`].
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.workspace.first", level = "debug", skip_all)]
    pub async fn first(&self) -> Result<Option<Workspace>, StoreError> {
        let tenants = Entity::find().filter(Column::Id.ne(PUBLIC_WORKSPACE.as_uuid()));
        let oldest = tenants.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id);
        Ok(oldest.one(&self.store.reader).await?.map(workspace_of))
    }

    /// All workspaces, the oldest first, apart from [`PUBLIC_WORKSPACE`]. All of them: people make workspaces, so there
    /// are few.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.workspace.list", level = "debug", skip_all)]
    pub async fn list(&self) -> Result<Vec<Workspace>, StoreError> {
        let tenants = Entity::find().filter(Column::Id.ne(PUBLIC_WORKSPACE.as_uuid()));
        let oldest_first = tenants.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id);
        Ok(oldest_first.all(&self.store.reader).await?.into_iter().map(workspace_of).collect())
    }

    /// The workspace with this id.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.workspace.get", level = "debug", skip_all, fields(workspace.id = %id))]
    pub async fn get(&self, id: WorkspaceId) -> Result<Option<Workspace>, StoreError> {
        Ok(Entity::find_by_id(id.as_uuid()).one(&self.store.reader).await?.map(workspace_of))
    }
}

fn workspace_of(row: Model) -> Workspace {
    Workspace { id: WorkspaceId::from_uuid(row.id), name: row.name, created_at: row.created_at }
}
