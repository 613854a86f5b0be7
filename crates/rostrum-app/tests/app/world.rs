//! A product on an empty folder, with a clock that is moved by hand.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use bytes::Bytes;
use chrono::DateTime;
use futures::{TryStreamExt, stream};
use rostrum_app::backends::{FrameCounts, Limits};
use rostrum_app::contents::ContentLocks;
use rostrum_app::engines::Engines;
use rostrum_app::fetch::{FetchSettings, Fetcher, SystemNames};
use rostrum_app::folders::NewFolder;
use rostrum_app::speech_engines::SpeechEngines;
use rostrum_app::uploads::{AppendError, Part, Progress, ReceiveError, Reception, Ticket, UrlError};
use rostrum_app::{App, Backends, jobs};
use rostrum_blob::{LocalBlobs, StoredBlob};
use rostrum_jobs::{JobOptions, Jobs};
use rostrum_media::Ffmpeg;
use rostrum_model::asset::{Asset, MediaType};
use rostrum_model::clock::{Chance, ManualClock};
use rostrum_model::folder::{FolderName, ProjectType};
use rostrum_model::ids::{FolderId, WorkspaceId};
use rostrum_model::upload::{Announced, Upload};
use rostrum_store::Store;
use tempfile::TempDir;
use tokio::sync::{Notify, Semaphore};

/// A PNG of one grey pixel.
pub(crate) const PNG: &[u8] =
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

pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) backends: Arc<Backends>,
    pub(crate) jobs: Arc<Jobs>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) workspace_id: WorkspaceId,
    _folder: TempDir,
}

pub(crate) fn png() -> Announced {
    Announced {
        name: "me.png".to_owned(),
        media_type: MediaType::Png,
        size_bytes: Some(PNG.len() as u64),
        checksum: None,
        folder_id: None,
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with_limits(Limits { max_upload_bytes: 1_000_000, ..Limits::default() }).await
    }

    pub(crate) async fn with_limits(limits: Limits) -> Self {
        Self::with(limits, FetchSettings::default()).await
    }

    /// One that posts to this machine, which is forbidden otherwise.
    pub(crate) async fn fetching_from_this_machine() -> Self {
        let settings = FetchSettings {
            allow_http: true,
            allowed_networks: vec!["127.0.0.1/32".parse().unwrap()],
            allowed_ports: (1..=u16::MAX).collect(),
            ..FetchSettings::default()
        };
        Self::with(Limits::default(), settings).await
    }

    async fn with(limits: Limits, fetching: FetchSettings) -> Self {
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
            ffmpeg: Ffmpeg::locate(&std::env::var_os("PATH").unwrap()).unwrap(),
            poppler: None,
            work_dir: folder.path().to_owned(),
            frames_drawn: FrameCounts::default(),
            previews: tokio::sync::Mutex::default(),
            contents: ContentLocks::default(),
            decoding: Semaphore::new(1),
            fetcher: Fetcher::new(fetching, Arc::new(SystemNames)),
            limits,
            video_ended: Notify::new(),
            speech_engines: SpeechEngines::default(),
            image_engine: None,
            avatar_engine: None,
            aligner: None,
        });
        let pipelines = jobs::pipelines(&backends);
        let options = JobOptions { retry_delays: vec![Duration::from_millis(1)], ..JobOptions::default() };
        let jobs = Jobs::open(&folder.path().join("jobs.db"), pipelines, options).await.unwrap();
        let jobs = Arc::new(jobs);
        let workspace_id = backends.first_workspace().await.unwrap().id;
        let app = App::new(backends.clone(), jobs.clone());
        Self { app, backends, jobs, clock, workspace_id, _folder: folder }
    }

    pub(crate) async fn announce(&self) -> Ticket {
        self.app.start_upload(self.workspace_id, &png()).await.unwrap()
    }

    pub(crate) async fn append(
        &self,
        upload: &Upload,
        offset: u64,
        bytes: &[u8],
    ) -> Result<Progress, AppendError> {
        let body = stream::iter([Ok::<_, Infallible>(Bytes::copy_from_slice(bytes))]);
        self.app.append(self.workspace_id, upload.id, offset, body).await
    }

    pub(crate) async fn open(&self, ticket: &Ticket) -> Result<Upload, UrlError> {
        let (id, permission) = ticket.path.strip_prefix("/uploads/").unwrap().split_once('/').unwrap();
        self.app.open_signed_url(id.parse().unwrap(), permission).await
    }

    pub(crate) async fn send(
        &self,
        upload: &Upload,
        part: Part,
        bytes: &[u8],
    ) -> Result<Reception, ReceiveError> {
        let body = stream::iter([Ok::<_, Infallible>(Bytes::copy_from_slice(bytes))]);
        self.app.receive(upload, part, body).await
    }

    pub(crate) async fn upload(&self, name: &str, bytes: &[u8]) -> Asset {
        self.upload_to(None, name, bytes).await
    }

    pub(crate) async fn upload_to(&self, folder: Option<FolderId>, name: &str, bytes: &[u8]) -> Asset {
        let body = stream::iter([Ok::<_, Infallible>(Bytes::copy_from_slice(bytes))]);
        self.app.upload_asset(self.workspace_id, folder, Some(name), body).await.unwrap()
    }

    pub(crate) async fn folder(&self, name: &str, parent_id: Option<FolderId>) -> FolderId {
        let name = FolderName::new(name).unwrap();
        let new = NewFolder { name, project_type: ProjectType::Asset, parent_id };
        self.app.create_folder(self.workspace_id, new).await.unwrap().id
    }

    pub(crate) async fn unfinished(&self) -> Vec<StoredBlob> {
        self.backends.blobs.list_unfinished().try_collect().await.unwrap()
    }
}
