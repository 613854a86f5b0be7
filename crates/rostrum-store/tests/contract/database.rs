//! A new empty database for each test.

use rostrum_store::Store;
use tempfile::TempDir;

/// A database without tables.
pub(crate) struct Fresh {
    pub(crate) url: String,
    /// Holds the SQLite file.
    _folder: Option<TempDir>,
}

impl Fresh {
    /// One more connection to the database.
    pub(crate) async fn connect(&self) -> Store {
        Store::connect(&self.url).await.unwrap()
    }

    /// A store with its tables.
    pub(crate) async fn store(&self) -> Store {
        let store = self.connect().await;
        store.migrate().await.unwrap();
        store
    }
}

pub(crate) fn sqlite() -> Fresh {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite:{}", folder.path().join("rostrum.db").display());
    Fresh { url, _folder: Some(folder) }
}

/// `None` when Postgres is to be skipped.
pub(crate) fn postgres() -> Option<Fresh> {
    if std::env::var_os("ROSTRUM_SKIP_POSTGRES").is_some_and(|skip| skip == "1") {
        return None;
    }
    Some(Fresh {
        url: rostrum_postgres::server(&std::env::var("PATH").unwrap()).create_database(),
        _folder: None,
    })
}
