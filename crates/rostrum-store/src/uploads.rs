//! Files announced before they are sent, alone or in batches.

mod row;

use chrono::{DateTime, Utc};
use rostrum_model::asset::{Asset, ContentHash};
use rostrum_model::ids::{AssetId, BatchId, WorkspaceId};
use rostrum_model::upload::{Upload, UploadBatch, UploadState};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, TransactionTrait,
};
use tracing::instrument;

use crate::Store;
use crate::entities::upload::{ActiveModel, Column, Entity};
use crate::entities::{asset, upload_batch};
use crate::error::StoreError;
use crate::rows::instant;
use row::{Status, batch_of, batch_row_of, row_of, state_columns, upload_of};

/// The uploads of a store.
#[derive(Debug, Clone, Copy)]
pub struct Uploads<'s> {
    store: &'s Store,
}

impl<'s> Uploads<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store }
    }

    /// Adds an upload without a batch.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its id is taken or its workspace is not there.
    #[instrument(name = "db.upload.add", level = "debug", skip_all, fields(upload.id = %upload.id))]
    pub async fn add(&self, upload: &Upload) -> Result<(), StoreError> {
        Entity::insert(row_of(upload)?).exec_without_returning(&self.store.writer).await?;
        Ok(())
    }

    /// Adds a batch with all its uploads, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when an id is taken or the workspace is not there.
    #[instrument(name = "db.upload.add_batch", level = "debug", skip_all, fields(batch.id = %batch.id))]
    pub async fn add_batch(&self, batch: &UploadBatch, uploads: &[Upload]) -> Result<(), StoreError> {
        let rows = uploads.iter().map(row_of).collect::<Result<Vec<_>, _>>()?;
        let transaction = self.store.writer.begin().await?;
        upload_batch::Entity::insert(batch_row_of(batch)).exec_without_returning(&transaction).await?;
        Entity::insert_many(rows).exec_without_returning(&transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// An upload of a workspace.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.upload.get", level = "debug", skip_all, fields(upload.id = %id))]
    pub async fn get(&self, workspace_id: WorkspaceId, id: AssetId) -> Result<Option<Upload>, StoreError> {
        let mine = Entity::find_by_id(id.as_uuid()).filter(Column::WorkspaceId.eq(workspace_id.as_uuid()));
        mine.one(&self.store.reader).await?.map(upload_of).transpose()
    }

    /// The upload with this id in any workspace: for signed URLs, where the signature is the permission.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.upload.get_any", level = "debug", skip_all, fields(upload.id = %id))]
    pub async fn get_any(&self, id: AssetId) -> Result<Option<Upload>, StoreError> {
        Entity::find_by_id(id.as_uuid()).one(&self.store.reader).await?.map(upload_of).transpose()
    }

    /// Those of the given uploads that are the workspace's, in no promised order.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.upload.get_many", level = "debug", skip_all)]
    pub async fn get_many(
        &self,
        workspace_id: WorkspaceId,
        ids: &[AssetId],
    ) -> Result<Vec<Upload>, StoreError> {
        let mine = Entity::find()
            .filter(Column::WorkspaceId.eq(workspace_id.as_uuid()))
            .filter(Column::Id.is_in(ids.iter().map(AssetId::as_uuid)));
        mine.all(&self.store.reader).await?.into_iter().map(upload_of).collect()
    }

    /// A batch of a workspace.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.upload.get_batch", level = "debug", skip_all, fields(batch.id = %id))]
    pub async fn get_batch(
        &self,
        workspace_id: WorkspaceId,
        id: BatchId,
    ) -> Result<Option<UploadBatch>, StoreError> {
        let mine = upload_batch::Entity::find_by_id(id.as_uuid())
            .filter(upload_batch::Column::WorkspaceId.eq(workspace_id.as_uuid()));
        Ok(mine.one(&self.store.reader).await?.map(batch_of))
    }

    /// All uploads of a batch, in its order.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.upload.of_batch", level = "debug", skip_all, fields(batch.id = %id))]
    pub async fn of_batch(&self, id: BatchId) -> Result<Vec<Upload>, StoreError> {
        let items = Entity::find().filter(Column::BatchId.eq(id.as_uuid())).order_by_asc(Column::BatchIndex);
        items.all(&self.store.reader).await?.into_iter().map(upload_of).collect()
    }

    /// Notes that a batch's completion was asked for; keeps the first instant.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.upload.ask_completion", level = "debug", skip_all, fields(batch.id = %id))]
    pub async fn ask_completion(&self, id: BatchId, at: DateTime<Utc>) -> Result<(), StoreError> {
        upload_batch::Entity::update_many()
            .set(upload_batch::ActiveModel {
                completion_asked_at: Set(Some(instant(at))),
                ..Default::default()
            })
            .filter(upload_batch::Column::Id.eq(id.as_uuid()))
            .filter(upload_batch::Column::CompletionAskedAt.is_null())
            .exec(&self.store.writer)
            .await?;
        Ok(())
    }

    /// Moves an upload from one state to another, if it is still in the first (the kind of state counts, not its
    /// data). Tells whether it was.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.upload.update_state", level = "debug", skip_all, fields(upload.id = %id))]
    pub async fn update_state(
        &self,
        id: AssetId,
        from: &UploadState,
        to: &UploadState,
    ) -> Result<bool, StoreError> {
        let updated = Entity::update_many()
            .set(state_columns(id, to)?)
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::Status.eq(Status::of(from).word()))
            .exec(&self.store.writer)
            .await?;
        Ok(updated.rows_affected > 0)
    }

    /// Makes an upload whose bytes were received the asset it was announced as: both records change, or none. Tells
    /// whether the upload was still waiting for that.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.upload.complete", level = "debug", skip_all, fields(upload.id = %asset.id))]
    pub async fn complete(&self, asset: &Asset) -> Result<bool, StoreError> {
        let transaction = self.store.writer.begin().await?;
        let completed =
            ActiveModel { status: Set(Status::Completed.word().to_owned()), ..Default::default() };
        let updated = Entity::update_many()
            .set(completed)
            .filter(Column::Id.eq(asset.id.as_uuid()))
            .filter(Column::Status.eq(Status::Received.word()))
            .exec(&transaction)
            .await?;
        if updated.rows_affected == 0 {
            transaction.rollback().await?;
            return Ok(false);
        }
        asset::Entity::insert(crate::assets::row_of(asset)?).exec_without_returning(&transaction).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Sets until when bytes may be sent, of an upload that is not completed or failed. Tells whether there is such
    /// an upload.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.upload.renew", level = "debug", skip_all, fields(upload.id = %id))]
    pub async fn renew(&self, id: AssetId, expires_at: DateTime<Utc>) -> Result<bool, StoreError> {
        let updated = Entity::update_many()
            .set(ActiveModel { expires_at: Set(instant(expires_at)), ..Default::default() })
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(open())
            .exec(&self.store.writer)
            .await?;
        Ok(updated.rows_affected > 0)
    }

    /// Uploads of all workspaces that expired before an instant without having become assets, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.upload.expired", level = "debug", skip_all)]
    pub async fn expired(&self, before: DateTime<Utc>, limit: u64) -> Result<Vec<Upload>, StoreError> {
        let abandoned = Entity::find()
            .filter(open())
            .filter(Column::ExpiresAt.lt(instant(before)))
            .order_by_asc(Column::ExpiresAt)
            .limit(limit);
        abandoned.all(&self.store.reader).await?.into_iter().map(upload_of).collect()
    }

    /// Removes an upload that is not an asset and has not failed; tells whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.upload.delete_open", level = "debug", skip_all, fields(upload.id = %id))]
    pub async fn delete_open(&self, id: AssetId) -> Result<bool, StoreError> {
        let open = Entity::delete_many().filter(Column::Id.eq(id.as_uuid())).filter(open());
        Ok(open.exec(&self.store.writer).await?.rows_affected > 0)
    }

    /// How many uploads wait to become assets with these bytes.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.upload.count_received", level = "debug", skip_all)]
    pub async fn count_received(&self, hash: &ContentHash) -> Result<u64, StoreError> {
        let waiting = Entity::find()
            .filter(Column::ContentHash.eq(hash.0.to_vec()))
            .filter(Column::Status.eq(Status::Received.word()));
        Ok(waiting.count(&self.store.reader).await?)
    }
}

/// Neither an asset nor failed.
fn open() -> Condition {
    Condition::all().add(Column::Status.is_in(Status::OPEN.map(Status::word)))
}
