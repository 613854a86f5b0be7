//! The loaded models.

use std::path::Path;

use rostrum_model::picture::RgbImage;

use crate::detection::{
    Detection, Detector, FULL_RANGE_GRIDS, OutputNames, SHORT_RANGE_GRIDS, drop_repeated,
};
use crate::mesh::AttentionMesh;
use crate::tflite::{MAX_FILE_BYTES, Model, ModelError};
use crate::{FaceError, Landmarks, PortraitError, portrait};

/// Longest side of a picture that is searched, in pixels.
const MAX_PICTURE_SIDE: usize = 16384;

/// Faces of a picture whose landmarks are looked for when a portrait is wanted, largest first.
const MAX_FACES_LOOKED_AT: usize = 8;

const SHORT_RANGE: &str = "face_detection_short_range.tflite";
const FULL_RANGE: &str = "face_detection_full_range.tflite";
const MESH: &str = "face_landmark_with_attention.tflite";

/// The face models, ready to run; share one between threads.
#[derive(Debug)]
pub struct FaceModels {
    /// For faces that fill much of the picture, as in portraits.
    short_range: Detector,
    /// For smaller faces.
    full_range: Detector,
    mesh: AttentionMesh,
}

/// Reads and loads the model `name` in `folder`, and makes something of it.
pub(crate) fn load<T>(
    folder: &Path,
    name: &'static str,
    make: impl FnOnce(Model) -> Result<T, ModelError>,
) -> Result<T, FaceError> {
    let path = folder.join(name);
    let read = |path: &Path| {
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path)?;
        // One byte more than allowed, so that a file that is too large is seen as such.
        std::io::Read::read_to_end(&mut std::io::Read::take(file, MAX_FILE_BYTES as u64 + 1), &mut bytes)?;
        Ok(bytes)
    };
    let bytes = read(&path).map_err(|source| FaceError::Read { path, source })?;
    Model::load(&bytes).and_then(make).map_err(|source| FaceError::Model { name, source })
}

impl FaceModels {
    /// Reads the models from the folder `face` in `models_dir`.
    ///
    /// # Errors
    /// When a file is missing, damaged or not the expected model.
    pub fn load(models_dir: &Path) -> Result<Self, FaceError> {
        let folder = models_dir.join("face");
        let short_names = OutputNames { boxes: "regressors", scores: "classificators" };
        let full_names =
            OutputNames { boxes: "reshaped_regressor_face_4", scores: "reshaped_classifier_face_4" };
        Ok(Self {
            short_range: load(&folder, SHORT_RANGE, |model| {
                Detector::new(model, short_names, SHORT_RANGE_GRIDS)
            })?,
            full_range: load(&folder, FULL_RANGE, |model| {
                Detector::new(model, full_names, FULL_RANGE_GRIDS)
            })?,
            mesh: load(&folder, MESH, AttentionMesh::new)?,
        })
    }

    /// All faces in the picture, most certain first. Both detectors look; where both see a face, the more certain one
    /// is believed.
    ///
    /// # Errors
    /// When the picture is malformed.
    pub fn detect(&self, image: &RgbImage) -> Result<Vec<Detection>, FaceError> {
        check(image)?;
        let run = |detector: &Detector, name| {
            detector.detect(image).map_err(|source| FaceError::Model { name, source })
        };
        let mut found = run(&self.short_range, SHORT_RANGE)?;
        found.extend(run(&self.full_range, FULL_RANGE)?);
        Ok(drop_repeated(found))
    }

    /// The points of a detected face. Looks twice: the second look is centred by the points of the first.
    ///
    /// # Errors
    /// When the picture is malformed.
    pub fn landmarks(&self, image: &RgbImage, detection: &Detection) -> Result<Landmarks, FaceError> {
        check(image)?;
        let look =
            |crop| self.mesh.landmarks(image, crop).map_err(|source| FaceError::Model { name: MESH, source });
        let first = look(detection.crop())?;
        look(AttentionMesh::crop_around(&first))
    }

    /// The points of a face that was there in a picture taken a moment before. One look, where the face was.
    pub(crate) fn look_again(&self, image: &RgbImage, before: &Landmarks) -> Result<Landmarks, FaceError> {
        let crop = AttentionMesh::crop_around(before);
        self.mesh.landmarks_in_passing(image, crop).map_err(|source| FaceError::Model { name: MESH, source })
    }

    /// The points of the largest faces in a picture.
    pub(crate) fn all_landmarks(&self, image: &RgbImage) -> Result<Vec<Landmarks>, FaceError> {
        let mut detections = self.detect(image)?;
        detections.sort_by(|a, b| b.size().total_cmp(&a.size()));
        detections.truncate(MAX_FACES_LOOKED_AT);
        detections.iter().map(|detection| self.landmarks(image, detection)).collect()
    }

    /// The one face of a portrait.
    ///
    /// # Errors
    /// The reason why the picture is not a usable portrait, or an engine error.
    pub fn find_portrait_face(&self, image: &RgbImage) -> Result<Landmarks, PortraitError> {
        let faces = self.all_landmarks(image)?;
        let face = portrait::only_face(faces)?;
        portrait::check_landmarks(&face)?;
        Ok(face)
    }
}

/// Fails unless the picture's sides are in range and its bytes are as many as they say.
pub(crate) fn check(image: &RgbImage) -> Result<(), FaceError> {
    let RgbImage { width, height, ref pixels } = *image;
    let sides_fit = [width, height].iter().all(|side| (1..=MAX_PICTURE_SIDE).contains(side));
    if sides_fit && pixels.len() == width * height * 3 {
        Ok(())
    } else {
        Err(FaceError::Picture { width, height, bytes: pixels.len() })
    }
}
