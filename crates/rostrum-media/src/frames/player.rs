//! Any frame by its number.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use rostrum_model::picture::{RgbImage, Size};

use super::reader::{FrameOptions, FrameReader};
use crate::error::MediaError;
use crate::ffmpeg::Ffmpeg;
use crate::probe::VideoStream;

/// Gives any frame of a video by its number and keeps at most [`FramePlayer::window`] frames in memory, plus the few that a
/// [`FrameReader`] holds. Made for playing forwards and backwards: forwards it reads on; backwards it starts ffmpeg anew
/// once per window, for the window that ends with the wanted frame.
///
/// A window of 50 frames holds 2 s at 25 frames per second: 138 MB of 1280x720, 311 MB of 1920x1080.
pub struct FramePlayer {
    ffmpeg: Ffmpeg,
    path: PathBuf,
    video: VideoStream,
    options: FrameOptions,
    window: usize,
    /// Reads on after the last kept frame.
    reader: Option<FrameReader>,
    /// Kept frames, without gaps.
    kept: VecDeque<RgbImage>,
    /// The number of the first kept frame.
    first_kept: u64,
    /// The number of frames, once the end was seen.
    end: Option<u64>,
}

impl FramePlayer {
    /// For the file at `path`, of which [`crate::probe()`] told `video`. Nothing is read yet. Of `options` only rate and size
    /// matter; `window` is at least 1.
    pub fn new(
        ffmpeg: &Ffmpeg,
        path: &Path,
        video: &VideoStream,
        options: &FrameOptions,
        window: usize,
    ) -> Self {
        Self {
            ffmpeg: ffmpeg.clone(),
            path: path.into(),
            video: video.clone(),
            options: *options,
            window: window.max(1),
            reader: None,
            kept: VecDeque::new(),
            first_kept: 0,
            end: None,
        }
    }

    /// The size of every frame.
    pub fn size(&self) -> Size {
        self.options.fit.frame_size(self.video.shown_size)
    }

    /// How many frames are kept at most.
    pub fn window(&self) -> usize {
        self.window
    }

    /// Frame `number`; `None` past the end. Waits for ffmpeg. The same bytes in whatever order frames are asked for.
    ///
    /// # Errors
    /// As [`FrameReader::next_frame`].
    pub fn frame(&mut self, number: u64) -> Result<Option<&RgbImage>, MediaError> {
        if self.end.is_some_and(|end| number >= end) {
            return Ok(None);
        }
        if !self.is_kept(number) {
            if !self.is_just_ahead(number) {
                self.start_for(number)?;
            }
            while !self.is_kept(number) {
                if !self.read_on()? {
                    return Ok(None);
                }
            }
        }
        Ok(self.kept.get((number - self.first_kept) as usize))
    }

    fn after_kept(&self) -> u64 {
        self.first_kept + self.kept.len() as u64
    }

    fn is_kept(&self, number: u64) -> bool {
        (self.first_kept..self.after_kept()).contains(&number)
    }

    /// Whether reading on comes there soon.
    fn is_just_ahead(&self, number: u64) -> bool {
        let next = self.after_kept();
        self.reader.is_some() && (next..next + self.window as u64).contains(&number)
    }

    /// Starts ffmpeg so that `number` comes: as the last of a window when going backwards, else as the first.
    fn start_for(&mut self, number: u64) -> Result<(), MediaError> {
        let goes_backwards = !self.kept.is_empty() && number < self.first_kept;
        let first_frame =
            if goes_backwards { (number + 1).saturating_sub(self.window as u64) } else { number };
        self.drop_kept();
        // The old ffmpeg ends before the new one starts.
        self.reader = None;
        self.first_kept = first_frame;
        let options = FrameOptions { first_frame, max_frames: None, ..self.options };
        self.reader = Some(FrameReader::open(&self.ffmpeg, &self.path, &self.video, &options)?);
        Ok(())
    }

    /// Adds the next frame, dropping the oldest where there are too many. `false` at the end.
    fn read_on(&mut self) -> Result<bool, MediaError> {
        let Some(reader) = &mut self.reader else { return Ok(false) };
        if self.kept.len() == self.window
            && let Some(oldest) = self.kept.pop_front()
        {
            self.first_kept += 1;
            reader.reuse(oldest);
        }
        match reader.next_frame() {
            Ok(Some(frame)) => {
                self.kept.push_back(frame);
                return Ok(true);
            }
            Ok(None) => self.reader = None,
            Err(error) => {
                self.reader = None;
                return Err(error);
            }
        }
        // A start past the end does not tell where the end is.
        if !self.kept.is_empty() {
            self.end = Some(self.after_kept());
        }
        Ok(false)
    }

    fn drop_kept(&mut self) {
        match &self.reader {
            Some(reader) => self.kept.drain(..).for_each(|frame| reader.reuse(frame)),
            None => self.kept.clear(),
        }
    }
}

impl std::fmt::Debug for FramePlayer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FramePlayer({}, {} kept from {})", self.path.display(), self.kept.len(), self.first_kept)
    }
}
