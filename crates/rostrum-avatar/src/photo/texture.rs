//! The enlarged portrait that all warping reads from.

use fast_image_resize as fir;
use rostrum_model::picture::{Rect, RgbImage};

use super::area::PixelArea;
use super::engine::AvatarError;
use super::geometry::Point;
use super::placement::Placement;
use super::sampling::{FRACTION_BITS, PADDING, TEXEL, Texels};

/// The portrait is read at twice its own or the output's resolution, whichever is less, so that moving it by parts of a
/// pixel does not visibly change its sharpness.
const ENLARGEMENT: usize = 2;
/// Largest texture: 36 million texels of 3 bytes, enough for 4096 × 2160 at double resolution. Larger pictures are read
/// at single resolution.
const MAX_TEXELS: usize = 36_000_000;
const ONE: f32 = (1 << FRACTION_BITS) as f32;

/// A part of the enlarged portrait.
#[derive(Debug)]
pub(crate) struct Texture {
    width: usize,
    height: usize,
    /// `width * height` texels of R, G and B, and [`PADDING`].
    texels: Vec<u8>,
    /// Texels per output pixel.
    scale: f32,
    /// Where the first texel lies, in output pixels.
    origin: Point,
}

/// A place in the texture in fixed point; texel centres are whole numbers.
pub(crate) type TexturePoint = [i32; 2];

impl Texture {
    /// Enlarges the placed part of the portrait with a Catmull-Rom filter.
    pub(crate) fn new(image: &RgbImage, placement: &Placement) -> Result<Self, AvatarError> {
        let size = placement.size;
        let fits = size.width * size.height * ENLARGEMENT * ENLARGEMENT <= MAX_TEXELS;
        let is_fine = placement.scale().into_iter().all(|scale| scale >= ENLARGEMENT as f32);
        let scale = if fits && !is_fine { ENLARGEMENT } else { 1 };
        let (width, height) = (size.width * scale, size.height * scale);

        let source = fir::images::ImageRef::new(
            image.width as u32,
            image.height as u32,
            &image.pixels,
            fir::PixelType::U8x3,
        )
        .map_err(|_| AvatarError::BadImage)?;
        let mut enlarged = fir::images::Image::new(width as u32, height as u32, fir::PixelType::U8x3);
        let crop = placement.crop;
        let options = fir::ResizeOptions::new()
            .crop(f64::from(crop.x), f64::from(crop.y), f64::from(crop.width), f64::from(crop.height))
            .resize_alg(fir::ResizeAlg::Convolution(fir::FilterType::CatmullRom));
        fir::Resizer::new()
            .resize(&source, &mut enlarged, &options)
            .map_err(|_| AvatarError::BadPlacement)?;
        Ok(Self { width, height, texels: padded(enlarged.into_vec()), scale: scale as f32, origin: [0.0; 2] })
    }

    /// Enlarges a part of a picture that is warped in its own place. Every other texel is a pixel of the picture, so that
    /// what is not moved stays exactly as it is.
    pub(crate) fn of_part(image: &RgbImage, part: Rect) -> Self {
        /// Pixels beyond the part that the filter looks at.
        const MARGIN: usize = 3;
        let area = PixelArea::of(part).widened(MARGIN, image.width, image.height);
        let RgbImage { width, height, pixels } = area.cut_from(image);
        let source =
            fir::images::Image::from_vec_u8(width as u32, height as u32, pixels, fir::PixelType::U8x3)
                .expect("the buffer was filled to this size");
        // Texels lie at pixel centres and halfway between, so the first and last half pixel have none.
        let (columns, rows) = (width * 2 - 1, height * 2 - 1);
        let mut enlarged = fir::images::Image::new(columns as u32, rows as u32, fir::PixelType::U8x3);
        let options = fir::ResizeOptions::new()
            .crop(0.25, 0.25, columns as f64 / 2.0, rows as f64 / 2.0)
            .resize_alg(fir::ResizeAlg::Convolution(fir::FilterType::CatmullRom));
        fir::Resizer::new()
            .resize(&source, &mut enlarged, &options)
            .expect("the crop lies inside the picture");
        let origin = [area.left as f32 + 0.25, area.top as f32 + 0.25];
        Self { width: columns, height: rows, texels: padded(enlarged.into_vec()), scale: 2.0, origin }
    }

    /// The portrait at rest at the output's size: exactly what warping by nothing gives.
    pub(crate) fn still(&self, width: usize, height: usize) -> RgbImage {
        let mut still = RgbImage::filled(width, height, [0; 3]);
        let step = [(self.scale * ONE) as i32, 0];
        for (y, row) in still.pixels.chunks_exact_mut(width * 3).enumerate() {
            self.sample_span(row, self.fixed([0.5, y as f32 + 0.5]), step);
        }
        still
    }

    /// Only what covers `area` (in output pixels) and two texels around it; saves memory.
    pub(crate) fn cropped(self, area: Rect) -> Self {
        const MARGIN: usize = 2;
        let scale = self.scale as usize;
        let x = (area.x * scale).saturating_sub(MARGIN);
        let y = (area.y * scale).saturating_sub(MARGIN);
        let right = ((area.x + area.width) * scale + MARGIN).min(self.width);
        let bottom = ((area.y + area.height) * scale + MARGIN).min(self.height);
        let (width, height) = (right - x, bottom - y);
        let mut texels = Vec::with_capacity(width * height * TEXEL + PADDING);
        for row in self.texels.chunks_exact(self.width * TEXEL).skip(y).take(height) {
            texels.extend_from_slice(&row[x * TEXEL..(x + width) * TEXEL]);
        }
        let origin = [x as f32 / self.scale, y as f32 / self.scale];
        Self { width, height, texels: padded(texels), scale: self.scale, origin }
    }

    /// Texels per output pixel in fixed point.
    pub(crate) fn fixed_scale(&self) -> f32 {
        self.scale * ONE
    }

    /// The texture's coordinates of an output place.
    pub(crate) fn fixed(&self, p: Point) -> TexturePoint {
        std::array::from_fn(|k| (((p[k] - self.origin[k]) * self.scale - 0.5) * ONE) as i32)
    }

    /// The colour at one output place, interpolated.
    pub(crate) fn colour(&self, p: Point) -> [f32; 3] {
        let mut rgb = [0; 3];
        self.sample_span(&mut rgb, self.fixed(p), [0, 0]);
        rgb.map(f32::from)
    }

    /// Fills a row of pixels from a straight line through the texture: the first pixel from `start`, each further one
    /// `step` on. Places outside the texture take the colour of its edge.
    pub(crate) fn sample_span(&self, row: &mut [u8], start: TexturePoint, step: TexturePoint) {
        let steps = (row.len() / 3).saturating_sub(1) as i64;
        let within = |k: usize, length: usize| {
            let limit = ((length - 1) as i64) << FRACTION_BITS;
            let end = i64::from(start[k]) + i64::from(step[k]) * steps;
            start[k] >= 0 && i64::from(start[k]) < limit && end >= 0 && end < limit
        };
        if within(0, self.width) && within(1, self.height) {
            self.sample_inside(row, start, step);
        } else {
            self.sample_clamped(row, start, step);
        }
    }

    fn sample_inside(&self, row: &mut [u8], start: TexturePoint, step: TexturePoint) {
        Texels { bytes: &self.texels, stride: self.width * TEXEL }.sample(row, start, step);
    }

    fn sample_clamped(&self, row: &mut [u8], start: TexturePoint, step: TexturePoint) {
        // The last place that still has a right and a lower neighbour.
        let last = |length: usize| (((length - 1) as i64) << FRACTION_BITS) - 1;
        let [mut x, mut y] = start.map(i64::from);
        for pixel in row.chunks_exact_mut(3) {
            let inside = [x.clamp(0, last(self.width)) as i32, y.clamp(0, last(self.height)) as i32];
            self.sample_inside(pixel, inside, [0, 0]);
            x += i64::from(step[0]);
            y += i64::from(step[1]);
        }
    }
}

/// Texels with what has to lie behind them.
fn padded(mut texels: Vec<u8>) -> Vec<u8> {
    texels.resize(texels.len() + PADDING, 0);
    texels
}
