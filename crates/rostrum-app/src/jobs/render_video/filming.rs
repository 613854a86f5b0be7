//! Scenes over which a camera moves: people and what is behind them, each drawn larger than the canvas and seen through a window
//! that moves, the far one more slowly.

use rostrum_media::{Canvas, MediaError, Over, scale_part, scale_part_clear};
use rostrum_model::picture::{RgbImage, Size};
use rostrum_model::video::{Camera, FRAMES_PER_SECOND, Light, View};

use super::stage::{Acting, Figure, Rear, Stage, WHITE};

/// How a scene is filmed.
pub struct Filming {
    /// The camera.
    pub camera: Camera,
    /// The size in which people and background are drawn.
    pub set: Size,
    /// Frames of the scene.
    pub frames: usize,
}

/// How much of the camera's way what is behind goes.
const FAR_SHARE: f64 = 0.55;
/// How far a shaking camera moves, in widths of the canvas, and the room it keeps for that.
const SHAKE: f64 = 0.006;
/// Swings of a shaking hand: cycles a second and share of the movement, across and down.
const SWINGS: [[(f64, f64); 2]; 2] = [[(0.83, 0.6), (2.1, 0.4)], [(0.67, 0.6), (1.7, 0.4)]];
/// By how much the largest blur shrinks a picture before it is enlarged again.
const MOST_SHRUNK: f64 = 14.0;
/// How much darker the corners are, in 256ths.
const VIGNETTE: f64 = 58.0;

impl Filming {
    /// The part of a plane of the set that is seen in a frame: left, top, width and height. `share` of the way is gone.
    fn window(&self, frame: usize, share: f64) -> [f64; 4] {
        let Camera { from, to, shake, .. } = self.camera;
        let along = frame as f64 / self.frames.saturating_sub(1).max(1) as f64;
        // Starts and ends softly.
        let along = along * along * (3.0 - 2.0 * along);
        let mix = |number: fn(&View) -> f64| number(&from) + (number(&to) - number(&from)) * along;
        let shake = f64::from(shake);
        let zoom = (1.0 + (mix(|view| f64::from(view.zoom)) - 1.0) * share) * (1.0 + shake * SHAKE * 2.0);
        let t = frame as f64 / f64::from(FRAMES_PER_SECOND);
        let sides = [self.set.width as f64, self.set.height as f64];
        let middles = [mix(|view| f64::from(view.middle[0])), mix(|view| f64::from(view.middle[1]))];
        let window = [0, 1].map(|axis| {
            let swing =
                SWINGS[axis].iter().map(|(rate, part)| part * (t * rate * std::f64::consts::TAU).sin());
            let swing = swing.sum::<f64>() * SHAKE * shake * sides[0];
            let length = sides[axis] / zoom;
            let middle = (0.5 + (middles[axis] - 0.5) * share) * sides[axis] + swing;
            ((middle - length / 2.0).clamp(0.0, sides[axis] - length), length)
        });
        [window[0].0, window[1].0, window[0].1, window[1].1]
    }
}

/// A run of filmed frames.
pub(super) struct Camerawork<'s> {
    filming: &'s Filming,
    pub(super) canvas: Canvas,
    rear: Rear<'s>,
    /// What is behind, as large as the set.
    behind: RgbImage,
    far: RgbImage,
    people: Option<People<'s>>,
    grade: Grade,
}

/// Whoever is seen, on a plane as large as the set.
struct People<'s> {
    figure: &'s Figure,
    acting: Acting<'s>,
    picture: RgbImage,
    /// Empty when the picture is opaque.
    opacity: Vec<u8>,
    plane: RgbImage,
    plane_opacity: Vec<u8>,
    near: RgbImage,
    near_opacity: Vec<u8>,
    all: RgbImage,
}

impl<'s> Camerawork<'s> {
    pub(super) fn new(stage: &'s Stage, filming: &'s Filming) -> Self {
        let (set, Size { width, height }) = (filming.set, stage.size);
        let rear = Rear::new(&stage.behind);
        let black = |size: Size| RgbImage::filled(size.width, size.height, [0; 3]);
        let people = stage.figure.as_ref().map(|figure| {
            let size = figure.body.size();
            let is_opaque = figure.body.is_opaque();
            People {
                figure,
                acting: Acting::of(Some(&figure.body)),
                picture: black(size),
                opacity: if is_opaque { Vec::new() } else { vec![0; size.width * size.height] },
                plane: black(set),
                plane_opacity: vec![0; set.width * set.height],
                near: black(stage.size),
                near_opacity: vec![0; width * height],
                all: black(stage.size),
            }
        });
        let mut behind = rear.first(set);
        soften(&mut behind, filming.camera.blur);
        Self {
            filming,
            canvas: Canvas::new(stage.size, WHITE),
            rear,
            behind,
            far: black(stage.size),
            people,
            grade: Grade::new(filming.camera.light, stage.size),
        }
    }

    /// Draws a frame onto the canvas.
    pub(super) fn draw(&mut self, frame: usize) -> Result<(), MediaError> {
        let whole = self.canvas.size().whole();
        if self.rear.show(frame, self.filming.set, &mut self.behind)? {
            soften(&mut self.behind, self.filming.camera.blur);
        }
        scale_part(&self.behind, self.filming.window(frame, FAR_SHARE), &mut self.far);
        let seen = match &mut self.people {
            None => &mut self.far,
            Some(people) => {
                people.act(frame)?;
                let planes = (&people.plane, people.plane_opacity.as_slice());
                let window = self.filming.window(frame, 1.0);
                scale_part_clear(planes, window, (&mut people.near, &mut people.near_opacity));
                let over = Over { picture: &people.near, opacity: &people.near_opacity, mask: None };
                over.lay(whole, (0, 0), &self.far, &mut people.all);
                &mut people.all
            }
        };
        self.grade.apply(seen);
        self.canvas.blit(seen, whole, (0, 0));
        Ok(())
    }
}

impl People<'_> {
    /// Puts the pose of a frame onto the plane.
    fn act(&mut self, frame: usize) -> Result<(), MediaError> {
        let Self { figure, acting, picture, opacity, plane, plane_opacity, .. } = self;
        let drawn = acting.draw(frame, &figure.motion.poses[frame], picture, opacity)?;
        let over = Over { picture, opacity, mask: None };
        for area in drawn {
            over.put(area, figure.at, plane, plane_opacity);
        }
        Ok(())
    }
}

/// Takes a picture out of focus: shrunk and enlarged again.
fn soften(image: &mut RgbImage, blur: f32) {
    if blur <= 0.0 {
        return;
    }
    // Of the same strength whatever the size.
    let shrink = (1.0 + (MOST_SHRUNK - 1.0) * f64::from(blur.min(1.0))) * image.height as f64 / 1080.0;
    let side = |length: usize| ((length as f64 / shrink.max(1.0)).round() as usize).max(2);
    let mut small = RgbImage::filled(side(image.width), side(image.height), [0; 3]);
    let whole = |image: &RgbImage| [0.0, 0.0, image.width as f64, image.height as f64];
    scale_part(image, whole(image), &mut small);
    let part = whole(&small);
    scale_part(&small, part, image);
}

/// What the light does to pictures of one size.
struct Grade {
    /// How much of a pixel is its own colour and not its brightness, in 256ths.
    saturation: i32,
    /// What becomes of each value of red, green and blue.
    curves: [[u8; 256]; 3],
    /// How much darker columns and rows are, in 256ths; both add up.
    darker: [Vec<u16>; 2],
}

impl Grade {
    fn new(light: Light, size: Size) -> Self {
        // Saturation; for each channel what black becomes and how bright white is; contrast about the middle.
        let (saturation, lifts, gains, contrast): (f64, [f64; 3], [f64; 3], f64) = match light {
            Light::Natural => (1.0, [0.0; 3], [1.0; 3], 1.0),
            Light::Warm => (1.08, [0.012, 0.004, 0.0], [1.06, 1.0, 0.86], 1.03),
            Light::Cool => (0.9, [0.0, 0.004, 0.012], [0.92, 0.99, 1.07], 1.02),
            Light::Night => (0.62, [0.0, 0.006, 0.03], [0.5, 0.6, 0.85], 1.1),
            Light::Noir => (0.0, [0.0; 3], [1.0; 3], 1.32),
            Light::Vintage => (0.62, [0.06, 0.045, 0.03], [1.0, 0.94, 0.8], 0.92),
            Light::Neon => (1.15, [0.05, 0.0, 0.08], [1.04, 0.86, 1.1], 1.08),
        };
        let curve = |channel: usize| {
            std::array::from_fn(|value| {
                let value = value as f64 / 255.0;
                let value = (value - 0.5) * contrast + 0.5;
                let value = lifts[channel] + value * (gains[channel] - lifts[channel]);
                (value.clamp(0.0, 1.0) * 255.0).round() as u8
            })
        };
        let strength = if light == Light::Natural { VIGNETTE / 2.0 } else { VIGNETTE };
        let fall = |length: usize| {
            let place = |at: usize| (at as f64 + 0.5) / length as f64 * 2.0 - 1.0;
            (0..length).map(|at| (place(at).powi(4) * strength).round() as u16).collect()
        };
        Self {
            saturation: (saturation * 256.0).round() as i32,
            curves: [curve(0), curve(1), curve(2)],
            darker: [fall(size.width), fall(size.height)],
        }
    }

    fn apply(&self, image: &mut RgbImage) {
        let [columns, rows] = &self.darker;
        for (row, down) in image.pixels.chunks_exact_mut(image.width * 3).zip(rows) {
            for (pixel, across) in row.chunks_exact_mut(3).zip(columns) {
                let [r, g, b] = [0, 1, 2].map(|channel| i32::from(pixel[channel]));
                // Shares of brightness as in BT.709.
                let grey = (r * 54 + g * 183 + b * 19) >> 8;
                let kept = 256 - i32::from(*across) - i32::from(*down);
                for (channel, value) in [r, g, b].into_iter().enumerate() {
                    let value = (grey + (((value - grey) * self.saturation) >> 8)).clamp(0, 255);
                    let lit = i32::from(self.curves[channel][value as usize]);
                    pixel[channel] = ((lit * kept) >> 8) as u8;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filming(from: (f32, f32), to: (f32, f32), shake: f32) -> Filming {
        let view = |(zoom, x)| View { zoom, middle: [x, 0.5] };
        let camera = Camera { from: view(from), to: view(to), shake, blur: 0.0, light: Light::Natural };
        Filming { camera, set: Size { width: 400, height: 200 }, frames: 101 }
    }

    #[test]
    fn the_window_goes_from_one_view_to_the_other_and_stays_inside() {
        let push = filming((1.0, 0.5), (1.25, 0.5), 0.0);
        assert_eq!(push.window(0, 1.0), [0.0, 0.0, 400.0, 200.0]);
        assert_eq!(push.window(100, 1.0), [40.0, 20.0, 320.0, 160.0]);
        for (pan, share) in
            [(filming((1.2, 0.0), (1.2, 1.0), 1.0), 1.0), (filming((1.0, 0.9), (1.5, 0.1), 1.0), 0.55)]
        {
            for frame in 0..101 {
                let [left, top, width, height] = pan.window(frame, share);
                assert!(left >= 0.0 && top >= 0.0, "{frame}");
                assert!(left + width <= 400.0 + 1e-9 && top + height <= 200.0 + 1e-9, "{frame}");
            }
        }
    }

    #[test]
    fn what_is_far_moves_less() {
        let pan = filming((1.2, 0.42), (1.2, 0.58), 0.0);
        let way = |share| pan.window(100, share)[0] - pan.window(0, share)[0];
        assert!(way(1.0) > way(FAR_SHARE) * 1.3, "{} {}", way(1.0), way(FAR_SHARE));
    }

    #[test]
    fn noir_has_no_colour_and_natural_light_leaves_the_middle_as_it_is() {
        let size = Size { width: 9, height: 9 };
        let mut image = RgbImage::filled(9, 9, [200, 40, 90]);
        Grade::new(Light::Natural, size).apply(&mut image);
        assert_eq!(image.at(4, 4), [200, 40, 90]);
        assert!(image.at(0, 0)[0] < 180);
        Grade::new(Light::Noir, size).apply(&mut image);
        let [r, g, b] = image.at(4, 4);
        assert!(r == g && g == b);
    }
}
