//! Following a face through frames in which its place is known.

#[expect(dead_code, reason = "each test program uses a part")]
mod fixtures;

use fixtures::{PORTRAITS, portrait};
use rostrum_face::{
    FaceError, FaceModels, FaceTrack, FaceTracker, FootageFault, Landmarks, Matte, Matting, VideoMatting,
};
use rostrum_model::picture::RgbImage;

fn models() -> FaceModels {
    FaceModels::load(&fixtures::models_dir()).expect("the models are sound")
}

/// How a portrait is shown in a frame: turned clockwise about its middle, enlarged, then moved.
#[derive(Debug, Clone, Copy)]
struct Place {
    degrees: f32,
    scale: f32,
    shift: [f32; 2],
}

const UPRIGHT: Place = Place { degrees: 0.0, scale: 1.0, shift: [0.0; 2] };

impl Place {
    /// Where a place of the portrait is in the frame.
    fn of(self, middle: [f32; 2], [x, y]: [f32; 2]) -> [f32; 2] {
        let (sine, cosine) = self.degrees.to_radians().sin_cos();
        let (dx, dy) = ((x - middle[0]) * self.scale, (y - middle[1]) * self.scale);
        [
            middle[0] + dx * cosine - dy * sine + self.shift[0],
            middle[1] + dx * sine + dy * cosine + self.shift[1],
        ]
    }

    /// The inverse of [`Place::of`].
    fn back(self, middle: [f32; 2], [x, y]: [f32; 2]) -> [f32; 2] {
        let (sine, cosine) = self.degrees.to_radians().sin_cos();
        let (dx, dy) = (x - middle[0] - self.shift[0], y - middle[1] - self.shift[1]);
        [
            middle[0] + (dx * cosine + dy * sine) / self.scale,
            middle[1] + (dy * cosine - dx * sine) / self.scale,
        ]
    }
}

fn middle(image: &RgbImage) -> [f32; 2] {
    [image.width as f32 / 2.0, image.height as f32 / 2.0]
}

/// The frame, with noise that depends on `seed`; what lies beyond the portrait is grey.
fn shown(image: &RgbImage, place: Place, noise: f32, seed: usize) -> RgbImage {
    let mut frame = RgbImage::filled(image.width, image.height, [90; 3]);
    let mut state = (seed as u32 + 1).wrapping_mul(0x9e37_79b9) | 1;
    for (i, pixel) in frame.pixels.chunks_exact_mut(3).enumerate() {
        let at = [(i % image.width) as f32 + 0.5, (i / image.width) as f32 + 0.5];
        let [x, y] = place.back(middle(image), at).map(|length| length - 0.5);
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let grain = noise * (((state & 0xffff) + (state >> 16)) as f32 / 65_535.0 - 1.0);
        let inside = x >= 0.0 && y >= 0.0 && x < (image.width - 1) as f32 && y < (image.height - 1) as f32;
        for (k, value) in pixel.iter_mut().enumerate() {
            if inside {
                let (left, top) = (x as usize, y as usize);
                let (right, down) = (x - left as f32, y - top as f32);
                let at = |i: usize, j: usize| f32::from(image.at(left + i, top + j)[k]);
                let upper = at(0, 0) + (at(1, 0) - at(0, 0)) * right;
                let lower = at(0, 1) + (at(1, 1) - at(0, 1)) * right;
                *value = (upper + (lower - upper) * down + grain).round().clamp(0.0, 255.0) as u8;
            }
        }
    }
    frame
}

fn track(models: &FaceModels, frames: impl Iterator<Item = RgbImage>) -> FaceTrack {
    let mut tracker = FaceTracker::new(models);
    for frame in frames {
        tracker.push(&frame).expect("the frame is sound");
    }
    tracker.finish()
}

/// Mean distance between a tracked face and the portrait's own in its place, in eye distances.
fn error(track: &FaceTrack, frame: usize, portrait: &Landmarks, place: Place, middle: [f32; 2]) -> f32 {
    let found = track.face(frame).unwrap_or_else(|| panic!("frame {frame} has no face"));
    let distances = found.points.iter().zip(&portrait.points).map(|(found, own)| {
        let [x, y] = place.of(middle, [own[0], own[1]]);
        (found[0] - x).hypot(found[1] - y)
    });
    distances.sum::<f32>() / found.points.len() as f32 / (portrait.eye_distance() * place.scale)
}

#[test]
fn a_head_that_tilts_by_20_degrees_to_both_sides_is_followed() {
    let models = models();
    for name in PORTRAITS {
        let image = portrait(name);
        let own = models.find_portrait_face(&image).unwrap();
        let place =
            |t: usize| Place { degrees: 20.0 * (t as f32 / 40.0 * std::f32::consts::TAU).sin(), ..UPRIGHT };
        let track = track(&models, (0..40).map(|t| shown(&image, place(t), 3.0, t)));
        assert_eq!(track.check(), Ok(()));
        let errors = (0..40).map(|t| error(&track, t, &own, place(t), middle(&image)));
        let worst = errors.fold(0.0, f32::max);
        assert!(worst < 0.03, "{name}: {worst} of the eye distance");
    }
}

#[test]
fn a_head_that_moves_and_grows_is_followed_without_lag() {
    let models = models();
    let image = portrait(PORTRAITS[0]);
    let own = models.find_portrait_face(&image).unwrap();
    let place = |t: usize| {
        let t = t as f32 - 12.0;
        Place { scale: 1.0 + 0.012 * t, shift: [4.0 * t, 1.5 * t], ..UPRIGHT }
    };
    let track = track(&models, (0..25).map(|t| shown(&image, place(t), 3.0, t)));
    for t in 0..25 {
        let found = error(&track, t, &own, place(t), middle(&image));
        // A frame of lag would be 4.3 pixels, 0.07 of the eye distance.
        assert!(found < 0.03, "frame {t}: {found}");
    }
}

#[test]
fn noise_makes_a_still_face_tremble_less_than_a_fifth_of_a_pixel() {
    let models = models();
    let image = portrait(PORTRAITS[1]);
    let track = track(&models, (0..20).map(|t| shown(&image, UPRIGHT, 6.0, t)));
    let mut moved = Vec::new();
    for t in 3..16 {
        let (Some(from), Some(to)) = (track.face(t), track.face(t + 1)) else { panic!("frame {t}") };
        let distances = from.points.iter().zip(&to.points).map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1]));
        moved.push(distances.sum::<f32>() / from.points.len() as f32);
    }
    let mean = moved.iter().sum::<f32>() / moved.len() as f32;
    println!("{mean} pixels");
    assert!(mean < 0.2, "{mean} pixels from frame to frame");
}

#[test]
fn short_gaps_are_bridged_long_ones_stay_and_the_face_is_found_again() {
    let models = models();
    let image = portrait(PORTRAITS[0]);
    let empty = RgbImage::filled(image.width, image.height, [90; 3]);
    let is_covered = |t: usize| (6..9).contains(&t) || (16..24).contains(&t);
    let frame = |t: usize| {
        if is_covered(t) {
            empty.clone()
        } else {
            shown(&image, Place { shift: [t as f32, 0.0], ..UPRIGHT }, 0.0, t)
        }
    };
    let track = track(&models, (0..34).map(frame));
    for t in 0..34 {
        assert_eq!(track.face(t).is_some(), !(16..24).contains(&t), "frame {t}");
    }
    let presences: Vec<f32> = (11..29).map(|t| track.presence(t)).collect();
    assert_eq!(presences[..6], [1.0, 0.8, 0.6, 0.4, 0.2, 0.0]);
    assert_eq!(presences[12..], [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
    assert_eq!((track.presence(0), track.presence(33)), (1.0, 1.0), "clips do not fade at their ends");
    assert!((track.usable_share() - 23.0 / 34.0).abs() < 1e-6);
    let kept = FaceTrack::from_bytes(&track.to_bytes()).unwrap();
    assert_eq!(kept, track);
}

#[test]
fn footage_of_nobody_of_several_and_of_tiny_people_is_refused() {
    let models = models();
    let image = portrait(PORTRAITS[0]);
    let fault = |frame: RgbImage| track(&models, std::iter::repeat_n(frame, 3)).check().unwrap_err().fault;
    assert_eq!(fault(RgbImage::filled(400, 300, [120; 3])), FootageFault::NoFace);

    let mut twice = RgbImage::filled(image.width * 2, image.height, [0; 3]);
    for y in 0..image.height {
        for x in 0..twice.width {
            let at = (y * twice.width + x) * 3;
            twice.pixels[at..at + 3].copy_from_slice(&image.at(x % image.width, y));
        }
    }
    assert_eq!(fault(twice), FootageFault::SeveralFaces);
    let tiny = shown(&image, Place { scale: 0.4, ..UPRIGHT }, 0.0, 0);
    let FootageFault::TooSmall { eye_distance_px, .. } = fault(tiny) else { panic!("not too small") };
    assert!((15.0..36.0).contains(&eye_distance_px), "{eye_distance_px}");
}

#[test]
fn frames_of_another_size_are_refused() {
    let models = models();
    let mut tracker = FaceTracker::new(&models);
    tracker.push(&RgbImage::filled(100, 80, [0; 3])).unwrap();
    let refused = tracker.push(&RgbImage::filled(80, 100, [0; 3]));
    assert!(matches!(refused, Err(FaceError::Picture { width: 80, height: 100, .. })), "{refused:?}");
    assert_eq!(tracker.frame_count(), 1);
}

/// Shares of a matte, every second pixel.
fn shares(image: &RgbImage, matte: &Matte) -> Vec<f32> {
    let places = (0..image.height).step_by(2).flat_map(|y| (0..image.width).step_by(2).map(move |x| (x, y)));
    places.map(|(x, y)| matte.share_at(x as f32 + 0.5, y as f32 + 0.5)).collect()
}

#[test]
fn the_edge_of_a_still_person_flickers_at_most_a_third_as_much_as_frame_by_frame() {
    let matting = Matting::load(&fixtures::models_dir()).unwrap();
    let image = portrait(PORTRAITS[0]);
    let own = models().find_portrait_face(&image).unwrap();
    let mut video = VideoMatting::new(&matting);
    let [mut smoothed, mut single] = [Vec::new(), Vec::new()];
    for t in 0..14 {
        let frame = shown(&image, UPRIGHT, 8.0, t);
        smoothed.push(shares(&frame, &video.matte(&frame, Some(&own)).unwrap()));
        single.push(shares(&frame, &matting.matte(&frame, Some(&own)).unwrap()));
    }
    let is_edge: Vec<bool> = single[0].iter().map(|share| (0.02..0.98).contains(share)).collect();
    let flicker = |mattes: &[Vec<f32>]| {
        let changes = mattes[4..].windows(2).flat_map(|pair| {
            pair[0]
                .iter()
                .zip(&pair[1])
                .zip(&is_edge)
                .filter(|(_, edge)| **edge)
                .map(|((a, b), _)| (a - b).abs())
        });
        changes.sum::<f32>()
    };
    let (smoothed, single) = (flicker(&smoothed), flicker(&single));
    println!("{smoothed} against {single}");
    assert!(smoothed * 3.0 < single, "{smoothed} against {single}");
}

#[test]
fn the_matte_of_a_moving_person_lags_less_than_two_pixels() {
    let matting = Matting::load(&fixtures::models_dir()).unwrap();
    let image = portrait(PORTRAITS[0]);
    for step in [0.5f32, 4.0] {
        let mut video = VideoMatting::new(&matting);
        let mut last = None;
        for t in 0..12 {
            let frame = shown(&image, Place { shift: [step * t as f32, 0.0], ..UPRIGHT }, 3.0, t);
            let smoothed = video.matte(&frame, None).unwrap();
            last = Some((smoothed, matting.matte(&frame, None).unwrap()));
        }
        let (smoothed, single) = last.unwrap();
        // Over which shift does the frame's own matte look most like the smoothed one?
        let rows = || (image.height / 4..image.height / 2).step_by(3);
        let difference = |shift: f32| {
            let places =
                rows().flat_map(|y| (20..image.width - 20).step_by(2).map(move |x| (x as f32, y as f32)));
            places.map(|(x, y)| (smoothed.share_at(x, y) - single.share_at(x + shift, y)).abs()).sum::<f32>()
        };
        let lags = (-12..=12).map(|quarter| quarter as f32 * 0.25);
        let lag = lags.min_by(|a, b| difference(*a).total_cmp(&difference(*b))).unwrap();
        println!("{step} pixels a frame: {lag} pixels");
        assert!(lag.abs() <= 1.5, "{step} pixels a frame: {lag} pixels");
    }
}

#[test]
fn after_a_cut_the_old_matte_is_forgotten() {
    let matting = Matting::load(&fixtures::models_dir()).unwrap();
    let image = portrait(PORTRAITS[0]);
    let empty = RgbImage::filled(image.width, image.height, [250; 3]);
    let mut video = VideoMatting::new(&matting);
    video.matte(&image, None).unwrap();
    let after = video.matte(&empty, None).unwrap();
    assert!(shares(&empty, &after) == shares(&empty, &matting.matte(&empty, None).unwrap()));
}
