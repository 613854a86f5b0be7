//! What can be wrong with wanted videos.

use rostrum_api::error::ErrorCode;
use rostrum_api::v3::brand_glossaries::glossary_unknown;
use rostrum_api::v3::videos::{BodyForm, look_unknown};
use rostrum_app::video_batches::CreateBatchError;
use rostrum_app::videos::{CancelVideoError, CreateVideoError, SceneError, VideoFault};
use rostrum_model::video::SceneField;

use super::ApiError;
use super::twins::TwinFault;

/// For a body of the form named.
impl From<(&BodyForm, CreateVideoError)> for ApiError {
    fn from((form, error): (&BodyForm, CreateVideoError)) -> Self {
        match error {
            CreateVideoError::Refused(faults) => {
                let told = faults.into_iter().map(|fault| Self::from((form, fault)));
                Self::of_all(told).expect("a refused request has faults")
            }
            error => Self::from(error),
        }
    }
}

/// For a body of the form named.
impl From<(&BodyForm, VideoFault)> for ApiError {
    fn from((form, fault): (&BodyForm, VideoFault)) -> Self {
        match fault {
            VideoFault::Scene { scene, field, error } => {
                let param = form.param(scene, field);
                match error {
                    SceneError::Speak(error) => {
                        let speed = form.param(scene, SceneField::Speed);
                        Self::from((param.as_str(), speed.as_str(), error))
                    }
                    error => Self::from((param.as_str(), error)),
                }
            }
            VideoFault::Watermark(input, error) => Self::from((form.watermark_param(input).as_str(), error)),
            VideoFault::Music(input, error) => Self::from((form.music_param(input).as_str(), error)),
            VideoFault::Callback(error) => Self::from(("callback_url", error)),
            VideoFault::Folder(error) => Self::from(("folder_id", error)),
            VideoFault::GlossaryNotFound(id) => glossary_unknown(&id.to_string()).into(),
        }
    }
}

impl From<CancelVideoError> for ApiError {
    fn from(error: CancelVideoError) -> Self {
        Self::internal(&error)
    }
}

impl From<CreateBatchError> for ApiError {
    fn from(error: CreateBatchError) -> Self {
        match error {
            CreateBatchError::Callback(error) => Self::from(("callback_url", error)),
            CreateBatchError::Folder(error) => Self::from(("folder_id", error)),
            CreateBatchError::Store(error) => Self::from(error),
        }
    }
}

/// For what is nobody's fault but ours.
impl From<CreateVideoError> for ApiError {
    fn from(error: CreateVideoError) -> Self {
        match error {
            CreateVideoError::TooMany { most } => Self::new(
                ErrorCode::RateLimitExceeded,
                format!(
                    "{most} videos of this workspace are unfinished, as many as there may be; wait until one of them is \
                     finished, or send them as POST /v3/videos/batches, whose items wait."
                ),
                None,
            ),
            CreateVideoError::Credit(error) => Self::from(("video", error)),
            error => Self::internal(&error),
        }
    }
}

/// For the field named.
impl From<(&str, SceneError)> for ApiError {
    fn from((param, error): (&str, SceneError)) -> Self {
        match error {
            SceneError::Input(error) => Self::from((param, error)),
            SceneError::LookNotFound(_) => look_unknown(param).into(),
            error @ (SceneError::LookNotReady(_)
            | SceneError::LookFailed(_)
            | SceneError::ConsentMissing(_)
            | SceneError::MotionOfFootage
            | SceneError::Footage(_)) => Self::from(TwinFault(param, error)),
            SceneError::VoiceMissing => Self::invalid(
                param,
                format!(
                    "'{param}' is required with a text, as this avatar has no default voice; GET /v3/voices lists \
                     them, and PATCH /v3/avatars/{{group_id}} sets one."
                ),
            ),
            SceneError::Voice(unusable) => Self { param: Some(param.to_owned()), ..Self::from(unusable) },
            SceneError::Speak(error) => Self::from((param, param, error)),
            SceneError::Portrait(unusable) => {
                let field = param.strip_suffix(".asset_id").unwrap_or(param);
                Self::from((field, param, unusable))
            }
            SceneError::TooMany { what, count, most } => Self::invalid(
                param,
                format!("'{param}': at most {most} {what} are taken, got {count}; leave some out."),
            ),
            SceneError::Media(error) => {
                Self::invalid(param, format!("'{param}': the file cannot be read: {error}."))
            }
            SceneError::Unusable(text) => Self::invalid(param, format!("'{param}': the file {text}.")),
            error
            @ (SceneError::Blob(_) | SceneError::Copy(_) | SceneError::Io(_) | SceneError::Store(_)) => {
                Self::internal(&error)
            }
        }
    }
}
