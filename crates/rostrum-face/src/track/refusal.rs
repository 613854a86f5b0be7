//! Whether footage shows one face well enough, and what is wrong with it.

use crate::Landmarks;

/// Footage in which too few frames show exactly one usable face. The text is for the person who uploaded it.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "only {:.0} % of the footage shows one usable face, at least {:.0} % are needed: {fault}",
    usable_share * 100.0,
    minimum_share * 100.0
)]
pub struct FootageRefusal {
    /// Share of the frames with exactly one usable face: 0..=1.
    pub usable_share: f32,
    /// The least share.
    pub minimum_share: f32,
    /// What is wrong with most of the other frames.
    pub fault: FootageFault,
}

/// Why frames are not usable: what was measured, as the mean over these frames, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum FootageFault {
    /// There are no frames.
    #[error("no frame could be read")]
    NoFrames,
    /// No face is seen.
    #[error("most of the others show no face; upload footage in which the face stays in view")]
    NoFace,
    /// More than one face could be meant.
    #[error("most of the others show several faces; upload footage of one person")]
    SeveralFaces,
    /// Too few pixels.
    #[error(
        "most of the others are too small, {eye_distance_px:.0} px between the outer eye corners where at least \
         {minimum_px:.0} px are needed; upload larger or closer footage"
    )]
    TooSmall {
        /// Mean of [`Landmarks::eye_distance`].
        eye_distance_px: f32,
        /// Limit.
        minimum_px: f32,
    },
    /// The head is seen from the side.
    #[error(
        "most of the others show the head turned away by about {yaw_degrees:.0} degrees, less than \
         {maximum_degrees:.0} are allowed; upload footage that faces the camera"
    )]
    TurnedAway {
        /// Mean of the absolute [`Landmarks::yaw_degrees`].
        yaw_degrees: f32,
        /// Limit.
        maximum_degrees: f32,
    },
    /// Covered or blurred.
    #[error(
        "most of the others are not clear enough, certainty {score:.2} where more than {minimum:.2} is needed; upload \
         sharp footage with nothing in front of the face"
    )]
    Unclear {
        /// Mean of [`Landmarks::score`].
        score: f32,
        /// Limit.
        minimum: f32,
    },
}

/// Least share of frames that must be usable.
const MIN_USABLE_SHARE: f32 = 0.6;
/// Limits for one frame. Looser than for portraits: a moving head is seen from many sides, and a moment of less certainty
/// between better ones does no harm.
const MIN_SCORE: f32 = 0.75;
const MAX_YAW_DEGREES: f32 = 38.0;
const MIN_EYE_DISTANCE_PX: f32 = 36.0;

/// What one frame shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Usable,
    NoFace,
    SeveralFaces,
    TooSmall,
    TurnedAway,
    Unclear,
}

impl Verdict {
    /// Judges a face that was found.
    pub(super) fn of(face: &Landmarks) -> Self {
        if face.eye_distance() < MIN_EYE_DISTANCE_PX {
            Self::TooSmall
        } else if face.yaw_degrees().abs() >= MAX_YAW_DEGREES {
            Self::TurnedAway
        } else if face.score <= MIN_SCORE {
            Self::Unclear
        } else {
            Self::Usable
        }
    }

    /// Kinds of frames, in declaration order.
    pub(super) const COUNT: usize = 6;
}

/// How many frames have which fault.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Faults {
    /// Number of frames by verdict.
    pub(super) counts: [u32; Verdict::COUNT],
    /// Sums of what was measured of the frames that are too small, turned away and unclear.
    pub(super) sums: [f32; 3],
}

impl Faults {
    pub(super) fn add(&mut self, verdict: Verdict, face: Option<&Landmarks>) {
        self.counts[verdict as usize] += 1;
        let Some(face) = face else { return };
        match verdict {
            Verdict::TooSmall => self.sums[0] += face.eye_distance(),
            Verdict::TurnedAway => self.sums[1] += face.yaw_degrees().abs(),
            Verdict::Unclear => self.sums[2] += face.score,
            Verdict::Usable | Verdict::NoFace | Verdict::SeveralFaces => {}
        }
    }

    pub(super) fn usable_share(&self) -> f32 {
        let total: u32 = self.counts.iter().sum();
        self.counts[Verdict::Usable as usize] as f32 / total.max(1) as f32
    }

    pub(super) fn check(&self) -> Result<(), FootageRefusal> {
        let usable_share = self.usable_share();
        if usable_share >= MIN_USABLE_SHARE {
            return Ok(());
        }
        Err(FootageRefusal { usable_share, minimum_share: MIN_USABLE_SHARE, fault: self.most_frequent() })
    }

    fn most_frequent(&self) -> FootageFault {
        let count = |verdict: Verdict| self.counts[verdict as usize];
        let mean = |place: usize, verdict: Verdict| self.sums[place] / count(verdict).max(1) as f32;
        let faults = [
            (Verdict::NoFace, FootageFault::NoFace),
            (Verdict::SeveralFaces, FootageFault::SeveralFaces),
            (
                Verdict::TooSmall,
                FootageFault::TooSmall {
                    eye_distance_px: mean(0, Verdict::TooSmall),
                    minimum_px: MIN_EYE_DISTANCE_PX,
                },
            ),
            (
                Verdict::TurnedAway,
                FootageFault::TurnedAway {
                    yaw_degrees: mean(1, Verdict::TurnedAway),
                    maximum_degrees: MAX_YAW_DEGREES,
                },
            ),
            (
                Verdict::Unclear,
                FootageFault::Unclear { score: mean(2, Verdict::Unclear), minimum: MIN_SCORE },
            ),
        ];
        let worst = faults.into_iter().max_by_key(|(verdict, _)| count(*verdict));
        worst.filter(|(verdict, _)| count(*verdict) > 0).map_or(FootageFault::NoFrames, |(_, fault)| fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(counts: [u32; Verdict::COUNT], sums: [f32; 3]) -> Faults {
        Faults { counts, sums }
    }

    #[test]
    fn footage_is_refused_for_its_most_frequent_fault_with_what_was_measured() {
        assert_eq!(faults([60, 40, 0, 0, 0, 0], [0.0; 3]).check(), Ok(()));
        let refusal = faults([50, 5, 0, 30, 10, 5], [750.0, 0.0, 0.0]).check().unwrap_err();
        assert_eq!(refusal.fault, FootageFault::TooSmall { eye_distance_px: 25.0, minimum_px: 36.0 });
        assert_eq!(
            refusal.to_string(),
            "only 50 % of the footage shows one usable face, at least 60 % are needed: most of the others are too small, \
             25 px between the outer eye corners where at least 36 px are needed; upload larger or closer footage"
        );
        let nothing = Faults::default().check().unwrap_err();
        assert_eq!((nothing.usable_share, nothing.fault), (0.0, FootageFault::NoFrames));
    }
}
