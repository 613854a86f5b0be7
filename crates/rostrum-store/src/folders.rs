//! Folders.

use chrono::{DateTime, Utc};
use rostrum_model::folder::{Folder, FolderName, MAX_FOLDER_DEPTH, ProjectType, Trashed};
use rostrum_model::ids::{FolderId, WorkspaceId};
use sea_orm::sea_query::SelectStatement;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    QueryTrait, TransactionTrait,
};
use tracing::instrument;
use uuid::Uuid;

use crate::Store;
use crate::entities::folder::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;
use crate::newest_first::{Cursor, newest_first};
use crate::rows::{Place, containing, fold, instant};

/// The folders of a store.
#[derive(Debug, Clone, Copy)]
pub struct Folders<'s> {
    store: &'s Store,
}

/// A place in the list of folders.
pub type FolderCursor = Cursor<FolderId>;

impl FolderCursor {
    /// The place just after a folder.
    pub fn after(folder: &Folder) -> Self {
        Self { created_at: folder.created_at, id: folder.id }
    }
}

/// Which folders to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FolderFilter {
    /// Those directly below this one.
    pub parent_id: Option<FolderId>,
    /// With this text in their names, in any case.
    pub name_contains: Option<String>,
    /// Those in the trash instead of those that are not.
    pub trashed: bool,
}

impl FolderFilter {
    fn condition(&self, workspace_id: WorkspaceId) -> Condition {
        let trashed = Column::TrashedAt;
        let mut all = Condition::all()
            .add(Column::WorkspaceId.eq(workspace_id.as_uuid()))
            .add(if self.trashed { trashed.is_not_null() } else { trashed.is_null() });
        if let Some(parent_id) = self.parent_id {
            all = all.add(Column::ParentId.eq(parent_id.as_uuid()));
        }
        if let Some(text) = &self.name_contains {
            all = all.add(Column::NameFolded.like(containing(&fold(text))));
        }
        all
    }
}

impl<'s> Folders<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store }
    }

    /// Adds a folder.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its id is taken, or its workspace or the folder it lies in is not there.
    #[instrument(name = "db.folder.add", level = "debug", skip_all, fields(folder.id = %folder.id))]
    pub async fn add(&self, folder: &Folder) -> Result<(), StoreError> {
        Entity::insert(row_of(folder)).exec_without_returning(&self.store.writer).await?;
        Ok(())
    }

    /// A folder of a workspace.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.folder.get", level = "debug", skip_all, fields(folder.id = %id))]
    pub async fn get(&self, workspace_id: WorkspaceId, id: FolderId) -> Result<Option<Folder>, StoreError> {
        let mine = Entity::find_by_id(id.as_uuid()).filter(Column::WorkspaceId.eq(workspace_id.as_uuid()));
        mine.one(&self.store.reader).await?.map(|row| folder_of(&row)).transpose()
    }

    /// Folders of a workspace, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.folder.list", level = "debug", skip_all, fields(workspace.id = %workspace_id))]
    pub async fn list(
        &self,
        workspace_id: WorkspaceId,
        filter: &FolderFilter,
        limit: u64,
        after: Option<FolderCursor>,
    ) -> Result<Vec<Folder>, StoreError> {
        let mine = Entity::find().filter(filter.condition(workspace_id));
        let after = after.map(|cursor| (cursor.created_at, cursor.id.as_uuid()));
        let page = newest_first(mine, Column::CreatedAt, Column::Id, limit, after);
        page.all(&self.store.reader).await?.iter().map(folder_of).collect()
    }

    /// How many folders a filter lets through.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.folder.count", level = "debug", skip_all)]
    pub async fn count(&self, workspace_id: WorkspaceId, filter: &FolderFilter) -> Result<u64, StoreError> {
        Ok(Entity::find().filter(filter.condition(workspace_id)).count(&self.store.reader).await?)
    }

    /// Gives a folder another name. Tells whether the workspace has it.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.folder.rename", level = "debug", skip_all, fields(folder.id = %id))]
    pub async fn rename(
        &self,
        workspace_id: WorkspaceId,
        id: FolderId,
        name: &FolderName,
    ) -> Result<bool, StoreError> {
        let renamed = Entity::update_many()
            .set(ActiveModel {
                name: Set(name.as_str().to_owned()),
                name_folded: Set(fold(name.as_str())),
                ..Default::default()
            })
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::WorkspaceId.eq(workspace_id.as_uuid()))
            .exec(&self.store.writer)
            .await?;
        Ok(renamed.rows_affected > 0)
    }

    /// Puts a folder of a workspace into the trash with all that lie below it and are not there yet.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.folder.trash", level = "debug", skip_all, fields(folder.id = %id))]
    pub async fn trash(
        &self,
        workspace_id: WorkspaceId,
        id: FolderId,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let transaction = self.store.writer.begin().await?;
        let trashed = ActiveModel {
            trashed_at: Set(Some(instant(at))),
            trashed_with: Set(Some(id.as_uuid())),
            ..Default::default()
        };
        let mut level = vec![id.as_uuid()];
        for _ in 0..MAX_FOLDER_DEPTH {
            let mut below = Vec::new();
            for some in level.chunks(IDS_PER_STATEMENT) {
                Entity::update_many()
                    .set(trashed.clone())
                    .filter(Column::Id.is_in(some.iter().copied()))
                    .filter(Column::WorkspaceId.eq(workspace_id.as_uuid()))
                    .filter(Column::TrashedAt.is_null())
                    .exec(&transaction)
                    .await?;
                let children = Entity::find().select_only().column(Column::Id);
                let children = children.filter(Column::ParentId.is_in(some.iter().copied()));
                below.extend(children.into_tuple::<Uuid>().all(&transaction).await?);
            }
            level = below;
        }
        Ok(transaction.commit().await?)
    }

    /// Takes a folder of a workspace, and all that went there with it, out of the trash.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.folder.restore", level = "debug", skip_all, fields(folder.id = %id))]
    pub async fn restore(&self, workspace_id: WorkspaceId, id: FolderId) -> Result<(), StoreError> {
        Entity::update_many()
            .set(ActiveModel { trashed_at: Set(None), trashed_with: Set(None), ..Default::default() })
            .filter(Column::TrashedWith.eq(id.as_uuid()))
            .filter(Column::WorkspaceId.eq(workspace_id.as_uuid()))
            .exec(&self.store.writer)
            .await?;
        Ok(())
    }
}

/// Databases take a limited number of values in one statement.
const IDS_PER_STATEMENT: usize = 500;

/// The ids of a workspace's folders in the trash.
pub(crate) fn trashed_folders(workspace_id: WorkspaceId) -> SelectStatement {
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::WorkspaceId.eq(workspace_id.as_uuid()))
        .filter(Column::TrashedAt.is_not_null())
        .into_query()
}

/// The stored word; rows hold these for ever.
fn word(project_type: ProjectType) -> &'static str {
    match project_type {
        ProjectType::VideoTranslate => "video_translate",
        ProjectType::InstantAvatar => "instant_avatar",
        ProjectType::Video => "video",
        ProjectType::Asset => "asset",
        ProjectType::BrandKit => "brand_kit",
        ProjectType::Mixed => "mixed",
    }
}

fn row_of(folder: &Folder) -> ActiveModel {
    ActiveModel {
        id: Set(folder.id.as_uuid()),
        workspace_id: Set(folder.workspace_id.as_uuid()),
        parent_id: Set(folder.parent_id.map(|id| id.as_uuid())),
        name: Set(folder.name.as_str().to_owned()),
        name_folded: Set(fold(folder.name.as_str())),
        project_type: Set(word(folder.project_type).to_owned()),
        trashed_at: Set(folder.trashed.map(|trashed| instant(trashed.at))),
        trashed_with: Set(folder.trashed.map(|trashed| trashed.with.as_uuid())),
        created_at: Set(instant(folder.created_at)),
    }
}

fn folder_of(row: &Model) -> Result<Folder, StoreError> {
    let place = Place { table: "folders", row: row.id };
    let project_type = ProjectType::ALL.into_iter().find(|known| word(*known) == row.project_type);
    let trashed = row.trashed_at.zip(row.trashed_with);
    Ok(Folder {
        id: FolderId::from_uuid(row.id),
        workspace_id: WorkspaceId::from_uuid(row.workspace_id),
        name: FolderName::new(&row.name).ok_or_else(|| place.inconsistent("name"))?,
        project_type: project_type.ok_or_else(|| place.inconsistent("project_type"))?,
        parent_id: row.parent_id.map(FolderId::from_uuid),
        trashed: trashed.map(|(at, with)| Trashed { at, with: FolderId::from_uuid(with) }),
        created_at: row.created_at,
    })
}
