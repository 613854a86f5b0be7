//! The frame that a video is drawn on.

use rostrum_model::picture::{Rect, RgbImage, RgbaImage, Size};
use yuv::{
    BufferStoreMut, YuvChromaSubsampling, YuvConversionMode, YuvPlanarImageMut, YuvRange, YuvStandardMatrix,
    rgb_to_yuv420,
};

/// A frame in planar YUV 4:2:0, BT.709, limited range, kept from one frame of the video to the next so that only what
/// changed is drawn and converted.
#[derive(Clone, PartialEq, Eq)]
pub struct Canvas {
    size: Size,
    /// All of Y, then U, then V, then the opacity where there is one, without padding.
    planes: Vec<u8>,
}

/// A colour in BT.709, limited range.
struct Yuv {
    y: u8,
    u: u8,
    v: u8,
}

/// One colour by the same conversion as whole pictures, so that equal colours stay equal wherever they come from.
fn yuv_of(rgb: [u8; 3]) -> Yuv {
    let (mut y, mut u, mut v) = ([0; 4], [0; 1], [0; 1]);
    let mut target = YuvPlanarImageMut {
        y_plane: BufferStoreMut::Borrowed(&mut y),
        y_stride: 2,
        u_plane: BufferStoreMut::Borrowed(&mut u),
        u_stride: 1,
        v_plane: BufferStoreMut::Borrowed(&mut v),
        v_stride: 1,
        width: 2,
        height: 2,
    };
    convert(&mut target, RgbImage::filled(2, 2, rgb).pixels.as_slice(), 2);
    Yuv { y: y[0], u: u[0], v: v[0] }
}

/// Fills `target` from RGB rows that are `row_pixels` apart (ITU-R BT.709-6, items 3.2 to 3.5; chroma is the mean of a block).
fn convert(target: &mut YuvPlanarImageMut<u8>, rgb: &[u8], row_pixels: usize) {
    let row_bytes = row_pixels as u32 * 3;
    let (range, matrix) = (YuvRange::Limited, YuvStandardMatrix::Bt709);
    rgb_to_yuv420(target, rgb, row_bytes, range, matrix, YuvConversionMode::Balanced)
        .expect("the rows lie inside both pictures");
}

/// Shares of red, green and blue in brightness and in the two differences, in 65536ths of the 8-bit ranges of BT.709,
/// limited (ITU-R BT.709-6, items 3.2 to 3.5).
const LUMA: [i32; 3] = [11966, 40254, 4064];
const CHROMA_U: [i32; 3] = [-6596, -22189, 28784];
const CHROMA_V: [i32; 3] = [28784, -26145, -2639];

/// A colour's component, without the offset of its range, in 65536ths.
fn weighted(rgba: [i32; 4], shares: [i32; 3]) -> i32 {
    (0..3).map(|k| rgba[k] * shares[k]).sum()
}

/// A component below another one: `kept` 1020ths of what was there, and `part` of the other in 65536ths, multiplied by its
/// opacity of `share` in 1020ths, with the offset of its range. Both make up all that is seen.
fn mixed(under: u8, kept: i32, share: i32, part: i32, offset: i32) -> u8 {
    let all = i64::from(kept + share);
    let below = i64::from(under) * i64::from(kept);
    let added = i64::from(offset) * i64::from(share) + ((i64::from(part) * 1020) >> 16);
    ((below + added + all / 2) / all).clamp(0, 255) as u8
}

impl Canvas {
    /// A frame of one colour.
    ///
    /// # Panics
    /// When a side is odd or 0: chroma is kept for blocks of 2x2 pixels.
    pub fn new(size: Size, background_rgb: [u8; 3]) -> Self {
        let Size { width, height } = size;
        assert!(width > 0 && height > 0 && width % 2 == 0 && height % 2 == 0, "a canvas has even sides");
        let colour = yuv_of(background_rgb);
        let area = width * height;
        let mut planes = vec![colour.y; area * 3 / 2];
        planes[area..area * 5 / 4].fill(colour.u);
        planes[area * 5 / 4..].fill(colour.v);
        Self { size, planes }
    }

    /// A frame with nothing in it, white where somebody asks for its colours.
    ///
    /// # Panics
    /// As [`Canvas::new`].
    pub fn clear(size: Size) -> Self {
        let mut clear = Self::new(size, [255; 3]);
        clear.planes.resize(size.width * size.height * 5 / 2, 0);
        clear
    }

    /// Whether it has an opacity beside its colours.
    pub fn has_opacity(&self) -> bool {
        self.planes.len() > self.size.width * self.size.height * 3 / 2
    }

    /// Sets the opacity of an area inside the frame; `opacity` has a byte for each pixel of the frame.
    ///
    /// # Panics
    /// When it has not, or the frame has no opacity.
    pub fn set_opacity(&mut self, opacity: &[u8], area: Rect) {
        assert!(self.has_opacity() && opacity.len() == self.size.width * self.size.height);
        let plane = self.size.width * self.size.height * 3 / 2;
        for y in area.y..area.y + area.height {
            let first = y * self.size.width + area.x;
            let row = first..first + area.width;
            self.planes[plane + row.start..plane + row.end].copy_from_slice(&opacity[row]);
        }
    }

    /// Width and height in pixels.
    pub fn size(&self) -> Size {
        self.size
    }

    /// The frame as ffmpeg's `yuv420p` takes it, or `yuva420p` where it has an opacity: all of Y, then U, then V, then A,
    /// without padding.
    pub fn bytes(&self) -> &[u8] {
        &self.planes
    }

    /// Draws the part `src` of `image` with its top left corner at `at`, clipped to both pictures.
    ///
    /// Colour is kept for blocks of 2x2 pixels, so where the part starts or ends inside a block the neighbouring pixels of
    /// `image` are drawn as well. The result depends on `image` alone, not on what was drawn before.
    pub fn blit(&mut self, image: &RgbImage, src: Rect, at: (usize, usize)) {
        let columns = Span::placed(src.x, src.width, at.0, image.width, self.size.width);
        let rows = Span::placed(src.y, src.height, at.1, image.height, self.size.height);
        let (Some(columns), Some(rows)) = (columns, rows) else { return };
        self.convert_whole_blocks(image, columns.inner(), rows.inner());
        // What is left are blocks at the image's own edges, which it covers only in part.
        for block_y in rows.blocks() {
            let whole_row = rows.covers_block(block_y);
            let only_ends = (columns.last_block() - columns.first_block()).max(1);
            for block_x in columns.blocks().step_by(if whole_row { only_ends } else { 1 }) {
                if !(whole_row && columns.covers_block(block_x)) {
                    self.convert_partial_block(image, (block_x, columns), (block_y, rows));
                }
            }
        }
    }

    /// Lays a picture over the frame with its top left corner at `at`, which may be beside the frame.
    ///
    /// Each pixel's brightness is mixed by its own opacity, the colour of a block of 2x2 pixels by their mean. Where the frame
    /// has an opacity, it grows by that of the picture.
    pub fn blend(&mut self, over: &RgbaImage, at: (i32, i32)) {
        let Size { width, height } = self.size;
        let (left, top) = (at.0 as isize, at.1 as isize);
        let end =
            |from: isize, length: usize, all: usize| (from + length as isize).clamp(0, all as isize) as usize;
        let (right, bottom) = (end(left, over.width, width), end(top, over.height, height));
        let (first_column, first_row) = (left.max(0) as usize / 2, top.max(0) as usize / 2);
        let (luma, rest) = self.planes.split_at_mut(width * height);
        let (u, rest) = rest.split_at_mut(width * height / 4);
        let (v, opacity) = rest.split_at_mut(width * height / 4);
        for block_y in first_row..bottom.div_ceil(2) {
            for block_x in first_column..right.div_ceil(2) {
                let (mut sum, mut kept_of_all) = ([0; 4], 0);
                for (y, x) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                    let (x, y) = (block_x * 2 + x, block_y * 2 + y);
                    let (column, row) = (x as isize - left, y as isize - top);
                    let inside = (0..over.width as isize).contains(&column)
                        && (0..over.height as isize).contains(&row)
                        && x < width
                        && y < height;
                    let below = opacity.get_mut(y * width + x);
                    let below_share = below.as_ref().map_or(255, |below| i32::from(**below));
                    if !inside {
                        kept_of_all += below_share;
                        continue;
                    }
                    let pixel = (row as usize * over.width + column as usize) * 4;
                    let rgba: [i32; 4] = std::array::from_fn(|k| i32::from(over.pixels[pixel + k]));
                    kept_of_all += (255 - rgba[3]) * below_share / 255;
                    if rgba[3] == 0 {
                        continue;
                    }
                    let under = &mut luma[y * width + x];
                    let kept = (255 - rgba[3]) * 4 * below_share / 255;
                    *under = mixed(*under, kept, rgba[3] * 4, weighted(rgba, LUMA), 16);
                    if let Some(below) = below {
                        *below = (rgba[3] + (255 - rgba[3]) * below_share / 255).min(255) as u8;
                    }
                    for (total, part) in sum.iter_mut().zip(rgba) {
                        *total += part;
                    }
                }
                if sum[3] > 0 {
                    let at = block_y * (width / 2) + block_x;
                    let share = sum[3];
                    let parts = [weighted(sum, CHROMA_U) / 4, weighted(sum, CHROMA_V) / 4];
                    u[at] = mixed(u[at], kept_of_all, share, parts[0], 128);
                    v[at] = mixed(v[at], kept_of_all, share, parts[1], 128);
                }
            }
        }
    }

    /// Darkens the whole frame to a share of its light, 0..=1; its opacity stays.
    pub fn dim(&mut self, share: f32) {
        let towards = |rest: u8| -> [u8; 256] {
            std::array::from_fn(|value| {
                let rest = f32::from(rest);
                (rest + (value as f32 - rest) * share).round().clamp(0.0, 255.0) as u8
            })
        };
        let area = self.size.width * self.size.height;
        let (luma, chroma) = (towards(16), towards(128));
        let (brightness, rest) = self.planes.split_at_mut(area);
        for value in brightness {
            *value = luma[usize::from(*value)];
        }
        for value in &mut rest[..area / 2] {
            *value = chroma[usize::from(*value)];
        }
    }

    /// Converts the blocks that `image` covers with all four pixels. Spans are even on the canvas.
    fn convert_whole_blocks(&mut self, image: &RgbImage, columns: Span, rows: Span) {
        if columns.length == 0 || rows.length == 0 {
            return;
        }
        let Size { width, height } = self.size;
        // The conversion goes on to the end of what it is given, whatever height it is told, and leaves out rows that end
        // before a stride does, as a picture's last ones from their middle on. So it gets whole strides of all rows but the
        // last two, and these in buffers of their own.
        let above = rows.length - 2;
        let (luma, chroma) = self.planes.split_at_mut(width * height);
        let (u, v) = chroma.split_at_mut(width * height / 4);
        let luma = &mut luma[rows.canvas * width + columns.canvas..];
        let [u, v] = [u, v].map(|plane| &mut plane[rows.canvas / 2 * (width / 2) + columns.canvas / 2..]);
        let rgb = &image.pixels[(rows.image * image.width + columns.image) * 3..];
        let (above_luma, above_chroma) = (above * width, above * width / 4);
        if above > 0 {
            let mut target = YuvPlanarImageMut {
                y_plane: BufferStoreMut::Borrowed(&mut luma[..above_luma]),
                y_stride: width as u32,
                u_plane: BufferStoreMut::Borrowed(&mut u[..above_chroma]),
                u_stride: width as u32 / 2,
                v_plane: BufferStoreMut::Borrowed(&mut v[..above_chroma]),
                v_stride: width as u32 / 2,
                width: columns.length as u32,
                height: above as u32,
            };
            convert(&mut target, &rgb[..above * image.width * 3], image.width);
        }
        let mut last = YuvPlanarImageMut::alloc(columns.length as u32, 2, YuvChromaSubsampling::Yuv420);
        let two: Vec<u8> = rgb[above * image.width * 3..]
            .chunks(image.width * 3)
            .take(2)
            .flat_map(|row| &row[..columns.length * 3])
            .copied()
            .collect();
        convert(&mut last, &two, columns.length);
        for (row, converted) in last.y_plane.borrow().chunks(columns.length).enumerate() {
            let start = above_luma + row * width;
            luma[start..start + columns.length].copy_from_slice(converted);
        }
        for (plane, converted) in [(u, last.u_plane), (v, last.v_plane)] {
            plane[above_chroma..above_chroma + columns.length / 2].copy_from_slice(converted.borrow());
        }
    }

    /// Converts the covered pixels of one block; its chroma is their mean.
    fn convert_partial_block(
        &mut self,
        image: &RgbImage,
        (block_x, columns): (usize, Span),
        (block_y, rows): (usize, Span),
    ) {
        let Size { width, height } = self.size;
        let (mut sum, mut count) = ([0u32; 3], 0);
        for y in (block_y * 2..block_y * 2 + 2).filter(|y| rows.contains(*y)) {
            for x in (block_x * 2..block_x * 2 + 2).filter(|x| columns.contains(*x)) {
                let rgb = image.at(columns.image_position(x), rows.image_position(y));
                self.planes[y * width + x] = yuv_of(rgb).y;
                for (total, channel) in sum.iter_mut().zip(rgb) {
                    *total += u32::from(channel);
                }
                count += 1;
            }
        }
        if count > 0 {
            let mean = yuv_of(sum.map(|total| ((total + count / 2) / count) as u8));
            let at = width * height + block_y * (width / 2) + block_x;
            self.planes[at] = mean.u;
            self.planes[at + width * height / 4] = mean.v;
        }
    }
}

impl std::fmt::Debug for Canvas {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Canvas({}x{})", self.size.width, self.size.height)
    }
}

/// The same run of pixels, in one direction, on the image and on the canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    image: usize,
    canvas: usize,
    length: usize,
}

impl Span {
    /// Clips a run to both pictures and widens it to even canvas positions as far as the image reaches; `None` when nothing
    /// is left.
    fn placed(
        image: usize,
        length: usize,
        canvas: usize,
        image_side: usize,
        canvas_side: usize,
    ) -> Option<Self> {
        let length = length.min(image_side.checked_sub(image)?).min(canvas_side.checked_sub(canvas)?);
        if length == 0 {
            return None;
        }
        let before = usize::from(canvas % 2 == 1 && image > 0);
        let after = usize::from((canvas + length) % 2 == 1 && image + length < image_side);
        Some(Self { image: image - before, canvas: canvas - before, length: before + length + after })
    }

    /// The part that consists of whole blocks.
    fn inner(self) -> Self {
        let skipped = (self.canvas % 2).min(self.length);
        Self {
            image: self.image + skipped,
            canvas: self.canvas + skipped,
            length: (self.length - skipped) / 2 * 2,
        }
    }

    fn first_block(self) -> usize {
        self.canvas / 2
    }

    fn last_block(self) -> usize {
        (self.canvas + self.length - 1) / 2
    }

    fn blocks(self) -> std::ops::RangeInclusive<usize> {
        self.first_block()..=self.last_block()
    }

    fn contains(self, canvas: usize) -> bool {
        (self.canvas..self.canvas + self.length).contains(&canvas)
    }

    fn covers_block(self, block: usize) -> bool {
        self.contains(block * 2) && self.contains(block * 2 + 1)
    }

    fn image_position(self, canvas: usize) -> usize {
        self.image + (canvas - self.canvas)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn size(width: usize, height: usize) -> Size {
        Size { width, height }
    }

    /// A picture with every kind of colour in it.
    fn motley(width: usize, height: usize) -> RgbImage {
        let mut image = RgbImage::filled(width, height, [0; 3]);
        let mut state = 1u32;
        for byte in &mut image.pixels {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = (state >> 24) as u8;
        }
        image
    }

    /// The colour of a block by the standard's formula, in floating point.
    fn expected(pixels: [[u8; 3]; 4]) -> ([f64; 4], f64, f64) {
        let luma = |[r, g, b]: [f64; 3]| 0.2126 * r + 0.7152 * g + 0.0722 * b;
        let unit = |rgb: [u8; 3]| rgb.map(|channel| f64::from(channel) / 255.0);
        let mean: [f64; 3] =
            std::array::from_fn(|channel| pixels.iter().map(|rgb| unit(*rgb)[channel]).sum::<f64>() / 4.0);
        let chroma = |difference: f64, range: f64| 128.0 + 224.0 * difference / range;
        (
            pixels.map(|rgb| 16.0 + 219.0 * luma(unit(rgb))),
            chroma(mean[2] - luma(mean), 1.8556),
            chroma(mean[0] - luma(mean), 1.5748),
        )
    }

    #[test]
    fn what_is_laid_over_a_frame_with_an_opacity_is_seen_there_too() {
        let mut canvas = Canvas::clear(size(4, 4));
        canvas.blend(&translucent(2, 4, [255, 0, 0], 128), (0, 0));
        let red = yuv_of([255, 0, 0]);
        let alpha = |canvas: &Canvas, pixel: usize| canvas.bytes()[16 * 3 / 2 + pixel];
        assert_eq!((alpha(&canvas, 0), alpha(&canvas, 3)), (128, 0));
        assert!(canvas.bytes()[0].abs_diff(red.y) <= 1, "its own colour, however thin");
        assert!(canvas.bytes()[16].abs_diff(red.u) <= 2 && canvas.bytes()[20].abs_diff(red.v) <= 2);
        // The same over what is there already.
        canvas.set_opacity(&[255; 16], Rect { x: 0, y: 0, width: 4, height: 4 });
        canvas.blend(&translucent(4, 4, [0, 0, 0], 64), (0, 0));
        assert_eq!((alpha(&canvas, 0), alpha(&canvas, 3)), (255, 255));
    }

    #[test]
    fn a_dimmed_frame_is_the_frame_of_the_dimmed_colour() {
        let mut canvas = Canvas::new(size(4, 4), [200, 100, 40]);
        canvas.dim(0.5);
        let wanted = Canvas::new(size(4, 4), [100, 50, 20]);
        assert!(canvas.bytes().iter().zip(wanted.bytes()).all(|(a, b)| a.abs_diff(*b) <= 1));
        canvas.dim(0.0);
        assert!(canvas == Canvas::new(size(4, 4), [0; 3]));
    }

    #[test]
    fn colours_follow_the_formula_of_bt709() {
        let image = motley(64, 32);
        let mut canvas = Canvas::new(size(64, 32), [0; 3]);
        canvas.blit(&image, image.size().whole(), (0, 0));
        let area = 64 * 32;
        let error = |at: usize, wanted: f64| (f64::from(canvas.bytes()[at]) - wanted).abs();
        let (mut furthest_luma, mut furthest_chroma) = (0.0f64, 0.0f64);
        for block in 0..area / 4 {
            let (x, y) = (block % 32 * 2, block / 32 * 2);
            let corners = [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)];
            let (luma, u, v) = expected(corners.map(|(x, y)| image.at(x, y)));
            for ((x, y), wanted) in corners.into_iter().zip(luma) {
                furthest_luma = furthest_luma.max(error(y * 64 + x, wanted));
            }
            furthest_chroma = furthest_chroma.max(error(area + block, u)).max(error(area * 5 / 4 + block, v));
        }
        assert!(furthest_luma <= 1.0, "luma is {furthest_luma} away");
        assert!(furthest_chroma <= 1.5, "chroma is {furthest_chroma} away");
    }

    #[test]
    fn a_background_is_the_colour_a_picture_of_it_would_be() {
        for rgb in [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 0, 255], [18, 52, 86], [240, 240, 230]] {
            let mut canvas = Canvas::new(size(32, 16), [1, 2, 3]);
            let image = RgbImage::filled(32, 16, rgb);
            canvas.blit(&image, image.size().whole(), (0, 0));
            assert!(canvas == Canvas::new(size(32, 16), rgb), "{rgb:?}");
        }
    }

    /// A picture of one colour at an opacity.
    fn translucent(width: usize, height: usize, rgb: [u8; 3], opacity: u8) -> RgbaImage {
        let times = |value: u8| (f64::from(value) * f64::from(opacity) / 255.0).round() as u8;
        let pixel = [times(rgb[0]), times(rgb[1]), times(rgb[2]), opacity];
        RgbaImage { width, height, pixels: pixel.repeat(width * height) }
    }

    #[test]
    fn what_is_laid_over_is_mixed_by_its_opacity() {
        let (below, above) = ([20, 200, 90], [250, 40, 130]);
        for opacity in [0, 1, 60, 128, 254, 255] {
            let mut canvas = Canvas::new(size(16, 16), below);
            canvas.blend(&translucent(16, 16, above, opacity), (0, 0));
            let share = f64::from(opacity) / 255.0;
            let mix = std::array::from_fn(|k| {
                (f64::from(below[k]) * (1.0 - share) + f64::from(above[k]) * share).round() as u8
            });
            let wanted = Canvas::new(size(16, 16), mix);
            let worst = canvas.bytes().iter().zip(wanted.bytes()).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
            assert!(worst <= 1, "{opacity}: {worst}");
        }
    }

    #[test]
    fn what_is_laid_over_the_edge_is_cut_and_leaves_the_rest_alone() {
        let untouched = Canvas::new(size(16, 16), [9; 3]);
        let over = translucent(5, 5, [200; 3], 255);
        for at in [(-5, 0), (0, -5), (16, 0), (0, 16), (-900, 900)] {
            let mut canvas = untouched.clone();
            canvas.blend(&over, at);
            assert!(canvas == untouched, "{at:?}");
        }
        let mut canvas = untouched.clone();
        canvas.blend(&over, (-3, 13));
        let bright: Vec<usize> = (0..256).filter(|i| canvas.bytes()[*i] != untouched.bytes()[*i]).collect();
        assert_eq!(bright, [208, 209, 224, 225, 240, 241]);
    }

    #[test]
    fn parts_outside_either_picture_are_left_out() {
        let image = motley(10, 10);
        let untouched = Canvas::new(size(16, 16), [9; 3]);
        let mut canvas = untouched.clone();
        canvas.blit(&image, Rect { x: 10, y: 0, width: 5, height: 5 }, (0, 0));
        canvas.blit(&image, Rect { x: 0, y: 0, width: 0, height: 5 }, (0, 0));
        canvas.blit(&image, image.size().whole(), (16, 3));
        canvas.blit(&image, image.size().whole(), (usize::MAX, 3));
        assert!(canvas == untouched);
        canvas.blit(&image, Rect { x: 3, y: 3, width: usize::MAX, height: 99 }, (11, 11));
        assert!(canvas != untouched);
    }

    proptest! {
        #[test]
        fn a_part_that_is_drawn_anew_is_drawn_whole(
            (x, y) in (0usize..30, 0usize..14),
            (width, height) in (1usize..30, 1usize..14),
        ) {
            let (x, y, width, height) = (x * 2, y * 2, (width * 2).min(64 - x * 2), (height * 2).min(32 - y * 2));
            let (before, after) = (RgbImage::filled(64, 32, [10, 20, 30]), motley(64, 32));
            let mut both = before.clone();
            for row in y..y + height {
                let part = (row * 64 + x) * 3..(row * 64 + x + width) * 3;
                both.pixels[part.clone()].copy_from_slice(&after.pixels[part]);
            }
            let [mut canvas, mut wanted] = [&before, &both].map(|image| {
                let mut canvas = Canvas::new(size(64, 32), [0; 3]);
                canvas.blit(image, image.size().whole(), (0, 0));
                canvas
            });
            canvas.blit(&after, Rect { x, y, width, height }, (x, y));
            prop_assert!(canvas == wanted);
            // The same from a picture that has only the part.
            let part = RgbImage {
                width,
                height,
                pixels: (y..y + height).flat_map(|row| after.pixels[(row * 64 + x) * 3..][..width * 3].to_vec()).collect(),
            };
            wanted.blit(&before, before.size().whole(), (0, 0));
            wanted.blit(&part, part.size().whole(), (x, y));
            prop_assert!(canvas == wanted);
        }

        #[test]
        fn drawing_in_pieces_equals_drawing_at_once(
            (width, height) in (1usize..80, 1usize..20),
            at in (0usize..20, 0usize..20),
            pieces in prop::collection::vec((0usize..80, 0usize..20, 1usize..80, 1usize..20), 0..6),
        ) {
            let image = motley(width, height);
            let mut at_once = Canvas::new(size(64, 32), [50, 100, 150]);
            at_once.blit(&image, image.size().whole(), at);
            // Drawing any parts again, wherever they start and end, must change nothing.
            let mut in_pieces = at_once.clone();
            for (x, y, piece_width, piece_height) in pieces {
                let piece = Rect { x, y, width: piece_width, height: piece_height };
                in_pieces.blit(&image, piece, (at.0 + x, at.1 + y));
            }
            prop_assert!(at_once == in_pieces);
        }
    }
}
