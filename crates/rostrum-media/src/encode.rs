//! Pictures to files: video segments, the thumbnail, the preview GIF.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use rostrum_model::picture::Size;
use rostrum_model::video::OutputFormat;

use crate::canvas::Canvas;
use crate::error::MediaError;
use crate::ffmpeg::{Ffmpeg, file_url, with_input};
use crate::sandbox::{self, FedProgram, Limits, ProgramError};

/// Encoder threads per segment. Fixed, because x264's output depends on it; more cores are used by encoding several
/// segments at a time. With three, two go on while ffmpeg reads the next frame.
const ENCODER_THREADS: &str = "3";

/// The preset `superfast` alone makes films of talking people 2.7 times as large as `veryfast` does, as it does not look
/// ahead. With that they are 5 to 9 % larger, at the same quality, and take about three quarters of the time.
const H264: &[&str] = &[
    "libx264",
    "-preset",
    "superfast",
    "-mbtree",
    "1",
    "-rc-lookahead",
    "10",
    "-crf",
    "18",
    "-bf",
    "3",
    "-flags:v",
    "+cgop+bitexact",
];

/// Seconds between key frames, for seeking.
const KEY_FRAME_INTERVAL_S: u32 = 2;

/// What BT.709 limited range is called in ffmpeg's options.
const BT709: [&str; 8] =
    ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"];

/// Leaves out of the file whatever would differ between two runs: versions, dates, random ids.
pub(crate) const REPRODUCIBLE: [&str; 4] = ["-map_metadata", "-1", "-fflags", "+bitexact"];

/// Frames that may wait for the encoder, so that drawing goes on while a frame is being written.
const FRAMES_AHEAD: usize = 4;

/// Encodes one part of a video with libx264. Blocking: make it, feed it and finish it on a thread that may block.
/// Dropping it unfinished kills the encoder.
///
/// The same frames give the same bytes on any machine with the same x264.
pub struct SegmentEncoder {
    /// To the thread that writes to ffmpeg.
    waiting: Option<SyncSender<Fed>>,
    /// Buffers that were written and can be filled again.
    spare: Receiver<Vec<u8>>,
    /// Ends with the encoder's outcome.
    feeder: Option<JoinHandle<Result<(), ProgramError>>>,
    size: Size,
}

/// What the feeding thread is told. When it hears no more without having been told to finish, it gives the file up.
enum Fed {
    Frame(Vec<u8>),
    Finish,
}

fn feed(
    mut encoder: FedProgram,
    waiting: &Receiver<Fed>,
    spare: &Sender<Vec<u8>>,
) -> Result<(), ProgramError> {
    loop {
        match waiting.recv() {
            Ok(Fed::Frame(frame)) => {
                if let Some(read) = encoder.feed(frame)? {
                    // Nobody wants it back once the encoder was dropped.
                    let _ = spare.send(read);
                }
            }
            Ok(Fed::Finish) => return encoder.finish(),
            Err(_) => return Ok(()),
        }
    }
}

/// The encoder takes no more frames: it has died.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the encoder takes no more frames")]
pub struct EncoderGone;

impl SegmentEncoder {
    /// Starts ffmpeg, writing an MP4 without sound to `job_dir/name`.
    ///
    /// # Errors
    /// When ffmpeg cannot be started.
    pub fn start(
        ffmpeg: &Ffmpeg,
        job_dir: &Path,
        name: &str,
        size: Size,
        frames_per_second: u32,
    ) -> Result<Self, MediaError> {
        Self::start_as(OutputFormat::Mp4, ffmpeg, job_dir, name, size, frames_per_second)
    }

    /// Like [`SegmentEncoder::start`], writing the format named. Frames of clear formats have an opacity.
    ///
    /// # Errors
    /// When ffmpeg cannot be started.
    pub fn start_as(
        format: OutputFormat,
        ffmpeg: &Ffmpeg,
        job_dir: &Path,
        name: &str,
        size: Size,
        frames_per_second: u32,
    ) -> Result<Self, MediaError> {
        let key_frame_interval = (frames_per_second * KEY_FRAME_INTERVAL_S).to_string();
        let (pixels, coded_pixels, codec): (&str, &str, &[&str]) = match format {
            OutputFormat::Mp4 => ("yuv420p", "yuv420p", H264),
            // Frames that are never shown cannot have an opacity.
            OutputFormat::Webm => {
                let codec = &["libvpx-vp9", "-crf", "22", "-b:v", "0", "-deadline", "good", "-cpu-used", "5"];
                (
                    "yuva420p",
                    "yuva420p",
                    &[&codec[..], &["-auto-alt-ref", "0", "-flags:v", "+bitexact"]].concat(),
                )
            }
            OutputFormat::Mov => (
                "yuva420p",
                "yuva444p10le",
                &[
                    "prores_ks",
                    "-profile:v",
                    "4444",
                    "-alpha_bits",
                    "8",
                    "-vendor",
                    "apl0",
                    "-flags:v",
                    "+bitexact",
                ],
            ),
        };
        let call = ffmpeg
            .call(Limits::WRITING)
            .args(["-f", "rawvideo", "-pixel_format", pixels])
            .args(["-video_size", &format!("{}x{}", size.width, size.height)])
            .args(["-framerate", &frames_per_second.to_string(), "-i", "pipe:0"])
            .arg("-c:v")
            .args(codec)
            .args(["-pix_fmt", coded_pixels, "-threads", ENCODER_THREADS, "-g", &key_frame_interval])
            .args(BT709)
            .args(REPRODUCIBLE)
            .args(container(format, frames_per_second))
            .arg(file_url(&job_dir.join(name)))
            .folder(job_dir);
        let encoder = FedProgram::start(call)?;
        let (waiting, to_feed) = sync_channel(FRAMES_AHEAD);
        let (written, spare) = channel();
        let feeder = std::thread::spawn(move || feed(encoder, &to_feed, &written));
        Ok(Self { waiting: Some(waiting), spare, feeder: Some(feeder), size })
    }

    /// Adds a frame; `canvas` has the size the encoder was started with. Waits while too many frames wait already.
    ///
    /// # Errors
    /// When ffmpeg has died; [`SegmentEncoder::finish`] then tells why.
    pub fn write_frame(&mut self, canvas: &Canvas) -> Result<(), EncoderGone> {
        assert_eq!(canvas.size(), self.size, "every frame has the size the encoder was started with");
        let mut frame = self.spare.try_recv().unwrap_or_default();
        frame.clear();
        frame.extend_from_slice(canvas.bytes());
        let waiting = self.waiting.as_ref().ok_or(EncoderGone)?;
        waiting.send(Fed::Frame(frame)).map_err(|_| EncoderGone)
    }

    /// Waits until the file is complete.
    ///
    /// # Errors
    /// With the end of ffmpeg's error output when it failed.
    pub fn finish(mut self) -> Result<(), MediaError> {
        if let Some(waiting) = &self.waiting {
            // A feeder that is gone has its reason as its result.
            let _ = waiting.send(Fed::Finish);
        }
        Ok(self.end()?)
    }

    /// Lets the feeder hear no more and waits for its outcome.
    fn end(&mut self) -> Result<(), ProgramError> {
        self.waiting = None;
        match self.feeder.take() {
            Some(feeder) => feeder.join().expect("the feeding thread does not panic"),
            None => Ok(()),
        }
    }
}

impl Drop for SegmentEncoder {
    fn drop(&mut self) {
        // The outcome of a file that was given up does not matter.
        let _ = self.end();
    }
}

/// ffmpeg's options for a file of a format.
pub(crate) fn container(format: OutputFormat, frames_per_second: u32) -> Vec<String> {
    let options: &[&str] = match format {
        OutputFormat::Mp4 => {
            &["-video_track_timescale", &timescale(frames_per_second).to_string(), "-f", "mp4"]
        }
        OutputFormat::Webm => &["-metadata:s:v:0", "alpha_mode=1", "-f", "webm"],
        OutputFormat::Mov => {
            &["-video_track_timescale", &timescale(frames_per_second).to_string(), "-f", "mov"]
        }
    };
    options.iter().map(|option| (*option).to_owned()).collect()
}

/// Ticks in which the MP4 files count time, per frame.
pub(crate) const TICKS_PER_FRAME: u32 = 512;

/// By how many frames decoding runs ahead of showing, with the B-frame pyramids that the encoder makes.
pub(crate) const REORDERED_FRAMES: u32 = 2;

/// Ticks per second in which the MP4 files count time.
pub(crate) fn timescale(frames_per_second: u32) -> u32 {
    frames_per_second * TICKS_PER_FRAME
}

/// Writes the frame at `at_s` seconds of `video` as a JPEG to `out`.
///
/// # Errors
/// When `video` cannot be decoded or has no frame there.
pub async fn thumbnail(ffmpeg: &Ffmpeg, video: &Path, at_s: f64, out: &Path) -> Result<(), MediaError> {
    // JPEG files are BT.601, full range, by definition.
    let to_jpeg = "scale=in_color_matrix=bt709:out_color_matrix=bt601:out_range=full,format=yuvj420p";
    let call = with_input(ffmpeg.call(Limits::READING), video, &["-ss", &format!("{at_s:.3}")])
        .args(["-map", "0:v:0", "-frames:v", "1", "-vf", to_jpeg, "-q:v", "3", "-threads", "1"])
        .args(REPRODUCIBLE)
        .args(["-flags:v", "+bitexact", "-f", "mjpeg"]);
    write_picture(call, out).await
}

/// Writes the first 3 seconds of `video` as an endless animated GIF of 10 frames per second, fitted into 320x320, to `out`.
///
/// # Errors
/// When `video` cannot be decoded.
pub async fn gif(ffmpeg: &Ffmpeg, video: &Path, out: &Path) -> Result<(), MediaError> {
    let to_gif = "fps=10,scale=320:320:force_original_aspect_ratio=decrease:flags=lanczos,split[shown][counted];\
                  [counted]palettegen=stats_mode=diff[palette];\
                  [shown][palette]paletteuse=dither=bayer:bayer_scale=4:diff_mode=rectangle";
    let call = with_input(ffmpeg.call(Limits::READING), video, &["-t", "3"])
        .args(["-map", "0:v:0", "-vf", to_gif, "-loop", "0"])
        .args(REPRODUCIBLE)
        .args(["-flags:v", "+bitexact", "-f", "gif"]);
    write_picture(call, out).await
}

async fn write_picture(call: sandbox::Invocation, out: &Path) -> Result<(), MediaError> {
    const MAX_PICTURE_BYTES: usize = 64 << 20;
    // Through the pipe, so that the program needs no folder to write in.
    let picture =
        sandbox::run(&call.arg("pipe:1"), MAX_PICTURE_BYTES).await.map_err(MediaError::from_decoder)?;
    if picture.is_empty() {
        return Err(MediaError::Malformed { detail: "the video has no frame at that time".into() });
    }
    tokio::fs::write(out, picture).await.map_err(MediaError::io("write the picture"))
}
