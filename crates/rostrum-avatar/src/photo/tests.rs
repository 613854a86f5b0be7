//! The quality gates of the photo engine, on a portrait that shows teeth (astronaut) and one with a closed mouth and
//! glasses (Grace Hopper).

use std::path::{Path, PathBuf};

use rostrum_face::{FaceModels, Landmarks, Matte, Matting};
use rostrum_model::picture::{Rect, RgbImage, Size};
use rostrum_model::speech::SpeechTrack;
use rostrum_model::video::Expressiveness;

use super::backdrop::deep_inside;
use super::deform::Deformed;
use super::geometry::{FaceGeometry, Point};
use super::mouth::upper_teeth_edge;
use super::topology::{
    LOWER_LIP, LOWER_LIP_MIDDLE, MOUTH_CORNERS, UPPER_LIP, UPPER_LIP_MIDDLE, VERTEX_COUNT,
};
use super::triangles::TRIANGLES;
use super::{AvatarError, CropBox, PhotoAvatar, Placement, Scratch};
use crate::coarticulation::PICTURE_LEAD_S;
use crate::golden::assert_as_looked_at;
use crate::motion::tests::{silent_frames, spans, speech_with_silences};
use crate::viseme::Viseme;
use crate::{MotionOptions, MotionTrack, Pose};

const PORTRAITS: [(&str, &str); 2] =
    [("astronaut.png", "astronaut.json"), ("grace_hopper.jpg", "grace_hopper.json")];
const FRAMES_PER_SECOND: u32 = 25;

/// "Bob may move five maps, who thought of them": lips meet and part in many contexts.
#[rustfmt::skip]
const PHRASE: &[(&str, u32)] = &[
    ("", 120), ("b", 60), ("'ɑ", 140), ("b", 70), ("m", 70), ("'A", 160), ("m", 50), ("'u", 130), ("v", 60), ("f", 90),
    ("'I", 190), ("v", 60), ("m", 70), ("'æ", 140), ("p", 70), ("s", 110), ("", 160), ("h", 60), ("'u", 150),
    ("θ", 90), ("'ɔ", 160), ("t", 70), ("ə", 50), ("v", 50), ("ð", 50), ("ɛ", 80), ("m", 90), ("", 300),
];

fn portrait(name: &str, landmarks: &str) -> (RgbImage, Landmarks) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pixels = image::open(root.join("../../fixtures/portraits").join(name)).unwrap().to_rgb8();
    let image = RgbImage {
        width: pixels.width() as usize,
        height: pixels.height() as usize,
        pixels: pixels.into_raw(),
    };
    let json = std::fs::read(root.join("tests/landmarks").join(landmarks)).unwrap();
    let points: Vec<[f32; 3]> = serde_json::from_slice(&json).unwrap();
    (image, Landmarks { points, score: 1.0 })
}

/// Shows all of a portrait at about 720 pixels.
fn enlarged(image: &RgbImage) -> Placement {
    let size = Size { width: image.width * 7 / 5, height: image.height * 7 / 5 };
    Placement::whole(image.size(), size)
}

/// A portrait with the astronaut's face: skin of one colour, on which `paint` paints.
pub(super) fn painted_portrait(paint: impl Fn(&FaceGeometry, &mut RgbImage)) -> PhotoAvatar {
    let (_, landmarks) = portrait(PORTRAITS[0].0, PORTRAITS[0].1);
    let mut image = RgbImage::filled(512, 512, [180, 140, 120]);
    paint(&FaceGeometry::new(&landmarks), &mut image);
    let placement = Placement::whole(image.size(), Size { width: 1024, height: 1024 });
    PhotoAvatar::prepare(&image, &landmarks, &placement).unwrap()
}

/// Both portraits.
pub(super) fn avatars() -> [PhotoAvatar; 2] {
    PORTRAITS.map(|(name, landmarks)| {
        let (image, landmarks) = portrait(name, landmarks);
        PhotoAvatar::prepare(&image, &landmarks, &enlarged(&image)).unwrap()
    })
}

/// The folder of the models: `$ROSTRUM_MODELS_DIR`, else the one `./dev setup` fills.
fn models_folder() -> PathBuf {
    let chosen = std::env::var_os("ROSTRUM_MODELS_DIR").map(PathBuf::from);
    chosen.or_else(|| Some(std::env::home_dir()?.join(".local/share/rostrum/models"))).unwrap()
}

/// Both portraits with their mattes, and where they are placed.
pub(super) fn matted_avatars() -> [(PhotoAvatar, Matte, Placement); 2] {
    let matting = Matting::load(&models_folder()).expect("models missing: run ./dev setup");
    PORTRAITS.map(|(name, landmarks)| {
        let (image, landmarks) = portrait(name, landmarks);
        let matte = matting.matte(&image, Some(&landmarks)).unwrap();
        let placement = enlarged(&image);
        let avatar = PhotoAvatar::prepare_matted(&image, &landmarks, &placement, &matte).unwrap();
        (avatar, matte, placement)
    })
}

/// Both portraits, without and with their mattes.
fn all_avatars() -> impl Iterator<Item = PhotoAvatar> {
    avatars().into_iter().chain(matted_avatars().map(|(avatar, ..)| avatar))
}

fn motion(expressiveness: Expressiveness) -> MotionTrack {
    let speech = SpeechTrack { phonemes: spans(PHRASE), ..SpeechTrack::default() };
    MotionTrack::plan(
        &speech,
        FRAMES_PER_SECOND,
        75,
        &MotionOptions { seed: 5, expressiveness, ..MotionOptions::default() },
    )
}

/// The frames shown while a span sounds, one more to each side of its middle excluded by the length of the contact.
fn frame_at(start_s: f64, end_s: f64) -> usize {
    ((f64::midpoint(start_s, end_s) - PICTURE_LEAD_S) * f64::from(FRAMES_PER_SECOND)).round() as usize
}

fn blank() -> RgbImage {
    RgbImage::filled(0, 0, [0; 3])
}

#[test]
fn lips_touch_on_every_p_b_and_m() {
    let track = motion(Expressiveness::Low);
    for avatar in avatars() {
        for span in spans(PHRASE).iter().filter(|span| ["p", "b", "m"].contains(&span.symbol.as_str())) {
            let frame = frame_at(span.start_s, span.end_s);
            let aperture = (frame.saturating_sub(1)..=frame + 1)
                .map(|i| avatar.lip_aperture(&track.poses[i]))
                .fold(f32::INFINITY, f32::min);
            assert!(aperture <= 0.01, "{span:?}: {aperture}");
        }
    }
}

/// Distance of the lips' inner edges in S, as the landmark model sees it in a drawn picture.
fn seen_aperture(models: &FaceModels, picture: &RgbImage) -> f32 {
    let face = models.find_portrait_face(picture).unwrap();
    let [upper, lower] = [UPPER_LIP_MIDDLE, LOWER_LIP_MIDDLE].map(|i| face.points[i]);
    (lower[0] - upper[0]).hypot(lower[1] - upper[1]) / face.eye_distance()
}

/// Measured twice: on the mesh in every frame, and in some pictures by the model that found the face.
#[test]
fn the_mouth_is_shut_80_ms_after_the_sound_and_in_every_long_silence() {
    let models = FaceModels::load(&models_folder()).expect("models missing: run ./dev setup");
    let speech = speech_with_silences();
    let track = MotionTrack::plan(&speech, FRAMES_PER_SECOND, 55, &MotionOptions::default());
    let silent = silent_frames(&speech, track.poses.len());
    let speaking = [0.57, 1.32, 1.67].map(|sound_s| frame_at(sound_s, sound_s));
    for avatar in all_avatars() {
        let (mut scratch, mut out) = (Scratch::default(), blank());
        let mut seen = |frame: usize| {
            // The lids' own movement is not what is judged.
            avatar.render(&Pose { blink: 0.0, ..track.poses[frame] }, &mut scratch, &mut out);
            seen_aperture(&models, &out)
        };
        for &frame in &silent {
            let aperture = avatar.lip_aperture(&track.poses[frame]);
            assert!(aperture <= 0.012, "frame {frame}: {aperture}");
        }
        for frame in silent.iter().step_by(2) {
            let aperture = seen(*frame);
            assert!(aperture < 0.03, "frame {frame}: {aperture} is seen");
        }
        for frame in speaking {
            let aperture = seen(frame);
            assert!(aperture > 0.06, "frame {frame}: {aperture} is seen");
        }
    }
}

#[test]
fn portraits_speak_blink_and_turn_as_when_they_were_looked_at() {
    let speaking = |viseme: Viseme| Pose { mouth: viseme.shape(), ..Pose::default() };
    let open = Viseme::Aa.shape();
    let poses = [
        ("rest", speaking(Viseme::Rest)),
        ("open", speaking(Viseme::Aa)),
        ("spread", speaking(Viseme::I)),
        ("rounded", speaking(Viseme::U)),
        ("lip on teeth", speaking(Viseme::Ff)),
        ("lids", Pose { blink: 1.0, ..speaking(Viseme::Rest) }),
        ("left", Pose { yaw: 0.06, pitch: 0.05, roll: 0.02, mouth: open, ..Pose::default() }),
        ("right", Pose { yaw: -0.06, pitch: -0.05, roll: -0.02, mouth: open, ..Pose::default() }),
    ];
    let size = Size { width: 128, height: 128 };
    let mut tiles = Vec::new();
    for (name, landmarks) in PORTRAITS {
        let (image, landmarks) = portrait(name, landmarks);
        let placement = close_up(&landmarks, size);
        let avatar = PhotoAvatar::prepare(&image, &landmarks, &placement).unwrap();
        for (pose_name, pose) in &poses {
            let mut out = blank();
            avatar.render(pose, &mut Scratch::default(), &mut out);
            tiles.push((format!("{name} {pose_name}"), out));
        }
    }
    assert_as_looked_at("portraits.png", poses.len(), &tiles);
}

/// Shows the face alone.
fn close_up(landmarks: &Landmarks, size: Size) -> Placement {
    let [nose, _, _] = landmarks.points[1];
    let side = 1.9 * landmarks.eye_distance();
    let top = landmarks.points[10][1] - 0.15 * landmarks.eye_distance();
    let crop = CropBox { x: (nose - side / 2.0).max(0.0), y: top.max(0.0), width: side, height: side };
    Placement { crop, size }
}

#[test]
fn the_lower_lip_touches_the_teeth_on_every_f_and_v_and_vowels_part_the_lips() {
    let track = motion(Expressiveness::Low);
    for avatar in avatars() {
        let face = &avatar.face;
        for span in spans(PHRASE) {
            let pose = &track.poses[frame_at(span.start_s, span.end_s).min(track.poses.len() - 1)];
            let deformed = Deformed::new(face, pose);
            match span.symbol.as_str() {
                "f" | "v" => {
                    let lip = deformed.vertices[LOWER_LIP_MIDDLE];
                    let shift = deformed.skull_shift;
                    let on_skull = face.frame.to_local([lip[0] - shift[0], lip[1] - shift[1]])[1] / face.unit;
                    assert!(on_skull <= upper_teeth_edge(face), "{span:?}: {on_skull}");
                    assert!(avatar.lip_aperture(pose) < 0.05, "{span:?}");
                }
                "ɑ" | "æ" | "ɔ" | "I" => assert!(avatar.lip_aperture(pose) > 0.06, "{span:?}"),
                _ => {}
            }
        }
    }
}

/// Poses at the ends of what motion planning asks for.
pub(super) fn extremes() -> Vec<Pose> {
    let mut poses = Vec::new();
    for viseme in Viseme::ALL {
        for blink in [0.0, 0.5, 1.0] {
            for (yaw, pitch, roll) in [
                (0.0, 0.0, 0.0),
                (0.06, 0.05, 0.02),
                (-0.06, 0.05, -0.02),
                (0.06, -0.05, 0.02),
                (-0.06, -0.05, 0.02),
            ] {
                let shift = [yaw * 0.2, pitch * 0.4];
                let mouth = viseme.shape();
                poses.push(Pose {
                    mouth,
                    blink,
                    brows: 0.8,
                    yaw,
                    pitch,
                    roll,
                    shift,
                    breath: 1.0,
                    ..Pose::default()
                });
            }
        }
    }
    poses
}

fn doubled_area(points: &[Point], triangle: [u16; 3]) -> f32 {
    let [a, b, c] = triangle.map(|i| points[usize::from(i)]);
    (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
}

/// A turned head hides slivers of itself beside nostrils, jaw and the far mouth corner; those may turn over.
#[test]
fn no_visible_triangle_turns_over_in_any_pose() {
    /// A triangle turned over by less than half the square of this length in S is a sliver.
    const SLIVER: f32 = 0.042;
    /// Share of the whole face that may be turned over.
    const SHARE: f32 = 0.0015;
    for avatar in avatars() {
        let FaceGeometry { vertices, unit, .. } = &avatar.face;
        let face: f32 = TRIANGLES.iter().map(|&triangle| doubled_area(vertices, triangle).abs()).sum();
        let (mut worst_share, mut worst): (f32, f32) = (0.0, 0.0);
        for pose in extremes() {
            let deformed = Deformed::new(&avatar.face, &pose);
            let mut turned = 0.0;
            for triangle in TRIANGLES {
                let rest = doubled_area(vertices, triangle);
                let now = doubled_area(&deformed.vertices, triangle) * rest.signum();
                worst = worst.min(now / unit.powi(2));
                turned += (-now).max(0.0);
            }
            worst_share = worst_share.max(turned / face);
        }
        assert!(
            worst_share < SHARE && worst > -SLIVER.powi(2),
            "{worst_share} of the face turned over, at worst {worst}"
        );
    }
}

#[test]
fn the_far_background_stands_still() {
    for avatar in all_avatars() {
        let moving = avatar.backdrop.moving().rect();
        let face = &avatar.face;
        let is_far = |x: usize, y: usize| {
            let follow = face.follow_at(face.frame.to_local([x as f32 + 0.5, y as f32 + 0.5]));
            follow.head == 0.0 && follow.shoulders == 0.0 && follow.jaw == 0.0
        };
        let mut scratch = Scratch::default();
        let mut out = blank();
        let (mut far, mut all, mut difference) = (0, 0, 0.0);
        for pose in extremes().iter().step_by(32) {
            avatar.render(pose, &mut scratch, &mut out);
            for (x, y) in (0..out.height).flat_map(|y| (0..out.width).map(move |x| (x, y))) {
                let (now, rest) = (out.at(x, y), avatar.still.at(x, y));
                let inside = (moving.x..moving.x + moving.width).contains(&x)
                    && (moving.y..moving.y + moving.height).contains(&y);
                assert!(inside || now == rest, "{x} {y}");
                all += 1;
                if is_far(x, y) {
                    far += 1;
                    difference +=
                        (0..3).map(|k| (f64::from(now[k]) - f64::from(rest[k])).abs()).sum::<f64>() / 3.0;
                }
            }
        }
        let share = f64::from(far) / f64::from(all);
        assert!(share > 0.05, "only {share} of the picture is far");
        let mean = difference / f64::from(far);
        assert!(mean < 0.2, "far background differs by {mean} grey levels");
    }
}

/// The broader a smile, the deeper its folds, which bend when the mouth narrows.
#[test]
fn a_broad_smile_narrows_less_to_say_oo() {
    let narrowing = |stretch: f32| {
        let (_, mut landmarks) = portrait(PORTRAITS[0].0, PORTRAITS[0].1);
        let middle = landmarks.points[LOWER_LIP_MIDDLE][0];
        let lips = UPPER_LIP.iter().chain(&LOWER_LIP).flatten().chain(MOUTH_CORNERS.iter().flatten());
        for &i in lips {
            let x = &mut landmarks.points[i][0];
            *x = middle + stretch * (*x - middle);
        }
        let face = FaceGeometry::new(&landmarks);
        let oo = Deformed::new(&face, &Pose { mouth: Viseme::U.shape(), ..Pose::default() });
        let width = |points: &[Point]| {
            let [left, right] = MOUTH_CORNERS[3].map(|i| face.frame.to_local(points[i])[0]);
            right - left
        };
        (face.mouth_half_width / face.unit, 1.0 - width(&oo.vertices) / width(&face.vertices))
    };
    let ((usual, usually), (broad, broadly)) = (narrowing(1.0), narrowing(1.25));
    assert!(usual < 0.34 && broad > 0.40, "{usual} {broad}");
    assert!(usually > 0.25 && broadly < 0.8 * usually, "{usually} {broadly}");
}

/// The lip goes down with the jaw; the skin right beneath it is held back by what is around it.
#[test]
fn skin_beneath_a_full_lower_lip_is_not_drawn_over_it() {
    let (_, mut landmarks) = portrait(PORTRAITS[1].0, PORTRAITS[1].1);
    // Lips so full that their edge is near the next vertices.
    let (lip, skin) = (17, 18);
    let near = 0.85 * (landmarks.points[skin][1] - landmarks.points[lip][1]);
    for i in LOWER_LIP[0] {
        landmarks.points[i][1] += near;
    }
    let face = FaceGeometry::new(&landmarks);
    for viseme in Viseme::ALL {
        let deformed = Deformed::new(&face, &Pose { mouth: viseme.shape(), ..Pose::default() });
        let height = |points: &[Point], i: usize| face.frame.to_local(points[i])[1];
        let gap = |points: &[Point]| height(points, skin) - height(points, lip);
        let share = gap(&deformed.vertices) / gap(&face.vertices);
        assert!(share > 0.69, "{viseme:?}: {share}");
    }
}

#[test]
fn what_a_turned_head_hides_is_drawn_before_what_hides_it() {
    let (_, mut landmarks) = portrait(PORTRAITS[0].0, PORTRAITS[0].1);
    let facing = FaceGeometry::new(&landmarks).vertices;
    let middle = landmarks.points[1];
    let (sine, cosine) = 35_f32.to_radians().sin_cos();
    for point in &mut landmarks.points {
        let (x, z) = (point[0] - middle[0], point[2] - middle[2]);
        (point[0], point[2]) = (middle[0] + x * cosine + z * sine, z * cosine - x * sine);
    }
    let face = FaceGeometry::new(&landmarks);
    let place = |triangle: &[u16; 3]| face.triangles.iter().position(|other| other == triangle).unwrap();
    // Positive where the triangle still shows its front.
    let shown = |&triangle: &[u16; 3]| {
        doubled_area(&face.vertices, triangle) * doubled_area(&facing, triangle).signum()
    };
    let depth =
        |triangle: &[u16; 3]| triangle.map(|i| landmarks.points[usize::from(i)][2]).iter().sum::<f32>();
    let mut hidden = 0;
    for away in TRIANGLES.iter().filter(|triangle| shown(triangle) < -4.0) {
        let corners = away.map(|i| face.vertices[usize::from(i)]);
        let centre = [0, 1].map(|k| corners.iter().map(|corner| corner[k]).sum::<f32>() / 3.0);
        for towards in TRIANGLES.iter().filter(|triangle| shown(triangle) > 4.0) {
            let outline = towards.map(|i| face.vertices[usize::from(i)]);
            // A nose's far side is not shown either, and yet before the cheek.
            if depth(towards) < depth(away) && deep_inside(&outline, centre, 0.0) {
                hidden += 1;
                assert!(place(away) < place(towards), "{away:?} over {towards:?}");
            }
        }
    }
    assert!(hidden > 5, "{hidden}");
    assert_eq!(face.triangles.len(), TRIANGLES.len());
}

#[test]
fn a_photo_without_colours_stays_without_when_it_speaks() {
    let (mut image, landmarks) = portrait(PORTRAITS[1].0, PORTRAITS[1].1);
    for pixel in image.pixels.as_chunks_mut::<3>().0 {
        let grey = pixel.iter().map(|channel| u16::from(*channel)).sum::<u16>() / 3;
        pixel.fill(grey as u8);
    }
    let avatar = PhotoAvatar::prepare(&image, &landmarks, &enlarged(&image)).unwrap();
    let mut out = blank();
    avatar.render(&Pose { mouth: Viseme::Aa.shape(), ..Pose::default() }, &mut Scratch::default(), &mut out);
    let colourful = |pixel: &&[u8; 3]| pixel.iter().max().unwrap() - pixel.iter().min().unwrap() > 3;
    assert_eq!(out.pixels.as_chunks::<3>().0.iter().filter(colourful).count(), 0);
}

/// Mean absolute difference of two pictures of one size, in grey levels.
fn difference(a: &RgbImage, b: &RgbImage) -> f64 {
    let sum: f64 = a.pixels.iter().zip(&b.pixels).map(|(a, b)| f64::from(a.abs_diff(*b))).sum();
    sum / a.pixels.len() as f64
}

#[test]
fn the_default_pose_is_the_portrait() {
    for avatar in all_avatars() {
        let mut out = blank();
        avatar.render(&Pose::default(), &mut Scratch::default(), &mut out);
        let difference = difference(&out, &avatar.still);
        assert!(difference < 0.1, "{difference}");
    }
}

/// Variance of the Laplacian of the green channel: a measure of sharpness.
fn sharpness(image: &RgbImage, area: Rect) -> f32 {
    let green = |x: usize, y: usize| f32::from(image.at(x, y)[1]);
    let mut values = Vec::with_capacity(area.width * area.height);
    for y in area.y..area.y + area.height {
        for x in area.x..area.x + area.width {
            values.push(
                green(x - 1, y) + green(x + 1, y) + green(x, y - 1) + green(x, y + 1) - 4.0 * green(x, y),
            );
        }
    }
    let mean = values.iter().sum::<f32>() / values.len() as f32;
    values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / values.len() as f32
}

#[test]
fn sharpness_outside_the_mouth_hardly_varies() {
    const FOREHEAD_TOP: usize = 10;
    const UNDER_NOSE: usize = 2;
    for avatar in all_avatars() {
        let face = &avatar.face.vertices;
        let (left, right) = (face[234][0] as usize, face[454][0] as usize);
        let (top, bottom) = (face[FOREHEAD_TOP][1] as usize, face[UNDER_NOSE][1] as usize);
        let area = Rect { x: left, y: top, width: right - left, height: bottom - top };
        let mut scratch = Scratch::default();
        let mut out = blank();
        let values: Vec<f32> = motion(Expressiveness::Low)
            .poses
            .iter()
            .filter(|pose| pose.blink == 0.0)
            .map(|pose| {
                avatar.render(pose, &mut scratch, &mut out);
                sharpness(&out, area)
            })
            .collect();
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / values.len() as f32;
        let variation = variance.sqrt() / mean;
        assert!(variation < 0.10, "{variation}");
    }
}

#[test]
fn a_frame_depends_on_its_pose_alone() {
    let track = motion(Expressiveness::High);
    for avatar in all_avatars() {
        let (mut scratch, mut out) = (Scratch::default(), blank());
        for i in [3, 50, 4, 4, 31, 12] {
            let before = out.clone();
            let dirty = avatar.render(&track.poses[i], &mut scratch, &mut out);
            let mut alone = blank();
            avatar.render(&track.poses[i], &mut Scratch::default(), &mut alone);
            assert!(out == alone, "frame {i}");
            if before.width > 0 {
                for (x, y) in (0..out.height).flat_map(|y| (0..out.width).map(move |x| (x, y))) {
                    let here = Rect { x, y, width: 1, height: 1 };
                    let told = dirty.iter().filter(|area| !area.intersection(here).is_empty()).count();
                    assert!(told <= 1, "{x} {y} is told {told} times");
                    assert!(told == 1 || before.at(x, y) == out.at(x, y), "{x} {y} outside {dirty:?}");
                }
            }
        }
    }
}

#[test]
fn threads_draw_the_same_pictures() {
    let [avatar, _] = avatars();
    let track = motion(Expressiveness::Low);
    let draw = |frames: std::ops::Range<usize>| -> Vec<RgbImage> {
        let (mut scratch, mut out) = (Scratch::default(), blank());
        frames
            .map(|i| {
                avatar.render(&track.poses[i], &mut scratch, &mut out);
                out.clone()
            })
            .collect()
    };
    let together = draw(10..16);
    let (first, second) = std::thread::scope(|scope| {
        let handles = [scope.spawn(|| draw(10..13)), scope.spawn(|| draw(13..16))];
        let [first, second] = handles.map(|handle| handle.join().unwrap());
        (first, second)
    });
    assert!(together == [first, second].concat());
}

#[test]
fn any_number_of_bands_draws_the_same_picture() {
    for mut avatar in all_avatars() {
        let draw = |avatar: &PhotoAvatar| {
            let (mut scratch, mut out) = (Scratch::default(), blank());
            let poses = extremes();
            let drawn = poses.iter().step_by(41).map(|pose| {
                avatar.render(pose, &mut scratch, &mut out);
                out.clone()
            });
            drawn.collect::<Vec<RgbImage>>()
        };
        let usual = draw(&avatar);
        for bands in [1, 2, 3, 7] {
            avatar.bands = bands;
            assert!(draw(&avatar) == usual, "{bands} bands");
        }
    }
}

#[test]
fn a_cropped_portrait_keeps_the_face_in_view() {
    let (image, landmarks) = portrait("astronaut.png", "astronaut.json");
    for (width, height) in [(640, 360), (360, 640), (300, 300)] {
        let placement = Placement::cover(image.size(), Size { width, height }, &landmarks);
        let avatar = PhotoAvatar::prepare(&image, &landmarks, &placement).unwrap();
        let mut out = blank();
        avatar.render(&extremes()[17], &mut Scratch::default(), &mut out);
        assert_eq!((out.width, out.height), (width, height));
    }
}

#[test]
fn unusable_input_is_refused() {
    let (image, landmarks) = portrait("astronaut.png", "astronaut.json");
    let size = Size { width: 256, height: 256 };
    let whole = Placement::whole(image.size(), size);
    let prepare = |image: &RgbImage, landmarks: &Landmarks, placement: &Placement| {
        PhotoAvatar::prepare(image, landmarks, placement).map(|_| ())
    };
    assert_eq!(prepare(&blank(), &landmarks, &whole), Err(AvatarError::BadImage));

    let huge = Placement { size: Size { width: 100_000, height: 10 }, ..whole };
    assert_eq!(prepare(&image, &landmarks, &huge), Err(AvatarError::BadPlacement));
    for width in [0.0, -5.0, 600.0, f32::NAN, f32::INFINITY] {
        let crop = CropBox { width, ..whole.crop };
        assert_eq!(prepare(&image, &landmarks, &Placement { crop, size }), Err(AvatarError::BadPlacement));
    }

    let few = Landmarks { points: vec![[0.0; 3]; 10], score: 1.0 };
    assert_eq!(prepare(&image, &few, &whole), Err(AvatarError::BadLandmarks));
    let nowhere = Landmarks { points: vec![[f32::NAN; 3]; 478], score: 1.0 };
    assert_eq!(prepare(&image, &nowhere, &whole), Err(AvatarError::BadLandmarks));
    let point = Landmarks { points: vec![[50.0, 50.0, 0.0]; 478], score: 1.0 };
    assert_eq!(prepare(&image, &point, &whole), Err(AvatarError::FaceOutOfView));

    let corner = CropBox { x: 300.0, y: 300.0, width: 200.0, height: 200.0 };
    let elsewhere = Placement { crop: corner, size };
    assert_eq!(prepare(&image, &landmarks, &elsewhere), Err(AvatarError::FaceOutOfView));
}

#[test]
fn wild_landmarks_and_poses_draw_something() {
    let (image, mut landmarks) = portrait("astronaut.png", "astronaut.json");
    for (i, point) in landmarks.points.iter_mut().enumerate().take(VERTEX_COUNT) {
        point[0] += (i * 37 % 101) as f32 * 0.2;
        point[2] = (i * 53 % 997) as f32 * 1e3;
    }
    let placement = Placement::whole(image.size(), Size { width: 128, height: 128 });
    if let Ok(avatar) = PhotoAvatar::prepare(&image, &landmarks, &placement) {
        let wild = Pose { yaw: 1e9, pitch: f32::NAN, roll: -40.0, blink: 50.0, ..Pose::default() };
        avatar.render(&wild, &mut Scratch::default(), &mut blank());
    }
}
