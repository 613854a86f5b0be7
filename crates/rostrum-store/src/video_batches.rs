//! Videos that are asked for together.

use chrono::{DateTime, Utc};
use rostrum_model::batch::{BatchItem, ItemOutcome, VideoBatch};
use rostrum_model::delivery::Delivery;
use rostrum_model::event::Event;
use rostrum_model::ids::{BatchId, FolderId, VideoId, WorkspaceId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, TransactionTrait,
};
use tracing::instrument;

use crate::Store;
use crate::entities::{video_batch, video_batch_item};
use crate::error::StoreError;
use crate::events;
use crate::rows::{Place, instant};

/// The stored words; rows hold these for ever.
const QUEUED: &str = "queued";
const ACCEPTED: &str = "accepted";
const REFUSED: &str = "refused";

/// The batches of videos of a store.
#[derive(Debug, Clone, Copy)]
pub struct VideoBatches<'s> {
    store: &'s Store,
}

impl<'s> VideoBatches<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store }
    }

    /// Adds a batch with all its items, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its id is taken or the workspace is not there.
    #[instrument(name = "db.video_batch.add", level = "debug", skip_all, fields(batch.id = %batch.id))]
    pub async fn add(&self, batch: &VideoBatch, items: &[BatchItem]) -> Result<(), StoreError> {
        let rows = items.iter().map(item_row_of).collect::<Result<Vec<_>, _>>()?;
        let transaction = self.store.writer.begin().await?;
        video_batch::Entity::insert(row_of(batch)?).exec_without_returning(&transaction).await?;
        video_batch_item::Entity::insert_many(rows).exec_without_returning(&transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// A batch of a workspace.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.video_batch.get", level = "debug", skip_all, fields(batch.id = %id))]
    pub async fn get(
        &self,
        workspace_id: WorkspaceId,
        id: BatchId,
    ) -> Result<Option<VideoBatch>, StoreError> {
        let mine = video_batch::Entity::find_by_id(id.as_uuid())
            .filter(video_batch::Column::WorkspaceId.eq(workspace_id.as_uuid()));
        mine.one(&self.store.reader).await?.map(batch_of).transpose()
    }

    /// The items of a batch, in its order.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.video_batch.items", level = "debug", skip_all, fields(batch.id = %id))]
    pub async fn items(&self, id: BatchId) -> Result<Vec<BatchItem>, StoreError> {
        let rows = video_batch_item::Entity::find()
            .filter(video_batch_item::Column::BatchId.eq(id.as_uuid()))
            .order_by_asc(video_batch_item::Column::ItemIndex)
            .all(&self.store.reader)
            .await?;
        rows.into_iter().map(item_of).collect()
    }

    /// Batches of all workspaces of which some item has not ended, oldest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.video_batch.unfinished", level = "debug", skip_all)]
    pub async fn unfinished(&self, limit: u64) -> Result<Vec<VideoBatch>, StoreError> {
        let rows = video_batch::Entity::find()
            .filter(video_batch::Column::FinishedAt.is_null())
            .order_by_asc(video_batch::Column::CreatedAt)
            .limit(limit)
            .all(&self.store.reader)
            .await?;
        rows.into_iter().map(batch_of).collect()
    }

    /// Records what became of a queued item's request, and forgets the request. Tells whether the item was queued.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.video_batch.decide", level = "debug", skip_all, fields(batch.id = %item.batch_id))]
    pub async fn decide(&self, item: &BatchItem, outcome: &ItemOutcome) -> Result<bool, StoreError> {
        use video_batch_item::Column;
        let decided = BatchItem { body: String::new(), outcome: outcome.clone(), ..item.clone() };
        let row = item_row_of(&decided)?;
        let updated = video_batch_item::Entity::update_many()
            .set(video_batch_item::ActiveModel {
                body: row.body,
                outcome: row.outcome,
                fault: row.fault,
                ..Default::default()
            })
            .filter(Column::BatchId.eq(item.batch_id.as_uuid()))
            .filter(Column::ItemIndex.eq(index_of(item)?))
            .filter(Column::Outcome.eq(QUEUED))
            .exec(&self.store.writer)
            .await?;
        Ok(updated.rows_affected > 0)
    }

    /// Notes that all items of a batch ended, together with the event that tells of it and its delivery: all are
    /// recorded, or none. Tells whether nobody had noted it before.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.video_batch.finish", level = "debug", skip_all, fields(batch.id = %id))]
    pub async fn finish(
        &self,
        id: BatchId,
        now: DateTime<Utc>,
        event: &Event,
        delivery: Option<&Delivery>,
    ) -> Result<bool, StoreError> {
        use video_batch::Column;
        let transaction = self.store.writer.begin().await?;
        let updated = video_batch::Entity::update_many()
            .set(video_batch::ActiveModel { finished_at: Set(Some(instant(now))), ..Default::default() })
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::FinishedAt.is_null())
            .exec(&transaction)
            .await?;
        events::end_with(transaction, updated, event, delivery).await
    }
}

fn row_of(batch: &VideoBatch) -> Result<video_batch::ActiveModel, StoreError> {
    let place = Place { table: "video_batches", row: batch.id.as_uuid() };
    Ok(video_batch::ActiveModel {
        id: Set(batch.id.as_uuid()),
        workspace_id: Set(batch.workspace_id.as_uuid()),
        title: Set(batch.title.clone()),
        folder_id: Set(batch.folder_id.map(|id| id.as_uuid())),
        callback: Set(serde_json::to_value(&batch.callback).map_err(place.unreadable("callback"))?),
        finished_at: Set(batch.finished_at.map(instant)),
        created_at: Set(instant(batch.created_at)),
    })
}

fn batch_of(row: video_batch::Model) -> Result<VideoBatch, StoreError> {
    let place = Place { table: "video_batches", row: row.id };
    Ok(VideoBatch {
        id: BatchId::from_uuid(row.id),
        workspace_id: WorkspaceId::from_uuid(row.workspace_id),
        title: row.title,
        folder_id: row.folder_id.map(FolderId::from_uuid),
        callback: serde_json::from_value(row.callback).map_err(place.unreadable("callback"))?,
        finished_at: row.finished_at,
        created_at: row.created_at,
    })
}

fn index_of(item: &BatchItem) -> Result<i32, StoreError> {
    let place = Place { table: "video_batch_items", row: item.batch_id.as_uuid() };
    i32::try_from(item.index).map_err(place.unreadable("item_index"))
}

fn item_row_of(item: &BatchItem) -> Result<video_batch_item::ActiveModel, StoreError> {
    let place = Place { table: "video_batch_items", row: item.batch_id.as_uuid() };
    let (outcome, fault) = match &item.outcome {
        ItemOutcome::Queued => (QUEUED, None),
        ItemOutcome::Accepted => (ACCEPTED, None),
        ItemOutcome::Refused(fault) => (REFUSED, Some(fault)),
    };
    Ok(video_batch_item::ActiveModel {
        batch_id: Set(item.batch_id.as_uuid()),
        item_index: Set(index_of(item)?),
        body: Set(item.body.clone()),
        video_id: Set(item.video_id.as_uuid()),
        outcome: Set(outcome.to_owned()),
        fault: Set(fault.map(serde_json::to_value).transpose().map_err(place.unreadable("fault"))?),
    })
}

fn item_of(row: video_batch_item::Model) -> Result<BatchItem, StoreError> {
    let place = Place { table: "video_batch_items", row: row.batch_id };
    let outcome = match (row.outcome.as_str(), row.fault) {
        (QUEUED, _) => ItemOutcome::Queued,
        (ACCEPTED, _) => ItemOutcome::Accepted,
        (REFUSED, Some(fault)) => {
            ItemOutcome::Refused(serde_json::from_value(fault).map_err(place.unreadable("fault"))?)
        }
        _ => return Err(place.inconsistent("outcome")),
    };
    Ok(BatchItem {
        batch_id: BatchId::from_uuid(row.batch_id),
        index: usize::try_from(row.item_index).map_err(place.unreadable("item_index"))?,
        body: row.body,
        video_id: VideoId::from_uuid(row.video_id),
        outcome,
    })
}
