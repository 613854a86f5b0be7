//! Events on their way to whoever asked to be told.

use chrono::{DateTime, Utc};
use rostrum_model::delivery::{Delivery, DeliveryState};
use rostrum_model::ids::{DeliveryId, EventId, WebhookEndpointId, WorkspaceId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use tracing::instrument;

use crate::Store;
use crate::entities::delivery::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;
use crate::rows::{Place, instant};

/// The stored words; rows hold these for ever.
const DUE: &str = "due";
const DELIVERED: &str = "delivered";
const GIVEN_UP: &str = "given_up";

/// The deliveries of a store. They are added together with their events.
#[derive(Debug, Clone, Copy)]
pub struct Deliveries<'s> {
    store: &'s Store,
}

impl<'s> Deliveries<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store }
    }

    /// Deliveries of all workspaces that are due by `now`, those that wait longest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.delivery.due", level = "debug", skip_all)]
    pub async fn due(&self, now: DateTime<Utc>, limit: u64) -> Result<Vec<Delivery>, StoreError> {
        let rows = Entity::find()
            .filter(Column::Status.eq(DUE))
            .filter(Column::DueAt.lte(instant(now)))
            .order_by_asc(Column::DueAt)
            .limit(limit)
            .all(&self.store.reader)
            .await?;
        rows.into_iter().map(delivery_of).collect()
    }

    /// The deliveries of an event of a workspace, in the order in which they were asked for.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.delivery.of_event", level = "debug", skip_all, fields(event.id = %event_id))]
    pub async fn of_event(
        &self,
        workspace_id: WorkspaceId,
        event_id: EventId,
    ) -> Result<Vec<Delivery>, StoreError> {
        let rows = Entity::find()
            .filter(Column::WorkspaceId.eq(workspace_id.as_uuid()))
            .filter(Column::EventId.eq(event_id.as_uuid()))
            .order_by_asc(Column::CreatedAt)
            .order_by_asc(Column::Id)
            .all(&self.store.reader)
            .await?;
        rows.into_iter().map(delivery_of).collect()
    }

    /// Adds deliveries, all or none.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.delivery.add", level = "debug", skip_all)]
    pub async fn add(&self, deliveries: &[Delivery]) -> Result<(), StoreError> {
        add_all_in(&self.store.writer, deliveries).await
    }

    /// Records what an attempt changed.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.delivery.update", level = "debug", skip_all, fields(delivery.id = %delivery.id))]
    pub async fn update(&self, delivery: &Delivery) -> Result<(), StoreError> {
        let row = row_of(delivery);
        Entity::update_many()
            .set(ActiveModel {
                attempts: row.attempts,
                status: row.status,
                due_at: row.due_at,
                ended_at: row.ended_at,
                last_fault: row.last_fault,
                last_answer: row.last_answer,
                ..Default::default()
            })
            .filter(Column::Id.eq(delivery.id.as_uuid()))
            .exec(&self.store.writer)
            .await?;
        Ok(())
    }
}

/// Adds deliveries, in the transaction that adds their event or tells of it.
pub(crate) async fn add_all_in<C: ConnectionTrait>(
    connection: &C,
    deliveries: &[Delivery],
) -> Result<(), StoreError> {
    if !deliveries.is_empty() {
        Entity::insert_many(deliveries.iter().map(row_of)).exec_without_returning(connection).await?;
    }
    Ok(())
}

fn row_of(delivery: &Delivery) -> ActiveModel {
    let (status, due_at, ended_at) = match delivery.state {
        DeliveryState::Due(at) => (DUE, Some(at), None),
        DeliveryState::Delivered(at) => (DELIVERED, None, Some(at)),
        DeliveryState::GivenUp(at) => (GIVEN_UP, None, Some(at)),
    };
    ActiveModel {
        id: Set(delivery.id.as_uuid()),
        workspace_id: Set(delivery.workspace_id.as_uuid()),
        event_id: Set(delivery.event_id.as_uuid()),
        endpoint_id: Set(delivery.endpoint_id.map(|id| id.as_uuid())),
        url: Set(delivery.url.clone()),
        origin: Set(delivery.origin.clone()),
        attempts: Set(i32::try_from(delivery.attempts).unwrap_or(i32::MAX)),
        status: Set(status.to_owned()),
        due_at: Set(due_at.map(instant)),
        ended_at: Set(ended_at.map(instant)),
        last_fault: Set(delivery.last_fault.clone()),
        last_answer: Set(delivery.last_answer.as_ref().map(|answer| json!(answer))),
        created_at: Set(instant(delivery.created_at)),
    }
}

fn delivery_of(row: Model) -> Result<Delivery, StoreError> {
    let place = Place { table: "deliveries", row: row.id };
    let state = match (row.status.as_str(), row.due_at, row.ended_at) {
        (DUE, Some(at), _) => DeliveryState::Due(at),
        (DELIVERED, _, Some(at)) => DeliveryState::Delivered(at),
        (GIVEN_UP, _, Some(at)) => DeliveryState::GivenUp(at),
        _ => return Err(place.inconsistent("status")),
    };
    Ok(Delivery {
        id: DeliveryId::from_uuid(row.id),
        workspace_id: WorkspaceId::from_uuid(row.workspace_id),
        event_id: EventId::from_uuid(row.event_id),
        endpoint_id: row.endpoint_id.map(WebhookEndpointId::from_uuid),
        url: row.url,
        origin: row.origin,
        attempts: u32::try_from(row.attempts).map_err(place.unreadable("attempts"))?,
        state,
        last_fault: row.last_fault,
        last_answer: row
            .last_answer
            .map(serde_json::from_value)
            .transpose()
            .map_err(place.unreadable("last_answer"))?,
        created_at: row.created_at,
    })
}
