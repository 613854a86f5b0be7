//! Whether a film by another engine may be shown. A finished video in which nobody is seen, or somebody stands still while
//! they are heard, is refused when it is published; a film that would bring that about has to be refused before.

use rostrum_model::picture::RgbImage;
use rostrum_model::speech::PhonemeSpan;
use rostrum_model::video::FRAMES_PER_SECOND;

/// Pictures are looked at through a grid of so many points a side, each the mean of its part.
const GRID: usize = 48;
/// The brightest and the darkest point lie at least so far apart (0..=255).
const LEAST_CONTRAST: u8 = 8;
/// Something moved when a point is at least so much brighter or darker than when it was last seen to move.
const MOVEMENT: u8 = 4;
/// The longest time somebody may be heard while nothing moves, in frames.
const MOST_STILL: usize = 2 * FRAMES_PER_SECOND as usize;

/// What is wrong with what a film shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NothingToSee {
    #[error("frame {0} is of one colour")]
    Blank(usize),
    #[error("nothing moves up to frame {0} though somebody is heard")]
    Still(usize),
}

/// Looks at the frames of a film, one after the other.
pub(super) struct FilmCheck<'p> {
    phonemes: &'p [PhonemeSpan],
    frame: usize,
    /// The picture when something was last seen to move.
    moved: Vec<u8>,
    /// Frames since then in which somebody is heard.
    still: usize,
}

impl<'p> FilmCheck<'p> {
    pub(super) fn new(phonemes: &'p [PhonemeSpan]) -> Self {
        Self { phonemes, frame: 0, moved: Vec::new(), still: 0 }
    }

    /// Looks at the next frame.
    pub(super) fn look(&mut self, picture: &RgbImage) -> Result<(), NothingToSee> {
        let seen = grid(picture);
        let (darkest, brightest) = (seen.iter().min(), seen.iter().max());
        if darkest.zip(brightest).is_none_or(|(dark, bright)| bright - dark < LEAST_CONTRAST) {
            return Err(NothingToSee::Blank(self.frame));
        }
        let is_new = self.moved.is_empty();
        if is_new || seen.iter().zip(&self.moved).any(|(a, b)| a.abs_diff(*b) >= MOVEMENT) {
            self.moved = seen;
            self.still = 0;
        } else if self.is_heard() {
            self.still += 1;
        }
        if self.still > MOST_STILL {
            return Err(NothingToSee::Still(self.frame));
        }
        self.frame += 1;
        Ok(())
    }

    fn is_heard(&self) -> bool {
        let at_s = self.frame as f64 / f64::from(FRAMES_PER_SECOND);
        let spans = self.phonemes.iter().filter(|span| span.start_s <= at_s && at_s < span.end_s);
        spans.into_iter().any(|span| !span.symbol.is_empty())
    }
}

/// The mean brightness of the parts of a picture.
fn grid(picture: &RgbImage) -> Vec<u8> {
    let mut sums = vec![(0u32, 0u32); GRID * GRID];
    for (y, row) in picture.pixels.chunks_exact(picture.width * 3).enumerate() {
        let first = y * GRID / picture.height * GRID;
        for (x, pixel) in row.as_chunks::<3>().0.iter().enumerate() {
            let (sum, count) = &mut sums[first + x * GRID / picture.width];
            // About BT.709's luma, in eighths.
            *sum += (u32::from(pixel[0]) * 2 + u32::from(pixel[1]) * 5 + u32::from(pixel[2])) / 8;
            *count += 1;
        }
    }
    // Of pictures smaller than the grid some parts are empty.
    sums.into_iter().filter(|(_, count)| *count > 0).map(|(sum, count)| (sum / count) as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(bright: usize) -> RgbImage {
        let mut picture = RgbImage::filled(96, 64, [40, 60, 200]);
        for pixel in picture.pixels.as_chunks_mut::<3>().0.iter_mut().take(bright * 96) {
            *pixel = [240; 3];
        }
        picture
    }

    fn heard(symbol: &str) -> Vec<PhonemeSpan> {
        vec![PhonemeSpan { symbol: symbol.to_owned(), start_s: 0.0, end_s: 60.0, stressed: false }]
    }

    fn judge(symbol: &str, frames: impl Iterator<Item = usize>) -> Result<(), NothingToSee> {
        let phonemes = heard(symbol);
        let mut check = FilmCheck::new(&phonemes);
        frames.into_iter().try_for_each(|bright| check.look(&picture(bright)))
    }

    #[test]
    fn films_in_which_somebody_moves_are_shown() {
        assert_eq!(judge("a", (0..250).map(|frame| 8 + frame / 40)), Ok(()));
    }

    #[test]
    fn one_colour_is_nobody() {
        assert_eq!(judge("a", [9, 9, 0].into_iter()), Err(NothingToSee::Blank(2)));
    }

    #[test]
    fn standing_still_is_for_pauses() {
        let still = MOST_STILL + 1;
        assert_eq!(judge("a", std::iter::repeat_n(9, 250)), Err(NothingToSee::Still(still)));
        assert_eq!(judge("", std::iter::repeat_n(9, 250)), Ok(()));
    }
}
