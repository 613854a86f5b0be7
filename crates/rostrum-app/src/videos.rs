//! Videos: asking for one, reading it, deleting it.

use rostrum_avatar::presenter::cast::{self, CastLook, CastMember};
use rostrum_blob::{BlobError, BlobKey};
use rostrum_jobs::JobsError;
use rostrum_media::{MAX_AUDIO_S, MediaError, probe};
use rostrum_model::asset::{Asset, AssetInput, AssetKind};
use rostrum_model::ids::{GlossaryId, VideoId, WorkspaceId};
use rostrum_model::video::{
    Actor, Expressiveness, Sound, Video, VideoRequest, VideoSpec, VideoState, VoiceSettings, WantedPicture,
    WantedSound,
};
use rostrum_speech::{Markup, Text};
use rostrum_store::StoreError;
pub use rostrum_store::{VideoCursor, VideoFilter};

use crate::App;
use crate::asset_inputs::{InputError, Resolved};
use crate::assets::{DeleteAssetError, content_key};
use crate::avatars::ShownLook;
use crate::backends::CopyError;
use crate::jobs::{RENDER_VIDEO, WHITE};
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
    /// The workspace has no such look, and neither has the cast.
    #[error("there is no look {0}")]
    LookNotFound(String),
    /// No voice is named, and the avatar has none by default.
    #[error("the avatar has no default voice")]
    VoiceMissing,
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

/// The portrait of a request, its look looked up.
enum Seen {
    Look(Box<ShownLook>),
    Cast(&'static CastMember, &'static CastLook),
    File(AssetInput),
}

impl Seen {
    fn default_voice_id(&self) -> Option<String> {
        match self {
            Self::Look(look) => look.default_voice_id.clone(),
            Self::Cast(member, _) => Some(member.voice_id.clone()),
            Self::File(_) => None,
        }
    }
}

/// The sound of a request, its script checked.
enum Heard {
    Script(Sound),
    File(AssetInput),
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
        // What needs no file is looked at first, so that a refused request fetches none.
        let seen = match request.picture {
            WantedPicture::Image(input) => Seen::File(input),
            WantedPicture::Look(id) => {
                let found = self.look(workspace_id, id).await?;
                Seen::Look(Box::new(found.ok_or_else(|| CreateVideoError::LookNotFound(id.to_string()))?))
            }
            WantedPicture::Cast(id) => {
                let (member, look) = cast::look(&id).ok_or(CreateVideoError::LookNotFound(id))?;
                Seen::Cast(member, look)
            }
        };
        let sound = match request.sound {
            WantedSound::Script { text, voice_id, settings } => {
                let voice_id = voice_id.or_else(|| seen.default_voice_id());
                let voice_id = voice_id.ok_or(CreateVideoError::VoiceMissing)?;
                let glossary = request.brand_glossary_id;
                Heard::Script(self.script(workspace_id, text, voice_id, settings, glossary).await?)
            }
            WantedSound::Audio(input) => Heard::File(input),
        };
        let clear = request.remove_background;
        let (actor, usually) = match seen {
            Seen::File(input) => {
                let param = match input {
                    AssetInput::AssetId(_) => "image.asset_id",
                    AssetInput::Url(_) => "image.url",
                    AssetInput::Inline(_) => "image.data",
                };
                let image = self.input(workspace_id, input, AssetKind::Image, param, inputs).await?;
                (self.photo_actor(&image, clear).await?, Expressiveness::Low)
            }
            Seen::Look(look) => match look.look.appearance {
                Some(presenter) => (Actor::Presenter { presenter }, Expressiveness::Medium),
                None => (self.photo_actor(&look.photo, clear).await?, Expressiveness::Low),
            },
            Seen::Cast(member, look) => {
                let presenter = Box::new(member.appearance(look));
                (Actor::Presenter { presenter }, Expressiveness::Medium)
            }
        };
        let sound = match sound {
            Heard::Script(script) => script,
            Heard::File(input) => {
                let param = match input {
                    AssetInput::Url(_) => "audio_url",
                    AssetInput::AssetId(_) | AssetInput::Inline(_) => "audio_asset_id",
                };
                let audio = self.input(workspace_id, input, AssetKind::Audio, param, inputs).await?;
                self.check_audio(&audio).await?;
                Sound::Audio { asset: audio.id }
            }
        };

        let spec = VideoSpec {
            actor,
            sound,
            aspect_ratio: request.aspect_ratio,
            resolution: request.resolution,
            fit: request.fit,
            background_rgb: request.background_rgb,
            remove_background: request.remove_background,
            expressiveness: request.expressiveness.unwrap_or(usually),
            motion_prompt: request.motion_prompt,
        };
        let video = Video {
            id: VideoId::generate(&*backends.clock, &*backends.chance),
            workspace_id,
            title: request.title,
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

    /// A photo whose face was found, and whose person can be told from the background where that is to go.
    async fn photo_actor(&self, image: &Asset, clear: bool) -> Result<Actor, CreateVideoError> {
        let portrait = self.backends.portrait(&image.content_hash).await?;
        if clear {
            self.backends.cut_out(portrait, WHITE).await?;
        }
        Ok(Actor::Photo { image: image.id })
    }

    /// A text that the voice can speak, with the terms that the glossary has now.
    async fn script(
        &self,
        workspace_id: WorkspaceId,
        text: String,
        voice_id: String,
        settings: VoiceSettings,
        glossary: Option<GlossaryId>,
    ) -> Result<Sound, CreateVideoError> {
        let terms = match glossary {
            Some(id) => self.terms(workspace_id, id).await?.ok_or(CreateVideoError::GlossaryNotFound(id))?,
            None => Vec::new(),
        };
        let voice = self.backends.ready_voice(workspace_id, &voice_id).await??;
        let spoken = Text { text: &text, markup: Markup::Plain, terms: &terms };
        self.backends.check_speech(spoken, &voice, delivery(settings))?;
        Ok(Sound::Script { text, voice_id, settings, terms })
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
