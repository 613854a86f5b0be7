//! Every error as the v3 envelope. Texts of 5xx answers never carry inner causes; those go to the log.

use axum::Json;
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use rostrum_api::error::{ErrorCode, ErrorEnvelope, Refusal};
use rostrum_api::v3::assets::accepted_types;
use rostrum_app::StoreError;
use rostrum_app::assets::{MAX_UPLOAD_BYTES, UploadError};
use rostrum_app::fetch::FetchError;
use rostrum_app::files::FileError;
use rostrum_app::portraits::UnusablePortrait;
use rostrum_app::videos::CreateVideoError;

/// An error on its way out.
#[derive(Debug)]
pub(crate) struct ApiError {
    code: ErrorCode,
    message: String,
    param: Option<String>,
}

impl ApiError {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>, param: Option<&str>) -> Self {
        Self { code, message: message.into(), param: param.map(str::to_owned) }
    }

    fn invalid(param: &str, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidParameter, message, Some(param))
    }

    /// A fault of ours: the cause is logged once, here, and the caller gets no more than that there was one.
    fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        let mut causes = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            causes = format!("{causes}: {cause}");
            source = cause.source();
        }
        tracing::error!(error = causes, "a request failed");
        Self::new(
            ErrorCode::InternalError,
            "The server failed; try again, and give the X-Request-Id to its operator if it stays.",
            None,
        )
    }

    pub(crate) fn video_not_found(id: &str) -> Self {
        Self::new(ErrorCode::VideoNotFound, format!("Video '{id}' was not found."), Some("video_id"))
    }

    pub(crate) fn asset_not_found(param: &str, id: &str) -> Self {
        Self::new(ErrorCode::AssetNotFound, format!("Asset '{id}' was not found."), Some(param))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let envelope = ErrorEnvelope::new(self.code, self.message, self.param.as_deref());
        (self.code.status(), Json(envelope)).into_response()
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self { code: refusal.code, message: refusal.message, param: refusal.param }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::internal(&error)
    }
}

impl From<FileError> for ApiError {
    fn from(error: FileError) -> Self {
        Self::internal(&error)
    }
}

impl From<UploadError> for ApiError {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Empty => Self::invalid("file", "'file' is empty: 0 bytes were received."),
            UploadError::TooLarge => Self::new(
                ErrorCode::PayloadTooLarge,
                format!(
                    "'file' is larger than {} MB, the most this operation takes.",
                    MAX_UPLOAD_BYTES / (1024 * 1024)
                ),
                Some("file"),
            ),
            UploadError::WrongType { found } => Self::invalid(
                "file",
                format!(
                    "'file' is {found}; accepted are {}. The type is told from the bytes.",
                    accepted_types()
                ),
            ),
            UploadError::Interrupted(_) => Self::invalid(
                "file",
                "The upload ended before its last byte; nothing was kept, send the file again.",
            ),
            error @ (UploadError::Blob(_) | UploadError::Store(_)) => Self::internal(&error),
        }
    }
}

/// For the URL in the field named.
impl From<(&str, FetchError)> for ApiError {
    fn from((param, error): (&str, FetchError)) -> Self {
        let code = match error {
            FetchError::InvalidUrl(_) | FetchError::InvalidRedirect(_) | FetchError::ForbiddenAddress(_) => {
                ErrorCode::InvalidParameter
            }
            FetchError::DownloadFailed { .. } => ErrorCode::DownloadFailed,
            FetchError::TooLarge { .. } => ErrorCode::PayloadTooLarge,
            FetchError::Timeout(_) => ErrorCode::GatewayTimeout,
        };
        let message = match error {
            // Word for word as the contract has it.
            FetchError::TooLarge { .. } => error.to_string(),
            _ => format!("'{param}': {error}."),
        };
        Self::new(code, message, Some(param))
    }
}

impl From<CreateVideoError> for ApiError {
    fn from(error: CreateVideoError) -> Self {
        match error {
            CreateVideoError::AssetNotFound { param, asset_id } => {
                Self::asset_not_found(param, &asset_id.to_string())
            }
            CreateVideoError::WrongAssetKind { param, asset_id, found, wanted } => Self::invalid(
                param,
                format!("'{param}': asset {asset_id} is {found}, but {wanted} is needed."),
            ),
            CreateVideoError::VoiceNotFound(voice) => Self::new(
                ErrorCode::VoiceNotFound,
                format!("Voice '{voice}' was not found; GET /v3/voices lists the voices."),
                Some("voice_id"),
            ),
            CreateVideoError::Portrait(unusable) => Self::from(unusable),
            CreateVideoError::Audio(error) => Self::invalid(
                "audio_asset_id",
                format!("'audio_asset_id': the sound cannot be read: {error}."),
            ),
            CreateVideoError::UnusableAudio(text) => {
                Self::invalid("audio_asset_id", format!("'audio_asset_id': the sound {text}."))
            }
            error @ (CreateVideoError::Blob(_)
            | CreateVideoError::Copy(_)
            | CreateVideoError::Io(_)
            | CreateVideoError::Store(_)
            | CreateVideoError::Jobs(_)) => Self::internal(&error),
        }
    }
}

impl From<UnusablePortrait> for ApiError {
    fn from(unusable: UnusablePortrait) -> Self {
        const PARAM: &str = "image.asset_id";
        match unusable {
            UnusablePortrait::Picture(error) => {
                Self::invalid(PARAM, format!("'image': the picture cannot be read: {error}."))
            }
            UnusablePortrait::Face(refusal) => Self::invalid(PARAM, format!("'image': {refusal}.")),
            UnusablePortrait::Engine(error) => {
                tracing::error!(error = %error, "an engine is not usable");
                Self::new(ErrorCode::ServiceUnavailable, format!("On this server {error}."), None)
            }
            error => Self::internal(&error),
        }
    }
}

/// The answer for paths that no route has.
pub(crate) async fn no_such_route(uri: Uri) -> ApiError {
    ApiError::new(ErrorCode::NotFound, format!("There is no route {}.", uri.path()), None)
}

/// The answer for methods that a route does not have.
pub(crate) async fn no_such_method(method: axum::http::Method, uri: Uri) -> ApiError {
    ApiError::new(ErrorCode::MethodNotAllowed, format!("{} does not take {method}.", uri.path()), None)
}

#[cfg(test)]
mod tests {
    use rostrum_app::fetch::address::NonPublic;
    use rostrum_app::fetch::{DownloadFault, UrlFault, Wait};

    use super::*;

    #[test]
    fn a_url_that_is_not_fetched_is_answered_by_whose_fault_it_is() {
        let failed = |fault| FetchError::DownloadFailed { fault, cause: None };
        for (error, status, code, message) in [
            (
                FetchError::InvalidUrl(UrlFault::Credentials),
                400,
                "invalid_parameter",
                "'file': the URL carries a user name or password.",
            ),
            (
                FetchError::ForbiddenAddress(NonPublic::Private),
                400,
                "invalid_parameter",
                "'file': the URL does not lead to a public address.",
            ),
            (
                failed(DownloadFault::Status(404)),
                400,
                "download_failed",
                "'file': the download failed: its server answered with status 404, not 200.",
            ),
            (
                FetchError::Timeout(Wait::Answer),
                504,
                "gateway_timeout",
                "'file': the server took too long to answer.",
            ),
            (
                FetchError::TooLarge {
                    limit_bytes: 32 * 1024 * 1024,
                    declared_type: Some("video/mp4".to_owned()),
                },
                413,
                "payload_too_large",
                "Maximum size for URL inputs of type 'video/mp4' is 32 MB",
            ),
        ] {
            let answer = ApiError::from(("file", error));
            assert_eq!((answer.code.status().as_u16(), answer.code.as_str()), (status, code));
            assert_eq!(answer.message, message);
            assert_eq!(answer.param.as_deref(), Some("file"));
        }
    }
}
