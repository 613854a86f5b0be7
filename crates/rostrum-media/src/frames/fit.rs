//! How large frames become.

use rostrum_model::picture::Size;

/// The size in which frames are handed out. Shapes are kept unless said otherwise; sides are at least 1 pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// As the file says that they are shown.
    Shown,
    /// As shown, but shrunk until they fit into this size.
    Within(Size),
    /// The largest that fits into this size; the caller decides what surrounds it.
    Contain(Size),
    /// Exactly this size: the smallest that covers it, with what stands over cut off equally on both sides.
    Cover(Size),
    /// Exactly this size, whatever becomes of the shape.
    Stretch(Size),
}

impl Fit {
    /// The size of the frames of a video that is shown in size `shown`.
    pub fn frame_size(self, shown: Size) -> Size {
        match self {
            Self::Cover(size) | Self::Stretch(size) => size,
            Self::Shown | Self::Within(_) | Self::Contain(_) => self.scaled_size(shown),
        }
    }

    /// The size after scaling, before anything is cut off.
    pub(super) fn scaled_size(self, shown: Size) -> Size {
        match self {
            Self::Shown => shown,
            Self::Within(size) if shown.width <= size.width && shown.height <= size.height => shown,
            Self::Within(size) | Self::Contain(size) => {
                if is_wider(shown, size) {
                    Size { width: size.width, height: at_least_1(shown.height * size.width, shown.width) }
                } else {
                    Size { width: at_least_1(shown.width * size.height, shown.height), height: size.height }
                }
            }
            Self::Cover(size) => {
                if is_wider(shown, size) {
                    let width = at_least_1(shown.width * size.height, shown.height).max(size.width);
                    Size { width, height: size.height }
                } else {
                    let height = at_least_1(shown.height * size.width, shown.width).max(size.height);
                    Size { width: size.width, height }
                }
            }
            Self::Stretch(size) => size,
        }
    }
}

/// Whether `left` has the wider shape.
fn is_wider(left: Size, right: Size) -> bool {
    left.width * right.height > right.width * left.height
}

/// The quotient, rounded.
fn at_least_1(numerator: usize, denominator: usize) -> usize {
    ((numerator + denominator / 2) / denominator.max(1)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Size = Size { width: 1920, height: 1080 };
    const TALL: Size = Size { width: 1080, height: 1920 };
    const SQUARE: Size = Size { width: 600, height: 600 };

    fn size(width: usize, height: usize) -> Size {
        Size { width, height }
    }

    #[test]
    fn shapes_are_kept_and_frames_within_never_grow() {
        assert_eq!(Fit::Shown.frame_size(WIDE), WIDE);
        assert_eq!(Fit::Within(SQUARE).frame_size(WIDE), size(600, 338));
        assert_eq!(Fit::Within(SQUARE).frame_size(TALL), size(338, 600));
        assert_eq!(Fit::Within(WIDE).frame_size(SQUARE), SQUARE);
        assert_eq!(Fit::Contain(WIDE).frame_size(SQUARE), size(1080, 1080));
        assert_eq!(Fit::Contain(size(5, 5)).frame_size(size(4000, 1)), size(5, 1));
    }

    #[test]
    fn covering_scales_no_side_below_the_wanted_one() {
        assert_eq!(Fit::Cover(SQUARE).scaled_size(WIDE), size(1067, 600));
        assert_eq!(Fit::Cover(SQUARE).scaled_size(TALL), size(600, 1067));
        assert_eq!(Fit::Cover(SQUARE).frame_size(TALL), SQUARE);
        for wanted in [size(1279, 720), size(1281, 719), size(3, 1000), size(1000, 3)] {
            for shown in [WIDE, TALL, SQUARE, size(721, 719)] {
                let scaled = Fit::Cover(wanted).scaled_size(shown);
                assert!(
                    scaled.width >= wanted.width && scaled.height >= wanted.height,
                    "{shown:?} {wanted:?}"
                );
            }
        }
    }
}
