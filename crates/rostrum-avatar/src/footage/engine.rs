//! One frame of footage with another mouth.

use rostrum_face::{FaceTrack, Landmarks};
use rostrum_model::picture::{Rect, RgbImage, Size};

use super::clip::ClipFace;
use super::study::FootageStudy;
use crate::photo::area::PixelArea;
use crate::photo::backdrop::Backdrop;
use crate::photo::deform::Deformed;
use crate::photo::geometry::{FaceGeometry, Point};
use crate::photo::kept_teeth::KeptTeeth;
use crate::photo::look::{FaceColours, Look};
use crate::photo::mouth::{self, CLOSED_PIXELS, UpperTeeth};
use crate::photo::raster::{Rows, fill_triangle};
use crate::photo::texture::Texture;
use crate::photo::topology::{LOWER_LIP, MOUTH_CORNERS, UPPER_LIP, VERTEX_COUNT};
use crate::photo::triangles::TRIANGLES;
use crate::pose::{MouthParams, Pose};

/// Triangles whose corners move by less than so many pixels stay as they are.
const STILL: f32 = 0.05;
/// Painted edges reach so far beyond the mouth's vertices: a share of S, and pixels.
const SOFT_EDGE: f32 = 0.05;
const SOFT_EDGE_PIXELS: f32 = 4.0;

/// Why footage cannot be made to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FootageError {
    /// The track has no face in any frame.
    #[error("no frame of the footage shows a face")]
    NoFace,
    /// Track and study are not of the same frames.
    #[error("the face track has {track} frames, the study of the footage {study}")]
    DifferentFootage {
        /// Frames of the track.
        track: usize,
        /// Frames of the study.
        study: usize,
    },
    /// The study names a frame to take the teeth from and it was not given, or it has not the size of the tracked ones.
    #[error("the frame that shows the teeth is missing or of another size than the footage")]
    TeethFrame,
}

/// Footage of one person, ready to say anything. Holds no frames; share one between threads.
///
/// Memory: the track, about 6 KB a frame, and less than 2 MB.
#[derive(Debug)]
pub struct FootageAvatar {
    track: FaceTrack,
    clip: ClipFace,
    /// The light on the face in each frame.
    light: Vec<FaceColours>,
    /// `None` where they are painted. One choice for the whole clip, so that teeth do not change from frame to frame.
    teeth: Option<KeptTeeth>,
}

impl FootageAvatar {
    /// Puts together what is known of the footage. `teeth_frame` is the frame whose number [`FootageStudy::teeth_frame`] tells,
    /// in the size that was tracked; `None` when it tells none.
    ///
    /// # Errors
    /// [`FootageError`] tells which input is missing or does not fit.
    pub fn prepare(
        track: FaceTrack,
        study: &FootageStudy,
        teeth_frame: Option<&RgbImage>,
    ) -> Result<Self, FootageError> {
        if track.frame_count() != study.frame_count() {
            let (track, study) = (track.frame_count(), study.frame_count());
            return Err(FootageError::DifferentFootage { track, study });
        }
        let clip = ClipFace::new(&track).ok_or(FootageError::NoFace)?;
        let light: Vec<FaceColours> = (0..track.frame_count()).map(|i| study.light_at(i)).collect();
        let teeth = match study.teeth_frame() {
            None => None,
            Some(number) => {
                let frame = teeth_frame.ok_or(FootageError::TeethFrame)?;
                let face = track.face(number).ok_or(FootageError::TeethFrame)?;
                if track.frame_size() != [frame.width, frame.height]
                    || frame.pixels.len() != frame.width * frame.height * 3
                {
                    return Err(FootageError::TeethFrame);
                }
                Some(KeptTeeth::take(frame, &clip.geometry(number, face), &light[number]))
            }
        };
        Ok(Self { track, clip, light, teeth })
    }

    /// The face in each frame.
    pub fn track(&self) -> &FaceTrack {
        &self.track
    }

    /// Whether the teeth are the person's own rather than painted: the same for all frames.
    pub fn shows_own_teeth(&self) -> bool {
        self.teeth.is_some()
    }

    /// Makes the mouth of frame `number` that of the speech, and returns the pixels that may have changed; none where the
    /// frame shows no usable face. `frame` holds the pixels of the footage, in the size that was tracked or in any other of
    /// the same shape. [`MouthParams::art`] does not matter: the footage's own words never show.
    ///
    /// The result depends on these inputs alone, not on frames drawn before.
    pub fn render(&self, number: usize, frame: &mut RgbImage, mouth: &MouthParams) -> Rect {
        let size = frame.size();
        let presence = self.track.presence(number);
        let Some(face) = self.face(number, size) else { return Rect::default() };
        if presence <= 0.0 || frame.pixels.len() != size.width * size.height * 3 {
            return Rect::default();
        }
        let drawing = Drawing::new(face, mouth, size);
        let area = drawing.area(size);
        if area.is_empty() {
            return Rect::default();
        }
        let before = (presence < 1.0).then(|| frame.clone());
        let look = Look::of_colours(&self.light[number], 1.0);
        drawing.draw(frame, area, &look, self.teeth.as_ref());
        if let Some(before) = before {
            fade(frame, &before, area, presence);
        }
        area.rect()
    }

    /// Distance of the lips' inner edges that [`FootageAvatar::render`] draws, in S; not above 0 when they touch. `None` where
    /// there is no face.
    pub fn lip_aperture(&self, number: usize, mouth: &MouthParams) -> Option<f32> {
        let [width, height] = self.track.frame_size();
        let face = self.face(number, Size { width, height })?;
        let unit = face.unit;
        let drawing = Drawing::new(face, mouth, Size { width, height });
        Some(drawing.deformed.aperture(&drawing.face) / unit)
    }

    /// The face of a frame that is shown in this size.
    pub(super) fn face(&self, number: usize, size: Size) -> Option<FaceGeometry> {
        let face = self.track.face(number)?;
        let [width, height] = self.track.frame_size();
        if size == (Size { width, height }) {
            return Some(self.clip.geometry(number, face));
        }
        let (across, down) = (size.width as f32 / width as f32, size.height as f32 / height as f32);
        let depth = f32::midpoint(across, down);
        let points = face.points.iter().map(|[x, y, z]| [x * across, y * down, z * depth]).collect();
        Some(self.clip.geometry(number, &Landmarks { points, score: face.score }))
    }
}

/// What is drawn into one frame.
struct Drawing {
    face: FaceGeometry,
    mouth: MouthParams,
    deformed: Deformed,
    jaw: Backdrop,
    /// Which triangles are drawn again.
    moved: Vec<[usize; 3]>,
}

impl Drawing {
    fn new(face: FaceGeometry, mouth: &MouthParams, size: Size) -> Self {
        let mouth = MouthParams { art: 1.0, ..*mouth };
        let deformed = Deformed::new(&face, &Pose { mouth, ..Pose::default() });
        let jaw = Backdrop::around_jaw(&face, size.width, size.height);
        let moves = moving_vertices(&face, &deformed);
        let moved = TRIANGLES.map(|corners| corners.map(usize::from));
        let moved = moved.into_iter().filter(|corners| corners.iter().any(|&i| moves[i])).collect();
        Self { face, mouth, deformed, jaw, moved }
    }

    /// All pixels that may change.
    fn area(&self, size: Size) -> PixelArea {
        let Self { face, deformed, moved, .. } = self;
        let corners = || moved.iter().flatten();
        let places = corners().map(|&i| deformed.vertices[i]).chain(corners().map(|&i| face.vertices[i]));
        let margin = SOFT_EDGE * face.unit + SOFT_EDGE_PIXELS;
        let face = PixelArea::around(places, margin, size.width, size.height);
        face.union(self.jaw.moved_by_jaw(deformed.jaw_travel, size.width, size.height))
    }

    fn draw(&self, frame: &mut RgbImage, area: PixelArea, look: &Look, teeth: Option<&KeptTeeth>) {
        let Self { face, mouth, deformed, jaw, moved } = self;
        // What is shown at the area's edge may come from as far outside as the jaw travels.
        let travel = deformed.jaw_travel.abs().ceil() as usize + 1;
        let texture = Texture::of_part(frame, area.widened(travel, frame.width, frame.height).rect());
        let size = frame.size();
        let cells = jaw.moved(face, (&deformed.head, deformed.jaw_travel), size);
        jaw.draw(frame, &texture, &cells, 1);
        let aperture = deformed.aperture(face);
        mouth::underpaint(frame, look, deformed);
        let sources = face.texture_places(mouth.art);
        if aperture > CLOSED_PIXELS {
            mouth::draw_lip_fringe(frame, face, &texture, &sources, deformed);
        }
        for corners in moved {
            fill_triangle(
                &mut Rows::all(frame),
                &texture,
                corners.map(|i| deformed.vertices[i]),
                corners.map(|i| sources[i]),
            );
        }
        if aperture > CLOSED_PIXELS {
            let teeth = teeth.map_or(UpperTeeth::Painted, UpperTeeth::Kept);
            mouth::paint_interior(frame, face, look, teeth, mouth, deformed);
        }
        mouth::draw_lip_line(frame, face, look, mouth.art, deformed);
    }
}

/// Vertices that move visibly, and those of the lips, which are painted over.
fn moving_vertices(face: &FaceGeometry, deformed: &Deformed) -> Vec<bool> {
    let moved = |(from, to): (&Point, &Point)| (to[0] - from[0]).hypot(to[1] - from[1]) >= STILL;
    let mut moves: Vec<bool> = face.vertices.iter().zip(&deformed.vertices).map(moved).collect();
    debug_assert_eq!(moves.len(), VERTEX_COUNT);
    for &i in UPPER_LIP.iter().chain(&LOWER_LIP).flatten().chain(MOUTH_CORNERS.iter().flatten()) {
        moves[i] = true;
    }
    moves
}

/// Lets the frame as it was shine through.
fn fade(frame: &mut RgbImage, before: &RgbImage, area: PixelArea, share: f32) {
    let weight = (share * 256.0) as u32;
    for y in area.top..area.bottom {
        let row = (y * frame.width + area.left) * 3..(y * frame.width + area.right) * 3;
        for (new, old) in frame.pixels[row.clone()].iter_mut().zip(&before.pixels[row]) {
            *new = ((u32::from(*new) * weight + u32::from(*old) * (256 - weight) + 128) >> 8) as u8;
        }
    }
}
