//! Which pictures are accepted as portraits, and where the landmarks of the accepted ones lie.

#[expect(dead_code, reason = "each test program uses a part")]
mod fixtures;

use fixtures::{PORTRAITS, portrait};
use rostrum_face::{FaceError, FaceModels, Landmarks, PortraitError, PortraitRefusal};
use rostrum_model::picture::RgbImage;

fn models() -> FaceModels {
    FaceModels::load(&fixtures::models_dir()).expect("the models are sound")
}

fn refusal(image: &RgbImage) -> PortraitRefusal {
    match models().find_portrait_face(image) {
        Err(PortraitError::Refused(refusal)) => refusal,
        Ok(face) => panic!("accepted with its nose at {:?}", face.points[1]),
        Err(other) => panic!("not refused: {other:?}"),
    }
}

/// Pictures side by side, top edges level, on grey.
fn side_by_side(pictures: &[&RgbImage]) -> RgbImage {
    let height = pictures.iter().map(|picture| picture.height).max().unwrap_or(0);
    let mut pixels = Vec::new();
    for y in 0..height {
        for picture in pictures {
            match picture.pixels.chunks_exact(picture.width * 3).nth(y) {
                Some(row) => pixels.extend_from_slice(row),
                None => pixels.resize(pixels.len() + picture.width * 3, 128),
            }
        }
    }
    RgbImage { width: pictures.iter().map(|picture| picture.width).sum(), height, pixels }
}

/// The mean of every `factor` × `factor` pixels.
fn shrunk(picture: &RgbImage, factor: usize) -> RgbImage {
    let mut small = RgbImage::filled(picture.width / factor, picture.height / factor, [0; 3]);
    for (index, value) in small.pixels.iter_mut().enumerate() {
        let (pixel, channel) = (index / 3, index % 3);
        let (left, top) = (pixel % small.width * factor, pixel / small.width * factor);
        let sum: usize = (0..factor * factor)
            .map(|i| usize::from(picture.at(left + i % factor, top + i / factor)[channel]))
            .sum();
        *value = (sum / (factor * factor)) as u8;
    }
    small
}

/// A picture in the middle of a larger grey one.
fn framed(picture: &RgbImage, width: usize, height: usize) -> RgbImage {
    let mut frame = RgbImage::filled(width, height, [128; 3]);
    let (left, top) = ((width - picture.width) / 2, (height - picture.height) / 2);
    for (y, row) in picture.pixels.chunks_exact(picture.width * 3).enumerate() {
        let start = ((top + y) * width + left) * 3;
        frame.pixels[start..start + row.len()].copy_from_slice(row);
    }
    frame
}

fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

#[test]
fn each_portrait_has_exactly_one_frontal_face() {
    let models = models();
    for name in PORTRAITS {
        let image = portrait(name);
        let faces = models.detect(&image).unwrap();
        assert_eq!(faces.len(), 1, "{name}");
        let landmarks = models.find_portrait_face(&image).unwrap();
        assert_eq!(landmarks.points.len(), rostrum_face::LANDMARK_COUNT);
        assert!(landmarks.score > 0.99, "{name}: {}", landmarks.score);
        assert!(landmarks.yaw_degrees().abs() < 10.0, "{name}: {}", landmarks.yaw_degrees());
        let [left, top, right, bottom] = faces[0].bounds;
        let [nose_x, nose_y, _] = landmarks.points[1];
        assert!(left < nose_x && nose_x < right && top < nose_y && nose_y < bottom);
    }
}

/// MediaPipe looks at its points once, at a slightly different crop; see the test of the mesh for equal crops.
#[test]
fn landmarks_lie_where_the_reference_has_them() {
    // Corners and middles of both lips, outside and inside.
    let lips = [61, 291, 0, 17, 78, 308, 13, 14, 40, 270, 91, 321];
    let models = models();
    for name in PORTRAITS {
        let ours = models.find_portrait_face(&portrait(name)).unwrap();
        let theirs = Landmarks { points: fixtures::reference_landmarks(name).points, score: 1.0 };
        let unit = theirs.eye_distance();
        assert!((ours.eye_distance() / unit - 1.0).abs() < 0.03, "{name}: {}", ours.eye_distance());
        let all: f32 = ours.points.iter().zip(&theirs.points).map(|(a, b)| distance(*a, *b)).sum();
        assert!(all / 478.0 < 0.02 * unit, "{name}: {}", all / 478.0);
        let lip_sum: f32 = lips.iter().map(|&i| distance(ours.points[i], theirs.points[i])).sum();
        assert!(lip_sum / 12.0 < 1.5, "{name}: {}", lip_sum / 12.0);
    }
}

#[test]
fn the_same_picture_gives_the_same_points_on_any_thread() {
    let models = models();
    let image = portrait(PORTRAITS[0]);
    let once = models.find_portrait_face(&image).unwrap();
    std::thread::scope(|scope| {
        let runs: Vec<_> =
            (0..3).map(|_| scope.spawn(|| models.find_portrait_face(&image).unwrap())).collect();
        for run in runs {
            assert_eq!(run.join().unwrap(), once);
        }
    });
}

#[test]
fn pictures_without_a_face_are_refused() {
    let mut noise = RgbImage::filled(400, 300, [0; 3]);
    let mut state = 1u32;
    for byte in &mut noise.pixels {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = (state >> 24) as u8;
    }
    let mut gradient = RgbImage::filled(300, 400, [0; 3]);
    for (index, byte) in gradient.pixels.iter_mut().enumerate() {
        *byte = (index / 3 / 300 * 255 / 400) as u8;
    }
    for image in
        [noise, gradient, RgbImage::filled(640, 480, [200, 180, 170]), RgbImage::filled(1, 1, [9; 3])]
    {
        assert_eq!(refusal(&image), PortraitRefusal::NoFace, "{image:?}");
    }
}

#[test]
fn two_faces_are_refused() {
    let [first, second] = PORTRAITS.map(portrait);
    for pair in [[&first, &second], [&first, &first], [&second, &second]] {
        assert_eq!(refusal(&side_by_side(&pair)), PortraitRefusal::SeveralFaces { count: 2 });
    }
    assert_eq!(
        PortraitRefusal::SeveralFaces { count: 2 }.to_string(),
        "2 faces were found, exactly one is needed; crop the picture to one person"
    );
}

#[test]
fn a_tiny_face_beside_the_portrait_is_ignored() {
    let [second, first] = PORTRAITS.map(portrait);
    let tiny = shrunk(&second, 2);
    let image = side_by_side(&[&first, &tiny]);
    assert!(models().find_portrait_face(&image).is_ok());
}

#[test]
fn a_small_face_is_refused_with_its_size() {
    let small = framed(&shrunk(&portrait(PORTRAITS[0]), 2), 300, 300);
    let refusal = refusal(&small);
    let PortraitRefusal::TooSmall { eye_distance_px, minimum_px } = refusal else { panic!("{refusal:?}") };
    assert!((25.0..36.0).contains(&eye_distance_px) && minimum_px == 48.0, "{eye_distance_px}");
    assert_eq!(
        refusal.to_string(),
        format!(
            "the face is too small: {eye_distance_px:.0} px between the outer eye corners, at least 48 px are \
             needed; upload a larger or closer portrait"
        )
    );
}

#[test]
fn the_full_range_detector_finds_a_face_too_small_for_the_other() {
    let far = framed(&shrunk(&portrait(PORTRAITS[1]), 2), 1200, 900);
    let faces = models().detect(&far).unwrap();
    assert_eq!(faces.len(), 1, "{faces:?}");
    let [left, _, right, _] = faces[0].bounds;
    assert!((60.0..140.0).contains(&(right - left)), "{faces:?}");
}

#[test]
fn a_turned_picture_gives_turned_landmarks() {
    let image = portrait(PORTRAITS[1]);
    // A quarter of the way round is too much for the detector; 20 degrees are not.
    let (sine, cosine) = 20f32.to_radians().sin_cos();
    let (center_x, center_y) = (image.width as f32 / 2.0, image.height as f32 / 2.0);
    let mut turned = RgbImage::filled(image.width, image.height, [128; 3]);
    for y in 0..image.height {
        for x in 0..image.width {
            let (u, v) = (x as f32 - center_x, y as f32 - center_y);
            let (from_x, from_y) = (center_x + u * cosine + v * sine, center_y + v * cosine - u * sine);
            if from_x >= 0.0
                && from_y >= 0.0
                && (from_x as usize) < image.width
                && (from_y as usize) < image.height
            {
                let start = (y * image.width + x) * 3;
                turned.pixels[start..start + 3].copy_from_slice(&image.at(from_x as usize, from_y as usize));
            }
        }
    }
    let models = models();
    let upright = models.find_portrait_face(&image).unwrap();
    let landmarks = models.find_portrait_face(&turned).unwrap();
    let expected = upright.points.iter().map(|&[x, y, _]| {
        let (u, v) = (x - center_x, y - center_y);
        [center_x + u * cosine - v * sine, center_y + u * sine + v * cosine, 0.0]
    });
    let sum: f32 =
        landmarks.points.iter().zip(expected).map(|(point, expected)| distance(*point, expected)).sum();
    assert!(sum / 478.0 < 0.02 * upright.eye_distance(), "{}", sum / 478.0);
}

#[test]
fn a_picture_with_missing_pixels_is_an_error() {
    let mut image = RgbImage::filled(40, 30, [0; 3]);
    image.pixels.pop();
    assert!(matches!(
        models().detect(&image),
        Err(FaceError::Picture { width: 40, height: 30, bytes: 3599 })
    ));
    let empty = RgbImage { width: 0, height: 0, pixels: Vec::new() };
    assert!(matches!(
        models().find_portrait_face(&empty),
        Err(PortraitError::Engine(FaceError::Picture { .. }))
    ));
}

#[test]
fn missing_models_are_named() {
    let error = FaceModels::load(std::path::Path::new("/nowhere")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot read the face model /nowhere/face/face_detection_short_range.tflite"
    );
}
