//! Multipart bodies: the part named `file` is the same however the body is cut on its way.
#![no_main]

use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request};
use bytes::Bytes;
use futures::executor::block_on;
use libfuzzer_sys::fuzz_target;

/// The name and the bytes of the part, the absence of one, or that the body is broken.
type Found = Result<Option<(Option<String>, Vec<u8>)>, ()>;

fuzz_target!(|input: &[u8]| {
    let Some((cut, body)) = input.split_first() else { return };
    let whole = block_on(find(vec![body]));
    let pieces = block_on(find(body.chunks(usize::from(*cut) + 1).collect()));
    assert_eq!(whole, pieces);
    if let Ok(Some((_, bytes))) = whole {
        assert!(bytes.len() < body.len());
    }
});

async fn find(pieces: Vec<&[u8]>) -> Found {
    let pieces: Vec<_> =
        pieces.into_iter().map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece))).collect();
    let request = Request::builder()
        .header("content-type", "multipart/form-data; boundary=b")
        .body(Body::from_stream(futures::stream::iter(pieces)))
        .unwrap();
    let mut parts = Multipart::from_request(request, &()).await.map_err(drop)?;
    // As `upload_part` of `rostrum-http` reads it.
    while let Some(part) = parts.next_field().await.map_err(drop)? {
        if part.name() == Some("file") {
            let name = part.file_name().map(str::to_owned);
            return Ok(Some((name, part.bytes().await.map_err(drop)?.to_vec())));
        }
    }
    Ok(None)
}
