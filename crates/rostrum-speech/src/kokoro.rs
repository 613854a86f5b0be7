//! The Kokoro network: symbols in, samples and the length of each symbol out.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, Tensor};

use crate::engine::Delivery;
use crate::error::SpeechError;
use crate::recipe::PITCH;
use crate::timeline::Utterance;
use crate::voices::Voice;

/// File of the network inside the speech folder, as made by [`crate::recipe::patch_kokoro`].
pub const MODEL_FILE: &str = "kokoro-v1.0-int8-pitch.onnx";
/// Most symbols in one run, the two pads at its ends not counted.
pub(crate) const MAX_TOKENS: usize = 510;
/// Samples in one unit of duration: 25 ms.
const FRAME_SAMPLES: usize = 600;
/// The voice is heard this long before the durations say so: 55 ms. Measured with five voices: there the hiss falls best
/// on s, z and ʃ, and the level best on the vowels; the peak is sharp and the same for all of them.
const HEARD_EARLIER: usize = 1320;
/// The pad symbol at both ends of a run.
const PAD: i32 = 0;
/// Numbers in a style row.
const STYLE_WIDTH: usize = 256;
/// Rows in a style file; the row is picked by the number of symbols.
const STYLE_ROWS: usize = 510;
/// The tensor that holds the durations before they are spread over time.
const DURATIONS: &str = "/encoder/Clip_output_0";

/// A voice and its share in how a run sounds.
pub(crate) type Style = (&'static Voice, f32);

/// The loaded network.
pub(crate) struct Kokoro {
    model: Model,
    tokens: NodeId,
    style: NodeId,
    speed: NodeId,
    pitch: NodeId,
    audio: NodeId,
    durations: NodeId,
    vocabulary: HashMap<char, i32>,
    voices_dir: PathBuf,
}

impl Kokoro {
    /// Loads the network and its alphabet from the speech folder.
    pub(crate) fn load(speech_dir: &Path) -> Result<Self, SpeechError> {
        let path = speech_dir.join(MODEL_FILE);
        let bytes =
            fs::read(&path).map_err(|source| SpeechError::ModelFile { path: path.clone(), source })?;
        let damaged = |what, source| SpeechError::ModelDamaged { path: path.clone(), what, source };
        let mut options = ModelOptions::with_all_ops();
        options.prepack_weights(true);
        let model =
            options.load(bytes).map_err(|error| damaged("not a loadable network", Some(error.into())))?;
        let node =
            |name| model.node_id(name).map_err(|error| damaged("a tensor is missing", Some(error.into())));
        Ok(Self {
            tokens: node("tokens")?,
            style: node("style")?,
            speed: node("speed")?,
            pitch: node(PITCH)?,
            audio: node("audio")?,
            durations: node(DURATIONS)?,
            vocabulary: vocabulary(&speech_dir.join("kokoro-vocab.json"))?,
            voices_dir: speech_dir.join("voices"),
            model,
        })
    }

    /// Whether the network can sound this symbol.
    pub(crate) fn knows(&self, symbol: char) -> bool {
        self.vocabulary.contains_key(&symbol)
    }

    /// The style file of a voice.
    pub(crate) fn style_file(&self, voice: &Voice) -> PathBuf {
        self.voices_dir.join(voice.id).with_extension("bin")
    }

    /// Sounds 1 to [`MAX_TOKENS`] symbols; unknown symbols are passed over and have no entry in the durations.
    pub(crate) fn speak(
        &self,
        symbols: &[char],
        styles: &[Style],
        Delivery { speed, pitch }: Delivery,
        pool: &Arc<ThreadPool>,
    ) -> Result<Utterance, SpeechError> {
        debug_assert!((1..=MAX_TOKENS).contains(&symbols.len()), "phrases are cut to fit");
        let ids = symbols.iter().filter_map(|symbol| self.vocabulary.get(symbol).copied());
        let tokens: Vec<i32> = [PAD].into_iter().chain(ids).chain([PAD]).collect();
        let count = tokens.len();
        let style = self.style(styles, count - 2)?;
        let inference = |error: rten::RunError| SpeechError::Inference(error.into());
        let outputs = self
            .model
            .run_n(
                vec![
                    (self.tokens, NdTensor::from_data([1, count], tokens).into()),
                    (self.style, NdTensor::from_data([1, STYLE_WIDTH], style).into()),
                    (self.speed, NdTensor::from_data([1], vec![speed]).into()),
                    (self.pitch, NdTensor::from_data([1], vec![(pitch / 12.0).exp2()]).into()),
                ],
                [self.audio, self.durations],
                Some(RunOptions::default().with_thread_pool(Some(Arc::clone(pool)))),
            )
            .map_err(inference)?;
        let [samples, frames] = outputs.map(|value| {
            Tensor::<f32>::try_from(value)
                .map(|tensor| tensor.to_vec())
                .map_err(|error| SpeechError::Inference(error.into()))
        });
        check(samples?, &frames?, count)
    }

    /// The weighted mean of styles for a phrase of this many symbols.
    fn style(&self, styles: &[Style], symbols: usize) -> Result<Vec<f32>, SpeechError> {
        let mut mean = vec![0.0; STYLE_WIDTH];
        for (voice, share) in styles {
            for (sum, number) in mean.iter_mut().zip(self.style_row(voice, symbols)?) {
                *sum += share * number;
            }
        }
        Ok(mean)
    }

    /// A voice's style for a phrase of this many symbols.
    fn style_row(&self, voice: &Voice, symbols: usize) -> Result<Vec<f32>, SpeechError> {
        let path = self.style_file(voice);
        let row_bytes = STYLE_WIDTH * size_of::<f32>();
        let row = symbols.min(STYLE_ROWS - 1);
        let mut bytes = vec![0; row_bytes];
        fs::File::open(&path)
            .and_then(|mut file| {
                file.seek(io::SeekFrom::Start((row * row_bytes) as u64))?;
                file.read_exact(&mut bytes)
            })
            .map_err(|source| SpeechError::ModelFile { path, source })?;
        let (numbers, _) = bytes.as_chunks::<4>();
        Ok(numbers.iter().map(|number| f32::from_le_bytes(*number)).collect())
    }
}

/// Refuses sound that is not a number or does not fit its durations.
fn check(samples: Vec<f32>, frames: &[f32], count: usize) -> Result<Utterance, SpeechError> {
    let unusable = |what| SpeechError::UnusableSound { what };
    if !samples.iter().all(|sample| sample.is_finite()) {
        return Err(unusable("samples that are not numbers"));
    }
    if frames.len() != count || !frames.iter().all(|length| length.is_finite() && *length >= 0.0) {
        return Err(unusable("durations that do not fit the symbols"));
    }
    let lengths: Vec<usize> = frames.iter().map(|length| length.round() as usize * FRAME_SAMPLES).collect();
    if lengths.iter().sum::<usize>() != samples.len() {
        return Err(unusable("durations that do not fit the samples"));
    }
    Ok(Utterance { samples, lengths, heard_earlier: HEARD_EARLIER })
}

/// The number of each symbol.
fn vocabulary(path: &Path) -> Result<HashMap<char, i32>, SpeechError> {
    let bytes = fs::read(path).map_err(|source| SpeechError::ModelFile { path: path.to_owned(), source })?;
    let damaged = |what, source| SpeechError::ModelDamaged { path: path.to_owned(), what, source };
    let json: serde_json::Value =
        serde_json::from_slice(&bytes).map_err(|error| damaged("not JSON", Some(error.into())))?;
    let entries = json["vocab"].as_object().ok_or_else(|| damaged("no vocabulary in it", None))?;
    entries
        .iter()
        .map(|(symbol, id)| {
            let mut chars = symbol.chars();
            let (Some(symbol), None) = (chars.next(), chars.next()) else { return None };
            Some((symbol, i32::try_from(id.as_i64()?).ok()?))
        })
        .collect::<Option<_>>()
        .ok_or_else(|| damaged("a symbol is not one character with one number", None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_that_is_not_a_number_or_does_not_fit_is_refused() {
        assert!(check(vec![0.0; 1200], &[1.0, 1.0], 2).is_ok());
        assert!(check(vec![0.0; 1200], &[1.0, 2.0], 2).is_err());
        assert!(check(vec![0.0; 1200], &[2.0], 2).is_err());
        assert!(check(vec![f32::NAN; 1200], &[1.0, 1.0], 2).is_err());
        assert!(check(vec![0.0; 1200], &[f32::NAN, 1.0], 2).is_err());
    }
}
