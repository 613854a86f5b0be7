//! Videos: asking for one, reading it, deleting it.

use rostrum_blob::{BlobError, BlobKey};
use rostrum_jobs::JobsError;
use rostrum_media::{MAX_AUDIO_S, MediaError, probe};
use rostrum_model::asset::{Asset, AssetInput, AssetKind};
use rostrum_model::ids::{GlossaryId, VideoId, WorkspaceId};
use rostrum_model::video::{Sound, Video, VideoSpec, VideoState};
use rostrum_speech::{Markup, Text};
use rostrum_store::StoreError;
pub use rostrum_store::{VideoCursor, VideoFilter};

use crate::App;
use crate::asset_inputs::{InputError, Resolved};
use crate::assets::{DeleteAssetError, content_key};
use crate::backends::CopyError;
use crate::jobs::RENDER_VIDEO;
use crate::pages::page_of;
use crate::portraits::UnusablePortrait;
use crate::speech::{SpeakError, delivery};
use crate::voices::UnusableVoice;

/// A video cannot be made as asked.
#[derive(Debug, thiserror::Error)]
pub enum CreateVideoError {
    /// An input cannot be used.
    #[error("'{param}' cannot be used")]
    Input {
        /// Field that named it.
        param: &'static str,
        /// What is wrong with it.
        #[source]
        error: InputError,
    },
    /// What was made for the refused request cannot be removed.
    #[error("the inputs of a refused request could not be removed")]
    Discard(#[from] DeleteAssetError),
    /// The picture cannot be animated.
    #[error(transparent)]
    Portrait(#[from] UnusablePortrait),
    /// No such voice, or none that can speak.
    #[error(transparent)]
    Voice(#[from] UnusableVoice),
    /// No such glossary.
    #[error("there is no brand glossary {0}")]
    GlossaryNotFound(GlossaryId),
    /// The script cannot be spoken so.
    #[error(transparent)]
    Speak(#[from] SpeakError),
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
    pub spec: VideoSpec<AssetInput>,
    /// Glossary that tells how words are said. What it says now is kept with the video.
    pub brand_glossary_id: Option<GlossaryId>,
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
        new: NewVideo,
    ) -> Result<Video, CreateVideoError> {
        let mut new = new;
        if let Some(id) = new.brand_glossary_id {
            let told = self.terms(workspace_id, id).await?.ok_or(CreateVideoError::GlossaryNotFound(id))?;
            if let Sound::Script { terms, .. } = &mut new.spec.sound {
                *terms = told;
            }
        }
        if let Sound::Script { text, voice_id, settings, terms } = &new.spec.sound {
            let voice = self.backends.ready_voice(workspace_id, voice_id).await??;
            let text = Text { text, markup: Markup::Plain, terms };
            self.backends.check_speech(text, &voice, delivery(*settings))?;
        }
        let mut inputs = Vec::new();
        let created = self.create_from(workspace_id, new, &mut inputs).await;
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
        new: NewVideo,
        inputs: &mut Vec<Resolved>,
    ) -> Result<Video, CreateVideoError> {
        let backends = &self.backends;
        let param = match new.spec.image {
            AssetInput::AssetId(_) => "image.asset_id",
            AssetInput::Url(_) => "image.url",
            AssetInput::Inline(_) => "image.data",
        };
        let image = self.input(workspace_id, new.spec.image, AssetKind::Image, param, inputs).await?;
        let sound = match new.spec.sound {
            Sound::Script { text, voice_id, settings, terms } => {
                Sound::Script { text, voice_id, settings, terms }
            }
            Sound::Audio { asset } => {
                let param = match asset {
                    AssetInput::Url(_) => "audio_url",
                    AssetInput::AssetId(_) | AssetInput::Inline(_) => "audio_asset_id",
                };
                let audio = self.input(workspace_id, asset, AssetKind::Audio, param, inputs).await?;
                self.check_audio(&audio).await?;
                Sound::Audio { asset: audio.id }
            }
        };
        backends.portrait(&image.content_hash).await?;

        let spec = VideoSpec {
            image: image.id,
            sound,
            aspect_ratio: new.spec.aspect_ratio,
            resolution: new.spec.resolution,
            fit: new.spec.fit,
            background_rgb: new.spec.background_rgb,
            expressiveness: new.spec.expressiveness,
        };
        let video = Video {
            id: VideoId::generate(&*backends.clock, &*backends.chance),
            workspace_id,
            title: new.title,
            spec,
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

    async fn input(
        &self,
        workspace_id: WorkspaceId,
        input: AssetInput,
        kind: AssetKind,
        param: &'static str,
        inputs: &mut Vec<Resolved>,
    ) -> Result<Asset, CreateVideoError> {
        let resolved = self
            .resolve_input(workspace_id, input, kind)
            .await
            .map_err(|error| CreateVideoError::Input { param, error })?;
        let asset = resolved.asset.clone();
        inputs.push(resolved);
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
