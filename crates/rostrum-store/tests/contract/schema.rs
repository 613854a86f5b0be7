//! Opening and migrating.

use rostrum_store::StoreError;

use crate::database::Fresh;
use crate::records::Records;

pub(crate) async fn migrating_twice_changes_nothing(database: Fresh) {
    let store = database.store().await;
    let workspace_id = Records::new().stored_workspace(&store).await;
    store.migrate().await.unwrap();
    assert!(store.workspaces().get(workspace_id).await.unwrap().is_some());
}

pub(crate) async fn processes_may_migrate_at_once(database: Fresh) {
    let (one, two, three) = (database.connect().await, database.connect().await, database.connect().await);
    let (first, second, third) = tokio::join!(one.migrate(), two.migrate(), three.migrate());
    first.and(second).and(third).unwrap();
    one.ready().await.unwrap();
}

pub(crate) async fn a_store_is_ready_only_when_migrated(database: Fresh) {
    let store = database.connect().await;
    assert!(matches!(store.ready().await, Err(StoreError::Driver(_))));
    store.migrate().await.unwrap();
    store.ready().await.unwrap();
}

pub(crate) async fn clones_and_second_connections_see_the_same_records(database: Fresh) {
    let store = database.store().await;
    let workspace_id = Records::new().stored_workspace(&store.clone()).await;
    let other = database.connect().await;
    assert!(other.workspaces().get(workspace_id).await.unwrap().is_some());
}
