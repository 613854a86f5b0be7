//! The attention mesh: from a square around a face to its landmarks.

use rostrum_model::picture::RgbImage;

use crate::crop::SquareCrop;
use crate::detection::CROP_SCALE;
use crate::landmarks::{LEFT_EYE_OUTER_CORNER, Landmarks, RIGHT_EYE_OUTER_CORNER};
use crate::tflite::{Model, ModelError};

/// Points of the mesh without the irises.
const MESH_POINTS: usize = 468;
/// Points of an iris.
const IRIS_POINTS: usize = 5;

/// The mesh points the lip output refines, in its order.
pub(crate) const LIPS: [usize; 80] = [
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270,
    409, // outer ring
    78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310,
    415, // inner ring
    76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306, 184, 74, 73, 72, 11, 302, 303, 304,
    408, // second ring
    62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292, 183, 42, 41, 38, 12, 268, 271, 272,
    407, // third ring
];

/// The mesh points the output for the eye on the left side of the picture refines, in its order: the lid edge, three
/// rings around it, then the brow.
const LEFT_EYE: [usize; 71] = [
    33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173, // lid edge
    130, 25, 110, 24, 23, 22, 26, 112, 243, 247, 30, 29, 27, 28, 56, 190, // second ring
    226, 31, 228, 229, 230, 231, 232, 233, 244, 113, 225, 224, 223, 222, 221, 189, // third ring
    35, 124, 46, 53, 52, 65, // lower edge of the brow
    143, 111, 117, 118, 119, 120, 121, 128, 245, // fourth ring, below
    156, 70, 63, 105, 66, 107, 55, 193, // upper edge of the brow
];

/// The same for the eye on the right side of the picture.
const RIGHT_EYE: [usize; 71] = [
    263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398, // lid edge
    359, 255, 339, 254, 253, 252, 256, 341, 463, 467, 260, 259, 257, 258, 286, 414, // second ring
    446, 261, 448, 449, 450, 451, 452, 453, 464, 342, 445, 444, 443, 442, 441, 413, // third ring
    265, 353, 276, 283, 282, 295, // lower edge of the brow
    372, 340, 346, 347, 348, 349, 350, 357, 465, // fourth ring, below
    383, 300, 293, 334, 296, 336, 285, 417, // upper edge of the brow
];

/// Points of the lid edge at the start of [`LEFT_EYE`] and [`RIGHT_EYE`]; their mean depth is the iris's.
const LID_EDGE_POINTS: usize = 16;

/// The loaded attention mesh.
#[derive(Debug)]
pub(crate) struct AttentionMesh {
    model: Model,
    /// Side of the input in pixels.
    size: usize,
    mesh: usize,
    lips: usize,
    eyes: [usize; 2],
    irises: [usize; 2],
    score: usize,
}

impl AttentionMesh {
    pub(crate) fn new(model: Model) -> Result<Self, ModelError> {
        let &[1, height, size, 3] = model.input_shape() else {
            return Err(ModelError::WrongModel("picture input".to_owned()));
        };
        if height != size {
            return Err(ModelError::WrongModel("square input".to_owned()));
        }
        Ok(Self {
            size,
            mesh: model.find_output("output_mesh_identity", MESH_POINTS * 3)?,
            lips: model.find_output("output_lips", LIPS.len() * 2)?,
            eyes: [
                model.find_output("output_left_eye", LEFT_EYE.len() * 2)?,
                model.find_output("output_right_eye", RIGHT_EYE.len() * 2)?,
            ],
            irises: [
                model.find_output("output_left_iris", IRIS_POINTS * 2)?,
                model.find_output("output_right_iris", IRIS_POINTS * 2)?,
            ],
            score: model.find_output("conv_faceflag", 1)?,
            model,
        })
    }

    /// The landmarks of the face in a crop.
    pub(crate) fn landmarks(&self, image: &RgbImage, crop: SquareCrop) -> Result<Landmarks, ModelError> {
        self.landmarks_of(crop.sample(image, self.size, [0.0, 1.0]), crop)
    }

    /// The same, faster: for frames of footage, whose landmarks are averaged over time anyway.
    pub(crate) fn landmarks_in_passing(
        &self,
        image: &RgbImage,
        crop: SquareCrop,
    ) -> Result<Landmarks, ModelError> {
        /// Pixels between samples.
        const SPACING: f32 = 1.8;
        self.landmarks_of(crop.sample_apart(image, self.size, [0.0, 1.0], SPACING), crop)
    }

    fn landmarks_of(&self, input: Vec<f32>, crop: SquareCrop) -> Result<Landmarks, ModelError> {
        let outputs = self.model.run(input)?;
        let size = self.size as f32;
        let place = |x: f32, y: f32| crop.to_picture(x / size, y / size);
        let mut points: Vec<[f32; 3]> = Vec::with_capacity(crate::LANDMARK_COUNT);
        for &[x, y, z] in outputs[self.mesh].as_chunks::<3>().0 {
            let [x, y] = place(x, y);
            points.push([x, y, z / size * crop.side]);
        }
        let refinements: [(usize, &[usize]); 3] =
            [(self.lips, &LIPS), (self.eyes[0], &LEFT_EYE), (self.eyes[1], &RIGHT_EYE)];
        for (output, indexes) in refinements {
            for (&index, &[x, y]) in indexes.iter().zip(outputs[output].as_chunks::<2>().0) {
                let [x, y] = place(x, y);
                points[index] = [x, y, points[index][2]];
            }
        }
        for (output, eye) in self.irises.into_iter().zip([LEFT_EYE, RIGHT_EYE]) {
            let depths = eye[..LID_EDGE_POINTS].iter().map(|&index| points[index][2]);
            let depth = depths.sum::<f32>() / LID_EDGE_POINTS as f32;
            for &[x, y] in outputs[output].as_chunks::<2>().0 {
                let [x, y] = place(x, y);
                points.push([x, y, depth]);
            }
        }
        Ok(Landmarks { points, score: 1.0 / (1.0 + (-outputs[self.score][0]).exp()) })
    }

    /// The crop for a second look at a face whose landmarks are known.
    pub(crate) fn crop_around(landmarks: &Landmarks) -> SquareCrop {
        let corner = |index: usize| [landmarks.points[index][0], landmarks.points[index][1]];
        SquareCrop::around_points(
            landmarks.points[..MESH_POINTS].iter(),
            corner(LEFT_EYE_OUTER_CORNER),
            corner(RIGHT_EYE_OUTER_CORNER),
            CROP_SCALE,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    /// Mean and largest distance in the picture plane, of these points.
    fn distances(ours: &[[f32; 3]], theirs: &[[f32; 3]], points: &[usize]) -> (f32, f32) {
        let distances = points
            .iter()
            .map(|&point| (ours[point][0] - theirs[point][0]).hypot(ours[point][1] - theirs[point][1]));
        let (sum, largest) =
            distances.fold((0.0, 0.0), |(sum, largest), distance| (sum + distance, distance.max(largest)));
        (sum / points.len() as f32, largest)
    }

    /// MediaPipe 0.10.21's points for exactly this crop. Most of the small difference comes from cutting out the crop:
    /// MediaPipe skips pixels where we average, and takes pixels to lie at their corners instead of their centres.
    /// Imitating both leaves 0.002 of the eye distance, half of it rounding of the reference.
    #[test]
    fn the_same_crop_gives_the_reference_points() {
        let file = fixtures::models_dir().join("face/face_landmark_with_attention.tflite");
        let mesh = AttentionMesh::new(Model::load(&std::fs::read(file).unwrap()).unwrap()).unwrap();
        for name in fixtures::PORTRAITS {
            let reference = fixtures::reference_landmarks(name);
            let crop = SquareCrop {
                center: reference.crop.center,
                side: reference.crop.side,
                angle: reference.crop.angle,
            };
            let landmarks = mesh.landmarks(&fixtures::portrait(name), crop).unwrap();
            let theirs = Landmarks { points: reference.points, score: 1.0 };
            let unit = theirs.eye_distance();
            let everything: Vec<usize> = (0..crate::LANDMARK_COUNT).collect();
            for (part, points, most) in [
                ("all", &everything[..], 0.006),
                ("lips", &LIPS, 0.008),
                ("left eye", &LEFT_EYE, 0.006),
                ("right eye", &RIGHT_EYE, 0.006),
                ("irises", &everything[MESH_POINTS..], 0.006),
            ] {
                let (mean, largest) = distances(&landmarks.points, &theirs.points, points);
                println!(
                    "{name} {part}: mean {mean} largest {largest} px, {} of the eye distance",
                    mean / unit
                );
                assert!(mean < most * unit, "{name} {part}: mean {mean}");
                assert!(largest < 3.0 * most * unit, "{name} {part}: largest {largest}");
            }
            for iris in [468, 473] {
                assert!((landmarks.points[iris][2] - theirs.points[iris][2]).abs() < 0.01 * unit);
            }
        }
    }
}
