//! Pictures of people made from a description.

use rostrum_model::ids::{AssetId, PhotoGenerationId, WorkspaceId};
use rostrum_model::photo_generation::{GeneratedPicture, GenerationState, PhotoGeneration};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use tracing::instrument;

use crate::Store;
use crate::entities::{generated_picture, photo_generation};
use crate::error::StoreError;
use crate::rows::{Place, instant};

/// The stored words of states; rows hold these for ever.
const PENDING: &str = "pending";
const PROCESSING: &str = "processing";
const SUCCESS: &str = "success";
const FAILED: &str = "failed";

/// The photo generations of a store.
#[derive(Debug, Clone, Copy)]
pub struct PhotoGenerations<'s> {
    store: &'s Store,
}

impl<'s> PhotoGenerations<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store }
    }

    /// Adds a generation.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its id is taken or its workspace is not there.
    #[instrument(name = "db.photo_generation.add", level = "debug", skip_all, fields(photo_generation.id = %generation.id))]
    pub async fn add(&self, generation: &PhotoGeneration) -> Result<(), StoreError> {
        let place = place(generation.id);
        let (status, message) = words(&generation.state);
        let row = photo_generation::ActiveModel {
            id: Set(generation.id.as_uuid()),
            workspace_id: Set(generation.workspace_id.as_uuid()),
            brief: Set(serde_json::to_value(&generation.brief).map_err(place.unreadable("brief"))?),
            seed: Set(generation.seed.into()),
            pictures: Set(serde_json::to_value(&generation.pictures).map_err(place.unreadable("pictures"))?),
            status: Set(status.to_owned()),
            message: Set(message.map(str::to_owned)),
            created_at: Set(instant(generation.created_at)),
        };
        photo_generation::Entity::insert(row).exec_without_returning(&self.store.writer).await?;
        Ok(())
    }

    /// A generation of a workspace.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.photo_generation.get", level = "debug", skip_all, fields(photo_generation.id = %id))]
    pub async fn get(
        &self,
        workspace_id: WorkspaceId,
        id: PhotoGenerationId,
    ) -> Result<Option<PhotoGeneration>, StoreError> {
        let found = self.get_any(id).await?;
        Ok(found.filter(|generation| generation.workspace_id == workspace_id))
    }

    /// A generation of any workspace, for its job.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.photo_generation.get_any", level = "debug", skip_all, fields(photo_generation.id = %id))]
    pub async fn get_any(&self, id: PhotoGenerationId) -> Result<Option<PhotoGeneration>, StoreError> {
        let found = photo_generation::Entity::find_by_id(id.as_uuid()).one(&self.store.reader).await?;
        found.map(generation_of).transpose()
    }

    /// All generations of all workspaces that have not ended, oldest first, for the start to resume.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.photo_generation.list_unfinished", level = "debug", skip_all)]
    pub async fn list_unfinished(&self) -> Result<Vec<PhotoGeneration>, StoreError> {
        use photo_generation::Column;
        let open = photo_generation::Entity::find().filter(Column::Status.is_in([PENDING, PROCESSING]));
        let oldest_first = open.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id);
        oldest_first.all(&self.store.reader).await?.into_iter().map(generation_of).collect()
    }

    /// Stores how a generation that had not ended stands now. Tells whether it was still there and had not.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.photo_generation.update_state", level = "debug", skip_all, fields(photo_generation.id = %generation.id))]
    pub async fn update_state(&self, generation: &PhotoGeneration) -> Result<bool, StoreError> {
        use photo_generation::Column;
        let (status, message) = words(&generation.state);
        let updated = photo_generation::Entity::update_many()
            .set(photo_generation::ActiveModel {
                status: Set(status.to_owned()),
                message: Set(message.map(str::to_owned)),
                ..Default::default()
            })
            .filter(Column::Id.eq(generation.id.as_uuid()))
            .filter(Column::Status.is_in([PENDING, PROCESSING]))
            .exec(&self.store.writer)
            .await?;
        Ok(updated.rows_affected > 0)
    }

    /// Removes a generation whose job could not be started. Its pictures stay.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.photo_generation.delete", level = "debug", skip_all, fields(photo_generation.id = %id))]
    pub async fn delete(&self, id: PhotoGenerationId) -> Result<(), StoreError> {
        photo_generation::Entity::delete_by_id(id.as_uuid()).exec(&self.store.writer).await?;
        Ok(())
    }

    /// Notes that an asset is a generated picture; noting it again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the asset is not there.
    #[instrument(name = "db.photo_generation.add_picture", level = "debug", skip_all, fields(asset.id = %picture.asset_id))]
    pub async fn add_picture(&self, picture: &GeneratedPicture) -> Result<(), StoreError> {
        let place = picture_place(picture.asset_id);
        let appearance = picture.appearance.as_ref().map(serde_json::to_value).transpose();
        let row = generated_picture::ActiveModel {
            asset_id: Set(picture.asset_id.as_uuid()),
            workspace_id: Set(picture.workspace_id.as_uuid()),
            appearance: Set(appearance.map_err(place.unreadable("appearance"))?),
        };
        let once = OnConflict::column(generated_picture::Column::AssetId).do_nothing().to_owned();
        generated_picture::Entity::insert(row)
            .on_conflict(once)
            .exec_without_returning(&self.store.writer)
            .await?;
        Ok(())
    }

    /// What is known of an asset of a workspace as a generated picture; `None` of all other assets.
    ///
    /// # Errors
    /// When the database fails.
    #[instrument(name = "db.photo_generation.picture", level = "debug", skip_all, fields(asset.id = %id))]
    pub async fn picture(
        &self,
        workspace_id: WorkspaceId,
        id: AssetId,
    ) -> Result<Option<GeneratedPicture>, StoreError> {
        let mine = generated_picture::Entity::find_by_id(id.as_uuid())
            .filter(generated_picture::Column::WorkspaceId.eq(workspace_id.as_uuid()));
        let Some(row) = mine.one(&self.store.reader).await? else { return Ok(None) };
        let appearance = row.appearance.map(serde_json::from_value).transpose();
        Ok(Some(GeneratedPicture {
            asset_id: id,
            workspace_id,
            appearance: appearance.map_err(picture_place(id).unreadable("appearance"))?,
        }))
    }
}

fn place(id: PhotoGenerationId) -> Place {
    Place { table: "photo_generations", row: id.as_uuid() }
}

fn picture_place(id: AssetId) -> Place {
    Place { table: "generated_pictures", row: id.as_uuid() }
}

fn words(state: &GenerationState) -> (&'static str, Option<&str>) {
    match state {
        GenerationState::Pending => (PENDING, None),
        GenerationState::Processing => (PROCESSING, None),
        GenerationState::Success { notice } => (SUCCESS, notice.as_deref()),
        GenerationState::Failed { message } => (FAILED, Some(message)),
    }
}

fn generation_of(row: photo_generation::Model) -> Result<PhotoGeneration, StoreError> {
    let id = PhotoGenerationId::from_uuid(row.id);
    let place = place(id);
    let state = match (row.status.as_str(), row.message) {
        (PENDING, None) => GenerationState::Pending,
        (PROCESSING, None) => GenerationState::Processing,
        (SUCCESS, notice) => GenerationState::Success { notice },
        (FAILED, Some(message)) => GenerationState::Failed { message },
        _ => return Err(place.inconsistent("status")),
    };
    Ok(PhotoGeneration {
        id,
        workspace_id: WorkspaceId::from_uuid(row.workspace_id),
        brief: serde_json::from_value(row.brief).map_err(place.unreadable("brief"))?,
        seed: u32::try_from(row.seed).map_err(place.unreadable("seed"))?,
        pictures: serde_json::from_value(row.pictures).map_err(place.unreadable("pictures"))?,
        state,
        created_at: row.created_at,
    })
}
