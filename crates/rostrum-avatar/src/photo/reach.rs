//! How far around the person the picture moves along.
//!
//! A head that turns takes some of the picture beside it along, or its outline would tear; but straight lines behind it
//! must not bend. With a matte it is known where the person ends.

use rostrum_face::Matte;

use super::backdrop::deep_inside;
use super::geometry::{FaceGeometry, Point, smoothstep};
use super::placement::Placement;
use super::topology::OVAL;

/// What lies further than this from the person, in S, does not move at all.
pub(crate) const REACH: f32 = 0.25;
/// Within this distance, in S, everything moves as if there were no end.
const FULL: f32 = 0.03;
/// The person is looked for at places this far apart, in S.
const SPACING: f32 = 0.02;
/// Shares of the matte from which on a place belongs to the person, single hairs included.
const LEAST_SHARE: f32 = 0.2;

/// The person's places in the output, coarsely.
#[derive(Debug)]
pub(crate) struct Reach {
    spacing: f32,
    columns: usize,
    rows: usize,
    is_person: Vec<bool>,
    /// Distances in pixels from the person at which the movement begins to end and has ended.
    full: f32,
    gone: f32,
}

impl Reach {
    /// `cell` is the side of the grid's cells in pixels: what moves in a corner of a cell moves all of it a little.
    pub(crate) fn new(face: &FaceGeometry, matte: &Matte, placement: &Placement, cell: usize) -> Self {
        let size = placement.size;
        let spacing = (SPACING * face.unit).max(1.0);
        let columns = (size.width as f32 / spacing).ceil() as usize;
        let rows = (size.height as f32 / spacing).ceil() as usize;
        let [across, down] = placement.scale();
        let outline: Vec<Point> = OVAL.iter().map(|&i| face.vertices[i]).collect();
        let is_person = (0..columns * rows)
            .map(|i| {
                let at = [(i % columns) as f32, (i / columns) as f32].map(|place| (place + 0.5) * spacing);
                let place = [placement.crop.x + at[0] / across, placement.crop.y + at[1] / down];
                // The face moves in any case, whatever the matte takes it for.
                matte.share_at(place[0], place[1]) > LEAST_SHARE || deep_inside(&outline, at, 0.0)
            })
            .collect();
        let diagonal = cell as f32 * std::f32::consts::SQRT_2;
        let gone = (REACH * face.unit - diagonal).max(0.1 * face.unit);
        Self { spacing, columns, rows, is_person, full: FULL * face.unit, gone }
    }

    /// Share of its movement that a place keeps: 1 at the person, 0 out of reach.
    pub(crate) fn share_at(&self, p: Point) -> f32 {
        let steps = (self.gone / self.spacing).ceil() as isize + 1;
        let nearest = [0, 1].map(|k| (p[k] / self.spacing) as isize);
        let mut closest = f32::INFINITY;
        for row in (nearest[1] - steps).max(0)..=(nearest[1] + steps).min(self.rows as isize - 1) {
            for column in (nearest[0] - steps).max(0)..=(nearest[0] + steps).min(self.columns as isize - 1) {
                if self.is_person[row as usize * self.columns + column as usize] {
                    let at = [column, row].map(|place| (place as f32 + 0.5) * self.spacing);
                    closest = closest.min((at[0] - p[0]).hypot(at[1] - p[1]));
                }
            }
        }
        1.0 - smoothstep(self.full, self.gone, closest)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Scratch;
    use super::super::tests::{extremes, matted_avatars};
    use super::super::topology::FOREHEAD;
    use super::*;
    use rostrum_model::picture::{RgbImage, Size};

    /// Every ninth pixel that is further than `limit` pixels from all that may be the person.
    fn far_pixels(matte: &Matte, face: &FaceGeometry, placement: &Placement, limit: f32) -> Vec<[usize; 2]> {
        let Size { width, height } = placement.size;
        let outline: Vec<Point> = OVAL.iter().map(|&i| face.vertices[i]).collect();
        let pixels = |step: usize| {
            (0..height).step_by(step).flat_map(move |y| (0..width).step_by(step).map(move |x| [x, y]))
        };
        let may_be_person: Vec<bool> = pixels(1)
            .map(|[x, y]| {
                let at = [x as f32 + 0.5, y as f32 + 0.5];
                let [across, down] = placement.scale();
                matte.share_at(at[0] / across, at[1] / down) > LEAST_SHARE / 2.0
                    || deep_inside(&outline, at, 0.0)
            })
            .collect();
        let reach = limit.ceil() as usize;
        pixels(3)
            .filter(|&[x, y]| {
                (y.saturating_sub(reach)..(y + reach + 1).min(height)).all(|v| {
                    (x.saturating_sub(reach)..(x + reach + 1).min(width)).all(|u| {
                        !may_be_person[v * width + u]
                            || (u as f32 - x as f32).hypot(v as f32 - y as f32) > limit
                    })
                })
            })
            .collect()
    }

    #[test]
    fn what_is_out_of_reach_of_the_person_does_not_move_at_all() {
        for (avatar, matte, placement) in matted_avatars() {
            let face = &avatar.face;
            let far = far_pixels(&matte, face, &placement, REACH * face.unit);
            // Beside the head, where without a matte the picture moves.
            let near = far
                .iter()
                .filter(|[x, y]| face.follow_at(face.frame.to_local([*x as f32, *y as f32])).head > 0.2);
            assert!(near.count() > 200);
            let (mut out, mut scratch) = (RgbImage::filled(0, 0, [0; 3]), Scratch::default());
            for pose in extremes().iter().step_by(16) {
                avatar.render(pose, &mut scratch, &mut out);
                for &[x, y] in &far {
                    assert_eq!(out.at(x, y), avatar.still.at(x, y), "{x} {y}");
                }
            }
        }
    }

    #[test]
    fn the_face_and_the_hair_keep_all_of_their_movement() {
        for (avatar, matte, placement) in matted_avatars() {
            let face = &avatar.face;
            let reach = Reach::new(face, &matte, &placement, 10);
            for &vertex in &face.vertices {
                assert_eq!(reach.share_at(vertex), 1.0);
            }
            let top = face.vertices[FOREHEAD];
            let hair = [top[0], top[1] - 0.2 * face.unit];
            assert_eq!((reach.share_at(hair), reach.share_at([1.0, 1.0])), (1.0, 0.0));
        }
    }
}
