//! What is said of portraits that can be animated but will not look their best.

#[expect(dead_code, reason = "each test program uses a part")]
mod fixtures;

use fixtures::{PORTRAITS, portrait};
use rostrum_face::{FaceModels, Landmarks, Matting, PortraitQuality, PortraitWarning};
use rostrum_model::picture::RgbImage;

/// A fixture large enough to be without fault: twice its size, the pixels repeated and the steps smoothed.
fn enlarged(name: &str) -> (RgbImage, Landmarks) {
    let small = image::open(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/portraits").join(name),
    )
    .expect("the fixture is there")
    .to_rgb8();
    let (width, height) = (small.width() * 2, small.height() * 2);
    let large = image::imageops::resize(&small, width, height, image::imageops::FilterType::CatmullRom);
    let image = RgbImage { width: width as usize, height: height as usize, pixels: large.into_raw() };
    let models = FaceModels::load(&fixtures::models_dir()).expect("the models are sound");
    let face = models.find_portrait_face(&image).expect("it has a face");
    (image, face)
}

/// What is said of a picture of the face, which must still be a usable portrait.
fn warnings(image: &RgbImage) -> Vec<String> {
    let models = FaceModels::load(&fixtures::models_dir()).expect("the models are sound");
    let face = models.find_portrait_face(image).expect("it has a face");
    let quality = PortraitQuality::measure(image, &face).expect("it is sound");
    quality.warnings().iter().map(ToString::to_string).collect()
}

fn blurred(image: &RgbImage, sigma: f32) -> RgbImage {
    let raw = image::RgbImage::from_raw(image.width as u32, image.height as u32, image.pixels.clone());
    let pixels = image::imageops::blur(&raw.expect("the size is right"), sigma).into_raw();
    RgbImage { pixels, ..*image }
}

fn lit(image: &RgbImage, factor: f32) -> RgbImage {
    let pixels = image.pixels.iter().map(|&value| (f32::from(value) * factor) as u8).collect();
    RgbImage { pixels, ..*image }
}

#[test]
fn good_portraits_have_no_warnings_whatever_their_size() {
    assert_eq!(warnings(&portrait(PORTRAITS[1])), Vec::<String>::new());
    for name in PORTRAITS {
        assert_eq!(warnings(&enlarged(name).0), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn a_small_face_is_told_with_its_size_and_the_limit() {
    let [told] = &warnings(&portrait(PORTRAITS[0]))[..] else { panic!("not one warning") };
    assert_eq!(
        told,
        "the face is small: 61 px between the outer eye corners, 90 px or more look sharp; a larger or closer portrait \
         is better"
    );
}

#[test]
fn a_blurred_face_is_told_however_much_light_it_has() {
    for name in PORTRAITS {
        let (image, face) = enlarged(name);
        let soft = blurred(&image, face.eye_distance() / 40.0);
        for picture in [lit(&soft, 0.6), soft] {
            let told = warnings(&picture);
            assert!(told.len() == 1 && told[0].starts_with("the face is blurred: sharpness "), "{told:?}");
        }
        assert_eq!(warnings(&lit(&image, 0.6)), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn a_dark_and_an_overexposed_face_are_told() {
    let (image, _) = enlarged(PORTRAITS[1]);
    let told = warnings(&lit(&image, 0.25));
    assert!(told.len() == 1 && told[0].starts_with("the face is dark: its highlights"), "{told:?}");
    let told = warnings(&lit(&image, 2.5));
    assert!(told.len() == 1 && told[0].starts_with("the face is overexposed: "), "{told:?}");
}

/// A dark face before a bright wall, and the same wall behind a face with light on it.
#[test]
fn light_from_behind_is_told_and_a_white_wall_is_not() {
    let (image, face) = enlarged(PORTRAITS[1]);
    let matting = Matting::load(&fixtures::models_dir()).expect("the model is sound");
    let before_wall = |image: &RgbImage| {
        let matte = matting.matte(image, Some(&face)).expect("it is sound");
        let mut image = matte.before_colour(image, [255; 3]).expect("it is its picture");
        // The dark jacket is not what is behind.
        let below = (face.points[152][1] as usize + 200) * image.width * 3;
        image.pixels[below..].fill(255);
        image
    };
    assert_eq!(warnings(&before_wall(&image)), Vec::<String>::new());
    let told = warnings(&before_wall(&lit(&image, 0.4)));
    assert!(told.len() == 1 && told[0].starts_with("the light comes from behind"), "{told:?}");
}

#[test]
fn a_turned_head_is_told_before_it_is_refused() {
    let (image, face) = enlarged(PORTRAITS[1]);
    let mut quality = PortraitQuality::measure(&image, &face).unwrap();
    quality.yaw_degrees = -24.0;
    assert_eq!(quality.warnings(), [PortraitWarning::Turned(-24.0)]);
    assert!(PortraitWarning::Turned(-24.0).to_string().contains("24 degrees, up to 20 degrees"));
}

/// The picture with a polygon between landmarks painted over.
fn painted(image: &RgbImage, face: &Landmarks, outline: &[usize], colour: [u8; 3]) -> RgbImage {
    let corners: Vec<[f32; 2]> = outline.iter().map(|i| [face.points[*i][0], face.points[*i][1]]).collect();
    let mut painted = image.clone();
    for (i, pixel) in painted.pixels.chunks_exact_mut(3).enumerate() {
        let (x, y) = ((i % image.width) as f32, (i / image.width) as f32);
        let crossings = (0..corners.len()).filter(|k| {
            let ([ax, ay], [bx, by]) = (corners[*k], corners[(k + 1) % corners.len()]);
            (ay <= y) != (by <= y) && x < ax + (y - ay) * (bx - ax) / (by - ay)
        });
        if crossings.count() % 2 == 1 {
            pixel.copy_from_slice(&colour);
        }
    }
    painted
}

#[test]
fn what_is_before_mouth_or_eyes_is_told_and_glasses_are_not() {
    const MASK: [usize; 10] = [50, 4, 280, 361, 397, 378, 152, 149, 172, 132];
    const SHADES: [usize; 8] = [139, 105, 9, 334, 368, 346, 197, 117];
    for name in PORTRAITS {
        let (image, face) = enlarged(name);
        let measured = |image: &RgbImage| {
            let quality = PortraitQuality::measure(image, &face).unwrap();
            (quality.mouth_covered, quality.eyes_covered, quality.warnings())
        };
        let (mouth, eyes, _) = measured(&image);
        assert!(mouth < 0.2 && eyes < 0.4, "{name}: {mouth} {eyes}");
        for colour in [[90, 130, 190], [20, 20, 22], [60, 45, 35]] {
            let (mouth, eyes, told) = measured(&painted(&image, &face, &MASK, colour));
            assert!(mouth > 0.9 && eyes < 0.5, "{name} {colour:?}: {mouth} {eyes}");
            assert!(told.contains(&PortraitWarning::MouthCovered(mouth)), "{told:?}");
        }
        let (mouth, eyes, told) = measured(&painted(&image, &face, &SHADES, [20, 20, 22]));
        assert!(mouth < 0.2 && eyes > 0.9, "{name}: {mouth} {eyes}");
        assert!(told.contains(&PortraitWarning::EyesCovered(eyes)), "{told:?}");
    }
    let told = PortraitWarning::MouthCovered(0.8).to_string();
    assert!(told.contains("80 % of what is around it does not look like skin, up to 40 %"), "{told}");
}

#[test]
fn hostile_pictures_and_faces_are_measured_without_harm() {
    let tiny = RgbImage::filled(1, 1, [9; 3]);
    for place in [0.0, -1e30, f32::NAN, f32::INFINITY] {
        let face = Landmarks { points: vec![[place; 3]; 478], score: f32::NAN };
        let quality = PortraitQuality::measure(&tiny, &face).unwrap();
        let _ = quality.warnings();
    }
    let broken = RgbImage { width: 2, height: 2, pixels: Vec::new() };
    let face = Landmarks { points: vec![[0.0; 3]; 478], score: 1.0 };
    assert!(PortraitQuality::measure(&broken, &face).is_err());
}
