//! Reading `FlatBuffers` with every offset checked.

use super::ModelError;

/// A table at a position in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table<'a> {
    file: &'a [u8],
    position: usize,
}

/// `N` bytes at a position.
fn bytes_at<const N: usize>(file: &[u8], position: usize) -> Result<[u8; N], ModelError> {
    let end = position.checked_add(N).ok_or(ModelError::Malformed("an offset is too large"))?;
    let bytes = file.get(position..end).ok_or(ModelError::Malformed("the file ends too early"))?;
    Ok(bytes.try_into().expect("the range has N bytes"))
}

fn u32_at(file: &[u8], position: usize) -> Result<u32, ModelError> {
    bytes_at(file, position).map(u32::from_le_bytes)
}

/// Where the forward offset stored at `position` points.
fn target_of(file: &[u8], position: usize) -> Result<usize, ModelError> {
    position
        .checked_add(u32_at(file, position)? as usize)
        .ok_or(ModelError::Malformed("an offset is too large"))
}

impl<'a> Table<'a> {
    /// The root table of a file with this four-byte identifier.
    pub(super) fn root(file: &'a [u8], identifier: [u8; 4]) -> Result<Self, ModelError> {
        if bytes_at::<4>(file, 4)? != identifier {
            return Err(ModelError::Malformed("it does not start like a TFLite model"));
        }
        Ok(Self { file, position: target_of(file, 0)? })
    }

    /// Position of a field's value, `None` when the field has its default.
    fn field(&self, number: usize) -> Result<Option<usize>, ModelError> {
        let back = i32::from_le_bytes(bytes_at(self.file, self.position)?);
        let field_offsets = i64::try_from(self.position)
            .ok()
            .and_then(|position| usize::try_from(position - i64::from(back)).ok())
            .ok_or(ModelError::Malformed("a table has no field list"))?;
        let list_length = u16::from_le_bytes(bytes_at(self.file, field_offsets)?) as usize;
        let entry = 4 + 2 * number;
        if entry + 2 > list_length {
            return Ok(None);
        }
        let offset = u16::from_le_bytes(bytes_at(self.file, field_offsets + entry)?) as usize;
        Ok((offset != 0).then_some(self.position + offset))
    }

    pub(super) fn i8(&self, number: usize, default: i8) -> Result<i8, ModelError> {
        match self.field(number)? {
            Some(position) => bytes_at(self.file, position).map(i8::from_le_bytes),
            None => Ok(default),
        }
    }

    pub(super) fn i32(&self, number: usize, default: i32) -> Result<i32, ModelError> {
        match self.field(number)? {
            Some(position) => bytes_at(self.file, position).map(i32::from_le_bytes),
            None => Ok(default),
        }
    }

    pub(super) fn u32(&self, number: usize, default: u32) -> Result<u32, ModelError> {
        match self.field(number)? {
            Some(position) => u32_at(self.file, position),
            None => Ok(default),
        }
    }

    pub(super) fn table(&self, number: usize) -> Result<Option<Self>, ModelError> {
        match self.field(number)? {
            Some(position) => Ok(Some(Self { file: self.file, position: target_of(self.file, position)? })),
            None => Ok(None),
        }
    }

    /// Position of a vector's first element and the bytes of `size`-byte elements, empty when the field is absent.
    fn vector(&self, number: usize, size: usize) -> Result<(usize, &'a [u8]), ModelError> {
        let Some(position) = self.field(number)? else { return Ok((0, &[])) };
        let start = target_of(self.file, position)?;
        let length = u32_at(self.file, start)? as usize;
        let first = start + 4;
        let elements = length
            .checked_mul(size)
            .and_then(|bytes| first.checked_add(bytes))
            .and_then(|end| self.file.get(first..end))
            .ok_or(ModelError::Malformed("a list is longer than the file"))?;
        Ok((first, elements))
    }

    /// A vector of bytes, empty when absent.
    pub(super) fn bytes(&self, number: usize) -> Result<&'a [u8], ModelError> {
        self.vector(number, 1).map(|(_, bytes)| bytes)
    }

    /// A text, empty when absent.
    pub(super) fn text(&self, number: usize) -> Result<String, ModelError> {
        self.bytes(number).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    /// A vector of numbers, empty when absent.
    pub(super) fn i32s(&self, number: usize) -> Result<Vec<i32>, ModelError> {
        let (_, bytes) = self.vector(number, 4)?;
        let numbers = bytes.chunks_exact(4);
        Ok(numbers.map(|b| i32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
    }

    /// A vector of at most `limit` tables, empty when absent.
    pub(super) fn tables(
        &self,
        number: usize,
        what: &'static str,
        limit: usize,
    ) -> Result<Vec<Self>, ModelError> {
        let (first, bytes) = self.vector(number, 4)?;
        let count = bytes.len() / 4;
        if count > limit {
            return Err(ModelError::TooLarge { what, limit: limit as u64 });
        }
        (0..count)
            .map(|i| Ok(Self { file: self.file, position: target_of(self.file, first + 4 * i)? }))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A root table with one `i32` field (number 0) of value 7 and one list (number 1) of the bytes 5, 6.
    const SMALL: [u8; 34] = [
        16, 0, 0, 0, b'T', b'F', b'L', b'3', // root at 16
        8, 0, 12, 0, 4, 0, 8, 0, // field list at 8: 8 bytes long, fields at +4 and +8
        8, 0, 0, 0, 7, 0, 0, 0, 4, 0, 0, 0, // table: list is 8 back; 7; vector 4 on
        2, 0, 0, 0, 5, 6, // vector
    ];

    fn read_all(file: &[u8]) -> Result<(i32, Vec<u8>), ModelError> {
        let root = Table::root(file, *b"TFL3")?;
        Ok((root.i32(0, 0)?, root.bytes(1)?.to_vec()))
    }

    #[test]
    fn fields_are_read_and_absent_ones_have_their_default() {
        assert_eq!(read_all(&SMALL), Ok((7, vec![5, 6])));
        assert_eq!(Table::root(&SMALL, *b"TFL3").unwrap().i32(2, 42), Ok(42));
    }

    #[test]
    fn every_truncation_is_an_error() {
        for length in 0..SMALL.len() {
            assert!(read_all(&SMALL[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn no_single_byte_change_panics() {
        for position in 0..SMALL.len() {
            for value in 0..=255 {
                let mut file = SMALL;
                file[position] = value;
                let _ = read_all(&file);
            }
        }
    }
}
