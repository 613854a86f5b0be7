//! The meaning of a text as a direction.

/// Numbers in a vector.
pub(crate) const WIDTH: usize = 384;

/// A direction of length 1, in bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Vector {
    scale: f32,
    values: Box<[i8]>,
}

impl Vector {
    /// Rounds a direction; the longest of its numbers becomes 127.
    pub(crate) fn new(exact: &[f32]) -> Self {
        let (scale, values) = rounded(exact);
        Self { scale, values: values.into() }
    }

    /// The cosine of the angle to another direction: 1 for the same meaning, about 0 for unrelated ones.
    pub fn cosine(&self, other: &Self) -> f32 {
        let products = self.values.iter().zip(&other.values).map(|(a, b)| i32::from(*a) * i32::from(*b));
        products.sum::<i32>() as f32 * self.scale * other.scale
    }

    pub(crate) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.scale.to_le_bytes());
        bytes.extend(self.values.iter().map(|value| value.cast_unsigned()));
    }

    pub(crate) fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (scale, rest) = bytes.split_first_chunk()?;
        let (values, rest) = rest.split_at_checked(WIDTH)?;
        let values = values.iter().map(|value| value.cast_signed()).collect();
        Some((Self { scale: f32::from_le_bytes(*scale), values }, rest))
    }
}

/// Numbers as bytes, and what to multiply these with.
pub(crate) fn rounded(exact: &[f32]) -> (f32, Vec<i8>) {
    let most = exact.iter().fold(0f32, |most, value| most.max(value.abs()));
    let scale = if most > 0.0 { most / 127.0 } else { 1.0 };
    (scale, exact.iter().map(|value| (value / scale).round() as i8).collect())
}
