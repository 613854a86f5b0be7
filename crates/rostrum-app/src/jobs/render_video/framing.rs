//! How a portrait is put on the canvas.

use rostrum_avatar::{CropBox, Placement};
use rostrum_face::Landmarks;
use rostrum_model::picture::Size;
use rostrum_model::video::{Fit, Style};

/// Room around the face that a crop must leave, in face heights: hair above, chin and neck below.
const ROOM_ABOVE: f32 = 0.45;
const ROOM_BELOW: f32 = 0.25;
/// Height of what a close-up shows, and side of the square that a disc shows, in face heights; and where the middle of the
/// face is put in them.
const CLOSE_UP_HEIGHT: f32 = 2.3;
const DISC_SIDE: f32 = 2.3;
const FACE_FROM_TOP: f32 = 0.47;
/// Diameter of a disc of usual size against the canvas's shorter side.
const DISC_SHARE: f64 = 0.9;
/// The least part of a portrait that is drawn, in pixels a side.
const SMALLEST: f64 = 64.0;
/// So much of a pixel is rounding.
const SLACK: f64 = 1e-3;
/// Landmarks of the top of the forehead and the bottom of the chin.
const FOREHEAD: usize = 10;
const CHIN: usize = 152;

/// A portrait's place on the canvas.
#[derive(Debug, Clone, PartialEq)]
pub struct Staging {
    /// Part of the picture that is shown and the size it is drawn at.
    pub placement: Placement,
    /// Left edge on the canvas.
    pub x: usize,
    /// Top edge on the canvas.
    pub y: usize,
}

/// How somebody is framed: [`rostrum_model::video::Character`] without who it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Framed {
    /// Kind of framing.
    pub style: Style,
    /// How a photo fills the canvas; chosen by shape when absent.
    pub fit: Option<Fit>,
    /// Size against the usual.
    pub scale: f32,
    /// Moved right and down, in widths and heights of the canvas.
    pub offset: [f32; 2],
}

impl Default for Framed {
    fn default() -> Self {
        Self { style: Style::Normal, fit: None, scale: 1.0, offset: [0.0; 2] }
    }
}

/// Puts a picture on a canvas; `None` when nothing that could be drawn of it lies there. Without a wish, the canvas is
/// filled when the whole head stays visible, else the whole picture is shown. Discs are squares here; masks make them round.
pub fn stage(source: Size, landmarks: &Landmarks, canvas: Size, framed: &Framed) -> Option<Staging> {
    let usual = match framed.style {
        Style::Normal => {
            let covering = Placement::cover(source, canvas, landmarks);
            let cover = match framed.fit {
                Some(Fit::Cover) => true,
                Some(Fit::Contain) => false,
                None => shows_head(&covering, source, landmarks),
            };
            if cover { Staging { placement: covering, x: 0, y: 0 } } else { whole(source, canvas) }
        }
        Style::CloseUp => {
            let crop = around_face(source, landmarks, CLOSE_UP_HEIGHT, canvas);
            Staging { placement: Placement { crop, size: canvas }, x: 0, y: 0 }
        }
        Style::Circle { .. } => {
            let disc = Disc::new(canvas, framed);
            let square = Size { width: disc.side, height: disc.side };
            let crop = around_face(source, landmarks, DISC_SIDE, square);
            return clipped(crop, [disc.x as f64, disc.y as f64, disc.side as f64, disc.side as f64], canvas);
        }
    };
    if framed.scale == 1.0 && framed.offset == [0.0; 2] {
        return Some(usual);
    }
    let Staging { placement, x, y } = usual;
    let scale = f64::from(framed.scale);
    let span = |from: usize, length: usize, all: usize, offset: f32| {
        let middle = all as f64 * (0.5 + f64::from(offset));
        (middle + (from as f64 - all as f64 / 2.0) * scale, length as f64 * scale)
    };
    let (left, width) = span(x, placement.size.width, canvas.width, framed.offset[0]);
    let (top, height) = span(y, placement.size.height, canvas.height, framed.offset[1]);
    clipped(placement.crop, [left, top, width, height], canvas)
}

/// A disc on the canvas, by the square around it, which may stand over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Disc {
    /// Left edge.
    pub x: isize,
    /// Top edge.
    pub y: isize,
    /// Diameter in pixels, even.
    pub side: usize,
}

impl Disc {
    /// The disc of a framing.
    pub(super) fn new(canvas: Size, framed: &Framed) -> Self {
        let side = canvas.width.min(canvas.height) as f64 * DISC_SHARE * f64::from(framed.scale);
        let side = ((side / 2.0).round() as usize * 2).max(SMALLEST as usize);
        let corner = |all: usize, offset: f32| {
            let corner = all as f64 * (0.5 + f64::from(offset)) - side as f64 / 2.0;
            (corner / 2.0).round() as isize * 2
        };
        Self { x: corner(canvas.width, framed.offset[0]), y: corner(canvas.height, framed.offset[1]), side }
    }

    /// What of the part of the canvas with this corner and size lies in the disc, 0..=255 for each pixel.
    pub(super) fn mask(&self, at: (isize, isize), size: Size) -> Vec<u8> {
        let radius = self.side as f64 / 2.0;
        let middle = (self.x as f64 + radius, self.y as f64 + radius);
        let mut mask = Vec::with_capacity(size.width * size.height);
        for y in 0..size.height {
            for x in 0..size.width {
                let across = at.0 as f64 + x as f64 + 0.5 - middle.0;
                let down = at.1 as f64 + y as f64 + 0.5 - middle.1;
                let inside = (radius - across.hypot(down) + 0.5).clamp(0.0, 1.0);
                mask.push((inside * 255.0).round() as u8);
            }
        }
        mask
    }
}

/// The part of a crop that is drawn when all of it is drawn at `left`, `top`, `width`, `height` of the canvas.
fn clipped(crop: CropBox, [left, top, width, height]: [f64; 4], canvas: Size) -> Option<Staging> {
    // From and to, on the canvas; whole pixels, so that the part is no wider than what is drawn of it.
    let span = |from: f64, length: f64, all: usize| {
        let start = (from.max(0.0) - SLACK).ceil();
        let end = ((from + length).min(all as f64) + SLACK).floor();
        (end - start >= SMALLEST).then_some((start, end))
    };
    let ((x, right), (y, bottom)) = (span(left, width, canvas.width)?, span(top, height, canvas.height)?);
    let (across, down) = (f64::from(crop.width) / width, f64::from(crop.height) / height);
    let part = CropBox {
        x: crop.x + ((x - left) * across).max(0.0) as f32,
        y: crop.y + ((y - top) * down).max(0.0) as f32,
        width: ((right - x) * across) as f32,
        height: ((bottom - y) * down) as f32,
    };
    let size = Size { width: (right - x) as usize, height: (bottom - y) as usize };
    Some(Staging { placement: Placement { crop: part, size }, x: x as usize, y: y as usize })
}

/// The part of a picture around its face that has the shape of `shape` and is so many face heights high; less where the
/// picture ends.
fn around_face(source: Size, landmarks: &Landmarks, face_heights: f32, shape: Size) -> CropBox {
    let (width, height) = (source.width as f32, source.height as f32);
    let aspect = shape.width as f32 / shape.height as f32;
    let (forehead, chin) = (landmarks.points[FOREHEAD], landmarks.points[CHIN]);
    let tall = (chin[1] - forehead[1]).abs() * face_heights;
    let tall = tall.min(height).min(width / aspect);
    let wide = tall * aspect;
    let middle = [f32::midpoint(forehead[0], chin[0]), f32::midpoint(forehead[1], chin[1])];
    CropBox {
        x: (middle[0] - wide / 2.0).clamp(0.0, width - wide),
        y: (middle[1] - tall * FACE_FROM_TOP).clamp(0.0, height - tall),
        width: wide,
        height: tall,
    }
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
        let staged =
            stage(Size { width: 512, height: 512 }, &face([220.0, 120.0], 150.0), canvas, &Framed::default())
                .unwrap();
        assert_eq!(staged.placement.size, canvas);
        assert_eq!((staged.x, staged.y), (0, 0));
    }

    #[test]
    fn a_head_that_a_wide_crop_would_cut_is_shown_whole() {
        let canvas = Size { width: 1920, height: 1080 };
        let source = Size { width: 512, height: 512 };
        let staged = stage(source, &face([220.0, 256.0], 400.0), canvas, &Framed::default()).unwrap();
        assert_eq!(staged.placement.size, Size { width: 1080, height: 1080 });
        assert_eq!((staged.x, staged.y), (420, 0));
    }

    #[test]
    fn a_covering_crop_keeps_the_head_inside() {
        let canvas = Size { width: 1080, height: 1920 };
        let source = Size { width: 1000, height: 1000 };
        let staged = stage(source, &face([150.0, 400.0], 200.0), canvas, &fit(Fit::Cover)).unwrap();
        let crop = staged.placement.crop;
        assert_eq!(crop.x, 0.0);
        assert!(crop.x + crop.width <= 1000.0 && crop.y + crop.height <= 1000.0);
    }

    #[test]
    fn whole_pictures_of_odd_sizes_stay_on_the_canvas_at_even_places() {
        for (width, height) in [(511, 77), (77, 511), (1, 4000), (333, 333)] {
            let canvas = Size { width: 1280, height: 720 };
            let staged =
                stage(Size { width, height }, &face([1.0, 1.0], 1.0), canvas, &fit(Fit::Contain)).unwrap();
            let size = staged.placement.size;
            assert!(staged.x + size.width <= 1280 && staged.y + size.height <= 720);
            assert!([staged.x, staged.y, size.width, size.height].iter().all(|value| value % 2 == 0));
        }
    }

    fn fit(fit: Fit) -> Framed {
        Framed { fit: Some(fit), ..Framed::default() }
    }

    #[test]
    fn scale_and_offset_move_the_portrait_and_cut_what_stands_over() {
        let canvas = Size { width: 1000, height: 500 };
        let source = Size { width: 400, height: 400 };
        let face = face([200.0, 200.0], 100.0);
        let half = Framed { scale: 0.5, ..fit(Fit::Contain) };
        let staged = stage(source, &face, canvas, &half).unwrap();
        assert_eq!((staged.x, staged.y, staged.placement.size), (375, 125, Size { width: 250, height: 250 }));
        assert_eq!(staged.placement.crop, CropBox { x: 0.0, y: 0.0, width: 400.0, height: 400.0 });

        let left = Framed { offset: [-0.4, 0.0], ..fit(Fit::Contain) };
        let staged = stage(source, &face, canvas, &left).unwrap();
        assert_eq!((staged.x, staged.y, staged.placement.size), (0, 0, Size { width: 350, height: 500 }));
        let crop = staged.placement.crop;
        assert!((crop.x - 120.0).abs() < 0.01 && (crop.width - 280.0).abs() < 0.01, "{crop:?}");

        let away = Framed { offset: [2.0, 0.0], ..fit(Fit::Contain) };
        assert_eq!(stage(source, &face, canvas, &away), None);
    }

    #[test]
    fn close_ups_and_discs_show_the_face_and_stay_in_the_picture() {
        let canvas = Size { width: 1280, height: 720 };
        let source = Size { width: 900, height: 1600 };
        let face = face([450.0, 500.0], 200.0);
        for style in [Style::CloseUp, Style::Circle { background_rgb: None }] {
            let staged = stage(source, &face, canvas, &Framed { style, ..Framed::default() }).unwrap();
            let crop = staged.placement.crop;
            assert!((455.0..=465.0).contains(&crop.height), "{crop:?}");
            assert!(crop.x >= 0.0 && crop.x + crop.width <= 900.0 && crop.y < 400.0);
            let shape = crop.width / crop.height;
            let size = staged.placement.size;
            assert!((shape - size.width as f32 / size.height as f32).abs() < 0.01);
        }
    }

    #[test]
    fn a_disc_is_round_and_where_it_is_put() {
        let canvas = Size { width: 200, height: 100 };
        let framed = Framed {
            style: Style::Circle { background_rgb: None },
            offset: [0.25, 0.0],
            ..Framed::default()
        };
        let disc = Disc::new(canvas, &framed);
        assert_eq!(disc, Disc { x: 106, y: 6, side: 90 });
        let mask = disc.mask((0, 0), canvas);
        let at = |x: usize, y: usize| mask[y * 200 + x];
        assert_eq!((at(151, 51), at(107, 7), at(104, 51), at(151, 5), at(151, 7)), (255, 0, 0, 0, 255));
        let covered: u64 = mask.iter().map(|share| u64::from(*share)).sum();
        let area = std::f64::consts::PI * 45.0 * 45.0 * 255.0;
        assert!((covered as f64 / area - 1.0).abs() < 0.005);
    }
}
