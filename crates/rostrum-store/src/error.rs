//! What can go wrong with records.

use sea_orm::{DbErr, SqlErr};

/// The error below, of a type that other crates need not name.
type Source = Box<dyn std::error::Error + Send + Sync>;

/// A failed operation on records. Not finding a record is no error.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached or refused a statement; later the same may succeed.
    #[error("the database did not do what was asked")]
    Driver(#[source] Source),
    /// A row holds a value that this version cannot have written.
    #[error("the {table} row {row} holds an impossible value in column {column}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's id.
        row: String,
        /// What is wrong with the value, where more can be said.
        #[source]
        source: Option<Source>,
    },
    /// The record has an id (or key) that is taken, or belongs to a record that is not there.
    #[error("the record conflicts with those that are there")]
    Conflict(#[source] Source),
    /// The URL names no database that records can be kept in.
    #[error("a database URL begins with sqlite:/ or postgres://, not with {beginning:?}")]
    UnsupportedUrl {
        /// The URL up to its first colon (what follows may hold a password).
        beginning: String,
    },
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_) | SqlErr::ForeignKeyConstraintViolation(_)) => {
                Self::Conflict(error.into())
            }
            _ => Self::Driver(error.into()),
        }
    }
}
