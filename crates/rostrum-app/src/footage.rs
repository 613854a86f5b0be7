//! Footage of a person: checked, studied once, and remembered by its content.

use std::path::{Path, PathBuf};

use rostrum_avatar::{FootageError, FootageStudy, LoopPlan};
use rostrum_blob::BlobError;
use rostrum_face::{
    FaceError, FaceModels, FaceTrack, FaceTracker, FootageRefusal, Landmarks, PortraitRefusal,
};
use rostrum_media::{Ffmpeg, Fit, FrameOptions, FrameReader, MediaError, VideoStream, jpeg, probe};
use rostrum_model::asset::{Asset, ContentHash};
use rostrum_model::avatar::FOOTAGE_S;
use rostrum_model::picture::{RgbImage, Size};
use rostrum_model::video::FRAMES_PER_SECOND;
use rostrum_store::StoreError;

use crate::assets::content_key;
use crate::backends::{Backends, CopyError};
use crate::engines::EngineError;
use crate::jobs::derive_asset::derived_key;

/// Names of what is kept beside the content; the numbers change whenever the same footage may be seen otherwise.
const TRACK: &str = "footage-1.track";
const STUDY: &str = "footage-1.study";
/// The name that the still preview has in URLs, too.
pub const FOOTAGE_PREVIEW: &str = "footage.jpg";

/// Larger footage is looked at, and shown, in this size.
pub(crate) const LARGEST: Size = Size { width: 1920, height: 1920 };
/// Of larger footage, the size of the still preview.
const PREVIEW: Size = Size { width: 1280, height: 1280 };

/// Lengths may be off by so many seconds: files tell them rounded, sound and pictures end apart.
const SLACK_S: f64 = 0.05;
/// How footage is looked at before it is taken: so many frames of its start, at this rate. Together 3 s.
const FIRST_FRAMES: u64 = 15;
const FIRST_FRAMES_RATE: u32 = 5;

/// Footage cannot become a digital twin, or could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum UnusableFootage {
    /// Only sound.
    #[error("the file has no moving pictures in it")]
    NoPictures,
    /// Too short or too long, in seconds.
    #[error("Footage duration must be between {shortest:.0}s and {longest:.0}s, and it has {measured:.1}s")]
    Duration {
        /// Its length.
        measured: f64,
        /// The least.
        shortest: f64,
        /// The most.
        longest: f64,
    },
    /// The file cannot be decoded.
    #[error("the footage cannot be read: {0}")]
    File(#[source] MediaError),
    /// No face, several, or one that cannot be followed, at its start.
    #[error("of its first 3 s, {0}")]
    Start(FootageRefusal),
    /// The same of all of it.
    #[error(transparent)]
    Faces(FootageRefusal),
    /// The person cannot be told from the background.
    #[error(transparent)]
    Person(PortraitRefusal),
    /// The face engine could not be loaded.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The face engine failed on it.
    #[error("the face engine failed")]
    FaceEngine(#[from] FaceError),
    /// What was found does not go together.
    #[error("what was found in the footage does not go together")]
    Footage(#[from] FootageError),
    /// The decoder failed, through no fault of the file.
    #[error("the footage could not be decoded")]
    Decoder(#[source] MediaError),
    /// Bytes could not be reached.
    #[error("the footage's bytes could not be reached")]
    Blob(#[from] BlobError),
    /// Records could not be reached.
    #[error("the footage's record could not be reached")]
    Store(#[from] StoreError),
    /// Bytes could not be copied for a look at them.
    #[error("the footage's bytes could not be copied")]
    Copy(#[from] CopyError),
    /// No temporary folder.
    #[error("a temporary folder could not be made")]
    Io(#[from] std::io::Error),
    /// Nobody wants to know any more.
    #[error("the look into the footage was given up")]
    GivenUp,
    /// The looking task died.
    #[error("looking into the footage was interrupted")]
    Interrupted(#[source] tokio::task::JoinError),
}

impl UnusableFootage {
    /// Whether the footage itself is to blame, and will be each time.
    pub fn is_the_files_fault(&self) -> bool {
        matches!(
            self,
            Self::NoPictures
                | Self::Duration { .. }
                | Self::File(_)
                | Self::Start(_)
                | Self::Faces(_)
                | Self::Person(_)
        )
    }
}

impl From<MediaError> for UnusableFootage {
    fn from(error: MediaError) -> Self {
        if error.is_the_files_fault() { Self::File(error) } else { Self::Decoder(error) }
    }
}

/// Footage that may become a digital twin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckedFootage {
    /// Its size, upright.
    pub size: Size,
    /// Its length.
    pub duration_ms: u64,
}

/// What was found in all frames.
#[derive(Debug)]
pub(crate) struct StudiedFootage {
    /// Where the face is.
    pub(crate) track: FaceTrack,
    /// Light and teeth.
    pub(crate) study: FootageStudy,
}

/// What looking at all frames gave; not kept yet.
pub(crate) struct MadeStudy {
    pub(crate) studied: StudiedFootage,
    /// A frame in which the person is at rest, as a JPEG.
    preview: Vec<u8>,
}

/// A file of footage that can be read.
pub(crate) struct OpenFootage {
    /// The program that reads it.
    pub(crate) ffmpeg: Ffmpeg,
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What is in it.
    pub(crate) video: VideoStream,
}

impl OpenFootage {
    /// Finds out what is in a file.
    pub(crate) async fn probe(ffmpeg: &Ffmpeg, path: PathBuf) -> Result<Self, UnusableFootage> {
        let probed = probe(ffmpeg, &path).await.map_err(MediaError::blaming_the_file)?;
        let video = probed.video.ok_or(UnusableFootage::NoPictures)?;
        Ok(Self { ffmpeg: ffmpeg.clone(), path, video })
    }

    /// The size that it is looked at in.
    pub(crate) fn size(&self) -> Size {
        Fit::Within(LARGEST).frame_size(self.video.shown_size)
    }

    fn read(&self, options: &FrameOptions) -> Result<FrameReader, UnusableFootage> {
        Ok(FrameReader::open(&self.ffmpeg, &self.path, &self.video, options)?)
    }

    /// One frame, in the largest size that fits.
    ///
    /// # Errors
    /// Also when there is no such frame.
    pub(crate) fn frame(&self, number: usize, fit: Fit) -> Result<RgbImage, UnusableFootage> {
        let first_frame = number as u64;
        let options = FrameOptions { fit, first_frame, max_frames: Some(1), ..every_frame() };
        let frame = self.read(&options)?.next_frame()?;
        let detail = || format!("frame {number} is missing");
        frame.ok_or_else(|| UnusableFootage::File(MediaError::Malformed { detail: detail() }))
    }
}

fn every_frame() -> FrameOptions {
    FrameOptions { fit: Fit::Within(LARGEST), ..FrameOptions::new(FRAMES_PER_SECOND) }
}

fn check_duration(duration_s: f64) -> Result<(), UnusableFootage> {
    let [shortest, longest] = FOOTAGE_S;
    if (shortest - SLACK_S..=longest + SLACK_S).contains(&duration_s) {
        return Ok(());
    }
    Err(UnusableFootage::Duration { measured: duration_s, shortest, longest })
}

impl Backends {
    /// Looks whether footage may become a digital twin: its length, and the faces in its first frames.
    ///
    /// # Errors
    /// When it may not (the text says why, with the measured value), or it cannot be looked at.
    pub async fn check_footage(&self, asset: &Asset) -> Result<CheckedFootage, UnusableFootage> {
        let folder = tempfile::tempdir_in(&self.work_dir)?;
        let footage = self.open_footage(&asset.content_hash, folder.path()).await?;
        let duration_s = footage.video.duration_s;
        check_duration(duration_s)?;
        let (models, size) = (self.engines.face().await?, footage.video.shown_size);
        let looking = tokio::task::spawn_blocking(move || {
            let options = FrameOptions { max_frames: Some(FIRST_FRAMES), ..every_frame() };
            let options = FrameOptions { frames_per_second: FIRST_FRAMES_RATE, ..options };
            let mut tracker = FaceTracker::new(&models);
            for frame in footage.read(&options)? {
                tracker.push(&frame?)?;
            }
            tracker.finish().check().map_err(UnusableFootage::Start)
        });
        looking.await.map_err(UnusableFootage::Interrupted)??;
        Ok(CheckedFootage { size, duration_ms: (duration_s * 1000.0).round() as u64 })
    }

    /// The bytes of footage as a file that ffmpeg may read; `folder` is for a copy, where one is needed.
    pub(crate) async fn open_footage(
        &self,
        hash: &ContentHash,
        folder: &Path,
    ) -> Result<OpenFootage, UnusableFootage> {
        let path = self.readable_file(&content_key(hash), &folder.join("footage")).await?;
        OpenFootage::probe(&self.ffmpeg, path).await
    }

    /// What was found in footage before; what cannot be read back counts as nothing.
    pub(crate) async fn kept_study(&self, hash: &ContentHash) -> Result<Option<StudiedFootage>, BlobError> {
        let Some(track) = self.blobs.read(&derived_key(hash, TRACK)).await? else { return Ok(None) };
        let Some(study) = self.blobs.read(&derived_key(hash, STUDY)).await? else { return Ok(None) };
        let read = (FaceTrack::from_bytes(&track).ok(), FootageStudy::from_bytes(&study).ok());
        let (Some(track), Some(study)) = read else { return Ok(None) };
        Ok((track.frame_count() == study.frame_count()).then_some(StudiedFootage { track, study }))
    }

    /// Looks at all frames, on one thread beside that of ffmpeg; nothing is kept. `is_given_up` is asked before every frame.
    ///
    /// # Errors
    /// When it cannot become a digital twin, or cannot be looked at.
    pub(crate) async fn study_footage(
        &self,
        hash: &ContentHash,
        is_given_up: impl Fn() -> bool + Send + 'static,
    ) -> Result<MadeStudy, UnusableFootage> {
        let folder = tempfile::tempdir_in(&self.work_dir)?;
        let footage = self.open_footage(hash, folder.path()).await?;
        let models = self.engines.face().await?;
        let looking = tokio::task::spawn_blocking(move || {
            let studied = look_at_all(&footage, &models, &is_given_up)?;
            let calm = LoopPlan::new(&studied.track, 1).source_frame(0);
            let preview = jpeg(&footage.frame(calm, Fit::Within(PREVIEW))?)?;
            Ok(MadeStudy { studied, preview })
        });
        looking.await.map_err(UnusableFootage::Interrupted)?
    }

    /// Keeps what was found beside the content. The caller holds the content's lock and knows that it is needed.
    pub(crate) async fn keep_study(&self, hash: &ContentHash, made: &MadeStudy) -> Result<(), BlobError> {
        let MadeStudy { studied, preview } = made;
        self.blobs.put(&derived_key(hash, FOOTAGE_PREVIEW), preview).await?;
        self.blobs.put(&derived_key(hash, STUDY), &studied.study.to_bytes()).await?;
        // Last: whoever finds it finds the others.
        self.blobs.put(&derived_key(hash, TRACK), &studied.track.to_bytes()).await?;
        Ok(())
    }

    /// Looks whether the person of studied footage can be told from the background.
    ///
    /// # Errors
    /// When the model for it is not installed, or does not know the person.
    pub(crate) async fn check_cut_out(&self, hash: &ContentHash) -> Result<(), UnusableFootage> {
        let matting = self.engines.matting().await?;
        let folder = tempfile::tempdir_in(&self.work_dir)?;
        let footage = self.open_footage(hash, folder.path()).await?;
        // What is not kept any more is made anew when the video is drawn.
        let Some(StudiedFootage { track, .. }) = self.kept_study(hash).await? else { return Ok(()) };
        let _alone = self.turn_to_decode().await;
        let looking = tokio::task::spawn_blocking(move || {
            let calm = LoopPlan::new(&track, 1).source_frame(0);
            let Some(face) = track.face(calm) else { return Ok(()) };
            let frame = footage.frame(calm, Fit::Within(LARGEST))?;
            let matte = matting.matte(&frame, Some(face))?;
            matte.check_face(face).map_err(UnusableFootage::Person)
        });
        looking.await.map_err(UnusableFootage::Interrupted)?
    }
}

fn look_at_all(
    footage: &OpenFootage,
    models: &FaceModels,
    is_given_up: &impl Fn() -> bool,
) -> Result<StudiedFootage, UnusableFootage> {
    let rate = f64::from(FRAMES_PER_SECOND);
    // A file may have more in it than it says.
    let most = ((FOOTAGE_S[1] + 1.0) * rate) as u64;
    let mut reader = footage.read(&FrameOptions { max_frames: Some(most), ..every_frame() })?;
    let (mut tracker, mut study) = (FaceTracker::new(models), FootageStudy::default());
    while let Some(frame) = reader.next_frame()? {
        if is_given_up() {
            return Err(UnusableFootage::GivenUp);
        }
        let face = tracker.push(&frame)?;
        study.add(&frame, face);
        reader.reuse(frame);
    }
    // The last frame of a file may be shown a little shorter or longer than the others.
    let duration_s = study.frame_count() as f64 / rate;
    let [shortest, longest] = FOOTAGE_S;
    if !(shortest - 0.5..=longest + 0.5).contains(&duration_s) {
        return Err(UnusableFootage::Duration { measured: duration_s, shortest, longest });
    }
    let track = tracker.finish();
    track.check().map_err(UnusableFootage::Faces)?;
    Ok(StudiedFootage { track, study })
}

/// The mean of all faces of a track: where the head is most of the time.
pub(crate) fn mean_face(track: &FaceTrack) -> Option<Landmarks> {
    let faces: Vec<&Landmarks> = (0..track.frame_count()).filter_map(|number| track.face(number)).collect();
    let first = *faces.first()?;
    let count = faces.len() as f64;
    let mean = |point: usize, axis: usize| {
        (faces.iter().map(|face| f64::from(face.points[point][axis])).sum::<f64>() / count) as f32
    };
    let points = (0..first.points.len()).map(|point| [0, 1, 2].map(|axis| mean(point, axis))).collect();
    Some(Landmarks { points, score: first.score })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn footage_of_15_to_600_seconds_is_taken_and_what_was_measured_is_told() {
        for duration_s in [14.96, 15.0, 599.9, 600.04] {
            assert!(check_duration(duration_s).is_ok(), "{duration_s}");
        }
        for (duration_s, told) in [(14.0, "14.0s"), (601.0, "601.0s"), (0.0, "0.0s")] {
            let refused = check_duration(duration_s).unwrap_err();
            let message = refused.to_string();
            assert!(message.starts_with("Footage duration must be between 15s and 600s"), "{message}");
            assert!(message.ends_with(told) && refused.is_the_files_fault(), "{message}");
        }
    }

    #[test]
    fn the_mean_face_lies_between_the_faces() {
        let face = |x: f32| {
            // Eyes far enough apart, in a face that is seen from the front.
            let points = (0..478).map(|i| [x + 200.0 * f32::from(i == 263), 100.0, 0.0]).collect();
            Some(Landmarks { points, score: 1.0 })
        };
        let track = FaceTrack::of_faces([640, 480], vec![face(100.0), face(100.0), None, face(106.0)]);
        let mean = mean_face(&track).unwrap();
        assert!((100.5..105.5).contains(&mean.points[5][0]), "{:?}", mean.points[5]);
        assert!(mean_face(&FaceTrack::of_faces([640, 480], vec![None])).is_none());
    }
}
