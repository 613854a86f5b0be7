//! Avatars: people made of photos, who speak in videos.

mod all;
mod photos;
mod prompts;
mod treatments;
mod twins;

use std::collections::{BTreeSet, HashMap};

pub use rostrum_face::PortraitWarning;
use rostrum_model::asset::Asset;
use rostrum_model::avatar::{Look, LookStatus, LookTreatment, Study};
use rostrum_model::consent::ConsentStatus;
use rostrum_model::ids::{AssetId, AvatarGroupId, LookId, WorkspaceId};
use rostrum_store::StoreError;
pub use rostrum_store::{GroupCursor, GroupSummary, LookCursor, LookFilter};

pub use self::all::MAX_LISTED;
pub use self::photos::{AddLooksError, CreateAvatarError, CreatedPhotoAvatar, NewPhotoAvatar, Person};
pub use self::prompts::{CreatedPromptAvatar, NewPromptAvatar};
pub use self::treatments::{ENLARGED_SIDE, EnlargeError, MotionError, motion_version};
pub use self::twins::{CreateTwinError, CreatedTwin, NewTwin};
use crate::App;
use crate::pages::page_of;
use crate::voices::UnusableVoice;

/// A group cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeGroupError {
    /// The voice it is to have by default cannot speak.
    #[error(transparent)]
    Voice(#[from] UnusableVoice),
    /// The records do not answer.
    #[error("the avatar could not be recorded")]
    Store(#[from] StoreError),
}

/// What is to be changed in a group; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupChange {
    /// Another name.
    pub name: Option<String>,
    /// Another default voice, or none.
    pub default_voice_id: Option<Option<String>>,
}

/// A look with its photo and the voice of its person.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownLook {
    /// The look.
    pub look: Look,
    /// Its photo or footage.
    pub photo: Asset,
    /// The default voice of its group.
    pub default_voice_id: Option<String>,
    /// How it stands with the consent of its person; only told of footage, and `None` when nobody asked.
    pub consent: Option<ConsentStatus>,
    /// What was done to it.
    pub treatment: LookTreatment,
}

impl ShownLook {
    /// Whether it can be used.
    pub fn status(&self) -> LookStatus {
        self.look.status(self.consent)
    }
}

/// A group with the photo or footage of its first look.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownGroup {
    /// The group.
    pub summary: GroupSummary,
    /// The photo or footage.
    pub photo: Asset,
}

impl ShownGroup {
    /// Whether its first look can be used.
    pub fn status(&self) -> LookStatus {
        self.summary.first_look.status(self.summary.consent)
    }
}

/// A page of groups.
pub struct GroupPage {
    /// Newest first.
    pub groups: Vec<ShownGroup>,
    /// Where the next page starts, when there is one.
    pub next: Option<GroupCursor>,
}

/// A page of looks.
pub struct LookPage {
    /// Newest first.
    pub looks: Vec<ShownLook>,
    /// Where the next page starts, when there is one.
    pub next: Option<LookCursor>,
}

impl App {
    /// A group of the workspace.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn avatar_group(
        &self,
        workspace_id: WorkspaceId,
        id: AvatarGroupId,
    ) -> Result<Option<ShownGroup>, StoreError> {
        let found = self.backends.store.avatars().group(workspace_id, id).await?;
        let Some(summary) = found else { return Ok(None) };
        let photo = self.asset(workspace_id, summary.first_look.photo).await?;
        Ok(photo.map(|photo| ShownGroup { summary, photo }))
    }

    /// A page of the workspace's groups, newest first.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn avatar_groups(
        &self,
        workspace_id: WorkspaceId,
        limit: u32,
        after: Option<GroupCursor>,
    ) -> Result<GroupPage, StoreError> {
        let found = self.backends.store.avatars().groups(workspace_id, u64::from(limit) + 1, after).await?;
        let (page, next) = page_of(found, limit as usize, GroupCursor::after);
        let ids: Vec<AssetId> = page.iter().map(|summary| summary.first_look.photo).collect();
        let photos = self.assets_by_id(workspace_id, &ids).await?;
        let photo = |id: AssetId| photos.iter().find(|photo| photo.id == id).cloned();
        let shown = |summary: GroupSummary| {
            photo(summary.first_look.photo).map(|photo| ShownGroup { summary, photo })
        };
        Ok(GroupPage { groups: page.into_iter().filter_map(shown).collect(), next })
    }

    /// Changes a group; `None` when the workspace has no such group.
    ///
    /// # Errors
    /// When the default voice cannot speak, or the records do not answer.
    pub async fn change_avatar_group(
        &self,
        workspace_id: WorkspaceId,
        id: AvatarGroupId,
        change: GroupChange,
    ) -> Result<Option<ShownGroup>, ChangeGroupError> {
        if let Some(Some(voice_id)) = &change.default_voice_id {
            self.backends.ready_voice(workspace_id, voice_id).await??;
        }
        let avatars = self.backends.store.avatars();
        let Some(found) = avatars.group(workspace_id, id).await? else { return Ok(None) };
        let mut group = found.group;
        group.name = change.name.unwrap_or(group.name);
        group.default_voice_id = change.default_voice_id.unwrap_or(group.default_voice_id);
        avatars.update_group(&group).await?;
        Ok(self.avatar_group(workspace_id, id).await?)
    }

    /// Deletes a group with its looks; false when the workspace has no such group. Videos asked for with them are made all
    /// the same.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn delete_avatar_group(
        &self,
        workspace_id: WorkspaceId,
        id: AvatarGroupId,
    ) -> Result<bool, StoreError> {
        let of_group = LookFilter { group_id: Some(id), ..LookFilter::default() };
        let avatars = self.backends.store.avatars();
        let looks = avatars.looks(workspace_id, of_group, u64::from(u32::MAX), None).await?;
        let deleted = avatars.delete_group(workspace_id, id).await?;
        for look in &looks {
            self.stop_study(look).await;
            self.forget_motion(look.id).await;
        }
        Ok(deleted)
    }

    /// A look of the workspace.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn look(&self, workspace_id: WorkspaceId, id: LookId) -> Result<Option<ShownLook>, StoreError> {
        let found = self.backends.store.avatars().look(workspace_id, id).await?;
        Ok(self.shown(workspace_id, found.into_iter().collect()).await?.pop())
    }

    /// Looks with their photos and voices. One that went meanwhile is left out.
    async fn shown(&self, workspace_id: WorkspaceId, looks: Vec<Look>) -> Result<Vec<ShownLook>, StoreError> {
        let ids: Vec<AssetId> = looks.iter().map(|look| look.photo).collect();
        let photos = self.assets_by_id(workspace_id, &ids).await?;
        let ids: BTreeSet<AvatarGroupId> = looks.iter().map(|look| look.group_id).collect();
        let groups = self.backends.store.avatars().groups_by_id(workspace_id, ids).await?;
        let twins = looks.iter().filter(|look| look.footage.is_some()).map(|look| look.group_id);
        let twins: Vec<AvatarGroupId> = twins.collect::<BTreeSet<_>>().into_iter().collect();
        let consents = match twins.as_slice() {
            [] => HashMap::new(),
            twins => self.backends.store.consents().statuses_of(twins).await?,
        };
        let mut treatments =
            self.backends.store.look_treatments().of(looks.iter().map(|look| look.id)).await?;
        let shown = |look: Look| {
            let photo = photos.iter().find(|photo| photo.id == look.photo)?.clone();
            let group = groups.iter().find(|group| group.id == look.group_id)?;
            let consent = look.footage.as_ref().and_then(|_| consents.get(&group.id).copied());
            let treatment = treatments.remove(&look.id).unwrap_or_default();
            let default_voice_id = group.default_voice_id.clone();
            Some(ShownLook { look, photo, default_voice_id, consent, treatment })
        };
        Ok(looks.into_iter().filter_map(shown).collect())
    }

    /// A page of the workspace's looks that a filter lets through, newest first.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn looks(
        &self,
        workspace_id: WorkspaceId,
        filter: impl Into<LookFilter> + Send,
        limit: u32,
        after: Option<LookCursor>,
    ) -> Result<LookPage, StoreError> {
        let avatars = self.backends.store.avatars();
        let found = avatars.looks(workspace_id, filter, u64::from(limit) + 1, after).await?;
        let (page, next) = page_of(found, limit as usize, LookCursor::after);
        Ok(LookPage { looks: self.shown(workspace_id, page).await?, next })
    }

    /// Renames a look; `None` when the workspace has no such look.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn rename_look(
        &self,
        workspace_id: WorkspaceId,
        id: LookId,
        name: Option<String>,
    ) -> Result<Option<ShownLook>, StoreError> {
        let Some(mut shown) = self.look(workspace_id, id).await? else { return Ok(None) };
        if let Some(name) = name {
            shown.look.name = name;
            self.backends.store.avatars().rename_look(&shown.look).await?;
        }
        Ok(Some(shown))
    }

    /// Deletes a look, and its group when it was the last one; false when the workspace has no such look.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn delete_look(&self, workspace_id: WorkspaceId, id: LookId) -> Result<bool, StoreError> {
        let avatars = self.backends.store.avatars();
        let Some(look) = avatars.look(workspace_id, id).await? else { return Ok(false) };
        let deleted = avatars.delete_look(workspace_id, id).await?;
        self.stop_study(&look).await;
        if deleted {
            self.forget_motion(id).await;
        }
        Ok(deleted)
    }

    /// Stops the job of a look that was deleted, where it has one.
    async fn stop_study(&self, look: &Look) {
        if look.footage.as_ref().is_some_and(|footage| footage.study == Study::Pending)
            && let Err(error) = self.jobs.cancel(&look.id.to_string()).await
        {
            // It ends by itself when it finds nothing to record.
            tracing::warn!(look.id = %look.id, %error, "the job of a deleted look goes on");
        }
    }
}
