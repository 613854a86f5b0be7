//! Uploaded files.

mod processing;

use rostrum_model::asset::{Asset, AssetKind, AssetMetadata, ContentHash, MediaType};
use rostrum_model::ids::{AssetId, WorkspaceId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use tracing::instrument;

use crate::Store;
use crate::entities::asset::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;
use crate::newest_first::{Cursor, newest_first};
use crate::rows::{Place, instant};

/// The assets of a store.
#[derive(Debug, Clone, Copy)]
pub struct Assets<'s> {
    store: &'s Store,
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

    /// An asset of a workspace.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.asset.get", level = "debug", skip_all, fields(asset.id = %id))]
    pub async fn get(&self, workspace_id: WorkspaceId, id: AssetId) -> Result<Option<Asset>, StoreError> {
        let mine = Entity::find_by_id(id.as_uuid()).filter(Column::WorkspaceId.eq(workspace_id.as_uuid()));
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

    /// Those of the given assets that are the workspace's, in no promised order.
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
            .filter(Column::WorkspaceId.eq(workspace_id.as_uuid()))
            .filter(Column::Id.is_in(ids.iter().map(AssetId::as_uuid)));
        mine.all(&self.store.reader).await?.into_iter().map(asset_of).collect()
    }

    /// Assets of a workspace of one kind, or of all kinds, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.asset.list", level = "debug", skip_all, fields(workspace.id = %workspace_id))]
    pub async fn list(
        &self,
        workspace_id: WorkspaceId,
        kind: Option<AssetKind>,
        limit: u64,
        after: Option<AssetCursor>,
    ) -> Result<Vec<Asset>, StoreError> {
        let mut mine = Entity::find().filter(Column::WorkspaceId.eq(workspace_id.as_uuid()));
        if let Some(kind) = kind {
            let types = MediaType::ALL.into_iter().filter(|media_type| media_type.kind() == kind);
            mine = mine.filter(Column::MediaType.is_in(types.map(MediaType::mime)));
        }
        let after = after.map(|cursor| (cursor.created_at, cursor.id.as_uuid()));
        let page = newest_first(mine, Column::CreatedAt, Column::Id, limit, after);
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
        processing,
        name: row.name,
        created_at: row.created_at,
    })
}
