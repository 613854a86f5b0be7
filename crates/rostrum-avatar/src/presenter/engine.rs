//! The order in which a presenter's parts are drawn, and which pixels a change of the pose touches.

use rostrum_model::picture::{Rect, RgbImage, Size};
use rostrum_model::presenter::{Appearance, HairStyle, Headwear, Setting};
use vello_cpu::kurbo::{Affine, Point};
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
    /// Neck and torso alone, premultiplied RGBA, as large as the picture.
    torso: Vec<u8>,
    /// The same with the arms.
    body: Vec<u8>,
    drawn: Option<BodyPose>,
    /// The pixels that are drawn anew, premultiplied RGBA.
    fresh: Vec<u8>,
}

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

/// The shoulders move in steps of so many units: half a pixel at 1080 lines, so that they are not drawn for every frame.
const BREATH_STEP: f64 = 0.5;
/// How far the shoulders are lifted by a breath.
const BREATH_LIFT: f64 = 2.5;
/// Reach of the parts of the body, in units of the figure: gesturing arms and the resting body to the sides, a clasped
/// hand across the middle, neck and hands upwards, and below any picture.
const ARMS_HALF_WIDTH: f64 = 480.0;
const TORSO_HALF_WIDTH: f64 = 345.0;
const CLASPED_REACH: f64 = 150.0;
const NECK_TOP: f64 = 420.0;
const ARMS_TOP: f64 = 540.0;
const BELOW: f64 = 1400.0;
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
        for (y, row) in
            (drawn.y..).zip(scratch.fresh.chunks_exact((drawn.width * 4).max(1)).take(drawn.height))
        {
            let start = y * self.size.width + drawn.x;
            for (opacity, rgba) in out[start..start + drawn.width].iter_mut().zip(row.chunks_exact(4)) {
                *opacity = rgba[3];
            }
        }
    }

    /// Draws a pose into `out`, colours multiplied by their opacity. `out` is of [`Presenter::size`] and, unless `scratch`
    /// is new, holds what was last drawn with it. Returns the pixels that may have changed.
    pub fn render(&self, pose: &Pose, scratch: &mut PresenterScratch, out: &mut RgbImage) -> Rect {
        let body = BodyPose {
            breath: (f64::from(pose.breath) * BREATH_LIFT / BREATH_STEP).round() as i32,
            hands: pose.hands.map(still),
        };
        let lift = f64::from(body.breath) * BREATH_STEP;
        let whole = Rect { x: 0, y: 0, width: self.size.width, height: self.size.height };
        let mut dirty = self.head_area();
        if scratch.drawn.is_none() {
            scratch.torso = vec![0; whole.width * whole.height * 4];
            scratch.body = vec![0; whole.width * whole.height * 4];
            dirty = whole;
        }
        let area = match &scratch.drawn {
            None => whole,
            Some(before) => self.body_area(before, &body),
        };
        if !area.is_empty() {
            self.draw_body(&body, lift, area, scratch);
            dirty = dirty.union(area);
            scratch.drawn = Some(body);
        }
        if dirty.is_empty() {
            return dirty;
        }
        copy_area(&self.behind, self.size, dirty, &mut scratch.fresh);
        let head = self.head(pose);
        let head_place = head_place(pose, &head, lift);
        let hat = self.appearance.outfit.headwear;
        if has_hair_behind(self.appearance.person.hair) && hat != Headwear::ChefHat {
            self.draw(dirty, &mut scratch.context, &mut scratch.fresh, |p| {
                p.within(head_place, |p| head.draw_hair_behind(p));
            });
        }
        lay_over(&scratch.body, self.size, dirty, &mut scratch.fresh);
        self.draw(dirty, &mut scratch.context, &mut scratch.fresh, |p| {
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
        for (y, row) in (dirty.y..).zip(scratch.fresh.chunks_exact(dirty.width * 4)) {
            let start = (y * self.size.width + dirty.x) * 3;
            let target = &mut out.pixels[start..start + dirty.width * 3];
            for (rgb, rgba) in target.chunks_exact_mut(3).zip(row.chunks_exact(4)) {
                rgb.copy_from_slice(&rgba[..3]);
            }
        }
        dirty
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

    /// What of the body is to be drawn anew.
    fn body_area(&self, before: &BodyPose, now: &BodyPose) -> Rect {
        if before.breath != now.breath {
            let gesturing = |body: &BodyPose| body.hands.iter().any(|hand| hand.raise > 0.0);
            let half = if gesturing(before) || gesturing(now) { ARMS_HALF_WIDTH } else { TORSO_HALF_WIDTH };
            return self.area([-half, NECK_TOP, half, BELOW]);
        }
        let side = |hand: usize, left: f64, right: f64| {
            if before.hands[hand] == now.hands[hand] {
                Rect::default()
            } else {
                self.area([left, ARMS_TOP, right, BELOW])
            }
        };
        side(0, -ARMS_HALF_WIDTH, CLASPED_REACH).union(side(1, -CLASPED_REACH, ARMS_HALF_WIDTH))
    }

    fn draw_body(&self, pose: &BodyPose, lift: f64, area: Rect, scratch: &mut PresenterScratch) {
        let body = Body { appearance: &self.appearance, palette: &self.palette };
        let lifted = Affine::translate((0.0, -lift));
        if scratch.drawn.is_none_or(|before| before.breath != pose.breath) {
            scratch.fresh.clear();
            scratch.fresh.resize(area.width * area.height * 4, 0);
            self.draw(area, &mut scratch.context, &mut scratch.fresh, |p| {
                p.within(lifted, |p| {
                    body.draw_neck(p);
                    body.draw_torso(p);
                });
            });
            put_area(&scratch.fresh, self.size, area, &mut scratch.torso);
        } else {
            copy_area(&scratch.torso, self.size, area, &mut scratch.fresh);
        }
        self.draw(area, &mut scratch.context, &mut scratch.fresh, |p| {
            p.within(lifted, |p| {
                body.draw_arm(p, -1.0, pose.hands[0]);
                body.draw_arm(p, 1.0, pose.hands[1]);
            });
        });
        put_area(&scratch.fresh, self.size, area, &mut scratch.body);
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
        // Casting a float to usize saturates, so places left of or above the picture become 0.
        let (x, y) = (a.x.floor() as usize, a.y.floor() as usize);
        let (x, y) = (x.min(self.size.width), y.min(self.size.height));
        let right = (b.x.ceil().max(0.0) as usize).clamp(x, self.size.width);
        let bottom = (b.y.ceil().max(0.0) as usize).clamp(y, self.size.height);
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

/// Lays the premultiplied pixels of `layer`, as large as the picture, over those of `area`.
fn lay_over(layer: &[u8], size: Size, area: Rect, target: &mut [u8]) {
    for (y, row) in (area.y..).zip(target.chunks_exact_mut(area.width * 4)) {
        let start = (y * size.width + area.x) * 4;
        let above = &layer[start..start + area.width * 4];
        for (under, over) in row.chunks_exact_mut(4).zip(above.chunks_exact(4)) {
            match over[3] {
                0 => {}
                255 => under.copy_from_slice(over),
                alpha => {
                    for k in 0..4 {
                        let kept = u16::from(under[k]) * (255 - u16::from(alpha));
                        under[k] = over[k].saturating_add(((kept + 128 + (kept >> 8)) >> 8) as u8);
                    }
                }
            }
        }
    }
}
