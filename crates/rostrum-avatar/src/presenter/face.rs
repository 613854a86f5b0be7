//! The face: skull, ears, eyes, brows, nose and lines of age. Coordinates of the head: the origin lies between the
//! eyes, y goes down, 124 units are half the breadth of a face.

use rostrum_model::presenter::Person;
use vello_cpu::kurbo::Affine;

use super::paint::{Fill, Ink, Outline, Painter, linear, linear3};
use super::palette::Palette;
use crate::pose::MouthParams;

/// Half the breadth of an average face at the eyes.
pub(super) const HALF_WIDTH: f64 = 124.0;
/// Where the chin is when the mouth is shut.
pub(super) const CHIN: f64 = 160.0;
/// How far the eyes are from the middle.
const EYE_X: f64 = 56.0;

/// A head at one moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head<'a> {
    pub(super) person: &'a Person,
    pub(super) palette: &'a Palette,
    /// Turned to the right of the picture: -1.5..=1.5, 1 is about 6 degrees.
    pub(super) turn: f64,
    /// Nodding down, in the same measure.
    pub(super) nod: f64,
    /// Lids: 0 open, 1 closed.
    pub(super) blink: f64,
    /// Where the eyes look, right and down: -1..=1.
    pub(super) gaze: [f64; 2],
    /// Brows lifted, 0..=1.
    pub(super) brows: f64,
    /// How much of a smile, 0..=1.
    pub(super) smile: f64,
    pub(super) mouth: MouthParams,
}

impl Head<'_> {
    /// How far the jaw hangs.
    pub(super) fn jaw(&self) -> f64 {
        f64::from(self.mouth.open) / 0.2 * 11.0
    }

    pub(super) fn half_width(&self) -> f64 {
        HALF_WIDTH * (1.0 + 0.07 * f64::from(self.person.face_width))
    }

    fn jaw_half_width(&self) -> f64 {
        let person = self.person;
        (84.0 - 12.0 * f64::from(person.femininity))
            * (1.0 + 0.16 * f64::from(person.jaw))
            * (1.0 + 0.05 * f64::from(person.face_width))
    }

    pub(super) fn chin(&self) -> f64 {
        CHIN + 9.0 * f64::from(self.person.chin) - 4.0 * f64::from(self.person.femininity) + self.jaw()
    }

    /// Where something at this depth before the middle of the head goes as the head turns; the face lies at 9.
    pub(super) fn at_depth(&self, depth: f64) -> f64 {
        self.turn * depth
    }

    /// The outline of the face, from the crown round to the crown.
    pub(super) fn outline(&self) -> Outline {
        let (w, jaw, chin) = (self.half_width(), self.jaw_half_width(), self.chin());
        let drop = self.jaw() * 0.75;
        let (crown, tip) = (self.at_depth(2.0), self.at_depth(5.0));
        let tip_half =
            26.0 + 9.0 * (1.0 - f64::from(self.person.femininity)) + 8.0 * f64::from(self.person.jaw);
        Outline::m(crown, -154.0)
            .c(crown + 78.0, -156.0, w, -92.0, w, -4.0)
            .c(w - 1.0, 52.0, w - 11.0, 92.0, jaw + 4.0, 126.0 + drop * 0.6)
            .c(jaw - 18.0, 152.0 + drop, tip + tip_half + 14.0, chin + 2.0, tip, chin + 2.0)
            .c(tip - tip_half - 14.0, chin + 2.0, -jaw + 18.0, 152.0 + drop, -jaw - 4.0, 126.0 + drop * 0.6)
            .c(-w + 11.0, 92.0, -w + 1.0, 52.0, -w, -4.0)
            .c(-w, -92.0, crown - 78.0, -156.0, crown, -154.0)
            .z()
    }

    /// Ears, behind the face.
    pub(super) fn draw_ears(&self, p: &mut Painter<'_>, earrings: bool) {
        let skin = &self.palette.skin;
        let w = self.half_width();
        for side in [-1.0, 1.0] {
            let x = self.at_depth(-7.0) * 1.0;
            let place = Affine::translate((x, 0.0)) * Affine::scale_non_uniform(side, 1.0);
            p.within(place, |p| {
                let ear = Outline::m(w - 5.0, 2.0)
                    .c(w + 16.0, -16.0, w + 27.0, 10.0, w + 19.0, 40.0)
                    .c(w + 13.0, 66.0, w - 1.0, 74.0, w - 8.0, 62.0)
                    .z();
                let ink = skin.base.mix(skin.shade, if side > 0.0 { 0.45 } else { 0.22 });
                p.fill(&ear, ink);
                let fold = Outline::m(w + 4.0, 8.0).c(w + 15.0, 4.0, w + 16.0, 24.0, w + 8.0, 44.0);
                p.line(&fold, 4.0, skin.dark.alpha(0.35));
                if earrings {
                    p.ellipse(w + 4.0, 74.0, 6.4, 6.4, Ink::hex(0xe8c15e));
                    p.ellipse(w + 2.4, 72.4, 2.4, 2.4, Ink::hex(0xfff3c4));
                }
            });
        }
    }

    /// Skull and shading, without what is in the face.
    pub(super) fn draw_skin(&self, p: &mut Painter<'_>) {
        let skin = &self.palette.skin;
        let outline = self.outline();
        let (w, chin) = (self.half_width(), self.chin());
        p.fill(
            &outline,
            linear3(
                [-w, -150.0],
                [w * 0.9, 130.0],
                skin.lit,
                (0.5, skin.base),
                skin.base.mix(skin.shade, 0.62),
            ),
        );
        p.clipped(&outline, |p| {
            // The side away from the light, and the shadow that hair throws on the forehead.
            let side = Outline::m(w + 4.0, -110.0)
                .c(w - 16.0, -50.0, w - 22.0, 30.0, w - 40.0, 84.0)
                .c(w - 62.0, 128.0, 40.0, chin - 10.0, 4.0, chin + 4.0)
                .l(w + 20.0, chin + 10.0)
                .z();
            p.fill(&side, skin.shade.alpha(0.26));
            p.glow(-34.0, -88.0, 88.0, 52.0, Ink::hex(0xffffff).alpha(0.20));
            p.glow(self.at_depth(5.0), chin + 4.0, 70.0, 26.0, skin.shade.alpha(0.34));
        });
    }

    /// Cheeks, eyes, brows, nose and lines; the mouth is drawn by `mouth`.
    pub(super) fn draw_features(&self, p: &mut Painter<'_>) {
        let skin = &self.palette.skin;
        let lift = 4.0 * self.smile;
        for x in [-72.0, 70.0] {
            p.glow(x - self.turn * 2.0, 66.0 - lift, 46.0, 33.0, skin.blush.alpha(0.28));
        }
        for x in [-EYE_X, EYE_X] {
            p.glow(x, -14.0, 52.0, 32.0, skin.shade.alpha(0.26));
        }
        if self.person.freckles {
            self.draw_freckles(p);
        }
        self.draw_age(p);
        self.draw_nose(p);
        for side in [-1.0, 1.0] {
            let place = Affine::translate((side * EYE_X, 0.0)) * Affine::scale_non_uniform(side, 1.0);
            let size = 1.04 + 0.08 * f64::from(self.person.femininity);
            p.within(place * Affine::scale(size), |p| self.draw_eye(p, side));
            p.within(place, |p| self.draw_brow(p));
        }
    }

    /// One eye, in coordinates whose origin is its middle and whose x goes outwards.
    fn draw_eye(&self, p: &mut Painter<'_>, side: f64) {
        let person = self.person;
        let skin = &self.palette.skin;
        let feminine = f64::from(person.femininity);
        let lid_dark = Ink::hex(0x1e1210);
        let (w, h) = (33.5, 14.2 + 1.6 * feminine - 1.6 * f64::from(person.age));
        let h = h - if person.plain_lids { 1.6 } else { 0.0 };
        let tilt = 4.0 * f64::from(person.eye_tilt);
        let blink = self.blink.clamp(0.0, 1.0);
        let squint = self.smile * 1.6;
        let (inner, outer) = ([-w, 4.0 + tilt * 0.4], [w, -2.0 - tilt]);
        let open_top = -h * 1.42 + 1.2 * self.gaze[1].max(0.0) * 2.0;
        let shut = h * 0.78 - 1.5;
        let top = open_top + (shut - open_top) * blink;
        let bottom = h * 0.78 - squint;
        let upper = |dy: f64| {
            Outline::m(inner[0], inner[1]).c(
                -w * 0.58,
                top - 1.0 + dy,
                w * 0.48,
                top - 3.0 + dy,
                outer[0],
                outer[1],
            )
        };
        let almond = upper(0.0).c(w * 0.52, bottom, -w * 0.46, bottom + 2.0, inner[0], inner[1]).z();

        // The lid above the eye.
        let lid = Outline::m(-w * 0.98, 0.0)
            .c(-w * 0.5, -h * 1.28 - 13.0, w * 0.48, -h * 1.28 - 15.0, w * 1.10, -5.0 - tilt)
            .l(outer[0], outer[1])
            .c(w * 0.48, top - 3.0, -w * 0.58, top - 1.0, inner[0], inner[1])
            .z();
        let lid_ink = if feminine > 0.5 { skin.shade.mix(skin.blush, 0.25) } else { skin.shade };
        p.fill(
            &lid,
            linear(
                [0.0, -h * 2.2],
                [0.0, 4.0],
                skin.base.mix(skin.shade, 0.15),
                skin.base.mix(lid_ink, 0.75),
            ),
        );

        if blink < 0.94 {
            p.fill(&almond, Ink::hex(0xfbf7f3));
            p.clipped(&almond, |p| {
                self.draw_iris(p, side);
                let shadow = upper(5.5).l(w + 20.0, -42.0).l(-w - 20.0, -42.0).z();
                p.fill(&shadow, Ink::hex(0x4a342f).alpha(0.26));
                p.ellipse(inner[0] + 3.0, inner[1], 4.0, 3.4, Ink::hex(0xe6a092).mix(skin.shade, 0.2));
            });
        }
        // The rim below.
        let rim = Outline::m(w * 0.95, 0.5 - tilt).c(
            w * 0.52,
            bottom + 0.6,
            -w * 0.44,
            bottom + 2.5,
            -w + 4.0,
            5.0,
        );
        p.line(&rim, 1.7, skin.dark.alpha(0.5));

        // Lashes: a line that is thickest above the pupil and ends in a point outside.
        let (reach, thick) = (3.0 + 9.0 * feminine, 3.6 + 3.2 * feminine);
        let lash = upper(0.0)
            .c(
                w + reach * 0.35,
                -3.0 - tilt,
                w + reach * 0.8,
                -5.5 - tilt,
                w + reach,
                -7.0 - tilt - feminine * 3.0,
            )
            .c(
                w + reach * 0.1,
                -7.0 - tilt,
                w * 0.48,
                top - 3.0 - thick,
                0.0,
                top * 0.78 - thick * 0.62 - 1.0,
            )
            .c(-w * 0.48, top - thick * 0.1, -w * 0.9, -2.0, inner[0], inner[1])
            .z();
        p.fill(&lash, lid_dark);
        if !person.plain_lids {
            let up = blink * 6.0;
            let crease = Outline::m(-w * 0.84, -h * 0.80).c(
                -w * 0.36,
                open_top - 11.0 + up,
                w * 0.42,
                open_top - 13.0 + up,
                w * 1.06,
                -h * 0.80 - tilt,
            );
            p.line(&crease, 2.0, skin.dark.alpha(0.52 * (1.0 - 0.6 * blink as f32)));
        }
        if person.age > 0.35 {
            self.draw_age_of_eye(p, w, h);
        }
    }

    fn draw_iris(&self, p: &mut Painter<'_>, side: f64) {
        let iris = &self.palette.iris;
        // Gaze is to the right of the picture, this eye's x goes outwards.
        let x = side * self.gaze[0] * 7.0 - 1.2;
        let y = -2.0 + self.gaze[1] * 4.5;
        let r = 13.8;
        let rings = vec![(0.0, iris[0]), (0.62, iris[1]), (0.92, iris[2]), (1.0, iris[2].shaded(0.2))];
        p.ellipse(x, y, r, r, Fill::Radial([x, y + 3.0, r * 1.15], rings));
        p.ellipse(x, y, r * 0.46, r * 0.46, Ink::hex(0x120b09));
        p.ellipse(x - side * 4.4, y - 5.0, 3.7, 3.7, Ink::hex(0xffffff));
        p.ellipse(x + side * 5.0, y + 5.2, 1.8, 1.8, Ink::hex(0xffffff).alpha(0.6));
    }

    /// Lines below and beside an eye of this half width and height.
    fn draw_age_of_eye(&self, p: &mut Painter<'_>, w: f64, h: f64) {
        let dark = self.palette.skin.dark;
        let age = self.person.age - 0.2;
        let bag = Outline::m(-w * 0.8, h * 0.78 + 9.0).q(0.0, h * 0.78 + 19.0, w * 0.75, h * 0.78 + 8.0);
        p.line(&bag, 2.2, dark.alpha(0.34 * age));
        for (dy, x) in [(-2.0, 15.0), (6.0, 16.0), (13.0, 14.0)] {
            let foot = Outline::m(w + 8.0, dy * 0.7 - 2.0).q(w + x, dy, w + x + 4.0, dy * 1.6 + 1.0);
            p.line(&foot, 1.8, dark.alpha(0.42 * age));
        }
    }

    /// One brow, in the coordinates of its eye.
    fn draw_brow(&self, p: &mut Painter<'_>) {
        let person = self.person;
        let feminine = f64::from(person.femininity);
        let thick = (1.0 + 0.45 * f64::from(person.brows)) * (1.32 - 0.42 * feminine);
        let y = -45.0 - 9.5 * self.brows - 2.0 * feminine + 1.5 * self.blink;
        let arch = 3.0 + 4.0 * feminine;
        let outline = Outline::m(-36.0, y - 1.0)
            .c(-18.0, y - 6.0 - arch * 0.4, 12.0, y - 6.0 - arch - thick * 1.6, 43.0, y + 5.0)
            .c(
                14.0,
                y - arch + thick * 1.2,
                -12.0,
                y + thick * 3.8 - arch * 0.4,
                -34.0,
                y - 1.0 + thick * 7.0,
            )
            .c(-39.5, y + thick * 5.0, -39.5, y + 0.5, -36.0, y - 1.0)
            .z();
        let hair = self.palette.hair;
        let ink = hair.brow.mix(self.palette.skin.dark, 0.18);
        p.fill(&outline, ink.alpha(0.94));
    }

    fn draw_nose(&self, p: &mut Painter<'_>) {
        let skin = &self.palette.skin;
        let person = self.person;
        let w = (21.0 + 2.5 * (1.0 - f64::from(person.femininity))) * (1.0 + 0.24 * f64::from(person.nose));
        let place = Affine::translate((self.at_depth(3.4), self.nod * 2.0));
        p.within(place, |p| {
            let plane = Outline::m(6.0, -10.0)
                .c(13.0, 18.0, w + 1.0, 40.0, w, 54.0)
                .c(w - 3.0, 64.0, 8.0, 64.0, 0.0, 65.0)
                .c(10.0, 48.0, 8.0, 18.0, 6.0, -10.0)
                .z();
            p.fill(&plane, skin.shade.alpha(0.42));
            p.glow(0.0, 67.0, w + 6.0, 9.0, skin.shade.alpha(0.5));
            let wing = Outline::m(w, 52.0).c(w + 0.5, 61.0, w - 7.0, 62.5, w - 13.0, 59.5);
            p.line_both(&wing, 3.3, skin.dark.alpha(0.82));
            let tip = Outline::m(-7.0, 64.0).q(0.0, 69.0, 7.0, 64.0);
            p.line(&tip, 2.6, skin.dark.alpha(0.5));
            p.glow(-3.0, 44.0, 9.0, 13.0, Ink::hex(0xffffff).alpha(0.42));
            p.glow(-3.0, 12.0, 5.0, 26.0, Ink::hex(0xffffff).alpha(0.16));
        });
    }

    fn draw_freckles(&self, p: &mut Painter<'_>) {
        let ink = self.palette.skin.dark.alpha(0.30);
        for (x, y, r) in [
            (-84.0, 44.0, 2.2),
            (-70.0, 38.0, 1.8),
            (-60.0, 50.0, 2.3),
            (-47.0, 40.0, 1.9),
            (-76.0, 58.0, 1.9),
            (-34.0, 47.0, 1.7),
            (-52.0, 60.0, 1.6),
            (84.0, 44.0, 2.0),
            (68.0, 39.0, 2.2),
            (58.0, 51.0, 1.8),
            (45.0, 41.0, 2.1),
            (75.0, 57.0, 1.8),
            (33.0, 48.0, 1.7),
            (51.0, 61.0, 1.9),
            (-8.0, 22.0, 1.5),
            (7.0, 28.0, 1.6),
        ] {
            p.ellipse(x, y, r, r * 0.9, ink);
        }
    }

    /// Lines of age: forehead, beside the nose, below the cheeks.
    fn draw_age(&self, p: &mut Painter<'_>) {
        let skin = &self.palette.skin;
        let age = self.person.age;
        let smile = self.smile as f32;
        let fold = Outline::m(33.0, 62.0).c(46.0, 72.0, 54.0, 86.0, 55.0, 104.0);
        let strength = 0.10 * smile + 0.42 * (age - 0.15).max(0.0);
        p.line_both(&fold, 2.6, skin.dark.alpha(strength.min(0.5)));
        if age > 0.45 {
            for (y, x) in [(-98.0, 46.0), (-84.0, 52.0)] {
                let furrow = Outline::m(-x, y).c(-x * 0.4, y - 5.0, x * 0.4, y - 5.0, x, y);
                p.line(&furrow, 2.2, skin.dark.alpha(0.26 * age));
            }
            let jowl = Outline::m(60.0, 118.0).q(58.0, 132.0, 50.0, 140.0);
            p.line_both(&jowl, 2.4, skin.dark.alpha(0.28 * age));
        }
    }
}
