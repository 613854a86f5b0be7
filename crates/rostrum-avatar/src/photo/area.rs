//! Rectangles of pixels that grow.

use rostrum_model::picture::{Rect, RgbImage};

use super::geometry::Point;

/// A rectangle of pixels by its edges; empty when `left >= right` or `top >= bottom`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct PixelArea {
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) right: usize,
    pub(crate) bottom: usize,
}

impl PixelArea {
    /// The pixels within `margin` of any of these points, inside a picture of this size.
    pub(crate) fn around(
        points: impl Iterator<Item = Point>,
        margin: f32,
        width: usize,
        height: usize,
    ) -> Self {
        let mut low = [f32::INFINITY; 2];
        let mut high = [f32::NEG_INFINITY; 2];
        for p in points {
            for k in 0..2 {
                low[k] = low[k].min(p[k]);
                high[k] = high[k].max(p[k]);
            }
        }
        // Casting a float to usize saturates, so places left of or above the picture become 0.
        Self {
            left: (low[0] - margin).floor() as usize,
            top: (low[1] - margin).floor() as usize,
            right: ((high[0] + margin).ceil() as usize).min(width),
            bottom: ((high[1] + margin).ceil() as usize).min(height),
        }
    }

    /// The pixels of a rectangle.
    pub(crate) fn of(rect: Rect) -> Self {
        Self { left: rect.x, top: rect.y, right: rect.x + rect.width, bottom: rect.y + rect.height }
    }

    pub(crate) fn is_empty(self) -> bool {
        self.left >= self.right || self.top >= self.bottom
    }

    pub(crate) fn width(self) -> usize {
        self.right.saturating_sub(self.left)
    }

    pub(crate) fn height(self) -> usize {
        self.bottom.saturating_sub(self.top)
    }

    /// The area with `margin` more pixels on every side, as far as a picture of this size has them.
    pub(crate) fn widened(self, margin: usize, width: usize, height: usize) -> Self {
        Self {
            left: self.left.saturating_sub(margin),
            top: self.top.saturating_sub(margin),
            right: (self.right + margin).min(width),
            bottom: (self.bottom + margin).min(height),
        }
    }

    /// The smallest area that holds both.
    pub(crate) fn union(self, other: Self) -> Self {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// The pixels of both.
    pub(crate) fn intersection(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    /// Whether the two share a pixel.
    pub(crate) fn touches(self, other: Self) -> bool {
        !self.intersection(other).is_empty()
    }

    /// A picture of its pixels, which `image` has.
    pub(crate) fn cut_from(self, image: &RgbImage) -> RgbImage {
        let mut pixels = Vec::with_capacity(self.width() * self.height() * 3);
        if !self.is_empty() {
            for row in image.pixels.chunks_exact(image.width * 3).take(self.bottom).skip(self.top) {
                pixels.extend_from_slice(&row[self.left * 3..self.right * 3]);
            }
        }
        RgbImage { width: self.width(), height: self.height(), pixels }
    }

    pub(crate) fn rect(self) -> Rect {
        if self.is_empty() {
            return Rect::default();
        }
        Rect { x: self.left, y: self.top, width: self.width(), height: self.height() }
    }
}
