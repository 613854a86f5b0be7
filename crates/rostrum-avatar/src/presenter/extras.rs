//! What is worn on the head: spectacles, hats, headphones.

use rostrum_model::presenter::{Glasses, HairStyle, Headwear, Outfit};
use vello_cpu::kurbo::Affine;

use super::face::Head;
use super::paint::{Ink, Outline, Painter, linear, linear3};

impl Head<'_> {
    pub(super) fn draw_glasses(&self, p: &mut Painter<'_>, outfit: &Outfit) {
        let w = self.half_width();
        let frame = match outfit.glasses {
            Glasses::None => return,
            Glasses::Round => Ink::hex(0x3a2a22),
            Glasses::Square => Ink::hex(0x1b1714),
            Glasses::CatEye => Ink::hex(0x6d2437),
        };
        let lens = |side: f64| match outfit.glasses {
            Glasses::Round => Outline::ellipse(side * 57.0, 6.0, 44.0, 42.0),
            Glasses::Square => Outline::m(side * 14.0, -16.0)
                .c(side * 14.0, -27.0, side * 20.0, -29.0, side * 30.0, -29.0)
                .l(side * 90.0, -28.0)
                .c(side * 102.0, -28.0, side * 105.0, -22.0, side * 104.0, -10.0)
                .c(side * 102.0, 24.0, side * 94.0, 35.0, side * 66.0, 35.0)
                .c(side * 30.0, 36.0, side * 16.0, 24.0, side * 14.0, -16.0)
                .z(),
            _ => Outline::m(side * 14.0, -8.0)
                .c(side * 18.0, -24.0, side * 60.0, -26.0, side * 112.0, -36.0)
                .c(side * 108.0, 10.0, side * 92.0, 34.0, side * 62.0, 34.0)
                .c(side * 30.0, 34.0, side * 14.0, 18.0, side * 14.0, -8.0)
                .z(),
        };
        let place = Affine::translate((self.at_depth(1.4), self.nod * 1.2));
        p.within(place, |p| {
            for side in [-1.0, 1.0] {
                let rim = lens(side);
                p.fill(&rim, Ink::hex(0xffffff).alpha(0.08));
                p.clipped(&rim, |p| {
                    let x = side * 57.0;
                    let gleam =
                        Outline::m(x - 30.0, -40.0).l(x - 8.0, -40.0).l(x - 34.0, 50.0).l(x - 56.0, 50.0).z();
                    p.fill(&gleam, Ink::hex(0xffffff).alpha(0.12));
                });
                p.line(&rim, 5.4, frame);
                if self.person.hair == HairStyle::Hijab {
                    continue; // The cloth hides the sides.
                }
                p.line(
                    &Outline::m(side * 102.0, -12.0).l(side * (w + 1.0) - self.at_depth(1.4), -8.0),
                    5.4,
                    frame,
                );
            }
            p.line(&Outline::m(-14.0, -4.0).q(0.0, -14.0, 14.0, -4.0), 5.4, frame);
        });
    }

    pub(super) fn draw_headwear(&self, p: &mut Painter<'_>, outfit: &Outfit) {
        let place = Affine::translate((self.at_depth(-1.5), 0.0));
        let accent = self.palette.accent;
        p.within(place, |p| match outfit.headwear {
            Headwear::None => {}
            Headwear::ChefHat => draw_chef_hat(p),
            Headwear::HardHat => draw_hard_hat(p, accent),
            Headwear::Cap => draw_cap(p, accent),
            Headwear::Headset => draw_headset(p, self.half_width()),
        });
    }
}

fn draw_chef_hat(p: &mut Painter<'_>) {
    let white = Ink::hex(0xfaf8f4);
    let puff = Outline::m(-118.0, -128.0)
        .c(-180.0, -150.0, -168.0, -226.0, -104.0, -222.0)
        .c(-84.0, -262.0, -20.0, -266.0, 4.0, -240.0)
        .c(40.0, -266.0, 104.0, -256.0, 112.0, -218.0)
        .c(172.0, -222.0, 176.0, -148.0, 120.0, -128.0)
        .z();
    p.fill(
        &puff,
        linear3([-140.0, -250.0], [140.0, -120.0], white, (0.5, white.shaded(0.06)), white.shaded(0.2)),
    );
    for x in [-60.0, -8.0, 48.0] {
        p.line(
            &Outline::m(x, -134.0).q(x * 0.92, -170.0, x * 1.1, -204.0),
            4.0,
            white.shaded(0.24).alpha(0.6),
        );
    }
    let band = Outline::m(-128.0, -134.0)
        .q(0.0, -166.0, 128.0, -134.0)
        .l(126.0, -84.0)
        .q(0.0, -120.0, -126.0, -84.0)
        .z();
    p.fill(&band, linear([-128.0, 0.0], [128.0, 0.0], white, white.shaded(0.18)));
}

fn draw_hard_hat(p: &mut Painter<'_>, accent: Ink) {
    let dome = Outline::m(-140.0, -92.0)
        .c(-146.0, -190.0, -74.0, -232.0, 0.0, -232.0)
        .c(74.0, -232.0, 146.0, -190.0, 140.0, -92.0)
        .q(0.0, -136.0, -140.0, -92.0)
        .z();
    p.fill(
        &dome,
        linear3([-140.0, -230.0], [140.0, -90.0], accent.lit(0.4), (0.45, accent), accent.shaded(0.28)),
    );
    let ridge = Outline::m(-22.0, -234.0)
        .c(-30.0, -190.0, -30.0, -150.0, -26.0, -116.0)
        .l(26.0, -116.0)
        .c(30.0, -150.0, 30.0, -190.0, 22.0, -234.0)
        .z();
    p.fill(&ridge, accent.lit(0.24));
    let brim = Outline::m(-156.0, -84.0)
        .c(-120.0, -124.0, 120.0, -124.0, 156.0, -84.0)
        .c(150.0, -66.0, 128.0, -68.0, 112.0, -76.0)
        .c(60.0, -98.0, -60.0, -98.0, -112.0, -76.0)
        .c(-128.0, -68.0, -150.0, -66.0, -156.0, -84.0)
        .z();
    p.fill(&brim, linear([0.0, -110.0], [0.0, -70.0], accent.lit(0.16), accent.shaded(0.2)));
}

fn draw_cap(p: &mut Painter<'_>, accent: Ink) {
    let dome = Outline::m(-134.0, -78.0)
        .c(-142.0, -170.0, -80.0, -214.0, 0.0, -214.0)
        .c(80.0, -214.0, 142.0, -170.0, 134.0, -78.0)
        .q(0.0, -130.0, -134.0, -78.0)
        .z();
    p.fill(
        &dome,
        linear3([-130.0, -210.0], [130.0, -80.0], accent.lit(0.2), (0.5, accent), accent.shaded(0.26)),
    );
    p.line(&Outline::m(0.0, -213.0).q(-4.0, -160.0, 0.0, -108.0), 2.6, accent.shaded(0.3).alpha(0.7));
    let peak = Outline::m(-128.0, -86.0)
        .c(-90.0, -126.0, 90.0, -126.0, 128.0, -86.0)
        .c(138.0, -60.0, 90.0, -78.0, 0.0, -80.0)
        .c(-90.0, -78.0, -138.0, -60.0, -128.0, -86.0)
        .z();
    p.fill(&peak, linear([0.0, -116.0], [0.0, -66.0], accent, accent.shaded(0.34)));
}

/// Headphones on a head of this half width.
fn draw_headset(p: &mut Painter<'_>, w: f64) {
    let dark = Ink::hex(0x2b2f36);
    let band = Outline::m(-w - 9.0, 6.0).c(-w - 24.0, -130.0, -90.0, -206.0, 0.0, -206.0).c(
        90.0,
        -206.0,
        w + 24.0,
        -130.0,
        w + 9.0,
        6.0,
    );
    p.line(&band, 13.0, dark);
    p.line(&band, 4.0, dark.lit(0.22));
    for side in [-1.0, 1.0] {
        let x = side * (w + 8.0);
        p.ellipse(x, 26.0, 19.0, 36.0, dark.shaded(0.2));
        p.ellipse(x - side * 4.0, 26.0, 13.0, 29.0, dark.lit(0.14));
    }
    let boom = Outline::m(-w - 8.0, 54.0).c(-w - 4.0, 108.0, -100.0, 128.0, -66.0, 126.0);
    p.line(&boom, 6.0, dark);
    p.ellipse(-62.0, 126.0, 12.0, 8.0, dark.lit(0.08));
}
