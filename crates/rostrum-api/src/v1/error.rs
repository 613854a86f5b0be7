//! Errors as clients of the first generation read them.

use serde::{Deserialize, Serialize};

use crate::error::ErrorCode;

/// An error. Clients look at `code` (a success has 100), at `error` (a success has null) or at the HTTP status; all three
/// tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct V1Error {
    /// A number of the old table, or the HTTP status times 1000 where it has none.
    pub code: u32,
    /// For people.
    pub message: String,
    /// The same.
    pub msg: String,
    /// The same.
    pub error: String,
    /// Always null.
    pub data: (),
}

impl V1Error {
    /// The body for a code.
    pub fn new(code: ErrorCode, message: &str) -> Self {
        Self {
            code: number(code),
            message: message.to_owned(),
            msg: message.to_owned(),
            error: message.to_owned(),
            data: (),
        }
    }
}

/// The numbers are those of the old API's error page.
fn number(code: ErrorCode) -> u32 {
    match code {
        ErrorCode::Unauthorized => 400_112,
        ErrorCode::InvalidParameter => 400_175,
        ErrorCode::Forbidden => 400_562,
        ErrorCode::VideoNotFound => 40_031,
        ErrorCode::NotFound | ErrorCode::AssetNotFound => 400_569,
        other => u32::from(other.status().as_u16()) * 1000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_error_has_the_number_of_success() {
        for code in ErrorCode::ALL {
            let body = V1Error::new(*code, "No.");
            assert!(body.code > 1000);
            let json = serde_json::to_value(body).unwrap();
            assert_eq!((&json["data"], &json["error"]), (&serde_json::Value::Null, &"No.".into()));
        }
    }
}
