//! What can be wrong with avatars.

use rostrum_api::error::ErrorCode;
use rostrum_api::v2::photo_avatars::{group_not_found, key_param};
use rostrum_api::v3::avatars::group_unknown;
use rostrum_app::asset_inputs::InputError;
use rostrum_app::avatars::{AddLooksError, ChangeGroupError, CreateAvatarError};

use super::ApiError;

/// For the photo in the field named. The text names the field too, for generations whose errors have no place for it.
impl From<(&str, CreateAvatarError)> for ApiError {
    fn from((param, error): (&str, CreateAvatarError)) -> Self {
        match error {
            CreateAvatarError::GroupNotFound(id) => group_unknown(&id.to_string()).into(),
            CreateAvatarError::Input(InputError::NotFound(id)) => {
                let message = format!("'{param}': there is no asset '{id}'; upload the photo first.");
                Self::new(ErrorCode::AssetNotFound, message, Some(param))
            }
            CreateAvatarError::Input(error) => Self::from((param, error)),
            CreateAvatarError::Portrait(unusable) => Self::from((param, param, unusable)),
            error @ (CreateAvatarError::Discard(_) | CreateAvatarError::Store(_)) => Self::internal(&error),
        }
    }
}

impl From<AddLooksError> for ApiError {
    fn from(error: AddLooksError) -> Self {
        match error {
            AddLooksError::GroupNotFound(id) => group_not_found(&id.to_string()).into(),
            AddLooksError::Photo { index, error } => Self::from((key_param(index).as_str(), error)),
            AddLooksError::Store(error) => Self::from(error),
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
