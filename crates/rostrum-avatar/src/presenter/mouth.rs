//! The mouth, drawn from continuous parameters: every frame has the shape that speech asks for.

use vello_cpu::kurbo::Affine;

use super::face::Head;
use super::paint::{Ink, Outline, Painter, linear};

/// Half the breadth of a mouth at rest.
const HALF_WIDTH: f64 = 46.0;
/// How far the lower lip goes down for an opening of one eye span. A human mouth of this breadth would open to 36; more
/// than 31 looks like shouting.
const DROP_PER_SPAN: f64 = 155.0;
/// Where the lips meet when they rest.
const Y: f64 = 106.0;

impl Head<'_> {
    pub(super) fn draw_mouth(&self, p: &mut Painter<'_>) {
        let place = Affine::translate((self.at_depth(1.8), self.jaw() * 0.12 + self.nod * 1.0));
        p.within(place, |p| self.draw_lips(p));
    }

    fn draw_lips(&self, p: &mut Painter<'_>) {
        let skin = &self.palette.skin;
        let m = &self.mouth;
        let (open, round) = (f64::from(m.open).max(0.0), f64::from(m.round).clamp(0.0, 1.05));
        let (roll, fv) = (f64::from(m.roll), f64::from(m.fv));
        let (raise, lower) = (f64::from(m.raise), f64::from(m.lower));
        let full =
            1.0 + 0.26 * f64::from(self.person.lips) + 0.10 * (f64::from(self.person.femininity) - 0.5);
        let share = (open / 0.2).min(1.2);
        let smile = self.smile * (1.0 - share * 0.6).max(0.0) * (1.0 - 0.8 * round);

        let half = HALF_WIDTH * (1.0 + 0.8 * f64::from(m.spread) - 0.40 * round) * (1.0 + 0.10 * smile);
        // How far the lips are apart, above and below the line at which they meet.
        let up = 6.0 * share + 60.0 * raise;
        let down = open * DROP_PER_SPAN * (1.0 - 0.12 * round) + 190.0 * lower * (1.0 - share).max(0.0);
        let gap = (up + down) * (1.0 - fv * 0.55);
        let parted = (gap / 3.0).clamp(0.0, 1.0);
        let (up, down) = (up * parted, down * parted * (1.0 - 0.45 * fv));
        let upper = (9.6 + 5.0 * round - 6.0 * roll) * full;
        let under = (13.4 + 4.0 * round - 7.5 * roll) * full * (1.0 - 0.15 * share) * (1.0 - 0.25 * fv);
        let corner = Y - smile * 15.0 + 2.0 * share;
        let bow = 3.2 * (1.0 - 0.5 * round);
        let k = if round < 0.5 { 0.62 } else { 0.72 };
        let y = Y;

        let outer_top = Outline::m(-half, corner)
            .c(
                -half * 0.62,
                y - upper * 0.75 - up * 0.6,
                -half * 0.30,
                y - upper - up - 1.0,
                -half * 0.14,
                y - upper - up,
            )
            .q(0.0, y - upper - up + bow, half * 0.14, y - upper - up)
            .c(half * 0.30, y - upper - up - 1.0, half * 0.62, y - upper * 0.75 - up * 0.6, half, corner);
        let sag = 1.6 * (1.0 - parted);
        let inner_top = Outline::m(-half, corner)
            .c(-half * k, y - up * 1.15 - smile * 1.5, -half * 0.25, y - up * 1.05 + sag, 0.0, y - up + sag)
            .c(half * 0.25, y - up * 1.05 + sag, half * k, y - up * 1.15 - smile * 1.5, half, corner);
        let inner_bottom = Outline::m(half, corner)
            .c(half * 0.80, y + down * 0.80, half * 0.42, y + down + sag, 0.0, y + down + sag)
            .c(-half * 0.42, y + down + sag, -half * 0.80, y + down * 0.80, -half, corner);
        let outer_bottom = Outline::m(-half, corner)
            .c(-half * 0.74, y + down + under * 0.80, -half * 0.38, y + down + under, 0.0, y + down + under)
            .c(half * 0.38, y + down + under, half * 0.74, y + down + under * 0.80, half, corner);

        p.glow(0.0, y + down + under + 8.0, half * 0.66, 8.0, skin.shade.alpha(0.55));
        if parted > 0.0 {
            let hollow = inner_top.clone().join(&inner_bottom).z();
            p.clipped(&hollow, |p| {
                p.fill(
                    &hollow,
                    linear([0.0, y - up], [0.0, y + down], Ink::hex(0x5a1c20), Ink::hex(0x35090f)),
                );
                self.draw_inside(p, half, y - up, y + down);
                p.line(&hollow, 6.0, Ink::hex(0x2c0a0e).alpha(0.30));
            });
        }
        let top_lip = outer_top.join(&inner_top.reversed()).z();
        p.fill(&top_lip, linear([0.0, y - up - upper], [0.0, y - up + 2.0], skin.lip, skin.lip_dark));
        let bottom_lip = outer_bottom.join(&inner_bottom).z();
        p.fill(&bottom_lip, linear([0.0, y + down], [0.0, y + down + under], skin.lip.lit(0.10), skin.lip));
        if parted < 1.0 {
            let meet = inner_top.clone();
            p.line(&meet, 2.5, skin.lip_dark.shaded(0.30).alpha(1.0 - parted as f32));
        }
        p.glow(
            -half * 0.12,
            y + down + under * 0.46,
            half * 0.34,
            under * 0.30,
            Ink::hex(0xffffff).alpha(0.34),
        );
        for side in [-1.0, 1.0] {
            let tick = Outline::m(side * (half + 1.0), corner - 3.0).q(
                side * (half + 5.0),
                corner + 1.0,
                side * (half + 2.5),
                corner + 5.0,
            );
            p.line(&tick, 2.2, skin.dark.alpha(0.42));
        }
    }

    /// Tongue and teeth between the lips, whose edges are at these heights in the middle.
    fn draw_inside(&self, p: &mut Painter<'_>, half: f64, top: f64, bottom: f64) {
        let m = &self.mouth;
        let (raise, lower) = (f64::from(m.raise), f64::from(m.lower));
        let share = (f64::from(m.open) / 0.2).clamp(0.0, 1.2);
        let rise = f64::from(m.tongue) * 15.0;
        p.ellipse(0.0, bottom + 7.0 - rise, half * 0.62, 9.0 + 12.0 * share, Ink::hex(0xc05a62));
        p.ellipse(0.0, bottom + 5.0 - rise, half * 0.30, 5.0 + 6.0 * share, Ink::hex(0xd77678).alpha(0.7));
        if lower > 0.003 {
            let rim = bottom - (lower * 330.0).min(8.5);
            let teeth = Outline::m(-half * 0.62, bottom + 2.0)
                .q(0.0, rim - 2.0, half * 0.62, bottom + 2.0)
                .l(half * 0.62, bottom + 22.0)
                .l(-half * 0.62, bottom + 22.0)
                .z();
            p.fill(&teeth, Ink::hex(0xe9e2db));
        }
        let edge = top + 5.0 + (raise * 210.0).min(6.5) + 2.0 * share + f64::from(m.fv) * 3.0;
        let teeth = Outline::m(-half * 0.88, top - 14.0)
            .l(-half * 0.88, edge - 6.0)
            .q(-half * 0.5, edge - 0.4, 0.0, edge)
            .q(half * 0.5, edge - 0.4, half * 0.88, edge - 6.0)
            .l(half * 0.88, top - 14.0)
            .z();
        let seen = (1.0 - 0.75 * m.round).clamp(0.15, 1.0);
        p.fill(&teeth, Ink::hex(0xfbf8f4).mix(Ink::hex(0x8a6a62), (1.0 - seen) * 0.55));
    }
}
