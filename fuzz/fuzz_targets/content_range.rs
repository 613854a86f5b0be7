//! The `Content-Range` header of a `PUT`.
#![no_main]

#[path = "../../crates/rostrum-http/src/uploads/content_range.rs"]
mod content_range;

use content_range::ContentRange;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|header: &str| {
    if let Some(ContentRange::Part { first, length, total }) = ContentRange::read(header) {
        let end = first.checked_add(length).unwrap();
        assert!(length > 0 && total.is_none_or(|total| end <= total));
    }
});
