//! Which part of a portrait is shown, and how large.

use rostrum_face::Landmarks;
use rostrum_model::picture::{RgbImage, Size};

/// A part of a picture in its pixels; edges may lie between pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CropBox {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width, above 0.
    pub width: f32,
    /// Height, above 0.
    pub height: f32,
}

/// Which part of the portrait is shown, and the size in pixels at which it is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    /// Part of the portrait, inside it.
    pub crop: CropBox,
    /// Size of the drawn picture.
    pub size: Size,
}

/// Where the face's middle is put when a portrait is cut: this share of the height from the top.
const FACE_HEIGHT: f32 = 0.42;

impl Placement {
    /// All of the portrait at this size (of the same shape, or it is stretched).
    pub fn whole(source: Size, size: Size) -> Self {
        let crop = CropBox { x: 0.0, y: 0.0, width: source.width as f32, height: source.height as f32 };
        Self { crop, size }
    }

    /// The largest part of the portrait that has the shape of `size`, cut so that the face stays in view.
    pub fn cover(source: Size, size: Size, landmarks: &Landmarks) -> Self {
        let (width, height) = (source.width as f32, source.height as f32);
        let scale = (size.width as f32 / width).max(size.height as f32 / height);
        let (crop_width, crop_height) =
            ((size.width as f32 / scale).min(width), (size.height as f32 / scale).min(height));
        let middle = |k: usize| {
            let of = |pick: fn(f32, f32) -> f32, start: f32| {
                landmarks.points.iter().map(|p| p[k]).fold(start, pick)
            };
            f32::midpoint(of(f32::min, f32::INFINITY), of(f32::max, f32::NEG_INFINITY))
        };
        let x = (middle(0) - crop_width / 2.0).clamp(0.0, width - crop_width);
        let y = (middle(1) - crop_height * FACE_HEIGHT).clamp(0.0, height - crop_height);
        Self { crop: CropBox { x, y, width: crop_width, height: crop_height }, size }
    }

    /// Output pixels per portrait pixel, across and down.
    pub(crate) fn scale(&self) -> [f32; 2] {
        [self.size.width as f32 / self.crop.width, self.size.height as f32 / self.crop.height]
    }

    /// Whether the crop is a part of this picture.
    pub(crate) fn is_inside(&self, image: &RgbImage) -> bool {
        // Rounding may put an edge a little outside.
        const SLACK: f32 = 0.01;
        let CropBox { x, y, width, height } = self.crop;
        let inside = |from: f32, length: f32, all: usize| {
            from >= 0.0 && length >= 1.0 && from + length <= all as f32 + SLACK
        };
        inside(x, width, image.width) && inside(y, height, image.height)
    }

    /// The landmarks in the drawn picture.
    pub(crate) fn place(&self, landmarks: &Landmarks) -> Landmarks {
        let [across, down] = self.scale();
        let depth = f32::midpoint(across, down);
        let points = landmarks
            .points
            .iter()
            .map(|[x, y, z]| [(x - self.crop.x) * across, (y - self.crop.y) * down, z * depth])
            .collect();
        Landmarks { points, score: landmarks.score }
    }
}
