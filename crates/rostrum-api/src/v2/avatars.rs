//! `/v2/avatars`, `/v2/avatar` and `/v2/avatar_group`.

use rostrum_model::avatar::{AvatarGroup, Look, LookStatus};
use serde::{Deserialize, Serialize};

use super::photo_avatars::{PhotoAvatar, READY, seconds};
use crate::error::{ErrorCode, Refusal};
use crate::v3::avatars::{CAST_SINCE, Presenter};

/// The answer of `GET /v2/avatars`: all of them at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct V2Avatars {
    /// Those that are no photos.
    pub avatars: Vec<V2Avatar>,
    /// Those that are, newest first.
    pub talking_photos: Vec<V2TalkingPhoto>,
}

/// An avatar that is no photo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct V2Avatar {
    /// Id to use as `avatar_id`.
    pub avatar_id: String,
    /// For people.
    pub avatar_name: String,
    /// `female`, `male` or `unknown`.
    pub gender: String,
    /// A picture of it.
    pub preview_image_url: Option<String>,
    /// It speaks; null where there is no such video.
    pub preview_video_url: Option<String>,
    /// Whether it costs more; never.
    pub premium: bool,
    /// Always null.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The voice of videos that name none.
    pub default_voice_id: Option<String>,
}

impl V2Avatar {
    /// The answer for a look of a presenter.
    pub fn presenter(presenter: Presenter<'_>, id: &str, name: &str, previews: [String; 2]) -> Self {
        let [image_url, video_url] = previews;
        Self {
            avatar_id: id.to_owned(),
            avatar_name: name.to_owned(),
            gender: presenter.gender.to_owned(),
            preview_image_url: Some(image_url),
            preview_video_url: Some(video_url),
            premium: false,
            kind: None,
            tags: presenter.tags.to_vec(),
            default_voice_id: Some(presenter.voice_id.to_owned()),
        }
    }
}

impl V2Avatar {
    /// The answer for a digital twin; `previews` are the URLs of its still picture and of its footage.
    pub fn twin(look: &Look, default_voice_id: Option<String>, previews: [String; 2]) -> Self {
        let [image_url, video_url] = previews;
        Self {
            avatar_id: look.id.to_string(),
            avatar_name: look.name.clone(),
            gender: "unknown".to_owned(),
            preview_image_url: Some(image_url),
            preview_video_url: Some(video_url),
            premium: false,
            kind: None,
            tags: Vec::new(),
            default_voice_id,
        }
    }
}

/// A photo that speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct V2TalkingPhoto {
    /// Id to use as `talking_photo_id`.
    pub talking_photo_id: String,
    /// For people.
    pub talking_photo_name: String,
    /// The photo.
    pub preview_image_url: String,
}

impl V2TalkingPhoto {
    /// The answer for a look.
    pub fn new(look: &Look, preview_image_url: String) -> Self {
        Self {
            talking_photo_id: look.id.to_string(),
            talking_photo_name: look.name.clone(),
            preview_image_url,
        }
    }
}

/// The answer of `GET /v2/avatar/{avatar_id}/details`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct V2AvatarDetails {
    /// What a video's character of this id is: `avatar`, or `talking_photo`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: String,
    /// For people.
    pub name: String,
    /// `female`, `male` or `unknown`.
    pub gender: String,
    /// A picture of it.
    pub preview_image_url: Option<String>,
    /// It speaks; null where there is no such video.
    pub preview_video_url: Option<String>,
    /// Whether it costs more; never.
    pub premium: bool,
    /// Whether it is for everybody.
    pub is_public: bool,
    /// The voice of videos that name none.
    pub default_voice_id: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
}

impl V2AvatarDetails {
    /// The answer for a look of a presenter.
    pub fn of_presenter(avatar: V2Avatar) -> Self {
        Self { is_public: true, ..Self::of_twin(avatar) }
    }

    /// The answer for a digital twin.
    pub fn of_twin(avatar: V2Avatar) -> Self {
        Self {
            kind: "avatar".to_owned(),
            id: avatar.avatar_id,
            name: avatar.avatar_name,
            gender: avatar.gender,
            preview_image_url: avatar.preview_image_url,
            preview_video_url: avatar.preview_video_url,
            premium: avatar.premium,
            is_public: false,
            default_voice_id: avatar.default_voice_id,
            tags: avatar.tags,
        }
    }

    /// The answer for a look that is a photo.
    pub fn of_photo(look: &Look, default_voice_id: Option<String>, preview_image_url: String) -> Self {
        Self {
            kind: "talking_photo".to_owned(),
            id: look.id.to_string(),
            name: look.name.clone(),
            gender: "unknown".to_owned(),
            preview_image_url: Some(preview_image_url),
            preview_video_url: None,
            premium: false,
            is_public: false,
            default_voice_id,
            tags: Vec::new(),
        }
    }
}

/// The answer of `GET /v2/avatar_group.list`: all of them at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct V2AvatarGroups {
    /// How many there are, also where the list ends before.
    pub total_count: u64,
    /// Newest first.
    pub avatar_group_list: Vec<V2AvatarGroup>,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct V2AvatarGroup {
    /// Id.
    pub id: String,
    /// For people.
    pub name: String,
    /// Unix seconds, with parts of them.
    pub created_at: f64,
    /// How many looks it has.
    pub num_looks: u64,
    /// A picture of its first look.
    pub preview_image: String,
    /// The same, by the name that other clients look for.
    pub preview_image_url: String,
    /// `PHOTO`: made of photos of the workspace's own; `PRIVATE`: of footage; `PUBLIC`: for everybody.
    pub group_type: String,
    /// `ready`: photo avatars speak without being trained; of footage `training` and `failed` too; null for those for
    /// everybody.
    pub train_status: Option<String>,
    /// The voice of videos that name none.
    pub default_voice_id: Option<String>,
}

impl V2AvatarGroup {
    /// The answer for a group.
    pub fn new(group: &AvatarGroup, num_looks: u64, preview_image_url: String) -> Self {
        Self {
            id: group.id.to_string(),
            name: group.name.clone(),
            created_at: seconds(group.created_at),
            num_looks,
            preview_image: preview_image_url.clone(),
            preview_image_url,
            group_type: "PHOTO".to_owned(),
            train_status: Some(READY.to_owned()),
            default_voice_id: group.default_voice_id.clone(),
        }
    }

    /// The same of a group whose first look is footage.
    #[must_use]
    pub fn of_footage(self, status: &LookStatus) -> Self {
        let train_status = match status {
            LookStatus::Processing => "training",
            LookStatus::PendingConsent | LookStatus::Completed => READY,
            LookStatus::Failed(_) => "failed",
        };
        Self { group_type: "PRIVATE".to_owned(), train_status: Some(train_status.to_owned()), ..self }
    }

    /// The answer for a presenter.
    pub fn presenter(
        presenter: Presenter<'_>,
        name: &str,
        num_looks: u64,
        preview_image_url: String,
    ) -> Self {
        Self {
            id: presenter.group_id.to_owned(),
            name: name.to_owned(),
            created_at: CAST_SINCE as f64,
            num_looks,
            preview_image: preview_image_url.clone(),
            preview_image_url,
            group_type: "PUBLIC".to_owned(),
            train_status: None,
            default_voice_id: Some(presenter.voice_id.to_owned()),
        }
    }
}

/// The answer of `GET /v2/avatar_group/{group_id}/avatars`: all of them at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct V2GroupAvatars {
    /// Newest first.
    pub avatar_list: Vec<V2GroupAvatar>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum V2GroupAvatar {
    /// A photo.
    Photo(PhotoAvatar),
    /// A look of a presenter, or a digital twin.
    Avatar(V2Avatar),
}

/// Reads the `include_public` of a list of groups.
///
/// # Errors
/// When it is neither true nor false.
pub fn include_public(given: Option<&str>) -> Result<bool, Refusal> {
    match given.unwrap_or_default().to_ascii_lowercase().as_str() {
        "" | "false" | "0" => Ok(false),
        "true" | "1" => Ok(true),
        other => {
            let message = format!("'include_public' must be true or false, got '{other}'.");
            Err(Refusal::invalid("include_public", message))
        }
    }
}

/// The refusal of an avatar that is not there.
pub fn avatar_not_found(id: &str) -> Refusal {
    let id: String = id.chars().take(100).collect();
    Refusal {
        code: ErrorCode::AvatarNotFound,
        message: format!("There is no avatar '{id}'; GET /v2/avatars lists them."),
        param: Some("avatar_id".to_owned()),
        more: Vec::new(),
    }
}
