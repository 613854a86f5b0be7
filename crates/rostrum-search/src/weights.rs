//! The network's numbers as they lie in its file: matrices in bytes with one factor a row, everything else exact.
//!
//! The file is [`MAGIC`], the length of the vocabulary and the vocabulary, then the tensors in the order of
//! [`tensors`], each matrix as the factors of its rows and then its bytes.

use crate::encoder::{LAYERS, MAX_TOKENS};
use crate::vector::{WIDTH, rounded};

/// How the file begins.
pub(crate) const MAGIC: &[u8; 16] = b"rostrum-minilm 1";

/// Numbers between the two halves of a layer's second part.
pub(crate) const INNER: usize = 4 * WIDTH;

/// Pieces in the vocabulary.
pub(crate) const WORDS: usize = 30_522;

/// A tensor of the network: its name where it was published, rows (0 for a vector) and numbers in a row.
pub(crate) struct Tensor {
    pub(crate) name: String,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
}

/// All tensors that are used, in the order of the file.
pub(crate) fn tensors() -> Vec<Tensor> {
    let tensor = |name: String, rows, columns| Tensor { name, rows, columns };
    let mut all = vec![
        tensor("embeddings.word_embeddings.weight".to_owned(), WORDS, WIDTH),
        tensor("embeddings.position_embeddings.weight".to_owned(), MAX_TOKENS, WIDTH),
        tensor("embeddings.token_type_embeddings.weight".to_owned(), 1, WIDTH),
        tensor("embeddings.LayerNorm.weight".to_owned(), 0, WIDTH),
        tensor("embeddings.LayerNorm.bias".to_owned(), 0, WIDTH),
    ];
    for layer in 0..LAYERS {
        for (part, rows, columns) in [
            ("attention.self.query", WIDTH, WIDTH),
            ("attention.self.key", WIDTH, WIDTH),
            ("attention.self.value", WIDTH, WIDTH),
            ("attention.output.dense", WIDTH, WIDTH),
            ("attention.output.LayerNorm", 0, WIDTH),
            ("intermediate.dense", INNER, WIDTH),
            ("output.dense", WIDTH, INNER),
            ("output.LayerNorm", 0, WIDTH),
        ] {
            let name = |end| format!("encoder.layer.{layer}.{part}.{end}");
            all.push(tensor(name("weight"), rows, columns));
            all.push(tensor(name("bias"), 0, if rows == 0 { columns } else { rows }));
        }
    }
    all
}

/// Appends a tensor to a file; `exact` may have more rows than are wanted.
pub(crate) fn write(tensor: &Tensor, exact: &[f32], file: &mut Vec<u8>) {
    if tensor.rows == 0 {
        file.extend(exact.iter().flat_map(|value| value.to_le_bytes()));
        return;
    }
    let rows: Vec<_> = exact.chunks_exact(tensor.columns).take(tensor.rows).map(rounded).collect();
    file.extend(rows.iter().flat_map(|(scale, _)| scale.to_le_bytes()));
    file.extend(rows.iter().flat_map(|(_, values)| values.iter().map(|value| value.cast_unsigned())));
}

/// A matrix in bytes.
#[derive(Debug)]
pub(crate) struct Matrix {
    scales: Vec<f32>,
    values: Vec<i8>,
    columns: usize,
}

impl Matrix {
    pub(crate) fn rows(&self) -> usize {
        self.scales.len()
    }

    /// Writes a row's numbers into `to`.
    pub(crate) fn row(&self, index: usize, to: &mut [f32]) {
        let scale = self.scales[index];
        let values = &self.values[index * self.columns..][..self.columns];
        for (to, value) in to.iter_mut().zip(values) {
            *to = f32::from(*value) * scale;
        }
    }
}

/// Reads tensors one after the other.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl Reader<'_> {
    pub(crate) fn vector(&mut self, length: usize) -> Option<Vec<f32>> {
        let (bytes, rest) = self.0.split_at_checked(length * 4)?;
        self.0 = rest;
        Some(bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }

    pub(crate) fn matrix(&mut self, rows: usize, columns: usize) -> Option<Matrix> {
        let scales = self.vector(rows)?;
        let (bytes, rest) = self.0.split_at_checked(rows * columns)?;
        self.0 = rest;
        Some(Matrix { scales, values: bytes.iter().map(|byte| byte.cast_signed()).collect(), columns })
    }
}
