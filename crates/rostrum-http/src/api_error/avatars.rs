//! What can be wrong with avatars.

use rostrum_api::error::ErrorCode;
use rostrum_api::v2::photo_avatars::{group_not_found, key_param, photo_avatar_not_found};
use rostrum_api::v3::avatars::group_unknown;
use rostrum_app::asset_inputs::InputError;
use rostrum_app::avatars::{
    AddLooksError, ChangeGroupError, CreateAvatarError, ENLARGED_SIDE, EnlargeError, MotionError,
};
use rostrum_app::consents::{ConsentPageError, NewConsentError};
use rostrum_app::generated_pictures::MakePictureError;
use rostrum_app::image_engine::ImageEngineFault;
use rostrum_app::photo_generations::GeneratePhotosError;
use rostrum_model::consent::ConsentClosed;

use super::voices::call_code;
use super::{ApiError, sentence};

impl From<NewConsentError> for ApiError {
    fn from(error: NewConsentError) -> Self {
        match error {
            NewConsentError::GroupNotFound(id) => {
                rostrum_api::v3::avatars::group_not_found(&id.to_string()).into()
            }
            NewConsentError::Reroute(fault) => Self::invalid(
                "reroute_url",
                format!("'reroute_url' cannot be used: {fault}; give one like https://example.com/done."),
            ),
            NewConsentError::Video(error) => Self::from(("consent_video", error)),
            error @ (NewConsentError::Discard(_) | NewConsentError::Store(_)) => Self::internal(&error),
        }
    }
}

impl From<ConsentPageError> for ApiError {
    fn from(error: ConsentPageError) -> Self {
        const WHEN: &str = "%Y-%m-%d at %H:%M UTC";
        match error {
            ConsentPageError::NotFound => {
                Self::new(ErrorCode::NotFound, "There is no such page; check its address.", None)
            }
            ConsentPageError::Closed(ConsentClosed::Used { agreed_at }) => Self::new(
                ErrorCode::ConsentUsed,
                format!(
                    "On this page somebody agreed on {}; it can be used only once.",
                    agreed_at.format(WHEN)
                ),
                None,
            ),
            ConsentPageError::Closed(ConsentClosed::Expired { expired_at }) => Self::new(
                ErrorCode::ConsentExpired,
                format!(
                    "This page expired on {}; ask whoever sent it for a new one.",
                    expired_at.format(WHEN)
                ),
                None,
            ),
            ConsentPageError::Store(error) => Self::from(error),
        }
    }
}

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
            CreateAvatarError::Credit(error) => Self::from(("avatar", error)),
            CreateAvatarError::LookNotFound(id) => Self::invalid(
                "avatar_id",
                format!("'avatar_id' is '{id}', which is no look; GET /v3/avatars/looks lists them."),
            ),
            CreateAvatarError::NotDrawn(id) => Self::invalid(
                "avatar_id",
                format!(
                    "'avatar_id' is '{id}', which was not drawn. Drawn people can be described anew; for photos the operator \
                     of this server has to name an image engine in the setting 'image_engine'."
                ),
            ),
            CreateAvatarError::NeedsImageEngine => Self::new(
                ErrorCode::NotImplemented,
                "'reference_images' need an image engine, which the operator of this server can name in the setting \
                 'image_engine'. Without one, describe the person in 'prompt', or use type 'photo'.",
                Some("reference_images"),
            ),
            CreateAvatarError::Reference(error) => Self::from(("reference_images", error)),
            CreateAvatarError::UnreadableReference(error) => Self::invalid(
                "reference_images",
                format!("'reference_images' has a picture that cannot be read: {error}."),
            ),
            CreateAvatarError::Picture(error) if error.is_the_engines() => {
                tracing::warn!(error = ?error, "the image engine failed");
                let code = match &error {
                    MakePictureError::Engine(ImageEngineFault::Call(fault)) => call_code(fault),
                    _ => ErrorCode::ServiceUnavailable,
                };
                Self::new(code, sentence(&error.to_string()), None)
            }
            CreateAvatarError::Picture(error) => Self::internal(&error),
            error @ (CreateAvatarError::Discard(_)
            | CreateAvatarError::Store(_)
            | CreateAvatarError::Media(_)
            | CreateAvatarError::Io(_)) => Self::internal(&error),
        }
    }
}

impl From<GeneratePhotosError> for ApiError {
    fn from(error: GeneratePhotosError) -> Self {
        match error {
            GeneratePhotosError::GroupNotFound(id) => group_not_found(&id.to_string()).into(),
            GeneratePhotosError::NeedsImageEngine(id) => Self::new(
                ErrorCode::NotImplemented,
                format!(
                    "'group_id': the person of '{id}' is a photo, of which only an image engine makes other pictures; the \
                     operator of this server can name one in the setting 'image_engine'. Without one, upload other \
                     photos and add them with POST /v2/photo_avatar/avatar_group/add."
                ),
                Some("group_id"),
            ),
            error @ (GeneratePhotosError::Store(_) | GeneratePhotosError::Jobs(_)) => Self::internal(&error),
        }
    }
}

impl From<EnlargeError> for ApiError {
    fn from(error: EnlargeError) -> Self {
        match error {
            EnlargeError::NotFound(id) => photo_avatar_not_found(&id.to_string()).into(),
            EnlargeError::Drawn(id) => Self::new(
                ErrorCode::Conflict,
                format!(
                    "'id': '{id}' is drawn, and drawn people are as sharp as the video they are in; use it as it is."
                ),
                Some("id"),
            ),
            EnlargeError::LargeEnough { id, width, height } => Self::new(
                ErrorCode::Conflict,
                format!(
                    "'id': the picture of '{id}' has {width}x{height} pixels; only those with a side of less than \
                     {ENLARGED_SIDE} are made larger. Use it as it is."
                ),
                Some("id"),
            ),
            EnlargeError::Changed(id) => Self::new(
                ErrorCode::Conflict,
                format!(
                    "'id': the picture of '{id}' was changed by another request meanwhile; look it up again."
                ),
                Some("id"),
            ),
            EnlargeError::Portrait(unusable) => Self::from(("id", "id", unusable)),
            EnlargeError::Keep(error) => Self::from(("id", InputError::Upload(error))),
            error @ (EnlargeError::Media(_)
            | EnlargeError::Discard(_)
            | EnlargeError::Io(_)
            | EnlargeError::Store(_)) => Self::internal(&error),
        }
    }
}

impl From<MotionError> for ApiError {
    fn from(error: MotionError) -> Self {
        match error {
            MotionError::Preview(error) => Self::from(error),
            MotionError::Portrait(unusable) => Self::from(("look_id", "look_id", unusable)),
            error @ (MotionError::Avatar(_)
            | MotionError::Blob(_)
            | MotionError::Store(_)
            | MotionError::Io(_)) => Self::internal(&error),
        }
    }
}

impl From<AddLooksError> for ApiError {
    fn from(error: AddLooksError) -> Self {
        match error {
            AddLooksError::GroupNotFound(id) => group_not_found(&id.to_string()).into(),
            AddLooksError::Photo { index, error } => Self::from((key_param(index).as_str(), error)),
            AddLooksError::Credit(error) => Self::from(("request for looks", error)),
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
