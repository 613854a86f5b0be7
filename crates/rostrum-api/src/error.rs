//! The error codes of the API and the envelope they travel in.

use http::StatusCode;
use serde::{Deserialize, Serialize};

/// Where the codes are explained; the anchor is the code with `-` for `_`.
const DOC_BASE: &str = "https://developers.heygen.com/docs/error-codes#";

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $status:ident, $code:literal;)*) => {
        /// Every code an answer can carry, with its HTTP status. The only place wire codes are written.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)*
        }

        impl ErrorCode {
            /// All codes, for tables and tests.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code as clients read it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// The HTTP status it is sent with.
            pub fn status(self) -> StatusCode {
                match self {
                    $(Self::$name => StatusCode::$status,)*
                }
            }
        }
    };
}

error_codes! {
    /// A field, query parameter or file is missing, malformed or out of range.
    InvalidParameter = BAD_REQUEST, "invalid_parameter";
    /// The script holds nothing that can be spoken.
    TtsTextInvalid = BAD_REQUEST, "tts_text_invalid";
    /// The voice could not be made and will never speak.
    VoiceUnavailable = BAD_REQUEST, "voice_unavailable";
    /// The person of a digital twin has not agreed to be shown.
    AvatarConsentRequired = BAD_REQUEST, "avatar_consent_required";
    /// Footage cannot become a digital twin.
    TrainingFailed = BAD_REQUEST, "training_failed";
    /// The file behind a URL could not be had.
    DownloadFailed = BAD_REQUEST, "download_failed";
    /// No key, or one that is unknown, was revoked or has expired.
    Unauthorized = UNAUTHORIZED, "unauthorized";
    /// The workspace has too few credits.
    InsufficientCredit = PAYMENT_REQUIRED, "insufficient_credit";
    /// The key's scopes, or the URL's signature, allow something else, or nothing.
    Forbidden = FORBIDDEN, "forbidden";
    /// The signed URL's time is over.
    UploadUrlExpired = FORBIDDEN, "upload_url_expired";
    /// What is there does not go together with what is asked.
    Conflict = CONFLICT, "conflict";
    /// A request with the same `Idempotency-Key` is being carried out.
    RequestInProgress = CONFLICT, "request_in_progress";
    /// What is asked for is still being made.
    ResourceNotReady = CONFLICT, "resource_not_ready";
    /// No such route or resource.
    NotFound = NOT_FOUND, "not_found";
    /// No such asset in the caller's workspace.
    AssetNotFound = NOT_FOUND, "asset_not_found";
    /// No such video in the caller's workspace.
    VideoNotFound = NOT_FOUND, "video_not_found";
    /// No such look in the caller's workspace.
    AvatarNotFound = NOT_FOUND, "avatar_not_found";
    /// No such avatar group in the caller's workspace.
    AvatarGroupNotFound = NOT_FOUND, "avatar_group_not_found";
    /// No such voice in the catalogue.
    VoiceNotFound = NOT_FOUND, "voice_not_found";
    /// No such webhook endpoint or event in the caller's workspace.
    WebhookNotFound = NOT_FOUND, "webhook_not_found";
    /// The route exists, the method does not.
    MethodNotAllowed = METHOD_NOT_ALLOWED, "method_not_allowed";
    /// What is asked for was there, but is no more.
    Gone = GONE, "gone";
    /// Somebody agreed on this page already.
    ConsentUsed = GONE, "consent_used";
    /// The time to agree on this page is over.
    ConsentExpired = GONE, "consent_expired";
    /// The request relies on a version of a protocol that is not spoken.
    PreconditionFailed = PRECONDITION_FAILED, "precondition_failed";
    /// The body is of a type that the operation does not take.
    UnsupportedMediaType = UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type";
    /// More is asked for than may be at a time; `Retry-After` says when to come again.
    RateLimitExceeded = TOO_MANY_REQUESTS, "rate_limit_exceeded";
    /// The body is longer than the operation takes.
    PayloadTooLarge = PAYLOAD_TOO_LARGE, "payload_too_large";
    /// A fault of ours; details are in the log under the request id.
    InternalError = INTERNAL_SERVER_ERROR, "internal_error";
    /// Part of the contract that this version does not build yet.
    NotImplemented = NOT_IMPLEMENTED, "not_implemented";
    /// An external engine refuses or fails.
    VoiceProviderError = BAD_GATEWAY, "voice_provider_error";
    /// A needed part (a model file, the database, the disk) is not usable now.
    ServiceUnavailable = SERVICE_UNAVAILABLE, "service_unavailable";
    /// The server behind a URL took too long.
    GatewayTimeout = GATEWAY_TIMEOUT, "gateway_timeout";
}

impl ErrorCode {
    /// The page that explains the code.
    pub fn doc_url(self) -> String {
        format!("{DOC_BASE}{}", self.as_str().replace('_', "-"))
    }
}

/// The v3 error envelope: `{"error": {...}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorEnvelope {
    /// The one error of this answer.
    pub error: ErrorBody,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// One of [`ErrorCode::as_str`].
    pub code: String,
    /// For people: the field, the limit, the measured value and the way out.
    pub message: String,
    /// The field or query parameter at fault, as a path like `voice_settings.speed`.
    pub param: Option<String>,
    /// The page that explains the code.
    pub doc_url: Option<String>,
    /// All that is wrong, this first, where there is more than one fault (beyond the contract).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FaultBody>,
}

/// One of several faults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultBody {
    /// As in [`ErrorBody`].
    pub code: String,
    /// As in [`ErrorBody`].
    pub message: String,
    /// As in [`ErrorBody`].
    pub param: Option<String>,
}

impl FaultBody {
    /// All faults of a refusal that has more than one.
    pub(crate) fn list(refusal: &Refusal) -> Vec<Self> {
        if refusal.more.is_empty() {
            return Vec::new();
        }
        std::iter::once(refusal).chain(&refusal.more).map(Into::into).collect()
    }
}

impl From<&Refusal> for FaultBody {
    fn from(refusal: &Refusal) -> Self {
        let Refusal { code, message, param, .. } = refusal.clone();
        Self { code: code.as_str().to_owned(), message, param }
    }
}

impl ErrorEnvelope {
    /// The envelope for a code.
    pub fn new(code: ErrorCode, message: impl Into<String>, param: Option<&str>) -> Self {
        Self {
            error: ErrorBody {
                code: code.as_str().to_owned(),
                message: message.into(),
                param: param.map(str::to_owned),
                doc_url: Some(code.doc_url()),
                errors: Vec::new(),
            },
        }
    }
}

impl From<&Refusal> for ErrorEnvelope {
    fn from(refusal: &Refusal) -> Self {
        let mut envelope = Self::new(refusal.code, &refusal.message, refusal.param.as_deref());
        envelope.error.errors = FaultBody::list(refusal);
        envelope
    }
}

/// A request body or query that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// The code to answer with.
    pub code: ErrorCode,
    /// For people.
    pub message: String,
    /// Path of the field at fault.
    pub param: Option<String>,
    /// What else is wrong; none of these has more.
    pub more: Vec<Refusal>,
}

impl Refusal {
    /// A refusal for one fault.
    pub fn new(code: ErrorCode, message: impl Into<String>, param: Option<&str>) -> Self {
        Self { code, message: message.into(), param: param.map(str::to_owned), more: Vec::new() }
    }

    /// The value of `param` is missing, malformed or out of range.
    pub fn invalid(param: &str, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidParameter, message, Some(param))
    }

    /// `param` asks for a part of the contract that is not built yet.
    pub fn not_built(param: &str, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::NotImplemented, message, Some(param))
    }

    /// One refusal for all of these; none when there are none.
    pub fn of_all(all: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut all = all.into_iter();
        let mut first = all.next()?;
        for mut other in all {
            let more = std::mem::take(&mut other.more);
            first.more.push(other);
            first.more.extend(more);
        }
        Some(first)
    }
}

/// Collects what is wrong with a body, so that one answer can tell all of it.
#[derive(Debug, Default)]
pub struct Faults(Vec<Refusal>);

impl Faults {
    /// What was read; a refusal is kept instead.
    pub fn take<T>(&mut self, read: Result<T, Refusal>) -> Option<T> {
        read.map_err(|refusal| self.0.push(refusal)).ok()
    }

    /// What was read of each part, if all of them could be read.
    pub fn take_all<T>(&mut self, parts: impl Iterator<Item = Result<T, Refusal>>) -> Option<Vec<T>> {
        let before = self.0.len();
        let read = parts.filter_map(|part| self.take(part)).collect();
        (self.0.len() == before).then_some(read)
    }

    /// The refusal for all that was collected.
    ///
    /// # Panics
    /// When nothing was: whatever could not be taken left its refusal.
    pub fn refusal(self) -> Refusal {
        Refusal::of_all(self.0).expect("what could not be taken left its refusal")
    }

    /// Goes on when nothing was collected.
    ///
    /// # Errors
    /// The refusal for all that was.
    pub fn end(self) -> Result<(), Refusal> {
        Refusal::of_all(self.0).map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_never_those_the_official_cli_mints() {
        for (i, code) in ErrorCode::ALL.iter().enumerate() {
            assert!(!code.as_str().starts_with("cli_"));
            assert!(ErrorCode::ALL[..i].iter().all(|other| other.as_str() != code.as_str()));
            assert!(code.status().is_client_error() || code.status().is_server_error());
        }
    }

    #[test]
    fn the_envelope_has_the_four_fields_of_the_contract() {
        let json = serde_json::to_value(ErrorEnvelope::new(ErrorCode::VideoNotFound, "No.", None)).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"error": {
                "code": "video_not_found",
                "message": "No.",
                "param": null,
                "doc_url": "https://developers.heygen.com/docs/error-codes#video-not-found",
            }})
        );
    }
}
