//! Videos: asking for one, reading it, deleting it.

mod cinematic;
mod estimate;
mod queue;
mod scenes;

pub use estimate::Estimate;
pub(crate) use estimate::spoken_s;
pub use queue::BeginVideosError;
pub(crate) use queue::RenderQueue;
use rostrum_blob::{BlobError, BlobKey};
use rostrum_jobs::JobsError;
use rostrum_model::ids::{FolderId, GlossaryId, VideoId, WorkspaceId};
use rostrum_model::picture::Size;
use rostrum_model::video::{
    Callback, CanvasShape, InputForm, Scene, SceneField, Video, VideoRequest, VideoSpec, VideoState,
    canvas_size,
};
use rostrum_store::StoreError;
pub use rostrum_store::{VideoCursor, VideoFilter};
pub use scenes::SceneError;

use crate::App;
use crate::asset_inputs::Resolved;
use crate::assets::DeleteAssetError;
use crate::credits::CreditError;
use crate::fetch::FetchError;
use crate::folders::FolderError;
use crate::jobs::{GiveUpError, RENDER_VIDEO};
use crate::pages::page_of;

/// The shape of a video that is to have the shape of its source, and has none.
const USUAL_SOURCE: Size = Size { width: 16, height: 9 };

/// A video cannot be made as asked.
#[derive(Debug, thiserror::Error)]
pub enum CreateVideoError {
    /// All that is wrong with the request, at least one fault.
    #[error("the request cannot be met")]
    Refused(Vec<VideoFault>),
    /// What was made for the refused request cannot be removed.
    #[error("the inputs of a refused request could not be removed")]
    Discard(#[from] DeleteAssetError),
    /// A file that was looked at a moment ago cannot be looked at again.
    #[error("a file could not be looked at again")]
    Unprobed(#[source] SceneError),
    /// Bytes could not be reached.
    #[error("stored bytes could not be reached")]
    Blob(#[from] BlobError),
    /// It cannot be paid for.
    #[error(transparent)]
    Credit(#[from] CreditError),
    /// The workspace has as many unfinished videos as it may have.
    #[error("{most} videos are unfinished")]
    TooMany {
        /// How many.
        most: u32,
    },
    /// Records could not be reached.
    #[error("the video could not be recorded")]
    Store(#[from] StoreError),
    /// The job could not be started.
    #[error("the render job could not be started")]
    Jobs(#[from] JobsError),
}

/// Something that is wrong with a wanted video.
#[derive(Debug)]
pub enum VideoFault {
    /// A part of a scene cannot be used.
    Scene {
        /// Number of the scene, from 0.
        scene: usize,
        /// What of it.
        field: SceneField,
        /// What is wrong with it.
        error: SceneError,
    },
    /// The picture of the watermark cannot be used.
    Watermark(InputForm, SceneError),
    /// The music cannot be used.
    Music(InputForm, SceneError),
    /// Nothing can be posted to the callback's address.
    Callback(FetchError),
    /// It cannot lie in this folder.
    Folder(FolderError),
    /// No such glossary.
    GlossaryNotFound(GlossaryId),
}

/// Why a video that somebody cancelled failed.
pub const CANCELLED: &str = "cancelled";

/// A video cannot be cancelled.
#[derive(Debug, thiserror::Error)]
pub enum CancelVideoError {
    /// Records could not be reached.
    #[error("the video's record could not be reached")]
    Store(#[from] StoreError),
    /// It could not be given up.
    #[error(transparent)]
    GiveUp(#[from] GiveUpError),
    /// Its job could not be stopped.
    #[error("the render job could not be stopped")]
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
    /// Accepts a video, which is made when it is its turn. When this returns, it survives a crash.
    ///
    /// # Errors
    /// When an input does not exist, cannot be used, or cannot be recorded; then nothing stays behind.
    pub async fn create_video(
        &self,
        workspace_id: WorkspaceId,
        request: VideoRequest,
    ) -> Result<Video, CreateVideoError> {
        let id = self.mint("video", VideoId::generate);
        if self.may_have_made()
            && let Some(made) = self.backends.store.videos().get(workspace_id, id).await?
        {
            return Ok(made);
        }
        self.create_video_as(workspace_id, id, request).await
    }

    /// Accepts a video under an id that was chosen before.
    pub(crate) async fn create_video_as(
        &self,
        workspace_id: WorkspaceId,
        id: VideoId,
        request: VideoRequest,
    ) -> Result<Video, CreateVideoError> {
        let (title, folder_id, callback) =
            (request.title.clone(), request.folder_id, request.callback.clone());
        let mut inputs = Vec::new();
        let recorded = match self.planned(workspace_id, request, &mut inputs).await {
            Ok(spec) => self.record(workspace_id, id, (title, folder_id, callback), spec).await,
            Err(error) => Err(error),
        };
        if recorded.is_err() {
            self.discard_all(&inputs).await?;
        }
        recorded
    }

    pub(crate) async fn discard_all(&self, inputs: &[Resolved]) -> Result<(), DeleteAssetError> {
        for input in inputs {
            self.discard_new(input).await?;
        }
        Ok(())
    }

    /// Checks all of a request and gets its files. Puts the inputs that were resolved, also when they are refused later,
    /// into `inputs`.
    pub(crate) async fn planned(
        &self,
        workspace_id: WorkspaceId,
        request: VideoRequest,
        inputs: &mut Vec<Resolved>,
    ) -> Result<VideoSpec, CreateVideoError> {
        let mut faults = Vec::new();
        let terms = match request.brand_glossary_id {
            Some(id) => self.terms(workspace_id, id).await?.unwrap_or_else(|| {
                faults.push(VideoFault::GlossaryNotFound(id));
                Vec::new()
            }),
            None => Vec::new(),
        };
        if let Err(error) = self.require_folder(workspace_id, request.folder_id).await {
            faults.push(VideoFault::Folder(error));
        }
        if let Some(Err(error)) = request.callback.url.as_ref().map(|url| self.backends.fetcher.check(url)) {
            faults.push(VideoFault::Callback(error));
        }
        let mut wanted: Vec<_> = request.scenes.into_iter().enumerate().collect();
        if let Some(cinematic) = &request.cinematic {
            for (number, look) in cinematic.looks.iter().enumerate() {
                if let Err(error) = self.seen(workspace_id, look).await {
                    faults.push(at(number, (SceneField::Avatar, error)));
                }
            }
            refuse(&mut faults)?;
            match self.shots(workspace_id, cinematic, inputs).await {
                Ok(shots) => wanted = shots.into_iter().map(|shot| (shot.look, shot.scene)).collect(),
                Err(found) => faults.extend(found.into_iter().map(|(number, fault)| at(number, fault))),
            }
        }
        // What needs no file is looked at first in all scenes, so that a refused request fetches none.
        let mut checked = Vec::with_capacity(wanted.len());
        for (number, scene) in wanted {
            match self.check_scene(workspace_id, scene, &terms).await {
                Ok(scene) => checked.push((number, scene)),
                Err(fault) => faults.push(at(number, fault)),
            }
        }
        refuse(&mut faults)?;
        let (mut scenes, mut source): (Vec<Scene>, _) = (Vec::with_capacity(checked.len()), None);
        for (number, scene) in checked {
            match self.resolve_scene(workspace_id, scene, inputs).await {
                Ok((scene, size)) => {
                    source = source.or(size);
                    if let Some(before) = scenes.last_mut() {
                        before.fade.out_s = scene.fade.in_s;
                    }
                    scenes.push(scene);
                }
                Err(fault) => faults.push(at(number, fault)),
            }
        }
        let mut watermark = None;
        if let Some(wanted) = request.watermark {
            match self.watermark(workspace_id, wanted, inputs).await {
                Ok(mark) => watermark = Some(mark),
                Err((form, error)) => faults.push(VideoFault::Watermark(form, error)),
            }
        }
        let mut music = None;
        if let Some(wanted) = request.music {
            match self.music(workspace_id, wanted, inputs).await {
                Ok(bed) => music = Some(bed),
                Err((form, error)) => faults.push(VideoFault::Music(form, error)),
            }
        }
        refuse(&mut faults)?;
        let size = match request.canvas {
            CanvasShape::Size(size) => size,
            CanvasShape::Shape(ratio, resolution) => {
                canvas_size(ratio, resolution, source.unwrap_or(USUAL_SOURCE))
            }
        };
        Ok(VideoSpec { size, scenes, format: request.format, captions: request.captions, watermark, music })
    }

    /// Records a video that the workspace can pay for, and begins it where there is room.
    async fn record(
        &self,
        workspace_id: WorkspaceId,
        id: VideoId,
        (title, folder_id, callback): (Option<String>, Option<FolderId>, Callback),
        spec: VideoSpec,
    ) -> Result<Video, CreateVideoError> {
        let backends = &self.backends;
        let (price, needed) = self.cost_of(workspace_id, &spec).await?;
        let video = Video {
            id,
            workspace_id,
            title,
            spec,
            state: VideoState::Pending,
            folder_id,
            callback,
            progress: 0.0,
            progressed_at: None,
            created_at: backends.clock.now(),
        };
        let room = self.room_for_video(workspace_id).await?;
        backends.add_paid(&video, price, needed).await?;
        drop(room);
        // It is accepted; what cannot be begun now is begun later.
        if let Err(error) = self.begin_for(workspace_id).await {
            tracing::error!(%error, "waiting videos could not be begun");
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

    /// A video of any workspace, for its page, where knowing the id is the permission.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn shared_video(&self, id: VideoId) -> Result<Option<Video>, StoreError> {
        self.backends.store.videos().get_any(id).await
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

    /// Those of the given videos that the workspace has, in no promised order.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn videos_by_id(
        &self,
        workspace_id: WorkspaceId,
        ids: &[VideoId],
    ) -> Result<Vec<Video>, StoreError> {
        self.backends.store.videos().get_many(workspace_id, ids).await
    }

    /// Gives a video up that is not finished yet, and stops its job. Gives the video as it is then: whoever was faster
    /// decides. Nothing when the workspace has no such video.
    ///
    /// # Errors
    /// When records, bytes or the job cannot be reached.
    pub async fn cancel_video(
        &self,
        workspace_id: WorkspaceId,
        id: VideoId,
    ) -> Result<Option<Video>, CancelVideoError> {
        // Again while its job moves it on meanwhile.
        while let Some(video) = self.video(workspace_id, id).await? {
            if !matches!(video.state, VideoState::Pending | VideoState::Processing { .. }) {
                return Ok(Some(video));
            }
            // The record first: a job that is still in work finds it and ends.
            self.backends
                .give_up(&video, CANCELLED, "The video was cancelled; create it again to have it.")
                .await?;
            self.stop_render(id).await?;
        }
        Ok(None)
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
            self.stop_render(id).await?;
        }
        self.backends.delete_video_files(id).await?;
        self.backends.forget_scenes(&video).await?;
        Ok(true)
    }
}

/// Adds which scene is at fault.
fn at(scene: usize, (field, error): (SceneField, SceneError)) -> VideoFault {
    VideoFault::Scene { scene, field, error }
}

/// Ends a request with which something is wrong.
fn refuse(faults: &mut Vec<VideoFault>) -> Result<(), CreateVideoError> {
    if faults.is_empty() { Ok(()) } else { Err(CreateVideoError::Refused(std::mem::take(faults))) }
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
