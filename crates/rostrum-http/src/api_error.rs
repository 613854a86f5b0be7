//! Every error as the v3 envelope. Texts of 5xx answers never carry inner causes; those go to the log.

mod assets;
mod avatars;
mod tus;
mod twins;
mod videos;
mod voices;
mod webhooks;

use std::time::Duration;

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use rostrum_api::error::{ErrorCode, ErrorEnvelope, Refusal};
use rostrum_app::StoreError;
use rostrum_app::credits::CreditError;
use rostrum_app::engines::EngineError;
use rostrum_app::files::FileError;
use rostrum_app::portraits::UnusablePortrait;
use rostrum_app::presenters::PreviewError;
use rostrum_app::speech::SpeakError;

/// An error on its way out. The answer carries it as an extension too, for generations with another envelope.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    code: ErrorCode,
    message: String,
    param: Option<String>,
    /// What else is wrong with the request.
    more: Vec<Refusal>,
    /// When to come again, where that is known.
    retry_after_s: Option<u32>,
}

/// How long a video takes at least, in seconds: before that, none of those in work has ended.
const RETRY_VIDEO_S: u32 = 10;

/// A sentence made of an error's words.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

impl ApiError {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>, param: Option<&str>) -> Self {
        Refusal::new(code, message, param).into()
    }

    /// One answer for all of these; none when there are none.
    pub(crate) fn of_all(all: impl IntoIterator<Item = Self>) -> Option<Self> {
        Refusal::of_all(all.into_iter().map(Refusal::from)).map(Self::from)
    }

    pub(crate) fn code(&self) -> ErrorCode {
        self.code
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// One request too many from a key that may send the next after a while.
    pub(crate) fn too_fast(wait: Duration) -> Self {
        let message = "Too many requests. Retry after the duration specified in the Retry-After header.";
        let seconds = wait.as_secs_f64().ceil().max(1.0);
        Self { retry_after_s: Some(seconds as u32), ..Self::new(ErrorCode::RateLimitExceeded, message, None) }
    }

    /// When to come again, for those who may.
    fn retry_after(&self) -> Option<[(HeaderName, HeaderValue); 1]> {
        let seconds = match self.code {
            ErrorCode::RequestInProgress => 1,
            ErrorCode::RateLimitExceeded => self.retry_after_s.unwrap_or(RETRY_VIDEO_S),
            _ => return None,
        };
        Some([(RETRY_AFTER, seconds.into())])
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

    fn unusable_engine(error: &EngineError) -> Self {
        tracing::error!(error = %error, "an engine is not usable");
        Self::new(ErrorCode::ServiceUnavailable, format!("On this server {error}."), None)
    }

    pub(crate) fn video_not_found(id: &str) -> Self {
        Self::new(ErrorCode::VideoNotFound, format!("Video '{id}' was not found."), Some("video_id"))
    }

    pub(crate) fn voice_not_found(id: &str) -> Self {
        Self::new(
            ErrorCode::VoiceNotFound,
            format!("Voice '{id}' was not found; GET /v3/voices lists the voices."),
            Some("voice_id"),
        )
    }

    pub(crate) fn asset_not_found(param: &str, id: &str) -> Self {
        Self::new(ErrorCode::AssetNotFound, format!("Asset '{id}' was not found."), Some(param))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let envelope = ErrorEnvelope::from(&Refusal::from(self.clone()));
        let retry_after = self.retry_after();
        (self.code.status(), retry_after, Extension(self), Json(envelope)).into_response()
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let Refusal { code, message, param, more } = refusal;
        Self { code, message, param, more, retry_after_s: None }
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        let ApiError { code, message, param, more, .. } = error;
        Self { code, message, param, more }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::internal(&error)
    }
}

/// For the thing named, such as `video`.
impl From<(&str, CreditError)> for ApiError {
    fn from((what, error): (&str, CreditError)) -> Self {
        match error {
            CreditError::Insufficient { balance, needed } => Self::new(
                ErrorCode::InsufficientCredit,
                format!(
                    "Your account has {balance} credits but this {what} requires {needed} credits. The operator of this \
                     server grants more with `rostrum credits grant`."
                ),
                None,
            ),
            CreditError::Store(error) => error.into(),
        }
    }
}

impl From<FileError> for ApiError {
    fn from(error: FileError) -> Self {
        Self::internal(&error)
    }
}

impl From<PreviewError> for ApiError {
    fn from(error: PreviewError) -> Self {
        match error {
            PreviewError::Speak(SpeakError::Engine(error)) => Self::unusable_engine(&error),
            error => Self::internal(&error),
        }
    }
}

/// For the picture in the field named, and the path that is told.
impl From<(&str, &str, UnusablePortrait)> for ApiError {
    fn from((field, param, unusable): (&str, &str, UnusablePortrait)) -> Self {
        match unusable {
            UnusablePortrait::Picture(error) => {
                Self::invalid(param, format!("'{field}': the picture cannot be read: {error}."))
            }
            UnusablePortrait::Face(refusal) => Self::invalid(param, format!("'{field}': {refusal}.")),
            UnusablePortrait::Engine(error) => Self::unusable_engine(&error),
            error => Self::internal(&error),
        }
    }
}

/// The answer for paths that no route has.
pub(crate) async fn no_such_route(uri: Uri) -> ApiError {
    ApiError::new(ErrorCode::NotFound, format!("There is no route {}.", uri.path()), None)
}

/// The answer for methods that a route does not have; `Allow` names those it has.
pub(crate) async fn no_such_method(method: Method, uri: Uri) -> Response {
    if method == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    let message = format!("{} does not take {method}.", uri.path());
    ApiError::new(ErrorCode::MethodNotAllowed, message, None).into_response()
}

/// An answer with another body, for a generation that says the same in its own words.
pub(crate) fn reworded(mut response: Response, body: impl IntoResponse) -> Response {
    let (parts, body) = body.into_response().into_parts();
    response.headers_mut().extend(parts.headers);
    *response.body_mut() = body;
    response
}
