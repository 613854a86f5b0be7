//! Whether a picture shows one face good enough to be animated.

use crate::FaceError;

/// No usable portrait, or no answer.
#[derive(Debug, thiserror::Error)]
pub enum PortraitError {
    /// The picture was understood and is not good enough; the text is for the person who uploaded it.
    #[error(transparent)]
    Refused(#[from] PortraitRefusal),
    /// The question could not be answered.
    #[error("the picture could not be searched for a face")]
    Engine(#[from] FaceError),
}

/// Why a picture is not a usable portrait: what was measured, the limit, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum PortraitRefusal {
    /// No face at all.
    #[error("no face was found in the picture; upload a portrait with one clearly visible face")]
    NoFace,
    /// More than one face that could be meant.
    #[error("{count} faces were found, exactly one is needed; crop the picture to one person")]
    SeveralFaces {
        /// Faces found.
        count: usize,
    },
    /// Too few pixels to animate.
    #[error(
        "the face is too small: {eye_distance_px:.0} px between the outer eye corners, at least {minimum_px:.0} px \
         are needed; upload a larger or closer portrait"
    )]
    TooSmall {
        /// [`crate::Landmarks::eye_distance`].
        eye_distance_px: f32,
        /// Limit.
        minimum_px: f32,
    },
    /// Seen too much from the side.
    #[error(
        "the head is turned away by {:.0} degrees, less than {maximum_degrees:.0} degrees are allowed; upload a \
         portrait that faces the camera",
        yaw_degrees.abs()
    )]
    TurnedAway {
        /// [`crate::Landmarks::yaw_degrees`].
        yaw_degrees: f32,
        /// Limit for its absolute value.
        maximum_degrees: f32,
    },
    /// Covered, blurred, or not really a face.
    #[error(
        "the face is not clear enough: certainty {score:.2}, more than {minimum:.2} is needed; upload a sharp, evenly \
         lit portrait with nothing in front of the face"
    )]
    Unclear {
        /// [`crate::Landmarks::score`].
        score: f32,
        /// Limit.
        minimum: f32,
    },
}
