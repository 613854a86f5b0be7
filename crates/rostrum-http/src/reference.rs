//! The API as a document, `/openapi.json`, and as a page for people, `/docs`, which reads it. Both work offline.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, ETAG, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};

use crate::files::is_known;
use crate::pages::as_page_with;

/// Made of the facts in `compat/contract` by `cargo xtask openapi`.
pub(crate) const DOCUMENT: &str = include_str!("../../../compat/openapi.json");

const PAGE: &str = include_str!("reference/page.html");
const STYLE: &str = include_str!("reference/style.css");
const SCRIPT: &str = include_str!("reference/script.js");

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// Names this version of the document.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = DefaultHasher::new();
    DOCUMENT.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
});

/// The document, for programs anywhere.
pub(crate) async fn document(asked: HeaderMap) -> Response {
    let headers = [
        (ETAG, VERSION.as_str()),
        (CACHE_CONTROL, "no-cache"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    if is_known(&asked, &VERSION) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, [(CONTENT_TYPE, "application/json")], DOCUMENT).into_response()
}

/// The page.
pub(crate) async fn page() -> Html<&'static str> {
    Html(PAGE)
}

/// Its look.
pub(crate) async fn style() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)
}

/// What fills it.
pub(crate) async fn script() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT)
}

/// Tells browsers what the page may do.
pub(crate) async fn as_page(response: Response) -> Response {
    as_page_with(response, POLICY)
}
