//! Errors of assets, their uploads and their downloads.

use rostrum_api::error::ErrorCode;
use rostrum_api::v1::folders::folder_not_found;
use rostrum_api::v3::assets::{accepted_types, kind_words, types_of};
use rostrum_app::asset_inputs::InputError;
use rostrum_app::assets::{DeleteAssetError, MAX_UPLOAD_BYTES, UploadError};
use rostrum_app::fetch::FetchError;
use rostrum_app::folders::FolderError;
use rostrum_app::inspection::UnusableFile;
use rostrum_app::search::AssetSearchError;
use rostrum_app::uploads::{CompleteError, ReceiveError, StartUploadError, TicketError, UrlError};

use super::ApiError;

/// For the file sent as the field named.
impl From<(&str, UploadError)> for ApiError {
    fn from((param, error): (&str, UploadError)) -> Self {
        match error {
            UploadError::Empty => Self::invalid(param, format!("'{param}' is empty: 0 bytes were received.")),
            UploadError::TooLarge => Self::new(
                ErrorCode::PayloadTooLarge,
                format!(
                    "'{param}' is larger than {} MB, the most this operation takes; POST /v3/assets/direct-uploads \
                     takes more.",
                    MAX_UPLOAD_BYTES / (1024 * 1024)
                ),
                Some(param),
            ),
            UploadError::WrongType { found } => Self::invalid(
                param,
                format!(
                    "'{param}' is {found}; accepted are {}. The type is told from the bytes.",
                    accepted_types()
                ),
            ),
            UploadError::Interrupted(_) => Self::invalid(
                param,
                "The upload ended before its last byte; nothing was kept, send the file again.",
            ),
            UploadError::Unusable(UnusableFile::File(error)) => {
                Self::invalid(param, format!("'{param}' cannot be used: {error}."))
            }
            UploadError::Folder(error) => Self::from(error),
            error @ (UploadError::Unusable(_)
            | UploadError::Vanished
            | UploadError::Release(_)
            | UploadError::Blob(_)
            | UploadError::Store(_)) => Self::internal(&error),
        }
    }
}

impl From<UploadError> for ApiError {
    fn from(error: UploadError) -> Self {
        Self::from(("file", error))
    }
}

/// For the asset named by the field named.
impl From<(&str, InputError)> for ApiError {
    fn from((param, error): (&str, InputError)) -> Self {
        match error {
            InputError::NotFound(id) => Self::asset_not_found(param, &id.to_string()),
            InputError::WrongKind { found, wanted } => Self::invalid(
                param,
                format!("'{param}' is {found}, but {} is needed: {}.", kind_words(wanted), types_of(wanted)),
            ),
            InputError::Fetch(error) => Self::from((param, error)),
            InputError::Upload(error) => Self::from((param, error)),
            error @ (InputError::Store(_) | InputError::Discard(_)) => Self::internal(&error),
        }
    }
}

/// For the folder named by the field named.
impl From<(&str, FolderError)> for ApiError {
    fn from((param, error): (&str, FolderError)) -> Self {
        let conflict = |message: String| Self::new(ErrorCode::Conflict, message, Some(param));
        match error {
            FolderError::NotFound(id) => folder_not_found(param, &id.to_string()).into(),
            FolderError::Trashed(id) => {
                conflict(format!("Folder '{id}' is in the trash; POST /v1/folders/{id}/restore first."))
            }
            error @ (FolderError::TooDeep(_) | FolderError::TooMany) => {
                conflict(format!("No folder can be made: {error}."))
            }
            FolderError::Store(error) => Self::from(error),
        }
    }
}

impl From<FolderError> for ApiError {
    fn from(error: FolderError) -> Self {
        Self::from(("folder_id", error))
    }
}

impl From<AssetSearchError> for ApiError {
    fn from(error: AssetSearchError) -> Self {
        match error {
            error @ (AssetSearchError::NoIcons | AssetSearchError::Search(_)) => {
                tracing::error!(error = %error, "the search is not usable");
                Self::new(ErrorCode::ServiceUnavailable, format!("On this server {error}."), None)
            }
            AssetSearchError::Store(error) => Self::from(error),
            error @ AssetSearchError::Interrupted(_) => Self::internal(&error),
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
            StartUploadError::Folder(error) => Self::from(error),
            StartUploadError::Store(error) => Self::from(error),
            error @ StartUploadError::Blob(_) => Self::internal(&error),
        }
    }
}

impl From<TicketError> for ApiError {
    fn from(error: TicketError) -> Self {
        match error {
            TicketError::Store(error) => Self::from(error),
            error @ TicketError::Blob(_) => Self::internal(&error),
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
            CompleteError::WrongSize { received_bytes, size_bytes } => Self::invalid(
                "asset_id",
                format!(
                    "{received_bytes} bytes were sent, but {size_bytes} were announced; they were dropped, send the \
                     announced file."
                ),
            ),
            CompleteError::WrongType { .. } => Self::invalid("content_type", error.to_string()),
            CompleteError::Unusable(UnusableFile::File(_)) => Self::invalid("asset_id", error.to_string()),
            CompleteError::Failed { message, .. } => Self::invalid("asset_id", message),
            error @ (CompleteError::Unusable(_) | CompleteError::Blob(_) | CompleteError::Store(_)) => {
                Self::internal(&error)
            }
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
            DeleteAssetError::Shown { looks } => {
                let ids: Vec<String> = looks.iter().map(ToString::to_string).collect();
                Self::new(
                    ErrorCode::Conflict,
                    format!("Avatars show this asset, in the looks {}. Delete them first.", ids.join(", ")),
                    Some("asset_id"),
                )
            }
            DeleteAssetError::Consent { groups } => {
                let ids: Vec<String> = groups.iter().map(ToString::to_string).collect();
                Self::new(
                    ErrorCode::Conflict,
                    format!(
                        "This asset is the consent of the avatars {}. Delete them first.",
                        ids.join(", ")
                    ),
                    Some("asset_id"),
                )
            }
            error => Self::internal(&error),
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
