//! Uploaded files.

use chrono::{DateTime, Utc};
mod processing;

use rostrum_model::asset::{Asset, AssetKind, AssetMetadata, ContentHash, MediaType};
use rostrum_model::folder::InFolder;
use rostrum_model::ids::{AssetId, FolderId, WorkspaceId};
use rostrum_model::workspace::PUBLIC_WORKSPACE;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoSimpleExpr, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use tracing::instrument;

use crate::Store;
use crate::entities::asset::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;
use crate::folders::trashed_folders;
use crate::newest_first::{Cursor, newest_first};
use crate::rows::{Place, containing, fold, instant};

/// The assets of a store.
#[derive(Debug, Clone, Copy)]
pub struct Assets<'s> {
    store: &'s Store,
}

/// How many assets of a workspace, from the newest on, are searched by name: names have no index, and reading so many
/// takes a database some tenths of a second.
pub const SEARCHED_ASSETS: u64 = 100_000;

/// Which assets of a workspace to list; all by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AssetFilter {
    /// Of these types only.
    pub media_types: Option<Vec<MediaType>>,
    /// In which folder; wherever they lie, the trash included, when not set.
    pub folder: Option<InFolder>,
}

impl AssetFilter {
    /// Assets of one kind, or of all kinds, in a folder.
    pub fn of_kind(kind: Option<AssetKind>, folder: InFolder) -> Self {
        let of_kind = |kind| MediaType::ALL.into_iter().filter(move |media_type| media_type.kind() == kind);
        Self { media_types: kind.map(|kind| of_kind(kind).collect()), folder: Some(folder) }
    }

    fn condition(&self, workspace_id: WorkspaceId) -> Condition {
        let mut all = Condition::all();
        if let Some(types) = &self.media_types {
            all = all.add(Column::MediaType.is_in(types.iter().map(|media_type| media_type.mime())));
        }
        match self.folder {
            None => all,
            Some(InFolder::Anywhere) => all.add(
                Condition::any()
                    .add(Column::FolderId.is_null())
                    .add(Column::FolderId.not_in_subquery(trashed_folders(workspace_id))),
            ),
            Some(InFolder::Root) => all.add(Column::FolderId.is_null()),
            Some(InFolder::Folder(id)) => all.add(Column::FolderId.eq(id.as_uuid())),
        }
    }
}

/// A name as the words in it, in small letters, each after a space.
fn search_name(name: &str) -> String {
    fold(name).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).fold(
        String::new(),
        |mut words, word| {
            words.push(' ');
            words.push_str(word);
            words
        },
    )
}

/// A place in the list of assets.
pub type AssetCursor = Cursor<AssetId>;

impl AssetCursor {
    /// The place just after an asset.
    pub fn after(asset: &Asset) -> Self {
        Self { created_at: asset.created_at, id: asset.id }
    }
}

impl<'s> Assets<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store }
    }

    /// Adds an asset whose bytes are already stored.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its id is taken or its workspace is not there.
    #[instrument(name = "db.asset.add", level = "debug", skip_all, fields(asset.id = %asset.id))]
    pub async fn add(&self, asset: &Asset) -> Result<(), StoreError> {
        Entity::insert(row_of(asset)?).exec_without_returning(&self.store.writer).await?;
        Ok(())
    }

    /// An asset of a workspace, or one that everybody may use.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.asset.get", level = "debug", skip_all, fields(asset.id = %id))]
    pub async fn get(&self, workspace_id: WorkspaceId, id: AssetId) -> Result<Option<Asset>, StoreError> {
        let mine = Entity::find_by_id(id.as_uuid()).filter(usable_in(workspace_id));
        mine.one(&self.store.reader).await?.map(asset_of).transpose()
    }

    /// The asset with this id in any workspace: for file URLs, where knowing the id is the permission.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.asset.get_public", level = "debug", skip_all, fields(asset.id = %id))]
    pub async fn get_public(&self, id: AssetId) -> Result<Option<Asset>, StoreError> {
        Entity::find_by_id(id.as_uuid()).one(&self.store.reader).await?.map(asset_of).transpose()
    }

    /// Those of the given assets that are the workspace's or everybody's, in no promised order.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.asset.get_many", level = "debug", skip_all)]
    pub async fn get_many(
        &self,
        workspace_id: WorkspaceId,
        ids: &[AssetId],
    ) -> Result<Vec<Asset>, StoreError> {
        let mine = Entity::find()
            .filter(usable_in(workspace_id))
            .filter(Column::Id.is_in(ids.iter().map(AssetId::as_uuid)));
        mine.all(&self.store.reader).await?.into_iter().map(asset_of).collect()
    }

    /// Assets of a workspace that a filter lets through, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.asset.list", level = "debug", skip_all, fields(workspace.id = %workspace_id))]
    pub async fn list(
        &self,
        workspace_id: WorkspaceId,
        filter: &AssetFilter,
        limit: u64,
        after: Option<AssetCursor>,
    ) -> Result<Vec<Asset>, StoreError> {
        let mine = Entity::find().filter(Column::WorkspaceId.eq(workspace_id.as_uuid()));
        let mine = mine.filter(filter.condition(workspace_id));
        let after = after.map(|cursor| (cursor.created_at, cursor.id.as_uuid()));
        let page = newest_first(mine, Column::CreatedAt, Column::Id, limit, after);
        page.all(&self.store.reader).await?.into_iter().map(asset_of).collect()
    }

    /// Assets that a filter lets through and whose names have a word that begins with one of these, newest first, at most
    /// `limit`. Looks at the newest [`SEARCHED_ASSETS`] of the workspace only.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.asset.search", level = "debug", skip_all, fields(workspace.id = %workspace_id))]
    pub async fn search(
        &self,
        workspace_id: WorkspaceId,
        filter: &AssetFilter,
        word_beginnings: &[String],
        limit: u64,
    ) -> Result<Vec<Asset>, StoreError> {
        let mine = Entity::find().filter(Column::WorkspaceId.eq(workspace_id.as_uuid()));
        let oldest: Option<DateTime<Utc>> = mine
            .clone()
            .select_only()
            .column(Column::CreatedAt)
            .order_by_desc(Column::CreatedAt)
            .offset(SEARCHED_ASSETS)
            .limit(1)
            .into_tuple()
            .one(&self.store.reader)
            .await?;
        let named = word_beginnings.iter().fold(Condition::any(), |any, word| {
            any.add(Column::SearchName.like(containing(&format!(" {}", fold(word)))))
        });
        let mut found = mine.filter(filter.condition(workspace_id)).filter(named);
        if let Some(oldest) = oldest {
            found = found.filter(Column::CreatedAt.gt(oldest));
        }
        let page = newest_first(found, Column::CreatedAt, Column::Id, limit, None);
        page.all(&self.store.reader).await?.into_iter().map(asset_of).collect()
    }

    /// Assets of all workspaces, but not those that everybody may use, made before an instant, oldest first, at most
    /// `limit`, behind the place of one of them.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.asset.made_before", level = "debug", skip_all)]
    pub async fn made_before(
        &self,
        before: DateTime<Utc>,
        limit: u64,
        behind: Option<AssetCursor>,
    ) -> Result<Vec<Asset>, StoreError> {
        let mut old = Entity::find()
            .filter(Column::CreatedAt.lt(instant(before)))
            .filter(Column::WorkspaceId.ne(PUBLIC_WORKSPACE.as_uuid()));
        if let Some(place) = behind {
            let position = Expr::tuple([Column::CreatedAt.into_simple_expr(), Column::Id.into_simple_expr()]);
            let behind = [Expr::val(instant(place.created_at)), Expr::val(place.id.as_uuid())];
            old = old.filter(position.gt(Expr::tuple(behind)));
        }
        let page = old.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).limit(limit);
        page.all(&self.store.reader).await?.into_iter().map(asset_of).collect()
    }

    /// Removes an asset's record and gives it back. Its bytes may belong to other assets too: see
    /// [`Assets::count_by_hash`].
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.asset.delete", level = "debug", skip_all, fields(asset.id = %id))]
    pub async fn delete(&self, workspace_id: WorkspaceId, id: AssetId) -> Result<Option<Asset>, StoreError> {
        let deleted = Entity::delete_many()
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::WorkspaceId.eq(workspace_id.as_uuid()))
            .exec_with_returning(&self.store.writer)
            .await?;
        deleted.into_iter().next().map(asset_of).transpose()
    }

    /// Which of these contents an asset of any workspace has.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.asset.needed_contents", level = "debug", skip_all)]
    pub async fn needed_contents(&self, hashes: &[ContentHash]) -> Result<Vec<ContentHash>, StoreError> {
        let needed: Vec<Vec<u8>> = Entity::find()
            .select_only()
            .column(Column::ContentHash)
            .distinct()
            .filter(Column::ContentHash.is_in(hashes.iter().map(|hash| hash.0.to_vec())))
            .into_tuple()
            .all(&self.store.reader)
            .await?;
        Ok(hashes.iter().copied().filter(|hash| needed.iter().any(|bytes| *bytes == hash.0)).collect())
    }

    /// How many assets of all workspaces have these bytes, which are stored once.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.asset.count_by_hash", level = "debug", skip_all)]
    pub async fn count_by_hash(&self, hash: &ContentHash) -> Result<u64, StoreError> {
        let same = Entity::find().filter(Column::ContentHash.eq(hash.0.to_vec()));
        Ok(same.count(&self.store.reader).await?)
    }
}

fn usable_in(workspace_id: WorkspaceId) -> Condition {
    let usable = Column::WorkspaceId.is_in([workspace_id.as_uuid(), PUBLIC_WORKSPACE.as_uuid()]);
    Condition::all().add(usable)
}

pub(crate) fn row_of(asset: &Asset) -> Result<ActiveModel, StoreError> {
    let place = Place { table: "assets", row: asset.id.as_uuid() };
    let row = ActiveModel {
        id: Set(asset.id.as_uuid()),
        workspace_id: Set(asset.workspace_id.as_uuid()),
        name: Set(asset.name.clone()),
        media_type: Set(asset.media_type.mime().to_owned()),
        size_bytes: Set(i64::try_from(asset.size_bytes).map_err(place.unreadable("size_bytes"))?),
        content_hash: Set(asset.content_hash.0.to_vec()),
        metadata: Set(Some(serde_json::to_value(asset.metadata).map_err(place.unreadable("metadata"))?)),
        folder_id: Set(asset.folder_id.map(|id| id.as_uuid())),
        search_name: Set(Some(search_name(&asset.name))),
        created_at: Set(instant(asset.created_at)),
        ..ActiveModel::default()
    };
    processing::columns_of(row, asset.id.as_uuid(), &asset.processing)
}

fn asset_of(mut row: Model) -> Result<Asset, StoreError> {
    let place = Place { table: "assets", row: row.id };
    let processing = processing::processing_of(&mut row)?;
    Ok(Asset {
        id: AssetId::from_uuid(row.id),
        workspace_id: WorkspaceId::from_uuid(row.workspace_id),
        media_type: MediaType::from_mime(&row.media_type).ok_or_else(|| place.inconsistent("media_type"))?,
        size_bytes: place.size("size_bytes", row.size_bytes)?,
        content_hash: place.hash("content_hash", &row.content_hash)?,
        metadata: row
            .metadata
            .map_or_else(|| Ok(AssetMetadata::default()), serde_json::from_value)
            .map_err(place.unreadable("metadata"))?,
        folder_id: row.folder_id.map(FolderId::from_uuid),
        processing,
        name: row.name,
        created_at: row.created_at,
    })
}
