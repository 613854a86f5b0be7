//! The `Range` header of a download.
#![no_main]

#[path = "../../crates/rostrum-http/src/files/range.rs"]
mod range;

use libfuzzer_sys::fuzz_target;
use range::Wanted;

fuzz_target!(|header: &str| {
    for length in [0, 1, 100, u64::MAX] {
        check(header, length);
    }
});

fn check(header: &str, length: u64) {
    let parts = match range::wanted(Some(header), length) {
        Wanted::Whole | Wanted::Unsatisfiable => return,
        Wanted::Part(part) => vec![part],
        Wanted::Parts(parts) => {
            assert!(parts.len() > 1);
            parts
        }
    };
    // Together they are never longer than the file.
    let mut free = length;
    for (number, part) in parts.iter().enumerate() {
        assert!(part.start < part.end && part.end <= length);
        free = free.checked_sub(part.end - part.start).unwrap();
        assert!(parts[..number].iter().all(|other| other.end <= part.start || part.end <= other.start));
    }
}
