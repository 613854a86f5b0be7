//! The measured face: its own coordinates, its sizes, and how each place follows the jaw and the head.

use rostrum_face::Landmarks;

use super::links::{BESIDE_OUTLINE, NEIGHBOURS};
use super::topology::{
    CHIN, FOREHEAD, LOWER_LIP, LOWER_LIP_MIDDLE, MOUTH_CORNERS, OUTER_EYE_CORNERS, OVAL, UPPER_LIP,
    UPPER_LIP_MIDDLE, VERTEX_COUNT,
};
use super::triangles::TRIANGLES;

/// A place or a displacement in the output picture, in pixels (0 is the edge of the first pixel).
pub(crate) type Point = [f32; 2];

/// 0 below `from`, 1 above `to`, smooth between.
pub(crate) fn smoothstep(from: f32, to: f32, x: f32) -> f32 {
    // Mostly between constants, for which the compiler leaves no division.
    let t = ((x - from) * (1.0 / (to - from))).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// `a` at `t` = 0, `b` at `t` = 1.
pub(crate) fn lerp(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// The face's own coordinates: origin between the mouth corners, x along the eyes, y down the face, in pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FaceFrame {
    origin: Point,
    x_axis: Point,
}

impl FaceFrame {
    pub(crate) fn to_local(self, p: Point) -> Point {
        let (x, y) = (p[0] - self.origin[0], p[1] - self.origin[1]);
        [x * self.x_axis[0] + y * self.x_axis[1], -x * self.x_axis[1] + y * self.x_axis[0]]
    }

    /// Turns a local displacement into picture coordinates.
    pub(crate) fn turn_to_picture(self, d: Point) -> Point {
        [d[0] * self.x_axis[0] - d[1] * self.x_axis[1], d[0] * self.x_axis[1] + d[1] * self.x_axis[0]]
    }

    pub(crate) fn to_picture(self, p: Point) -> Point {
        let d = self.turn_to_picture(p);
        [self.origin[0] + d[0], self.origin[1] + d[1]]
    }
}

/// A portrait's face at rest. All lengths in output pixels.
#[derive(Debug)]
pub(crate) struct FaceGeometry {
    pub(crate) frame: FaceFrame,
    /// S, the unit of all amplitudes: distance in space of the outer eye corners.
    pub(crate) unit: f32,
    /// Half the distance of the inner mouth corners.
    pub(crate) mouth_half_width: f32,
    /// Local y of the chin (positive) and of the top of the forehead (negative).
    pub(crate) chin_y: f32,
    pub(crate) forehead_y: f32,
    /// Distance of the lips' inner edges in the portrait, in S.
    pub(crate) aperture: f32,
    /// Vertices in picture and in local coordinates.
    pub(crate) vertices: Vec<Point>,
    pub(crate) local: Vec<Point>,
    /// How each vertex follows jaw and head.
    pub(crate) follow: Vec<Follow>,
    /// What the mouth is like when it does nothing.
    pub(crate) rest: RestingMouth,
    /// The mesh in the order in which it is to be drawn: what lies behind comes first. The far side of a turned head is
    /// hidden by the near one, and would be laid over it otherwise.
    pub(crate) triangles: Vec<[u16; 3]>,
}

/// What the mouth is like when it does nothing, against which poses are measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RestingMouth {
    /// Half the distance of the inner mouth corners, in pixels. In a photo that of the photo; in footage, where the
    /// mouth may be anywhere in between, that of the whole clip.
    pub(crate) half_width: f32,
    /// How far the lips are apart in the picture for the purpose of hiding what is between them: 0 closed, 1 clearly parted.
    pub(crate) parted: f32,
    /// Heights at which the lips' inner edges meet when the mouth closes, from left to right, and by how much its corners
    /// rise to that, in pixels. `None` in photos, which close a share of the way between their lips and keep the corners.
    pub(crate) closed_line: Option<([f32; 9], f32)>,
    /// How far the jaw rises, as a share of the way that the lips' inner edges have to go to close.
    pub(crate) jaw_share: f32,
    /// How far the jaw is already dropped in the picture, in pixels: the lower teeth are lower by as much.
    pub(crate) jaw_drop: f32,
    /// Where upper and lower teeth meet, in local coordinates.
    pub(crate) bite: Point,
    /// By how much the mouth is narrower because the head is turned: 1 not at all.
    pub(crate) foreshortening: f32,
}

/// How one place follows the movements.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Follow {
    /// Share of the jaw's travel: 0..=1.
    pub(crate) jaw: f32,
    /// Share of the head's movement: 0..=1.
    pub(crate) head: f32,
    /// Distance in front of the head's turning axis, in pixels.
    pub(crate) depth: f32,
    /// Share of the shoulders' movement: 0..=1.
    pub(crate) shoulders: f32,
}

impl Follow {
    /// Whether the place ever moves.
    pub(crate) fn moves(self) -> bool {
        self.jaw > 0.0 || self.head > 0.0 || self.shoulders > 0.0
    }

    /// The same movements, less of them.
    pub(crate) fn scaled(self, share: f32) -> Self {
        Self {
            jaw: self.jaw * share,
            head: self.head * share,
            shoulders: self.shoulders * share,
            depth: self.depth,
        }
    }
}

/// How far vertices beside the outline move with it rather than with the face: the triangles there are seen edge-on and
/// fold easily.
pub(crate) const OUTLINE_HOLD: f32 = 0.7;

/// Above this aperture (in S) the portrait's own teeth are visible and used.
const TEETH_APERTURE: f32 = 0.035;
/// Where the mouth of a photo closes: this share of the way from the upper to the lower lip's inner edge.
pub(crate) const CLOSING_LINE: f32 = 0.36;
/// Photos are mostly open because they smile, which the jaw has little part in.
const PHOTO_JAW_SHARE: f32 = 0.27;

impl FaceGeometry {
    /// Measures the face of a photo from its landmarks, already in output pixels.
    pub(crate) fn new(landmarks: &Landmarks) -> Self {
        let points = &landmarks.points[..VERTEX_COUNT];
        let mut face = Self::measure(points);
        face.follow = face.follow_of_vertices(points);
        let depth = |triangle: &[u16; 3]| triangle.map(|i| points[usize::from(i)][2]).iter().sum::<f32>();
        face.triangles.sort_by(|one, other| depth(other).total_cmp(&depth(one)));
        face
    }

    /// Measures a face of which only mouth and jaw will move.
    pub(crate) fn without_relief(landmarks: &Landmarks) -> Self {
        let mut face = Self::measure(&landmarks.points[..VERTEX_COUNT]);
        let jaw = |&p: &Point| Follow { jaw: face.jaw_share(p), ..Follow::default() };
        face.follow = face.local.iter().map(jaw).collect();
        face
    }

    fn measure(points: &[[f32; 3]]) -> Self {
        let vertices: Vec<Point> = points.iter().map(|p| [p[0], p[1]]).collect();
        let [left, right] = OUTER_EYE_CORNERS.map(|i| points[i]);
        let (dx, dy, dz) = (right[0] - left[0], right[1] - left[1], right[2] - left[2]);
        let in_plane = dx.hypot(dy);
        let [corner_left, corner_right] = MOUTH_CORNERS[3].map(|i| vertices[i]);
        let frame = FaceFrame {
            origin: [
                f32::midpoint(corner_left[0], corner_right[0]),
                f32::midpoint(corner_left[1], corner_right[1]),
            ],
            x_axis: [dx / in_plane, dy / in_plane],
        };
        let local: Vec<Point> = vertices.iter().map(|&p| frame.to_local(p)).collect();
        let unit = in_plane.hypot(dz);
        let mouth_half_width = (local[MOUTH_CORNERS[3][1]][0] - local[MOUTH_CORNERS[3][0]][0]) / 2.0;
        let (upper, lower) = (local[UPPER_LIP_MIDDLE][1], local[LOWER_LIP_MIDDLE][1]);
        let aperture = (lower - upper) / unit;
        Self {
            frame,
            unit,
            mouth_half_width,
            chin_y: local[CHIN][1],
            forehead_y: local[FOREHEAD][1],
            aperture,
            vertices,
            local,
            follow: Vec::new(),
            rest: RestingMouth {
                half_width: mouth_half_width,
                parted: f32::from(aperture > TEETH_APERTURE),
                closed_line: None,
                jaw_share: PHOTO_JAW_SHARE,
                jaw_drop: 0.0,
                bite: [0.0, lerp(upper, lower, CLOSING_LINE)],
                foreshortening: 1.0,
            },
            triangles: TRIANGLES.to_vec(),
        }
    }

    /// Whether the portrait shows teeth, which are then used instead of painted ones.
    pub(crate) fn shows_teeth(&self) -> bool {
        self.aperture > TEETH_APERTURE
    }

    /// Where in the picture each vertex takes its colour from, for a mouth that obeys the pose by `art`. Beside parted lips
    /// their inner edges are taken from a little further out, or a closed mouth would have a seam of teeth.
    pub(crate) fn texture_places(&self, art: f32) -> Vec<Point> {
        const FURTHER_OUT: f32 = 0.5;
        let mut places = self.vertices.clone();
        if self.rest.parted > 0.0 {
            for lip in [&UPPER_LIP, &LOWER_LIP] {
                for (&inner, &outer) in lip[3].iter().zip(&lip[2]) {
                    let (from, to) = (self.vertices[inner], self.vertices[outer]);
                    places[inner] =
                        [0, 1].map(|k| lerp(from[k], to[k], FURTHER_OUT * self.rest.parted * art));
                }
            }
        }
        places
    }

    /// A place in the picture in the coordinates of the teeth, in S: to the right of their middle and below where they meet.
    pub(crate) fn beside_bite(&self, p: Point) -> Point {
        let RestingMouth { bite, foreshortening, .. } = self.rest;
        let [x, y] = self.frame.to_local(p);
        [(x - bite[0]) / (self.unit * foreshortening), (y - bite[1]) / self.unit]
    }

    /// The inverse of [`FaceGeometry::beside_bite`].
    pub(crate) fn at_bite(&self, [x, y]: Point) -> Point {
        let RestingMouth { bite, foreshortening, .. } = self.rest;
        self.frame.to_picture([x * self.unit * foreshortening + bite[0], y * self.unit + bite[1]])
    }

    /// How a place outside the face mesh, in local coordinates, follows the movements.
    pub(crate) fn follow_at(&self, p: Point) -> Follow {
        Follow {
            jaw: self.jaw_share(p),
            head: self.head_share(p),
            depth: self.ellipsoid_depth(p),
            shoulders: self.shoulder_share(p),
        }
    }

    /// The axis about which the head tilts, in the neck, in picture coordinates.
    pub(crate) fn neck_pivot(&self) -> Point {
        self.frame.to_picture([0.0, self.chin_y + 0.55 * self.unit])
    }

    /// Full below the nose within the mouth's width, fading over the cheeks and down the throat.
    pub(crate) fn jaw_share(&self, p: Point) -> f32 {
        let s = self.unit;
        let sideways = p[0].abs() / self.mouth_half_width;
        // The bell never ends by itself; the background must.
        let middle = (1.0 - smoothstep(0.9 * s, 1.5 * s, p[0].abs())) / (1.0 + sideways.powf(2.6));
        let under_nose = smoothstep(-0.01 * s, 0.04 * s, p[1]);
        let on_cheek = smoothstep(-0.24 * s, 0.10 * s, p[1]);
        let above = lerp(under_nose, on_cheek, smoothstep(0.7, 1.3, sideways));
        let below = 1.0 - smoothstep(self.chin_y * 0.98, self.chin_y + 0.60 * s, p[1]);
        middle * above * below
    }

    /// Place relative to the ellipse of the head: 1 is its edge.
    fn head_radius(&self, p: Point) -> f32 {
        let s = self.unit;
        let centre_y = f32::midpoint(self.chin_y, self.forehead_y) - 0.12 * s;
        let radius_y = (self.chin_y - self.forehead_y) / 2.0 + 0.42 * s;
        (p[0] / (1.05 * s)).hypot((p[1] - centre_y) / radius_y)
    }

    fn head_share(&self, p: Point) -> f32 {
        let s = self.unit;
        let around = 1.0 - smoothstep(0.95, 1.75, self.head_radius(p));
        let neck = 1.0 - smoothstep(self.chin_y - 0.10 * s, self.chin_y + 0.95 * s, p[1]);
        let beside_neck = 1.0 - smoothstep(s, 2.0 * s, p[0].abs());
        lerp(around, neck * beside_neck, smoothstep(self.chin_y * 0.3, self.chin_y * 1.1, p[1]))
    }

    fn ellipsoid_depth(&self, p: Point) -> f32 {
        let r = self.head_radius(p).min(1.0);
        0.55 * self.unit * ((1.0 - r * r).sqrt() - 0.45)
    }

    fn shoulder_share(&self, p: Point) -> f32 {
        let s = self.unit;
        let below_chin = smoothstep(self.chin_y + 0.1 * s, self.chin_y + 1.1 * s, p[1]);
        below_chin * (1.0 - smoothstep(1.6 * s, 3.2 * s, p[0].abs()))
    }

    /// Like [`FaceGeometry::follow_at`], with the measured relief instead of the ellipsoid's inside the outline.
    fn follow_of_vertices(&self, points: &[[f32; 3]]) -> Vec<Follow> {
        let outline_z = OVAL.iter().map(|&i| points[i][2]).sum::<f32>() / OVAL.len() as f32;
        let outline_depth =
            OVAL.iter().map(|&i| self.ellipsoid_depth(self.local[i])).sum::<f32>() / OVAL.len() as f32;
        let mut follow: Vec<Follow> = self
            .local
            .iter()
            .zip(points)
            .map(|(&p, point)| Follow {
                depth: outline_depth - 0.9 * (point[2] - outline_z),
                shoulders: 0.0,
                ..self.follow_at(p)
            })
            .collect();
        for i in OVAL {
            follow[i].depth = self.ellipsoid_depth(self.local[i]);
        }
        smooth_depth(&mut follow);
        follow
    }
}

/// Smooths the relief while the outline stays. A turned head hides parts of itself behind nose and jaw; a mesh that
/// followed such steep places exactly would fold.
fn smooth_depth(follow: &mut [Follow]) {
    const PASSES: usize = 24;
    let mut outline = vec![false; follow.len()];
    for i in OVAL {
        outline[i] = true;
    }
    for _ in 0..PASSES {
        let before: Vec<f32> = follow.iter().map(|follow| follow.depth).collect();
        for (i, neighbours) in NEIGHBOURS.iter().enumerate() {
            if !outline[i] && !neighbours.is_empty() {
                let sum: f32 = neighbours.iter().map(|&j| before[usize::from(j)]).sum();
                follow[i].depth = lerp(before[i], sum / neighbours.len() as f32, 0.5);
            }
        }
    }
    for (i, anchors) in BESIDE_OUTLINE.iter() {
        let sum: f32 = anchors.iter().map(|&j| follow[j].depth).sum();
        follow[*i].depth = lerp(follow[*i].depth, sum / anchors.len() as f32, OUTLINE_HOLD);
    }
}
