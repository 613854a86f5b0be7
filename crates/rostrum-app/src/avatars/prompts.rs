//! People drawn from a description.

use rostrum_avatar::presenter::{Description, cast};
use rostrum_model::asset::{AssetInput, AssetKind};
use rostrum_model::ids::{LookId, WorkspaceId};
use rostrum_model::presenter::Appearance;
use sha2::{Digest, Sha256};

use super::photos::NewLook;
use super::{CreateAvatarError, Person, ShownGroup, ShownLook};
use crate::App;
use crate::presenters::{PREVIEW_SIZE, still};

/// The voices of drawn people, woman and man, until others are chosen.
const VOICES: [&str; 2] = ["af_heart", "am_michael"];

/// A person who is to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPromptAvatar {
    /// Name of the look, and of its group when that is new.
    pub name: String,
    /// What the person looks like.
    pub prompt: String,
    /// The look of a drawn person who is described anew: of the cast or of the workspace.
    pub like: Option<String>,
    /// Whose look it is.
    pub person: Person,
}

impl App {
    /// Draws a person who fits a description. The same name and description give the same person. When this returns,
    /// the person can speak.
    ///
    /// # Errors
    /// When the group is not there, or the look to start from is not or was not drawn; then nothing is kept.
    pub async fn create_prompt_avatar(
        &self,
        workspace_id: WorkspaceId,
        new: NewPromptAvatar,
    ) -> Result<(ShownGroup, ShownLook), CreateAvatarError> {
        self.require_person(workspace_id, new.person).await?;
        let base = match &new.like {
            Some(id) => Some(self.drawn_look(workspace_id, id).await?),
            None => None,
        };
        let digest = Sha256::digest(format!("{}\n{}", new.name, new.prompt));
        let seed = u64::from_be_bytes(*digest.first_chunk().expect("a digest has 32 bytes"));
        let appearance = Description::from_prompt(&new.prompt).imagine(seed, base.as_ref());
        let drawn = appearance.clone();
        let picture = tokio::task::spawn_blocking(move || still(drawn)).await;
        let picture = picture.map_err(std::io::Error::other)??;
        let picture = self.resolve_input(workspace_id, AssetInput::Inline(picture), AssetKind::Image).await;
        let picture = picture.map_err(CreateAvatarError::Input)?;
        let voice_id = VOICES[usize::from(appearance.person.femininity < 0.5)].to_owned();
        let look = NewLook {
            name: new.name,
            picture: &picture.asset,
            size: PREVIEW_SIZE,
            appearance: Some(Box::new(appearance)),
            footage: None,
            voice_id: Some(voice_id),
        };
        let created = self.record_look(workspace_id, new.person, look).await;
        if created.is_err() {
            self.discard_new(&picture).await?;
        }
        created
    }

    /// What a look of the cast or of the workspace is drawn from.
    async fn drawn_look(&self, workspace_id: WorkspaceId, id: &str) -> Result<Appearance, CreateAvatarError> {
        if let Some((member, look)) = cast::look(id) {
            return Ok(member.appearance(look));
        }
        let gone = || CreateAvatarError::LookNotFound(id.to_owned());
        let look_id: LookId = id.parse().map_err(|_| gone())?;
        let look = self.backends.store.avatars().look(workspace_id, look_id).await?.ok_or_else(gone)?;
        look.appearance
            .map(|appearance| *appearance)
            .ok_or_else(|| CreateAvatarError::NotDrawn(id.to_owned()))
    }
}
