//! Whether a picture shows one face good enough to be animated.

use crate::{Detection, FaceError, Landmarks};

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

/// Least certainty of the landmarks; below it faces are covered, blurred or no faces.
const MIN_SCORE: f32 = 0.9;
/// Most a head may be turned sideways: beyond it half of the mouth is hidden and the landmarks are guesses.
const MAX_YAW_DEGREES: f32 = 30.0;
/// Least distance between the outer eye corners. The mouth is about half as wide; with fewer pixels there is nothing
/// to animate.
const MIN_EYE_DISTANCE_PX: f32 = 48.0;
/// A further face counts when it is at least this certain ...
const OTHER_FACE_MIN_SCORE: f32 = 0.6;
/// ... and at least this large against the largest face; smaller ones stand in the background.
const OTHER_FACE_MIN_SIZE: f32 = 0.35;

/// The one face that can be meant: the largest, when no other is both certain and of similar size.
pub(crate) fn only_face(faces: &[Detection]) -> Result<&Detection, PortraitRefusal> {
    let largest = faces.iter().max_by(|a, b| a.size().total_cmp(&b.size())).ok_or(PortraitRefusal::NoFace)?;
    let is_other = |face: &&Detection| {
        *face != largest
            && face.score >= OTHER_FACE_MIN_SCORE
            && face.size() >= OTHER_FACE_MIN_SIZE * largest.size()
    };
    match faces.iter().filter(is_other).count() {
        0 => Ok(largest),
        others => Err(PortraitRefusal::SeveralFaces { count: others + 1 }),
    }
}

/// Whether a face is large, frontal and clear enough. Size is judged first: small faces are also unclear.
pub(crate) fn check_landmarks(landmarks: &Landmarks) -> Result<(), PortraitRefusal> {
    let eye_distance_px = landmarks.eye_distance();
    if eye_distance_px < MIN_EYE_DISTANCE_PX {
        return Err(PortraitRefusal::TooSmall { eye_distance_px, minimum_px: MIN_EYE_DISTANCE_PX });
    }
    let yaw_degrees = landmarks.yaw_degrees();
    if yaw_degrees.abs() >= MAX_YAW_DEGREES {
        return Err(PortraitRefusal::TurnedAway { yaw_degrees, maximum_degrees: MAX_YAW_DEGREES });
    }
    if landmarks.score <= MIN_SCORE {
        return Err(PortraitRefusal::Unclear { score: landmarks.score, minimum: MIN_SCORE });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(size: f32, score: f32) -> Detection {
        Detection { bounds: [0.0, 0.0, size, size], keypoints: [[0.0; 2]; 6], score }
    }

    /// Landmarks with only the four measured points: eyes 100 px apart, head turned by `yaw` degrees.
    fn landmarks(yaw: f32, score: f32) -> Landmarks {
        let (sine, cosine) = yaw.to_radians().sin_cos();
        let mut points = vec![[0.0; 3]; crate::LANDMARK_COUNT];
        for (index, half_width) in [(33, -50.0), (263, 50.0), (234, -80.0), (454, 80.0)] {
            points[index] = [half_width * cosine, 0.0, half_width * sine];
        }
        Landmarks { points, score }
    }

    #[test]
    fn the_largest_face_is_meant_when_others_are_tiny_or_doubtful() {
        let faces = [face(20.0, 0.95), face(100.0, 0.8), face(90.0, 0.55)];
        assert_eq!(only_face(&faces), Ok(&faces[1]));
        assert_eq!(only_face(&[]), Err(PortraitRefusal::NoFace));
    }

    #[test]
    fn faces_of_similar_size_are_several() {
        let faces = [face(40.0, 0.95), face(100.0, 0.8), face(90.0, 0.7)];
        assert_eq!(only_face(&faces), Err(PortraitRefusal::SeveralFaces { count: 3 }));
    }

    #[test]
    fn a_head_turned_to_either_side_is_refused_with_its_angle() {
        assert_eq!(check_landmarks(&landmarks(29.0, 1.0)), Ok(()));
        for yaw in [-42.0, 42.0] {
            let refusal = check_landmarks(&landmarks(yaw, 1.0)).unwrap_err();
            assert!(matches!(refusal, PortraitRefusal::TurnedAway { .. }));
            assert_eq!(
                refusal.to_string(),
                "the head is turned away by 42 degrees, less than 30 degrees are allowed; upload a portrait that \
                 faces the camera"
            );
        }
    }

    #[test]
    fn an_unclear_face_is_refused_with_its_certainty() {
        let refusal = check_landmarks(&landmarks(0.0, 0.42)).unwrap_err();
        assert_eq!(refusal, PortraitRefusal::Unclear { score: 0.42, minimum: 0.9 });
        assert!(
            refusal.to_string().starts_with("the face is not clear enough: certainty 0.42, more than 0.90")
        );
    }
}
