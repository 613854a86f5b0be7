//! What is seen in a scene: somebody before something, drawn frame by frame.

use std::ops::Range;
use std::sync::Arc;

use rostrum_avatar::{Avatar, AvatarScratch, MotionTrack, Pose};
use rostrum_media::{Canvas, FramePlayer, MediaError, Over, centred};
use rostrum_model::picture::{Rect, RgbImage, RgbaImage, Size};
use rostrum_model::video::{FRAMES_PER_SECOND, Play};
use rostrum_text::{CaptionState, CaptionTrack, Fonts};

use super::film::Film;
use super::filming::{Camerawork, Filming};
use super::playback::{Footage, Playback};

/// Where no background is asked for.
pub const WHITE: [u8; 3] = [255; 3];

/// Somebody whose pictures are drawn, one for each pose.
pub enum Body {
    /// Drawn anew.
    Avatar(Avatar),
    /// Frames of footage with another mouth.
    Footage(Box<Footage>),
    /// As another engine shows them.
    Film(Box<Film>),
}

impl Body {
    /// Size of the pictures.
    pub(super) fn size(&self) -> Size {
        match self {
            Self::Avatar(avatar) => avatar.size(),
            Self::Footage(footage) => footage.size(),
            Self::Film(film) => film.size(),
        }
    }

    /// Whether nothing of the pictures is transparent.
    pub(super) fn is_opaque(&self) -> bool {
        match self {
            Self::Avatar(avatar) => avatar.is_opaque(),
            Self::Footage(footage) => footage.is_opaque(),
            Self::Film(_) => true,
        }
    }
}

/// Somebody who is seen.
pub struct Figure {
    /// Who.
    pub body: Body,
    /// How they move; a pose for each frame of the scene.
    pub motion: MotionTrack,
    /// Where the left upper corner of their pictures lies on the canvas, or beside it.
    pub at: (isize, isize),
    /// What of their pictures is seen, 0..=255 for each pixel; all of it when absent.
    pub mask: Option<Vec<u8>>,
}

impl Figure {
    /// Whether its pictures can be put on a canvas as they are.
    fn is_plain(&self, canvas: Size) -> bool {
        let (size, (x, y)) = (self.body.size(), self.at);
        let inside = |from: isize, length: usize, all: usize| from >= 0 && from as usize + length <= all;
        self.body.is_opaque()
            && self.mask.is_none()
            && inside(x, size.width, canvas.width)
            && inside(y, size.height, canvas.height)
    }
}

/// What is behind.
pub enum Behind {
    /// Nothing: frames have an opacity.
    Nothing,
    /// One colour.
    Colour([u8; 3]),
    /// A picture of the canvas's size.
    Picture(RgbImage),
    /// A clip.
    Clip(Clip),
}

/// A clip and how it fills a scene.
pub struct Clip {
    /// Its frames, none larger than the canvas.
    pub open: Box<dyn Fn() -> FramePlayer + Send + Sync>,
    /// How many it has.
    pub frames: usize,
    /// What happens when the scene has another length.
    pub play: Play,
    /// Frames of the scene.
    pub scene_frames: usize,
}

impl Clip {
    /// The number of the clip's frame at a frame of the scene; `None` when it is over.
    fn frame_at(&self, frame: usize) -> Option<u64> {
        let last = self.frames.max(1) - 1;
        let shown = match self.play {
            Play::FitToScene => frame * self.frames / self.scene_frames.max(1),
            Play::Freeze => frame.min(last),
            Play::Loop => frame % (last + 1),
            Play::Once if frame > last => return None,
            Play::Once => frame,
        };
        Some(shown.min(last) as u64)
    }
}

/// All that is seen in a scene; shared by the threads that draw it.
pub struct Stage {
    /// The canvas, with even sides.
    pub size: Size,
    /// What is behind.
    pub behind: Behind,
    /// Who is seen.
    pub figure: Option<Figure>,
    /// What is laid over it, the last on top.
    pub overlays: Vec<Overlay>,
    /// Captions of the second film.
    pub captions: Option<Captions>,
    /// The camera that moves over it; then what is behind and who is seen are as large as its set.
    pub filming: Option<Filming>,
    /// How it comes from black and goes to it.
    pub fading: Option<Fading>,
}

/// A scene that comes from black or goes to it.
#[derive(Debug, Clone, Copy)]
pub struct Fading {
    /// Frames of both.
    pub frames: [usize; 2],
    /// Frames of the scene.
    pub scene_frames: usize,
}

impl Fading {
    /// The share of its light that a frame has.
    fn light_at(self, frame: usize) -> f32 {
        let share = |passed: usize, frames: usize| {
            if passed < frames { (passed as f32 + 0.5) / frames as f32 } else { 1.0 }
        };
        let left = self.scene_frames.saturating_sub(frame + 1);
        share(frame, self.frames[0]).min(share(left, self.frames[1]))
    }
}

/// A picture that is laid over a part of a scene.
pub struct Overlay {
    /// The picture.
    pub image: RgbaImage,
    /// Where its left upper corner lies on the canvas, or beside it.
    pub at: (i32, i32),
    /// The frames that show it.
    pub frames: Range<usize>,
}

/// Captions that are drawn into pictures.
pub struct Captions {
    /// What is shown when, in seconds from the start of the scene.
    pub track: CaptionTrack,
    /// What draws it.
    pub fonts: Arc<Fonts>,
}

/// A finished frame.
#[derive(Clone, Copy)]
pub struct Frame<'f> {
    /// Without captions.
    pub clean: &'f Canvas,
    /// With them, where the stage has captions.
    pub captioned: Option<&'f Canvas>,
}

impl Stage {
    /// A scene over which nothing is written.
    pub fn new(size: Size, behind: Behind, figure: Option<Figure>) -> Self {
        Self { size, behind, figure, overlays: Vec::new(), captions: None, filming: None, fading: None }
    }

    /// Draws some frames of the scene and hands each to `deliver`, until it returns false. Only what changed since the last
    /// frame is drawn and converted again; overlays and captions are mixed into copies.
    ///
    /// # Errors
    /// When a clip cannot be read.
    pub fn draw_frames(
        &self,
        frames: Range<usize>,
        mut deliver: impl FnMut(Frame<'_>) -> bool,
    ) -> Result<(), MediaError> {
        let mut picturing = match &self.filming {
            None => Picturing::Plain(Box::new(Drawing::new(self))),
            Some(filming) => Picturing::Filmed(Box::new(Camerawork::new(self, filming))),
        };
        let mut overlaid = (!self.overlays.is_empty()).then(|| Canvas::new(self.size, WHITE));
        let mut subtitles = self.captions.as_ref().map(|captions| Subtitles::new(captions, self.size));
        for frame in frames {
            let mut clean = picturing.draw(frame)?;
            if let Some(overlaid) = &mut overlaid {
                overlaid.clone_from(clean);
                for overlay in self.overlays.iter().filter(|overlay| overlay.frames.contains(&frame)) {
                    overlaid.blend(&overlay.image, overlay.at);
                }
                clean = overlaid;
            }
            let captioned = subtitles.as_mut().map(|subtitles| subtitles.over(clean, frame));
            let light = self.fading.map_or(1.0, |fading| fading.light_at(frame));
            let goes_on = if light < 1.0 {
                let dimmed = |canvas: &Canvas| {
                    let mut canvas = canvas.clone();
                    canvas.dim(light);
                    canvas
                };
                let (clean, captioned) = (dimmed(clean), captioned.map(dimmed));
                deliver(Frame { clean: &clean, captioned: captioned.as_ref() })
            } else {
                deliver(Frame { clean, captioned })
            };
            if !goes_on {
                break;
            }
        }
        Ok(())
    }
}

/// Either way to draw a run of frames.
enum Picturing<'s> {
    Plain(Box<Drawing<'s>>),
    Filmed(Box<Camerawork<'s>>),
}

impl Picturing<'_> {
    fn draw(&mut self, frame: usize) -> Result<&Canvas, MediaError> {
        match self {
            Self::Plain(drawing) => drawing.draw(frame).map(|()| &drawing.canvas),
            Self::Filmed(camerawork) => camerawork.draw(frame).map(|()| &camerawork.canvas),
        }
    }
}

/// A run of frames with captions.
struct Subtitles<'s> {
    captions: &'s Captions,
    canvas: Canvas,
    /// What was drawn last, and its pixels.
    drawn: Option<(CaptionState, RgbaImage, (i32, i32))>,
}

impl<'s> Subtitles<'s> {
    fn new(captions: &'s Captions, size: Size) -> Self {
        Self { captions, canvas: Canvas::new(size, WHITE), drawn: None }
    }

    /// The frame with its captions.
    fn over(&mut self, clean: &Canvas, frame: usize) -> &Canvas {
        let Captions { track, fonts } = self.captions;
        self.canvas.clone_from(clean);
        let Some(state) = track.at(frame as f64 / f64::from(FRAMES_PER_SECOND)) else { return &self.canvas };
        if self.drawn.as_ref().is_none_or(|(drawn, ..)| *drawn != state) {
            let (image, at) = track.draw(fonts, state);
            self.drawn = Some((state, image, at));
        }
        if let Some((_, image, at)) = &self.drawn {
            self.canvas.blend(image, *at);
        }
        &self.canvas
    }
}

/// A run of frames.
struct Drawing<'s> {
    stage: &'s Stage,
    canvas: Canvas,
    /// The canvas before anybody is on it, and as it is; only where layers are laid over each other.
    layers: Option<Layers>,
    rear: Rear<'s>,
    picture: RgbImage,
    /// Opacity of the picture; empty when it is opaque.
    opacity: Vec<u8>,
    acting: Acting<'s>,
}

/// What is kept from frame to frame of whoever is seen.
pub(super) enum Acting<'s> {
    Nobody,
    Avatar(&'s Avatar, Box<AvatarScratch>),
    Footage(Box<Playback<'s>>),
    Film(&'s Film, Box<FramePlayer>),
}

impl<'s> Acting<'s> {
    pub(super) fn of(body: Option<&'s Body>) -> Self {
        match body {
            None => Self::Nobody,
            Some(Body::Avatar(avatar)) => Self::Avatar(avatar, Box::default()),
            Some(Body::Footage(footage)) => Self::Footage(Box::new(Playback::new(footage))),
            Some(Body::Film(film)) => Self::Film(film, Box::new(film.player())),
        }
    }

    /// Draws the pose of a frame; returns the pixels that may have changed, in areas that have none in common.
    pub(super) fn draw(
        &mut self,
        frame: usize,
        pose: &Pose,
        picture: &mut RgbImage,
        opacity: &mut [u8],
    ) -> Result<Vec<Rect>, MediaError> {
        let whole = picture.size().whole();
        match self {
            Self::Nobody => Ok(Vec::new()),
            Self::Avatar(avatar, scratch) => {
                let drawn = avatar.render(pose, scratch, picture);
                if opacity.is_empty() {
                    return Ok(drawn);
                }
                let drawn = drawn.into_iter().fold(Rect::default(), Rect::union);
                avatar.draw_opacity(scratch, drawn, opacity);
                Ok(vec![drawn])
            }
            Self::Footage(playback) => {
                playback.draw(frame, &pose.mouth, picture, opacity)?;
                Ok(vec![whole])
            }
            Self::Film(film, player) => {
                film.show(player, frame, picture)?;
                Ok(vec![whole])
            }
        }
    }
}

/// What is behind, from frame to frame.
pub(super) struct Rear<'s> {
    behind: &'s Behind,
    player: Option<FramePlayer>,
    /// What of the clip is seen.
    shown: ShownClip,
}

/// What of a clip is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ShownClip {
    /// Nothing yet.
    Unread,
    /// The frame of this number.
    Frame(u64),
    /// It is over.
    Over,
}

impl<'s> Rear<'s> {
    pub(super) fn new(behind: &'s Behind) -> Self {
        let player = match behind {
            Behind::Clip(clip) => Some((clip.open)()),
            Behind::Nothing | Behind::Colour(_) | Behind::Picture(_) => None,
        };
        Self { behind, player, shown: ShownClip::Unread }
    }

    fn colour(&self) -> [u8; 3] {
        match self.behind {
            Behind::Colour(rgb) => *rgb,
            Behind::Nothing | Behind::Picture(_) | Behind::Clip(_) => WHITE,
        }
    }

    /// What is seen before any clip is read.
    pub(super) fn first(&self, size: Size) -> RgbImage {
        match self.behind {
            Behind::Picture(picture) => picture.clone(),
            Behind::Nothing | Behind::Colour(_) | Behind::Clip(_) => {
                RgbImage::filled(size.width, size.height, self.colour())
            }
        }
    }

    /// Puts the clip's frame into `out`, a picture of `size`, and tells whether that is another one than before.
    pub(super) fn show(&mut self, frame: usize, size: Size, out: &mut RgbImage) -> Result<bool, MediaError> {
        let (Behind::Clip(clip), Some(player)) = (self.behind, &mut self.player) else { return Ok(false) };
        let number = clip.frame_at(frame);
        let shown = number.map_or(ShownClip::Over, ShownClip::Frame);
        if self.shown == shown {
            return Ok(false);
        }
        self.shown = shown;
        let seen = match number {
            Some(number) => player.frame(number)?,
            None => None,
        };
        match seen {
            Some(seen) => *out = centred(seen, size),
            // The file has fewer frames than it says: its last one stays.
            None if number.is_some() => return Ok(false),
            None => out.pixels.fill(255),
        }
        Ok(true)
    }
}

struct Layers {
    behind: RgbImage,
    all: RgbImage,
    /// A byte for each pixel of the canvas, where nothing is behind; empty otherwise.
    opacity: Vec<u8>,
}

impl<'s> Drawing<'s> {
    fn new(stage: &'s Stage) -> Self {
        let Size { width, height } = stage.size;
        let rear = Rear::new(&stage.behind);
        let is_clear = matches!(stage.behind, Behind::Nothing);
        let is_plain = stage.figure.as_ref().is_none_or(|figure| figure.is_plain(stage.size));
        let layers = (!is_plain || !matches!(stage.behind, Behind::Colour(_))).then(|| {
            let behind = rear.first(stage.size);
            let opacity = if is_clear { vec![0; width * height] } else { Vec::new() };
            Layers { all: behind.clone(), behind, opacity }
        });
        let body = stage.figure.as_ref().map(|figure| &figure.body);
        let size = body.map_or(Size { width: 0, height: 0 }, Body::size);
        let is_opaque = body.is_none_or(Body::is_opaque);
        let mut canvas =
            if is_clear { Canvas::clear(stage.size) } else { Canvas::new(stage.size, rear.colour()) };
        if let Some(layers) = &layers {
            canvas.blit(&layers.behind, stage.size.whole(), (0, 0));
        }
        Self {
            stage,
            canvas,
            layers,
            rear,
            picture: RgbImage::filled(size.width, size.height, [0; 3]),
            opacity: if is_opaque { Vec::new() } else { vec![0; size.width * size.height] },
            acting: Acting::of(body),
        }
    }

    fn draw(&mut self, frame: usize) -> Result<(), MediaError> {
        let is_new_behind = match &mut self.layers {
            Some(layers) => self.rear.show(frame, self.stage.size, &mut layers.behind)?,
            None => false,
        };
        let drawn = match &self.stage.figure {
            None => Vec::new(),
            Some(figure) => {
                let pose = &figure.motion.poses[frame];
                self.acting.draw(frame, pose, &mut self.picture, &mut self.opacity)?
            }
        };
        let Some(Layers { behind, all, opacity }) = &mut self.layers else {
            if let Some(figure) = &self.stage.figure {
                for area in drawn {
                    let at = (figure.at.0 as usize + area.x, figure.at.1 as usize + area.y);
                    self.canvas.blit(&self.picture, area, at);
                }
            }
            return Ok(());
        };
        let mut changed = Vec::new();
        if is_new_behind {
            all.clone_from(behind);
        }
        if let Some(figure) = &self.stage.figure {
            let areas = if is_new_behind { vec![self.picture.size().whole()] } else { drawn };
            let over = Over { picture: &self.picture, opacity: &self.opacity, mask: figure.mask.as_deref() };
            for area in areas {
                if opacity.is_empty() {
                    changed.push(over.lay(area, figure.at, behind, all));
                } else {
                    let lifted = over.lift(area, figure.at, all, opacity);
                    self.canvas.set_opacity(opacity, lifted);
                    changed.push(lifted);
                }
            }
        }
        if is_new_behind {
            changed = vec![all.size().whole()];
        }
        for area in changed {
            self.canvas.blit(all, area, (area.x, area.y));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rostrum_avatar::MotionOptions;
    use rostrum_avatar::presenter::{Backdrop, Framing, Presenter, cast};
    use rostrum_model::speech::{PhonemeSpan, SpeechTrack};

    use super::*;

    fn clip(frames: usize, play: Play, scene_frames: usize) -> Vec<Option<u64>> {
        let open = Box::new(|| unreachable!("no frame is read"));
        let clip = Clip { open, frames, play, scene_frames };
        (0..scene_frames).map(|frame| clip.frame_at(frame)).collect()
    }

    #[test]
    fn clips_fill_scenes_of_other_lengths_as_asked() {
        let numbers = |shown: &[u64]| shown.iter().copied().map(Some).collect::<Vec<_>>();
        assert_eq!(clip(3, Play::Loop, 7), numbers(&[0, 1, 2, 0, 1, 2, 0]));
        assert_eq!(clip(3, Play::Freeze, 5), numbers(&[0, 1, 2, 2, 2]));
        assert_eq!(clip(3, Play::Once, 5), [Some(0), Some(1), Some(2), None, None]);
        assert_eq!(clip(3, Play::FitToScene, 6), numbers(&[0, 0, 1, 1, 2, 2]));
        assert_eq!(clip(6, Play::FitToScene, 3), numbers(&[0, 2, 4]));
        assert_eq!(clip(0, Play::Loop, 2), numbers(&[0, 0]));
    }

    const SIZE: Size = Size { width: 320, height: 180 };

    /// Somebody who says a few sounds, before nothing or before a colour.
    fn speaker(backdrop: Backdrop) -> Figure {
        let (member, look) = cast::look("josh_lite3_20230714").unwrap();
        let presenter = Presenter::new(member.appearance(look), &Framing::new(SIZE), backdrop);
        let sound = |symbol: &str, at: usize| PhonemeSpan {
            symbol: symbol.to_owned(),
            start_s: at as f64 * 0.1,
            end_s: (at + 1) as f64 * 0.1,
            stressed: at == 0,
        };
        let phonemes =
            ["ɑ", "m", "i", "u"].iter().enumerate().map(|(at, symbol)| sound(symbol, at)).collect();
        let speech = SpeechTrack { samples: vec![0.0; 9600], phonemes, words: Vec::new() };
        let motion = MotionTrack::plan(&speech, FRAMES_PER_SECOND, 10, &MotionOptions::default());
        let body = Body::Avatar(Avatar::Presenter(Box::new(presenter)));
        Figure { body, motion, at: (0, 0), mask: None }
    }

    fn drawn(stage: &Stage, frames: Range<usize>) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        stage
            .draw_frames(frames, |frame| {
                all.push(frame.clean.bytes().to_vec());
                true
            })
            .unwrap();
        all
    }

    #[test]
    fn every_way_to_put_somebody_before_a_colour_gives_the_same_picture() {
        let colour = [40, 120, 200];
        let scene = |figure| Stage::new(SIZE, Behind::Colour(colour), Some(figure));
        let plain = drawn(&scene(speaker(Backdrop::Colour(colour))), 0..10);
        let masked = Figure { mask: Some(vec![255; 320 * 180]), ..speaker(Backdrop::Colour(colour)) };
        assert!(drawn(&scene(masked), 0..10) == plain);
        let cut_out = drawn(&scene(speaker(Backdrop::Clear)), 0..10);
        let picture = RgbImage::filled(320, 180, colour);
        let on_picture =
            drawn(&Stage::new(SIZE, Behind::Picture(picture), Some(speaker(Backdrop::Clear))), 0..10);
        assert!(cut_out == on_picture);
        let furthest =
            cut_out.iter().flatten().zip(plain.iter().flatten()).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(furthest <= Some(4), "{furthest:?}");
    }

    #[test]
    fn somebody_before_nothing_laid_over_a_colour_is_somebody_before_the_colour() {
        let colour = [40, 120, 200];
        let on_colour =
            drawn(&Stage::new(SIZE, Behind::Colour(colour), Some(speaker(Backdrop::Clear))), 9..10);
        let clear = drawn(&Stage::new(SIZE, Behind::Nothing, Some(speaker(Backdrop::Clear))), 0..10);
        let area = 320 * 180;
        assert!(clear.iter().all(|frame| frame.len() == area * 5 / 2));
        let luma = Canvas::new(SIZE, colour).bytes()[0];
        let furthest = (0..area).map(|i| {
            let opacity = f64::from(clear[9][area * 3 / 2 + i]) / 255.0;
            let mixed = f64::from(clear[9][i]) * opacity + f64::from(luma) * (1.0 - opacity);
            (mixed - f64::from(on_colour[0][i])).abs()
        });
        let furthest = furthest.fold(0.0, f64::max);
        assert!(furthest <= 3.0, "{furthest}");
    }

    #[test]
    fn frames_do_not_depend_on_where_a_segment_starts() {
        let picture = RgbImage::filled(320, 180, [9, 90, 190]);
        let stage = Stage::new(SIZE, Behind::Picture(picture), Some(speaker(Backdrop::Clear)));
        let (through, from_there) = (drawn(&stage, 0..10), drawn(&stage, 6..10));
        // The drawing of curves rounds a little differently in rectangles that start elsewhere.
        let pairs = through[6..].iter().flatten().zip(from_there.iter().flatten());
        assert!(pairs.map(|(a, b)| a.abs_diff(*b)).max() <= Some(1));
    }

    #[test]
    fn scenes_come_from_black_and_go_to_it() {
        let mut stage = Stage::new(SIZE, Behind::Colour([255; 3]), None);
        stage.fading = Some(Fading { frames: [4, 2], scene_frames: 10 });
        let luma: Vec<u8> = drawn(&stage, 0..10).iter().map(|frame| frame[0]).collect();
        assert!(luma[0] < 50 && luma[..5].is_sorted(), "{luma:?}");
        assert!(luma[4..8].iter().all(|luma| *luma == 235), "{luma:?}");
        assert!(luma[8] > luma[9] && luma[9] < 80, "{luma:?}");
    }

    #[test]
    fn overlays_are_seen_in_their_frames_alone() {
        let image = RgbaImage { width: 4, height: 4, pixels: vec![255; 64] };
        let overlay = Overlay { image, at: (10, 10), frames: 2..4 };
        let mut stage = Stage::new(SIZE, Behind::Colour([0; 3]), None);
        stage.overlays.push(overlay);
        let bright: Vec<bool> = drawn(&stage, 0..6).iter().map(|frame| frame[10 * 320 + 10] > 200).collect();
        assert_eq!(bright, [false, false, true, true, false, false]);
    }
}
