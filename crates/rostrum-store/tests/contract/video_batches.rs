//! Videos that are asked for together.

use rostrum_model::batch::{BatchItem, ItemFault, ItemOutcome, VideoBatch};
use rostrum_model::event::{BatchFinished, EventData};
use rostrum_model::ids::WorkspaceId;
use rostrum_store::{EventFilter, Store};

use crate::database::Fresh;
use crate::records::{Records, at};

async fn stored(store: &Store, records: &Records, workspace_id: WorkspaceId) -> (VideoBatch, Vec<BatchItem>) {
    let (batch, items) = records.video_batch(workspace_id, 3);
    store.video_batches().add(&batch, &items).await.unwrap();
    (batch, items)
}

pub(crate) async fn a_batch_is_read_back_as_added_and_only_by_its_workspace(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace_id = records.stored_workspace(&store).await;
    let (batch, items) = stored(&store, &records, workspace_id).await;
    let batches = store.video_batches();
    assert_eq!(batches.get(workspace_id, batch.id).await.unwrap(), Some(batch.clone()));
    assert_eq!(batches.items(batch.id).await.unwrap(), items);
    let theirs = records.stored_workspace(&store).await;
    assert_eq!(batches.get(theirs, batch.id).await.unwrap(), None);
}

pub(crate) async fn an_item_is_decided_once_and_its_request_forgotten(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace_id = records.stored_workspace(&store).await;
    let (batch, items) = stored(&store, &records, workspace_id).await;
    let batches = store.video_batches();
    let fault =
        ItemFault { code: "x".to_owned(), message: "'é'".to_owned(), param: Some("a[0].b".to_owned()) };
    let refused = ItemOutcome::Refused(fault);
    assert!(batches.decide(&items[1], &refused).await.unwrap());
    assert!(!batches.decide(&items[1], &ItemOutcome::Accepted).await.unwrap());
    assert!(batches.decide(&items[2], &ItemOutcome::Accepted).await.unwrap());
    let kept = batches.items(batch.id).await.unwrap();
    let outcomes: Vec<_> = kept.iter().map(|item| item.outcome.clone()).collect();
    assert_eq!(outcomes, [ItemOutcome::Queued, refused, ItemOutcome::Accepted]);
    let bodies: Vec<_> = kept.iter().map(|item| item.body.is_empty()).collect();
    assert_eq!(bodies, [false, true, true]);
}

pub(crate) async fn a_batch_ends_once_with_its_event(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let workspace_id = records.stored_workspace(&store).await;
    let (first, _) = stored(&store, &records, workspace_id).await;
    let (second, _) = stored(&store, &records, workspace_id).await;
    let batches = store.video_batches();
    let ids = |batches: Vec<VideoBatch>| batches.into_iter().map(|batch| batch.id).collect::<Vec<_>>();
    assert_eq!(ids(batches.unfinished(10).await.unwrap()), [first.id, second.id]);
    let event = || {
        let counts = [("failed".to_owned(), 3)].into();
        let data = EventData::BatchFinished(BatchFinished {
            batch_id: first.id,
            title: None,
            status: "failed".to_owned(),
            total_items: 3,
            counts_by_status: counts,
        });
        records.event(workspace_id, data)
    };
    let (told, again) = (event(), event());
    let delivery = records.delivery(&told);
    assert!(batches.finish(first.id, at(50), &told, Some(&delivery)).await.unwrap());
    assert!(!batches.finish(first.id, at(60), &again, None).await.unwrap());
    let kept = batches.get(workspace_id, first.id).await.unwrap().unwrap();
    assert_eq!(kept.finished_at, Some(at(50)));
    assert_eq!(ids(batches.unfinished(10).await.unwrap()), [second.id]);
    assert_eq!(store.events().list(workspace_id, EventFilter::default(), 10, None).await.unwrap(), [told]);
    assert_eq!(store.deliveries().due(at(99), 10).await.unwrap(), [delivery]);
}
