//! Decoded tiles, put together while they come.

use std::ops::ControlFlow;

use crate::error::MediaError;
use crate::heif::CodedPicture;
use crate::sandbox::ProgramError;

/// Lays frames out row by row, as PPM pictures arrive in pieces of any length. Memory: the whole picture and one tile.
pub(super) struct Mosaic {
    columns: usize,
    rows: usize,
    width: usize,
    height: usize,
    whole: Vec<u8>,
    tile_size: (usize, usize),
    /// What arrived of a tile's header and then of its pixels.
    header: Vec<u8>,
    pixels: Option<Vec<u8>>,
    tiles_done: usize,
    is_damaged: bool,
}

impl Mosaic {
    pub(super) fn new(coded: &CodedPicture) -> Self {
        let &CodedPicture { columns, rows, width, height, tile_size, .. } = coded;
        Self {
            columns,
            rows,
            width,
            height,
            whole: Vec::new(),
            tile_size,
            header: Vec::new(),
            pixels: None,
            tiles_done: 0,
            is_damaged: false,
        }
    }

    /// Takes the next bytes. Never breaks off: what comes after a fault is passed over.
    pub(super) fn add(&mut self, mut bytes: &[u8]) -> ControlFlow<ProgramError> {
        while !bytes.is_empty() && !self.is_damaged && self.tiles_done < self.columns * self.rows {
            bytes = match &mut self.pixels {
                None => self.add_to_header(bytes),
                Some(pixels) => {
                    let missing = self.tile_size.0 * self.tile_size.1 * 3 - pixels.len();
                    let (taken, rest) = bytes.split_at(missing.min(bytes.len()));
                    pixels.extend_from_slice(taken);
                    if taken.len() == missing {
                        self.lay();
                    }
                    rest
                }
            };
        }
        ControlFlow::Continue(())
    }

    /// Takes bytes up to the end of the header (`P6\n64 48\n255\n`), which says how many pixels follow.
    fn add_to_header<'bytes>(&mut self, bytes: &'bytes [u8]) -> &'bytes [u8] {
        const LONGEST: usize = 32;
        for (at, byte) in bytes.iter().enumerate() {
            self.header.push(*byte);
            if self.header.split(|byte| *byte == b'\n').count() == 4 {
                self.begin_tile();
                return &bytes[at + 1..];
            }
            if self.header.len() > LONGEST {
                self.is_damaged = true;
                break;
            }
        }
        &[]
    }

    fn begin_tile(&mut self) {
        let size = tile_size(&self.header);
        self.header.clear();
        if size == Some(self.tile_size) {
            self.pixels = Some(Vec::with_capacity(self.tile_size.0 * self.tile_size.1 * 3));
        } else {
            self.is_damaged = true;
        }
    }

    fn lay(&mut self) {
        let (tile_width, tile_height) = self.tile_size;
        let Some(pixels) = self.pixels.take() else { return };
        let tile = self.tiles_done;
        self.tiles_done += 1;
        if self.columns * self.rows == 1 {
            self.whole = pixels;
            return;
        }
        self.whole.resize(self.width * self.height * 3, 0);
        let (left, top) = (tile % self.columns * tile_width, tile / self.columns * tile_height);
        let shown = tile_width.min(self.width.saturating_sub(left)) * 3;
        let lines = pixels.chunks_exact(tile_width * 3).take(self.height.saturating_sub(top));
        for (row, line) in lines.enumerate() {
            let at = ((top + row) * self.width + left) * 3;
            if let Some(place) = self.whole.get_mut(at..at + shown) {
                place.copy_from_slice(&line[..shown]);
            }
        }
    }

    /// The whole picture.
    pub(super) fn finish(self) -> Result<image::RgbImage, MediaError> {
        let is_whole = self.tiles_done == self.columns * self.rows;
        let size = (self.width as u32, self.height as u32);
        image::RgbImage::from_raw(size.0, size.1, self.whole)
            .filter(|_| is_whole)
            .ok_or_else(|| MediaError::malformed("a part of the picture could not be decoded"))
    }
}

fn tile_size(header: &[u8]) -> Option<(usize, usize)> {
    let (width, height) =
        std::str::from_utf8(header).ok()?.strip_prefix("P6\n")?.strip_suffix("\n255\n")?.split_once(' ')?;
    let (width, height) = (width.parse().ok()?, height.parse().ok()?);
    (width > 0 && height > 0).then_some((width, height))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heif::Codec;

    fn coded(columns: usize, rows: usize, width: usize, height: usize) -> CodedPicture {
        CodedPicture {
            codec: Codec::Hevc,
            stream: vec![],
            columns,
            rows,
            width,
            height,
            tile_size: (2, 2),
            matrix: None,
        }
    }

    /// A tile of 2x2 pixels of one colour.
    fn tile(value: u8) -> Vec<u8> {
        [&b"P6\n2 2\n255\n"[..], &[value; 12]].concat()
    }

    #[test]
    fn tiles_are_laid_out_row_by_row_however_the_bytes_are_cut() {
        let stream: Vec<u8> = (1..=4).flat_map(tile).collect();
        for piece in [1, 7, 1000] {
            let mut mosaic = Mosaic::new(&coded(2, 2, 3, 4));
            for bytes in stream.chunks(piece) {
                let _ = mosaic.add(bytes);
            }
            let whole = mosaic.finish().unwrap();
            let values: Vec<u8> = whole.pixels().map(|pixel| pixel.0[0]).collect();
            assert_eq!(values, [1, 1, 2, 1, 1, 2, 3, 3, 4, 3, 3, 4]);
        }
    }

    #[test]
    fn missing_tiles_and_tiles_of_other_sizes_are_malformed() {
        for stream in [tile(1), [tile(1), b"P6\n4 2\n255\n".to_vec(), vec![0; 24]].concat(), vec![b'x'; 100]]
        {
            let mut mosaic = Mosaic::new(&coded(2, 1, 4, 2));
            let _ = mosaic.add(&stream);
            assert!(matches!(mosaic.finish(), Err(MediaError::Malformed { .. })));
        }
    }
}
