//! Endpoints of webhooks.

use chrono::{DateTime, Utc};
use rostrum_model::event::{Event, EventType};
use rostrum_model::ids::{WebhookEndpointId, WorkspaceId};
use rostrum_model::webhook::{PreviousSecret, WebhookEndpoint};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, TransactionTrait};
use serde_json::json;
use tracing::instrument;

use crate::Store;
use crate::entities::webhook_endpoint::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;
use crate::events;
use crate::newest_first::{Cursor, newest_first};
use crate::rows::{Place, instant};

/// The endpoints of a store.
#[derive(Debug, Clone, Copy)]
pub struct WebhookEndpoints<'s> {
    store: &'s Store,
}

/// A place in the list of endpoints.
pub type EndpointCursor = Cursor<WebhookEndpointId>;

impl EndpointCursor {
    /// The place just after an endpoint.
    pub fn after(endpoint: &WebhookEndpoint) -> Self {
        Self { created_at: endpoint.created_at, id: endpoint.id }
    }
}

impl<'s> WebhookEndpoints<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store }
    }

    /// Adds an endpoint.
    ///
    /// # Errors
    /// When its id is taken or its workspace is not there.
    #[instrument(name = "db.webhook_endpoint.add", level = "debug", skip_all, fields(endpoint.id = %endpoint.id))]
    pub async fn add(&self, endpoint: &WebhookEndpoint) -> Result<(), StoreError> {
        Entity::insert(row_of(endpoint)).exec_without_returning(&self.store.writer).await?;
        Ok(())
    }

    /// An endpoint of a workspace.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.webhook_endpoint.get", level = "debug", skip_all, fields(endpoint.id = %id))]
    pub async fn get(
        &self,
        workspace_id: WorkspaceId,
        id: WebhookEndpointId,
    ) -> Result<Option<WebhookEndpoint>, StoreError> {
        let mine = Entity::find_by_id(id.as_uuid()).filter(Column::WorkspaceId.eq(workspace_id.as_uuid()));
        mine.one(&self.store.reader).await?.map(endpoint_of).transpose()
    }

    /// Endpoints of a workspace, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.webhook_endpoint.list", level = "debug", skip_all, fields(workspace.id = %workspace_id))]
    pub async fn list(
        &self,
        workspace_id: WorkspaceId,
        limit: u64,
        after: Option<EndpointCursor>,
    ) -> Result<Vec<WebhookEndpoint>, StoreError> {
        let mine = Entity::find().filter(Column::WorkspaceId.eq(workspace_id.as_uuid()));
        let after = after.map(|cursor| (cursor.created_at, cursor.id.as_uuid()));
        let page = newest_first(mine, Column::CreatedAt, Column::Id, limit, after);
        page.all(&self.store.reader).await?.into_iter().map(endpoint_of).collect()
    }

    /// Stores what callers change of an endpoint: its address, its events, its secrets, and that it is told of events again.
    /// Tells whether its workspace has it.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.webhook_endpoint.update", level = "debug", skip_all, fields(endpoint.id = %endpoint.id))]
    pub async fn update(&self, endpoint: &WebhookEndpoint) -> Result<bool, StoreError> {
        let row = row_of(endpoint);
        let updated = Entity::update_many()
            .set(ActiveModel {
                url: row.url,
                events: row.events,
                secret: row.secret,
                previous_secret: row.previous_secret,
                previous_until: row.previous_until,
                is_enabled: row.is_enabled,
                failing_since: row.failing_since,
                ..Default::default()
            })
            .filter(Column::Id.eq(endpoint.id.as_uuid()))
            .filter(Column::WorkspaceId.eq(endpoint.workspace_id.as_uuid()))
            .exec(&self.store.writer)
            .await?;
        Ok(updated.rows_affected > 0)
    }

    /// Stores since when an endpoint has taken nothing.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.webhook_endpoint.note", level = "debug", skip_all, fields(endpoint.id = %id))]
    pub async fn note_failing(
        &self,
        id: WebhookEndpointId,
        since: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        Entity::update_many()
            .set(ActiveModel { failing_since: Set(since.map(instant)), ..Default::default() })
            .filter(Column::Id.eq(id.as_uuid()))
            .exec(&self.store.writer)
            .await?;
        Ok(())
    }

    /// Disables an endpoint, with the event that tells of it; false when it was not enabled.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.webhook_endpoint.disable", level = "debug", skip_all, fields(endpoint.id = %id))]
    pub async fn disable(&self, id: WebhookEndpointId, event: &Event) -> Result<bool, StoreError> {
        let transaction = self.store.writer.begin().await?;
        let changed = Entity::update_many()
            .set(ActiveModel { is_enabled: Set(false), ..Default::default() })
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::IsEnabled.eq(true))
            .exec(&transaction)
            .await?;
        events::end_with(transaction, changed, event, None).await
    }

    /// Removes an endpoint. Tells whether the workspace had it.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.webhook_endpoint.delete", level = "debug", skip_all, fields(endpoint.id = %id))]
    pub async fn delete(&self, workspace_id: WorkspaceId, id: WebhookEndpointId) -> Result<bool, StoreError> {
        let deleted = Entity::delete_many()
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::WorkspaceId.eq(workspace_id.as_uuid()))
            .exec(&self.store.writer)
            .await?;
        Ok(deleted.rows_affected > 0)
    }
}

fn row_of(endpoint: &WebhookEndpoint) -> ActiveModel {
    let words = |events: &[EventType]| json!(events.iter().map(|event| event.word()).collect::<Vec<_>>());
    let (previous_secret, previous_until) =
        endpoint.previous_secret.clone().map(|previous| (previous.secret, instant(previous.until))).unzip();
    ActiveModel {
        id: Set(endpoint.id.as_uuid()),
        workspace_id: Set(endpoint.workspace_id.as_uuid()),
        url: Set(endpoint.url.clone()),
        origin: Set(endpoint.origin.clone()),
        events: Set(endpoint.events.as_deref().map(words)),
        entity_id: Set(endpoint.entity_id.clone()),
        secret: Set(endpoint.secret.clone()),
        previous_secret: Set(previous_secret),
        previous_until: Set(previous_until),
        is_enabled: Set(endpoint.is_enabled),
        failing_since: Set(endpoint.failing_since.map(instant)),
        created_at: Set(instant(endpoint.created_at)),
    }
}

fn endpoint_of(row: Model) -> Result<WebhookEndpoint, StoreError> {
    let place = Place { table: "webhook_endpoints", row: row.id };
    let words: Option<Vec<String>> =
        row.events.map(serde_json::from_value).transpose().map_err(place.unreadable("events"))?;
    let types =
        |words: Vec<String>| words.iter().map(|word| word.parse()).collect::<Result<Vec<EventType>, _>>();
    let events = words.map(types).transpose().map_err(place.unreadable("events"))?;
    let previous_secret =
        row.previous_secret.zip(row.previous_until).map(|(secret, until)| PreviousSecret { secret, until });
    Ok(WebhookEndpoint {
        id: WebhookEndpointId::from_uuid(row.id),
        workspace_id: WorkspaceId::from_uuid(row.workspace_id),
        url: row.url,
        origin: row.origin,
        events,
        entity_id: row.entity_id,
        secret: row.secret,
        previous_secret,
        is_enabled: row.is_enabled,
        failing_since: row.failing_since,
        created_at: row.created_at,
    })
}
