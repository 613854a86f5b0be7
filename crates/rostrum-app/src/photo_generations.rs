//! Pictures of people made from a description, four at a time: drawn, or by the image engine.

use rostrum_jobs::JobsError;
use rostrum_model::asset::Asset;
use rostrum_model::ids::{AssetId, AvatarGroupId, PhotoGenerationId, WorkspaceId};
use rostrum_model::photo_generation::{
    GENERATED_PICTURES, GenerationState, Orientation, PhotoBrief, PhotoGeneration, PhotoPose, PhotoStyle,
    Sitter,
};
use rostrum_model::processing::Processing;
use rostrum_store::StoreError;
use serde_json::Value;

use crate::App;
use crate::jobs::GENERATE_PHOTOS;

/// Pictures cannot be asked for.
#[derive(Debug, thiserror::Error)]
pub enum GeneratePhotosError {
    /// The workspace has no such group.
    #[error("there is no avatar group {0}")]
    GroupNotFound(AvatarGroupId),
    /// The group's person is a photo, of which only an image engine makes other pictures.
    #[error("this server has no image engine")]
    NeedsImageEngine(AvatarGroupId),
    /// The records do not answer.
    #[error("the generation could not be recorded")]
    Store(#[from] StoreError),
    /// The job could not be started.
    #[error("the job of the generation could not be started")]
    Jobs(#[from] JobsError),
}

/// Other pictures of the person of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLooks {
    /// The group.
    pub group_id: AvatarGroupId,
    /// What they are to wear, where they are to be.
    pub prompt: String,
    /// Shape of the pictures.
    pub orientation: Orientation,
    /// How much of the person is seen.
    pub pose: PhotoPose,
    /// What the pictures look like.
    pub style: PhotoStyle,
}

/// A generation with those of its pictures that are there, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownGeneration {
    /// The generation.
    pub generation: PhotoGeneration,
    /// None before it succeeded; later without those that were deleted.
    pub pictures: Vec<Asset>,
}

impl App {
    /// Asks for pictures. When this returns, they are made whatever happens.
    ///
    /// # Errors
    /// When it cannot be recorded.
    pub async fn generate_photos(
        &self,
        workspace_id: WorkspaceId,
        brief: PhotoBrief,
    ) -> Result<PhotoGeneration, GeneratePhotosError> {
        let backends = &self.backends;
        let generation = PhotoGeneration {
            id: PhotoGenerationId::generate(&*backends.clock, &*backends.chance),
            workspace_id,
            brief,
            seed: u32::from_be_bytes(backends.chance.bytes()),
            pictures: (0..GENERATED_PICTURES)
                .map(|_| AssetId::generate(&*backends.clock, &*backends.chance))
                .collect(),
            state: GenerationState::Pending,
            created_at: backends.clock.now(),
        };
        let generations = backends.store.photo_generations();
        generations.add(&generation).await?;
        // A crash between these two is mended at the next start.
        if let Err(error) = self.start_generation(generation.id).await {
            generations.delete(generation.id).await?;
            return Err(error.into());
        }
        Ok(generation)
    }

    /// Asks for other pictures of the person of a group: of the first look's, drawn or photographed.
    ///
    /// # Errors
    /// When there is no such group, or it takes an image engine and there is none; then nothing is recorded.
    pub async fn generate_looks(
        &self,
        workspace_id: WorkspaceId,
        new: NewLooks,
    ) -> Result<PhotoGeneration, GeneratePhotosError> {
        let NewLooks { group_id, prompt, orientation, pose, style } = new;
        let found = self.backends.store.avatars().group(workspace_id, group_id).await?;
        let first = found.ok_or(GeneratePhotosError::GroupNotFound(group_id))?.first_look;
        let sitter = match first.appearance {
            Some(base) => Sitter::Drawn { group_id, base, prompt },
            None if self.backends.image_engine.is_some() => {
                Sitter::Photographed { group_id, photo: first.photo, prompt }
            }
            None => return Err(GeneratePhotosError::NeedsImageEngine(group_id)),
        };
        self.generate_photos(workspace_id, PhotoBrief { sitter, orientation, pose, style }).await
    }

    /// A generation of the workspace.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn photo_generation(
        &self,
        workspace_id: WorkspaceId,
        id: PhotoGenerationId,
    ) -> Result<Option<ShownGeneration>, StoreError> {
        let found = self.backends.store.photo_generations().get(workspace_id, id).await?;
        let Some(generation) = found else { return Ok(None) };
        let mut pictures = match generation.state {
            GenerationState::Success { .. } => self.assets_by_id(workspace_id, &generation.pictures).await?,
            _ => Vec::new(),
        };
        pictures.sort_by_key(|asset| generation.pictures.iter().position(|id| *id == asset.id));
        for picture in pictures.iter().filter(|picture| picture.processing == Processing::Pending) {
            // Their maker is a job, which cannot start jobs; the sweep would do it minutes later.
            self.derive_later(picture.id).await;
        }
        Ok(Some(ShownGeneration { generation, pictures }))
    }

    /// Starts a generation's job; starting it again does nothing.
    pub(crate) async fn start_generation(&self, id: PhotoGenerationId) -> Result<(), JobsError> {
        self.asset_jobs.start(GENERATE_PHOTOS, &id.to_string(), Value::Null).await
    }
}
