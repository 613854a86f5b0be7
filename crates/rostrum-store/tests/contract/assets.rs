//! Uploaded files.

use chrono::TimeDelta;
use rostrum_model::asset::{Asset, AssetKind, ContentHash, MediaType};
use rostrum_model::folder::InFolder;
use rostrum_model::workspace::PUBLIC_WORKSPACE;
use rostrum_store::{AssetCursor, AssetFilter, StoreError};

use crate::database::Fresh;
use crate::records::{Records, at};

pub(crate) async fn an_asset_is_read_back_as_added(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let asset = records.asset(records.stored_workspace(&store).await);
    assert_eq!(store.assets().get(asset.workspace_id, asset.id).await.unwrap(), None);
    store.assets().add(&asset).await.unwrap();
    assert_eq!(store.assets().get(asset.workspace_id, asset.id).await.unwrap(), Some(asset.clone()));
    assert_eq!(store.assets().get_public(asset.id).await.unwrap(), Some(asset.clone()));
    assert!(matches!(store.assets().add(&asset).await, Err(StoreError::Conflict(_))));
}

pub(crate) async fn every_media_type_can_be_stored(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace_id = records.stored_workspace(&store).await;
    for media_type in MediaType::ALL {
        let asset = Asset { media_type, ..records.asset(workspace_id) };
        store.assets().add(&asset).await.unwrap();
        assert_eq!(store.assets().get(workspace_id, asset.id).await.unwrap(), Some(asset));
    }
}

pub(crate) async fn instants_are_kept_to_the_microsecond(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let exact = at(0) + TimeDelta::microseconds(123_457);
    let asset = Asset {
        created_at: exact + TimeDelta::nanoseconds(999),
        ..records.asset(records.stored_workspace(&store).await)
    };
    store.assets().add(&asset).await.unwrap();
    let stored = store.assets().get(asset.workspace_id, asset.id).await.unwrap().unwrap();
    assert_eq!(stored.created_at, exact);
}

pub(crate) async fn another_workspace_sees_nothing(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (mine, theirs) = (records.stored_workspace(&store).await, records.stored_workspace(&store).await);
    let asset = records.asset(mine);
    store.assets().add(&asset).await.unwrap();
    assert_eq!(store.assets().get(theirs, asset.id).await.unwrap(), None);
    assert_eq!(store.assets().delete(theirs, asset.id).await.unwrap(), None);
    assert!(store.assets().list(theirs, &AssetFilter::default(), 10, None).await.unwrap().is_empty());
    assert!(store.assets().get(mine, asset.id).await.unwrap().is_some());
}

pub(crate) async fn public_assets_are_seen_and_kept_by_every_workspace(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mine = records.stored_workspace(&store).await;
    let asset = records.asset(PUBLIC_WORKSPACE);
    store.assets().add(&asset).await.unwrap();
    assert_eq!(store.assets().delete(mine, asset.id).await.unwrap(), None);
    assert_eq!(store.assets().get(mine, asset.id).await.unwrap(), Some(asset.clone()));
    assert_eq!(store.assets().get_many(mine, &[asset.id]).await.unwrap(), [asset]);
    assert!(store.assets().list(mine, &AssetFilter::default(), 10, None).await.unwrap().is_empty());
}

/// Instants that differ by a whole second, by a fraction, and not at all: the stored texts and ids must sort alike.
pub(crate) async fn pages_follow_each_other_without_gaps_or_repeats(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace_id = records.stored_workspace(&store).await;
    let fractions = [0, 0, 1, 1_000, 500_000, 500_001, 1_000_000, 1_000_000, 2_000_000];
    let mut newest_first: Vec<Asset> = fractions
        .map(|microseconds| Asset {
            created_at: at(0) + TimeDelta::microseconds(microseconds),
            ..records.asset(workspace_id)
        })
        .into();
    for asset in &newest_first {
        store.assets().add(asset).await.unwrap();
    }
    newest_first.reverse();

    for limit in [1, 2, 4, 20] {
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page =
                store.assets().list(workspace_id, &AssetFilter::default(), limit, after).await.unwrap();
            assert!(page.len() as u64 <= limit);
            let Some(last) = page.last() else { break };
            after = Some(AssetCursor::after(last));
            seen.extend(page);
        }
        assert_eq!(seen, newest_first, "limit {limit}");
    }
}

pub(crate) async fn a_page_may_start_after_a_deleted_asset(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace_id = records.stored_workspace(&store).await;
    let [old, middle, new] = [(); 3].map(|()| records.asset(workspace_id));
    for asset in [&old, &middle, &new] {
        store.assets().add(asset).await.unwrap();
    }
    store.assets().delete(workspace_id, middle.id).await.unwrap();
    let page = store
        .assets()
        .list(workspace_id, &AssetFilter::default(), 10, Some(AssetCursor::after(&middle)))
        .await
        .unwrap();
    assert_eq!(page, [old]);
}

pub(crate) async fn deleting_gives_the_asset_back_once(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let asset = records.asset(records.stored_workspace(&store).await);
    store.assets().add(&asset).await.unwrap();
    assert_eq!(store.assets().delete(asset.workspace_id, asset.id).await.unwrap(), Some(asset.clone()));
    assert_eq!(store.assets().delete(asset.workspace_id, asset.id).await.unwrap(), None);
    assert_eq!(store.assets().get_public(asset.id).await.unwrap(), None);
}

pub(crate) async fn assets_with_the_same_bytes_are_counted_in_all_workspaces(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (mine, theirs) = (records.stored_workspace(&store).await, records.stored_workspace(&store).await);
    let asset = records.asset(mine);
    store.assets().add(&asset).await.unwrap();
    store.assets().add(&records.asset(theirs)).await.unwrap();
    assert_eq!(store.assets().count_by_hash(&asset.content_hash).await.unwrap(), 2);
    store.assets().delete(mine, asset.id).await.unwrap();
    assert_eq!(store.assets().count_by_hash(&asset.content_hash).await.unwrap(), 1);
    assert_eq!(store.assets().count_by_hash(&ContentHash([1; 32])).await.unwrap(), 0);
    let needed = store.assets().needed_contents(&[ContentHash([1; 32]), asset.content_hash]).await.unwrap();
    assert_eq!(needed, [asset.content_hash]);
}

pub(crate) async fn an_impossible_size_is_refused(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let asset = Asset { size_bytes: u64::MAX, ..records.asset(records.stored_workspace(&store).await) };
    let refused = store.assets().add(&asset).await;
    assert!(matches!(refused, Err(StoreError::Inconsistent { table: "assets", column: "size_bytes", .. })));
}

pub(crate) async fn one_kind_can_be_listed(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace_id = records.stored_workspace(&store).await;
    for media_type in MediaType::ALL {
        store.assets().add(&Asset { media_type, ..records.asset(workspace_id) }).await.unwrap();
    }
    for kind in AssetKind::ALL {
        let listed = store
            .assets()
            .list(workspace_id, &AssetFilter::of_kind(Some(kind), InFolder::Anywhere), 100, None)
            .await
            .unwrap();
        let expected = MediaType::ALL.into_iter().filter(|media_type| media_type.kind() == kind).count();
        assert_eq!(listed.len(), expected);
        assert!(listed.iter().all(|asset| asset.media_type.kind() == kind));
    }
}

pub(crate) async fn old_assets_of_all_workspaces_are_found_page_by_page(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mut old = Vec::new();
    for minutes in [3, 1, 2, 2, 4, 5] {
        let workspace_id = records.stored_workspace(&store).await;
        let asset = Asset { created_at: at(0) + TimeDelta::minutes(minutes), ..records.asset(workspace_id) };
        store.assets().add(&asset).await.unwrap();
        old.push(asset);
    }
    old.sort_by_key(|asset| (asset.created_at, asset.id));
    old.truncate(4);
    let before = at(0) + TimeDelta::minutes(4);
    let mut found = Vec::new();
    let mut behind = None;
    loop {
        let page = store.assets().made_before(before, 3, behind).await.unwrap();
        let Some(last) = page.last() else { break };
        behind = Some(AssetCursor::after(last));
        found.extend(page);
    }
    assert_eq!(found, old);
}
