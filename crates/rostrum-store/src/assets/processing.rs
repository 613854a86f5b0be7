//! What looking into an asset's file found, in the columns of its row, and the move from pending.

use rostrum_model::event::Event;
use rostrum_model::ids::AssetId;
use rostrum_model::processing::Processing;
use rostrum_model::video::Failure;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, TransactionTrait,
};
use tracing::instrument;
use uuid::Uuid;

use super::Assets;
use crate::entities::asset::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;
use crate::events;
use crate::rows::Place;

/// The stored words; rows hold these for ever.
const PENDING: &str = "pending";
const READY: &str = "ready";
const FAILED: &str = "failed";

impl Assets<'_> {
    /// Moves an asset from pending to its end, together with the event that tells of it: both are recorded, or none.
    /// Tells whether the asset was there and pending, so that of many workers one records it.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.asset.finish_processing", level = "debug", skip_all, fields(asset.id = %id))]
    pub async fn finish_processing(
        &self,
        id: AssetId,
        to: &Processing,
        event: &Event,
    ) -> Result<bool, StoreError> {
        let transaction = self.store.writer.begin().await?;
        let updated = Entity::update_many()
            .set(columns_of(ActiveModel::default(), id.as_uuid(), to)?)
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::ProcessingStatus.eq(PENDING))
            .exec(&transaction)
            .await?;
        events::end_with(transaction, updated, event, None).await
    }

    /// Assets of all workspaces that were not looked into yet, oldest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.asset.pending", level = "debug", skip_all)]
    pub async fn pending(&self, limit: u64) -> Result<Vec<AssetId>, StoreError> {
        let ids: Vec<Uuid> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::ProcessingStatus.eq(PENDING))
            .order_by_asc(Column::CreatedAt)
            .limit(limit)
            .into_tuple()
            .all(&self.store.reader)
            .await?;
        Ok(ids.into_iter().map(AssetId::from_uuid).collect())
    }
}

/// Sets the columns in a row that is to be written.
pub(super) fn columns_of(
    row: ActiveModel,
    id: Uuid,
    processing: &Processing,
) -> Result<ActiveModel, StoreError> {
    let (status, facts, failure) = match processing {
        Processing::Pending => (PENDING, None, None),
        Processing::Ready(facts) => (READY, Some(facts), None),
        Processing::Failed(failure) => (FAILED, None, Some(failure)),
    };
    let place = Place { table: "assets", row: id };
    let facts = facts.map(serde_json::to_value).transpose().map_err(place.unreadable("media_facts"))?;
    Ok(ActiveModel {
        processing_status: Set(status.to_owned()),
        media_facts: Set(facts),
        failure_code: Set(failure.map(|failure| failure.code.clone())),
        failure_message: Set(failure.map(|failure| failure.message.clone())),
        ..row
    })
}

/// Reads the columns; takes them out of the row.
pub(super) fn processing_of(row: &mut Model) -> Result<Processing, StoreError> {
    let place = Place { table: "assets", row: row.id };
    match row.processing_status.as_str() {
        PENDING => Ok(Processing::Pending),
        READY => {
            let facts = row.media_facts.take().ok_or_else(|| place.inconsistent("media_facts"))?;
            let facts = serde_json::from_value(facts).map_err(place.unreadable("media_facts"))?;
            Ok(Processing::Ready(Box::new(facts)))
        }
        FAILED => {
            let code = row.failure_code.take().ok_or_else(|| place.inconsistent("failure_code"))?;
            let message = row.failure_message.take().ok_or_else(|| place.inconsistent("failure_message"))?;
            Ok(Processing::Failed(Failure { code, message }))
        }
        _ => Err(place.inconsistent("processing_status")),
    }
}
