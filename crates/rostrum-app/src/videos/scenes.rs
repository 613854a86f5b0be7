//! From a wanted scene to one that can be made: everything it names is looked up and looked at.

use rostrum_avatar::presenter::cast::{self, CastLook, CastMember};
use rostrum_blob::BlobError;
use rostrum_media::{MAX_AUDIO_S, MediaError, Probe, probe};
use rostrum_model::asset::{Asset, AssetInput, AssetKind};
use rostrum_model::avatar::LookStatus;
use rostrum_model::glossary::Term;
use rostrum_model::ids::{AvatarGroupId, LookId, WorkspaceId};
use rostrum_model::picture::Size;
use rostrum_model::video::{
    Actor, Background, Camera, Character, CharacterRequest, Expressiveness, Fade, Failure, InputForm, Mark,
    Music, Scene, SceneField, SceneRequest, Sound, TextBox, WantedBackground, WantedMark, WantedPicture,
    WantedSound, Watermark,
};
use rostrum_speech::{Markup, Text};
use rostrum_store::StoreError;

use crate::App;
use crate::asset_inputs::{InputError, Resolved};
use crate::assets::content_key;
use crate::avatars::ShownLook;
use crate::backends::CopyError;
use crate::footage::UnusableFootage;
use crate::jobs::WHITE;
use crate::portraits::UnusablePortrait;
use crate::speech::{SpeakError, delivery};
use crate::voices::UnusableVoice;

/// What is wrong with a part of a scene.
#[derive(Debug, thiserror::Error)]
pub enum SceneError {
    /// A file cannot be had.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The picture cannot be animated.
    #[error(transparent)]
    Portrait(#[from] UnusablePortrait),
    /// The workspace has no such look, and neither has the cast.
    #[error("there is no look {0}")]
    LookNotFound(String),
    /// The footage of the look is still being studied.
    #[error("the footage of look {0} is still being studied")]
    LookNotReady(LookId),
    /// The footage of the look cannot be used.
    #[error("the footage of the look cannot be used")]
    LookFailed(Failure),
    /// The person of the look has not agreed.
    #[error("the person of avatar group {0} has not agreed to be shown")]
    ConsentMissing(AvatarGroupId),
    /// Somebody in footage is asked to do what is not in it.
    #[error("people in footage do what they do there")]
    MotionOfFootage,
    /// The footage cannot be shown so.
    #[error(transparent)]
    Footage(#[from] UnusableFootage),
    /// No voice is named, and the avatar has none by default.
    #[error("the avatar has no default voice")]
    VoiceMissing,
    /// No such voice, or none that can speak.
    #[error(transparent)]
    Voice(#[from] UnusableVoice),
    /// The script cannot be spoken so.
    #[error(transparent)]
    Speak(#[from] SpeakError),
    /// The file cannot be read.
    #[error("the file cannot be read")]
    Media(#[source] MediaError),
    /// The file has not what is needed, or too much of it; tells what, after "the file".
    #[error("the file {0}")]
    Unusable(String),
    /// Too many of something that is counted over all of a request.
    #[error("there are {count} {what}, at most {most} are taken")]
    TooMany {
        /// What.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many are taken.
        most: usize,
    },
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
    #[error("records could not be reached")]
    Store(#[from] StoreError),
}

/// What is at fault, and why.
type Fault = (SceneField, SceneError);

/// Blames a part of the scene for whatever is wrong.
fn with<E: Into<SceneError>>(field: SceneField) -> impl FnOnce(E) -> Fault {
    move |error| (field, error.into())
}

/// A scene of which everything but files was looked up.
pub(super) struct CheckedScene {
    character: Option<(Seen, CharacterRequest)>,
    sound: Heard,
    background: WantedBackground,
    texts: Vec<TextBox>,
    camera: Option<Camera>,
    fade: Fade,
}

/// The portrait of a request, its look looked up.
pub(super) enum Seen {
    Look(Box<ShownLook>),
    Cast(&'static CastMember, &'static CastLook),
    File(AssetInput),
}

impl Seen {
    fn is_footage(&self) -> bool {
        matches!(self, Self::Look(look) if look.look.footage.is_some())
    }

    /// The id of the look.
    fn id(&self) -> Option<String> {
        match self {
            Self::Look(look) => Some(look.look.id.to_string()),
            Self::Cast(_, look) => Some(look.id.clone()),
            Self::File(_) => None,
        }
    }

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
    Ready(Sound),
    File(AssetInput),
    OfBackground,
}

impl App {
    /// Looks up what a scene names, but for its files.
    pub(super) async fn check_scene(
        &self,
        workspace_id: WorkspaceId,
        scene: SceneRequest,
        terms: &[Term],
    ) -> Result<CheckedScene, Fault> {
        let character = match scene.character {
            Some(mut character) => {
                let seen = self.seen(workspace_id, &character.picture).await;
                let seen = seen.map_err(with(SceneField::Avatar))?;
                if seen.is_footage() && scene.camera.is_some() {
                    // A shot that we composed: the prompt is not for this person alone.
                    (character.motion_prompt, character.remove_background) = (None, false);
                }
                if character.motion_prompt.is_some() && seen.is_footage() {
                    return Err((SceneField::MotionPrompt, SceneError::MotionOfFootage));
                }
                Some((seen, character))
            }
            None => None,
        };
        let sound = match scene.sound {
            WantedSound::Script { text, voice_id, settings } => {
                let of_avatar = || character.as_ref().and_then(|(seen, _)| seen.default_voice_id());
                let voice_id = voice_id.or_else(of_avatar);
                let voice_id = voice_id.ok_or((SceneField::Voice, SceneError::VoiceMissing))?;
                let voice = self.backends.ready_voice(workspace_id, &voice_id).await;
                let voice = voice.map_err(with(SceneField::Voice))?.map_err(with(SceneField::Voice))?;
                let spoken = Text { text: &text, markup: Markup::Plain, terms };
                let speakable = self.backends.check_speech(spoken, &voice, delivery(settings));
                speakable.map_err(with(SceneField::Script))?;
                Heard::Ready(Sound::Script { text, voice_id, settings, terms: terms.to_vec() })
            }
            WantedSound::Silence(duration_s) => Heard::Ready(Sound::Silence { duration_s }),
            WantedSound::Audio(input) => Heard::File(input),
            WantedSound::OfBackground => Heard::OfBackground,
        };
        let SceneRequest { background, texts, camera, transition_s, .. } = scene;
        let fade = Fade { in_s: transition_s / 2.0, out_s: 0.0 };
        Ok(CheckedScene { character, sound, background, texts, camera, fade })
    }

    pub(super) async fn seen(
        &self,
        workspace_id: WorkspaceId,
        picture: &WantedPicture,
    ) -> Result<Seen, SceneError> {
        match picture {
            WantedPicture::Image(input) => Ok(Seen::File(input.clone())),
            WantedPicture::Look(id) => {
                let found = self.look(workspace_id, *id).await?;
                let found = found.ok_or_else(|| SceneError::LookNotFound(id.to_string()))?;
                match found.status() {
                    LookStatus::Completed => Ok(Seen::Look(Box::new(found))),
                    LookStatus::Processing => Err(SceneError::LookNotReady(*id)),
                    LookStatus::PendingConsent => Err(SceneError::ConsentMissing(found.look.group_id)),
                    LookStatus::Failed(failure) => Err(SceneError::LookFailed(failure)),
                }
            }
            WantedPicture::Cast(id) => {
                let (member, look) = cast::look(id).ok_or_else(|| SceneError::LookNotFound(id.clone()))?;
                Ok(Seen::Cast(member, look))
            }
        }
    }

    /// Gets and looks at the files of a scene. Also tells the size of the photo that is seen, if one is.
    pub(super) async fn resolve_scene(
        &self,
        workspace_id: WorkspaceId,
        scene: CheckedScene,
        inputs: &mut Vec<Resolved>,
    ) -> Result<(Scene, Option<Size>), Fault> {
        let (character, source) = match scene.character {
            Some((seen, wanted)) => {
                let (character, source) =
                    self.character(workspace_id, seen, wanted, scene.camera.is_some(), inputs).await?;
                (Some(character), source)
            }
            None => (None, None),
        };
        let (background, clip) = self.background(workspace_id, scene.background, inputs).await?;
        let sound = match scene.sound {
            Heard::Ready(sound) => sound,
            Heard::File(input) => {
                let field = SceneField::Audio((&input).into());
                let audio = self.input(workspace_id, input, AssetKind::Audio, inputs).await;
                let audio = audio.map_err(with(field))?;
                self.check_audio(&audio).await.map_err(with(field))?;
                Sound::Audio { asset: audio.id }
            }
            // Only clips bring sound; a request for the sound of anything else cannot be written.
            Heard::OfBackground => Sound::Silence { duration_s: clip.map_or(0.0, |clip| clip.duration_s) },
        };
        let CheckedScene { texts, camera, fade, .. } = scene;
        Ok((Scene { character, sound, background, texts, camera, fade }, source))
    }

    async fn character(
        &self,
        workspace_id: WorkspaceId,
        seen: Seen,
        wanted: CharacterRequest,
        is_shot: bool,
        inputs: &mut Vec<Resolved>,
    ) -> Result<(Character, Option<Size>), Fault> {
        let mut clear = wanted.remove_background;
        let avatar_id = seen.id();
        let usual_motion = match &seen {
            Seen::Look(look) => look.treatment.motion_prompt.clone(),
            Seen::Cast(..) | Seen::File(_) => None,
        };
        let (actor, source, usually) = match seen {
            Seen::File(input) => {
                let field = SceneField::Image((&input).into());
                let image = self.input(workspace_id, input, AssetKind::Image, inputs).await;
                let image = image.map_err(with(field))?;
                if let Some(presenter) = self.drawn_in(&image).await.map_err(with(field))? {
                    (Actor::Presenter { presenter }, image.metadata.size, Expressiveness::Medium)
                } else {
                    let (actor, size) = self.photo_actor(&image, clear).await.map_err(with(field))?;
                    (actor, Some(size), Expressiveness::Low)
                }
            }
            Seen::Look(look) => {
                if let Some(presenter) = look.look.appearance {
                    (Actor::Presenter { presenter }, None, Expressiveness::Medium)
                } else if look.look.footage.is_some() {
                    if clear {
                        let told = self.backends.check_cut_out(&look.photo.content_hash).await;
                        told.map_err(with(SceneField::Avatar))?;
                    }
                    let actor = Actor::Footage { footage: look.photo.id };
                    (actor, Some(look.look.size), Expressiveness::Low)
                } else {
                    let mut photo = self.photo_actor(&look.photo, clear).await;
                    if is_shot && clear && matches!(photo, Err(UnusablePortrait::Face(_))) {
                        // Shown as it is where the person cannot be told from the background.
                        clear = false;
                        photo = self.photo_actor(&look.photo, clear).await;
                    }
                    let (actor, size) = photo.map_err(with(SceneField::Avatar))?;
                    (actor, Some(size), Expressiveness::Low)
                }
            }
            Seen::Cast(member, look) => {
                let presenter = Box::new(member.appearance(look));
                (Actor::Presenter { presenter }, None, Expressiveness::Medium)
            }
        };
        let character = Character {
            actor,
            avatar_id,
            style: wanted.style,
            scale: wanted.scale,
            offset: wanted.offset,
            fit: wanted.fit,
            remove_background: clear,
            expressiveness: wanted.expressiveness.unwrap_or(usually),
            motion_prompt: wanted.motion_prompt.or(usual_motion),
        };
        Ok((character, source))
    }

    /// A photo whose face was found, and whose person can be told from the background where that is to go; and its size.
    async fn photo_actor(&self, image: &Asset, clear: bool) -> Result<(Actor, Size), UnusablePortrait> {
        let (backends, hash) = (&self.backends, &image.content_hash);
        if clear {
            backends.cut_out(backends.portrait(hash).await?, WHITE).await?;
        }
        Ok((Actor::Photo { image: image.id }, backends.portrait_size(hash).await?))
    }

    /// The background of a scene, and what was probed of it when it is a clip.
    async fn background(
        &self,
        workspace_id: WorkspaceId,
        wanted: WantedBackground,
        inputs: &mut Vec<Resolved>,
    ) -> Result<(Background, Option<Probe>), Fault> {
        match wanted {
            WantedBackground::Own => Ok((Background::Own, None)),
            WantedBackground::Colour(rgb) => Ok((Background::Colour(rgb), None)),
            WantedBackground::Image(input, fill) => {
                let field = SceneField::BackgroundImage((&input).into());
                let image = self.input(workspace_id, input, AssetKind::Image, inputs).await;
                Ok((Background::Image { asset: image.map_err(with(field))?.id, fill }, None))
            }
            WantedBackground::Video { input, fill, play, volume } => {
                let field = SceneField::BackgroundVideo((&input).into());
                let asset = self.input(workspace_id, input, AssetKind::Video, inputs).await;
                let asset = asset.map_err(with(field))?;
                let clip = self.check_clip(&asset).await.map_err(with(field))?;
                Ok((Background::Video { asset: asset.id, fill, play, volume }, Some(clip)))
            }
        }
    }

    /// The mark of a video, with its picture.
    pub(super) async fn watermark(
        &self,
        workspace_id: WorkspaceId,
        wanted: Watermark<WantedMark>,
        inputs: &mut Vec<Resolved>,
    ) -> Result<Watermark, (InputForm, SceneError)> {
        let mark = match wanted.mark.clone() {
            WantedMark::Preview => Mark::Preview,
            WantedMark::Image(input) => {
                let form = InputForm::from(&input);
                let image = self.input(workspace_id, input, AssetKind::Image, inputs).await;
                Mark::Image { asset: image.map_err(|error| (form, error.into()))?.id }
            }
        };
        Ok(wanted.with(mark))
    }

    /// The music of a video.
    pub(super) async fn music(
        &self,
        workspace_id: WorkspaceId,
        wanted: Music<AssetInput>,
        inputs: &mut Vec<Resolved>,
    ) -> Result<Music, (InputForm, SceneError)> {
        let form = InputForm::from(&wanted.sound);
        let audio = self.input(workspace_id, wanted.sound.clone(), AssetKind::Audio, inputs).await;
        let audio = audio.map_err(|error| (form, error.into()))?;
        self.check_audio(&audio).await.map_err(|error| (form, error))?;
        Ok(wanted.with(audio.id))
    }

    async fn input(
        &self,
        workspace_id: WorkspaceId,
        input: AssetInput,
        kind: AssetKind,
        inputs: &mut Vec<Resolved>,
    ) -> Result<Asset, InputError> {
        let resolved = self.resolve_input(workspace_id, input, kind).await?;
        let asset = resolved.asset.clone();
        inputs.push(resolved);
        Ok(asset)
    }

    async fn check_audio(&self, audio: &Asset) -> Result<(), SceneError> {
        let probed = self.probed(audio).await?;
        if probed.audio.is_none() {
            return Err(SceneError::Unusable("has no sound in it".to_owned()));
        }
        if probed.duration_s > MAX_AUDIO_S {
            return Err(SceneError::Unusable(format!(
                "is {:.1} s long, at most {MAX_AUDIO_S} s are taken; cut it and upload the parts",
                probed.duration_s
            )));
        }
        Ok(())
    }

    pub(super) async fn check_clip(&self, clip: &Asset) -> Result<Probe, SceneError> {
        let probed = self.probed(clip).await?;
        match &probed.video {
            Some(pictures) if pictures.duration_s > 0.0 => Ok(probed),
            Some(_) => Err(SceneError::Unusable("does not tell how long it is".to_owned())),
            None => Err(SceneError::Unusable("has no moving pictures in it".to_owned())),
        }
    }

    pub(super) async fn probed(&self, asset: &Asset) -> Result<Probe, SceneError> {
        let backends = &self.backends;
        let folder = tempfile::tempdir_in(&backends.work_dir)?;
        let copy = folder.path().join("file");
        let path = backends.readable_file(&content_key(&asset.content_hash), &copy).await?;
        probe(&backends.ffmpeg, &path).await.map_err(SceneError::Media)
    }
}
