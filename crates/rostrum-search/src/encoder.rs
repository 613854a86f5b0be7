//! The `MiniLM` network (`all-MiniLM-L6-v2`): short texts to vectors of their meaning.

use std::path::Path;

use crate::SearchError;
use crate::arithmetic::{dot, dot4, gelu, normalise, softmax};
use crate::tokenizer::Tokenizer;
use crate::vector::{Vector, WIDTH};
use crate::weights::{INNER, MAGIC, Matrix, Reader, WORDS};

/// The longest text in pieces of words, its two marks included; the rest of longer ones plays no part.
pub const MAX_TOKENS: usize = 64;

/// Layers of the network.
pub(crate) const LAYERS: usize = 6;

/// Independent attentions in a layer.
const HEADS: usize = 12;

/// Numbers an attention looks at.
const HEAD_WIDTH: usize = WIDTH / HEADS;

/// What the network's training added to variances.
const EPSILON: f32 = 1e-12;

/// The network, ready to use.
#[derive(Debug)]
pub struct Encoder {
    tokenizer: Tokenizer,
    words: Matrix,
    places: Matrix,
    kinds: Matrix,
    norm: Norm,
    layers: Vec<Layer>,
}

#[derive(Debug)]
struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    attended: Linear,
    attended_norm: Norm,
    widen: Linear,
    narrow: Linear,
    norm: Norm,
}

#[derive(Debug)]
struct Linear {
    weight: Matrix,
    bias: Vec<f32>,
}

#[derive(Debug)]
struct Norm {
    gain: Vec<f32>,
    bias: Vec<f32>,
}

impl Encoder {
    /// Where the network lies in the models folder.
    pub const FILE: &str = "search/minilm-l6-int8.bin";

    /// Loads the network from the models folder; `None` when it is not there.
    ///
    /// # Errors
    /// When the file is damaged or cannot be read.
    pub fn load(models_dir: &Path) -> Result<Option<Self>, SearchError> {
        let path = models_dir.join(Self::FILE);
        match std::fs::read(&path) {
            Ok(file) => Self::new(&file).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(SearchError::Io { path, source }),
        }
    }

    /// The network in a file made by [`crate::recipe::quantise_minilm`].
    ///
    /// # Errors
    /// When it is no such file.
    pub fn new(file: &[u8]) -> Result<Self, SearchError> {
        Self::read(file).ok_or(SearchError::Damaged { what: "the network of the search" })
    }

    fn read(file: &[u8]) -> Option<Self> {
        let (length, rest) = file.strip_prefix(MAGIC)?.split_first_chunk()?;
        let (vocabulary, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        let tokenizer = Tokenizer::new(std::str::from_utf8(vocabulary).ok()?)?;
        let mut tensors = Reader(rest);
        let words = tensors.matrix(WORDS, WIDTH)?;
        let places = tensors.matrix(MAX_TOKENS, WIDTH)?;
        let kinds = tensors.matrix(1, WIDTH)?;
        let norm = Norm::read(&mut tensors)?;
        let layers = (0..LAYERS).map(|_| Layer::read(&mut tensors)).collect::<Option<_>>()?;
        tensors.0.is_empty().then_some(Self { tokenizer, words, places, kinds, norm, layers })
    }

    /// The meaning of a text; takes some 20 ms for a few words.
    pub fn vector(&self, text: &str) -> Vector {
        self.vectors(&[text]).remove(0)
    }

    /// The meanings of several texts, which takes less time than one after the other. The result for a text does not
    /// depend on the others.
    pub fn vectors(&self, texts: &[&str]) -> Vec<Vector> {
        let tokens: Vec<Vec<u32>> =
            texts.iter().map(|text| self.tokenizer.encode(text, MAX_TOKENS)).collect();
        let mut states = Vec::new();
        for text in &tokens {
            for (place, token) in text.iter().enumerate() {
                let mut sum = [0f32; WIDTH];
                let mut part = [0f32; WIDTH];
                let word = (*token as usize).min(WORDS - 1);
                for (matrix, row) in [(&self.words, word), (&self.places, place), (&self.kinds, 0)] {
                    matrix.row(row, &mut part);
                    sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
                }
                states.extend(sum);
            }
        }
        self.norm.apply(&mut states);
        let lengths: Vec<usize> = tokens.iter().map(Vec::len).collect();
        for layer in &self.layers {
            layer.apply(&mut states, &lengths);
        }
        let mut rest = states.as_slice();
        let means = lengths.into_iter().map(|length| {
            let (text, after) = rest.split_at(length * WIDTH);
            rest = after;
            let mut mean = [0f32; WIDTH];
            for state in text.chunks_exact(WIDTH) {
                mean.iter_mut().zip(state).for_each(|(mean, value)| *mean += value);
            }
            normalise(&mut mean);
            Vector::new(&mean)
        });
        means.collect()
    }
}

impl Layer {
    fn read(tensors: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            query: Linear::read(tensors, WIDTH, WIDTH)?,
            key: Linear::read(tensors, WIDTH, WIDTH)?,
            value: Linear::read(tensors, WIDTH, WIDTH)?,
            attended: Linear::read(tensors, WIDTH, WIDTH)?,
            attended_norm: Norm::read(tensors)?,
            widen: Linear::read(tensors, INNER, WIDTH)?,
            narrow: Linear::read(tensors, WIDTH, INNER)?,
            norm: Norm::read(tensors)?,
        })
    }

    fn apply(&self, states: &mut [f32], lengths: &[usize]) {
        let attended = self.attended.apply(&self.attend(states, lengths), WIDTH);
        states.iter_mut().zip(attended).for_each(|(state, change)| *state += change);
        self.attended_norm.apply(states);
        let mut wide = self.widen.apply(states, WIDTH);
        for value in &mut wide {
            *value = gelu(*value);
        }
        let narrow = self.narrow.apply(&wide, INNER);
        states.iter_mut().zip(narrow).for_each(|(state, change)| *state += change);
        self.norm.apply(states);
    }

    /// What each piece takes over from the pieces of its text.
    fn attend(&self, states: &[f32], lengths: &[usize]) -> Vec<f32> {
        let [queries, keys, values] =
            [&self.query, &self.key, &self.value].map(|linear| linear.apply(states, WIDTH));
        let mut taken = vec![0f32; states.len()];
        let mut weights = [0f32; MAX_TOKENS];
        let factor = 1.0 / (HEAD_WIDTH as f32).sqrt();
        let mut start = 0;
        for &length in lengths {
            for head in 0..HEADS {
                let at = |piece: usize| (start + piece) * WIDTH + head * HEAD_WIDTH;
                let part = |of: usize| at(of)..at(of) + HEAD_WIDTH;
                for piece in 0..length {
                    for other in 0..length {
                        weights[other] = dot(&queries[part(piece)], &keys[part(other)]) * factor;
                    }
                    softmax(&mut weights[..length]);
                    for other in 0..length {
                        let sums = taken[part(piece)].iter_mut().zip(&values[part(other)]);
                        sums.for_each(|(sum, value)| *sum += weights[other] * value);
                    }
                }
            }
            start += length;
        }
        taken
    }
}

impl Linear {
    fn read(tensors: &mut Reader<'_>, rows: usize, columns: usize) -> Option<Self> {
        Some(Self { weight: tensors.matrix(rows, columns)?, bias: tensors.vector(rows)? })
    }

    /// For each input of `columns` numbers one number for each row.
    fn apply(&self, inputs: &[f32], columns: usize) -> Vec<f32> {
        let rows = self.weight.rows();
        let mut outputs = vec![0f32; inputs.len() / columns * rows];
        let mut four = vec![0f32; 4 * columns];
        for row in (0..rows).step_by(4) {
            for (i, numbers) in four.chunks_exact_mut(columns).enumerate() {
                self.weight.row(row + i, numbers);
            }
            let (ab, cd) = four.split_at(2 * columns);
            let ((a, b), (c, d)) = (ab.split_at(columns), cd.split_at(columns));
            for (input, output) in inputs.chunks_exact(columns).zip(outputs.chunks_exact_mut(rows)) {
                let products = dot4([a, b, c, d], input);
                for (i, product) in products.into_iter().enumerate() {
                    output[row + i] = product + self.bias[row + i];
                }
            }
        }
        outputs
    }
}

impl Norm {
    fn read(tensors: &mut Reader<'_>) -> Option<Self> {
        Some(Self { gain: tensors.vector(WIDTH)?, bias: tensors.vector(WIDTH)? })
    }

    fn apply(&self, states: &mut [f32]) {
        for state in states.chunks_exact_mut(WIDTH) {
            let mean = state.iter().sum::<f32>() / WIDTH as f32;
            for value in state.iter_mut() {
                *value -= mean;
            }
            let variance = dot(state, state) / WIDTH as f32;
            let factor = 1.0 / (variance + EPSILON).sqrt();
            for ((value, gain), bias) in state.iter_mut().zip(&self.gain).zip(&self.bias) {
                *value = *value * factor * gain + bias;
            }
        }
    }
}
