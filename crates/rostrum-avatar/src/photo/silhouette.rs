//! Where a person who was cut out is, as a picture that is warped like the portrait.

use rostrum_face::{Landmarks, Matte};
use rostrum_model::picture::{Rect, RgbImage, Size};

use super::backdrop::deep_inside;
use super::engine::AvatarError;
use super::geometry::Point;
use super::placement::Placement;
use super::texture::Texture;
use super::topology::OVAL;

/// The opacity of a portrait at rest. The face is opaque, however the matte sees it, so that warping everything around it
/// is enough.
#[derive(Debug)]
pub(crate) struct Silhouette {
    /// The opacity in each of three channels; only where the portrait can move.
    pub(crate) texture: Texture,
    /// The same at the output's size.
    pub(crate) still: RgbImage,
}

impl Silhouette {
    /// The opacity of a portrait of this size. `moving` is the part of the output that can change.
    pub(crate) fn new(
        portrait: Size,
        landmarks: &Landmarks,
        placement: &Placement,
        matte: &Matte,
        moving: Rect,
    ) -> Result<Self, AvatarError> {
        let outline: Vec<Point> =
            OVAL.iter().map(|&i| [landmarks.points[i][0], landmarks.points[i][1]]).collect();
        let span = |k: usize| {
            let places = outline.iter().map(|point| point[k]);
            places.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)))
        };
        let ((left, right), (top, bottom)) = (span(0), span(1));
        let mut opacity = RgbImage::filled(portrait.width, portrait.height, [0; 3]);
        for (y, row) in opacity.pixels.chunks_exact_mut(portrait.width * 3).enumerate() {
            let y = y as f32 + 0.5;
            for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
                let x = x as f32 + 0.5;
                let near_face = (left..right).contains(&x) && (top..bottom).contains(&y);
                let is_face = near_face && deep_inside(&outline, [x, y], 0.0);
                let share = if is_face { 1.0 } else { matte.share_at(x, y) };
                pixel.fill((share * 255.0).round() as u8);
            }
        }
        let texture = Texture::new(&opacity, placement)?;
        let still = texture.still(placement.size.width, placement.size.height);
        Ok(Self { texture: texture.cropped(moving), still })
    }
}
