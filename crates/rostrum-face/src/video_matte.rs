//! Mattes of the frames of a video, which must not flicker.
//!
//! The segmentation says something a little different of every frame, even of a scene in which nothing moves. So the matte of
//! a frame is mixed from the one before and what is seen now: mostly the old one where the picture stands still, only the new
//! one where it moves.

use rostrum_model::picture::RgbImage;

use crate::matte::{Matte, Matting, luma};
use crate::plane::Plane;
use crate::{FaceError, Landmarks};

/// Mattes of frames have at most this many pixels, a fifth of the time of large pictures: between their pixels shares are
/// interpolated.
const MAX_PIXELS: usize = 400_000;
/// Share of what is seen now where nothing moves: changes take about 4 frames.
const STILL_SHARE: f32 = 0.25;
/// Radius within which brightness is averaged before it is compared, so that noise does not count as movement, and within
/// which movement is taken for that of its surroundings; in pixels of the matte.
const NOISE_RADIUS: usize = 2;
const MOTION_RADIUS: usize = 3;
/// Changes of the brightness, 0..=1, below the first are noise; from the second on only what is seen now counts.
const CHANGE: [f32; 2] = [0.010, 0.035];
/// A mean change of the brightness above this is another scene.
const CUT: f32 = 0.12;

/// Mattes of successive frames. Keeps two planes of at most 400,000 pixels between them.
#[derive(Debug)]
pub struct VideoMatting<'a> {
    matting: &'a Matting,
    before: Option<Before>,
}

/// What is remembered of the frames so far.
#[derive(Debug)]
struct Before {
    picture: [usize; 2],
    shares: Plane,
    /// Brightness, mixed like the shares: slow movements add up in its difference to the present frame.
    luma: Plane,
}

impl<'a> VideoMatting<'a> {
    /// Before the first frame.
    pub fn new(matting: &'a Matting) -> Self {
        Self { matting, before: None }
    }

    /// The matte of the next frame, in order; with a face, its head is looked at once more. The first frame, the first after a
    /// cut, and the first of another size have the matte of a still picture.
    ///
    /// # Errors
    /// When the frame is malformed.
    pub fn matte(&mut self, frame: &RgbImage, face: Option<&Landmarks>) -> Result<Matte, FaceError> {
        let seen = self.matting.matte_within(frame, face, MAX_PIXELS)?;
        let luma = luma(frame, seen.shares.width, seen.shares.height);
        let before = self.before.take().filter(|before| before.picture == seen.picture);
        let (shares, luma) = match before.and_then(|before| mixed(&before, &seen.shares, &luma)) {
            Some(mixed) => mixed,
            None => (seen.shares, luma),
        };
        let matte = Matte { shares: shares.clone(), picture: seen.picture };
        self.before = Some(Before { picture: seen.picture, shares, luma });
        Ok(matte)
    }
}

/// The shares and the brightness to go on with; `None` after a cut.
fn mixed(before: &Before, shares: &Plane, luma: &Plane) -> Option<(Plane, Plane)> {
    let change = luma.zip(&before.luma, |now, before| now - before);
    let mut motion = change.blurred(NOISE_RADIUS);
    motion.values.iter_mut().for_each(|change| *change = change.abs());
    if motion.values.iter().sum::<f32>() > CUT * motion.values.len() as f32 {
        return None;
    }
    let mut weights = motion.blurred(MOTION_RADIUS);
    for weight in &mut weights.values {
        let t = ((*weight - CHANGE[0]) / (CHANGE[1] - CHANGE[0])).clamp(0.0, 1.0);
        *weight = STILL_SHARE + (1.0 - STILL_SHARE) * t * t * (3.0 - 2.0 * t);
    }
    let towards = |now: &Plane, before: &Plane| {
        let step = now.zip(before, |now, before| now - before).zip(&weights, |step, weight| step * weight);
        before.zip(&step, |before, step| before + step)
    };
    Some((towards(shares, &before.shares), towards(luma, &before.luma)))
}
