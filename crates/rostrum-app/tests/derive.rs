//! Looking into assets: once per content, one event per asset, also after crashes.
#![expect(clippy::unwrap_used, reason = "tests, of which clippy knows only the marked functions")]

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use bytes::Bytes;
use chrono::DateTime;
use futures::{TryStreamExt, stream};
use rostrum_app::assets::content_key;
use rostrum_app::backends::{FrameCounts, Limits};
use rostrum_app::contents::ContentLocks;
use rostrum_app::engines::Engines;
use rostrum_app::fetch::{FetchSettings, Fetcher, SystemNames};
use rostrum_app::{App, Backends, jobs};
use rostrum_blob::{BlobKey, LocalBlobs};
use rostrum_jobs::{JobOptions, JobStatus, Jobs};
use rostrum_media::Ffmpeg;
use rostrum_model::asset::Asset;
use rostrum_model::clock::{Chance, ManualClock};
use rostrum_model::event::{Event, EventType};
use rostrum_model::ids::{AssetId, WorkspaceId};
use rostrum_model::picture::Size;
use rostrum_model::processing::Processing;
use rostrum_store::Store;
use tempfile::TempDir;

/// A PNG of one grey pixel.
const PNG: &[u8] =
    b"\x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00\x0d\x49\x48\x44\x52\x00\x00\x00\x01\x00\x00\x00\x01\
      \x08\x00\x00\x00\x00\x3a\x7e\x9b\x55\x00\x00\x00\x0a\x49\x44\x41\x54\x78\xda\x63\xa8\x07\x00\x00\
      \x81\x00\x80\x7e\x1c\x29\xc7\x00\x00\x00\x00\x49\x45\x4e\x44\xae\x42\x60\x82";

/// Counts, so that ids differ.
struct Counting(AtomicU8);

impl Chance for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

/// A product on an empty folder.
struct World {
    app: App,
    backends: Arc<Backends>,
    jobs: Arc<Jobs>,
    workspace_id: WorkspaceId,
    _folder: TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::connect(&format!("sqlite:{}", folder.path().join("db").display())).await.unwrap();
        store.migrate().await.unwrap();
        let backends = Arc::new(Backends {
            store,
            blobs: Arc::new(LocalBlobs::new(folder.path()).unwrap()),
            clock: Arc::new(ManualClock::new(DateTime::from_timestamp(1_800_000_000, 0).unwrap())),
            chance: Arc::new(Counting(AtomicU8::new(0))),
            engines: Engines::new(PathBuf::from("/nonexistent"), 1),
            ffmpeg: Ffmpeg::locate(&std::env::var_os("PATH").unwrap()).unwrap(),
            poppler: None,
            work_dir: folder.path().to_owned(),
            frames_drawn: FrameCounts::default(),
            contents: ContentLocks::default(),
            fetcher: Fetcher::new(FetchSettings::default(), Arc::new(SystemNames)),
            limits: Limits::default(),
        });
        let pipelines = jobs::pipelines(&backends);
        let options = JobOptions { retry_delays: vec![Duration::from_millis(1)], ..JobOptions::default() };
        let jobs = Jobs::open(&folder.path().join("jobs.db"), pipelines, options).await.unwrap();
        let jobs = Arc::new(jobs);
        let workspace_id = backends.first_workspace().await.unwrap().id;
        let app = App::new(Arc::clone(&backends), Arc::clone(&jobs));
        Self { app, backends, jobs, workspace_id, _folder: folder }
    }

    async fn upload(&self, bytes: &[u8]) -> Asset {
        let body = stream::iter([Ok::<_, Infallible>(Bytes::copy_from_slice(bytes))]);
        self.app.upload_asset(self.workspace_id, Some("me.png"), body).await.unwrap()
    }

    /// The asset after its job.
    async fn done(&self, id: AssetId) -> Asset {
        let ended = self.jobs.wait(&id.to_string(), Duration::from_mins(1)).await.unwrap();
        assert!(!matches!(ended, JobStatus::Running));
        self.app.asset(self.workspace_id, id).await.unwrap().unwrap()
    }

    async fn events(&self) -> Vec<Event> {
        self.backends.store.events().list(self.workspace_id, None, 100, None).await.unwrap()
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
    let asset = world.upload(PNG).await;
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
    let first = world.upload(PNG).await;
    let ready = world.done(first.id).await;
    let second = world.record_without_job(&first).await;
    // Without its bytes the content cannot be looked into again.
    world.backends.blobs.delete(&content_key(&first.content_hash)).await.unwrap();
    assert_eq!(world.app.sweep_assets().await.unwrap(), 1);
    assert_eq!(world.done(second).await.processing, ready.processing);
    assert_eq!((world.events().await.len(), world.derived().await), (2, 2));
    assert_eq!(world.app.sweep_assets().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_made_goes_with_the_last_asset() {
    let world = World::new().await;
    let (one, two) = (world.upload(PNG).await, world.upload(PNG).await);
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
    let first = world.upload(PNG).await;
    world.done(first.id).await;
    let lost = Asset { content_hash: rostrum_model::asset::ContentHash([9; 32]), ..first };
    let id = world.record_without_job(&lost).await;
    world.app.sweep_assets().await.unwrap();
    let Processing::Failed(failure) = world.done(id).await.processing else { panic!("it is not failed") };
    assert_eq!(failure.code, "processing_failed");
    assert_eq!(world.events().await[0].data.event_type(), EventType::AssetFailed);
}
