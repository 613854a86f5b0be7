//! The tus protocol, version 1.0, at `/v3/assets/tus`: uploads that survive broken connections, for the clients that
//! browsers and phones have for it.
//!
//! `POST` announces a file and answers its address; `PATCH` sends the next bytes there, `HEAD` asks how many have
//! arrived, `DELETE` gives the upload up. With its last byte the upload becomes an asset, whose id ends the address.

use axum::extract::{Path, Request, State};
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt};
use rostrum_api::error::{ErrorCode, Refusal};
use rostrum_api::v3::tus::{announced, metadata, number};
use rostrum_app::uploads::Progress;
use rostrum_model::asset::MediaType;
use rostrum_model::ids::AssetId;
use rostrum_model::upload::Upload;

use crate::HttpState;
use crate::api_error::{ApiError, no_such_method};
use crate::extract::{Caller, Origin};

/// The only version of the protocol there is.
const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
/// The parts of the protocol beyond its core.
const EXTENSIONS: HeaderValue =
    HeaderValue::from_static("creation,creation-with-upload,expiration,termination");
/// The type of bodies that carry bytes of a file.
const BYTES_OF_A_FILE: &str = "application/offset+octet-stream";

const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
const TUS_EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
const TUS_MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");

/// Refuses other versions of the protocol, and names this one on every answer.
pub(crate) async fn speak(request: Request, next: Next) -> Response {
    let theirs = request.headers().get(TUS_RESUMABLE);
    let mut response = if request.method() == Method::OPTIONS || theirs == Some(&VERSION) {
        next.run(request).await
    } else {
        let message = "'Tus-Resumable' must be '1.0.0', the version of the tus protocol that is spoken here.";
        let mut refusal =
            ApiError::new(ErrorCode::PreconditionFailed, message, Some("Tus-Resumable")).into_response();
        refusal.headers_mut().insert(TUS_VERSION, VERSION);
        refusal
    };
    response.headers_mut().insert(TUS_RESUMABLE, VERSION);
    response
}

/// Tell what is spoken here.
pub(crate) async fn options(State(state): State<HttpState>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(TUS_VERSION, VERSION);
    headers.insert(TUS_EXTENSION, EXTENSIONS);
    headers.insert(TUS_MAX_SIZE, state.app.max_upload_bytes(MediaType::Mp4).into());
    response
}

/// Announce a file; a body is its first bytes.
pub(crate) async fn create(
    State(state): State<HttpState>,
    caller: Caller,
    origin: Origin,
    request: Request,
) -> Result<Response, ApiError> {
    let headers = request.headers();
    let file = announced(text(headers, &UPLOAD_LENGTH)?, text(headers, &UPLOAD_METADATA)?)?;
    let carries_bytes = carries_bytes(headers)?;
    let upload = state.app.start_resumable(caller.workspace_id, &file).await.map_err(ApiError::creating)?;
    let (upload, received_bytes) = if carries_bytes {
        let progress = state.app.append(caller.workspace_id, upload.id, 0, bytes(request)).await?;
        (progress.upload, progress.received_bytes)
    } else {
        (upload, 0)
    };
    let mut response = StatusCode::CREATED.into_response();
    let headers = response.headers_mut();
    let location = HeaderValue::from_str(&origin.tus_url(upload.id)).map_err(|_| {
        Refusal::invalid("Host", "'Host' must be the ASCII name of this server, with its port if it has one.")
    })?;
    headers.insert(LOCATION, location);
    headers.insert(UPLOAD_OFFSET, received_bytes.into());
    headers.insert(UPLOAD_EXPIRES, expires(&upload));
    Ok(response)
}

/// Tell how much of a file has arrived.
pub(crate) async fn head(
    State(state): State<HttpState>,
    caller: Caller,
    Path(asset_id): Path<String>,
) -> Result<Response, ApiError> {
    let progress = state.app.upload_progress(caller.workspace_id, id(&asset_id)?).await?;
    let mut response = standing(StatusCode::OK, &progress);
    let headers = response.headers_mut();
    headers.insert(UPLOAD_LENGTH, progress.size_bytes.into());
    headers.insert(UPLOAD_METADATA, ascii(&metadata(&progress.upload)));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Take the next bytes of a file. When the answer says so, they are on disk; with the last one there is an asset.
pub(crate) async fn patch(
    State(state): State<HttpState>,
    caller: Caller,
    Path(asset_id): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let headers = request.headers();
    if !is_bytes_of_a_file(headers) {
        return Err(wrong_body());
    }
    let offset = text(headers, &UPLOAD_OFFSET)?.ok_or_else(|| {
        Refusal::invalid("Upload-Offset", "'Upload-Offset' is required: how many bytes were sent before.")
    })?;
    let offset = number("Upload-Offset", offset)?;
    let progress = state.app.append(caller.workspace_id, id(&asset_id)?, offset, bytes(request)).await?;
    Ok(standing(StatusCode::NO_CONTENT, &progress))
}

/// Give up an upload that is not finished. What it has become otherwise is deleted as an asset.
pub(crate) async fn delete(
    State(state): State<HttpState>,
    caller: Caller,
    Path(asset_id): Path<String>,
) -> Result<Response, ApiError> {
    if state.app.abandon_upload(caller.workspace_id, id(&asset_id)?).await? {
        Ok(StatusCode::NO_CONTENT.into_response())
    } else {
        Err(not_found(&asset_id))
    }
}

/// `POST` that stands for another method, from places where only `GET` and `POST` may be sent.
pub(crate) async fn overridden(
    state: State<HttpState>,
    caller: Caller,
    path: Path<String>,
    uri: Uri,
    request: Request,
) -> Result<Response, ApiError> {
    match text(request.headers(), &METHOD_OVERRIDE)? {
        Some("PATCH") => patch(state, caller, path, request).await,
        Some("DELETE") => delete(state, caller, path).await,
        Some("HEAD") => head(state, caller, path).await,
        _ => {
            let mut refusal = no_such_method(Method::POST, uri).await.into_response();
            refusal.headers_mut().insert(ALLOW, HeaderValue::from_static("OPTIONS,HEAD,PATCH,DELETE"));
            Ok(refusal)
        }
    }
}

fn standing(status: StatusCode, progress: &Progress) -> Response {
    let mut response = status.into_response();
    let headers = response.headers_mut();
    headers.insert(UPLOAD_OFFSET, progress.received_bytes.into());
    headers.insert(UPLOAD_EXPIRES, expires(&progress.upload));
    response
}

/// The instant in the form of HTTP dates.
fn expires(upload: &Upload) -> HeaderValue {
    ascii(&upload.expires_at.format("%a, %d %b %Y %H:%M:%S GMT").to_string())
}

fn ascii(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("dates and Base64 are ASCII")
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Refusal> {
    let value = headers.get(name).map(HeaderValue::to_str).transpose();
    value.map_err(|_| Refusal::invalid(name.as_str(), format!("'{name}' must be ASCII.")))
}

fn is_bytes_of_a_file(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|of| of.as_bytes().eq_ignore_ascii_case(BYTES_OF_A_FILE.as_bytes()))
}

/// Whether a creation brings first bytes along.
fn carries_bytes(headers: &HeaderMap) -> Result<bool, ApiError> {
    if is_bytes_of_a_file(headers) {
        return Ok(true);
    }
    let has_body = headers.contains_key(TRANSFER_ENCODING)
        || headers.get(CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0");
    if has_body { Err(wrong_body()) } else { Ok(false) }
}

fn wrong_body() -> ApiError {
    ApiError::new(
        ErrorCode::UnsupportedMediaType,
        format!("Bytes of a file are sent with 'Content-Type: {BYTES_OF_A_FILE}'."),
        Some("Content-Type"),
    )
}

fn bytes(request: Request) -> impl Stream<Item = Result<axum::body::Bytes, axum::BoxError>> + Unpin + Send {
    request.into_body().into_data_stream().map(|chunk| chunk.map_err(axum::BoxError::from))
}

fn id(text: &str) -> Result<AssetId, ApiError> {
    text.parse().map_err(|_| not_found(text))
}

fn not_found(id: &str) -> ApiError {
    ApiError::new(
        ErrorCode::NotFound,
        format!("There is no unfinished upload '{id}'; DELETE /v3/assets/ASSET_ID deletes a finished one."),
        Some("asset_id"),
    )
}
