//! How the two networks of a recogniser are made from published weights.
//!
//! Whisper (Radford et al., 2022, <https://arxiv.org/abs/2212.04356>) is an encoder, run once for each 30 s of sound, and a
//! decoder, run once for each token. Its weights are published for another runtime, CTranslate2. Here the two graphs are
//! written down around them. Matrices are rounded to bytes, each row with its own scale. The results are byte for byte
//! reproducible, so their hashes are pinned.

mod ct2;
mod graph;

use rten_onnx::onnx::DataType;

use ct2::{Weight, Weights};
use graph::{Graph, integer, integers};

/// Numbers in a head of attention, in Whisper of every size.
pub(crate) const HEAD_WIDTH: usize = 64;

/// Layers of the largest Whisper.
pub(crate) const MOST_LAYERS: usize = 32;

/// Why a network could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RecipeError {
    /// Not weights of CTranslate2, version 6.
    #[error("not weights of CTranslate2, version 6, or cut short")]
    Malformed,
    /// The weights are those of another network.
    #[error("not the weights of a Whisper network: {name} is missing")]
    Missing {
        /// What was looked for.
        name: String,
    },
    /// The weights are those of another network.
    #[error("not the weights of a Whisper network: their sizes are others")]
    UnknownNetwork,
    /// The network could not be written to memory.
    #[error("writing the network failed")]
    Write(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// One of the two networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// In: `mel` [1, 80, frames]. Out, for each layer of the decoder: `cross_k_{layer}` [1, heads, 64, places] and
    /// `cross_v_{layer}` [1, heads, places, 64], one place for two frames.
    Encoder,
    /// In: `tokens` and `positions` [1, tokens], `mask` [tokens, past + tokens] with 0 or minus infinity, what the encoder
    /// gave, and for each layer `past_k_{layer}` [1, heads, 64, past] and `past_v_{layer}` [1, heads, past, 64]. Out:
    /// `logits` [1, tokens, vocabulary], `present_k_{layer}`, `present_v_{layer}`, and for each layer how much each token
    /// attends to each place: `cross_attention_{layer}` [1, heads, tokens, places].
    Decoder,
}

/// Makes a network out of a published `model.bin`.
///
/// # Errors
/// When the bytes are not the weights of a Whisper network.
pub fn whisper(weights: &[u8], part: Part) -> Result<Vec<u8>, RecipeError> {
    let weights = Weights::read(weights)?;
    let network = Network::measure(&weights)?;
    match part {
        Part::Encoder => network.encoder(),
        Part::Decoder => network.decoder(),
    }
}

struct Network<'w> {
    weights: &'w Weights,
    width: usize,
    heads: usize,
    vocabulary: usize,
    encoder_layers: usize,
    decoder_layers: usize,
}

/// Constants that many nodes share.
struct Shared {
    /// Splits the last axis into heads.
    split: String,
    /// Joins heads to the last axis.
    join: String,
    /// The scale of attention, one by the root of a head's width.
    scale: String,
}

impl<'w> Network<'w> {
    fn measure(weights: &'w Weights) -> Result<Self, RecipeError> {
        let layers = |part| {
            (0..MOST_LAYERS)
                .take_while(|layer| weights.has(&format!("{part}/layer_{layer}/ffn/linear_0/weight")))
                .count()
        };
        let [vocabulary, width] = *weights.get("decoder/embeddings/weight")?.shape.as_slice() else {
            return Err(RecipeError::UnknownNetwork);
        };
        Ok(Self {
            weights,
            width,
            heads: width / HEAD_WIDTH,
            vocabulary,
            encoder_layers: layers("encoder"),
            decoder_layers: layers("decoder"),
        })
    }

    fn shared(&self, graph: &mut Graph) -> Shared {
        Shared {
            split: graph.whole_numbers("split", &[0, 0, self.heads as i64, HEAD_WIDTH as i64]),
            join: graph.whole_numbers("join", &[0, 0, self.width as i64]),
            scale: graph.floats("scale", &[1], &[1.0 / (HEAD_WIDTH as f32).sqrt()]),
        }
    }

    fn get(&self, name: &str) -> Result<&'w Weight, RecipeError> {
        self.weights.get(name)
    }

    fn norm(&self, graph: &mut Graph, x: &str, name: &str) -> Result<String, RecipeError> {
        Ok(graph.norm(x, name, self.get(&format!("{name}/gamma"))?, self.get(&format!("{name}/beta"))?))
    }

    /// A linear layer, or the part of one that makes queries, keys or values: these lie one below the other, and keys have
    /// no bias.
    fn linear(
        &self,
        graph: &mut Graph,
        x: &str,
        name: &str,
        part: Option<(usize, bool)>,
    ) -> Result<String, RecipeError> {
        let (weight, bias) = (self.get(&format!("{name}/weight"))?, self.get(&format!("{name}/bias"))?);
        let Some((part, biased)) = part else { return Ok(graph.linear(x, name, weight, Some(bias))) };
        let rows = part * self.width..(part + 1) * self.width;
        let bias = if biased { Some(bias.rows(rows.clone())?) } else { None };
        Ok(graph.linear(x, &format!("{name}/{part}"), &weight.rows(rows)?, bias.as_ref()))
    }

    /// Queries, keys and values of self-attention, as heads.
    fn projections(
        &self,
        graph: &mut Graph,
        shared: &Shared,
        y: &str,
        name: &str,
    ) -> Result<[String; 3], RecipeError> {
        let name = format!("{name}/linear_0");
        let q = self.linear(graph, y, &name, Some((0, true)))?;
        let k = self.linear(graph, y, &name, Some((1, false)))?;
        let v = self.linear(graph, y, &name, Some((2, true)))?;
        Ok([shared.rows(graph, &q), shared.columns(graph, &k), shared.rows(graph, &v)])
    }

    fn feed_forward(&self, graph: &mut Graph, x: &str, layer: &str) -> Result<String, RecipeError> {
        let y = self.norm(graph, x, &format!("{layer}/ffn/layer_norm"))?;
        let y = self.linear(graph, &y, &format!("{layer}/ffn/linear_0"), None)?;
        let y = graph.node("Gelu", &[&y], vec![]);
        let y = self.linear(graph, &y, &format!("{layer}/ffn/linear_1"), None)?;
        Ok(graph.node("Add", &[x, &y], vec![]))
    }

    fn encoder(&self) -> Result<Vec<u8>, RecipeError> {
        let mut graph = Graph::default();
        let mel = graph.input("mel", DataType::FLOAT, &["1", "80", "frames"]);
        let shared = self.shared(&mut graph);
        let mut x = mel;
        for (name, stride) in [("conv1", 1), ("conv2", 2)] {
            let weight =
                graph.weight(&format!("{name}.weight"), self.get(&format!("encoder/{name}/weight"))?);
            let bias = graph.weight(&format!("{name}.bias"), self.get(&format!("encoder/{name}/bias"))?);
            let attributes = vec![
                integers("kernel_shape", &[3]),
                integers("pads", &[1, 1]),
                integers("strides", &[stride]),
            ];
            x = graph.node("Conv", &[&x, &weight, &bias], attributes);
            x = graph.node("Gelu", &[&x], vec![]);
        }
        x = graph.node("Transpose", &[&x], vec![integers("perm", &[0, 2, 1])]);
        let positions = graph.weight("positions", self.get("encoder/position_encodings/encodings")?);
        x = graph.node("Add", &[&x, &positions], vec![]);
        for layer in 0..self.encoder_layers {
            let layer = format!("encoder/layer_{layer}");
            let name = format!("{layer}/self_attention");
            let y = self.norm(&mut graph, &x, &format!("{name}/layer_norm"))?;
            let [q, k, v] = self.projections(&mut graph, &shared, &y, &name)?;
            let (y, _) = shared.attend(&mut graph, &q, &k, &v, None);
            let y = self.linear(&mut graph, &y, &format!("{name}/linear_1"), None)?;
            x = graph.node("Add", &[&x, &y], vec![]);
            x = self.feed_forward(&mut graph, &x, &layer)?;
        }
        x = self.norm(&mut graph, &x, "encoder/layer_norm")?;
        // Keys and values of every layer of the decoder, for they are the same for each token.
        let heads = self.heads.to_string();
        for layer in 0..self.decoder_layers {
            let name = format!("decoder/layer_{layer}/attention/linear_1");
            let k = self.linear(&mut graph, &x, &name, Some((0, false)))?;
            let v = self.linear(&mut graph, &x, &name, Some((1, true)))?;
            let (k, v) = (shared.columns(&mut graph, &k), shared.rows(&mut graph, &v));
            graph.output(&k, &format!("cross_k_{layer}"), &["1", &heads, "64", "places"]);
            graph.output(&v, &format!("cross_v_{layer}"), &["1", &heads, "places", "64"]);
        }
        graph.file()
    }

    fn decoder(&self) -> Result<Vec<u8>, RecipeError> {
        let mut graph = Graph::default();
        let tokens = graph.input("tokens", DataType::INT64, &["1", "tokens"]);
        let positions = graph.input("positions", DataType::INT64, &["1", "tokens"]);
        let mask = graph.input("mask", DataType::FLOAT, &["tokens", "all"]);
        let shared = self.shared(&mut graph);
        let heads = self.heads.to_string();
        let table = graph.table("embeddings", self.get("decoder/embeddings/weight")?);
        let mut x = graph.look_up(&table, &tokens);
        let places = graph.weight("positions_table", self.get("decoder/position_encodings/encodings")?);
        let place = graph.node("Gather", &[&places, &positions], vec![integer("axis", 0)]);
        x = graph.node("Add", &[&x, &place], vec![]);
        for layer in 0..self.decoder_layers {
            let index = layer;
            let layer = format!("decoder/layer_{index}");
            let name = format!("{layer}/self_attention");
            let past_k =
                graph.input(&format!("past_k_{index}"), DataType::FLOAT, &["1", &heads, "64", "past"]);
            let past_v =
                graph.input(&format!("past_v_{index}"), DataType::FLOAT, &["1", &heads, "past", "64"]);
            let y = self.norm(&mut graph, &x, &format!("{name}/layer_norm"))?;
            let [q, k, v] = self.projections(&mut graph, &shared, &y, &name)?;
            let k = graph.node("Concat", &[&past_k, &k], vec![integer("axis", 3)]);
            let v = graph.node("Concat", &[&past_v, &v], vec![integer("axis", 2)]);
            graph.output(&k, &format!("present_k_{index}"), &["1", &heads, "64", "all"]);
            graph.output(&v, &format!("present_v_{index}"), &["1", &heads, "all", "64"]);
            let (y, _) = shared.attend(&mut graph, &q, &k, &v, Some(&mask));
            let y = self.linear(&mut graph, &y, &format!("{name}/linear_1"), None)?;
            x = graph.node("Add", &[&x, &y], vec![]);

            let name = format!("{layer}/attention");
            let k = graph.input(&format!("cross_k_{index}"), DataType::FLOAT, &["1", &heads, "64", "places"]);
            let v = graph.input(&format!("cross_v_{index}"), DataType::FLOAT, &["1", &heads, "places", "64"]);
            let y = self.norm(&mut graph, &x, &format!("{name}/layer_norm"))?;
            let q = self.linear(&mut graph, &y, &format!("{name}/linear_0"), None)?;
            let q = shared.rows(&mut graph, &q);
            let (y, attention) = shared.attend(&mut graph, &q, &k, &v, None);
            graph.output(&attention, &format!("cross_attention_{index}"), &["1", &heads, "tokens", "places"]);
            let y = self.linear(&mut graph, &y, &format!("{name}/linear_2"), None)?;
            x = graph.node("Add", &[&x, &y], vec![]);
            x = self.feed_forward(&mut graph, &x, &layer)?;
        }
        x = self.norm(&mut graph, &x, "decoder/layer_norm")?;
        let logits = graph.scores(&table, &x);
        graph.output(&logits, "logits", &["1", "tokens", &self.vocabulary.to_string()]);
        graph.file()
    }
}

impl Shared {
    /// [1, n, width] as heads: [1, heads, n, 64].
    fn rows(&self, graph: &mut Graph, x: &str) -> String {
        self.heads(graph, x, &[0, 2, 1, 3])
    }

    /// [1, n, width] as heads, turned round: [1, heads, 64, n].
    fn columns(&self, graph: &mut Graph, x: &str) -> String {
        self.heads(graph, x, &[0, 2, 3, 1])
    }

    fn heads(&self, graph: &mut Graph, x: &str, order: &[i64]) -> String {
        let x = graph.node("Reshape", &[x, &self.split], vec![]);
        graph.node("Transpose", &[&x], vec![integers("perm", order)])
    }

    /// What was attended to, and how much to each place.
    fn attend(&self, graph: &mut Graph, q: &str, k: &str, v: &str, mask: Option<&str>) -> (String, String) {
        let mut scores = graph.node("MatMul", &[q, k], vec![]);
        scores = graph.node("Mul", &[&scores, &self.scale], vec![]);
        if let Some(mask) = mask {
            scores = graph.node("Add", &[&scores, mask], vec![]);
        }
        let shares = graph.node("Softmax", &[&scores], vec![integer("axis", -1)]);
        let y = graph.node("MatMul", &[&shares, v], vec![]);
        let y = graph.node("Transpose", &[&y], vec![integers("perm", &[0, 2, 1, 3])]);
        (graph.node("Reshape", &[&y, &self.join], vec![]), shares)
    }
}
