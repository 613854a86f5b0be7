//! Footage as it is seen in a scene: its frames in the order of a plan, each with the mouth of the speech, cut to what is
//! shown of it and cut out where its background is not wanted.

use std::sync::Arc;

use rostrum_avatar::{CropBox, FootageAvatar, LoopPlan, MouthParams};
use rostrum_face::{FaceError, Landmarks, Matting, VideoMatting};
use rostrum_media::{FramePlayer, MediaError, lay_on_colour, scale_part, scale_part_clear};
use rostrum_model::picture::{Rect, RgbImage, Size};

/// Frames over which a matte is made before the first that is shown, so that it does not matter where a run of frames
/// begins: of what a matte remembers, less than a hundredth is left by then.
const WARM_UP: usize = 16;

/// Beside a part that is scaled, so many pixels are needed around it.
const MARGIN: f64 = 4.0;

/// Footage that is shown in a scene; shared by the threads that draw it.
pub struct Footage {
    /// Draws mouths.
    pub(super) avatar: FootageAvatar,
    /// Which frame is shown when.
    pub(super) plan: LoopPlan,
    /// Its frames, in the size that [`View`] tells.
    pub(super) open: Box<dyn Fn() -> FramePlayer + Send + Sync>,
    /// What of them is shown.
    pub(super) view: View,
    /// How the person is cut out; the whole frame is shown when absent.
    pub(super) cut_out: Option<CutOut>,
}

/// What of a frame is shown, and how large.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct View {
    /// The size in which frames are decoded.
    pub(super) decoded: Size,
    /// The part that is shown, in pixels of these: left, top, width and height.
    part: [f64; 4],
    /// The size in which it is shown.
    size: Size,
}

/// How somebody is cut out of frames.
pub(super) struct CutOut {
    /// Tells the person from the background.
    pub(super) matting: Arc<Matting>,
    /// What is seen behind, where it is one colour.
    pub(super) behind: Option<[u8; 3]>,
}

impl View {
    /// For frames that were studied in size `studied`, of which `crop` is shown in `size`: what becomes smaller is decoded so,
    /// what becomes larger is scaled afterwards.
    pub(super) fn new(studied: Size, crop: CropBox, size: Size) -> Self {
        let across = size.width as f64 / f64::from(crop.width);
        let down = size.height as f64 / f64::from(crop.height);
        let [left, top] = [crop.x, crop.y].map(f64::from);
        if across <= 1.0 && down <= 1.0 {
            let side =
                |all: usize, scale: f64, shown: usize| ((all as f64 * scale).round() as usize).max(shown);
            let decoded = Size {
                width: side(studied.width, across, size.width),
                height: side(studied.height, down, size.height),
            };
            let corner = |from: f64, scale: f64, room: usize| (from * scale).round().clamp(0.0, room as f64);
            let part = [
                corner(left, across, decoded.width - size.width),
                corner(top, down, decoded.height - size.height),
                size.width as f64,
                size.height as f64,
            ];
            return Self { decoded, part, size };
        }
        let inside = |from: f64, length: f32, all: usize| {
            let from = from.clamp(0.0, all as f64 - 1.0);
            (from, f64::from(length).clamp(1.0, all as f64 - from))
        };
        let (left, width) = inside(left, crop.width, studied.width);
        let (top, height) = inside(top, crop.height, studied.height);
        Self { decoded: studied, part: [left, top, width, height], size }
    }

    /// The pixels of the frame that are needed.
    fn area(&self) -> Rect {
        let [left, top, width, height] = self.part;
        let margin = if self.is_scaled() { MARGIN } else { 0.0 };
        let span = |from: f64, length: f64, all: usize| {
            let first = (from - margin).floor().max(0.0) as usize;
            (first, ((from + length + margin).ceil() as usize).min(all) - first)
        };
        let (x, width) = span(left, width, self.decoded.width);
        let (y, height) = span(top, height, self.decoded.height);
        Rect { x, y, width, height }
    }

    fn is_scaled(&self) -> bool {
        let [_, _, width, height] = self.part;
        (width, height) != (self.size.width as f64, self.size.height as f64)
    }

    /// The part that is shown, in pixels of [`View::area`].
    fn part_of_area(&self) -> [f64; 4] {
        let [left, top, width, height] = self.part;
        let area = self.area();
        [left - area.x as f64, top - area.y as f64, width, height]
    }
}

impl Footage {
    /// Size of what is shown.
    pub(super) fn size(&self) -> Size {
        self.view.size
    }

    /// Whether nothing of it is transparent.
    pub(super) fn is_opaque(&self) -> bool {
        self.cut_out.as_ref().is_none_or(|cut_out| cut_out.behind.is_some())
    }
}

/// A run of frames of footage.
pub(super) struct Playback<'s> {
    footage: &'s Footage,
    player: FramePlayer,
    /// The mattes so far, and the frame of the scene that comes next.
    matting: Option<(VideoMatting<'s>, Option<usize>)>,
    /// The frame that was shown last.
    frame: RgbImage,
    /// The person in the part that is needed, and its opacity.
    person: RgbImage,
    opacity: Vec<u8>,
}

impl<'s> Playback<'s> {
    /// Before the first frame; nothing is read yet.
    pub(super) fn new(footage: &'s Footage) -> Self {
        let Size { width, height } = footage.view.decoded;
        let area = footage.view.area();
        let matting = footage.cut_out.as_ref().map(|cut_out| (VideoMatting::new(&cut_out.matting), None));
        let pixels = if matting.is_some() { area.width * area.height } else { 0 };
        Self {
            footage,
            player: (footage.open)(),
            person: RgbImage::filled(area.width, area.height * usize::from(matting.is_some()), [0; 3]),
            matting,
            frame: RgbImage::filled(width, height, [0; 3]),
            opacity: vec![0; pixels],
        }
    }

    /// Draws a frame of the scene into `out`, colours multiplied by their opacity, which goes into `opacity` unless that is
    /// empty. Both are of [`Footage::size`]. Frames may be asked for in any order; in order they are fastest. The same frame
    /// is the same in every run that begins with it.
    ///
    /// # Errors
    /// When the footage cannot be read.
    pub(super) fn draw(
        &mut self,
        number: usize,
        mouth: &MouthParams,
        out: &mut RgbImage,
        opacity: &mut [u8],
    ) -> Result<(), MediaError> {
        let source = self.footage.plan.source_frame(number);
        let Some(cut_out) = &self.footage.cut_out else {
            self.show(source)?;
            self.footage.avatar.render(source, &mut self.frame, mouth);
            self.put(out);
            return Ok(());
        };
        let is_next = matches!(&self.matting, Some((_, next)) if *next == Some(number));
        if !is_next {
            self.matting = Some((VideoMatting::new(&cut_out.matting), None));
            for before in number.saturating_sub(WARM_UP)..number {
                self.show(self.footage.plan.source_frame(before))?;
                self.matte(self.footage.plan.source_frame(before))?;
            }
        }
        self.show(source)?;
        let matte = self.matte(source)?;
        if let Some((_, next)) = &mut self.matting {
            *next = Some(number + 1);
        }
        // What is behind the mouth does not change with it.
        self.footage.avatar.render(source, &mut self.frame, mouth);
        let area = self.footage.view.area();
        if let Some(matte) = matte {
            matte
                .cut_out(&self.frame, area, &mut self.person, &mut self.opacity)
                .map_err(|error| face_failure(&error))?;
        }
        self.put_person(cut_out.behind, out, opacity);
        Ok(())
    }

    /// Reads a frame of the footage. Where the file has fewer than it had when it was studied, the last one stays.
    fn show(&mut self, source: usize) -> Result<(), MediaError> {
        if let Some(frame) = self.player.frame(source as u64)? {
            self.frame.pixels.clone_from(&frame.pixels);
        }
        Ok(())
    }

    /// What of the frame that is shown is the person.
    fn matte(&mut self, source: usize) -> Result<Option<rostrum_face::Matte>, MediaError> {
        let Some((matting, _)) = &mut self.matting else { return Ok(None) };
        let face = shown_face(&self.footage.avatar, source, self.footage.view.decoded);
        matting.matte(&self.frame, face.as_ref()).map(Some).map_err(|error| face_failure(&error))
    }

    /// Puts what is shown of the frame into the picture.
    fn put(&self, out: &mut RgbImage) {
        let view = &self.footage.view;
        if view.is_scaled() {
            scale_part(&self.frame, view.part, out);
            return;
        }
        let Rect { x, y, width, height } = view.area();
        for row in 0..height {
            let from = ((y + row) * self.frame.width + x) * 3;
            out.pixels[row * width * 3..(row + 1) * width * 3]
                .copy_from_slice(&self.frame.pixels[from..from + width * 3]);
        }
    }

    /// Puts the person into the picture, before a colour or with its opacity.
    fn put_person(&mut self, behind: Option<[u8; 3]>, out: &mut RgbImage, opacity: &mut [u8]) {
        if let Some(rgb) = behind {
            lay_on_colour(&mut self.person, &self.opacity, rgb);
        }
        let view = &self.footage.view;
        match (view.is_scaled(), opacity.is_empty()) {
            (true, true) => scale_part(&self.person, view.part_of_area(), out),
            (true, false) => {
                let from = (&self.person, self.opacity.as_slice());
                scale_part_clear(from, view.part_of_area(), (out, opacity));
            }
            (false, is_opaque) => {
                out.pixels.copy_from_slice(&self.person.pixels);
                if !is_opaque {
                    opacity.copy_from_slice(&self.opacity);
                }
            }
        }
    }
}

/// The face of a frame of footage that is decoded in this size.
fn shown_face(avatar: &FootageAvatar, source: usize, decoded: Size) -> Option<Landmarks> {
    let track = avatar.track();
    let face = track.face(source)?;
    let [width, height] = track.frame_size();
    let (across, down) = (decoded.width as f32 / width as f32, decoded.height as f32 / height as f32);
    let points = face.points.iter().map(|[x, y, z]| [x * across, y * down, z * across]).collect();
    Some(Landmarks { points, score: face.score })
}

/// The network fails on no frame that was decoded; told as a failure to make the frame.
fn face_failure(error: &FaceError) -> MediaError {
    MediaError::Io { doing: "cut a person out of footage", source: std::io::Error::other(error.to_string()) }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use rostrum_avatar::FootageStudy;
    use rostrum_avatar::viseme::Viseme;
    use rostrum_face::FaceTrack;
    use rostrum_media::{Ffmpeg, Fit, FrameOptions, FrameReader, VideoStream, probe};

    use super::*;

    /// The folder of the models: `$ROSTRUM_MODELS_DIR`, else the one `./dev setup` fills.
    fn models() -> PathBuf {
        let chosen = std::env::var_os("ROSTRUM_MODELS_DIR").map(PathBuf::from);
        chosen.unwrap_or_else(|| std::env::home_dir().unwrap().join(".local/share/rostrum/models"))
    }

    /// 2 s of a portrait with noise over it.
    struct Clip {
        ffmpeg: Ffmpeg,
        path: PathBuf,
        video: VideoStream,
        landmarks: Landmarks,
        _folder: tempfile::TempDir,
    }

    const SIDE: Size = Size { width: 512, height: 512 };
    const FRAMES: usize = 50;

    impl Clip {
        async fn make() -> Self {
            let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
            let portrait = crates.join("../fixtures/portraits/astronaut.png");
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("clip.mp4");
            let made = Command::new("ffmpeg")
                .args(["-v", "error", "-loop", "1", "-framerate", "25", "-i"])
                .arg(portrait)
                .args(["-t", "2", "-vf", "noise=alls=6:allf=t,format=yuv420p", "-g", "12"])
                .arg(&path)
                .status();
            assert!(made.unwrap().success());
            let ffmpeg = Ffmpeg::locate(&std::env::var_os("PATH").unwrap()).unwrap();
            let video = probe(&ffmpeg, &path).await.unwrap().video.unwrap();
            let points = crates.join("rostrum-avatar/tests/landmarks/astronaut.json");
            let points = serde_json::from_slice(&std::fs::read(points).unwrap()).unwrap();
            Self { ffmpeg, path, video, landmarks: Landmarks { points, score: 1.0 }, _folder: folder }
        }

        /// It, seen so in a scene of `frames` frames.
        fn footage(&self, view: View, frames: usize, cut_out: Option<CutOut>) -> Footage {
            let track = FaceTrack::of_faces([512, 512], vec![Some(self.landmarks.clone()); FRAMES]);
            let mut study = FootageStudy::default();
            let all =
                FrameReader::open(&self.ffmpeg, &self.path, &self.video, &FrameOptions::new(25)).unwrap();
            let all: Vec<RgbImage> = all.map(Result::unwrap).collect();
            for frame in &all {
                study.add(frame, Some(&self.landmarks));
            }
            let teeth = study.teeth_frame().map(|number| &all[number]);
            let plan = LoopPlan::new(&track, frames);
            let avatar = FootageAvatar::prepare(track, &study, teeth).unwrap();
            let (ffmpeg, path, video) = (self.ffmpeg.clone(), self.path.clone(), self.video.clone());
            let options = FrameOptions { fit: Fit::Stretch(view.decoded), ..FrameOptions::new(25) };
            let open = Box::new(move || FramePlayer::new(&ffmpeg, &path, &video, &options, 8));
            Footage { avatar, plan, open, view, cut_out }
        }
    }

    /// Pictures and opacities of some frames, one run after another.
    fn played(footage: &Footage, frames: std::ops::Range<usize>) -> Vec<(RgbImage, Vec<u8>)> {
        let Size { width, height } = footage.size();
        let mut playback = Playback::new(footage);
        let mut out = RgbImage::filled(width, height, [0; 3]);
        let mut opacity = vec![0; if footage.is_opaque() { 0 } else { width * height }];
        let mut draw = |number: usize| {
            let shape = if number.is_multiple_of(2) { Viseme::Pp } else { Viseme::Aa }.shape();
            playback.draw(number, &shape, &mut out, &mut opacity).unwrap();
            (out.clone(), opacity.clone())
        };
        frames.map(&mut draw).collect()
    }

    fn crop(x: f32, y: f32, side: f32) -> CropBox {
        CropBox { x, y, width: side, height: side }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn frames_are_the_same_wherever_a_segment_starts_and_mouths_move() {
        let clip = Clip::make().await;
        let small = Size { width: 256, height: 256 };
        for view in
            [View::new(SIDE, crop(0.0, 0.0, 512.0), small), View::new(SIDE, crop(130.5, 20.0, 200.0), small)]
        {
            // Longer than the clip: forwards and back.
            let footage = clip.footage(view, 90, None);
            let through = played(&footage, 0..90);
            assert!(played(&footage, 60..90) == through[60..]);
            assert!(played(&footage, 0..90) == through);
            let differs = through[10].0.pixels.iter().zip(&through[11].0.pixels);
            let differs = differs.filter(|(closed, open)| closed.abs_diff(**open) > 40).count();
            assert!(differs > 150, "{differs} bytes");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn somebody_cut_out_is_the_same_in_each_run_and_nearly_so_wherever_it_starts() {
        let clip = Clip::make().await;
        let matting = Arc::new(Matting::load(&models()).expect("models missing: run ./dev setup"));
        let view = View::new(SIDE, crop(0.0, 0.0, 512.0), Size { width: 200, height: 200 });
        let cut_out = |behind| Some(CutOut { matting: Arc::clone(&matting), behind });
        let footage = clip.footage(view, 60, cut_out(None));
        let through = played(&footage, 0..60);
        let later = played(&footage, 40..60);
        assert!(played(&footage, 40..60) == later);
        for ((_, through), (_, later)) in through[40..].iter().zip(&later) {
            let sum: u64 = through.iter().zip(later).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
            assert!(sum < 200 * 200 / 4, "{sum}");
        }
        let (picture, opacity) = &through[30];
        // The face, and a corner.
        assert_eq!((opacity[40 * 200 + 88], opacity[5 * 200 + 5]), (255, 0));
        assert_eq!(picture.at(5, 5), [0; 3]);
        let before = played(&clip.footage(view, 60, cut_out(Some([0, 0, 255]))), 30..31).remove(0);
        assert_eq!((before.0.at(5, 5), before.1.len()), ([0, 0, 255], 0));
    }

    const STUDIED: Size = Size { width: 1920, height: 1080 };

    fn view(crop: [f32; 4], width: usize, height: usize) -> View {
        let [x, y, crop_width, crop_height] = crop;
        View::new(STUDIED, CropBox { x, y, width: crop_width, height: crop_height }, Size { width, height })
    }

    #[test]
    fn what_becomes_smaller_is_decoded_so_and_copied() {
        let whole = view([0.0, 0.0, 1920.0, 1080.0], 1280, 720);
        assert_eq!((whole.decoded, whole.is_scaled()), (Size { width: 1280, height: 720 }, false));
        assert_eq!(whole.area(), Rect { x: 0, y: 0, width: 1280, height: 720 });
        let tall = view([656.25, 0.0, 607.5, 1080.0], 405, 720);
        assert_eq!((tall.decoded, tall.is_scaled()), (Size { width: 1280, height: 720 }, false));
        assert_eq!(tall.area(), Rect { x: 438, y: 0, width: 405, height: 720 });
    }

    #[test]
    fn what_becomes_larger_is_scaled_afterwards_and_needs_a_little_around_it() {
        let close = view([600.5, 100.25, 480.0, 270.0], 1280, 720);
        assert_eq!((close.decoded, close.is_scaled()), (STUDIED, true));
        assert_eq!(close.area(), Rect { x: 596, y: 96, width: 489, height: 279 });
        assert_eq!(close.part_of_area(), [4.5, 4.25, 480.0, 270.0]);
        let corner = view([1680.0, 945.1, 240.0, 135.0], 1280, 720);
        let area = corner.area();
        assert_eq!((area.x + area.width, area.y + area.height), (1920, 1080));
        let [left, top, width, height] = corner.part_of_area();
        assert!(left + width <= area.width as f64 && top + height <= area.height as f64);
    }
}
