//! Which part of each pixel shows the person.
//!
//! MediaPipe's selfie segmentation looks at the whole picture, and a second time at the head, where the outline is
//! finest. What it says is coarse; a guided filter then puts the outline where the picture's own edges are.

use std::path::Path;

use rostrum_model::picture::RgbImage;

use crate::crop::Window;
use crate::models::{check, load};
use crate::plane::Plane;
use crate::tflite::{Model, ModelError};
use crate::{FaceError, Landmarks, PortraitRefusal};

const SEGMENTATION: &str = "selfie_segmentation.tflite";
/// The model's output in its file, and the pixels a side of input and output.
const OUTPUT: &str = "activation_10";
const SIDE: usize = 256;
/// A matte has at most this many pixels; larger pictures are looked at smaller. Bounds memory to about 150 MB.
const MAX_PIXELS: usize = 4_000_000;
/// Side of the second look against the face's width, and the share of it over which it fades into the first.
const HEAD_SCALE: f32 = 2.6;
const FEATHER: f32 = 0.12;
/// Radius of the guided filter against the picture's height, and how small differences of brightness count.
const GUIDE_RADIUS: f32 = 0.01;
const MIN_GUIDE_RADIUS: usize = 3;
const GUIDE_EPSILON: f32 = 4e-4;
/// Shares below the first are background, above the second the person.
const CERTAIN: [f32; 2] = [0.10, 0.90];
/// Least part of a face that must be taken for the person; its outline lies on the person's.
const MIN_FACE_SHARE: f32 = 0.9;
/// Radius against the picture's height within which the colours of person and background are looked for.
const COLOUR_RADIUS: f32 = 0.02;

/// Width of a picture without its person, in pixels.
const EMPTY_WIDTH: usize = 256;
/// Radii within which what is behind a person is looked for, in pixels of that picture.
const FILL_RADII: [usize; 5] = [2, 6, 16, 40, 100];
/// How much more than its share a pixel counts for the person's; how much around a pixel, and in its reach, must be free of
/// the person for its colour to count.
const PERSON_WEIGHT: f32 = 4.0;
const FREE_AROUND: f32 = 0.75;
const FREE_ENOUGH: f32 = 0.04;

/// The loaded segmentation model; share one between threads. Apart from the other face models, so that what needs no
/// matte needs no file for it.
#[derive(Debug)]
pub struct Matting {
    model: Model,
    output: usize,
}

/// How much of each pixel shows the person.
#[derive(Debug, Clone, PartialEq)]
pub struct Matte {
    pub(crate) shares: Plane,
    /// Size of the picture the matte was made from.
    pub(crate) picture: [usize; 2],
}

impl Matting {
    /// Reads the model from the folder `face` in `models_dir`.
    ///
    /// # Errors
    /// When the file is missing, damaged or not the expected model.
    pub fn load(models_dir: &Path) -> Result<Self, FaceError> {
        load(&models_dir.join("face"), SEGMENTATION, |model| {
            if model.input_shape() != [1, SIDE, SIDE, 3] {
                return Err(ModelError::WrongModel(format!("input of {SIDE}x{SIDE} pixels")));
            }
            let output = model.find_output(OUTPUT, SIDE * SIDE)?;
            Ok(Self { model, output })
        })
    }

    /// The matte of a picture; with a face, its head is looked at once more.
    ///
    /// # Errors
    /// When the picture is malformed.
    pub fn matte(&self, image: &RgbImage, face: Option<&Landmarks>) -> Result<Matte, FaceError> {
        self.matte_within(image, face, MAX_PIXELS)
    }

    /// A matte of at most `max_pixels` pixels.
    pub(crate) fn matte_within(
        &self,
        image: &RgbImage,
        face: Option<&Landmarks>,
        max_pixels: usize,
    ) -> Result<Matte, FaceError> {
        check(image)?;
        let (width, height) = matte_size(image, max_pixels);
        let [across, down] = [image.width as f32 / width as f32, image.height as f32 / height as f32];
        let whole = Window::whole(image);
        let seen = self.look(image, whole)?;
        let mut coarse = Plane::from_fn(width, height, |x, y| {
            whole.value(&seen, (x as f32 + 0.5) * across, (y as f32 + 0.5) * down)
        });
        if let Some(head) = face.and_then(|face| head_window(image, face)) {
            let seen = self.look(image, head)?;
            let columns = head.left / across..(head.left + head.width) / across;
            let rows = head.top / down..(head.top + head.height) / down;
            for y in rows.start as usize..(rows.end.ceil() as usize).min(height) {
                for x in columns.start as usize..(columns.end.ceil() as usize).min(width) {
                    let at = [(x as f32 + 0.5) * across, (y as f32 + 0.5) * down];
                    let weight = feather(head, image, at);
                    let value = &mut coarse.values[y * width + x];
                    *value += weight * (head.value(&seen, at[0], at[1]) - *value);
                }
            }
        }
        let luma = luma(image, width, height);
        let radius = ((height as f32 * GUIDE_RADIUS) as usize).max(MIN_GUIDE_RADIUS);
        let mut shares = coarse.guided_by(&luma, radius, GUIDE_EPSILON);
        for share in &mut shares.values {
            let t = ((*share - CERTAIN[0]) / (CERTAIN[1] - CERTAIN[0])).clamp(0.0, 1.0);
            *share = t * t * (3.0 - 2.0 * t);
        }
        Ok(Matte { shares, picture: [image.width, image.height] })
    }

    /// What the model says of a part of the picture, stretched to a square.
    fn look(&self, image: &RgbImage, window: Window) -> Result<Plane, FaceError> {
        let run = self.model.run(window.sample(image, SIDE));
        let mut outputs = run.map_err(|source| FaceError::Model { name: SEGMENTATION, source })?;
        Ok(Plane { width: SIDE, height: SIDE, values: outputs.swap_remove(self.output) })
    }
}

impl Matte {
    /// The person's share of the pixel at a place of the picture, in its pixels: 0..=1. Places beside the picture have
    /// the share of its edge.
    pub fn share_at(&self, x: f32, y: f32) -> f32 {
        let [across, down] = self.scale();
        self.shares.at(x * across, y * down)
    }

    /// Whether the matte takes the face for the person, without which it is of no use.
    ///
    /// # Errors
    /// With the share of the face that it takes for the person.
    pub fn check_face(&self, face: &Landmarks) -> Result<(), PortraitRefusal> {
        let sum: f32 = face.points.iter().map(|&[x, y, _]| self.share_at(x, y)).sum();
        let share = sum / face.points.len().max(1) as f32;
        if share < MIN_FACE_SHARE {
            return Err(PortraitRefusal::LostInBackground { share, minimum: MIN_FACE_SHARE });
        }
        Ok(())
    }

    /// What is behind the person of the picture this matte was made from: small and out of focus, with the person filled in
    /// from what is around them.
    pub fn without_person(&self, image: &RgbImage) -> RgbImage {
        let (width, height) = (EMPTY_WIDTH, (EMPTY_WIDTH * image.height / image.width.max(1)).max(1));
        let scale = image.width as f32 / width as f32;
        // Hair and outlines are the person's, so that nothing of them stays as a shade.
        let mut free = Plane::from_fn(width, height, |x, y| {
            let share = self.share_at((x as f32 + 0.5) * scale, (y as f32 + 0.5) * scale);
            (1.0 - share * PERSON_WEIGHT).max(0.0)
        });
        let near = free.blurred(FILL_RADII[0]);
        for (free, near) in free.values.iter_mut().zip(&near.values) {
            *free = if *near < FREE_AROUND { 0.0 } else { *free };
        }
        let channels = [0, 1, 2].map(|channel| {
            let colour =
                shrunk(image, width, height, |rgb| rgb[channel]).zip(&free, |value, weight| value * weight);
            let mut filled = vec![f32::NAN; width * height];
            for radius in FILL_RADII {
                let (sums, weights) = (colour.blurred(radius), free.blurred(radius));
                for ((filled, sum), weight) in filled.iter_mut().zip(&sums.values).zip(&weights.values) {
                    if filled.is_nan() && *weight > FREE_ENOUGH {
                        *filled = sum / weight;
                    }
                }
            }
            let all = colour.values.iter().sum::<f32>() / free.values.iter().sum::<f32>().max(1e-3);
            let values = filled.into_iter().map(|value| if value.is_nan() { all } else { value }).collect();
            Plane { width, height, values }.blurred(FILL_RADII[0])
        });
        let pixels = (0..width * height)
            .flat_map(|pixel| {
                [0, 1, 2].map(|channel| channels[channel].values[pixel].round().clamp(0.0, 255.0) as u8)
            })
            .collect();
        RgbImage { width, height, pixels }
    }

    /// The person of the picture this matte was made from, before a colour. Where hair or an outline mixes both colours,
    /// the person's own is estimated, so that none of the old background comes along.
    ///
    /// # Errors
    /// When the picture has another size.
    pub fn before_colour(&self, image: &RgbImage, background: [u8; 3]) -> Result<RgbImage, FaceError> {
        check(image)?;
        if self.picture != [image.width, image.height] {
            let (width, height) = (image.width, image.height);
            return Err(FaceError::Picture { width, height, bytes: image.pixels.len() });
        }
        let shares = &self.shares;
        let (width, height) = (shares.width, shares.height);
        let [across, down] = self.scale();
        let radius = ((height as f32 * COLOUR_RADIUS) as usize).max(1);
        let others = Plane { values: shares.values.iter().map(|share| 1.0 - share).collect(), ..*shares };
        let (weight_near, weight_behind) = (shares.blurred(radius), others.blurred(radius));
        let mut cut = RgbImage::filled(image.width, image.height, background);
        for channel in 0..3 {
            let colour = shrunk(image, width, height, |rgb| rgb[channel]);
            let mean = |weights: &Plane, sums: &Plane| {
                let weighted = colour.zip(weights, |value, weight| value * weight).blurred(radius);
                weighted.zip(sums, |value, sum| value / (sum + 1e-5))
            };
            let (near, behind) = (mean(shares, &weight_near), mean(&others, &weight_behind));
            let background = f32::from(background[channel]);
            let mut pixel = channel;
            for y in 0..image.height {
                for x in 0..image.width {
                    let at = [(x as f32 + 0.5) * across, (y as f32 + 0.5) * down];
                    let share = shares.at(at[0], at[1]);
                    let given = f32::from(image.pixels[pixel]);
                    // One level of blur fusion (Forte, "Approximate Fast Foreground Colour Estimation", 2021).
                    let own = if share > 0.996 {
                        given
                    } else {
                        let [near, behind] = [&near, &behind].map(|plane| plane.at(at[0], at[1]));
                        near + share * (given - share * near - (1.0 - share) * behind)
                    };
                    let mixed = background + share * (own.clamp(0.0, 255.0) - background);
                    cut.pixels[pixel] = mixed.round() as u8;
                    pixel += 3;
                }
            }
        }
        Ok(cut)
    }

    /// Pixels of the matte per pixel of the picture, across and down.
    fn scale(&self) -> [f32; 2] {
        let [width, height] = self.picture;
        [self.shares.width as f32 / width as f32, self.shares.height as f32 / height as f32]
    }
}

/// The picture's size, or one of the same shape with at most `max_pixels`.
fn matte_size(image: &RgbImage, max_pixels: usize) -> (usize, usize) {
    let pixels = (image.width * image.height) as f64;
    let scale = (max_pixels as f64 / pixels).sqrt().min(1.0);
    let side = |length: usize| ((length as f64 * scale) as usize).max(1);
    if scale < 1.0 { (side(image.width), side(image.height)) } else { (image.width, image.height) }
}

/// The part of the picture around the face that shows the head, when it is a part and not nearly nothing.
fn head_window(image: &RgbImage, face: &Landmarks) -> Option<Window> {
    const SMALLEST: f32 = 16.0;
    let bounds = |axis: usize| {
        let places = face.points.iter().map(|point| point[axis]);
        places
            .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), place| (low.min(place), high.max(place)))
    };
    let ((left, right), (top, bottom)) = (bounds(0), bounds(1));
    let half = (right - left) * HEAD_SCALE / 2.0;
    let cut = |middle: f32, length: usize| {
        let from = (middle - half).max(0.0);
        (from, (middle + half).min(length as f32) - from)
    };
    let (left, width) = cut(left.midpoint(right), image.width);
    let (top, height) = cut(top.midpoint(bottom), image.height);
    (width >= SMALLEST && height >= SMALLEST).then_some(Window { left, top, width, height })
}

/// Weight of the second look at a place: none at its edges, unless they are the picture's.
fn feather(head: Window, image: &RgbImage, at: [f32; 2]) -> f32 {
    let inside = |place: f32, from: f32, length: f32, all: usize| {
        let before = if from > 0.0 { place - from } else { f32::INFINITY };
        let after = if from + length < all as f32 { from + length - place } else { f32::INFINITY };
        before.min(after)
    };
    let across = inside(at[0], head.left, head.width, image.width);
    let down = inside(at[1], head.top, head.height, image.height);
    let t = (across.min(down) / (FEATHER * head.width.max(head.height))).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Brightness of the picture, 0..=1, at the matte's size.
pub(crate) fn luma(image: &RgbImage, width: usize, height: usize) -> Plane {
    let mut luma = shrunk(image, width, height, |[red, green, blue]| {
        ((u32::from(red) * 77 + u32::from(green) * 150 + u32::from(blue) * 29 + 128) >> 8) as u8
    });
    for value in &mut luma.values {
        *value /= 255.0;
    }
    luma
}

/// A number of each pixel; of a smaller plane, the mean of the pixels under each place.
fn shrunk(image: &RgbImage, width: usize, height: usize, number: impl Fn([u8; 3]) -> u8) -> Plane {
    let range = |i: usize, length: usize, all: usize| {
        let first = i * all / length;
        first..((i + 1) * all / length).max(first + 1)
    };
    Plane::from_fn(width, height, |x, y| {
        let (columns, rows) = (range(x, width, image.width), range(y, height, image.height));
        let count = columns.len() * rows.len();
        let sum: u32 = rows
            .flat_map(|y| columns.clone().map(move |x| (x, y)))
            .map(|(x, y)| u32::from(number(image.at(x, y))))
            .sum();
        sum as f32 / count as f32
    })
}
