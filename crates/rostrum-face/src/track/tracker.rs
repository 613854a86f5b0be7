//! Following the face from frame to frame.

use rostrum_model::picture::RgbImage;

use super::refusal::{Faults, Verdict};
use super::{FaceTrack, smooth};
use crate::models::check;
use crate::portrait::{PortraitRefusal, only_face};
use crate::{FaceError, FaceModels, Landmarks};

/// Below this certainty the face is lost.
const LOST_SCORE: f32 = 0.5;
/// When the face moved by more than this many eye distances since the last frame, it is looked at once more, centred.
const FAST_MOVE: f32 = 0.10;
/// Every so many frames the whole frame is searched for other faces.
const SEARCH_EVERY: usize = 12;

/// Follows the largest face through footage, frame by frame.
///
/// About 4 ms of computing a frame beside the sampling of its pixels; a frame in which the face is lost, and every twelfth,
/// takes the detectors' time as well.
#[derive(Debug)]
pub struct FaceTracker<'a> {
    models: &'a FaceModels,
    size: [usize; 2],
    /// The face as seen in the last frame, usable or not.
    followed: Option<Landmarks>,
    sees_others: bool,
    faces: Vec<Option<Landmarks>>,
    faults: Faults,
}

impl<'a> FaceTracker<'a> {
    /// Before the first frame.
    pub fn new(models: &'a FaceModels) -> Self {
        Self {
            models,
            size: [0, 0],
            followed: None,
            sees_others: false,
            faces: Vec::new(),
            faults: Faults::default(),
        }
    }

    /// Looks at the next frame; all frames have the size of the first. Tells the face as it is seen in this frame alone, not
    /// smoothed yet; `None` when there is no usable one.
    ///
    /// # Errors
    /// When the frame is malformed or of another size.
    pub fn push(&mut self, frame: &RgbImage) -> Result<Option<&Landmarks>, FaceError> {
        check(frame)?;
        let size = [frame.width, frame.height];
        if self.faces.is_empty() {
            self.size = size;
        } else if self.size != size {
            let (width, height) = (frame.width, frame.height);
            return Err(FaceError::Picture { width, height, bytes: frame.pixels.len() });
        }
        self.followed = match self.follow(frame)? {
            Some(face) => Some(face),
            None => self.search(frame)?,
        };
        if self.followed.is_some() && self.faces.len().is_multiple_of(SEARCH_EVERY) {
            self.sees_others = self.sees_others(frame)?;
        }
        let face = self.followed.as_ref();
        let verdict = face.map_or(Verdict::NoFace, Verdict::of);
        let usable = face.filter(|_| verdict == Verdict::Usable).cloned();
        // A second face does not keep the first from being followed; it counts against the footage as a whole.
        let counted = if usable.is_some() && self.sees_others { Verdict::SeveralFaces } else { verdict };
        self.faults.add(counted, face);
        self.faces.push(usable);
        Ok(self.faces.last().and_then(Option::as_ref))
    }

    /// The number of frames so far.
    pub fn frame_count(&self) -> usize {
        self.faces.len()
    }

    /// After the last frame: bridges gaps of up to 5 frames and smooths.
    pub fn finish(self) -> FaceTrack {
        let Self { size, faces, faults, .. } = self;
        FaceTrack::finished(size, faces, faults)
    }

    /// Looks where the face was.
    fn follow(&self, frame: &RgbImage) -> Result<Option<Landmarks>, FaceError> {
        let Some(before) = &self.followed else { return Ok(None) };
        let mut face = self.models.look_again(frame, before)?;
        if face.score > LOST_SCORE && smooth::distance(before, &face) > FAST_MOVE {
            face = self.models.look_again(frame, &face)?;
        }
        Ok(Some(face).filter(is_plausible))
    }

    /// Looks everywhere; of several faces the largest is followed.
    fn search(&mut self, frame: &RgbImage) -> Result<Option<Landmarks>, FaceError> {
        let mut faces = self.models.all_landmarks(frame)?;
        faces.retain(is_plausible);
        self.sees_others = matches!(only_face(faces.clone()), Err(PortraitRefusal::SeveralFaces { .. }));
        Ok(faces.into_iter().max_by(|a, b| a.eye_distance().total_cmp(&b.eye_distance())))
    }

    fn sees_others(&self, frame: &RgbImage) -> Result<bool, FaceError> {
        let mut faces = self.models.all_landmarks(frame)?;
        faces.extend(self.followed.clone());
        Ok(matches!(only_face(faces), Err(PortraitRefusal::SeveralFaces { .. })))
    }
}

/// Whether this is a face at all.
fn is_plausible(face: &Landmarks) -> bool {
    face.score > LOST_SCORE && face.points.iter().flatten().all(|length| length.is_finite())
}
