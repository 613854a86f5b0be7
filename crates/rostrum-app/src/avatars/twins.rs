//! Footage that becomes a look: a digital twin. All of it is looked at by a job.

use rostrum_jobs::JobsError;
use rostrum_model::asset::{AssetInput, AssetKind};
use rostrum_model::avatar::{Footage, Study};
use rostrum_model::ids::{AvatarGroupId, LookId, WorkspaceId};
use rostrum_store::StoreError;
use serde_json::Value;

use super::photos::NewLook;
use super::{CreateAvatarError, Person, ShownGroup, ShownLook};
use crate::App;
use crate::asset_inputs::{InputError, Resolved};
use crate::assets::DeleteAssetError;
use crate::footage::UnusableFootage;
use crate::jobs::STUDY_FOOTAGE;

/// A digital twin cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum CreateTwinError {
    /// The workspace has no such group.
    #[error("there is no avatar group {0}")]
    GroupNotFound(AvatarGroupId),
    /// The file cannot be used.
    #[error("the file cannot be used")]
    Input(#[source] InputError),
    /// The footage cannot be made to speak.
    #[error(transparent)]
    Footage(#[from] UnusableFootage),
    /// What was made for the refused request cannot be removed.
    #[error("the footage of a refused request could not be removed")]
    Discard(#[from] DeleteAssetError),
    /// The look could not be recorded.
    #[error("the avatar could not be recorded")]
    Record(#[source] CreateAvatarError),
    /// The records do not answer.
    #[error("the avatar could not be recorded")]
    Store(#[from] StoreError),
    /// The job could not be started.
    #[error("the job that studies the footage could not be started")]
    Jobs(#[from] JobsError),
}

/// Footage that is to become a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTwin {
    /// Name of the look, and of its group when that is new.
    pub name: String,
    /// The footage.
    pub file: AssetInput,
    /// Whose look it is.
    pub person: Person,
}

/// A digital twin just made, which cannot be used yet.
#[derive(Debug, Clone, PartialEq)]
pub struct CreatedTwin {
    /// The group.
    pub group: ShownGroup,
    /// The look.
    pub look: ShownLook,
}

impl App {
    /// Makes a look of footage and starts the job that studies it. Length and first frames are checked before; when this
    /// returns, look and job survive a crash.
    ///
    /// # Errors
    /// When the group is not there, or the footage cannot be had or used; then nothing is kept.
    pub async fn create_twin(
        &self,
        workspace_id: WorkspaceId,
        new: NewTwin,
    ) -> Result<CreatedTwin, CreateTwinError> {
        let before = self.made_before(workspace_id).await.map_err(CreateAvatarError::from);
        if let Some((group, look)) = before.map_err(CreateTwinError::Record)? {
            self.start_study(look.look.id).await?;
            return Ok(CreatedTwin { group, look });
        }
        if let Person::Known(id) = new.person {
            let found = self.backends.store.avatars().group(workspace_id, id).await?;
            found.ok_or(CreateTwinError::GroupNotFound(id))?;
        }
        let file = self.resolve_input(workspace_id, new.file.clone(), AssetKind::Video).await;
        let file = file.map_err(CreateTwinError::Input)?;
        let created = self.add_twin(workspace_id, new, &file).await;
        if created.is_err() {
            self.discard_new(&file).await?;
        }
        created
    }

    async fn add_twin(
        &self,
        workspace_id: WorkspaceId,
        new: NewTwin,
        file: &Resolved,
    ) -> Result<CreatedTwin, CreateTwinError> {
        let checked = self.backends.check_footage(&file.asset).await?;
        let footage = Footage { duration_ms: checked.duration_ms, study: Study::Pending };
        let look =
            NewLook { name: new.name, footage: Some(footage), ..NewLook::of(&file.asset, checked.size) };
        let recorded = self.record_look(workspace_id, new.person, look).await;
        let (group, mut look) = recorded.map_err(|error| match error {
            CreateAvatarError::GroupNotFound(id) => CreateTwinError::GroupNotFound(id),
            error => CreateTwinError::Record(error),
        })?;
        look.consent = group.summary.consent;
        // A crash between these two is mended at the next start.
        if let Err(error) = self.start_study(look.look.id).await {
            self.backends.store.avatars().delete_look(workspace_id, look.look.id).await?;
            return Err(error.into());
        }
        Ok(CreatedTwin { group, look })
    }

    /// Starts the job that studies a look's footage; starting it again does nothing. It works as hard as those of videos,
    /// and shares their engine.
    pub(crate) async fn start_study(&self, id: LookId) -> Result<(), JobsError> {
        self.jobs.start(STUDY_FOOTAGE, &id.to_string(), Value::Null).await
    }
}
