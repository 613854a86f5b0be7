//! The order in which a presenter's parts are drawn, and which pixels a change of the pose touches.

use std::collections::HashMap;

use rostrum_model::picture::{Rect, RgbImage, Size};
use rostrum_model::presenter::{Appearance, HairStyle, Headwear, Setting};
use vello_cpu::kurbo::{self, Affine, Point};
use vello_cpu::{PixmapMut, RasterizerSettings, RenderContext, Resources, TargetInit};

use super::body::Body;
use super::face::Head;
use super::paint::Painter;
use super::palette::Palette;
use super::setting;
use crate::pose::{Gesture, HandPose, Pose};

/// What is seen behind a presenter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backdrop {
    /// The presenter's own.
    Setting(Setting),
    /// One colour.
    Colour([u8; 3]),
    /// Nothing: the picture is transparent beside the person.
    Clear,
}

/// How a presenter is put into a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Framing {
    /// Size of the picture, at most 65535 on a side.
    pub size: Size,
    /// Whether head and shoulders fill the picture.
    pub close_up: bool,
    /// Size against the usual, 1 by default.
    pub scale: f32,
    /// Moved right and down, in widths and heights of the picture.
    pub offset: [f32; 2],
}

impl Framing {
    /// The usual framing in a picture of this size: half-length, in the middle.
    pub fn new(size: Size) -> Self {
        Self { size, close_up: false, scale: 1.0, offset: [0.0; 2] }
    }

    /// From coordinates of the figure to pixels. The figure stands on the lower edge.
    fn place(&self) -> Affine {
        let (w, h) = (self.size.width as f64, self.size.height as f64);
        let (across, tall) = if self.close_up { (480.0, 760.0) } else { (720.0, 1080.0) };
        let scale = (h / tall).min(w / across) * f64::from(self.scale);
        let x = w * (0.5 + f64::from(self.offset[0]));
        let y = h * (1.0 + f64::from(self.offset[1])) - tall * scale;
        Affine::translate((x, y)) * Affine::scale(scale)
    }
}

/// A presenter in a picture, ready to be drawn; share one between threads.
#[derive(Debug)]
pub struct Presenter {
    appearance: Appearance,
    palette: Palette,
    size: Size,
    place: Affine,
    /// What is behind, premultiplied RGBA.
    behind: Vec<u8>,
    is_opaque: bool,
}

/// What is kept from frame to frame. One for each run of frames; the pixels do not depend on what was drawn before.
#[derive(Default)]
pub struct PresenterScratch {
    context: Option<(RenderContext, Resources)>,
    /// Neck and torso alone.
    torsos: KeptBodies,
    /// The same with arms at rest.
    resting: KeptBodies,
    /// The body as it is, premultiplied RGBA, as large as the picture.
    body: Vec<u8>,
    drawn: Option<BodyPose>,
    /// The pixels that are drawn anew, premultiplied RGBA.
    fresh: Vec<u8>,
    /// All pixels, premultiplied RGBA; only where something is transparent.
    shown: Vec<u8>,
}

/// Pictures of [`Presenter::torso_area`] by the breath, premultiplied RGBA: every breath comes back to the same few.
type KeptBodies = HashMap<i32, Vec<u8>>;

/// Side of the squares in which the renderer works, in pixels.
const TILE: usize = 4;
/// How many bytes of them are kept, of each kind.
const MOST_KEPT: usize = 48 << 20;

impl std::fmt::Debug for PresenterScratch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PresenterScratch({:?})", self.drawn)
    }
}

/// What the body depends on.
#[derive(Debug, Clone, Copy, PartialEq)]
struct BodyPose {
    /// Steps of [`BREATH_STEP`] that the shoulders are lifted.
    breath: i32,
    hands: [HandPose; 2],
}

impl BodyPose {
    /// How far the shoulders are lifted.
    fn lift(&self) -> f64 {
        f64::from(self.breath) * BREATH_STEP
    }
}

/// The shoulders move in steps of so many units: half a pixel at 1080 lines, so that they are not drawn for every frame.
const BREATH_STEP: f64 = 0.5;
/// How far the shoulders are lifted by a breath.
const BREATH_LIFT: f64 = 2.5;
/// Reach of the resting body, in units of the figure: to the sides, upwards, and below any picture.
const TORSO_HALF_WIDTH: f64 = 345.0;
const NECK_TOP: f64 = 420.0;
const BELOW: f64 = 1400.0;
/// Of the hands of a pose: left and right in the picture.
const SIDES: [f64; 2] = [-1.0, 1.0];
/// Size of the head against its own units, and where the point between the eyes lies.
const HEAD_SCALE: f64 = 1.16;
const HEAD_Y: f64 = 330.0;
/// About which point of the head it tilts, in its own units.
const NECK_PIVOT: Point = Point::new(0.0, 175.0);
/// Radians of yaw and pitch of the pose for one unit of the head's turn. A drawn head may turn further than a photo.
const YAW_UNIT: f64 = 0.045;
const PITCH_UNIT: f64 = 0.045;
/// How much further a drawn head tilts than a photo.
const ROLL_GAIN: f64 = 2.0;

impl Presenter {
    /// Prepares a presenter.
    pub fn new(appearance: Appearance, framing: &Framing, backdrop: Backdrop) -> Self {
        let behind = match backdrop {
            Backdrop::Setting(setting) => setting::draw(setting, framing.size),
            Backdrop::Colour([r, g, b]) => [r, g, b, 255].repeat(framing.size.width * framing.size.height),
            Backdrop::Clear => vec![0; framing.size.width * framing.size.height * 4],
        };
        let palette = Palette::new(&appearance.person, &appearance.outfit);
        let is_opaque = backdrop != Backdrop::Clear;
        Self { appearance, palette, size: framing.size, place: framing.place(), behind, is_opaque }
    }

    /// Size of the pictures it is drawn in.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Whether something is behind the person everywhere.
    pub fn is_opaque(&self) -> bool {
        self.is_opaque
    }

    /// Writes the opacity of the pixels that the last [`Presenter::render`] with `scratch` drew and said to be `drawn`, into
    /// `out`, which has a byte for each pixel of the picture.
    pub fn copy_opacity(&self, scratch: &PresenterScratch, drawn: Rect, out: &mut [u8]) {
        for y in drawn.y..drawn.y + drawn.height {
            let row = y * self.size.width + drawn.x..y * self.size.width + drawn.x + drawn.width;
            if self.is_opaque {
                out[row].fill(255);
                continue;
            }
            let shown = scratch.shown[row.start * 4..row.end * 4].chunks_exact(4);
            for (opacity, rgba) in out[row].iter_mut().zip(shown) {
                *opacity = rgba[3];
            }
        }
    }

    /// Draws a pose into `out`, colours multiplied by their opacity. `out` is of [`Presenter::size`] and, unless `scratch`
    /// is new, holds what was last drawn with it. Returns the pixels that may have changed, in areas that have none in common.
    pub fn render(&self, pose: &Pose, scratch: &mut PresenterScratch, out: &mut RgbImage) -> Vec<Rect> {
        let body = BodyPose {
            breath: (f64::from(pose.breath) * BREATH_LIFT / BREATH_STEP).round() as i32,
            hands: pose.hands.map(still),
        };
        let whole = self.size.whole();
        let moved = match &scratch.drawn {
            None => vec![whole],
            Some(before) => self.moved(before, &body),
        };
        if scratch.drawn.is_none() {
            scratch.body = vec![0; whole.width * whole.height * 4];
            if !self.is_opaque {
                scratch.shown = vec![0; whole.width * whole.height * 4];
            }
        }
        if !moved.is_empty() {
            self.draw_body(&body, &moved, scratch);
            scratch.drawn = Some(body);
        }
        // The head moves in every frame, and reaches nowhere else.
        let head_area = self.head_area();
        let mut changed: Vec<Rect> = moved.iter().flat_map(|area| area.without(head_area)).collect();
        for &area in &changed {
            copy_area(&self.behind, self.size, area, &mut scratch.fresh);
            self.lay_body_over(area, &scratch.body, &mut scratch.fresh);
            self.show(area, scratch, out);
        }
        if !head_area.is_empty() {
            self.draw_head(pose, body.lift(), head_area, scratch);
            self.show(head_area, scratch, out);
            changed.push(head_area);
        }
        changed
    }

    /// Draws what is behind the head, and the head, into the fresh pixels of `area`.
    fn draw_head(&self, pose: &Pose, lift: f64, area: Rect, scratch: &mut PresenterScratch) {
        copy_area(&self.behind, self.size, area, &mut scratch.fresh);
        let head = self.head(pose);
        let head_place = head_place(pose, &head, lift);
        let hat = self.appearance.outfit.headwear;
        if has_hair_behind(self.appearance.person.hair) && hat != Headwear::ChefHat {
            self.draw(area, &mut scratch.context, &mut scratch.fresh, |p| {
                p.within(head_place, |p| head.draw_hair_behind(p));
            });
        }
        self.lay_body_over(area, &scratch.body, &mut scratch.fresh);
        self.draw(area, &mut scratch.context, &mut scratch.fresh, |p| {
            p.within(head_place, |p| {
                let outfit = &self.appearance.outfit;
                head.draw_ears(p, outfit.earrings);
                head.draw_skin(p);
                head.draw_beard(p);
                head.draw_features(p);
                head.draw_mouth(p);
                head.draw_hair_before(p);
                head.draw_glasses(p, outfit);
                head.draw_headwear(p, outfit);
            });
        });
    }

    /// Lays the body over the pixels of `area`.
    fn lay_body_over(&self, area: Rect, body: &[u8], target: &mut [u8]) {
        // No body and no hand reaches above the neck.
        let top = self.torso_area().y.clamp(area.y, area.y + area.height);
        let below = Rect { y: top, height: area.y + area.height - top, ..area };
        lay_over(body, self.size, below, &mut target[(top - area.y) * area.width * 4..]);
    }

    /// Puts the fresh pixels of `area` into the picture.
    fn show(&self, area: Rect, scratch: &mut PresenterScratch, out: &mut RgbImage) {
        for (y, row) in (area.y..).zip(scratch.fresh.chunks_exact(area.width * 4)) {
            let start = (y * self.size.width + area.x) * 3;
            copy_colours(row, &mut out.pixels[start..start + area.width * 3]);
        }
        if !self.is_opaque {
            put_area(&scratch.fresh, self.size, area, &mut scratch.shown);
        }
    }

    fn head(&self, pose: &Pose) -> Head<'_> {
        Head {
            person: &self.appearance.person,
            palette: &self.palette,
            turn: (f64::from(pose.yaw) / YAW_UNIT).clamp(-1.8, 1.8),
            nod: (f64::from(pose.pitch) / PITCH_UNIT).clamp(-1.8, 1.8),
            blink: f64::from(pose.blink),
            gaze: pose.gaze.map(f64::from),
            brows: f64::from(pose.brows),
            smile: f64::from(pose.smile),
            mouth: pose.mouth,
        }
    }

    /// What of the body is to be drawn anew: areas that do not overlap.
    fn moved(&self, before: &BodyPose, now: &BodyPose) -> Vec<Rect> {
        if before.breath != now.breath {
            let arms = [before, now].map(|pose| self.arm_areas(pose));
            return vec![arms.as_flattened().iter().copied().fold(self.torso_area(), Rect::union)];
        }
        let body = self.body();
        apart([0, 1].map(|hand| {
            let [before, after] = [before, now].map(|pose| pose.hands[hand]);
            let moved = (before != after).then(|| body.arm_change(SIDES[hand], before, after));
            moved.map_or_else(Rect::default, |reach| self.lifted_area(reach, now))
        }))
    }

    /// Where the arms are drawn.
    fn arm_areas(&self, pose: &BodyPose) -> [Rect; 2] {
        [0, 1].map(|hand| self.lifted_area(self.body().arm_reach(SIDES[hand], pose.hands[hand]), pose))
    }

    /// The pixels of a box that moves with the shoulders.
    fn lifted_area(&self, reach: kurbo::Rect, pose: &BodyPose) -> Rect {
        self.area([reach.x0, reach.y0 - pose.lift(), reach.x1, reach.y1 - pose.lift()])
    }

    fn body(&self) -> Body<'_> {
        Body { appearance: &self.appearance, palette: &self.palette }
    }

    /// Where the body is while its arms rest.
    fn torso_area(&self) -> Rect {
        self.area([-TORSO_HALF_WIDTH, NECK_TOP, TORSO_HALF_WIDTH, BELOW])
    }

    /// Draws the body into `scratch.body`, of which everything that changed lies in `areas`.
    fn draw_body(&self, pose: &BodyPose, areas: &[Rect], scratch: &mut PresenterScratch) {
        let body = self.body();
        let lifted = Affine::translate((0.0, -pose.lift()));
        let PresenterScratch { context, torsos, resting, fresh, body: layer, .. } = scratch;
        let torso_area = self.torso_area();
        let bytes = torso_area.width * torso_area.height * 4;
        for kept in [&mut *torsos, &mut *resting] {
            if kept.len() * bytes > MOST_KEPT {
                kept.clear();
            }
        }
        let torso = torsos.entry(pose.breath).or_insert_with(|| {
            let mut torso = vec![0; bytes];
            self.draw(torso_area, context, &mut torso, |p| {
                p.within(lifted, |p| {
                    body.draw_neck(p);
                    body.draw_torso(p);
                });
            });
            torso
        });
        let arms = self.arm_areas(pose);
        // What of the arms reaches into an area.
        let draw_arms = |p: &mut Painter<'_>, area: Rect| {
            p.within(lifted, |p| {
                for hand in [0, 1] {
                    if !arms[hand].intersection(area).is_empty() {
                        body.draw_arm(p, SIDES[hand], pose.hands[hand]);
                    }
                }
            });
        };
        let is_resting = pose.hands.iter().all(|hand| hand.raise == 0.0);
        let kept = if is_resting {
            resting.entry(pose.breath).or_insert_with(|| {
                let mut body = torso.clone();
                self.draw(torso_area, context, &mut body, |p| draw_arms(p, torso_area));
                body
            })
        } else {
            torso
        };
        for area in areas {
            clear_area(self.size, *area, layer);
            put_part(kept, self.size, torso_area, *area, layer);
            if is_resting {
                continue;
            }
            for part in apart(arms.map(|arm| arm.intersection(*area))) {
                copy_area(layer, self.size, part, fresh);
                self.draw(part, context, fresh, |p| draw_arms(p, part));
                put_area(fresh, self.size, part, layer);
            }
        }
    }

    /// Draws over the pixels of `area` that `target` holds.
    fn draw(
        &self,
        area: Rect,
        context: &mut Option<(RenderContext, Resources)>,
        target: &mut [u8],
        draw: impl FnOnce(&mut Painter<'_>),
    ) {
        let (width, height) = (area.width as u16, area.height as u16);
        let (context, resources) =
            context.get_or_insert_with(|| (RenderContext::new(width, height), Resources::new()));
        if area.is_empty() {
            return;
        }
        context.reset_and_resize(width, height);
        let corner = Affine::translate((-(area.x as f64), -(area.y as f64)));
        draw(&mut Painter::new(context, corner * self.place));
        context.flush();
        let target = PixmapMut::new(width, height, target).expect("the target has four bytes for each pixel");
        let over = RasterizerSettings { target_init: TargetInit::SrcOver, ..RasterizerSettings::default() };
        context.render_with(target, resources, over);
    }

    /// The pixels of a box (left, top, right, bottom) of the figure.
    fn area(&self, [left, top, right, bottom]: [f64; 4]) -> Rect {
        let a = self.place * Point::new(left, top);
        let b = self.place * Point::new(right, bottom);
        // Casting a float to usize saturates, so places left of or above the picture become 0. Areas are
        // made of whole tiles, so that a pixel is drawn alike in all of them.
        let [x, y] = [a.x, a.y].map(|from| from.floor() as usize / TILE * TILE);
        let [right, bottom] = [b.x, b.y].map(|to| (to.ceil() as usize).next_multiple_of(TILE));
        let (x, y) = (x.min(self.size.width), y.min(self.size.height));
        let (right, bottom) = (right.clamp(x, self.size.width), bottom.clamp(y, self.size.height));
        Rect { x, y, width: right - x, height: bottom - y }
    }

    /// Where the head is drawn, however it is turned.
    fn head_area(&self) -> Rect {
        let (half, bottom) = match self.appearance.person.hair {
            HairStyle::LongStraight
            | HairStyle::LongWavy
            | HairStyle::Fringe
            | HairStyle::Ponytail
            | HairStyle::Hijab => (290.0, 760.0),
            HairStyle::LongCurls => (290.0, 700.0),
            HairStyle::Afro => (280.0, 560.0),
            HairStyle::Bob => (240.0, 590.0),
            _ => (220.0, 560.0),
        };
        self.area([-half, -10.0, half, bottom])
    }
}

/// A hand at rest is the same whatever it did before.
fn still(hand: HandPose) -> HandPose {
    if hand.raise > 0.0 && hand.gesture != Gesture::Rest { hand } else { HandPose::default() }
}

fn has_hair_behind(hair: HairStyle) -> bool {
    matches!(
        hair,
        HairStyle::LongStraight
            | HairStyle::Fringe
            | HairStyle::LongWavy
            | HairStyle::Bob
            | HairStyle::Ponytail
            | HairStyle::Bun
            | HairStyle::Afro
            | HairStyle::LongCurls
            | HairStyle::Hijab
    )
}

/// From units of the head to those of the figure.
fn head_place(pose: &Pose, head: &Head<'_>, lift: f64) -> Affine {
    let shift = pose.shift.map(|part| f64::from(part) * 180.0);
    let roll = (f64::from(pose.roll) * ROLL_GAIN).clamp(-0.09, 0.09);
    Affine::translate((head.turn * 5.0 + shift[0], HEAD_Y + head.nod * 5.0 + shift[1] - lift * 0.8))
        * Affine::scale(HEAD_SCALE)
        * Affine::rotate_about(roll, NECK_PIVOT)
}

/// Makes the pixels of `area` transparent in a layer that is as large as the picture.
fn clear_area(size: Size, area: Rect, layer: &mut [u8]) {
    for y in area.y..area.y + area.height {
        let start = (y * size.width + area.x) * 4;
        layer[start..start + area.width * 4].fill(0);
    }
}

/// Copies the pixels of `area` out of a layer that is as large as the picture.
fn copy_area(layer: &[u8], size: Size, area: Rect, target: &mut Vec<u8>) {
    target.clear();
    for y in area.y..area.y + area.height {
        let start = (y * size.width + area.x) * 4;
        target.extend_from_slice(&layer[start..start + area.width * 4]);
    }
}

/// Puts the pixels of `area` into a layer that is as large as the picture.
fn put_area(pixels: &[u8], size: Size, area: Rect, layer: &mut [u8]) {
    for (y, row) in (area.y..).zip(pixels.chunks_exact(area.width * 4)) {
        let start = (y * size.width + area.x) * 4;
        layer[start..start + area.width * 4].copy_from_slice(row);
    }
}

/// Puts those pixels of `area` that lie in `part` into a layer that is as large as the picture.
fn put_part(pixels: &[u8], size: Size, area: Rect, part: Rect, layer: &mut [u8]) {
    let Rect { x, y: top, width, height } = area.intersection(part);
    for y in top..top + height {
        let from = ((y - area.y) * area.width + x - area.x) * 4;
        let length = width * 4;
        let to = (y * size.width + x) * 4;
        layer[to..to + length].copy_from_slice(&pixels[from..from + length]);
    }
}

/// Lays the premultiplied pixels of `layer`, as large as the picture, over those of `area`.
fn lay_over(layer: &[u8], size: Size, area: Rect, target: &mut [u8]) {
    for (y, row) in (area.y..).zip(target.chunks_exact_mut(area.width * 4)) {
        let start = (y * size.width + area.x) * 4;
        let above = layer[start..start + area.width * 4].chunks(RUN_BYTES);
        for (under, over) in row.chunks_mut(RUN_BYTES).zip(above) {
            lay_run_over(over, under);
        }
    }
}

/// Bytes of a run of pixels, most of which hide all or nothing of what is below.
const RUN_BYTES: usize = 64;

fn lay_run_over(over: &[u8], under: &mut [u8]) {
    let over_pixels = over.as_chunks::<4>().0;
    let (all, any) = over_pixels.iter().fold((u32::MAX, 0), |(all, any), pixel| {
        (all & u32::from_le_bytes(*pixel), any | u32::from_le_bytes(*pixel))
    });
    if all >> 24 == 255 {
        under.copy_from_slice(over);
    } else if any != 0 {
        for (under, over) in under.as_chunks_mut::<4>().0.iter_mut().zip(over_pixels) {
            let through = 255 - u16::from(over[3]);
            *under = std::array::from_fn(|k| {
                let kept = u16::from(under[k]) * through;
                over[k].saturating_add(((kept + 128 + (kept >> 8)) >> 8) as u8)
            });
        }
    }
}

/// Copies the colours of RGBA pixels, four at a time.
fn copy_colours(rgba: &[u8], rgb: &mut [u8]) {
    let (fours, rest) = rgba.as_chunks::<16>();
    let (targets, target_rest) = rgb.as_chunks_mut::<12>();
    for (four, target) in fours.iter().zip(targets) {
        let word = |at: usize| u32::from_le_bytes([four[at], four[at + 1], four[at + 2], 0]);
        let (a, b, c, d) = (word(0), word(4), word(8), word(12));
        let words =
            [(a | b << 24).to_le_bytes(), (b >> 8 | c << 16).to_le_bytes(), (c >> 16 | d << 8).to_le_bytes()];
        target.copy_from_slice(words.as_flattened());
    }
    for (pixel, target) in rest.as_chunks::<4>().0.iter().zip(target_rest.as_chunks_mut::<3>().0) {
        target.copy_from_slice(&pixel[..3]);
    }
}

/// The areas that are not empty, as one where they overlap.
fn apart([a, b]: [Rect; 2]) -> Vec<Rect> {
    let areas = if a.intersection(b).is_empty() { vec![a, b] } else { vec![a.union(b)] };
    areas.into_iter().filter(|area| !area.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presenter::cast;

    #[test]
    fn areas_that_overlap_are_drawn_as_one() {
        let at = |x, y, width, height| Rect { x, y, width, height };
        let (a, b) = (at(0, 0, 4, 4), at(4, 0, 4, 4));
        assert_eq!(apart([a, b]), [a, b]);
        assert_eq!(apart([a, at(3, 3, 2, 6)]), [at(0, 0, 5, 9)]);
        assert_eq!(apart([Rect::default(), b]), [b]);
    }

    /// What lies outside would be cut off, or stay behind when the arm moves on.
    #[test]
    fn nothing_of_an_arm_is_drawn_outside_its_box_and_nothing_else_changes_with_it() {
        let size = Size { width: 320, height: 320 };
        let whole = size.whole();
        let poses: Vec<HandPose> = [
            Gesture::Palm,
            Gesture::Point,
            Gesture::Count(2),
            Gesture::Count(5),
            Gesture::Clasp,
            Gesture::Wave,
        ]
        .iter()
        .flat_map(|gesture| {
            [(0.3, 0.0), (1.0, -1.0), (1.0, 1.0)].map(|(raise, beat)| HandPose {
                gesture: *gesture,
                raise,
                beat,
            })
        })
        .chain([HandPose::default()])
        .collect();
        for look in cast::all().iter().flat_map(|member| member.looks.iter().map(move |look| (member, look)))
        {
            let presenter = Presenter::new(look.0.appearance(look.1), &Framing::new(size), Backdrop::Clear);
            let body = presenter.body();
            let outside = |area: Rect, i: usize| {
                let pixel = Rect { x: i % size.width, y: i / size.width, width: 1, height: 1 };
                area.intersection(pixel).is_empty()
            };
            let mut context = None;
            for side in SIDES {
                let mut before: Option<(HandPose, Vec<u8>)> = None;
                for hand in &poses {
                    let mut drawn = vec![0; size.width * size.height * 4];
                    presenter.draw(whole, &mut context, &mut drawn, |p| body.draw_arm(p, side, *hand));
                    let still = BodyPose { breath: 0, hands: [*hand; 2] };
                    let reach = presenter.lifted_area(body.arm_reach(side, *hand), &still);
                    let pixels = drawn.as_chunks::<4>().0;
                    let mut beyond = (0..pixels.len()).filter(|i| outside(reach, *i));
                    assert!(beyond.all(|i| pixels[i] == [0; 4]), "{} {hand:?}", look.1.id);
                    if let Some((other, then)) = &before {
                        let change = presenter.lifted_area(body.arm_change(side, *other, *hand), &still);
                        let mut beyond = (0..pixels.len()).filter(|i| outside(change, *i));
                        let then = then.as_chunks::<4>().0;
                        assert!(beyond.all(|i| pixels[i] == then[i]), "{} {other:?} {hand:?}", look.1.id);
                    }
                    before = Some((*hand, drawn));
                }
            }
        }
    }

    #[test]
    fn colours_are_copied_without_their_opacity() {
        let rgba: Vec<u8> = (0..4 * 11).collect();
        let mut rgb = [0; 33];
        copy_colours(&rgba, &mut rgb);
        let expected = (0u8..44).filter(|byte| byte % 4 != 3);
        assert!(rgb.into_iter().eq(expected));
    }
}
