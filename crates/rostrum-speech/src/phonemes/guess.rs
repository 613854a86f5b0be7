//! Pronunciation of unknown English words, guessed from their letters.
//!
//! The network is the one of the g2p-en project (Apache-2.0): a GRU of 256 units reads the letters, another one with
//! the same width writes ARPABET symbols. Its gates lie in the order reset, update, new.

use std::path::Path;

use super::arpabet;
use super::npz::{self, Arrays};
use crate::error::SpeechError;
use crate::voices::Accent;

const UNITS: usize = 256;
const GATES: usize = 3 * UNITS;
/// Letters: padding, unknown, end, a to z.
const LETTERS: usize = 29;
const UNKNOWN_LETTER: usize = 1;
const END_OF_LETTERS: usize = 2;
const FIRST_LETTER: usize = 3;
/// Symbols: padding, unknown, start, end, then [`SYMBOLS`].
const OUTPUTS: usize = SYMBOLS.len() + FIRST_SYMBOL;
const START: usize = 2;
const END: usize = 3;
const FIRST_SYMBOL: usize = 4;
const SYMBOLS: [&str; 70] = [
    "AA0", "AA1", "AA2", "AE0", "AE1", "AE2", "AH0", "AH1", "AH2", "AO0", "AO1", "AO2", "AW0", "AW1", "AW2",
    "AY0", "AY1", "AY2", "B", "CH", "D", "DH", "EH0", "EH1", "EH2", "ER0", "ER1", "ER2", "EY0", "EY1", "EY2",
    "F", "G", "HH", "IH0", "IH1", "IH2", "IY0", "IY1", "IY2", "JH", "K", "L", "M", "N", "NG", "OW0", "OW1",
    "OW2", "OY0", "OY1", "OY2", "P", "R", "S", "SH", "T", "TH", "UH0", "UH1", "UH2", "UW", "UW0", "UW1",
    "UW2", "V", "W", "Y", "Z", "ZH",
];
/// Longer words are guessed in pieces of this many letters; the network knows no such words.
const LONGEST_PIECE: usize = 24;

/// The guessing network.
pub(crate) struct Guesser {
    letter_vectors: Vec<f32>,
    reader: Cell,
    symbol_vectors: Vec<f32>,
    writer: Cell,
    output_weights: Vec<f32>,
    output_bias: Vec<f32>,
}

/// Weights of one gated recurrent unit.
struct Cell {
    input_weights: Vec<f32>,
    state_weights: Vec<f32>,
    input_bias: Vec<f32>,
    state_bias: Vec<f32>,
}

impl Guesser {
    /// Loads `g2p-en.npz`.
    pub(crate) fn load(path: &Path) -> Result<Self, SpeechError> {
        let mut arrays = npz::read(path)?;
        let mut take = |name: &str, length: usize| take(&mut arrays, name, length, path);
        Ok(Self {
            letter_vectors: take("enc_emb", LETTERS * UNITS)?,
            reader: Cell {
                input_weights: take("enc_w_ih", GATES * UNITS)?,
                state_weights: take("enc_w_hh", GATES * UNITS)?,
                input_bias: take("enc_b_ih", GATES)?,
                state_bias: take("enc_b_hh", GATES)?,
            },
            symbol_vectors: take("dec_emb", OUTPUTS * UNITS)?,
            writer: Cell {
                input_weights: take("dec_w_ih", GATES * UNITS)?,
                state_weights: take("dec_w_hh", GATES * UNITS)?,
                input_bias: take("dec_b_ih", GATES)?,
                state_bias: take("dec_b_hh", GATES)?,
            },
            output_weights: take("fc_w", OUTPUTS * UNITS)?,
            output_bias: take("fc_b", OUTPUTS)?,
        })
    }

    /// Sounds of a word of Latin letters, in the misaki alphabet; other characters are passed over.
    pub(crate) fn guess(&self, word: &str, accent: Accent) -> String {
        let letters: Vec<u8> =
            word.bytes().filter(u8::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase()).collect();
        letters.chunks(LONGEST_PIECE).map(|piece| arpabet::to_misaki(&self.symbols(piece), accent)).collect()
    }

    fn symbols(&self, letters: &[u8]) -> Vec<&'static str> {
        let mut state = vec![0.0; UNITS];
        let indices = letters.iter().map(|letter| match letter {
            b'a'..=b'z' => usize::from(letter - b'a') + FIRST_LETTER,
            _ => UNKNOWN_LETTER,
        });
        for index in indices.chain([END_OF_LETTERS]) {
            self.reader.step(row(&self.letter_vectors, index), &mut state);
        }
        let mut symbols = Vec::new();
        let mut previous = START;
        for _ in 0..2 * letters.len() + 2 {
            self.writer.step(row(&self.symbol_vectors, previous), &mut state);
            let score =
                |index: usize| dot(row(&self.output_weights, index), &state) + self.output_bias[index];
            previous = (0..OUTPUTS).max_by(|a, b| score(*a).total_cmp(&score(*b))).unwrap_or(END);
            if previous == END {
                break;
            }
            symbols.extend(previous.checked_sub(FIRST_SYMBOL).map(|index| SYMBOLS[index]));
        }
        symbols
    }
}

impl Cell {
    fn step(&self, input: &[f32], state: &mut [f32]) {
        let gates: Vec<(f32, f32)> = (0..GATES)
            .map(|gate| {
                (
                    dot(row(&self.input_weights, gate), input) + self.input_bias[gate],
                    dot(row(&self.state_weights, gate), state) + self.state_bias[gate],
                )
            })
            .collect();
        for (unit, value) in state.iter_mut().enumerate() {
            let sum = |gate: usize| gates[gate * UNITS + unit].0 + gates[gate * UNITS + unit].1;
            let (reset, update) = (sigmoid(sum(0)), sigmoid(sum(1)));
            let (from_input, from_state) = gates[2 * UNITS + unit];
            let new = (from_input + reset * from_state).tanh();
            *value = (1.0 - update) * new + update * *value;
        }
    }
}

fn take(arrays: &mut Arrays, name: &str, length: usize, path: &Path) -> Result<Vec<f32>, SpeechError> {
    arrays.remove(name).filter(|array| array.len() == length).ok_or_else(|| SpeechError::ModelDamaged {
        path: path.to_owned(),
        what: "an array is missing or has another size",
        source: None,
    })
}

fn row(matrix: &[f32], index: usize) -> &[f32] {
    &matrix[index * UNITS..(index + 1) * UNITS]
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}
