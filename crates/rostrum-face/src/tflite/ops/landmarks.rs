//! The operators of MediaPipe's attention mesh: the model finds the face's points, cuts its feature map along the lips
//! and eyes, and refines the points inside these crops.

use super::{Compute, Operands, Prepared, Rework};
use crate::tflite::ModelError;
use crate::tflite::flexbuffer::Map;
use crate::tflite::shape::{ImageShape, check_shape};

/// Shape of the matrices between these operators; only the first two rows and the columns x, y, 1 are used.
const MATRIX: [usize; 3] = [1, 4, 4];
/// Numbers in a [`MATRIX`].
const MATRIX_ELEMENTS: u64 = 16;

/// `Landmarks2TransformMatrix`: where in the feature map the crop around some points lies.
#[derive(Debug)]
struct CropMatrix {
    /// Points whose connecting line is turned to `target_rotation`.
    rotation_points: [usize; 2],
    target_rotation: f32,
    /// Points the crop goes around.
    points: Vec<usize>,
    /// Width and height of the crop as multiples of the points' bounds.
    scale: [f32; 2],
    /// Width and height of the crop in its own pixels.
    crop: [f32; 2],
}

impl Compute for CropMatrix {
    /// The matrix takes a pixel of the crop to the feature map: crop centre to origin, scaled, turned, moved.
    fn compute(&self, inputs: &[&[f32]], output: &mut [f32]) {
        let point = |index: usize| [inputs[0][3 * index], inputs[0][3 * index + 1]];
        let [left, right] = self.rotation_points.map(point);
        let rotation = self.target_rotation - (right[1] - left[1]).atan2(right[0] - left[0]);
        let (sine, cosine) = rotation.sin_cos();
        let (mut low, mut high) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
        for &index in &self.points {
            let [x, y] = point(index);
            let turned = [x * cosine - y * sine, x * sine + y * cosine];
            for axis in 0..2 {
                low[axis] = low[axis].min(turned[axis]);
                high[axis] = high[axis].max(turned[axis]);
            }
        }
        let middle = [0, 1].map(|axis| low[axis].midpoint(high[axis]));
        let centre = [middle[0] * cosine + middle[1] * sine, middle[1] * cosine - middle[0] * sine];
        let step = [0, 1].map(|axis| self.scale[axis] * (high[axis] - low[axis]) / self.crop[axis]);
        let rows = [[cosine * step[0], sine * step[1]], [-sine * step[0], cosine * step[1]]];
        for (axis, [across, down]) in rows.into_iter().enumerate() {
            let offset = centre[axis] - across * self.crop[0] / 2.0 - down * self.crop[1] / 2.0;
            output[4 * axis..4 * axis + 4].copy_from_slice(&[across, down, 0.0, offset]);
        }
        output[10] = 1.0;
        output[15] = 1.0;
    }

    fn multiplications(&self) -> u64 {
        self.points.len() as u64 + MATRIX_ELEMENTS
    }
}

pub(super) fn prepare_matrix(operands: &Operands<'_>, options: &[u8]) -> Result<Prepared, ModelError> {
    const LACKS: ModelError = ModelError::Malformed("Landmarks2TransformMatrix lacks an option");
    let [1, count, 3] = *operands.shape(0)? else {
        return Err(ModelError::Malformed("Landmarks2TransformMatrix needs points in space"));
    };
    check_shape(&MATRIX, operands.output_shape())?;
    let options = Map::root(options)?;
    let point = |number: i64| {
        let index = usize::try_from(number).ok().filter(|&index| index < count);
        index.ok_or(ModelError::Malformed("Landmarks2TransformMatrix uses a missing point"))
    };
    let size = |name| match options.integer(name)? {
        Some(size @ 1..=4096) => Ok(size as f32),
        _ => Err(LACKS),
    };
    let points: Vec<usize> =
        options.integers("subset_idxs")?.ok_or(LACKS)?.into_iter().map(point).collect::<Result<_, _>>()?;
    if points.is_empty() {
        return Err(LACKS);
    }
    let operator = CropMatrix {
        rotation_points: [
            point(options.integer("left_rotation_idx")?.ok_or(LACKS)?)?,
            point(options.integer("right_rotation_idx")?.ok_or(LACKS)?)?,
        ],
        target_rotation: options.float("target_rotation_radians")?.unwrap_or(0.0),
        points,
        scale: [options.float("scale_x")?.ok_or(LACKS)?, options.float("scale_y")?.ok_or(LACKS)?],
        crop: [size("output_width")?, size("output_height")?],
    };
    Ok(Prepared::compute(operator, vec![operands.index(0)?]))
}

/// `TransformTensorBilinear`: cuts a crop out of a feature map; zero outside the map.
#[derive(Debug)]
struct CropSampling {
    map: ImageShape,
    crop: ImageShape,
}

impl Compute for CropSampling {
    fn compute(&self, inputs: &[&[f32]], output: &mut [f32]) {
        let (map, matrix) = (inputs[0], inputs[1]);
        let ImageShape { height, width, channels } = self.map;
        for (index, result) in output.chunks_exact_mut(channels).enumerate() {
            let (row, column) = (index / self.crop.width, index % self.crop.width);
            // Pixels are squares whose centres lie half a pixel inside.
            let (x, y) = (column as f32 + 0.5, row as f32 + 0.5);
            let map_x = matrix[0] * x + matrix[1] * y + matrix[3] - 0.5;
            let map_y = matrix[4] * x + matrix[5] * y + matrix[7] - 0.5;
            let is_inside =
                (0.0..=(width - 1) as f32).contains(&map_x) && (0.0..=(height - 1) as f32).contains(&map_y);
            if !is_inside {
                continue;
            }
            let (left, top) = (map_x as usize, map_y as usize);
            let (right, bottom) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
            let (share_x, share_y) = (map_x - left as f32, map_y - top as f32);
            let corners = [(top, left), (top, right), (bottom, left), (bottom, right)]
                .map(|(y, x)| &map[(y * width + x) * channels..][..channels]);
            for (channel, result) in result.iter_mut().enumerate() {
                let [a, b, c, d] = corners.map(|corner| corner[channel]);
                let upper = (1.0 - share_x) * a + share_x * b;
                let lower = (1.0 - share_x) * c + share_x * d;
                *result = (1.0 - share_y) * upper + share_y * lower;
            }
        }
    }

    fn multiplications(&self) -> u64 {
        4 * self.crop.elements() as u64
    }
}

/// The size of the crop is that of the declared output.
pub(super) fn prepare_sampling(operands: &Operands<'_>) -> Result<Prepared, ModelError> {
    let map = operands.image(0)?;
    let crop = ImageShape::of(operands.output_shape())?;
    check_shape(operands.shape(1)?, &MATRIX)?;
    if crop.channels != map.channels {
        return Err(ModelError::Malformed("TransformTensorBilinear changes the number of channels"));
    }
    Ok(Prepared::compute(CropSampling { map, crop }, vec![operands.index(0)?, operands.index(1)?]))
}

/// `TransformLandmarks`: takes points of a crop to the feature map.
#[derive(Debug)]
struct PointTransform;

impl Rework for PointTransform {
    fn rework(&self, values: &mut [f32], others: &[&[f32]]) {
        let matrix = others[0];
        for point in values.as_chunks_mut::<2>().0 {
            let [x, y] = *point;
            *point = [matrix[0] * x + matrix[1] * y + matrix[3], matrix[4] * x + matrix[5] * y + matrix[7]];
        }
    }
}

pub(super) fn prepare_transform(operands: &Operands<'_>) -> Result<Prepared, ModelError> {
    check_shape(operands.shape(0)?, operands.output_shape())?;
    check_shape(operands.shape(1)?, &MATRIX)?;
    if operands.shape(0)?.last() != Some(&2) {
        return Err(ModelError::Unsupported { operator: "TransformLandmarks", usage: "points in space" });
    }
    Ok(Prepared::rework(PointTransform, vec![operands.index(0)?, operands.index(1)?]))
}

#[cfg(test)]
mod tests {
    use super::super::testing::Case;
    use super::*;

    #[test]
    fn a_crop_goes_around_its_points_and_turns_with_them() {
        // A line of length 4 going straight down through (10, 6), and a point 1 beside it.
        let points = [10.0, 4.0, 0.0, 10.0, 8.0, 0.0, 9.0, 6.0, 0.0, 11.0, 6.0, 0.0];
        let matrix = CropMatrix {
            rotation_points: [0, 1],
            target_rotation: 0.0,
            points: vec![0, 1, 2, 3],
            scale: [1.5, 1.5],
            crop: [16.0, 16.0],
        };
        let mut output = [0.0; 16];
        matrix.compute(&[&points], &mut output);
        let place = |x: f32, y: f32| {
            [output[0] * x + output[1] * y + output[3], output[4] * x + output[5] * y + output[7]]
        };
        let near = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).abs() < 1e-4 && (a[1] - b[1]).abs() < 1e-4;
        assert!(near(place(8.0, 8.0), [10.0, 6.0]), "the crop's centre is that of the points");
        assert!(near(place(16.0, 8.0), [10.0, 9.0]), "its right end lies down the line, 1.5 times as far");
        assert!(near(place(8.0, 0.0), [11.5, 6.0]), "its upper end lies to the right of the line");
    }

    #[test]
    fn sampling_blends_four_pixels_and_is_zero_outside() {
        let case = Case::new(&[1, 1, 2, 1]).input(&[1, 2, 2, 1]).input(&MATRIX);
        let map: &[f32] = &[1.0, 3.0, 5.0, 7.0];
        let mut matrix = [0.0; 16];
        // Crop pixels lie 10 apart; the first centre falls on the middle of the map.
        (matrix[0], matrix[3], matrix[5], matrix[7]) = (10.0, -4.0, 1.0, 0.5);
        assert_eq!(case.run(prepare_sampling, &[map, &matrix]), [4.0, 0.0]);
        matrix[3] = f32::NAN;
        assert_eq!(case.run(prepare_sampling, &[map, &matrix]), [0.0, 0.0]);
    }

    #[test]
    fn points_are_moved_by_the_first_two_rows() {
        let mut matrix = [0.0; 16];
        (matrix[0], matrix[1], matrix[3]) = (2.0, 1.0, 100.0);
        (matrix[4], matrix[5], matrix[7]) = (0.0, 3.0, 200.0);
        let case = Case::new(&[1, 2, 2]).input(&[1, 2, 2]).input(&MATRIX);
        let moved = case.run(prepare_transform, &[&[1.0, 2.0, 0.0, 1.0], &matrix]);
        assert_eq!(moved, [104.0, 206.0, 101.0, 203.0]);
    }
}
