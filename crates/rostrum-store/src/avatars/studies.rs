//! Footage of looks in the columns of their rows, and the move of its study from pending.

use rostrum_model::avatar::{Footage, Look, Study};
use rostrum_model::event::Event;
use rostrum_model::ids::LookId;
use rostrum_model::video::Failure;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, TransactionTrait,
};
use tracing::instrument;
use uuid::Uuid;

use super::{Avatars, look_of};
use crate::entities::look::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;
use crate::events;
use crate::rows::Place;

/// The stored words; rows hold these for ever.
const PENDING: &str = "pending";
const READY: &str = "ready";
const FAILED: &str = "failed";

impl Avatars<'_> {
    /// A look of any workspace: for the job that studies its footage, and for its moving preview, which whoever has the URL
    /// may see.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.avatar.look_any", level = "debug", skip_all, fields(look.id = %id))]
    pub async fn look_any(&self, id: LookId) -> Result<Option<Look>, StoreError> {
        Entity::find_by_id(id.as_uuid()).one(&self.store.reader).await?.map(look_of).transpose()
    }

    /// Moves the study of a look's footage from pending to its end, together with the event that tells of it: both are
    /// recorded, or none. Tells whether the look was there and pending, so that of many workers one records it.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.avatar.finish_study", level = "debug", skip_all, fields(look.id = %id))]
    pub async fn finish_study(&self, id: LookId, to: &Study, event: &Event) -> Result<bool, StoreError> {
        let transaction = self.store.writer.begin().await?;
        let updated = Entity::update_many()
            .set(study_columns(ActiveModel::default(), to))
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::StudyStatus.eq(PENDING))
            .exec(&transaction)
            .await?;
        events::end_with(transaction, updated, event, None).await
    }

    /// Looks of all workspaces whose footage is still to be studied, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.avatar.pending_studies", level = "debug", skip_all)]
    pub async fn pending_studies(&self) -> Result<Vec<LookId>, StoreError> {
        let ids: Vec<Uuid> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::StudyStatus.eq(PENDING))
            .order_by_asc(Column::CreatedAt)
            .into_tuple()
            .all(&self.store.reader)
            .await?;
        Ok(ids.into_iter().map(LookId::from_uuid).collect())
    }
}

/// Sets the columns in a row that is to be written.
pub(super) fn columns_of(row: ActiveModel, look: &Look) -> Result<ActiveModel, StoreError> {
    let Some(footage) = &look.footage else { return Ok(row) };
    let place = Place { table: "looks", row: look.id.as_uuid() };
    let footage_ms = i64::try_from(footage.duration_ms).map_err(place.unreadable("footage_ms"))?;
    Ok(ActiveModel { footage_ms: Set(Some(footage_ms)), ..study_columns(row, &footage.study) })
}

fn study_columns(row: ActiveModel, study: &Study) -> ActiveModel {
    let (status, failure) = match study {
        Study::Pending => (PENDING, None),
        Study::Ready => (READY, None),
        Study::Failed(failure) => (FAILED, Some(failure)),
    };
    ActiveModel {
        study_status: Set(Some(status.to_owned())),
        failure_code: Set(failure.map(|failure| failure.code.clone())),
        failure_message: Set(failure.map(|failure| failure.message.clone())),
        ..row
    }
}

/// Reads the columns; takes them out of the row.
pub(super) fn footage_of(row: &mut Model) -> Result<Option<Footage>, StoreError> {
    let place = Place { table: "looks", row: row.id };
    let Some(duration_ms) = row.footage_ms else { return Ok(None) };
    let duration_ms = u64::try_from(duration_ms).map_err(place.unreadable("footage_ms"))?;
    let study = match row.study_status.as_deref() {
        Some(PENDING) => Study::Pending,
        Some(READY) => Study::Ready,
        Some(FAILED) => {
            let code = row.failure_code.take().ok_or_else(|| place.inconsistent("failure_code"))?;
            let message = row.failure_message.take().ok_or_else(|| place.inconsistent("failure_message"))?;
            Study::Failed(Failure { code, message })
        }
        _ => return Err(place.inconsistent("study_status")),
    };
    Ok(Some(Footage { duration_ms, study }))
}
