//! The mark over a whole video.

use rostrum_jobs::JobError;
use rostrum_media::{ImageLimits, decode_clear_picture, scaled};
use rostrum_model::picture::{RgbaImage, Size};
use rostrum_model::video::{Corner, Mark, Video, Watermark};
use rostrum_text::{Fonts, Shadow, TextOverlay, TextStyle, VerticalAlign};

use super::cast::picture_failure;
use super::retry;
use super::stage::Overlay;
use crate::backends::Backends;

/// The short edge of the canvas whose pixels measure marks.
const MEASURED_EDGE: f32 = 1080.0;
/// What errors call the picture of a mark.
const WATERMARK_IMAGE: &str = "watermark image";
/// What tries are marked with, and the height of its letters on such a canvas.
const PREVIEW: &str = "Rostrum preview";
const PREVIEW_PX: f32 = 44.0;
const PREVIEW_OPACITY: f32 = 0.75;

impl Backends {
    /// The mark of a video over the frames of a scene.
    pub(super) async fn mark(&self, video: &Video, frames: usize) -> Result<Option<Overlay>, JobError> {
        let Some(watermark) = video.spec.watermark.clone() else { return Ok(None) };
        let canvas = video.spec.size;
        let unit = canvas.width.min(canvas.height) as f32 / MEASURED_EDGE;
        let image = match watermark.mark {
            Mark::Preview => {
                let fonts = self.engines.fonts().await.map_err(retry)?;
                tokio::task::spawn_blocking(move || preview(&fonts, canvas, unit)).await.map_err(retry)?
            }
            Mark::Image { asset } => {
                let _alone = self.turn_to_decode().await;
                let (bytes, folder) = self.picture_bytes(video, asset, WATERMARK_IMAGE).await?;
                let limits = ImageLimits::default();
                let image = decode_clear_picture(&self.ffmpeg, folder.path(), bytes, limits).await;
                let image = image.map_err(|error| picture_failure(WATERMARK_IMAGE, error))?;
                let size = shown_size(&image, canvas, watermark.scale * unit);
                tokio::task::spawn_blocking(move || scaled(&image, size)).await.map_err(retry)?
            }
        };
        let at = place(&watermark, unit, Size { width: image.width, height: image.height }, canvas);
        Ok(Some(Overlay { image: faded(image, watermark.opacity), at, frames: 0..frames }))
    }
}

fn preview(fonts: &Fonts, canvas: Size, unit: f32) -> RgbaImage {
    let size_px = (PREVIEW_PX * unit).max(10.0);
    let style = TextStyle {
        weight: 700,
        shadow: Some(Shadow { colour: [0, 0, 0, 160], offset_em: [0.0, 0.04], blur_em: 0.12 }),
        ..TextStyle::new(size_px, [255; 4])
    };
    let area = [0.0, 0.0, canvas.width as f32, size_px * 2.0];
    let text = TextOverlay { text: PREVIEW.to_owned(), style, area, align: VerticalAlign::Top };
    faded(text.draw(fonts).0, PREVIEW_OPACITY)
}

/// The size of a picture at a scale, or the largest that fits the canvas.
fn shown_size(image: &RgbaImage, canvas: Size, scale: f32) -> Size {
    let (width, height) = (image.width as f32, image.height as f32);
    let scale = scale.min(canvas.width as f32 / width).min(canvas.height as f32 / height);
    let side = |length: f32| ((length * scale).round() as usize).max(1);
    Size { width: side(width), height: side(height) }
}

/// Where the left upper corner of a mark lies. It never leaves the canvas.
fn place<M>(watermark: &Watermark<M>, unit: f32, mark: Size, canvas: Size) -> (i32, i32) {
    let along = |is_end: bool, offset: f32, mark: usize, canvas: usize| {
        let free = canvas.saturating_sub(mark);
        let offset = ((offset * unit).round() as usize).min(free);
        i32::try_from(if is_end { free - offset } else { offset }).unwrap_or(i32::MAX)
    };
    let is_right = matches!(watermark.corner, Corner::TopRight | Corner::BottomRight);
    let is_low = matches!(watermark.corner, Corner::BottomLeft | Corner::BottomRight);
    let [across, down] = watermark.offset;
    (along(is_right, across, mark.width, canvas.width), along(is_low, down, mark.height, canvas.height))
}

/// The picture with all of its opacity multiplied.
fn faded(mut image: RgbaImage, opacity: f32) -> RgbaImage {
    let share = (opacity.clamp(0.0, 1.0) * 256.0).round() as u32;
    if share < 256 {
        for value in &mut image.pixels {
            *value = ((u32::from(*value) * share) >> 8) as u8;
        }
    }
    image
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANVAS: Size = Size { width: 1920, height: 1080 };

    #[test]
    fn marks_stand_in_their_corner_and_never_leave_the_canvas() {
        let mark = Size { width: 200, height: 100 };
        let at = |corner, offset| {
            let watermark = Watermark { corner, offset, ..Watermark::new(()) };
            place(&watermark, 1.0, mark, CANVAS)
        };
        assert_eq!(at(Corner::BottomRight, [40.0, 40.0]), (1680, 940));
        assert_eq!(at(Corner::TopLeft, [0.0, 10.0]), (0, 10));
        assert_eq!(at(Corner::TopRight, [9999.0, 9999.0]), (0, 980));
        let half = Size { width: 960, height: 540 };
        assert_eq!(place(&Watermark::new(()), 0.5, mark, half), (740, 420));
    }

    #[test]
    fn large_pictures_are_made_to_fit() {
        let image = RgbaImage::clear(4000, 1000);
        assert_eq!(shown_size(&image, CANVAS, 1.0), Size { width: 1920, height: 480 });
        assert_eq!(shown_size(&image, CANVAS, 0.1), Size { width: 400, height: 100 });
    }
}
