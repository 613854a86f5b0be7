//! Avatars: people who can speak in videos. A person is a group; the group's looks are pictures of that person.

use chrono::{DateTime, Utc};

use crate::ids::{AssetId, AvatarGroupId, LookId, WorkspaceId};
use crate::picture::Size;
use crate::presenter::Appearance;

/// The longest name of a group or look, in characters.
pub const MAX_AVATAR_NAME_CHARS: usize = 255;

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvatarGroup {
    /// Id.
    pub id: AvatarGroupId,
    /// Owner.
    pub workspace_id: WorkspaceId,
    /// For people, 1..=[`MAX_AVATAR_NAME_CHARS`] characters.
    pub name: String,
    /// The voice that speaks where a video names none.
    pub default_voice_id: Option<String>,
    /// When its first look was made.
    pub created_at: DateTime<Utc>,
}

/// What was done to a look after it was made; nothing by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LookTreatment {
    /// Whether its picture was made larger.
    pub enlarged: bool,
    /// How it moves in videos that say nothing else; `None` when it was not set in motion.
    pub motion_prompt: Option<String>,
}

/// The longest way to move, in characters.
pub const MAX_MOTION_CHARS: usize = 1000;

/// A picture of a person: what videos are asked for with.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// Id.
    pub id: LookId,
    /// Owner.
    pub workspace_id: WorkspaceId,
    /// Whose look it is.
    pub group_id: AvatarGroupId,
    /// For people, 1..=[`MAX_AVATAR_NAME_CHARS`] characters.
    pub name: String,
    /// The photo, or the picture of a drawn person; it cannot be deleted while the look is there.
    pub photo: AssetId,
    /// The photo's size, upright.
    pub size: Size,
    /// What a drawn person is drawn from; `None` of photos.
    pub appearance: Option<Box<Appearance>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}
