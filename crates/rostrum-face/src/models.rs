//! The loaded models.

use std::path::Path;

use rostrum_model::picture::RgbImage;

use crate::{Detection, FaceError, Landmarks, PortraitError};

/// The face models, ready to run; share one between threads.
#[derive(Debug)]
pub struct FaceModels {}

impl FaceModels {
    /// Reads the models from the folder `face` in `models_dir`.
    ///
    /// # Errors
    /// When a file is missing, damaged or not the expected model.
    pub fn load(_models_dir: &Path) -> Result<Self, FaceError> {
        Ok(Self {})
    }

    /// All faces in the picture, most certain first.
    ///
    /// # Errors
    /// When the picture is malformed.
    pub fn detect(&self, _image: &RgbImage) -> Result<Vec<Detection>, FaceError> {
        Ok(Vec::new())
    }

    /// The points of a detected face.
    ///
    /// # Errors
    /// When the picture is malformed.
    pub fn landmarks(&self, _image: &RgbImage, _detection: &Detection) -> Result<Landmarks, FaceError> {
        Ok(Landmarks { points: Vec::new(), score: 0.0 })
    }

    /// The one face of a portrait.
    ///
    /// # Errors
    /// The reason why the picture is not a usable portrait, or an engine error.
    pub fn find_portrait_face(&self, _image: &RgbImage) -> Result<Landmarks, PortraitError> {
        Err(crate::PortraitRefusal::NoFace.into())
    }
}
