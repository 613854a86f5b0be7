//! Opens databases with the settings durability and speed depend on.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr, RuntimeErr, SqlxSqliteConnector};

use crate::error::StoreError;
use crate::migrations::POSTGRES_SCHEMA;

/// How long a statement waits for another process's write on the same SQLite file.
const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections for reading a SQLite file; each is a thread, and more than the cores gain nothing.
const SQLITE_READERS: u32 = 4;

/// Connections to Postgres per process; its default limit is 100 for all.
const POSTGRES_CONNECTIONS: u32 = 16;

/// How long a request waits for a free connection before it fails.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(15);

/// A place for records.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum DatabaseUrl {
    /// A file.
    Sqlite(PathBuf),
    /// A server; the whole URL, password included.
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = StoreError;

    /// The path after `sqlite:` is taken as it is, without percent signs or `?` having a meaning.
    fn from_str(url: &str) -> Result<Self, StoreError> {
        let (scheme, rest) = url.split_once(':').unwrap_or((url, ""));
        let path = rest.strip_prefix("//").unwrap_or(rest);
        match scheme {
            "sqlite" if !path.is_empty() && path != ":memory:" => Ok(Self::Sqlite(path.into())),
            "postgres" | "postgresql" => Ok(Self::Postgres(url.to_owned())),
            _ => Err(StoreError::UnsupportedUrl { beginning: scheme.to_owned() }),
        }
    }
}

impl DatabaseUrl {
    /// Connections for writing and for reading.
    pub(crate) async fn open(&self) -> Result<(DatabaseConnection, DatabaseConnection), DbErr> {
        match self {
            Self::Sqlite(path) => {
                let file = SqliteConnectOptions::new()
                    .filename(path)
                    .foreign_keys(true)
                    .synchronous(SqliteSynchronous::Full)
                    .busy_timeout(SQLITE_BUSY_TIMEOUT);
                // The writer comes first: it makes the file and turns WAL on, which readers cannot.
                let writing = file.clone().create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
                let writer = sqlite_pool(1, writing).await?;
                let reader = sqlite_pool(SQLITE_READERS, file.read_only(true)).await?;
                Ok((writer, reader))
            }
            Self::Postgres(url) => {
                let mut options = ConnectOptions::new(url);
                options
                    .max_connections(POSTGRES_CONNECTIONS)
                    .acquire_timeout(ACQUIRE_TIMEOUT)
                    .set_schema_search_path(POSTGRES_SCHEMA)
                    .set_application_name("rostrum")
                    .sqlx_logging(false);
                let pool = Database::connect(options).await?;
                Ok((pool.clone(), pool))
            }
        }
    }
}

async fn sqlite_pool(connections: u32, options: SqliteConnectOptions) -> Result<DatabaseConnection, DbErr> {
    let pool = SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // A connection to a file does not go stale.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options)
        .await
        .map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, DbBackend, Statement};

    use super::*;

    #[test]
    fn urls_name_a_file_or_a_server() {
        for url in ["sqlite:/data/rostrum.db", "sqlite:///data/rostrum.db"] {
            assert!(
                matches!(url.parse(), Ok(DatabaseUrl::Sqlite(path)) if path.as_os_str() == "/data/rostrum.db")
            );
        }
        assert!(
            matches!("sqlite:a b%20?.db".parse(), Ok(DatabaseUrl::Sqlite(path)) if path.ends_with("a b%20?.db"))
        );
        assert!(matches!("postgres://u:p@h/d".parse(), Ok(DatabaseUrl::Postgres(_))));
    }

    #[test]
    fn a_refused_url_shows_no_password() {
        for url in ["mysql://root:secret@h/d", "sqlite:", "sqlite::memory:", "secretless", ""] {
            let Err(error) = url.parse::<DatabaseUrl>() else { panic!("{url} was taken") };
            assert!(!error.to_string().contains("secret@"), "{error}");
        }
    }

    async fn pragma(connection: &DatabaseConnection, name: &str) -> String {
        let statement = Statement::from_string(DbBackend::Sqlite, format!("PRAGMA {name}"));
        let row = connection.query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index::<String>(0)
            .or_else(|_| row.try_get_by_index::<i64>(0).map(|number| number.to_string()))
            .unwrap()
    }

    #[tokio::test]
    async fn sqlite_syncs_every_commit_and_keeps_references() {
        let folder = tempfile::TempDir::new().unwrap();
        let url = DatabaseUrl::Sqlite(folder.path().join("rostrum.db"));
        let (writer, reader) = url.open().await.unwrap();
        for connection in [&writer, &reader] {
            assert_eq!(pragma(connection, "journal_mode").await, "wal");
            // 2 is FULL, https://www.sqlite.org/pragma.html#pragma_synchronous
            assert_eq!(pragma(connection, "synchronous").await, "2");
            assert_eq!(pragma(connection, "foreign_keys").await, "1");
            assert_eq!(pragma(connection, "busy_timeout").await, "10000");
        }
        assert!(reader.execute_unprepared("CREATE TABLE t (x)").await.is_err(), "the reader wrote");
        writer.execute_unprepared("CREATE TABLE t (x)").await.unwrap();
    }
}
