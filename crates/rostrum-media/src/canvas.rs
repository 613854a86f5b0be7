//! The frame that a video is drawn on.

use rostrum_model::picture::{Rect, RgbImage, Size};

/// A frame in planar YUV 4:2:0, BT.709, limited range, kept from one frame of the video to the next so that only what
/// changed is drawn and converted.
#[derive(Clone, PartialEq, Eq)]
pub struct Canvas {
    size: Size,
    planes: Vec<u8>,
}

impl Canvas {
    /// A frame of one colour. Both sides must be even and above 0.
    pub fn new(size: Size, background_rgb: [u8; 3]) -> Self { let _ = background_rgb; Self { size, planes: Vec::new() } }
    /// Width and height in pixels.
    pub fn size(&self) -> Size { self.size }
    /// The frame as ffmpeg's `yuv420p` takes it: all of Y, then U, then V, without padding.
    pub fn bytes(&self) -> &[u8] { &self.planes }
    /// Draws the part `src` of `image` with its top left corner at `at`, clipped to both pictures.
    ///
    /// Colour is kept for blocks of 2x2 pixels, so where the part starts or ends inside a block the neighbouring pixels of
    /// `image` are drawn as well. The result depends on `image` alone, not on what was drawn before.
    pub fn blit(&mut self, image: &RgbImage, src: Rect, at: (usize, usize)) { let _ = (image, src, at); }
}
