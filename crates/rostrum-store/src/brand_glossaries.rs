//! Brand glossaries.

use rostrum_model::glossary::BrandGlossary;
use rostrum_model::ids::{GlossaryId, WorkspaceId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use tracing::instrument;

use crate::Store;
use crate::entities::brand_glossary::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;
use crate::newest_first::{Cursor, newest_first};
use crate::rows::{Place, fold, instant};

/// The brand glossaries of a store.
#[derive(Debug, Clone, Copy)]
pub struct BrandGlossaries<'s> {
    store: &'s Store,
}

/// A place in the list of glossaries.
pub type GlossaryCursor = Cursor<GlossaryId>;

impl GlossaryCursor {
    /// The place just after a glossary.
    pub fn after(glossary: &BrandGlossary) -> Self {
        Self { created_at: glossary.created_at, id: glossary.id }
    }
}

impl<'s> BrandGlossaries<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store }
    }

    /// Adds a glossary.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its id is taken, its workspace is not there or has another of that name.
    #[instrument(name = "db.brand_glossary.add", level = "debug", skip_all, fields(glossary.id = %glossary.id))]
    pub async fn add(&self, glossary: &BrandGlossary) -> Result<(), StoreError> {
        Entity::insert(row_of(glossary)?).exec_without_returning(&self.store.writer).await?;
        Ok(())
    }

    /// A glossary of a workspace.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.brand_glossary.get", level = "debug", skip_all, fields(glossary.id = %id))]
    pub async fn get(
        &self,
        workspace_id: WorkspaceId,
        id: GlossaryId,
    ) -> Result<Option<BrandGlossary>, StoreError> {
        let mine = Entity::find_by_id(id.as_uuid()).filter(Column::WorkspaceId.eq(workspace_id.as_uuid()));
        mine.one(&self.store.reader).await?.map(glossary_of).transpose()
    }

    /// Glossaries of a workspace, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.brand_glossary.list", level = "debug", skip_all, fields(workspace.id = %workspace_id))]
    pub async fn list(
        &self,
        workspace_id: WorkspaceId,
        limit: u64,
        after: Option<GlossaryCursor>,
    ) -> Result<Vec<BrandGlossary>, StoreError> {
        let mine = Entity::find().filter(Column::WorkspaceId.eq(workspace_id.as_uuid()));
        let after = after.map(|cursor| (cursor.created_at, cursor.id.as_uuid()));
        let page = newest_first(mine, Column::CreatedAt, Column::Id, limit, after);
        page.all(&self.store.reader).await?.into_iter().map(glossary_of).collect()
    }

    /// Stores name, content and instant of change of a glossary. Tells whether its workspace has it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the workspace has another of that name.
    #[instrument(name = "db.brand_glossary.update", level = "debug", skip_all, fields(glossary.id = %glossary.id))]
    pub async fn update(&self, glossary: &BrandGlossary) -> Result<bool, StoreError> {
        let row = row_of(glossary)?;
        let updated = Entity::update_many()
            .set(ActiveModel {
                name: row.name,
                name_folded: row.name_folded,
                content: row.content,
                updated_at: row.updated_at,
                ..Default::default()
            })
            .filter(Column::Id.eq(glossary.id.as_uuid()))
            .filter(Column::WorkspaceId.eq(glossary.workspace_id.as_uuid()))
            .exec(&self.store.writer)
            .await?;
        Ok(updated.rows_affected > 0)
    }

    /// Removes a glossary. Tells whether the workspace had it.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.brand_glossary.delete", level = "debug", skip_all, fields(glossary.id = %id))]
    pub async fn delete(&self, workspace_id: WorkspaceId, id: GlossaryId) -> Result<bool, StoreError> {
        let deleted = Entity::delete_many()
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::WorkspaceId.eq(workspace_id.as_uuid()))
            .exec(&self.store.writer)
            .await?;
        Ok(deleted.rows_affected > 0)
    }
}

fn place(id: GlossaryId) -> Place {
    Place { table: "brand_glossaries", row: id.as_uuid() }
}

fn row_of(glossary: &BrandGlossary) -> Result<ActiveModel, StoreError> {
    let content =
        serde_json::to_value(&glossary.content).map_err(place(glossary.id).unreadable("content"))?;
    Ok(ActiveModel {
        id: Set(glossary.id.as_uuid()),
        workspace_id: Set(glossary.workspace_id.as_uuid()),
        name: Set(glossary.name.clone()),
        name_folded: Set(fold(&glossary.name)),
        content: Set(content),
        created_at: Set(instant(glossary.created_at)),
        updated_at: Set(instant(glossary.updated_at)),
    })
}

fn glossary_of(row: Model) -> Result<BrandGlossary, StoreError> {
    let id = GlossaryId::from_uuid(row.id);
    Ok(BrandGlossary {
        id,
        workspace_id: WorkspaceId::from_uuid(row.workspace_id),
        name: row.name,
        content: serde_json::from_value(row.content).map_err(place(id).unreadable("content"))?,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}
