//! What a face is like over a whole clip, against which its single frames are measured.

use rostrum_face::FaceTrack;

use crate::photo::geometry::{CLOSING_LINE, FaceGeometry, Point, lerp, smoothstep};
use crate::photo::topology::{
    CHIN, LOWER_LIP, LOWER_LIP_MIDDLE, OUTER_EYE_CORNERS, UPPER_LIP, UPPER_LIP_MIDDLE,
};

/// The base of the nose, the part of the skull from which the teeth are found.
const NOSE_BASE: usize = 2;
/// Apertures in S between which lips count more and more as parted.
const PARTED: (f32, f32) = (0.008, 0.040);
/// The share of the frames, those with the least apertures, that tells where the teeth meet.
const NEARLY_CLOSED: f32 = 0.2;
/// Between these apertures in S, lips close more and more on the line of the whole clip rather than on their own.
const HARDLY_OPEN: (f32, f32) = (0.010, 0.060);
/// Frames on each side over which slow changes are averaged.
const SLOW: usize = 12;
/// How far a jaw moves against its lips at least, at most, and when the clip does not tell.
const JAW_SHARE: (f32, f32) = (0.25, 0.90);
const USUAL_JAW_SHARE: f32 = 0.5;
/// Variance of the aperture (in S²) from which on the clip tells.
const SPEAKING: f32 = 1e-4;
/// How much a mouth may be widened or narrowed to its width at rest.
const WIDTH_RANGE: (f32, f32) = (0.75, 1.30);

/// A face over a whole clip.
#[derive(Debug)]
pub(super) struct ClipFace {
    /// Half the distance of the inner mouth corners, seen from the front, in S: the middle one of all frames.
    half_width: f32,
    /// How far the chin moves against the lips' inner edges when the mouth opens.
    jaw_share: f32,
    /// How far below the base of the nose the teeth meet, in S. Both lie about equally deep in the head, so that a nod hardly
    /// changes it.
    bite_below_nose: f32,
    /// Heights below where the teeth meet, in S, of the closed lips from left to right, and of the mouth's corners.
    closed_line: [f32; 9],
    closed_corners: f32,
    /// How far right of the base of the nose the middle of the teeth is, in S, in each frame.
    bite_beside_nose: Vec<f32>,
}

/// Measures of one frame.
struct Measured {
    half_width: f32,
    aperture: f32,
    chin: f32,
    bite_below_nose: f32,
    bite_beside_nose: f32,
    closed_line: [f32; 9],
    closed_corners: f32,
}

impl ClipFace {
    /// Measures all frames; `None` when none shows a face.
    pub(super) fn new(track: &FaceTrack) -> Option<Self> {
        let frames: Vec<Option<Measured>> = (0..track.frame_count())
            .map(|i| track.face(i).map(|face| Measured::of(&FaceGeometry::without_relief(face))))
            .collect();
        let all = || frames.iter().flatten();
        let half_width = median(all().map(|frame| frame.half_width).collect())?;
        let mut apertures: Vec<f32> = all().map(|frame| frame.aperture).collect();
        apertures.sort_by(f32::total_cmp);
        let closed = apertures[(apertures.len() as f32 * NEARLY_CLOSED) as usize];
        let closed = |number: &dyn Fn(&Measured) -> f32| {
            let numbers = all().filter(|frame| frame.aperture <= closed).map(number);
            median(numbers.collect()).unwrap_or_default()
        };
        let bite_below_nose = closed(&|frame| frame.bite_below_nose);
        let closed_line = std::array::from_fn(|column| closed(&|frame| frame.closed_line[column]));
        let closed_corners = closed(&|frame| frame.closed_corners);
        let bite_beside_nose = slowly(&frames, |frame| frame.bite_beside_nose);
        Some(Self {
            half_width,
            jaw_share: jaw_share(&frames),
            bite_below_nose,
            closed_line,
            closed_corners,
            bite_beside_nose,
        })
    }

    /// The face of a frame, as the mouth is to be changed in it.
    pub(super) fn geometry(&self, frame: usize, landmarks: &rostrum_face::Landmarks) -> FaceGeometry {
        let mut face = FaceGeometry::without_relief(landmarks);
        let foreshortening = foreshortening(&face);
        let wanted = self.half_width * face.unit * foreshortening;
        let (narrowest, widest) = WIDTH_RANGE;
        face.rest.half_width =
            wanted.clamp(narrowest * face.mouth_half_width, widest * face.mouth_half_width);
        face.rest.parted = smoothstep(PARTED.0, PARTED.1, face.aperture);
        face.rest.jaw_share = self.jaw_share;
        face.rest.jaw_drop = self.jaw_share * (face.aperture * face.unit).max(0.0);
        face.rest.foreshortening = foreshortening;
        let base = face.local[NOSE_BASE];
        let beside = self.bite_beside_nose.get(frame).copied().unwrap_or_default();
        face.rest.bite = [base[0] + beside * face.unit, base[1] + self.bite_below_nose * face.unit];
        let at_bite = |below: f32| face.rest.bite[1] + below * face.unit;
        // A mouth that is hardly open closes on its own line: what is measured of it trembles less.
        let own = 1.0 - smoothstep(HARDLY_OPEN.0, HARDLY_OPEN.1, face.aperture);
        let line = std::array::from_fn(|column| {
            lerp(at_bite(self.closed_line[column]), own_line(&face, column), own)
        });
        let corners = lerp(at_bite(self.closed_corners), 0.0, own);
        // The corners lie at height 0.
        face.rest.closed_line = Some((line, -corners));
        face
    }
}

impl Measured {
    fn of(face: &FaceGeometry) -> Self {
        let base = face.local[NOSE_BASE];
        let bite: Point =
            [0.0, lerp(face.local[UPPER_LIP_MIDDLE][1], face.local[LOWER_LIP_MIDDLE][1], CLOSING_LINE)];
        Self {
            half_width: face.mouth_half_width / (face.unit * foreshortening(face)),
            aperture: face.aperture,
            chin: (face.local[CHIN][1] - base[1]) / face.unit,
            bite_below_nose: (bite[1] - base[1]) / face.unit,
            bite_beside_nose: (bite[0] - base[0]) / face.unit,
            closed_line: std::array::from_fn(|column| (own_line(face, column) - bite[1]) / face.unit),
            closed_corners: -bite[1] / face.unit,
        }
    }
}

/// Height of the line on which the lips of this frame would close.
fn own_line(face: &FaceGeometry, column: usize) -> f32 {
    lerp(face.local[UPPER_LIP[3][column]][1], face.local[LOWER_LIP[3][column]][1], CLOSING_LINE)
}

/// How much narrower the face is because it is turned.
fn foreshortening(face: &FaceGeometry) -> f32 {
    let [left, right] = OUTER_EYE_CORNERS.map(|i| face.vertices[i]);
    ((right[0] - left[0]).hypot(right[1] - left[1]) / face.unit).clamp(0.5, 1.0)
}

/// How the chin follows the lips: the slope of the one against the other, both without their slow changes, which are the
/// head's nods.
fn jaw_share(frames: &[Option<Measured>]) -> f32 {
    let (slow_chin, slow_aperture) =
        (slowly(frames, |frame| frame.chin), slowly(frames, |frame| frame.aperture));
    let (mut variance, mut covariance, mut count) = (0.0, 0.0, 0.0);
    for (i, frame) in frames.iter().enumerate() {
        if let Some(frame) = frame {
            let (chin, aperture) = (frame.chin - slow_chin[i], frame.aperture - slow_aperture[i]);
            variance += aperture * aperture;
            covariance += aperture * chin;
            count += 1.0;
        }
    }
    let (least, most) = JAW_SHARE;
    if variance < SPEAKING * count { USUAL_JAW_SHARE } else { (covariance / variance).clamp(least, most) }
}

/// The mean of a number over the frames around each frame.
fn slowly(frames: &[Option<Measured>], number: impl Fn(&Measured) -> f32) -> Vec<f32> {
    (0..frames.len())
        .map(|i| {
            let around = &frames[i.saturating_sub(SLOW)..(i + SLOW + 1).min(frames.len())];
            let (mut sum, mut count) = (0.0, 0.0);
            for frame in around.iter().flatten() {
                sum += number(frame);
                count += 1.0;
            }
            if count > 0.0 { sum / count } else { 0.0 }
        })
        .collect()
}

fn median(mut numbers: Vec<f32>) -> Option<f32> {
    numbers.sort_by(f32::total_cmp);
    numbers.get(numbers.len() / 2).copied()
}
