//! Photos that become looks: of a new person, or of one that is there.

use chrono::TimeDelta;
use rostrum_media::MediaError;
use rostrum_model::asset::{Asset, AssetInput, AssetKind};
use rostrum_model::avatar::{AvatarGroup, Footage, Look, LookTreatment};
use rostrum_model::ids::{AssetId, AvatarGroupId, LookId, WorkspaceId};
use rostrum_model::picture::Size;
use rostrum_model::presenter::Appearance;
use rostrum_store::StoreError;

use super::prompts::voice_of;
use super::{PortraitWarning, ShownGroup, ShownLook};
use crate::App;
use crate::asset_inputs::{InputError, Resolved};
use crate::assets::DeleteAssetError;
use crate::credits::CreditError;
use crate::generated_pictures::MakePictureError;
use crate::portraits::UnusablePortrait;
use crate::presenters::PREVIEW_SIZE;

/// An avatar cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum CreateAvatarError {
    /// The workspace has no such group.
    #[error("there is no avatar group {0}")]
    GroupNotFound(AvatarGroupId),
    /// Neither the workspace nor the cast has the look to start from.
    #[error("there is no look {0}")]
    LookNotFound(String),
    /// The look to start from is a photo.
    #[error("look {0} is a photo")]
    NotDrawn(String),
    /// A picture for the image engine cannot be had.
    #[error("a reference image cannot be used")]
    Reference(#[source] InputError),
    /// A picture for the image engine cannot be read.
    #[error("a reference image cannot be read")]
    UnreadableReference(#[source] MediaError),
    /// There is no image engine, and without one people are drawn from words alone.
    #[error("this server has no image engine")]
    NeedsImageEngine,
    /// The image engine gives no picture of the person.
    #[error(transparent)]
    Picture(#[from] MakePictureError),
    /// The person cannot be drawn.
    #[error("the person could not be drawn")]
    Media(#[from] MediaError),
    /// The drawing was interrupted.
    #[error("the drawing was interrupted")]
    Io(#[from] std::io::Error),
    /// The file cannot be used.
    #[error("the file cannot be used")]
    Input(#[source] InputError),
    /// The photo's face cannot be animated.
    #[error(transparent)]
    Portrait(#[from] UnusablePortrait),
    /// It cannot be paid for.
    #[error(transparent)]
    Credit(#[from] CreditError),
    /// What was made for the refused request cannot be removed.
    #[error("the file of a refused request could not be removed")]
    Discard(#[from] DeleteAssetError),
    /// The records do not answer.
    #[error("the avatar could not be recorded")]
    Store(#[from] StoreError),
}

/// Looks cannot be added; none was.
#[derive(Debug, thiserror::Error)]
pub enum AddLooksError {
    /// The workspace has no such group.
    #[error("there is no avatar group {0}")]
    GroupNotFound(AvatarGroupId),
    /// One of the photos cannot be used.
    #[error("photo {index} cannot be used")]
    Photo {
        /// Which one, from 0.
        index: usize,
        /// Why.
        #[source]
        error: CreateAvatarError,
    },
    /// They cannot be paid for.
    #[error(transparent)]
    Credit(#[from] CreditError),
    /// The records do not answer.
    #[error("the looks could not be recorded")]
    Store(#[from] StoreError),
}

/// Whose look a picture becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// A new one's, with an id of its own.
    New,
    /// A new one's, that has the id of this first look: clients of the older generations of the API use one for the other.
    NewWithIdOfLook,
    /// One's that is there.
    Known(AvatarGroupId),
}

/// A photo that is to become a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPhotoAvatar {
    /// Name of the look, and of its group when that is new.
    pub name: String,
    /// The photo.
    pub file: AssetInput,
    /// Whose look it is.
    pub person: Person,
}

/// A look just made of a photo, its group, and what the photo's check had to say.
#[derive(Debug, Clone, PartialEq)]
pub struct CreatedPhotoAvatar {
    /// The group.
    pub group: ShownGroup,
    /// The look.
    pub look: ShownLook,
    /// What will be seen of the photo in videos; nothing of a good one.
    pub warnings: Vec<PortraitWarning>,
}

/// Who is in a picture that becomes a look.
struct Sitting {
    size: Size,
    /// What a drawn person is drawn from.
    appearance: Option<Box<Appearance>>,
    warnings: Vec<PortraitWarning>,
}

/// A look to be recorded.
pub(super) struct NewLook<'a> {
    /// Its name, and that of the person when that is new.
    pub(super) name: String,
    /// The photo, or the picture of a drawn person.
    pub(super) picture: &'a Asset,
    /// Size of the picture.
    pub(super) size: Size,
    /// What a drawn person is drawn from.
    pub(super) appearance: Option<Box<Appearance>>,
    /// What is known of the footage, where the picture is such.
    pub(super) footage: Option<Footage>,
    /// The default voice of the person when that is new.
    pub(super) voice_id: Option<String>,
}

impl<'a> NewLook<'a> {
    /// A photo, not named yet.
    pub(super) fn of(picture: &'a Asset, size: Size) -> Self {
        Self { name: String::new(), picture, size, appearance: None, footage: None, voice_id: None }
    }
}

impl App {
    /// Makes a look of a photo, whose face is found and checked first. When this returns, it can speak.
    ///
    /// # Errors
    /// When the group is not there, or the photo cannot be had or animated; then nothing is kept.
    pub async fn create_photo_avatar(
        &self,
        workspace_id: WorkspaceId,
        new: NewPhotoAvatar,
    ) -> Result<CreatedPhotoAvatar, CreateAvatarError> {
        if let Some((group, look)) = self.made_before(workspace_id).await? {
            let warnings = self.sitting(&look.photo).await?.warnings;
            return Ok(CreatedPhotoAvatar { group, look, warnings });
        }
        self.require_person(workspace_id, new.person).await?;
        let photo = self
            .resolve_input(workspace_id, new.file.clone(), AssetKind::Image)
            .await
            .map_err(CreateAvatarError::Input)?;
        let created = self.add_photo_avatar(workspace_id, new, &photo).await;
        if created.is_err() {
            self.discard_new(&photo).await?;
        }
        created
    }

    async fn add_photo_avatar(
        &self,
        workspace_id: WorkspaceId,
        new: NewPhotoAvatar,
        photo: &Resolved,
    ) -> Result<CreatedPhotoAvatar, CreateAvatarError> {
        let Sitting { size, appearance, warnings } = self.sitting(&photo.asset).await?;
        let voice_id = appearance.as_deref().map(|appearance| voice_of(appearance).to_owned());
        let look = NewLook { name: new.name, appearance, voice_id, ..NewLook::of(&photo.asset, size) };
        let (group, look) = self.record_look(workspace_id, new.person, look).await?;
        Ok(CreatedPhotoAvatar { group, look, warnings })
    }

    /// The look that a request with a key made before a crash, with its person.
    pub(super) async fn made_before(
        &self,
        workspace_id: WorkspaceId,
    ) -> Result<Option<(ShownGroup, ShownLook)>, StoreError> {
        if !self.may_have_made() {
            return Ok(None);
        }
        let Some(look) = self.look(workspace_id, self.mint("look", LookId::generate)).await? else {
            return Ok(None);
        };
        let group = self.avatar_group(workspace_id, look.look.group_id).await?;
        Ok(group.map(|group| (group, look)))
    }

    /// Looks whether a person who is said to be there is.
    pub(super) async fn require_person(
        &self,
        workspace_id: WorkspaceId,
        person: Person,
    ) -> Result<(), CreateAvatarError> {
        if let Person::Known(id) = person {
            let found = self.backends.store.avatars().group(workspace_id, id).await?;
            found.ok_or(CreateAvatarError::GroupNotFound(id))?;
        }
        Ok(())
    }

    /// Records a look, and the person when that is new.
    pub(super) async fn record_look(
        &self,
        workspace_id: WorkspaceId,
        person: Person,
        new: NewLook<'_>,
    ) -> Result<(ShownGroup, ShownLook), CreateAvatarError> {
        let backends = &self.backends;
        let avatars = backends.store.avatars();
        let price = backends.limits.prices.avatar;
        backends.require_credits(workspace_id, price).await?;
        let now = backends.clock.now();
        let id = self.mint("look", LookId::generate);
        let group_id = match person {
            Person::New => self.mint("group", AvatarGroupId::generate),
            Person::NewWithIdOfLook => AvatarGroupId::from_uuid(id.as_uuid()),
            Person::Known(group_id) => group_id,
        };
        let look = Look {
            id,
            workspace_id,
            group_id,
            name: new.name.clone(),
            photo: new.picture.id,
            size: new.size,
            appearance: new.appearance,
            footage: new.footage,
            created_at: now,
        };
        let gone = || CreateAvatarError::GroupNotFound(group_id);
        if let Person::Known(_) = person {
            avatars.add_looks(std::slice::from_ref(&look)).await.map_err(|error| match error {
                // It was there a moment ago.
                StoreError::Conflict(_) => gone(),
                error => error.into(),
            })?;
        } else {
            let group = AvatarGroup {
                id: group_id,
                workspace_id,
                name: new.name,
                default_voice_id: new.voice_id,
                created_at: now,
            };
            avatars.add_group(&group, &look).await?;
        }
        backends.charge(workspace_id, id.to_string(), price).await?;
        let group = self.avatar_group(workspace_id, group_id).await?.ok_or_else(gone)?;
        let default_voice_id = group.summary.group.default_voice_id.clone();
        let treatment = LookTreatment::default();
        let photo = new.picture.clone();
        Ok((group, ShownLook { look, photo, default_voice_id, consent: None, treatment }))
    }

    /// Makes looks of one name out of photos that are assets, all of them or none, in their order.
    ///
    /// # Errors
    /// When the group is not there, or one of the photos is not or cannot be animated.
    pub async fn add_photo_looks(
        &self,
        workspace_id: WorkspaceId,
        group_id: AvatarGroupId,
        name: &str,
        photos: &[AssetId],
    ) -> Result<Vec<ShownLook>, AddLooksError> {
        let backends = &self.backends;
        let avatars = backends.store.avatars();
        let gone = || AddLooksError::GroupNotFound(group_id);
        avatars.group(workspace_id, group_id).await?.ok_or_else(gone)?;
        let price = backends.limits.prices.avatar;
        backends.require_credits(workspace_id, photos.iter().map(|_| price).sum()).await?;
        let now = backends.clock.now();
        let mut looks = Vec::with_capacity(photos.len());
        for (index, id) in photos.iter().enumerate() {
            let sitting = self.sitting_of(workspace_id, *id).await;
            let sitting = sitting.map_err(|error| AddLooksError::Photo { index, error })?;
            looks.push(Look {
                id: LookId::generate(&*backends.clock, &*backends.chance),
                workspace_id,
                group_id,
                name: name.to_owned(),
                photo: *id,
                size: sitting.size,
                appearance: sitting.appearance,
                footage: None,
                // Lists go by time: the order asked for is kept in the smallest steps that are stored.
                created_at: now + TimeDelta::microseconds(i64::try_from(index).unwrap_or_default()),
            });
        }
        avatars.add_looks(&looks).await.map_err(|error| match error {
            StoreError::Conflict(_) => gone(),
            error => error.into(),
        })?;
        for look in &looks {
            backends.charge(workspace_id, look.id.to_string(), price).await?;
        }
        Ok(self.shown(workspace_id, looks).await?)
    }

    async fn sitting_of(&self, workspace_id: WorkspaceId, id: AssetId) -> Result<Sitting, CreateAvatarError> {
        let photo = self.resolve_input(workspace_id, AssetInput::AssetId(id), AssetKind::Image).await;
        self.sitting(&photo.map_err(CreateAvatarError::Input)?.asset).await
    }

    /// Who is in a picture: somebody who was drawn here, or else a face that can be animated.
    async fn sitting(&self, photo: &Asset) -> Result<Sitting, CreateAvatarError> {
        if let Some(appearance) = self.drawn_in(photo).await? {
            let size = photo.metadata.size.unwrap_or(PREVIEW_SIZE);
            return Ok(Sitting { size, appearance: Some(appearance), warnings: Vec::new() });
        }
        let (size, warnings) = self.judged_photo(photo).await?;
        Ok(Sitting { size, appearance: None, warnings })
    }

    /// What the person in a generated picture is drawn from; `None` of all other pictures.
    ///
    /// # Errors
    /// When the records do not answer.
    pub(crate) async fn drawn_in(&self, picture: &Asset) -> Result<Option<Box<Appearance>>, StoreError> {
        let generations = self.backends.store.photo_generations();
        let found = generations.picture(picture.workspace_id, picture.id).await?;
        Ok(found.and_then(|picture| picture.appearance))
    }

    /// The size of a picture whose face can be animated, and what could be better of it.
    pub(super) async fn judged_photo(
        &self,
        photo: &Asset,
    ) -> Result<(Size, Vec<PortraitWarning>), UnusablePortrait> {
        let portrait = self.backends.portrait(&photo.content_hash).await?;
        let (portrait, warnings) = self.backends.judged(portrait).await?;
        for warning in &warnings {
            tracing::info!(asset.id = %photo.id, %warning, "a photo is not ideal");
        }
        Ok((portrait.image.size(), warnings))
    }
}
