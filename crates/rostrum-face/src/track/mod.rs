//! The one face of a piece of footage, frame by frame.
//!
//! [`FaceTracker`] looks at every frame once, in order, where the face was in the frame before, and searches the whole frame
//! only when it is lost. What it found becomes a [`FaceTrack`]: short gaps are bridged and noise is smoothed away, equally
//! from the past and the future, so that nothing lags.

mod codec;
mod refusal;
mod smooth;
mod tracker;

pub use codec::MalformedTrack;
pub use refusal::{FootageFault, FootageRefusal};
pub use tracker::FaceTracker;

use crate::{LANDMARK_COUNT, Landmarks};
use refusal::{Faults, Verdict};

/// Where the face is in each frame of a piece of footage.
///
/// Takes about 6 KB of memory a frame, and about 1.5 KB as [`FaceTrack::to_bytes`].
#[derive(Debug, Clone, PartialEq)]
pub struct FaceTrack {
    /// Width and height of the frames in pixels.
    size: [usize; 2],
    /// In frames without a usable face there is none.
    faces: Vec<Option<Landmarks>>,
    faults: Faults,
}

/// Frames over which a face that comes or goes within the footage fades in or out.
const FADE_FRAMES: usize = 4;

impl FaceTrack {
    /// A track of faces that were found in some other way, in frames of this size: bridged and smoothed like those of a
    /// [`FaceTracker`]. Faces that are too small, turned away or unclear count as none.
    ///
    /// # Panics
    /// When a face has not 478 points.
    pub fn of_faces(size: [usize; 2], faces: Vec<Option<Landmarks>>) -> Self {
        let mut faults = Faults::default();
        let usable = faces.into_iter().map(|face| {
            assert!(face.as_ref().is_none_or(|face| face.points.len() == LANDMARK_COUNT), "478 points");
            let verdict = face.as_ref().map_or(Verdict::NoFace, Verdict::of);
            faults.add(verdict, face.as_ref());
            face.filter(|_| verdict == Verdict::Usable)
        });
        let faces = usable.collect();
        Self::finished(size, faces, faults)
    }

    fn finished(size: [usize; 2], mut faces: Vec<Option<Landmarks>>, faults: Faults) -> Self {
        smooth::bridge_gaps(&mut faces);
        smooth::smooth(&mut faces);
        faces.iter_mut().flatten().for_each(codec::round);
        Self { size, faces, faults }
    }

    /// Width and height of the frames that were looked at, in pixels: landmarks are in pixels of these.
    pub fn frame_size(&self) -> [usize; 2] {
        self.size
    }

    /// Number of frames.
    pub fn frame_count(&self) -> usize {
        self.faces.len()
    }

    /// The face in a frame; `None` where there is no usable one, or no such frame.
    pub fn face(&self, frame: usize) -> Option<&Landmarks> {
        self.faces.get(frame)?.as_ref()
    }

    /// How much of what is done to the face should be seen in a frame: 0 without a face, 1 well within a stretch of frames
    /// with one, less over the 4 frames beside a stretch without, so that nothing pops up.
    pub fn presence(&self, frame: usize) -> f32 {
        if self.face(frame).is_none() {
            return 0.0;
        }
        let missing = |distance: &usize| {
            let before = frame.checked_sub(*distance).is_some_and(|other| self.face(other).is_none());
            let after = frame + distance < self.faces.len() && self.face(frame + distance).is_none();
            before || after
        };
        let nearest = (1..=FADE_FRAMES).find(missing);
        nearest.map_or(1.0, |distance| distance as f32 / (FADE_FRAMES + 1) as f32)
    }

    /// Share of the frames in which exactly one face was seen and was usable: 0..=1.
    pub fn usable_share(&self) -> f32 {
        self.faults.usable_share()
    }

    /// Whether the footage is good enough for its mouth to be replaced.
    ///
    /// # Errors
    /// With the most frequent fault, and what was measured.
    pub fn check(&self) -> Result<(), FootageRefusal> {
        self.faults.check()
    }
}
