//! Neck, torso and what is worn on it. Coordinates of the figure: x = 0 is its middle, y goes down, the shoulders lie at
//! 650 and the picture ends near 1080.

use rostrum_model::presenter::{Appearance, Garment};

use super::paint::{Fill, Ink, Outline, Painter, linear, linear3};
use super::palette::Palette;

/// Below any picture.
const DOWN: f64 = 1340.0;

/// A body at one moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body<'a> {
    pub(super) appearance: &'a Appearance,
    pub(super) palette: &'a Palette,
}

/// How a garment ends at the neck.
#[derive(Debug, Clone, Copy)]
enum Neckline {
    /// Round, this low.
    Round(f64),
    /// Pointed, this low.
    Pointed(f64),
}

impl Body<'_> {
    /// Breadth of the shoulders against the average.
    pub(super) fn breadth(&self) -> f64 {
        let person = &self.appearance.person;
        (1.03 - 0.12 * f64::from(person.femininity)) * (1.0 + 0.08 * f64::from(person.build))
    }

    fn neck_half_width(&self) -> f64 {
        let person = &self.appearance.person;
        (64.0 - 15.0 * f64::from(person.femininity)) * (1.0 + 0.07 * f64::from(person.build))
    }

    fn shoulder(&self, x: f64) -> f64 {
        x * self.breadth()
    }

    pub(super) fn draw_neck(&self, p: &mut Painter<'_>) {
        let skin = &self.palette.skin;
        let n = self.neck_half_width();
        let neck = Outline::m(n, 430.0)
            .l(n, 548.0)
            .c(n + 3.0, 596.0, n + 22.0, 616.0, self.shoulder(140.0), 644.0)
            .l(self.shoulder(150.0), 800.0)
            .l(0.0, 900.0);
        let neck = Outline::m(0.0, 430.0).join(&neck).symmetric();
        p.fill(
            &neck,
            linear3(
                [0.0, 480.0],
                [0.0, 640.0],
                skin.base.mix(skin.shade, 0.75),
                (0.55, skin.base.mix(skin.shade, 0.3)),
                skin.base,
            ),
        );
        p.clipped(&neck, |p| {
            let shadow = Outline::m(-n - 4.0, 470.0)
                .c(-n * 0.7, 588.0, n * 0.86, 598.0, n + 4.0, 506.0)
                .l(n + 4.0, 430.0)
                .l(-n - 4.0, 430.0)
                .z();
            p.fill(&shadow, skin.shade.mix(skin.dark, 0.35).alpha(0.62));
            p.line_both(&Outline::m(n - 14.0, 590.0).q(26.0, 622.0, 12.0, 646.0), 3.2, skin.dark.alpha(0.26));
            p.line_both(
                &Outline::m(22.0, 660.0).c(50.0, 648.0, 84.0, 646.0, 112.0, 650.0),
                3.4,
                skin.dark.alpha(0.18),
            );
        });
    }

    /// The outline of everything worn on the torso, without sleeves.
    fn torso(&self, neckline: Neckline) -> Outline {
        let s = |x: f64| self.shoulder(x);
        let n = self.neck_half_width() + 20.0;
        let (start, neck_y) = match neckline {
            Neckline::Round(low) => {
                (Outline::m(0.0, low).c(n * 0.55, low, n * 0.95, low - 22.0, n, 604.0), 604.0)
            }
            Neckline::Pointed(low) => {
                (Outline::m(0.0, low).c(n * 0.34, low - 44.0, n * 0.86, 650.0, n, 604.0), 604.0)
            }
        };
        start
            .c(n + 40.0, neck_y + 14.0, s(170.0), 624.0, s(214.0), 648.0)
            .c(s(252.0), 664.0, s(276.0), 700.0, s(268.0), 780.0)
            .c(s(252.0), 850.0, s(228.0), 940.0, s(232.0), DOWN)
            .l(0.0, DOWN)
            .symmetric()
    }

    /// Continues an outline from the neck down the outer edge of what is worn open over the torso.
    fn along_coat(&self, from: Outline, side: f64) -> Outline {
        let s = |x: f64| side * self.shoulder(x);
        from.c(side * (self.neck_half_width() + 54.0), 616.0, s(172.0), 622.0, s(216.0), 646.0)
            .c(s(256.0), 664.0, s(280.0), 700.0, s(270.0), 780.0)
            .c(s(254.0), 850.0, s(230.0), 940.0, s(236.0), DOWN)
    }

    /// The outline of the torso with all that is worn on it, without sleeves: arms throw their shadows on nothing beside it.
    pub(super) fn silhouette(&self) -> Outline {
        match self.appearance.outfit.garment {
            Garment::Suit | Garment::Blazer | Garment::LabCoat | Garment::Cardigan => {
                let neck = Outline::m(0.0, 592.0).l(self.neck_half_width() + 12.0, 592.0);
                self.along_coat(neck, 1.0).l(0.0, DOWN).symmetric()
            }
            // The neckline does not matter: what shows in it is the body too.
            _ => self.torso(Neckline::Round(640.0)),
        }
    }

    pub(super) fn cloth(ink: Ink) -> Fill {
        linear3([-250.0, 640.0], [270.0, 1060.0], ink.lit(0.17), (0.45, ink), ink.shaded(0.32))
    }

    /// Shadow of the chin and folds on any garment.
    fn draw_folds(&self, p: &mut Painter<'_>, outline: &Outline, ink: Ink) {
        let dark = ink.shaded(0.42);
        p.clipped(outline, |p| {
            p.glow(12.0, 616.0, 120.0, 44.0, dark.alpha(0.42));
            let side = Outline::m(self.shoulder(286.0), 690.0)
                .c(self.shoulder(214.0), 800.0, self.shoulder(150.0), 980.0, self.shoulder(160.0), DOWN)
                .l(400.0, DOWN)
                .z();
            p.fill(&side, dark.alpha(0.26));
            for side in [-1.0, 1.0] {
                let fold = Outline::m(side * self.shoulder(204.0), 836.0).q(
                    side * self.shoulder(168.0),
                    862.0,
                    side * self.shoulder(140.0),
                    868.0,
                );
                p.line(&fold, 5.0, dark.alpha(0.34));
                let fold = Outline::m(side * self.shoulder(206.0), 870.0).q(
                    side * self.shoulder(176.0),
                    908.0,
                    side * self.shoulder(150.0),
                    920.0,
                );
                p.line(&fold, 4.0, dark.alpha(0.24));
            }
        });
    }

    fn draw_garment_base(&self, p: &mut Painter<'_>, neckline: Neckline, ink: Ink) {
        let torso = self.torso(neckline);
        p.fill(&torso, Self::cloth(ink));
        self.draw_folds(p, &torso, ink);
    }

    pub(super) fn draw_torso(&self, p: &mut Painter<'_>) {
        let (main, second, accent) = (self.palette.main, self.palette.second, self.palette.accent);
        match self.appearance.outfit.garment {
            Garment::Suit => {
                self.draw_garment_base(p, Neckline::Pointed(700.0), second);
                self.draw_collar(p, second);
                draw_tie(p, accent);
                self.draw_jacket(p, main, accent);
            }
            Garment::Blazer => {
                self.draw_garment_base(p, Neckline::Pointed(726.0), second);
                self.draw_jacket(p, main, main.lit(0.3));
            }
            Garment::Shirt => {
                self.draw_garment_base(p, Neckline::Pointed(700.0), main);
                draw_placket(p, main, accent);
                self.draw_collar(p, main);
            }
            Garment::Tshirt => {
                self.draw_garment_base(p, Neckline::Round(652.0), main);
                self.draw_rib(p, 652.0, main);
            }
            Garment::Sweater => {
                self.draw_garment_base(p, Neckline::Round(650.0), main);
                self.draw_knit(p, main);
                self.draw_rib(p, 650.0, main);
            }
            Garment::Turtleneck => {
                self.draw_garment_base(p, Neckline::Round(640.0), main);
                self.draw_knit(p, main);
                self.draw_high_collar(p, main);
            }
            Garment::Hoodie => self.draw_hoodie(p, main, second),
            Garment::Cardigan => {
                self.draw_garment_base(p, Neckline::Round(676.0), second);
                self.draw_rib(p, 676.0, second);
                self.draw_cardigan(p, main, accent);
            }
            Garment::Dress => {
                self.draw_garment_base(p, Neckline::Pointed(758.0), main);
                let wrap = Outline::m(-self.neck_half_width() - 18.0, 606.0).c(
                    -60.0,
                    700.0,
                    20.0,
                    800.0,
                    self.shoulder(190.0),
                    900.0,
                );
                p.line(&wrap, 5.0, main.shaded(0.4).alpha(0.6));
                let edge =
                    Outline::m(self.neck_half_width() + 18.0, 606.0).c(70.0, 660.0, 30.0, 720.0, 0.0, 758.0);
                p.line(&edge, 5.0, main.shaded(0.3).alpha(0.5));
                p.line_both(
                    &Outline::m(self.neck_half_width() + 2.0, 612.0).c(40.0, 660.0, 16.0, 682.0, 0.0, 690.0),
                    2.4,
                    accent,
                );
                p.ellipse(0.0, 696.0, 7.0, 9.0, accent);
            }
            Garment::LabCoat => {
                self.draw_garment_base(p, Neckline::Pointed(700.0), second);
                self.draw_collar(p, second);
                self.draw_jacket(p, main, accent);
                self.draw_stethoscope(p, accent);
            }
            Garment::Scrubs => {
                self.draw_garment_base(p, Neckline::Pointed(728.0), main);
                let n = self.neck_half_width() + 20.0;
                let rim = Outline::m(n, 604.0).c(n * 0.86, 650.0, n * 0.34, 684.0, 0.0, 728.0);
                p.line_both(&rim, 11.0, main.shaded(0.16));
                let pocket = Outline::m(66.0, 838.0).l(160.0, 834.0).l(156.0, 930.0).l(70.0, 934.0).z();
                p.fill(&pocket, main.lit(0.10));
                p.line(&pocket, 3.0, main.shaded(0.3).alpha(0.6));
                p.line(&Outline::m(104.0, 828.0).l(104.0, 872.0), 6.0, accent);
            }
            Garment::Apron => {
                self.draw_garment_base(p, Neckline::Pointed(690.0), second);
                draw_placket(p, second, accent);
                self.draw_collar(p, second);
                self.draw_apron(p, main);
            }
            Garment::SafetyVest => {
                self.draw_garment_base(p, Neckline::Pointed(700.0), second);
                draw_placket(p, second, second.shaded(0.4));
                self.draw_collar(p, second);
                self.draw_vest(p, main, accent);
            }
            Garment::TrackJacket => {
                self.draw_garment_base(p, Neckline::Round(640.0), main);
                self.draw_zip(p, main, accent);
                self.draw_high_collar(p, main);
                p.line(&Outline::m(0.0, 588.0).l(0.0, DOWN), 4.0, accent.lit(0.2));
            }
        }
    }

    fn draw_collar(&self, p: &mut Painter<'_>, ink: Ink) {
        let n = self.neck_half_width();
        let wing = |side: f64| {
            Outline::m(side * (n + 4.0), 566.0)
                .c(side * (n + 20.0), 584.0, side * (n + 34.0), 602.0, side * (n + 36.0), 618.0)
                .l(side * 66.0, 732.0)
                .l(side * 6.0, 694.0)
                .c(side * 26.0, 668.0, side * (n - 10.0), 630.0, side * (n + 4.0), 566.0)
                .z()
        };
        p.fill(&wing(-1.0), linear([-110.0, 580.0], [0.0, 720.0], ink.lit(0.4), ink));
        p.fill(&wing(1.0), linear([0.0, 580.0], [110.0, 720.0], ink, ink.shaded(0.16)));
        for side in [-1.0, 1.0] {
            let edge = Outline::m(side * (n + 36.0), 618.0).l(side * 66.0, 732.0).l(side * 6.0, 694.0);
            p.line(&edge, 2.6, ink.shaded(0.34).alpha(0.55));
        }
    }

    fn draw_jacket(&self, p: &mut Painter<'_>, ink: Ink, buttons: Ink) {
        let s = |x: f64| self.shoulder(x);
        let n = self.neck_half_width();
        for side in [-1.0, 1.0] {
            let lit = side < 0.0;
            let panel = self
                .along_coat(Outline::m(side * (n + 12.0), 592.0), side)
                .l(side * -10.0, DOWN)
                .l(side * -4.0, 976.0)
                .c(side * 34.0, 880.0, side * 78.0, 760.0, side * (n + 12.0), 592.0)
                .z();
            p.fill(&panel, Self::cloth(ink));
            self.draw_folds(p, &panel, ink);
            let lapel = Outline::m(side * (n + 10.0), 590.0)
                .c(side * (n + 36.0), 604.0, side * (n + 48.0), 622.0, side * (n + 52.0), 640.0)
                .l(side * (n + 74.0), 704.0)
                .l(side * (n + 40.0), 716.0)
                .l(side * (n + 58.0), 742.0)
                .c(side * 84.0, 836.0, side * 40.0, 920.0, side * -2.0, 976.0)
                .c(side * 26.0, 880.0, side * 66.0, 760.0, side * (n + 10.0), 590.0)
                .z();
            p.fill(
                &lapel,
                linear(
                    [side * 20.0, 620.0],
                    [side * 110.0, 900.0],
                    ink.lit(if lit { 0.22 } else { 0.10 }),
                    ink.shaded(if lit { 0.02 } else { 0.14 }),
                ),
            );
            let notch = Outline::m(side * (n + 74.0), 704.0)
                .l(side * (n + 40.0), 716.0)
                .l(side * (n + 58.0), 742.0)
                .c(side * 84.0, 836.0, side * 40.0, 920.0, side * -2.0, 976.0);
            p.line(&notch, 3.2, ink.shaded(0.5).alpha(0.55));
        }
        for y in [1010.0, 1072.0] {
            p.ellipse(2.0, y, 9.0, 9.0, ink.shaded(0.45));
            p.ellipse(0.0, y - 2.0, 5.0, 5.0, buttons.mix(ink, 0.5));
        }
        let pocket = Outline::m(s(108.0), 806.0).l(s(170.0), 796.0);
        p.line(&pocket, 5.0, ink.shaded(0.46).alpha(0.6));
    }

    fn draw_rib(&self, p: &mut Painter<'_>, low: f64, ink: Ink) {
        let n = self.neck_half_width() + 20.0;
        let rim = Outline::m(n, 605.0).c(n * 0.95, low - 21.0, n * 0.55, low + 1.0, 0.0, low + 1.0);
        p.line_both(&rim, 14.0, ink.shaded(0.12));
        let edge = Outline::m(n + 6.0, 612.0).c(n, low - 14.0, n * 0.55, low + 10.0, 0.0, low + 10.0);
        p.line_both(&edge, 2.0, ink.shaded(0.36).alpha(0.5));
    }

    fn draw_knit(&self, p: &mut Painter<'_>, ink: Ink) {
        let torso = self.torso(Neckline::Round(650.0));
        p.clipped(&torso, |p| {
            for k in -6..=6 {
                let x = f64::from(k) * 34.0;
                p.line(
                    &Outline::m(x, 690.0).q(x * 0.96, 880.0, x * 0.98, DOWN),
                    2.2,
                    ink.shaded(0.30).alpha(0.20),
                );
            }
        });
    }

    fn draw_high_collar(&self, p: &mut Painter<'_>, ink: Ink) {
        let n = self.neck_half_width();
        let collar = Outline::m(-n - 5.0, 540.0)
            .q(0.0, 572.0, n + 5.0, 540.0)
            .l(n + 22.0, 622.0)
            .q(0.0, 668.0, -n - 22.0, 622.0)
            .z();
        p.fill(&collar, linear([-n, 0.0], [n, 60.0], ink.lit(0.16), ink.shaded(0.22)));
        p.line(&Outline::m(-n - 13.0, 586.0).q(0.0, 622.0, n + 13.0, 586.0), 3.6, ink.shaded(0.4).alpha(0.5));
        p.line(&Outline::m(-n - 22.0, 623.0).q(0.0, 669.0, n + 22.0, 623.0), 3.0, ink.shaded(0.4).alpha(0.5));
    }

    fn draw_hoodie(&self, p: &mut Painter<'_>, ink: Ink, lining: Ink) {
        let n = self.neck_half_width();
        let hood = Outline::m(0.0, 560.0)
            .c(n + 40.0, 540.0, n + 96.0, 570.0, n + 92.0, 632.0)
            .l(0.0, 700.0)
            .symmetric();
        // The hood lies behind the neck, so only its rims are seen beside it.
        p.clipped(
            &Outline::m(-400.0, 500.0)
                .l(-n + 2.0, 500.0)
                .l(-n + 2.0, 640.0)
                .l(n - 2.0, 640.0)
                .l(n - 2.0, 500.0)
                .l(400.0, 500.0)
                .l(400.0, 760.0)
                .l(-400.0, 760.0)
                .z(),
            |p| {
                p.fill(&hood, linear([0.0, 550.0], [0.0, 660.0], ink.shaded(0.26), ink.shaded(0.06)));
            },
        );
        self.draw_garment_base(p, Neckline::Round(676.0), ink);
        let rim = Outline::m(n + 58.0, 572.0).c(n + 40.0, 640.0, 40.0, 690.0, 0.0, 700.0);
        p.line_both(&rim, 26.0, ink.lit(0.06));
        p.line_both(
            &Outline::m(n + 44.0, 570.0).c(n + 26.0, 634.0, 34.0, 676.0, 0.0, 686.0),
            4.0,
            ink.shaded(0.4).alpha(0.5),
        );
        for (x, end) in [(-34.0, 838.0), (36.0, 822.0)] {
            p.line(&Outline::m(x, 694.0).q(x * 1.2, 770.0, x * 1.05, end), 6.0, lining);
            p.line(&Outline::m(x * 1.05, end).l(x * 1.05, end + 12.0), 8.0, lining.shaded(0.2));
        }
        let pocket = Outline::m(-130.0, 1000.0).l(130.0, 1000.0).l(176.0, DOWN).l(-176.0, DOWN).z();
        p.line(&pocket, 4.0, ink.shaded(0.38).alpha(0.6));
    }

    fn draw_cardigan(&self, p: &mut Painter<'_>, ink: Ink, buttons: Ink) {
        let n = self.neck_half_width();
        for side in [-1.0, 1.0] {
            let panel = self
                .along_coat(Outline::m(side * (n + 18.0), 602.0), side)
                .l(side * 34.0, DOWN)
                .c(side * 40.0, 960.0, side * 66.0, 780.0, side * (n + 18.0), 602.0)
                .z();
            p.fill(&panel, Self::cloth(ink));
            self.draw_folds(p, &panel, ink);
            let band = Outline::m(side * (n + 20.0), 604.0).c(
                side * 70.0,
                780.0,
                side * 44.0,
                960.0,
                side * 38.0,
                DOWN,
            );
            p.clipped(&panel, |p| p.line(&band, 30.0, ink.shaded(0.12)));
            let edge = Outline::m(side * (n + 28.0), 612.0).c(
                side * 84.0,
                790.0,
                side * 58.0,
                960.0,
                side * 52.0,
                DOWN,
            );
            p.line(&edge, 2.0, ink.shaded(0.36).alpha(0.5));
        }
        for y in [900.0, 984.0, 1062.0] {
            p.ellipse(46.0, y, 7.0, 7.0, buttons);
        }
    }

    fn draw_stethoscope(&self, p: &mut Painter<'_>, ink: Ink) {
        let n = self.neck_half_width();
        let dark = Ink::hex(0x2f3a45);
        let left = Outline::m(-n - 8.0, 598.0).c(-n - 40.0, 720.0, -70.0, 790.0, -52.0, 880.0);
        let right = Outline::m(n + 8.0, 598.0).c(n + 44.0, 720.0, 86.0, 780.0, 84.0, 846.0);
        p.line(&left, 9.0, dark);
        p.line(&right, 9.0, dark);
        p.ellipse(-50.0, 900.0, 24.0, 24.0, Ink::hex(0xb9c2c9));
        p.ellipse(-50.0, 900.0, 15.0, 15.0, ink.mix(Ink::hex(0xdfe5e9), 0.6));
        p.line(
            &Outline::m(84.0, 846.0)
                .q(66.0, 872.0, 62.0, 900.0)
                .then_m(84.0, 846.0)
                .q(102.0, 872.0, 106.0, 900.0),
            6.0,
            Ink::hex(0x9aa5ad),
        );
    }

    fn draw_apron(&self, p: &mut Painter<'_>, ink: Ink) {
        let bib = Outline::m(0.0, 742.0)
            .q(70.0, 752.0, 112.0, 736.0)
            .c(120.0, 800.0, 160.0, 880.0, self.shoulder(226.0), 930.0)
            .l(self.shoulder(236.0), DOWN)
            .l(0.0, DOWN)
            .symmetric();
        p.fill(&bib, Self::cloth(ink));
        self.draw_folds(p, &bib, ink);
        p.line_both(
            &Outline::m(106.0, 742.0).c(104.0, 690.0, 92.0, 640.0, self.neck_half_width() + 22.0, 604.0),
            15.0,
            ink.shaded(0.14),
        );
        p.line(
            &Outline::m(-112.0, 742.0).q(-70.0, 756.0, 0.0, 748.0).q(70.0, 756.0, 112.0, 742.0),
            3.0,
            ink.lit(0.4).alpha(0.6),
        );
        let pocket =
            Outline::m(-84.0, 948.0).l(84.0, 948.0).l(78.0, 1060.0).q(0.0, 1080.0, -78.0, 1060.0).z();
        p.line(&pocket, 3.4, ink.shaded(0.4).alpha(0.6));
    }

    fn draw_vest(&self, p: &mut Painter<'_>, ink: Ink, stripe: Ink) {
        let s = |x: f64| self.shoulder(x);
        for side in [-1.0, 1.0] {
            let panel = Outline::m(side * 96.0, 612.0)
                .c(side * s(150.0), 622.0, side * s(172.0), 628.0, side * s(196.0), 640.0)
                .c(side * s(176.0), 720.0, side * s(190.0), 800.0, side * s(244.0), 850.0)
                .l(side * s(236.0), DOWN)
                .l(side * 8.0, DOWN)
                .l(side * 8.0, 850.0)
                .c(side * 20.0, 790.0, side * 84.0, 720.0, side * 96.0, 612.0)
                .z();
            p.fill(&panel, Self::cloth(ink));
            p.clipped(&panel, |p| {
                p.line(&Outline::m(side * s(142.0), 610.0).l(side * s(132.0), DOWN), 30.0, stripe);
                p.line(&Outline::m(side * 300.0, 948.0).l(0.0, 962.0), 34.0, stripe);
                p.line(&Outline::m(side * s(142.0), 610.0).l(side * s(132.0), DOWN), 8.0, stripe.lit(0.5));
            });
            p.line(
                &Outline::m(side * 96.0, 612.0)
                    .c(side * 84.0, 720.0, side * 20.0, 790.0, side * 8.0, 850.0)
                    .l(side * 8.0, DOWN),
                4.0,
                ink.shaded(0.4).alpha(0.5),
            );
        }
    }

    fn draw_zip(&self, p: &mut Painter<'_>, ink: Ink, stripe: Ink) {
        for side in [-1.0, 1.0] {
            let band = Outline::m(side * 100.0, 610.0).c(
                side * self.shoulder(150.0),
                640.0,
                side * self.shoulder(210.0),
                660.0,
                side * self.shoulder(262.0),
                720.0,
            );
            p.line(&band, 12.0, stripe);
        }
        p.line(&Outline::m(0.0, 640.0).l(0.0, DOWN), 9.0, ink.shaded(0.36));
    }
}

fn draw_placket(p: &mut Painter<'_>, ink: Ink, buttons: Ink) {
    p.line(&Outline::m(15.0, 712.0).l(15.0, DOWN), 3.0, ink.shaded(0.34).alpha(0.6));
    p.line(&Outline::m(-15.0, 712.0).l(-15.0, DOWN), 2.0, ink.shaded(0.3).alpha(0.3));
    for y in [762.0, 846.0, 930.0, 1014.0] {
        p.ellipse(0.0, y, 5.6, 5.6, buttons);
        p.ellipse(-1.2, y - 1.4, 2.2, 2.2, buttons.lit(0.5));
    }
}

fn draw_tie(p: &mut Painter<'_>, ink: Ink) {
    let knot = Outline::m(-24.0, 688.0).q(0.0, 680.0, 24.0, 688.0).l(15.0, 734.0).l(-15.0, 734.0).z();
    let blade = Outline::m(-15.0, 734.0).l(15.0, 734.0).l(38.0, 1040.0).l(0.0, 1090.0).l(-38.0, 1040.0).z();
    p.fill(&blade, linear([-34.0, 740.0], [34.0, 760.0], ink.lit(0.12), ink.shaded(0.24)));
    p.clipped(&blade, |p| {
        for k in 0..7 {
            let y = 770.0 + 52.0 * f64::from(k);
            p.line(&Outline::m(-50.0, y + 26.0).l(50.0, y - 26.0), 7.0, ink.lit(0.3).alpha(0.30));
        }
    });
    p.fill(&knot, linear([-24.0, 684.0], [24.0, 734.0], ink.lit(0.24), ink.shaded(0.18)));
}
