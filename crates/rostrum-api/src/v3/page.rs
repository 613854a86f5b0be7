//! Pages of lists.

use serde::{Deserialize, Serialize};

use crate::error::Refusal;

/// The envelope of a list: the cursor stands beside `data`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows of this page.
    pub data: Vec<T>,
    /// Whether another page follows.
    pub has_more: bool,
    /// Pass as `token` to get the next page; null on the last.
    pub next_token: Option<String>,
}

impl<T> Default for Page<T> {
    /// An empty list.
    fn default() -> Self {
        Self { data: Vec::new(), has_more: false, next_token: None }
    }
}

/// Checks a `limit` query parameter against the operation's range.
///
/// # Errors
/// When it is no whole number in `1..=max`.
pub fn limit(given: Option<&str>, default: u32, max: u32) -> Result<u32, Refusal> {
    let Some(text) = given else { return Ok(default) };
    match text.parse::<u32>() {
        Ok(limit) if (1..=max).contains(&limit) => Ok(limit),
        _ => Err(Refusal::invalid("limit", format!("'limit' must be between 1 and {max}, got '{text}'."))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_outside_the_range_are_refused_with_the_range_and_the_value() {
        assert_eq!(limit(None, 10, 100), Ok(10));
        assert_eq!(limit(Some("100"), 10, 100), Ok(100));
        for bad in ["0", "101", "-1", "ten", "", "1.5"] {
            let refusal = limit(Some(bad), 10, 100).unwrap_err();
            assert!(refusal.message.contains("between 1 and 100"), "{bad}");
        }
    }
}
