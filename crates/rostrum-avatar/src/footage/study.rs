//! What is to be known of the frames' pixels before the first one is drawn.

use rostrum_face::Landmarks;
use rostrum_model::picture::RgbImage;

use crate::photo::geometry::FaceGeometry;
use crate::photo::kept_teeth::{KeptTeeth, TeethSeen, colour_at};
use crate::photo::look::FaceColours;
use crate::photo::topology::VERTEX_COUNT;

/// Area of teeth in S² that a frame must show for them to be used, and the one beyond which more is no better.
const LEAST_TEETH: f32 = 0.005;
const ENOUGH_TEETH: f32 = 0.020;
/// The head turned by so many degrees counts as half.
const HALF_WORTH_DEGREES: f32 = 15.0;
/// Frames on each side over which the light is averaged (half a second at 25 frames per second).
const LIGHT_REACH: usize = 12;
/// Changes with the format.
const SIGNATURE: [u8; 4] = *b"RFS1";
/// Bytes of a frame: whether there is a face, seven colours of two bytes, the worth of its teeth.
const FRAME_BYTES: usize = 1 + 7 * 2 + 4;

/// Light and teeth of every frame of a piece of footage; 19 bytes a frame as [`FootageStudy::to_bytes`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FootageStudy {
    frames: Vec<Option<Seen>>,
}

/// What one frame shows.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Seen {
    colours: FaceColours,
    /// How good the frame is to take the teeth from; 0 not at all.
    teeth: f32,
}

/// These bytes are not a study of footage, or of another version. It must be made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the kept study of the footage is damaged or of another version")]
pub struct MalformedStudy;

impl FootageStudy {
    /// Adds the next frame, with the face that the tracker told for it.
    pub fn add(&mut self, frame: &RgbImage, face: Option<&Landmarks>) {
        let face = face.filter(|face| face.points.len() >= VERTEX_COUNT);
        self.frames.push(face.map(|face| Seen::of(frame, face)));
    }

    /// Number of frames.
    pub fn frame_count(&self) -> usize {
        self.frames.len()
    }

    /// The frame that shows the teeth best: which is to be handed to [`crate::FootageAvatar::prepare`]. `None` when teeth are
    /// nowhere seen well enough; they are painted then, in all frames.
    pub fn teeth_frame(&self) -> Option<usize> {
        let worth = |frame: &Option<Seen>| frame.map_or(0.0, |seen| seen.teeth);
        let best = self.frames.iter().map(worth).fold(0.0, f32::max);
        // The first of equals.
        self.frames.iter().position(|frame| best > 0.0 && worth(frame) == best)
    }

    /// The colours of the face around a frame, averaged so that light changes only slowly.
    pub(super) fn light_at(&self, frame: usize) -> FaceColours {
        let reach =
            |from: usize, to: usize| self.frames[from.min(to)..to.min(self.frames.len())].iter().flatten();
        let near = mean(reach(frame.saturating_sub(LIGHT_REACH), frame + LIGHT_REACH + 1));
        near.or_else(|| mean(self.frames.iter().flatten())).unwrap_or_default()
    }

    /// The study as bytes; the same study gives the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = SIGNATURE.to_vec();
        for frame in &self.frames {
            let kept = frame.unwrap_or(Seen { colours: FaceColours::default(), teeth: 0.0 });
            bytes.push(u8::from(frame.is_some()));
            bytes.extend(numbers(&kept.colours).iter().flat_map(|number| to_fixed(*number).to_le_bytes()));
            bytes.extend(kept.teeth.to_le_bytes());
        }
        bytes
    }

    /// The study that [`FootageStudy::to_bytes`] was asked for.
    ///
    /// # Errors
    /// When they are not such bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MalformedStudy> {
        let (signature, rest) = bytes.split_first_chunk().ok_or(MalformedStudy)?;
        let (frames, []) = rest.as_chunks::<FRAME_BYTES>() else { return Err(MalformedStudy) };
        if *signature != SIGNATURE {
            return Err(MalformedStudy);
        }
        Ok(Self { frames: frames.iter().map(Seen::from_bytes).collect() })
    }
}

impl Seen {
    fn of(frame: &RgbImage, landmarks: &Landmarks) -> Self {
        let face = FaceGeometry::without_relief(landmarks);
        let colours = FaceColours::of(&face.vertices, face.unit, |place| colour_at(frame, place));
        let TeethSeen { area, sharpness } = KeptTeeth::seen(frame, &face, &colours);
        let teeth = if area < LEAST_TEETH {
            0.0
        } else {
            let frontal = 1.0 / (1.0 + (landmarks.yaw_degrees() / HALF_WORTH_DEGREES).powi(2));
            (area / ENOUGH_TEETH).min(1.0) * (0.2 + sharpness) * frontal
        };
        // As they are kept, so that what was kept draws the same.
        let kept = numbers(&colours).map(|number| from_fixed(to_fixed(number)));
        Self { colours: colours_of(kept), teeth }
    }

    fn from_bytes(bytes: &[u8; FRAME_BYTES]) -> Option<Self> {
        let number = |k: usize| from_fixed(u16::from_le_bytes([bytes[1 + 2 * k], bytes[2 + 2 * k]]));
        let teeth = f32::from_le_bytes([bytes[15], bytes[16], bytes[17], bytes[18]]);
        let teeth = if teeth.is_finite() { teeth } else { 0.0 };
        (bytes[0] == 1).then(|| Self { colours: colours_of(std::array::from_fn(number)), teeth })
    }
}

fn numbers(colours: &FaceColours) -> [f32; 7] {
    let FaceColours { skin, bright, lip } = *colours;
    [skin[0], skin[1], skin[2], bright, lip[0], lip[1], lip[2]]
}

fn colours_of(numbers: [f32; 7]) -> FaceColours {
    let [r, g, b, bright, lip_r, lip_g, lip_b] = numbers;
    FaceColours { skin: [r, g, b], bright, lip: [lip_r, lip_g, lip_b] }
}

/// Colours are kept in 256ths.
fn to_fixed(number: f32) -> u16 {
    (number * 256.0).round().clamp(0.0, 65_535.0) as u16
}

fn from_fixed(fixed: u16) -> f32 {
    f32::from(fixed) / 256.0
}

fn mean<'a>(frames: impl Iterator<Item = &'a Seen>) -> Option<FaceColours> {
    let mut sum = [0.0; 7];
    let mut count = 0.0;
    for frame in frames {
        for (sum, number) in sum.iter_mut().zip(numbers(&frame.colours)) {
            *sum += number;
        }
        count += 1.0;
    }
    (count > 0.0).then(|| colours_of(sum.map(|sum| sum / count)))
}
