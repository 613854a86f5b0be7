//! Films of people by another avatar engine: asked for before a scene is drawn, kept with the video's work, and shown in the
//! place where the built-in engine would draw. Whatever is wrong with one, there is none, and the built-in engine draws.

use std::path::Path;

use rostrum_avatar::{Avatar, AvatarScratch, Pose};
use rostrum_jobs::{JobError, StepContext};
use rostrum_media::{Fit, FrameOptions, FramePlayer, FrameReader, MediaError, VideoStream, jpeg, probe, wav};
use rostrum_model::picture::{RgbImage, Size};
use rostrum_model::speech::{SAMPLE_RATE, SpeechTrack};
use rostrum_model::video::{Actor, Expressiveness, FRAMES_PER_SECOND, Scene, Video};

use super::film_check::{FilmCheck, NothingToSee};
use super::reuse::Part;
use super::stage::Body;
use super::{Segment, retry};
use crate::avatar_engine::{AvatarEngine, FilmOrder, FilmTrack};
use crate::backends::Backends;
use crate::engine_calls::CallFault;

/// So many frames too few or too many are held or cut.
const FRAMES_OFF: usize = 1;
/// Frames of a film that are kept; it is played forwards.
const KEPT_FRAMES: usize = 1;

/// Somebody as another engine shows them.
pub struct Film {
    open: Box<dyn Fn() -> FramePlayer + Send + Sync>,
    size: Size,
    /// How many frames it has, at least one.
    frames: usize,
    /// Holds the file.
    _folder: tempfile::TempDir,
}

impl Film {
    /// Size of its frames.
    pub(super) fn size(&self) -> Size {
        self.size
    }

    /// Starts to play it.
    pub(super) fn player(&self) -> FramePlayer {
        (self.open)()
    }

    /// Puts a frame into `picture`, which is of the figure's size; after the last one that stays.
    ///
    /// # Errors
    /// When the film cannot be decoded though it was before.
    pub(super) fn show(
        &self,
        player: &mut FramePlayer,
        frame: usize,
        picture: &mut RgbImage,
    ) -> Result<(), MediaError> {
        let last = frame.min(self.frames - 1);
        for number in [last, last.saturating_sub(FRAMES_OFF)] {
            if let Some(seen) = player.frame(number as u64)? {
                picture.pixels.copy_from_slice(&seen.pixels);
                return Ok(());
            }
        }
        Ok(())
    }
}

/// A film is not used.
#[derive(Debug, thiserror::Error)]
enum UnusedFilm {
    #[error("the avatar engine {0}")]
    Call(#[from] CallFault),
    #[error("the film of the avatar engine cannot be played: {0}")]
    Unplayable(#[from] MediaError),
    #[error("the film of the avatar engine shows nobody: {0}")]
    NothingToSee(#[from] NothingToSee),
    #[error("the film of the avatar engine has no moving pictures")]
    NoPictures,
    #[error("the film of the avatar engine has {found} frames where {wanted} were asked for")]
    Length { found: usize, wanted: usize },
    #[error("the film's file could not be written")]
    Io(#[from] std::io::Error),
}

impl Backends {
    /// Asks the avatar engine, where there is one, for the film of a scene's person, and keeps it. Without a film that can
    /// be used this does nothing but say so in the log. Gives what tells the film apart from others.
    pub(super) async fn fetch_film(
        &self,
        cx: &StepContext,
        video: &Video,
        scene: &Scene,
        speech: &SpeechTrack,
        (heard, frames): (&str, usize),
    ) -> Result<Option<String>, JobError> {
        let Some(engine) = &self.avatar_engine else { return Ok(None) };
        let Some(character) = &scene.character else { return Ok(None) };
        let Actor::Photo { image } = character.actor else { return Ok(None) };
        if scene.camera.is_some() {
            return Ok(None);
        }
        // What is behind shows through a person who is cut out, and a film has no transparency.
        if character.remove_background || video.spec.format.is_clear() {
            return Ok(None);
        }
        let part = film_part(&**engine, video, scene, heard, frames);
        let name = Some(part.kept.as_str().to_owned());
        if self.take_part(&part).await? {
            return Ok(name);
        }
        let Body::Avatar(avatar) = self.photo(video, scene, character, image).await?.body else {
            return Ok(None);
        };
        let size = avatar.size();
        let resting = tokio::task::spawn_blocking(move || resting(&avatar));
        let picture = resting.await.map_err(retry)?.map_err(retry)?;
        let track = FilmTrack {
            frames_per_second: FRAMES_PER_SECOND,
            frames,
            size,
            duration_s: speech.duration_s(),
            phonemes: speech.phonemes.clone(),
            words: speech.words.clone(),
            expressiveness: match character.expressiveness {
                Expressiveness::Low => "low",
                Expressiveness::Medium => "medium",
                Expressiveness::High => "high",
            },
            motion_prompt: character.motion_prompt.clone(),
        };
        let sound = wav(&speech.samples, SAMPLE_RATE).into();
        let order = FilmOrder { picture: picture.into(), sound, track };
        let folder = tempfile::tempdir_in(&self.work_dir).map_err(retry)?;
        let file = folder.path().join("film");
        let made = tokio::select! {
            made = self.checked_film(&**engine, order, &file, (size, frames)) => made,
            () = cx.cancelled.cancelled() => return Ok(None),
        };
        match made {
            Ok(()) => {
                self.keep_part(&part, &file).await?;
                metrics::counter!("rostrum_avatar_engine_films_total").increment(1);
                Ok(name)
            }
            Err(error) => {
                tracing::warn!(video.id = %video.id, error = &error as &dyn std::error::Error, "the built-in engine draws instead");
                metrics::counter!("rostrum_avatar_engine_fallbacks_total").increment(1);
                Ok(None)
            }
        }
    }

    async fn checked_film(
        &self,
        engine: &dyn AvatarEngine,
        order: FilmOrder,
        file: &Path,
        (size, wanted): (Size, usize),
    ) -> Result<(), UnusedFilm> {
        let phonemes = order.track.phonemes.clone();
        engine.film(order, file).await?;
        let probed = probe(&self.ffmpeg, file).await?;
        let stream = probed.video.ok_or(UnusedFilm::NoPictures)?;
        let (ffmpeg, path) = (self.ffmpeg.clone(), file.to_owned());
        // Decoded whole once: afterwards nothing can be wrong with it.
        let counting = tokio::task::spawn_blocking(move || {
            let mut reader = FrameReader::open(&ffmpeg, &path, &stream, &options(size))?;
            let (mut found, mut check) = (0, FilmCheck::new(&phonemes));
            while let Some(frame) = reader.next_frame()? {
                if found <= wanted {
                    check.look(&frame)?;
                }
                reader.reuse(frame);
                found += 1;
                if found > wanted + FRAMES_OFF {
                    break;
                }
            }
            Ok::<usize, UnusedFilm>(found)
        });
        let found = counting.await.map_err(std::io::Error::from)??;
        if found == 0 || found.abs_diff(wanted) > FRAMES_OFF {
            return Err(UnusedFilm::Length { found, wanted });
        }
        Ok(())
    }

    /// The film of a scene's person, if one was kept.
    pub(super) async fn kept_film(
        &self,
        video: &Video,
        scene: &Scene,
        segment: &Segment,
        size: Size,
    ) -> Result<Option<Film>, JobError> {
        let (Some(engine), Some(_)) = (&self.avatar_engine, &segment.film) else { return Ok(None) };
        let frames = segment.scene_frames;
        let part = film_part(&**engine, video, scene, &segment.heard, frames);
        let folder = tempfile::tempdir_in(&self.work_dir).map_err(retry)?;
        let path = self.readable_file(&part.own, &folder.path().join("film")).await.map_err(retry)?;
        let stream = probe(&self.ffmpeg, &path).await.map_err(retry)?.video;
        let stream: VideoStream =
            stream.ok_or_else(|| retry(anyhow::anyhow!("the kept film has no pictures")))?;
        let ffmpeg = self.ffmpeg.clone();
        let open = Box::new(move || FramePlayer::new(&ffmpeg, &path, &stream, &options(size), KEPT_FRAMES));
        Ok(Some(Film { open, size, frames: frames.max(1), _folder: folder }))
    }
}

fn options(size: Size) -> FrameOptions {
    FrameOptions { fit: Fit::Cover(size), ..FrameOptions::new(FRAMES_PER_SECOND) }
}

/// The person as the scene shows them, at rest, as a JPEG.
fn resting(avatar: &Avatar) -> Result<Vec<u8>, MediaError> {
    let Size { width, height } = avatar.size();
    let mut picture = RgbImage::filled(width, height, [0; 3]);
    avatar.render(&Pose::default(), &mut AvatarScratch::default(), &mut picture);
    jpeg(&picture)
}

/// The file of a scene's film.
fn film_part(engine: &dyn AvatarEngine, video: &Video, scene: &Scene, heard: &str, frames: usize) -> Part {
    Part::of(video, scene, &("film", engine.identity(), heard, frames), "film")
}
