//! How good a usable portrait is: what can be animated and yet will not look its best.

use std::fmt;

use rostrum_model::picture::RgbImage;

use crate::crop::{SquareCrop, Window};
use crate::landmarks::{LEFT_EYE_OUTER_CORNER, RIGHT_EYE_OUTER_CORNER};
use crate::models::check;
use crate::occlusion::Covered;
use crate::{FaceError, Landmarks};

/// Faces are judged at this many pixels a side, whatever their own size.
const SIDE: usize = 128;
/// Side of the judged square against the face: inside the outline, so that hair and background do not count.
const SCALE: f32 = 0.8;
/// The surroundings are judged at this many pixels a side.
const SURROUNDINGS_SIDE: usize = 64;
/// Faces and what is this much around them are not their surroundings.
const FACE_MARGIN: f32 = 1.5;
/// Luma of highlights to which sharpness is brought: twice the light shows the same edges with twice the contrast.
const EVEN_HIGHLIGHT: f32 = 200.0;
/// Luma from which a pixel is burnt out.
const BURNT: f32 = 250.0;

/// What was measured of a portrait. Luma is 0..=255.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PortraitQuality {
    /// [`Landmarks::eye_distance`].
    pub eye_distance_px: f32,
    /// [`Landmarks::yaw_degrees`].
    pub yaw_degrees: f32,
    /// [`Landmarks::score`].
    pub score: f32,
    /// Variance of the Laplacian of the face's luma, the face scaled to a fixed size and the light to a fixed brightness.
    pub sharpness: f32,
    /// Luma that a twentieth of the face exceeds. Highlights show how much light there is on skin of any colour; the mean
    /// would not.
    pub highlight: f32,
    /// Share of the face that is burnt out.
    pub burnt_share: f32,
    /// Mean luma around the face; that of the face when it fills the picture.
    pub surroundings: f32,
    /// Share of what is looked at around the mouth that does not look like the face's skin.
    pub mouth_covered: f32,
    /// The same around the eyes.
    pub eyes_covered: f32,
    /// Distance between the lips' inner edges against the eye distance.
    pub mouth_open: f32,
}

/// Something about a portrait that will be seen in its videos: what was measured, the limit, and what to do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PortraitWarning {
    /// Few pixels, so that large videos are soft.
    Small(f32),
    /// Turned to one side.
    Turned(f32),
    /// Out of focus, or enlarged from a smaller picture.
    Blurred(f32),
    /// Too little light.
    Dark(f32),
    /// So much light that skin became white.
    Burnt(f32),
    /// The light comes from behind: brightness of the face's highlights, and of what is around it.
    Backlit(f32, f32),
    /// Something is before the mouth, or a dark beard around it, that will move with the lips.
    MouthCovered(f32),
    /// Something is before the eyes.
    EyesCovered(f32),
    /// The mouth is wide open, and must close further than a picture bends.
    MouthOpen(f32),
}

const SMALL_BELOW_PX: f32 = 90.0;
const TURNED_ABOVE_DEGREES: f32 = 20.0;
/// The fixtures have 100 and more; blurred by a sixtieth of the eye distance they have 30 and less, which is seen at 1080
/// pixels.
const BLURRED_BELOW: f32 = 40.0;
const DARK_BELOW: f32 = 70.0;
const BURNT_ABOVE: f32 = 0.2;
const MOUTH_COVERED_ABOVE: f32 = 0.4;
/// Rims of glasses cross up to a third.
const EYES_COVERED_ABOVE: f32 = 0.6;
/// Broad smiles reach 0.2. Beyond, cheeks laugh, which does not go with lips that close.
const MOUTH_OPEN_ABOVE: f32 = 0.25;
const BACKLIT_BELOW: f32 = 110.0;
const BACKLIT_SURROUNDINGS_ABOVE: f32 = 180.0;

impl fmt::Display for PortraitWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Small(px) => write!(
                f,
                "the face is small: {px:.0} px between the outer eye corners, {SMALL_BELOW_PX:.0} px or more look sharp; \
                 a larger or closer portrait is better"
            ),
            Self::Turned(degrees) => write!(
                f,
                "the head is turned away by {:.0} degrees, up to {TURNED_ABOVE_DEGREES:.0} degrees look natural; a \
                 portrait that faces the camera is better",
                degrees.abs()
            ),
            Self::Blurred(sharpness) => write!(
                f,
                "the face is blurred: sharpness {sharpness:.0}, {BLURRED_BELOW:.0} or more looks sharp; a portrait in \
                 focus, not enlarged from a smaller one, is better"
            ),
            Self::Dark(highlight) => write!(
                f,
                "the face is dark: its highlights have brightness {highlight:.0} of 255, {DARK_BELOW:.0} or more is \
                 needed for teeth to look natural; a portrait in more light is better"
            ),
            Self::Burnt(share) => write!(
                f,
                "the face is overexposed: {:.0} % of it is white, up to {:.0} % looks natural; a portrait in softer \
                 light is better",
                share * 100.0,
                BURNT_ABOVE * 100.0
            ),
            Self::Backlit(highlight, surroundings) => write!(
                f,
                "the light comes from behind: the face's highlights have brightness {highlight:.0} of 255 and what is \
                 around it {surroundings:.0}; a portrait with light on the face is better"
            ),
            Self::MouthCovered(share) => write!(
                f,
                "something covers the mouth, or a dark beard surrounds it: {:.0} % of what is around it does not look \
                 like skin, up to {:.0} % looks natural, for all of it moves with the lips; a portrait with nothing \
                 before the face is better",
                share * 100.0,
                MOUTH_COVERED_ABOVE * 100.0
            ),
            Self::EyesCovered(share) => write!(
                f,
                "something covers the eyes: {:.0} % of what is around them does not look like skin, up to {:.0} % looks \
                 natural, for blinks are drawn there; a portrait without dark glasses is better",
                share * 100.0,
                EYES_COVERED_ABOVE * 100.0
            ),
            Self::MouthOpen(share) => write!(
                f,
                "the mouth is wide open: the lips are apart by {:.0} % of the eyes' distance, up to {:.0} % looks \
                 natural, for they close between words; a portrait with a smile or closed lips is better",
                share * 100.0,
                MOUTH_OPEN_ABOVE * 100.0
            ),
        }
    }
}

impl PortraitQuality {
    /// Measures a portrait that has a face.
    ///
    /// # Errors
    /// When the picture is malformed.
    pub fn measure(image: &RgbImage, face: &Landmarks) -> Result<Self, FaceError> {
        check(image)?;
        let eye = |index: usize| [face.points[index][0], face.points[index][1]];
        let crop = |scale: f32| {
            let eyes = [LEFT_EYE_OUTER_CORNER, RIGHT_EYE_OUTER_CORNER].map(eye);
            SquareCrop::around_points(face.points.iter(), eyes[0], eyes[1], scale)
        };
        let mut luma = luma(&crop(SCALE).sample(image, SIDE, [0.0, 255.0]));
        let sharpness = laplacian_variance(&luma, SIDE);
        let burnt = luma.iter().filter(|&&value| value >= BURNT).count();
        let mean = luma.iter().sum::<f32>() / luma.len() as f32;
        luma.sort_by(f32::total_cmp);
        let highlight = luma[luma.len() * 19 / 20];
        let covered = Covered::measure(image, face);
        let exposure = EVEN_HIGHLIGHT / highlight.max(1.0);
        Ok(Self {
            eye_distance_px: face.eye_distance(),
            yaw_degrees: face.yaw_degrees(),
            score: face.score,
            sharpness: sharpness * exposure * exposure,
            highlight,
            burnt_share: burnt as f32 / luma.len() as f32,
            surroundings: surroundings(image, crop(FACE_MARGIN)).unwrap_or(mean),
            mouth_covered: covered.mouth,
            eyes_covered: covered.eyes,
            mouth_open: face.mouth_opening(),
        })
    }

    /// What will be seen in videos; nothing for a good portrait.
    pub fn warnings(&self) -> Vec<PortraitWarning> {
        let is_small = self.eye_distance_px < SMALL_BELOW_PX;
        let is_dark = self.highlight < DARK_BELOW;
        let is_backlit = self.highlight < BACKLIT_BELOW && self.surroundings > BACKLIT_SURROUNDINGS_ABOVE;
        let all = [
            (is_small, PortraitWarning::Small(self.eye_distance_px)),
            (self.yaw_degrees.abs() > TURNED_ABOVE_DEGREES, PortraitWarning::Turned(self.yaw_degrees)),
            // The face is judged at a size that small ones do not have.
            (self.sharpness < BLURRED_BELOW && !is_small, PortraitWarning::Blurred(self.sharpness)),
            (is_dark && !is_backlit, PortraitWarning::Dark(self.highlight)),
            (self.burnt_share > BURNT_ABOVE, PortraitWarning::Burnt(self.burnt_share)),
            (is_backlit, PortraitWarning::Backlit(self.highlight, self.surroundings)),
            (self.mouth_covered > MOUTH_COVERED_ABOVE, PortraitWarning::MouthCovered(self.mouth_covered)),
            (self.eyes_covered > EYES_COVERED_ABOVE, PortraitWarning::EyesCovered(self.eyes_covered)),
            (self.mouth_open > MOUTH_OPEN_ABOVE, PortraitWarning::MouthOpen(self.mouth_open)),
        ];
        all.into_iter().filter(|(is_so, _)| *is_so).map(|(_, warning)| warning).collect()
    }
}

fn luma(rgb: &[f32]) -> Vec<f32> {
    rgb.as_chunks::<3>().0.iter().map(|[red, green, blue]| 0.30 * red + 0.59 * green + 0.11 * blue).collect()
}

fn laplacian_variance(luma: &[f32], side: usize) -> f32 {
    let mut values = Vec::with_capacity(luma.len());
    for y in 1..side - 1 {
        for x in 1..side - 1 {
            let i = y * side + x;
            values.push(luma[i - 1] + luma[i + 1] + luma[i - side] + luma[i + side] - 4.0 * luma[i]);
        }
    }
    let mean = values.iter().sum::<f32>() / values.len() as f32;
    values.iter().map(|value| (value - mean) * (value - mean)).sum::<f32>() / values.len() as f32
}

/// Mean luma of the picture outside an upright square around the face; `None` when next to nothing is outside.
fn surroundings(image: &RgbImage, face: SquareCrop) -> Option<f32> {
    let luma = luma(&Window::whole(image).sample(image, SURROUNDINGS_SIDE));
    let (mut sum, mut count) = (0.0, 0);
    for (i, value) in luma.iter().enumerate() {
        let place = |i: usize, length: usize| (i as f32 + 0.5) / SURROUNDINGS_SIDE as f32 * length as f32;
        let x = place(i % SURROUNDINGS_SIDE, image.width) - face.center[0];
        let y = place(i / SURROUNDINGS_SIDE, image.height) - face.center[1];
        if x.abs().max(y.abs()) > face.side / 2.0 {
            sum += value * 255.0;
            count += 1;
        }
    }
    (count * 20 > luma.len()).then(|| sum / count as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lips that are apart by this share of the eye distance, in a picture of one colour.
    fn warnings(opening: f32) -> Vec<PortraitWarning> {
        let mut points = vec![[60.0, 60.0, 0.0]; crate::LANDMARK_COUNT];
        points[LEFT_EYE_OUTER_CORNER] = [10.0, 40.0, 0.0];
        points[RIGHT_EYE_OUTER_CORNER] = [110.0, 40.0, 0.0];
        points[14] = [60.0, 60.0 + 100.0 * opening, 0.0];
        let face = Landmarks { points, score: 1.0 };
        let image = RgbImage::filled(120, 120, [180, 140, 120]);
        PortraitQuality::measure(&image, &face).unwrap().warnings()
    }

    #[test]
    fn laughter_is_warned_of_and_a_broad_smile_is_not() {
        let is_told = |opening: f32| {
            warnings(opening).iter().any(|warning| matches!(warning, PortraitWarning::MouthOpen(_)))
        };
        assert!(is_told(0.30) && !is_told(0.20));
        let told = PortraitWarning::MouthOpen(0.304).to_string();
        assert!(told.contains("30 %") && told.contains("25 %"), "{told}");
    }
}
