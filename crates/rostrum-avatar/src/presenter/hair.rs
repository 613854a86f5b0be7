//! Hair, in the coordinates of the head: a mass behind the shoulders, and one before the forehead.

use rostrum_model::presenter::HairStyle;
use vello_cpu::kurbo::Affine;

use super::face::{HALF_WIDTH, Head};
use super::paint::{Fill, Ink, Outline, Painter, linear, linear3};

/// How far hair moves against the turn of the head: behind and before it.
const BACK_DEPTH: f64 = -6.0;
const FRONT_DEPTH: f64 = -2.5;

impl Head<'_> {
    fn hair_place(&self, depth: f64) -> Affine {
        Affine::translate((self.at_depth(depth), 0.0))
            * Affine::scale_non_uniform(self.half_width() / HALF_WIDTH, 1.0)
    }

    fn back_fill(&self) -> Fill {
        let hair = &self.palette.hair;
        linear([0.0, -180.0], [0.0, 300.0], hair.shade, hair.base.mix(hair.shade, 0.5))
    }

    fn front_fill(&self) -> Fill {
        let hair = &self.palette.hair;
        linear3([-130.0, -200.0], [140.0, 120.0], hair.mid, (0.5, hair.base), hair.shade)
    }

    /// What hangs behind neck and shoulders.
    pub(super) fn draw_hair_behind(&self, p: &mut Painter<'_>) {
        let fill = self.back_fill();
        p.within(self.hair_place(BACK_DEPTH), |p| match self.person.hair {
            HairStyle::LongStraight | HairStyle::Fringe => {
                p.fill(
                    &Outline::m(0.0, -196.0)
                        .c(146.0, -202.0, 172.0, -78.0, 168.0, 32.0)
                        .c(164.0, 130.0, 190.0, 210.0, 176.0, 312.0)
                        .c(150.0, 336.0, 96.0, 330.0, 60.0, 300.0)
                        .symmetric(),
                    fill,
                );
            }
            HairStyle::LongWavy => p.fill(
                &Outline::m(0.0, -200.0)
                    .c(156.0, -204.0, 184.0, -80.0, 176.0, 20.0)
                    .c(170.0, 80.0, 208.0, 120.0, 196.0, 184.0)
                    .c(186.0, 240.0, 214.0, 270.0, 186.0, 326.0)
                    .c(150.0, 350.0, 96.0, 336.0, 60.0, 300.0)
                    .symmetric(),
                fill,
            ),
            HairStyle::Bob => p.fill(
                &Outline::m(0.0, -196.0)
                    .c(148.0, -200.0, 176.0, -80.0, 170.0, 20.0)
                    .c(168.0, 90.0, 176.0, 130.0, 156.0, 186.0)
                    .c(130.0, 206.0, 90.0, 200.0, 60.0, 180.0)
                    .symmetric(),
                fill,
            ),
            HairStyle::Ponytail => {
                let tail = Outline::m(96.0, -96.0)
                    .c(150.0, -130.0, 190.0, -92.0, 186.0, -20.0)
                    .c(184.0, 60.0, 214.0, 130.0, 176.0, 232.0)
                    .c(168.0, 260.0, 150.0, 276.0, 136.0, 292.0)
                    .c(146.0, 220.0, 118.0, 150.0, 134.0, 70.0)
                    .c(140.0, 20.0, 130.0, -30.0, 96.0, -60.0)
                    .z();
                p.fill(&tail, self.front_fill());
                let light = Outline::m(160.0, -60.0).c(158.0, 30.0, 186.0, 110.0, 158.0, 220.0);
                p.line(&light, 7.0, self.palette.hair.lit.alpha(0.32));
                p.line(&Outline::m(112.0, -104.0).l(126.0, -64.0), 15.0, self.palette.accent);
            }
            HairStyle::Bun => {
                p.ellipse(0.0, -206.0, 58.0, 48.0, self.front_fill());
                let hair = &self.palette.hair;
                p.line(
                    &Outline::m(-34.0, -216.0).c(-14.0, -240.0, 20.0, -238.0, 36.0, -214.0),
                    6.0,
                    hair.lit.alpha(0.4),
                );
            }
            HairStyle::Afro => {
                bumps(p, &ring(0.0, -46.0, 176.0, 164.0, 22), 40.0, (0.0, -46.0, 180.0, 168.0), &fill);
            }
            HairStyle::LongCurls => {
                let mut curls = ring(0.0, -40.0, 150.0, 140.0, 18);
                for (y, x) in [
                    (60.0, 172.0),
                    (110.0, 184.0),
                    (160.0, 186.0),
                    (206.0, 176.0),
                    (240.0, 146.0),
                    (250.0, 104.0),
                ] {
                    curls.extend([(x, y), (-x, y)]);
                }
                bumps(p, &curls, 40.0, (0.0, 88.0, 176.0, 192.0), &fill);
            }
            HairStyle::Hijab => {
                let cloth = self.palette.accent;
                p.fill(
                    &Outline::m(0.0, -204.0)
                        .c(140.0, -206.0, 168.0, -80.0, 158.0, 40.0)
                        .c(150.0, 110.0, 140.0, 150.0, 138.0, 214.0)
                        .l(90.0, 280.0)
                        .symmetric(),
                    cloth.shaded(0.30),
                );
            }
            _ => {}
        });
    }

    /// What lies on the skull and frames the face.
    pub(super) fn draw_hair_before(&self, p: &mut Painter<'_>) {
        p.within(self.hair_place(FRONT_DEPTH), |p| match self.person.hair {
            HairStyle::Bald => draw_bald(p),
            HairStyle::Wreath => {
                draw_bald(p);
                self.draw_wreath(p);
            }
            HairStyle::Buzz => self.draw_buzz(p),
            HairStyle::SidePart => self.draw_side_part(p),
            HairStyle::Quiff => self.draw_quiff(p),
            HairStyle::SlickedBack => self.draw_swept(p, -196.0, true),
            HairStyle::ShortCurls => self.draw_short_curls(p),
            HairStyle::Pixie => self.draw_pixie(p),
            HairStyle::Bob => self.draw_parted(p, 168.0, 18.0),
            HairStyle::LongStraight => self.draw_parted(p, 172.0, 0.0),
            HairStyle::LongWavy => self.draw_waves(p),
            HairStyle::Fringe => self.draw_fringe(p),
            HairStyle::Ponytail | HairStyle::Bun => self.draw_swept(p, -190.0, false),
            HairStyle::Afro => {
                let hairline = [
                    (-124.0, -30.0),
                    (-116.0, -70.0),
                    (-94.0, -104.0),
                    (-62.0, -124.0),
                    (-24.0, -134.0),
                    (16.0, -134.0),
                    (54.0, -126.0),
                    (88.0, -108.0),
                    (112.0, -74.0),
                    (124.0, -32.0),
                    (-128.0, 4.0),
                    (128.0, 4.0),
                ];
                bumps(p, &hairline, 27.0, (0.0, -168.0, 110.0, 44.0), &self.front_fill());
                self.draw_curl_lights(
                    p,
                    &[(-96.0, -150.0), (-50.0, -186.0), (8.0, -196.0), (-130.0, -100.0), (60.0, -184.0)],
                );
            }
            HairStyle::LongCurls => {
                let curls = [
                    (-140.0, 60.0),
                    (-144.0, 14.0),
                    (-138.0, -34.0),
                    (-122.0, -80.0),
                    (-94.0, -116.0),
                    (-54.0, -138.0),
                    (-10.0, -144.0),
                    (36.0, -142.0),
                    (76.0, -126.0),
                    (110.0, -98.0),
                    (130.0, -56.0),
                    (141.0, -10.0),
                    (144.0, 36.0),
                    (-148.0, 104.0),
                    (148.0, 84.0),
                ];
                bumps(p, &curls, 30.0, (0.0, -170.0, 112.0, 40.0), &self.front_fill());
                self.draw_curl_lights(
                    p,
                    &[
                        (-100.0, -128.0),
                        (-58.0, -160.0),
                        (-4.0, -172.0),
                        (-134.0, -70.0),
                        (70.0, -150.0),
                        (-146.0, 40.0),
                    ],
                );
            }
            HairStyle::Hijab => self.draw_hijab(p),
            HairStyle::Turban => self.draw_turban(p),
        });
    }

    fn draw_wreath(&self, p: &mut Painter<'_>) {
        let patch = Outline::m(112.0, -84.0)
            .c(132.0, -88.0, 150.0, -48.0, 144.0, -10.0)
            .c(142.0, 16.0, 134.0, 32.0, 124.0, 30.0)
            .c(116.0, 20.0, 112.0, -30.0, 112.0, -84.0)
            .z();
        let fill = self.front_fill();
        p.fill_both(&patch, fill);
    }

    fn draw_buzz(&self, p: &mut Painter<'_>) {
        let cap = Outline::m(0.0, -163.0)
            .c(82.0, -164.0, 130.0, -98.0, 126.5, -14.0)
            .c(125.0, 4.0, 123.0, 14.0, 119.0, 22.0)
            .c(116.0, -10.0, 117.0, -38.0, 112.0, -58.0)
            .c(106.0, -84.0, 86.0, -100.0, 62.0, -104.0)
            .c(40.0, -110.0, 20.0, -112.0, 0.0, -112.0)
            .symmetric();
        let hair = &self.palette.hair;
        p.fill(
            &cap,
            linear3(
                [-120.0, -160.0],
                [120.0, 0.0],
                hair.mid.alpha(0.92),
                (0.5, hair.base.alpha(0.95)),
                hair.base.alpha(0.86),
            ),
        );
        p.clipped(&cap, |p| p.glow(-36.0, -142.0, 66.0, 26.0, hair.lit.alpha(0.5)));
    }

    fn draw_sideburns(&self, p: &mut Painter<'_>, opacity: f32) {
        let burn = Outline::m(124.0, -40.0)
            .c(127.0, -10.0, 126.0, 16.0, 120.0, 34.0)
            .c(113.0, 14.0, 112.0, -16.0, 111.0, -56.0)
            .z();
        p.fill_both(&burn, self.palette.hair.base.alpha(opacity));
    }

    fn draw_side_part(&self, p: &mut Painter<'_>) {
        self.draw_sideburns(p, 0.85);
        let cap = Outline::m(-127.0, -8.0)
            .c(-138.0, -50.0, -144.0, -100.0, -118.0, -140.0)
            .c(-100.0, -184.0, -40.0, -210.0, 16.0, -206.0)
            .c(84.0, -204.0, 132.0, -166.0, 134.0, -106.0)
            .c(138.0, -66.0, 130.0, -34.0, 126.0, -6.0)
            .c(119.0, -26.0, 117.0, -44.0, 112.0, -62.0)
            .c(100.0, -92.0, 84.0, -108.0, 64.0, -114.0)
            .c(16.0, -98.0, -60.0, -102.0, -88.0, -116.0)
            .c(-104.0, -98.0, -112.0, -76.0, -114.0, -56.0)
            .c(-116.0, -40.0, -121.0, -26.0, -127.0, -8.0)
            .z();
        p.fill(&cap, self.front_fill());
        let hair = &self.palette.hair;
        let light = Outline::m(-104.0, -128.0)
            .c(-84.0, -172.0, -30.0, -194.0, 18.0, -192.0)
            .c(62.0, -190.0, 100.0, -168.0, 114.0, -126.0)
            .c(96.0, -156.0, 60.0, -174.0, 14.0, -174.0)
            .c(-36.0, -174.0, -78.0, -158.0, -104.0, -128.0)
            .z();
        p.fill(&light, hair.lit.alpha(0.55));
        p.line(
            &Outline::m(64.0, -114.0).c(72.0, -140.0, 88.0, -160.0, 106.0, -168.0),
            3.0,
            hair.shade.alpha(0.75),
        );
    }

    fn draw_quiff(&self, p: &mut Painter<'_>) {
        self.draw_sideburns(p, 0.7);
        let hair = &self.palette.hair;
        let sides = Outline::m(92.0, -150.0)
            .c(128.0, -128.0, 137.0, -50.0, 126.0, -4.0)
            .c(119.0, -30.0, 118.0, -60.0, 104.0, -96.0)
            .c(96.0, -112.0, 84.0, -124.0, 70.0, -128.0)
            .z();
        p.fill_both(&sides, hair.base.alpha(0.82));
        let top = Outline::m(-122.0, -70.0)
            .c(-142.0, -130.0, -120.0, -180.0, -72.0, -196.0)
            .c(-50.0, -226.0, 20.0, -232.0, 66.0, -214.0)
            .c(120.0, -202.0, 142.0, -150.0, 126.0, -78.0)
            .c(120.0, -104.0, 106.0, -120.0, 84.0, -126.0)
            .c(40.0, -140.0, -20.0, -124.0, -70.0, -116.0)
            .c(-96.0, -110.0, -112.0, -96.0, -122.0, -70.0)
            .z();
        p.fill(&top, self.front_fill());
        for (x, dy) in [(-66.0, 0.0), (-20.0, -8.0), (28.0, -6.0)] {
            let lock = Outline::m(x - 22.0, -128.0 + dy)
                .c(x - 18.0, -166.0 + dy, x + 4.0, -196.0 + dy, x + 44.0, -206.0 + dy)
                .c(x + 20.0, -186.0 + dy, x + 6.0, -160.0 + dy, x + 2.0, -132.0 + dy)
                .z();
            p.fill(&lock, hair.lit.alpha(0.38));
        }
    }

    /// Combed away from the face: to a tail, a knot or the neck.
    fn draw_swept(&self, p: &mut Painter<'_>, top: f64, short: bool) {
        if short {
            self.draw_sideburns(p, 0.85);
        }
        let hair = &self.palette.hair;
        let low = if short { -8.0 } else { 18.0 };
        let cap = Outline::m(0.0, top)
            .c(96.0, top, 140.0, -108.0, 132.0, low)
            .c(124.0, -14.0, 119.0, -42.0, 112.0, -62.0)
            .c(98.0, -98.0, 66.0, -122.0, 22.0, -126.0)
            .q(10.0, -119.0, 0.0, -121.0)
            .symmetric();
        p.fill(&cap, self.front_fill());
        p.clipped(&cap, |p| {
            for (x, bend) in [
                (-96.0, -34.0),
                (-66.0, -26.0),
                (-34.0, -14.0),
                (0.0, 0.0),
                (36.0, 14.0),
                (70.0, 26.0),
                (100.0, 34.0),
            ] {
                let strand = Outline::m(x, -96.0 - (100.0 - f64::abs(x)) * 0.25).q(
                    x + bend * 0.2,
                    -150.0,
                    x * 0.55,
                    top - 4.0,
                );
                p.line(&strand, 2.6, hair.shade.alpha(0.45));
            }
            p.glow(-48.0, -150.0, 54.0, 24.0, hair.lit.alpha(0.62));
            p.glow(62.0, -140.0, 36.0, 18.0, hair.lit.alpha(0.34));
        });
    }

    fn draw_short_curls(&self, p: &mut Painter<'_>) {
        self.draw_sideburns(p, 0.8);
        let curls = [
            (-122.0, -44.0),
            (-122.0, -82.0),
            (-112.0, -122.0),
            (-86.0, -154.0),
            (-48.0, -174.0),
            (-6.0, -182.0),
            (36.0, -178.0),
            (76.0, -160.0),
            (106.0, -128.0),
            (120.0, -88.0),
            (123.0, -46.0),
            (-84.0, -116.0),
            (-48.0, -128.0),
            (-10.0, -130.0),
            (30.0, -130.0),
            (68.0, -122.0),
            (94.0, -100.0),
            (-104.0, -86.0),
        ];
        bumps(p, &curls, 25.0, (0.0, -144.0, 98.0, 36.0), &self.front_fill());
        self.draw_curl_lights(
            p,
            &[
                (-92.0, -150.0),
                (-52.0, -174.0),
                (-8.0, -184.0),
                (34.0, -178.0),
                (-66.0, -134.0),
                (-20.0, -142.0),
                (72.0, -156.0),
            ],
        );
    }

    fn draw_curl_lights(&self, p: &mut Painter<'_>, at: &[(f64, f64)]) {
        for &(x, y) in at {
            let arc =
                Outline::m(x - 13.0, y + 6.0).c(x - 10.0, y - 10.0, x + 6.0, y - 14.0, x + 15.0, y - 4.0);
            p.line(&arc, 5.0, self.palette.hair.lit.alpha(0.42));
        }
    }

    fn draw_pixie(&self, p: &mut Painter<'_>) {
        let hair = &self.palette.hair;
        let cap = Outline::m(40.0, -196.0)
            .c(-60.0, -212.0, -140.0, -166.0, -142.0, -80.0)
            .c(-144.0, -40.0, -138.0, 10.0, -126.0, 40.0)
            .c(-122.0, 10.0, -118.0, -20.0, -108.0, -44.0)
            .c(-70.0, -50.0, 10.0, -76.0, 62.0, -128.0)
            .c(84.0, -104.0, 106.0, -74.0, 114.0, -40.0)
            .c(120.0, -14.0, 124.0, 10.0, 128.0, 34.0)
            .c(142.0, -4.0, 148.0, -60.0, 138.0, -104.0)
            .c(126.0, -160.0, 90.0, -190.0, 40.0, -196.0)
            .z();
        p.fill(&cap, self.front_fill());
        for (a, b) in [(-96.0, 0.42), (-56.0, 0.36), (-16.0, 0.3)] {
            let lock = Outline::m(a - 18.0, -64.0)
                .c(a, -110.0, a + 40.0, -150.0, a + 84.0, -166.0)
                .c(a + 50.0, -132.0, a + 24.0, -100.0, a + 8.0, -70.0)
                .z();
            p.fill(&lock, hair.lit.alpha(b));
        }
    }

    /// Two masses from a parting to `low`, whose tips curl inwards by `curl`.
    fn draw_parted(&self, p: &mut Painter<'_>, low: f64, curl: f64) {
        let hair = &self.palette.hair;
        let left = Outline::m(30.0, -188.0)
            .c(-70.0, -218.0, -154.0, -156.0, -160.0, -44.0)
            .c(-165.0, 18.0, -164.0, 80.0, -166.0 + curl * 0.4, low)
            .c(-150.0 + curl, low + curl * 0.6, -136.0 + curl, low - 14.0, -130.0 + curl * 0.5, low - 40.0)
            .c(-128.0, 70.0, -124.0, 44.0, -121.0, 8.0)
            .c(-117.0, -36.0, -88.0, -80.0, -20.0, -102.0)
            .c(10.0, -112.0, 30.0, -146.0, 30.0, -188.0)
            .z();
        let right = Outline::m(24.0, -188.0)
            .c(112.0, -206.0, 162.0, -144.0, 164.0, -44.0)
            .c(167.0, 18.0, 165.0, 80.0, 168.0 - curl * 0.4, low)
            .c(152.0 - curl, low + curl * 0.6, 138.0 - curl, low - 14.0, 132.0 - curl * 0.5, low - 40.0)
            .c(130.0, 70.0, 126.0, 44.0, 123.0, 8.0)
            .c(117.0, -50.0, 82.0, -94.0, 30.0, -124.0)
            .c(18.0, -144.0, 16.0, -166.0, 24.0, -188.0)
            .z();
        p.fill(&right, self.front_fill());
        p.fill(&left, self.front_fill());
        self.draw_parting_lights(p);
        let strand = Outline::m(-156.0, -6.0).c(-158.0, 60.0, -154.0, low - 60.0, -154.0 + curl, low - 16.0);
        p.line_both(&strand, 5.0, hair.lit.alpha(0.22));
    }

    fn draw_parting_lights(&self, p: &mut Painter<'_>) {
        let hair = &self.palette.hair;
        let light = Outline::m(-122.0, -78.0)
            .c(-108.0, -134.0, -56.0, -172.0, 0.0, -174.0)
            .c(-54.0, -160.0, -98.0, -122.0, -112.0, -70.0)
            .c(-114.0, -58.0, -126.0, -62.0, -122.0, -78.0)
            .z();
        p.fill(&light, hair.lit.alpha(0.52));
        let second = Outline::m(-138.0, -48.0)
            .c(-134.0, -106.0, -102.0, -154.0, -48.0, -178.0)
            .c(-90.0, -146.0, -118.0, -104.0, -126.0, -42.0)
            .z();
        p.fill(&second, hair.lit.alpha(0.28));
        let right = Outline::m(138.0, -70.0)
            .c(130.0, -122.0, 96.0, -160.0, 48.0, -170.0)
            .c(92.0, -150.0, 114.0, -116.0, 124.0, -66.0)
            .c(128.0, -54.0, 140.0, -56.0, 138.0, -70.0)
            .z();
        p.fill(&right, hair.lit.alpha(0.38));
        p.line(
            &Outline::m(27.0, -186.0).c(20.0, -164.0, 24.0, -138.0, 34.0, -124.0),
            3.6,
            hair.shade.alpha(0.8),
        );
    }

    fn draw_waves(&self, p: &mut Painter<'_>) {
        let hair = &self.palette.hair;
        let left = Outline::m(34.0, -190.0)
            .c(-76.0, -222.0, -162.0, -156.0, -166.0, -44.0)
            .c(-168.0, 10.0, -186.0, 50.0, -184.0, 96.0)
            .c(-182.0, 140.0, -202.0, 170.0, -190.0, 222.0)
            .c(-186.0, 252.0, -160.0, 268.0, -138.0, 262.0)
            .c(-150.0, 226.0, -118.0, 200.0, -128.0, 158.0)
            .c(-136.0, 124.0, -112.0, 98.0, -124.0, 54.0)
            .c(-128.0, 20.0, -120.0, -8.0, -114.0, -30.0)
            .c(-104.0, -66.0, -78.0, -88.0, -20.0, -106.0)
            .c(12.0, -116.0, 34.0, -148.0, 34.0, -190.0)
            .z();
        let right = Outline::m(28.0, -190.0)
            .c(118.0, -210.0, 168.0, -146.0, 168.0, -44.0)
            .c(170.0, 10.0, 190.0, 46.0, 186.0, 92.0)
            .c(182.0, 136.0, 204.0, 170.0, 190.0, 224.0)
            .c(184.0, 252.0, 160.0, 266.0, 140.0, 258.0)
            .c(152.0, 224.0, 120.0, 196.0, 132.0, 154.0)
            .c(140.0, 122.0, 114.0, 96.0, 126.0, 54.0)
            .c(130.0, 20.0, 122.0, -14.0, 114.0, -38.0)
            .c(98.0, -84.0, 70.0, -106.0, 34.0, -126.0)
            .c(20.0, -146.0, 18.0, -168.0, 28.0, -190.0)
            .z();
        p.fill(&right, self.front_fill());
        p.fill(&left, self.front_fill());
        self.draw_parting_lights(p);
        let wave = Outline::m(-152.0, -10.0)
            .c(-150.0, 40.0, -172.0, 70.0, -164.0, 112.0)
            .c(-156.0, 150.0, -180.0, 180.0, -166.0, 226.0);
        p.line_both(&wave, 6.0, hair.lit.alpha(0.34));
        let dark = Outline::m(-134.0, 30.0)
            .c(-140.0, 70.0, -128.0, 96.0, -142.0, 130.0)
            .c(-150.0, 170.0, -132.0, 200.0, -150.0, 240.0);
        p.line_both(&dark, 4.0, hair.shade.alpha(0.5));
    }

    fn draw_fringe(&self, p: &mut Painter<'_>) {
        let hair = &self.palette.hair;
        let sides = Outline::m(0.0, -192.0)
            .c(110.0, -200.0, 162.0, -136.0, 163.0, -40.0)
            .c(166.0, 20.0, 164.0, 90.0, 168.0, 196.0)
            .c(148.0, 190.0, 134.0, 150.0, 130.0, 110.0)
            .c(128.0, 60.0, 124.0, 20.0, 118.0, -44.0)
            .l(0.0, -60.0)
            .symmetric();
        p.fill(&sides, self.front_fill());
        let bangs = Outline::m(-118.0, -30.0)
            .c(-124.0, -110.0, -80.0, -172.0, 0.0, -176.0)
            .c(80.0, -172.0, 124.0, -110.0, 118.0, -30.0)
            .c(108.0, -46.0, 96.0, -54.0, 82.0, -56.0)
            .q(72.0, -50.0, 60.0, -57.0)
            .q(46.0, -52.0, 34.0, -58.0)
            .q(18.0, -53.0, 4.0, -58.0)
            .q(-12.0, -52.0, -28.0, -58.0)
            .q(-42.0, -52.0, -56.0, -57.0)
            .q(-70.0, -50.0, -82.0, -56.0)
            .c(-96.0, -54.0, -108.0, -46.0, -118.0, -30.0)
            .z();
        p.fill(&bangs, linear([-60.0, -176.0], [40.0, -50.0], hair.mid, hair.base));
        let light = Outline::m(-92.0, -104.0)
            .c(-60.0, -138.0, 50.0, -142.0, 92.0, -106.0)
            .c(56.0, -124.0, -56.0, -122.0, -92.0, -104.0)
            .z();
        p.fill(&light, hair.lit.alpha(0.62));
        for x in [-56.0, -28.0, 4.0, 34.0, 60.0] {
            p.line(&Outline::m(x, -62.0).q(x * 0.9, -96.0, x * 0.72, -128.0), 2.2, hair.shade.alpha(0.42));
        }
    }

    fn draw_hijab(&self, p: &mut Painter<'_>) {
        let cloth = self.palette.accent;
        let chin = self.chin();
        let outer = Outline::m(0.0, -204.0)
            .c(120.0, -208.0, 164.0, -120.0, 156.0, -6.0)
            .c(152.0, 60.0, 140.0, 110.0, 150.0, 168.0)
            .c(156.0, 236.0, 84.0, 286.0, 0.0, 290.0)
            .symmetric();
        let opening = Outline::m(0.0, -122.0)
            .c(70.0, -122.0, 112.0, -76.0, 114.0, -4.0)
            .c(116.0, 70.0, 92.0, 130.0, 46.0, chin - 6.0)
            .c(28.0, chin + 6.0, 12.0, chin + 8.0, 0.0, chin + 8.0)
            .symmetric();
        let mut ring = outer.clone();
        ring.0.extend(opening.reversed().0);
        p.fill(
            &ring,
            linear3([-150.0, -190.0], [160.0, 260.0], cloth.lit(0.22), (0.5, cloth), cloth.shaded(0.26)),
        );
        p.clipped(&outer, |p| {
            let fold = Outline::m(-108.0, 96.0).c(-70.0, 170.0, 20.0, 214.0, 130.0, 226.0);
            p.line(&fold, 7.0, cloth.shaded(0.30).alpha(0.55));
            let second = Outline::m(-120.0, 150.0).c(-80.0, 220.0, 0.0, 262.0, 110.0, 280.0);
            p.line(&second, 6.0, cloth.shaded(0.30).alpha(0.45));
            let third = Outline::m(112.0, 70.0).c(118.0, 120.0, 90.0, 180.0, 30.0, 200.0);
            p.line(&third, 6.0, cloth.shaded(0.30).alpha(0.4));
            let light = Outline::m(-132.0, -40.0)
                .c(-128.0, -120.0, -84.0, -176.0, -10.0, -182.0)
                .c(-70.0, -160.0, -108.0, -110.0, -116.0, -36.0)
                .z();
            p.fill(&light, cloth.lit(0.5).alpha(0.42));
        });
        let rim = opening.0;
        p.line(&Outline(rim), 5.0, cloth.shaded(0.34).alpha(0.6));
    }

    fn draw_turban(&self, p: &mut Painter<'_>) {
        let cloth = self.palette.accent;
        let wrap = Outline::m(-134.0, -44.0)
            .c(-156.0, -110.0, -140.0, -200.0, -20.0, -232.0)
            .c(110.0, -236.0, 160.0, -130.0, 134.0, -44.0)
            .c(110.0, -84.0, 60.0, -110.0, 4.0, -134.0)
            .c(-60.0, -110.0, -108.0, -84.0, -134.0, -44.0)
            .z();
        p.fill(
            &wrap,
            linear3([-140.0, -220.0], [140.0, -60.0], cloth.lit(0.24), (0.5, cloth), cloth.shaded(0.26)),
        );
        p.clipped(&wrap, |p| {
            for k in [0.0, 1.0, 2.0, 3.0, 4.0] {
                let fold =
                    Outline::m(150.0, -58.0 - 30.0 * k).q(74.0, -106.0 - 24.0 * k, 2.0, -150.0 - 17.0 * k);
                p.line_both(&fold, 4.6, cloth.shaded(0.34).alpha(0.62));
            }
            p.glow(-62.0, -186.0, 60.0, 34.0, cloth.lit(0.6).alpha(0.4));
        });
        let burn = Outline::m(128.0, -48.0)
            .c(130.0, -10.0, 128.0, 16.0, 122.0, 34.0)
            .c(115.0, 10.0, 113.0, -20.0, 112.0, -60.0)
            .z();
        p.fill_both(&burn, self.palette.hair.base.alpha(0.85));
    }
}

/// Places on an ellipse.
fn ring(x: f64, y: f64, rx: f64, ry: f64, count: u32) -> Vec<(f64, f64)> {
    (0..count)
        .map(|i| {
            let angle = f64::from(i) / f64::from(count) * std::f64::consts::TAU;
            (x + rx * angle.cos(), y + ry * angle.sin())
        })
        .collect()
}

/// A mass of curls: round ones at these places, around an ellipse (x, y, rx, ry) that fills the gaps.
fn bumps(p: &mut Painter<'_>, at: &[(f64, f64)], radius: f64, core: (f64, f64, f64, f64), fill: &Fill) {
    let mut mass = Outline::ellipse(core.0, core.1, core.2, core.3);
    for (i, &(x, y)) in at.iter().enumerate() {
        let r = radius * [1.0, 0.88, 1.08, 0.94][i % 4];
        mass.0.extend(Outline::ellipse(x, y, r, r).0);
    }
    p.fill(&mass, fill.clone());
}

fn draw_bald(p: &mut Painter<'_>) {
    p.glow(-30.0, -118.0, 62.0, 30.0, Ink::hex(0xffffff).alpha(0.30));
}
