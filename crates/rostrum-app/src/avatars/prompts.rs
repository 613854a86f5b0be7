//! People made from a description: drawn, or by the image engine.

use rostrum_avatar::presenter::{Description, cast};
use rostrum_model::asset::{Asset, AssetInput, AssetKind};
use rostrum_model::ids::{AssetId, LookId, WorkspaceId};
use rostrum_model::photo_generation::Orientation;
use rostrum_model::picture::Size;
use rostrum_model::presenter::Appearance;
use sha2::{Digest, Sha256};

use super::photos::NewLook;
use super::{CreateAvatarError, Person, ShownGroup, ShownLook};
use crate::App;
use crate::asset_inputs::Resolved;
use crate::generated_pictures::{FACING, MakePictureError, PictureName};
use crate::image_engine::{ImageEngine, Reference};
use crate::presenters::{PREVIEW_SIZE, still};

/// The voices of drawn people, woman and man, until others are chosen.
const VOICES: [&str; 2] = ["af_heart", "am_michael"];

/// The voice of a drawn person, until another is chosen.
pub(super) fn voice_of(appearance: &Appearance) -> &'static str {
    VOICES[usize::from(appearance.person.femininity < 0.5)]
}

/// A person who is to be made from a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPromptAvatar {
    /// Name of the look, and of its group when that is new.
    pub name: String,
    /// What the person looks like.
    pub prompt: String,
    /// The look of a person who is described anew: of the cast or of the workspace.
    pub like: Option<String>,
    /// Pictures of the person for the image engine.
    pub references: Vec<AssetInput>,
    /// Shape of the picture that the image engine makes.
    pub orientation: Orientation,
    /// Whose look it is.
    pub person: Person,
}

/// A look just made from a description, and its group.
#[derive(Debug, Clone, PartialEq)]
pub struct CreatedPromptAvatar {
    /// The group.
    pub group: ShownGroup,
    /// The look.
    pub look: ShownLook,
    /// Why the person was drawn though there is an image engine.
    pub why_drawn: Option<String>,
}

/// Whom a description starts from.
enum Base {
    Nobody,
    Drawn(Box<Appearance>),
    Photo(Box<Asset>),
}

/// Whom a description gives.
struct Portrayed {
    picture: Resolved,
    size: Size,
    appearance: Option<Box<Appearance>>,
}

impl App {
    /// Makes a person who fits a description: by the image engine, where there is one, and else drawn, which gives the same
    /// person for the same name and description. Looks of drawn people are drawn. When this returns, the person can speak.
    ///
    /// # Errors
    /// When the group is not there, the look to start from is not, or it takes an image engine and there is none or it fails;
    /// then nothing is kept.
    pub async fn create_prompt_avatar(
        &self,
        workspace_id: WorkspaceId,
        new: NewPromptAvatar,
    ) -> Result<CreatedPromptAvatar, CreateAvatarError> {
        if let Some((group, look)) = self.made_before(workspace_id).await? {
            return Ok(CreatedPromptAvatar { group, look, why_drawn: None });
        }
        self.require_person(workspace_id, new.person).await?;
        let base = match &new.like {
            Some(id) => self.base_look(workspace_id, id).await?,
            None => Base::Nobody,
        };
        let engine = self.backends.image_engine.as_ref();
        let (portrayed, why_drawn) = match (engine, base) {
            // With pictures of the person the engine is meant, also for somebody who is drawn.
            (_, Base::Drawn(base)) if new.references.is_empty() => {
                (self.drawn_from(workspace_id, &new, Some(*base)).await?, None)
            }
            (None, Base::Photo(_)) => {
                return Err(CreateAvatarError::NotDrawn(new.like.unwrap_or_default()));
            }
            (None, Base::Nobody) if new.references.is_empty() => {
                (self.drawn_from(workspace_id, &new, None).await?, None)
            }
            (None, _) => return Err(CreateAvatarError::NeedsImageEngine),
            (Some(engine), base) => {
                let photo = match base {
                    Base::Photo(photo) => Some(photo),
                    Base::Nobody | Base::Drawn(_) => None,
                };
                let is_known = photo.is_some() || !new.references.is_empty();
                match self.photographed(workspace_id, engine, &new, photo.as_deref()).await {
                    Ok(portrayed) => (portrayed, None),
                    Err(CreateAvatarError::Picture(error)) if error.is_the_engines() && !is_known => {
                        tracing::warn!(%error, "somebody is drawn instead");
                        metrics::counter!("rostrum_image_engine_fallbacks_total").increment(1);
                        let drawn = self.drawn_from(workspace_id, &new, None).await?;
                        (drawn, Some(format!("The person was drawn, as {error}")))
                    }
                    Err(error) => return Err(error),
                }
            }
        };
        let Portrayed { picture, size, appearance } = portrayed;
        let voice_id = appearance.as_deref().map(|appearance| voice_of(appearance).to_owned());
        let look = NewLook { name: new.name, appearance, voice_id, ..NewLook::of(&picture.asset, size) };
        match self.record_look(workspace_id, new.person, look).await {
            Ok((group, look)) => Ok(CreatedPromptAvatar { group, look, why_drawn }),
            Err(error) => {
                self.discard_new(&picture).await?;
                Err(error)
            }
        }
    }

    async fn drawn_from(
        &self,
        workspace_id: WorkspaceId,
        new: &NewPromptAvatar,
        base: Option<Appearance>,
    ) -> Result<Portrayed, CreateAvatarError> {
        let digest = Sha256::digest(format!("{}\n{}", new.name, new.prompt));
        let seed = u64::from_be_bytes(*digest.first_chunk().expect("a digest has 32 bytes"));
        let appearance = Description::from_prompt(&new.prompt).imagine(seed, base.as_ref());
        let drawn = appearance.clone();
        let picture = tokio::task::spawn_blocking(move || still(drawn)).await;
        let picture = picture.map_err(std::io::Error::other)??;
        let picture = self.resolve_input(workspace_id, AssetInput::Inline(picture), AssetKind::Image).await;
        let picture = picture.map_err(CreateAvatarError::Input)?;
        Ok(Portrayed { picture, size: PREVIEW_SIZE, appearance: Some(Box::new(appearance)) })
    }

    async fn photographed(
        &self,
        workspace_id: WorkspaceId,
        engine: &ImageEngine,
        new: &NewPromptAvatar,
        photo: Option<&Asset>,
    ) -> Result<Portrayed, CreateAvatarError> {
        let backends = &self.backends;
        let mut references = Vec::new();
        if let Some(photo) = photo {
            references.push(backends.reference(photo).await?);
        }
        for input in &new.references {
            references.push(self.reference_of(workspace_id, input).await?);
        }
        let id = self.mint("picture", AssetId::generate);
        let name = PictureName { id, workspace_id, name: new.name.clone() };
        let prompt = format!("{}. {FACING}", new.prompt.trim_end().trim_end_matches('.'));
        let made = backends.engine_picture(engine, &name, &prompt, new.orientation, &references).await;
        let asset = made?;
        self.welcome(&asset).await;
        let picture = Resolved { asset, is_new: true };
        match self.judged_photo(&picture.asset).await {
            Ok((size, _)) => Ok(Portrayed { picture, size, appearance: None }),
            Err(error) => {
                self.discard_new(&picture).await?;
                Err(error.into())
            }
        }
    }

    /// A picture that a request shows the engine; what it brought along is not kept.
    async fn reference_of(
        &self,
        workspace_id: WorkspaceId,
        input: &AssetInput,
    ) -> Result<Reference, CreateAvatarError> {
        let resolved = self.resolve_input(workspace_id, input.clone(), AssetKind::Image).await;
        let resolved = resolved.map_err(CreateAvatarError::Reference)?;
        let reference = self.backends.reference(&resolved.asset).await;
        self.discard_new(&resolved).await?;
        reference.map_err(|error| match error {
            MakePictureError::Media(error) if error.is_the_files_fault() => {
                CreateAvatarError::UnreadableReference(error)
            }
            error => error.into(),
        })
    }

    /// The look of the cast or of the workspace that a description starts from.
    async fn base_look(&self, workspace_id: WorkspaceId, id: &str) -> Result<Base, CreateAvatarError> {
        if let Some((member, look)) = cast::look(id) {
            return Ok(Base::Drawn(Box::new(member.appearance(look))));
        }
        let gone = || CreateAvatarError::LookNotFound(id.to_owned());
        let look_id: LookId = id.parse().map_err(|_| gone())?;
        let shown = self.look(workspace_id, look_id).await?.ok_or_else(gone)?;
        Ok(match shown.look.appearance {
            Some(appearance) => Base::Drawn(appearance),
            None => Base::Photo(Box::new(shown.photo)),
        })
    }
}
