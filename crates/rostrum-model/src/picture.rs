//! Pixels in memory and the areas they cover.

/// An 8-bit RGB picture, rows from top to bottom without padding.
#[derive(Clone, PartialEq, Eq)]
pub struct RgbImage {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// `width * height * 3` bytes: R, G, B per pixel, sRGB.
    pub pixels: Vec<u8>,
}

impl RgbImage {
    /// A picture of one colour.
    pub fn filled(width: usize, height: usize, rgb: [u8; 3]) -> Self {
        let mut pixels = Vec::with_capacity(width * height * 3);
        for _ in 0..width * height {
            pixels.extend_from_slice(&rgb);
        }
        Self { width, height, pixels }
    }

    /// Width and height.
    pub fn size(&self) -> Size {
        Size { width: self.width, height: self.height }
    }

    /// The colour at a pixel; `x < width`, `y < height`.
    pub fn at(&self, x: usize, y: usize) -> [u8; 3] {
        let i = (y * self.width + x) * 3;
        [self.pixels[i], self.pixels[i + 1], self.pixels[i + 2]]
    }
}

impl std::fmt::Debug for RgbImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RgbImage({}x{})", self.width, self.height)
    }
}

/// An 8-bit picture with transparency, rows from top to bottom without padding.
#[derive(Clone, PartialEq, Eq)]
pub struct RgbaImage {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// `width * height * 4` bytes: R, G, B, each already multiplied by A, then A per pixel, sRGB.
    pub pixels: Vec<u8>,
}

impl RgbaImage {
    /// A picture with nothing in it.
    pub fn clear(width: usize, height: usize) -> Self {
        Self { width, height, pixels: vec![0; width * height * 4] }
    }
}

impl std::fmt::Debug for RgbaImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RgbaImage({}x{})", self.width, self.height)
    }
}

/// Width and height of a picture in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Size {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
}

impl Size {
    /// All pixels of a picture of this size.
    pub fn whole(self) -> Rect {
        Rect { x: 0, y: 0, width: self.width, height: self.height }
    }
}

/// A rectangle of pixels; may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Rect {
    /// Left edge.
    pub x: usize,
    /// Top edge.
    pub y: usize,
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
}

impl Rect {
    /// Whether it has no pixels.
    pub fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// The smallest rectangle around both; empty ones do not count.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = (self.x + self.width).max(other.x + other.width);
        let bottom = (self.y + self.height).max(other.y + other.height);
        Self { x, y, width: right - x, height: bottom - y }
    }

    /// The pixels of both.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let right = (self.x + self.width).min(other.x + other.width);
        let bottom = (self.y + self.height).min(other.y + other.height);
        if right <= x || bottom <= y {
            return Self::default();
        }
        Self { x, y, width: right - x, height: bottom - y }
    }

    /// What is left of it without another one: above, below, to the left and to the right of that.
    pub fn without(self, hole: Self) -> impl Iterator<Item = Self> {
        let (right, bottom) = (self.x + self.width, self.y + self.height);
        let [left, hole_right] = [hole.x, hole.x + hole.width].map(|x| x.clamp(self.x, right));
        let [top, hole_bottom] = [hole.y, hole.y + hole.height].map(|y| y.clamp(self.y, bottom));
        let between = |x: usize, y: usize, right: usize, bottom: usize| Self {
            x,
            y,
            width: right - x,
            height: bottom - y,
        };
        let pieces = [
            between(self.x, self.y, right, top),
            between(self.x, hole_bottom, right, bottom),
            between(self.x, top, left, hole_bottom),
            between(hole_right, top, right, hole_bottom),
        ];
        pieces.into_iter().filter(|piece| !piece.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_is_the_hole_and_what_is_left_without_it() {
        let area = Rect { x: 2, y: 3, width: 10, height: 8 };
        let at = |x, y, width, height| Rect { x, y, width, height };
        for hole in [
            at(4, 5, 3, 2),
            at(0, 0, 5, 5),
            at(8, 8, 20, 20),
            at(0, 0, 50, 50),
            at(0, 0, 1, 1),
            Rect::default(),
        ] {
            let mut count = [[0; 30]; 30];
            let inside = |rect: Rect, x: usize, y: usize| {
                (rect.x..rect.x + rect.width).contains(&x) && (rect.y..rect.y + rect.height).contains(&y)
            };
            for piece in area.without(hole) {
                for (y, row) in count.iter_mut().enumerate() {
                    for (x, count) in row.iter_mut().enumerate() {
                        *count += i32::from(inside(piece, x, y));
                    }
                }
            }
            for (y, row) in count.iter().enumerate() {
                for (x, count) in row.iter().enumerate() {
                    let expected = inside(area, x, y) && !inside(hole, x, y);
                    assert_eq!(*count, i32::from(expected), "{hole:?} {x} {y}");
                }
            }
        }
    }
}
