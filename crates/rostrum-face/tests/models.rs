//! The interpreter on the real model files: outputs against those of `LiteRT`, and damaged files.

#[expect(dead_code, reason = "each test program uses a part")]
mod fixtures;

use std::collections::HashMap;

use rostrum_face::tflite::{Model, ModelError};

const FILES: [&str; 4] = [
    "face_detection_full_range",
    "face_detection_short_range",
    "face_landmark_with_attention",
    "selfie_segmentation",
];

fn file(name: &str) -> Vec<u8> {
    let path = fixtures::models_dir().join("face").join(format!("{name}.tflite"));
    std::fs::read(path).expect("models missing: run ./dev setup")
}

/// What `LiteRT` 2 computes for an output: statistics of all its numbers, and some of them.
#[derive(Debug, serde::Deserialize)]
struct ReferenceTensor {
    length: usize,
    mean: f64,
    rms: f64,
    at: Vec<usize>,
    values: Vec<f32>,
}

/// The astronaut at `size` × `size` pixels, the nearest one up and left taken for each.
fn input(size: usize, range: [f32; 2]) -> Vec<f32> {
    let image = fixtures::portrait(fixtures::PORTRAITS[0]);
    let place = |i: usize| i * 512 / size;
    (0..size * size)
        .flat_map(|i| image.at(place(i % size), place(i / size)))
        .map(|part| range[0] + (range[1] - range[0]) * (f32::from(part) / 255.0))
        .collect()
}

#[test]
fn outputs_are_those_of_the_reference_runtime() {
    let text = include_str!("data/reference_tensors.json");
    let models: HashMap<String, HashMap<String, ReferenceTensor>> = serde_json::from_str(text).unwrap();
    for (name, tensors) in models {
        let model = Model::load(&file(&name)).unwrap();
        let range = if name == "selfie_segmentation" { [0.0, 1.0] } else { [-1.0, 1.0] };
        let outputs = model.run(input(model.input_shape()[1], range)).unwrap();
        for (tensor, reference) in tensors {
            let output = &outputs[model.find_output(&tensor, reference.length).unwrap()];
            let count = output.len() as f64;
            let mean = output.iter().map(|&x| f64::from(x)).sum::<f64>() / count;
            let rms = (output.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / count).sqrt();
            assert!((mean - reference.mean).abs() < 1e-4, "{name} {tensor}: mean {mean}");
            assert!((rms - reference.rms).abs() < 1e-4, "{name} {tensor}: rms {rms}");
            for (&index, &value) in reference.at.iter().zip(&reference.values) {
                assert!((output[index] - value).abs() < 5e-4, "{name} {tensor}[{index}]: {}", output[index]);
            }
        }
    }
}

#[test]
fn an_input_of_another_length_is_refused() {
    let model = Model::load(&file(FILES[1])).unwrap();
    assert_eq!(
        model.run(vec![0.0; 7]).unwrap_err(),
        ModelError::InputLength { expected: 128 * 128 * 3, given: 7 }
    );
}

#[test]
fn one_model_is_not_taken_for_another() {
    let model = Model::load(&file(FILES[1])).unwrap();
    assert!(matches!(model.find_output("output_lips", 160), Err(ModelError::WrongModel(_))));
    assert!(matches!(model.find_output("regressors", 160), Err(ModelError::WrongModel(_))));
}

#[test]
fn truncated_files_are_refused() {
    assert!(Model::load(&[]).is_err());
    for name in FILES {
        let file = file(name);
        for step in 0..200 {
            let length = file.len() * step / 200;
            assert!(Model::load(&file[..length]).is_err(), "{name} cut to {length} bytes");
        }
    }
}

/// Flips bytes, mostly where the structure lies (the weights are far more bytes), and runs what still loads.
#[test]
fn damaged_files_never_panic() {
    let mut state = 7u32;
    let mut random = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    let name = "face_detection_short_range";
    let intact = file(name);
    let input = vec![0.5; 128 * 128 * 3];
    let mut loaded = 0;
    for _ in 0..400 {
        let mut damaged = intact.clone();
        for _ in 0..=random(4) {
            // Tables lie at both ends of the file.
            let near = random(damaged.len().min(24_000));
            let position = if random(2) == 0 { near } else { damaged.len() - 1 - near };
            damaged[position] = random(256) as u8;
        }
        if let Ok(model) = Model::load(&damaged) {
            loaded += 1;
            if loaded % 10 == 0 {
                let _ = model.run(input.clone());
            }
        }
    }
    assert!(loaded > 0, "some damage must go unnoticed, or nothing was tested");
}
