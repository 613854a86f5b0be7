//! Videos: asking for one, reading it, deleting it.

use chrono::DateTime;
use rostrum_blob::{BlobError, BlobKey};
use rostrum_jobs::JobsError;
use rostrum_media::{MAX_AUDIO_S, MediaError, probe};
use rostrum_model::asset::{Asset, AssetKind};
use rostrum_model::ids::{AssetId, VideoId, WorkspaceId};
use rostrum_model::video::{Sound, Video, VideoSpec, VideoState};
use rostrum_speech::voices;
use rostrum_store::StoreError;
pub use rostrum_store::{VideoCursor, VideoFilter};

use crate::App;
use crate::assets::content_key;
use crate::backends::CopyError;
use crate::jobs::RENDER_VIDEO;
use crate::portraits::UnusablePortrait;

/// A video cannot be made as asked.
#[derive(Debug, thiserror::Error)]
pub enum CreateVideoError {
    /// No such asset in the workspace.
    #[error("there is no asset {asset_id}")]
    AssetNotFound {
        /// Field that named it.
        param: &'static str,
        /// The id given.
        asset_id: AssetId,
    },
    /// The asset is of another kind than the field takes.
    #[error("asset {asset_id} is {found}, {wanted} is needed")]
    WrongAssetKind {
        /// Field that named it.
        param: &'static str,
        /// The id given.
        asset_id: AssetId,
        /// MIME type of the asset.
        found: &'static str,
        /// What the field takes.
        wanted: &'static str,
    },
    /// The picture cannot be animated.
    #[error(transparent)]
    Portrait(#[from] UnusablePortrait),
    /// No such voice.
    #[error("there is no voice '{0}'")]
    VoiceNotFound(String),
    /// The uploaded sound cannot be read.
    #[error("the audio cannot be read")]
    Audio(#[source] MediaError),
    /// The uploaded sound is too long or has no sound in it.
    #[error("the audio {0}")]
    UnusableAudio(String),
    /// Bytes could not be reached.
    #[error("stored bytes could not be reached")]
    Blob(#[from] BlobError),
    /// Bytes could not be copied for a look at them.
    #[error("stored bytes could not be copied")]
    Copy(#[from] CopyError),
    /// No temporary folder.
    #[error("a temporary folder could not be made")]
    Io(#[from] std::io::Error),
    /// Records could not be reached.
    #[error("the video could not be recorded")]
    Store(#[from] StoreError),
    /// The job could not be started.
    #[error("the render job could not be started")]
    Jobs(#[from] JobsError),
}

/// A request that passed the checks of the API.
#[derive(Debug, Clone)]
pub struct NewVideo {
    /// Title, when given.
    pub title: Option<String>,
    /// What to make.
    pub spec: VideoSpec,
}

/// One page of a list.
pub struct VideoPage {
    /// Newest first.
    pub videos: Vec<Video>,
    /// Where the next page starts, when there is one.
    pub next: Option<VideoCursor>,
}

/// A cursor as text, for page tokens.
pub fn cursor_text(cursor: &VideoCursor) -> String {
    format!("{}/{}", cursor.created_at.timestamp_micros(), cursor.id)
}

/// Reads what [`cursor_text`] wrote.
pub fn cursor_from_text(text: &str) -> Option<VideoCursor> {
    let (micros, id) = text.split_once('/')?;
    let created_at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
    Some(VideoCursor { created_at, id: id.parse().ok()? })
}

impl App {
    /// Accepts a video and starts its job. When this returns, both survive a crash.
    ///
    /// # Errors
    /// When an input does not exist, cannot be used, or cannot be recorded; then nothing stays behind.
    pub async fn create_video(
        &self,
        workspace_id: WorkspaceId,
        new: NewVideo,
    ) -> Result<Video, CreateVideoError> {
        let backends = &self.backends;
        let image = self
            .input_asset(workspace_id, new.spec.image_asset_id, AssetKind::Image, "image.asset_id")
            .await?;
        match &new.spec.sound {
            Sound::Script { voice_id, .. } => {
                voices::find(voice_id).ok_or_else(|| CreateVideoError::VoiceNotFound(voice_id.clone()))?;
            }
            Sound::Audio { asset_id } => {
                let audio =
                    self.input_asset(workspace_id, *asset_id, AssetKind::Audio, "audio_asset_id").await?;
                self.check_audio(&audio).await?;
            }
        }
        backends.portrait(&image.content_hash).await?;

        let video = Video {
            id: VideoId::generate(&*backends.clock, &*backends.chance),
            workspace_id,
            title: new.title,
            spec: new.spec,
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

    async fn input_asset(
        &self,
        workspace_id: WorkspaceId,
        asset_id: AssetId,
        kind: AssetKind,
        param: &'static str,
    ) -> Result<Asset, CreateVideoError> {
        let asset = self
            .asset(workspace_id, asset_id)
            .await?
            .ok_or(CreateVideoError::AssetNotFound { param, asset_id })?;
        if asset.media_type.kind() != kind {
            let wanted = match kind {
                AssetKind::Image => "a picture (PNG, JPEG, WebP, GIF, AVIF or HEIC)",
                AssetKind::Audio => "a sound (MP3, WAV, M4A, Ogg or FLAC)",
                AssetKind::Video => "a video (MP4, WebM, MOV or MKV)",
                AssetKind::Document => "a PDF document",
                AssetKind::Subtitle => "captions (SRT or VTT)",
                AssetKind::Archive => "a ZIP archive",
            };
            return Err(CreateVideoError::WrongAssetKind {
                param,
                asset_id,
                found: asset.media_type.mime(),
                wanted,
            });
        }
        Ok(asset)
    }

    async fn check_audio(&self, audio: &Asset) -> Result<(), CreateVideoError> {
        let backends = &self.backends;
        let folder = tempfile::tempdir_in(&backends.work_dir)?;
        let file = folder.path().join("sound");
        backends.copy_to_file(&content_key(&audio.content_hash), &file).await?;
        let probed = probe(&backends.ffmpeg, &file).await.map_err(CreateVideoError::Audio)?;
        if probed.audio.is_none() {
            return Err(CreateVideoError::UnusableAudio("has no sound in it".to_owned()));
        }
        if probed.duration_s > MAX_AUDIO_S {
            return Err(CreateVideoError::UnusableAudio(format!(
                "is {:.1} s long, at most {MAX_AUDIO_S} s are taken; cut it and upload the parts",
                probed.duration_s
            )));
        }
        Ok(())
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
        let mut videos =
            self.backends.store.videos().list(workspace_id, filter, u64::from(limit) + 1, after).await?;
        let more = videos.len() > limit as usize;
        videos.truncate(limit as usize);
        let next = videos.last().filter(|_| more).map(VideoCursor::after);
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
