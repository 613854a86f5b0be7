//! Between model types and column values.

use std::error::Error;

use chrono::{DateTime, SubsecRound, Utc};
use rostrum_model::asset::ContentHash;
use sea_orm::sea_query::LikeExpr;
use uuid::Uuid;

use crate::error::StoreError;

/// Cut to the microsecond, which is what Postgres keeps. SQLite keeps the text as RFC 3339 with as many digits as are
/// needed, always UTC; such texts sort by time.
pub(crate) fn instant(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(6)
}

/// Text to be searched in any case.
pub(crate) fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// A pattern for text that contains this one, whose own wildcards mean themselves.
pub(crate) fn containing(text: &str) -> LikeExpr {
    let literal = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    LikeExpr::new(format!("%{literal}%")).escape('\\')
}

/// A row, to say where something impossible was found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) table: &'static str,
    pub(crate) row: Uuid,
}

impl Place {
    /// An impossible value.
    pub(crate) fn inconsistent(self, column: &'static str) -> StoreError {
        StoreError::Inconsistent { table: self.table, column, row: self.row.to_string(), source: None }
    }

    /// For `map_err`: a value that cannot be read back.
    pub(crate) fn unreadable<E>(self, column: &'static str) -> impl FnOnce(E) -> StoreError
    where
        E: Error + Send + Sync + 'static,
    {
        move |error| StoreError::Inconsistent {
            table: self.table,
            column,
            row: self.row.to_string(),
            source: Some(error.into()),
        }
    }

    /// A size, which Rust has unsigned and databases signed.
    pub(crate) fn size(self, column: &'static str, value: i64) -> Result<u64, StoreError> {
        u64::try_from(value).map_err(self.unreadable(column))
    }

    /// A SHA-256 hash.
    pub(crate) fn hash(self, column: &'static str, bytes: &[u8]) -> Result<ContentHash, StoreError> {
        bytes.try_into().map(ContentHash).map_err(self.unreadable(column))
    }
}
