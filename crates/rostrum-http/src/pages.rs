//! What pages for people have in common. Every text that comes from somewhere else goes through [`escaped`].

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{Html, IntoResponse, Response};

use crate::api_error::ApiError;

/// Makes pages of errors, and tells browsers what pages may do.
pub(crate) fn as_page_with(response: Response, policy: &'static str) -> Response {
    let mut response = match response.extensions().get::<ApiError>() {
        Some(error) => {
            let page = refusal(error.code().as_str(), error.message());
            (response.status(), Html(page)).into_response()
        }
        None => response,
    };
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, policy),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The page of an error.
fn refusal(code: &str, message: &str) -> String {
    let body = format!(
        "<h1>This does not work</h1><p>{}</p><p><small>{}</small></p>",
        escaped(message),
        escaped(code)
    );
    page("This does not work", &body)
}

/// A page of markup under a title of text, with the style sheet that lies beside it.
pub(crate) fn page(title: &str, body: &str) -> String {
    page_with(title, "style.css", "", body)
}

/// The same with a style sheet elsewhere, and with more markup in its head.
pub(crate) fn page_with(title: &str, style: &str, head: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <link rel=\"stylesheet\" href=\"{style}\">{head}</head>\n<body>{body}</body></html>\n",
        title = escaped(title),
    )
}

/// A rostrum, with somebody on it.
const ICON: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><rect width=\"32\" height=\"32\" rx=\"7\" \
    fill=\"#1c2430\"/><circle cx=\"16\" cy=\"10\" r=\"4.5\" fill=\"#fff\"/><path d=\"M6 17h20l-3 10H9z\" \
    fill=\"#5b8def\"/></svg>";

/// What browsers show beside the title; they ask for it by this address of their own accord.
pub(crate) async fn icon() -> impl IntoResponse {
    ([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "public, max-age=86400")], ICON)
}

/// Text, for inside of elements and of attributes in quotes.
pub(crate) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        let hostile = "<script>alert('1')</script>\" onload=\"x & y";
        let page = refusal("gone", hostile);
        assert!(!page.contains("<script") && !page.contains("\" onload"), "{page}");
        assert!(
            page.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; onload=&quot;x &amp; y")
        );
    }
}
