//! How a portrait is put on the canvas, and the drawing of its frames.

use rostrum_avatar::{Avatar, AvatarScratch, MotionTrack, Placement};
use rostrum_face::Landmarks;
use rostrum_media::Canvas;
use rostrum_model::picture::{RgbImage, Size};
use rostrum_model::video::Fit;

/// Room around the face that a crop must leave, in face heights: hair above, chin and neck below.
const ROOM_ABOVE: f32 = 0.45;
const ROOM_BELOW: f32 = 0.25;
/// Behind a picture that does not fill the canvas, where no other colour is asked for.
pub const WHITE: [u8; 3] = [255; 3];
/// Landmarks of the top of the forehead and the bottom of the chin.
const FOREHEAD: usize = 10;
const CHIN: usize = 152;

/// A portrait's place on the canvas.
#[derive(Debug, Clone, PartialEq)]
pub struct Staging {
    /// Part of the picture that is shown and the size it is drawn at.
    pub placement: Placement,
    /// Left edge on the canvas, even.
    pub x: usize,
    /// Top edge on the canvas, even.
    pub y: usize,
}

/// Puts a picture on a canvas. Without a wish, the canvas is filled when the whole head stays visible, else the whole
/// picture is shown.
pub fn stage(source: Size, landmarks: &Landmarks, canvas: Size, fit: Option<Fit>) -> Staging {
    let covering = Placement::cover(source, canvas, landmarks);
    let cover = match fit {
        Some(Fit::Cover) => true,
        Some(Fit::Contain) => false,
        None => shows_head(&covering, source, landmarks),
    };
    if cover { Staging { placement: covering, x: 0, y: 0 } } else { whole(source, canvas) }
}

/// Whether a crop cuts nothing off the head that the picture shows of it.
fn shows_head(placement: &Placement, source: Size, landmarks: &Landmarks) -> bool {
    let (forehead, chin) = (landmarks.points[FOREHEAD][1], landmarks.points[CHIN][1]);
    let height = (chin - forehead).abs();
    let top = (forehead.min(chin) - ROOM_ABOVE * height).max(0.0);
    let bottom = (forehead.max(chin) + ROOM_BELOW * height).min(source.height as f32);
    // Less than a pixel is rounding.
    placement.crop.y < top + 1.0 && placement.crop.y + placement.crop.height > bottom - 1.0
}

/// The whole picture, as large as fits, in the middle.
fn whole(source: Size, canvas: Size) -> Staging {
    let scale =
        f64::min(canvas.width as f64 / source.width as f64, canvas.height as f64 / source.height as f64);
    let even =
        |length: usize, most: usize| (((length as f64 * scale) / 2.0).round() as usize * 2).clamp(2, most);
    let size = Size { width: even(source.width, canvas.width), height: even(source.height, canvas.height) };
    let middle = |outer: usize, inner: usize| (outer - inner) / 4 * 2;
    Staging {
        placement: Placement::whole(source, size),
        x: middle(canvas.width, size.width),
        y: middle(canvas.height, size.height),
    }
}

/// Draws frames `first..first + count` of a video and hands each finished canvas to `deliver`, until it returns
/// false. Only what moved since the last frame is drawn and converted again.
pub fn draw_frames(
    avatar: &Avatar,
    motion: &MotionTrack,
    frames: std::ops::Range<usize>,
    at: (usize, usize),
    canvas_size: Size,
    background_rgb: Option<[u8; 3]>,
    mut deliver: impl FnMut(&Canvas) -> bool,
) {
    let background_rgb = background_rgb.unwrap_or(WHITE);
    let mut canvas = Canvas::new(canvas_size, background_rgb);
    let mut scratch = AvatarScratch::default();
    let size = avatar.size();
    let mut picture = RgbImage::filled(size.width, size.height, background_rgb);
    for frame in frames {
        let changed = avatar.render(&motion.poses[frame], &mut scratch, &mut picture);
        canvas.blit(&picture, changed, (at.0 + changed.x, at.1 + changed.y));
        if !deliver(&canvas) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(middle: [f32; 2], height: f32) -> Landmarks {
        let mut points = vec![[middle[0], middle[1], 0.0]; 478];
        points[FOREHEAD] = [middle[0], middle[1] - height / 2.0, 0.0];
        points[CHIN] = [middle[0], middle[1] + height / 2.0, 0.0];
        Landmarks { points, score: 1.0 }
    }

    #[test]
    fn a_square_portrait_fills_a_square_canvas() {
        let canvas = Size { width: 1080, height: 1080 };
        let staged = stage(Size { width: 512, height: 512 }, &face([220.0, 120.0], 150.0), canvas, None);
        assert_eq!(staged.placement.size, canvas);
        assert_eq!((staged.x, staged.y), (0, 0));
    }

    #[test]
    fn a_head_that_a_wide_crop_would_cut_is_shown_whole() {
        let canvas = Size { width: 1920, height: 1080 };
        let source = Size { width: 512, height: 512 };
        let staged = stage(source, &face([220.0, 256.0], 400.0), canvas, None);
        assert_eq!(staged.placement.size, Size { width: 1080, height: 1080 });
        assert_eq!((staged.x, staged.y), (420, 0));
    }

    #[test]
    fn a_covering_crop_keeps_the_head_inside() {
        let canvas = Size { width: 1080, height: 1920 };
        let source = Size { width: 1000, height: 1000 };
        let staged = stage(source, &face([150.0, 400.0], 200.0), canvas, Some(Fit::Cover));
        let crop = staged.placement.crop;
        assert_eq!(crop.x, 0.0);
        assert!(crop.x + crop.width <= 1000.0 && crop.y + crop.height <= 1000.0);
    }

    #[test]
    fn whole_pictures_of_odd_sizes_stay_on_the_canvas_at_even_places() {
        for (width, height) in [(511, 77), (77, 511), (1, 4000), (333, 333)] {
            let canvas = Size { width: 1280, height: 720 };
            let staged = stage(Size { width, height }, &face([1.0, 1.0], 1.0), canvas, Some(Fit::Contain));
            let size = staged.placement.size;
            assert!(staged.x + size.width <= 1280 && staged.y + size.height <= 720);
            assert!([staged.x, staged.y, size.width, size.height].iter().all(|value| value % 2 == 0));
        }
    }
}
