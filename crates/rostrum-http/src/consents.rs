//! The page on which a person agrees to being made an avatar: `/consents/{token}`.
//!
//! It is for people, so what it answers is HTML, errors too: plain, without scripts. The token in the URL is the whole
//! permission. Nothing of the page may be kept by caches, framed by other pages, or told to the page that it leads to.

mod html;

use std::collections::HashMap;

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use rostrum_api::error::ErrorCode;
use rostrum_api::v3::consents::signer_name;
use rostrum_app::consents::{OpenConsent, Signer};

use crate::HttpState;
use crate::api_error::ApiError;
use crate::extract::Origin;
use crate::pages::as_page_with;
use crate::serving::PeerAddress;
use crate::v3::avatars::group_of;

/// Forms may send to us only; but browsers count the redirect after it too, and those that follow on the other side.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' https:; \
                      frame-ancestors 'none'; base-uri 'none'";

/// Show what is to be agreed to, and a form.
pub(crate) async fn show(
    State(state): State<HttpState>,
    origin: Origin,
    Path(token): Path<String>,
) -> Result<Html<String>, ApiError> {
    let open = state.app.open_consent(&token).await?;
    Ok(Html(html::question(&open, picture_of(&open, &origin).as_deref(), None)))
}

/// Agree by name.
pub(crate) async fn agree(
    State(state): State<HttpState>,
    origin: Origin,
    Path(token): Path<String>,
    peer: PeerAddress,
    headers: HeaderMap,
    form: Result<Form<HashMap<String, String>>, FormRejection>,
) -> Result<Response, ApiError> {
    let open = state.app.open_consent(&token).await?;
    let Form(form) = form.map_err(|rejection| {
        let code = match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::PayloadTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ErrorCode::UnsupportedMediaType,
            _ => ErrorCode::InvalidParameter,
        };
        ApiError::new(code, format!("Only the form of this page is taken: {}.", rejection.body_text()), None)
    })?;
    let field = |name: &str| form.get(name).map(String::as_str);
    let name = match signer_name(field("name"), field("agree")) {
        Ok(name) => name,
        Err(refusal) => {
            let picture = picture_of(&open, &origin);
            let page = html::question(&open, picture.as_deref(), Some(&refusal.message));
            return Ok((StatusCode::BAD_REQUEST, Html(page)).into_response());
        }
    };
    let signer = Signer { name, address: peer.0, forwarded_for: forwarded_for(&headers) };
    Ok(match state.app.agree(&token, signer).await? {
        Some(url) => Redirect::to(&url).into_response(),
        None => Html(html::thanks()).into_response(),
    })
}

/// The look of the pages.
pub(crate) async fn style() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], html::STYLE)
}

/// Makes pages of errors, and tells browsers what pages may do.
pub(crate) async fn as_page(response: Response) -> Response {
    as_page_with(response, POLICY)
}

/// The URL of a picture of the person, when there is one.
fn picture_of(open: &OpenConsent, origin: &Origin) -> Option<String> {
    group_of(&open.group, origin).preview_image_url
}

fn forwarded_for(headers: &HeaderMap) -> Option<String> {
    Some(headers.get("x-forwarded-for")?.to_str().ok()?.to_owned())
}
