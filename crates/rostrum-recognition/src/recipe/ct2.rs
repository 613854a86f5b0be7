//! The weights as they are published: a `model.bin` of CTranslate2, version 6.
//!
//! A `u32` version, the name of the specification, a `u32` revision and a `u32` count of variables; of each its name, its
//! rank as a `u8`, its sides as `u32`, its type as a `u8`, the length of its data in bytes as a `u32`, and the data. A name
//! is its length with the closing NUL as a `u16` and its bytes. All numbers are little-endian.

use std::collections::HashMap;
use std::ops::Range;

use super::RecipeError;

/// Types of numbers, as the file counts them.
const FLOAT32: u8 = 0;
const FLOAT16: u8 = 4;
/// The version that is read.
const VERSION: u32 = 6;

/// A matrix or a vector.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Weight {
    /// Sides, the outermost first.
    pub(super) shape: Vec<usize>,
    /// Numbers, row by row.
    pub(super) data: Vec<f32>,
}

impl Weight {
    /// Some rows of a matrix, or elements of a vector.
    pub(super) fn rows(&self, rows: Range<usize>) -> Result<Self, RecipeError> {
        let width: usize = self.shape.iter().skip(1).product();
        let data = self.data.get(rows.start * width..rows.end * width).ok_or(RecipeError::UnknownNetwork)?;
        let mut shape = self.shape.clone();
        shape[0] = rows.len();
        Ok(Self { shape, data: data.to_vec() })
    }
}

/// All of a network.
pub(super) struct Weights(HashMap<String, Weight>);

impl Weights {
    pub(super) fn get(&self, name: &str) -> Result<&Weight, RecipeError> {
        self.0.get(name).ok_or_else(|| RecipeError::Missing { name: name.to_owned() })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, RecipeError> {
        let mut rest = bytes;
        if number(&mut rest)? != VERSION {
            return Err(RecipeError::Malformed);
        }
        text(&mut rest)?;
        number(&mut rest)?;
        let count = number(&mut rest)?;
        let mut weights = HashMap::new();
        for _ in 0..count {
            let name = text(&mut rest)?;
            let [rank] = *take::<1>(&mut rest)?;
            let shape =
                (0..rank).map(|_| number(&mut rest).map(|side| side as usize)).collect::<Result<_, _>>()?;
            let [kind] = *take::<1>(&mut rest)?;
            let length = number(&mut rest)? as usize;
            let (data, behind) = rest.split_at_checked(length).ok_or(RecipeError::Malformed)?;
            rest = behind;
            let data = match kind {
                FLOAT32 => data.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
                FLOAT16 => data.as_chunks().0.iter().map(|bytes| half(u16::from_le_bytes(*bytes))).collect(),
                // Settings of the runtime, which are not needed.
                _ => continue,
            };
            let weight = Weight { shape, data };
            if weight.shape.iter().product::<usize>() != weight.data.len() {
                return Err(RecipeError::Malformed);
            }
            weights.insert(name, weight);
        }
        Ok(Self(weights))
    }
}

fn take<'b, const N: usize>(rest: &mut &'b [u8]) -> Result<&'b [u8; N], RecipeError> {
    let (taken, behind) = rest.split_first_chunk().ok_or(RecipeError::Malformed)?;
    *rest = behind;
    Ok(taken)
}

fn number(rest: &mut &[u8]) -> Result<u32, RecipeError> {
    Ok(u32::from_le_bytes(*take(rest)?))
}

fn text(rest: &mut &[u8]) -> Result<String, RecipeError> {
    let length = usize::from(u16::from_le_bytes(*take(rest)?));
    let (bytes, behind) = rest.split_at_checked(length).ok_or(RecipeError::Malformed)?;
    *rest = behind;
    let bytes = bytes.strip_suffix(&[0]).unwrap_or(bytes);
    String::from_utf8(bytes.to_vec()).map_err(|_| RecipeError::Malformed)
}

/// A number of IEEE 754's binary16.
fn half(bits: u16) -> f32 {
    let (sign, exponent, fraction) =
        (u32::from(bits >> 15) << 31, u32::from(bits >> 10) & 31, u32::from(bits) & 1023);
    let magnitude = match exponent {
        0 => return f32::from_bits(sign | 0x3f80_0000) * fraction as f32 * 2f32.powi(-24),
        31 => 0x7f80_0000 | fraction << 13,
        _ => (exponent + 127 - 15) << 23 | fraction << 13,
    };
    f32::from_bits(sign | magnitude)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_read_exactly() {
        for (bits, value) in [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_95),
            (0x0001, 5.960_464_5e-8),
            (0x83ff, -6.097_555e-5),
            (0x7bff, 65504.0),
            (0x7c00, f32::INFINITY),
        ] {
            assert_eq!(half(bits), value, "{bits:x}");
        }
    }

    #[test]
    fn a_file_that_is_cut_short_or_no_weights_is_refused() {
        let mut file = VERSION.to_le_bytes().to_vec();
        file.extend([5, 0]);
        file.extend(b"Spec\0");
        file.extend([0; 4]);
        file.extend(1u32.to_le_bytes());
        file.extend([2, 0]);
        file.extend(b"w\0");
        file.extend([2, 2, 0, 0, 0, 1, 0, 0, 0, FLOAT16, 4, 0, 0, 0, 0, 0x3c, 0, 0xc0]);
        let weights = Weights::read(&file).unwrap();
        let weight = weights.get("w").unwrap();
        assert_eq!(
            (weight.shape.as_slice(), weight.data.as_slice()),
            ([2, 1].as_slice(), [1.0, -2.0].as_slice())
        );
        assert_eq!(weight.rows(1..2).unwrap().data, [-2.0]);
        for length in 0..file.len() {
            assert!(Weights::read(&file[..length]).is_err(), "{length}");
        }
    }
}
