//! The quality gates of the drawn presenters: what is drawn again is drawn right, lips close, nothing but the figure
//! moves, and every look is the one that was looked at.

use std::collections::HashSet;

use rostrum_model::picture::{Rect, RgbImage, Size};
use rostrum_model::speech::SpeechTrack;
use rostrum_model::video::Expressiveness;

use super::cast::{self, CastLook, CastMember};
use super::{Backdrop, Framing, Presenter, PresenterScratch};
use crate::coarticulation::PICTURE_LEAD_S;
use crate::golden::assert_as_looked_at;
use crate::motion::tests::{silent_frames, spans, speech_with_silences};
use crate::pose::{Gesture, HandPose, Pose};
use crate::viseme::Viseme;
use crate::{Manner, MotionOptions, MotionTrack, MouthParams};

const SMALL: Size = Size { width: 320, height: 320 };
/// Side of the tiles of the golden sheet.
const TILE: usize = 96;
const COLUMNS: usize = 9;
/// Side of the tiles of the golden sheet of poses.
const POSE_TILE: usize = 72;

fn prepared(member: &CastMember, look: &CastLook, size: Size) -> Presenter {
    Presenter::new(member.appearance(look), &Framing::new(size), Backdrop::Setting(look.setting))
}

fn looks() -> impl Iterator<Item = (&'static CastMember, &'static CastLook)> {
    cast::all().iter().flat_map(|member| member.looks.iter().map(move |look| (member, look)))
}

/// A pose drawn from nothing.
fn draw(presenter: &Presenter, pose: &Pose) -> RgbImage {
    let mut out = blank(presenter.size());
    presenter.render(pose, &mut PresenterScratch::default(), &mut out);
    out
}

fn blank(size: Size) -> RgbImage {
    RgbImage::filled(size.width, size.height, [0; 3])
}

fn resting() -> Pose {
    Pose { smile: 0.5, mouth: Viseme::Rest.shape(), ..Pose::default() }
}

/// The largest difference of any two bytes, and the mean one.
fn difference(a: &RgbImage, b: &RgbImage, area: Rect) -> (u8, f64) {
    let mut largest = 0;
    let mut sum = 0u64;
    for y in area.y..area.y + area.height {
        let row = (y * a.width + area.x) * 3..(y * a.width + area.x + area.width) * 3;
        for (x, y) in a.pixels[row.clone()].iter().zip(&b.pixels[row]) {
            largest = largest.max(x.abs_diff(*y));
            sum += u64::from(x.abs_diff(*y));
        }
    }
    (largest, sum as f64 / (area.width * area.height * 3) as f64)
}

#[test]
fn the_cast_is_as_large_as_promised_and_holds_the_ids_that_examples_name() {
    assert!(cast::all().len() >= 16);
    assert!(cast::all().iter().all(|member| member.looks.len() >= 3));
    let ids: HashSet<&str> = looks().map(|(_, look)| look.id.as_str()).collect();
    assert_eq!(ids.len(), looks().count(), "no id is used twice");
    for known in ["josh_lite3_20230714", "angela_expressive_20231010", "wayne_20240422", "lily_20230614"] {
        assert!(cast::look(known).is_some(), "{known}");
    }
    assert!(cast::all().iter().all(|member| ["female", "male"].contains(&member.gender.as_str())));
}

#[test]
fn what_is_drawn_again_is_what_would_be_drawn_from_nothing() {
    let hand = |gesture, raise, beat| HandPose { gesture, raise, beat };
    let open = Viseme::Aa.shape();
    let poses = [
        resting(),
        Pose { yaw: 0.08, roll: 0.04, shift: [0.012, 0.02], mouth: open, breath: 1.0, ..resting() },
        Pose {
            yaw: -0.08,
            roll: -0.04,
            pitch: 0.08,
            shift: [-0.012, -0.02],
            mouth: open,
            blink: 1.0,
            ..resting()
        },
        Pose {
            pitch: -0.08,
            hands: [hand(Gesture::Palm, 1.0, 1.0), hand(Gesture::Wave, 1.0, 1.0)],
            ..resting()
        },
        Pose { breath: -1.0, hands: [hand(Gesture::Clasp, 1.0, 0.0); 2], ..resting() },
        Pose { hands: [HandPose::default(), hand(Gesture::Count(3), 0.5, 0.0)], ..resting() },
        resting(),
    ];
    for member in cast::all() {
        let presenter = prepared(member, &member.looks[0], SMALL);
        let mut scratch = PresenterScratch::default();
        let mut kept = blank(SMALL);
        for (i, pose) in poses.iter().enumerate() {
            presenter.render(pose, &mut scratch, &mut kept);
            let fresh = draw(&presenter, pose);
            let (largest, _) = difference(&kept, &fresh, SMALL.whole());
            // Where a pixel lies in the renderer's strips may round differently.
            assert!(largest <= 3, "{} pose {i}: {largest}", member.name);
        }
    }
}

#[test]
fn gestures_leave_nothing_behind_at_the_edges_of_a_wide_picture() {
    let size = Size { width: 1280, height: 720 };
    let (member, look) = cast::look("josh_lite3_20230714").unwrap();
    let presenter = Presenter::new(member.appearance(look), &Framing::new(size), Backdrop::Colour([244; 3]));
    let mut scratch = PresenterScratch::default();
    let mut kept = blank(size);
    for gesture in [Gesture::Rest, Gesture::Wave, Gesture::Palm, Gesture::Rest] {
        for raise in [0.4, 1.0] {
            let hand = HandPose { gesture, raise, beat: 0.0 };
            let pose = Pose { hands: [hand; 2], ..resting() };
            presenter.render(&pose, &mut scratch, &mut kept);
            let (largest, _) = difference(&kept, &draw(&presenter, &pose), size.whole());
            assert!(largest <= 3, "{gesture:?} {raise}: {largest}");
        }
    }
}

/// Mouth and chin of the usual framing in [`SMALL`].
const AROUND_MOUTH: Rect = Rect { x: 128, y: 124, width: 64, height: 40 };

/// How far a mouth is from the one at rest, as a share of how far the open one is.
fn openness(presenter: &Presenter, mouths: &[MouthParams]) -> Vec<f64> {
    let still = |mouth| draw(presenter, &Pose { mouth, ..Pose::default() });
    let rest = still(Viseme::Rest.shape());
    let moved = |mouth| difference(&still(mouth), &rest, AROUND_MOUTH).1;
    let fully = moved(Viseme::Aa.shape());
    assert!(fully > 1.5, "an open mouth is seen, {fully}");
    mouths.iter().map(|mouth| moved(*mouth) / fully).collect()
}

#[test]
fn every_mouth_of_the_cast_is_shut_soon_after_the_sound_and_in_every_silence() {
    let speech = speech_with_silences();
    let track = MotionTrack::plan(&speech, 25, 55, &MotionOptions::default());
    let mouth = |frame: usize| track.poses[frame].mouth;
    let silent: Vec<MouthParams> = silent_frames(&speech, 55).into_iter().map(mouth).collect();
    assert!(silent.len() > 12);
    let frame = |sound_s: f64| ((sound_s - PICTURE_LEAD_S) * 25.0).round() as usize;
    let speaking = [0.57, 1.32, 1.67].map(|sound_s| mouth(frame(sound_s)));
    for (member, look) in looks() {
        let presenter = prepared(member, look, SMALL);
        let shares = openness(&presenter, &silent);
        assert!(shares.iter().all(|share| *share < 0.10), "{}: {shares:.2?}", look.id);
        let shares = openness(&presenter, &speaking);
        assert!(shares.iter().all(|share| *share > 0.3), "{}: {shares:.2?}", look.id);
    }
}

/// Closed lips are a line: what is between them when they part is not seen.
#[test]
fn the_lips_of_the_whole_cast_touch_on_every_p_b_and_m() {
    #[rustfmt::skip]
    let phonemes = spans(&[
        ("", 80), ("b", 60), ("'ɑ", 140), ("b", 70), ("'A", 160), ("m", 50), ("'u", 130), ("p", 60), ("'I", 190), ("m", 70),
        ("'æ", 140), ("p", 70), ("s", 110), ("", 100),
    ]);
    let speech = SpeechTrack { phonemes, ..SpeechTrack::default() };
    let track = MotionTrack::plan(&speech, 25, 40, &MotionOptions::default());
    for (member, look) in looks().filter(|(member, look)| look.id == member.looks[0].id) {
        let presenter = prepared(member, look, SMALL);
        let closed = draw(&presenter, &Pose { mouth: Viseme::Pp.shape(), ..Pose::default() });
        let open = draw(&presenter, &Pose { mouth: Viseme::Aa.shape(), ..Pose::default() });
        let fully = difference(&open, &closed, AROUND_MOUTH).1;
        for span in speech.phonemes.iter().filter(|span| ["p", "b", "m"].contains(&span.symbol.as_str())) {
            let middle_s = f64::midpoint(span.start_s, span.end_s) - PICTURE_LEAD_S;
            let frame = (middle_s * 25.0).round() as usize;
            let furthest = (frame.saturating_sub(1)..=frame + 1)
                .map(|frame| {
                    let pose = Pose { mouth: track.poses[frame].mouth, ..Pose::default() };
                    difference(&draw(&presenter, &pose), &closed, AROUND_MOUTH).1 / fully
                })
                .fold(f64::INFINITY, f64::min);
            assert!(furthest < 0.2, "{} {span:?}: {furthest}", member.name);
        }
    }
}

/// A shadow beside a body would hang in the air: what a gesture adds shows through only at its own edges.
#[test]
fn no_shadow_of_a_raised_arm_falls_beside_the_body() {
    let size = Size { width: 720, height: 720 };
    let gestures = [Gesture::Palm, Gesture::Point, Gesture::Count(3), Gesture::Clasp, Gesture::Wave]
        .map(|gesture| [0.35, 0.7, 1.0].map(|raise| HandPose { gesture, raise, beat: 0.0 }));
    for member in cast::all() {
        for look in &member.looks {
            let presenter = Presenter::new(member.appearance(look), &Framing::new(size), Backdrop::Clear);
            let mut scratch = PresenterScratch::default();
            let mut out = blank(size);
            let mut opacity = |hands| {
                let drawn = presenter.render(&Pose { hands, ..resting() }, &mut scratch, &mut out);
                let mut opacity = vec![0; size.width * size.height];
                presenter.copy_opacity(&scratch, size.whole(), &mut opacity);
                assert!(!drawn.is_empty());
                opacity
            };
            let rest = opacity([HandPose::default(); 2]);
            for hand in gestures.as_flattened() {
                let now = opacity([*hand; 2]);
                // Fingers have an outline of a pixel.
                let is_edge = |x: usize, y: usize| {
                    let near = |at: usize, end: usize| at.saturating_sub(2)..=(at + 2).min(end - 1);
                    near(y, size.height).any(|y| near(x, size.width).any(|x| now[y * size.width + x] > 250))
                };
                let places = (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x, y)));
                let shadows = places.filter(|(x, y)| {
                    let i = y * size.width + x;
                    now[i] != rest[i] && (8..=110).contains(&now[i]) && !is_edge(*x, *y)
                });
                // A pixel between thumb and palm may be as faint.
                let count = shadows.count();
                assert!(count < 12, "{} {hand:?}: {count}", look.id);
            }
        }
    }
}

#[test]
fn nothing_moves_behind_the_figure() {
    let speech = SpeechTrack {
        phonemes: spans(&[("'ɑ", 600), ("m", 100), ("'i", 900), ("", 400)]),
        ..SpeechTrack::default()
    };
    let manner = Manner { hands: Some(1.0), ..Manner::default() };
    let options = MotionOptions { seed: 9, expressiveness: Expressiveness::High, manner };
    let track = MotionTrack::plan(&speech, 25, 50, &options);
    let size = Size { width: 320, height: 180 };
    for (member, look) in looks() {
        let presenter = prepared(member, look, size);
        let mut scratch = PresenterScratch::default();
        let mut out = blank(size);
        presenter.render(&track.poses[0], &mut scratch, &mut out);
        let first = out.clone();
        for pose in &track.poses[1..] {
            presenter.render(pose, &mut scratch, &mut out);
            for area in [Rect { width: 70, ..size.whole() }, Rect { x: 250, width: 70, ..size.whole() }] {
                assert_eq!(difference(&first, &out, area).0, 0, "{}", look.id);
            }
        }
        assert!(difference(&first, &out, size.whole()).0 > 20, "{}: the figure does move", look.id);
    }
}

#[test]
fn every_framing_shows_the_whole_face_of_everybody() {
    for (width, height) in [(320, 180), (180, 320), (180, 180), (180, 225), (225, 180)] {
        let size = Size { width, height };
        for ((member, look), close_up) in looks().flat_map(|look| [(look, false), (look, true)]) {
            let framing = Framing { close_up, ..Framing::new(size) };
            let presenter = Presenter::new(member.appearance(look), &framing, Backdrop::Colour([0, 255, 0]));
            let out = draw(&presenter, &resting());
            let green = |x: usize, y: usize| out.at(x, y) == [0, 255, 0];
            let name = format!("{} {width}x{height} close up: {close_up}", look.id);
            assert!((0..width).all(|x| green(x, 0)), "{name}: room above the head");
            assert!(!green(width / 2, height - 1), "{name}: stands on the lower edge");
        }
    }
}

/// Variance of the Laplacian of the green channel: a measure of sharpness.
fn sharpness(image: &RgbImage, area: Rect) -> f64 {
    let green = |x: usize, y: usize| f64::from(image.at(x, y)[1]);
    let places =
        (area.y..area.y + area.height).flat_map(|y| (area.x..area.x + area.width).map(move |x| (x, y)));
    let values: Vec<f64> = places
        .map(|(x, y)| {
            green(x - 1, y) + green(x + 1, y) + green(x, y - 1) + green(x, y + 1) - 4.0 * green(x, y)
        })
        .collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64
}

/// Outlines that lie between pixels are a little softer, which must not be seen as flicker.
#[test]
fn sharpness_of_a_moving_head_hardly_varies() {
    let track = MotionTrack::plan(&speech_with_silences(), 25, 50, &MotionOptions::default());
    let size = Size { width: 640, height: 640 };
    // From the forehead to below the nose, wider than the head moves.
    let area = Rect { x: 230, y: 130, width: 180, height: 130 };
    for member in cast::all() {
        let presenter = prepared(member, &member.looks[0], size);
        let open_eyes = track.poses.iter().filter(|pose| pose.blink == 0.0).step_by(4);
        let values: Vec<f64> = open_eyes
            .map(|pose| {
                let gaze = [0.0; 2];
                sharpness(&draw(&presenter, &Pose { gaze, ..*pose }), area)
            })
            .collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64;
        let variation = variance.sqrt() / mean;
        assert!(values.len() > 5 && variation < 0.10, "{}: {variation:.3}", member.name);
    }
}

#[test]
fn every_look_is_drawn_as_when_it_was_looked_at() {
    let size = Size { width: TILE, height: TILE };
    let tiles: Vec<_> = looks()
        .map(|(member, look)| (look.id.clone(), draw(&prepared(member, look, size), &resting())))
        .collect();
    assert_as_looked_at("cast.png", COLUMNS, &tiles);
}

/// Mouths, lids and turns from near, hands from further away.
#[test]
fn everybody_speaks_blinks_turns_and_gestures_as_when_it_was_looked_at() {
    let size = Size { width: POSE_TILE, height: POSE_TILE };
    let hand = |gesture, beat| HandPose { gesture, raise: 1.0, beat };
    let speaking = |viseme: Viseme| Pose { mouth: viseme.shape(), ..resting() };
    let near = [
        ("open", speaking(Viseme::Aa)),
        ("rounded", speaking(Viseme::U)),
        ("teeth", speaking(Viseme::Ss)),
        ("lids", Pose { blink: 1.0, ..resting() }),
        ("left", Pose { yaw: 0.06, roll: 0.02, gaze: [0.8, 0.0], ..resting() }),
        ("right", Pose { yaw: -0.06, roll: -0.02, pitch: 0.05, gaze: [-0.8, 0.2], ..resting() }),
    ];
    let far = [
        ("palms", Pose { hands: [hand(Gesture::Palm, 0.0), hand(Gesture::Palm, 0.5)], ..resting() }),
        ("point", Pose { hands: [HandPose::default(), hand(Gesture::Point, 0.4)], ..resting() }),
        ("clasp", Pose { hands: [hand(Gesture::Clasp, 0.0); 2], ..resting() }),
    ];
    let mut tiles = Vec::new();
    for member in cast::all() {
        let look = &member.looks[0];
        for (poses, close_up) in [(&near[..], true), (&far[..], false)] {
            let framing = Framing { close_up, ..Framing::new(size) };
            let backdrop = Backdrop::Setting(look.setting);
            let presenter = Presenter::new(member.appearance(look), &framing, backdrop);
            for (name, pose) in poses {
                tiles.push((format!("{} {name}", member.id), draw(&presenter, pose)));
            }
        }
    }
    assert_as_looked_at("cast-poses.png", near.len() + far.len(), &tiles);
}
