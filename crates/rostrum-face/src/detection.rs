//! Finding faces with MediaPipe's single-shot detectors.
//!
//! A detector lays a fixed grid of anchors over the picture and gives for each the score and the box of a face there.
//! Boxes that overlap are the same face and are averaged by score.

use rostrum_model::picture::RgbImage;

use crate::crop::SquareCrop;
use crate::tflite::{Model, ModelError};

/// A face found in a picture, before its landmarks are known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detection {
    /// Left, top, right, bottom in pixels; may stick out of the picture.
    pub bounds: [f32; 4],
    /// Eye on the left and on the right side of the picture, nose tip, mouth, ear on the left and on the right, in
    /// pixels.
    pub keypoints: [[f32; 2]; 6],
    /// The detector's belief, 0.5..=1.
    pub score: f32,
}

impl Detection {
    /// The longer side of the bounds in pixels.
    pub(crate) fn size(&self) -> f32 {
        let [left, top, right, bottom] = self.bounds;
        (right - left).max(bottom - top)
    }

    fn middle(&self) -> [f32; 2] {
        let [left, top, right, bottom] = self.bounds;
        [left.midpoint(right), top.midpoint(bottom)]
    }

    /// The square the landmark model looks at: half as much again as the bounds, turned with the eyes.
    pub(crate) fn crop(&self) -> SquareCrop {
        let [left_eye, right_eye, ..] = self.keypoints;
        SquareCrop {
            center: self.middle(),
            side: self.size() * CROP_SCALE,
            angle: (right_eye[1] - left_eye[1]).atan2(right_eye[0] - left_eye[0]),
        }
    }
}

/// Side of a landmark crop against the size of the face.
pub(crate) const CROP_SCALE: f32 = 1.5;
/// Least score of a face (MediaPipe's value).
const MIN_SCORE: f32 = 0.5;
/// Boxes that share more than this part of their joint area are one face (MediaPipe's value).
const SAME_FACE_OVERLAP: f32 = 0.3;
/// Numbers per anchor: centre, width, height, six points.
const BOX_NUMBERS: usize = 16;

/// A grid of anchors: one cell per `stride` pixels of the model's input, `per_cell` anchors in the middle of each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AnchorGrid {
    stride: usize,
    per_cell: usize,
}

/// Grids of the short-range detector.
pub(crate) const SHORT_RANGE_GRIDS: &[AnchorGrid] =
    &[AnchorGrid { stride: 8, per_cell: 2 }, AnchorGrid { stride: 16, per_cell: 6 }];
/// Grids of the full-range detector.
pub(crate) const FULL_RANGE_GRIDS: &[AnchorGrid] = &[AnchorGrid { stride: 4, per_cell: 1 }];

/// Names of a detector's outputs in its file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OutputNames {
    pub(crate) boxes: &'static str,
    pub(crate) scores: &'static str,
}

/// A loaded detector.
#[derive(Debug)]
pub(crate) struct Detector {
    model: Model,
    /// Side of the input in pixels.
    size: usize,
    /// Middles in shares of the input's side.
    anchors: Vec<[f32; 2]>,
    boxes_output: usize,
    scores_output: usize,
}

impl Detector {
    pub(crate) fn new(model: Model, names: OutputNames, grids: &[AnchorGrid]) -> Result<Self, ModelError> {
        let &[1, height, size, 3] = model.input_shape() else {
            return Err(ModelError::WrongModel("picture input".to_owned()));
        };
        if height != size {
            return Err(ModelError::WrongModel("square input".to_owned()));
        }
        let anchors = anchors(size, grids);
        let boxes_output = model.find_output(names.boxes, anchors.len() * BOX_NUMBERS)?;
        let scores_output = model.find_output(names.scores, anchors.len())?;
        Ok(Self { model, size, anchors, boxes_output, scores_output })
    }

    /// All faces, highest score first.
    pub(crate) fn detect(&self, image: &RgbImage) -> Result<Vec<Detection>, ModelError> {
        let crop = SquareCrop::around(image);
        let outputs = self.model.run(crop.sample(image, self.size, [-1.0, 1.0]))?;
        let boxes = outputs[self.boxes_output].as_chunks::<BOX_NUMBERS>().0;
        let scores = &outputs[self.scores_output];
        let mut found = Vec::new();
        for ((anchor, numbers), logit) in self.anchors.iter().zip(boxes).zip(scores) {
            let score = 1.0 / (1.0 + (-logit).exp());
            if score >= MIN_SCORE {
                found.push(self.decode(*anchor, numbers, score, crop));
            }
        }
        Ok(merge_overlapping(found))
    }

    /// Turns the numbers of an anchor, which are pixels of the model's input relative to the anchor, into pixels of
    /// the picture.
    fn decode(
        &self,
        anchor: [f32; 2],
        numbers: &[f32; BOX_NUMBERS],
        score: f32,
        crop: SquareCrop,
    ) -> Detection {
        let size = self.size as f32;
        let place = |x: f32, y: f32| crop.to_picture(x / size + anchor[0], y / size + anchor[1]);
        let [x, y, width, height, ..] = *numbers;
        let [left, top] = place(x - width / 2.0, y - height / 2.0);
        let [right, bottom] = place(x + width / 2.0, y + height / 2.0);
        let keypoints = std::array::from_fn(|point| place(numbers[4 + 2 * point], numbers[5 + 2 * point]));
        Detection { bounds: [left, top, right, bottom], keypoints, score }
    }
}

/// The middles of all anchors, in the order of the model's outputs.
fn anchors(size: usize, grids: &[AnchorGrid]) -> Vec<[f32; 2]> {
    let mut anchors = Vec::new();
    for grid in grids {
        let cells = size / grid.stride;
        let middle = |cell: usize| (cell as f32 + 0.5) / cells as f32;
        for cell in 0..cells * cells {
            let anchor = [middle(cell % cells), middle(cell / cells)];
            anchors.extend(std::iter::repeat_n(anchor, grid.per_cell));
        }
    }
    anchors
}

/// Shared area of two boxes against the area they cover together.
fn overlap(a: &[f32; 4], b: &[f32; 4]) -> f32 {
    let width = (a[2].min(b[2]) - a[0].max(b[0])).max(0.0);
    let height = (a[3].min(b[3]) - a[1].max(b[1])).max(0.0);
    let area = |bounds: &[f32; 4]| (bounds[2] - bounds[0]) * (bounds[3] - bounds[1]);
    let shared = width * height;
    shared / (area(a) + area(b) - shared)
}

/// Replaces boxes that overlap the best one by their mean weighted by score, then goes on with the rest. Boxes that
/// are not finite or empty are dropped.
fn merge_overlapping(mut found: Vec<Detection>) -> Vec<Detection> {
    found.retain(|detection| {
        let [left, top, right, bottom] = detection.bounds;
        detection.bounds.iter().chain(detection.keypoints.as_flattened()).all(|x| x.is_finite())
            && right > left
            && bottom > top
    });
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut faces = Vec::new();
    while let Some(best) = found.first().copied() {
        let is_same = |other: &Detection| overlap(&best.bounds, &other.bounds) > SAME_FACE_OVERLAP;
        let (same, rest): (Vec<_>, Vec<_>) = found.into_iter().partition(is_same);
        found = rest;
        faces.push(weighted_mean(&same, best.score));
    }
    faces
}

/// Drops faces that a more certain one already covers, for detections of different detectors, whose boxes are not
/// drawn alike: two are the same face when the middle of one lies in the other. Highest score first.
pub(crate) fn drop_repeated(mut found: Vec<Detection>) -> Vec<Detection> {
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let covers = |outer: &Detection, inner: &Detection| {
        let [left, top, right, bottom] = outer.bounds;
        let [x, y] = inner.middle();
        left < x && x < right && top < y && y < bottom
    };
    let mut faces: Vec<Detection> = Vec::new();
    for detection in found {
        if !faces.iter().any(|face| covers(face, &detection) || covers(&detection, face)) {
            faces.push(detection);
        }
    }
    faces
}

fn weighted_mean(detections: &[Detection], score: f32) -> Detection {
    let total: f32 = detections.iter().map(|detection| detection.score).sum();
    let mean = |number: &dyn Fn(&Detection) -> f32| {
        detections.iter().map(|detection| number(detection) * detection.score).sum::<f32>() / total
    };
    Detection {
        bounds: std::array::from_fn(|side| mean(&|detection| detection.bounds[side])),
        keypoints: std::array::from_fn(|point| {
            std::array::from_fn(|axis| mean(&|detection| detection.keypoints[point][axis]))
        }),
        score,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(left: f32, right: f32, score: f32) -> Detection {
        Detection { bounds: [left, 0.0, right, 10.0], keypoints: [[left, right]; 6], score }
    }

    #[test]
    fn anchors_lie_in_the_middle_of_their_cells() {
        let short = anchors(128, SHORT_RANGE_GRIDS);
        assert_eq!(short.len(), 896);
        assert_eq!(
            (short[0], short[1], short[2]),
            ([0.03125, 0.03125], [0.03125, 0.03125], [0.09375, 0.03125])
        );
        assert_eq!(short[512], [0.0625, 0.0625]);
        assert_eq!(anchors(192, FULL_RANGE_GRIDS).len(), 2304);
    }

    #[test]
    fn overlapping_boxes_become_their_weighted_mean() {
        let faces =
            merge_overlapping(vec![found(4.0, 14.0, 0.6), found(0.0, 10.0, 0.9), found(40.0, 50.0, 0.7)]);
        assert_eq!(faces.len(), 2);
        assert!((faces[0].bounds[0] - 1.6).abs() < 1e-5 && (faces[0].keypoints[3][1] - 11.6).abs() < 1e-5);
        assert_eq!(faces[0].score, 0.9);
        assert_eq!(faces[1], found(40.0, 50.0, 0.7));
    }

    #[test]
    fn a_face_seen_by_both_detectors_is_one() {
        let faces = drop_repeated(vec![found(0.0, 10.0, 0.6), found(40.0, 50.0, 0.7), found(3.0, 17.0, 0.9)]);
        assert_eq!(faces, [found(3.0, 17.0, 0.9), found(40.0, 50.0, 0.7)]);
    }

    #[test]
    fn impossible_boxes_are_dropped() {
        let faces = merge_overlapping(vec![
            found(10.0, 0.0, 0.9),
            found(f32::NAN, 1.0, 0.9),
            found(0.0, f32::INFINITY, 0.9),
        ]);
        assert_eq!(faces, []);
    }
}
