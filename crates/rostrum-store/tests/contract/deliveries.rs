//! The ends of videos with the events that tell of them, and their deliveries.

use rostrum_model::delivery::{Answer, Delivery, DeliveryState};
use rostrum_model::event::{Event, EventData, VideoCompleted};
use rostrum_model::video::{Video, VideoState};
use rostrum_store::{EventFilter, Store, StoreError};

use crate::database::Fresh;
use crate::records::{Records, at, completed, failed, processing};

/// A video in work, with the event of its end and the delivery of that.
async fn in_work(store: &Store, records: &Records) -> (Video, Event, Delivery) {
    let video = Video { state: processing(1), ..records.video(records.stored_workspace(store).await, None) };
    store.videos().add(&video).await.unwrap();
    let data = EventData::VideoCompleted(VideoCompleted {
        video_id: video.id,
        title: None,
        duration: 2.5,
        folder_id: video.folder_id,
        callback_id: Some("mine".to_owned()),
    });
    let event = records.event(video.workspace_id, data);
    let delivery = records.delivery(&event);
    (video, event, delivery)
}

pub(crate) async fn a_video_ends_once_with_its_event_and_its_delivery(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (video, event, delivery) = in_work(&store, &records).await;
    let (other_event, videos) = (records.event(video.workspace_id, event.data.clone()), store.videos());
    assert!(videos.finish(video.id, &video.state, &completed(9), &event, Some(&delivery)).await.unwrap());
    assert!(!videos.finish(video.id, &video.state, &failed(9), &other_event, None).await.unwrap());
    let ended = videos.get_any(video.id).await.unwrap().unwrap();
    assert_eq!(ended.state, completed(9));
    let told = store.events().list(video.workspace_id, EventFilter::default(), 10, None).await.unwrap();
    assert_eq!(told, std::slice::from_ref(&event));
    assert_eq!(store.events().get(video.workspace_id, event.id).await.unwrap(), Some(event));
    assert_eq!(store.events().get(video.workspace_id, other_event.id).await.unwrap(), None);
    assert_eq!(store.deliveries().due(at(100), 10).await.unwrap(), [delivery]);
}

pub(crate) async fn without_its_delivery_a_video_does_not_end(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (one, event, delivery) = in_work(&store, &records).await;
    let (other, second, _) = in_work(&store, &records).await;
    store.videos().finish(one.id, &one.state, &completed(9), &event, Some(&delivery)).await.unwrap();
    // The id of the delivery is taken.
    let again = store.videos().finish(other.id, &other.state, &completed(9), &second, Some(&delivery)).await;
    assert!(matches!(again, Err(StoreError::Conflict(_))));
    let kept = store.videos().get_any(other.id).await.unwrap().unwrap();
    assert!(matches!(kept.state, VideoState::Processing { .. }));
    assert_eq!(store.events().get(other.workspace_id, second.id).await.unwrap(), None);
}

pub(crate) async fn deliveries_are_due_in_their_order_until_they_end(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let mut waiting = Vec::new();
    for due_s in [30, 10, 20] {
        let (video, event, delivery) = in_work(&store, &records).await;
        let delivery = Delivery { state: DeliveryState::Due(at(due_s)), ..delivery };
        store.videos().finish(video.id, &video.state, &completed(9), &event, Some(&delivery)).await.unwrap();
        waiting.push(delivery);
    }
    let deliveries = store.deliveries();
    let due = |now, limit| deliveries.due(at(now), limit);
    assert_eq!(due(9, 10).await.unwrap(), []);
    assert_eq!(due(20, 10).await.unwrap(), [waiting[1].clone(), waiting[2].clone()]);
    assert_eq!(due(99, 1).await.unwrap(), [waiting[1].clone()]);

    let answer = |status| Answer { status, latency_ms: 12, body: "No 'room'.".to_owned() };
    let refused = waiting[1].attempted(at(20), Ok(answer(500)), 0.0);
    deliveries.update(&refused).await.unwrap();
    assert_eq!(due(24, 10).await.unwrap(), [waiting[2].clone()]);
    assert_eq!(due(30, 10).await.unwrap()[1..], [refused.clone(), waiting[0].clone()]);
    deliveries.update(&waiting[2].attempted(at(31), Ok(answer(200)), 0.0)).await.unwrap();
    assert_eq!(due(99, 10).await.unwrap().len(), 2);
    let (mine, event) = (refused.workspace_id, refused.event_id);
    assert_eq!(deliveries.of_event(mine, event).await.unwrap(), [refused]);
    assert_eq!(deliveries.of_event(waiting[0].workspace_id, event).await.unwrap(), []);
}

pub(crate) async fn an_event_is_told_once_with_all_its_deliveries(database: Fresh) {
    let (store, records) = (database.store().await, Records::new());
    let (video, event, callback) = in_work(&store, &records).await;
    store.videos().finish(video.id, &video.state, &completed(9), &event, Some(&callback)).await.unwrap();
    assert_eq!(store.events().untold(10).await.unwrap(), std::slice::from_ref(&event));
    let endpoint = records.endpoint(video.workspace_id);
    let to_endpoint = || Delivery { endpoint_id: Some(endpoint.id), ..records.delivery(&event) };
    let told = [to_endpoint(), to_endpoint()];
    assert!(store.events().tell(event.id, &told).await.unwrap());
    assert!(!store.events().tell(event.id, &[to_endpoint()]).await.unwrap());
    assert_eq!(store.events().untold(10).await.unwrap(), []);
    let deliveries = store.deliveries().of_event(video.workspace_id, event.id).await.unwrap();
    assert_eq!(deliveries, [callback, told[0].clone(), told[1].clone()]);
    let again = to_endpoint();
    store.deliveries().add(std::slice::from_ref(&again)).await.unwrap();
    store.deliveries().add(&[]).await.unwrap();
    assert_eq!(store.deliveries().due(at(100), 10).await.unwrap().last(), Some(&again));
}
