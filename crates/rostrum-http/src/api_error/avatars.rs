//! What can be wrong with avatars.

use rostrum_api::v3::avatars::group_unknown;
use rostrum_app::avatars::{ChangeGroupError, CreateAvatarError};

use super::ApiError;

impl From<CreateAvatarError> for ApiError {
    fn from(error: CreateAvatarError) -> Self {
        match error {
            CreateAvatarError::GroupNotFound(id) => group_unknown(&id.to_string()).into(),
            CreateAvatarError::Input(error) => Self::from(("file", error)),
            CreateAvatarError::Portrait(unusable) => Self::from(("file", "file", unusable)),
            error @ (CreateAvatarError::Discard(_) | CreateAvatarError::Store(_)) => Self::internal(&error),
        }
    }
}

impl From<ChangeGroupError> for ApiError {
    fn from(error: ChangeGroupError) -> Self {
        match error {
            ChangeGroupError::Voice(rostrum_app::voices::UnusableVoice::NotFound(id)) => Self::invalid(
                "default_voice_id",
                format!("'default_voice_id' is '{id}', which is no voice; GET /v3/voices lists them."),
            ),
            ChangeGroupError::Voice(unusable) => Self::from(unusable),
            error @ ChangeGroupError::Store(_) => Self::internal(&error),
        }
    }
}
