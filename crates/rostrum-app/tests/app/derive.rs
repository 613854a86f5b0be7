//! Looking into assets: once per content, one event per asset, also after crashes.

use std::time::Duration;

use futures::TryStreamExt;
use rostrum_app::assets::content_key;
use rostrum_blob::BlobKey;
use rostrum_jobs::JobStatus;
use rostrum_model::asset::{Asset, ContentHash};
use rostrum_model::event::{Event, EventType};
use rostrum_model::ids::AssetId;
use rostrum_model::picture::Size;
use rostrum_model::processing::Processing;
use rostrum_store::EventFilter;

use crate::world::{PNG, World};

impl World {
    /// The asset after its job.
    async fn done(&self, id: AssetId) -> Asset {
        let ended = self.jobs.wait(&id.to_string(), Duration::from_mins(1)).await.unwrap();
        assert!(!matches!(ended, JobStatus::Running));
        self.app.asset(self.workspace_id, id).await.unwrap().unwrap()
    }

    async fn events(&self) -> Vec<Event> {
        self.backends.store.events().list(self.workspace_id, EventFilter::default(), 100, None).await.unwrap()
    }

    /// A record of the same content, as it is when the server is killed before its job is started.
    async fn record_without_job(&self, like: &Asset) -> AssetId {
        let id = AssetId::generate(&*self.backends.clock, &*self.backends.chance);
        let asset = Asset { id, processing: Processing::Pending, ..like.clone() };
        self.backends.store.assets().add(&asset).await.unwrap();
        id
    }

    async fn derived(&self) -> usize {
        let folder = BlobKey::new("derived").unwrap();
        self.backends.blobs.list(Some(&folder)).try_collect::<Vec<_>>().await.unwrap().len()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_asset_becomes_ready_with_one_event_however_often_its_job_runs() {
    let world = World::new().await;
    let asset = world.upload("me.png", PNG).await;
    let ready = world.done(asset.id).await;
    let facts = ready.processing.facts().unwrap();
    assert_eq!(facts.shown_size, Some(Size { width: 1, height: 1 }));
    assert!(world.app.derived_file(asset.id, "thumbnail.jpg").await.unwrap().is_some());
    assert!(world.app.derived_file(asset.id, "waveform.json").await.unwrap().is_none());

    // As after a crash between the record and the job's own end.
    world.jobs.forget_ended_before(u64::MAX / 2).await.unwrap();
    world.jobs.start("derive_asset", &asset.id.to_string(), serde_json::Value::Null).await.unwrap();
    assert_eq!(world.done(asset.id).await, ready);
    let events = world.events().await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].data.event_type(), EventType::AssetReady);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_made_before_a_crash_is_found_by_the_job_that_the_sweep_starts() {
    let world = World::new().await;
    let first = world.upload("me.png", PNG).await;
    let ready = world.done(first.id).await;
    let second = world.record_without_job(&first).await;
    // Without its bytes the content cannot be looked into again.
    world.backends.blobs.delete(&content_key(&first.content_hash)).await.unwrap();
    assert_eq!(world.app.sweep_pending_assets().await.unwrap(), 1);
    assert_eq!(world.done(second).await.processing, ready.processing);
    assert_eq!((world.events().await.len(), world.derived().await), (2, 2));
    assert_eq!(world.app.sweep_pending_assets().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_made_goes_with_the_last_asset() {
    let world = World::new().await;
    let (one, two) = (world.upload("me.png", PNG).await, world.upload("me.png", PNG).await);
    world.done(one.id).await;
    world.done(two.id).await;
    world.app.delete_asset(world.workspace_id, one.id).await.unwrap();
    assert_eq!(world.derived().await, 2);
    world.app.delete_asset(world.workspace_id, two.id).await.unwrap();
    assert_eq!(world.derived().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_cannot_be_reached_fails_its_asset_after_some_tries() {
    let world = World::new().await;
    let first = world.upload("me.png", PNG).await;
    world.done(first.id).await;
    let lost = Asset { content_hash: ContentHash([9; 32]), ..first };
    let id = world.record_without_job(&lost).await;
    world.app.sweep_pending_assets().await.unwrap();
    let Processing::Failed(failure) = world.done(id).await.processing else { panic!("it is not failed") };
    assert_eq!(failure.code, "processing_failed");
    assert_eq!(world.events().await[0].data.event_type(), EventType::AssetFailed);
}
