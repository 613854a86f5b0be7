//! Whether a picture shows one face good enough to be animated.

use crate::{FaceError, Landmarks};

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
    /// The background cannot be removed.
    #[error(
        "the person cannot be told from the background: {share:.2} of the face was recognised, at least {minimum:.2} is \
         needed; keep the background, or upload a photo in which the person stands out"
    )]
    LostInBackground {
        /// Mean of [`crate::Matte::share_at`] over the face.
        share: f32,
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
/// A further face counts when its eye distance is at least this share of the largest face's; smaller ones are people
/// in the background.
const OTHER_FACE_MIN_SIZE: f32 = 0.35;
/// Faces whose noses are closer than this share of the eye distance are the same face, found twice.
const SAME_FACE_DISTANCE: f32 = 0.5;
/// Tip of the nose.
const NOSE_TIP: usize = 1;

/// The one face that can be meant: the largest that is certain, when no other certain one is of similar size. When
/// none is certain, the largest, so that its faults can be told.
pub(crate) fn only_face(mut faces: Vec<Landmarks>) -> Result<Landmarks, PortraitRefusal> {
    faces.sort_by(|a, b| b.eye_distance().total_cmp(&a.eye_distance()));
    if faces.iter().any(|face| face.score > MIN_SCORE) {
        faces.retain(|face| face.score > MIN_SCORE);
    } else {
        faces.truncate(1);
    }
    let mut similar: Vec<Landmarks> = Vec::new();
    for face in faces {
        let is_background = similar
            .first()
            .is_some_and(|largest| face.eye_distance() < OTHER_FACE_MIN_SIZE * largest.eye_distance());
        let is_repeated = similar.iter().any(|other| {
            let ([x, y, _], [other_x, other_y, _]) = (face.points[NOSE_TIP], other.points[NOSE_TIP]);
            (x - other_x).hypot(y - other_y) < SAME_FACE_DISTANCE * other.eye_distance()
        });
        if !is_background && !is_repeated {
            similar.push(face);
        }
    }
    let count = similar.len();
    match similar.pop() {
        Some(face) if count == 1 => Ok(face),
        Some(_) => Err(PortraitRefusal::SeveralFaces { count }),
        None => Err(PortraitRefusal::NoFace),
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

    /// Landmarks with only the five measured points: outer eye corners `eye_distance` apart, nose at `x`, head turned
    /// by `yaw` degrees.
    fn face(x: f32, eye_distance: f32, yaw: f32, score: f32) -> Landmarks {
        let (sine, cosine) = yaw.to_radians().sin_cos();
        let mut points = vec![[0.0; 3]; crate::LANDMARK_COUNT];
        for (index, share) in [(33, -0.5), (263, 0.5), (234, -0.8), (454, 0.8), (NOSE_TIP, 0.0)] {
            points[index] = [x + share * eye_distance * cosine, 0.0, share * eye_distance * sine];
        }
        Landmarks { points, score }
    }

    #[test]
    fn the_largest_certain_face_is_meant_when_others_are_tiny_or_doubtful() {
        let portrait = face(300.0, 100.0, 0.0, 0.99);
        let faces = vec![face(0.0, 30.0, 0.0, 0.99), portrait.clone(), face(600.0, 150.0, 0.0, 0.5)];
        assert_eq!(only_face(faces), Ok(portrait));
        assert_eq!(only_face(Vec::new()), Err(PortraitRefusal::NoFace));
    }

    #[test]
    fn a_face_found_twice_is_one() {
        let portrait = face(300.0, 100.0, 0.0, 0.99);
        assert_eq!(only_face(vec![face(310.0, 95.0, 0.0, 0.99), portrait.clone()]), Ok(portrait));
    }

    #[test]
    fn certain_faces_of_similar_size_are_several() {
        let faces = [0.0, 200.0, 400.0].map(|x| face(x, 60.0 + x / 10.0, 0.0, 0.99));
        assert_eq!(only_face(faces.to_vec()), Err(PortraitRefusal::SeveralFaces { count: 3 }));
    }

    #[test]
    fn a_head_turned_to_either_side_is_refused_with_its_angle() {
        assert_eq!(check_landmarks(&face(0.0, 100.0, 29.0, 1.0)), Ok(()));
        for yaw in [-42.0, 42.0] {
            let refusal = check_landmarks(&face(0.0, 100.0, yaw, 1.0)).unwrap_err();
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
        let faces = vec![face(0.0, 100.0, 0.0, 0.42), face(300.0, 80.0, 0.0, 0.6)];
        let refusal = check_landmarks(&only_face(faces).unwrap()).unwrap_err();
        assert_eq!(refusal, PortraitRefusal::Unclear { score: 0.42, minimum: 0.9 });
        assert!(
            refusal.to_string().starts_with("the face is not clear enough: certainty 0.42, more than 0.90")
        );
    }
}
