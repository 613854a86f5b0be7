//! What happens to uploads as time goes by.
#![expect(clippy::unwrap_used, reason = "tests, of which clippy knows only the marked functions")]

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta};
use futures::{TryStreamExt, stream};
use rostrum_app::backends::{FrameCounts, Limits};
use rostrum_app::contents::ContentLocks;
use rostrum_app::engines::Engines;
use rostrum_app::fetch::{FetchSettings, Fetcher, SystemNames};
use rostrum_app::uploads::{
    AppendError, KEEP_EXPIRED, Part, Progress, RESUMABLE_LIFETIME, ReceiveError, Reception, Ticket,
    URL_LIFETIME, UrlError,
};
use rostrum_app::{App, Backends, jobs};
use rostrum_blob::{LocalBlobs, StoredBlob};
use rostrum_jobs::{JobOptions, Jobs};
use rostrum_media::Ffmpeg;
use rostrum_model::asset::MediaType;
use rostrum_model::clock::{Chance, Clock, ManualClock};
use rostrum_model::ids::WorkspaceId;
use rostrum_model::upload::{Announced, Upload};
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

/// A product on an empty folder, with a clock that is moved by hand.
struct World {
    app: App,
    backends: Arc<Backends>,
    clock: Arc<ManualClock>,
    workspace_id: WorkspaceId,
    _folder: TempDir,
}

fn png() -> Announced {
    Announced {
        name: "me.png".to_owned(),
        media_type: MediaType::Png,
        size_bytes: Some(PNG.len() as u64),
        checksum: None,
    }
}

impl World {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(ManualClock::new(DateTime::from_timestamp(1_800_000_000, 0).unwrap()));
        let store = Store::connect(&format!("sqlite:{}", folder.path().join("db").display())).await.unwrap();
        store.migrate().await.unwrap();
        let backends = Arc::new(Backends {
            store,
            blobs: Arc::new(LocalBlobs::new(folder.path()).unwrap()),
            clock: clock.clone(),
            chance: Arc::new(Counting(AtomicU8::new(0))),
            engines: Engines::new(PathBuf::from("/nonexistent"), 1),
            ffmpeg: Ffmpeg { ffmpeg: "ffmpeg".into(), ffprobe: "ffprobe".into() },
            poppler: None,
            work_dir: folder.path().to_owned(),
            frames_drawn: FrameCounts::default(),
            contents: ContentLocks::default(),
            fetcher: Fetcher::new(FetchSettings::default(), Arc::new(SystemNames)),
            limits: Limits { max_upload_bytes: 1_000_000 },
        });
        let pipelines = jobs::pipelines(&backends);
        let jobs =
            Jobs::open(&folder.path().join("jobs.db"), pipelines, JobOptions::default()).await.unwrap();
        let workspace_id = backends.first_workspace().await.unwrap().id;
        let app = App::new(backends.clone(), Arc::new(jobs));
        Self { app, backends, clock, workspace_id, _folder: folder }
    }

    async fn announce(&self) -> Ticket {
        self.app.start_upload(self.workspace_id, &png()).await.unwrap()
    }

    async fn append(&self, upload: &Upload, offset: u64, bytes: &[u8]) -> Result<Progress, AppendError> {
        let body = stream::iter([Ok::<_, Infallible>(Bytes::copy_from_slice(bytes))]);
        self.app.append(self.workspace_id, upload.id, offset, body).await
    }

    async fn open(&self, ticket: &Ticket) -> Result<Upload, UrlError> {
        let (id, permission) = ticket.path.strip_prefix("/uploads/").unwrap().split_once('/').unwrap();
        self.app.open_signed_url(id.parse().unwrap(), permission).await
    }

    async fn send(&self, upload: &Upload, part: Part, bytes: &[u8]) -> Result<Reception, ReceiveError> {
        let body = stream::iter([Ok::<_, Infallible>(Bytes::copy_from_slice(bytes))]);
        self.app.receive(upload, part, body).await
    }

    async fn unfinished(&self) -> Vec<StoredBlob> {
        self.backends.blobs.list_unfinished().try_collect().await.unwrap()
    }
}

#[tokio::test]
async fn an_expired_url_is_refused_and_its_renewal_keeps_what_was_received() {
    let world = World::new().await;
    let ticket = world.announce().await;
    let upload = world.open(&ticket).await.unwrap();
    let part = Part::From { offset: 0, total: Some(PNG.len() as u64) };
    let partly = world.send(&upload, part, &PNG[..10]).await.unwrap();
    assert_eq!(partly, Reception::Partly { received_bytes: 10 });

    world.clock.advance(URL_LIFETIME);
    world.open(&ticket).await.unwrap();
    world.clock.advance(TimeDelta::seconds(1));
    assert!(matches!(world.open(&ticket).await, Err(UrlError::Expired { .. })));

    let renewed = world.app.renew_upload(world.workspace_id, upload.id).await.unwrap().unwrap();
    assert_eq!(renewed.expires_in_seconds, URL_LIFETIME.num_seconds());
    assert!(matches!(world.open(&ticket).await, Err(UrlError::Expired { .. })), "the old URL stays expired");
    let upload = world.open(&renewed).await.unwrap();
    let rest = Part::From { offset: 10, total: None };
    assert!(matches!(world.send(&upload, rest, &PNG[10..]).await, Ok(Reception::Whole(_))));
    world.app.complete_upload(world.workspace_id, upload.id, None).await.unwrap();
    assert_eq!(world.app.renew_upload(world.workspace_id, upload.id).await.unwrap(), None);
}

#[tokio::test]
async fn abandoned_uploads_are_given_up_and_their_space_is_returned() {
    let world = World::new().await;
    let [partly, whole, done] = [world.announce().await, world.announce().await, world.announce().await];
    world.send(&partly.upload, Part::From { offset: 0, total: None }, &PNG[..5]).await.unwrap();
    world.send(&whole.upload, Part::Whole, PNG).await.unwrap();
    world.send(&done.upload, Part::Whole, PNG).await.unwrap();
    world.app.complete_upload(world.workspace_id, done.upload.id, None).await.unwrap();

    world.clock.advance(URL_LIFETIME + KEEP_EXPIRED);
    assert_eq!(world.app.sweep_uploads().await.unwrap(), 0);
    assert_eq!(world.unfinished().await.len(), 2);
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(world.app.sweep_uploads().await.unwrap(), 2);
    assert_eq!(world.unfinished().await, []);
    assert_eq!(world.app.upload(world.workspace_id, whole.upload.id).await.unwrap(), None);
    assert!(world.app.asset(world.workspace_id, done.upload.id).await.unwrap().is_some());
}

#[tokio::test]
async fn content_that_an_upload_waits_to_have_is_not_swept() {
    let world = World::new().await;
    let ticket = world.announce().await;
    let Ok(Reception::Whole(received)) = world.send(&ticket.upload, Part::Whole, PNG).await else {
        panic!("all bytes were sent")
    };
    // A crash between the bytes and the record leaves the bytes in their last place without an asset.
    let name = world.unfinished().await[0].key.clone();
    let key = rostrum_app::assets::content_key(&received.hash);
    assert!(world.backends.blobs.publish_unfinished(&name, &key).await.unwrap());
    assert_eq!(world.app.sweep_at_start().await.unwrap().orphan_files, 0);
    let asset = world.app.complete_upload(world.workspace_id, ticket.upload.id, None).await.unwrap();
    assert_eq!(world.backends.blobs.read(&key).await.unwrap().unwrap(), PNG);
    world.app.delete_asset(world.workspace_id, asset.id).await.unwrap();
    assert_eq!(world.backends.blobs.stat(&key).await.unwrap(), None);
}

#[tokio::test]
async fn urls_outlive_one_change_of_the_signing_key_but_not_the_key() {
    let world = World::new().await;
    let ticket = world.announce().await;
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(world.backends.rotate_signing_key().await.unwrap(), 2);
    world.open(&ticket).await.unwrap();
    assert_ne!(world.announce().await.path, ticket.path);
    world.clock.advance(URL_LIFETIME + TimeDelta::seconds(1));
    // The older key has signed no URL that could still be good; the newer one was in use until this moment.
    assert_eq!(world.backends.rotate_signing_key().await.unwrap(), 2);
    assert!(matches!(world.open(&ticket).await, Err(UrlError::Forged)));
}

#[tokio::test]
async fn more_bytes_than_announced_or_allowed_are_dropped() {
    let world = World::new().await;
    let ticket = world.announce().await;
    let longer = [PNG, b"x"].concat();
    let refused = world.send(&ticket.upload, Part::Whole, &longer).await;
    assert!(matches!(refused, Err(ReceiveError::TooLong { max_bytes }) if max_bytes == PNG.len() as u64));
    assert_eq!(world.unfinished().await, []);

    let file = Announced { size_bytes: None, ..announced(&ticket.upload) };
    let open_ended = world.app.start_upload(world.workspace_id, &file).await.unwrap();
    assert_eq!(open_ended.max_bytes, 1_000_000);
    let refused = world.send(&open_ended.upload, Part::Whole, &vec![0; 1_000_001]).await;
    assert!(matches!(refused, Err(ReceiveError::TooLong { max_bytes: 1_000_000 })));
    assert!(matches!(world.send(&open_ended.upload, Part::Whole, PNG).await, Ok(Reception::Whole(_))));
}

fn announced(upload: &Upload) -> Announced {
    Announced {
        name: upload.name.clone(),
        media_type: upload.media_type,
        size_bytes: upload.size_bytes,
        checksum: upload.checksum,
    }
}

#[tokio::test]
async fn a_resumable_upload_lives_as_long_as_its_bytes_keep_coming() {
    let world = World::new().await;
    let upload = world.app.start_resumable(world.workspace_id, &png()).await.unwrap();
    for offset in 0..3 {
        world.clock.advance(RESUMABLE_LIFETIME);
        let progress = world.append(&upload, offset, &PNG[offset as usize..][..1]).await.unwrap();
        assert_eq!(progress.received_bytes, offset + 1);
        assert!(progress.upload.expires_at >= world.clock.now());
    }
    world.clock.advance(RESUMABLE_LIFETIME + TimeDelta::seconds(1));
    assert!(matches!(world.append(&upload, 3, &PNG[3..]).await, Err(AppendError::Expired)));
    let asked = world.app.upload_progress(world.workspace_id, upload.id).await;
    assert!(matches!(asked, Err(AppendError::Expired)));
    world.clock.advance(KEEP_EXPIRED);
    assert_eq!(world.app.sweep_uploads().await.unwrap(), 1);
    assert_eq!(world.unfinished().await, []);
}

#[tokio::test]
async fn asking_finishes_an_upload_that_a_crash_left_without_its_asset() {
    let world = World::new().await;
    let upload = world.app.start_resumable(world.workspace_id, &png()).await.unwrap();
    // As `append` does, up to the point where the program ends.
    world.send(&upload, Part::Next { offset: 0 }, PNG).await.unwrap();
    assert_eq!(world.app.asset(world.workspace_id, upload.id).await.unwrap(), None);
    let progress = world.app.upload_progress(world.workspace_id, upload.id).await.unwrap();
    assert_eq!((progress.received_bytes, progress.size_bytes), (PNG.len() as u64, PNG.len() as u64));
    assert!(world.app.asset(world.workspace_id, upload.id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_step_beyond_the_end_is_refused_and_the_steps_before_it_are_kept() {
    let world = World::new().await;
    let upload = world.app.start_resumable(world.workspace_id, &png()).await.unwrap();
    world.append(&upload, 0, &PNG[..4]).await.unwrap();
    let beyond = [PNG, b"more"].concat();
    let refused = world.append(&upload, 4, &beyond[4..]).await;
    assert!(matches!(refused, Err(AppendError::Receive(ReceiveError::TooLong { .. }))));
    let again = world.append(&upload, 0, PNG).await;
    assert!(matches!(again, Err(AppendError::Receive(ReceiveError::WrongOffset { received_bytes: 4, .. }))));
    world.append(&upload, 4, &PNG[4..]).await.unwrap();
    assert!(world.app.asset(world.workspace_id, upload.id).await.unwrap().is_some());
}
