//! Pictures of one shape on canvases of another.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use rostrum_model::picture::{RgbImage, RgbaImage, Size};
use rostrum_model::video::Fill;

/// A picture on a canvas of its own. What it leaves free is black.
///
/// # Panics
/// When one of the two has no pixels.
pub fn filled(image: &RgbImage, canvas: Size, fill: Fill) -> RgbImage {
    let (width, height) = (image.width as f64, image.height as f64);
    let (across, down) = (canvas.width as f64 / width, canvas.height as f64 / height);
    match fill {
        Fill::Cover => {
            let scale = across.max(down);
            let part = (canvas.width as f64 / scale, canvas.height as f64 / scale);
            let corner = ((width - part.0) / 2.0, (height - part.1) / 2.0);
            let options = ResizeOptions::new().crop(
                corner.0.max(0.0),
                corner.1.max(0.0),
                part.0.min(width),
                part.1.min(height),
            );
            resized(image, canvas, &options)
        }
        Fill::Contain => {
            let scale = across.min(down);
            let side = |length: f64, most: usize| ((length * scale).round() as usize).clamp(1, most);
            let size = Size { width: side(width, canvas.width), height: side(height, canvas.height) };
            centred(&resized(image, size, &ResizeOptions::new()), canvas)
        }
        Fill::Unscaled => centred(image, canvas),
    }
}

/// A picture so large that its shorter side has so many pixels, by Lanczos' filter.
///
/// # Panics
/// When it has no pixels.
pub fn enlarged(image: &RgbImage, short_side: usize) -> RgbImage {
    let shortest = image.width.min(image.height);
    let side = |side: usize| (side * short_side + shortest / 2) / shortest;
    let size = Size { width: side(image.width), height: side(image.height) };
    let filter = ResizeAlg::Convolution(FilterType::Lanczos3);
    resized(image, size, &ResizeOptions::new().resize_alg(filter))
}

/// A picture in the middle of a black canvas, cut where it stands over.
pub fn centred(image: &RgbImage, canvas: Size) -> RgbImage {
    if (image.width, image.height) == (canvas.width, canvas.height) {
        return image.clone();
    }
    // Where the picture starts on the canvas, where the canvas starts in the picture, and how much both share.
    let span = |picture: usize, canvas: usize| {
        (canvas.saturating_sub(picture) / 2, picture.saturating_sub(canvas) / 2, picture.min(canvas))
    };
    let (left, first_column, columns) = span(image.width, canvas.width);
    let (top, first_row, rows) = span(image.height, canvas.height);
    let mut out = RgbImage::filled(canvas.width, canvas.height, [0; 3]);
    for row in 0..rows {
        let from = ((first_row + row) * image.width + first_column) * 3;
        let to = ((top + row) * canvas.width + left) * 3;
        out.pixels[to..to + columns * 3].copy_from_slice(&image.pixels[from..from + columns * 3]);
    }
    out
}

/// A picture with transparency in another size.
///
/// # Panics
/// When one of the two has no pixels.
pub fn scaled(image: &RgbaImage, size: Size) -> RgbaImage {
    let source = ImageRef::new(image.width as u32, image.height as u32, &image.pixels, PixelType::U8x4)
        .expect("a picture has four bytes for each pixel");
    let mut target = Image::new(size.width as u32, size.height as u32, PixelType::U8x4);
    // The colours are multiplied by their opacity already.
    let options = ResizeOptions::new().use_alpha(false);
    Resizer::new().resize(&source, &mut target, &options).expect("both have pixels");
    RgbaImage { width: size.width, height: size.height, pixels: target.into_vec() }
}

/// Scales a part of a picture, given by its left and top edge, width and height in pixels of it, into `out`.
///
/// # Panics
/// When one of the two has no pixels, or the part does not lie inside.
pub fn scale_part(image: &RgbImage, part: [f64; 4], out: &mut RgbImage) {
    let from = ([image.width, image.height], image.pixels.as_slice());
    scale_bytes(from, part, ([out.width, out.height], &mut out.pixels), PixelType::U8x3);
}

/// [`scale_part`] of a picture with an opacity of one byte for each pixel, by which its colours are multiplied.
///
/// # Panics
/// As [`scale_part`].
pub fn scale_part_clear(
    (image, opacity): (&RgbImage, &[u8]),
    part: [f64; 4],
    (out, out_opacity): (&mut RgbImage, &mut [u8]),
) {
    scale_part(image, part, out);
    let size = [out.width, out.height];
    scale_bytes(([image.width, image.height], opacity), part, (size, &mut *out_opacity), PixelType::U8);
    // Sharpening must not make colours brighter than their opacity allows.
    for (pixel, opacity) in out.pixels.chunks_exact_mut(3).zip(out_opacity.iter()) {
        for part in pixel {
            *part = (*part).min(*opacity);
        }
    }
}

fn scale_bytes(
    (size, bytes): ([usize; 2], &[u8]),
    [left, top, width, height]: [f64; 4],
    (out_size, out): ([usize; 2], &mut [u8]),
    pixel_type: PixelType,
) {
    let [columns, rows] = size.map(|side| side as u32);
    let source = ImageRef::new(columns, rows, bytes, pixel_type).expect("there are bytes for each pixel");
    let [columns, rows] = out_size.map(|side| side as u32);
    let target = Image::from_slice_u8(columns, rows, out, pixel_type);
    let mut target = target.expect("there are bytes for each pixel");
    let filter = ResizeAlg::Convolution(FilterType::CatmullRom);
    let options = ResizeOptions::new().resize_alg(filter).crop(left, top, width, height);
    Resizer::new()
        .resize(&source, &mut target, &options)
        .expect("both have pixels, and the part lies inside");
}

fn resized(image: &RgbImage, size: Size, options: &ResizeOptions) -> RgbImage {
    let source = ImageRef::new(image.width as u32, image.height as u32, &image.pixels, PixelType::U8x3)
        .expect("a picture has three bytes for each pixel");
    let mut target = Image::new(size.width as u32, size.height as u32, PixelType::U8x3);
    Resizer::new().resize(&source, &mut target, options).expect("both have pixels, and the crop lies inside");
    RgbImage { width: size.width, height: size.height, pixels: target.into_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enlarged_picture_keeps_its_shape_and_its_halves() {
        let larger = enlarged(&halves(30, 20), 1080);
        assert_eq!((larger.width, larger.height), (1620, 1080));
        assert_eq!((larger.at(10, 10), larger.at(1610, 1070)), ([255, 0, 0], [0, 0, 255]));
    }

    const CANVAS: Size = Size { width: 40, height: 20 };

    /// Red on the left, blue on the right.
    fn halves(width: usize, height: usize) -> RgbImage {
        let mut image = RgbImage::filled(width, height, [255, 0, 0]);
        for (i, pixel) in image.pixels.chunks_exact_mut(3).enumerate() {
            if i % width >= width / 2 {
                pixel.copy_from_slice(&[0, 0, 255]);
            }
        }
        image
    }

    #[test]
    fn covering_leaves_nothing_free_and_keeps_the_middle() {
        for (width, height) in [(100, 10), (10, 100), (7, 7), (40, 20)] {
            let out = filled(&halves(width, height), CANVAS, Fill::Cover);
            assert_eq!((out.width, out.height), (40, 20));
            assert_eq!((out.at(0, 0), out.at(39, 19)), ([255, 0, 0], [0, 0, 255]), "{width}x{height}");
        }
    }

    #[test]
    fn containing_shows_all_of_it_between_black_bars() {
        let out = filled(&halves(10, 10), CANVAS, Fill::Contain);
        assert_eq!((out.at(9, 10), out.at(30, 10)), ([0; 3], [0; 3]));
        assert_eq!((out.at(10, 0), out.at(29, 19)), ([255, 0, 0], [0, 0, 255]));
    }

    #[test]
    fn a_part_is_scaled_with_its_opacity() {
        let mut out = RgbImage::filled(8, 4, [9; 3]);
        scale_part(&halves(8, 4), [2.0, 1.0, 4.0, 2.0], &mut out);
        assert_eq!((out.at(0, 0), out.at(7, 3)), ([255, 0, 0], [0, 0, 255]));
        let (mut out, mut opacity) = (RgbImage::filled(8, 1, [9; 3]), [9; 8]);
        let from = (&RgbImage::filled(4, 1, [255; 3]), &[0, 0, 255, 255][..]);
        scale_part_clear(from, [1.0, 0.0, 2.0, 1.0], (&mut out, &mut opacity));
        assert!(opacity[0] < 8 && opacity[7] > 247 && opacity.is_sorted(), "{opacity:?}");
        assert!(out.pixels.chunks_exact(3).zip(opacity).all(|(pixel, opacity)| pixel == [opacity; 3]));
    }

    #[test]
    fn unscaled_pictures_keep_their_pixels() {
        let small = filled(&halves(4, 2), CANVAS, Fill::Unscaled);
        assert_eq!((small.at(17, 9), small.at(18, 9), small.at(21, 10)), ([0; 3], [255, 0, 0], [0, 0, 255]));
        let large = filled(&halves(400, 200), CANVAS, Fill::Unscaled);
        assert_eq!((large.at(19, 0), large.at(20, 0)), ([255, 0, 0], [0, 0, 255]));
    }
}
