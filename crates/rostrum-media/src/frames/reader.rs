//! Forwards from any frame.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use rostrum_model::picture::{RgbImage, Size};

use super::fit::Fit;
use crate::error::{Limited, MediaError};
use crate::ffmpeg::{Ffmpeg, with_input};
use crate::probe::VideoStream;
use crate::sandbox::{Invocation, Limits, ProgramError, ReadProgram};

/// Frames that are decoded before anyone asks for them.
const FRAMES_AHEAD: usize = 2;

/// The longest side of a video that is decoded, in pixels, and of the frames made of it.
const MAX_FRAME_SIDE: u64 = 8192;

/// The largest coded picture that the decoder takes: 8K with some room.
const MAX_CODED_PIXELS: &str = "40000000";

/// From this height on, videos that do not name their colours are taken for BT.709, below for BT.601, as players do.
const HIGH_DEFINITION_HEIGHT: usize = 720;

/// What is read of a video, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameOptions {
    /// Frames per second that are handed out; the file's own rate, constant or not, does not matter.
    pub frames_per_second: u32,
    /// The size of the frames.
    pub fit: Fit,
    /// The number of the first frame, from 0.
    pub first_frame: u64,
    /// How many frames are read at most; `None` for all.
    pub max_frames: Option<u64>,
}

impl FrameOptions {
    /// All frames in the size in which they are shown.
    pub fn new(frames_per_second: u32) -> Self {
        Self { frames_per_second, fit: Fit::Shown, first_frame: 0, max_frames: None }
    }
}

/// Decodes a video to frames, in order. ffmpeg waits while nobody asks, so that memory is that of a few frames, however long
/// the file is. Dropping it kills ffmpeg.
///
/// Frames are turned upright, pixels made square, transparency dropped. Time starts with the file, as its sound does: a video
/// stream that starts later has its first frame repeated until then. What is damaged in the middle of a file is
/// left out or repeated, as ffmpeg does it; a file that is cut off has fewer frames.
pub struct FrameReader {
    /// From the thread that reads from ffmpeg.
    frames: Option<Receiver<Result<RgbImage, ProgramError>>>,
    /// Buffers that can be filled again.
    spare: Sender<Vec<u8>>,
    kill: Box<dyn Fn() + Send>,
    reading: Option<JoinHandle<()>>,
    size: Size,
    next: u64,
}

impl FrameReader {
    /// Starts ffmpeg on the file at `path`, of which [`crate::probe()`] told `video`.
    ///
    /// # Errors
    /// [`MediaError::Limit`] for frames too large to be decoded or asked for; when ffmpeg cannot be started.
    pub fn open(
        ffmpeg: &Ffmpeg,
        path: &Path,
        video: &VideoStream,
        options: &FrameOptions,
    ) -> Result<Self, MediaError> {
        let size = options.fit.frame_size(video.shown_size);
        let scaled = options.fit.scaled_size(video.shown_size);
        for side in [video.width, video.height, scaled.width, scaled.height] {
            Limited::ImageSide.check(side as u64, MAX_FRAME_SIDE)?;
        }
        let program = ReadProgram::start(call(ffmpeg, path, video, options))?;
        let kill = Box::new(program.killer());
        let (ready, frames) = sync_channel(FRAMES_AHEAD);
        let (spare, refill) = channel();
        let reading = std::thread::spawn(move || read(program, size, &ready, &refill));
        Ok(Self {
            frames: Some(frames),
            spare,
            kill,
            reading: Some(reading),
            size,
            next: options.first_frame,
        })
    }

    /// The size of every frame.
    pub fn size(&self) -> Size {
        self.size
    }

    /// The number of the frame that comes next.
    pub fn position(&self) -> u64 {
        self.next
    }

    /// The next frame; `None` when there is none, then and ever after. Waits for ffmpeg.
    ///
    /// # Errors
    /// [`MediaError::Malformed`] when the file cannot be decoded; what could be decoded of it came before.
    pub fn next_frame(&mut self) -> Result<Option<RgbImage>, MediaError> {
        let Some(frames) = &self.frames else { return Ok(None) };
        match frames.recv() {
            Ok(Ok(frame)) => {
                self.next += 1;
                Ok(Some(frame))
            }
            Ok(Err(error)) => {
                self.frames = None;
                Err(MediaError::from_decoder(error).blaming_the_file())
            }
            // The thread that reads has come to the end.
            Err(_) => {
                self.frames = None;
                Ok(None)
            }
        }
    }

    /// Takes a frame that is no longer needed, so that its memory is filled again.
    pub fn reuse(&self, frame: RgbImage) {
        // Nobody wants it after the last frame.
        self.spare.send(frame.pixels).ok();
    }
}

impl Iterator for FrameReader {
    type Item = Result<RgbImage, MediaError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_frame().transpose()
    }
}

impl Drop for FrameReader {
    fn drop(&mut self) {
        (self.kill)();
        self.frames = None;
        if let Some(reading) = self.reading.take() {
            reading.join().ok();
        }
    }
}

impl std::fmt::Debug for FrameReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FrameReader({}x{}, next {})", self.size.width, self.size.height, self.next)
    }
}

fn read(
    mut program: ReadProgram,
    size: Size,
    ready: &SyncSender<Result<RgbImage, ProgramError>>,
    refill: &Receiver<Vec<u8>>,
) {
    let Size { width, height } = size;
    loop {
        let mut pixels = refill.try_recv().unwrap_or_default();
        pixels.resize(width * height * 3, 0);
        let frame = match program.fill(&mut pixels) {
            Ok(true) => Ok(RgbImage { width, height, pixels }),
            Ok(false) => return,
            Err(error) => Err(error),
        };
        let is_last = frame.is_err();
        if ready.send(frame).is_err() || is_last {
            return;
        }
    }
}

fn call(ffmpeg: &Ffmpeg, path: &Path, video: &VideoStream, options: &FrameOptions) -> Invocation {
    // From the key frame before the wanted one, with the file's own times: the rate filter then sees the same times as if
    // everything had been played, and chooses the same frames. ffmpeg turns frames by itself before the filters.
    let at_s = options.first_frame as f64 / f64::from(options.frames_per_second.max(1));
    let at = format!("{at_s:.6}");
    let mut input = vec!["-max_pixels", MAX_CODED_PIXELS, "-copyts", "-start_at_zero"];
    if options.first_frame > 0 {
        input.extend(["-noaccurate_seek", "-ss", &at]);
    }
    let call = with_input(ffmpeg.call(Limits::PLAYING), path, &input)
        .args(["-map", "0:V:0", "-fps_mode", "passthrough"])
        .args(["-vf", &filter(video, options)]);
    let call = match options.max_frames {
        Some(count) => call.args(["-frames:v", &count.to_string()]),
        None => call,
    };
    call.args(["-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"])
}

fn filter(video: &VideoStream, options: &FrameOptions) -> String {
    let FrameOptions { frames_per_second, fit, first_frame, .. } = *options;
    let scaled = fit.scaled_size(video.shown_size);
    let wanted = fit.frame_size(video.shown_size);
    let matrix = match video.color_matrix {
        None if video.shown_size.height.min(video.shown_size.width) >= HIGH_DEFINITION_HEIGHT => {
            ":in_color_matrix=bt709"
        }
        _ => "",
    };
    let crop =
        if scaled == wanted { String::new() } else { format!(",crop={}:{}", wanted.width, wanted.height) };
    // Without the exact flags the converter has a visible cast of half a step, and rows with an error of their own.
    format!(
        "fps={frames_per_second}:start_time=0,trim=start_frame={first_frame},\
         scale={}:{}:flags=bicubic+accurate_rnd+full_chroma_int{matrix}{crop}",
        scaled.width, scaled.height
    )
}
