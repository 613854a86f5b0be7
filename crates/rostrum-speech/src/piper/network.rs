//! A network: symbols in, samples and the length of each symbol out.

use std::collections::VecDeque;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, ValueOrView};
use rten_onnx::onnx::{AttributeProto, AttributeType, ModelProto};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, Tensor};

use super::catalogue::{Files, Installed};
use super::letters::{letters, one};
use crate::engine::Delivery;
use crate::error::SpeechError;
use crate::resample;
use crate::timeline::Utterance;

/// Networks kept loaded; one takes about 150 MiB.
const MOST_LOADED: usize = 2;
/// Before all symbols, between them, and behind them.
const START: char = '^';
const PAD: char = '_';
const END: char = '$';
/// What all voices are made from is random; the same seed makes the same text sound the same.
const SEED: f32 = 1.0;
/// The voice is heard this long before the durations say so: 20 ms. Measured with `joe` as for Kokoro: the hiss falls best
/// on s, z and ʃ 15 ms earlier, the level on the vowels 30 ms, the closures on plosives 25 ms.
const HEARD_EARLIER: usize = 480;
/// Rates with this factor in common are quick to turn into one another.
const RATE_STEP: f32 = 50.0;

/// The networks that are loaded, those used last at the end.
#[derive(Default)]
pub(crate) struct Networks {
    loaded: Mutex<VecDeque<Arc<Network>>>,
}

impl Networks {
    /// The network of a voice, loaded when it is not there.
    pub(crate) fn of(&self, voice: &Installed) -> Result<Arc<Network>, SpeechError> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let known = loaded.iter().position(|network| Arc::ptr_eq(&network.files, &voice.files));
        let network = match known.and_then(|at| loaded.remove(at)) {
            Some(network) => network,
            None => Arc::new(Network::load(Arc::clone(&voice.files))?),
        };
        if loaded.len() == MOST_LOADED {
            loaded.pop_front();
        }
        loaded.push_back(Arc::clone(&network));
        Ok(network)
    }
}

/// A loaded network.
pub(crate) struct Network {
    files: Arc<Files>,
    model: Model,
    input: NodeId,
    input_lengths: NodeId,
    scales: NodeId,
    /// Of networks of several speakers.
    speaker: Option<NodeId>,
    output: NodeId,
    durations: NodeId,
}

impl Network {
    fn load(files: Arc<Files>) -> Result<Self, SpeechError> {
        let path = &files.network;
        let bytes = fs::read(path).map_err(|source| SpeechError::ModelFile { path: path.clone(), source })?;
        let (bytes, durations) = prepare(bytes, path)?;
        let model = ModelOptions::with_all_ops()
            .load(bytes)
            .map_err(|error| damaged(path, "not a loadable network", Some(error.into())))?;
        let node = |name| {
            model.node_id(name).map_err(|error| damaged(path, "a tensor is missing", Some(error.into())))
        };
        Ok(Self {
            input: node("input")?,
            input_lengths: node("input_lengths")?,
            scales: node("scales")?,
            speaker: model.find_node("sid"),
            output: node("output")?,
            durations: node(&durations)?,
            model,
            files,
        })
    }

    /// Whether the network can sound this symbol.
    pub(crate) fn knows(&self, symbol: char) -> bool {
        one(symbol).chars().all(|letter| self.files.config.ids.contains_key(&letter))
    }

    /// Sounds a phrase; networks of several speakers need to be told which.
    pub(crate) fn speak(
        &self,
        symbols: &[char],
        speaker: Option<i32>,
        Delivery { speed, pitch }: Delivery,
        pool: &Arc<ThreadPool>,
    ) -> Result<Utterance, SpeechError> {
        let (ids, owners) = self.ids(symbols);
        let count = ids.len();
        // A higher voice is one that speaks more slowly and is then played faster.
        let higher = (pitch / 12.0).exp2();
        let inference = self.files.config.inference;
        let length_scale = inference.length_scale * higher / speed;
        let scales = vec![inference.noise_scale, length_scale, inference.noise_w];
        let mut inputs: Vec<(NodeId, ValueOrView<'_>)> = vec![
            (self.input, NdTensor::from_data([1, count], ids).into()),
            (self.input_lengths, NdTensor::from_data([1], vec![count as i32]).into()),
            (self.scales, NdTensor::from_data([3], scales).into()),
        ];
        if let (Some(node), Some(speaker)) = (self.speaker, speaker) {
            inputs.push((node, NdTensor::from_data([1], vec![speaker]).into()));
        }
        let outputs = self
            .model
            .run_n(
                inputs,
                [self.output, self.durations],
                Some(RunOptions::default().with_thread_pool(Some(Arc::clone(pool)))),
            )
            .map_err(|error| SpeechError::Inference(error.into()))?;
        let [samples, durations] = outputs.map(|value| {
            Tensor::<f32>::try_from(value)
                .map(|tensor| tensor.to_vec())
                .map_err(|error| SpeechError::Inference(error.into()))
        });
        let (samples, durations) = (samples?, durations?);
        let ends = ends(&samples, &durations, &owners, symbols.len() + 2)?;
        let rate = (self.files.config.audio.sample_rate as f32 * higher / RATE_STEP).round() * RATE_STEP;
        let rate = rate as u32;
        let samples = resample::to_speech_rate(&samples, rate)?;
        let mut lengths = Vec::with_capacity(ends.len());
        let mut start = 0;
        for end in ends {
            let end = resample::place(end, rate).min(samples.len());
            lengths.push(end - start);
            start = end;
        }
        Ok(Utterance { samples, lengths, heard_earlier: HEARD_EARLIER })
    }

    /// The numbers of a run, and for each of them the symbol it belongs to: 0 is the start, those of the text follow, the
    /// last is the end. A pad belongs to the symbol before it.
    fn ids(&self, symbols: &[char]) -> (Vec<i32>, Vec<usize>) {
        let (mut ids, mut owners) = (Vec::new(), Vec::new());
        let numbers = &self.files.config.ids;
        let mut push = |letter: char, owner: usize| {
            for id in numbers.get(&letter).into_iter().flatten() {
                ids.push(*id);
                owners.push(owner);
                if letter != END {
                    ids.extend(numbers[&PAD].first());
                    owners.push(owner);
                }
            }
        };
        push(START, 0);
        for at in 0..symbols.len() {
            for letter in letters(symbols, at, self.files.reading).chars() {
                push(letter, at + 1);
            }
        }
        push(END, symbols.len() + 1);
        (ids, owners)
    }
}

fn damaged(
    path: &Path,
    what: &'static str,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
) -> SpeechError {
    SpeechError::ModelDamaged { path: path.to_owned(), what, source }
}

/// Gives each source of chance a seed, and tells the tensor of the durations: what is rounded up, as frames are whole.
fn prepare(bytes: Vec<u8>, path: &Path) -> Result<(Vec<u8>, String), SpeechError> {
    let mut model = ModelProto::parse_buf(&bytes)
        .map_err(|error| damaged(path, "not an ONNX model", Some(error.into())))?;
    drop(bytes);
    let nodes = model.graph.as_mut().map(|graph| graph.node.as_mut_slice()).unwrap_or_default();
    let mut durations = None;
    for node in nodes {
        match node.op_type.as_deref() {
            Some("RandomNormalLike" | "RandomUniformLike" | "RandomNormal" | "RandomUniform") => {
                node.attribute.retain(|attribute| attribute.name.as_deref() != Some("seed"));
                node.attribute.push(AttributeProto {
                    name: Some("seed".into()),
                    f: Some(SEED),
                    r#type: Some(AttributeType::FLOAT),
                    ..Default::default()
                });
            }
            Some("Ceil") if durations.is_none() => durations = node.output.first().cloned(),
            Some("Ceil") => return Err(damaged(path, "it has several places that could be durations", None)),
            _ => {}
        }
    }
    let durations = durations.ok_or_else(|| damaged(path, "it tells no durations", None))?;
    let bytes =
        model.write_buf().map_err(|error| damaged(path, "it cannot be edited", Some(error.into())))?;
    Ok((bytes, durations))
}

/// Where each symbol ends, in samples: durations are in frames, and all frames are as long as all samples. A symbol
/// without numbers of its own shares the time of the one before it.
fn ends(
    samples: &[f32],
    durations: &[f32],
    owners: &[usize],
    count: usize,
) -> Result<Vec<usize>, SpeechError> {
    let unusable = |what| SpeechError::UnusableSound { what };
    if !samples.iter().all(|sample| sample.is_finite()) {
        return Err(unusable("samples that are not numbers"));
    }
    let whole = durations.iter().all(|length| length.is_finite() && (0.0..1e6).contains(length));
    if durations.len() != owners.len() || !whole {
        return Err(unusable("durations that do not fit the symbols"));
    }
    let mut frames = vec![None; count];
    for (length, owner) in durations.iter().zip(owners) {
        *frames[*owner].get_or_insert(0) += length.round() as usize;
    }
    let all: usize = frames.iter().flatten().sum();
    if all == 0 || !samples.len().is_multiple_of(all) {
        return Err(unusable("durations that do not fit the samples"));
    }
    let hop = samples.len() / all;
    let mut ends = Vec::with_capacity(count);
    let mut end = 0;
    let mut at = 0;
    while at < count {
        let sharing = frames[at + 1..].iter().take_while(|frames| frames.is_none()).count() + 1;
        let length = frames[at].unwrap_or(0) * hop;
        ends.extend((1..=sharing).map(|part| end + length * part / sharing));
        end += length;
        at += sharing;
    }
    Ok(ends)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use rten_onnx::onnx::{
        DataType, GraphProto, NodeProto, TensorProto, TypeProto, TypeProtoTensor, ValueInfoProto,
    };

    use super::*;

    #[test]
    fn symbols_end_where_their_letters_do_and_some_share() {
        // Start and its pad, two letters of one symbol with pads, a symbol without letters, the end.
        let durations = [1.0, 1.0, 2.0, 0.0, 1.0, 1.0, 2.0];
        let owners = [0, 0, 1, 1, 1, 1, 3];
        let ends = ends(&[0.0; 80], &durations, &owners, 4).unwrap();
        assert_eq!(ends, [20, 40, 60, 80]);
    }

    #[test]
    fn sound_that_does_not_fit_its_durations_is_refused() {
        let refused = |samples: &[f32], durations: &[f32]| ends(samples, durations, &[0, 1], 2).is_err();
        assert!(!refused(&[0.0; 40], &[1.0, 1.0]));
        assert!(refused(&[0.0; 41], &[1.0, 1.0]));
        assert!(refused(&[0.0; 40], &[1.0]));
        assert!(refused(&[0.0; 40], &[0.0, 0.0]));
        assert!(refused(&[f32::NAN; 40], &[1.0, 1.0]));
        assert!(refused(&[0.0; 40], &[1.0, f32::INFINITY]));
    }

    /// A network of two speakers: each number lasts two frames of 256 samples, the sound is noise that is louder the higher
    /// the speaker's number is.
    fn network_of_two() -> Vec<u8> {
        let value = |name: &str, data_type| ValueInfoProto {
            name: Some(name.into()),
            r#type: Some(TypeProto {
                tensor_type: Some(TypeProtoTensor { elem_type: Some(data_type), shape: None }),
                ..Default::default()
            }),
        };
        let option = |name: &str, number: i64| {
            vec![AttributeProto {
                name: Some(name.into()),
                i: Some(number),
                r#type: Some(AttributeType::INT),
                ..Default::default()
            }]
        };
        let cast = |to: DataType| option("to", i64::from(to.0));
        let number = |name: &str, number: f32| TensorProto {
            dims: vec![1],
            data_type: Some(DataType::FLOAT),
            raw_data: Some(RefCell::new(number.to_le_bytes().to_vec())),
            name: Some(name.into()),
            ..Default::default()
        };
        let node = |op: &str, input: &[&str], output: &str, attribute: Vec<AttributeProto>| NodeProto {
            name: Some(output.into()),
            op_type: Some(op.into()),
            input: input.iter().map(|name| (*name).into()).collect(),
            output: vec![output.into()],
            attribute,
            ..Default::default()
        };
        let graph = GraphProto {
            input: vec![
                value("input", DataType::INT64),
                value("input_lengths", DataType::INT64),
                value("scales", DataType::FLOAT),
                value("sid", DataType::INT64),
            ],
            output: vec![value("output", DataType::FLOAT)],
            initializer: vec![number("nothing", 0.0), number("two", 2.0), number("hop", 256.0)],
            node: vec![
                node("Cast", &["input"], "ids", cast(DataType::FLOAT)),
                node("Mul", &["ids", "nothing"], "zeros", vec![]),
                node("Add", &["zeros", "two"], "twos", vec![]),
                node("Ceil", &["twos"], "durations", vec![]),
                node("ReduceSum", &["durations"], "frames", option("keepdims", 0)),
                node("Mul", &["frames", "hop"], "length", vec![]),
                node("Cast", &["length"], "size", cast(DataType::INT64)),
                node("ConstantOfShape", &["size"], "silence", vec![]),
                node("RandomNormalLike", &["silence"], "noise", vec![]),
                node("Cast", &["sid"], "loudness", cast(DataType::FLOAT)),
                node("Mul", &["noise", "loudness"], "output", vec![]),
            ],
            ..Default::default()
        };
        ModelProto { ir_version: Some(8), graph: Some(graph), ..Default::default() }.write_buf().unwrap()
    }

    #[test]
    fn each_speaker_of_a_network_is_a_voice_and_always_sounds_the_same() {
        let models = tempfile::tempdir().unwrap();
        let folder = models.path().join("piper");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("en_GB-pair-low.onnx"), network_of_two()).unwrap();
        let settings = r#"{"audio": {"sample_rate": 24000}, "espeak": {"voice": "en-gb-x-rp"}, "dataset": "pair",
            "phoneme_id_map": {"_": [0], "^": [1], "$": [2], "a": [3], "ɪ": [4], "b": [5, 6]},
            "speaker_id_map": {"quiet one": 1, "loud": 2},
            "language": {"code": "en_GB", "name_english": "English", "country_english": "Great Britain"}}"#;
        fs::write(folder.join("en_GB-pair-low.onnx.json"), settings).unwrap();
        fs::write(folder.join("xx-broken.onnx.json"), "{").unwrap();
        let (count, refused) = super::super::install(models.path());
        assert_eq!((count, refused.len()), (2, 1), "{refused:?}");
        let voices = super::super::installed();
        let told: Vec<_> = voices.iter().map(|voice| (voice.voice.id, voice.voice.name)).collect();
        assert_eq!(
            told,
            [
                ("piper-en_GB-pair-low-loud", "Pair loud"),
                ("piper-en_GB-pair-low-quiet_one", "Pair quiet one")
            ]
        );
        let networks = Networks::default();
        let pool = Arc::new(ThreadPool::with_num_threads(1));
        let said = |voice: &Installed| {
            let network = networks.of(voice).unwrap();
            assert!(network.knows('I') && !network.knows('A'));
            network.speak(&['a', 'b', 'I'], voice.speaker, 1.0.into(), &pool).unwrap()
        };
        let loud = said(&voices[0]);
        // A pad behind each number but the last, which ends the text.
        assert_eq!(loud.lengths, [1024, 1024, 2048, 2048, 512]);
        assert_eq!(loud.samples.len(), 6656);
        assert_eq!(said(&voices[0]), loud);
        let level = |samples: &[f32]| samples.iter().map(|x| x * x).sum::<f32>().sqrt();
        assert!(Arc::ptr_eq(&networks.of(&voices[0]).unwrap(), &networks.of(&voices[1]).unwrap()));
        let ratio = level(&loud.samples) / level(&said(&voices[1]).samples);
        assert!((ratio - 2.0).abs() < 1e-3, "{ratio}");
    }
}
