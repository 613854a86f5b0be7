//! Pictures with transparency, laid over others or onto nothing.

use std::ops::Range;

use rostrum_model::picture::{Rect, RgbImage};

/// A picture that is laid over others.
pub struct Over<'p> {
    /// Colours multiplied by their opacity.
    pub picture: &'p RgbImage,
    /// Empty when it is opaque.
    pub opacity: &'p [u8],
    /// What of it is seen, 0..=255 for each pixel; all of it when absent.
    pub mask: Option<&'p [u8]>,
}

impl Over<'_> {
    /// Lays `area` of the picture, whose corner is at `at`, over `behind` into `all`. Returns the pixels that were written.
    pub fn lay(&self, area: Rect, at: (isize, isize), behind: &RgbImage, all: &mut RgbImage) -> Rect {
        let Some((columns, rows, written)) = placed(area, at, all) else { return Rect::default() };
        let Rect { x: left, width, .. } = written;
        for (row, y) in rows.zip(written.y..) {
            let from = row * self.picture.width + columns.start;
            let to = (y * all.width + left) * 3;
            let under = &behind.pixels[to..to + width * 3];
            let out = &mut all.pixels[to..to + width * 3];
            let over = &self.picture.pixels[from * 3..(from + width) * 3];
            match (self.opacity.get(from..from + width), self.mask.map(|mask| &mask[from..from + width])) {
                (None, None) => out.copy_from_slice(over),
                (Some(opacity), None) => {
                    blend(out, under, over, opacity.iter().map(|opacity| (*opacity, 255)));
                }
                (None, Some(mask)) => blend(out, under, over, mask.iter().map(|mask| (255, *mask))),
                (Some(opacity), Some(mask)) => {
                    blend(out, under, over, opacity.iter().copied().zip(mask.iter().copied()));
                }
            }
        }
        written
    }

    /// Puts `area` of the picture, whose corner is at `at`, in place of what is there, colours and opacity as they are; its
    /// mask hides nothing.
    pub fn put(&self, area: Rect, at: (isize, isize), all: &mut RgbImage, opacity: &mut [u8]) {
        let Some((columns, rows, written)) = placed(area, at, all) else { return };
        let width = written.width;
        for (row, y) in rows.zip(written.y..) {
            let (from, to) = (row * self.picture.width + columns.start, y * all.width + written.x);
            all.pixels[to * 3..(to + width) * 3]
                .copy_from_slice(&self.picture.pixels[from * 3..(from + width) * 3]);
            match self.opacity.get(from..from + width) {
                Some(own) => opacity[to..to + width].copy_from_slice(own),
                None => opacity[to..to + width].fill(255),
            }
        }
    }

    /// Puts `area` of the picture, whose corner is at `at`, onto nothing: its own colours into `all`, its opacity into
    /// `opacity`. Returns the pixels that were written.
    pub fn lift(&self, area: Rect, at: (isize, isize), all: &mut RgbImage, opacity: &mut [u8]) -> Rect {
        let Some((columns, rows, written)) = placed(area, at, all) else { return Rect::default() };
        for (row, y) in rows.zip(written.y..) {
            for (column, x) in columns.clone().zip(written.x..) {
                let (from, to) = (row * self.picture.width + column, y * all.width + x);
                let own = self.opacity.get(from).copied().unwrap_or(255);
                opacity[to] = self.mask.map_or(own, |mask| scaled(own, mask[from]));
                let colour = &self.picture.pixels[from * 3..from * 3 + 3];
                for (out, part) in all.pixels[to * 3..to * 3 + 3].iter_mut().zip(colour) {
                    *out = match own {
                        0 => 255,
                        own => (u16::from(*part) * 255 / u16::from(own)).min(255) as u8,
                    };
                }
            }
        }
        spread(written, all, opacity)
    }
}

/// Lays a picture whose colours are multiplied by their opacity over a colour, which makes it opaque.
pub fn lay_on_colour(picture: &mut RgbImage, opacity: &[u8], rgb: [u8; 3]) {
    for (pixel, opacity) in
        picture.pixels.chunks_exact_mut(3).zip(opacity).filter(|(_, opacity)| **opacity < 255)
    {
        for (part, behind) in pixel.iter_mut().zip(rgb) {
            *part = part.saturating_add(scaled(behind, 255 - opacity));
        }
    }
}

/// Gives pixels that are not seen the colours of those that are in the same block of 2x2 pixels, as a block has one colour in
/// the file; blocks of which nothing is seen are white. Returns the blocks around `area`.
fn spread(area: Rect, all: &mut RgbImage, opacity: &[u8]) -> Rect {
    let (x, y) = (area.x / 2 * 2, area.y / 2 * 2);
    let blocks = Rect {
        x,
        y,
        width: (area.x + area.width).next_multiple_of(2) - x,
        height: (area.y + area.height).next_multiple_of(2) - y,
    };
    for y in (blocks.y..blocks.y + blocks.height).step_by(2) {
        for x in (blocks.x..blocks.x + blocks.width).step_by(2) {
            let first = y * all.width + x;
            let pixels = [first, first + 1, first + all.width, first + all.width + 1];
            if pixels.iter().all(|pixel| opacity[*pixel] > 0) {
                continue;
            }
            let seen: u32 = pixels.iter().map(|pixel| u32::from(opacity[*pixel])).sum();
            for channel in 0..3 {
                let sum: u32 = pixels
                    .iter()
                    .map(|pixel| u32::from(all.pixels[pixel * 3 + channel]) * u32::from(opacity[*pixel]))
                    .sum();
                let mean = sum.checked_div(seen).map_or(255, |mean| mean as u8);
                for pixel in pixels.iter().filter(|pixel| opacity[**pixel] == 0) {
                    all.pixels[pixel * 3 + channel] = mean;
                }
            }
        }
    }
    blocks
}

/// The columns and rows of a picture's `area` that lie on the canvas `all` when the picture's corner is at `at`, and the
/// pixels they cover there; `None` when there are none.
fn placed(area: Rect, at: (isize, isize), all: &RgbImage) -> Option<(Range<usize>, Range<usize>, Rect)> {
    let columns = shared(area.x, area.width, at.0, all.width);
    let rows = shared(area.y, area.height, at.1, all.height);
    let written = Rect {
        x: (columns.start as isize + at.0) as usize,
        y: (rows.start as isize + at.1) as usize,
        width: columns.len(),
        height: rows.len(),
    };
    (!written.is_empty()).then_some((columns, rows, written))
}

/// The part of a run of a picture's pixels that lies on the canvas, in the picture.
fn shared(first: usize, length: usize, at: isize, canvas: usize) -> Range<usize> {
    let start = (first as isize).max(-at);
    let end = ((first + length) as isize).min(canvas as isize - at);
    start.max(0) as usize..end.max(start).max(0) as usize
}

/// Premultiplied pixels over opaque ones, by opacity and mask.
fn blend(out: &mut [u8], under: &[u8], over: &[u8], shares: impl Iterator<Item = (u8, u8)>) {
    let pixels = out.chunks_exact_mut(3).zip(under.chunks_exact(3)).zip(over.chunks_exact(3));
    for (((out, under), over), (opacity, mask)) in pixels.zip(shares) {
        match (opacity, mask) {
            (255, 255) => out.copy_from_slice(over),
            (0, _) | (_, 0) => out.copy_from_slice(under),
            _ => {
                let covered = scaled(opacity, mask);
                for k in 0..3 {
                    out[k] = scaled(over[k], mask).saturating_add(scaled(under[k], 255 - covered));
                }
            }
        }
    }
}

/// `value * share / 255`, rounded.
fn scaled(value: u8, share: u8) -> u8 {
    let product = u16::from(value) * u16::from(share) + 128;
    ((product + (product >> 8)) >> 8) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_stands_over_is_cut_and_half_transparent_pixels_are_mixed() {
        let behind = RgbImage::filled(4, 4, [100; 3]);
        let mut all = behind.clone();
        // Premultiplied: white at half opacity.
        let picture = RgbImage::filled(4, 4, [128; 3]);
        let over = Over { picture: &picture, opacity: &[128; 16], mask: None };
        let whole = Rect { x: 0, y: 0, width: 4, height: 4 };
        let written = over.lay(whole, (-3, 2), &behind, &mut all);
        assert_eq!(written, Rect { x: 0, y: 2, width: 1, height: 2 });
        assert_eq!((all.at(0, 1), all.at(0, 2), all.at(1, 2)), ([100; 3], [178; 3], [100; 3]));
        assert_eq!(over.lay(whole, (4, 0), &behind, &mut all), Rect::default());
        assert_eq!(over.lay(whole, (0, -9), &behind, &mut all), Rect::default());
    }

    #[test]
    fn a_picture_that_is_put_somewhere_takes_the_place_of_what_was_there() {
        let (mut all, mut opacity) = (RgbImage::filled(3, 1, [7; 3]), vec![9; 3]);
        let picture = RgbImage { width: 2, height: 1, pixels: vec![50, 50, 50, 0, 0, 0] };
        let whole = Rect { x: 0, y: 0, width: 2, height: 1 };
        Over { picture: &picture, opacity: &[128, 0], mask: None }.put(whole, (1, 0), &mut all, &mut opacity);
        assert_eq!((&*all.pixels, &*opacity), (&[7, 7, 7, 50, 50, 50, 0, 0, 0][..], &[9, 128, 0][..]));
        Over { picture: &picture, opacity: &[], mask: None }.put(whole, (-1, 0), &mut all, &mut opacity);
        assert_eq!((&*all.pixels, &*opacity), (&[0, 0, 0, 50, 50, 50, 0, 0, 0][..], &[255, 128, 0][..]));
    }

    #[test]
    fn a_picture_on_a_colour_shows_it_where_nothing_else_is() {
        let mut picture = RgbImage { width: 3, height: 1, pixels: vec![0, 0, 0, 100, 50, 0, 9, 9, 9] };
        lay_on_colour(&mut picture, &[0, 128, 255], [200, 0, 100]);
        assert_eq!(picture.pixels, [200, 0, 100, 200, 50, 50, 9, 9, 9]);
    }

    #[test]
    fn a_mask_hides_what_it_does_not_cover() {
        let behind = RgbImage::filled(3, 1, [10; 3]);
        let mut all = behind.clone();
        let picture = RgbImage::filled(3, 1, [210; 3]);
        let over = Over { picture: &picture, opacity: &[], mask: Some(&[0, 255, 128]) };
        over.lay(Rect { x: 0, y: 0, width: 3, height: 1 }, (0, 0), &behind, &mut all);
        assert_eq!(all.pixels, [10, 10, 10, 210, 210, 210, 110, 110, 110]);
    }

    #[test]
    fn what_is_lifted_keeps_its_own_colours_and_gives_them_to_what_is_hidden_beside_it() {
        let mut all = RgbImage::filled(4, 2, [255; 3]);
        let mut opacity = vec![0; 8];
        // Premultiplied: (200, 100, 40) at half opacity.
        let picture = RgbImage::filled(1, 1, [100, 50, 20]);
        let over = Over { picture: &picture, opacity: &[128], mask: None };
        let whole = Rect { x: 0, y: 0, width: 1, height: 1 };
        let written = over.lift(whole, (1, 0), &mut all, &mut opacity);
        assert_eq!(
            (written, opacity),
            (Rect { x: 0, y: 0, width: 2, height: 2 }, vec![0, 128, 0, 0, 0, 0, 0, 0])
        );
        let colours: Vec<[u8; 3]> = (0..4).map(|x| all.at(x, 1)).collect();
        assert_eq!(
            (all.at(1, 0), colours),
            ([199, 99, 39], vec![[199, 99, 39], [199, 99, 39], [255; 3], [255; 3]])
        );
    }
}
