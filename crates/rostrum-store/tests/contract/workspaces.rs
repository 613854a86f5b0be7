//! Tenants.

use rostrum_store::StoreError;

use crate::database::Fresh;
use crate::records::Records;

pub(crate) async fn a_workspace_is_read_back_as_added(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace = records.workspace("Müller & Söhne");
    assert_eq!(store.workspaces().get(workspace.id).await.unwrap(), None);
    store.workspaces().add(&workspace).await.unwrap();
    assert_eq!(store.workspaces().get(workspace.id).await.unwrap(), Some(workspace));
}

pub(crate) async fn the_first_workspace_is_the_oldest_and_the_list_begins_with_it(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    assert_eq!(store.workspaces().first().await.unwrap(), None);
    let (older, newer) = (records.workspace("older"), records.workspace("newer"));
    store.workspaces().add(&newer).await.unwrap();
    store.workspaces().add(&older).await.unwrap();
    assert_eq!(store.workspaces().first().await.unwrap(), Some(older.clone()));
    assert_eq!(store.workspaces().list().await.unwrap(), [older, newer]);
}

pub(crate) async fn a_taken_id_is_a_conflict(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace = records.workspace("one");
    store.workspaces().add(&workspace).await.unwrap();
    assert!(matches!(store.workspaces().add(&workspace).await, Err(StoreError::Conflict(_))));
}
