//! Texts that were spoken into files of their own.

use rostrum_model::ids::{SpeechId, WorkspaceId};
use rostrum_model::speech::Speech;
use sea_orm::{ActiveValue::Set, EntityTrait};
use tracing::instrument;

use crate::Store;
use crate::entities::speech::{ActiveModel, Entity};
use crate::error::StoreError;
use crate::rows::{Place, instant};

/// The speeches of a store.
#[derive(Debug, Clone, Copy)]
pub struct Speeches<'s> {
    store: &'s Store,
}

impl<'s> Speeches<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store }
    }

    /// Adds a speech.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its id is taken or its workspace is not there.
    #[instrument(name = "db.speech.add", level = "debug", skip_all, fields(speech.id = %speech.id))]
    pub async fn add(&self, speech: &Speech) -> Result<(), StoreError> {
        let row = ActiveModel {
            id: Set(speech.id.as_uuid()),
            workspace_id: Set(speech.workspace_id.as_uuid()),
            spoken: Set(speech.spoken.0.to_vec()),
            created_at: Set(instant(speech.created_at)),
        };
        Entity::insert(row).exec_without_returning(&self.store.writer).await?;
        Ok(())
    }

    /// A speech of any workspace, for its file: whoever has the URL may hear it.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.speech.get_public", level = "debug", skip_all, fields(speech.id = %id))]
    pub async fn get_public(&self, id: SpeechId) -> Result<Option<Speech>, StoreError> {
        let Some(row) = Entity::find_by_id(id.as_uuid()).one(&self.store.reader).await? else {
            return Ok(None);
        };
        let place = Place { table: "speeches", row: row.id };
        Ok(Some(Speech {
            id,
            workspace_id: WorkspaceId::from_uuid(row.workspace_id),
            spoken: place.hash("spoken", &row.spoken)?,
            created_at: row.created_at,
        }))
    }
}
