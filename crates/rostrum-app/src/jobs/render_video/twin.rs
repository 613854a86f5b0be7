//! Footage of a person on the canvas.

use rostrum_avatar::{FootageAvatar, LoopPlan};
use rostrum_jobs::JobError;
use rostrum_media::{Fit, FrameOptions, FramePlayer};
use rostrum_model::ids::AssetId;
use rostrum_model::picture::Size;
use rostrum_model::video::{Character, FRAMES_PER_SECOND, Scene, Video};

use super::cast::{OUT_OF_VIEW, Placed, colour_behind, disc, framed};
use super::framing::{Staging, stage};
use super::playback::{CutOut, Footage, View};
use super::stage::Body;
use super::{fail, retry};
use crate::backends::Backends;
use crate::footage::{LARGEST, OpenFootage, StudiedFootage, UnusableFootage, mean_face};

/// So much memory may the frames take that are kept for playing backwards; at least and at most so many frames.
const KEPT_BYTES: usize = 96 << 20;
const KEPT_FRAMES: [usize; 2] = [8, 50];

impl Backends {
    /// Prepares footage for a scene of so many frames.
    pub(super) async fn twin(
        &self,
        video: &Video,
        scene: &Scene,
        character: &Character,
        footage: AssetId,
        frames: usize,
    ) -> Result<Placed, JobError> {
        let asset = self.source(video, footage, "footage").await?;
        let hash = asset.content_hash;
        let studied = self.studied_footage(&hash, || false).await.map_err(footage_failure)?;
        let folder = tempfile::tempdir_in(&self.work_dir).map_err(retry)?;
        let footage = self.open_footage(&hash, folder.path()).await.map_err(footage_failure)?;
        let cut_out = if character.remove_background {
            let matting = self.engines.matting().await;
            let matting = matting.map_err(|error| fail("models_missing", error.to_string()))?;
            Some(CutOut { matting, behind: colour_behind(video, scene, character) })
        } else {
            None
        };
        let seed = u64::from_be_bytes(*hash.0.first_chunk().expect("a hash has 32 bytes"));
        let (canvas, framed) = (video.spec.size, framed(character));
        let preparing = tokio::task::spawn_blocking(move || {
            let studied_size = footage.size();
            let face = mean_face(&studied.track).ok_or(Unplaced::OutOfView)?;
            let staging = stage(studied_size, &face, canvas, &framed).ok_or(Unplaced::OutOfView)?;
            let Staging { placement, x, y } = staging;
            let view = View::new(studied_size, placement.crop, placement.size);
            let at = (x as isize, y as isize);
            let mask = disc(canvas, &framed).map(|disc| disc.mask(at, placement.size));
            let plan = LoopPlan::new(&studied.track, frames);
            let avatar = speaking(studied, &footage)?;
            let open = Box::new(move || player(&footage, studied_size, view.decoded));
            Ok((Footage { avatar, plan, open, view, cut_out }, at, mask))
        });
        match preparing.await.map_err(retry)? {
            Ok((footage, at, mask)) => {
                Ok(Placed { body: Body::Footage(Box::new(footage)), at, mask, seed, folder: Some(folder) })
            }
            Err(Unplaced::OutOfView) => Err(fail("avatar_out_of_view", OUT_OF_VIEW.to_owned())),
            Err(Unplaced::Footage(error)) => Err(footage_failure(error)),
        }
    }
}

/// Why footage cannot be put on the canvas.
enum Unplaced {
    OutOfView,
    Footage(UnusableFootage),
}

impl From<UnusableFootage> for Unplaced {
    fn from(error: UnusableFootage) -> Self {
        Self::Footage(error)
    }
}

/// Footage that can say anything.
fn speaking(studied: StudiedFootage, footage: &OpenFootage) -> Result<FootageAvatar, UnusableFootage> {
    let StudiedFootage { track, study } = studied;
    let teeth = study.teeth_frame().map(|number| footage.frame(number, Fit::Within(LARGEST))).transpose()?;
    Ok(FootageAvatar::prepare(track, &study, teeth.as_ref())?)
}

/// Plays the footage in a size.
fn player(footage: &OpenFootage, studied: Size, decoded: Size) -> FramePlayer {
    let fit = if decoded == studied { Fit::Within(LARGEST) } else { Fit::Stretch(decoded) };
    let options = FrameOptions { fit, ..FrameOptions::new(FRAMES_PER_SECOND) };
    let [fewest, most] = KEPT_FRAMES;
    let kept = (KEPT_BYTES / (decoded.width * decoded.height * 3).max(1)).clamp(fewest, most);
    FramePlayer::new(&footage.ffmpeg, &footage.path, &footage.video, &options, kept)
}

fn footage_failure(error: UnusableFootage) -> JobError {
    match error {
        error if error.is_the_files_fault() => {
            fail("footage_unusable", format!("the footage cannot be used: {error}"))
        }
        UnusableFootage::Engine(error) => fail("models_missing", error.to_string()),
        error => retry(error),
    }
}
