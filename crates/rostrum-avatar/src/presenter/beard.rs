//! Beards, in the coordinates of the head.

use rostrum_model::presenter::Beard;
use vello_cpu::kurbo::Affine;

use super::face::Head;
use super::paint::{Outline, Painter, linear};

impl Head<'_> {
    /// Beard and moustache, below the lips.
    pub(super) fn draw_beard(&self, p: &mut Painter<'_>) {
        let hair = self.palette.hair;
        let (w, chin) = (self.half_width(), self.chin());
        let place = Affine::translate((self.at_depth(4.0), 0.0));
        let area = |cheek: f64, grow: f64| {
            Outline::m(w + 1.0 + grow * 0.2, 10.0)
                .c(
                    w - 2.0 + grow * 0.4,
                    66.0,
                    w - 22.0 + grow,
                    122.0 + grow * 0.6,
                    60.0 + grow * 0.6,
                    150.0 + grow * 0.8,
                )
                .c(40.0 + grow * 0.3, chin + grow * 0.9, 20.0, chin + 3.0 + grow, 0.0, chin + 3.0 + grow)
                .l(0.0, 128.0)
                .c(26.0, 130.0, 50.0, 124.0, 55.0, 104.0)
                .c(50.0, 92.0, 24.0, 80.0, 0.0, 80.0)
                .l(0.0, 74.0)
                .c(30.0, 72.0, 56.0, 78.0, 64.0 + cheek * 0.2, 88.0)
                .c(86.0, 88.0 - cheek, 106.0, 64.0 - cheek, w - 8.0, 0.0)
                .z()
        };
        match self.person.beard {
            Beard::None | Beard::Moustache => {}
            Beard::Stubble => {
                let area = area(6.0, 14.0).with_mirror_image();
                p.clipped(&self.outline(), |p| p.within(place, |p| p.fill(&area, hair.base.alpha(0.22))));
            }
            Beard::Short => {
                let fill = linear(
                    [0.0, 0.0],
                    [0.0, chin],
                    hair.base.alpha(0.80),
                    hair.base.mix(hair.shade, 0.3).alpha(0.96),
                );
                let area = area(0.0, 18.0).with_mirror_image();
                p.clipped(&self.outline(), |p| p.within(place, |p| p.fill(&area, fill)));
            }
            Beard::Full => {
                let fill = linear(
                    [0.0, -10.0],
                    [0.0, chin + 30.0],
                    hair.base.alpha(0.92),
                    hair.base.mix(hair.shade, 0.4),
                );
                let area = area(4.0, 26.0).with_mirror_image();
                p.within(place, |p| {
                    p.fill(&area, fill);
                    for x in [-44.0, -22.0, 0.0, 22.0, 44.0] {
                        let strand = Outline::m(x * 1.1, 138.0).q(x * 1.05, 156.0, x * 0.85, chin + 12.0);
                        p.line(&strand, 3.0, hair.lit.alpha(0.26));
                    }
                });
            }
            Beard::Goatee => {
                let patch = Outline::m(0.0, 74.0)
                    .c(34.0, 72.0, 58.0, 84.0, 62.0, 108.0)
                    .c(66.0, 132.0, 46.0, chin + 2.0, 20.0, chin + 5.0)
                    .l(0.0, chin + 5.0)
                    .l(0.0, 130.0)
                    .c(26.0, 130.0, 52.0, 124.0, 54.0, 104.0)
                    .c(48.0, 92.0, 24.0, 82.0, 0.0, 82.0)
                    .z();
                p.within(place, |p| p.fill(&patch.with_mirror_image(), hair.base.alpha(0.86)));
            }
        }
        if matches!(self.person.beard, Beard::Moustache | Beard::Full | Beard::Short) {
            let half = Outline::m(0.0, 76.0)
                .c(20.0, 70.0, 52.0, 78.0, 62.0, 98.0)
                .c(46.0, 96.0, 20.0, 96.0, 0.0, 91.0)
                .z();
            let fill = linear([0.0, 72.0], [0.0, 98.0], hair.mid, hair.base);
            p.within(Affine::translate((self.at_depth(2.2), 0.0)), |p| {
                p.fill(&half.with_mirror_image(), fill);
            });
        }
    }
}
