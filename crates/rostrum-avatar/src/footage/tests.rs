//! The quality gates of the footage engine, on clips made of both portraits, and of plans for longer speech.

use std::sync::LazyLock;

use rostrum_face::{FaceTrack, LANDMARK_COUNT, Landmarks};
use rostrum_model::picture::{RgbImage, Size};

use super::{FootageAvatar, FootageError, FootageStudy, LoopPlan, MalformedStudy};
use crate::coarticulation::PICTURE_LEAD_S;
use crate::photo::look::luminance;
use crate::photo::topology::{CHEEK_SPOTS, EYES, LOWER_LIP_MIDDLE, UPPER_LIP_MIDDLE};
use crate::viseme::Viseme;
use crate::{MotionOptions, MotionTrack, MouthParams};

#[expect(dead_code, reason = "each program uses a part")]
#[path = "../../tests/footage/clip.rs"]
mod clip;

use clip::{Clip, FRAMES_PER_SECOND, OTHER_WORDS, PORTRAITS, Shot, follow, models, spoken};

const SIZE: Size = Size { width: 640, height: 480 };
const FRAMES: usize = 84;

/// One portrait's footage.
struct Footage {
    frames: Vec<RgbImage>,
    track: FaceTrack,
    study: FootageStudy,
    avatar: FootageAvatar,
}

impl Footage {
    fn of(portrait: &str) -> Self {
        let clip = Clip::of(portrait, Shot::usual(SIZE), FRAMES);
        let frames: Vec<RgbImage> = (0..FRAMES).map(|number| clip.frame(number)).collect();
        let (track, study) = follow(&models(), frames.iter().cloned());
        let teeth = study.teeth_frame().map(|number| &frames[number]);
        let avatar = FootageAvatar::prepare(track.clone(), &study, teeth).unwrap();
        Self { frames, track, study, avatar }
    }

    fn rendered(&self, number: usize, mouth: &MouthParams) -> RgbImage {
        let mut frame = self.frames[number].clone();
        self.avatar.render(number, &mut frame, mouth);
        frame
    }
}

static FOOTAGE: LazyLock<[Footage; 2]> = LazyLock::new(|| PORTRAITS.map(Footage::of));

fn motion() -> MotionTrack {
    let speech = spoken(OTHER_WORDS, FRAMES as f64 / f64::from(FRAMES_PER_SECOND));
    MotionTrack::plan(&speech, FRAMES_PER_SECOND, FRAMES, &MotionOptions::default())
}

/// The frame shown at a time of the sound.
fn frame_at(time_s: f64) -> usize {
    ((time_s - PICTURE_LEAD_S) * f64::from(FRAMES_PER_SECOND)).round().max(0.0) as usize
}

/// Distance of the lips' inner edges in S as the landmark model sees it.
fn seen_aperture(face: &Landmarks) -> f32 {
    let [upper, lower] = [UPPER_LIP_MIDDLE, LOWER_LIP_MIDDLE].map(|i| face.points[i]);
    (lower[0] - upper[0]).hypot(lower[1] - upper[1]) / face.eye_distance()
}

#[test]
fn lips_touch_on_every_p_b_and_m_whatever_the_footage_says_there() {
    let motion = motion();
    let speech = spoken(OTHER_WORDS, 3.0);
    for footage in FOOTAGE.iter() {
        let mut open_at_the_same_time: f32 = 0.0;
        for span in speech.phonemes.iter().filter(|span| ["p", "b", "m"].contains(&span.symbol.as_str())) {
            let frame = frame_at(f64::midpoint(span.start_s, span.end_s));
            let around = frame.saturating_sub(1)..=frame + 1;
            let aperture = around
                .map(|i| footage.avatar.lip_aperture(i, &motion.poses[i].mouth).unwrap())
                .fold(f32::INFINITY, f32::min);
            assert!(aperture <= 0.01, "{span:?}: {aperture}");
            open_at_the_same_time =
                open_at_the_same_time.max(seen_aperture(footage.track.face(frame).unwrap()));
        }
        assert!(open_at_the_same_time > 0.04, "the footage closes its mouth itself");
    }
}

/// Looks at what was drawn rather than at what was meant.
#[test]
fn the_landmark_model_sees_the_mouths_that_were_asked_for() {
    for footage in FOOTAGE.iter() {
        let numbers = [5, 15, 30, 45, 60, 75];
        let apertures = |viseme: Viseme| -> Vec<f32> {
            let frames = numbers.map(|number| footage.rendered(number, &viseme.shape()));
            // Frames of its own: each is searched for the face anew.
            frames
                .map(|frame| follow(&models(), std::iter::once(frame)).0.face(0).map_or(1.0, seen_aperture))
                .into()
        };
        let (closed, open) = (apertures(Viseme::Pp), apertures(Viseme::Aa));
        println!("closed {closed:.3?} open {open:.3?}");
        assert!(closed.iter().all(|aperture| *aperture < 0.03), "{closed:?}");
        assert!(open.iter().all(|aperture| *aperture > 0.10), "{open:?}");
    }
}

#[test]
fn the_mouth_is_shut_80_ms_after_the_sound_and_in_every_long_silence() {
    let motion = motion();
    let speech = spoken(OTHER_WORDS, 3.0);
    let silences =
        speech.phonemes.iter().filter(|span| span.symbol.is_empty() && span.end_s - span.start_s > 0.3);
    let mut looked_at = 0;
    for span in silences {
        // The next sound opens the mouth a little before it is heard.
        for frame in frame_at(span.start_s + 0.08).max(1)..=frame_at(span.end_s - 0.12) {
            for footage in FOOTAGE.iter() {
                let Some(pose) = motion.poses.get(frame) else { continue };
                let aperture = footage.avatar.lip_aperture(frame, &pose.mouth).unwrap();
                assert!(aperture <= 0.012, "frame {frame} in {span:?}: {aperture}");
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 12, "{looked_at} frames");
}

#[test]
fn teeth_are_the_same_in_every_frame() {
    for footage in FOOTAGE.iter() {
        assert!(footage.avatar.shows_own_teeth());
        let wide = MouthParams { raise: 0.03, ..Viseme::E.shape() };
        let mut shares = Vec::new();
        for number in (0..FRAMES).step_by(3) {
            let frame = footage.rendered(number, &wide);
            let face = footage.avatar.face(number, SIZE).unwrap();
            let colour = |at: [f32; 2]| luminance(frame.at(at[0] as usize, at[1] as usize).map(f32::from));
            // Above the teeth's edge, within the front four.
            let teeth = [-0.10, -0.05, 0.0, 0.05, 0.10].map(|x| colour(face.at_bite([x, -0.004])));
            let skin = CHEEK_SPOTS.map(|i| colour(face.vertices[i]));
            let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
            shares.push(mean(&teeth) / mean(&skin));
        }
        let mean = shares.iter().sum::<f32>() / shares.len() as f32;
        let furthest = shares.iter().map(|share| (share / mean - 1.0).abs()).fold(0.0, f32::max);
        println!("teeth {mean:.2} of the skin, at most {furthest:.2} away: {shares:.2?}");
        assert!(mean > 0.5 && furthest < 0.25, "{mean} {furthest} {shares:?}");
    }
}

#[test]
fn nothing_far_from_the_mouth_changes_and_the_eyes_stay_to_the_byte() {
    for footage in FOOTAGE.iter() {
        for (number, pose) in motion().poses.iter().enumerate().step_by(5) {
            let before = &footage.frames[number];
            let mut after = before.clone();
            let area = footage.avatar.render(number, &mut after, &pose.mouth);
            let face = footage.avatar.face(number, SIZE).unwrap();
            let is_changed = |x: usize, y: usize| before.at(x, y) != after.at(x, y);
            let mut changed = 0;
            for y in 0..SIZE.height {
                for x in 0..SIZE.width {
                    if is_changed(x, y) {
                        changed += 1;
                        let [across, down] = face.frame.to_local([x as f32 + 0.5, y as f32 + 0.5]);
                        let inside = across.abs() < 1.3 * face.unit
                            && (-1.1 * face.unit..face.chin_y + 0.75 * face.unit).contains(&down);
                        assert!(inside, "frame {number}: {x} {y}");
                        let reported = (area.x..area.x + area.width).contains(&x)
                            && (area.y..area.y + area.height).contains(&y);
                        assert!(reported, "frame {number}: {x} {y} lies outside {area:?}");
                    }
                }
            }
            assert!(changed > 500, "frame {number}: {changed} pixels");
            for eye in &EYES {
                let [left, right] = eye.corners.map(|i| face.vertices[i]);
                for share in [0.2, 0.4, 0.6, 0.8] {
                    let at = [0, 1].map(|k| left[k] + (right[k] - left[k]) * share);
                    assert!(!is_changed(at[0] as usize, at[1] as usize), "frame {number}: an eye changed");
                }
            }
        }
    }
}

#[test]
fn frames_are_the_same_in_any_order_and_after_being_kept() {
    let footage = &FOOTAGE[0];
    let motion = motion();
    let draw = |avatar: &FootageAvatar, number: usize| {
        let mut frame = footage.frames[number].clone();
        avatar.render(number, &mut frame, &motion.poses[number].mouth);
        frame
    };
    let forwards: Vec<RgbImage> = (10..20).map(|number| draw(&footage.avatar, number)).collect();
    let track = FaceTrack::from_bytes(&footage.track.to_bytes()).unwrap();
    let study = FootageStudy::from_bytes(&footage.study.to_bytes()).unwrap();
    assert_eq!(study, footage.study);
    let teeth = study.teeth_frame().map(|number| &footage.frames[number]);
    let kept = FootageAvatar::prepare(track, &study, teeth).unwrap();
    for number in (10..20).rev() {
        assert!(draw(&kept, number) == forwards[number - 10], "frame {number}");
    }
}

#[test]
fn frames_may_be_drawn_smaller_than_they_were_tracked() {
    let footage = &FOOTAGE[0];
    let mouth = Viseme::Aa.shape();
    let large = footage.rendered(20, &mouth);
    let halved = |image: &RgbImage| {
        let mut small = RgbImage::filled(image.width / 2, image.height / 2, [0; 3]);
        for (i, pixel) in small.pixels.chunks_exact_mut(3).enumerate() {
            let (x, y) = (i % (image.width / 2) * 2, i / (image.width / 2) * 2);
            let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| image.at(x + dx, y + dy));
            for (k, value) in pixel.iter_mut().enumerate() {
                *value = (four.iter().map(|colour| u32::from(colour[k])).sum::<u32>() / 4) as u8;
            }
        }
        small
    };
    let mut small = halved(&footage.frames[20]);
    let area = footage.avatar.render(20, &mut small, &mouth);
    assert!(!area.is_empty());
    let wanted = halved(&large);
    let difference: u64 =
        small.pixels.iter().zip(&wanted.pixels).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    let mean = difference as f64 / (area.width * area.height * 3) as f64;
    assert!(mean < 3.0, "{mean} grey levels");
}

#[test]
fn frames_without_a_face_stay_as_they_are_and_beside_them_the_mouth_fades_in() {
    let footage = &FOOTAGE[0];
    let faces = (0..FRAMES).map(|i| footage.track.face(i).filter(|_| !(30..45).contains(&i)).cloned());
    let track = FaceTrack::of_faces([SIZE.width, SIZE.height], faces.collect());
    let teeth = footage.study.teeth_frame().map(|number| &footage.frames[number]);
    let avatar = FootageAvatar::prepare(track, &footage.study, teeth).unwrap();
    let mouth = Viseme::Aa.shape();
    let changed = |number: usize| -> u64 {
        let mut frame = footage.frames[number].clone();
        avatar.render(number, &mut frame, &mouth);
        frame.pixels.iter().zip(&footage.frames[number].pixels).map(|(a, b)| u64::from(a.abs_diff(*b))).sum()
    };
    assert_eq!([30, 37, 44].map(changed), [0; 3]);
    assert!(avatar.lip_aperture(37, &mouth).is_none() && avatar.lip_aperture(FRAMES, &mouth).is_none());
    assert!(changed(45) > 0 && changed(45) * 2 < changed(49), "{} {}", changed(45), changed(49));
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let footage = &FOOTAGE[0];
    let prepare = |track: FaceTrack, study: &FootageStudy, teeth: Option<&RgbImage>| {
        FootageAvatar::prepare(track, study, teeth).unwrap_err()
    };
    let empty = FaceTrack::of_faces([SIZE.width, SIZE.height], vec![None; FRAMES]);
    assert_eq!(prepare(empty, &footage.study, None), FootageError::NoFace);
    let refused = prepare(footage.track.clone(), &FootageStudy::default(), None);
    assert_eq!(refused, FootageError::DifferentFootage { track: FRAMES, study: 0 });
    assert_eq!(prepare(footage.track.clone(), &footage.study, None), FootageError::TeethFrame);
    let small = RgbImage::filled(64, 48, [0; 3]);
    assert_eq!(prepare(footage.track.clone(), &footage.study, Some(&small)), FootageError::TeethFrame);
    for bytes in [&b""[..], b"RFS0", b"RFS1x"] {
        assert_eq!(FootageStudy::from_bytes(bytes), Err(MalformedStudy));
    }
}

/// A track of a head that goes from side to side, `period` frames for a round, and does nothing else.
fn swaying(frames: usize, period: f32, missing: std::ops::Range<usize>) -> FaceTrack {
    let face = |t: usize| {
        let x = 300.0 + 30.0 * (std::f32::consts::TAU * t as f32 / period).sin();
        let mut points: Vec<[f32; 3]> =
            (0..LANDMARK_COUNT).map(|i| [x + (i % 20) as f32, 200.0 + (i / 20) as f32, 0.0]).collect();
        (points[33], points[263]) = ([x - 50.0, 200.0, 0.0], [x + 50.0, 200.0, 0.0]);
        (points[234], points[454]) = ([x - 70.0, 210.0, 0.0], [x + 70.0, 210.0, 0.0]);
        // The mouth is closed from frame 9 to 12 only.
        points[LOWER_LIP_MIDDLE][1] =
            points[UPPER_LIP_MIDDLE][1] + if (9..13).contains(&t) { 0.0 } else { 12.0 };
        Landmarks { points, score: 1.0 }
    };
    let faces = (0..frames).map(|t| (!missing.contains(&t)).then(|| face(t))).collect();
    FaceTrack::of_faces([640, 480], faces)
}

/// Where the head is, in eye distances.
fn head(track: &FaceTrack, frame: usize) -> f32 {
    track.face(frame).unwrap().points[4][0] / 100.0
}

#[test]
fn longer_speech_plays_back_and_forth_without_a_jump_and_turns_where_the_head_is_still() {
    let track = swaying(150, 47.0, 0..0);
    let plan = LoopPlan::new(&track, 2000);
    let places: Vec<f32> = plan.frames().iter().map(|frame| head(&track, *frame)).collect();
    let steps: Vec<f32> = places.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let natural = (0..149).map(|t| (head(&track, t + 1) - head(&track, t)).abs());
    let (largest, sum) = natural.fold((0.0f32, 0.0f32), |(most, sum), step| (most.max(step), sum + step));
    let usual = sum / 149.0;
    assert!(plan.frames().windows(2).all(|pair| pair[0].abs_diff(pair[1]) <= 1));
    assert!(steps.iter().all(|step| step.abs() <= largest), "never faster than the footage");
    let turns: Vec<usize> =
        (1..1999).filter(|&i| plan.source_frame(i - 1) == plan.source_frame(i + 1)).collect();
    assert!(turns.len() >= 10, "{} turns", turns.len());
    for &turn in &turns {
        // The head turns by itself there: the change of its speed is below the usual speed.
        let bounce = (steps[turn] - steps[turn - 1]).abs();
        assert!(bounce < 0.6 * usual, "turn {turn}: {bounce} of {usual}");
    }
    let mut places: Vec<usize> = turns.iter().map(|&turn| plan.source_frame(turn)).collect();
    assert!(places.windows(2).all(|pair| pair[0] != pair[1]));
    places.sort_unstable();
    places.dedup();
    assert!(places.len() >= 3, "always the same turning points: {places:?}");
    assert_eq!(LoopPlan::new(&track, 2000), plan);
}

#[test]
fn a_plan_starts_with_a_closed_mouth_and_short_speech_never_turns() {
    let track = swaying(150, 47.0, 0..0);
    let plan = LoopPlan::new(&track, 100);
    assert!((9..13).contains(&plan.source_frame(0)), "{}", plan.source_frame(0));
    assert!(plan.frames().windows(2).all(|pair| pair[1] == pair[0] + 1));
    assert_eq!(plan.source_frame(5000), plan.source_frame(99));
}

#[test]
fn plans_keep_to_the_longest_stretch_with_a_face() {
    let track = swaying(200, 47.0, 60..80);
    let plan = LoopPlan::new(&track, 1000);
    assert!(plan.frames().iter().all(|frame| (80..200).contains(frame)));
    let nobody = FaceTrack::of_faces([640, 480], vec![None; 7]);
    assert!(LoopPlan::new(&nobody, 50).frames().iter().all(|frame| *frame < 7));
    assert_eq!(LoopPlan::new(&nobody, 50).frames().len(), 50);
    let single = FaceTrack::of_faces([640, 480], vec![None; 1]);
    assert_eq!(LoopPlan::new(&single, 3).frames(), [0, 0, 0]);
    let none = FaceTrack::of_faces([0, 0], Vec::new());
    assert_eq!(LoopPlan::new(&none, 3).frames(), [0usize; 0]);
}
