//! The `Range` header (RFC 9110, section 14).

use std::ops::Range;

/// The most ranges one answer sends; each costs a head of its own, and nothing that people watch asks for as many.
const MAX_RANGES: usize = 16;

/// What part of a file to send.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it: no range, or a header that is to be ignored.
    Whole,
    /// These bytes.
    Part(Range<u64>),
    /// These bytes, in this order; two or more ranges, none of which overlap.
    Parts(Vec<Range<u64>>),
    /// Only ranges that start after the end.
    Unsatisfiable,
}

/// Reads a `Range` header for a file of `length` bytes. More than [`MAX_RANGES`] ranges, or ranges that overlap, get the
/// whole file, so that an answer is never much longer than the file.
pub(super) fn wanted(header: Option<&str>, length: u64) -> Wanted {
    let Some((unit, list)) = header.and_then(|header| header.trim().split_once('=')) else {
        return Wanted::Whole;
    };
    if !unit.eq_ignore_ascii_case("bytes") {
        return Wanted::Whole;
    }
    let mut parts: Vec<Range<u64>> = Vec::new();
    // Lists may have empty places.
    let specs = list.split(',').map(str::trim).filter(|spec| !spec.is_empty());
    let mut count = 0;
    for spec in specs {
        count += 1;
        let Some(range) = range(spec, length) else { return Wanted::Whole };
        if count > MAX_RANGES || parts.iter().any(|part| part.start < range.end && range.start < part.end) {
            return Wanted::Whole;
        }
        if range.start < range.end {
            parts.push(range);
        }
    }
    match (count, parts.as_slice()) {
        (0, _) => Wanted::Whole,
        (_, []) => Wanted::Unsatisfiable,
        (_, [part]) => Wanted::Part(part.clone()),
        _ => Wanted::Parts(parts),
    }
}

/// One range, empty when it is past the end; `None` when it cannot be read.
fn range(spec: &str, length: u64) -> Option<Range<u64>> {
    let (first, last) = spec.split_once('-')?;
    match (position(first)?, position(last)?) {
        (Some(first), Some(last)) if first <= last => Some(first..last.saturating_add(1).min(length)),
        (Some(first), None) => Some(first..length),
        (None, Some(suffix)) => Some(length.saturating_sub(suffix)..length),
        _ => None,
    }
}

/// A position, or none where there is no text; positions past 2^64 are past the end of any file.
#[expect(clippy::option_option, reason = "a number, the lack of one, and nonsense are three things")]
fn position(text: &str) -> Option<Option<u64>> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if text.is_empty() { Some(None) } else { Some(Some(text.parse().unwrap_or(u64::MAX))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_specification_says() {
        for (header, expected) in [
            (None, Wanted::Whole),
            (Some("bytes=0-0"), Wanted::Part(0..1)),
            (Some("Bytes=0-0"), Wanted::Part(0..1)),
            (Some("bytes=10-"), Wanted::Part(10..100)),
            (Some("bytes=-10"), Wanted::Part(90..100)),
            (Some("bytes=-1000"), Wanted::Part(0..100)),
            (Some("bytes=90-1000"), Wanted::Part(90..100)),
            (Some("bytes=100-"), Wanted::Unsatisfiable),
            (Some("bytes=-0"), Wanted::Unsatisfiable),
            (Some("bytes=5-4"), Wanted::Whole),
            (Some("bytes=-"), Wanted::Whole),
            (Some("bytes="), Wanted::Whole),
            (Some("bytes=x-"), Wanted::Whole),
            (Some("bytes=0-1,x"), Wanted::Whole),
            (Some("bytes=+1-2"), Wanted::Whole),
            (Some("items=0-1"), Wanted::Whole),
            (Some("bytes=18446744073709551615-18446744073709551615"), Wanted::Unsatisfiable),
            (Some("bytes=99999999999999999999-"), Wanted::Unsatisfiable),
            (Some("bytes=0-99999999999999999999"), Wanted::Part(0..100)),
        ] {
            assert_eq!(wanted(header, 100), expected, "{header:?}");
        }
    }

    #[test]
    fn several_ranges_keep_their_order_and_those_past_the_end_are_left_out() {
        for (header, expected) in [
            ("bytes=0-1,5-6", Wanted::Parts(vec![0..2, 5..7])),
            ("bytes= 50-59 ,, -10,0-0,", Wanted::Parts(vec![50..60, 90..100, 0..1])),
            ("bytes=0-1,2-3", Wanted::Parts(vec![0..2, 2..4])),
            ("bytes=0-1,100-", Wanted::Part(0..2)),
            ("bytes=100-,200-300", Wanted::Unsatisfiable),
        ] {
            assert_eq!(wanted(Some(header), 100), expected, "{header}");
        }
    }

    #[test]
    fn ranges_that_overlap_or_are_too_many_get_the_whole_file() {
        let many = |count: u64| (0..count).map(|i| format!("{0}-{0}", 2 * i)).collect::<Vec<_>>().join(",");
        let most = wanted(Some(&format!("bytes={}", many(16))), 100);
        assert!(matches!(most, Wanted::Parts(parts) if parts.len() == 16));
        for list in [
            many(17),
            "0-,0-".to_owned(),
            "0-10,10-20".to_owned(),
            "50-60,0-99".to_owned(),
            "-100,99-".to_owned(),
            ["500-"; 17].join(","),
        ] {
            assert_eq!(wanted(Some(&format!("bytes={list}")), 100), Wanted::Whole, "{list}");
        }
    }
}
