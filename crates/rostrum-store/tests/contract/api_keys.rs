//! Keys that let callers in.

use chrono::TimeDelta;
use rostrum_model::workspace::NewApiKey;
use rostrum_store::{StoreError, TOUCH_RESOLUTION};

use crate::database::Fresh;
use crate::records::{Records, at};

pub(crate) async fn a_key_opens_its_workspace_until_revoked(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace_id = records.stored_workspace(&store).await;
    let (key, other) = (records.api_key(workspace_id, "ci"), records.api_key(workspace_id, "laptop"));
    store.api_keys().add(&key).await.unwrap();
    store.api_keys().add(&other).await.unwrap();
    assert_eq!(
        store.api_keys().workspace_by_hash(&key.key_hash).await.unwrap(),
        Some((key.id, workspace_id))
    );
    assert_eq!(store.api_keys().workspace_by_hash(&[0xee; 32]).await.unwrap(), None);

    assert!(store.api_keys().revoke(workspace_id, key.id, at(60)).await.unwrap());
    assert_eq!(store.api_keys().workspace_by_hash(&key.key_hash).await.unwrap(), None);
    assert!(store.api_keys().workspace_by_hash(&other.key_hash).await.unwrap().is_some());
}

pub(crate) async fn a_hash_can_be_added_only_once(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace_id = records.stored_workspace(&store).await;
    let key = records.api_key(workspace_id, "one");
    store.api_keys().add(&key).await.unwrap();
    let same = NewApiKey { key_hash: key.key_hash, ..records.api_key(workspace_id, "two") };
    assert!(matches!(store.api_keys().add(&same).await, Err(StoreError::Conflict(_))));
}

pub(crate) async fn a_key_needs_its_workspace(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let missing = records.workspace("never added");
    let key = records.api_key(missing.id, "lost");
    assert!(matches!(store.api_keys().add(&key).await, Err(StoreError::Conflict(_))));
}

pub(crate) async fn keys_are_listed_newest_first_and_only_to_their_workspace(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (mine, theirs) = (records.stored_workspace(&store).await, records.stored_workspace(&store).await);
    for (workspace_id, label) in [(mine, "first"), (theirs, "foreign"), (mine, "second")] {
        store.api_keys().add(&records.api_key(workspace_id, label)).await.unwrap();
    }
    let keys = store.api_keys().list(mine).await.unwrap();
    assert_eq!(keys.iter().map(|key| key.label.as_str()).collect::<Vec<_>>(), ["second", "first"]);
    assert!(keys.iter().all(|key| key.workspace_id == mine && key.revoked_at.is_none()));
}

pub(crate) async fn revoking_twice_keeps_the_first_instant(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace_id = records.stored_workspace(&store).await;
    let key = records.api_key(workspace_id, "ci");
    store.api_keys().add(&key).await.unwrap();
    assert!(store.api_keys().revoke(workspace_id, key.id, at(60)).await.unwrap());
    assert!(store.api_keys().revoke(workspace_id, key.id, at(90)).await.unwrap());
    assert_eq!(store.api_keys().list(workspace_id).await.unwrap()[0].revoked_at, Some(at(60)));
}

pub(crate) async fn another_workspace_cannot_revoke(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (mine, theirs) = (records.stored_workspace(&store).await, records.stored_workspace(&store).await);
    let key = records.api_key(mine, "ci");
    store.api_keys().add(&key).await.unwrap();
    assert!(!store.api_keys().revoke(theirs, key.id, at(60)).await.unwrap());
    assert!(store.api_keys().workspace_by_hash(&key.key_hash).await.unwrap().is_some());
}

pub(crate) async fn a_last_use_is_written_at_most_once_a_minute_and_never_goes_back(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace_id = records.stored_workspace(&store).await;
    let key = records.api_key(workspace_id, "ci");
    store.api_keys().add(&key).await.unwrap();
    let minute_later = at(100) + TOUCH_RESOLUTION;
    for (now, noted) in [
        (at(100), at(100)),
        (minute_later - TimeDelta::seconds(1), at(100)),
        (minute_later, minute_later),
        (at(100), minute_later),
    ] {
        store.api_keys().touch(key.id, now).await.unwrap();
        assert_eq!(store.api_keys().list(workspace_id).await.unwrap()[0].last_used_at, Some(noted));
    }
}
