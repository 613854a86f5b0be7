//! Videos: asking for one, reading it, deleting it.

mod scenes;

use rostrum_blob::{BlobError, BlobKey};
use rostrum_jobs::JobsError;
use rostrum_model::ids::{GlossaryId, VideoId, WorkspaceId};
use rostrum_model::picture::Size;
use rostrum_model::video::{
    CanvasShape, SceneField, Video, VideoRequest, VideoSpec, VideoState, canvas_size,
};
use rostrum_store::StoreError;
pub use rostrum_store::{VideoCursor, VideoFilter};
pub use scenes::SceneError;

use crate::App;
use crate::asset_inputs::Resolved;
use crate::assets::DeleteAssetError;
use crate::jobs::RENDER_VIDEO;
use crate::pages::page_of;

/// The shape of a video that is to have the shape of its source, and has none.
const USUAL_SOURCE: Size = Size { width: 16, height: 9 };

/// A video cannot be made as asked.
#[derive(Debug, thiserror::Error)]
pub enum CreateVideoError {
    /// A part of a scene cannot be used.
    #[error("the {field:?} of scene {scene} cannot be used")]
    Scene {
        /// Number of the scene, from 0.
        scene: usize,
        /// What of it.
        field: SceneField,
        /// What is wrong with it.
        #[source]
        error: SceneError,
    },
    /// No such glossary.
    #[error("there is no brand glossary {0}")]
    GlossaryNotFound(GlossaryId),
    /// What was made for the refused request cannot be removed.
    #[error("the inputs of a refused request could not be removed")]
    Discard(#[from] DeleteAssetError),
    /// Bytes could not be reached.
    #[error("stored bytes could not be reached")]
    Blob(#[from] BlobError),
    /// Records could not be reached.
    #[error("the video could not be recorded")]
    Store(#[from] StoreError),
    /// The job could not be started.
    #[error("the render job could not be started")]
    Jobs(#[from] JobsError),
}

/// One page of a list.
pub struct VideoPage {
    /// Newest first.
    pub videos: Vec<Video>,
    /// Where the next page starts, when there is one.
    pub next: Option<VideoCursor>,
}

impl App {
    /// Accepts a video and starts its job. When this returns, both survive a crash.
    ///
    /// # Errors
    /// When an input does not exist, cannot be used, or cannot be recorded; then nothing stays behind.
    pub async fn create_video(
        &self,
        workspace_id: WorkspaceId,
        request: VideoRequest,
    ) -> Result<Video, CreateVideoError> {
        let mut inputs = Vec::new();
        let created = self.create_from(workspace_id, request, &mut inputs).await;
        if created.is_err() {
            for input in &inputs {
                self.discard_new(input).await?;
            }
        }
        created
    }

    /// Puts the inputs that were resolved, also when they are refused later, into `inputs`.
    async fn create_from(
        &self,
        workspace_id: WorkspaceId,
        request: VideoRequest,
        inputs: &mut Vec<Resolved>,
    ) -> Result<Video, CreateVideoError> {
        let backends = &self.backends;
        let terms = match request.brand_glossary_id {
            Some(id) => self.terms(workspace_id, id).await?.ok_or(CreateVideoError::GlossaryNotFound(id))?,
            None => Vec::new(),
        };
        // What needs no file is looked at first in all scenes, so that a refused request fetches none.
        let mut checked = Vec::with_capacity(request.scenes.len());
        for (number, scene) in request.scenes.into_iter().enumerate() {
            checked.push(self.check_scene(workspace_id, scene, &terms).await.map_err(at(number))?);
        }
        let (mut scenes, mut source) = (Vec::with_capacity(checked.len()), None);
        for (number, scene) in checked.into_iter().enumerate() {
            let (scene, size) = self.resolve_scene(workspace_id, scene, inputs).await.map_err(at(number))?;
            source = source.or(size);
            scenes.push(scene);
        }
        let size = match request.canvas {
            CanvasShape::Size(size) => size,
            CanvasShape::Shape(ratio, resolution) => {
                canvas_size(ratio, resolution, source.unwrap_or(USUAL_SOURCE))
            }
        };
        let video = Video {
            id: VideoId::generate(&*backends.clock, &*backends.chance),
            workspace_id,
            title: request.title,
            spec: VideoSpec { size, scenes, format: request.format, captions: request.captions },
            state: VideoState::Pending,
            progress: 0.0,
            created_at: backends.clock.now(),
        };
        backends.store.videos().add(&video).await?;
        // A crash between these two is mended at the next start, which starts jobs for records that have none.
        if let Err(error) = self.start_render(video.id).await {
            backends.store.videos().delete(workspace_id, video.id).await?;
            return Err(error.into());
        }
        metrics::counter!("rostrum_videos_created_total").increment(1);
        Ok(video)
    }

    /// Starts a video's job; starting it again does nothing.
    pub(crate) async fn start_render(&self, id: VideoId) -> Result<(), JobsError> {
        self.jobs.start(RENDER_VIDEO, &id.to_string(), serde_json::Value::Null).await
    }

    /// A video of the workspace.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn video(&self, workspace_id: WorkspaceId, id: VideoId) -> Result<Option<Video>, StoreError> {
        self.backends.store.videos().get(workspace_id, id).await
    }

    /// A page of the workspace's videos, newest first.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn videos(
        &self,
        workspace_id: WorkspaceId,
        filter: &VideoFilter,
        limit: u32,
        after: Option<VideoCursor>,
    ) -> Result<VideoPage, StoreError> {
        let found =
            self.backends.store.videos().list(workspace_id, filter, u64::from(limit) + 1, after).await?;
        let (videos, next) = page_of(found, limit as usize, VideoCursor::after);
        Ok(VideoPage { videos, next })
    }

    /// Deletes a video, stopping its job; false when the workspace has no such video. The record goes at once, so
    /// that a running job finds nothing to publish to.
    ///
    /// # Errors
    /// When records, bytes or the job cannot be reached.
    pub async fn delete_video(
        &self,
        workspace_id: WorkspaceId,
        id: VideoId,
    ) -> Result<bool, CreateVideoError> {
        let Some(video) = self.backends.store.videos().delete(workspace_id, id).await? else {
            return Ok(false);
        };
        if matches!(video.state, VideoState::Pending | VideoState::Processing { .. }) {
            self.jobs.cancel(&id.to_string()).await?;
        }
        self.backends.delete_video_files(id).await?;
        Ok(true)
    }
}

/// Adds which scene is at fault.
fn at(scene: usize) -> impl FnOnce((SceneField, SceneError)) -> CreateVideoError {
    move |(field, error)| CreateVideoError::Scene { scene, field, error }
}

impl crate::Backends {
    /// The folder of a video's finished files.
    pub(crate) fn video_key(id: VideoId, file: &str) -> BlobKey {
        BlobKey::new(format!("videos/{id}/{file}")).expect("hex digits make a valid key")
    }

    /// Removes what was published for a video.
    pub(crate) async fn delete_video_files(&self, id: VideoId) -> Result<(), BlobError> {
        let folder = BlobKey::new(format!("videos/{id}")).expect("hex digits make a valid key");
        self.delete_folder(&folder).await
    }
}
