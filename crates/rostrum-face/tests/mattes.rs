//! How well a person is told from the background.

#[expect(dead_code, reason = "each test program uses a part")]
mod fixtures;

use fixtures::{PORTRAITS, portrait};
use rostrum_face::{FaceError, FaceModels, Landmarks, Matte, Matting};
use rostrum_model::picture::RgbImage;

fn matting() -> Matting {
    Matting::load(&fixtures::models_dir()).expect("the model is sound")
}

/// A portrait with its face and its matte.
fn matted(name: &str) -> (RgbImage, Landmarks, Matte) {
    let image = portrait(name);
    let models = FaceModels::load(&fixtures::models_dir()).expect("the models are sound");
    let face = models.find_portrait_face(&image).expect("it has a face");
    let matte = matting().matte(&image, Some(&face)).expect("it is sound");
    (image, face, matte)
}

/// Places in the face: all landmarks, a tenth of the way to the tip of the nose, because those of the outline lie on the
/// outline.
fn inside_the_face(face: &Landmarks) -> impl Iterator<Item = (f32, f32)> {
    let [nose_x, nose_y, _] = face.points[1];
    face.points.iter().map(move |[x, y, _]| (x + 0.1 * (nose_x - x), y + 0.1 * (nose_y - y)))
}

/// Shares of all pixels, row by row.
fn shares(image: &RgbImage, matte: &Matte) -> Vec<f32> {
    let place = |i: usize| ((i % image.width) as f32 + 0.5, (i / image.width) as f32 + 0.5);
    (0..image.width * image.height).map(place).map(|(x, y)| matte.share_at(x, y)).collect()
}

#[test]
fn the_face_is_the_person_and_the_upper_corners_are_not() {
    for name in PORTRAITS {
        let (image, face, matte) = matted(name);
        for (x, y) in inside_the_face(&face) {
            assert!(matte.share_at(x, y) > 0.98, "{name}: {} at {x} {y}", matte.share_at(x, y));
        }
        let side = image.width / 10;
        for (x, y) in (0..side).flat_map(|y| (0..side).map(move |x| (x as f32 + 0.5, y as f32 + 0.5))) {
            for x in [x, image.width as f32 - x] {
                assert!(matte.share_at(x, y) < 0.02, "{name}: {} at {x} {y}", matte.share_at(x, y));
            }
        }
    }
}

/// Measured by eye on the cut-outs: 0.49 for the astronaut with her helmet, 0.60 for Grace Hopper.
#[test]
fn the_person_covers_the_share_of_the_picture_that_she_does() {
    for (name, range) in PORTRAITS.into_iter().zip([0.44..0.56, 0.54..0.68]) {
        let (image, _, matte) = matted(name);
        let shares = shares(&image, &matte);
        let mean = shares.iter().sum::<f32>() / shares.len() as f32;
        assert!(range.contains(&mean), "{name}: {mean}");
    }
}

#[test]
fn the_edge_of_hair_is_soft_and_the_rest_is_decided() {
    for name in PORTRAITS {
        let (image, face, matte) = matted(name);
        let shares = shares(&image, &matte);
        let undecided = |from: usize, to: usize| {
            let part = &shares[from * image.width..to * image.width];
            let soft = part.iter().filter(|share| (0.05..0.95).contains(*share)).count();
            soft as f32 / part.len() as f32
        };
        let chin = face.points[152][1] as usize;
        let (head, all) = (undecided(0, chin), undecided(0, image.height));
        assert!((0.003..0.05).contains(&head) && all < 0.06, "{name}: {head} of the head, {all} of all");
    }
}

#[test]
fn the_head_is_looked_at_once_more() {
    let (image, _, closer) = matted(PORTRAITS[1]);
    let once = matting().matte(&image, None).unwrap();
    let (closer, once) = (shares(&image, &closer), shares(&image, &once));
    let difference: f32 = closer.iter().zip(&once).map(|(a, b)| (a - b).abs()).sum();
    assert!(difference > 100.0, "{difference}");
}

#[test]
fn a_cut_out_keeps_the_face_and_nothing_of_the_background() {
    for name in PORTRAITS {
        let (image, face, matte) = matted(name);
        let green = [0, 177, 64];
        let cut = matte.before_colour(&image, green).unwrap();
        assert_eq!(cut.at(3, 3), green, "{name}");
        for (x, y) in inside_the_face(&face) {
            let (given, kept) = (image.at(x as usize, y as usize), cut.at(x as usize, y as usize));
            assert!(given.iter().zip(kept).all(|(a, b)| a.abs_diff(b) < 8), "{name}: {given:?} {kept:?}");
        }
    }
}

/// Mixed half and half with white, black hair is grey; before black it must not stay grey.
#[test]
fn a_soft_edge_loses_the_old_backgrounds_colour() {
    let (image, face, matte) = matted(PORTRAITS[0]);
    let mut white = matte.before_colour(&image, [255; 3]).unwrap();
    let again = matting().matte(&white, Some(&face)).unwrap();
    let black = again.before_colour(&white, [0; 3]).unwrap();
    let chin = face.points[152][1] as usize;
    let (mut halo, mut soft) = (0, 0);
    for (x, y) in (0..chin).flat_map(|y| (0..image.width).map(move |x| (x, y))) {
        if (0.05..0.6).contains(&again.share_at(x as f32 + 0.5, y as f32 + 0.5)) {
            soft += 1;
            halo += usize::from(black.at(x, y)[0] > 150);
        }
    }
    assert!(soft > 100 && halo * 20 < soft, "{halo} of {soft}");
    white.pixels.truncate(10);
    assert!(matches!(again.before_colour(&white, [0; 3]), Err(FaceError::Picture { bytes: 10, .. })));
}

#[test]
fn a_picture_without_a_person_has_an_almost_empty_matte() {
    let plain = RgbImage::filled(300, 200, [120, 140, 160]);
    let mut gradient = RgbImage::filled(200, 300, [0; 3]);
    for (i, byte) in gradient.pixels.iter_mut().enumerate() {
        *byte = (i / 600 * 255 / 300) as u8;
    }
    for image in [plain, gradient] {
        let matte = matting().matte(&image, None).unwrap();
        let shares = shares(&image, &matte);
        let mean = shares.iter().sum::<f32>() / shares.len() as f32;
        assert!(mean < 0.1, "{image:?}: {mean}");
    }
}

#[test]
fn pictures_of_any_size_have_a_matte() {
    let matting = matting();
    for (width, height) in [(1, 1), (2, 9), (1, 4000), (5000, 2), (2900, 2100)] {
        let image = RgbImage::filled(width, height, [200, 100, 50]);
        let wild = Landmarks { points: vec![[-1e9, 1e9, 0.0], [f32::NAN; 3], [1e9, -1e9, 0.0]], score: 1.0 };
        for face in [None, Some(&wild)] {
            let matte = matting.matte(&image, face).unwrap();
            let share = matte.share_at(width as f32 / 2.0, height as f32 / 2.0);
            assert!((0.0..=1.0).contains(&share), "{image:?}: {share}");
            assert_eq!(matte.before_colour(&image, [1; 3]).unwrap().pixels.len(), image.pixels.len());
        }
    }
    let broken = RgbImage { width: 10, height: 10, pixels: vec![0; 299] };
    assert!(matches!(matting.matte(&broken, None), Err(FaceError::Picture { bytes: 299, .. })));
}

/// Larger pictures are looked at smaller, and the outline still lies where it does.
#[test]
fn a_large_picture_has_the_matte_of_a_small_one() {
    let (image, face, matte) = matted(PORTRAITS[0]);
    let factor = 5;
    let mut large = RgbImage::filled(image.width * factor, image.height * factor, [0; 3]);
    for (i, pixel) in large.pixels.chunks_exact_mut(3).enumerate() {
        let (x, y) = (i % large.width / factor, i / large.width / factor);
        pixel.copy_from_slice(&image.at(x, y));
    }
    let enlarged = face.points.iter().map(|point| point.map(|length| length * factor as f32)).collect();
    let enlarged = Landmarks { points: enlarged, score: face.score };
    let same = matting().matte(&large, Some(&enlarged)).unwrap();
    let mut difference = 0.0;
    for (x, y) in
        (0..image.height).flat_map(|y| (0..image.width).map(move |x| (x as f32 + 0.5, y as f32 + 0.5)))
    {
        difference += (matte.share_at(x, y) - same.share_at(x * factor as f32, y * factor as f32)).abs();
    }
    let mean = difference / (image.width * image.height) as f32;
    assert!(mean < 0.02, "{mean}");
}

#[test]
fn a_missing_model_is_named_and_the_others_do_without() {
    let error = Matting::load(std::path::Path::new("/nowhere")).unwrap_err();
    assert_eq!(error.to_string(), "cannot read the face model /nowhere/face/selfie_segmentation.tflite");
    // A folder as installations had it before mattes.
    let folder = std::env::temp_dir().join(format!("rostrum-face-without-matte-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("face")).unwrap();
    for entry in std::fs::read_dir(fixtures::models_dir().join("face")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if !name.to_string_lossy().starts_with("selfie") {
            std::fs::copy(&path, folder.join("face").join(name)).unwrap();
        }
    }
    let (faces, matting) = (FaceModels::load(&folder), Matting::load(&folder));
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(faces.is_ok() && matches!(matting, Err(FaceError::Read { .. })));
}
