//! Several ranges of a file in one answer: `multipart/byteranges` (RFC 9110, section 14.6).

use std::ops::Range;

use axum::BoxError;
use axum::body::{Body, Bytes};
use futures::{Stream, StreamExt, TryStreamExt, stream};

/// A body of several parts.
pub(super) struct Parts {
    boundary: String,
    /// What stands before the bytes of each range.
    heads: Vec<(String, Range<u64>)>,
}

impl Parts {
    /// The parts of a file of `length` bytes with this type and version. The version makes the boundary, so that the
    /// same request gives the same bytes; nobody can put the hash of a file into that file.
    pub(super) fn new(ranges: Vec<Range<u64>>, length: u64, mime: &str, version: &str) -> Self {
        // At most 70 letters, and only such as need no quotes.
        let boundary: String =
            version.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(64).collect();
        let heads = ranges
            .into_iter()
            .map(|range| {
                let head = format!(
                    "\r\n--{boundary}\r\nContent-Type: {mime}\r\nContent-Range: bytes {}-{}/{length}\r\n\r\n",
                    range.start,
                    range.end - 1
                );
                (head, range)
            })
            .collect();
        Self { boundary, heads }
    }

    /// The value of `Content-Type` for the whole answer.
    pub(super) fn content_type(&self) -> String {
        format!("multipart/byteranges; boundary={}", self.boundary)
    }

    /// The length of the body in bytes.
    pub(super) fn length(&self) -> u64 {
        let parts = self.heads.iter().map(|(head, range)| head.len() as u64 + range.end - range.start);
        parts.sum::<u64>() + self.end().len() as u64
    }

    /// The body; `read` gives the bytes of a range.
    pub(super) fn body<S, E>(self, read: impl Fn(Range<u64>) -> S + Send + 'static) -> Body
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        let text = |text: String| stream::iter([Ok::<_, BoxError>(Bytes::from(text))]);
        let end = text(self.end());
        let parts = stream::iter(self.heads)
            .flat_map(move |(head, range)| text(head).chain(read(range).map_err(Into::into)));
        Body::from_stream(parts.chain(end))
    }

    fn end(&self) -> String {
        format!("\r\n--{}--\r\n", self.boundary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_body_is_as_long_as_announced_and_holds_each_range_under_its_head() {
        let file = b"0123456789";
        let parts = Parts::new(vec![8..10, 0..1], 10, "image/png", "video_1/a.jpg");
        assert_eq!(parts.content_type(), "multipart/byteranges; boundary=video-1-a-jpg");
        let length = parts.length();
        let body = parts.body(|range| {
            let bytes = Bytes::from_static(&file[range.start as usize..range.end as usize]);
            stream::iter([Ok::<_, BoxError>(bytes)])
        });
        let body = axum::body::to_bytes(body, 1000).await.unwrap();
        assert_eq!(body.len() as u64, length);
        assert_eq!(
            String::from_utf8_lossy(&body),
            "\r\n--video-1-a-jpg\r\nContent-Type: image/png\r\nContent-Range: bytes 8-9/10\r\n\r\n89\
             \r\n--video-1-a-jpg\r\nContent-Type: image/png\r\nContent-Range: bytes 0-0/10\r\n\r\n0\
             \r\n--video-1-a-jpg--\r\n"
        );
    }
}
