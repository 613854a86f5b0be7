//! Every error as the v3 envelope. Texts of 5xx answers never carry inner causes; those go to the log.

use axum::Json;
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use rostrum_api::error::{ErrorCode, ErrorEnvelope, Refusal};
use rostrum_api::v3::assets::accepted_types;
use rostrum_app::StoreError;
use rostrum_app::assets::{DeleteAssetError, MAX_UPLOAD_BYTES, UploadError};
use rostrum_app::files::FileError;
use rostrum_app::portraits::UnusablePortrait;
use rostrum_app::uploads::{CompleteError, ReceiveError, StartUploadError, UrlError};
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

impl From<StartUploadError> for ApiError {
    fn from(error: StartUploadError) -> Self {
        match error {
            StartUploadError::TooLarge { index, size_bytes, max_bytes } => Self::new(
                ErrorCode::PayloadTooLarge,
                format!(
                    "File {index} has {size_bytes} bytes; this server takes at most {max_bytes} of its type."
                ),
                Some("size_bytes"),
            ),
            StartUploadError::Store(error) => Self::from(error),
        }
    }
}

impl From<UrlError> for ApiError {
    fn from(error: UrlError) -> Self {
        match error {
            UrlError::Forged => Self::new(
                ErrorCode::Forbidden,
                "The signature does not match: use the 'upload_url' exactly as it was answered.",
                None,
            ),
            UrlError::Expired { expired_at } => Self::new(
                ErrorCode::UploadUrlExpired,
                format!(
                    "The URL expired at {}; POST /v3/assets/ASSET_ID/renew answers a new one and keeps what was \
                     received.",
                    expired_at.to_rfc3339()
                ),
                None,
            ),
            UrlError::Store(error) => Self::from(error),
        }
    }
}

impl From<ReceiveError> for ApiError {
    fn from(error: ReceiveError) -> Self {
        let invalid = |message: String| Self::new(ErrorCode::InvalidParameter, message, None);
        let conflict = |message: String| Self::new(ErrorCode::Conflict, message, None);
        match error {
            ReceiveError::TooShort { received_bytes, size_bytes } => invalid(format!(
                "The body ended after {received_bytes} of {size_bytes} announced bytes; send the rest with \
                 Content-Range, or all of it again."
            )),
            ReceiveError::TooLong { max_bytes } => Self::new(
                ErrorCode::PayloadTooLarge,
                format!("The body goes on after {max_bytes} bytes, the announced or longest length."),
                None,
            ),
            ReceiveError::WrongOffset { offset, received_bytes } => conflict(format!(
                "The part begins at byte {offset}, but {received_bytes} bytes are there; go on from there."
            )),
            ReceiveError::WrongTotal { total, size_bytes } => invalid(format!(
                "'Content-Range' tells {total} bytes in all, but {size_bytes} were announced."
            )),
            ReceiveError::WrongChecksum { measured, announced } => Self::invalid(
                "checksum_sha256",
                format!(
                    "The bytes have the SHA-256 {measured}, but {announced} was announced; they were dropped, send \
                     the announced file."
                ),
            ),
            ReceiveError::AlreadyReceived => conflict(
                "This upload has its bytes already and takes no others; announce another file.".to_owned(),
            ),
            ReceiveError::Failed { message } => conflict(format!("This upload has failed: {message}")),
            ReceiveError::TakenOver => {
                conflict("A newer request for this upload took over; what was received is kept.".to_owned())
            }
            ReceiveError::Interrupted { received_bytes, .. } => invalid(format!(
                "The body was cut off; {received_bytes} bytes are there, send the rest with Content-Range."
            )),
            error @ (ReceiveError::Blob(_) | ReceiveError::Store(_)) => Self::internal(&error),
        }
    }
}

impl From<CompleteError> for ApiError {
    fn from(error: CompleteError) -> Self {
        match error {
            CompleteError::NotFound => {
                Self::new(ErrorCode::AssetNotFound, "The asset was not found.", Some("asset_id"))
            }
            CompleteError::NotReceived => Self::new(
                ErrorCode::Conflict,
                "Uploaded object not found yet: PUT all bytes to the 'upload_url' first.",
                None,
            ),
            CompleteError::WrongChecksum { measured, given } => Self::invalid(
                "checksum_sha256",
                format!("The received bytes have the SHA-256 {measured}, not {given}."),
            ),
            CompleteError::WrongType { announced, found } => Self::invalid(
                "content_type",
                format!(
                    "The bytes are {found}, but '{}' was announced; announce the file again with its own type.",
                    announced.mime()
                ),
            ),
            CompleteError::Failed { message, .. } => Self::invalid("asset_id", message),
            error @ (CompleteError::Blob(_) | CompleteError::Store(_)) => Self::internal(&error),
        }
    }
}

impl From<DeleteAssetError> for ApiError {
    fn from(error: DeleteAssetError) -> Self {
        match error {
            DeleteAssetError::InUse { videos } => {
                let ids: Vec<String> = videos.iter().map(ToString::to_string).collect();
                Self::new(
                    ErrorCode::Conflict,
                    format!(
                        "Unfinished videos are made from this asset: {}. Wait for them or delete them first.",
                        ids.join(", ")
                    ),
                    Some("asset_id"),
                )
            }
            error => Self::internal(&error),
        }
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
