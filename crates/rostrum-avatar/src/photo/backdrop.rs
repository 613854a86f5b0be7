//! Everything around the face: hair, neck, shoulders and whatever stands behind them, warped over a regular grid.
//!
//! The grid lies in the output picture. For each node the place in the portrait that ends up there is searched, so
//! every pixel is written exactly once and there are no gaps; between nodes the places are interpolated.

use rostrum_face::Matte;
use rostrum_model::picture::{RgbImage, Size};

use super::area::PixelArea;
use super::deform::HeadMotion;
use super::geometry::{FaceGeometry, Follow, Point, lerp, smoothstep};
use super::placement::Placement;
use super::raster::{SMALLEST_SHARED, draw_in_bands};
use super::reach::Reach;
use super::sampling::AT_ONCE;
use super::texture::{Texture, TexturePoint};
use super::topology::{EYES, OVAL};

/// Length of a cell's side in S, and its least number of pixels; finer where the movement has to end soon after the
/// person.
const CELL: f32 = 0.11;
const SMALLEST_CELL: usize = 8;
const FINE_CELL: f32 = 0.08;
const SMALLEST_FINE_CELL: usize = 4;
/// Cells this far inside the face's outline (in S) are always covered by the face mesh.
const COVERED_MARGIN: f32 = 0.16;
/// The search for a node's place ends when it moves less than this many pixels.
const STILL: f32 = 0.02;
/// Steps of a pixel in which places move: what moves less from one frame to the next is not drawn again. Half of the finest
/// movement that a video's own format knows (ITU-T H.264, 8.4.2.2).
const STEPS: f32 = 8.0;
/// Where the grid around a jaw ends in footage, in S: beside the mouth, above it (negative), and below the chin.
const JAW_SIDE: f32 = 1.25;
const JAW_TOP: f32 = -0.30;
const JAW_BOTTOM: f32 = 0.62;
/// Steps of the search for a node's place in the portrait; it ends early below `STILL`.
const SEARCH_STEPS: usize = 8;

/// A cell that is drawn again, by its number in the grid, and which places of the portrait its corners show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct MovedCell {
    number: usize,
    pub(crate) area: PixelArea,
    sources: [Point; 4],
}

/// What was drawn of a pose.
#[derive(Debug)]
pub(crate) struct Drawn {
    /// Cells of the grid, sorted by their numbers.
    pub(crate) cells: Vec<MovedCell>,
    /// Where the face was drawn over them.
    pub(crate) face: PixelArea,
}

impl Drawn {
    /// Which of some cells look otherwise now, or had the face drawn over them.
    pub(crate) fn outdates(&self, cells: &[MovedCell]) -> Vec<MovedCell> {
        let mut was = self.cells.iter().peekable();
        let is_outdated = |cell: &&MovedCell| {
            while was.next_if(|was| was.number < cell.number).is_some() {}
            was.next_if_eq(cell).is_none() || cell.area.touches(self.face)
        };
        cells.iter().filter(is_outdated).copied().collect()
    }
}

/// The line through a texture that a row of a cell shows, and how both of it change from row to row.
struct Line {
    start: TexturePoint,
    step: TexturePoint,
    start_down: TexturePoint,
    step_down: TexturePoint,
}

impl Line {
    fn go_down(&mut self) {
        for k in 0..2 {
            self.start[k] += self.start_down[k];
            self.step[k] += self.step_down[k];
        }
    }
}

/// The grid at rest.
#[derive(Debug)]
pub(crate) struct Backdrop {
    /// The first node, in pixels.
    origin: [usize; 2],
    cell: usize,
    columns: usize,
    rows: usize,
    /// How each of the `(columns + 1) * (rows + 1)` nodes follows the movements.
    follow: Vec<Follow>,
    /// Cells that never need drawing: they cannot move, or the face covers them.
    idle: Vec<bool>,
    /// Whether each node is the corner of a cell that may need drawing.
    is_seen: Vec<bool>,
    /// All that can ever change outside the face.
    moving: PixelArea,
}

impl Backdrop {
    /// The grid of a placed portrait; with a matte, only the person and what is beside it moves.
    pub(crate) fn new(face: &FaceGeometry, placement: &Placement, matte: Option<&Matte>) -> Self {
        let Size { width, height } = placement.size;
        let cell = match matte {
            Some(_) => side_of_cells(FINE_CELL * face.unit, SMALLEST_FINE_CELL),
            None => side_of_cells(CELL * face.unit, SMALLEST_CELL),
        };
        let (columns, rows) = (width.div_ceil(cell), height.div_ceil(cell));
        let node = |i: usize| [(i % (columns + 1) * cell) as f32, (i / (columns + 1) * cell) as f32];
        let nodes = (columns + 1) * (rows + 1);
        let mut follow: Vec<Follow> =
            (0..nodes).map(|i| face.follow_at(face.frame.to_local(node(i)))).collect();
        if let Some(matte) = matte {
            let reach = Reach::new(face, matte, placement, cell);
            for (i, follow) in follow.iter_mut().enumerate().filter(|(_, follow)| follow.moves()) {
                *follow = follow.scaled(reach.share_at(node(i)));
            }
        }

        let outline: Vec<Point> = OVAL.iter().map(|&i| face.vertices[i]).collect();
        let covered: Vec<bool> =
            (0..nodes).map(|i| deep_inside(&outline, node(i), COVERED_MARGIN * face.unit)).collect();
        let eyes = EYES.each_ref().map(|eye| {
            let lids = eye.upper_lid.iter().chain(&eye.lower_lid).chain(&eye.corners);
            PixelArea::around(lids.map(|&i| face.vertices[i]), COVERED_MARGIN * face.unit, width, height)
        });

        let origin = [0, 0];
        let (idle, is_seen) = (vec![false; columns * rows], vec![false; nodes]);
        let mut grid =
            Self { origin, cell, columns, rows, follow, idle, is_seen, moving: PixelArea::default() };
        for i in 0..columns * rows {
            let corners = grid.corners(i % columns, i / columns);
            let area = grid.cell_area(i % columns, i / columns, width, height);
            let moves = corners.iter().any(|&k| grid.follow[k].moves());
            let under_face = corners.iter().all(|&k| covered[k]) && !eyes.iter().any(|eye| eye.touches(area));
            grid.idle[i] = !moves || under_face;
            for k in corners {
                grid.is_seen[k] |= !grid.idle[i];
            }
            if moves {
                grid.moving = grid.moving.union(area);
            }
        }
        grid
    }

    /// A grid only over what follows the jaw beside and below the face, in a picture of this size.
    pub(crate) fn around_jaw(face: &FaceGeometry, width: usize, height: usize) -> Self {
        let s = face.unit;
        let cell = side_of_cells(CELL * s, SMALLEST_CELL);
        let (top, bottom) = (JAW_TOP * s, face.chin_y + JAW_BOTTOM * s);
        let corners = [[-JAW_SIDE, top], [JAW_SIDE, top], [-JAW_SIDE, bottom], [JAW_SIDE, bottom]]
            .map(|[side, y]| face.frame.to_picture([side * s, y]));
        let area = PixelArea::around(corners.into_iter(), 0.0, width, height);
        let (columns, rows) = (area.width().div_ceil(cell), area.height().div_ceil(cell));
        let mut grid = Self {
            origin: [area.left, area.top],
            cell,
            columns,
            rows,
            follow: Vec::new(),
            idle: vec![false; columns * rows],
            is_seen: vec![false; (columns + 1) * (rows + 1)],
            moving: PixelArea::default(),
        };
        let outline: Vec<Point> = OVAL.iter().map(|&i| face.vertices[i]).collect();
        let nodes = (columns + 1) * (rows + 1);
        let mut covered = Vec::with_capacity(nodes);
        for i in 0..nodes {
            let at = grid.node(i);
            let place = face.frame.to_local(at);
            let beside = 1.0 - smoothstep(0.80 * s, JAW_SIDE * s, place[0].abs());
            grid.follow.push(Follow { jaw: face.jaw_share(place) * beside, ..Follow::default() });
            covered.push(deep_inside(&outline, at, COVERED_MARGIN * s));
        }
        for i in 0..columns * rows {
            let corners = grid.corners(i % columns, i / columns);
            let moves = corners.iter().any(|&k| grid.follow[k].moves());
            grid.idle[i] = !moves || corners.iter().all(|&k| covered[k]);
            for k in corners {
                grid.is_seen[k] |= !grid.idle[i];
            }
            if moves {
                grid.moving = grid.moving.union(grid.cell_area(i % columns, i / columns, width, height));
            }
        }
        grid
    }

    /// All that can ever change outside the face.
    pub(crate) fn moving(&self) -> PixelArea {
        self.moving
    }

    /// What changes outside the face when only the jaw travels this far, in a picture of this size.
    pub(crate) fn moved_by_jaw(&self, jaw_travel: f32, width: usize, height: usize) -> PixelArea {
        let moves = |i: &usize| {
            let (column, row) = (i % self.columns, i / self.columns);
            let travels = |k: usize| (self.follow[k].jaw * jaw_travel).abs() >= STILL;
            !self.idle[*i] && self.corners(column, row).into_iter().any(travels)
        };
        let cells = (0..self.columns * self.rows).filter(moves);
        let areas = cells.map(|i| self.cell_area(i % self.columns, i / self.columns, width, height));
        areas.fold(PixelArea::default(), PixelArea::union)
    }

    /// The cells that show something else than at rest, in a picture of this size.
    pub(crate) fn moved(
        &self,
        face: &FaceGeometry,
        (head, jaw_travel): (&HeadMotion, f32),
        Size { width, height }: Size,
    ) -> Vec<MovedCell> {
        let moved = self.displacements(face, head, jaw_travel);
        let sources = self.sources(&moved);
        (0..self.columns * self.rows)
            .filter(|&i| !self.idle[i])
            .filter_map(|number| {
                let (column, row) = (number % self.columns, number / self.columns);
                let corners = self.corners(column, row);
                let sources = corners.map(|k| sources[k]);
                let area = self.cell_area(column, row, width, height);
                let moves = sources != corners.map(|k| self.node(k));
                moves.then_some(MovedCell { number, area, sources })
            })
            .collect()
    }

    /// Draws cells in this many bands of rows at once.
    pub(crate) fn draw(&self, out: &mut RgbImage, texture: &Texture, cells: &[MovedCell], bands: usize) {
        // Cells are sorted by rows, so that as many lie above each cut as below.
        let bands = if cells.len() * self.cell * self.cell < SMALLEST_SHARED { 1 } else { bands };
        let cuts: Vec<usize> = (1..bands).map(|k| cells[cells.len() * k / bands].area.top).collect();
        draw_in_bands(out, &cuts, |rows| {
            let mut lines = Vec::new();
            // Row by row through all cells that lie side by side: so the texture is read from left to right.
            for cells in cells.chunk_by(|one, next| one.area.top == next.area.top) {
                let PixelArea { top, bottom, .. } = cells[0].area;
                // Bands begin where cells do.
                if !rows.numbers.contains(&top) {
                    continue;
                }
                lines.clear();
                lines.extend(cells.iter().map(|cell| self.first_line(cell, texture)));
                for y in top..bottom {
                    for (cell, line) in cells.iter().zip(&mut lines) {
                        let pixels = rows.span(y, cell.area.left..cell.area.right);
                        texture.sample_span(pixels, line.start, line.step);
                        line.go_down();
                    }
                }
            }
        });
    }

    /// What of a picture must be put back before `cells` are drawn in it: all that was drawn before and they do not cover.
    pub(crate) fn left_behind(&self, before: &Drawn, cells: &[MovedCell], size: Size) -> Vec<PixelArea> {
        let mut now = cells.iter().map(|cell| cell.number).peekable();
        let mut was = before.cells.iter().map(|cell| cell.number).peekable();
        let mut left = Vec::new();
        for number in 0..self.columns * self.rows {
            let [is_now, was_drawn] = [now.next_if_eq(&number).is_some(), was.next_if_eq(&number).is_some()];
            if is_now {
                continue;
            }
            let area = self.cell_area(number % self.columns, number / self.columns, size.width, size.height);
            left.push(if was_drawn { area } else { area.intersection(before.face) });
        }
        left.retain(|area| !area.is_empty());
        left
    }

    /// The line through the texture that a cell shows in its first row.
    fn first_line(&self, cell: &MovedCell, texture: &Texture) -> Line {
        let [top_left, top_right, bottom_left, bottom_right] = cell.sources;
        let side = self.cell as f32;
        let along = |from: Point, to: Point| [0, 1].map(|k| (to[k] - from[k]) / side);
        let (top, bottom) = (along(top_left, top_right), along(bottom_left, bottom_right));
        let (down, step_down) = (along(top_left, bottom_left), along(top, bottom));
        // Of the first pixel's centre, half a pixel down and half a pixel to the right.
        let step = [0, 1].map(|k| top[k] + 0.5 * step_down[k]);
        let start = [0, 1].map(|k| top_left[k] + 0.5 * (down[k] + step[k]));
        let rate = |rates: Point| rates.map(|rate| (rate * texture.fixed_scale()) as i32);
        Line {
            start: texture.fixed(start),
            step: rate(step),
            start_down: rate([0, 1].map(|k| down[k] + 0.5 * step_down[k])),
            step_down: rate(step_down),
        }
    }

    /// Where each node of the portrait goes.
    fn displacements(&self, face: &FaceGeometry, head: &HeadMotion, jaw_travel: f32) -> Vec<Point> {
        (0..self.follow.len())
            .map(|i| {
                let follow = self.follow[i];
                if !follow.moves() {
                    return [0.0; 2];
                }
                let jaw = face.frame.turn_to_picture([0.0, jaw_travel * follow.jaw]);
                let at = self.node(i);
                let carried = head.displacement([at[0] + jaw[0], at[1] + jaw[1]], follow);
                [jaw[0] + carried[0], jaw[1] + carried[1]]
            })
            .collect()
    }

    /// The place in the portrait that goes to each node, in [`STEPS`]: solves `place + displacement(place) = node` by iteration.
    fn sources(&self, moved: &[Point]) -> Vec<Point> {
        (0..moved.len())
            .map(|i| {
                let node = self.node(i);
                if !self.is_seen[i] {
                    return node;
                }
                let mut place = node;
                let mut displacement = moved[i];
                for _ in 0..SEARCH_STEPS {
                    let next = [node[0] - displacement[0], node[1] - displacement[1]];
                    let change = (next[0] - place[0]).abs().max((next[1] - place[1]).abs());
                    place = next;
                    if change < STILL {
                        break;
                    }
                    displacement = self.interpolate(moved, place);
                }
                place.map(|place| (place * STEPS).round() / STEPS)
            })
            .collect()
    }

    /// Value at a place between the nodes; beyond the grid that of its edge.
    fn interpolate(&self, values: &[Point], p: Point) -> Point {
        let split = |x: f32, cells: usize| {
            let x = (x / self.cell as f32).clamp(0.0, cells as f32);
            let cell = (x as usize).min(cells - 1);
            (cell, x - cell as f32)
        };
        let (column, right) = split(p[0] - self.origin[0] as f32, self.columns);
        let (row, down) = split(p[1] - self.origin[1] as f32, self.rows);
        let [a, b, c, d] = self.corners(column, row).map(|k| values[k]);
        [0, 1].map(|k| lerp(lerp(a[k], b[k], right), lerp(c[k], d[k], right), down))
    }

    fn node(&self, i: usize) -> Point {
        let columns = self.columns + 1;
        [(self.origin[0] + i % columns * self.cell) as f32, (self.origin[1] + i / columns * self.cell) as f32]
    }

    /// Node numbers of a cell: top left, top right, bottom left, bottom right.
    fn corners(&self, column: usize, row: usize) -> [usize; 4] {
        let first = row * (self.columns + 1) + column;
        [first, first + 1, first + self.columns + 1, first + self.columns + 2]
    }

    fn cell_area(&self, column: usize, row: usize, width: usize, height: usize) -> PixelArea {
        PixelArea {
            left: self.origin[0] + column * self.cell,
            top: self.origin[1] + row * self.cell,
            right: (self.origin[0] + (column + 1) * self.cell).min(width),
            bottom: (self.origin[1] + (row + 1) * self.cell).min(height),
        }
    }
}

/// Cells this many pixels wide, or a few less, so that their rows are drawn at once; smaller ones as they are.
fn side_of_cells(wanted: f32, smallest: usize) -> usize {
    let side = (wanted.round() as usize).max(smallest);
    if side < AT_ONCE { side } else { side / AT_ONCE * AT_ONCE }
}

/// Whether a place lies inside a closed outline and at least `margin` away from it.
pub(crate) fn deep_inside(outline: &[Point], p: Point, margin: f32) -> bool {
    let mut inside = false;
    for (i, &a) in outline.iter().enumerate() {
        let b = outline[(i + 1) % outline.len()];
        if (a[1] <= p[1]) != (b[1] <= p[1]) && p[0] < a[0] + (p[1] - a[1]) * (b[0] - a[0]) / (b[1] - a[1]) {
            inside = !inside;
        }
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let along = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy + f32::EPSILON);
        let along = along.clamp(0.0, 1.0);
        if (p[0] - a[0] - along * dx).hypot(p[1] - a[1] - along * dy) < margin {
            return false;
        }
    }
    inside
}
