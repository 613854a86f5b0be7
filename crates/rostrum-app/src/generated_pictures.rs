//! Making one picture of a person and keeping it as an asset.

use std::convert::Infallible;

use bytes::Bytes;
use futures::stream;
use rostrum_avatar::presenter::{Description, framing};
use rostrum_blob::BlobError;
use rostrum_media::{ImageLimits, MediaError, decode_picture, jpeg};
use rostrum_model::asset::{Asset, AssetKind};
use rostrum_model::ids::{AssetId, WorkspaceId};
use rostrum_model::photo_generation::{
    AgeRange, Ethnicity, Gender, Orientation, PhotoBrief, PhotoGeneration, PhotoPose, PhotoStyle, Sitter,
};
use rostrum_model::presenter::Appearance;
use rostrum_store::StoreError;

use crate::assets::{MAX_UPLOAD_BYTES, UploadError, content_key};
use crate::backends::Backends;
use crate::contents::ReleaseError;
use crate::image_engine::{ImageEngine, ImageEngineFault, Reference};
use crate::intake::NewAsset;
use crate::portraits::UnusablePortrait;
use crate::presenters::picture_of;

/// How often the image engine is asked for a picture whose face can be used.
const FACE_ATTEMPTS: usize = 2;
/// How heads are held in the four pictures, in radians: yaw and roll.
const TILTS: [[f32; 2]; 4] = [[0.0, 0.0], [0.045, 0.014], [-0.045, -0.014], [0.02, -0.022]];

/// A picture cannot be made or kept.
#[derive(Debug, thiserror::Error)]
pub enum MakePictureError {
    /// The image engine gives none.
    #[error(transparent)]
    Engine(#[from] ImageEngineFault),
    /// There was an image engine when the picture was asked for, and is none now.
    #[error("this server has no image engine any more ('image_engine' in its settings)")]
    NotConfigured,
    /// What the image engine gives is no picture that can be used.
    #[error("the image engine gave a file that cannot be used: {0}")]
    File(#[source] UploadError),
    /// The image engine gave a file that is no picture.
    #[error("the image engine gave {0} and no picture")]
    NoPicture(&'static str),
    /// Nobody can speak out of the image engine's pictures.
    #[error("the image engine gave pictures that cannot speak: {0}")]
    Face(#[source] UnusablePortrait),
    /// The picture could not be drawn.
    #[error("the picture could not be drawn")]
    Media(#[from] MediaError),
    /// The picture could not be kept.
    #[error("the picture could not be kept")]
    Keep(#[source] UploadError),
    /// The portrait check failed through no fault of the picture.
    #[error("the picture could not be checked")]
    Check(#[source] UnusablePortrait),
    /// A picture to start from is gone.
    #[error("the photo {0} of the person was deleted")]
    ReferenceGone(AssetId),
    /// Bytes could not be reached.
    #[error("stored bytes could not be reached")]
    Blob(#[from] BlobError),
    /// Bytes could not be removed.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// Records could not be reached.
    #[error("the records do not answer")]
    Store(#[from] StoreError),
    /// The work was interrupted.
    #[error("the work was interrupted")]
    Io(#[from] std::io::Error),
}

impl MakePictureError {
    /// Whether it is the engine's doing, so that it helps to go without.
    pub fn is_the_engines(&self) -> bool {
        match self {
            Self::Engine(_) | Self::NotConfigured | Self::File(_) | Self::NoPicture(_) | Self::Face(_) => {
                true
            }
            Self::Media(_)
            | Self::Keep(_)
            | Self::Check(_)
            | Self::ReferenceGone(_)
            | Self::Blob(_)
            | Self::Release(_)
            | Self::Store(_)
            | Self::Io(_) => false,
        }
    }
}

/// Whom the picture at a place of a generation shows, where that is a drawn person.
pub(crate) fn appearance_of(generation: &PhotoGeneration, place: usize) -> Option<Appearance> {
    let (brief, seed) = (&generation.brief, generation.seed_of(place));
    match &brief.sitter {
        Sitter::Stranger { age, gender, ethnicity, appearance, .. } => {
            Some(Description::of_stranger(*age, *gender, *ethnicity, appearance).sit(
                brief.style,
                seed,
                generation.turn_of(place),
            ))
        }
        Sitter::Drawn { base, prompt, .. } => {
            Some(Description::from_prompt(prompt).sit_again(base, brief.style, seed, place))
        }
        Sitter::Photographed { .. } => None,
    }
}

/// The picture at a place of a generation, drawn: a JPEG. The same generation gives the same bytes.
///
/// # Errors
/// When it cannot be encoded.
pub(crate) fn draw(appearance: Appearance, brief: &PhotoBrief, place: usize) -> Result<Vec<u8>, MediaError> {
    let frame = framing(brief.orientation.size(), brief.pose);
    picture_of(appearance, &frame, TILTS[place % TILTS.len()])
}

/// What the image engine is told of a brief.
pub(crate) fn prompt_of(brief: &PhotoBrief) -> String {
    let who = match &brief.sitter {
        Sitter::Stranger { age, gender, ethnicity, appearance, .. } => {
            let person = match gender {
                Gender::Woman => "woman",
                Gender::Man => "man",
                Gender::Unspecified => "person",
            };
            let facts = [years(*age), origin(*ethnicity), Some(person)];
            let facts: Vec<&str> = facts.into_iter().flatten().collect();
            format!("Portrait of one {}. {appearance}", facts.join(" "))
        }
        Sitter::Drawn { prompt, .. } | Sitter::Photographed { prompt, .. } => {
            format!("The same person as in the given picture, with the same face. {prompt}")
        }
    };
    let pose = match brief.pose {
        PhotoPose::HalfBody => "Seen from the waist up",
        PhotoPose::CloseUp => "Head and shoulders",
        PhotoPose::FullBody => "Seen from head to foot",
    };
    let style = match brief.style {
        PhotoStyle::Realistic => " Realistic photograph.",
        PhotoStyle::Pixar => " Style of a 3D animated family film.",
        PhotoStyle::Cinematic => " Cinematic lighting, film still.",
        PhotoStyle::Vintage => " Vintage photograph, faded colours.",
        PhotoStyle::Noir => " Film noir, black and white.",
        PhotoStyle::Cyberpunk => " Cyberpunk, neon light at night.",
        PhotoStyle::Unspecified => "",
    };
    format!("{}. {pose}, {FACING}{style}", who.trim_end().trim_end_matches('.'))
}

/// What every picture needs so that the person in it can speak.
pub(crate) const FACING: &str =
    "looking into the camera, mouth closed, nothing before the face, nobody else in the picture.";

fn years(age: AgeRange) -> Option<&'static str> {
    match age {
        AgeRange::YoungAdult => Some("young adult"),
        AgeRange::EarlyMiddleAge => Some("40-year-old"),
        AgeRange::LateMiddleAge => Some("55-year-old"),
        AgeRange::Senior => Some("elderly"),
        AgeRange::Unspecified => None,
    }
}

fn origin(ethnicity: Ethnicity) -> Option<&'static str> {
    match ethnicity {
        Ethnicity::White => Some("white"),
        Ethnicity::Black => Some("black"),
        Ethnicity::AsianAmerican => Some("Asian American"),
        Ethnicity::EastAsian => Some("East Asian"),
        Ethnicity::SouthEastAsian => Some("South East Asian"),
        Ethnicity::SouthAsian => Some("South Asian"),
        Ethnicity::MiddleEastern => Some("Middle Eastern"),
        Ethnicity::Pacific => Some("Pacific Islander"),
        Ethnicity::Hispanic => Some("Hispanic"),
        Ethnicity::Unspecified => None,
    }
}

/// Where a picture is kept.
pub(crate) struct PictureName {
    pub(crate) id: AssetId,
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) name: String,
}

impl Backends {
    /// Keeps a picture as an asset of a known id.
    pub(crate) async fn keep_picture(&self, name: &PictureName, bytes: Bytes) -> Result<Asset, UploadError> {
        let body = stream::iter([Ok::<_, Infallible>(bytes)]);
        let taken = self.take(body, MAX_UPLOAD_BYTES).await?;
        let _alone = self.contents.lock(&taken.sealed.sealed().hash).await;
        let PictureName { id, workspace_id, name } = name;
        let (id, workspace_id, name) = (*id, *workspace_id, name.clone());
        let new = NewAsset { id, workspace_id, name, folder_id: None, created_at: self.clock.now() };
        self.keep(taken, new).await
    }

    /// A picture by the image engine, whose face was checked as that of an uploaded photo, kept as an asset of a known
    /// id.
    ///
    /// # Errors
    /// When the engine gives none that can be used; then nothing is kept.
    pub(crate) async fn engine_picture(
        &self,
        engine: &ImageEngine,
        name: &PictureName,
        prompt: &str,
        orientation: Orientation,
        references: &[Reference],
    ) -> Result<Asset, MakePictureError> {
        let mut attempt = 1;
        loop {
            let bytes = engine.picture(prompt, orientation, references, &self.fetcher).await?;
            let asset = self.keep_picture(name, bytes).await.map_err(|error| match error {
                error @ (UploadError::Blob(_) | UploadError::Store(_) | UploadError::Release(_)) => {
                    MakePictureError::Keep(error)
                }
                error => MakePictureError::File(error),
            })?;
            let unusable = match self.checked_picture(&asset).await {
                Ok(()) => return Ok(asset),
                Err(unusable) => unusable,
            };
            self.forget_picture(&asset).await?;
            if attempt == FACE_ATTEMPTS || !matches!(unusable, MakePictureError::Face(_)) {
                return Err(unusable);
            }
            tracing::info!(error = %unusable, "the image engine is asked for another picture");
            attempt += 1;
        }
    }

    /// Whether somebody can speak out of a picture by the image engine.
    pub(crate) async fn checked_picture(&self, asset: &Asset) -> Result<(), MakePictureError> {
        if asset.media_type.kind() != AssetKind::Image {
            return Err(MakePictureError::NoPicture(asset.media_type.mime()));
        }
        match self.portrait(&asset.content_hash).await {
            Ok(_) => Ok(()),
            Err(error @ (UnusablePortrait::Face(_) | UnusablePortrait::Picture(_))) => {
                Err(MakePictureError::Face(error))
            }
            Err(error) => Err(MakePictureError::Check(error)),
        }
    }

    /// Removes a picture that nobody was told of.
    pub(crate) async fn forget_picture(&self, asset: &Asset) -> Result<(), MakePictureError> {
        let _alone = self.contents.lock(&asset.content_hash).await;
        self.store.assets().delete(asset.workspace_id, asset.id).await?;
        self.release_content(&asset.content_hash).await?;
        Ok(())
    }

    /// A picture of somebody as the image engine gets it: upright, as a JPEG without anything but its pixels.
    ///
    /// # Errors
    /// When it is gone or cannot be read.
    pub(crate) async fn reference(&self, asset: &Asset) -> Result<Reference, MakePictureError> {
        let folder = tempfile::tempdir_in(&self.work_dir)?;
        let _alone = self.turn_to_decode().await;
        let bytes = self.blobs.read(&content_key(&asset.content_hash)).await?;
        let bytes = bytes.ok_or(MakePictureError::ReferenceGone(asset.id))?;
        let image = decode_picture(&self.ffmpeg, folder.path(), bytes, ImageLimits::default()).await?;
        let encoding = tokio::task::spawn_blocking(move || jpeg(&image));
        let bytes = encoding.await.map_err(std::io::Error::other)??;
        Ok(Reference { bytes: bytes.into(), mime: "image/jpeg" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_image_engine_is_told_all_that_was_asked_for() {
        let sitter = Sitter::Stranger {
            name: "Ada".to_owned(),
            age: AgeRange::Senior,
            gender: Gender::Woman,
            ethnicity: Ethnicity::SouthAsian,
            appearance: "In a green sari.".to_owned(),
        };
        let (pose, style) = (PhotoPose::CloseUp, PhotoStyle::Noir);
        let brief = PhotoBrief { sitter, orientation: Orientation::Square, pose, style };
        assert_eq!(
            prompt_of(&brief),
            "Portrait of one elderly South Asian woman. In a green sari. Head and shoulders, looking into the camera, \
             mouth closed, nothing before the face, nobody else in the picture. Film noir, black and white."
        );
    }
}
