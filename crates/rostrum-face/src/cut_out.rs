//! The person of a frame alone, fast enough to be done for every frame of a video.

use rostrum_model::picture::{Rect, RgbImage};

use crate::FaceError;
use crate::matte::Matte;
use crate::plane::Plane;

/// The colours of person and background around an outline are looked for among so many pixels of the frame: they change
/// slowly, and are averaged anyway.
const MAX_SAMPLES: usize = 100_000;
/// Radius against the picture's height within which they are looked for.
const COLOUR_RADIUS: f32 = 0.02;
/// Shares beyond these count as none and all.
const CERTAIN: [f32; 2] = [0.004, 0.996];

impl Matte {
    /// The person in a part of the picture this matte was made from: its colours multiplied by its share into `out`, the
    /// share, 0..=255, into `opacity`. Both have the size of `area`. Where hair or an outline mixes both colours, the
    /// person's own is estimated, so that none of the old background comes along.
    ///
    /// # Errors
    /// When the picture has another size, or the part is not inside it or not that of the outputs.
    pub fn cut_out(
        &self,
        image: &RgbImage,
        area: Rect,
        out: &mut RgbImage,
        opacity: &mut [u8],
    ) -> Result<(), FaceError> {
        let is_inside = area.x + area.width <= image.width && area.y + area.height <= image.height;
        let fits =
            (out.width, out.height, opacity.len()) == (area.width, area.height, area.width * area.height);
        if self.picture != [image.width, image.height] || !is_inside || !fits {
            let (width, height) = (image.width, image.height);
            return Err(FaceError::Picture { width, height, bytes: image.pixels.len() });
        }
        let colours = Colours::around(self, image);
        let columns: Vec<Between> =
            (area.x..area.x + area.width).map(|x| Between::new(x, image.width, self.shares.width)).collect();
        for row in 0..area.height {
            let y = area.y + row;
            let rows = Between::new(y, image.height, self.shares.height);
            let upper = &self.shares.values[rows.first * self.shares.width..][..self.shares.width];
            let lower = &self.shares.values[rows.second * self.shares.width..][..self.shares.width];
            let from = (y * image.width + area.x) * 3;
            let given = image.pixels[from..from + area.width * 3].chunks_exact(3);
            let to = row * area.width;
            let into = out.pixels[to * 3..(to + area.width) * 3].chunks_exact_mut(3);
            let shares = opacity[to..to + area.width].iter_mut();
            for ((((place, given), into), opacity), x) in
                columns.iter().zip(given).zip(into).zip(shares).zip(area.x..)
            {
                let share = rows.mix(place.of(upper), place.of(lower));
                if share <= CERTAIN[0] {
                    into.fill(0);
                    *opacity = 0;
                } else if share >= CERTAIN[1] {
                    into.copy_from_slice(given);
                    *opacity = 255;
                } else {
                    *opacity = (share * 255.0).round() as u8;
                    let [near, behind] = colours.at(x, y, image);
                    for channel in 0..3 {
                        let given = f32::from(given[channel]);
                        // One level of blur fusion (Forte, "Approximate Fast Foreground Colour Estimation", 2021).
                        let (near, behind) = (near[channel], behind[channel]);
                        let own = near + share * (given - share * near - (1.0 - share) * behind);
                        into[channel] = (share * own.clamp(0.0, 255.0)).round() as u8;
                    }
                }
            }
        }
        Ok(())
    }
}

/// A place between two rows or columns of the matte.
#[derive(Clone, Copy)]
struct Between {
    first: usize,
    second: usize,
    share: f32,
}

impl Between {
    /// Of the middle of a pixel of the picture.
    fn new(place: usize, picture: usize, matte: usize) -> Self {
        let place = (place as f32 + 0.5) * matte as f32 / picture as f32;
        let place = (place - 0.5).clamp(0.0, (matte - 1) as f32);
        let first = place as usize;
        Self { first, second: (first + 1).min(matte - 1), share: place - first as f32 }
    }

    fn mix(self, first: f32, second: f32) -> f32 {
        first + (second - first) * self.share
    }

    fn of(self, values: &[f32]) -> f32 {
        self.mix(values[self.first], values[self.second])
    }
}

/// What colours person and background have around each place.
struct Colours {
    near: [Plane; 3],
    behind: [Plane; 3],
}

impl Colours {
    fn around(matte: &Matte, image: &RgbImage) -> Self {
        let scale = (MAX_SAMPLES as f32 / (image.width * image.height) as f32).sqrt().min(1.0);
        let side = |length: usize| ((length as f32 * scale) as usize).max(1);
        let (width, height) = (side(image.width), side(image.height));
        let middle = |i: usize, length: usize, all: usize| (2 * i + 1) * all / (2 * length);
        let at = |x: usize, y: usize| [middle(x, width, image.width), middle(y, height, image.height)];
        let shares = Plane::from_fn(width, height, |x, y| {
            let [x, y] = at(x, y);
            matte.share_at(x as f32 + 0.5, y as f32 + 0.5)
        });
        let others = Plane { values: shares.values.iter().map(|share| 1.0 - share).collect(), ..shares };
        let radius = ((height as f32 * COLOUR_RADIUS) as usize).max(1);
        let (weight_near, weight_behind) = (shares.blurred(radius), others.blurred(radius));
        let mean = |channel: usize, weights: &Plane, sums: &Plane| {
            let weighted = Plane::from_fn(width, height, |x, y| {
                let [column, row] = at(x, y);
                f32::from(image.at(column, row)[channel]) * weights.values[y * width + x]
            });
            weighted.blurred(radius).zip(sums, |value, sum| value / (sum + 1e-5))
        };
        Self {
            near: [0, 1, 2].map(|channel| mean(channel, &shares, &weight_near)),
            behind: [0, 1, 2].map(|channel| mean(channel, &others, &weight_behind)),
        }
    }

    /// Of the person and of the background at a pixel of the picture.
    fn at(&self, x: usize, y: usize, image: &RgbImage) -> [[f32; 3]; 2] {
        [&self.near, &self.behind].map(|planes| {
            let across = planes[0].width as f32 / image.width as f32;
            let down = planes[0].height as f32 / image.height as f32;
            [0, 1, 2].map(|channel| planes[channel].at((x as f32 + 0.5) * across, (y as f32 + 0.5) * down))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A white person on the left half of a red picture, half and half in the column between them.
    fn halves() -> (Matte, RgbImage) {
        let mut image = RgbImage::filled(9, 6, [200, 0, 0]);
        let mut shares = Plane::from_fn(9, 6, |x, _| if x < 4 { 1.0 } else { 0.0 });
        for y in 0..6 {
            for x in 0..4 {
                image.pixels[(y * 9 + x) * 3..][..3].copy_from_slice(&[240; 3]);
            }
            shares.values[y * 9 + 4] = 0.5;
            image.pixels[(y * 9 + 4) * 3..][..3].copy_from_slice(&[220, 120, 120]);
        }
        (Matte { shares, picture: [9, 6] }, image)
    }

    #[test]
    fn an_outline_keeps_the_colour_of_the_person_alone() {
        let (matte, image) = halves();
        let area = Rect { x: 2, y: 1, width: 5, height: 3 };
        let (mut out, mut opacity) = (RgbImage::filled(5, 3, [9; 3]), vec![9; 15]);
        matte.cut_out(&image, area, &mut out, &mut opacity).unwrap();
        assert_eq!(opacity[5..10], [255, 255, 128, 0, 0]);
        assert_eq!((out.at(0, 1), out.at(3, 1), out.at(4, 2)), ([240; 3], [0; 3], [0; 3]));
        // Half of 240, where half of what was given is 110, 60, 60. On so small a picture the colours around the outline
        // are those of the outline itself, too: a third of what is wrong stays.
        let furthest = out.at(2, 1).iter().map(|part| part.abs_diff(120)).max();
        assert!(furthest <= Some(20), "{:?}", out.at(2, 1));
    }

    #[test]
    fn parts_beside_the_picture_and_outputs_of_another_size_are_refused() {
        let (matte, image) = halves();
        let area = Rect { x: 6, y: 0, width: 4, height: 6 };
        let (mut out, mut opacity) = (RgbImage::filled(4, 6, [0; 3]), vec![0; 24]);
        assert!(matte.cut_out(&image, area, &mut out, &mut opacity).is_err());
        let area = Rect { x: 0, y: 0, width: 3, height: 6 };
        assert!(matte.cut_out(&image, area, &mut out, &mut opacity).is_err());
        assert!(matte.cut_out(&out.clone(), area, &mut out, &mut opacity).is_err());
    }
}
