//! From a scene of a video to its stage: engines prepared, pictures decoded, clips opened.

use std::path::PathBuf;

use bytes::Bytes;
use rostrum_avatar::presenter::{Backdrop, Framing, Presenter, setting_picture};
use rostrum_avatar::{Avatar, AvatarError, Manner, MotionOptions, MotionTrack, PhotoAvatar};
use rostrum_jobs::JobError;
use rostrum_media::{Fit, FrameOptions, FramePlayer, ImageLimits, MediaError, decode_picture, filled, probe};
use rostrum_model::asset::Asset;
use rostrum_model::ids::AssetId;
use rostrum_model::picture::Size;
use rostrum_model::presenter::Appearance;
use rostrum_model::speech::WordSpan;
use rostrum_model::video::{
    Actor, Background, Character, FRAMES_PER_SECOND, Fill, OutputFormat, Play, Scene, Style, Video,
};
use rostrum_model::workspace::PUBLIC_WORKSPACE;

use super::filming::Filming;
use super::framing::{Disc, Framed, Staging, stage};
use super::reuse::motion_seed;
use super::stage::{Behind, Body, Captions, Clip, Fading, Figure, Overlay, Stage, WHITE};
use super::writing::{captions_of, overlays};
use super::{Segment, fail, retry, store_or_retry};
use crate::assets::content_key;
use crate::backends::Backends;
use crate::portraits::{CutOut, Portrait, UnusablePortrait};

/// Behind people who are cut out: premultiplied colours are those before black.
const BLACK: [u8; 3] = [0; 3];
/// Frames of a clip that are kept; it is played forwards.
const KEPT_FRAMES: usize = 1;

/// What errors call the clip behind a scene.
pub(super) const BACKGROUND_VIDEO: &str = "background video";
/// What errors call the picture behind a scene.
const BACKGROUND_IMAGE: &str = "background image";

/// Why somebody cannot be drawn where they are put.
pub(super) const OUT_OF_VIEW: &str =
    "the face is not on the canvas or too small there; choose another scale or offset";

/// A stage with the files it reads from.
pub(super) struct Prepared {
    pub(super) stage: Stage,
    /// Removed with it.
    _folders: Vec<tempfile::TempDir>,
}

/// Somebody who is ready to be drawn, but not planned yet.
pub(super) struct Placed {
    pub(super) body: Body,
    pub(super) at: (isize, isize),
    pub(super) mask: Option<Vec<u8>>,
    /// Chooses the motion.
    pub(super) seed: u64,
    /// With the file that is read from.
    pub(super) folder: Option<tempfile::TempDir>,
}

impl Backends {
    /// Prepares all that is seen in a scene.
    pub(super) async fn prepare_stage(
        &self,
        video: &Video,
        scene: &Scene,
        segment: &Segment,
    ) -> Result<Prepared, JobError> {
        let frames = segment.scene_frames;
        let size = video.spec.size;
        let speech = self.speech(video, scene).await?;
        let (mut overlays, captions) = self.written(video, scene, frames, &speech.words).await?;
        overlays.extend(self.mark(video, frames).await?);
        let filming = scene.camera.map(|camera| Filming { camera, set: camera.set_size(size), frames });
        let on_set = filming.as_ref().map(|filming| on_set(video, scene, filming.set));
        let (behind, folder) = match (&on_set, video.spec.format.is_clear()) {
            (Some(on_set), _) => self.far(on_set, scene, frames).await?,
            (None, true) => (Behind::Nothing, None),
            (None, false) => self.behind(video, &scene.background, frames).await?,
        };
        let video = on_set.as_ref().unwrap_or(video);
        let mut folders = Vec::from_iter(folder);
        let figure = match &scene.character {
            None => None,
            Some(character) => {
                let placed = match &character.actor {
                    Actor::Photo { image } => self.photo(video, scene, character, *image).await?,
                    Actor::Footage { footage } => {
                        self.twin(video, scene, character, *footage, frames).await?
                    }
                    Actor::Presenter { presenter } => presenter_on(video, scene, character, presenter),
                };
                let mut manner =
                    character.motion_prompt.as_deref().map(Manner::from_prompt).unwrap_or_default();
                if let Actor::Presenter { presenter } = &character.actor {
                    manner.smile = manner.smile.or(presenter.person.smile);
                }
                let Placed { mut body, at, mask, seed, folder } = placed;
                folders.extend(folder);
                if body.is_opaque()
                    && let Some(film) = self.kept_film(video, scene, segment, body.size()).await?
                {
                    body = Body::Film(Box::new(film));
                }
                let options = MotionOptions { seed, expressiveness: character.expressiveness, manner };
                let planning = tokio::task::spawn_blocking(move || {
                    MotionTrack::plan(&speech, FRAMES_PER_SECOND, frames, &options)
                });
                Some(Figure { body, motion: planning.await.map_err(retry)?, at, mask })
            }
        };
        let fade = scene.fade.frames(frames);
        let fading = (fade != [0; 2]).then_some(Fading { frames: fade, scene_frames: frames });
        let stage = Stage { size, behind, figure, overlays, captions, filming, fading };
        Ok(Prepared { stage, _folders: folders })
    }

    /// What is written over a scene.
    async fn written(
        &self,
        video: &Video,
        scene: &Scene,
        frames: usize,
        words: &[WordSpan],
    ) -> Result<(Vec<Overlay>, Option<Captions>), JobError> {
        if scene.texts.is_empty() && video.spec.captions.is_none() {
            return Ok((Vec::new(), None));
        }
        let fonts = self.engines.fonts().await.map_err(retry)?;
        let (texts, look, words, size) =
            (scene.texts.clone(), video.spec.captions.clone(), words.to_vec(), video.spec.size);
        let writing = tokio::task::spawn_blocking(move || {
            let overlays = overlays(&fonts, &texts, frames);
            (overlays, look.map(|look| captions_of(fonts, &words, &look, size)))
        });
        writing.await.map_err(retry)
    }

    /// An asset that a video is made from: one of its workspace, or one that everybody may use.
    pub(super) async fn source(&self, video: &Video, id: AssetId, kind: &str) -> Result<Asset, JobError> {
        let mut asset = self.store.assets().get(video.workspace_id, id).await.map_err(store_or_retry)?;
        if asset.is_none() {
            asset = self.store.assets().get(PUBLIC_WORKSPACE, id).await.map_err(store_or_retry)?;
        }
        asset.ok_or_else(|| {
            fail("asset_not_found", format!("the {kind} asset {id} was deleted; upload it again"))
        })
    }

    /// The bytes of a picture that a video is made from, with a folder for whoever decodes them.
    pub(super) async fn picture_bytes(
        &self,
        video: &Video,
        id: AssetId,
        kind: &str,
    ) -> Result<(Bytes, tempfile::TempDir), JobError> {
        let asset = self.source(video, id, kind).await?;
        let folder = tempfile::tempdir_in(&self.work_dir).map_err(retry)?;
        let bytes = self.blobs.read(&content_key(&asset.content_hash)).await.map_err(retry)?;
        let bytes = bytes.ok_or_else(|| retry(anyhow::anyhow!("the bytes of {id} are missing")))?;
        Ok((bytes, folder))
    }

    async fn behind(
        &self,
        video: &Video,
        background: &Background,
        frames: usize,
    ) -> Result<(Behind, Option<tempfile::TempDir>), JobError> {
        match *background {
            Background::Own => Ok((Behind::Colour(WHITE), None)),
            Background::Colour(rgb) => Ok((Behind::Colour(rgb), None)),
            Background::Image { asset, fill } => {
                let _alone = self.turn_to_decode().await;
                let (bytes, folder) = self.picture_bytes(video, asset, BACKGROUND_IMAGE).await?;
                let decoding = decode_picture(&self.ffmpeg, folder.path(), bytes, ImageLimits::default());
                let image = decoding.await.map_err(|error| picture_failure(BACKGROUND_IMAGE, error))?;
                let size = video.spec.size;
                let filling = tokio::task::spawn_blocking(move || filled(&image, size, fill));
                Ok((Behind::Picture(filling.await.map_err(retry)?), None))
            }
            Background::Video { asset, fill, play, .. } => {
                let (clip, folder) = self.clip(video, asset, fill, play, frames).await?;
                Ok((Behind::Clip(clip), Some(folder)))
            }
        }
    }

    /// What is behind people whom a camera films: where nothing is asked for, a presenter's setting, or what is behind the
    /// person of a photo, who is taken out of it.
    async fn far(
        &self,
        video: &Video,
        scene: &Scene,
        frames: usize,
    ) -> Result<(Behind, Option<tempfile::TempDir>), JobError> {
        let (Background::Own, Some(character)) = (&scene.background, &scene.character) else {
            return self.behind(video, &scene.background, frames).await;
        };
        let size = video.spec.size;
        let picture = match &character.actor {
            Actor::Presenter { presenter } => {
                let setting = presenter.setting;
                tokio::task::spawn_blocking(move || setting_picture(setting, size)).await.map_err(retry)?
            }
            Actor::Photo { image } => {
                let asset = self.source(video, *image, "image").await?;
                let portrait = self.portrait(&asset.content_hash).await.map_err(portrait_failure)?;
                let (portrait, matte) = self.matte(portrait).await.map_err(portrait_failure)?;
                let emptying = tokio::task::spawn_blocking(move || {
                    let empty = matte.map(|matte| matte.without_person(&portrait.image));
                    filled(empty.as_ref().unwrap_or(&portrait.image), size, Fill::Cover)
                });
                emptying.await.map_err(retry)?
            }
            // Footage is seen with what is behind the person in it.
            Actor::Footage { .. } => return Ok((Behind::Colour(BLACK), None)),
        };
        Ok((Behind::Picture(picture), None))
    }

    async fn clip(
        &self,
        video: &Video,
        asset: AssetId,
        fill: Fill,
        play: Play,
        scene_frames: usize,
    ) -> Result<(Clip, tempfile::TempDir), JobError> {
        let (path, folder) = self.clip_file(video, asset, BACKGROUND_VIDEO).await?;
        let probed = probe(&self.ffmpeg, &path).await.map_err(retry)?;
        let stream = probed
            .video
            .ok_or_else(|| fail("video_unusable", "the background video has no pictures in it".to_owned()))?;
        let size = video.spec.size;
        let fit = match fill {
            Fill::Cover => Fit::Cover(size),
            Fill::Contain => Fit::Contain(size),
            Fill::Unscaled => Fit::Shown,
        };
        let frames = (stream.duration_s * f64::from(FRAMES_PER_SECOND)).round().max(1.0) as usize;
        let options = FrameOptions { fit, ..FrameOptions::new(FRAMES_PER_SECOND) };
        let ffmpeg = self.ffmpeg.clone();
        let open = Box::new(move || FramePlayer::new(&ffmpeg, &path, &stream, &options, KEPT_FRAMES));
        Ok((Clip { open, frames, play, scene_frames }, folder))
    }

    /// A clip or a sound as a file that ffmpeg may read, in a folder that is removed with it.
    pub(super) async fn clip_file(
        &self,
        video: &Video,
        asset: AssetId,
        kind: &str,
    ) -> Result<(PathBuf, tempfile::TempDir), JobError> {
        let asset = self.source(video, asset, kind).await?;
        let folder = tempfile::tempdir_in(&self.work_dir).map_err(retry)?;
        let copy = folder.path().join("clip");
        let path = self.readable_file(&content_key(&asset.content_hash), &copy).await.map_err(retry)?;
        Ok((path, folder))
    }

    pub(super) async fn photo(
        &self,
        video: &Video,
        scene: &Scene,
        character: &Character,
        image: AssetId,
    ) -> Result<Placed, JobError> {
        let asset = self.source(video, image, "image").await?;
        let portrait = self.portrait(&asset.content_hash).await.map_err(portrait_failure)?;
        let behind = colour_behind(video, scene, character);
        let (portrait, matte) = if character.remove_background {
            // A colour moves like any other part of the picture, so that person and matte are warped as one.
            let cut = self.cut_out(portrait, behind.unwrap_or(BLACK)).await;
            let CutOut { portrait, matte } = cut.map_err(portrait_failure)?;
            (portrait, Some(matte))
        } else {
            self.matte(portrait).await.map_err(portrait_failure)?
        };
        let is_clear = character.remove_background && behind.is_none();
        let seed = u64::from_be_bytes(*asset.content_hash.0.first_chunk().expect("a hash has 32 bytes"));
        let source = portrait.image.size();
        let (canvas, framed) = (video.spec.size, framed(character));
        let preparing = tokio::task::spawn_blocking(move || {
            let staging =
                stage(source, &portrait.landmarks, canvas, &framed).ok_or(AvatarError::FaceOutOfView)?;
            let Portrait { image, landmarks } = portrait;
            let Staging { placement, x, y } = staging;
            let avatar = match &matte {
                Some(matte) if is_clear => {
                    PhotoAvatar::prepare_cut_out(&image, &landmarks, &placement, matte)?
                }
                Some(matte) => PhotoAvatar::prepare_matted(&image, &landmarks, &placement, matte)?,
                None => PhotoAvatar::prepare(&image, &landmarks, &placement)?,
            };
            let at = (x as isize, y as isize);
            let mask = disc(canvas, &framed).map(|disc| disc.mask(at, placement.size));
            let body = Body::Avatar(Avatar::Photo(Box::new(avatar)));
            Ok::<_, AvatarError>(Placed { body, at, mask, seed, folder: None })
        });
        preparing.await.map_err(retry)?.map_err(|error| match error {
            AvatarError::FaceOutOfView => fail("avatar_out_of_view", OUT_OF_VIEW.to_owned()),
            error => retry(error),
        })
    }
}

/// The video as people are drawn for a camera: as large as the set, and, where they can be told from it, without what is
/// behind them.
fn on_set(video: &Video, scene: &Scene, set: Size) -> Video {
    let is_clear = scene.character.as_ref().is_some_and(|character| match character.actor {
        Actor::Presenter { .. } => true,
        Actor::Photo { .. } | Actor::Footage { .. } => character.remove_background,
    });
    let mut video = video.clone();
    video.spec.size = set;
    video.spec.format = if is_clear { OutputFormat::Webm } else { OutputFormat::Mp4 };
    video
}

/// The colour that is seen behind somebody who is cut out, where it is one.
pub(super) fn colour_behind(video: &Video, scene: &Scene, character: &Character) -> Option<[u8; 3]> {
    match (character.style, scene.background) {
        (Style::Circle { background_rgb: Some(rgb) }, _) => Some(rgb),
        (Style::Circle { background_rgb: None }, _) => Some(WHITE),
        _ if video.spec.format.is_clear() => None,
        (_, Background::Own) => Some(WHITE),
        (_, Background::Colour(rgb)) => Some(rgb),
        (_, Background::Image { .. } | Background::Video { .. }) => None,
    }
}

/// A drawn person on the canvas.
fn presenter_on(video: &Video, scene: &Scene, character: &Character, appearance: &Appearance) -> Placed {
    let (canvas, framed) = (video.spec.size, framed(character));
    let disc = disc(canvas, &framed);
    let backdrop = match (character.style, scene.background) {
        (Style::Circle { background_rgb: Some(rgb) }, _) => Backdrop::Colour(rgb),
        (Style::Circle { background_rgb: None }, _) => Backdrop::Setting(appearance.setting),
        _ if video.spec.format.is_clear() => Backdrop::Clear,
        (_, Background::Colour(rgb)) => Backdrop::Colour(rgb),
        (_, Background::Own) if character.remove_background => Backdrop::Colour(WHITE),
        (_, Background::Own) => Backdrop::Setting(appearance.setting),
        (_, Background::Image { .. } | Background::Video { .. }) => Backdrop::Clear,
    };
    let close_up = !matches!(character.style, Style::Normal);
    let framing = match disc {
        Some(Disc { side, .. }) => Framing { close_up, ..Framing::new(Size { width: side, height: side }) },
        None => {
            Framing { close_up, scale: character.scale, offset: character.offset, ..Framing::new(canvas) }
        }
    };
    let presenter = Presenter::new(appearance.clone(), &framing, backdrop);
    let at = disc.map_or((0, 0), |disc| (disc.x, disc.y));
    let mask = disc.map(|disc| disc.mask(at, framing.size));
    let body = Body::Avatar(Avatar::Presenter(Box::new(presenter)));
    Placed { body, at, mask, seed: motion_seed(scene), folder: None }
}

pub(super) fn framed(character: &Character) -> Framed {
    let Character { style, fit, scale, offset, .. } = *character;
    Framed { style, fit, scale, offset }
}

pub(super) fn disc(canvas: Size, framed: &Framed) -> Option<Disc> {
    matches!(framed.style, Style::Circle { .. }).then(|| Disc::new(canvas, framed))
}

/// What it means that a picture cannot be decoded.
pub(super) fn picture_failure(kind: &str, error: MediaError) -> JobError {
    if error.is_the_files_fault() {
        fail("image_unusable", format!("the {kind} cannot be used: {error}"))
    } else {
        retry(error)
    }
}

fn portrait_failure(error: UnusablePortrait) -> JobError {
    match &error {
        UnusablePortrait::Picture(_) | UnusablePortrait::Face(_) => {
            fail("image_unusable", format!("the image cannot be used: {error}"))
        }
        UnusablePortrait::Engine(_) => fail("models_missing", error.to_string()),
        _ => retry(error),
    }
}
