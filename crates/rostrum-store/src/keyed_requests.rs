//! Requests that carry an `Idempotency-Key`.

use chrono::{DateTime, Utc};
use rostrum_model::asset::ContentHash;
use rostrum_model::ids::WorkspaceId;
use rostrum_model::keyed_request::{KeptAnswer, KeyedRequest, KeyedState};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use tracing::instrument;

use crate::Store;
use crate::entities::keyed_request::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;
use crate::rows::{Place, instant};

/// The keyed requests of a store. Their ids are hashes of the workspace, among others.
#[derive(Debug, Clone, Copy)]
pub struct KeyedRequests<'s> {
    store: &'s Store,
}

impl<'s> KeyedRequests<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store }
    }

    /// Adds a request; false when there is one of its id.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its workspace is not there.
    #[instrument(name = "db.keyed_request.add", level = "debug", skip_all, fields(request.id = %request.id))]
    pub async fn add(&self, request: &KeyedRequest) -> Result<bool, StoreError> {
        let once = OnConflict::column(Column::Id).do_nothing().to_owned();
        let added = Entity::insert(row_of(request)).on_conflict(once);
        Ok(added.exec_without_returning(&self.store.writer).await? > 0)
    }

    /// The request with an id.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.keyed_request.get", level = "debug", skip_all, fields(request.id = %id))]
    pub async fn get(&self, id: ContentHash) -> Result<Option<KeyedRequest>, StoreError> {
        let found = Entity::find_by_id(id.0.to_vec()).one(&self.store.writer).await?;
        found.map(request_of).transpose()
    }

    /// Carries an interrupted request out again; false when it is not interrupted, so that of two callers one does.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.keyed_request.resume", level = "debug", skip_all, fields(request.id = %id))]
    pub async fn resume(&self, id: ContentHash) -> Result<bool, StoreError> {
        let resumed = Entity::update_many()
            .set(ActiveModel { is_running: Set(true), ..Default::default() })
            .filter(Column::Id.eq(id.0.to_vec()))
            .filter(Column::IsRunning.eq(false))
            .filter(Column::Status.is_null())
            .exec(&self.store.writer)
            .await?;
        Ok(resumed.rows_affected > 0)
    }

    /// Notes that a request was interrupted.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.keyed_request.interrupt", level = "debug", skip_all, fields(request.id = %id))]
    pub async fn interrupt(&self, id: ContentHash) -> Result<(), StoreError> {
        Entity::update_many()
            .set(ActiveModel { is_running: Set(false), ..Default::default() })
            .filter(Column::Id.eq(id.0.to_vec()))
            .exec(&self.store.writer)
            .await?;
        Ok(())
    }

    /// Notes that all running requests were interrupted, those of every workspace: for the start of the only server.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.keyed_request.interrupt_all", level = "debug", skip_all)]
    pub async fn interrupt_all(&self) -> Result<u64, StoreError> {
        let interrupted = Entity::update_many()
            .set(ActiveModel { is_running: Set(false), ..Default::default() })
            .filter(Column::IsRunning.eq(true))
            .exec(&self.store.writer)
            .await?;
        Ok(interrupted.rows_affected)
    }

    /// Keeps the answer of a request.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.keyed_request.answer", level = "debug", skip_all, fields(request.id = %id))]
    pub async fn answer(&self, id: ContentHash, answer: KeptAnswer) -> Result<(), StoreError> {
        Entity::update_many()
            .set(ActiveModel {
                is_running: Set(false),
                status: Set(i16::try_from(answer.status).ok()),
                content_type: Set(Some(answer.content_type)),
                body: Set(Some(answer.body)),
                ..Default::default()
            })
            .filter(Column::Id.eq(id.0.to_vec()))
            .exec(&self.store.writer)
            .await?;
        Ok(())
    }

    /// Forgets a request, whose key is free again.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.keyed_request.delete", level = "debug", skip_all, fields(request.id = %id))]
    pub async fn delete(&self, id: ContentHash) -> Result<(), StoreError> {
        Entity::delete_by_id(id.0.to_vec()).exec(&self.store.writer).await?;
        Ok(())
    }

    /// Forgets the requests that first came at an instant or before; gives how many.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.keyed_request.delete_until", level = "debug", skip_all)]
    pub async fn delete_until(&self, until: DateTime<Utc>) -> Result<u64, StoreError> {
        let old = Entity::delete_many().filter(Column::CreatedAt.lte(instant(until)));
        Ok(old.exec(&self.store.writer).await?.rows_affected)
    }
}

fn row_of(request: &KeyedRequest) -> ActiveModel {
    let answer = match &request.state {
        KeyedState::Answered(answer) => Some(answer.clone()),
        KeyedState::Running | KeyedState::Interrupted => None,
    };
    ActiveModel {
        id: Set(request.id.0.to_vec()),
        workspace_id: Set(request.workspace_id.as_uuid()),
        operation: Set(request.operation.clone()),
        seed: Set(request.seed.to_vec()),
        body_hash: Set(request.body_hash.map(|hash| hash.0.to_vec())),
        is_running: Set(request.state == KeyedState::Running),
        status: Set(answer.as_ref().and_then(|answer| i16::try_from(answer.status).ok())),
        content_type: Set(answer.as_ref().map(|answer| answer.content_type.clone())),
        body: Set(answer.map(|answer| answer.body)),
        created_at: Set(instant(request.created_at)),
    }
}

fn request_of(row: Model) -> Result<KeyedRequest, StoreError> {
    let workspace_id = WorkspaceId::from_uuid(row.workspace_id);
    // Rows are named by a UUID in errors; this kind has none of its own.
    let place = Place { table: "keyed_requests", row: row.workspace_id };
    let state = match (row.status, row.content_type, row.body) {
        (Some(status), Some(content_type), Some(body)) => {
            let status = u16::try_from(status).map_err(place.unreadable("status"))?;
            KeyedState::Answered(KeptAnswer { status, content_type, body })
        }
        _ if row.is_running => KeyedState::Running,
        _ => KeyedState::Interrupted,
    };
    Ok(KeyedRequest {
        id: place.hash("id", &row.id)?,
        workspace_id,
        operation: row.operation,
        seed: place.hash("seed", &row.seed)?.0,
        body_hash: row.body_hash.map(|hash| place.hash("body_hash", &hash)).transpose()?,
        state,
        created_at: row.created_at,
    })
}
