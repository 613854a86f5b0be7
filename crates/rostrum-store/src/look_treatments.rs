//! What was done to looks after they were made.

use std::collections::HashMap;

use rostrum_model::avatar::{Look, LookTreatment};
use rostrum_model::ids::{AssetId, LookId};
use rostrum_model::picture::Size;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, TransactionTrait};
use tracing::instrument;

use crate::Store;
use crate::entities::look;
use crate::entities::look_treatment::{ActiveModel, Column, Entity};
use crate::error::StoreError;
use crate::rows::Place;

/// The treatments of a store.
#[derive(Debug, Clone, Copy)]
pub struct LookTreatments<'s> {
    store: &'s Store,
}

impl<'s> LookTreatments<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store }
    }

    /// What was done to these looks; those to which nothing was done are left out.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.look_treatment.of", level = "debug", skip_all)]
    pub async fn of(
        &self,
        looks: impl IntoIterator<Item = LookId> + Send,
    ) -> Result<HashMap<LookId, LookTreatment>, StoreError> {
        let found = Entity::find().filter(Column::LookId.is_in(looks.into_iter().map(|id| id.as_uuid())));
        let rows = found.all(&self.store.reader).await?;
        let treatment = |row: crate::entities::look_treatment::Model| {
            let treatment = LookTreatment { enlarged: row.enlarged, motion_prompt: row.motion_prompt };
            (LookId::from_uuid(row.look_id), treatment)
        };
        Ok(rows.into_iter().map(treatment).collect())
    }

    /// Stores how a look moves.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the look is not there.
    #[instrument(name = "db.look_treatment.set_motion", level = "debug", skip_all, fields(look.id = %id))]
    pub async fn set_motion(&self, id: LookId, prompt: &str) -> Result<(), StoreError> {
        let row = ActiveModel {
            look_id: Set(id.as_uuid()),
            enlarged: Set(false),
            motion_prompt: Set(Some(prompt.to_owned())),
        };
        let again = OnConflict::column(Column::LookId).update_column(Column::MotionPrompt).to_owned();
        Entity::insert(row).on_conflict(again).exec_without_returning(&self.store.writer).await?;
        Ok(())
    }

    /// Gives a look a larger picture, unless it has another picture than `look` by now; tells whether it did.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the picture is not there.
    #[instrument(name = "db.look_treatment.enlarge", level = "debug", skip_all, fields(look.id = %look.id))]
    pub async fn enlarge(&self, look: &Look, photo: AssetId, size: Size) -> Result<bool, StoreError> {
        let place = Place { table: "looks", row: look.id.as_uuid() };
        let side = |column, side: usize| i64::try_from(side).map_err(place.unreadable(column));
        let transaction = self.store.writer.begin().await?;
        let updated = look::Entity::update_many()
            .set(look::ActiveModel {
                photo_id: Set(photo.as_uuid()),
                width: Set(side("width", size.width)?),
                height: Set(side("height", size.height)?),
                ..Default::default()
            })
            .filter(look::Column::Id.eq(look.id.as_uuid()))
            .filter(look::Column::PhotoId.eq(look.photo.as_uuid()))
            .exec(&transaction)
            .await?;
        if updated.rows_affected == 0 {
            transaction.rollback().await?;
            return Ok(false);
        }
        let row =
            ActiveModel { look_id: Set(look.id.as_uuid()), enlarged: Set(true), motion_prompt: Set(None) };
        let again = OnConflict::column(Column::LookId).update_column(Column::Enlarged).to_owned();
        Entity::insert(row).on_conflict(again).exec_without_returning(&transaction).await?;
        transaction.commit().await?;
        Ok(true)
    }
}
