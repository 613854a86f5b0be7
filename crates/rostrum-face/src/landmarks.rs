//! The 478 points of a face and what is measured between them.

/// Points of the mesh (468) and of both irises (2 × 5).
pub const LANDMARK_COUNT: usize = 478;

/// Outer corner of the eye that is on the left side of the picture.
pub(crate) const LEFT_EYE_OUTER_CORNER: usize = 33;
/// Outer corner of the eye that is on the right side of the picture.
pub(crate) const RIGHT_EYE_OUTER_CORNER: usize = 263;
/// Edge of the face beside the ear on the left side of the picture.
const LEFT_FACE_EDGE: usize = 234;
/// Edge of the face beside the ear on the right side of the picture.
const RIGHT_FACE_EDGE: usize = 454;

/// Middle of the upper and of the lower lip's inner edge.
const INNER_LIPS: [usize; 2] = [13, 14];

/// A face's points in the numbering of the MediaPipe face mesh: 0..468 the mesh, 468..473 the iris on the left side of
/// the picture (centre first), 473..478 the iris on the right.
#[derive(Debug, Clone, PartialEq)]
pub struct Landmarks {
    /// [`LANDMARK_COUNT`] points: x to the right and y down in pixels of the picture (0 is the edge of the first
    /// pixel, not its centre), z away from the camera in the same scale. An iris is as deep as the edge
    /// of its lids on average.
    pub points: Vec<[f32; 3]>,
    /// The model's belief that this is a face, 0..=1.
    pub score: f32,
}

impl Landmarks {
    /// Distance in space between the outer eye corners, in pixels: the unit for all lengths in a face, because it
    /// hardly changes when the head turns.
    pub fn eye_distance(&self) -> f32 {
        let [left, right] = [self.points[LEFT_EYE_OUTER_CORNER], self.points[RIGHT_EYE_OUTER_CORNER]];
        let squares: f32 = left.iter().zip(right).map(|(a, b)| (b - a) * (b - a)).sum();
        squares.sqrt()
    }

    /// How far the lips' inner edges are apart, as a share of the eye distance.
    pub(crate) fn mouth_opening(&self) -> f32 {
        let [upper, lower] = INNER_LIPS.map(|i| self.points[i]);
        (lower[0] - upper[0]).hypot(lower[1] - upper[1]) / self.eye_distance().max(f32::MIN_POSITIVE)
    }

    /// How far the head is turned sideways, in degrees, 0 when it looks at the camera; positive when the side of the
    /// face that is on the right of the picture is farther away.
    pub fn yaw_degrees(&self) -> f32 {
        let [left, right] = [self.points[LEFT_FACE_EDGE], self.points[RIGHT_FACE_EDGE]];
        let across = (right[0] - left[0]).hypot(right[1] - left[1]);
        (right[2] - left[2]).atan2(across).to_degrees()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A face that is only its four measured points, turned by `yaw` degrees about the vertical axis.
    fn face_turned_by(yaw: f32) -> Landmarks {
        let (sine, cosine) = yaw.to_radians().sin_cos();
        let mut points = vec![[0.0; 3]; LANDMARK_COUNT];
        for (index, half_width) in [
            (LEFT_EYE_OUTER_CORNER, -50.0),
            (RIGHT_EYE_OUTER_CORNER, 50.0),
            (LEFT_FACE_EDGE, -80.0),
            (RIGHT_FACE_EDGE, 80.0),
        ] {
            points[index] = [300.0 + half_width * cosine, 200.0, half_width * sine];
        }
        Landmarks { points, score: 1.0 }
    }

    #[test]
    fn yaw_is_the_angle_the_head_was_turned_by() {
        for yaw in [-60.0, -30.0, 0.0, 12.5, 45.0] {
            assert!((face_turned_by(yaw).yaw_degrees() - yaw).abs() < 0.01, "{yaw}");
        }
    }

    #[test]
    fn eye_distance_does_not_shrink_when_the_head_turns() {
        for yaw in [0.0, 20.0, 40.0] {
            assert!((face_turned_by(yaw).eye_distance() - 100.0).abs() < 0.01, "{yaw}");
        }
    }
}
