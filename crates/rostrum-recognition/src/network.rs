//! The encoder and the decoder, loaded.

use std::path::Path;
use std::sync::Arc;

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value, ValueOrView};
use rten_tensor::{NdTensor, Tensor};

use crate::RecognitionError;
use crate::mel::{BANDS, FRAMES, Mel};
use crate::recipe::{HEAD_WIDTH, MOST_LAYERS};
use crate::tokens::Tokens;

/// A network of one size.
pub(crate) struct Whisper {
    encoder: Model,
    decoder: Model,
    pool: Arc<ThreadPool>,
    mel: Mel,
    pub(crate) tokens: Tokens,
    /// Tokens that are never text: signs that are not spoken, and marks.
    pub(crate) suppressed: Vec<u32>,
    /// Tokens that no text begins with.
    pub(crate) suppressed_first: Vec<u32>,
    /// Layers and heads of the decoder that attend to where a token is heard.
    pub(crate) alignment_heads: Vec<(usize, usize)>,
    /// By how much it hears words later than they are said, in seconds.
    pub(crate) lag_s: f64,
    layers: usize,
    heads: usize,
    nodes: Nodes,
}

/// Inputs and outputs.
struct Nodes {
    mel: NodeId,
    cross_out: Vec<NodeId>,
    tokens: NodeId,
    positions: NodeId,
    mask: NodeId,
    past: Vec<NodeId>,
    cross_in: Vec<NodeId>,
    logits: NodeId,
    present: Vec<NodeId>,
    attention: Vec<NodeId>,
}

/// A stretch of sound as the decoder wants it: keys and values of each layer in turn.
pub(crate) struct Heard {
    cross: Vec<Value>,
    /// Length of the sound in places of 20 ms.
    pub(crate) places: usize,
}

/// What the decoder remembers of the tokens so far.
#[derive(Default)]
pub(crate) struct Memory {
    past: Vec<Value>,
    pub(crate) tokens: usize,
}

impl Whisper {
    /// Loads the network of a folder; it runs on this many threads. `lag_s` is by how much it hears words later than they
    /// are said.
    pub(crate) fn load(folder: &Path, threads: usize, lag_s: f64) -> Result<Self, RecognitionError> {
        let tokens = Tokens::load(&folder.join("tokenizer.json"))?;
        let settings = Settings::load(&folder.join("config.json"))?;
        let encoder = model(&folder.join("encoder.onnx"))?;
        let decoder = model(&folder.join("decoder.onnx"))?;
        let has = |layer: &usize| decoder.find_node(&format!("past_k_{layer}")).is_some();
        let layers = (0..MOST_LAYERS).take_while(has).count();
        let damaged = |what, source| RecognitionError::ModelDamaged { path: folder.to_owned(), what, source };
        let heads = decoder
            .find_node("past_k_0")
            .and_then(|node| decoder.node_info(node))
            .and_then(|node| node.shape())
            .and_then(|shape| match shape.get(1) {
                Some(rten::Dimension::Fixed(heads)) => Some(*heads),
                _ => None,
            })
            .ok_or_else(|| damaged("not a decoder", None))?;
        let id = |model: &Model, name: &str| {
            model.node_id(name).map_err(|error| damaged("a tensor is missing", Some(error.into())))
        };
        let pairs = |model: &Model, kind: &str| -> Result<Vec<NodeId>, RecognitionError> {
            let names = (0..layers).flat_map(|layer| ["k", "v"].map(|part| format!("{kind}_{part}_{layer}")));
            names.map(|name| id(model, &name)).collect()
        };
        let nodes = Nodes {
            mel: id(&encoder, "mel")?,
            cross_out: pairs(&encoder, "cross")?,
            tokens: id(&decoder, "tokens")?,
            positions: id(&decoder, "positions")?,
            mask: id(&decoder, "mask")?,
            past: pairs(&decoder, "past")?,
            cross_in: pairs(&decoder, "cross")?,
            logits: id(&decoder, "logits")?,
            present: pairs(&decoder, "present")?,
            attention: (0..layers)
                .map(|layer| id(&decoder, &format!("cross_attention_{layer}")))
                .collect::<Result<_, _>>()?,
        };
        if settings.alignment_heads.iter().any(|(layer, head)| *layer >= layers || *head >= heads) {
            return Err(damaged("its settings are those of another network", None));
        }
        Ok(Self {
            encoder,
            decoder,
            pool: Arc::new(ThreadPool::with_num_threads(threads.max(1))),
            mel: Mel::new(),
            tokens,
            suppressed: settings.suppressed,
            suppressed_first: settings.suppressed_first,
            alignment_heads: settings.alignment_heads,
            lag_s,
            layers,
            heads,
            nodes,
        })
    }

    fn options(&self) -> RunOptions {
        RunOptions::default().with_thread_pool(Some(Arc::clone(&self.pool)))
    }

    /// Listens to a stretch of at most 30 s.
    pub(crate) fn hear(&self, samples: &[f32]) -> Result<Heard, RecognitionError> {
        let mel = NdTensor::from_data([1, BANDS, FRAMES], self.mel.measure(samples));
        let cross = self
            .encoder
            .run(vec![(self.nodes.mel, mel.into())], &self.nodes.cross_out, Some(self.options()))
            .map_err(|error| RecognitionError::Inference(error.into()))?;
        let places = samples.len().div_ceil(2 * crate::mel::HOP).clamp(1, FRAMES / 2);
        Ok(Heard { cross, places })
    }

    /// Goes on by some tokens: the scores of each possible token behind each of them.
    pub(crate) fn step(
        &self,
        heard: &Heard,
        memory: &mut Memory,
        tokens: &[u32],
    ) -> Result<NdTensor<f32, 3>, RecognitionError> {
        let mut outputs = self.decode(heard, memory, tokens, &[])?;
        let logits = outputs.swap_remove(0);
        NdTensor::<f32, 3>::try_from(logits).map_err(|error| RecognitionError::Inference(error.into()))
    }

    /// How much each of some tokens attends to each place, by layer: [1, heads, tokens, places].
    pub(crate) fn attention(
        &self,
        heard: &Heard,
        tokens: &[u32],
    ) -> Result<Vec<NdTensor<f32, 4>>, RecognitionError> {
        let mut outputs = self.decode(heard, &mut Memory::default(), tokens, &self.nodes.attention)?;
        outputs
            .drain(1..)
            .map(|value| {
                NdTensor::<f32, 4>::try_from(value).map_err(|error| RecognitionError::Inference(error.into()))
            })
            .collect()
    }

    fn decode(
        &self,
        heard: &Heard,
        memory: &mut Memory,
        tokens: &[u32],
        further: &[NodeId],
    ) -> Result<Vec<Value>, RecognitionError> {
        let (count, before) = (tokens.len(), memory.tokens);
        let numbers = tokens.iter().map(|token| *token as i32).collect::<Vec<_>>();
        let positions = (before..before + count).map(|position| position as i32).collect::<Vec<_>>();
        let mut mask = NdTensor::<f32, 2>::zeros([count, before + count]);
        for row in 0..count {
            for later in before + row + 1..before + count {
                mask[[row, later]] = f32::NEG_INFINITY;
            }
        }
        let mut inputs: Vec<(NodeId, ValueOrView)> = vec![
            (self.nodes.tokens, NdTensor::from_data([1, count], numbers).into()),
            (self.nodes.positions, NdTensor::from_data([1, count], positions).into()),
            (self.nodes.mask, mask.into()),
        ];
        if memory.past.is_empty() {
            let nothing = [[1, self.heads, HEAD_WIDTH, 0], [1, self.heads, 0, HEAD_WIDTH]];
            let nothing = nothing.map(|sides| Value::from(Tensor::<f32>::zeros(&sides)));
            memory.past = std::iter::repeat_n(nothing, self.layers).flatten().collect();
        }
        inputs
            .extend(self.nodes.past.iter().zip(memory.past.drain(..)).map(|(id, value)| (*id, value.into())));
        inputs.extend(
            self.nodes.cross_in.iter().zip(&heard.cross).map(|(id, value)| (*id, value.as_view().into())),
        );
        let wanted = [&[self.nodes.logits], self.nodes.present.as_slice(), further].concat();
        let mut outputs = self
            .decoder
            .run(inputs, &wanted, Some(self.options()))
            .map_err(|error| RecognitionError::Inference(error.into()))?;
        memory.past = outputs.drain(1..=self.nodes.present.len()).collect();
        memory.tokens += count;
        Ok(outputs)
    }
}

fn model(path: &Path) -> Result<Model, RecognitionError> {
    let bytes = std::fs::read(path)
        .map_err(|source| RecognitionError::ModelFile { path: path.to_owned(), source })?;
    let mut options = ModelOptions::with_all_ops();
    options.prepack_weights(true);
    options.load(bytes).map_err(|error| RecognitionError::ModelDamaged {
        path: path.to_owned(),
        what: "not a loadable network",
        source: Some(error.into()),
    })
}

/// What `config.json` tells.
struct Settings {
    suppressed: Vec<u32>,
    suppressed_first: Vec<u32>,
    alignment_heads: Vec<(usize, usize)>,
}

impl Settings {
    fn load(path: &Path) -> Result<Self, RecognitionError> {
        let bytes = std::fs::read(path)
            .map_err(|source| RecognitionError::ModelFile { path: path.to_owned(), source })?;
        let damaged = |what, source| RecognitionError::ModelDamaged { path: path.to_owned(), what, source };
        let json: serde_json::Value =
            serde_json::from_slice(&bytes).map_err(|error| damaged("not JSON", Some(error.into())))?;
        let numbers = |list: &serde_json::Value| -> Option<Vec<u32>> {
            let list = list.as_array()?.iter();
            list.map(|number| number.as_u64().and_then(|number| u32::try_from(number).ok())).collect()
        };
        let read = || {
            let heads =
                json["alignment_heads"].as_array()?.iter().map(|pair| match numbers(pair)?.as_slice() {
                    [layer, head] => Some((*layer as usize, *head as usize)),
                    _ => None,
                });
            Some(Self {
                suppressed: numbers(&json["suppress_ids"])?,
                suppressed_first: numbers(&json["suppress_ids_begin"])?,
                alignment_heads: heads.collect::<Option<Vec<_>>>().filter(|heads| !heads.is_empty())?,
            })
        };
        read().ok_or_else(|| damaged("settings are missing", None))
    }
}
