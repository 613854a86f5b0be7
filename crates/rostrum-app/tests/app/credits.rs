//! Credits that a crash left set aside.

use chrono::TimeDelta;
use rostrum_model::clock::Clock;
use rostrum_model::credits::{CreditEntry, Credits, EntryKind, Price};
use rostrum_model::ids::{CreditEntryId, VideoId};
use rostrum_model::picture::Size;
use rostrum_model::video::{Callback, Failure, Video, VideoOutput, VideoSpec, VideoState};

use crate::world::World;

const PRICE: Price = Price { fixed: Credits::ZERO, per_s: Credits::from_micro(100_000) };

/// A video for which 1 credit is set aside; its record is only there in a state.
async fn reserved(world: &World, state: Option<VideoState>) -> String {
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
    backends.store.credits().spend(&entry).await.unwrap();
    if let Some(state) = state {
        let video = Video {
            id,
            workspace_id: world.workspace_id,
            title: None,
            spec: VideoSpec::new(Size { width: 1280, height: 720 }, Vec::new()),
            state,
            folder_id: None,
            callback: Callback::default(),
            progress: 0.0,
            progressed_at: None,
            created_at: world.clock.now(),
        };
        backends.store.videos().add(&video).await.unwrap();
    }
    id.to_string()
}

#[tokio::test]
async fn what_a_crash_left_unsettled_is_settled_as_the_videos_ended() {
    let world = World::new().await;
    let backends = &world.backends;
    backends.grant(world.workspace_id, Credits::new(10.0)).await.unwrap();
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
    for state in [None, Some(completed), Some(failed), Some(VideoState::Pending)] {
        reserved(&world, state).await;
    }
    let balance = || async { backends.account(world.workspace_id).await.unwrap().balance };
    assert_eq!(balance().await, Credits::new(6.0));
    // While the server runs, a video may be just on its way to its record.
    assert_eq!(world.app.settle_ended(false).await.unwrap(), 0);
    world.clock.advance(TimeDelta::hours(1));
    assert_eq!(world.app.settle_ended(false).await.unwrap(), 3);
    assert_eq!(balance().await, Credits::new(10.0 - 1.25 - 1.0));
    assert_eq!(world.app.settle_ended(true).await.unwrap(), 0);
    reserved(&world, None).await;
    assert_eq!(world.app.settle_ended(true).await.unwrap(), 1);
    assert_eq!(balance().await, Credits::new(10.0 - 1.25 - 1.0));
}
