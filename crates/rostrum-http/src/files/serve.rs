//! One stored file as an answer: ranges, validators, and headers that keep hostile bytes harmless.

use axum::body::Body;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use rostrum_app::files::StoredFile;

use super::range::{Wanted, wanted};

/// Answers `GET` and `HEAD` (axum leaves the body of the latter out).
pub(super) fn serve(asked: &HeaderMap, file: &StoredFile) -> Response {
    let length = file.reader.len();
    let text = |name: HeaderName| asked.get(name).and_then(|value| value.to_str().ok());
    let etag = format!("\"{}\"", file.version);

    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(ETAG, HeaderValue::from_str(&etag).expect("ids are ASCII"));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    if text(IF_NONE_MATCH).is_some_and(|tags| matches_tag(tags, &etag)) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    // A range is only good for the version the caller has part of.
    let same_version = text(IF_RANGE).is_none_or(|tag| tag == etag);
    let part = if same_version { wanted(text(RANGE), length) } else { Wanted::Whole };
    let (status, range) = match part {
        Wanted::Whole => (StatusCode::OK, 0..length),
        Wanted::Part(range) => {
            headers
                .insert(CONTENT_RANGE, content_range(&format!("{}-{}", range.start, range.end - 1), length));
            (StatusCode::PARTIAL_CONTENT, range)
        }
        Wanted::Unsatisfiable => {
            headers.insert(CONTENT_RANGE, content_range("*", length));
            *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
            return response;
        }
    };
    let disposition =
        if file.is_document { attachment(&file.name) } else { HeaderValue::from_static("inline") };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.mime));
    headers.insert(CONTENT_DISPOSITION, disposition);
    headers.insert(CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
    *response.status_mut() = status;
    *response.body_mut() = Body::from_stream(file.reader.read(range));
    response
}

fn content_range(part: &str, length: u64) -> HeaderValue {
    HeaderValue::from_str(&format!("bytes {part}/{length}")).expect("digits are ASCII")
}

fn matches_tag(tags: &str, etag: &str) -> bool {
    tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

/// `attachment` with the name in UTF-8 (RFC 6266, section 4.3).
fn attachment(name: &str) -> HeaderValue {
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{encoded}"))
        .expect("percent encoding leaves ASCII only")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_line_breaks_and_quotes_make_a_harmless_header() {
        let value = attachment("a\"\r\nSet-Cookie: x=1.pdf");
        assert_eq!(
            value.to_str().unwrap(),
            "attachment; filename*=UTF-8''a%22%0D%0ASet-Cookie%3A%20x%3D1.pdf"
        );
    }

    #[test]
    fn weak_and_listed_tags_match() {
        assert!(matches_tag("\"a\", W/\"b\"", "\"b\""));
        assert!(matches_tag("*", "\"b\""));
        assert!(!matches_tag("\"bb\"", "\"b\""));
    }
}
