//! What can be wrong with digital twins and their use.

use rostrum_api::error::ErrorCode;
use rostrum_api::v3::avatars::group_unknown;
use rostrum_app::asset_inputs::InputError;
use rostrum_app::avatars::{CreateAvatarError, CreateTwinError};
use rostrum_app::footage::UnusableFootage;
use rostrum_app::videos::SceneError;

use super::ApiError;

/// For the footage in the field named.
impl From<(&str, CreateTwinError)> for ApiError {
    fn from((param, error): (&str, CreateTwinError)) -> Self {
        match error {
            CreateTwinError::GroupNotFound(id) => group_unknown(&id.to_string()).into(),
            CreateTwinError::Input(InputError::NotFound(id)) => {
                let message = format!("'{param}': there is no asset '{id}'; upload the footage first.");
                Self::new(ErrorCode::AssetNotFound, message, Some(param))
            }
            CreateTwinError::Input(error) => Self::from((param, error)),
            CreateTwinError::Footage(unusable) => Self::from((param, unusable)),
            CreateTwinError::Record(error @ CreateAvatarError::Credit(_)) => Self::from((param, error)),
            error @ (CreateTwinError::Discard(_)
            | CreateTwinError::Record(_)
            | CreateTwinError::Store(_)
            | CreateTwinError::Jobs(_)) => Self::internal(&error),
        }
    }
}

/// For the footage in the field named.
impl From<(&str, UnusableFootage)> for ApiError {
    fn from((param, unusable): (&str, UnusableFootage)) -> Self {
        match unusable {
            // In the words, and with the code, that clients know.
            UnusableFootage::Duration { .. } => Self::new(
                ErrorCode::TrainingFailed,
                format!("{unusable}; '{param}' must be cut, or be of a longer take."),
                Some(param),
            ),
            UnusableFootage::Engine(error) => Self::unusable_engine(&error),
            error if error.is_the_files_fault() => Self::invalid(param, format!("'{param}': {error}.")),
            error => Self::internal(&error),
        }
    }
}

/// A digital twin cannot be seen in a scene; with the field that names it.
pub(super) struct TwinFault<'p>(pub(super) &'p str, pub(super) SceneError);

impl From<TwinFault<'_>> for ApiError {
    fn from(TwinFault(param, error): TwinFault<'_>) -> Self {
        match error {
            SceneError::LookNotReady(id) => Self::new(
                ErrorCode::ResourceNotReady,
                format!(
                    "'{param}': the footage of '{id}' is still being studied (status 'processing'); wait until GET \
                     /v3/avatars/looks/{id} tells 'completed'."
                ),
                Some(param),
            ),
            SceneError::ConsentMissing(group_id) => Self::new(
                ErrorCode::AvatarConsentRequired,
                format!(
                    "'{param}': the person of this digital twin has not agreed to be shown yet (status \
                     'pending_consent'); POST /v3/avatars/{group_id}/consent answers a page on which they can."
                ),
                Some(param),
            ),
            SceneError::LookFailed(failure) => Self::invalid(
                param,
                format!("'{param}': this digital twin has failed (status 'failed'). {}", failure.message),
            ),
            SceneError::MotionOfFootage => Self::invalid(
                param,
                format!(
                    "'{param}' cannot be given with a digital twin, for which only the engine 'avatar_v' takes one, \
                     which is not built: people in footage move as they do there. Leave it out."
                ),
            ),
            SceneError::Footage(unusable) => Self::from((param, unusable)),
            error => Self::internal(&error),
        }
    }
}
