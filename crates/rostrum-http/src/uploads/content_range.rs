//! The `Content-Range` header of a request (RFC 9110, section 14.4).

/// What a request says it carries.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ContentRange {
    /// `bytes */TOTAL`: nothing; how much is there?
    Question,
    /// `bytes FIRST-LAST/TOTAL`
    Part {
        /// The first byte's position.
        first: u64,
        /// Number of bytes, at least 1.
        length: u64,
        /// Length of the file; `None` for `*`.
        total: Option<u64>,
    },
}

impl ContentRange {
    /// Reads the header's value; `None` when it is malformed or impossible.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (range, total) = text.trim().strip_prefix("bytes ")?.trim().split_once('/')?;
        let total = if total == "*" { None } else { Some(number(total)?) };
        if range == "*" {
            return Some(Self::Question);
        }
        let (first, last) = range.split_once('-')?;
        let (first, last) = (number(first)?, number(last)?);
        let end = last.checked_add(1)?;
        let length = end.checked_sub(first).filter(|length| *length > 0)?;
        if total.is_some_and(|total| end > total) {
            return None;
        }
        Some(Self::Part { first, length, total })
    }
}

/// Digits only: `parse` alone would take a sign.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_specification_says() {
        let part = |first, length, total| Some(ContentRange::Part { first, length, total });
        for (text, expected) in [
            ("bytes 0-0/1", part(0, 1, Some(1))),
            ("bytes 10-19/100", part(10, 10, Some(100))),
            ("bytes 10-19/*", part(10, 10, None)),
            ("bytes */100", Some(ContentRange::Question)),
            ("bytes */*", Some(ContentRange::Question)),
            ("bytes 5-4/100", None),
            ("bytes 0-100/100", None),
            ("bytes 0-18446744073709551615/*", None),
            ("bytes 1840-18446744073709551615/*", None),
            ("bytes +1-2/3", None),
            ("bytes 1-2", None),
            ("items 1-2/3", None),
            ("", None),
        ] {
            assert_eq!(ContentRange::read(text), expected, "{text}");
        }
    }
}
