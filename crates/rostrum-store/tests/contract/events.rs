//! The end of looking into an asset, and the event that tells of it.

use rostrum_model::asset::Asset;
use rostrum_model::event::{AssetFailed, Event, EventData, EventType};
use rostrum_model::picture::Size;
use rostrum_model::processing::{MediaFacts, Processing, ThumbnailType};
use rostrum_model::video::Failure;
use rostrum_store::{EventCursor, EventFilter, Store, StoreError};

use crate::database::Fresh;
use crate::records::Records;

fn ready() -> Processing {
    Processing::Ready(Box::new(MediaFacts {
        duration_ms: Some(1500),
        shown_size: Some(Size { width: 3000, height: 4000 }),
        rotation_degrees: Some(90),
        video_codec: Some("h264".to_owned()),
        frames_per_1000_s: Some(29_970),
        thumbnail: Some(ThumbnailType::Png),
        ..MediaFacts::default()
    }))
}

fn failed() -> Processing {
    Processing::Failed(Failure { code: "file_unusable".to_owned(), message: "Cut 'off'.".to_owned() })
}

async fn stored_asset(store: &Store, records: &Records) -> Asset {
    let asset = records.asset(records.stored_workspace(store).await);
    store.assets().add(&asset).await.unwrap();
    asset
}

async fn events(store: &Store, asset: &Asset) -> Vec<Event> {
    store.events().list(asset.workspace_id, EventFilter::default(), 10, None).await.unwrap()
}

pub(crate) async fn an_asset_ends_being_pending_once_and_with_one_event(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let asset = stored_asset(&store, &records).await;
    let (first, second) = (records.ready_event(&asset), records.ready_event(&asset));
    assert!(store.assets().finish_processing(asset.id, &ready(), &first).await.unwrap());
    assert!(!store.assets().finish_processing(asset.id, &failed(), &second).await.unwrap());
    let stored = store.assets().get(asset.workspace_id, asset.id).await.unwrap();
    assert_eq!(stored, Some(Asset { processing: ready(), ..asset.clone() }));
    assert_eq!(events(&store, &asset).await, [first]);
}

pub(crate) async fn of_many_workers_one_ends_it(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let asset = stored_asset(&store, &records).await;
    let workers: Vec<_> = (0..8)
        .map(|_| {
            let (store, event) = (store.clone(), records.ready_event(&asset));
            tokio::spawn(async move { store.assets().finish_processing(asset.id, &ready(), &event).await })
        })
        .collect();
    let mut winners = 0;
    for worker in workers {
        winners += usize::from(worker.await.unwrap().unwrap());
    }
    assert_eq!((winners, events(&store, &asset).await.len()), (1, 1));
}

pub(crate) async fn an_asset_that_cannot_be_decoded_says_why(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let asset = stored_asset(&store, &records).await;
    let data = EventData::AssetFailed(AssetFailed {
        asset_id: asset.id,
        name: asset.name.clone(),
        code: "file_unusable".to_owned(),
        msg: "Cut 'off'.".to_owned(),
    });
    let event = Event { data, ..records.ready_event(&asset) };
    assert!(store.assets().finish_processing(asset.id, &failed(), &event).await.unwrap());
    let stored = store.assets().get_public(asset.id).await.unwrap().unwrap();
    assert_eq!(stored.processing, failed());
    assert_eq!(events(&store, &asset).await, [event]);
}

pub(crate) async fn pending_assets_are_listed_oldest_first(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (old, done, new) = (
        stored_asset(&store, &records).await,
        stored_asset(&store, &records).await,
        stored_asset(&store, &records).await,
    );
    store.assets().finish_processing(done.id, &ready(), &records.ready_event(&done)).await.unwrap();
    assert_eq!(store.assets().pending(10).await.unwrap(), [old.id, new.id]);
    assert_eq!(store.assets().pending(1).await.unwrap(), [old.id]);
}

pub(crate) async fn events_are_listed_newest_first_by_type_and_only_to_their_workspace(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let theirs = stored_asset(&store, &records).await;
    store.assets().finish_processing(theirs.id, &ready(), &records.ready_event(&theirs)).await.unwrap();
    let first = stored_asset(&store, &records).await;
    let mut newest_first = Vec::new();
    for number in 0..4 {
        let asset = records.asset(first.workspace_id);
        store.assets().add(&asset).await.unwrap();
        let mut event = records.ready_event(&asset);
        if number == 2 {
            event.data = EventData::AssetFailed(AssetFailed {
                asset_id: asset.id,
                name: String::new(),
                code: String::new(),
                msg: String::new(),
            });
        }
        store.assets().finish_processing(asset.id, &ready(), &event).await.unwrap();
        newest_first.insert(0, event);
    }
    let events = store.events();
    let list = |event_type, limit, after| {
        let which = EventFilter { event_type, ..EventFilter::default() };
        events.list(first.workspace_id, which, limit, after)
    };
    assert_eq!(list(None, 10, None).await.unwrap(), newest_first);
    let after = Some(EventCursor::after(&newest_first[1]));
    assert_eq!(list(None, 1, after).await.unwrap(), newest_first[2..3]);
    assert_eq!(list(Some(EventType::AssetFailed), 10, None).await.unwrap(), newest_first[1..2]);
    assert_eq!(list(Some(EventType::AssetReady), 10, None).await.unwrap().len(), 3);
}

pub(crate) async fn without_its_event_nothing_changes(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (one, other) = (stored_asset(&store, &records).await, stored_asset(&store, &records).await);
    let event = records.ready_event(&one);
    store.assets().finish_processing(one.id, &ready(), &event).await.unwrap();
    // The id of the event is taken.
    let again = store.assets().finish_processing(other.id, &ready(), &event).await;
    assert!(matches!(again, Err(StoreError::Conflict(_))));
    assert_eq!(store.assets().get_public(other.id).await.unwrap().unwrap().processing, Processing::Pending);
}
