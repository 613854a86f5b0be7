//! Portraits: a picture with the one face in it found, checked and remembered.

use rostrum_blob::{BlobError, BlobKey};
use rostrum_face::{Landmarks, Matte, PortraitError, PortraitQuality, PortraitRefusal, PortraitWarning};
use rostrum_media::{ImageLimits, MediaError, decode_picture};
use rostrum_model::asset::ContentHash;
use rostrum_model::picture::{RgbImage, Size};
use serde::{Deserialize, Serialize};

use crate::assets::content_key;
use crate::backends::Backends;
use crate::engines::EngineError;

/// Changes whenever landmarks of the same picture may come out differently, or are written differently.
const LANDMARKS_VERSION: u32 = 2;

/// A picture whose face can be animated.
pub struct Portrait {
    /// The picture, upright.
    pub image: RgbImage,
    /// Its one face.
    pub landmarks: Landmarks,
}

/// What is remembered of a portrait.
#[derive(Serialize, Deserialize)]
struct Remembered {
    /// Width and height, upright.
    size: (usize, usize),
    score: f32,
    points: Vec<[f32; 3]>,
}

/// A portrait of which only the person is left, and where that is.
pub struct CutOut {
    /// The person before one colour.
    pub portrait: Portrait,
    /// What of the picture is the person.
    pub matte: Matte,
}

/// A picture cannot be used as a portrait, or could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum UnusablePortrait {
    /// The picture is broken or too large.
    #[error("the picture cannot be read")]
    Picture(#[source] MediaError),
    /// No face, several faces, or a face that cannot be animated.
    #[error(transparent)]
    Face(PortraitRefusal),
    /// The face engine failed on it.
    #[error("the face engine failed")]
    FaceEngine(#[source] rostrum_face::FaceError),
    /// The engine could not be loaded.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The bytes could not be read.
    #[error("the picture's bytes could not be read")]
    Blob(#[from] BlobError),
    /// The picture could not be decoded here, through no fault of its own.
    #[error("the picture could not be decoded")]
    Decoder(#[source] MediaError),
    /// No temporary folder.
    #[error("a temporary folder could not be made")]
    Io(#[from] std::io::Error),
    /// The bytes are gone.
    #[error("the picture's bytes are missing")]
    Missing,
    /// The looking task died.
    #[error("looking at the picture was interrupted")]
    Interrupted(#[source] tokio::task::JoinError),
}

fn landmarks_key(hash: &ContentHash) -> BlobKey {
    BlobKey::new(format!("landmarks/v{LANDMARKS_VERSION}/{hash}.json")).expect("hex digits make a valid key")
}

impl Backends {
    /// Reads a picture and finds its face; the landmarks are remembered by the picture's content.
    ///
    /// # Errors
    /// When the picture is no usable portrait (the text says why, with the measured value), or an engine fails.
    pub async fn portrait(&self, content_hash: &ContentHash) -> Result<Portrait, UnusablePortrait> {
        let remembered = self.remembered_portrait(content_hash).await?;
        let face = self.engines.face().await?;
        let known = remembered.is_some();
        let folder = tempfile::tempdir_in(&self.work_dir)?;
        let _alone = self.turn_to_decode().await;
        let bytes = self.blobs.read(&content_key(content_hash)).await?.ok_or(UnusablePortrait::Missing)?;
        let image = decode_picture(&self.ffmpeg, folder.path(), bytes, ImageLimits::default())
            .await
            .map_err(|error| {
                if error.is_the_files_fault() {
                    UnusablePortrait::Picture(error)
                } else {
                    UnusablePortrait::Decoder(error)
                }
            })?;
        let portrait = tokio::task::spawn_blocking(move || -> Result<Portrait, UnusablePortrait> {
            let landmarks = match remembered {
                Some(Remembered { score, points, .. }) => Landmarks { points, score },
                None => face.find_portrait_face(&image).map_err(|error| match error {
                    PortraitError::Refused(refusal) => UnusablePortrait::Face(refusal),
                    PortraitError::Engine(error) => UnusablePortrait::FaceEngine(error),
                })?,
            };
            Ok(Portrait { image, landmarks })
        })
        .await
        .map_err(UnusablePortrait::Interrupted)??;
        if !known {
            let Portrait { image, landmarks: Landmarks { score, points } } = &portrait;
            let size = (image.width, image.height);
            let stored = Remembered { size, score: *score, points: points.clone() };
            let json = serde_json::to_vec(&stored).expect("numbers always make JSON");
            self.blobs.put(&landmarks_key(content_hash), &json).await?;
        }
        Ok(portrait)
    }

    /// The size of a portrait. The picture is read only where it was not before.
    ///
    /// # Errors
    /// As [`Backends::portrait`].
    pub async fn portrait_size(&self, content_hash: &ContentHash) -> Result<Size, UnusablePortrait> {
        if let Some(Remembered { size: (width, height), .. }) = self.remembered_portrait(content_hash).await?
        {
            return Ok(Size { width, height });
        }
        let Portrait { image, .. } = self.portrait(content_hash).await?;
        Ok(image.size())
    }

    /// A portrait with what will be seen of its faults in videos.
    ///
    /// # Errors
    /// When it cannot be measured.
    pub async fn judged(
        &self,
        portrait: Portrait,
    ) -> Result<(Portrait, Vec<PortraitWarning>), UnusablePortrait> {
        tokio::task::spawn_blocking(move || {
            let quality = PortraitQuality::measure(&portrait.image, &portrait.landmarks);
            let quality = quality.map_err(UnusablePortrait::FaceEngine)?;
            tracing::debug!(?quality, "measured a portrait");
            Ok((portrait, quality.warnings()))
        })
        .await
        .map_err(UnusablePortrait::Interrupted)?
    }

    /// What of a portrait is the person; `None` where the model for it is not installed, or does not know the person.
    ///
    /// # Errors
    /// When the model fails on the picture.
    pub async fn matte(&self, portrait: Portrait) -> Result<(Portrait, Option<Matte>), UnusablePortrait> {
        let matting = match self.engines.matting().await {
            Ok(matting) => matting,
            Err(error) => {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "portraits are drawn without mattes"
                );
                return Ok((portrait, None));
            }
        };
        let _alone = self.turn_to_decode().await;
        tokio::task::spawn_blocking(move || {
            let matte = matting.matte(&portrait.image, Some(&portrait.landmarks));
            let matte = matte.map_err(UnusablePortrait::FaceEngine)?;
            let knows_face = matte.check_face(&portrait.landmarks).is_ok();
            Ok((portrait, knows_face.then_some(matte)))
        })
        .await
        .map_err(UnusablePortrait::Interrupted)?
    }

    /// The person of a portrait before a colour.
    ///
    /// # Errors
    /// When the model for it is not installed, or cannot tell the person from the background.
    pub async fn cut_out(
        &self,
        portrait: Portrait,
        background_rgb: [u8; 3],
    ) -> Result<CutOut, UnusablePortrait> {
        let matting = self.engines.matting().await?;
        let _alone = self.turn_to_decode().await;
        tokio::task::spawn_blocking(move || {
            let Portrait { image, landmarks } = portrait;
            let matte = matting.matte(&image, Some(&landmarks)).map_err(UnusablePortrait::FaceEngine)?;
            matte.check_face(&landmarks).map_err(UnusablePortrait::Face)?;
            let image = matte.before_colour(&image, background_rgb).map_err(UnusablePortrait::FaceEngine)?;
            Ok(CutOut { portrait: Portrait { image, landmarks }, matte })
        })
        .await
        .map_err(UnusablePortrait::Interrupted)?
    }

    /// What was found earlier; a file that cannot be read back counts as not found.
    async fn remembered_portrait(&self, content_hash: &ContentHash) -> Result<Option<Remembered>, BlobError> {
        let bytes = self.blobs.read(&landmarks_key(content_hash)).await?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }
}
