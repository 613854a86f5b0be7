//! Blurred silhouettes.

use rostrum_model::picture::RgbaImage;

use crate::style::Rgba;

/// The silhouette of a picture, moved by whole pixels, blurred and in one colour. As large as the picture.
pub(crate) fn shadow_of(picture: &RgbaImage, offset: (i32, i32), blur_px: f32, colour: Rgba) -> RgbaImage {
    let (width, height) = (picture.width, picture.height);
    let mut alpha = vec![0; width * height];
    let [across, down] = [overlap(width, offset.0), overlap(height, offset.1)];
    for (from_y, to_y) in down {
        let (from, to) = (&picture.pixels[from_y * width * 4..], &mut alpha[to_y * width..]);
        for (from_x, to_x) in across.clone() {
            to[to_x] = from[from_x * 4 + 3];
        }
    }
    // Three boxes are close to a Gaussian of the same variance.
    let radius = (blur_px * 0.5).round() as usize;
    let mut other = vec![0; width * height];
    for _ in 0..if radius == 0 { 0 } else { 3 } {
        for (from, to) in alpha.chunks_exact(width).zip(other.chunks_exact_mut(width)) {
            blur_row(from, to, radius);
        }
        blur_columns(&other, &mut alpha, width, radius);
    }
    let mut shadow = RgbaImage::clear(width, height);
    for (pixel, alpha) in shadow.pixels.chunks_exact_mut(4).zip(alpha) {
        let opacity = u32::from(alpha) * u32::from(colour[3]);
        for (part, of_colour) in pixel.iter_mut().zip([colour[0], colour[1], colour[2], 255]) {
            *part = ((u32::from(of_colour) * opacity + 255 * 127) / (255 * 255)) as u8;
        }
    }
    shadow
}

/// Lays `above` over `below`; both premultiplied and of the same size.
pub(crate) fn lay_over(above: &RgbaImage, below: &mut RgbaImage) {
    for (under, over) in below.pixels.chunks_exact_mut(4).zip(above.pixels.chunks_exact(4)) {
        match over[3] {
            0 => {}
            255 => under.copy_from_slice(over),
            alpha => {
                for k in 0..4 {
                    let kept = u16::from(under[k]) * (255 - u16::from(alpha)) + 127;
                    under[k] = over[k].saturating_add((kept / 255) as u8);
                }
            }
        }
    }
}

/// The places that stay within `length` when they are moved, each with where it is moved to.
fn overlap(length: usize, by: i32) -> std::iter::Zip<std::ops::Range<usize>, std::ops::Range<usize>> {
    let (forth, back) = ((by.max(0) as usize).min(length), (by.min(0).unsigned_abs() as usize).min(length));
    (back..length - forth).zip(forth..length - back)
}

/// Replaces each value by the mean of those within `radius`; beyond the ends there is nothing.
fn blur_row(from: &[u8], to: &mut [u8], radius: usize) {
    let window = 2 * radius as u32 + 1;
    let mut sum: u32 = from.iter().take(radius).map(|value| u32::from(*value)).sum();
    for (i, target) in to.iter_mut().enumerate() {
        sum += from.get(i + radius).map_or(0, |value| u32::from(*value));
        *target = ((sum + window / 2) / window) as u8;
        sum -= i.checked_sub(radius).map_or(0, |left| u32::from(from[left]));
    }
}

/// The same from top to bottom, for all columns at once.
fn blur_columns(from: &[u8], to: &mut [u8], width: usize, radius: usize) {
    let window = 2 * radius as u32 + 1;
    let rows: Vec<&[u8]> = from.chunks_exact(width).collect();
    let mut sums = vec![0_u32; width];
    let add = |sums: &mut [u32], row: &[u8]| {
        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += u32::from(*value));
    };
    rows.iter().take(radius).for_each(|row| add(&mut sums, row));
    for (y, target) in to.chunks_exact_mut(width).enumerate() {
        if let Some(row) = rows.get(y + radius) {
            add(&mut sums, row);
        }
        for (value, sum) in target.iter_mut().zip(&sums) {
            *value = ((sum + window / 2) / window) as u8;
        }
        if let Some(above) = y.checked_sub(radius) {
            sums.iter_mut().zip(rows[above]).for_each(|(sum, value)| *sum -= u32::from(*value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot() -> RgbaImage {
        let mut picture = RgbaImage::clear(21, 21);
        for y in 8..13 {
            for x in 8..13 {
                picture.pixels[(y * 21 + x) * 4 + 3] = 255;
            }
        }
        picture
    }

    fn alpha(picture: &RgbaImage, x: usize, y: usize) -> u8 {
        picture.pixels[(y * picture.width + x) * 4 + 3]
    }

    #[test]
    fn a_sharp_shadow_is_the_moved_silhouette_in_its_colour() {
        let shadow = shadow_of(&dot(), (3, -2), 0.0, [200, 100, 0, 128]);
        assert_eq!(alpha(&shadow, 11, 6), 128);
        assert_eq!(alpha(&shadow, 10, 8), 0);
        let pixel = &shadow.pixels[(8 * 21 + 13) * 4..][..4];
        assert_eq!(pixel, [100, 50, 0, 128], "premultiplied");
    }

    #[test]
    fn a_blurred_shadow_keeps_its_weight_and_is_symmetric() {
        let shadow = shadow_of(&dot(), (0, 0), 4.0, [0, 0, 0, 255]);
        let total: u32 = shadow.pixels.chunks_exact(4).map(|pixel| u32::from(pixel[3])).sum();
        assert!((total as f32 / (25.0 * 255.0) - 1.0).abs() < 0.05, "{total}");
        assert!(alpha(&shadow, 10, 10) < 255 && alpha(&shadow, 6, 10) > 0);
        assert_eq!(alpha(&shadow, 6, 10), alpha(&shadow, 14, 10));
        assert!(alpha(&shadow, 10, 6).abs_diff(alpha(&shadow, 6, 10)) <= 1, "up to rounding");
    }

    #[test]
    fn laying_over_follows_the_premultiplied_rule() {
        let pixel = |pixels: [u8; 4]| RgbaImage { width: 1, height: 1, pixels: pixels.to_vec() };
        let mut below = pixel([0, 0, 255, 255]);
        lay_over(&pixel([128, 0, 0, 128]), &mut below);
        assert_eq!(below.pixels, [128, 0, 127, 255]);
    }
}
