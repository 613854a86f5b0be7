//! Sheets of pictures that were looked at and found good, in `tests/golden`.

use std::path::Path;

use rostrum_model::picture::RgbImage;

/// How far a tile may be from the one that was looked at, in grey levels: processors round differently.
const MEAN: f64 = 0.5;
const LARGEST: u8 = 48;

/// Compares tiles of one size with those of a sheet. Where they differ the sheet as it is drawn now is written beside it, as
/// `drawn-...`: look at it, and let it take the other's place when it is as it should be.
pub(crate) fn assert_as_looked_at(sheet: &str, columns: usize, tiles: &[(String, RgbImage)]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let golden = image::open(folder.join(sheet));
    let golden = golden.map(|golden| golden.to_rgb8()).unwrap_or_default();
    let (width, height) = (tiles[0].1.width, tiles[0].1.height);
    let place = |i: usize| (i % columns * width, i / columns * height);
    let mut faults = Vec::new();
    for (i, (name, tile)) in tiles.iter().enumerate() {
        let (left, top) = place(i);
        let (mut largest, mut sum) = (0, 0u64);
        for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
            let looked_at = golden.get_pixel_checked((left + x) as u32, (top + y) as u32);
            let Some(looked_at) = looked_at else {
                largest = u8::MAX;
                break;
            };
            for (now, then) in tile.at(x, y).into_iter().zip(looked_at.0) {
                largest = largest.max(now.abs_diff(then));
                sum += u64::from(now.abs_diff(then));
            }
        }
        let mean = sum as f64 / (width * height * 3) as f64;
        if mean >= MEAN || largest >= LARGEST {
            faults.push(format!("{name}: {mean:.2} on average, {largest} at most"));
        }
    }
    if faults.is_empty() {
        return;
    }
    let rows = tiles.len().div_ceil(columns);
    let mut drawn = image::RgbImage::new((columns * width) as u32, (rows * height) as u32);
    for (i, (_, tile)) in tiles.iter().enumerate() {
        let (left, top) = place(i);
        let tile = image::RgbImage::from_raw(width as u32, height as u32, tile.pixels.clone()).unwrap();
        image::imageops::replace(&mut drawn, &tile, left as i64, top as i64);
    }
    let path = folder.join(format!("drawn-{sheet}"));
    drawn.save(&path).unwrap();
    panic!("not as when it was looked at; as drawn now: {}\n{}", path.display(), faults.join("\n"));
}
