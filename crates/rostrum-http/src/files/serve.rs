//! One stored file as an answer: ranges, validators, and headers that keep hostile bytes harmless.

use axum::body::Body;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use rostrum_app::files::StoredFile;

use super::multipart::Parts;
use super::range::{Wanted, wanted};

/// How long caches may keep a file: a year, the most that is in use (RFC 9111, 5.2.2.1).
const CACHED_SECONDS: i64 = 31_536_000;

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Answers `GET` and `HEAD` (axum leaves the body of the latter out).
pub(super) fn serve(asked: &HeaderMap, file: &StoredFile) -> Response {
    let length = file.reader.len();
    let etag = format!("\"{}\"", file.version);
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(ETAG, ascii(&etag));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    // What lies under such a URL never changes, and whoever holds the URL may read it.
    let max_age = file.kept_for.map_or(CACHED_SECONDS, |kept| kept.num_seconds().min(CACHED_SECONDS));
    headers.insert(CACHE_CONTROL, ascii(&format!("public, max-age={max_age}, immutable")));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    if is_known(asked, &etag) {
        // That of the file, as the specification wants; left alone, the answer to `HEAD` would tell 0.
        headers.insert(CONTENT_LENGTH, length.into());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    let disposition =
        if is_shown(file.mime) { HeaderValue::from_static("inline") } else { attachment(&file.name) };
    match part(asked, &etag, length) {
        Wanted::Whole => {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.mime));
            headers.insert(CONTENT_LENGTH, length.into());
            headers.insert(CONTENT_DISPOSITION, disposition);
            *response.body_mut() = Body::from_stream(file.reader.read_all());
        }
        Wanted::Part(range) => {
            let place = format!("bytes {}-{}/{length}", range.start, range.end - 1);
            headers.insert(CONTENT_RANGE, ascii(&place));
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.mime));
            headers.insert(CONTENT_LENGTH, (range.end - range.start).into());
            headers.insert(CONTENT_DISPOSITION, disposition);
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            *response.body_mut() = Body::from_stream(file.reader.read(range));
        }
        Wanted::Parts(ranges) => {
            let parts = Parts::new(ranges, length, file.mime, &file.version);
            headers.insert(CONTENT_TYPE, ascii(&parts.content_type()));
            headers.insert(CONTENT_LENGTH, parts.length().into());
            headers.insert(CONTENT_DISPOSITION, disposition);
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            let reader = file.reader.clone();
            *response.body_mut() = parts.body(move |range| reader.read(range));
        }
        Wanted::Unsatisfiable => {
            headers.insert(CONTENT_RANGE, ascii(&format!("bytes */{length}")));
            *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
        }
    }
    response
}

/// Whether a browser may show files of a type: those that cannot carry scripts.
fn is_shown(mime: &str) -> bool {
    let is_media = ["image/", "video/", "audio/"].iter().any(|kind| mime.starts_with(kind));
    is_media && mime != "image/svg+xml"
}

/// What part is asked for. A range is only good for the version the caller has part of; dates and weak tags do not
/// tell which one that is.
fn part(asked: &HeaderMap, etag: &str, length: u64) -> Wanted {
    if asked.get(IF_RANGE).is_some_and(|version| version.as_bytes() != etag.as_bytes()) {
        return Wanted::Whole;
    }
    wanted(asked.get(RANGE).and_then(|range| range.to_str().ok()), length)
}

/// Whether the caller has this version already.
pub(crate) fn is_known(asked: &HeaderMap, etag: &str) -> bool {
    let lists = asked.get_all(IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
    lists.flat_map(|tags| tags.split(',')).map(str::trim).any(|tag| {
        // Compared weakly, as the specification says for this header.
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag
    })
}

fn ascii(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("ids, hashes and digits are ASCII")
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
    fn weak_and_listed_tags_are_known_but_weak_ones_and_dates_give_no_ranges() {
        let ask = |name: HeaderName, values: &[&'static str]| {
            let mut asked: HeaderMap =
                values.iter().map(|value| (name.clone(), HeaderValue::from_static(value))).collect();
            asked.insert(RANGE, HeaderValue::from_static("bytes=0-1"));
            asked
        };
        for (tags, known) in [
            (&["\"a\", W/\"b\""][..], true),
            (&["\"a\"", "\"b\""], true),
            (&["*"], true),
            (&["\"bb\""], false),
            (&["b"], false),
        ] {
            assert_eq!(is_known(&ask(IF_NONE_MATCH, tags), "\"b\""), known, "{tags:?}");
        }
        for (version, is_part) in [
            ("\"b\"", true),
            ("W/\"b\"", false),
            ("\"a\"", false),
            ("*", false),
            ("Sat, 29 Oct 1994 19:43:31 GMT", false),
        ] {
            let part = part(&ask(IF_RANGE, &[version]), "\"b\"", 10);
            assert_eq!(part == Wanted::Part(0..2), is_part, "{version}");
            assert_eq!(part == Wanted::Whole, !is_part, "{version}");
        }
    }

    #[test]
    fn only_media_without_scripts_is_shown() {
        for mime in ["image/png", "video/mp4", "audio/wav"] {
            assert!(is_shown(mime));
        }
        for mime in ["image/svg+xml", "application/pdf", "text/html", "application/x-subrip"] {
            assert!(!is_shown(mime));
        }
    }
}
