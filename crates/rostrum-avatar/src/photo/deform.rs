//! Where every vertex of the face goes for a pose.
//!
//! The lips are given absolute targets: a speaking mouth is first closed on a line between the portrait's lips and then
//! opened by the pose, so that smiling and serious portraits speak alike. What lies around the lips follows the jaw and
//! is smoothed over the mesh, which removes kinks.

use crate::pose::{MouthParams, Pose};

use super::geometry::{CLOSING_LINE, FaceGeometry, Follow, OUTLINE_HOLD, Point, lerp, smoothstep};
use super::links::{BESIDE_OUTLINE, NEIGHBOURS, PRESCRIBED};
use super::topology::{
    BROWS, EYES, LOWER_LIP, LOWER_LIP_MIDDLE, MOUTH_CORNERS, UPPER_LIP, UPPER_LIP_MIDDLE, VERTEX_COUNT,
};

/// Opening drops the corners by this share of it.
const CORNER_DROP: f32 = 0.28;
/// How much of a rounding the broadest smiles take part in.
const BROADEST_ROUNDING: f32 = 0.5;
/// Smoothing passes over the vertices that are not prescribed, and how far each moves them to their neighbours' mean.
const SMOOTHING_PASSES: usize = 10;
const SMOOTHING: f32 = 0.5;
/// Pixels by which closed lips overlap, so that no line of background shines through.
const CLOSED_OVERLAP: f32 = 0.35;
/// The skin between lower lip and chin is never pressed to less than this share of itself.
const LEAST_SKIN: f32 = 0.7;
/// Share of the eye's height that the upper lid travels down and the lower lid up when closing.
const UPPER_LID_TRAVEL: f32 = 0.95;
const LOWER_LID_TRAVEL: f32 = 0.08;
/// Parallax of a turn: pixels per radian and pixel of depth.
const PARALLAX: f32 = 2.2;
/// A full breath lifts the shoulders by this many S.
const BREATH_LIFT: f32 = 0.006;

/// The face and the head in one pose.
#[derive(Debug)]
pub(crate) struct Deformed {
    /// Vertices in picture coordinates.
    pub(crate) vertices: Vec<Point>,
    /// Downward travel of the jaw in pixels; negative when an open portrait mouth is closed.
    pub(crate) jaw_travel: f32,
    /// How far the skull moved at the mouth: the upper teeth go with it.
    pub(crate) skull_shift: Point,
    /// The movement of everything outside the face.
    pub(crate) head: HeadMotion,
}

impl Deformed {
    pub(crate) fn new(face: &FaceGeometry, pose: &Pose) -> Self {
        let (local, jaw_travel) = expression(face, pose);
        let head = HeadMotion::new(face, pose);
        let vertices = (0..VERTEX_COUNT)
            .map(|i| {
                let [dx, dy] = face.frame.turn_to_picture(local[i]);
                let at = [face.vertices[i][0] + dx, face.vertices[i][1] + dy];
                head.carry(at, face.follow[i])
            })
            .collect();
        let lip = face.vertices[UPPER_LIP_MIDDLE];
        let carried = head.carry(lip, face.follow[UPPER_LIP_MIDDLE]);
        let skull_shift = [carried[0] - lip[0], carried[1] - lip[1]];
        Self { vertices, jaw_travel, skull_shift, head }
    }

    /// Distance of the lips' inner edges in pixels, along the face; not above 0 when they touch.
    pub(crate) fn aperture(&self, face: &FaceGeometry) -> f32 {
        let y = |i: usize| face.frame.to_local(self.vertices[i])[1];
        y(LOWER_LIP_MIDDLE) - y(UPPER_LIP_MIDDLE)
    }
}

/// The head's movement, the same formula for every place; what differs is how much a place follows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HeadMotion {
    pivot: Point,
    sine: f32,
    cosine_less_one: f32,
    parallax: Point,
    shift: Point,
    breath_lift: f32,
}

impl HeadMotion {
    fn new(face: &FaceGeometry, pose: &Pose) -> Self {
        let (sine, cosine) = pose.roll.sin_cos();
        Self {
            pivot: face.neck_pivot(),
            sine,
            cosine_less_one: cosine - 1.0,
            parallax: [pose.yaw * PARALLAX, pose.pitch * PARALLAX],
            shift: pose.shift.map(|share| share * face.unit),
            breath_lift: pose.breath * BREATH_LIFT * face.unit,
        }
    }

    /// Displacement of a place by the head and the breath.
    pub(crate) fn displacement(&self, p: Point, follow: Follow) -> Point {
        let (x, y) = (p[0] - self.pivot[0], p[1] - self.pivot[1]);
        let tilt = [x * self.cosine_less_one - y * self.sine, x * self.sine + y * self.cosine_less_one];
        let along = |k: usize| tilt[k] + self.parallax[k] * follow.depth + self.shift[k];
        [follow.head * along(0), follow.head * along(1) - follow.shoulders * self.breath_lift]
    }

    fn carry(&self, p: Point, follow: Follow) -> Point {
        let [dx, dy] = self.displacement(p, follow);
        [p[0] + dx, p[1] + dy]
    }
}

/// Displacements of all vertices by the expression, in local coordinates, and the travel of the jaw.
fn expression(face: &FaceGeometry, pose: &Pose) -> (Vec<Point>, f32) {
    let s = face.unit;
    let mouth = &MouthParams { open: pose.mouth.open * opening_share(face), ..pose.mouth };
    let closing = mouth.art * (face.local[LOWER_LIP_MIDDLE][1] - face.local[UPPER_LIP_MIDDLE][1]).max(0.0);
    let jaw_travel = 0.92 * mouth.open * s + 0.25 * mouth.lower * s - face.rest.jaw_share * closing;

    let mut moved = vec![[0.0; 2]; VERTEX_COUNT];
    move_cheeks_and_jaw(face, mouth, jaw_travel, &mut moved);
    move_lips(face, mouth, &mut moved);
    for i in BROWS {
        moved[i][1] -= pose.brows * 0.045 * s;
    }
    move_lids(face, pose, &mut moved);
    smooth(&mut moved);
    keep_skin_below_lip(face, &mut moved);
    (moved, jaw_travel)
}

/// A broad smile opens less: fully opened it would look like laughter.
fn opening_share(face: &FaceGeometry) -> f32 {
    lerp(1.0, 0.75, smoothstep(0.30, 0.42, face.rest.half_width / face.unit))
}

fn move_cheeks_and_jaw(face: &FaceGeometry, mouth: &MouthParams, jaw_travel: f32, moved: &mut [Point]) {
    let (s, half_width) = (face.unit, face.mouth_half_width);
    for (i, displacement) in moved.iter_mut().enumerate() {
        let p = face.local[i];
        displacement[1] = jaw_travel * face.follow[i].jaw;
        if !PRESCRIBED[i] {
            let beside = ((p[0].abs() - half_width).max(0.0) / (0.85 * half_width)).powi(2);
            let falloff = (-(beside + (p[1] / (0.36 * s)).powi(2))).exp();
            displacement[0] = sideways(face, mouth, p[0].clamp(-half_width, half_width)) * falloff;
        }
    }
}

/// Sideways displacement of the lips at local `x`: rounding and opening narrow the mouth, spreading widens it, both against
/// its width at rest.
fn sideways(face: &FaceGeometry, mouth: &MouthParams, x: f32) -> f32 {
    let half_width = face.rest.half_width / face.unit;
    let to_rest = lerp(1.0, face.rest.half_width / face.mouth_half_width, mouth.art);
    let t = (x / face.mouth_half_width).clamp(-1.2, 1.2);
    let towards_corner = (t * t).min(1.0);
    // A broad smile must come in further to round; beyond a third its folds would bend, so that it rounds less.
    let willing = lerp(1.0, BROADEST_ROUNDING, smoothstep(0.33, 0.40, half_width));
    let rounding = willing * mouth.round * (0.30 + 0.5 * (half_width - 0.28).max(0.0));
    let unsmiling = mouth.art * 0.45 * (half_width - 0.30).max(0.0);
    let narrowed = (rounding + unsmiling).min(0.34);
    let widened = (0.13 * mouth.spread - 0.10 * (mouth.open / 0.2)) * towards_corner;
    let change = widened - narrowed;
    (change + (to_rest - 1.0) * (1.0 + change)) * x
}

fn move_lips(face: &FaceGeometry, mouth: &MouthParams, moved: &mut [Point]) {
    let s = face.unit;
    let open = mouth.open * s;
    let drop = CORNER_DROP * open;
    let lower_curve = LowerLipCurve::fit(face);
    let closed = face.rest.closed_line;
    let corner_rise = mouth.art * closed.map_or(0.0, |(_, rise)| rise);
    // A portrait's own open mouth keeps the shape of its lower lip.
    let evenness = smoothstep(0.0, 0.06 * s, open) * (1.0 - face.rest.parted * mouth.art);

    for column in 0..9 {
        let y_of = |ring: &[usize; 9]| face.local[ring[column]][1];
        let (upper, lower) = (y_of(&UPPER_LIP[3]), y_of(&LOWER_LIP[3]));
        let middle_x =
            f32::midpoint(face.local[UPPER_LIP[3][column]][0], face.local[LOWER_LIP[3][column]][0]);
        let t = (middle_x / face.mouth_half_width).clamp(-1.0, 1.0);
        let arch = (1.0 - t * t).max(0.0);
        let opening = arch.powf(0.55);
        let lifting = arch.sqrt();
        let line = closed.map_or(lerp(upper, lower, CLOSING_LINE), |(line, _)| line[column]);
        let upper_thickness = (upper - y_of(&UPPER_LIP[0])).max(1.0);
        let lower_thickness = (y_of(&LOWER_LIP[0]) - lower).max(1.0);
        let (close_upper, close_lower) = (mouth.art * (line - upper), mouth.art * (line - lower));
        let corner = drop * (1.0 - opening);

        let mut upper_inner = close_upper + corner - (mouth.raise + 0.012 * mouth.round) * s * lifting
            + mouth.roll * 0.10 * upper_thickness;
        let mut lower_inner = close_lower
            + corner
            + open * opening
            + (mouth.lower - 0.035 * mouth.fv + 0.006 * mouth.round) * s * lifting
            + evenness * (lower_curve.y_at(t) - lower)
            - mouth.roll * 0.10 * lower_thickness;
        let upper_outer = 0.62 * close_upper + 0.6 * corner
            - (0.75 * mouth.raise + 0.035 * mouth.round) * s * lifting
            + mouth.roll * 0.42 * upper_thickness;
        let lower_outer = 0.72 * close_lower
            + 0.8 * corner
            + 0.95 * open * opening.max(0.35)
            + (0.6 * mouth.lower - 0.012 * mouth.fv + 0.028 * mouth.round) * s * lifting
            - mouth.roll * 0.42 * lower_thickness;

        let gap = (lower_inner + lower) - (upper_inner + upper);
        let overlap =
            CLOSED_OVERLAP * (1.0 - smoothstep(0.0, 0.015 * s, gap)) * ((1.0 - t.abs()) / 0.3).min(1.0);
        // Lips press against each other; they do not pass through.
        let pressed = (-gap).max(0.0) / 2.0;
        upper_inner += overlap - pressed;
        lower_inner -= overlap - pressed;

        for ring in 0..4 {
            let inward = ring as f32 / 3.0;
            let (above, below) = (UPPER_LIP[ring][column], LOWER_LIP[ring][column]);
            moved[above] =
                [sideways(face, mouth, face.local[above][0]), lerp(upper_outer, upper_inner, inward)];
            moved[below] =
                [sideways(face, mouth, face.local[below][0]), lerp(lower_outer, lower_inner, inward)];
        }
    }
    for (ring, corners) in MOUTH_CORNERS.into_iter().enumerate() {
        // The outer corner stays closer to the cheek.
        let share = lerp(0.5, 0.9, ring as f32 / 3.0);
        let rise = lerp(0.8, 1.0, ring as f32 / 3.0) * corner_rise;
        for i in corners {
            let down = share * drop - 0.02 * s * mouth.spread - rise;
            moved[i] = [sideways(face, mouth, face.local[i][0]), down];
        }
    }
}

/// The parabola nearest to the lower lip's inner edge. An opening mouth is pulled to it: the dip that a closed lip line
/// has in its middle would look like a beak.
struct LowerLipCurve {
    middle: f32,
    bend: f32,
}

impl LowerLipCurve {
    fn fit(face: &FaceGeometry) -> Self {
        // Least squares for y = middle + bend · t².
        let (mut n, mut t2, mut t4, mut y, mut yt2) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for i in LOWER_LIP[3] {
            let p = face.local[i];
            let square = (p[0] / face.mouth_half_width).powi(2);
            n += 1.0;
            t2 += square;
            t4 += square * square;
            y += p[1];
            yt2 += p[1] * square;
        }
        let determinant: f32 = n * t4 - t2 * t2;
        if determinant.abs() < 1e-6 {
            return Self { middle: y / n, bend: 0.0 };
        }
        Self { middle: (y * t4 - yt2 * t2) / determinant, bend: (n * yt2 - t2 * y) / determinant }
    }

    fn y_at(&self, t: f32) -> f32 {
        self.middle + self.bend * t * t
    }
}

fn move_lids(face: &FaceGeometry, pose: &Pose, moved: &mut [Point]) {
    let s = face.unit;
    for eye in &EYES {
        for column in 0..7 {
            let (upper, lower) = (eye.upper_lid[column], eye.lower_lid[column]);
            let height = face.local[lower][1] - face.local[upper][1];
            let travel = pose.blink * height * UPPER_LID_TRAVEL;
            moved[upper] = [0.0, travel];
            moved[lower] = [0.0, -pose.blink * height * LOWER_LID_TRAVEL];
            // The skin between lid and brow stretches, rather than smearing the lid.
            moved[eye.above[0][column]] = [0.0, 0.50 * travel - 0.010 * pose.brows * s];
            moved[eye.above[1][column]] = [0.0, 0.10 * travel - 0.03 * pose.brows * s];
            moved[eye.below[column]] = [0.0, -0.06 * pose.blink * height];
        }
    }
}

/// Keeps the skin beneath the lower lip beneath it: smoothing holds it back, and a lip that drops further than its skin would
/// be drawn over by it.
fn keep_skin_below_lip(face: &FaceGeometry, moved: &mut [Point]) {
    for i in LOWER_LIP[0] {
        for &j in &NEIGHBOURS[i] {
            let j = usize::from(j);
            let gap = face.local[j][1] - face.local[i][1];
            if !PRESCRIBED[j] && gap > 0.0 {
                moved[j][1] = moved[j][1].max(moved[i][1] - (1.0 - LEAST_SKIN) * gap);
            }
        }
    }
}

fn smooth(moved: &mut [Point]) {
    let mut before = moved.to_vec();
    for _ in 0..SMOOTHING_PASSES {
        before.copy_from_slice(moved);
        for (i, displacement) in moved.iter_mut().enumerate() {
            let neighbours = &NEIGHBOURS[i];
            if PRESCRIBED[i] || neighbours.is_empty() {
                continue;
            }
            for k in 0..2 {
                let sum: f32 = neighbours.iter().map(|&j| before[usize::from(j)][k]).sum();
                displacement[k] = lerp(before[i][k], sum / neighbours.len() as f32, SMOOTHING);
            }
        }
    }
    for (i, anchors) in BESIDE_OUTLINE.iter() {
        let mean = |k: usize| anchors.iter().map(|&j| moved[j][k]).sum::<f32>() / anchors.len() as f32;
        moved[*i] = [0, 1].map(|k| lerp(moved[*i][k], mean(k), OUTLINE_HOLD));
    }
}
