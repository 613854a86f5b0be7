//! What happened, kept for those who want to be told.

use rostrum_model::delivery::Delivery;
use rostrum_model::event::{Event, EventData, EventType};
use rostrum_model::ids::{EventId, WorkspaceId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, TransactionTrait, UpdateResult,
};
use serde_json::json;
use tracing::instrument;

use crate::Store;
use crate::deliveries;
use crate::entities::event::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;
use crate::newest_first::{Cursor, newest_first};
use crate::rows::{Place, instant};

/// The events of a store.
#[derive(Debug, Clone, Copy)]
pub struct Events<'s> {
    store: &'s Store,
}

/// Which events are listed; all of them by default.
#[derive(Debug, Clone, Copy, Default)]
pub struct EventFilter<'f> {
    /// Those of one type.
    pub event_type: Option<EventType>,
    /// Those of the thing with this id.
    pub entity_id: Option<&'f str>,
}

/// A place in the list of events.
pub type EventCursor = Cursor<EventId>;

impl EventCursor {
    /// The place just after an event.
    pub fn after(event: &Event) -> Self {
        Self { created_at: event.created_at, id: event.id }
    }
}

impl<'s> Events<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store }
    }

    /// An event of a workspace.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.event.get", level = "debug", skip_all, fields(event.id = %id))]
    pub async fn get(&self, workspace_id: WorkspaceId, id: EventId) -> Result<Option<Event>, StoreError> {
        let mine = Entity::find_by_id(id.as_uuid()).filter(Column::WorkspaceId.eq(workspace_id.as_uuid()));
        mine.one(&self.store.reader).await?.map(event_of).transpose()
    }

    /// Events of all workspaces that no endpoint was told of yet, oldest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.event.untold", level = "debug", skip_all)]
    pub async fn untold(&self, limit: u64) -> Result<Vec<Event>, StoreError> {
        let rows = Entity::find()
            .filter(Column::IsTold.eq(false))
            .order_by_asc(Column::CreatedAt)
            .limit(limit)
            .all(&self.store.reader)
            .await?;
        rows.into_iter().map(event_of).collect()
    }

    /// Notes that endpoints are told of an event, together with its deliveries to them; false when they are already.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.event.tell", level = "debug", skip_all, fields(event.id = %id))]
    pub async fn tell(&self, id: EventId, to: &[Delivery]) -> Result<bool, StoreError> {
        let transaction = self.store.writer.begin().await?;
        let changed = Entity::update_many()
            .set(ActiveModel { is_told: Set(true), ..Default::default() })
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::IsTold.eq(false))
            .exec(&transaction)
            .await?;
        if changed.rows_affected == 0 {
            transaction.rollback().await?;
            return Ok(false);
        }
        deliveries::add_all_in(&transaction, to).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Events of a workspace that `which` chooses, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.event.list", level = "debug", skip_all, fields(workspace.id = %workspace_id))]
    pub async fn list(
        &self,
        workspace_id: WorkspaceId,
        which: EventFilter<'_>,
        limit: u64,
        after: Option<EventCursor>,
    ) -> Result<Vec<Event>, StoreError> {
        let mut mine = Entity::find().filter(Column::WorkspaceId.eq(workspace_id.as_uuid()));
        if let Some(event_type) = which.event_type {
            mine = mine.filter(Column::EventType.eq(event_type.word()));
        }
        if let Some(entity_id) = which.entity_id {
            mine = mine.filter(Column::EntityId.eq(entity_id));
        }
        let after = after.map(|cursor| (cursor.created_at, cursor.id.as_uuid()));
        let page = newest_first(mine, Column::CreatedAt, Column::Id, limit, after);
        page.all(&self.store.reader).await?.into_iter().map(event_of).collect()
    }
}

/// Adds an event in the transaction that makes it true.
async fn add_in<C: ConnectionTrait>(transaction: &C, event: &Event) -> Result<(), StoreError> {
    let place = Place { table: "events", row: event.id.as_uuid() };
    let mut body = serde_json::to_value(&event.data).map_err(place.unreadable("payload"))?;
    let row = ActiveModel {
        id: Set(event.id.as_uuid()),
        workspace_id: Set(event.workspace_id.as_uuid()),
        event_type: Set(event.data.event_type().word().to_owned()),
        payload: Set(body["event_data"].take()),
        created_at: Set(instant(event.created_at)),
        entity_id: Set(Some(event.data.entity_id())),
        is_told: Set(false),
    };
    Entity::insert(row).exec_without_returning(transaction).await?;
    Ok(())
}

/// Ends the transaction of a change that is told by an event: with the event, and its delivery to whoever asked to be told;
/// or with nothing, where nothing was changed. Tells whether something was.
pub(crate) async fn end_with(
    transaction: DatabaseTransaction,
    changed: UpdateResult,
    event: &Event,
    delivery: Option<&Delivery>,
) -> Result<bool, StoreError> {
    if changed.rows_affected == 0 {
        transaction.rollback().await?;
        return Ok(false);
    }
    add_in(&transaction, event).await?;
    if let Some(delivery) = delivery {
        deliveries::add_all_in(&transaction, std::slice::from_ref(delivery)).await?;
    }
    transaction.commit().await?;
    Ok(true)
}

fn event_of(row: Model) -> Result<Event, StoreError> {
    let place = Place { table: "events", row: row.id };
    let mut body = json!({"event_type": row.event_type});
    body["event_data"] = row.payload;
    let data: EventData = serde_json::from_value(body).map_err(place.unreadable("payload"))?;
    Ok(Event {
        id: EventId::from_uuid(row.id),
        workspace_id: WorkspaceId::from_uuid(row.workspace_id),
        data,
        created_at: row.created_at,
    })
}
