//! The portrait, ready to be drawn in any pose.

use rostrum_face::{Landmarks, Matte};
use rostrum_model::picture::{Rect, RgbImage, Size};
use rostrum_model::video::MAX_SIDE;

use crate::pose::Pose;

use super::area::PixelArea;
use super::backdrop::{Backdrop, Drawn};
use super::coverage::SoftLine;
use super::deform::Deformed;
use super::geometry::{FaceGeometry, Point, smoothstep};
use super::lids;
use super::look::{FaceColours, Look};
use super::mouth::{self, CLOSED_PIXELS, UpperTeeth};
use super::photo_teeth::PhotoTeeth;
use super::placement::Placement;
use super::raster::{SMALLEST_SHARED, draw_in_bands, fill_triangle};
use super::silhouette::Silhouette;
use super::texture::Texture;
use super::topology::{EYES, MOUTH_OPENING, VERTEX_COUNT};

/// Why a portrait cannot be animated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AvatarError {
    /// The picture has no pixels, or not as many as its size says.
    #[error("the portrait is empty or incomplete")]
    BadImage,
    /// The crop is not inside the picture, or the output size is below 64 or above 4096 pixels a side.
    #[error("the portrait cannot be placed as asked")]
    BadPlacement,
    /// There are not 478 finite landmarks.
    #[error("the face's landmarks are incomplete")]
    BadLandmarks,
    /// Eyes or mouth lie outside the shown part, or the face is only a few pixels large in the output.
    #[error("the face is too small or not fully in view")]
    FaceOutOfView,
}

/// Shortest side of an output.
const MIN_SIDE: usize = 64;
/// Smallest eye span in output pixels for which the drawing is meant.
const SMALLEST_UNIT: f32 = 16.0;
/// Width of lash lines in S, and their opacity.
const LASH_WIDTH: f32 = 0.008;
const LASH_OPACITY: f32 = 0.40;
const LASH_COLOUR: [f32; 3] = [35.0, 24.0, 20.0];

/// Pixels between two areas of a row that are told to be one.
const LARGEST_GAP: usize = 32;
/// How many areas are looked at for one that another one continues.
const MOST_BESIDE: usize = 8;

/// Bands of rows in which large pictures are drawn, each on a thread of its own, and from how many processors on: with fewer
/// the encoder keeps all of them busy, and each band only costs the start of its thread.
const BANDS: usize = 2;
const PROCESSORS_FOR_BANDS: usize = 4;

/// A portrait prepared for drawing. Cheap to share between threads; drawing does not change it.
///
/// Memory: the output picture once (3 bytes a pixel) and the part that moves, at up to double resolution (12 bytes a pixel),
/// so at most 18 MB at 1080 × 1080 and 135 MB at 4096 × 2160; preparing needs the latter twice for a moment.
#[derive(Debug)]
pub struct PhotoAvatar {
    pub(super) face: FaceGeometry,
    look: Look,
    /// The upper teeth of a portrait that shows some.
    pub(super) teeth: Option<PhotoTeeth>,
    pub(super) backdrop: Backdrop,
    texture: Texture,
    pub(super) still: RgbImage,
    /// Bands of rows that are drawn at once.
    pub(super) bands: usize,
    silhouette: Option<Silhouette>,
}

/// What drawing remembers from one frame to the next: which part of the output to restore, and the opacity where there is
/// one. One scratch belongs to one avatar and one output picture.
#[derive(Debug, Default)]
pub struct Scratch {
    previous: Option<(Pose, Drawn)>,
    /// The opacity three times, as the warp draws three bytes for each pixel.
    opacity: Option<RgbImage>,
}

impl PhotoAvatar {
    /// Measures and enlarges the portrait. `landmarks` are in pixels of `image`.
    ///
    /// # Errors
    /// [`AvatarError`] tells which of the inputs is unusable.
    pub fn prepare(
        image: &RgbImage,
        landmarks: &Landmarks,
        placement: &Placement,
    ) -> Result<Self, AvatarError> {
        Self::prepare_with(image, landmarks, placement, None)
    }

    /// Like [`PhotoAvatar::prepare`], with the matte of `image`: the background beside the person then stands still, so
    /// that straight lines in it do not bend.
    ///
    /// # Errors
    /// As [`PhotoAvatar::prepare`].
    pub fn prepare_matted(
        image: &RgbImage,
        landmarks: &Landmarks,
        placement: &Placement,
        matte: &Matte,
    ) -> Result<Self, AvatarError> {
        Self::prepare_with(image, landmarks, placement, Some(matte))
    }

    /// The person alone: what `matte` says to be background is transparent. `cut` is the person before black, that is,
    /// colours multiplied by their opacity.
    ///
    /// # Errors
    /// As [`PhotoAvatar::prepare`].
    pub fn prepare_cut_out(
        cut: &RgbImage,
        landmarks: &Landmarks,
        placement: &Placement,
        matte: &Matte,
    ) -> Result<Self, AvatarError> {
        let mut avatar = Self::prepare_with(cut, landmarks, placement, Some(matte))?;
        let moving = avatar.backdrop.moving().rect();
        let size = cut.size();
        avatar.silhouette = Some(Silhouette::new(size, landmarks, placement, matte, moving)?);
        Ok(avatar)
    }

    fn prepare_with(
        image: &RgbImage,
        landmarks: &Landmarks,
        placement: &Placement,
        matte: Option<&Matte>,
    ) -> Result<Self, AvatarError> {
        if image.width == 0 || image.height == 0 || image.pixels.len() != image.width * image.height * 3 {
            return Err(AvatarError::BadImage);
        }
        let Size { width, height } = placement.size;
        let sides = MIN_SIDE..=MAX_SIDE;
        if !sides.contains(&width) || !sides.contains(&height) || !placement.is_inside(image) {
            return Err(AvatarError::BadPlacement);
        }
        let finite = landmarks.points.iter().flatten().all(|length| length.is_finite());
        if landmarks.points.len() < VERTEX_COUNT || !finite {
            return Err(AvatarError::BadLandmarks);
        }
        let face = FaceGeometry::new(&placement.place(landmarks));
        if !is_in_view(&face, placement.size) {
            return Err(AvatarError::FaceOutOfView);
        }
        let texture = Texture::new(image, placement)?;
        let still = texture.still(width, height);
        let backdrop = Backdrop::new(&face, placement, matte);
        let whole_face = PixelArea::around(face.vertices.iter().copied(), 0.3 * face.unit, width, height);
        let texture = texture.cropped(backdrop.moving().union(whole_face).rect());
        let [across, down] = placement.scale();
        let colours = FaceColours::of(&face.vertices, face.unit, |place| texture.colour(place));
        let look = Look::of_colours(&colours, f32::midpoint(across, down));
        let teeth = if face.shows_teeth() { PhotoTeeth::find(&still, &face, &colours) } else { None };
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let bands = if processors < PROCESSORS_FOR_BANDS { 1 } else { BANDS };
        Ok(Self { face, look, teeth, backdrop, texture, still, bands, silhouette: None })
    }

    /// Size of the drawn pictures.
    pub fn size(&self) -> Size {
        self.still.size()
    }

    /// Distance of the lips' inner edges in a pose, in S; not above 0 when they touch.
    pub fn lip_aperture(&self, pose: &Pose) -> f32 {
        Deformed::new(&self.face, pose).aperture(&self.face) / self.face.unit
    }

    /// Draws one frame into `out` and returns the areas that may differ from the frame drawn before with this scratch, no two
    /// of which overlap: all of it on the first call, none when the pose is the same. `out` must be left as the previous call
    /// with this scratch left it; it is made anew when it has another size. The picture depends on the pose alone.
    pub fn render(&self, pose: &Pose, scratch: &mut Scratch, out: &mut RgbImage) -> Vec<Rect> {
        let whole = PixelArea::of(self.still.size().whole());
        let fits = (out.width, out.height) == (self.still.width, self.still.height)
            && out.pixels.len() == self.still.pixels.len();
        let previous = scratch.previous.take().filter(|_| fits);
        if let Some((pose_before, _)) = &previous
            && pose_before == pose
        {
            scratch.previous = previous;
            return Vec::new();
        }
        let before = previous.map(|(_, drawn)| drawn);
        if before.is_none() {
            out.clone_from(&self.still);
        }
        let (drawn, changed) = self.draw(pose, before.as_ref(), out);
        scratch.previous = Some((*pose, drawn));
        if before.is_some() { changed } else { vec![whole.rect()] }
    }

    /// Whether nothing of it is transparent.
    pub fn is_opaque(&self) -> bool {
        self.silhouette.is_none()
    }

    /// Writes the opacity of the pose that was last rendered with `scratch`, where that [`PhotoAvatar::render`] said to
    /// have `drawn`, into `out`, which has a byte for each pixel of the picture.
    pub fn draw_opacity(&self, scratch: &mut Scratch, drawn: Rect, out: &mut [u8]) {
        let (Some(silhouette), Some((_, shown))) = (&self.silhouette, &scratch.previous) else {
            return out.fill(255);
        };
        let opacity = scratch.opacity.get_or_insert_with(|| silhouette.still.clone());
        restore(opacity, &silhouette.still, PixelArea::of(drawn));
        self.backdrop.draw(opacity, &silhouette.texture, &shown.cells, self.bands);
        for y in drawn.y..drawn.y + drawn.height {
            let first = y * self.still.width + drawn.x;
            let grey = opacity.pixels[first * 3..(first + drawn.width) * 3].chunks_exact(3);
            for (out, grey) in out[first..first + drawn.width].iter_mut().zip(grey) {
                *out = grey[0];
            }
        }
    }

    /// Draws the pose over the resting portrait, or over what was drawn `before`. Tells what is drawn now, and where that
    /// differs.
    fn draw(&self, pose: &Pose, before: Option<&Drawn>, out: &mut RgbImage) -> (Drawn, Vec<Rect>) {
        let Self { face, look, teeth, texture, backdrop, .. } = self;
        let deformed = Deformed::new(face, pose);
        let motion = (&deformed.head, deformed.jaw_travel);
        let cells = backdrop.moved(face, motion, self.size());
        let (left_behind, outdated) = match before {
            Some(before) => (backdrop.left_behind(before, &cells, self.size()), before.outdates(&cells)),
            None => (Vec::new(), cells.clone()),
        };
        for area in &left_behind {
            restore(out, &self.still, *area);
        }
        backdrop.draw(out, texture, &outdated, self.bands);
        let eyes = lids::OpenEyes::remember(out, face, &deformed, pose.blink);
        let aperture = deformed.aperture(face);
        mouth::underpaint(out, look, &deformed);
        let mut sources = face.texture_places(pose.mouth.art);
        lids::hide_rims(face, pose.blink, &mut sources);
        if aperture > CLOSED_PIXELS {
            mouth::draw_lip_fringe(out, face, texture, &sources, &deformed);
        }
        let reach = PixelArea::around(deformed.vertices.iter().copied(), 0.0, out.width, out.height);
        let bands = if reach.width() * reach.height() < SMALLEST_SHARED { 1 } else { self.bands };
        let cuts: Vec<usize> = (1..bands).map(|k| reach.top + reach.height() * k / bands).collect();
        draw_in_bands(out, &cuts, |rows| {
            for triangle in &face.triangles {
                let corners = triangle.map(usize::from);
                fill_triangle(
                    rows,
                    texture,
                    corners.map(|i| deformed.vertices[i]),
                    corners.map(|i| sources[i]),
                );
            }
        });
        lids::smooth_streaks(out, face, &deformed, pose.blink);
        if aperture > CLOSED_PIXELS {
            let teeth = if face.shows_teeth() {
                UpperTeeth::Portrait { texture, teeth: teeth.as_ref() }
            } else {
                UpperTeeth::Painted
            };
            mouth::paint_interior(out, face, look, teeth, &pose.mouth, &deformed);
        }
        mouth::draw_lip_line(out, face, look, pose.mouth.art, &deformed);
        eyes.lay(out, face.unit, texture, &sources, &deformed);
        self.draw_lashes(pose, &deformed, out);
        // Soft edges reach a few pixels beyond the vertices.
        let margin = 0.05 * face.unit + 4.0;
        let face = PixelArea::around(deformed.vertices.into_iter(), margin, out.width, out.height);
        let faces = before.map_or(face, |before| face.union(before.face));
        let background = left_behind.into_iter().chain(outdated.iter().map(|cell| cell.area));
        (Drawn { cells, face }, changes(faces, background.collect()))
    }

    /// The line of lashes that a closing lid shows.
    fn draw_lashes(&self, pose: &Pose, deformed: &Deformed, out: &mut RgbImage) {
        let opacity = LASH_OPACITY * smoothstep(0.25, 0.9, pose.blink);
        if opacity <= 0.0 {
            return;
        }
        for eye in &EYES {
            let line: Vec<Point> = std::iter::once(eye.corners[0])
                .chain(eye.upper_lid)
                .chain(std::iter::once(eye.corners[1]))
                .map(|i| deformed.vertices[i])
                .collect();
            let width = LASH_WIDTH * self.face.unit;
            SoftLine { width, opacity, colour: LASH_COLOUR }.draw(out, &line);
        }
    }
}

/// All pixels of a face and of areas of the `background`, in fewer areas, with some others but none twice.
fn changes(face: PixelArea, mut background: Vec<PixelArea>) -> Vec<Rect> {
    background.sort_unstable_by_key(|area| (area.top, area.left));
    let mut all: Vec<PixelArea> = Vec::new();
    for run in background.chunk_by(|one, next| {
        (one.top, one.bottom) == (next.top, next.bottom) && next.left <= one.right + LARGEST_GAP
    }) {
        let run = run.iter().copied().fold(PixelArea::default(), PixelArea::union);
        let above = all.iter_mut().rev().take(MOST_BESIDE);
        let mut continued = above.filter(|area| (area.left, area.right) == (run.left, run.right));
        match continued.find(|area| area.bottom == run.top) {
            Some(area) => area.bottom = run.bottom,
            None => all.push(run),
        }
    }
    let face = face.rect();
    let beside = all.iter().flat_map(|area| area.rect().without(face));
    std::iter::once(face).filter(|face| !face.is_empty()).chain(beside).collect()
}

/// Whether eyes and mouth are in the picture and large enough to be drawn.
fn is_in_view(face: &FaceGeometry, size: Size) -> bool {
    let inside =
        |p: Point| (0.0..size.width as f32).contains(&p[0]) && (0.0..size.height as f32).contains(&p[1]);
    let eyes = EYES.iter().flat_map(|eye| eye.corners);
    face.unit >= SMALLEST_UNIT
        && face.mouth_half_width > 0.05 * face.unit
        && face.chin_y > 0.0
        && face.forehead_y < 0.0
        && eyes.chain(MOUTH_OPENING).all(|i| inside(face.vertices[i]))
}

/// Copies an area back from the resting portrait.
fn restore(out: &mut RgbImage, still: &RgbImage, area: PixelArea) {
    for y in area.top..area.bottom {
        let row = (y * still.width + area.left) * 3..(y * still.width + area.right) * 3;
        out.pixels[row.clone()].copy_from_slice(&still.pixels[row]);
    }
}
