//! A track as bytes, so that it need not be made again.
//!
//! Landmarks are kept in 32nds of a pixel as differences to the frame before, most of which fit into one byte.

use super::FaceTrack;
use super::refusal::{Faults, Verdict};
use crate::{LANDMARK_COUNT, Landmarks};

/// Changes with the format.
const SIGNATURE: [u8; 4] = *b"RFT1";
/// Steps per pixel.
const STEPS: f32 = 32.0;
/// Places beyond this many steps are no places.
const MAX_STEPS: f32 = 1e7;

/// These bytes are not a face track, or not all of it, or one of another version. It must be made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the kept face track is damaged or of another version")]
pub struct MalformedTrack;

/// What [`FaceTrack::to_bytes`] keeps of a length.
fn rounded(length: f32) -> f32 {
    to_steps(length) as f32 / STEPS
}

fn to_steps(length: f32) -> i32 {
    (length * STEPS).round().clamp(-MAX_STEPS, MAX_STEPS) as i32
}

/// Rounds a face to what is kept, so that a track that was kept equals one that was just made.
pub(super) fn round(face: &mut Landmarks) {
    for length in face.points.iter_mut().flatten() {
        *length = rounded(*length);
    }
    face.score = (face.score.clamp(0.0, 1.0) * 255.0).round() / 255.0;
}

impl FaceTrack {
    /// The track as bytes; the same track gives the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = SIGNATURE.to_vec();
        for number in [self.size[0], self.size[1], self.faces.len()] {
            bytes.extend((number as u32).to_le_bytes());
        }
        bytes.extend(self.faults.counts.iter().flat_map(|count| count.to_le_bytes()));
        bytes.extend(self.faults.sums.iter().flat_map(|sum| sum.to_le_bytes()));
        let mut before = vec![0; LANDMARK_COUNT * 3];
        for face in &self.faces {
            let Some(face) = face else {
                bytes.push(0);
                continue;
            };
            bytes.extend([1, (face.score * 255.0).round() as u8]);
            for (length, before) in face.points.iter().flatten().zip(&mut before) {
                let steps = to_steps(*length);
                write_difference(&mut bytes, steps - *before);
                *before = steps;
            }
        }
        bytes
    }

    /// The track that [`FaceTrack::to_bytes`] was asked for.
    ///
    /// # Errors
    /// When they are not such bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MalformedTrack> {
        let mut rest = Rest(bytes);
        if rest.array()? != SIGNATURE {
            return Err(MalformedTrack);
        }
        let mut number = || Ok(u32::from_le_bytes(rest.array()?));
        let [width, height, count] = [number()?, number()?, number()?].map(|number| number as usize);
        let mut faults = Faults::default();
        for place in 0..Verdict::COUNT {
            faults.counts[place] = number()?;
        }
        for sum in &mut faults.sums {
            *sum = f32::from_le_bytes(rest.array()?);
        }
        // Every frame has at least one byte.
        if count > rest.0.len() {
            return Err(MalformedTrack);
        }
        let mut faces = Vec::with_capacity(count);
        let mut before = vec![0; LANDMARK_COUNT * 3];
        for _ in 0..count {
            faces.push(match rest.array()? {
                [0] => None,
                [1] => Some(rest.face(&mut before)?),
                _ => return Err(MalformedTrack),
            });
        }
        if rest.0.is_empty() {
            Ok(Self { size: [width, height], faces, faults })
        } else {
            Err(MalformedTrack)
        }
    }
}

/// Small differences of either sign in few bytes: seven bits each, the eighth tells that more follow.
fn write_difference(bytes: &mut Vec<u8>, difference: i32) {
    let mut left = ((difference << 1) ^ (difference >> 31)).cast_unsigned();
    while left >= 0x80 {
        bytes.push(left as u8 | 0x80);
        left >>= 7;
    }
    bytes.push(left as u8);
}

/// What was not read yet.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], MalformedTrack> {
        let (array, rest) = self.0.split_first_chunk().ok_or(MalformedTrack)?;
        self.0 = rest;
        Ok(*array)
    }

    fn difference(&mut self) -> Result<i32, MalformedTrack> {
        let mut value = 0u32;
        for shift in (0..32).step_by(7) {
            let [byte] = self.array()?;
            value |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed());
            }
        }
        Err(MalformedTrack)
    }

    fn face(&mut self, before: &mut [i32]) -> Result<Landmarks, MalformedTrack> {
        let [score] = self.array()?;
        for place in before.iter_mut() {
            *place = place.checked_add(self.difference()?).ok_or(MalformedTrack)?;
        }
        let points = before.as_chunks::<3>().0.iter().map(|point| point.map(|steps| steps as f32 / STEPS));
        Ok(Landmarks { points: points.collect(), score: f32::from(score) / 255.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track() -> FaceTrack {
        let face = |t: usize| {
            let points =
                (0..LANDMARK_COUNT).map(|i| [i as f32 * 1.37 + t as f32 * 0.9, 400.2 - i as f32, -3.3]);
            let mut face = Landmarks { points: points.collect(), score: 0.973 };
            round(&mut face);
            face
        };
        let faces = (0..50).map(|t| (t % 9 != 4).then(|| face(t))).collect();
        let faults = Faults { counts: [40, 6, 1, 2, 0, 1], sums: [61.5, 0.0, 0.7] };
        FaceTrack { size: [1280, 720], faces, faults }
    }

    #[test]
    fn a_track_survives_being_kept_and_is_small() {
        let track = track();
        let bytes = track.to_bytes();
        assert_eq!(FaceTrack::from_bytes(&bytes).unwrap(), track);
        assert!(bytes.len() < 50 * 1600, "{} bytes", bytes.len());
    }

    #[test]
    fn damaged_bytes_are_refused_and_never_panic() {
        let bytes = track().to_bytes();
        for length in (0..bytes.len()).step_by(97) {
            assert_eq!(FaceTrack::from_bytes(&bytes[..length]), Err(MalformedTrack));
        }
        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(FaceTrack::from_bytes(&longer), Err(MalformedTrack));
        let mut state = 7u32;
        for _ in 0..300 {
            let mut damaged = bytes.clone();
            for _ in 0..5 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = state as usize % damaged.len();
                damaged[at] = (state >> 24) as u8;
            }
            // Whatever comes out has the promised shape.
            if let Ok(track) = FaceTrack::from_bytes(&damaged) {
                assert!(
                    (0..track.frame_count())
                        .filter_map(|i| track.face(i))
                        .all(|face| face.points.len() == LANDMARK_COUNT)
                );
            }
        }
    }
}
