//! Arms and hands. Coordinates of the figure; an arm is drawn for the right side of the picture and mirrored for the
//! left.

use rostrum_model::presenter::Garment;
use vello_cpu::kurbo::{Affine, Point, Rect, Vec2};

use super::body::Body;
use super::paint::{Ink, Outline, Painter, linear};
use crate::pose::{Gesture, HandPose};

/// Where an arm is, for the right side of the picture.
#[derive(Debug, Clone, Copy)]
struct ArmPose {
    elbow: Point,
    wrist: Point,
    /// Of the hand, clockwise from upright, in radians.
    angle: f64,
    /// How far thumb and fingers are stretched, 0..=1.
    fingers: [f64; 5],
}

const SHOULDER: Point = Point::new(212.0, 716.0);
const RESTING_ELBOW: Point = Point::new(246.0, 1010.0);
const RESTING_WRIST: Point = Point::new(226.0, 1320.0);

/// Index to little finger: foot, tip when stretched, width. The index is on the thumb's side, inwards.
const FINGERS: [([f64; 2], [f64; 2], f64); 4] = [
    ([-29.0, -56.0], [-38.0, -116.0], 20.5),
    ([-9.5, -64.0], [-12.0, -132.0], 21.0),
    ([10.5, -62.0], [13.0, -124.0], 20.5),
    ([28.5, -52.0], [38.0, -98.0], 18.0),
];

impl ArmPose {
    fn of(hand: HandPose) -> Self {
        let beat = f64::from(hand.beat);
        let (elbow, wrist, angle, fingers) = match hand.gesture {
            Gesture::Rest => (RESTING_ELBOW, RESTING_WRIST, 0.0, [1.0; 5]),
            Gesture::Palm => {
                (Point::new(292.0, 1080.0), Point::new(316.0, 880.0), 0.46, [1.0, 1.0, 1.0, 1.0, 0.96])
            }
            Gesture::Point => {
                (Point::new(286.0, 1084.0), Point::new(252.0, 866.0), 0.06, [0.15, 1.0, 0.0, 0.0, 0.0])
            }
            Gesture::Count(count) => {
                let fingers = [1, 2, 3, 4, 5].map(|nth| {
                    let order = [5, 1, 2, 3, 4][nth - 1];
                    if usize::from(count) >= order { 1.0 } else { 0.0 }
                });
                (Point::new(286.0, 1084.0), Point::new(262.0, 850.0), 0.10, fingers)
            }
            Gesture::Clasp => {
                (Point::new(290.0, 1060.0), Point::new(62.0, 1010.0), -1.30, [0.9, 0.86, 0.86, 0.86, 0.86])
            }
            Gesture::Wave => {
                (Point::new(300.0, 1076.0), Point::new(330.0, 762.0), 0.12 + 0.34 * beat, [1.0; 5])
            }
        };
        let raise = f64::from(hand.raise).clamp(0.0, 1.0);
        let raise = raise * raise * (3.0 - 2.0 * raise);
        let lift =
            if hand.gesture == Gesture::Wave { Vec2::ZERO } else { Vec2::new(4.0, -20.0) * beat * raise };
        let swing =
            if hand.gesture == Gesture::Wave { Vec2::new(22.0 * beat * raise, 0.0) } else { Vec2::ZERO };
        Self {
            elbow: RESTING_ELBOW.lerp(elbow, raise),
            wrist: RESTING_WRIST.lerp(wrist, raise) + lift + swing,
            angle: angle + 0.05 * beat,
            fingers,
        }
    }
}

/// Where the joints of an arm are in the figure, and how thick it is there.
#[derive(Debug, Clone, Copy)]
struct Joints {
    shoulder: Point,
    elbow: Point,
    wrist: Point,
    /// Of shoulder, elbow and wrist.
    radii: [f64; 3],
}

/// A box around any hand, in its own coordinates.
const HAND: Rect = Rect::new(-78.0, -148.0, 54.0, 44.0);

impl Joints {
    /// The direction of the forearm.
    fn along(&self) -> Vec2 {
        (self.wrist - self.elbow).normalize()
    }

    fn hand_place(&self, side: f64, arm: &ArmPose) -> Affine {
        Affine::translate((self.wrist + self.along() * 26.0).to_vec2())
            * Affine::scale_non_uniform(side, 1.0)
            * Affine::rotate(arm.angle)
            * Affine::scale(1.12)
    }

    /// A box around the upper arm with a sleeve, and the shadow that goes on below the elbow.
    fn upper_reach(&self) -> Rect {
        let radius = self.radii[0] + 10.0;
        let reach = around(self.shoulder, radius).union(around(self.elbow, radius));
        Rect { y1: reach.y1.max(self.elbow.y + 92.0), ..reach }
    }

    /// A box around the forearm with its shadow and a cuff.
    fn lower_reach(&self) -> Rect {
        around(self.elbow, self.radii[1] + 8.0).union(around(self.wrist, self.radii[2] + 16.0))
    }

    /// A box around a hand that is raised.
    fn hand_reach(&self, side: f64, arm: &ArmPose) -> Rect {
        self.hand_place(side, arm).transform_rect_bbox(HAND)
    }
}

/// A box around a circle.
fn around(centre: Point, radius: f64) -> Rect {
    Rect::from_center_size(centre, (2.0 * radius, 2.0 * radius))
}

/// How a garment covers the arm.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Sleeve {
    /// To the wrist, with a cuff of another colour showing.
    Long(Ink, Option<Ink>),
    /// To the middle of the upper arm.
    Short(Ink),
}

impl Body<'_> {
    fn sleeve(&self) -> Sleeve {
        let (main, second) = (self.palette.main, self.palette.second);
        match self.appearance.outfit.garment {
            Garment::Suit | Garment::Blazer | Garment::LabCoat => Sleeve::Long(main, Some(second)),
            Garment::Tshirt | Garment::Scrubs => Sleeve::Short(main),
            Garment::Apron | Garment::SafetyVest => Sleeve::Long(second, Some(second.shaded(0.08))),
            Garment::Shirt => Sleeve::Long(main, Some(main.shaded(0.06))),
            _ => Sleeve::Long(main, Some(main.shaded(0.14))),
        }
    }

    fn joints(&self, side: f64, arm: &ArmPose) -> Joints {
        let breadth = self.breadth();
        let slim = 0.90 + 0.10 * (breadth - 0.9) / 0.15;
        let to_side = |point: Point| Point::new(point.x * side, point.y);
        Joints {
            shoulder: to_side(Point::new(SHOULDER.x * breadth, SHOULDER.y)),
            elbow: to_side(Point::new(arm.elbow.x * (0.25 + 0.75 * breadth), arm.elbow.y)),
            wrist: to_side(Point::new(arm.wrist.x * (0.5 + 0.5 * breadth), arm.wrist.y)),
            radii: [64.0 * slim, 52.0 * slim, 38.0 * slim],
        }
    }

    /// A box around all that is drawn of the arm of a side: -1 left of the picture, 1 right.
    pub(super) fn arm_reach(&self, side: f64, hand: HandPose) -> Rect {
        let arm = ArmPose::of(hand);
        let joints = self.joints(side, &arm);
        let reach = joints.upper_reach().union(joints.lower_reach());
        if hand.raise > 0.0 { reach.union(joints.hand_reach(side, &arm)) } else { reach }
    }

    /// A box around all that changes when an arm goes from one pose to another.
    pub(super) fn arm_change(&self, side: f64, before: HandPose, now: HandPose) -> Rect {
        let poses = [before, now].map(|hand| {
            let arm = ArmPose::of(hand);
            (self.joints(side, &arm), arm)
        });
        if poses[0].0.elbow != poses[1].0.elbow || (before.raise > 0.0) != (now.raise > 0.0) {
            return self.arm_reach(side, before).union(self.arm_reach(side, now));
        }
        // The upper arm stays as it is.
        let [a, b] = poses.map(|(joints, arm)| joints.lower_reach().union(joints.hand_reach(side, &arm)));
        a.union(b)
    }

    /// Draws the arm of a side: -1 left of the picture, 1 right.
    pub(super) fn draw_arm(&self, p: &mut Painter<'_>, side: f64, hand: HandPose) {
        let arm = ArmPose::of(hand);
        let joints = self.joints(side, &arm);
        let Joints { shoulder, elbow, wrist, radii } = joints;
        let raised = hand.raise > 0.0;
        let hem = shoulder.lerp(elbow, 0.44);
        let upper = match self.sleeve() {
            Sleeve::Long(..) => capsule(shoulder, radii[0], elbow, radii[1]),
            Sleeve::Short(_) => {
                capsule(hem, radii[0] - 5.0, elbow, radii[1]).and(capsule(shoulder, radii[0], hem, radii[0]))
            }
        };
        let lower = capsule(elbow, radii[1], wrist, radii[2]);
        let skin = self.palette.skin;
        let (cloth, bare) = match self.sleeve() {
            Sleeve::Long(ink, _) => (ink, ink),
            Sleeve::Short(ink) => (ink, skin.base),
        };
        // Shadows fall on the body and on the arm itself. An arm that hangs throws its own nowhere else as it is.
        let ground = raised.then(|| self.silhouette().and(upper.clone()));
        let on_ground = |p: &mut Painter<'_>, draw: &dyn Fn(&mut Painter<'_>)| match &ground {
            Some(ground) => p.clipped(ground, draw),
            None => draw(p),
        };
        // From the armpit down, the arm throws its shadow on the body.
        let inside = |point: Point, radius: f64| point.x - side * radius;
        let seam = Outline::m(inside(shoulder, radii[0]) + side * 12.0, 800.0)
            .c(
                inside(shoulder, radii[0]) + side * 2.0,
                860.0,
                inside(elbow, radii[1]) - side * 2.0,
                940.0,
                inside(elbow, radii[1]),
                elbow.y,
            )
            .l(inside(elbow, radii[1] - 6.0), elbow.y + 80.0);
        on_ground(p, &|p| p.line(&seam, 18.0, cloth.shaded(0.5).alpha(0.16)));
        if let Sleeve::Short(ink) = self.sleeve() {
            p.fill(&capsule(hem, radii[0] - 5.0, elbow, radii[1]), Self::cloth(bare));
            on_ground(p, &|p| p.line(&seam, 4.5, skin.dark.alpha(0.3)));
            let along = (elbow - shoulder).normalize();
            let normal = Vec2::new(-along.y, along.x);
            let wide = radii[0] + 5.0;
            let end = hem + along * (wide * 0.5);
            // Cut off straight, so that the sleeve ends in a hem and not in a ball.
            let (a, b) = (end + normal * wide * 1.3, end - normal * wide * 1.3);
            let (c, d) = (
                shoulder - along * 140.0 - normal * wide * 2.0,
                shoulder - along * 140.0 + normal * wide * 2.0,
            );
            let cut = Outline::m(a.x, a.y)
                .q(end.x + along.x * 16.0, end.y + along.y * 16.0, b.x, b.y)
                .l(c.x, c.y)
                .l(d.x, d.y)
                .z();
            p.clipped(&cut, |p| {
                p.fill(&capsule(shoulder, radii[0], hem + along * 60.0, wide), Self::cloth(ink));
            });
            let (a, b) = (end + normal * wide * 0.92, end - normal * wide * 0.92);
            let edge = Outline::m(a.x, a.y).q(end.x + along.x * 13.0, end.y + along.y * 13.0, b.x, b.y);
            p.line(&edge, 4.0, ink.shaded(0.4).alpha(0.5));
            p.clipped(&cut, |p| on_ground(p, &|p| p.line(&seam, 4.5, ink.shaded(0.55).alpha(0.4))));
        } else {
            p.fill(&upper, Self::cloth(cloth));
            on_ground(p, &|p| p.line(&seam, 4.5, cloth.shaded(0.55).alpha(0.5)));
        }
        // A raised forearm comes forward: it is lit, and parted from what is behind it by a shadow.
        if raised {
            on_ground(p, &|p| {
                p.line(&lower, 12.0, cloth.shaded(0.5).alpha(0.14 * hand.raise));
                p.line(&lower, 4.0, cloth.shaded(0.5).alpha(0.24 * hand.raise));
            });
        }
        p.fill(&lower, Self::cloth(bare.lit(0.07 * hand.raise)));
        if raised {
            self.draw_wrist(p, side, &joints, &arm);
        }
    }

    /// What follows the forearm: the cuff and the hand.
    fn draw_wrist(&self, p: &mut Painter<'_>, side: f64, joints: &Joints, arm: &ArmPose) {
        let (wrist, radius, along) = (joints.wrist, joints.radii[2], joints.along());
        if let Sleeve::Long(_, Some(cuff)) = self.sleeve() {
            let band = capsule(wrist - along * 8.0, radius, wrist + along * 14.0, radius - 2.0);
            p.fill(&band, Self::cloth(cuff));
            p.line(&band, 1.6, cuff.shaded(0.4).alpha(0.3));
        }
        p.within(joints.hand_place(side, arm), |p| self.draw_hand(p, arm.fingers));
    }

    /// A hand that points up, its thumb to the left (inwards), its wrist at the origin.
    fn draw_hand(&self, p: &mut Painter<'_>, fingers: [f64; 5]) {
        let skin = &self.palette.skin;
        let slim = 1.0 - 0.12 * f64::from(self.appearance.person.femininity);
        let ink = skin.base.lit(0.10);
        let fill = linear(
            [-50.0, -120.0],
            [60.0, 30.0],
            skin.lit.mix(skin.base, 0.25),
            skin.base.mix(skin.shade, 0.28),
        );
        let palm = Outline::m(-27.0 * slim, 34.0)
            .c(-34.0 * slim, 0.0, -46.0 * slim, -26.0, -41.0 * slim, -56.0)
            .c(-32.0 * slim, -76.0, 26.0 * slim, -78.0, 38.0 * slim, -54.0)
            .c(44.0 * slim, -24.0, 32.0 * slim, 6.0, 26.0 * slim, 34.0)
            .z();
        let stretched = |k: usize| fingers[k + 1];
        for (k, (foot, tip, width)) in FINGERS.iter().enumerate() {
            if stretched(k) > 0.3 {
                let t = 0.35 + 0.65 * stretched(k);
                let (x, y) = (foot[0] + (tip[0] - foot[0]) * t, foot[1] + (tip[1] - foot[1]) * t);
                let finger =
                    Outline::m(foot[0] * slim, foot[1] + 20.0).l(foot[0] * slim, foot[1]).l(x * slim, y);
                p.line(&finger, width * slim + 3.0, skin.shade.alpha(0.65));
                p.line(&finger, width * slim, fill.clone());
            }
        }
        p.fill(&palm, fill.clone());
        p.glow(4.0, -22.0, 34.0, 34.0, skin.blush.alpha(0.20));
        let curled = (0..4).filter(|&k| stretched(k) <= 0.3);
        for k in curled.clone() {
            let (foot, _, width) = FINGERS[k];
            let finger = Outline::m(foot[0] * slim, foot[1] - 8.0).q(
                foot[0] * slim * 0.96,
                foot[1] - 20.0,
                foot[0] * slim * 0.86,
                foot[1] + 26.0,
            );
            p.line(&finger, width * slim + 3.4, skin.shade);
            p.line(&finger, width * slim, fill.clone());
        }
        if curled.count() == 0 {
            for (k, x) in [(-19.0, -60.0), (0.5, -64.0), (19.5, -58.0)] {
                p.line(&Outline::m(k * slim, x + 4.0).l(k * slim * 1.02, x - 10.0), 2.4, skin.shade);
            }
            p.line(
                &Outline::m(-24.0 * slim, 8.0).c(-12.0, -8.0, -10.0, -26.0, -22.0 * slim, -44.0),
                2.4,
                skin.shade.alpha(0.7),
            );
            p.line(
                &Outline::m(-34.0 * slim, -40.0).c(-14.0, -48.0, 10.0, -44.0, 30.0 * slim, -36.0),
                2.2,
                skin.shade.alpha(0.5),
            );
        }
        let out = fingers[0];
        let thumb = if out > 0.5 {
            Outline::m(-26.0 * slim, 8.0).c(-42.0 * slim, -4.0, -54.0 * slim, -18.0, -62.0 * slim, -40.0)
        } else {
            Outline::m(-30.0 * slim, 4.0).c(-40.0 * slim, -14.0, -30.0 * slim, -32.0, -2.0 * slim, -34.0)
        };
        p.line(&thumb, 25.0 * slim, skin.shade.alpha(if out > 0.5 { 0.45 } else { 0.95 }));
        p.line(&thumb, 22.0 * slim, linear([-60.0, -40.0], [-10.0, 20.0], ink, skin.base));
    }
}

/// A limb: two circles and what lies between their outer tangents.
fn capsule(a: Point, ra: f64, b: Point, rb: f64) -> Outline {
    let mut outline = Outline::ellipse(a.x, a.y, ra, ra);
    outline.0.extend(Outline::ellipse(b.x, b.y, rb, rb).0);
    let across = b - a;
    let length = across.hypot();
    if length > 1.0 {
        let along = across / length;
        // The tangent points lie back from the perpendicular where the radii differ.
        let sine = ((ra - rb) / length).clamp(-0.99, 0.99);
        let cosine = (1.0 - sine * sine).sqrt();
        let normal = Vec2::new(-along.y, along.x);
        let (left, right) = (along * sine + normal * cosine, along * sine - normal * cosine);
        let corners = [a + left * ra, b + left * rb, b + right * rb, a + right * ra];
        let side = Outline::m(corners[0].x, corners[0].y)
            .l(corners[1].x, corners[1].y)
            .l(corners[2].x, corners[2].y)
            .l(corners[3].x, corners[3].y)
            .z();
        outline = outline.and(side);
    }
    outline
}
