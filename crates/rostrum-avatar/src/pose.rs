//! What the face does in one frame, independent of who draws it.

/// The shape of the mouth. Lengths are fractions of the face's eye span S (distance of the outer eye corners).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MouthParams {
    /// How far the lower lip is from the upper one, in S; 0..=0.25.
    pub open: f32,
    /// Corners pulled apart: 1 widens the mouth by 13 %; slightly negative narrows it.
    pub spread: f32,
    /// Lips rounded and narrowed: 0..=1.05.
    pub round: f32,
    /// Upper lip lifted, in S; shows the upper teeth.
    pub raise: f32,
    /// Lower lip pulled down, in S; shows the lower teeth.
    pub lower: f32,
    /// Lips rolled inwards, as in p, b and m: 0..=1.
    pub roll: f32,
    /// Lower lip tucked under the upper teeth, as in f and v: 0..=1.
    pub fv: f32,
    /// Height of the tongue: 0..=1.
    pub tongue: f32,
    /// How much the mouth obeys these parameters rather than the portrait's own expression: 0..=1.
    pub art: f32,
}

impl MouthParams {
    /// Number of parameters.
    pub(crate) const COUNT: usize = 9;

    /// The parameters in declaration order.
    pub(crate) fn to_array(self) -> [f32; Self::COUNT] {
        [
            self.open,
            self.spread,
            self.round,
            self.raise,
            self.lower,
            self.roll,
            self.fv,
            self.tongue,
            self.art,
        ]
    }

    /// The inverse of [`MouthParams::to_array`].
    pub(crate) fn from_array(values: [f32; Self::COUNT]) -> Self {
        let [open, spread, round, raise, lower, roll, fv, tongue, art] = values;
        Self { open, spread, round, raise, lower, roll, fv, tongue, art }
    }

    /// This shape moved towards `other` by `share` (0..=1).
    #[must_use]
    pub fn blend(self, other: Self, share: f32) -> Self {
        let (from, to) = (self.to_array(), other.to_array());
        Self::from_array(std::array::from_fn(|k| from[k] + (to[k] - from[k]) * share))
    }
}

/// What a hand is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Gesture {
    /// The arm hangs, the hand is out of the picture.
    #[default]
    Rest,
    /// Open, turned to the viewer: explaining.
    Palm,
    /// Index finger raised.
    Point,
    /// This many fingers raised, 1..=5.
    Count(u8),
    /// Held before the body, in the other hand.
    Clasp,
    /// Raised beside the head, swinging.
    Wave,
}

/// One hand in one frame.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct HandPose {
    /// What it is used for.
    pub gesture: Gesture,
    /// How far it is on its way from rest: 0..=1.
    pub raise: f32,
    /// Small movement with the rhythm of the speech, or the swing of a wave: -1..=1.
    pub beat: f32,
}

/// Everything that moves in one frame. The default is the portrait as it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pose {
    /// The mouth.
    pub mouth: MouthParams,
    /// Eyelids: 0 as in the portrait, 1 closed.
    pub blink: f32,
    /// Brows lifted: 0..=1 (1 is 0.045 S).
    pub brows: f32,
    /// Head turned to its left or right, in radians; looks right up to about 0.06.
    pub yaw: f32,
    /// Head nodding, in radians, positive down; looks right up to about 0.06.
    pub pitch: f32,
    /// Head tilted, in radians, positive clockwise; looks right up to about 0.03.
    pub roll: f32,
    /// Head moved right and down, in S.
    pub shift: [f32; 2],
    /// Phase of the breath: -1 (out) to 1 (in); lifts the shoulders.
    pub breath: f32,
    /// Where the eyes look, right and down: -1..=1. Photos look where they did.
    pub gaze: [f32; 2],
    /// How much of a smile, 0..=1. Photos keep their own.
    pub smile: f32,
    /// The hands left and right in the picture. Photos have none that move.
    pub hands: [HandPose; 2],
}
