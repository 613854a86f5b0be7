//! Finding faces.

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
