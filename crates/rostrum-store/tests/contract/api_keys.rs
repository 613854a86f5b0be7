//! Keys that let callers in.

use chrono::TimeDelta;
use rostrum_model::scope::Scopes;
use rostrum_model::workspace::{NewApiKey, Opened};
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
        store.api_keys().opened_by(&key.key_hash, at(0)).await.unwrap(),
        Some(Opened { key_id: key.id, workspace_id, scopes: Scopes::default() })
    );
    assert_eq!(store.api_keys().opened_by(&[0xee; 32], at(100)).await.unwrap(), None);

    assert!(store.api_keys().revoke(workspace_id, key.id, at(60)).await.unwrap());
    assert_eq!(store.api_keys().opened_by(&key.key_hash, at(100)).await.unwrap(), None);
    assert!(store.api_keys().opened_by(&other.key_hash, at(100)).await.unwrap().is_some());
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
    assert!(store.api_keys().opened_by(&key.key_hash, at(100)).await.unwrap().is_some());
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

pub(crate) async fn a_replaced_key_is_good_until_its_end_and_the_new_one_at_once(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (mine, theirs) = (records.stored_workspace(&store).await, records.stored_workspace(&store).await);
    let scopes: Scopes = "videos:read assets:write".parse().unwrap();
    let old = NewApiKey { scopes: scopes.clone(), ..records.api_key(mine, "ci") };
    store.api_keys().add(&old).await.unwrap();
    assert!(!store.api_keys().replace(old.id, &records.api_key(theirs, "ci"), at(50)).await.unwrap());

    let new = NewApiKey { scopes: scopes.clone(), ..records.api_key(mine, "ci") };
    assert!(store.api_keys().replace(old.id, &new, at(50)).await.unwrap());
    let opened = async |key: &NewApiKey, now| store.api_keys().opened_by(&key.key_hash, now).await.unwrap();
    assert_eq!(opened(&old, at(49)).await.unwrap().scopes, scopes);
    assert_eq!(opened(&old, at(50)).await, None);
    assert_eq!(opened(&new, at(50)).await, Some(Opened { key_id: new.id, workspace_id: mine, scopes }));

    // Nothing makes it live longer.
    assert!(store.api_keys().replace(old.id, &records.api_key(mine, "ci"), at(90)).await.unwrap());
    assert_eq!(opened(&old, at(60)).await, None);
    assert!(store.api_keys().replace(old.id, &records.api_key(mine, "ci"), at(10)).await.unwrap());
    assert_eq!(opened(&old, at(10)).await, None);

    assert!(store.api_keys().revoke(mine, new.id, at(60)).await.unwrap());
    assert!(!store.api_keys().replace(new.id, &records.api_key(mine, "ci"), at(90)).await.unwrap());
    assert_eq!(store.api_keys().list(mine).await.unwrap().len(), 4);
    assert!(store.api_keys().list(theirs).await.unwrap().is_empty());
}
