//! Digital twins: the body that asks for one, and what is told of one.

use rostrum_model::asset::AssetInput;
use rostrum_model::avatar::LookStatus;
use rostrum_model::ids::AvatarGroupId;
use serde::Deserialize;
use serde_json::{Value, json};

use super::avatars::{AvatarGroup, AvatarItem, checked_name, known_group};
use crate::error::Refusal;
use crate::v3::asset_input::WireAssetInput;
use crate::v3::read_body;

/// Avatars of footage.
pub const DIGITAL_TWIN: &str = "digital_twin";

/// The body of `POST /v3/avatars` of type `digital_twin`, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateDigitalTwin {
    /// 1 to [`rostrum_model::avatar::MAX_AVATAR_NAME_CHARS`] characters.
    pub name: String,
    /// The footage.
    pub file: AssetInput,
    /// The group that gets another look.
    pub group_id: Option<AvatarGroupId>,
}

#[derive(Debug, Deserialize)]
struct WireDigitalTwin {
    name: Option<String>,
    file: Option<WireAssetInput>,
    avatar_group_id: Option<String>,
}

impl CreateDigitalTwin {
    pub(super) fn from_json(body: Value) -> Result<Self, Refusal> {
        let wire: WireDigitalTwin = read_body(body)?;
        let file = wire.file.ok_or_else(|| {
            Refusal::invalid(
                "file",
                "'file' is required, a video of one person: {\"type\": \"asset_id\", \"asset_id\": ...}.",
            )
        })?;
        Ok(Self {
            name: checked_name(wire.name.as_deref().unwrap_or_default())?,
            file: file.check("file")?,
            group_id: known_group(wire.avatar_group_id)?,
        })
    }
}

/// The contract's word for how it stands with a look.
fn word_of(status: &LookStatus) -> &'static str {
    match status {
        LookStatus::Processing => "processing",
        LookStatus::PendingConsent => "pending_consent",
        LookStatus::Completed => "completed",
        LookStatus::Failed(_) => "failed",
    }
}

fn error_of(status: &LookStatus) -> Option<Value> {
    match status {
        LookStatus::Failed(failure) => Some(json!({"code": failure.code, "message": failure.message})),
        LookStatus::Processing | LookStatus::PendingConsent | LookStatus::Completed => None,
    }
}

/// Whether all frames were looked at, so that there are previews.
fn is_studied(status: &LookStatus) -> bool {
    matches!(status, LookStatus::PendingConsent | LookStatus::Completed)
}

impl AvatarGroup {
    /// The answer for a group whose first look is footage; `previews` are the URLs of its still picture and of itself.
    #[must_use]
    pub fn of_footage(self, status: &LookStatus, previews: [String; 2]) -> Self {
        let [image_url, video_url] = previews.map(|url| is_studied(status).then_some(url));
        Self {
            preview_image_url: image_url,
            preview_video_url: video_url,
            status: Some(word_of(status).to_owned()),
            error: error_of(status),
            ..self
        }
    }
}

impl AvatarItem {
    /// The answer for a look that is footage; `previews` are the URLs of its still picture and of itself. Pictures and sizes
    /// are told when all frames were looked at.
    #[must_use]
    pub fn of_footage(self, status: &LookStatus, previews: [String; 2]) -> Self {
        let [image_url, video_url] = previews.map(|url| is_studied(status).then_some(url));
        Self {
            avatar_type: DIGITAL_TWIN.to_owned(),
            preview_image_url: image_url,
            preview_video_url: video_url,
            image_width: self.image_width.filter(|_| is_studied(status)),
            image_height: self.image_height.filter(|_| is_studied(status)),
            status: Some(word_of(status).to_owned()),
            error: error_of(status),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use rostrum_model::avatar::Look;
    use rostrum_model::picture::Size;
    use rostrum_model::video::Failure;

    use super::*;

    fn told(status: &LookStatus) -> AvatarItem {
        let id = "018bcfe5680070008000000000000000";
        let look = Look {
            id: id.parse().unwrap(),
            workspace_id: format!("ws_{id}").parse().unwrap(),
            group_id: id.parse().unwrap(),
            name: "Ada".to_owned(),
            photo: format!("asset_{id}").parse().unwrap(),
            size: Size { width: 1280, height: 720 },
            appearance: None,
            footage: None,
            created_at: chrono::DateTime::UNIX_EPOCH,
        };
        let item = AvatarItem::new(&look, None, "photo".to_owned());
        item.of_footage(status, ["still", "moving"].map(str::to_owned))
    }

    #[test]
    fn pictures_and_sizes_are_told_of_what_is_ready() {
        for status in [LookStatus::PendingConsent, LookStatus::Completed] {
            let item = told(&status);
            assert_eq!((item.image_width, item.preview_image_url.as_deref()), (Some(1280), Some("still")));
            assert_eq!((item.avatar_type.as_str(), item.error), ("digital_twin", None));
        }
        let failure = Failure { code: "training_failed".to_owned(), message: "No face.".to_owned() };
        for status in [LookStatus::Processing, LookStatus::Failed(failure)] {
            let item = told(&status);
            assert_eq!((item.image_width, item.image_height), (None, None));
            assert_eq!((&item.preview_image_url, &item.preview_video_url), (&None, &None));
            let error = item.error.map(|error| error["code"].clone());
            assert_eq!(error.is_some(), item.status.as_deref() == Some("failed"));
        }
    }
}
