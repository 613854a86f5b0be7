//! The `Range` header (RFC 9110, section 14).

use std::ops::Range;

/// What part of a file to send.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it: no range, several ranges, or a header that is to be ignored.
    Whole,
    /// These bytes.
    Part(Range<u64>),
    /// A range that starts after the end.
    Unsatisfiable,
}

/// Reads a `Range` header for a file of `length` bytes.
pub(super) fn wanted(header: Option<&str>, length: u64) -> Wanted {
    let Some(spec) = header.and_then(|header| header.trim().strip_prefix("bytes=")) else {
        return Wanted::Whole;
    };
    let Some((first, last)) = spec.trim().split_once('-') else { return Wanted::Whole };
    if !first.bytes().chain(last.bytes()).all(|byte| byte.is_ascii_digit()) {
        return Wanted::Whole;
    }
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(length),
        (Ok(first), Err(_)) if last.is_empty() => first..length,
        (Err(_), Ok(suffix)) if first.is_empty() => length.saturating_sub(suffix)..length,
        _ => return Wanted::Whole,
    };
    if range.start < range.end { Wanted::Part(range) } else { Wanted::Unsatisfiable }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_specification_says() {
        for (header, expected) in [
            (None, Wanted::Whole),
            (Some("bytes=0-0"), Wanted::Part(0..1)),
            (Some("bytes=10-"), Wanted::Part(10..100)),
            (Some("bytes=-10"), Wanted::Part(90..100)),
            (Some("bytes=-1000"), Wanted::Part(0..100)),
            (Some("bytes=90-1000"), Wanted::Part(90..100)),
            (Some("bytes=100-"), Wanted::Unsatisfiable),
            (Some("bytes=-0"), Wanted::Unsatisfiable),
            (Some("bytes=5-4"), Wanted::Whole),
            (Some("bytes=0-1,5-6"), Wanted::Whole),
            (Some("bytes=x-"), Wanted::Whole),
            (Some("items=0-1"), Wanted::Whole),
            (Some("bytes=18446744073709551615-18446744073709551615"), Wanted::Unsatisfiable),
            (Some("bytes=99999999999999999999-"), Wanted::Whole),
        ] {
            assert_eq!(wanted(header, 100), expected, "{header:?}");
        }
    }
}
