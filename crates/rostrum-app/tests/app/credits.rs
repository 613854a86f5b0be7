//! Credits that were set aside.

use rostrum_model::clock::Clock;
use rostrum_model::credits::{CreditEntry, Credits, EntryKind, Price};
use rostrum_model::event::{EndpointDisabled, Event, EventData};
use rostrum_model::ids::{CreditEntryId, EventId, VideoId, WebhookEndpointId};
use rostrum_model::picture::Size;
use rostrum_model::video::{Callback, Failure, Video, VideoOutput, VideoSpec, VideoState};
use rostrum_store::Paid;

use crate::world::World;

const PRICE: Price = Price { fixed: Credits::ZERO, per_s: Credits::from_micro(100_000) };

/// A video that waits, and for which 1 credit is set aside.
async fn waiting(world: &World) -> VideoId {
    let backends = &world.backends;
    let id = VideoId::generate(&*backends.clock, &*backends.chance);
    let entry = CreditEntry {
        id: CreditEntryId::generate(&*backends.clock, &*backends.chance),
        workspace_id: world.workspace_id,
        kind: EntryKind::Reserve(PRICE),
        subject: id.to_string(),
        amount: Credits::new(-1.0),
        created_at: world.clock.now(),
    };
    let video = Video {
        id,
        workspace_id: world.workspace_id,
        title: None,
        spec: VideoSpec::new(Size { width: 1280, height: 720 }, Vec::new()),
        state: VideoState::Pending,
        folder_id: None,
        callback: Callback::default(),
        progress: 0.0,
        progressed_at: None,
        created_at: world.clock.now(),
    };
    assert_eq!(backends.store.videos().add_paid(&video, &entry).await.unwrap(), Paid::Yes);
    id
}

#[tokio::test]
async fn what_is_set_aside_is_settled_with_the_end_of_a_video_and_comes_back_when_it_is_deleted() {
    let world = World::new().await;
    let backends = &world.backends;
    backends.grant(world.workspace_id, Credits::new(10.0)).await.unwrap();
    let balance = || async { backends.account(world.workspace_id).await.unwrap().balance };
    let [made, spoiled, deleted] = [waiting(&world).await, waiting(&world).await, waiting(&world).await];
    waiting(&world).await;
    assert_eq!(balance().await, Credits::new(6.0));
    assert!(world.app.delete_video(world.workspace_id, deleted).await.unwrap());
    assert_eq!(balance().await, Credits::new(7.0));

    let now = world.clock.now();
    let output = VideoOutput {
        video_key: "videos/x".to_owned(),
        thumbnail_key: "videos/y".to_owned(),
        gif_key: None,
        captioned_key: None,
        subtitle_key: None,
        vtt_key: None,
        size: Size { width: 1280, height: 720 },
    };
    let completed = VideoState::Completed { completed_at: now, duration_s: 12.5, output };
    let failure = Failure { code: "x".to_owned(), message: "y".to_owned() };
    let failed = VideoState::Failed { failed_at: now, failure };
    for (id, end) in [(made, completed), (spoiled, failed)] {
        let data = EventData::EndpointDisabled(EndpointDisabled {
            endpoint_id: WebhookEndpointId::generate(&*backends.clock, &*backends.chance),
            url: "https://example.org".to_owned(),
            msg: "x".to_owned(),
        });
        let event_id = EventId::generate(&*backends.clock, &*backends.chance);
        let event = Event { id: event_id, workspace_id: world.workspace_id, data, created_at: now };
        let videos = backends.store.videos();
        assert!(videos.finish(id, &VideoState::Pending, &end, &event, None).await.unwrap());
    }
    assert_eq!(balance().await, Credits::new(10.0 - 1.25 - 1.0));
    // Nothing comes back twice, and what was made is paid for also when it is gone.
    for id in [made, spoiled] {
        assert!(world.app.delete_video(world.workspace_id, id).await.unwrap());
    }
    assert_eq!(balance().await, Credits::new(10.0 - 1.25 - 1.0));
}
