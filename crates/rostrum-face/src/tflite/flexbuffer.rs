//! Reading the `FlexBuffers` maps in which custom operators keep their options.

use super::ModelError;

/// Type numbers of the `FlexBuffers` format.
mod kind {
    pub(super) const INT: u8 = 1;
    pub(super) const UINT: u8 = 2;
    pub(super) const FLOAT: u8 = 3;
    pub(super) const INDIRECT_INT: u8 = 6;
    pub(super) const INDIRECT_UINT: u8 = 7;
    pub(super) const INDIRECT_FLOAT: u8 = 8;
    pub(super) const MAP: u8 = 9;
    pub(super) const VECTOR_INT: u8 = 11;
    pub(super) const VECTOR_UINT: u8 = 12;
}

const DAMAGED: ModelError = ModelError::Malformed("the options of a custom operator are unreadable");

/// A map from names to numbers and lists of numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Map<'a> {
    bytes: &'a [u8],
    /// Position of the first value.
    values: usize,
    /// Bytes per value.
    width: usize,
    length: usize,
}

/// A value of a map: where it is, how wide, and its packed type.
#[derive(Debug, Clone, Copy)]
struct Value {
    position: usize,
    width: usize,
    kind: u8,
    /// Bytes per number of what an indirect value points at.
    target_width: usize,
}

fn unsigned_at(bytes: &[u8], position: usize, width: usize) -> Result<u64, ModelError> {
    let end = position.checked_add(width).ok_or(DAMAGED)?;
    let field = bytes.get(position..end).ok_or(DAMAGED)?;
    Ok(field.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

fn signed_at(bytes: &[u8], position: usize, width: usize) -> Result<i64, ModelError> {
    let unused_bits = 64 - 8 * width as u32;
    Ok((unsigned_at(bytes, position, width)? << unused_bits).cast_signed() >> unused_bits)
}

fn float_at(bytes: &[u8], position: usize, width: usize) -> Result<f32, ModelError> {
    let bits = unsigned_at(bytes, position, width)?;
    match width {
        4 => Ok(f32::from_bits(bits as u32)),
        8 => Ok(f64::from_bits(bits) as f32),
        _ => Err(DAMAGED),
    }
}

/// Where the backward offset stored at `position` points.
fn target_of(bytes: &[u8], position: usize, width: usize) -> Result<usize, ModelError> {
    let back = usize::try_from(unsigned_at(bytes, position, width)?).map_err(|_| DAMAGED)?;
    position.checked_sub(back).ok_or(DAMAGED)
}

/// Splits a packed type into the kind and the byte width of what it points at.
fn unpack(packed: u8) -> (u8, usize) {
    (packed >> 2, 1 << (packed & 3))
}

impl<'a> Map<'a> {
    /// The map that is the root of these bytes.
    pub(super) fn root(bytes: &'a [u8]) -> Result<Self, ModelError> {
        let [.., packed, root_width] = *bytes else { return Err(DAMAGED) };
        let (kind, width) = unpack(packed);
        let root_width = usize::from(root_width);
        if kind != kind::MAP || ![1, 2, 4, 8].contains(&root_width) {
            return Err(DAMAGED);
        }
        let position = (bytes.len() - 2).checked_sub(root_width).ok_or(DAMAGED)?;
        let values = target_of(bytes, position, root_width)?;
        let length = unsigned_at(bytes, values.checked_sub(width).ok_or(DAMAGED)?, width)?;
        let length = usize::try_from(length).ok().filter(|&length| length <= bytes.len()).ok_or(DAMAGED)?;
        Ok(Self { bytes, values, width, length })
    }

    fn value(&self, name: &str) -> Result<Option<Value>, ModelError> {
        let keys_field = self.values.checked_sub(3 * self.width).ok_or(DAMAGED)?;
        let keys = target_of(self.bytes, keys_field, self.width)?;
        let key_width = unsigned_at(self.bytes, keys_field + self.width, self.width)?;
        let key_width = [1, 2, 4, 8].into_iter().find(|&w| w as u64 == key_width).ok_or(DAMAGED)?;
        for index in 0..self.length {
            let key = self.bytes.get(target_of(self.bytes, keys + index * key_width, key_width)?..);
            let key = key.and_then(|rest| rest.split(|&byte| byte == 0).next()).ok_or(DAMAGED)?;
            if key == name.as_bytes() {
                let types = self.values + self.length * self.width;
                let (kind, target_width) = unpack(*self.bytes.get(types + index).ok_or(DAMAGED)?);
                let position = self.values + index * self.width;
                return Ok(Some(Value { position, width: self.width, kind, target_width }));
            }
        }
        Ok(None)
    }

    /// A whole number, `None` when the name is absent or its value is null.
    pub(super) fn integer(&self, name: &str) -> Result<Option<i64>, ModelError> {
        let Some(value) = self.value(name)? else { return Ok(None) };
        let Value { position, width, target_width, .. } = value;
        let target = || target_of(self.bytes, position, width);
        match value.kind {
            kind::INT => signed_at(self.bytes, position, width).map(Some),
            kind::UINT => Ok(i64::try_from(unsigned_at(self.bytes, position, width)?).ok()),
            kind::INDIRECT_INT => signed_at(self.bytes, target()?, target_width).map(Some),
            kind::INDIRECT_UINT => Ok(i64::try_from(unsigned_at(self.bytes, target()?, target_width)?).ok()),
            _ => Ok(None),
        }
    }

    /// A number, `None` when the name is absent or its value is null.
    pub(super) fn float(&self, name: &str) -> Result<Option<f32>, ModelError> {
        let Some(value) = self.value(name)? else { return Ok(None) };
        match value.kind {
            kind::FLOAT => float_at(self.bytes, value.position, value.width).map(Some),
            kind::INDIRECT_FLOAT => {
                let target = target_of(self.bytes, value.position, value.width)?;
                float_at(self.bytes, target, value.target_width).map(Some)
            }
            _ => Ok(self.integer(name)?.map(|number| number as f32)),
        }
    }

    /// A list of whole numbers, `None` when the name is absent.
    pub(super) fn integers(&self, name: &str) -> Result<Option<Vec<i64>>, ModelError> {
        let Some(value) = self.value(name)? else { return Ok(None) };
        if value.kind != kind::VECTOR_INT && value.kind != kind::VECTOR_UINT {
            return Ok(None);
        }
        let first = target_of(self.bytes, value.position, value.width)?;
        let width = value.target_width;
        let length = unsigned_at(self.bytes, first.checked_sub(width).ok_or(DAMAGED)?, width)?;
        let length = usize::try_from(length).ok().filter(|&n| n <= self.bytes.len()).ok_or(DAMAGED)?;
        (0..length)
            .map(|i| signed_at(self.bytes, first + i * width, width))
            .collect::<Result<_, _>>()
            .map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{"height": 16, "width": 16}` as the attention mesh has it, with other names.
    const SIZES: &[u8] = b"height\0width\0\x02\x0e\x08\x02\x01\x02\x10\x10\x04\x04\x04$\x01";

    #[test]
    fn numbers_are_found_by_name() {
        let map = Map::root(SIZES).unwrap();
        assert_eq!(map.integer("height"), Ok(Some(16)));
        assert_eq!(map.integer("width"), Ok(Some(16)));
        assert_eq!(map.float("width"), Ok(Some(16.0)));
        assert_eq!(map.integer("depth"), Ok(None));
        assert_eq!(map.integers("width"), Ok(None));
    }

    #[test]
    fn no_truncation_or_single_byte_change_panics() {
        let read = |bytes: &[u8]| {
            if let Ok(map) = Map::root(bytes) {
                let _ = (map.integer("height"), map.float("width"), map.integers("width"));
            }
        };
        for length in 0..SIZES.len() {
            read(&SIZES[..length]);
        }
        for position in 0..SIZES.len() {
            for value in 0..=255 {
                let mut bytes = SIZES.to_vec();
                bytes[position] = value;
                read(&bytes);
            }
        }
    }
}
