//! Which frame of the footage is shown when the speech is longer than it.

use std::ops::Range;

use rostrum_face::{FaceTrack, Landmarks};

use crate::photo::topology::{LOWER_LIP_MIDDLE, UPPER_LIP_MIDDLE};

/// Points that move with the skull: eye corners, bridge and tip of the nose.
const SKULL: [usize; 7] = [33, 133, 263, 362, 168, 6, 4];
/// Movement from frame to frame, in eye distances, beyond which the picture must have been cut.
const CUT: f32 = 0.35;
/// Turning points lie within this share of the footage at either end of it.
const END: f64 = 0.35;
/// A turning point may move as much as this share of the clip's usual movement; where none is so calm, the calmest is taken.
const CALM: f32 = 0.4;
/// The first frame is looked for in this share of the footage, and in at most so many frames.
const START: f64 = 0.4;
const START_FRAMES: usize = 75;
/// An aperture of so many S counts as much as the usual movement when a calm start is looked for.
const OPEN_MOUTH: f32 = 0.06;

/// Which frame of the footage is shown in each frame of a video: forwards from a calm one, back from a moment in which the
/// head stands nearly still, forwards again from another such moment, and so on. One frame follows another only where it is
/// its neighbour in the footage, so that nothing ever jumps; because of where it turns, movements do not bounce either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoopPlan {
    frames: Vec<usize>,
}

impl LoopPlan {
    /// Plans `frame_count` frames. Uses the longest stretch of the footage in which the face is seen without a cut; all of
    /// it when no face is seen. The same track gives the same plan, and a longer plan begins like a shorter one, unless
    /// the shorter one needs no turning.
    pub fn new(track: &FaceTrack, frame_count: usize) -> Self {
        let stretch = longest_stretch(track);
        let movement = Movement::of(track, stretch.clone());
        let mut frames = Vec::with_capacity(frame_count);
        if !stretch.is_empty() {
            let mut legs = Legs::new(&movement, stretch.clone());
            let mut at = movement.calm_start(track, &stretch, frame_count);
            let (mut forwards, mut turn) = (true, 0);
            if stretch.end - at < frame_count {
                turn = legs.next(forwards, at);
            } else {
                turn = turn.max(stretch.end - 1);
            }
            while frames.len() < frame_count {
                frames.push(at);
                if at == turn {
                    forwards = !forwards;
                    turn = legs.next(forwards, at);
                }
                if turn > at {
                    at += 1;
                } else if turn < at {
                    at -= 1;
                }
            }
        }
        Self { frames }
    }

    /// The frame of the footage that is shown in frame `number` of the video; past the plan's end the last one.
    pub fn source_frame(&self, number: usize) -> usize {
        self.frames.get(number).or(self.frames.last()).copied().unwrap_or(0)
    }

    /// All of it.
    pub fn frames(&self) -> &[usize] {
        &self.frames
    }
}

/// The longest run of frames with a face and without a cut.
fn longest_stretch(track: &FaceTrack) -> Range<usize> {
    let mut longest = 0..0;
    let mut start = 0;
    for i in 0..track.frame_count() {
        let goes_on = match (i.checked_sub(1).and_then(|before| track.face(before)), track.face(i)) {
            (Some(before), Some(face)) => distance(before, face) < CUT,
            _ => false,
        };
        if !goes_on {
            start = i;
        }
        if track.face(i).is_some() && i + 1 - start > longest.len() {
            longest = start..i + 1;
        }
    }
    if longest.is_empty() { 0..track.frame_count() } else { longest }
}

/// Mean movement of the skull between two frames, in eye distances.
fn distance(from: &Landmarks, to: &Landmarks) -> f32 {
    let moved = |i: usize| {
        let ([x, y, _], [to_x, to_y, _]) = (from.points[i], to.points[i]);
        (to_x - x).hypot(to_y - y)
    };
    SKULL.into_iter().map(moved).sum::<f32>() / (SKULL.len() as f32 * from.eye_distance().max(1.0))
}

/// How much the head moves in each frame of a stretch.
struct Movement {
    first: usize,
    /// From the frame before to the one after, halved.
    at: Vec<f32>,
    usual: f32,
}

impl Movement {
    fn of(track: &FaceTrack, stretch: Range<usize>) -> Self {
        let moved = |i: usize| {
            let (before, after) = (i.max(stretch.start + 1) - 1, (i + 1).min(stretch.end - 1));
            match (track.face(before), track.face(after)) {
                (Some(from), Some(to)) if after > before => distance(from, to) / (after - before) as f32,
                _ => 0.0,
            }
        };
        let at: Vec<f32> = stretch.clone().map(moved).collect();
        let usual = at.iter().sum::<f32>() / at.len().max(1) as f32;
        Self { first: stretch.start, at, usual }
    }

    fn in_frame(&self, frame: usize) -> f32 {
        self.at[frame - self.first]
    }

    /// The calmest frame to start with; where the footage is long enough, one after which nothing needs to turn.
    fn calm_start(&self, track: &FaceTrack, stretch: &Range<usize>, frame_count: usize) -> usize {
        let share = ((stretch.len() as f64 * START) as usize).min(START_FRAMES);
        let spare = stretch.len().saturating_sub(frame_count);
        let candidates = if spare > 0 { share.min(spare) } else { share };
        let restlessness = |frame: &usize| {
            let aperture = track.face(*frame).map_or(0.0, |face| {
                let [upper, lower] = [UPPER_LIP_MIDDLE, LOWER_LIP_MIDDLE].map(|i| face.points[i]);
                (lower[0] - upper[0]).hypot(lower[1] - upper[1]) / face.eye_distance().max(1.0)
            });
            aperture / OPEN_MOUTH + self.in_frame(*frame) / self.usual.max(1e-6)
        };
        let places = stretch.start..=stretch.start + candidates;
        let calmest = places.filter(|frame| *frame < stretch.end);
        calmest.min_by(|a, b| restlessness(a).total_cmp(&restlessness(b))).unwrap_or(stretch.start)
    }
}

/// Chooses turning points, never the same one twice in a row where there are others.
struct Legs {
    early: Vec<usize>,
    late: Vec<usize>,
    count: usize,
}

impl Legs {
    fn new(movement: &Movement, stretch: Range<usize>) -> Self {
        let end = ((stretch.len() as f64 * END) as usize).max(1);
        let early = stretch.start..(stretch.start + end).min(stretch.end);
        let late = stretch.end.saturating_sub(end).max(stretch.start)..stretch.end;
        Self { early: calm_frames(movement, early), late: calm_frames(movement, late), count: 0 }
    }

    /// Where the next leg ends.
    fn next(&mut self, forwards: bool, at: usize) -> usize {
        let places = if forwards { &self.late } else { &self.early };
        // Any order that does not repeat soon will do: steps of the golden ratio.
        let step = (self.count as f64 * 0.618_033_988_75).fract();
        self.count += 1;
        let chosen = places.get((step * places.len() as f64) as usize).copied();
        chosen.unwrap_or(at)
    }
}

/// The frames of a range in which the head moves least, calmer than their neighbours.
fn calm_frames(movement: &Movement, range: Range<usize>) -> Vec<usize> {
    let is_least = |frame: &usize| {
        let around = frame.saturating_sub(2).max(range.start)..(frame + 3).min(range.end);
        around.map(|other| movement.in_frame(other)).all(|other| other >= movement.in_frame(*frame))
    };
    let calm: Vec<usize> = range
        .clone()
        .filter(|frame| movement.in_frame(*frame) <= CALM * movement.usual)
        .filter(is_least)
        .collect();
    if !calm.is_empty() {
        return calm;
    }
    let calmest = range.min_by(|a, b| movement.in_frame(*a).total_cmp(&movement.in_frame(*b)));
    calmest.into_iter().collect()
}
